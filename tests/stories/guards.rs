//! Changes that come with a posting can refuse the whole of it: the money does not move when the
//! conversation was stale, the text seen, the order answered, the number taken or the PIN locked.
//! They are compared in order, each with what the ones before it leave, in one posting as in one
//! batch.

use super::ledger::*;
use kadogo::book::{Change, Credential, PIN_ATTEMPTS_MAX, Posting, Put, SecretKind};
use kadogo::calendar::Day;
use kadogo::id::{Id, PostingId};
use kadogo::limits::{Direction, Usage};
use kadogo::refusal::Reason;
use kadogo::store::arrangement_rows::{self, ArrangementRow};
use kadogo::store::book_rows::Account;
use kadogo::store::lines;
use kadogo::store::people::PersonRow;
use kadogo::store::pins::{self, PinRow};
use kadogo::store::records::Record;
use kadogo::wallet::join::empty_wallet;

fn line(line: u8, version: i64) -> Change {
    Change::TakeLine { line: vec![line], version }
}

/// A PIN for the so many-th time; it takes the tries of the one before it.
fn pin(account: i64, version: i64) -> Change {
    let row = PinRow {
        id: Id::of(account),
        version,
        last_posting: PostingId::NONE,
        key_version: 1,
        salt: vec![1],
        tag: vec![2],
        start_until: None,
        attempts: 0,
    };
    Change::keep(Record::Pin(row), "set_pin")
}

fn clear() -> Change {
    Change::ClearPin { pin: Id::of(ANN) }
}

fn join(account: i64, msisdn: &str) -> Change {
    let msisdn = msisdn.into();
    let name = "Ann".into();
    let language = "en".into();
    let tier = "sim".into();
    let row = PersonRow {
        account_id: Id::of(account),
        version: 1,
        last_posting: PostingId::NONE,
        msisdn,
        name,
        language,
        joined_at: 0,
        tier,
    };
    Change::keep(Record::Person(row), "join")
}

/// An order as it is begun, at version 1, or as its payer's yes leaves it.
fn put(id: i64, version: i64) -> Change {
    let (state, event) = if version == 1 { ("waiting", "begin") } else { ("approved", "approve") };
    let row = ArrangementRow {
        id: Id::of(id),
        kind: "order".into(),
        version,
        state: state.into(),
        open: version == 1,
        owner: Id::of(ANN),
        other: Some(Id::of(BEN)),
        account: None,
        subject: String::new(),
        begun_at: 0,
        due_at: (version == 1).then_some(9),
        body: "{}".into(),
        begun_by: PostingId::NONE,
        last_posting: PostingId::NONE,
    };
    Change::Put(Put { row, event, note: String::new() })
}

fn order(id: i64) -> Change {
    put(id, 1)
}

fn close(order: i64) -> Change {
    put(order, 2)
}

/// Goes by an order as long as it waits.
fn while_waiting(order: i64) -> Change {
    Change::While { arrangement: Id::of(order), states: &["waiting"] }
}

fn charge() -> Change {
    Change::ChargePin { pin: Id::of(ANN) }
}

/// A payment that comes with these changes.
fn paying(name: &str, changes: Vec<Change>) -> Posting {
    Posting { changes, ..pay(name, ANN, BEN, 100) }
}

fn attempts(ledger: &Ledger) -> i64 {
    ledger.hand().with(|conn| pins::by_id(conn, Id::of(ANN))).unwrap().unwrap().attempts
}

#[tokio::test]
async fn who_acted_in_another_conversation_meanwhile_is_refused() {
    let ledger = Ledger::new().await;
    ledger.refuses(paying("never acted", vec![line(1, 3)]), Reason::STALE).await;
    ledger.ok(paying("first", vec![line(1, 0)])).await;
    ledger.refuses(paying("begun before that", vec![line(1, 0)]), Reason::STALE).await;
    ledger.ok(paying("somebody else", vec![line(2, 0)])).await;
    ledger.ok(paying("going on", vec![line(1, 1)])).await;
    // also without a posting of its own
    ledger.ok(changes("a setting", vec![line(1, 2)])).await;
    ledger.refuses(paying("too late", vec![line(1, 2)]), Reason::STALE).await;
    assert_eq!(ledger.stands(ANN), (9_700, 0));
}

