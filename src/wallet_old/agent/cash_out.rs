//! Cash out: a customer pays into an outlet's float and gets cash for it. Either they name the outlet, or whoever serves
//! there asks and they approve.

use super::super::desk::{Act, Desk, Halt};
use super::super::price::{self, Terms};
use super::super::{Service, Whose, limits, orders, send};
use super::serve::{self, Work};
use super::{commission, outlet, sign, tell_staff};
use crate::book::{Change, Leg};
use crate::money::Money;
use crate::refusal::{Reason, Refusal};
use crate::store::agents::OutletRow;
use crate::store::people::PersonRow;

/// Inputs `agent`, `amount`: the customer's own way.
pub const SERVICE: Service = Service { name: "cash_out", pin: Whose::Caller, old: Some(plan), ..Service::PLAIN };
/// Inputs `to`, `amount`: whoever serves asks, and an order waits for the customer's yes.
pub const ASK: Service =
    Service { name: "cash_ask", pin: Whose::Assistant, opens: 1, old: Some(ask), ..Service::PLAIN };

fn plan(desk: &mut Desk) -> Result<(), Halt> {
    desk.person()?;
    let outlet = outlet(desk)?;
    for (slot, value) in sign(&outlet) {
        desk.show(&slot, value);
    }
    let amount = desk.amount("amount")?;
    desk.plan.act = Some(payment(desk, &outlet, amount)?);
    Ok(())
}

/// Plans that the caller gets `amount` in cash at `outlet`: shows it, and says what to commit.
pub fn payment(desk: &mut Desk, outlet: &OutletRow, amount: Money) -> Result<Act, Halt> {
    let customer = desk.person()?;
    let account = send::active(desk, customer, Reason::AccountClosed.into())?;
    super::working(desk, outlet)?;
    // nobody serves themselves
    if desk.caller.till.as_ref().is_some_and(|till| till.outlet.float_account == outlet.float_account) {
        return Err(Reason::AgentSelf.into());
    }
    let fee = price::fee(desk, SERVICE.name, customer, amount)?;
    let terms = price::decide(super::available(desk, &account), amount, fee)?;
    let meters = vec![limits::spent(desk, customer, amount)?];
    terms.show(desk);
    for (slot, value) in sign(outlet) {
        desk.show(&slot, value);
    }
    send::warn_again(desk, customer.account_id, outlet.float_account, amount.minor)?;
    let (legs, work) = legs(desk, customer, outlet, &terms)?;
    let mut changes = news(desk, customer, outlet)?;
    changes.extend(work);
    Ok(Act { kind: "cash_out", legs, meters, changes, ..Act::default() })
}

/// What moves when cash is handed out, what must still be so then, and what is written down of it.
pub(super) fn legs(
    desk: &mut Desk,
    customer: &PersonRow,
    outlet: &OutletRow,
    terms: &Terms,
) -> Result<(Vec<Leg>, Vec<Change>), Halt> {
    let mut legs = vec![
        Leg { account: customer.account_id, amount_minor: terms.total.minor.saturating_neg() },
        Leg { account: outlet.float_account, amount_minor: terms.amount.minor },
    ];
    legs.extend(terms.credits());
    let amount = terms.amount;
    let earned = commission::earn(desk, SERVICE.name, outlet, customer, amount, &mut legs)?;
    let mut changes = Vec::from_iter(earned.once);
    let (customer, cash_minor, earned) = (customer.account_id, amount.minor.saturating_neg(), earned.parts);
    changes.extend(serve::record(desk, outlet, Work { service: SERVICE.name, customer, amount, cash_minor, earned })?);
    Ok((legs, changes))
}

/// Both sides hear of it; only when the outlet does is cash handed over.
pub(super) fn news(desk: &mut Desk, customer: &PersonRow, outlet: &OutletRow) -> Result<Vec<Change>, Halt> {
    let mut theirs = desk.shown(&["amount", "fee"]);
    theirs.extend(sign(outlet));
    let mut ours = desk.shown(&["amount"]);
    ours.extend(send::party(customer));
    let mut changes = vec![desk.tell(customer, "sms.cash_out", theirs, Some(customer.account_id))];
    changes.extend(tell_staff(desk, outlet, "sms.cash_out_agent", "sms.cash_out_shared", &ours)?);
    Ok(changes)
}

fn ask(desk: &mut Desk) -> Result<(), Halt> {
    let till = desk.till()?;
    let (outlet, assistant) = (&till.outlet, till.assistant.id);
    let customer = super::customer(desk)?;
    let amount = desk.amount("amount")?;
    desk.channel = price::AGENT;
    let fee = price::fee(desk, SERVICE.name, &customer, amount)?;
    desk.show("amount", amount.to_string());
    desk.show("fee", desk.money(fee.payer_minor).to_string());
    // whether the customer has so much is none of the outlet's business before they say yes
    let row = orders::waiting_for(desk, "cash_out", &customer, outlet.float_account, amount);
    let row = row.map_err(|halt| match halt {
        // how many payments wait for the customer is none of it either
        Halt::Refused(Refusal { reason: Reason::OrdersFull, .. }) => Halt::from(Reason::Busy),
        Halt::Refused(_) | Halt::Broken(_) | Halt::Unread => halt,
    })?;
    let mut slots = desk.shown(&["amount", "fee", "dial", "time"]);
    slots.extend(sign(outlet));
    let asked = Change::AskedBy { order: row.id, assistant };
    let news = desk.tell(&customer, "sms.cash_ask", slots, None);
    desk.plan.act =
        Some(Act { kind: "cash_ask", changes: vec![asked, Change::OpenOrder(row), news], ..Act::default() });
    Ok(())
}
