//! Whose money it becomes, or was: an outlet's float, or somebody's wallet, as staff name it.

use super::super::context::Context;
use super::super::party;
use super::super::plan::PlanError;
use crate::agent_number::AgentNumber;
use crate::id::AccountId;
use crate::money::Money;
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::store::people::PersonRow;
use crate::store::wants::Want;

/// Less than that is on the account.
pub const LESS_THERE: Reason = Reason::new("less_there");

/// Whose money it becomes, or was.
pub struct Whose {
    /// The wallet, or the float.
    pub account: AccountId,
    /// For staff: a number and a name.
    pub sign: String,
    /// Who is told.
    pub person: Option<PersonRow>,
}

/// What must be read of an outlet, or of somebody with a phone.
pub fn wants_whose(context: &Context, field: &'static str) -> Vec<Want> {
    let phone = context.phone(field).ok();
    let person = phone.map(|phone| Want::Number(phone.e164().to_owned()));
    party::wants_outlet(context, field).into_iter().chain(person).collect()
}

/// The outlet, or the person, that an input names.
pub fn whose(context: &Context, field: &'static str) -> Result<Whose, PlanError> {
    if let Ok(phone) = context.phone(field) {
        let holder = context.facts.number(phone.e164())?;
        let holder = holder.ok_or_else(|| Refusal::of_field(Reason::PAYEE_UNKNOWN, field))?;
        let person = holder.person.clone();
        let sign = party::sign_as_typed(context.config, &person.name, &phone);
        return Ok(Whose { account: person.account_id, sign, person: Some(person) });
    }
    let typed = context.field(field)?;
    let number = AgentNumber::parse(typed).map_err(|reason| Refusal::of_field(reason, field))?;
    let unknown = || Refusal::of_field(Reason::AGENT_UNKNOWN, field).with("agent", number);
    let outlet = context.facts.outlet(number.outlet())?.ok_or_else(unknown)?;
    let sign = format!("{number} {}", outlet.name);
    Ok(Whose { account: outlet.float_account, sign, person: None })
}

/// Refuses what an account does not hold: nobody is asked to say yes to what cannot be done.
pub fn there_is(context: &Context, from: AccountId, amount: Money) -> Result<(), PlanError> {
    let Some(account) = context.facts.account(from)? else { return Ok(()) };
    let Some(floor_minor) = account.floor_minor else { return Ok(()) };
    let free_minor = account.balance_minor.saturating_sub(account.held_minor);
    within(context, free_minor.saturating_sub(floor_minor).max(0), amount)
}

/// Refuses more than so much, minor units, which is named.
pub fn within(context: &Context, free_minor: i64, amount: Money) -> Result<(), PlanError> {
    if amount.minor <= free_minor {
        return Ok(());
    }
    let free = context.money(free_minor);
    Err(Refusal::of_field(LESS_THERE, "amount").with("amount", free).into())
}