#[tokio::test]
async fn of_two_conversations_that_act_at_once_one_does() {
    let ledger = Ledger::new().await;
    let answers = ledger
        .together(vec![
            paying("one", vec![line(1, 0)]),
            paying("other", vec![line(1, 0)]),
            paying("next", vec![line(1, 1)]),
        ])
        .await;
    assert!(answers[0].is_ok() && answers[2].is_ok());
    assert_eq!(reason(&answers[1]), Reason::STALE);
    let stands =
        ledger.hand().with(|conn| conn.wait(async |asked| lines::versions(asked, &[&[1]]).await));
    assert_eq!(stands.unwrap(), [(vec![1], 2)].into());
    assert_eq!(ledger.stands(ANN), (9_800, 0));
}

/// What is said to have come to nothing stays so, and what was done is not said to be nothing.
#[tokio::test]
async fn of_one_key_comes_one_thing() {
    let ledger = Ledger::new().await;
    let undone = |name: &str| Change::Undone { key: key(name) };
    let given_up = |name: &str| vec![undone(name), Change::Dedup { key: key(name) }];
    ledger.ok(paying("paid", vec![undone("paid")])).await;
    ledger.refuses(changes("nothing", given_up("paid")), Reason::SEEN).await;
    ledger.ok(changes("gave up", given_up("late"))).await;
    ledger.refuses(paying("late", vec![undone("late")]), Reason::SEEN).await;
    let both =
        ledger.together(vec![changes("x", given_up("race")), paying("race", vec![undone("race")])]);
    let both = both.await;
    assert!(both[0].is_ok());
    assert_eq!(reason(&both[1]), Reason::SEEN);
    assert_eq!(ledger.stands(ANN), (9_900, 0));
}

#[tokio::test]
async fn a_text_is_handled_once() {
    let ledger = Ledger::new().await;
    let see = |text: &str| Change::Dedup { key: key(text) };
    ledger.ok(paying("first", vec![see("text")])).await;
    ledger.refuses(paying("again", vec![see("text")]), Reason::SEEN).await;
    ledger.refuses(paying("twice in one", vec![see("other"), see("other")]), Reason::SEEN).await;
    let answers =
        ledger.together(vec![paying("a", vec![see("new")]), paying("b", vec![see("new")])]).await;
    assert!(answers[0].is_ok());
    assert_eq!(reason(&answers[1]), Reason::SEEN);
}

#[tokio::test]
async fn an_order_is_answered_once() {
    let ledger = Ledger::new().await;
    ledger.ok(changes("order", vec![order(7)])).await;
    ledger.refuses(changes("same number", vec![order(7)]), Reason::MOVED).await;
    ledger.refuses(paying("unknown", vec![close(8)]), Reason::MOVED).await;
    ledger.refuses(paying("twice in one", vec![close(7), close(7)]), Reason::MOVED).await;
    let late = vec![close(7), while_waiting(7)];
    ledger.refuses(paying("answered in one", late), Reason::MOVED).await;
    let answers =
        ledger.together(vec![paying("one", vec![close(7)]), paying("other", vec![close(7)])]).await;
    assert!(answers[0].is_ok());
    assert_eq!(reason(&answers[1]), Reason::MOVED);
    let row = ledger.hand().with(|conn| arrangement_rows::by_id(conn, Id::of(7)));
    assert_eq!(row.unwrap().unwrap().state, "approved");
    assert_eq!(ledger.stands(ANN), (9_900, 0));
}

#[tokio::test]
async fn an_answered_order_is_gone_also_for_who_has_no_money_left() {
    let ledger = Ledger::new().await;
    ledger.ok(changes("order", vec![order(7)])).await;
    ledger.ok(Posting { changes: vec![close(7)], ..pay("all of it", ANN, BEN, 10_000) }).await;
    ledger.refuses(paying("again", vec![close(7)]), Reason::MOVED).await;
    ledger.refuses(paying("beside it", vec![while_waiting(7)]), Reason::MOVED).await;
}

#[tokio::test]
async fn a_number_joins_once() {
    let ledger = Ledger::new().await;
    let one = "+254700000001";
    let other = "+254700000002";
    let wallet = |id| Change::OpenAccount(empty_wallet(id, "KES"));
    ledger.ok(changes("join", vec![join(50, one), wallet(Id::of(50)), pin(50, 1)])).await;
    ledger
        .refuses(changes("again", vec![join(51, one), wallet(Id::of(51))]), Reason::ALREADY_JOINED)
        .await;
    let twice = vec![join(51, other), join(52, other)];
    ledger.refuses(changes("twice in one", twice), Reason::ALREADY_JOINED).await;
    let two = |id| changes(&format!("two {id}"), vec![join(id, other), wallet(Id::of(id))]);
    let answers = ledger.together(vec![two(51), two(52)]).await;
    assert!(answers[0].is_ok());
    assert_eq!(reason(&answers[1]), Reason::ALREADY_JOINED);
}

