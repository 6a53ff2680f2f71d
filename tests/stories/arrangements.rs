//! Arrangements in the book: a row is put only by who has seen it as it is, as many as like go by
//! it as long as it is in a state that allows it, and its trail says who moved it, and cannot be
//! edited.

use super::ledger::*;
use kadogo::actor::Actor;
use kadogo::book::{Change, Posting, Put, check};
use kadogo::id::{Id, PostingId};
use kadogo::refusal::Reason;
use kadogo::store::arrangement_rows::{self, ArrangementRow, Search, Side};
use kadogo::store::book_rows::{Account, AccountKind};
use kadogo::store::{Conn, book_rows, trail_rows};
use kadogo::time::Timestamp;
use kadogo::wallet::join::empty_wallet;

const OPEN: &[&str] = &["open"];

/// The savings of a group, at a version.
fn group(version: i64, state: &str) -> ArrangementRow {
    ArrangementRow {
        id: Id::of(900),
        kind: "group".into(),
        version,
        state: state.into(),
        open: state == "open",
        owner: Id::of(ANN),
        other: Some(Id::of(BEN)),
        account: None,
        subject: "harvest".into(),
        begun_at: 1_000,
        due_at: (state == "open").then_some(5_000),
        body: "{}".into(),
        begun_by: PostingId::NONE,
        last_posting: PostingId::NONE,
    }
}

fn put(version: i64, state: &str, event: &'static str) -> Change {
    Change::Put(Put { row: group(version, state), event, note: String::new() })
}

fn while_open() -> Change {
    Change::While { arrangement: Id::of(900), states: OPEN }
}

fn gift(name: &str, amount_minor: i64) -> Posting {
    Posting { changes: vec![while_open()], ..pay(name, ANN, CAL, amount_minor) }
}

fn stored(ledger: &Ledger) -> ArrangementRow {
    ledger.hand().with(|conn| arrangement_rows::by_id(conn, Id::of(900))).unwrap().unwrap()
}

#[tokio::test]
async fn only_who_has_seen_a_row_as_it_is_changes_it() {
    let ledger = Ledger::new().await;
    ledger.refuses(changes("none yet", vec![put(2, "open", "grow")]), Reason::MOVED).await;
    ledger.ok(changes("begin", vec![put(1, "open", "begin")])).await;
    ledger.refuses(changes("begun twice", vec![put(1, "open", "begin")]), Reason::MOVED).await;
    ledger.refuses(changes("leap", vec![put(3, "open", "grow")]), Reason::MOVED).await;
    let both = vec![
        changes("one", vec![put(2, "open", "grow")]),
        changes("other", vec![put(2, "over", "end")]),
        changes("next", vec![put(3, "open", "grow")]),
    ];
    let answers = ledger.together(both).await;
    assert!(answers[0].is_ok() && answers[2].is_ok());
    assert_eq!(reason(&answers[1]), Reason::MOVED);
    assert_eq!((stored(&ledger).version, stored(&ledger).state.as_str()), (3, "open"));
    // money that comes with it goes where it goes, or nowhere
    let late = Posting { changes: vec![put(3, "over", "end")], ..pay("late", ANN, BEN, 100) };
    ledger.refuses(late, Reason::MOVED).await;
    assert!(ledger.check().is_whole());
}

#[tokio::test]
async fn what_happened_is_recorded_with_who_did_it_and_why() {
    let ledger = Ledger::new().await;
    let began = ledger.recorded(changes("begin", vec![put(1, "open", "begin")])).await;
    let again = ledger.ok(changes("begin", vec![put(1, "open", "begin")])).await;
    assert!(again.repeated && again.posting == Some(began) && began > PostingId::NONE);
    let row = group(2, "over");
    let end = Change::Put(Put { row, event: "end", note: "moved abroad".into() });
    let staff = Actor::Staff("desk".into());
    let ended = Posting { actor: staff, changes: vec![end], ..pay("end", ANN, BEN, 250) };
    let ended = ledger.recorded(ended).await;
    let row = stored(&ledger);
    assert_eq!((row.begun_by, row.last_posting), (began, ended));
    assert_eq!((row.due_at, row.open), (None, false));
    let last = ledger.hand().with(|conn| trail_rows::of_posting(conn, row.last_posting)).unwrap();
    let [event] = &last[..] else { panic!("{last:?}") };
    assert_eq!((event.event.as_str(), event.actor.as_str()), ("end", "staff desk"));
    assert_eq!((event.note.as_str(), event.version), ("moved abroad", 2));
    assert_eq!(event.previous, Some(began));
    let report = ledger.check();
    assert!(report.is_whole(), "{:?}", report.faults);
    // and that ICE is frozen
    assert_eq!((report.events, report.arrangements), (3, 1));
}

