//! Carrying standing orders out: the notice, the payment, another price, no money, and the end.

use super::super::super::plan::{Act, PlanError};
use super::super::super::service::Service;
use super::super::super::trial::conforms;
use super::super::standing_order::{KIND, SET_UP, StandingOrder, Terms};
use super::super::stored_request::StoredRequest;
use super::standing::{kes, put, rent, stored};
use super::*;
use crate::calendar::Day;
use crate::refusal::{Reason, Refusal};
use crate::schedule::{Every, Schedule, Stage};
use crate::store::book_rows::AccountState;
use crate::value::Value;

/// It becomes this hour of this day.
fn comes(trial: &mut Trial, (day, hour): (&str, i8)) {
    let zone = trial.config.market.zone.clone();
    trial.now = Day::read(day).unwrap().at_hour(hour, &zone);
}

fn planned(act: Result<Act, PlanError>) -> Plan {
    let plan = Plan { act: Some(act.unwrap()), ..Plan::default() };
    conforms(&SET_UP, &plan);
    plan
}

/// What is done about one at an hour of a day.
fn done(trial: &mut Trial, terms: &Terms, at: (&str, i8)) -> Plan {
    comes(trial, at);
    planned(trial.wakes(&KIND, &stored(terms)))
}

/// What is done instead where the book refuses that.
fn refused(trial: &mut Trial, terms: &Terms, at: (&str, i8), reason: Reason) -> Plan {
    comes(trial, at);
    planned(trial.wakes_refused(&KIND, &stored(terms), &Refusal::from(reason)))
}

/// What was agreed on as it is after a plan.
fn kept(plan: &Plan) -> Terms {
    put(plan).1.terms
}

fn state(plan: &Plan) -> (&'static str, String) {
    let (event, order) = put(plan);
    assert_eq!(order.row.open, order.row.due_at.is_some(), "what is over has no clock");
    (event, order.row.state)
}

fn is(event: &'static str, state: &str) -> (&'static str, String) {
    (event, state.to_owned())
}

fn templates(plan: &Plan) -> Vec<String> {
    plan.messages().into_iter().map(|(template, _)| template).collect()
}

/// When a row is looked at next: the stage, the day, the hour.
fn next(trial: &Trial, plan: &Plan) -> (Stage, String, String) {
    let StandingOrder { row, terms } = put(plan).1;
    let at = crate::time::Timestamp::from_micros(row.due_at.unwrap());
    let zone = &trial.config.market.zone;
    (terms.stage, at.date_text(zone), at.clock_text(zone))
}

fn at(stage: Stage, day: &str, hour: &str) -> (Stage, String, String) {
    (stage, day.to_owned(), hour.to_owned())
}

#[test]
fn the_day_before_it_is_announced_at_the_price_of_that_day() {
    let (mut trial, _) = three();
    let mut terms = Terms { stage: Stage::Notice, total: kes(30_100), ..rent() };
    terms.said.insert("fee".into(), kes(100).into());
    let plan = done(&mut trial, &terms, ("30/11/26", 10));
    let said = "amount=KES 300 dial=*384*1234# fee=KES 7 first_day=01/12/26 last_day=01/11/27 \
                name=Baraka O times=12";
    assert_eq!(plan.messages(), [("sms.standing_notice".to_owned(), said.to_owned())]);
    assert_eq!((put(&plan).1.row.version, state(&plan)), (5, is("announce", "open")));
    assert_eq!(kept(&plan), Terms { stage: Stage::Pay, ..rent() });
    assert_eq!(next(&trial, &plan), at(Stage::Pay, "01/12/26", "08:00"));
    assert_eq!(plan.act.unwrap().kind, "standing_order");
}

