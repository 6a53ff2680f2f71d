//! The book takes a posting as a whole or not at all: what it refuses, alone and in company, leaves
//! no trace; what it took under a key it never takes again. Told on a real database, through the
//! door everybody uses.

use super::engine::{either, is_postgres};
use super::ledger::*;
use kadogo::book::posting::POSTING_ROWS_MAX;
use kadogo::book::{Change, FEES, HoldMove, Posting, TRUST};
use kadogo::id::{HoldId, Id};
use kadogo::money::Currency;
use kadogo::refusal::Reason;
use kadogo::store::book_rows::AccountKind;
use kadogo::store::book_rows::{self, Account};
use kadogo::time::Timestamp;
use kadogo::wallet::join::empty_wallet;

#[tokio::test]
async fn a_payment_with_a_fee_moves_all_its_legs() {
    let ledger = Ledger::new().await;
    let receipt =
        ledger.ok(legs("fee", &[(ANN, -2_700), (BEN, 2_000), (FEES.number(), 700)])).await;
    assert_eq!(receipt.available, [(Id::of(ANN), 7_300), (Id::of(BEN), 7_000), (FEES, 700)]);
    assert_eq!(
        (ledger.stands(ANN), ledger.stands(BEN), ledger.stands(FEES.number())),
        ((7_300, 0), (7_000, 0), (700, 0))
    );
    let report = ledger.check();
    assert_eq!((report.postings, report.entries, report.links), (3, 9, 3));
}

#[tokio::test]
async fn what_does_not_balance_is_refused() {
    let ledger = Ledger::new().await;
    for (name, legs_given) in [
        ("more out", &[(ANN, -100), (BEN, 99)][..]),
        ("more in", &[(ANN, -100), (BEN, 101)]),
        ("out of nothing", &[(BEN, 100)]),
        ("into nothing", &[(ANN, -100)]),
        ("around the corner", &[(ANN, i64::MIN), (BEN, i64::MIN)]),
    ] {
        ledger.refuses(legs(name, legs_given), Reason::INVALID).await;
    }
}

#[tokio::test]
async fn legs_of_zero_and_two_legs_on_one_account_are_refused() {
    let ledger = Ledger::new().await;
    ledger.refuses(legs("zero", &[(ANN, 0)]), Reason::INVALID).await;
    ledger.refuses(legs("zeros", &[(ANN, -5), (BEN, 5), (CAL, 0)]), Reason::INVALID).await;
    ledger.refuses(legs("self", &[(ANN, -100), (ANN, 100)]), Reason::INVALID).await;
    ledger.refuses(legs("twice", &[(ANN, -50), (BEN, 100), (ANN, -50)]), Reason::INVALID).await;
}

#[tokio::test]
async fn amounts_that_no_account_can_hold_are_refused() {
    let ledger = Ledger::new().await;
    ledger
        .refuses(legs("too much", &[(TRUST.number(), -i64::MAX), (ANN, i64::MAX)]), Reason::INVALID)
        .await;
    ledger
        .refuses(
            legs("too little", &[(TRUST.number(), i64::MIN), (ANN, i64::MAX), (BEN, 1)]),
            Reason::INVALID,
        )
        .await;
    let all = HoldMove::Open { account: Id::of(ANN), amount_minor: i64::MAX };
    ledger.refuses(holds("hold it all", &[all]), Reason::NOT_ENOUGH).await;
    // as much as there can be is fine, and so is taking it away again
    let bottomless =
        Account { kind: AccountKind::Trust, floor_minor: None, ..empty_wallet(Id::of(5), "KES") };
    ledger.ok(changes("bottomless", vec![Change::OpenAccount(bottomless)])).await;
    let room = i64::MAX - 10_000;
    ledger.ok(legs("to the brim", &[(5, -room), (ANN, room)])).await;
    assert_eq!((ledger.stands(ANN).0, ledger.stands(5).0), (i64::MAX, -room));
    ledger.refuses(pay("one drop more", BEN, ANN, 1), Reason::INVALID).await;
    ledger.ok(legs("back", &[(5, room), (ANN, -room)])).await;
    ledger.check();
}

#[tokio::test]
async fn currencies_do_not_mix() {
    let ledger = Ledger::new().await;
    let shillings = Currency::parse("UGX").unwrap();
    ledger.refuses(pay("into another", ANN, ZOE, 100), Reason::INVALID).await;
    ledger.refuses(pay("out of another", ZOE, ANN, 100), Reason::INVALID).await;
    ledger
        .refuses(
            Posting { currency: shillings, ..pay("mislabelled", ANN, BEN, 100) },
            Reason::INVALID,
        )
        .await;
    let hold = HoldMove::Open { account: Id::of(ZOE), amount_minor: 5 };
    ledger.refuses(holds("hold in another", &[hold]), Reason::INVALID).await;
    ledger.ok(Posting { currency: shillings, ..pay("at home", ZOE, 4, 100) }).await;
    assert_eq!(ledger.check().sums_minor.len(), 2);
}

