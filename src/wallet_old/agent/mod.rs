//! Agents: outlets that take cash for money and hand out cash for money, out of a float that is an account like any
//! other. Whoever serves there acts with a PIN of their own, and cash is handed over only after the outlet's own
//! messages show it: what a customer's phone shows may be forged.

pub mod cash_out;
pub mod commission;
mod serve;

use super::desk::{Desk, Halt};
use super::send;
use crate::agent::AgentNumber;
use crate::ask::Slots;
use crate::book::Change;
use crate::money::Money;
use crate::refusal::{Reason, Refusal};
use crate::store::agents::{self, OutletRow};
use crate::store::book_rows::Account;
use crate::store::people::PersonRow;

/// How customers see an outlet: its name and its number.
pub fn sign(outlet: &OutletRow) -> Slots {
    let number = AgentNumber::of(outlet.float_account).to_string();
    Slots::from([("name".into(), outlet.name.clone().into()), ("phone".into(), number.into())])
}

/// An outlet that takes and hands out money: one that was suspended, or whose float was frozen, counts as none.
fn working(desk: &mut Desk, outlet: &OutletRow) -> Result<(), Halt> {
    let float = desk.account(outlet.float_account)?;
    if outlet.state == "open" && float.state == "open" {
        return Ok(());
    }
    let number = AgentNumber::of(outlet.float_account).to_string();
    Err(Refusal::of_field(Reason::AgentUnknown, "agent").with("agent", number).into())
}

/// The customer at a till, whom the input `to` names: shown as others see them. Nobody serves themselves or a colleague:
/// cash that nobody took would earn commission.
fn customer(desk: &mut Desk) -> Result<PersonRow, Halt> {
    let outlet = &desk.till()?.outlet;
    if desk.account(outlet.float_account)?.state != "open" {
        return Err(Reason::NotAgent.into());
    }
    let customer = send::payee(desk)?;
    let theirs = agents::till_of(desk.conn.get()?, customer.account_id)?;
    if theirs.is_some_and(|till| till.outlet.float_account == outlet.float_account) {
        return Err(Refusal::of_field(Reason::AgentSelf, "to").into());
    }
    for (slot, value) in send::party(&customer) {
        desk.show(&slot, value);
    }
    Ok(customer)
}

fn available(desk: &Desk, account: &Account) -> Money {
    desk.money(account.balance_minor.saturating_sub(account.held_minor))
}

/// A message to everybody who serves at an outlet, with the new balance of its float: in other words where they are
/// several, and only one of them is to do something.
fn tell_staff(
    desk: &mut Desk,
    outlet: &OutletRow,
    alone: &str,
    several: &str,
    slots: &Slots,
) -> Result<Vec<Change>, Halt> {
    let staff = agents::staff(desk.conn.get()?, outlet.float_account)?;
    let template = if staff.len() > 1 { several } else { alone };
    Ok(staff.iter().map(|person| desk.tell(person, template, slots.clone(), Some(outlet.float_account))).collect())
}