#[test]
fn who_is_frozen_today_may_not_be_tomorrow_and_hears_of_it() {
    let (mut trial, [amina, baraka, _]) = three();
    let terms = Terms { stage: Stage::Notice, ..rent() };
    for person in [baraka, amina] {
        trial.change(&person, |member| member.account.state = AccountState::Frozen);
        let plan = done(&mut trial, &terms, ("30/11/26", 10));
        assert_eq!(templates(&plan), ["sms.standing_notice"]);
        assert_eq!(kept(&plan), Terms { stage: Stage::Pay, ..rent() });
        let morning = done(&mut trial, &rent(), ("1/12/26", 8));
        assert_eq!(templates(&morning), ["sms.standing_retry"]);
        assert!(morning.messages()[0].1.contains("name=Baraka O"), "as it was agreed on");
    }
}

#[test]
fn on_its_day_it_is_paid_and_the_next_one_waits() {
    let (mut trial, _) = three();
    let plan = done(&mut trial, &Terms { failed: 2, ..rent() }, ("1/12/26", 8));
    assert_eq!(templates(&plan), ["sms.sent", "sms.received"]);
    assert_eq!((put(&plan).1.row.version, state(&plan)), (5, is("pay", "open")));
    assert_eq!((kept(&plan).done, kept(&plan).failed), (1, 0));
    assert_eq!(next(&trial, &plan), at(Stage::Notice, "31/12/26", "10:00"));
    let act: Act = plan.act.unwrap();
    assert_eq!(act.kind, "send");
    assert_eq!(act.legs.iter().map(|leg| leg.amount_minor).sum::<i64>(), 0);
    assert_eq!((act.legs[0].account, act.legs[0].amount_minor), (Id::of(101), -30_700));
    assert_eq!(act.meters.len(), 2, "limits count it as what is sent");
}

#[test]
fn with_the_last_one_it_is_over() {
    let (mut trial, _) = three();
    let plan = done(&mut trial, &Terms { done: 11, ..rent() }, ("1/11/27", 8));
    assert_eq!(templates(&plan), ["sms.sent", "sms.received", "sms.standing_over"]);
    assert_eq!((kept(&plan).done, state(&plan)), (12, is("pay_last", "ended")));
    let plan = done(&mut trial, &Terms { done: 10, ..rent() }, ("1/10/27", 8));
    assert_eq!(state(&plan), is("pay", "open"));
}

#[test]
fn another_price_is_told_in_the_morning_and_paid_in_the_afternoon_only_if_it_stays() {
    let (mut trial, _) = three();
    let mut terms = Terms { total: kes(30_600), ..rent() };
    terms.said.insert("fee".into(), kes(600).into());
    let plan = done(&mut trial, &terms, ("1/12/26", 8));
    assert_eq!(templates(&plan), ["sms.standing_price"]);
    assert!(plan.messages()[0].1.contains("fee=KES 7 "));
    let now = kept(&plan);
    assert_eq!(now, Terms { stage: Stage::Retry, ..rent() });
    assert_eq!(state(&plan), is("postpone", "open"));
    assert_eq!(next(&trial, &plan), at(Stage::Retry, "01/12/26", "17:00"));
    let paid = done(&mut trial, &now, ("1/12/26", 17));
    assert_eq!(templates(&paid), ["sms.sent", "sms.received"]);
    let refused = done(&mut trial, &Terms { stage: Stage::Retry, ..terms }, ("1/12/26", 17));
    assert_eq!(templates(&refused), ["sms.standing_refused"]);
    assert!(refused.messages()[0].1.contains("why_code=price_changed"));
}

#[test]
fn another_price_is_told_also_where_the_money_is_not_there() {
    let (mut trial, [amina, ..]) = three();
    trial.change(&amina, |member| member.account.balance_minor = 0);
    let terms = Terms { total: kes(30_600), ..rent() };
    assert_eq!(templates(&done(&mut trial, &terms, ("1/12/26", 8))), ["sms.standing_price"]);
    let notice = Terms { stage: Stage::Notice, ..terms };
    let plan = done(&mut trial, &notice, ("30/11/26", 10));
    assert_eq!(
        (templates(&plan)[0].as_str(), kept(&plan).total),
        ("sms.standing_notice", kes(30_700))
    );
}

