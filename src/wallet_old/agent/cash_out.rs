//! Cash out: a customer pays into an outlet's float and gets cash for it. Either they name the outlet, or whoever serves
//! there asks and they approve.

use super::super::desk::{Act, Desk, Halt};
use super::super::price::{self, Terms};
use super::super::{limits, send};
use super::serve::{self, Work};
use super::{commission, sign, tell_staff};
use crate::book::{Change, Leg};
use crate::money::Money;
use crate::refusal::Reason;
use crate::store::agents::OutletRow;
use crate::store::people::PersonRow;

pub use crate::wallet::agents::cash_out::SERVICE;

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
