//! Orders for something of the payer's own: a request that is stored, asked again with the yes, and
//! nobody else is paid. Method: a service of the tests', which puts money onto an account.

use super::super::super::context::Context;
use super::super::super::plan::{Act, PlanError};
use super::super::super::service::{Authority, ByText, Service};
use super::super::approval::{APPROVE, DECLINE};
use super::super::order::{self, Order};
use super::super::stored_request::StoredRequest;
use super::super::waiting_list::LIST;
use super::*;
use crate::book::Leg;
use crate::id::Id;
use crate::refusal::Reason;
use crate::request::Fields;
use crate::value::Value;

/// Puts `amount` into a jar.
const JAR: Service = Service {
    name: "jar",
    authority: Authority::Customer,
    wants: &[|context| vec![Want::Owner(context.person().unwrap().account_id)]],
    decide: put,
    shows: order::SHOWS,
    by_standing_order: true,
    ..Service::PLAIN
};
/// Leaves an order for it.
const BY_TEXT: Service = Service {
    name: "jar_by_text",
    opens: 1,
    wants: &[|context| {
        let payer = context.person().unwrap().account_id;
        [vec![Want::Owner(payer)], order::wants(context, payer)].concat()
    }],
    decide: |context, plan| {
        let inputs = Fields::from([("amount".to_owned(), context.field("amount")?.to_owned())]);
        let act = order::leave(context, plan, StoredRequest { service: "jar".into(), inputs })?;
        plan.commit(act);
        Ok(())
    },
    shows: order::SHOWS,
    text: Some(ByText::Execute),
    ..Service::PLAIN
};
const ALL: &[Service] = &[JAR, BY_TEXT, APPROVE, DECLINE, LIST];

fn put(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let payer = context.person()?.account_id;
    plan.show("name", Value::Name("Goat".into()));
    let amount = context.amount("amount")?;
    plan.show("amount", amount);
    plan.show("fee", context.money(0));
    plan.show("total", amount);
    if context.facts.account(payer)?.unwrap().available_minor() < amount.minor {
        return Err(Reason::NOT_ENOUGH.into());
    }
    let leg = |account, amount_minor| Leg { account, amount_minor };
    let legs = vec![leg(payer, -amount.minor), leg(Id::of(900), amount.minor)];
    plan.commit(Act { kind: "jar", legs, ..Act::default() });
    Ok(())
}

fn left(trial: &Trial, amina: &PersonRow, amount: &str) -> Plan {
    let ask = trial.ask(&BY_TEXT, trial.caller(amina)).among(ALL).with("amount", amount);
    ask.execute().planned()
}

#[test]
fn a_text_leaves_it_with_what_it_would_come_to_and_moves_nothing() {
    let (trial, [amina, ..]) = three();
    let plan = left(&trial, &amina, "5000");
    assert!(plan.act.as_ref().unwrap().legs.is_empty());
    let [row] = opened(&plan)[..] else { panic!("one order") };
    assert_eq!((row.other, row.state.as_str()), (None, "waiting"));
    let order = Order::of(row).unwrap();
    assert_eq!((order.terms.service.as_str(), order.terms.amount_minor), ("jar", 5_000));
    let said = "amount=KES 50 dial=*384*1234# fee=KES 0 name=Goat time=11:35";
    assert_eq!(plan.messages(), [("sms.order_own".to_owned(), said.to_owned())]);
    let much = trial.ask(&BY_TEXT, trial.caller(&amina)).among(ALL).with("amount", "90000000");
    assert_eq!(much.execute().reason(), (Reason::NOT_ENOUGH, None));
}

#[test]
fn a_yes_does_it_as_if_it_were_asked_for_then() {
    let (mut trial, [amina, baraka, _]) = three();
    let row = (*opened(&left(&trial, &amina, "5000"))[0]).clone();
    let row = ArrangementRow { id: Id::of(1), ..row };
    there_is(&mut trial, Some(row));
    let ask = |by: &PersonRow| trial.ask(&APPROVE, trial.caller(by)).among(ALL).with("order", "1");
    let quote = ask(&amina).quote().planned();
    assert_eq!(
        ["name", "phone_code", "amount", "fee", "total"].map(|slot| quote.said(slot)),
        ["Goat", "jar", "KES 50", "KES 0", "KES 50"]
    );
    let plan = ask(&amina).execute().planned();
    assert_eq!(closed(&plan), [(1, "approved")]);
    let act = plan.act.unwrap();
    let legs: Vec<(i64, i64)> =
        act.legs.iter().map(|leg| (leg.account.number(), leg.amount_minor)).collect();
    assert_eq!((act.kind, legs), ("jar", vec![(101, -5_000), (900, 5_000)]));
    // somebody else's is nobody's
    assert_eq!(ask(&baraka).execute().reason(), (order::ORDER_GONE, None));
    trial.change(&amina, |member| member.account.balance_minor = 4_999);
    let poor = trial.ask(&APPROVE, trial.caller(&trial.person_of(Id::of(101)))).among(ALL);
    assert_eq!(poor.with("order", "1").execute().reason(), (Reason::NOT_ENOUGH, None));
}

#[test]
fn a_no_ends_it_the_list_has_it_and_its_end_is_told() {
    let (mut trial, [amina, ..]) = three();
    let row = (*opened(&left(&trial, &amina, "5000"))[0]).clone();
    let row = ArrangementRow { id: Id::of(1), ..row };
    there_is(&mut trial, Some(row.clone()));
    let no = trial.ask(&DECLINE, trial.caller(&amina)).among(ALL).with("order", "1");
    let plan = no.execute().planned();
    assert_eq!(
        (closed(&plan), plan.said("name"), plan.messages().len()),
        (vec![(1, "declined")], "Goat".to_owned(), 0)
    );
    trial.now = NOW.plus(30 * MINUTE);
    let act = trial.wakes(&order::KIND, &row).unwrap();
    let plan = Plan { act: Some(act), ..Plan::default() };
    let said = "amount=KES 50 dial=*384*1234# name=Goat";
    assert_eq!(plan.messages(), [("sms.order_own_expired".to_owned(), said.to_owned())]);
    trial.now = NOW;
    trial.set(Want::Arrangements(order::wanted_by(Id::of(101))), Found::Arrangements(vec![row]));
    trial.set(
        Want::Arrangements(payment_request::asked_of(Id::of(101))),
        Found::Arrangements(Vec::new()),
    );
    let plan = trial.ask(&LIST, trial.caller(&amina)).list().planned();
    assert_eq!(lines(&plan, &["amount", "name", "about"]), ["1 KES 50 Goat "]);
}

#[test]
fn an_order_pays_somebody_or_is_ones_own_and_never_both_or_neither() {
    let of = |other: Option<i64>, own: bool| {
        let terms = order::Terms {
            service: "jar".into(),
            amount_minor: 1,
            assistant: None,
            own: own.then(|| order::Own { inputs: Fields::new(), name: "Goat".into() }),
        };
        let row = ArrangementRow {
            other: other.map(Id::of),
            body: kind::written(&terms),
            ..order(1, "jar", 101, 102, 1)
        };
        Order::of(&row).is_ok()
    };
    assert_eq!([of(Some(2), false), of(None, true)], [true, true]);
    assert_eq!([of(Some(2), true), of(None, false)], [false, false]);
}

#[test]
fn what_may_be_stored_needs_no_more_steps_than_a_yes_has_left() {
    for service in crate::wallet::SERVICES.iter().filter(|service| service.by_standing_order) {
        assert!(service.wants.len() < APPROVE.wants.len(), "{}", service.name);
        assert!(service.opens == 0, "{}", service.name);
    }
}
