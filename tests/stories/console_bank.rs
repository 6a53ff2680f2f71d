//! Statements in a browser. Goal: a clerk takes a file of the bank, sees what it says before
//! anything counts, and explains its lines with what is typed already; what is wrong with a file is
//! said in words, and nobody sends one who may not.

mod on_its_way;

use super::console::*;
use super::world::*;
use kadogo::wallet::treasury::bank_file::{Beside, FileProblem, OnFile};
use std::sync::Arc;

const TAKE: &str = "/console/bank/take";
const EDGE: &str = "kadogo-edge";

/// A statement as MT940: its number, what was there before, and lines of day, amount and text.
fn mt940(number: u32, opening: i64, lines: &[(&str, i64, &str)]) -> String {
    let sign = |minor: i64| if minor < 0 { "D" } else { "C" };
    let plain = |minor: i64| format!("{},{:02}", minor.abs() / 100, minor.abs() % 100);
    let closing = opening + lines.iter().map(|line| line.1).sum::<i64>();
    let [begins, ends] = [lines.first(), lines.last()].map(|line| line.map_or("261120", |l| l.0));
    let mut file = format!(
        ":20:STMT{number}\r\n:25:0110 2345 678\r\n:28C:{number}/1\r\n:60F:{}{begins}KES{}\r\n",
        sign(opening),
        plain(opening)
    );
    for (place, (day, amount, text)) in lines.iter().enumerate() {
        let way = sign(*amount);
        let line = format!(":61:{day}{way}{}NTRFNONREF//B{number}{place}\r\n", plain(*amount));
        file += &format!("{line}:86:{text}\r\n");
    }
    file + &format!(":62F:{}{ends}KES{}\r\n-", sign(closing), plain(closing))
}

