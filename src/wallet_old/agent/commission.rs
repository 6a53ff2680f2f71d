//! Commission: what an outlet earns by serving a customer, accrued in the same posting.
//!
//! Bands are concave: two small payments would earn more than one of the same sum. So the commission of a day is that of
//! all that an outlet took in from a customer, or handed out to them, as if it had been one; each payment earns what it
//! adds to that. Who splits a deposit earns nothing by it.

use super::super::desk::{Desk, Halt};
use super::cash_out;
use crate::ask::Verb;
use crate::book::{COMMISSIONS, Change, Leg, TAX};
use crate::money::Money;
use crate::store::agents::{self, OutletRow};
use crate::store::people::PersonRow;
use crate::store::{StoreError, book_rows};
use crate::tariff::Commission;
use crate::time::Timestamp;
use crate::wallet::vouchers::handing_out;

/// Payments of a customer that are looked through for those at this outlet today.
const LOOKBACK: usize = 50;

/// What serving a customer earns.
#[derive(Default)]
pub struct Earned {
    /// Who gets how much.
    pub parts: Commission,
    /// What must still be so when it is committed.
    pub once: Option<Change>,
}

/// Adds the legs of what serving `customer` with `amount` earns; returns what must still be so when they are committed,
/// as two tills that serve the same customer at the same moment would else earn twice.
pub fn earn(
    desk: &mut Desk,
    service: &str,
    outlet: &OutletRow,
    customer: &PersonRow,
    amount: Money,
    legs: &mut Vec<Leg>,
) -> Result<Earned, Halt> {
    if desk.verb != Verb::Do {
        // nobody is shown it before
        return Ok(Earned::default());
    }
    let newest = desk.account(customer.account_id)?.last_posting;
    // what a payment earns must not stand in its way: beyond the last band, and beyond counting, it earns nothing
    let Some(before_minor) = served_today(desk, service, outlet, customer)? else {
        return Ok(Earned::default());
    };
    let after_minor = before_minor.saturating_add(amount.minor);
    let (Some(before), Some(after)) = (of(desk, service, before_minor), of(desk, service, after_minor)) else {
        return Ok(Earned::default());
    };
    let tax_minor = after.withheld_tax_minor.saturating_sub(before.withheld_tax_minor).max(0);
    let head_minor = after.head_office_minor.saturating_sub(before.head_office_minor).max(0);
    let whole_minor = after.whole_minor().saturating_sub(before.whole_minor());
    let own_minor = whole_minor.saturating_sub(tax_minor).saturating_sub(head_minor);
    if whole_minor <= 0 || own_minor < 0 {
        return Ok(Earned::default());
    }
    let head = match outlet.head_office {
        Some(head) => agents::outlet(desk.conn.get()?, head)?.map(|head| head.commission_account),
        None => None,
    };
    credit(legs, COMMISSIONS, whole_minor.saturating_neg());
    credit(legs, outlet.commission_account, own_minor);
    // an outlet without a head office is its own
    credit(legs, head.unwrap_or(outlet.commission_account), head_minor);
    credit(legs, TAX, tax_minor);
    let parts = Commission { outlet_minor: own_minor, head_office_minor: head_minor, withheld_tax_minor: tax_minor };
    Ok(Earned { parts, once: Some(Change::AtPosting { account: customer.account_id, posting: newest }) })
}

/// What a service earns for an amount in one payment, if there is a band for it.
fn of(desk: &Desk, service: &str, amount_minor: i64) -> Option<Commission> {
    if amount_minor == 0 {
        return Some(Commission::default());
    }
    let (amount, date) = (desk.money(amount_minor), desk.now.day(&desk.house.market.zone));
    desk.house.tariff.get().commission(service, amount, date).ok()
}

/// One leg an account: what comes to one that has a leg already is added to it.
fn credit(legs: &mut Vec<Leg>, account: i64, amount_minor: i64) {
    match legs.iter_mut().find(|leg| leg.account == account) {
        Some(leg) => leg.amount_minor = leg.amount_minor.saturating_add(amount_minor),
        None if amount_minor != 0 => legs.push(Leg { account, amount_minor }),
        None => {}
    }
}

/// What the outlet has moved for this customer by this service today, minor units; nothing when they have made so many
/// payments today that it cannot be told.
fn served_today(desk: &mut Desk, service: &str, outlet: &OutletRow, customer: &PersonRow) -> Result<Option<i64>, Halt> {
    let zone = &desk.house.market.zone;
    let today = desk.now.day(zone);
    let (mut sum_minor, mut next) = (0_i64, desk.account(customer.account_id)?.last_posting);
    for _payment in 0..LOOKBACK {
        let Some(id) = next else { return Ok(Some(sum_minor)) };
        let whole = book_rows::posting_whole(desk.conn.get()?, id)?;
        let (posting, legs) = whole.ok_or(StoreError::Damaged("an entry without its posting"))?;
        let own = legs.iter().find(|leg| leg.account_id == customer.account_id);
        let own = own.ok_or(StoreError::Damaged("an account points at a posting of others"))?;
        if Timestamp::from_micros(posting.at).day(zone) != today {
            return Ok(Some(sum_minor));
        }
        let float = legs.iter().find(|leg| leg.account_id == outlet.float_account);
        let same = posting.kind == service || (service == cash_out::SERVICE.name && posting.kind == handing_out::KIND);
        if let Some(float) = float.filter(|_| same) {
            sum_minor = sum_minor.saturating_add(float.amount_minor.saturating_abs());
        }
        next = own.previous;
    }
    Ok(None)
}
