//! What the caller is asked to give back.
//!
//! Lists `amount`, `name`.

use super::super::context::Context;
use super::super::party;
use super::super::plan::{Plan, PlanError};
use super::super::service::Service;
use crate::store::wants::Want;
use crate::value::{Kind, Slot, Slots, Value};

/// The service as menus know it.
pub const SERVICE: Service = Service {
    name: "undo_asked",
    wants: &[asked, askers],
    decide,
    shows: &[Slot("amount", Kind::Money), Slot("name", Kind::Name)],
    ..Service::PLAIN
};

fn asked(context: &Context) -> Vec<Want> {
    let payee = context.caller.person.as_ref();
    payee.map(|payee| Want::ReversalsAsked(payee.account_id)).into_iter().collect()
}

fn askers(context: &Context) -> Vec<Want> {
    let payee = context.caller.person.as_ref();
    let rows = payee.and_then(|payee| context.facts.reversals_asked(payee.account_id).ok());
    rows.unwrap_or_default().iter().map(|row| Want::Person(row.payer)).collect()
}

fn decide(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let payee = context.person()?;
    for row in context.facts.reversals_asked(payee.account_id)? {
        let payer = context.facts.person(row.payer)?;
        let name = payer.map_or(Value::Name(String::new()), party::name);
        let amount = context.money(row.held_minor);
        plan.line(
            row.payment,
            Slots::from([("amount".into(), amount.into()), ("name".into(), name)]),
        );
    }
    Ok(())
}
