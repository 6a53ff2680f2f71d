//! What is done when a deal's time has come.

use super::super::terms::Ruling;
use super::*;
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::store::book_rows::AccountState;
use crate::wallet::plan::PlanError;

/// It is this time, and the deal is due, or was due then.
fn due(state: State, terms: Terms, now: Timestamp, due: Timestamp) -> (Two, ArrangementRow) {
    let mut two = two();
    let row = ArrangementRow { due_at: Some(due.micros()), ..row(state, &terms) };
    two.deal(&row);
    two.trial.now = now;
    (two, row)
}

fn wakes(two: &Two, row: &ArrangementRow) -> Act {
    declared(two.trial.wakes(&KIND, row).unwrap())
}

/// What a clock tells is among what the service tells that begins it.
fn declared(act: Act) -> Act {
    let plan = Plan { act: Some(act), ..Plan::default() };
    crate::wallet::trial::conforms(&super::super::offering::OPEN, &plan);
    plan.act.unwrap()
}

/// It runs until the third day, and they were reminded.
fn ends(terms: Terms) -> Terms {
    Terms { clock: Clock { reminded: true, ..Clock::until(day(3), 0) }, ..terms }
}

fn ruled(back_minor: i64) -> Terms {
    let ruling = Ruling {
        by: "wanjiku".into(),
        confirmed_by: Some("otieno".into()),
        back_minor,
        cause: "damaged".into(),
        words: "The glass is broken".into(),
    };
    Terms { ruling: Some(ruling), ..paid() }
}

#[test]
fn who_is_expected_to_do_something_is_reminded_of_it() {
    let both = ["amina", "daudi"];
    for (state, terms, hear, todo) in [
        (State::Drafted, terms(), &both[..1], "unsent"),
        (State::Offered, terms(), &both[1..], "answer"),
        (State::Countered, terms(), &both[..1], "answer"),
        (State::Accepted, terms(), &both[..1], "pay"),
        (State::Funded, paid(), &both[1..], "deliver"),
        (State::Delivered, paid(), &both[..1], "look"),
        (State::Returning, paid(), &both[..1], "bring_back"),
        (State::Ruled, ruled(0), &both[..], "ruled"),
    ] {
        let terms = Terms { clock: Clock::until(day(3), 0), ..terms };
        let (two, row) = due(state, terms, at(2, 18), at(2, 18));
        let act = wakes(&two, &row);
        let deal = after(&act);
        assert_eq!((deal.state, deal.terms.clock.reminded), (state, true));
        assert_eq!(deal.row.due_at, Some(at(3, 20).micros()));
        let plan = Plan { act: Some(act), ..Plan::default() };
        let told = plan.messages();
        assert!(told[0].1.contains(&format!("todo_code={todo}")), "{told:?}");
        assert!(told[0].1.contains("day=26/11/26"), "{told:?}");
        let news = heard(plan.act.unwrap());
        let expected: Vec<_> = hear.iter().map(|who| ("reminder", *who)).collect();
        assert_eq!(pairs(&news), expected, "{state:?}");
    }
}

#[test]
fn silence_ends_what_has_no_money_in_it_and_both_hear_of_it() {
    for state in [State::Offered, State::Countered, State::Accepted] {
        let (two, row) = due(state, ends(terms()), at(3, 20), at(3, 20));
        let act = wakes(&two, &row);
        let deal = after(&act);
        assert_eq!((deal.state, deal.row.open, deal.row.due_at), (State::Expired, false, None));
        assert!(act.legs.is_empty());
        assert_eq!(pairs(&heard(act)), [("expired", "amina"), ("expired", "daudi")]);
    }
    let (two, row) = due(State::Drafted, ends(terms()), at(3, 20), at(3, 20));
    let act = wakes(&two, &row);
    assert_eq!(after(&act).state, State::Expired);
    assert!(heard(act).is_empty(), "nobody has heard of it");
}

#[test]
fn silence_of_the_seller_gives_it_back_and_silence_of_the_buyer_pays() {
    let (two, row) = due(State::Funded, ends(paid()), at(3, 20), at(3, 20));
    let act = wakes(&two, &row);
    assert_eq!((after(&act).state, act.kind), (State::Refunded, "deal_back"));
    assert_eq!(moved(&act), [(MONEY, -101_000), (AMINA, 101_000)]);
    assert!(act.meters.iter().all(|meter| meter.back && meter.day == today()));
    assert_eq!(pairs(&heard(act)), [("back", "amina"), ("given_back", "daudi")]);
    let (two, row) = due(State::Delivered, ends(paid()), at(3, 20), at(3, 20));
    let act = wakes(&two, &row);
    assert_eq!((after(&act).state, act.kind), (State::Released, "deal_out"));
    assert_eq!(moved(&act), [(MONEY, -101_000), (DAUDI, 100_000), fees(1_000)]);
    assert_eq!(pairs(&heard(act)), [("paid_out", "daudi"), ("let_go", "amina")]);
    // what was let go before stays where it is
    let part = Terms { released_minor: 60_000, ..ends(paid()) };
    let (two, row) = due(State::Funded, part, at(3, 20), at(3, 20));
    let act = wakes(&two, &row);
    assert_eq!(moved(&act), [(MONEY, -40_400), (AMINA, 40_400)]);
}

