//! Money that lay at a bank before its first statement. Goal: it has a name, an owner and an end,
//! as any line has; nobody has to explain it by a line that is not there. Method: statements that
//! begin with something, and what staff can do about it.

use super::super::aids::{Held, until_waiting};
use super::*;
use kadogo::closing::sheet_words::SheetWords;

/// A million, and a statement with one line.
async fn begun() -> (Office, String) {
    let mut office = Office::new().await;
    office.closing_minor = 1_000_000;
    let file = office.takes(&[("2026-11-23", 20_000, "R1", "DEPOSIT", "NJERI")]).await;
    (office, file)
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_a_line_with_an_owner_against_which_e_money_is_issued() {
    let (mut office, file) = begun().await;
    let before = format!("{file}-0");
    let item = office.item(&before).await.unwrap();
    assert_eq!((item.kind, item.amount_minor), (ItemKind::BeforeFirst, 1_000_000));
    assert_eq!((item.since.unwrap().to_string().as_str(), item.is_break), ("2026-11-23", false));
    let kinds = |items: &[OpenItem]| items.iter().map(|item| item.kind).collect::<Vec<_>>();
    assert!(!kinds(&office.items().await).contains(&ItemKind::NotListed));
    office.one("assign_item", &[("item", &before), ("owner", "otieno"), WHY]).await;
    assert_eq!(office.item(&before).await.unwrap().owner, "otieno");
    let names: Vec<String> = office.lines().await.iter().map(OpenLine::name).collect();
    assert_eq!(names, [before.clone(), format!("{file}-1")], "it stands first");
    let line = office.line(&before).await;
    assert!(line.proposals.is_empty(), "no rule knows what it is");

    let agent = office.agent.clone();
    let issue = |amount: &'static str| {
        [("line", before.as_str()), ("amount", amount), ("to", agent.as_str()), WHY]
    };
    let shown = office.both("issue", &issue("400000")).await;
    assert_eq!(shown["line_is"].to_string(), "before_first");
    assert_eq!(shown["left"].to_string(), "KES 6,000");
    office.sums_hold().await;
    let own = [("line", before.as_str()), ("meaning", "own_money"), WHY];
    assert_eq!(office.refused("explain_line", &own).await, "line_used", "of a part nobody says");
    office.both("issue", &issue("600000")).await;
    assert_eq!(office.item(&before).await, None);
    // one line of the statement is left, though as many were used as it has
    let names: Vec<String> = office.lines().await.iter().map(OpenLine::name).collect();
    assert_eq!(names, [format!("{file}-1")]);
    // the second statement begins with what the first one ended with, which is no news
    let next = office.takes(&[("2026-11-24", 5, "R2", "MORE", "")]).await;
    assert!(!office.lines().await.iter().any(|line| line.name() == format!("{next}-0")));
    let none = format!("{next}-0");
    let unknown = [("line", none.as_str()), ("meaning", "own_money"), WHY];
    assert_eq!(office.refused("explain_line", &unknown).await, "line_unknown");
    office.sums_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_the_operators_own_if_two_say_so_and_leaves_again_by_two() {
    let (mut office, file) = begun().await;
    let before = format!("{file}-0");
    // a day is closed with it under its name
    office.days_later(1).await;
    let wallet = &office.world.app.wallet;
    let day = wallet.next_day().await.unwrap();
    let sheet = wallet
        .make_sheet(day, "wanjiru", SheetWords::default(), |_done, _total| ())
        .await
        .unwrap()
        .table;
    let named = format!("line {before},balance before the first statement");
    assert!(sheet.contains(&named), "{sheet}");
    office.both("explain_line", &[("line", &before), ("meaning", "own_money"), WHY]).await;
    let standing = office.world.app.wallet.standing().await.unwrap();
    assert_eq!((standing.charges_minor, standing.suspense_minor), (1_000_000, 20_000));
    assert_eq!(office.item(&before).await, None);
    office.sums_hold().await;
    let sweep = |amount: &'static str| {
        [
            ("kept", "own_money"),
            ("amount", amount),
            ("bank", "kcb"),
            ("recipient", "Kadogo Ltd"),
            WHY,
        ]
    };
    assert_eq!(office.refused("sweep", &sweep("1000001")).await, "less_there");
    office.both("sweep", &sweep("900000")).await;
    assert_eq!(office.refused("sweep", &sweep("100001")).await, "less_there");
    assert_eq!(office.world.app.wallet.standing().await.unwrap().charges_minor, 100_000);
    // of two at one moment, planned on the same facts, one has what is left
    let mut fields = Vec::new();
    for _request in 0..2 {
        let number = office.wanjiru.asks_for(&office.world, "sweep", &sweep("100000")).await;
        let about = [("approval", number.as_str())];
        let looked =
            office.otieno.asks(&office.world, Mode::Quote, "approve_staff_request", &about);
        let Outcome::Done(shown, _) = looked.await.unwrap() else { panic!("a look waits") };
        fields.push((number.clone(), shown["seen"].to_string()));
    }
    office.otieno.proves(&office.world).await;
    let book = Held::the_book(&office.world).await;
    let says_yes = async |(number, seen): &(String, String)| {
        let yes = [("approval", number.as_str()), ("seen", seen.as_str())];
        office.otieno.asks(&office.world, Mode::Execute, "approve_staff_request", &yes).await
    };
    let (first, second, ()) = tokio::join!(says_yes(&fields[0]), says_yes(&fields[1]), async {
        until_waiting(&office.world, 2).await;
        book.release().await;
    });
    let refused: Vec<&str> =
        [first, second].into_iter().filter_map(Result::err).map(|no| no.code()).collect();
    assert_eq!(refused, ["less_there"]);
    assert_eq!(office.world.app.wallet.standing().await.unwrap().charges_minor, 0);
    office.sums_hold().await;
}
