//! Closing a day with a browser: its sheet is made, looked at, asked for and approved by another
//! one, and what was signed can be kept as files.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_day_is_closed_with_a_browser_alone() {
    let (world, browser, _) = office().await;
    let nothing = at_work(&world, &browser, "wanjiru").await.get("/console/days").await.page;
    assert!(nothing.contains("No day is closed yet"), "{nothing}");
    // ten hours later it is another day
    world.clock.advance(Duration::from_secs(10 * 3_600));
    let wanjiru = at_work(&world, &browser, "wanjiru").await;
    let otieno = at_work(&world, &browser, "otieno").await;
    let page = wanjiru.get("/console/days").await.page;
    assert!(page.contains("23/11/26"), "{page}");
    let made = wanjiru.post("/console/days/make", &form_on(&page, "/console/days/make")).await;
    assert_eq!(made.status, 303, "{}", made.page);
    let at_sheet = made.goes_to().to_owned();
    assert!(at_sheet.starts_with("/console/days/sheets/"), "{at_sheet}");
    // the figures first, then the question why it is closed all the same
    let sheet = wanjiru.get(&at_sheet).await.page;
    for words in [
        "Not as it should be, and to be said why it is closed all the same: 1",
        "e-money that came from no statement",
        "Trial balance",
        "Wallets",
        "The banks and the book",
    ] {
        assert!(sheet.contains(words), "{words}: {sheet}");
    }
    let path = format!("{at_sheet}/close");
    let form = form_on(&sheet, &path);
    let token = form.iter().find(|(name, _)| name == "sheet").unwrap().1.clone();
    let more = [("excuse", ""), ("why", "the day is over")];
    let bare = wanjiru.post(&path, &typed(form.clone(), &more)).await;
    assert!(bare.status == 422 && bare.page.contains("1 breaks"), "{}", bare.page);
    assert!(bare.page.contains("Trial balance"), "{}", bare.page);
    let excuse = "money of a demo, as agreed with the board";
    let more = [("excuse", excuse), ("why", "the day is over")];
    let asked = wanjiru.post(&path, &typed(form_on(&bare.page, &path), &more)).await;
    let digest = token.split(':').nth(1).unwrap();
    for words in ["23/11/26", digest, "posting ", "It takes a yes of Finance lead", "otieno"] {
        assert!(asked.page.contains(words), "{words}: {}", asked.page);
    }
    let (_, after) = asked.page.split_once("/console/approvals/").expect(&asked.page);
    let at = format!("/console/approvals/{}", after.split('"').next().unwrap());
    let twice = wanjiru.get(&at_sheet).await.page;
    assert!(twice.contains(&at) && !twice.contains(&path), "{twice}");
    // the other one sees the same figures, and the sheet itself
    let waiting = otieno.get("/console/days").await.page;
    let number = token.split(':').next().unwrap();
    let pages = format!("/console/days/sheets/{number}/pages.pdf");
    assert!(waiting.contains(&pages) && waiting.contains("asked by wanjiru"), "{waiting}");
    assert!(otieno.get(&pages).await.page.starts_with("%PDF-"));
    let shown = otieno.get(&at).await.page;
    assert!(shown.contains(digest) && shown.contains(excuse), "{shown}");
    let yes = format!("{at}/yes");
    let done = otieno.post(&yes, &form_on(&shown, &yes)).await;
    assert_eq!(done.status, 200, "{}", done.page);

    let list = otieno.get("/console/days").await.page;
    assert!(!list.contains("Sheets that wait") && !list.contains(&at_sheet), "{list}");
    let table = "/console/days/2026-11-23/table.csv";
    assert!(list.contains(table) && list.contains("24/11/26"), "{list}");
    // the next one is not over: no sheet of it is offered
    assert!(list.contains("when it is over") && !list.contains("/console/days/make"), "{list}");
    let file = otieno.get(table).await;
    let named = file.headers["content-disposition"].to_str().unwrap();
    assert_eq!(named, "attachment; filename=\"day-2026-11-23.csv\"");
    assert!(file.page.starts_with("section,item,") && file.page.contains("trial,wallets,"));
    for words in ["Against no bank", "approved_by,\"otieno, 24/11/26", excuse] {
        assert!(file.page.contains(words), "{words}: {}", file.page);
    }
    let pages = otieno.get("/console/days/2026-11-23/pages.pdf").await;
    assert!(pages.page.starts_with("%PDF-"));
    assert_eq!(otieno.get("/console/days/2026-11-22/pages.pdf").await.status, 409);
    world.check();
}
