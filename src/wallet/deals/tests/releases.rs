//! The money is let go by hand: all of it, or parts.

use super::super::DEAL_GONE;
use super::super::deal::DEAL_STOPPED;
use super::super::releasing::{DEAL_PART, RELEASE, RELEASE_PART};
use super::super::settling::AGREE;
use super::super::terms::Offset;
use super::*;
use crate::limits::Direction;
use crate::reason::Reason;
use crate::store::book_rows::AccountState;

/// Where there is money in it that the buyer may let go.
const PAID_IN: [State; 8] = [
    State::Funded,
    State::Delivered,
    State::Returning,
    State::Disputed,
    State::Proposed,
    State::Ruled,
    State::Appealed,
    State::Reproposed,
];

#[test]
fn all_of_it_goes_to_the_seller_and_the_price_is_earned() {
    for state in PAID_IN {
        let two = there_is(state, paid());
        let plan = two.does(Side::Buy, &RELEASE, &[]).planned();
        assert_eq!(["paid", "rest"].map(|slot| plan.said(slot)), ["KES 1,000", "KES 0"]);
        let deal = left(&plan);
        assert_eq!((deal.state, deal.row.open, deal.row.due_at), (State::Released, false, None));
        assert_eq!((deal.terms.released_minor, deal.terms.left_minor()), (100_000, 0));
        let act = plan.act.unwrap();
        assert_eq!(moved(&act), [(MONEY, -101_000), (DAUDI, 100_000), fees(1_000)]);
        let [meter] = &act.meters[..] else { panic!("{:?}", act.meters) };
        assert_eq!(
            (meter.account, meter.way, meter.amount_minor),
            (Id::of(DAUDI), Direction::In, 100_000)
        );
        assert!(!meter.own, "the buyer hears no figures of the seller's");
        assert_eq!(act.kind, "deal_out");
        assert_eq!(pairs(&heard(act)), [("paid_out", "daudi"), ("let_go", "amina")]);
    }
}

#[test]
fn what_the_seller_pays_is_kept_of_what_reaches_them() {
    let two = there_is(State::Funded, Terms { price: price(500, 500), ..paid() });
    let plan = two.does(Side::Buy, &RELEASE, &[]).planned();
    let told: Vec<_> = plan.messages().into_iter().map(|told| told.1).collect();
    assert!(told[0].contains("paid=KES 995") && told[1].contains("paid=KES 1,000"), "{told:?}");
    assert_eq!(moved(&plan.act.unwrap()), [(MONEY, -100_500), (DAUDI, 99_500), fees(1_000)]);
}

#[test]
fn only_the_buyer_lets_it_go_and_only_what_is_there() {
    for state in PAID_IN {
        let reason = there_is(state, paid()).does(Side::Sell, &RELEASE, &[]).reason();
        assert_eq!(reason, (DEAL_GONE, None), "{state:?}");
        let part = there_is(state, paid()).does(Side::Sell, &RELEASE_PART, &[("amount", "1")]);
        assert_eq!(part.reason(), (DEAL_GONE, None), "{state:?}");
    }
    for state in [State::Drafted, State::Offered, State::Countered, State::Accepted] {
        let reason = there_is(state, terms()).does(Side::Buy, &RELEASE, &[]).reason();
        assert_eq!(reason, (DEAL_GONE, None), "{state:?}");
    }
    for state in [State::Released, State::Refunded, State::Settled, State::Decided] {
        let over = Terms { released_minor: 100_000, ..paid() };
        let reason = there_is(state, over).does(Side::Buy, &RELEASE, &[]).reason();
        assert_eq!(reason, (DEAL_GONE, None), "{state:?}");
    }
}

#[test]
fn nothing_is_let_go_while_an_account_of_the_two_is_stopped() {
    for who in [AMINA, DAUDI] {
        let mut two = there_is(State::Funded, paid());
        let person = two.trial.person_of(Id::of(who));
        two.trial.change(&person, |holder| holder.account.state = AccountState::Frozen);
        assert_eq!(two.does(Side::Buy, &RELEASE, &[]).reason(), (DEAL_STOPPED, None));
    }
}

