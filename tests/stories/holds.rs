//! Holds: money that is set aside counts as gone for its owner until it is settled or released, and
//! it is given back exactly once, whoever asks, in whatever order.

use super::ledger::*;
use kadogo::book::{HoldMove, Leg, Posting};
use kadogo::id::{HoldId, Id};
use kadogo::refusal::Reason;
use kadogo::store::book_rows::AccountState;

fn open(name: &str, amount_minor: i64) -> Posting {
    holds(name, &[HoldMove::Open { account: Id::of(ANN), amount_minor }])
}

/// Settles a part of Ann's hold and pays it to Ben.
fn settle(name: &str, hold: HoldId, amount_minor: i64) -> Posting {
    let to_ben = pay(name, ANN, BEN, amount_minor);
    Posting { holds: vec![HoldMove::Settle { hold, amount_minor }], ..to_ben }
}

fn release(name: &str, hold: HoldId) -> Posting {
    holds(name, &[HoldMove::Release { hold }])
}

#[tokio::test]
async fn the_sixth_hold_on_five_units_is_refused() {
    let ledger = Ledger::new().await;
    for n in 0..5 {
        ledger.ok(open(&format!("hold {n}"), 2_000)).await;
    }
    ledger.refuses(open("sixth", 2_000), Reason::NOT_ENOUGH).await;
    ledger.refuses(open("a cent", 1), Reason::NOT_ENOUGH).await;
    assert_eq!(ledger.stands(ANN), (10_000, 10_000));
}

#[tokio::test]
async fn six_holds_of_one_batch_on_five_units_are_five() {
    let ledger = Ledger::new().await;
    let answers =
        ledger.together((0..6).map(|n| open(&format!("hold {n}"), 2_000)).collect()).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 5);
    assert_eq!(reason(&answers[5]), Reason::NOT_ENOUGH);
}

#[tokio::test]
async fn held_money_cannot_be_spent() {
    let ledger = Ledger::new().await;
    ledger.ok(open("hold", 9_000)).await;
    ledger.refuses(pay("too much", ANN, BEN, 1_001), Reason::NOT_ENOUGH).await;
    ledger.ok(pay("the rest", ANN, BEN, 1_000)).await;
    assert_eq!(ledger.stands(ANN), (9_000, 9_000));
}

#[tokio::test]
async fn a_hold_is_settled_in_part_and_the_rest_released() {
    let ledger = Ledger::new().await;
    let hold = HoldId::from(ledger.recorded(open("hold", 6_000)).await);
    ledger.ok(settle("part", hold, 2_500)).await;
    assert_eq!((ledger.stands(ANN), ledger.stands(BEN)), ((7_500, 3_500), (7_500, 0)));
    ledger.refuses(settle("more than remains", hold, 3_501), Reason::HOLD_EXCEEDED).await;
    ledger.ok(release("rest", hold)).await;
    assert_eq!(ledger.stands(ANN), (7_500, 0));
    assert_eq!(ledger.check().holds, 1);
}

#[tokio::test]
async fn the_last_part_closes_a_hold() {
    let ledger = Ledger::new().await;
    let hold = HoldId::from(ledger.recorded(open("hold", 6_000)).await);
    ledger.ok(settle("most", hold, 5_999)).await;
    ledger.ok(settle("last", hold, 1)).await;
    for late in [settle("late", hold, 1), release("later", hold)] {
        ledger.refuses(late, Reason::HOLD_GONE).await;
    }
    assert_eq!(ledger.stands(ANN), (4_000, 0));
}

#[tokio::test]
async fn a_released_hold_can_never_be_used_again() {
    let ledger = Ledger::new().await;
    let hold = HoldId::from(ledger.recorded(open("hold", 6_000)).await);
    ledger.ok(release("release", hold)).await;
    for late in [settle("late", hold, 1), release("again", hold)] {
        ledger.refuses(late, Reason::HOLD_GONE).await;
    }
    // the same release, delivered again, is no second release
    assert!(ledger.ok(release("release", hold)).await.repeated);
    assert_eq!(ledger.stands(ANN), (10_000, 0));
}

#[tokio::test]
async fn two_who_settle_the_whole_hold_at_once_settle_it_once() {
    let ledger = Ledger::new().await;
    let hold = HoldId::from(ledger.recorded(open("hold", 6_000)).await);
    let answers =
        ledger.together(vec![settle("one", hold, 6_000), settle("two", hold, 6_000)]).await;
    assert!(answers[0].is_ok());
    assert_eq!(reason(&answers[1]), Reason::HOLD_GONE);
    assert_eq!((ledger.stands(ANN), ledger.stands(BEN)), ((4_000, 0), (11_000, 0)));
}