#[tokio::test]
async fn nothing_moves_on_frozen_and_unknown_accounts() {
    let ledger = Ledger::new().await;
    ledger.refuses(pay("from ice", ICE, ANN, 1), Reason::ACCOUNT_CLOSED).await;
    ledger.refuses(pay("onto ice", ANN, ICE, 1), Reason::ACCOUNT_CLOSED).await;
    ledger.refuses(pay("from nobody", 99, ANN, 1), Reason::INVALID).await;
    ledger.refuses(pay("to nobody", ANN, 99, 1), Reason::INVALID).await;
    let set_aside = |account| HoldMove::Open { account: Id::of(account), amount_minor: 1 };
    ledger.refuses(holds("hold of nobody", &[set_aside(99)]), Reason::INVALID).await;
    // which moves nothing, and what was set aside stays where it is
    let hold = HoldId::from(ledger.recorded(holds("hold", &[set_aside(ICE)])).await);
    let spend = Posting {
        holds: vec![HoldMove::Settle { hold, amount_minor: 1 }],
        ..pay("spend it", ICE, ANN, 1)
    };
    ledger.refuses(spend, Reason::ACCOUNT_CLOSED).await;
    assert_eq!(ledger.stands(ICE), (1_000, 1));
}

#[tokio::test]
async fn a_wallet_empties_to_its_floor_and_not_below() {
    let ledger = Ledger::new().await;
    ledger.refuses(pay("a cent too much", ANN, BEN, 10_001), Reason::NOT_ENOUGH).await;
    ledger.ok(pay("all", ANN, BEN, 10_000)).await;
    ledger.refuses(pay("nothing left", ANN, BEN, 1), Reason::NOT_ENOUGH).await;
    // a floor is not always zero: an account may be allowed to owe
    ledger.sql(&format!("UPDATE accounts SET floor_minor = -500 WHERE id = {ANN}"));
    ledger.ok(pay("on credit", ANN, BEN, 500)).await;
    ledger.refuses(pay("too much credit", ANN, BEN, 1), Reason::NOT_ENOUGH).await;
    ledger.check();
}

#[tokio::test]
async fn who_is_below_the_floor_can_still_receive() {
    let ledger = Ledger::new().await;
    ledger.sql(&format!("UPDATE accounts SET floor_minor = 20000 WHERE id = {ANN}"));
    assert_eq!(reason(&ledger.post(pay("out", ANN, BEN, 1)).await), Reason::NOT_ENOUGH);
    ledger.ok(pay("in", BEN, ANN, 1)).await;
    assert_eq!(ledger.stands(ANN), (10_001, 0));
}

#[tokio::test]
async fn the_same_request_gets_the_same_receipt_and_moves_once() {
    let ledger = Ledger::new().await;
    let first = ledger.ok(legs("once", &[(ANN, -270), (BEN, 200), (FEES.number(), 70)])).await;
    ledger.ok(pay("meanwhile", BEN, ANN, 33)).await;
    let before = ledger.dump();
    let later = Posting {
        at: Timestamp::from_micros(999_999),
        ..legs("once", &[(ANN, -270), (BEN, 200), (FEES.number(), 70)])
    };
    let again = ledger.ok(later).await;
    assert!(again.repeated && !first.repeated);
    // the receipt of then: its balances, its time
    assert_eq!(kadogo::book::Receipt { repeated: false, ..again }, first);
    assert_eq!(ledger.dump(), before);
}

#[tokio::test]
async fn a_key_that_was_used_for_something_else_is_refused() {
    let ledger = Ledger::new().await;
    ledger.ok(pay("mine", ANN, BEN, 200)).await;
    let other = Posting { request: [2; 16], ..pay("mine", ANN, BEN, 300) };
    ledger.refuses(other, Reason::KEY_REUSED).await;
}

#[tokio::test]
async fn a_refused_request_may_come_again_under_its_key() {
    let ledger = Ledger::new().await;
    ledger.refuses(pay("early", CAL, ANN, 100), Reason::NOT_ENOUGH).await;
    ledger.ok(pay("money", BEN, CAL, 100)).await;
    assert!(!ledger.ok(pay("early", CAL, ANN, 100)).await.repeated);
}

