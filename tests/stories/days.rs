//! The close of a day. Goal: what a day came to is one thing, whenever it is read; it is closed
//! once, in order, by two who see the same; and what was signed cannot be changed by anybody, nor
//! by a later day. Method: people who pay around midnight, sheets made early and late, staff at the
//! wallet's own door and by command, and somebody with the database in their hands.

use super::aids::sql;
use super::program::{Said, is_private};
use super::world::*;
use kadogo::book::check;
use kadogo::closing::day_sums::{TrialLine, is_balanced};
use kadogo::closing::day_table::{amount, lines_of, trial};
use kadogo::closing::sheet_words::SheetWords;
use kadogo::closing::signed_files::SIGNED;
use kadogo::money::Currency;
use kadogo::refusal::{Reason, Refusal};
use kadogo::wallet::days::closing_day::{
    CLOSE, DAY_BROKEN, DAY_CLOSED, DAY_EMPTY, DAY_ORDER, SHEET_GONE,
};
use kadogo::wallet::days::mailing_day::{DAY_OPEN, MAIL};
use kadogo::wallet::days::making::MadeSheet;
use kadogo::wallet::office::sign_in::OnDuty;
use kadogo::wallet::office::two_people::{STAFF_REQUEST_GONE, STAFF_SAME_PERSON};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3_600);
const EXCUSE: (&str, &str) = ("excuse", "the people of this world have theirs from no bank");
const WHY: (&str, &str) = ("why", "the day is over");

async fn sends(world: &World, from: &str, to: &str, amount: &str, pin: &str) {
    let phone = world.phone(from);
    phone.dial().await;
    let screen = phone.go(&[Pick("send"), Type(to), Type(amount), Yes, Type(pin)]).await;
    assert!(screen.contains("Confirmed") || screen.contains("Imethibitishwa"), "{screen}");
}

async fn amina_pays(world: &World, amount: &str) {
    sends(world, AMINA, "0700000002", amount, "7361").await;
}

/// The sheet of a day of November 2026.
async fn sheet(world: &World, day: i8) -> Result<MadeSheet, Refusal> {
    let day = jiff::civil::date(2026, 11, day);
    world.app.wallet.make_sheet(day, "asha", SheetWords::default(), |_done, _total| ()).await
}

/// What does not tell of when it was made.
fn figures(sheet: &MadeSheet) -> Vec<String> {
    let as_of_now = |line: &&str| !line.starts_with("sheet,made,") && !line.starts_with("outbox,");
    sheet.table.split("\r\n").filter(as_of_now).map(str::to_owned).collect()
}

fn class(sheet: &MadeSheet, name: &str) -> TrialLine {
    let all = trial(&sheet.table, Currency::parse("KES").unwrap()).unwrap();
    all.into_iter().find(|line| line.class == name).unwrap()
}

/// Asks for it and has it approved.
async fn closes(
    world: &World,
    (asha, otis): (&OnDuty, &OnDuty),
    sheet: &MadeSheet,
) -> Result<(), Refusal> {
    let asked = [("sheet", sheet.named.as_str()), EXCUSE, WHY];
    let number = world.staff_requests(asha, CLOSE.name, &asked).await?;
    world.staff_approves(otis, number).await.map(drop)
}