#[tokio::test]
async fn a_hold_of_nothing_two_holds_at_once_and_an_unknown_hold_are_refused() {
    let ledger = Ledger::new().await;
    for amount in [0, -1, i64::MIN] {
        ledger.refuses(open("nothing", amount), Reason::INVALID).await;
    }
    let two = Posting { holds: [open("a", 1).holds, open("b", 1).holds].concat(), ..blank("two") };
    ledger.refuses(two, Reason::INVALID).await;
    let hold = HoldId::from(ledger.recorded(open("hold", 6_000)).await);
    for amount_minor in [0, -1, i64::MIN] {
        ledger
            .refuses(
                holds("settle nothing", &[HoldMove::Settle { hold, amount_minor }]),
                Reason::INVALID,
            )
            .await;
    }
    for unknown in [0, -1, hold.number() - 1, hold.number() + 1_000] {
        ledger.refuses(release("unknown", Id::of(unknown)), Reason::HOLD_GONE).await;
    }
}

#[tokio::test]
async fn one_posting_cannot_give_the_same_hold_back_twice() {
    let ledger = Ledger::new().await;
    let hold = HoldId::from(ledger.recorded(open("hold", 6_000)).await);
    let twice = holds("twice", &[HoldMove::Release { hold }, HoldMove::Release { hold }]);
    ledger.refuses(twice, Reason::HOLD_GONE).await;
    let most = HoldMove::Settle { hold, amount_minor: 4_000 };
    ledger.refuses(holds("more than there is", &[most, most]), Reason::HOLD_EXCEEDED).await;
    ledger.ok(holds("part, then the rest", &[most, HoldMove::Release { hold }])).await;
    assert_eq!(ledger.stands(ANN), (10_000, 0));
}

#[tokio::test]
async fn a_hold_and_a_payment_of_one_posting_come_out_of_the_same_money() {
    let ledger = Ledger::new().await;
    let both = |name: &str, held: i64| Posting {
        holds: open(name, held).holds,
        ..pay(name, ANN, BEN, 4_000)
    };
    ledger.refuses(both("too much together", 6_001), Reason::NOT_ENOUGH).await;
    ledger.ok(both("just so", 6_000)).await;
    assert_eq!(ledger.stands(ANN), (6_000, 6_000));
}

#[tokio::test]
async fn settling_does_not_cover_what_is_paid_beyond_it() {
    let ledger = Ledger::new().await;
    let hold = HoldId::from(ledger.recorded(open("hold", 6_000)).await);
    let beyond = Posting {
        legs: vec![
            Leg { account: Id::of(ANN), amount_minor: -10_001 },
            Leg { account: Id::of(BEN), amount_minor: 10_001 },
        ],
        ..settle("beyond", hold, 6_000)
    };
    ledger.refuses(beyond, Reason::NOT_ENOUGH).await;
}

#[tokio::test]
async fn what_is_held_on_a_frozen_account_still_ends() {
    let ledger = Ledger::new().await;
    let first = HoldId::from(ledger.recorded(open("first", 1_000)).await);
    let second = HoldId::from(ledger.recorded(open("second", 2_000)).await);
    ledger.ok(changes("freeze", vec![restriction(ANN, AccountState::Frozen, 1)])).await;
    ledger.refuses(settle("spend it", first, 1_000), Reason::ACCOUNT_CLOSED).await;
    // what is set aside to put something right goes where it belongs, and nothing else does
    let (from, to) = (Id::of(ANN), Id::of(BEN));
    let leg = |account, amount_minor| Leg { account, amount_minor };
    let third = HoldId::from(ledger.recorded(open("hold more", 500)).await);
    let right = |name: &str, minor: i64| Posting {
        corrects: Some(Id::of(1)),
        legs: vec![leg(from, -minor), leg(to, minor)],
        ..settle(name, third, 500)
    };
    ledger.refuses(right("more than that", 501), Reason::ACCOUNT_CLOSED).await;
    ledger.ok(right("put right", 500)).await;
    ledger.ok(release("let go", first)).await;
    ledger.ok(release("run out", second)).await;
    assert_eq!(ledger.stands(ANN), (9_500, 0));
}

#[tokio::test]
async fn a_posting_may_give_back_what_it_has_just_reserved() {
    let ledger = Ledger::new().await;
    let own = HoldMove::Open { account: Id::of(ANN), amount_minor: 500 };
    let all = ledger.ok(holds("all", &[own, HoldMove::Release { hold: Id::of(3) }])).await;
    assert_eq!((all.posting, ledger.stands(ANN)), (Some(Id::of(3)), (10_000, 0)));
    ledger
        .ok(holds("a part", &[own, HoldMove::Settle { hold: Id::of(4), amount_minor: 200 }]))
        .await;
    assert_eq!(ledger.stands(ANN), (10_000, 300));
    ledger.ok(release("the rest", Id::of(4))).await;
    assert_eq!(ledger.check().holds, 2);
}
