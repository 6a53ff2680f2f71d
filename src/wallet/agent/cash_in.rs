//! Cash in: somebody at an outlet takes cash and gives money out of the float.
//!
//! Inputs `to`, `amount`; the PIN is that of who serves.

use super::super::desk::{Act, Desk, Halt};
use super::super::{Service, Whose, limits, send};
use super::{fee, float_for, shown, sign, tell_staff};
use crate::book::{self, Leg};
use crate::refusal::{Reason, Refusal};

/// The service as menus know it.
pub const SERVICE: Service = Service { name: "cash_in", pin: Whose::Assistant, opens: false, plan };

fn plan(desk: &mut Desk) -> Result<(), Halt> {
    let outlet = &desk.till()?.outlet;
    // nobody serves themselves: cash that nobody took would earn commission
    let customer = send::payee(desk)?;
    for (slot, value) in send::party(&customer) {
        desk.show(&slot, value);
    }
    let amount = desk.amount("amount")?;
    float_for(desk, outlet.float_account, amount)?;
    let fee = fee(desk, "cash_in", amount)?;
    let given = amount.checked_sub(fee).filter(|given| given.minor > 0);
    let given = given.ok_or_else(|| Refusal::of_field(Reason::AmountTooSmall, "amount"))?;
    desk.show("amount", amount.to_string());
    desk.show("fee", fee.to_string());
    desk.show("total", amount.to_string());
    let mut legs = vec![
        Leg { account: outlet.float_account, amount_minor: amount.minor.saturating_neg() },
        Leg { account: customer.account_id, amount_minor: given.minor },
    ];
    if fee.minor > 0 {
        legs.push(Leg { account: book::FEES, amount_minor: fee.minor });
    }
    let meters = vec![limits::received(desk, &customer, amount)];
    let mut theirs = shown(desk, &["amount", "fee"]);
    theirs.extend(sign(outlet));
    let ours = shown(desk, &["amount", "name", "phone"]);
    let mut changes = vec![desk.tell(&customer, "sms.cash_in", theirs, Some(customer.account_id))];
    changes.extend(tell_staff(desk, outlet, "sms.cash_in_agent", &ours)?);
    desk.plan.act = Some(Act { kind: "cash_in", legs, meters, changes, ..Act::default() });
    Ok(())
}
