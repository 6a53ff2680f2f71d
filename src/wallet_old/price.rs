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
use crate::wallet::agents::{cash_in, cash_out};

/// Where a price is asked for, as tariffs name it: on one's own phone by dialling,
pub const USSD: &str = "ussd";
/// or by a text, whatever the yes is typed on;
pub const SMS: &str = "sms";
/// or at a till, by who serves there.
pub const AGENT: &str = "agent";

/// What a tariff may ask of a service. An outlet gets and gives the whole amount in cash: who pays a part of the price of
/// that is a matter of its commission. What is agreed now and paid later, like a code for cash, cannot have a price that
/// depends on what is paid in between.
pub fn able(service: &str) -> Able {
    let is_send = service == send::SERVICE.name;
    let channels: &[&str] = match service {
        _ if is_send => &[USSD, SMS],
        _ if service == cash_in::SERVICE.name => &[AGENT],
        _ if service == cash_out::SERVICE.name => &[USSD, AGENT],
        _ => &[],
    };
    Able { tier: true, channels, month: is_send, payee: is_send }
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
    let case = Case { service, amount, tier: Some(&payer.tier), channel: Some(desk.channel), date, month_minor };
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
    if fee.payee_minor >= amount.minor {
        // nothing would arrive
        return Err(Refusal::of_field(Reason::AmountTooSmall, "amount"));
    }
    let on_top = Money { minor: fee.payer_minor, ..amount };
    let total = amount.checked_add(on_top).ok_or_else(|| Refusal::of_field(Reason::AmountTooLarge, "amount"))?;
    if available.minor < total.minor {
        let refusal = Refusal::of_field(Reason::NotEnough, "amount");
        return Err(refusal.with("balance", available.to_string()).with("total", total.to_string()));
    }
    Ok(Terms { amount, fee, total })
}

impl Terms {
    /// What arrives at who is paid, minor units.
    pub fn arrives_minor(&self) -> i64 {
        self.amount.minor.saturating_sub(self.fee.payee_minor)
    }

    /// Shows `amount`, `fee` and `total`, as the payer sees them; and `arrives`, with the flag `less`, where who is paid
    /// pays a part of the price.
    pub fn show(&self, desk: &mut Desk) {
        desk.show("amount", self.amount.to_string());
        desk.show("fee", desk.money(self.fee.payer_minor).to_string());
        desk.show("total", self.total.to_string());
        if self.fee.payee_minor > 0 {
            desk.plan.flags.insert("less".into());
            desk.show("arrives", desk.money(self.arrives_minor()).to_string());
        }
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
