//! Something is wrong; the two talk, settle it, or the seller gives it back.

use super::super::problems::{BY_TEXT, DEAL_SAID, DISPUTE, SAY};
use super::super::releasing::DEAL_PART;
use super::super::settling::{AGREE, OFFSET, REFUND};
use super::super::terms::Offset;
use super::super::{DEAL_GONE, deal::DEAL_STOPPED};
use super::*;
use crate::reason::Reason;
use crate::store::book_rows::AccountState;

const TALKING: [State; 5] =
    [State::Disputed, State::Proposed, State::Ruled, State::Appealed, State::Reproposed];
const BROKEN: [(&str, &str); 2] = [("problem", "broken"), ("why", "The glass is broken")];

#[test]
fn either_says_what_is_wrong_and_the_clock_stands_still() {
    for state in [State::Funded, State::Delivered, State::Returning] {
        for (side, own, other) in [(Side::Buy, "amina", "daudi"), (Side::Sell, "daudi", "amina")] {
            let two = there_is(state, paid());
            let plan = two.does(side, &DISPUTE, &BROKEN).planned();
            let deal = left(&plan);
            assert_eq!((deal.state, deal.terms.clock), (State::Disputed, Clock::STILL));
            assert_eq!((deal.row.due_at, deal.terms.problem.as_deref()), (None, Some("broken")));
            let act = plan.act.unwrap();
            let noted = act.changes.iter().find_map(|change| match change {
                Change::Put(put) => Some(put.note.clone()),
                _ => None,
            });
            assert_eq!(noted.as_deref(), Some("The glass is broken"), "it stays in the trail");
            assert!(act.legs.is_empty());
            assert_eq!(pairs(&heard(act)), [("disputed", other), ("noted", own)]);
        }
    }
    for state in [State::Offered, State::Countered, State::Accepted] {
        let reason = there_is(state, terms()).does(Side::Buy, &DISPUTE, &BROKEN).reason();
        assert_eq!(reason, (DEAL_GONE, None), "there is no money in it: {state:?}");
    }
    for state in TALKING {
        let reason = there_is(state, paid()).does(Side::Buy, &DISPUTE, &BROKEN).reason();
        assert_eq!(reason, (DEAL_GONE, None), "{state:?}");
    }
}

#[test]
fn what_is_wrong_is_one_of_few_and_in_words_that_a_message_takes() {
    let two = there_is(State::Funded, paid());
    let reason = |problem: &str, why: &str| {
        two.does(Side::Buy, &DISPUTE, &[("problem", problem), ("why", why)])
    };
    for problem in ["not_here", "not_it", "broken", "not_paid", "other"] {
        reason(problem, "It is not here").planned();
    }
    assert_eq!(reason("bad", "It is not here").reason().0, Reason::INVALID);
    reason("other", &"x".repeat(60)).planned();
    for why in ["", " ", "12345", &"x".repeat(61)] {
        assert_eq!(reason("other", why).reason(), (Reason::TEXT_FORMAT, Some("why")), "{why}");
    }
    let missing = two.does(Side::Buy, &DISPUTE, &[]).reason();
    assert_eq!(missing, (Reason::FIELD_MISSING, Some("problem")));
}

#[test]
fn somebody_who_is_stopped_may_still_say_that_something_is_wrong() {
    let mut two = there_is(State::Funded, paid());
    let amina = two.amina.clone();
    two.trial.change(&amina, |holder| holder.account.state = AccountState::Frozen);
    two.does(Side::Buy, &DISPUTE, &BROKEN).planned();
}

#[test]
fn both_say_more_as_long_as_it_is_read() {
    for state in TALKING {
        let two = there_is(state, still(paid()));
        for (side, own, other) in [(Side::Buy, "amina", "daudi"), (Side::Sell, "daudi", "amina")] {
            let once = Terms { said: 1, ..paid() };
            let plan = two.does(side, &SAY, &[("why", "I have pictures")]).planned();
            assert_eq!((left(&plan).state, left(&plan).terms), (state, still(once)));
            assert_eq!(pairs(&heard(plan.act.unwrap())), [("said", other), ("noted", own)]);
        }
    }
    let not_yet = there_is(State::Funded, paid());
    let reason = not_yet.does(Side::Buy, &SAY, &[("why", "Hello")]).reason();
    assert_eq!(reason, (DEAL_GONE, None));
    for (said, may) in [(59, true), (60, false)] {
        let mut two = two();
        let often = still(Terms { said, ..paid() });
        // however often it was looked at while an account was stopped
        two.deal(&ArrangementRow { version: 500, ..row(State::Disputed, &often) });
        let inputs = [("why", "And more"), ("amount", "1000")];
        for service in [&SAY, &BY_TEXT, &OFFSET] {
            let done = two.does(Side::Buy, service, &inputs);
            let refused = done.error.is_some().then(|| done.reason());
            assert_eq!(refused, (!may).then_some((DEAL_SAID, None)), "{}", service.name);
        }
        two.does(Side::Sell, &REFUND, &[]).planned();
    }
}

