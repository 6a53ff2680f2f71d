//! Cash in: somebody at an outlet takes cash and gives money out of the float.
//!
//! Inputs `to`, `amount`; the PIN is that of who serves.

use super::super::desk::{Act, Desk, Halt};
use super::super::price::{self, Terms};
use super::super::{Service, Whose, limits};
use super::{commission, float_for, shown, sign, tell_staff};
use crate::book::Leg;
use crate::refusal::{Reason, Refusal};

/// The service as menus know it.
pub const SERVICE: Service = Service { name: "cash_in", pin: Whose::Assistant, opens: false, plan };

fn plan(desk: &mut Desk) -> Result<(), Halt> {
    let outlet = &desk.till()?.outlet;
    let customer = super::customer(desk)?;
    let amount = desk.amount("amount")?;
    float_for(desk, outlet.float_account, amount)?;
    // what it costs comes out of the cash: the customer brings no more than they count on the table
    let terms = Terms { amount, fee: price::fee(desk, SERVICE.name, &customer, amount)?, total: amount };
    let given_minor = amount.minor.checked_sub(terms.fee.total_minor()).filter(|given| *given > 0);
    let given_minor = given_minor.ok_or_else(|| Refusal::of_field(Reason::AmountTooSmall, "amount"))?;
    desk.show("amount", amount.to_string());
    desk.show("fee", desk.money(terms.fee.total_minor()).to_string());
    desk.show("total", amount.to_string());
    let mut legs = vec![
        Leg { account: outlet.float_account, amount_minor: amount.minor.saturating_neg() },
        Leg { account: customer.account_id, amount_minor: given_minor },
    ];
    legs.extend(terms.credits());
    let once = commission::earn(desk, SERVICE.name, outlet, &customer, amount, &mut legs)?;
    let meters = vec![limits::received(desk, &customer, amount)];
    let mut theirs = shown(desk, &["amount", "fee"]);
    theirs.extend(sign(outlet));
    let ours = shown(desk, &["amount", "name", "phone"]);
    let mut changes = vec![desk.tell(&customer, "sms.cash_in", theirs, Some(customer.account_id))];
    changes.extend(once);
    changes.extend(tell_staff(desk, outlet, "sms.cash_in_agent", "sms.cash_in_agent", &ours)?);
    desk.plan.act = Some(Act { kind: "cash_in", legs, meters, changes, ..Act::default() });
    Ok(())
}
