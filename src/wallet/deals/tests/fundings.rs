//! The buyer pays in.

use super::super::DEAL_GONE;
use super::super::deal::DEAL_STOPPED;
use super::super::funding::FUND;
use super::*;
use crate::reason::Reason;
use crate::store::book_rows::AccountState;

fn accepted(terms: Terms) -> Two {
    there_is(State::Accepted, Terms { clock: Clock::until(day(1), 0), ..terms })
}

#[test]
fn the_money_moves_to_an_account_of_the_deals_own_and_counts_for_the_buyer() {
    let two = accepted(terms());
    let quote = two.asks(Side::Buy, &FUND, &[]).quote().planned();
    assert_eq!(
        ["fee", "total", "day"].map(|slot| quote.said(slot)),
        ["KES 10", "KES 1,010", "26/11/26"]
    );
    let plan = two.does(Side::Buy, &FUND, &[]).planned();
    let deal = left(&plan);
    assert_eq!((deal.state, deal.row.account), (State::Funded, Some(Id::of(9_000))));
    assert_eq!((deal.terms.funded, deal.terms.clock), (Some(today()), Clock::until(day(3), 0)));
    assert_eq!(deal.terms.code, None, "by hand there is no code");
    assert_eq!(deal.row.due_at, Some(at(2, 18).micros()));
    let act = plan.act.unwrap();
    assert_eq!(moved(&act), [(AMINA, -101_000), (9_000, 101_000)]);
    assert_eq!(act.meters.len(), 1);
    assert_eq!((act.meters[0].account, act.meters[0].amount_minor), (Id::of(AMINA), 100_000));
    let opened = |change: &Change| matches!(change, Change::OpenAccount(_));
    assert!(opened(&act.changes[0]), "before the row that names it");
    assert_eq!(pairs(&heard(act)), [("paid_in", "amina"), ("funded", "daudi")]);
}

#[test]
fn what_the_seller_pays_is_not_paid_in() {
    let two = accepted(Terms { price: price(500, 500), ..terms() });
    let plan = two.does(Side::Buy, &FUND, &[]).planned();
    assert_eq!(plan.said("total"), "KES 1,005");
    assert_eq!(moved(&plan.act.unwrap()), [(AMINA, -100_500), (9_000, 100_500)]);
}

#[test]
fn the_seller_has_a_day_at_least_to_deliver() {
    for (by, until) in [(-2, 1), (0, 1), (1, 1), (2, 2), (30, 30)] {
        let two = accepted(Terms { deliver_by: day(by), ..terms() });
        let deal = left(&two.does(Side::Buy, &FUND, &[]).planned());
        assert_eq!(deal.terms.clock.until, Some(day(until)), "{by}");
        assert_eq!(deal.terms.deliver_by, day(by), "what was agreed on stays");
    }
}

#[test]
fn only_the_buyer_pays_in_and_only_once_the_terms_stand() {
    let two = accepted(terms());
    assert_eq!(two.does(Side::Sell, &FUND, &[]).reason(), (DEAL_GONE, None));
    let sells = accepted(Terms { side: Side::Sell, ..terms() });
    // Daudi, who is the other one, buys
    let plan = sells.does(Side::Sell, &FUND, &[]);
    assert_eq!(plan.reason().0, Reason::NOT_ENOUGH);
    assert_eq!(sells.does(Side::Buy, &FUND, &[]).reason(), (DEAL_GONE, None));
    for state in [State::Drafted, State::Offered, State::Countered] {
        let reason = there_is(state, terms()).does(Side::Buy, &FUND, &[]).reason();
        assert_eq!(reason, (DEAL_GONE, None), "{state:?}");
    }
    for state in [State::Funded, State::Delivered, State::Disputed, State::Returning] {
        let reason = there_is(state, paid()).does(Side::Buy, &FUND, &[]).reason();
        assert_eq!(reason, (DEAL_GONE, None), "{state:?}");
    }
}

#[test]
fn the_amount_and_the_price_must_be_there_to_the_coin() {
    for (minor, enough) in [(100_999, false), (101_000, true)] {
        let mut two = accepted(terms());
        let amina = two.amina.clone();
        two.trial.change(&amina, |holder| holder.account.balance_minor = minor);
        let done = two.does(Side::Buy, &FUND, &[]);
        if enough {
            done.planned();
        } else {
            let refusal = done.refused();
            assert_eq!((refusal.reason, refusal.field), (Reason::NOT_ENOUGH, None));
            let said = format!("{refusal:?}");
            assert!(said.contains("total") && said.contains("balance"), "{said}");
        }
    }
    let mut two = accepted(terms());
    let amina = two.amina.clone();
    two.trial.change(&amina, |holder| holder.account.held_minor = 399_001);
    assert_eq!(two.does(Side::Buy, &FUND, &[]).reason().0, Reason::NOT_ENOUGH);
}

#[test]
fn the_limits_of_the_buyer_count_and_the_price_does_not() {
    let mut two = accepted(Terms { amount_minor: 2_000_000, price: price(20_000, 0), ..terms() });
    let amina = two.amina.clone();
    two.trial.change(&amina, |holder| {
        holder.account.balance_minor = 9_000_000;
        holder.person.tier = "sim".into();
    });
    two.amina = two.trial.person_of(Id::of(AMINA));
    two.does(Side::Buy, &FUND, &[]).planned();
    two.deal(&row(State::Accepted, &Terms { amount_minor: 2_000_001, ..terms() }));
    assert_eq!(two.does(Side::Buy, &FUND, &[]).reason().0, Reason::LIMIT_ONCE);
}

#[test]
fn nothing_is_paid_in_while_an_account_of_the_two_is_stopped() {
    for who in [AMINA, DAUDI] {
        for state in [AccountState::Frozen, AccountState::StopCredit, AccountState::StopDebit] {
            let mut two = accepted(terms());
            let person = two.trial.person_of(Id::of(who));
            two.trial.change(&person, |holder| holder.account.state = state);
            let reason = two.does(Side::Buy, &FUND, &[]).reason();
            assert_eq!(reason, (DEAL_STOPPED, None), "{who} {state:?}");
        }
    }
}

#[test]
fn how_long_accounts_were_stopped_before_does_not_count() {
    let mut two = accepted(terms());
    two.stopped(AMINA, HOUR);
    two.stopped(DAUDI, 2 * HOUR);
    let deal = left(&two.does(Side::Buy, &FUND, &[]).planned());
    assert_eq!(deal.terms.clock.stopped_us, 3 * 3_600_000_000);
}

#[test]
fn the_code_for_the_door_is_shown_once_it_is_paid_and_the_one_of_the_parcel_is_not() {
    for (release, shown) in [(Release::Door, true), (Release::Parcel, false)] {
        let two = accepted(Terms { release, ..terms() });
        let quote = two.asks(Side::Buy, &FUND, &[]).quote().planned();
        assert_eq!(quote.said("door_code"), "", "before the PIN there is none");
        let plan = two.does(Side::Buy, &FUND, &[]).planned();
        let code = plan.said("door_code");
        assert_eq!(code.len() == 6, shown, "{code}");
        assert_eq!(plan.flags.contains("door"), shown);
        let deal = left(&plan);
        assert!(deal.terms.code.is_some());
        assert!(!deal.row.body.contains(&code) || code.is_empty(), "nobody keeps it");
        let kept = plan.act.unwrap().changes.into_iter();
        assert_eq!(kept.filter(|change| matches!(change, Change::Keep(_))).count(), 1);
    }
}
