//! The counter: who stands before it, whether the float covers what they want, and how everybody
//! behind it hears of what was done. What it is that is done there is not known here.

use super::super::context::Context;
use super::super::party;
use super::super::plan::{Plan, PlanError};
use super::super::service::Message;
use crate::book::Change;
use crate::id::AccountId;
use crate::money::Money;
use crate::refusal::{Reason, Refusal};
use crate::request::Mode;
use crate::store::agent_rows::OutletRow;
use crate::store::book_rows::AccountState;
use crate::store::people::PersonRow;
use crate::store::wants::Want;
use crate::value::Slots;

/// An outlet cannot serve itself.
pub const AGENT_SELF: Reason = Reason::new("agent_self");
/// The outlet's float does not cover it; slot `balance`.
pub const FLOAT_LOW: Reason = Reason::new("float_low");

/// What must be read first to serve the customer whose number the input `to` is.
pub fn wants_customer(context: &Context) -> Vec<Want> {
    let float = context.post().ok().map(|post| Want::Account(post.outlet.float_account));
    party::wants_both(context, "to").into_iter().chain(float).collect()
}

/// What must be read then: where they serve themselves.
pub fn wants_colleague(context: &Context) -> Vec<Want> {
    typed(context).map(|customer| Want::Post(customer.account_id)).into_iter().collect()
}

/// Who has the number that was typed, once that was read.
pub fn typed<'a>(context: &Context<'a>) -> Option<&'a PersonRow> {
    let to = context.phone("to").ok()?;
    context.facts.number(to.e164()).ok().flatten().map(|member| &member.person)
}

/// The customer, whom the input `to` names: shown as others see them. Nobody serves themselves or a
/// colleague: cash that nobody took would earn commission.
pub fn customer<'a>(context: &Context<'a>, plan: &mut Plan) -> Result<&'a PersonRow, PlanError> {
    let outlet = &context.post()?.outlet;
    if party::account(context, outlet.float_account)?.state != AccountState::Open {
        return Err(Reason::NOT_AGENT.into());
    }
    let customer = party::payee(context, "to")?;
    let theirs = context.facts.post(customer.account_id)?;
    if theirs.is_some_and(|post| post.outlet.float_account == outlet.float_account) {
        return Err(Refusal::of_field(AGENT_SELF, "to").into());
    }
    plan.show_all(party::sign(context.config, customer));
    Ok(customer)
}

/// The refusal where a float does not cover an amount, and what who serves there may see of it.
pub fn float_for(
    context: &Context,
    float_account: AccountId,
    amount: Money,
) -> Result<(), PlanError> {
    let available = context.money(party::account(context, float_account)?.available_minor());
    if available.minor < amount.minor {
        return Err(Refusal::of_field(FLOAT_LOW, "amount").with("balance", available).into());
    }
    Ok(())
}

/// What must be read to tell the staff of an outlet: nothing where nothing is done yet.
pub fn wants_staff(context: &Context, outlet: AccountId) -> Vec<Want> {
    if context.mode == Mode::Execute { vec![Want::Roster(outlet)] } else { Vec::new() }
}

/// A message to everybody who serves at an outlet, with the new balance of its float, where
/// something is done: in other words where they are several, and only one of them is to do
/// something.
pub fn tell_staff(
    context: &Context,
    outlet: &OutletRow,
    alone: &Message,
    several: &Message,
    slots: &Slots,
) -> Result<Vec<Change>, PlanError> {
    if context.mode != Mode::Execute {
        return Ok(Vec::new());
    }
    let staff = &context.facts.roster(outlet.float_account)?.people;
    let message = if staff.len() > 1 { several } else { alone };
    let float = Some(outlet.float_account);
    Ok(staff.iter().map(|person| context.tell(person, message, slots.clone(), float)).collect())
}
