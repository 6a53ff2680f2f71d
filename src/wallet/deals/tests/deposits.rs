//! A deposit: a deal that goes back by itself, and of which an agreed part stays where nobody
//! comes.

use super::super::delivery::{DEAL_EARLY, DELIVER};
use super::super::offering::OPEN;
use super::super::problems::DISPUTE;
use super::super::releasing::RELEASE;
use super::super::settling::REFUND;
use super::super::terms::DEAL_KEEP;
use super::*;
use crate::reason::Reason;

/// Amina has left it with Daudi, and a tenth of it stays.
fn left_with_daudi() -> Terms {
    Terms { keep_minor: Some(10_000), ..paid() }
}

/// Its last evening, of which they were reminded.
fn runs_out(state: State, terms: Terms) -> Act {
    let mut two = two();
    let clock = Clock { reminded: true, ..Clock::until(day(3), 0) };
    let row = row(state, &Terms { clock, ..terms });
    let row = ArrangementRow { due_at: Some(at(3, 20).micros()), ..row };
    two.deal(&row);
    two.trial.now = at(3, 20);
    two.trial.wakes(&KIND, &row).unwrap()
}

#[test]
fn what_stays_is_no_more_than_there_is_and_it_is_let_go_by_hand() {
    let two = two();
    let opens = |keep: &str| {
        let ask = two.trial.ask(&OPEN, two.trial.caller(&two.amina));
        let ask = ask.with("side", "buy").with("to", "0700000004").with("amount", "100000");
        ask.with("goods", "room").with("keep", keep).with("release", "door").execute()
    };
    let deal = left(&opens("100000").planned());
    assert_eq!((deal.terms.keep_minor, deal.terms.release), (Some(100_000), Release::Hand));
    assert_eq!(opens("100001").reason(), (DEAL_KEEP, Some("keep")));
    assert_eq!(opens("0").reason(), (Reason::AMOUNT_ZERO, Some("keep")));
}

#[test]
fn nobody_says_anything_and_all_of_it_goes_back() {
    let act = runs_out(State::Funded, left_with_daudi());
    assert_eq!(after(&act).state, State::Refunded);
    assert_eq!(moved(&act), [(MONEY, -101_000), (AMINA, 101_000)]);
}

#[test]
fn who_has_not_come_and_does_not_object_leaves_the_part_that_was_agreed_on() {
    let mut two = there_is(State::Funded, left_with_daudi());
    for early in [at(0, 12), at(2, 23)] {
        two.trial.now = early;
        let claimed = two.does(Side::Sell, &DELIVER, &[]);
        assert_eq!(claimed.reason(), (DEAL_EARLY, None), "nobody was to come yet");
    }
    two.trial.now = at(3, 9);
    let plan = two.does(Side::Sell, &DELIVER, &[]).planned();
    assert_eq!(left(&plan).terms.clock.until, Some(day(5)), "they have their days to object");
    let deal = left(&plan);
    assert_eq!((deal.state, deal.terms.delivered), (State::Delivered, false));
    assert_eq!(plan.said("paid"), "KES 100");
    let act = runs_out(State::Delivered, deal.terms.clone());
    let all = [(MONEY, -101_000), (DAUDI, 10_000), (AMINA, 90_900), fees(100)];
    assert_eq!((after(&act).state, moved(&act)), (State::Released, all.to_vec()));
    // of what is left, where something was let go before
    let part = Terms { released_minor: 95_000, ..deal.terms };
    let act = runs_out(State::Delivered, part);
    assert_eq!(moved(&act), [(MONEY, -5_050), (DAUDI, 5_000), fees(50)]);
}

#[test]
fn who_leaves_it_objects_or_lets_it_all_go_and_who_has_it_gives_it_all_back() {
    let two = there_is(State::Delivered, left_with_daudi());
    let wrong = [("problem", "other"), ("why", "I was there")];
    assert_eq!(left(&two.does(Side::Buy, &DISPUTE, &wrong).planned()).state, State::Disputed);
    let act = two.does(Side::Buy, &RELEASE, &[]).planned().act.unwrap();
    assert_eq!(moved(&act), [(MONEY, -101_000), (DAUDI, 100_000), fees(1_000)]);
    let act = two.does(Side::Sell, &REFUND, &[]).planned().act.unwrap();
    assert_eq!(moved(&act), [(MONEY, -101_000), (AMINA, 101_000)]);
}
