//! One table of prices and the fee it comes to: the band's rate, the lines that come on top, and
//! who pays each. What is paid and what is credited are the same lines, so that no coin of a fee
//! can vanish. It reads and prints nothing.

use jiff::civil::Date;

use super::case::{FeeAccount, PriceCase};
use super::rate::{Percent, Rate, Rounding};
use crate::reason::Reason;

/// The prices of a service for some cases. Bands join, so every amount from the least to the
/// greatest has its price.
#[derive(Debug, Clone)]
pub(super) struct Sheet {
    /// Where it stands in its file.
    pub line: usize,
    pub applies: Applies,
    pub rounding: Rounding,
    pub paid_by: PaidBy,
    /// Less is not moved at all.
    pub minimum_minor: i64,
    /// The most that paying in parts may save.
    pub splitting_allowed_minor: i64,
    pub bands: Vec<Band>,
    /// Instead of the bands below an amount.
    pub micro: Option<Micro>,
    /// Instead of both, from the smallest volume to the largest.
    pub monthly: Vec<Monthly>,
    pub extras: Vec<Extra>,
}

/// The cases that a table is for; what is not named is all the same.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Applies {
    pub tier: Option<String>,
    pub channel: Option<String>,
    pub from_date: Option<Date>,
}

impl Applies {
    pub fn to(&self, case: &PriceCase<'_>) -> bool {
        self.tier.as_deref().is_none_or(|tier| case.tier == Some(tier))
            && self.channel.as_deref().is_none_or(|channel| case.channel == Some(channel))
            && self.from_date.is_none_or(|from| from <= case.date)
    }
}

/// Amounts up to `to_minor` that no lower band takes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Band {
    /// As the file says it. Between 100 and 101 lies 100.50: it belongs to the band that begins at
    /// 101.
    pub from_minor: i64,
    pub to_minor: i64,
    pub rate: Rate,
}

/// The price of amounts below a threshold.
#[derive(Debug, Clone, Copy)]
pub(super) struct Micro {
    pub below_minor: i64,
    pub rate: Rate,
}

/// The price of a payment with which the month's volume is still at most this.
#[derive(Debug, Clone, Copy)]
pub(super) struct Monthly {
    pub up_to_minor: i64,
    pub rate: Rate,
}

/// A line beside the fee itself.
#[derive(Debug, Clone)]
pub(super) struct Extra {
    pub name: String,
    pub place: FeeAccount,
    pub of: Base,
    pub rate: Rate,
    pub paid_by: PaidBy,
}

/// What the rate of a line is taken of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Base {
    Fee,
    Amount,
}

/// Who pays a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PaidBy {
    Payer,
    Payee,
    /// The payer this part of it, rounded; the payee the rest.
    Shared(Percent),
}

impl PaidBy {
    fn payer_minor(self, minor: i64, rounding: Rounding) -> Option<i64> {
        match self {
            PaidBy::Payer => Some(minor),
            PaidBy::Payee => Some(0),
            PaidBy::Shared(payer) => payer.of(minor, rounding),
        }
    }
}

/// What a case costs. The lines add up to what payer and payee give.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fee {
    /// Each with the place it is credited to.
    pub lines: Vec<FeeLine>,
    /// What the payer gives on top of the amount, minor units.
    pub payer_minor: i64,
    /// What the payee gets less than the amount, minor units; never more than the amount.
    pub payee_minor: i64,
}

/// A line of a fee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeeLine {
    /// What the file calls it; `fee` is the price itself.
    pub name: String,
    /// Where it is credited.
    pub place: FeeAccount,
    /// How much, minor units.
    pub minor: i64,
    /// The payer's part of that.
    pub payer_minor: i64,
    /// The payee's part of it.
    pub payee_minor: i64,
}

impl Fee {
    /// What a place is credited with, minor units.
    pub fn credited_minor(&self, place: FeeAccount) -> i64 {
        let here = self.lines.iter().filter(|line| line.place == place);
        // the sum of all lines is within range, or there would be no fee
        here.fold(0, |sum: i64, line| sum.saturating_add(line.minor))
    }

    /// What payer and payee give together, minor units.
    pub fn total_minor(&self) -> i64 {
        self.payer_minor.saturating_add(self.payee_minor)
    }

