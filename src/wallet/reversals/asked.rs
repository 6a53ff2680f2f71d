//! What the caller is asked to give back.
//!
//! Lists `amount`, `name`.

use super::super::context::Context;
use super::super::party;
use super::super::plan::{Plan, PlanError};
use super::super::service::Service;
use super::reversal::{self, Reversal};
use crate::id::AccountId;
use crate::store::arrangement_rows::{Search, Side};
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

/// More are not listed.
const LISTED_MAX: i64 = 40;

/// What must be read to know what somebody is asked to give back.
pub fn of(payee: AccountId) -> Search {
    let side = Side::Other(payee);
    Search { side, kind: reversal::KIND.name, open: true, since: 0, limit: LISTED_MAX }
}

fn asked(context: &Context) -> Vec<Want> {
    let payee = context.caller.person.as_ref();
    payee.map(|payee| Want::Arrangements(of(payee.account_id))).into_iter().collect()
}

fn askers(context: &Context) -> Vec<Want> {
    let payee = context.caller.person.as_ref();
    let rows = payee.and_then(|payee| context.facts.arrangements(of(payee.account_id)).ok());
    rows.unwrap_or_default().iter().map(|row| Want::Person(row.owner)).collect()
}

fn decide(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let payee = context.person()?;
    for row in context.facts.arrangements(of(payee.account_id))? {
        let reversal = Reversal::of(row)?;
        let payer = context.facts.person(reversal.payer)?;
        let name = payer.map_or(Value::Name(String::new()), party::name);
        let amount = context.money(reversal.terms.held_minor);
        plan.line(row.id, Slots::from([("amount".into(), amount.into()), ("name".into(), name)]));
    }
    Ok(())
}