#[test]
fn a_text_says_that_something_is_wrong_or_more_of_it() {
    let writes = |state, terms| {
        let two = there_is(state, terms);
        let plan = two.does(Side::Buy, &BY_TEXT, &[("why", "It is another one")]).planned();
        (left(&plan).state, left(&plan).terms.problem, heard(plan.act.unwrap()).remove(0).0)
    };
    let (state, problem, told) = writes(State::Delivered, paid());
    assert_eq!(
        (state, problem.as_deref(), told.as_str()),
        (State::Disputed, Some("other"), "disputed")
    );
    let (state, _, told) = writes(State::Ruled, paid());
    assert_eq!((state, told.as_str()), (State::Ruled, "said"));
    let over = there_is(State::Accepted, terms());
    let reason = over.does(Side::Buy, &BY_TEXT, &[("why", "It is another one")]).reason();
    assert_eq!(reason, (DEAL_GONE, None));
}

#[test]
fn one_proposes_who_gets_what_and_the_other_agrees() {
    for state in TALKING {
        for side in [Side::Buy, Side::Sell] {
            let two = there_is(state, still(paid()));
            let plan = two.does(side, &OFFSET, &[("amount", "40000")]).planned();
            assert_eq!(["back", "rest"].map(|slot| plan.said(slot)), ["KES 404", "KES 600"]);
            let deal = left(&plan);
            assert_eq!(deal.terms.offset, Some(Offset { by: side, back_minor: 40_000 }));
            assert_eq!(deal.state, state);
            let other = if side == Side::Buy { "daudi" } else { "amina" };
            assert_eq!(pairs(&heard(plan.act.unwrap())), [("offset", other)]);
            let two = there_is(state, deal.terms);
            assert_eq!(two.does(side, &AGREE, &[]).reason(), (DEAL_GONE, None), "their own");
            let plan = two.does(side.other(), &AGREE, &[]).planned();
            assert_eq!(left(&plan).state, State::Settled);
            let act = plan.act.unwrap();
            let all = [(MONEY, -101_000), (DAUDI, 60_000), (AMINA, 40_400), fees(600)];
            assert_eq!(moved(&act), all);
            let counted: Vec<_> = act.meters.iter().map(|m| (m.amount_minor, m.back)).collect();
            assert_eq!(counted, [(60_000, false), (40_000, true)]);
            assert_eq!(pairs(&heard(act)), [("paid_out", "daudi"), ("back", "amina")]);
        }
    }
}

#[test]
fn what_is_proposed_is_of_what_is_left_and_the_last_word_counts() {
    let two = there_is(State::Disputed, still(Terms { released_minor: 60_000, ..paid() }));
    let offers = |minor: &str| two.does(Side::Sell, &OFFSET, &[("amount", minor)]);
    assert_eq!(offers("40001").reason(), (DEAL_PART, Some("amount")));
    assert_eq!(offers("0").reason(), (Reason::AMOUNT_ZERO, Some("amount")));
    let all = left(&offers("40000").planned()).terms;
    let plan = there_is(State::Disputed, all.clone()).does(Side::Buy, &AGREE, &[]).planned();
    let act = plan.act.unwrap();
    assert_eq!(moved(&act), [(MONEY, -40_400), (AMINA, 40_400)]);
    assert_eq!(pairs(&heard(act)), [("back", "amina"), ("given_back", "daudi")]);
    let other = there_is(State::Disputed, all).does(Side::Buy, &OFFSET, &[("amount", "20000")]);
    let terms = left(&other.planned()).terms;
    let two = there_is(State::Disputed, terms);
    assert_eq!(two.does(Side::Buy, &AGREE, &[]).reason(), (DEAL_GONE, None));
    two.does(Side::Sell, &AGREE, &[]).planned();
}