    fn add(&mut self, line: FeeLine) -> Option<()> {
        self.payer_minor = self.payer_minor.checked_add(line.payer_minor)?;
        self.payee_minor = self.payee_minor.checked_add(line.payee_minor)?;
        self.payer_minor.checked_add(self.payee_minor)?;
        self.lines.push(line);
        Some(())
    }
}

impl Sheet {
    /// The greatest amount that is moved, minor units.
    pub fn maximum_minor(&self) -> i64 {
        self.bands.last().map_or(0, |band| band.to_minor)
    }

    /// The least amount that is moved, minor units: below the first band nothing has a price.
    pub fn least_minor(&self) -> i64 {
        let first = self.bands.first().filter(|_| self.micro.is_none());
        self.minimum_minor.max(first.map_or(1, |band| band.from_minor))
    }

    pub fn takes_from_payee(&self) -> bool {
        let of_extras = self.extras.iter().map(|extra| extra.paid_by);
        of_extras.chain([self.paid_by]).any(|paid_by| paid_by != PaidBy::Payer)
    }

    /// The fee of an amount, minor units; with no month, what it is when the month's volume is used
    /// up.
    pub fn fee(&self, amount_minor: i64, month_minor: Option<i64>) -> Result<Fee, Reason> {
        if amount_minor < self.least_minor() {
            return Err(Reason::AMOUNT_TOO_SMALL);
        }
        let rate = self.rate(amount_minor, month_minor).ok_or(Reason::AMOUNT_TOO_LARGE)?;
        let fee = self.lines(amount_minor, rate).ok_or(Reason::AMOUNT_TOO_LARGE)?;
        if fee.payee_minor > amount_minor { Err(Reason::AMOUNT_TOO_SMALL) } else { Ok(fee) }
    }

    /// What applies to an amount; with no month, when the month's volume is used up.
    pub fn rate(&self, amount_minor: i64, month_minor: Option<i64>) -> Option<&Rate> {
        let band = self.bands.iter().find(|band| amount_minor <= band.to_minor)?;
        let month_after = month_minor.and_then(|month| month.checked_add(amount_minor));
        let within =
            |monthly: &&Monthly| month_after.is_some_and(|after| after <= monthly.up_to_minor);
        let reduced = self.monthly.iter().find(within).map(|monthly| &monthly.rate);
        let micro = self
            .micro
            .as_ref()
            .filter(|micro| amount_minor < micro.below_minor)
            .map(|micro| &micro.rate);
        Some(reduced.or(micro).unwrap_or(&band.rate))
    }

    /// The price and what comes on top; nothing beyond the range.
    pub fn lines(&self, amount_minor: i64, rate: &Rate) -> Option<Fee> {
        let price_minor = rate.of(amount_minor, self.rounding)?;
        let mut fee = Fee::default();
        fee.add(self.line("fee", FeeAccount::Fees, price_minor, self.paid_by)?)?;
        for extra in &self.extras {
            let minor = self.extra_minor(extra, amount_minor, price_minor)?;
            fee.add(self.line(&extra.name, extra.place, minor, extra.paid_by)?)?;
        }
        Some(fee)
    }

    /// What the lines add up to, minor units; nothing beyond the range.
    pub fn total_minor(&self, amount_minor: i64, rate: &Rate) -> Option<i64> {
        let price_minor = rate.of(amount_minor, self.rounding)?;
        self.extras.iter().try_fold(price_minor, |sum, extra| {
            sum.checked_add(self.extra_minor(extra, amount_minor, price_minor)?)
        })
    }

    fn extra_minor(&self, extra: &Extra, amount_minor: i64, price_minor: i64) -> Option<i64> {
        let base_minor = match extra.of {
            Base::Fee => price_minor,
            Base::Amount => amount_minor,
        };
        // a part of nothing is nothing, whatever its least is
        if base_minor == 0 { Some(0) } else { extra.rate.of(base_minor, self.rounding) }
    }

    fn line(&self, name: &str, place: FeeAccount, minor: i64, paid_by: PaidBy) -> Option<FeeLine> {
        let payer_minor = paid_by.payer_minor(minor, self.rounding)?;
        let payee_minor = minor.checked_sub(payer_minor)?;
        Some(FeeLine { name: name.to_owned(), place, minor, payer_minor, payee_minor })
    }
}
