//! What the staff do about somebody's wallet: it is stopped and opened again, its PIN is unlocked,
//! it is said how well its owner is known. Each is a service that one of the staff asks for, and it
//! concerns the account of the wallet. What a right is stands in the room of the staff.

pub mod account_view;
pub mod closing;
mod clues;
pub mod finding;
pub mod freeze;
pub mod freezing;
pub mod known_as;
mod looking;
pub mod payments_at;
pub mod resetting;
pub mod sim_change;
#[cfg(test)]
mod tests;
pub mod unlocking;

use super::context::Context;
use super::plan::{Plan, PlanError};
use crate::id::AccountId;
use crate::phone::Msisdn;
use crate::refusal::{Reason, Refusal};
use crate::store::holders::AccountHolder;
use crate::store::wants::Want;
use crate::value::Value;

/// Whose number was typed.
fn named(context: &Context) -> Vec<Want> {
    let phone = context.phone("phone").ok();
    phone.map(|phone| vec![Want::Number(phone.e164().to_owned())]).unwrap_or_default()
}

/// What is wanted of them, once it is known who that is.
fn of_them(context: &Context, wants: impl Fn(AccountId) -> Vec<Want>) -> Vec<Want> {
    let number = context.phone("phone").ok();
    let holder = number.and_then(|number| context.facts.number(number.e164()).ok().flatten());
    holder.map(|holder| wants(holder.account.id)).unwrap_or_default()
}

/// The same, who must have a wallet: they are shown, and it concerns their account.
fn whose<'a>(context: &Context<'a>, plan: &mut Plan) -> Result<&'a AccountHolder, PlanError> {
    let phone = context.phone("phone")?;
    let holder = context.facts.number(phone.e164())?.ok_or_else(|| nobody(context, &phone))?;
    plan.show("name", Value::Name(holder.person.name.clone()));
    plan.show("phone", Value::whole(&phone, &context.config.market));
    plan.concerns = Some(holder.account.id);
    Ok(holder)
}

fn nobody(context: &Context, phone: &Msisdn) -> Refusal {
    Refusal::of_field(Reason::PAYEE_UNKNOWN, "phone")
        .with("phone", Value::whole(phone, &context.config.market))
}