#[test]
fn what_cannot_be_paid_is_tried_again_in_the_afternoon_and_then_not_this_time() {
    let (mut trial, [amina, ..]) = three();
    trial.change(&amina, |member| member.account.balance_minor = 30_699);
    let plan = done(&mut trial, &rent(), ("1/12/26", 8));
    assert_eq!(templates(&plan), ["sms.standing_retry"]);
    assert!(plan.messages()[0].1.contains("why_code=not_enough"));
    assert!(plan.act.as_ref().unwrap().legs.is_empty());
    assert_eq!(state(&plan), is("postpone", "open"));
    assert_eq!(next(&trial, &plan), at(Stage::Retry, "01/12/26", "17:00"));
    let plan = done(&mut trial, &kept(&plan), ("1/12/26", 17));
    assert_eq!(templates(&plan), ["sms.standing_refused"]);
    assert_eq!((kept(&plan).done, kept(&plan).failed, state(&plan)), (1, 1, is("skip", "open")));
    assert_eq!(next(&trial, &plan), at(Stage::Notice, "31/12/26", "10:00"));
    trial.change(&amina, |member| member.account.balance_minor = 30_700);
    assert_eq!(templates(&done(&mut trial, &rent(), ("1/12/26", 8)))[0], "sms.sent");
}

#[test]
fn after_three_in_a_row_it_ends_itself_and_the_last_one_says_so() {
    let (mut trial, [amina, ..]) = three();
    trial.change(&amina, |member| member.account.balance_minor = 0);
    let mut after = |failed: i64, done_before: i64| {
        let terms = Terms { failed, done: done_before, stage: Stage::Retry, ..rent() };
        let day = if done_before == 0 { "1/12/26" } else { "1/11/27" };
        let plan = done(&mut trial, &terms, (day, 17));
        (templates(&plan)[0].clone(), state(&plan), kept(&plan).failed)
    };
    let said = |template: &str, event, state: &str, failed| {
        (template.to_owned(), is(event, state), failed)
    };
    assert_eq!(after(1, 0), said("sms.standing_refused", "skip", "open", 2));
    assert_eq!(after(2, 0), said("sms.standing_ended", "give_up", "ended", 3));
    assert_eq!(after(0, 11), said("sms.standing_last", "skip_last", "ended", 1));
}

#[test]
fn what_the_book_refuses_is_told_like_what_could_not_be_paid() {
    let (mut trial, _) = three();
    for reason in [Reason::LIMIT_BALANCE, Reason::NOT_ENOUGH] {
        let plan = refused(&mut trial, &rent(), ("1/12/26", 8), reason);
        assert_eq!(templates(&plan), ["sms.standing_retry"]);
        assert!(plan.messages()[0].1.contains(&format!("why_code={}", reason.code())));
        assert!(plan.act.as_ref().unwrap().legs.is_empty());
        let retry = Terms { stage: Stage::Retry, ..rent() };
        let plan = refused(&mut trial, &retry, ("1/12/26", 17), reason);
        assert_eq!(templates(&plan), ["sms.standing_refused"]);
    }
    let notice = Terms { stage: Stage::Notice, ..rent() };
    let plan = refused(&mut trial, &notice, ("30/11/26", 10), Reason::LIMIT_BALANCE);
    assert!(templates(&plan).is_empty());
    // a mistake of ours is told to nobody
    let mistake = Refusal::from(Reason::INVALID);
    let answer = trial.wakes_refused(&KIND, &stored(&rent()), &mistake);
    assert_eq!(answer.err(), Some(PlanError::Refused(mistake)));
}

#[test]
fn a_notice_that_cannot_be_made_is_left_out() {
    let (mut trial, _) = three();
    let mut terms = Terms { stage: Stage::Notice, ..rent() };
    terms.request.inputs.insert("amount".into(), "99999999999".into());
    let plan = done(&mut trial, &terms, ("30/11/26", 10));
    assert!(templates(&plan).is_empty());
    assert_eq!(state(&plan), is("announce", "open"));
    assert_eq!(next(&trial, &plan), at(Stage::Pay, "01/12/26", "08:00"));
}

