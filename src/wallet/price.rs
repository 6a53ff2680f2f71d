//! What a service costs and what comes of it: the same numbers for the quote, the legs and the receipt.

use super::desk::{Desk, Halt};
use super::send;
use crate::book::{self, Change, Leg};
use crate::calendar::Day;
use crate::limits::{Way, Window};
use crate::money::Money;
use crate::refusal::{Reason, Refusal};
use crate::store::people::PersonRow;
use crate::tariff::{Able, Case, Fee, Place};

/// What a tariff may ask of a service: who is paid gets the whole amount, and receipts say so. What is agreed now and paid
/// later, like a code for cash, cannot have a price that depends on what is paid in between.
pub fn able(service: &str) -> Able {
    Able { tier: true, channel: false, month: service == send::SERVICE.name, payee: false }
}

/// What a payment comes to.
pub struct Terms {
    /// What is moved.
    pub amount: Money,
    /// What that costs.
    pub fee: Fee,
    /// What the payer has less.
    pub total: Money,
}

/// What the tariff of today takes from `payer`: by their tier, and by all they have paid out in this month.
pub fn fee(desk: &mut Desk, service: &str, payer: &PersonRow, amount: Money) -> Result<Fee, Halt> {
    let zone = &desk.house.market.zone;
    let (date, day) = (desk.now.day(zone), Day::of(desk.now, zone));
    let usage = desk.account(payer.account_id)?.usage.rolled_to(day);
    let month_minor = usage.sum(Way::Out, Window::Month).value_minor;
    let case = Case { service, amount, tier: Some(&payer.tier), channel: None, date, month_minor };
    let fee = desk.house.tariff.get().quote(&case);
    Ok(fee.map_err(|reason| Refusal::of_field(reason, "amount"))?)
}

/// What must still be so when a payment is committed whose price depends on those before it: of two at the same moment
/// the second one is asked for its price anew.
pub fn agreed(desk: &mut Desk, service: &str, payer: &PersonRow) -> Result<Option<Change>, Halt> {
    if !desk.house.tariff.get().counts_month(service) {
        return Ok(None);
    }
    let posting = desk.account(payer.account_id)?.last_posting;
    Ok(Some(Change::AtPosting { account: payer.account_id, posting }))
}

/// Refuses what the payer cannot cover.
pub fn decide(available: Money, amount: Money, fee: Fee) -> Result<Terms, Refusal> {
    let on_top = Money { minor: fee.payer_minor, ..amount };
    let total = amount.checked_add(on_top).ok_or_else(|| Refusal::of_field(Reason::AmountTooLarge, "amount"))?;
    if available.minor < total.minor {
        let refusal = Refusal::of_field(Reason::NotEnough, "amount");
        return Err(refusal.with("balance", available.to_string()).with("total", total.to_string()));
    }
    Ok(Terms { amount, fee, total })
}

impl Terms {
    /// Shows `amount`, `fee` and `total`, as the payer sees them.
    pub fn show(&self, desk: &mut Desk) {
        desk.show("amount", self.amount.to_string());
        desk.show("fee", desk.money(self.fee.payer_minor).to_string());
        desk.show("total", self.total.to_string());
    }

    /// Who is credited with the lines of the fee.
    pub fn credits(&self) -> Vec<Leg> {
        let credits =
            Place::ALL.map(|place| Leg { account: account(place), amount_minor: self.fee.credited_minor(place) });
        credits.into_iter().filter(|leg| leg.amount_minor > 0).collect()
    }
}

/// The operator's account for a line of a fee.
fn account(place: Place) -> i64 {
    match place {
        Place::Fees => book::FEES,
        Place::Tax => book::TAX,
        Place::Levy => book::LEVY,
    }
}