/// What a browser sends with a file.
fn multipart(form: &Form, file: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in form {
        let head = format!("--{EDGE}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
        body.extend_from_slice(format!("{head}{value}\r\n").as_bytes());
    }
    let head = "Content-Disposition: form-data; name=\"file\"; filename=\"november.txt\"\r\n\
                Content-Type: application/octet-stream\r\n\r\n";
    body.extend_from_slice(format!("--{EDGE}\r\n{head}").as_bytes());
    body.extend_from_slice(file);
    body.extend_from_slice(format!("\r\n--{EDGE}--\r\n").as_bytes());
    body
}

async fn uploads(browser: &Browser, site: &str, form: &Form, file: &[u8]) -> Seen {
    let kind = format!("multipart/form-data; boundary={EDGE}");
    let request = browser
        .client
        .post(format!("{}{TAKE}", browser.url))
        .header("Content-Type", kind)
        .header("Sec-Fetch-Site", site)
        .body(multipart(form, file));
    browser.send(request).await
}

async fn sends(browser: &Browser, file: &[u8]) -> Seen {
    uploads(browser, "same-origin", &browser.drawn().await, file).await
}

/// One asks by a form, and the other approves it.
async fn both(asks: &Browser, approves: &Browser, act: &str, more: &[(&str, &str)]) -> Seen {
    let path = format!("/console/act/{act}");
    let form = typed(typed(asks.drawn().await, &[("step", "do")]), more);
    let asked = asks.post(&path, &form).await;
    let (_, after) = asked.page.split_once("/console/approvals/").expect(&asked.page);
    let at = format!("/console/approvals/{}", after.split('"').next().unwrap());
    let yes = format!("{at}/yes");
    approves.post(&yes, &form_on(&approves.get(&at).await.page, &yes)).await
}

/// The two, with an account at a bank.
async fn treasury() -> (World, Browser, Browser) {
    let (world, browser, _) = office().await;
    let wanjiru = at_work(&world, &browser, "wanjiru").await;
    let otieno = at_work(&world, &browser, "otieno").await;
    let open = [("name", "kcb"), ("number", "0110 2345 678"), ("why", "our trust account")];
    let seen = both(&wanjiru, &otieno, "open_bank_account", &open).await;
    assert!(seen.page.contains("Approved and done"), "{}", seen.page);
    (world, wanjiru, otieno)
}

/// Takes a file that is good: the number of its statement.
async fn takes(browser: &Browser, file: &str) -> String {
    let seen = sends(browser, file.as_bytes()).await;
    let path = seen.goes_to().to_owned();
    assert_eq!(seen.status, 303, "{}", seen.page);
    let form = typed(form_on(&browser.get(&path).await.page, &path), &[("why", "the bank's")]);
    let taken = browser.post(&path, &form).await;
    assert!(taken.status == 200 && taken.page.contains("Done."), "{}", taken.page);
    let again = browser.post(&path, &form).await;
    assert!(again.page.contains("done before, once"), "{}", again.page);
    path.rsplit('/').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_shown_as_what_it_says_and_counts_only_after_a_yes() {
    let (world, wanjiru, otieno) = treasury().await;
    let agents = world.hires("wafula", "agents").await;
    let outlet = [("outlet", "Duka Kuu"), ("area", "Nairobi"), ("why", "the head office")];
    let opened = world.staff_does(&agents, "open_outlet", &outlet).await.unwrap();
    let agent = opened["agent"].to_string();
    let text = format!("FLOAT {agent}");
    let file = mt940(1, 0, &[("261120", 25_000_000, &text), ("261121", -5_000, "LEDGER FEE")]);
    let seen = sends(&wanjiru, file.as_bytes()).await;
    assert_eq!(seen.status, 303, "{}", seen.page);
    let page = wanjiru.get(seen.goes_to()).await.page;
    for says in
        ["0110 2345 678", "2026-11-20", "2026-11-21", "KES 250,000", "KES 249,950", "<dd>2</dd>"]
    {
        assert!(page.contains(says), "{says}: {page}");
    }
    let standing = world.app.wallet.standing().await.unwrap();
    assert_eq!((standing.at_banks_minor(), standing.suspense_minor), (0, 0), "nothing counts yet");
    let number = takes(&wanjiru, &file).await;
    assert_eq!(world.app.wallet.standing().await.unwrap().at_banks_minor(), 24_995_000);
    let seen = sends(&wanjiru, file.as_bytes()).await;
    assert!(seen.status == 200 && seen.page.contains("taken before"), "{}", seen.page);

    // each line with what it may be, and a form with that in it
    let lines = wanjiru.get("/console/bank/lines").await.page;
    assert!(lines.contains("A deposit of the outlet") && lines.contains("words of a charge"));
    let links: Vec<&str> =
        lines.split("href=\"").skip(1).filter_map(|l| l.split('"').next()).collect();
    let issue = links.iter().find(|link| link.contains("act/issue?") && link.contains("to="));
    let issue = issue.unwrap().replace("&amp;", "&");
    let form = wanjiru.get(&issue).await.page;
    for value in [format!("{number}-1"), "250,000".to_owned(), agent.clone()] {
        assert!(form.contains(&format!("value=\"{value}\"")), "{value}: {form}");
    }
    let line = format!("{number}-1");
    let typed =
        [("line", line.as_str()), ("amount", "250000"), ("to", &agent), ("why", "the outlet's")];
    both(&wanjiru, &otieno, "issue", &typed).await;

    // what left with our code is explained with one button, once
    let redeem = [
        ("from", agent.as_str()),
        ("amount", "1000"),
        ("bank", "kcb"),
        ("recipient", "Duka Kuu"),
        ("why", "too much float"),
    ];
    let done = both(&wanjiru, &otieno, "redeem_at_bank", &redeem).await.page;
    let code = format!("KD{}", done.split(">KD").nth(1).expect(&done).split('<').next().unwrap());
    takes(&wanjiru, &mt940(2, 24_995_000, &[("261122", -100_000, &format!("PMT {code}"))])).await;
    let page = wanjiru.get("/console/bank/lines").await.page;
    let form = form_on(&page, "/console/bank/match");
    let seen = wanjiru.post("/console/bank/match", &form).await;
    assert!(seen.page.contains("Lines that were explained: 1"), "{}", seen.page);
    let seen = wanjiru.post("/console/bank/match", &form).await;
    assert!(seen.page.contains("Lines that were explained: 0"), "{}", seen.page);
    let page = wanjiru.get("/console/bank").await.page;
    assert!(page.contains("At the bank, not explained") && page.contains("KES 248,950"), "{page}");
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_file_is_said_in_words_and_nothing_is_kept() {
    let (world, wanjiru, _) = treasury().await;
    let good = mt940(1, 0, &[("261120", 100_000, "one"), ("261121", 200_000, "two")]);
    takes(&wanjiru, &good).await;
    let next = |number, opening| mt940(number, opening, &[("261122", -50_000, "three")]);
    let files = [
        (next(2, 300_000).replace(":62F:C261122KES2500,00", ":62F:C261122KES2500,01"), "add up"),
        (next(2, 200_000), "does not begin where the last one ended"),
        (next(3, 300_000), "Statements before it are missing"),
        (mt940(1, 300_000, &[("261122", 1, "again")]), "was here before"),
        (
            mt940(2, 300_000, &[("261120", 1, "old")]).replace("60F:C261120", "60F:C261119"),
            "begins before",
        ),
        (next(2, 300_000).replace("KES", "USD"), "another currency"),
        (next(2, 300_000).replace("0110 2345 678", "99"), "none of ours"),
        ("%PDF-1.4".to_owned(), "cannot be read"),
        (good.chars().take(120).collect(), "cannot be read"),
        (String::new(), "no statement in that file"),
        ("day;amount\n1;2\n".to_owned(), "choose the account"),
    ];
    for (file, says) in files {
        let seen = sends(&wanjiru, file.as_bytes()).await;
        assert!(seen.status == 422 && seen.page.contains(says), "{says}: {}", seen.page);
        assert!(seen.page.contains("Nothing was done."), "{says}");
    }
    let standing = world.app.wallet.standing().await.unwrap();
    assert_eq!((standing.at_banks_minor(), standing.suspense_minor), (300_000, 300_000));
    // what somebody typed in another language is said in it
    let words = wanjiru.get("/console/speak/fr").await;
    assert_eq!(words.status, 303);
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_sends_a_file_who_may_not() {
    let (world, wanjiru, _) = treasury().await;
    let file = mt940(1, 0, &[("261120", 100_000, "one")]);
    let drawn = wanjiru.drawn().await;
    for (site, form, status) in [
        ("cross-site", drawn.clone(), 403),
        ("same-site", drawn.clone(), 403),
        ("same-origin", form(&[]), 403),
        ("same-origin", form(&[("once", &drawn[0].1), ("token", "00")]), 403),
        ("same-origin", typed(drawn.clone(), &[("bank", &"x".repeat(5_000))]), 422),
        ("same-origin", typed(drawn.clone(), &[("bank", "nobodys")]), 422),
        ("same-origin", typed(drawn.clone(), &[("closing", "many")]), 422),
        ("same-origin", drawn, 303),
    ] {
        let seen = uploads(&wanjiru, site, &form, file.as_bytes()).await;
        assert_eq!(seen.status, status, "{site} {form:?}: {}", seen.page);
    }
    let nobody = wanjiru.with(None);
    assert_eq!(uploads(&nobody, "same-origin", &form(&[]), file.as_bytes()).await.status, 401);
    let auditor = wanjiru.with(Some(&employed(&world, "auditor").await));
    assert_eq!(sends(&auditor, file.as_bytes()).await.status, 403);
    assert_eq!(auditor.get("/console/bank/lines").await.status, 200);
    assert_eq!(world.app.wallet.standing().await.unwrap().at_banks_minor(), 0);
}

const MAP: &str = "delimiter = ','\ndecimal = '.'\ndate_format = '%d/%m/%Y'\n\
                   order = 'oldest_first'\n[columns]\nbooked_on = 'Date'\ntext = ['Details']\n\
                   reference = 'Ref'\n[amount.two]\ndebit = 'Out'\ncredit = 'In'\n";

/// The same line as camt.053: opening, amount and closing, as the file writes them.
fn camt(opening: &str, amount: &str, closing: &str) -> String {
    let balance = |code: &str, amount: &str, day: &str| {
        format!(
            "<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy=\"KES\">{amount}</Amt>\
             <CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>"
        )
    };
    let (before, after) =
        (balance("OPBD", opening, "2026-11-20"), balance("CLBD", closing, "2026-11-21"));
    format!(
        "<?xml version=\"1.0\"?><Document \
         xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt><Stmt><Id>X</Id>\
         <Acct><Id><IBAN>KE07</IBAN></Id><Ccy>KES</Ccy></Acct>{before}{after}<Ntry>\
         <Amt Ccy=\"KES\">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>\
         <BookgDt><Dt>2026-11-21</Dt></BookgDt></Ntry></Stmt></BkToCstmrStmt></Document>"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn each_format_is_taken_to_the_last_coin_and_once() {
    let (world, wanjiru, otieno) = treasury().await;
    for (name, number, map) in [("equity", "KE07", ""), ("dtb", "42-1", MAP)] {
        let open = [("name", name), ("number", number), ("map", map), ("why", "another bank")];
        both(&wanjiru, &otieno, "open_bank_account", &open).await;
    }
    for (map, says) in [
        ("tea".to_owned(), "Line 1 of the map cannot be read"),
        (MAP.replace("order", "odor"), "Line 4 of the map: there is no key odor"),
        (MAP.replace("order = 'oldest_first'\n", ""), "The key order is missing in the map"),
        (MAP.replace("%d/%m/%Y", "%d/%m"), "Line 3 of the map: what stands at date_format cannot"),
    ] {
        let bad =
            [("step", "do"), ("name", "x1"), ("number", "x1"), ("map", &*map), ("why", "a try")];
        let form = typed(wanjiru.drawn().await, &bad);
        let seen = wanjiru.post("/console/act/open_bank_account", &form).await;
        assert!(seen.status == 422 && seen.page.contains(says), "{says}: {}", seen.page);
        // with a word for each key, and an example to begin with
        assert!(seen.page.contains("between the columns"), "{}", seen.page);
    }
    let wallet = &world.app.wallet;
    let reads = async |file: String, beside: Beside| {
        let told = Arc::new(|_read, _stored| {});
        wallet.read_bank_file(Arc::new(file.into_bytes()), beside, told).await
    };
    let plain = Beside::default;
    let of_table = |closing| Beside {
        bank: Some("dtb".into()),
        opening_minor: Some(0),
        closing_minor: Some(closing),
    };
    let table = |amount: &str| {
        format!("Date,Details,Ref,Out,In\n20/11/2026,float,R1,,{amount}\n21/11/2026,fee,R2,0.50,\n")
    };
    let files = [
        (mt940(1, 0, &[("261120", 700, "a"), ("261120", -300, "b")]), plain()),
        (camt("0.00", "12.34", "12.34"), plain()),
        (table("9.99"), of_table(949)),
    ];
    let wrong = [
        (mt940(1, 5, &[("261120", 400, "c")]).replace("4,05", "4,06"), plain()),
        (camt("0.00", "12.34", "12.35"), plain()),
        (table("9.99"), of_table(950)),
    ];
    for (file, beside) in wrong {
        let found = reads(file, beside).await;
        assert!(found.is_err(), "{found:?}");
    }
    for (file, beside) in files {
        let found = reads(file.clone(), beside.clone()).await.unwrap();
        let [OnFile::New(id)] = found[..] else { panic!("{found:?}") };
        assert_eq!(reads(file.clone(), beside.clone()).await.unwrap(), [OnFile::New(id)], "once");
        let path = format!("/console/bank/files/{id}");
        let yes = typed(form_on(&wanjiru.get(&path).await.page, &path), &[("why", "the bank's")]);
        assert_eq!(wanjiru.post(&path, &yes).await.status, 200);
        let again = reads(file, beside);
        assert_eq!(again.await.unwrap(), [OnFile::Taken(id)], "and not again");
    }
    let standing = wallet.standing().await.unwrap();
    assert_eq!(standing.at_banks_minor(), 400 + 1_234 + 949);
    assert_eq!(standing.lines.len(), 5);
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_nobody_takes_is_forgotten() {
    let (world, _, _) = treasury().await;
    let wallet = &world.app.wallet;
    let reads = async |file: String| {
        let told = Arc::new(|_read, _stored| {});
        let found = wallet.read_bank_file(Arc::new(file.into_bytes()), Beside::default(), told);
        match found.await {
            Ok(found) => found[0],
            Err(problem) => panic!("{problem}"),
        }
    };
    let OnFile::New(id) = reads(mt940(1, 0, &[("261120", 700, "a")])).await else {
        panic!("it was never taken")
    };
    world.clock.advance(std::time::Duration::from_secs(25 * 3_600));
    reads(mt940(1, 0, &[("261120", 400, "c")])).await;
    let gone = wallet
        .store
        .read(move |conn| conn.wait(async |asked| kadogo::store::bank_rows::file(asked, id).await));
    assert_eq!(gone.await.unwrap(), None);
    assert!(FileProblem::Account("99".into()).to_string().contains("none of ours"));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_change_how_the_files_of_an_account_are_read_and_see_before_and_after() {
    let (world, wanjiru, otieno) = treasury().await;
    let open = [("name", "dtb"), ("number", "42-1"), ("map", MAP), ("why", "another bank")];
    both(&wanjiru, &otieno, "open_bank_account", &open).await;
    // the bank has another form of days from now on, and the file says so
    let table = "Date,Details,Ref,Out,In\n2026-11-20,float,R1,,9.99\n";
    let told = Arc::new(|_read, _stored| {});
    let beside =
        || Beside { bank: Some("dtb".into()), opening_minor: Some(0), closing_minor: Some(999) };
    let wallet = &world.app.wallet;
    let reads =
        async || wallet.read_bank_file(Arc::new(table.into()), beside(), told.clone()).await;
    let no = reads().await.unwrap_err().to_string();
    assert!(no.ends_with("in the map stands date_format = `%d/%m/%Y`"), "{no}");
    let page = wanjiru.get("/console/bank").await.page;
    let link =
        page.split("href=\"").find(|link| link.starts_with("/console/act/change_column_map"));
    let link = link.unwrap().split('"').next().unwrap().replace("&amp;", "&");
    let shown = wanjiru.get(&link).await.page;
    assert!(shown.contains("%d/%m/%Y") && shown.contains("How such a map is written"), "{shown}");
    let now = MAP.replace("%d/%m/%Y", "%Y-%m-%d");
    let typed = [("bank", "dtb"), ("map", now.as_str()), ("why", "their new files")];
    let seen = both(&wanjiru, &otieno, "change_column_map", &typed).await;
    let change = "date_format: &quot;%d/%m/%Y&quot; -&gt; &quot;%Y-%m-%d&quot;";
    for says in ["Approved and done", change, "Its columns before"] {
        assert!(seen.page.contains(says), "{says}: {}", seen.page);
    }
    assert!(matches!(reads().await.unwrap()[..], [OnFile::New(_)]));
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_second_sees_that_somebody_asked_already() {
    let (world, wanjiru, otieno) = treasury().await;
    let agents = world.hires("wafula", "agents").await;
    let outlet = [("outlet", "Duka Kuu"), ("area", "Nairobi"), ("why", "the head office")];
    let opened = world.staff_does(&agents, "open_outlet", &outlet).await.unwrap();
    let agent = opened["agent"].to_string();
    let number = takes(&wanjiru, &mt940(1, 0, &[("261120", 25_000_000, "float")])).await;
    let line = format!("{number}-1");
    let why = "the first float";
    let issue =
        [("step", "do"), ("line", &*line), ("amount", "250000"), ("to", &*agent), ("why", why)];
    let path = "/console/act/issue";
    let asked = wanjiru.post(path, &typed(wanjiru.drawn().await, &issue)).await;
    assert!(asked.page.contains("It takes a yes of Finance lead"), "{}", asked.page);
    assert!(asked.page.contains("<strong>otieno</strong>"), "{}", asked.page);
    let list = otieno.get("/console/approvals").await.page;
    assert!(list.contains("KES 250,000 · ") && list.contains("Duka Kuu · "), "{list}");
    let form = format!("{path}?line={line}");
    for page in ["/console/bank/lines", "/console/bank", "/console", form.as_str()] {
        let seen = otieno.get(page).await.page;
        let said = seen.contains("asked by wanjiru, and it waits") && seen.contains("KES 250,000");
        assert!(said, "{page}: {seen}");
    }
    // and goes on from there
    let links = ["/console/bank/lines", "/console/approvals"];
    assert!(links.iter().all(|link| asked.page.contains(&format!("href=\"{link}\""))));
}
