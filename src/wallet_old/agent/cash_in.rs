//! Cash in: somebody at an outlet takes cash and gives money out of the float.
//!
//! Inputs `to`, `amount`, and `deposit_code` where the customer has one; flag `priced` where it costs something without.
//! `total` is what arrives. The PIN is that of who serves.

use super::super::desk::{Act, Desk, Halt};
use super::super::price::{self, Terms};
use super::super::{Service, Whose, limits, send};
use super::serve::{self, Work};
use super::{commission, deposit, float_for, sign, tell_staff};
use crate::book::Leg;
use crate::refusal::{Reason, Refusal};
use crate::tariff::Fee;

/// The service as menus know it.
pub const SERVICE: Service = Service { name: "cash_in", pin: Whose::Assistant, old: Some(plan), ..Service::PLAIN };

fn plan(desk: &mut Desk) -> Result<(), Halt> {
    let outlet = &desk.till()?.outlet;
    let customer = super::customer(desk)?;
    let amount = desk.amount("amount")?;
    desk.channel = price::AGENT;
    float_for(desk, outlet.float_account, amount)?;
    // what it costs comes out of the cash: the customer brings no more than they count on the table
    let here = deposit::is_here(desk, customer.account_id)?;
    let fee = if here { Fee::default() } else { price::fee(desk, SERVICE.name, &customer, amount)? };
    let given_minor = amount.minor.checked_sub(fee.total_minor()).filter(|given| *given > 0);
    let given = desk.money(given_minor.ok_or_else(|| Refusal::of_field(Reason::AmountTooSmall, "amount"))?);
    let terms = Terms { amount, fee, total: given };
    if terms.fee.total_minor() > 0 {
        desk.plan.flags.insert("priced".into());
    }
    desk.show("amount", amount.to_string());
    desk.show("fee", desk.money(terms.fee.total_minor()).to_string());
    // what arrives is what is said yes to: another price is another answer
    desk.show("total", given.to_string());
    send::warn_again(desk, customer.account_id, outlet.float_account, amount.minor.saturating_neg())?;
    let mut legs = vec![
        Leg { account: outlet.float_account, amount_minor: amount.minor.saturating_neg() },
        Leg { account: customer.account_id, amount_minor: given.minor },
    ];
    legs.extend(terms.credits());
    let earned = commission::earn(desk, SERVICE.name, outlet, &customer, amount, &mut legs)?;
    let meters = vec![limits::received(desk, &customer, amount)];
    let mut theirs = desk.shown(&["amount", "fee"]);
    theirs.extend(sign(outlet));
    let ours = desk.shown(&["amount", "name", "phone"]);
    let mut changes = vec![desk.tell(&customer, "sms.cash_in", theirs, Some(customer.account_id))];
    changes.extend(earned.once);
    changes.extend(serve::watch(desk, outlet)?);
    let (customer, cash_minor, earned) = (customer.account_id, amount.minor, earned.parts);
    changes.extend(serve::record(desk, outlet, Work { service: SERVICE.name, customer, amount, cash_minor, earned })?);
    changes.extend(tell_staff(desk, outlet, "sms.cash_in_agent", "sms.cash_in_agent", &ours)?);
    desk.plan.act = Some(Act { kind: "cash_in", legs, meters, changes, ..Act::default() });
    Ok(())
}