#[tokio::test]
async fn it_is_found_by_its_sides_and_by_what_it_is_about() {
    let ledger = Ledger::new().await;
    ledger.ok(changes("begin", vec![put(1, "open", "begin")])).await;
    let search = |side, open| Search { side, kind: "group", open, since: 0, limit: 5 };
    let found = |search: Search| {
        let find =
            |conn: &mut Conn| conn.wait(async |asked| arrangement_rows::find(asked, &search).await);
        ledger.hand().with(find).unwrap().len()
    };
    let sides =
        [Side::Owner(Id::of(ANN)), Side::Other(Id::of(BEN)), Side::Subject("harvest".into())];
    for side in &sides {
        assert_eq!(found(search(side.clone(), true)), 1, "{side:?}");
    }
    for side in [Side::Owner(Id::of(BEN)), Side::Other(Id::of(ANN)), Side::Subject("rain".into())] {
        assert_eq!(found(search(side, false)), 0);
    }
    assert_eq!(found(Search { kind: "other", ..search(Side::Owner(Id::of(ANN)), false) }), 0);
    assert_eq!(found(Search { since: 1_001, ..search(Side::Owner(Id::of(ANN)), false) }), 0);
    let due = |now| {
        let none_before = (i64::MIN, Id::of(0));
        ledger.hand().with(|conn| arrangement_rows::due(conn, "group", now, none_before, 5))
    };
    assert_eq!((due(4_999).unwrap().len(), due(5_000).unwrap().len()), (0, 1));
    ledger.ok(changes("end", vec![put(2, "over", "end")])).await;
    for side in sides {
        assert_eq!(found(search(side.clone(), true)), 0, "{side:?}");
        assert_eq!(found(search(side, false)), 1);
    }
    assert_eq!(due(5_000).unwrap().len(), 0);
}

/// What has been over for long lies elsewhere. Who looks for those of any time finds it, it is
/// counted, proved, and final.
#[tokio::test]
async fn what_is_over_is_moved_out_in_pieces_and_still_found() {
    let ledger = Ledger::new().await;
    let row =
        |id: i64, version, state: &str| ArrangementRow { id: Id::of(id), ..group(version, state) };
    let put = |id, version, state, event| {
        Change::Put(Put { row: row(id, version, state), event, note: String::new() })
    };
    let all = |name: &str, ids: std::ops::Range<i64>, version, state: &'static str| {
        changes(name, ids.map(|id| put(id, version, state, "step")).collect())
    };
    ledger.ok(all("begin", 900..910, 1, "open")).await;
    let until = ledger.recorded(all("end", 900..905, 2, "over")).await;
    ledger.ok(all("end later", 905..907, 2, "over")).await;
    let move_out = async |limit| {
        let piece = move |conn: &mut _| arrangement_rows::move_out(conn, until, limit);
        ledger.book.write(piece).await.unwrap()
    };
    assert_eq!((move_out(3).await, move_out(3).await, move_out(3).await), (3, 2, 0));
    let lie = |table: &str| ledger.tables()[table].len();
    assert_eq!((lie("arrangements"), lie("arrangements_closed")), (5, 5));
    let side = || Side::Owner(Id::of(ANN));
    let found = |open, since| {
        let search = Search { side: side(), kind: "group", open, since, limit: 99 };
        let rows = ledger
            .hand()
            .with(|conn| conn.wait(async |asked| arrangement_rows::find(asked, &search).await))
            .unwrap();
        rows.iter().map(|row| row.id.number()).collect::<Vec<_>>()
    };
    assert_eq!(found(true, 0), [909, 908, 907]);
    assert_eq!(found(false, 0), (900..910).rev().collect::<Vec<_>>());
    assert_eq!(found(false, 1), (905..910).rev().collect::<Vec<_>>(), "only of late");
    let count = ledger.hand().with(|conn| {
        conn.wait(async |asked| arrangement_rows::count(asked, "group", &side()).await)
    });
    assert_eq!(count.unwrap(), 10);
    assert_eq!(stored(&ledger), ArrangementRow { last_posting: until, ..stored(&ledger) });
    let again = changes("again", vec![put(900, 3, "open", "step")]);
    ledger.refuses(again, Reason::MOVED).await;
    let refused = |sql: &str| ledger.hand().run(sql).is_err();
    assert!(refused("UPDATE arrangements_closed SET body = 'x' WHERE id = 900"));
    assert!(refused("DELETE FROM arrangements_closed WHERE id = 900"));
    let report = ledger.check();
    assert_eq!((report.arrangements, report.faults.len()), (10, 0));
}