async fn two(world: &World) -> (OnDuty, OnDuty) {
    (world.hires("asha", "finance").await, world.hires("otis", "finance_lead").await)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_day_came_to_is_the_same_whenever_it_is_read() {
    let world = World::new().await;
    // it is the 23rd, five past two; midnight is in ten hours
    amina_pays(&world, "200").await;
    world.clock.advance(HOUR * 9);
    amina_pays(&world, "300").await;
    assert_eq!(sheet(&world, 23).await.unwrap_err().reason, Reason::DAY_NOT_OVER);
    world.clock.advance(HOUR);
    let early = sheet(&world, 23).await.unwrap();
    // a busy morning: the same accounts move, and money is set aside
    for amount in ["50", "60", "70"] {
        world.clock.advance(HOUR);
        amina_pays(&world, amount).await;
    }
    sends(&world, BARAKA, "0700000001", "20", "4826").await;
    let late = sheet(&world, 23).await.unwrap();
    assert_eq!(figures(&early), figures(&late));
    assert_ne!(early.named, late.named);

    let all = trial(&late.table, Currency::parse("KES").unwrap()).unwrap();
    assert!(is_balanced(&all), "{all:#?}");
    let fees = class(&late, "fees");
    let sent = lines_of(&late.table, "moved");
    let sent = sent.iter().find(|cells| cells[1] == "fees" && cells[2] == "send").unwrap();
    assert_eq!((sent[4].as_str(), fees.debit), ("0.00", 0));
    let acts = lines_of(&late.table, "acts");
    let sends = acts.iter().find(|cells| cells[1] == "send").unwrap();
    assert_eq!(sends[3], "2", "two of that day, and none of the next");
    assert_eq!(
        amount(&late.table, "equation", "difference", Currency::parse("KES").unwrap()),
        Some(0)
    );
    let breaks = lines_of(&late.table, "breaks");
    assert_eq!((breaks.len(), late.breaks), (1, 1), "{breaks:?}");
    assert_eq!(breaks[0][1], "e-money that came from no statement");
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn days_are_closed_in_order_each_once_by_two() {
    let world = World::new().await;
    let (asha, otis) = two(&world).await;
    amina_pays(&world, "200").await;
    assert_eq!(sheet(&world, 22).await.unwrap_err().reason, DAY_EMPTY);
    world.clock.advance(HOUR * 24);
    amina_pays(&world, "300").await;
    world.clock.advance(HOUR * 24);
    let first = sheet(&world, 23).await.unwrap();
    let ask = [("sheet", first.named.as_str()), EXCUSE, WHY];
    let bare = world.staff_asks(&asha, CLOSE.name, &[ask[0], WHY]).await.unwrap_err();
    assert_eq!((bare.reason, bare.field), (DAY_BROKEN, Some("excuse")));
    // two ask at once, for sheets of their own
    let again = sheet(&world, 23).await.unwrap();
    let other = [("sheet", again.named.as_str()), EXCUSE, WHY];
    let number = world.staff_requests(&asha, CLOSE.name, &ask).await.unwrap();
    let second = world.staff_requests(&otis, CLOSE.name, &other).await.unwrap();
    let own = world.staff_approves(&asha, number).await.unwrap_err();
    assert_eq!(own.reason, STAFF_SAME_PERSON);
    let own = world.staff_approves(&otis, second).await.unwrap_err();
    assert_eq!(own.reason, STAFF_SAME_PERSON);
    let shown = world.staff_approves(&otis, number).await.unwrap();
    assert_eq!(shown["breaks"].to_string(), "1");
    assert!(shown["broken"].to_string().starts_with("e-money that came from no statement ("));
    assert!(first.named.ends_with(&shown["digest"].to_string()));
    let lead = world.hires("njeri", "finance_lead").await;
    let late = world.staff_approves(&lead, second).await.unwrap_err();
    assert_eq!(late.reason, DAY_CLOSED);
    assert_eq!(sheet(&world, 23).await.unwrap_err().reason, DAY_CLOSED);
    // the next one goes on from there: nothing is counted twice, and nothing is left out
    let skipped = sheet(&world, 25).await.unwrap_err();
    assert_eq!(
        (skipped.reason, skipped.slots["day"].to_string().as_str()),
        (DAY_ORDER, "24/11/26")
    );
    let next = sheet(&world, 24).await.unwrap();
    for line in trial(&next.table, Currency::parse("KES").unwrap()).unwrap() {
        let before = trial(&first.table, Currency::parse("KES").unwrap()).unwrap();
        let stood = before.iter().find(|one| one.class == line.class).map_or(0, |one| one.balance);
        assert_eq!(stood + line.debit - line.credit, line.balance, "{}", line.class);
    }
    let acts = lines_of(&next.table, "acts");
    assert_eq!(acts.iter().find(|cells| cells[1] == "send").unwrap()[3], "1");
    closes(&world, (&asha, &otis), &next).await.unwrap();
    assert_eq!(sheet(&world, 25).await.unwrap_err().reason, Reason::DAY_NOT_OVER);
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_too_long_asks_again_and_a_sheet_is_what_it_was() {
    let world = World::new().await;
    let (asha, otis) = two(&world).await;
    amina_pays(&world, "200").await;
    world.clock.advance(HOUR * 24);
    let first = sheet(&world, 23).await.unwrap();
    let ask = [("sheet", first.named.as_str()), EXCUSE, WHY];
    let number = world.staff_requests(&asha, CLOSE.name, &ask).await.unwrap();
    world.clock.advance(HOUR * 73);
    let gone = world.staff_approves(&otis, number).await.unwrap_err();
    assert_eq!(gone.reason, STAFF_REQUEST_GONE);
    // nothing was closed; asked anew, the same figures are signed
    let again = sheet(&world, 23).await.unwrap();
    let plain = |sheet: &MadeSheet| figures(sheet);
    assert_eq!(plain(&first), plain(&again));
    // somebody edits the sheet between the question and the answer
    let ask = [("sheet", again.named.as_str()), EXCUSE, WHY];
    let number = world.staff_requests(&asha, CLOSE.name, &ask).await.unwrap();
    sql(&world, "UPDATE day_sheets SET sheet = replace(sheet, 'wallets', 'wallet5')".into()).await;
    let edited = world.staff_approves(&otis, number).await.unwrap_err();
    assert_eq!(edited.reason, SHEET_GONE);
    let typed = world.staff_asks(&asha, CLOSE.name, &[("sheet", "7:00"), WHY]).await.unwrap_err();
    assert_eq!((typed.reason, typed.field), (SHEET_GONE, Some("sheet")));
    let third = sheet(&world, 23).await.unwrap();
    closes(&world, (&asha, &otis), &third).await.unwrap();
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_signed_is_mailed_out_of_the_house() {
    let world = World::new().await;
    let (asha, otis) = two(&world).await;
    let mail = [("day", "23/11/26"), ("email", "auditor@example.org"), ("why", "each day")];
    world.clock.advance(HOUR * 10);
    let open = world.staff_asks(&otis, MAIL.name, &mail).await.unwrap_err();
    assert_eq!((open.reason, open.field), (DAY_OPEN, Some("day")));
    let made = sheet(&world, 23).await.unwrap();
    closes(&world, (&asha, &otis), &made).await.unwrap();
    let care = world.staff_asks(&asha, MAIL.name, &mail).await.unwrap_err();
    assert_eq!(care.reason, Reason::NOT_ALLOWED, "finance closes, and does not audit");
    let wrong = [mail[0], ("email", "auditor"), mail[2]];
    let wrong = world.staff_asks(&otis, MAIL.name, &wrong).await.unwrap_err();
    assert_eq!((wrong.reason, wrong.field), (Reason::EMAIL_FORMAT, Some("email")));
    // what was refused stands on her own trail, which is newer than what she showed at first
    let fresh = |conn: &mut _| kadogo::store::staff_rows::by_name(conn, "otis");
    let staff = world.app.wallet.store.read(fresh).await.unwrap().unwrap();
    let otis = OnDuty { staff, ..otis };
    world.staff_does(&otis, MAIL.name, &mail).await.unwrap();
    world.deliver().await;
    let letters = world.app.notify.letters().await.unwrap();
    let (_, letter) = letters.into_iter().next().unwrap();
    let digest = made.named.split(':').nth(1).unwrap();
    assert_eq!(letter.to.address(), "auditor@example.org");
    assert_eq!(letter.subject, "The close of 23/11/26");
    assert!(letter.text.contains(digest) && letter.files.len() == 2, "{}", letter.text);
    // what was signed stands in front, and behind it who signed, and what they said
    assert!(letter.files[1].bytes.starts_with(made.table.as_bytes()));
    let table = String::from_utf8(letter.files[1].bytes.clone()).unwrap();
    let said: Vec<String> = lines_of(&table, SIGNED)
        .iter()
        .map(|cells| format!("{}: {}", cells[1], cells[2]))
        .collect();
    for words in ["asked_by: asha, 24/11/26", "approved_by: otis, 24/11/26", EXCUSE.1, digest] {
        assert!(said.iter().any(|line| line.contains(words)), "{words}: {said:#?}");
    }
    world.check();
}

/// By command, with the machine's clock: its people are of two days ago.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_signed_is_the_same_file_for_ever() {
    let world = World::real().await;
    world.hires("asha", "finance").await;
    world.hires("otis", "finance_lead").await;
    let today = kadogo::time::Clock::System.now().day(&world.app.wallet.config.market.zone);
    let day = today.saturating_sub(jiff::Span::new().days(2)).to_string();
    let refused = world.run_as("asha", &["close", "--day", &day]);
    assert!(!is_well(&refused) && refused.err.contains("BREAK e-money"), "{refused:?}");
    let excuse = ["close", "--day", &day, "--excuse", "money of a demo, as agreed"];
    let asked = world.run_as("asha", &excuse);
    assert!(is_well(&asked) && asked.out.contains("waits for another one"), "{asked:?}");
    approve(&world, "otis");
    let (csv, pdf) = (world.home.path("a.csv"), world.home.path("a.pdf"));
    let [csv_name, pdf_name] = [&csv, &pdf].map(|path| path.to_str().unwrap());
    let show = ["close", "show", &day, "--csv", csv_name, "--pdf", pdf_name];
    let shown = world.run_as("asha", &show);
    assert!(is_well(&shown) && shown.err.contains("approved by otis"), "{shown:?}");
    let bytes = || [&csv, &pdf].map(|path| std::fs::read(path).unwrap());
    let before = bytes();
    assert!(before[1].starts_with(b"%PDF-"));
    let printed = world.run_as("otis", &["close", "show", &day]);
    assert_eq!(printed.out.as_bytes(), before[0]);
    // a later day changes nothing
    world.clock.advance(HOUR * 24);
    amina_pays(&world, "200").await;
    let next = world.run_as("otis", &["close", "--excuse", "money of a demo, as agreed"]);
    assert!(is_well(&next), "{next:?}");
    world.hires("njeri", "finance_lead").await;
    approve(&world, "njeri");
    assert!(is_well(&world.run_as("asha", &show)));
    assert_eq!(bytes(), before);
    for file in [&csv, &pdf] {
        assert!(is_private(file), "{}", file.display());
        std::fs::remove_file(file).unwrap();
        std::os::unix::fs::symlink(world.home.path("elsewhere"), file).unwrap();
        let said = world.run_as("asha", &show);
        assert!(!is_well(&said) && said.err.contains("is a link"), "{said:?}");
        std::fs::remove_file(file).unwrap();
    }
    assert!(!world.home.path("elsewhere").exists());
    let twice = world.run_as("asha", &excuse);
    assert!(!is_well(&twice) && twice.err.contains("closed already"), "{twice:?}");
    let listed = world.run_as("asha", &["close", "list"]);
    assert_eq!(listed.out.lines().count(), 2, "{listed:?}");
    assert!(listed.out.lines().next_back().unwrap().starts_with(&day), "{listed:?}");
    assert!(listed.out.contains("asked by asha: the close of"), "{listed:?}");

    // the ledger: a line for each account and day, to nothing, the same each time
    let to = today.saturating_sub(jiff::Span::new().days(1)).to_string();
    let ledger = ["gl", &day, "--to", &to];
    let first = world.run_as("asha", &ledger);
    assert!(is_well(&first), "{first:?}");
    assert!(is_well(&world.run_as("asha", &[&ledger[..], &["--csv", csv_name]].concat())));
    assert_eq!(std::fs::read_to_string(&csv).unwrap(), first.out);
    assert!(is_private(&csv));
    assert_eq!(first.out, world.run_as("otis", &ledger).out);
    let lines: Vec<&str> = first.out.lines().skip(1).collect();
    assert_eq!(lines.len(), 28, "{first:?}");
    let cents = |text: &str| text.replace('.', "").parse::<i64>().unwrap();
    let column = |place: usize| {
        lines.iter().map(|line| cents(line.split(',').nth(place).unwrap())).sum::<i64>()
    };
    assert_eq!((column(5), column(3)), (0, column(4)));
    assert!(lines.iter().all(|line| line.ends_with(",KES,final")), "{lines:#?}");
    let open = world.run_as("asha", &["gl", &today.to_string()]);
    assert!(!is_well(&open) && open.err.contains("is not closed"), "{open:?}");

    // who may not close or audit reads none of it
    world.hires("karanja", "care").await;
    for args in [&["close", "list"][..], &["gl", &day], &["close", "show", &day], &["close"]] {
        let refused = world.run_as("karanja", args);
        assert!(!is_well(&refused) && refused.out.is_empty(), "{args:?} {refused:?}");
    }
    // and whoever has the database in their hands is found out
    sql(&world, "UPDATE days SET sheet = replace(sheet, 'wallets', 'wallet5')".into()).await;
    let shown = world.run_as("asha", &show);
    assert!(!is_well(&shown) && shown.err.contains("is not what was signed"), "{shown:?}");
    let hand = || world.home.hand().with(|conn| check::check(conn, |_, _| ()));
    let faults = super::engine::blocking(hand).unwrap().faults;
    assert_eq!(faults.len(), 2, "{faults:?}");
    assert!(faults.iter().all(|fault| fault.starts_with("day ")), "{faults:?}");
}

/// Says yes to the one request that waits.
fn approve(world: &World, name: &str) {
    let waits = world.run_as(name, &["approve", "list"]).out;
    let number = waits.split_whitespace().next().unwrap().to_owned();
    let shown = world.run_as(name, &["approve", "show", &number]).out;
    let seen = shown.lines().find_map(|line| line.trim().strip_prefix("seen: ")).unwrap();
    let done = world.run_as(name, &["approve", "yes", &number, "--seen", seen]);
    assert!(is_well(&done), "{done:?}");
}

fn is_well(said: &Said) -> bool {
    said.code == Some(0)
}
