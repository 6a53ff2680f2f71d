//! Float: outlets buy it from one another and from their super-agent, who is an outlet too. How it is paid for, in cash
//! or at the bank, is between the two.
//!
//! Inputs `agent`, `amount`; the PIN is that of who serves at the outlet that sells.

use super::super::desk::{Act, Desk, Halt};
use super::super::{Service, Whose, send};
use super::serve::{self, Work};
use super::{float_for, outlet, sign, tell_staff};
use crate::book::Leg;
use crate::refusal::{Reason, Refusal};
use crate::tariff::Commission;

/// The service as menus know it.
pub const SELL: Service = Service { name: "sell_float", pin: Whose::Assistant, old: Some(plan), ..Service::PLAIN };

fn plan(desk: &mut Desk) -> Result<(), Halt> {
    let own = &desk.till()?.outlet;
    let seller = desk.person()?;
    send::active(desk, seller, Reason::AccountClosed.into())?;
    super::working(desk, own)?;
    let buyer = outlet(desk)?;
    if buyer.float_account == own.float_account {
        return Err(Refusal::of_field(Reason::AgentSelf, "agent").into());
    }
    for (slot, value) in sign(&buyer) {
        desk.show(&slot, value);
    }
    let amount = desk.amount("amount")?;
    float_for(desk, own.float_account, amount)?;
    desk.show("amount", amount.to_string());
    desk.show("total", amount.to_string());
    let legs = vec![
        Leg { account: own.float_account, amount_minor: amount.minor.saturating_neg() },
        Leg { account: buyer.float_account, amount_minor: amount.minor },
    ];
    let sold = desk.shown(&["amount", "name", "phone"]);
    let mut bought = desk.shown(&["amount"]);
    bought.extend(sign(own));
    let mut changes = tell_staff(desk, own, "sms.float_sold", "sms.float_sold", &sold)?;
    changes.extend(tell_staff(desk, &buyer, "sms.float_bought", "sms.float_bought", &bought)?);
    changes.extend(serve::watch(desk, own)?);
    // how it is paid for is between the two: what is in the drawer does not follow from it
    let (customer, earned) = (buyer.float_account, Commission::default());
    changes.extend(serve::record(desk, own, Work { service: SELL.name, customer, amount, cash_minor: 0, earned })?);
    desk.plan.act = Some(Act { kind: "float", legs, changes, ..Act::default() });
    Ok(())
}