/// By the clock of postings, whose numbers are all there is to go by.
#[tokio::test]
async fn the_newest_posting_before_a_time_is_found() {
    let ledger = Ledger::new().await;
    for at in [1_000_i64, 2_000, 2_000, 5_000] {
        let name = format!("at {at} {}", ledger.stands(CAL).0);
        let at = Timestamp::from_micros(at);
        ledger.ok(Posting { at, ..pay(&name, ANN, CAL, 1) }).await;
    }
    let before = |time| ledger.hand().with(|conn| book_rows::newest_before(conn, time)).unwrap();
    let newest = before(i64::MAX).number();
    let numbers: Vec<i64> = [2_000, 2_001, 5_000, 5_001].map(|time| before(time).number()).into();
    assert_eq!(numbers, [newest - 3, newest - 1, newest - 1, newest]);
    assert_eq!(before(i64::MIN), PostingId::NONE);
}

#[tokio::test]
async fn a_thousand_give_at_one_moment_and_nobody_when_it_is_over() {
    let ledger = Ledger::new().await;
    ledger.refuses(gift("too early", 1), Reason::MOVED).await;
    ledger.ok(changes("begin", vec![put(1, "open", "begin")])).await;
    let mut crowd: Vec<Posting> = (0..1_000).map(|n| gift(&format!("gift {n}"), 1)).collect();
    crowd.insert(700, changes("end", vec![put(2, "over", "end")]));
    let answers = ledger.together(crowd).await;
    let told = |from: usize, to: usize| answers[from..to].iter().filter(|a| a.is_ok()).count();
    assert_eq!((told(0, 701), told(701, 1_001)), (701, 0));
    assert!(answers[701..].iter().all(|answer| reason(answer) == Reason::MOVED));
    assert_eq!(ledger.stands(CAL).0, 700);
    assert_eq!(stored(&ledger).version, 2);
    assert!(ledger.check().is_whole());
}

/// Where the money of the group lies.
const PURSE: i64 = 901;

fn opened(account: i64, kind: AccountKind) -> Change {
    Change::OpenAccount(Account { kind, ..empty_wallet(Id::of(account), "KES") })
}

/// The group at a version, with its money on this account.
fn put_with(version: i64, state: &str, account: Option<i64>) -> Change {
    let row = ArrangementRow { account: account.map(Id::of), ..group(version, state) };
    Change::Put(Put { row, event: "step", note: String::new() })
}

/// Its money lies where it was opened for it, and nowhere else from then on.
#[tokio::test]
async fn the_money_of_an_arrangement_stays_where_it_lies() {
    let ledger = Ledger::new().await;
    let purse = || opened(PURSE, AccountKind::Arrangement);
    let named = |version, account| put_with(version, "open", account);
    let row = ArrangementRow { id: Id::of(905), account: Some(Id::of(902)), ..group(1, "open") };
    let other = Put { row, event: "begin", note: String::new() };
    let others = vec![opened(902, AccountKind::Arrangement), Change::Put(other)];
    ledger.ok(changes("another", others)).await;
    for (name, wrong) in [
        ("not there", vec![named(1, Some(PURSE))]),
        ("not yet there", vec![named(1, Some(PURSE)), purse()]),
        ("somebody's", vec![named(1, Some(ANN))]),
        ("a wallet", vec![opened(PURSE, AccountKind::Wallet), named(1, Some(PURSE))]),
        ("that of another", vec![named(1, Some(902))]),
    ] {
        ledger.refuses(changes(name, wrong), Reason::INVALID).await;
    }
    ledger.ok(changes("begin without", vec![named(1, None)])).await;
    ledger.ok(changes("name it", vec![purse(), named(2, Some(PURSE))])).await;
    assert_eq!(stored(&ledger).account, Some(Id::of(PURSE)));
    let other = || opened(903, AccountKind::Arrangement);
    for (name, wrong) in [
        ("forget it", vec![named(3, None)]),
        ("move it", vec![other(), named(3, Some(903))]),
        ("and back", vec![other(), named(3, Some(903)), named(4, Some(PURSE))]),
        ("when over", vec![put_with(3, "over", None)]),
    ] {
        ledger.refuses(changes(name, wrong), Reason::INVALID).await;
    }
    ledger.refuses(changes("too late", vec![named(2, None)]), Reason::MOVED).await;
    ledger.ok(changes("go on", vec![named(3, Some(PURSE))])).await;
    assert_eq!(stored(&ledger).version, 3);
}