#[test]
fn what_nobody_has_brought_back_is_for_the_staff() {
    let (two, row) = due(State::Returning, ends(paid()), at(3, 20), at(3, 20));
    let act = wakes(&two, &row);
    let deal = after(&act);
    assert_eq!(
        (deal.state, deal.terms.clock, deal.row.due_at),
        (State::Disputed, Clock::STILL, None)
    );
    assert!(act.legs.is_empty());
    assert_eq!(pairs(&heard(act)), [("not_brought", "amina"), ("not_brought", "daudi")]);
}

#[test]
fn what_nobody_appeals_against_is_done() {
    for (back_minor, legs) in [
        (0, vec![(MONEY, -101_000), (DAUDI, 100_000), fees(1_000)]),
        (40_000, vec![(MONEY, -101_000), (DAUDI, 60_000), (AMINA, 40_400), fees(600)]),
        (100_000, vec![(MONEY, -101_000), (AMINA, 101_000)]),
    ] {
        let (two, row) = due(State::Ruled, ends(ruled(back_minor)), at(3, 20), at(3, 20));
        let act = wakes(&two, &row);
        assert_eq!((after(&act).state, moved(&act)), (State::Decided, legs));
    }
}

#[test]
fn after_a_time_away_it_ends_later_and_both_hear_of_it() {
    for state in [State::Funded, State::Delivered] {
        let (two, row) = due(state, ends(paid()), at(9, 12), at(3, 20));
        let act = wakes(&two, &row);
        let deal = after(&act);
        assert_eq!((deal.state, deal.terms.clock), (state, Clock::until(day(10), 0)));
        assert_eq!(deal.row.due_at, Some(at(9, 18).micros()), "and they are reminded of that");
        assert_eq!(pairs(&heard(act)), [("later", "amina"), ("later", "daudi")]);
    }
    // at night it waits for the morning, and does not run out then: nobody has heard of it
    let (mut two, row) = due(State::Funded, ends(paid()), at(9, 23), at(3, 20));
    let act = wakes(&two, &row);
    let deal = after(&act);
    assert_eq!((deal.row.due_at, deal.state), (Some(at(10, 8).micros()), State::Funded));
    assert!(heard(act).is_empty());
    two.trial.now = at(10, 8);
    let act = wakes(&two, &deal.row);
    assert_eq!(after(&act).terms.clock, Clock::until(day(11), 0));
    assert_eq!(pairs(&heard(act)), [("later", "amina"), ("later", "daudi")]);
    // and who is to be reminded is in the morning
    let not_reminded = Terms { clock: Clock::until(day(3), 0), ..paid() };
    let (two, row) = due(State::Funded, not_reminded, at(2, 23), at(2, 18));
    let act = wakes(&two, &row);
    assert_eq!(after(&act).row.due_at, Some(at(3, 9).micros()));
    assert!(heard(act).is_empty());
}

#[test]
fn while_an_account_is_stopped_nothing_runs_out_and_nobody_is_told_again_and_again() {
    for (state, terms) in [
        (State::Offered, terms()),
        (State::Accepted, terms()),
        (State::Funded, paid()),
        (State::Delivered, paid()),
        (State::Returning, paid()),
        (State::Ruled, ruled(1)),
    ] {
        for who in [AMINA, DAUDI] {
            if (state, who) == (State::Funded, DAUDI) {
                // it goes back: see below
                continue;
            }
            let (mut two, row) = due(state, ends(terms.clone()), at(3, 20), at(3, 20));
            two.stopped(who, 5 * HOUR);
            let person = two.trial.person_of(Id::of(who));
            two.trial.change(&person, |holder| holder.account.state = AccountState::Frozen);
            let act = wakes(&two, &row);
            let deal = after(&act);
            assert_eq!((deal.state, deal.terms.clock), (state, ends(terms.clone()).clock));
            assert_eq!(deal.row.due_at, Some(at(3, 20).plus(6 * HOUR).micros()));
            assert!(heard(act).is_empty());
            // at night nobody is told that it is not any more
            two.trial.change(&person, |holder| holder.account.state = AccountState::Open);
            two.trial.now = at(3, 20).plus(6 * HOUR);
            let asleep = after(&wakes(&two, &deal.row));
            assert_eq!(asleep.row.due_at, Some(at(4, 8).micros()));
            let deal = asleep;
            // once it is not any more, it ends as much later
            let again = ArrangementRow { due_at: deal.row.due_at, ..deal.row.clone() };
            two.trial.now = at(4, 8);
            let act = wakes(&two, &again);
            assert_eq!(after(&act).terms.clock.until, Some(day(4)));
            let news = heard(act);
            assert_eq!(pairs(&news), [("later", "amina"), ("later", "daudi")]);
        }
    }
}

