//! What a service costs and what comes of it: the same numbers for the quote, the legs and the receipt.

use super::desk::Desk;
use crate::book::{self, Leg};
use crate::money::Money;
use crate::refusal::{Reason, Refusal};
use crate::tariff::{Able, Case, Fee, Place};

/// What a tariff may ask of the services here: who is paid gets the whole amount, and receipts say so.
pub const ABLE: Able = Able { tier: false, channel: false, month: false, payee: false };

/// What a payment comes to.
pub struct Terms {
    /// What is moved.
    pub amount: Money,
    /// What that costs.
    pub fee: Fee,
    /// What the payer has less.
    pub total: Money,
}

/// What the tariff of today takes.
pub fn fee(desk: &Desk, service: &str, amount: Money) -> Result<Fee, Refusal> {
    let date = desk.now.day(&desk.house.market.zone);
    let case = Case { service, amount, tier: None, channel: None, date, month_minor: 0 };
    desk.house.tariff.get().quote(&case).map_err(|reason| Refusal::of_field(reason, "amount"))
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