/// Whatever a service asks for: what is over has nothing left, or it is not over.
#[tokio::test]
async fn what_is_over_leaves_nothing_behind() {
    let ledger = Ledger::new().await;
    let step = |version, state| vec![put_with(version, state, Some(PURSE))];
    let with = |name: &str, version, state, moved: &[(i64, i64)]| Posting {
        changes: step(version, state),
        ..legs(name, moved)
    };
    let begin = [vec![opened(PURSE, AccountKind::Arrangement)], step(1, "open")].concat();
    ledger.ok(Posting { changes: begin, ..pay("begin", ANN, PURSE, 500) }).await;
    let wrong: [(&str, &[(i64, i64)]); 4] = [
        ("nothing", &[]),
        ("elsewhere", &[(ANN, -500), (BEN, 500)]),
        ("too little", &[(PURSE, -499), (ANN, 499)]),
        ("more", &[(ANN, -1), (PURSE, 1)]),
    ];
    for (name, moved) in wrong {
        ledger.refuses(with(name, 2, "over", moved), Reason::INVALID).await;
    }
    // over in between is over as well
    let twice = [step(2, "over"), step(3, "open")].concat();
    ledger.refuses(changes("in between", twice), Reason::INVALID).await;
    // what the posting before it left, in one batch as in two
    let both = vec![
        with("a part", 2, "open", &[(PURSE, -200), (BEN, 200)]),
        with("all", 3, "over", &[(PURSE, -500), (ANN, 500)]),
        with("less", 3, "over", &[(PURSE, -200), (ANN, 200)]),
        with("the rest", 3, "over", &[(PURSE, -300), (ANN, 300)]),
    ];
    let answers = ledger.together(both).await;
    let reasons = [1, 2].map(|at| reason(&answers[at]));
    assert_eq!(reasons, [Reason::NOT_ENOUGH, Reason::INVALID]);
    assert!(answers[0].is_ok() && answers[3].is_ok());
    assert_eq!((ledger.stands(PURSE).0, stored(&ledger).open), (0, false));
    let report = ledger.check();
    assert!(report.is_whole(), "{:?}", report.faults);
    // an empty one ends by itself
    let other = |version, state: &str| {
        let row = group(version, state);
        let row = ArrangementRow { id: Id::of(905), account: Some(Id::of(904)), ..row };
        Change::Put(Put { row, event: "step", note: String::new() })
    };
    let begin = vec![opened(904, AccountKind::Arrangement), other(1, "open"), other(2, "over")];
    ledger.ok(changes("at once", begin)).await;
    assert!(ledger.check().is_whole());
}

/// What the check says after this was done to a book with one row and two events.
async fn after(tampering: &str) -> String {
    let ledger = Ledger::new().await;
    ledger.ok(changes("begin", vec![put(1, "open", "begin")])).await;
    ledger.ok(changes("grow", vec![put(2, "open", "grow")])).await;
    let mut hand = ledger.hand();
    hand.drop_triggers();
    hand.run(tampering).unwrap();
    let report = hand.with(|conn| check::check(conn, |_, _| ())).unwrap();
    assert!(!report.is_whole(), "not found: {tampering}");
    format!("{tampering}\n    {}\n", report.faults.join("\n    "))
}

#[tokio::test]
async fn what_somebody_does_to_rows_and_trails_is_found() {
    let mut told = String::new();
    for tampering in [
        "UPDATE arrangements SET owner = 12",
        "UPDATE arrangements SET account = 12",
        "UPDATE arrangements SET body = '{\"all\":1}'",
        "UPDATE arrangements SET version = 1",
        "UPDATE arrangements SET last_posting = begun_by",
        "DELETE FROM arrangements",
        "UPDATE trail SET actor = 'customer 12' WHERE event = 'grow'",
        "UPDATE trail SET note = 'because' WHERE event = 'grow'",
        "DELETE FROM trail WHERE event = 'begin'",
        "DELETE FROM trail WHERE event = 'grow'",
    ] {
        told += &after(tampering).await;
    }
    insta::assert_snapshot!(told);
}