#[tokio::test]
async fn tries_are_counted_and_the_count_cannot_be_slipped_past() {
    let ledger = Ledger::new().await;
    ledger.refuses(paying("no PIN", vec![charge()]), Reason::PIN_LOCKED).await;
    ledger.ok(changes("PIN", vec![pin(ANN, 1)])).await;
    ledger.ok(changes("three", vec![charge(), charge(), charge()])).await;
    ledger
        .refuses(
            paying("three more in one", vec![charge(), charge(), charge()]),
            Reason::PIN_LOCKED,
        )
        .await;
    let tries = (0..9).map(|n| changes(&format!("try {n}"), vec![charge()])).collect();
    let answers = ledger.together(tries).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 2);
    assert_eq!(attempts(&ledger), PIN_ATTEMPTS_MAX);
    ledger.refuses(paying("locked", vec![charge()]), Reason::PIN_LOCKED).await;
}

#[tokio::test]
async fn tries_and_new_pins_of_one_batch_count_in_their_order() {
    let ledger = Ledger::new().await;
    ledger.ok(changes("PIN", vec![pin(ANN, 1)])).await;
    let fresh = |version| vec![pin(ANN, version), clear()];
    ledger.together(vec![changes("a", vec![charge(), charge()]), changes("b", fresh(2))]).await;
    assert_eq!(attempts(&ledger), 0);
    ledger.together(vec![changes("c", fresh(3)), changes("d", vec![charge(), charge()])]).await;
    assert_eq!(attempts(&ledger), 2);
    ledger
        .together(vec![changes("e", vec![charge(), clear()]), changes("f", vec![charge()])])
        .await;
    assert_eq!(attempts(&ledger), 1);
    // a new PIN alone leaves the tries as they are, those of its own batch among them
    ledger.together(vec![changes("g", vec![charge()]), changes("h", vec![pin(ANN, 4)])]).await;
    assert_eq!(attempts(&ledger), 2);
    ledger.together(vec![changes("i", vec![pin(ANN, 5), charge()])]).await;
    assert_eq!(attempts(&ledger), 3);
    ledger.check();
}

#[tokio::test]
async fn a_record_is_stored_one_version_after_the_one_that_was_read() {
    let ledger = Ledger::new().await;
    ledger.refuses(paying("leap", vec![pin(ANN, 2)]), Reason::STALE).await;
    ledger.ok(paying("first", vec![pin(ANN, 1)])).await;
    ledger.refuses(paying("first again", vec![pin(ANN, 1)]), Reason::ALREADY_JOINED).await;
    let answers = ledger
        .together(vec![
            paying("one", vec![pin(ANN, 2)]),
            paying("other", vec![pin(ANN, 2)]),
            paying("next", vec![pin(ANN, 3)]),
        ])
        .await;
    assert!(answers[0].is_ok() && answers[2].is_ok());
    assert_eq!(reason(&answers[1]), Reason::STALE);
    let row = ledger.hand().with(|conn| pins::by_id(conn, Id::of(ANN))).unwrap().unwrap();
    assert_eq!((row.version, Some(row.last_posting)), (3, answers[2].as_ref().unwrap().posting));
    assert_eq!(ledger.stands(ANN), (9_700, 0));
    ledger.check();
}

#[tokio::test]
async fn what_a_wrong_pin_leaves_can_be_no_record() {
    let ledger = Ledger::new().await;
    ledger.ok(changes("PIN", vec![pin(ANN, 1)])).await;
    let credential = |wrong| Credential {
        secret: SecretKind::Pin,
        pin: Id::of(ANN),
        salt: vec![1],
        tag: vec![9],
        wrong,
        locked: Vec::new(),
    };
    let posting = |name: &str, wrong| Posting {
        credentials: vec![credential(wrong)],
        ..paying(name, Vec::new())
    };
    ledger.refuses(posting("kept", vec![charge(), pin(ANN, 2)]), Reason::INVALID).await;
    assert_eq!(attempts(&ledger), 0);
    let charged = ledger.post(posting("charged", vec![charge()])).await;
    assert_eq!(reason(&charged), Reason::PIN_WRONG);
    assert_eq!(attempts(&ledger), 1);
}