#[test]
fn money_does_not_move_on_a_day_that_nobody_expects() {
    let (mut trial, _) = three();
    for stage in [Stage::Notice, Stage::Pay, Stage::Retry] {
        let plan = done(&mut trial, &Terms { stage, failed: 1, ..rent() }, ("2/12/26", 0));
        assert_eq!(templates(&plan), ["sms.standing_missed"]);
        assert_eq!((kept(&plan).done, kept(&plan).failed), (1, 1));
        assert_eq!(state(&plan), is("skip", "open"));
        assert_eq!(next(&trial, &plan), at(Stage::Notice, "31/12/26", "10:00"));
    }
    let last = done(&mut trial, &Terms { done: 11, ..rent() }, ("2/11/27", 0));
    assert_eq!(
        (templates(&last), state(&last)),
        (vec!["sms.standing_missed".to_owned()], is("skip_last", "ended"))
    );
    let plan = done(&mut trial, &rent(), ("1/12/26", 23));
    assert_eq!(templates(&plan)[0], "sms.sent");
}

#[test]
fn of_daily_ones_only_the_first_and_the_last_are_announced() {
    let (mut trial, _) = three();
    let schedule = Schedule { every: Every::Day, times: 3, ..rent().schedule };
    let terms = Terms { schedule, ..rent() };
    let plan = done(&mut trial, &terms, ("1/12/26", 8));
    assert_eq!(next(&trial, &plan), at(Stage::Pay, "02/12/26", "08:00"));
    let plan = done(&mut trial, &Terms { done: 1, ..terms }, ("2/12/26", 8));
    assert_eq!(next(&trial, &plan), at(Stage::Notice, "02/12/26", "10:00"));
}

/// Puts aside what is typed, for KES 1, and does not say for whom.
const SAVE: Service = Service {
    name: "save",
    wants: &[],
    decide: |context, plan| {
        let amount = context.amount("amount")?;
        plan.show("amount", amount);
        plan.show("fee", context.money(100));
        plan.show("name", Value::Name(context.field("pot")?.to_owned()));
        plan.show("total", context.money(amount.minor + 100));
        plan.commit(Act { kind: "save", ..Act::default() });
        Ok(())
    },
    by_standing_order: true,
    ..Service::PLAIN
};

#[test]
fn any_service_that_allows_it_is_carried_out_by_its_name_and_its_stored_inputs() {
    let (mut trial, _) = three();
    comes(&mut trial, ("1/12/26", 8));
    let inputs = [("amount", "5000"), ("pot", "School")];
    let own = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    let request =
        StoredRequest { service: "save".into(), inputs: inputs.map(own).into_iter().collect() };
    let terms = Terms { request, total: kes(5_100), done: 0, ..rent() };
    let wake = |terms: &Terms, services| trial.wakes_among(services, &KIND, &stored(terms));
    let act = wake(&terms, &[SAVE]).unwrap();
    assert_eq!(act.kind, "save");
    let plan = Plan { act: Some(act), ..Plan::default() };
    assert_eq!(state(&plan), is("pay", "open"));
    // what is told comes from the service
    let cheaper = Terms { total: kes(5_000), ..terms.clone() };
    let plan = Plan { act: Some(wake(&cheaper, &[SAVE]).unwrap()), ..Plan::default() };
    let (template, said) = plan.messages().remove(0);
    assert_eq!(template, "sms.standing_price");
    assert!(said.contains("amount=KES 50 ") && said.contains("name=School"), "{said}");
    // one that allows it no more is told like what could not be paid
    let plan = planned(wake(&terms, &[]));
    assert_eq!(templates(&plan), ["sms.standing_retry"]);
    assert!(plan.messages()[0].1.contains("why_code=service_unknown"));
}