#[tokio::test]
async fn two_of_the_same_in_one_batch_are_one() {
    let ledger = Ledger::new().await;
    let other = Posting { request: [2; 16], ..pay("twin", ANN, CAL, 9) };
    let answers =
        ledger.together(vec![pay("twin", ANN, BEN, 100), pay("twin", ANN, BEN, 100), other]).await;
    let first = answers[0].as_ref().unwrap();
    let second = answers[1].as_ref().unwrap();
    assert_eq!((first.posting, first.repeated), (second.posting, false));
    assert!(second.repeated);
    assert_eq!(reason(&answers[2]), Reason::KEY_REUSED);
    assert_eq!((ledger.stands(ANN).0, ledger.stands(CAL).0), (9_900, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_at_the_same_moment_are_one() {
    let ledger = Ledger::new().await;
    let mut crowd = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let book = ledger.book.clone();
        crowd.spawn(async move { book.post(pay("crowd", ANN, BEN, 100)).await.unwrap() });
    }
    let receipts = crowd.join_all().await;
    assert_eq!(receipts.iter().filter(|receipt| !receipt.repeated).count(), 1);
    assert!(
        receipts
            .iter()
            .all(|receipt| receipt.available == [(Id::of(ANN), 9_900), (Id::of(BEN), 5_100)])
    );
    assert_eq!(ledger.stands(ANN), (9_900, 0));
    ledger.check();
}

#[tokio::test]
async fn payments_of_one_batch_spend_what_those_before_them_brought() {
    let ledger = Ledger::new().await;
    let answers = ledger
        .together(vec![
            pay("too early", CAL, BEN, 40),
            pay("first", ANN, CAL, 40),
            pay("now", CAL, BEN, 40),
            pay("too late", CAL, BEN, 1),
        ])
        .await;
    assert_eq!(reason(&answers[0]), Reason::NOT_ENOUGH);
    assert!(answers[1].is_ok() && answers[2].is_ok());
    assert_eq!(reason(&answers[3]), Reason::NOT_ENOUGH);
    assert_eq!(ledger.check().links, 3);
}

#[tokio::test]
async fn a_correction_names_the_posting_it_puts_right() {
    let ledger = Ledger::new().await;
    let wrong = ledger.recorded(pay("wrong", ANN, BEN, 500)).await;
    let right = Posting { corrects: Some(wrong), ..pay("right", BEN, ANN, 500) };
    let right = ledger.recorded(right).await;
    let row = ledger.hand().with(|conn| book_rows::posting(conn, right)).unwrap().unwrap();
    assert_eq!(row.corrects, Some(wrong));
    assert_eq!(ledger.stands(ANN), (10_000, 0));
    for nobody in [0, -1, right.number() + 1_000, i64::MAX] {
        let lost = Posting { corrects: Some(Id::of(nobody)), ..pay("lost", BEN, ANN, 1) };
        ledger.refuses(lost, Reason::INVALID).await;
    }
    ledger.check();
}

#[tokio::test]
async fn history_can_only_grow() {
    let ledger = Ledger::new().await;
    let hold = HoldMove::Open { account: Id::of(ANN), amount_minor: 5 };
    ledger.ok(holds("hold", &[hold])).await;
    let before = ledger.dump();
    let mut hand = ledger.hand();
    let mut refuses = |change: String, words: &str| {
        let refused = hand.run(&change).unwrap_err().to_string();
        assert!(refused.contains(words), "{change}: {refused}");
    };
    // on PostgreSQL entries are a part of their postings, shown by a view
    let entries = either("never", "cannot");
    let columns = [
        ("postings", "corrects"),
        ("entries", "held_minor"),
        ("entries", "previous"),
        ("hold_entries", "amount_minor"),
        ("chain", "digest"),
    ];
    for (table, column) in columns {
        let words = if table == "entries" { entries } else { "never" };
        refuses(format!("UPDATE {table} SET {column} = {column}"), words);
        refuses(format!("DELETE FROM {table}"), words);
    }
    refuses("DELETE FROM accounts".into(), "never deleted");
    if is_postgres() {
        for table in ["postings", "hold_entries", "chain", "accounts"] {
            refuses(format!("TRUNCATE {table}"), "never deleted");
        }
    }
    assert_eq!(ledger.dump(), before);
}

#[tokio::test]
async fn a_posting_has_a_limit_and_a_full_batch_of_the_largest_fits() {
    let ledger = Ledger::new().await;
    let open = |n: i64| Change::OpenAccount(empty_wallet(Id::of(n), "KES"));
    let most = i64::try_from(POSTING_ROWS_MAX).unwrap();
    ledger
        .refuses(changes("too many", (1_000..=1_000 + most).map(open).collect()), Reason::INVALID)
        .await;
    ledger.ok(changes("many", (1_000..1_000 + most).map(open).collect())).await;
    let payroll = |round: i64| {
        let mut to: Vec<(i64, i64)> =
            (1_000..1_000 + most - 1).map(|account| (account, 1)).collect();
        to.push((TRUST.number(), 1 - most));
        legs(&format!("payroll {round}"), &to)
    };
    let mut crowd = tokio::task::JoinSet::new();
    for round in 0..24 {
        let book = ledger.book.clone();
        let posting = payroll(round);
        crowd.spawn(async move { book.post(posting).await });
    }
    assert!(crowd.join_all().await.iter().all(Result::is_ok));
    assert_eq!(ledger.stands(1_000), (24, 0));
    ledger.check();
}
