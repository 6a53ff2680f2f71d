//! What comes with the end of what nobody answered.

use super::super::super::context::Context;
use super::super::super::party::Party;
use super::super::super::plan::Act;
use super::super::super::service::Service;
use super::super::super::trial::conforms;
use super::super::expiry::{key, over};
use super::super::{order as by_text, payment_request};
use super::*;
use crate::id::Id;

/// What is said at the end of an order between these, held against the service that says it.
fn said(
    service: &'static Service,
    trial: &Trial,
    row: &OrderRow,
    payer: &PersonRow,
    payee: &Party,
) -> Plan {
    let ask = trial.ask(service, trial.caller(payer));
    let end = |context: &Context| over(context.config, row, Some(payer), Some(payee), context.now);
    let changes = ask.work(&[], end);
    let plan =
        Plan { act: Some(Act { kind: "note", changes, ..Act::default() }), ..Plan::default() };
    conforms(service, &plan);
    assert_eq!(closed(&plan), [(1, "expired")]);
    plan
}

fn told_to(plan: &Plan) -> Vec<String> {
    let changes = &plan.act.as_ref().unwrap().changes;
    let to = |change: &Change| {
        if let Change::Tell(message) = change { Some(message.msisdn.clone()) } else { None }
    };
    changes.iter().filter_map(to).collect()
}

#[test]
fn whoever_waited_for_it_hears_of_the_end() {
    let (mut trial, [amina, baraka, claire]) = three();
    let outlet = Party::Outlet(trial.outlet(Id::of(501), "Mama Njeri", 0, &claire));
    let sent = order(1, "send", 101, 102, 30_000);
    let plan = said(&by_text::ORDER, &trial, &sent, &amina, &Party::Person(baraka.clone()));
    let words = "amount=KES 300 dial=*384*1234# name=Baraka O phone=0700***002";
    assert_eq!(plan.messages(), [("sms.order_expired".to_owned(), words.to_owned())]);
    assert_eq!(told_to(&plan), [AMINA]);

    let cash = order(1, "cash_out", 101, 501, 30_000);
    let plan = said(&by_text::ORDER, &trial, &cash, &amina, &outlet);
    assert!(plan.messages()[0].1.contains("name=Mama Njeri"));
    assert_eq!(told_to(&plan), [AMINA]);

    let asked = OrderRow { reference: "rent".into(), ..order(1, "request", 101, 102, 30_000) };
    let plan = said(&payment_request::ASK, &trial, &asked, &amina, &Party::Person(baraka));
    let words = "about=: rent amount=KES 300 name=Amina W phone=0700***001";
    assert_eq!(plan.messages(), [("sms.request_expired".to_owned(), words.to_owned())]);
    assert_eq!(told_to(&plan), [BARAKA]);
}

#[test]
fn an_order_between_people_who_are_gone_ends_without_a_word() {
    let (trial, [amina, ..]) = three();
    let row = order(1, "send", 101, 102, 30_000);
    let ask = trial.ask(&by_text::ORDER, trial.caller(&amina));
    let changes = ask
        .work(&[], |context: &Context| over(context.config, &row, Some(&amina), None, context.now));
    assert_eq!(changes.len(), 1);
}

#[test]
fn each_ends_by_itself() {
    assert_ne!(key(5, 1), key(5, 2));
    assert_ne!(key(5, 1), key(6_000_000, 1));
    assert_eq!(key(5, 1), key(5, 1));
}
