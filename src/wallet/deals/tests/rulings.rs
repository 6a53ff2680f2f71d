//! Two of the staff decide; either side may appeal once, and then two others decide.

use super::super::appealing::APPEAL;
use super::super::arbiters::{self, Cause, DEAL_NOT_SO, DEAL_SAME_STAFF, Verdict};
use super::super::releasing::RELEASE_PART;
use super::super::terms::{Offset, Ruling};
use super::super::{DEAL_GONE, offering};
use super::*;
use crate::reason::Reason;
use crate::wallet::plan::PlanError;

fn proposes(back_minor: i64) -> Verdict {
    Verdict::Propose { back_minor, cause: Cause::Damaged, words: "The glass is broken".into() }
}

fn rejects() -> Verdict {
    Verdict::Reject { why: "Look at the pictures".into() }
}

fn says(two: &Two, staff: &str, verdict: &Verdict) -> Result<Act, PlanError> {
    let Some(deal) = two.trial_deal() else { panic!("no deal") };
    let wants = deal.wants();
    let ask = two.trial.ask(&offering::OPEN, two.trial.caller(&two.amina));
    ask.work(&wants, |context| arbiters::decided(context, &deal, staff, verdict))
}

fn refused(two: &Two, staff: &str, verdict: &Verdict) -> Reason {
    match says(two, staff, verdict) {
        Err(PlanError::Refused(refusal)) => refusal.reason,
        other => panic!("not refused: {other:?}"),
    }
}

impl Two {
    fn trial_deal(&self) -> Option<Deal> {
        let ask = self.trial.ask(&offering::OPEN, self.trial.caller(&self.amina));
        let want = Want::Arrangement(Id::of(DEAL));
        ask.work(std::slice::from_ref(&want), |context| {
            let row = context.facts.arrangement(Id::of(DEAL)).unwrap();
            row.map(|row| Deal::of(row).unwrap())
        })
    }
}

/// Wanjiku has proposed this.
fn proposed(back_minor: i64) -> Option<Ruling> {
    Some(Ruling {
        by: "wanjiku".into(),
        confirmed_by: None,
        back_minor,
        cause: "damaged".into(),
        words: "The glass is broken".into(),
    })
}

