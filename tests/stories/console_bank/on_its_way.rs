//! Money on its way out, in a browser: whoever writes the transfer finds the code for its text
//! wherever the payment is shown, and whoever asked for what was declined learns why.

use super::*;

/// A customer who has money, as the two of the treasury see it.
async fn begun() -> (World, Browser, Browser) {
    let (world, wanjiru, otieno) = treasury().await;
    let file = takes(&wanjiru, &mt940(1, 0, &[("261120", 200_000, "float")])).await;
    let line = format!("{file}-1");
    // the form shows the line, and begins with what is left of it
    let form = wanjiru.get(&format!("/console/act/issue?line={line}")).await.page;
    for says in ["KES 2,000", "float", "value=\"2,000\"", "<datalist id=\"outlets\">"] {
        assert!(form.contains(says), "{says}: {form}");
    }
    let issue = [("line", &*line), ("amount", "2000"), ("to", "0700000001"), ("why", "paid in")];
    both(&wanjiru, &otieno, "issue", &issue).await;
    (world, wanjiru, otieno)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_code_of_a_transfer_stands_wherever_the_payment_is_shown() {
    let (world, wanjiru, otieno) = begun().await;
    let redeem = [
        ("step", "do"),
        ("from", "0700000001"),
        ("amount", "1000"),
        ("bank", "kcb"),
        ("recipient", "Ziwa Float Centre, KCB 1122334455"),
        ("why", "she wants it there"),
    ];
    let path = "/console/act/redeem_at_bank";
    let far = "Ziwa_Float ".repeat(20);
    let bad = redeem.map(|(name, value)| (name, if name == "recipient" { &*far } else { value }));
    let no = wanjiru.post(path, &typed(wanjiru.drawn().await, &bad)).await;
    assert!(no.status == 422 && no.page.contains("140 at most"), "{}", no.page);
    let asked = wanjiru.post(path, &typed(wanjiru.drawn().await, &redeem)).await;
    let (_, at) = asked.page.split_once("/console/approvals/").expect(&asked.page);
    let at = format!("/console/approvals/{}", at.split('"').next().unwrap());
    let yes = format!("{at}/yes");
    let seen = otieno.post(&yes, &form_on(&otieno.get(&at).await.page, &yes)).await;
    let (_, code) = seen.page.split_once("<p class=\"secret\"><code>").expect(&seen.page);
    let code = code.split('<').next().unwrap().to_owned();
    assert!(code.starts_with("KD"), "{code}");
    for (who, page) in [(&wanjiru, &*at), (&otieno, &*at), (&wanjiru, "/console/bank")] {
        let shown = who.get(page).await.page;
        assert!(shown.contains("Code for the text of the transfer"), "{page}: {shown}");
        assert!(shown.contains(&code) && shown.contains("1122334455"), "{page}: {shown}");
    }
    let items = world.app.wallet.standing().await.unwrap().items;
    assert!(items.iter().any(|item| item.name == code), "{items:#?}");
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asked_learns_who_said_no_and_why() {
    let (world, wanjiru, otieno) = begun().await;
    let redeem = [
        ("step", "do"),
        ("from", "0700000001"),
        ("amount", "1000"),
        ("bank", "kcb"),
        ("recipient", "Ziwa Float Centre"),
        ("why", "she wants it there"),
    ];
    let path = "/console/act/redeem_at_bank";
    let asked = wanjiru.post(path, &typed(wanjiru.drawn().await, &redeem)).await;
    let (_, at) = asked.page.split_once("/console/approvals/").expect(&asked.page);
    let at = format!("/console/approvals/{}", at.split('"').next().unwrap());
    let no = format!("{at}/no");
    let why = [("why", "she called: it is not hers")];
    let form = typed(form_on(&otieno.get(&at).await.page, &no), &why);
    let said = otieno.post(&no, &form).await;
    assert!(said.status == 200 && !said.page.contains("Done."), "{}", said.page);
    let today = wanjiru.get("/console").await.page;
    for says in ["Not done of what I asked for", "Declined", "otieno", why[0].1] {
        assert!(today.contains(says), "{says}: {today}");
    }
    assert!(!otieno.get("/console").await.page.contains(why[0].1), "it is for who asked");
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_choice_is_said_with_what_is_right() {
    let (_world, wanjiru, _otieno) = treasury().await;
    let file = takes(&wanjiru, &mt940(1, 0, &[("261120", 700, "interest")])).await;
    let line = format!("{file}-1");
    let wrong =
        [("step", "do"), ("line", &*line), ("meaning", "charge"), ("why", "it must be that")];
    let path = "/console/act/explain_line";
    let no = wanjiru.post(path, &typed(wanjiru.drawn().await, &wrong)).await;
    assert!(no.status == 422 && no.page.contains("it may be interest"), "{}", no.page);
    // a table of which nobody says whose it is, and a file that was taken before
    let table = sends(&wanjiru, b"Date,Details,Ref,Out,In\n20/11/2026,float,R1,,9.99\n").await;
    assert!(table.status == 422 && table.page.contains("choose the account"), "{}", table.page);
    let again = sends(&wanjiru, mt940(1, 0, &[("261120", 700, "interest")]).as_bytes()).await;
    assert!(again.page.contains("It was taken before"), "{}", again.page);
    assert!(again.page.contains("href=\"/console/bank/lines\""), "it has its way on");
    let form = wanjiru.get("/console/act/open_bank_account").await.page;
    assert!(form.contains("Name of the account") && !form.contains("sign with"), "{form}");
}
