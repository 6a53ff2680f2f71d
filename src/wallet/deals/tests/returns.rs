//! The goods go back, and are brought, or not.

use super::super::deal::DEAL_STOPPED;
use super::super::returning::{RETURN, TAKE_BACK};
use super::super::terms::Offset;
use super::super::{DEAL_GONE, deal_code};
use super::*;
use crate::pin::Pin;
use crate::reason::Reason;
use crate::store::book_rows::AccountState;

#[test]
fn the_seller_takes_it_back_and_has_a_code_for_it() {
    for state in [State::Delivered, State::Disputed, State::Proposed] {
        let two = there_is(state, Terms { delivery_minor: 10_000, delivered: true, ..paid() });
        let plan = two.does(Side::Sell, &TAKE_BACK, &[]).planned();
        let said = ["back", "rest", "day"].map(|slot| plan.said(slot));
        assert_eq!(said, ["KES 909", "KES 100", "28/11/26"]);
        let deal = left(&plan);
        assert_eq!((deal.state, deal.terms.clock), (State::Returning, Clock::until(day(5), 0)));
        assert!(deal.terms.return_code.is_some());
        let act = plan.act.unwrap();
        let kept = act.changes.iter().filter(|change| matches!(change, Change::Keep(_)));
        assert_eq!((kept.count(), act.legs.len()), (1, 0));
        assert_eq!(pairs(&heard(act)), [("takes_back", "amina"), ("taken_back", "daudi")]);
        assert_eq!(two.does(Side::Buy, &TAKE_BACK, &[]).reason(), (DEAL_GONE, None));
        let again = there_is(state, deal.terms.clone());
        let reason = again.does(Side::Sell, &TAKE_BACK, &[]).reason();
        assert_eq!(reason, (DEAL_GONE, None), "once: it throws out what the staff have proposed");
    }
    for state in [State::Funded, State::Ruled, State::Appealed, State::Reproposed] {
        let reason = there_is(state, paid()).does(Side::Sell, &TAKE_BACK, &[]).reason();
        assert_eq!(reason, (DEAL_GONE, None), "{state:?}");
    }
}

#[test]
fn what_was_offered_before_does_not_stand_beside_it() {
    let offset = Some(Offset { by: Side::Sell, back_minor: 100_000 });
    let two = there_is(State::Disputed, still(Terms { offset, ..paid() }));
    let deal = left(&two.does(Side::Sell, &TAKE_BACK, &[]).planned());
    assert_eq!(deal.terms.offset, None, "or who does not bring it back has the money all the same");
}

/// It is on its way back, with a code of the seller's.
fn returning(terms: Terms) -> (Two, String) {
    let mut two = there_is(State::Returning, Terms { return_code: Some("07".into()), ..terms });
    let code = two.trial.config.pin_keys.current().code(b"07");
    let kept = two.trial.config.tagged(Id::of(MONEY), &Pin::parse(&code).unwrap(), [4; 16]);
    two.trial.set(Want::Pin(Id::of(MONEY)), Found::Pin(Some(kept)));
    (two, code)
}

#[test]
fn with_that_code_the_buyer_has_the_money_back() {
    for (delivered, legs) in [
        (false, vec![(MONEY, -101_000), (AMINA, 101_000)]),
        (true, vec![(MONEY, -101_000), (DAUDI, 10_000), (AMINA, 90_900), fees(100)]),
    ] {
        let (two, code) = returning(Terms { delivery_minor: 10_000, delivered, ..paid() });
        let plan = two.does(Side::Buy, &RETURN, &[("code", &code)]).planned();
        assert_eq!(left(&plan).state, State::Refunded);
        assert_eq!(moved(&plan.act.unwrap()), legs);
        let quote = two.asks(Side::Buy, &RETURN, &[("code", &code)]).quote().planned();
        assert!(quote.act.is_none());
        assert_eq!(quote.said("back"), if delivered { "KES 909" } else { "KES 1,010" });
    }
}

#[test]
fn only_the_buyer_types_it_while_it_is_on_its_way_back() {
    let (mut two, code) = returning(paid());
    let types = |two: &Two, side, code: &str| two.does(side, &RETURN, &[("code", code)]).reason();
    assert_eq!(types(&two, Side::Sell, &code), (DEAL_GONE, None));
    assert_eq!(types(&two, Side::Buy, "12345"), (Reason::TEXT_FORMAT, Some("code")));
    let amina = two.amina.clone();
    two.trial.change(&amina, |holder| holder.account.state = AccountState::Frozen);
    assert_eq!(types(&two, Side::Buy, &code), (DEAL_STOPPED, None));
    for (delivery_minor, stopped) in [(0, false), (10_000, true)] {
        let (mut two, code) = returning(Terms { delivery_minor, delivered: true, ..paid() });
        let daudi = two.daudi.clone();
        two.trial.change(&daudi, |holder| holder.account.state = AccountState::Frozen);
        let done = two.does(Side::Buy, &RETURN, &[("code", &code)]);
        assert_eq!(done.error.is_some(), stopped, "the seller gets {delivery_minor} of it");
    }
    for state in [State::Delivered, State::Disputed] {
        let two = there_is(state, paid());
        assert_eq!(types(&two, Side::Buy, &code), (DEAL_GONE, None));
    }
    assert_eq!(there_is(State::Delivered, paid()).does(Side::Sell, &TAKE_BACK, &[]).error, None);
}

#[test]
fn the_two_codes_of_a_deal_are_kept_apart() {
    let deal = Deal::of(&row(State::Returning, &paid())).unwrap();
    assert_ne!(deal_code::release(&deal), deal_code::brought_back(&deal).unwrap());
}
