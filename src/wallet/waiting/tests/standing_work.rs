//! Carrying standing orders out: the notice, the payment, another price, no money, and the end.

use super::super::super::plan::Act;
use super::super::super::trial::conforms;
use super::super::standing_order::SET_UP;
use super::super::standing_order::worker::{step, wants};
use super::standing::{kept, rent};
use super::*;
use crate::calendar::Day;
use crate::refusal::{Reason, Refusal};
use crate::store::standing_order_rows::StandingOrderRow;

/// What is done about a row at an hour of a day, and whether something else is done when the book
/// refuses that.
fn done(
    trial: &mut Trial,
    row: &StandingOrderRow,
    at: (&str, i8),
    refused: Option<Reason>,
) -> (Plan, bool) {
    let zone = trial.config.market.zone.clone();
    trial.now = Day::read(at.0).unwrap().at_hour(at.1, &zone);
    let amina = trial.person_of(row.payer);
    let refused = refused.map(Refusal::from);
    let ask = trial.ask(&SET_UP, trial.caller(&amina));
    let step = ask.work(&wants(row), |context| step(context, row, refused.as_ref())).unwrap();
    let plan = Plan { act: Some(step.act), ..Plan::default() };
    conforms(&SET_UP, &plan);
    (plan, step.otherwise.is_some())
}

fn templates(plan: &Plan) -> Vec<String> {
    plan.messages().into_iter().map(|(template, _)| template).collect()
}

/// When a row is looked at next: the stage, the day, the hour.
fn next(trial: &Trial, row: &StandingOrderRow) -> (String, String, String) {
    let at = crate::time::Timestamp::from_micros(row.wake_at);
    let zone = &trial.config.market.zone;
    (row.stage.clone(), at.date_text(zone), at.clock_text(zone))
}

fn at(stage: &str, day: &str, hour: &str) -> (String, String, String) {
    (stage.to_owned(), day.to_owned(), hour.to_owned())
}

#[test]
fn the_day_before_it_is_announced_at_the_price_of_that_day() {
    let (mut trial, _) = three();
    let row = StandingOrderRow { stage: "notice".into(), total_minor: 30_100, ..rent() };
    let (plan, otherwise) = done(&mut trial, &row, ("30/11/26", 10), None);
    let said = "amount=KES 300 dial=*384*1234# fee=KES 7 first_day=01/12/26 last_day=01/11/27 \
                name=Baraka O phone=0700***002 times=12";
    assert_eq!(plan.messages(), [("sms.standing_notice".to_owned(), said.to_owned())]);
    let now = kept(&plan);
    assert_eq!((now.version, now.total_minor, now.done), (5, 30_700, 0));
    assert_eq!(next(&trial, &now), at("pay", "01/12/26", "08:00"));
    assert_eq!((plan.act.unwrap().kind, otherwise), ("note", false));
}

#[test]
fn on_its_day_it_is_paid_and_the_next_one_waits() {
    let (mut trial, _) = three();
    let (plan, otherwise) =
        done(&mut trial, &StandingOrderRow { failed: 2, ..rent() }, ("1/12/26", 8), None);
    assert_eq!(templates(&plan), ["sms.sent", "sms.received"]);
    let now = kept(&plan);
    assert_eq!((now.version, now.done, now.failed, now.state.as_str()), (5, 1, 0, "open"));
    assert_eq!(next(&trial, &now), at("notice", "31/12/26", "10:00"));
    let act: Act = plan.act.unwrap();
    assert_eq!((act.kind, otherwise), ("send", true));
    assert_eq!(act.legs.iter().map(|leg| leg.amount_minor).sum::<i64>(), 0);
    assert_eq!((act.legs[0].account, act.legs[0].amount_minor), (Id::of(101), -30_700));
}

#[test]
fn with_the_last_one_it_is_over() {
    let (mut trial, _) = three();
    let row = StandingOrderRow { done: 11, ..rent() };
    let (plan, _) = done(&mut trial, &row, ("1/11/27", 8), None);
    assert_eq!(templates(&plan), ["sms.sent", "sms.received", "sms.standing_over"]);
    let now = kept(&plan);
    assert_eq!((now.done, now.state.as_str()), (12, "ended"));
    let (plan, _) = done(&mut trial, &StandingOrderRow { done: 10, ..row }, ("1/10/27", 8), None);
    assert_eq!(kept(&plan).state, "open");
}

#[test]
fn another_price_is_told_in_the_morning_and_paid_in_the_afternoon_only_if_it_stays() {
    let (mut trial, _) = three();
    let row = StandingOrderRow { total_minor: 30_600, ..rent() };
    let (plan, otherwise) = done(&mut trial, &row, ("1/12/26", 8), None);
    assert_eq!((templates(&plan), otherwise), (vec!["sms.standing_price".to_owned()], false));
    let now = kept(&plan);
    assert_eq!((now.total_minor, now.done), (30_700, 0));
    assert_eq!(next(&trial, &now), at("retry", "01/12/26", "17:00"));
    let (paid, _) = done(&mut trial, &now, ("1/12/26", 17), None);
    assert_eq!(templates(&paid), ["sms.sent", "sms.received"]);
    let (refused, _) =
        done(&mut trial, &StandingOrderRow { stage: "retry".into(), ..row }, ("1/12/26", 17), None);
    assert_eq!(templates(&refused), ["sms.standing_refused"]);
    assert!(refused.messages()[0].1.contains("why_code=price_changed"));
}

