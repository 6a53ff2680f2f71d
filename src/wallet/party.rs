//! Parties: from what somebody typed, or from an account, to who it is: which account, how others
//! see them, and whether they take money now. A person is named by their number, an outlet by its
//! own; who else may be named one day is named here.

pub use super::counterparty::{Party, masked_name, name, outlet_sign, sign, sign_as_typed};
use crate::id::AccountId;

use super::context::Context;
use super::plan::PlanError;
use crate::agent_number::AgentNumber;
use crate::refusal::{Reason, Refusal};
use crate::store::agent_rows::{OutletRow, OutletState};
use crate::store::book_rows::{Account, AccountState};
use crate::store::facts::{Facts, NotWanted};
use crate::store::people::PersonRow;
use crate::store::wants::Want;
use crate::value::Value;

/// What must be read to know both the caller and the person whose number was typed.
pub fn wants_both(context: &Context, field: &'static str) -> Vec<Want> {
    let own = context.caller.person.as_ref().map(|person| Want::Owner(person.account_id));
    let other = context.phone(field).ok().map(|phone| Want::Number(phone.e164().to_owned()));
    own.into_iter().chain(other).collect()
}

/// What must be read to know the outlet whose number was typed, and whether it works.
pub fn wants_outlet(context: &Context, field: &'static str) -> Vec<Want> {
    let number = context.field(field).ok().and_then(|typed| AgentNumber::parse(typed).ok());
    number.map_or(Vec::new(), |number| {
        vec![Want::Outlet(number.outlet()), Want::Account(number.outlet())]
    })
}

/// What must be read to know whose these accounts are.
pub fn wants_of(accounts: &[AccountId]) -> Vec<Want> {
    let people = accounts.iter().map(|account| Want::Person(*account));
    people.chain([Want::OutletsOf(accounts.to_vec())]).collect()
}

/// Whose account this is, among those that `wants_of` these read; nobody where it is an account of
/// the operator.
pub fn of(
    context: &Context,
    accounts: &[AccountId],
    account: AccountId,
) -> Result<Option<Party>, NotWanted> {
    among(context.facts, accounts, account)
}

/// The same where these facts are all there is.
pub fn among(
    facts: &Facts,
    accounts: &[AccountId],
    account: AccountId,
) -> Result<Option<Party>, NotWanted> {
    if let Some(person) = facts.person(account)? {
        return Ok(Some(Party::Person(person.clone())));
    }
    let outlets = facts.outlets(&Want::OutletsOf(accounts.to_vec()))?;
    let theirs =
        outlets.iter().find(|o| o.float_account == account || o.commission_account == account);
    Ok(theirs.cloned().map(Party::Outlet))
}

/// The person whose number was typed, who is to be paid and must not be the caller.
pub fn payee<'a>(context: &Context<'a>, field: &'static str) -> Result<&'a PersonRow, PlanError> {
    let payer = context.person()?;
    self::payer(context, payer, Reason::ACCOUNT_CLOSED.into())?;
    let to = context.phone(field)?;
    match context.facts.number(to.e164())?.map(|member| &member.person) {
        Some(payee) if payee.account_id == payer.account_id => {
            Err(Refusal::of_field(Reason::PAYEE_SELF, field).into())
        }
        Some(payee) => receiver(context, payee, Refusal::of_field(Reason::PAYEE_CLOSED, field))
            .map(|_account| payee),
        None => Err(Refusal::of_field(Reason::PAYEE_UNKNOWN, field)
            .with("phone", Value::whole(&to, &context.config.market))
            .into()),
    }
}

/// The account of who pays, which must not be stopped: said before the PIN, as the book would only
/// say it after.
pub fn payer<'a>(
    context: &Context<'a>,
    person: &PersonRow,
    otherwise: Refusal,
) -> Result<&'a Account, PlanError> {
    let account = account(context, person.account_id)?;
    if account.state.pays() { Ok(account) } else { Err(otherwise.into()) }
}

/// The account of who is paid, in the same way.
pub fn receiver<'a>(
    context: &Context<'a>,
    person: &PersonRow,
    otherwise: Refusal,
) -> Result<&'a Account, PlanError> {
    let account = account(context, person.account_id)?;
    if account.state.receives() { Ok(account) } else { Err(otherwise.into()) }
}

/// An account that must be there.
pub fn account<'a>(context: &Context<'a>, id: AccountId) -> Result<&'a Account, PlanError> {
    context.facts.account(id)?.ok_or(PlanError::Damaged("a person without an account"))
}

/// The outlet whose number was typed, which must take and hand out money.
pub fn outlet<'a>(context: &Context<'a>, field: &'static str) -> Result<&'a OutletRow, PlanError> {
    let typed = context.field(field)?;
    let number = AgentNumber::parse(typed).map_err(|reason| Refusal::of_field(reason, field))?;
    let unknown = || Refusal::of_field(Reason::AGENT_UNKNOWN, field).with("agent", number);
    let outlet = context.facts.outlet(number.outlet())?.ok_or_else(unknown)?;
    working(context, outlet)?;
    Ok(outlet)
}

/// An outlet that takes and hands out money: one that was suspended, or whose float was frozen,
/// counts as none.
pub fn working(context: &Context, outlet: &OutletRow) -> Result<(), PlanError> {
    let float = account(context, outlet.float_account)?;
    if outlet.state == OutletState::Open && float.state == AccountState::Open {
        return Ok(());
    }
    let number = AgentNumber::of(outlet.float_account);
    Err(Refusal::of_field(Reason::AGENT_UNKNOWN, "agent").with("agent", number).into())
}