#[tokio::test]
async fn a_pin_that_was_taken_away_opens_nothing() {
    let ledger = Ledger::new().await;
    ledger.ok(changes("PIN", vec![pin(ANN, 1)])).await;
    let row = ledger.hand().with(|conn| pins::by_id(conn, Id::of(ANN))).unwrap().unwrap();
    let gone = Change::keep(Record::Pin(row.taken_away()), "dismiss");
    ledger.ok(changes("gone", vec![gone])).await;
    for tag in [vec![2], vec![]] {
        let credential = Credential {
            secret: SecretKind::Pin,
            pin: Id::of(ANN),
            salt: vec![1],
            tag,
            wrong: vec![charge()],
            locked: Vec::new(),
        };
        let typed = Posting { credentials: vec![credential], ..paying("typed", Vec::new()) };
        ledger.refuses(typed, Reason::PIN_LOCKED).await;
    }
    assert_eq!(attempts(&ledger), 0);
    ledger.check();
}

#[tokio::test]
async fn clearing_the_tries_of_an_account_without_a_pin_gives_it_none() {
    let ledger = Ledger::new().await;
    let answers = ledger
        .together(vec![changes("clear", vec![clear()]), changes("try", vec![charge()])])
        .await;
    assert_eq!(reason(&answers[1]), Reason::PIN_LOCKED);
}

#[tokio::test]
async fn a_wallet_opens_empty_and_once() {
    let ledger = Ledger::new().await;
    let open = |account: Account| Change::OpenAccount(account);
    let wallet = || empty_wallet(Id::of(60), "KES");
    ledger
        .refuses(
            changes("gift", vec![open(Account { balance_minor: 1, ..wallet() })]),
            Reason::INVALID,
        )
        .await;
    ledger
        .refuses(
            changes("held", vec![open(Account { held_minor: 1, ..wallet() })]),
            Reason::INVALID,
        )
        .await;
    ledger
        .refuses(
            changes("past", vec![open(Account { last_posting: Some(Id::of(1)), ..wallet() })]),
            Reason::INVALID,
        )
        .await;
    let used = Usage::default().rolled_to(Day::new(9)).with(Direction::Out, 1);
    ledger
        .refuses(changes("used", vec![open(Account { usage: used, ..wallet() })]), Reason::INVALID)
        .await;
    ledger
        .refuses(changes("taken", vec![open(empty_wallet(Id::of(ANN), "KES"))]), Reason::INVALID)
        .await;
    ledger
        .refuses(changes("twice in one", vec![open(wallet()), open(wallet())]), Reason::INVALID)
        .await;
}

#[tokio::test]
async fn money_goes_onto_a_wallet_that_was_opened_a_moment_ago() {
    let ledger = Ledger::new().await;
    let wallet = |id| Change::OpenAccount(empty_wallet(id, "KES"));
    // by the posting before it in the batch, and by the posting itself
    let answers = ledger
        .together(vec![
            changes("open", vec![wallet(Id::of(60))]),
            pay("in", ANN, 60, 300),
            pay("out", 60, BEN, 100),
            Posting { changes: vec![wallet(Id::of(61))], ..pay("open and pay", ANN, 61, 50) },
            Posting { changes: vec![wallet(Id::of(62))], ..pay("open and overdraw", 62, ANN, 50) },
        ])
        .await;
    assert!(answers[..4].iter().all(Result::is_ok), "{answers:?}");
    assert_eq!(reason(&answers[4]), Reason::NOT_ENOUGH);
    assert_eq!((ledger.stands(60), ledger.stands(61)), ((200, 0), (50, 0)));
    // the refused one opened nothing: its number is free
    ledger.ok(changes("open after all", vec![wallet(Id::of(62))])).await;
    ledger.check();
}

#[tokio::test]
async fn a_key_says_nothing_about_postings_without_money() {
    let ledger = Ledger::new().await;
    // a claim carries the key of the payment it is for
    let claim = || Posting { request: [0; 16], ..changes("payment", vec![charge()]) };
    ledger.ok(changes("PIN", vec![pin(ANN, 1)])).await;
    let answers = ledger.together(vec![claim(), pay("payment", ANN, BEN, 100), claim()]).await;
    assert!(
        answers.iter().all(|answer| answer.as_ref().is_ok_and(|receipt| !receipt.repeated)),
        "{answers:?}"
    );
    assert_eq!(attempts(&ledger), 2);
}