#[test]
fn nobody_agrees_to_more_than_is_left() {
    // as rows may still lie there
    let offset = Some(Offset { by: Side::Sell, back_minor: 50_000 });
    let old = still(Terms { offset, released_minor: 60_000, ..paid() });
    let reason = there_is(State::Disputed, old).does(Side::Buy, &AGREE, &[]).reason();
    assert_eq!(reason, (DEAL_GONE, None), "or the seller's own wallet would pay for it");
    let nothing = there_is(State::Disputed, still(paid()));
    for side in [Side::Buy, Side::Sell] {
        assert_eq!(nothing.does(side, &AGREE, &[]).reason(), (DEAL_GONE, None));
    }
}

#[test]
fn the_seller_gives_it_all_back_whatever_they_say_of_bringing_it() {
    let states = [State::Funded, State::Delivered, State::Returning].into_iter().chain(TALKING);
    for state in states {
        for delivered in [false, true] {
            let two = there_is(state, Terms { delivery_minor: 40_000, delivered, ..paid() });
            assert_eq!(two.does(Side::Buy, &REFUND, &[]).reason(), (DEAL_GONE, None));
            let plan = two.does(Side::Sell, &REFUND, &[]).planned();
            assert_eq!(["back", "rest"].map(|slot| plan.said(slot)), ["KES 1,010", "KES 0"]);
            assert_eq!(left(&plan).state, State::Refunded);
            let act = plan.act.unwrap();
            assert_eq!(
                (moved(&act), act.kind),
                (vec![(MONEY, -101_000), (AMINA, 101_000)], "deal_back")
            );
            assert_eq!(pairs(&heard(act)), [("back", "amina"), ("given_back", "daudi")]);
        }
    }
    let little =
        Terms { delivery_minor: 10_000, delivered: true, released_minor: 95_000, ..paid() };
    let plan = there_is(State::Delivered, little).does(Side::Sell, &REFUND, &[]).planned();
    assert_eq!(["back", "rest"].map(|slot| plan.said(slot)), ["KES 50.50", "KES 0"]);
    let act = plan.act.unwrap();
    assert_eq!(moved(&act), [(MONEY, -5_050), (AMINA, 5_050)]);
    assert_eq!(pairs(&heard(act)), [("back", "amina"), ("given_back", "daudi")]);
}

#[test]
fn a_coin_that_comes_back_does_not_make_forgotten_what_was_let_go() {
    let but_one = Terms { released_minor: 99_999, ..paid() };
    let act = there_is(State::Funded, but_one).does(Side::Sell, &REFUND, &[]).planned().act;
    let counted = |act: Option<Act>| {
        let meters = act.unwrap().meters.into_iter();
        meters.map(|meter| (meter.amount_minor, meter.back, meter.part)).collect::<Vec<_>>()
    };
    assert_eq!(counted(act), [(1, true, true)], "the buyer has sent 999.99 all the same");
    let act = there_is(State::Funded, paid()).does(Side::Sell, &REFUND, &[]).planned().act;
    assert_eq!(counted(act), [(100_000, true, false)], "all of it is back: nothing was sent");
}

#[test]
fn nothing_is_settled_while_an_account_of_the_two_is_stopped() {
    for who in [AMINA, DAUDI] {
        let offset = Some(Offset { by: Side::Buy, back_minor: 50_000 });
        let mut two = there_is(State::Disputed, still(Terms { offset, ..paid() }));
        let person = two.trial.person_of(Id::of(who));
        two.trial.change(&person, |holder| holder.account.state = AccountState::StopDebit);
        assert_eq!(two.does(Side::Sell, &AGREE, &[]).reason(), (DEAL_STOPPED, None));
        two.does(Side::Sell, &OFFSET, &[("amount", "1")]).planned();
    }
}

#[test]
fn to_give_all_of_it_back_only_the_buyer_is_needed() {
    let stopped = [AccountState::StopCredit, AccountState::Frozen, AccountState::Closed];
    let offset = Some(Offset { by: Side::Buy, back_minor: 100_000 });
    for (who, may) in [(AMINA, false), (DAUDI, true)] {
        for state in stopped {
            let mut two = there_is(State::Disputed, still(Terms { offset, ..paid() }));
            let person = two.trial.person_of(Id::of(who));
            two.trial.change(&person, |holder| holder.account.state = state);
            for service in [&AGREE, &REFUND] {
                let done = two.does(Side::Sell, service, &[]);
                let refused = done.error.is_some().then(|| done.reason());
                let name = service.name;
                assert_eq!(refused, (!may).then_some((DEAL_STOPPED, None)), "{name} {state:?}");
            }
        }
    }
}
