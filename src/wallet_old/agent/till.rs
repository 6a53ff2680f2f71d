//! What an outlet sees of itself: its float and its commission, and whether a receipt that a customer shows is true.
//! A receipt on somebody else's phone proves nothing; this is the outlet's own channel.

use super::super::account::{self, Line};
use super::super::desk::{Desk, Halt};
use super::super::{Service, Whose, receipt};
use super::sign;
use crate::reference::Reference;
use crate::refusal::{Reason, Refusal};
use crate::store::book_rows;
use crate::time::Timestamp;

/// Shows `name`, `phone` (the agent number), `balance` (the float) and `commission`.
pub const SHOW: Service = Service { name: "till", pin: Whose::Nobody, old: Some(show), ..Service::PLAIN };
/// Input `receipt`: a code; shows `amount`, `name`, `date`, `time` of what it moved on the outlet's float, or on the caller's
/// own wallet, with the flag `went` where they paid it.
pub const CHECK: Service = Service { name: "check_code", pin: Whose::Nobody, old: Some(check), ..Service::PLAIN };

fn show(desk: &mut Desk) -> Result<(), Halt> {
    let outlet = &desk.till()?.outlet;
    for (slot, value) in sign(outlet) {
        desk.show(&slot, value);
    }
    let (float, commission) = (desk.account(outlet.float_account)?, desk.account(outlet.commission_account)?);
    let available = super::available(desk, &float);
    desk.show("balance", available.to_string());
    desk.show("commission", desk.money(commission.balance_minor).to_string());
    Ok(())
}

fn check(desk: &mut Desk) -> Result<(), Halt> {
    let person = desk.person()?;
    let unknown = || Refusal::of_field(Reason::ReceiptUnknown, "receipt");
    let code = Reference::parse(desk.field("receipt")?).ok_or_else(unknown)?;
    let posting = code.posting_id(&desk.house.reference_key).ok_or_else(unknown)?;
    let (posting, legs) = book_rows::posting_whole(desk.conn.get()?, posting)?.ok_or_else(unknown)?;
    let float = desk.caller.till.as_ref().map(|till| till.outlet.float_account);
    // what moved on accounts of others is nobody's business
    let ours = legs.iter().find(|leg| Some(leg.account_id) == float || leg.account_id == person.account_id);
    let own = ours.ok_or_else(unknown)?.clone();
    let line = Line { posting, own, legs };
    let other = account::names(desk.conn.get()?, &Vec::from_iter(line.other()))?.into_values().next();
    if line.own.amount_minor < 0 {
        desk.plan.flags.insert("went".into());
    }
    desk.show("amount", desk.money(line.own.amount_minor.saturating_abs()).to_string());
    desk.show("name", other.unwrap_or_else(|| desk.house.brand.clone()));
    let at = Timestamp::from_micros(line.posting.at);
    let slots = receipt::slots(desk.house, line.posting.id, at, None);
    desk.plan.slots.extend(slots);
    Ok(())
}
