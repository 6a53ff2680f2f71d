//! Tariffs: what a service costs, whom it is paid to, and what agents earn, as data. Pure: it knows
//! neither accounts nor their owners, and the date is told by whoever asks.
//!
//! `file` reads the file and refuses what would leave an amount without a price or a fee without a
//! place to go; `sheet` computes a fee and `commission` what is earned; `split` proves what paying
//! in parts can save; `circles`, what money earns that is paid in and taken out again; `soundness`
//! finds prices that do harm together; `print` shows it to people. Whatever is accepted has exactly
//! one price for every amount from the least to the greatest; an amount that would not cover what
//! its payee pays is refused when it is asked for.

mod case;
mod circles;
mod earning;
mod entries;
mod file;
mod kept;
mod print;
mod rate;
mod reader;
mod sheet;
mod soundness;
mod split;

pub use case::{FeeAccount, PriceCase};
pub use circles::Circle;
pub use earning::Commission;
pub use rate::{Percent, Rate, Rounding};
pub use sheet::{Fee, FeeLine};
pub use soundness::Able;
pub use split::{Parts, Split};

use earning::Earning;
use jiff::civil::Date;
use sheet::{Applies, Sheet};
use std::collections::BTreeMap;

use crate::money::{Currency, Money};
use crate::reason::Reason;

/// The prices of all services, in one currency.
#[derive(Debug, Clone)]
pub struct Tariff {
    /// The file it came from, for complaints.
    file: String,
    /// What it was read from,
    text: String,
    /// and the number made of that.
    number: i64,
    /// Of all amounts.
    currency: Currency,
    /// Tiers of customers that may have prices of their own.
    tiers: Vec<String>,
    /// Channels that may have prices of their own.
    channels: Vec<String>,
    /// By service; one of them applies when no other does.
    sheets: BTreeMap<String, Vec<Sheet>>,
    /// By service.
    earnings: BTreeMap<String, Vec<Earning>>,
}

impl Tariff {
    /// What it costs. A service without a table is free.
    pub fn quote(&self, case: &PriceCase<'_>) -> Result<Fee, Reason> {
        self.in_currency(case.amount)?;
        match self.sheet(case) {
            Some(sheet) => sheet.fee(case.amount.minor, Some(case.month_minor)),
            None => Ok(Fee::default()),
        }
    }

    /// The least and the greatest amount that has a price, minor units; nothing where all are free.
    pub fn range_minor(&self, case: &PriceCase<'_>) -> Option<(i64, i64)> {
        self.sheet(case).map(|sheet| (sheet.least_minor(), sheet.maximum_minor()))
    }

    /// What an agent's people earn by it. A service without a table earns nothing.
    pub fn commission(
        &self,
        service: &str,
        amount: Money,
        date: Date,
    ) -> Result<Commission, Reason> {
        self.in_currency(amount)?;
        match self.earning_on(service, date) {
            Some(earning) => earning.commission(amount.minor),
            None => Ok(Commission::default()),
        }
    }

    /// The commissions that count on a day: the newest that has begun.
    fn earning_on(&self, service: &str, date: Date) -> Option<&Earning> {
        let earnings = self.earnings.get(service).map(Vec::as_slice).unwrap_or_default();
        let begun =
            earnings.iter().filter(|earning| earning.from_date.is_none_or(|from| from <= date));
        begun.max_by_key(|earning| earning.from_date)
    }

    /// The currency of all its amounts.
    pub fn currency(&self) -> Currency {
        self.currency
    }

    /// Whether prices may depend on a tier of this name.
    pub fn has_tier(&self, name: &str) -> bool {
        self.tiers.iter().any(|tier| tier == name)
    }

    /// Whether prices may depend on a channel of this name.
    pub fn has_channel(&self, name: &str) -> bool {
        self.channels.iter().any(|channel| channel == name)
    }

    /// Whether the file names a price of the service.
    pub fn prices(&self, service: &str) -> bool {
        self.sheets.contains_key(service)
    }

    /// Whether a price of a service depends on what was moved in the month.
    pub fn counts_month(&self, service: &str) -> bool {
        let sheets = self.sheets.get(service).map(Vec::as_slice).unwrap_or_default();
        sheets.iter().any(|sheet| !sheet.monthly.is_empty())
    }

    /// The table that applies: the one for this tier and channel before the one for the tier, that
    /// before the one for the channel, and that before the one for all; of those the newest that
    /// has begun.
    fn sheet(&self, case: &PriceCase<'_>) -> Option<&Sheet> {
        let sheets = self.sheets.get(case.service)?;
        let applying = sheets.iter().filter(|sheet| sheet.applies.to(case));
        applying.max_by_key(|sheet| {
            let Applies { tier, channel, from_date } = &sheet.applies;
            (tier.is_some(), channel.is_some(), *from_date)
        })
    }

    fn in_currency(&self, amount: Money) -> Result<(), Reason> {
        if amount.currency == self.currency { Ok(()) } else { Err(Reason::INVALID) }
    }
}

#[cfg(test)]
mod tests;