#[test]
fn what_cannot_be_paid_is_tried_again_in_the_afternoon_and_then_not_this_time() {
    let (mut trial, [amina, ..]) = three();
    trial.change(&amina, |member| member.account.balance_minor = 30_699);
    let (plan, otherwise) = done(&mut trial, &rent(), ("1/12/26", 8), None);
    assert_eq!((templates(&plan), otherwise), (vec!["sms.standing_retry".to_owned()], false));
    assert!(plan.messages()[0].1.contains("why_code=not_enough"));
    assert!(plan.act.as_ref().unwrap().legs.is_empty());
    let now = kept(&plan);
    assert_eq!(next(&trial, &now), at("retry", "01/12/26", "17:00"));
    let (plan, _) = done(&mut trial, &now, ("1/12/26", 17), None);
    assert_eq!(templates(&plan), ["sms.standing_refused"]);
    let now = kept(&plan);
    assert_eq!((now.done, now.failed, now.version), (1, 1, 6));
    assert_eq!(next(&trial, &now), at("notice", "31/12/26", "10:00"));
    trial.change(&amina, |member| member.account.balance_minor = 30_700);
    let (plan, _) = done(&mut trial, &rent(), ("1/12/26", 8), None);
    assert_eq!(templates(&plan)[0], "sms.sent");
}

#[test]
fn after_three_in_a_row_it_ends_itself_and_the_last_one_says_so() {
    let (mut trial, [amina, ..]) = three();
    trial.change(&amina, |member| member.account.balance_minor = 0);
    let mut after = |failed: i64, done_before: i64| {
        let row = StandingOrderRow { failed, done: done_before, stage: "retry".into(), ..rent() };
        let day = if done_before == 0 { "1/12/26" } else { "1/11/27" };
        let (plan, _) = done(&mut trial, &row, (day, 17), None);
        (templates(&plan)[0].clone(), kept(&plan).state, kept(&plan).failed)
    };
    let said =
        |template: &str, state: &str, failed| (template.to_owned(), state.to_owned(), failed);
    assert_eq!(after(1, 0), said("sms.standing_refused", "open", 2));
    assert_eq!(after(2, 0), said("sms.standing_ended", "ended", 3));
    assert_eq!(after(0, 11), said("sms.standing_last", "ended", 1));
}

#[test]
fn what_the_book_refuses_is_told_like_what_could_not_be_paid() {
    let (mut trial, _) = three();
    let (plan, otherwise) = done(&mut trial, &rent(), ("1/12/26", 8), Some(Reason::LIMIT_BALANCE));
    assert_eq!((templates(&plan), otherwise), (vec!["sms.standing_retry".to_owned()], false));
    let retry = StandingOrderRow { stage: "retry".into(), ..rent() };
    let (plan, _) = done(&mut trial, &retry, ("1/12/26", 17), Some(Reason::LIMIT_BALANCE));
    assert_eq!(templates(&plan), ["sms.standing_refused"]);
}

#[test]
fn a_notice_that_cannot_be_made_is_left_out() {
    let (mut trial, _) = three();
    let trial = &mut trial;
    let row = StandingOrderRow { stage: "notice".into(), amount_minor: 99_999_999_999, ..rent() };
    let (plan, _) = done(trial, &row, ("30/11/26", 10), None);
    assert!(templates(&plan).is_empty());
    assert_eq!(next(trial, &kept(&plan)), at("pay", "01/12/26", "08:00"));
}

#[test]
fn money_does_not_move_on_a_day_that_nobody_expects() {
    let (mut trial, _) = three();
    for stage in ["notice", "pay", "retry"] {
        let row = StandingOrderRow { stage: stage.into(), failed: 1, ..rent() };
        let (plan, _) = done(&mut trial, &row, ("2/12/26", 0), None);
        assert_eq!(templates(&plan), ["sms.standing_missed"]);
        let now = kept(&plan);
        assert_eq!((now.done, now.failed), (1, 1));
        assert_eq!(next(&trial, &now), at("notice", "31/12/26", "10:00"));
    }
    let (plan, _) = done(&mut trial, &rent(), ("1/12/26", 23), None);
    assert_eq!(templates(&plan)[0], "sms.sent");
}

#[test]
fn of_daily_ones_only_the_first_and_the_last_are_announced() {
    let (mut trial, _) = three();
    let row = StandingOrderRow { every: "day".into(), times: 3, ..rent() };
    let (plan, _) = done(&mut trial, &row, ("1/12/26", 8), None);
    assert_eq!(next(&trial, &kept(&plan)), at("pay", "02/12/26", "08:00"));
    let (plan, _) = done(&mut trial, &StandingOrderRow { done: 1, ..row }, ("2/12/26", 8), None);
    assert_eq!(next(&trial, &kept(&plan)), at("notice", "02/12/26", "10:00"));
}
