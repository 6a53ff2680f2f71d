//! What comes when the time of what nobody answered has come: a reminder, and the end.

use super::super::super::arrangements::Kind;
use super::super::super::plan::PlanError;
use super::super::super::service::Service;
use super::super::super::trial::conforms;
use super::super::{asking, by_text, payment_request, split_bill};
use super::*;
use crate::id::Id;

const ORDERS: &Kind = &orders_kind::KIND;
const REQUESTS: &Kind = &payment_request::KIND;

/// What is done about a row whose time has come, held against the service that says it.
fn woken(service: &'static Service, trial: &Trial, kind: &Kind, row: &ArrangementRow) -> Plan {
    let act = trial.wakes(kind, row).unwrap();
    let plan = Plan { act: Some(act), ..Plan::default() };
    conforms(service, &plan);
    plan
}

#[test]
fn whoever_waited_for_it_hears_of_the_end() {
    let (mut trial, [_, _, claire]) = three();
    let outlet = trial.outlet(Id::of(501), "Mama Njeri", 0, &claire);
    trial.set(Want::OutletsOf(vec![Id::of(501)]), Found::Outlets(vec![outlet]));
    trial.now = NOW.plus(10 * MINUTE);
    let sent = order(1, "send", 101, 102, 30_000);
    let plan = woken(&by_text::ORDER, &trial, ORDERS, &sent);
    assert_eq!(closed(&plan), [(1, "expired")]);
    let words = "amount=KES 300 dial=*384*1234# name=Baraka O phone=0700***002";
    assert_eq!(plan.messages(), [("sms.order_expired".to_owned(), words.to_owned())]);
    assert_eq!(plan.hearers(), [("sms.order_expired", AMINA, None)]);

    let cash = order(1, "cash_out", 101, 501, 30_000);
    let plan = woken(&by_text::ORDER, &trial, ORDERS, &cash);
    assert_eq!(closed(&plan), [(1, "expired")]);
    assert!(plan.messages()[0].1.contains("name=Mama Njeri"));
    assert_eq!(plan.hearers(), [("sms.order_expired", AMINA, None)]);

    let asked = request_for(1, 101, 102, 30_000, "rent");
    let plan = woken(&asking::ASK, &trial, REQUESTS, &asked);
    assert_eq!(closed(&plan), [(1, "expired")]);
    let words = "about=: rent amount=KES 300 name=Amina W phone=0700***001";
    assert_eq!(plan.messages(), [("sms.request_expired".to_owned(), words.to_owned())]);
    assert_eq!(plan.hearers(), [("sms.request_expired", BARAKA, None)]);
    assert_eq!(plan.act.unwrap().kind, "expire");
}

#[test]
fn what_waits_between_people_who_are_gone_ends_without_a_word() {
    let (mut trial, _) = three();
    trial.now = NOW.plus(10 * MINUTE);
    let own = trial.wakes(ORDERS, &order(1, "send", 101, 999, 30_000)).unwrap();
    let asked = trial.wakes(REQUESTS, &request(1, 999, 102, 30_000)).unwrap();
    assert_eq!((own.changes.len(), asked.changes.len()), (1, 1));
}

#[test]
fn who_has_not_answered_a_share_is_reminded_and_it_waits_until_its_end() {
    let (mut trial, _) = three();
    let end = NOW.plus(24 * HOUR);
    let remind_at = NOW.plus(21 * HOUR);
    let share = ArrangementRow {
        subject: "1".into(),
        due_at: Some(remind_at.micros()),
        ..request_until(1, 102, 101, 33_333, "dinner", end)
    };
    trial.now = remind_at;
    let plan = woken(&split_bill::REMIND, &trial, REQUESTS, &share);
    assert_eq!(closed(&plan), [(1, "waiting")]);
    assert_eq!(plan.hearers(), [("sms.request_reminder", BARAKA, None)]);
    let put = puts(&plan).next().unwrap();
    assert_eq!((put.event, put.row.open, put.row.due_at), ("remind", true, Some(end.micros())));
    assert_eq!(plan.act.as_ref().unwrap().kind, "remind");
    // where nobody has looked until its end there is nothing to be reminded of
    trial.now = end;
    for row in [&share, &put.row] {
        let plan = woken(&asking::ASK, &trial, REQUESTS, row);
        assert_eq!(puts(&plan).next().unwrap().row.state, "expired");
        assert_eq!(plan.hearers(), [("sms.request_expired", AMINA, None)]);
    }
}

#[test]
fn what_was_answered_is_not_woken() {
    let (mut trial, _) = three();
    trial.now = NOW.plus(10 * MINUTE);
    let gone = |outcome: Result<super::super::super::plan::Act, PlanError>| outcome.unwrap_err();
    for state in ["approved", "declined", "expired"] {
        let own = ended(&order(1, "send", 101, 102, 100), state);
        assert_eq!(gone(trial.wakes(ORDERS, &own)), orders_kind::ORDER_GONE.into());
    }
    for state in ["approved", "declined", "expired", "cancelled"] {
        let asked = ended(&request(1, 101, 102, 100), state);
        let outcome = trial.wakes(REQUESTS, &asked);
        assert_eq!(gone(outcome), payment_request::REQUEST_GONE.into());
    }
}
