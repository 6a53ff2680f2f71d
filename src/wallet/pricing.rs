//! What a service costs and what comes of it: the same numbers for the quote, the legs and the
//! receipt.

use super::context::Context;
use super::party;
use super::plan::{Plan, PlanError};
use crate::book::{self, Change, Leg};
use crate::id::AccountId;
use crate::limits::{Direction, Window};
use crate::money::Money;
use crate::refusal::{Reason, Refusal};
use crate::store::people::PersonRow;
use crate::tariff::{Fee, FeeAccount, PriceCase, Tariff};
use crate::value::{Kind, Slot};

/// The least amount that has a price,
const LEAST: Slot = Slot("least", Kind::Money);
/// and the greatest.
const MOST: Slot = Slot("most", Kind::Money);
/// What a refusal says of the amounts that have a price.
pub const RANGE: &[Slot] = &[LEAST, MOST];

/// What a payment comes to.
#[derive(Debug, Clone)]
pub struct Terms {
    /// What is moved.
    pub amount: Money,
    /// What that costs.
    pub fee: Fee,
    /// What the payer has less.
    pub total: Money,
}

/// What the tariff of today takes from `payer`: by their tier, and by all they have paid out in
/// this month.
pub fn fee(
    context: &Context,
    service: &str,
    payer: &PersonRow,
    amount: Money,
) -> Result<Fee, PlanError> {
    let date = context.now.day(&context.config.market.zone);
    let usage = party::account(context, payer.account_id)?.usage.rolled_to(context.today());
    let month_minor = usage.sum(Direction::Out, Window::Month).value_minor;
    let channel = Some(context.channel.name());
    let case = PriceCase { service, amount, tier: Some(&payer.tier), channel, date, month_minor };
    let tariff = &context.policy.tariff;
    Ok(tariff.quote(&case).map_err(|reason| no_price(tariff, &case, reason))?)
}

/// Why an amount has no price: with the bound that it is beyond, where it is beyond one.
pub fn no_price(tariff: &Tariff, case: &PriceCase<'_>, reason: Reason) -> Refusal {
    let (amount, refusal) = (case.amount, |reason| Refusal::of_field(reason, "amount"));
    let money = |minor| Money::new(minor, amount.currency);
    match tariff.range_minor(case) {
        Some((least, _)) if amount.minor < least => {
            refusal(Reason::AMOUNT_BELOW).with(LEAST.0, money(least))
        }
        Some((_, most)) if amount.minor > most => {
            refusal(Reason::AMOUNT_ABOVE).with(MOST.0, money(most))
        }
        Some(_) | None => refusal(reason),
    }
}

/// What must still be so when a payment is committed whose price depends on those before it: of two
/// at the same moment the second one is asked for its price anew.
pub fn agreed(
    context: &Context,
    service: &str,
    payer: &PersonRow,
) -> Result<Option<Change>, PlanError> {
    if !context.policy.tariff.counts_month(service) {
        return Ok(None);
    }
    let posting = party::account(context, payer.account_id)?.last_posting;
    Ok(Some(Change::AtPosting { account: payer.account_id, posting }))
}

/// What it comes to.
pub fn terms(amount: Money, fee: Fee) -> Result<Terms, Refusal> {
    if fee.payee_minor >= amount.minor {
        // nothing would arrive
        return Err(Refusal::of_field(Reason::AMOUNT_TOO_SMALL, "amount"));
    }
    let on_top = Money { minor: fee.payer_minor, ..amount };
    let total = amount
        .checked_add(on_top)
        .ok_or_else(|| Refusal::of_field(Reason::AMOUNT_TOO_LARGE, "amount"))?;
    Ok(Terms { amount, fee, total })
}

/// The same; refused where the payer cannot cover it.
pub fn cover(available: Money, amount: Money, fee: Fee) -> Result<Terms, Refusal> {
    let terms = terms(amount, fee)?;
    terms.covered_by(available)?;
    Ok(terms)
}

impl Terms {
    /// Refuses what the payer cannot cover.
    pub fn covered_by(&self, available: Money) -> Result<(), Refusal> {
        if available.minor < self.total.minor {
            let refusal = Refusal::of_field(Reason::NOT_ENOUGH, "amount");
            return Err(refusal.with("balance", available).with("total", self.total));
        }
        Ok(())
    }

    /// What arrives at who is paid, minor units.
    pub fn arrives_minor(&self) -> i64 {
        self.amount.minor.saturating_sub(self.fee.payee_minor)
    }

    /// Shows `amount`, `fee` and `total`, as the payer sees them; and `arrives`, with the flag
    /// `less`, where who is paid pays a part of the price.
    pub fn show(&self, plan: &mut Plan) {
        plan.show("amount", self.amount);
        plan.show("fee", Money { minor: self.fee.payer_minor, ..self.amount });
        plan.show("total", self.total);
        if self.fee.payee_minor > 0 {
            plan.flag("less");
            plan.show("arrives", Money { minor: self.arrives_minor(), ..self.amount });
        }
    }

    /// Who is credited with the lines of the fee.
    pub fn credits(&self) -> Vec<Leg> {
        let credits = FeeAccount::ALL.map(|place| Leg {
            account: account(place),
            amount_minor: self.fee.credited_minor(place),
        });
        credits.into_iter().filter(|leg| leg.amount_minor > 0).collect()
    }
}

/// The operator's account for a line of a fee.
fn account(place: FeeAccount) -> AccountId {
    match place {
        FeeAccount::Fees => book::FEES,
        FeeAccount::Tax => book::TAX,
        FeeAccount::Levy => book::LEVY,
    }
}