#[test]
fn who_is_stopped_and_gets_nothing_holds_up_nobody() {
    let all_back = vec![(MONEY, -101_000), (AMINA, 101_000)];
    let all_paid = vec![(MONEY, -101_000), (DAUDI, 100_000), fees(1_000)];
    for (state, terms, who, legs) in [
        (State::Funded, paid(), DAUDI, &all_back),
        (State::Ruled, ruled(100_000), DAUDI, &all_back),
        (State::Ruled, ruled(0), AMINA, &all_paid),
    ] {
        for stopped in [AccountState::Frozen, AccountState::StopCredit, AccountState::Closed] {
            let (mut two, row) = due(state, ends(terms.clone()), at(3, 20), at(3, 20));
            let person = two.trial.person_of(Id::of(who));
            two.trial.change(&person, |holder| holder.account.state = stopped);
            let since = Some(at(1, 12).micros());
            let none = RestrictionRow::none(Id::of(who));
            let said = RestrictionRow { stopped_since: since, ..none };
            two.trial.set(Want::Stopped(Id::of(who)), Found::Restriction(Some(said)));
            assert_eq!(moved(&wakes(&two, &row)), *legs, "{state:?} {stopped:?}");
        }
    }
}

#[test]
fn who_has_closed_is_not_waited_for() {
    for state in [State::Offered, State::Countered, State::Accepted, State::Returning] {
        for who in [AMINA, DAUDI] {
            let terms = if state == State::Returning { paid() } else { terms() };
            let (mut two, row) = due(state, ends(terms), at(3, 20), at(3, 20));
            let person = two.trial.person_of(Id::of(who));
            two.trial.change(&person, |holder| holder.account.state = AccountState::Closed);
            let then = if state == State::Returning { State::Disputed } else { State::Expired };
            assert_eq!(after(&wakes(&two, &row)).state, then, "{state:?}");
        }
    }
}

#[test]
fn whose_offer_waits_for_a_number_is_woken_like_any_other() {
    let asked = |state, now: Timestamp, reminded| {
        let clock = Clock { reminded, ..Clock::until(day(3), 0) };
        let (mut two, row) = due(state, Terms { clock, ..terms() }, now, now);
        let row = ArrangementRow { other: None, subject: STRANGER.into(), ..row };
        two.deal(&row);
        let act = wakes(&two, &row);
        (after(&act).state, heard(act))
    };
    let (state, news) = asked(State::Offered, at(2, 18), false);
    assert_eq!((state, pairs(&news)), (State::Offered, vec![("reminder", "stranger")]));
    let (state, news) = asked(State::Offered, at(3, 20), true);
    let both = vec![("expired", "amina"), ("expired", "stranger")];
    assert_eq!((state, pairs(&news)), (State::Expired, both));
}

#[test]
fn what_the_book_refuses_is_told_to_who_is_to_be_paid_and_tried_again_the_next_day() {
    for (state, terms, hears) in [
        (State::Funded, paid(), "amina"),
        (State::Delivered, paid(), "daudi"),
        (State::Ruled, ruled(0), "daudi"),
        (State::Ruled, ruled(40_000), "daudi"),
        (State::Ruled, ruled(100_000), "amina"),
    ] {
        let (mut two, row) = due(state, ends(terms.clone()), at(3, 20), at(3, 20));
        let refusal = Refusal::from(Reason::LIMIT_BALANCE);
        let act = declared(two.trial.wakes_refused(&KIND, &row, &refusal).unwrap());
        let deal = after(&act);
        assert_eq!((deal.state, deal.terms.clock), (state, ends(terms).clock));
        assert_eq!(deal.row.due_at, Some(at(4, 20).micros()));
        assert!(act.legs.is_empty());
        assert_eq!(pairs(&heard(act)), [("stuck", hears)]);
        two.trial.now = at(4, 20);
        assert!(!wakes(&two, &deal.row).legs.is_empty(), "the next day it is done");
        let wrong = Refusal::from(Reason::INVALID);
        let found = two.trial.wakes_refused(&KIND, &row, &wrong);
        assert!(matches!(found, Err(PlanError::Refused(_))), "a mistake of ours is reported");
    }
}
