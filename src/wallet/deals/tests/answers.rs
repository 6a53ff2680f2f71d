//! The other side answers, or somebody does not want it any more.

use super::super::DEAL_GONE;
use super::super::answering::{ACCEPT, COUNTER, DECLINE, WITHDRAW};
use super::super::deal::DEAL_STOPPED;
use super::super::terms::DEAL_DAY;
use super::*;
use crate::reason::Reason;
use crate::store::book_rows::AccountState;

const OTHER_TERMS: [(&str, &str); 2] = [("amount", "90000"), ("deliver", "5")];

#[test]
fn who_is_asked_says_yes_and_the_buyer_has_a_day_to_pay() {
    for (side, state, who) in
        [(Side::Buy, State::Offered, Side::Sell), (Side::Sell, State::Offered, Side::Buy)]
    {
        // Amina has opened it, on either side
        let terms = Terms { side, ..terms() };
        let two = there_is(state, terms);
        let daudi = || two.does(Side::Sell, &ACCEPT, &[]);
        let plan = daudi().planned();
        let deal = left(&plan);
        assert_eq!((deal.state, deal.terms.clock), (State::Accepted, Clock::until(day(1), 0)));
        let (buyer, seller) =
            if who == Side::Sell { ("amina", "daudi") } else { ("daudi", "amina") };
        let paid = plan.messages().into_iter().find(|told| told.0 == "sms.deal_pay_in").unwrap();
        assert!(paid.1.contains("paid=KES 1,010"), "{}", paid.1);
        let news = heard(plan.act.unwrap());
        let expected = [("pay_in", buyer), ("agreed", seller), ("terms", buyer), ("terms", seller)];
        assert_eq!(pairs(&news), expected);
        assert_eq!(two.does(Side::Buy, &ACCEPT, &[]).reason(), (DEAL_GONE, None));
    }
}

#[test]
fn other_terms_are_answered_by_who_has_opened_it() {
    let two = there_is(State::Countered, terms());
    assert_eq!(left(&two.does(Side::Buy, &ACCEPT, &[]).planned()).state, State::Accepted);
    assert_eq!(left(&two.does(Side::Buy, &DECLINE, &[]).planned()).state, State::Declined);
    for service in [&ACCEPT, &DECLINE] {
        assert_eq!(two.does(Side::Sell, service, &[]).reason(), (DEAL_GONE, None));
    }
    assert_eq!(left(&two.does(Side::Sell, &WITHDRAW, &[]).planned()).state, State::Withdrawn);
    assert_eq!(two.does(Side::Buy, &WITHDRAW, &[]).reason(), (DEAL_GONE, None));
    for side in [Side::Buy, Side::Sell] {
        assert_eq!(two.does(side, &COUNTER, &OTHER_TERMS).reason(), (DEAL_GONE, None), "once");
    }
}

#[test]
fn a_no_ends_it_and_the_other_side_hears_of_it() {
    let two = there_is(State::Offered, terms());
    let plan = two.does(Side::Sell, &DECLINE, &[]).planned();
    let deal = left(&plan);
    assert_eq!((deal.state, deal.row.open, deal.row.due_at), (State::Declined, false, None));
    assert_eq!(pairs(&heard(plan.act.unwrap())), [("declined", "amina")]);
    let plan = two.does(Side::Buy, &WITHDRAW, &[]).planned();
    assert_eq!(left(&plan).state, State::Withdrawn);
    assert_eq!(pairs(&heard(plan.act.unwrap())), [("withdrawn", "daudi")]);
    assert_eq!(two.does(Side::Sell, &WITHDRAW, &[]).reason(), (DEAL_GONE, None));
    assert_eq!(two.does(Side::Buy, &DECLINE, &[]).reason(), (DEAL_GONE, None));
}

#[test]
fn either_takes_it_back_once_the_terms_stand_and_nobody_once_there_is_money_in_it() {
    let two = there_is(State::Accepted, terms());
    for (side, hears) in [(Side::Buy, "daudi"), (Side::Sell, "amina")] {
        let plan = two.does(side, &WITHDRAW, &[]).planned();
        assert_eq!(left(&plan).state, State::Withdrawn);
        assert_eq!(pairs(&heard(plan.act.unwrap())), [("withdrawn", hears)]);
    }
    let two = there_is(State::Funded, paid());
    for side in [Side::Buy, Side::Sell] {
        for service in [&WITHDRAW, &DECLINE, &ACCEPT] {
            assert_eq!(two.does(side, service, &[]).reason(), (DEAL_GONE, None));
        }
    }
    // nobody has heard of what was not sent
    let plan = there_is(State::Drafted, terms()).does(Side::Buy, &WITHDRAW, &[]).planned();
    assert!(heard(plan.act.unwrap()).is_empty());
}