fn judges(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn one_proposes_and_nobody_is_told_before_another_confirms_it() {
    let two = there_is(State::Disputed, still(paid()));
    let act = says(&two, "wanjiku", &proposes(40_000)).unwrap();
    let deal = after(&act);
    assert_eq!((deal.state, deal.terms.ruling.clone()), (State::Proposed, proposed(40_000)));
    assert!(heard(act).is_empty());
    let two = there_is(State::Proposed, deal.terms);
    for verdict in [Verdict::Confirm, rejects()] {
        assert_eq!(refused(&two, "wanjiku", &verdict), DEAL_SAME_STAFF);
    }
    assert_eq!(refused(&two, "otieno", &proposes(1)), DEAL_GONE, "one at a time");
    let act = says(&two, "otieno", &Verdict::Confirm).unwrap();
    let deal = after(&act);
    assert_eq!((deal.state, deal.terms.clock), (State::Ruled, Clock::until(day(3), 0)));
    assert_eq!(deal.terms.judges, judges(&["wanjiku", "otieno"]));
    assert!(act.legs.is_empty(), "they may appeal");
    let plan = Plan { act: Some(act), ..Plan::default() };
    let told = plan.messages();
    for part in ["back=KES 404", "rest=KES 600", "cause_code=damaged", "day=26/11/26"] {
        assert!(told[0].1.contains(part), "{}", told[0].1);
    }
    let news = heard(plan.act.unwrap());
    let both = [("ruled", "amina"), ("ruled", "daudi"), ("reason", "amina"), ("reason", "daudi")];
    assert_eq!(pairs(&news), both);
}

#[test]
fn another_rejects_it_and_it_is_proposed_anew() {
    let two = there_is(State::Proposed, still(Terms { ruling: proposed(40_000), ..paid() }));
    let act = says(&two, "otieno", &rejects()).unwrap();
    let deal = after(&act);
    assert_eq!((deal.state, deal.terms.ruling), (State::Disputed, None));
    assert!(heard(act).is_empty());
}

#[test]
fn what_is_decided_is_of_what_is_left() {
    let two = there_is(State::Disputed, still(Terms { released_minor: 60_000, ..paid() }));
    for (back_minor, good) in [(-1, false), (0, true), (40_000, true), (40_001, false)] {
        let done = says(&two, "wanjiku", &proposes(back_minor));
        assert_eq!(done.is_ok(), good, "{back_minor}: {done:?}");
    }
    assert_eq!(refused(&two, "wanjiku", &proposes(-1)), DEAL_NOT_SO);
    // something was let go since it was proposed
    let since = Terms { ruling: proposed(40_001), released_minor: 60_000, ..paid() };
    let two = there_is(State::Proposed, still(since));
    assert_eq!(refused(&two, "otieno", &Verdict::Confirm), DEAL_NOT_SO);
    says(&two, "otieno", &rejects()).unwrap();
}

#[test]
fn the_staff_decide_only_what_is_disputed() {
    for state in [State::Funded, State::Delivered, State::Returning, State::Ruled] {
        let two = there_is(state, Terms { ruling: proposed(1), ..paid() });
        for verdict in [proposes(1), Verdict::Confirm, rejects()] {
            assert_eq!(refused(&two, "otieno", &verdict), DEAL_GONE, "{state:?} {verdict:?}");
        }
    }
    let nothing = there_is(State::Disputed, still(paid()));
    assert_eq!(refused(&nothing, "otieno", &Verdict::Confirm), DEAL_NOT_SO);
}

#[test]
fn with_the_decision_what_was_offered_before_is_off_the_table() {
    let offset = Some(Offset { by: Side::Sell, back_minor: 50_000 });
    let two = there_is(State::Proposed, still(Terms { offset, ruling: proposed(0), ..paid() }));
    let deal = after(&says(&two, "otieno", &Verdict::Confirm).unwrap());
    assert_eq!(deal.terms.offset, None, "who has won is not held to what they offered before");
}

/// It was decided by two, and one of the sides appeals.
fn ruled() -> Terms {
    let mut terms = still(Terms { ruling: proposed(40_000), ..paid() });
    terms.judges = judges(&["wanjiku", "otieno"]);
    terms.clock = Clock::until(day(3), 0);
    terms
}

#[test]
fn either_side_appeals_once_and_two_others_decide_for_good() {
    for (side, other) in [(Side::Buy, "daudi"), (Side::Sell, "amina")] {
        let two = there_is(State::Ruled, ruled());
        let plan = two.does(side, &APPEAL, &[("why", "It was whole")]).planned();
        let deal = left(&plan);
        assert_eq!((deal.state, deal.terms.clock), (State::Appealed, Clock::STILL));
        assert_eq!(pairs(&heard(plan.act.unwrap())), [("appealed", other)]);
        let two = there_is(State::Appealed, deal.terms);
        for judge in ["wanjiku", "otieno"] {
            assert_eq!(refused(&two, judge, &proposes(1)), DEAL_SAME_STAFF);
        }
        let appealed = two.does(side.other(), &APPEAL, &[("why", "It was whole")]);
        assert_eq!(appealed.reason(), (DEAL_GONE, None), "once");
        let deal = after(&says(&two, "njeri", &proposes(30_000)).unwrap());
        assert_eq!(deal.state, State::Reproposed);
        let two = there_is(State::Reproposed, deal.terms);
        for judge in ["wanjiku", "otieno", "njeri"] {
            assert_eq!(refused(&two, judge, &Verdict::Confirm), DEAL_SAME_STAFF, "{judge}");
            assert_eq!(refused(&two, judge, &rejects()), DEAL_SAME_STAFF, "{judge}");
        }
        assert_eq!(after(&says(&two, "mutua", &rejects()).unwrap()).state, State::Appealed);
        let act = says(&two, "mutua", &Verdict::Confirm).unwrap();
        assert_eq!(after(&act).state, State::Decided);
        let all = [(MONEY, -101_000), (DAUDI, 70_000), (AMINA, 30_300), fees(700)];
        assert_eq!(moved(&act), all);
        let news = heard(act);
        assert!(pairs(&news).ends_with(&[
            ("decided", "amina"),
            ("decided", "daudi"),
            ("reason", "amina"),
            ("reason", "daudi")
        ]));
        assert_eq!(two.does(side, &APPEAL, &[("why", "No")]).reason(), (DEAL_GONE, None));
    }
}

#[test]
fn an_appeal_says_why() {
    let two = there_is(State::Ruled, ruled());
    let why = |words: &str| two.does(Side::Buy, &APPEAL, &[("why", words)]);
    for bad in ["", "12345", &"x".repeat(61)] {
        assert_eq!(why(bad).reason(), (Reason::TEXT_FORMAT, Some("why")));
    }
    why(&"x".repeat(60)).planned();
    for state in [State::Disputed, State::Proposed, State::Funded] {
        let reason = there_is(state, paid()).does(Side::Buy, &APPEAL, &[("why", "No")]).reason();
        assert_eq!(reason, (DEAL_GONE, None), "{state:?}");
    }
}

#[test]
fn where_something_was_let_go_after_it_was_decided_less_goes_back() {
    for (part, legs) in [
        // of 1,000, 400 were to go back
        ("50000", vec![(MONEY, -50_500), (DAUDI, 10_000), (AMINA, 40_400), fees(100)]),
        ("60000", vec![(MONEY, -40_400), (AMINA, 40_400)]),
        ("70000", vec![(MONEY, -30_300), (AMINA, 30_300)]),
    ] {
        let two = there_is(State::Ruled, ruled());
        let deal = left(&two.does(Side::Buy, &RELEASE_PART, &[("amount", part)]).planned());
        let mut two = self::two();
        let due = Some(at(3, 20).micros());
        let mut terms = deal.terms;
        terms.clock.reminded = true;
        let row = ArrangementRow { due_at: due, ..row(State::Ruled, &terms) };
        two.deal(&row);
        two.trial.now = at(3, 20);
        let act = two.trial.wakes(&KIND, &row).unwrap();
        assert_eq!((moved(&act), after(&act).state), (legs, State::Decided), "{part}");
    }
}