#[test]
fn a_part_leaves_the_rest_where_it_is_and_the_last_part_is_all_of_it() {
    for state in PAID_IN {
        let two = there_is(state, paid());
        let part = |minor: &str| two.does(Side::Buy, &RELEASE_PART, &[("amount", minor)]);
        let plan = part("30050").planned();
        assert_eq!(["paid", "rest"].map(|slot| plan.said(slot)), ["KES 300.50", "KES 699.50"]);
        let deal = left(&plan);
        assert_eq!((deal.state, deal.terms.released_minor), (state, 30_050));
        assert_eq!(deal.terms.clock, paid().clock, "the clock goes on");
        assert_eq!(moved(&plan.act.unwrap()), [(MONEY, -30_350), (DAUDI, 30_050), fees(300)]);
        assert_eq!(left(&part("99999").planned()).state, state);
        assert_eq!(left(&part("100000").planned()).state, State::Released);
        assert_eq!(part("100001").reason(), (DEAL_PART, Some("amount")));
        assert_eq!(part("0").reason(), (Reason::AMOUNT_ZERO, Some("amount")));
    }
    let two = there_is(State::Funded, Terms { released_minor: 60_000, ..paid() });
    let part = |minor: &str| two.does(Side::Buy, &RELEASE_PART, &[("amount", minor)]);
    assert_eq!(part("40001").reason(), (DEAL_PART, Some("amount")));
    let plan = part("40000").planned();
    assert_eq!(left(&plan).state, State::Released);
    assert_eq!(moved(&plan.act.unwrap()), [(MONEY, -40_400), (DAUDI, 40_000), fees(400)]);
}

#[test]
fn nobody_is_paid_coin_by_coin_and_what_is_paid_in_parts_is_one_movement() {
    for (released_minor, amount, may) in [
        (0, "9999", false),
        (0, "10000", true),
        (85_000, "9999", false),
        (95_000, "4999", false),
        (95_000, "5000", true),
    ] {
        let two = there_is(State::Funded, Terms { released_minor, ..paid() });
        let done = two.does(Side::Buy, &RELEASE_PART, &[("amount", amount)]);
        if !may {
            assert_eq!(done.reason(), (Reason::AMOUNT_TOO_SMALL, Some("amount")), "{amount}");
            continue;
        }
        let meters = done.planned().act.unwrap().meters;
        let parts: Vec<_> = meters.iter().map(|meter| meter.part).collect();
        assert_eq!(parts, [released_minor > 0]);
    }
}

#[test]
fn in_the_parts_that_were_agreed_on_the_last_takes_what_is_left() {
    let mut released_minor = 0;
    let mut parts = Vec::new();
    loop {
        let two = there_is(State::Funded, Terms { parts: 3, released_minor, ..paid() });
        let deal = left(&two.does(Side::Buy, &RELEASE, &[]).planned());
        parts.push(deal.terms.released_minor - released_minor);
        released_minor = deal.terms.released_minor;
        if deal.state == State::Released {
            break;
        }
        assert_eq!(deal.state, State::Funded);
    }
    assert_eq!(parts, [33_333, 33_333, 33_334]);
}

#[test]
fn a_coin_of_which_nothing_reaches_the_seller_counts_for_nothing() {
    let dear = Terms { amount_minor: 10, price: price(0, 9), released_minor: 1, ..paid() };
    let two = there_is(State::Funded, dear);
    let act = two.does(Side::Buy, &RELEASE_PART, &[("amount", "1")]).planned().act.unwrap();
    assert_eq!(moved(&act), [(MONEY, -1), fees(1)]);
    assert!(act.meters.is_empty(), "the book counts only for who is moved");
    let offset = Some(Offset { by: Side::Sell, back_minor: 8 });
    let dear = Terms { amount_minor: 10, price: price(0, 9), released_minor: 1, ..paid() };
    let two = there_is(State::Disputed, still(Terms { offset, ..dear }));
    let act = two.does(Side::Buy, &AGREE, &[]).planned().act.unwrap();
    assert_eq!(moved(&act), [(MONEY, -9), (AMINA, 8), fees(1)]);
    let counted: Vec<_> = act.meters.iter().map(|m| (m.amount_minor, m.back)).collect();
    assert_eq!(counted, [(8, true)]);
}

#[test]
fn an_offset_is_of_what_was_left_when_it_was_proposed() {
    let offset = Some(Offset { by: Side::Sell, back_minor: 50_000 });
    let two = there_is(State::Disputed, still(Terms { offset, ..paid() }));
    let deal = left(&two.does(Side::Buy, &RELEASE_PART, &[("amount", "10000")]).planned());
    assert_eq!(deal.terms.offset, None, "with less in it, who gets what is said anew");
}