#[test]
fn other_terms_are_an_amount_and_a_day_with_what_it_costs_then() {
    let offered = Terms { fee_by: FeeBy::Both, delivery_minor: 95_000, look_days: 7, ..terms() };
    let two = there_is(State::Offered, Terms { price: price(500, 500), ..offered });
    let plan = two.does(Side::Sell, &COUNTER, &[("amount", "200000"), ("deliver", "5")]).planned();
    let deal = left(&plan);
    assert_eq!((deal.state, deal.terms.amount_minor), (State::Countered, 200_000));
    assert_eq!((deal.terms.deliver_by, deal.terms.look_days), (day(5), 7));
    assert_eq!((deal.terms.price, deal.terms.delivery_minor), (price(1_000, 1_000), 95_000));
    assert_eq!(deal.terms.clock, Clock::until(day(2), 0));
    let terms = plan.messages().into_iter().find(|told| told.0 == "sms.deal_terms").unwrap().1;
    assert!(terms.contains("price=KES 2,000") && terms.contains("fee=KES 20"), "{terms}");
    assert_eq!(pairs(&heard(plan.act.unwrap())), [("countered", "amina"), ("terms", "amina")]);
    // what is for bringing it stays less than the whole
    let less = two.does(Side::Sell, &COUNTER, &OTHER_TERMS).planned();
    assert_eq!(left(&less).terms.delivery_minor, 89_999);
    assert_eq!(two.does(Side::Buy, &COUNTER, &OTHER_TERMS).reason(), (DEAL_GONE, None));
}

#[test]
fn other_terms_are_refused_where_they_stand() {
    let two = there_is(State::Offered, terms());
    let counter = |amount: &str, deliver: &str| {
        let inputs = [("amount", amount), ("deliver", deliver)];
        two.does(Side::Sell, &COUNTER, &inputs).reason()
    };
    assert_eq!(counter("0", "5"), (Reason::AMOUNT_ZERO, Some("amount")));
    assert_eq!(counter("4999", "5"), (Reason::AMOUNT_TOO_SMALL, Some("amount")));
    assert_eq!(counter("90000", "0"), (DEAL_DAY, Some("deliver")));
    let missing = two.does(Side::Sell, &COUNTER, &[]).reason();
    assert_eq!(missing, (Reason::FIELD_MISSING, Some("amount")));
    // what somebody typed before, for a deal of their own, is none of it
    let before = [OTHER_TERMS[0], OTHER_TERMS[1], ("delivery", "95000"), ("look", "never")];
    two.does(Side::Sell, &COUNTER, &before).planned();
}

#[test]
fn who_says_yes_hears_of_their_own_limits_and_not_of_the_others() {
    // known by a number only: 50,000 come in at a time, 100,000 are held, 20,000 go out
    let dear = |minor: i64| Terms { amount_minor: minor, price: price(0, 0), ..terms() };
    let sim = |terms: Terms, who: i64| {
        let mut two = there_is(State::Offered, terms);
        let person = two.trial.person_of(Id::of(who));
        two.trial.change(&person, |holder| holder.person.tier = "sim".into());
        two.daudi = two.trial.person_of(Id::of(DAUDI));
        two.does(Side::Sell, &ACCEPT, &[])
    };
    sim(dear(5_000_000), DAUDI).planned();
    assert_eq!(sim(dear(5_000_001), DAUDI).reason().0, Reason::LIMIT_ONCE);
    sim(dear(5_000_001), AMINA).planned();
    let buys = |minor| Terms { side: Side::Sell, ..dear(minor) };
    sim(buys(2_000_000), DAUDI).planned();
    assert_eq!(sim(buys(2_000_001), DAUDI).reason().0, Reason::LIMIT_ONCE);
    let mut two = there_is(State::Offered, dear(5_000_000));
    let daudi = two.daudi.clone();
    two.trial.change(&daudi, |holder| {
        holder.person.tier = "sim".into();
        holder.account.balance_minor = 5_000_001;
    });
    two.daudi = two.trial.person_of(Id::of(DAUDI));
    assert_eq!(two.does(Side::Sell, &ACCEPT, &[]).reason().0, Reason::LIMIT_BALANCE);
}

#[test]
fn nothing_is_agreed_on_while_an_account_of_the_two_is_stopped() {
    for who in [AMINA, DAUDI] {
        let mut two = there_is(State::Offered, terms());
        let person = two.trial.person_of(Id::of(who));
        two.trial.change(&person, |holder| holder.account.state = AccountState::StopCredit);
        assert_eq!(two.does(Side::Sell, &ACCEPT, &[]).reason(), (DEAL_STOPPED, None));
        let counter = two.does(Side::Sell, &COUNTER, &OTHER_TERMS).reason();
        assert_eq!(counter, (DEAL_STOPPED, None));
        two.does(Side::Sell, &DECLINE, &[]).planned();
        two.does(Side::Buy, &WITHDRAW, &[]).planned();
    }
}

#[test]
fn who_was_asked_by_their_number_answers_once_they_have_joined() {
    for service in [&ACCEPT, &DECLINE, &COUNTER] {
        let mut two = two();
        let asked = row(State::Offered, &terms());
        let subject = two.daudi.msisdn.clone();
        two.deal(&ArrangementRow { other: None, subject, ..asked });
        two.stopped(DAUDI, HOUR);
        let plan = two.does(Side::Sell, service, &OTHER_TERMS).planned();
        let deal = left(&plan);
        assert_eq!((deal.row.other, deal.row.subject.as_str()), (Some(Id::of(DAUDI)), ""));
        let counts = if deal.row.open { 3_600_000_000 } else { 0 };
        assert_eq!(deal.terms.clock.stopped_us, counts, "what was before does not count");
        let news = heard(plan.act.unwrap());
        assert!(news.iter().any(|(_, who)| *who == "amina"), "{news:?}");
    }
}
