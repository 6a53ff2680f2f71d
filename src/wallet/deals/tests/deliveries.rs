//! The seller says that it is delivered.

use super::super::DEAL_GONE;
use super::super::deal::DEAL_STOPPED;
use super::super::delivery::{DEAL_AT_DOOR, DELIVER};
use super::*;
use crate::store::book_rows::AccountState;

#[test]
fn from_then_on_the_buyer_looks_at_it() {
    for (look_days, release) in [(1, Release::Hand), (7, Release::Parcel)] {
        let two = there_is(State::Funded, Terms { look_days, release, ..paid() });
        let plan = two.does(Side::Sell, &DELIVER, &[]).planned();
        let deal = left(&plan);
        assert_eq!((deal.state, deal.terms.delivered), (State::Delivered, true));
        assert_eq!(deal.terms.clock, Clock::until(day(look_days), 0));
        assert_eq!(plan.said("day"), day(look_days).text(), "both hear until when");
        let told = plan.messages().remove(0).1;
        assert!(told.contains(&format!("day={}", day(look_days).text())), "{told}");
        let act = plan.act.unwrap();
        assert!(act.legs.is_empty());
        assert_eq!(pairs(&heard(act)), [("delivered", "amina")]);
    }
}

#[test]
fn at_the_door_the_code_says_it() {
    let two = there_is(State::Funded, Terms { release: Release::Door, ..paid() });
    assert_eq!(two.does(Side::Sell, &DELIVER, &[]).reason(), (DEAL_AT_DOOR, None));
}

#[test]
fn only_the_seller_says_it_and_once() {
    let two = there_is(State::Funded, paid());
    assert_eq!(two.does(Side::Buy, &DELIVER, &[]).reason(), (DEAL_GONE, None));
    for (state, terms) in [
        (State::Accepted, terms()),
        (State::Delivered, paid()),
        (State::Disputed, still(paid())),
        (State::Returning, paid()),
    ] {
        let reason = there_is(state, terms).does(Side::Sell, &DELIVER, &[]).reason();
        assert_eq!(reason, (DEAL_GONE, None), "{state:?}");
    }
}

#[test]
fn no_clock_begins_while_an_account_of_the_two_is_stopped() {
    for who in [AMINA, DAUDI] {
        let mut two = there_is(State::Funded, paid());
        let person = two.trial.person_of(Id::of(who));
        two.trial.change(&person, |holder| holder.account.state = AccountState::Frozen);
        assert_eq!(two.does(Side::Sell, &DELIVER, &[]).reason(), (DEAL_STOPPED, None));
    }
}
