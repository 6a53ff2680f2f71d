//! Tariffs: what a service costs, whom it is paid to, and what agents earn, as data. Pure: it knows neither accounts nor
//! their owners, and the date is told by whoever asks.
//!
//! `file` reads the file and refuses what would leave an amount without a price or a fee without a place to go;
//! `sheet` computes a fee and `commission` what is earned; `split` proves what paying in two parts can save; `print`
//! shows it to people. Whatever is accepted has exactly one price for every amount from the least to the greatest; an amount that
//! would not cover what its payee pays is refused when it is asked for.

mod commission;
mod entries;
mod file;
mod print;
mod rate;
mod reader;
mod sheet;
mod split;

pub use commission::Commission;
pub use rate::{Percent, Rate, Rounding};
pub use sheet::{Fee, Line};
pub use split::Split;

use commission::Earning;
use jiff::civil::Date;
use sheet::{Applies, Sheet};
use std::collections::{BTreeMap, BTreeSet};

use crate::money::{Currency, Money};
use crate::refusal::Reason;
use crate::source::Problem;

/// The services that have a price. A file that names another one is refused: it would be a slip, and free.
pub const SERVICES: &[&str] = &["send", "send_unjoined", "cash_in", "cash_out"];

/// The prices of all services, in one currency.
#[derive(Debug, Clone)]
pub struct Tariff {
    /// The file it came from, for complaints.
    file: String,
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

/// Where a line of a fee is credited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// The operator's own.
    Fees,
    /// Collected for the tax office.
    Tax,
    /// Collected for a levy on money that moves.
    Levy,
}

impl Place {
    /// Every place there is.
    pub const ALL: [Place; 3] = [Place::Fees, Place::Tax, Place::Levy];

    /// As the file writes it.
    pub const fn name(self) -> &'static str {
        match self {
            Place::Fees => "fees",
            Place::Tax => "tax",
            Place::Levy => "levy",
        }
    }
}

/// What a price depends on.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// The service: `send`.
    pub service: &'a str,
    /// What is moved.
    pub amount: Money,
    /// The tier of who pays, where it is known.
    pub tier: Option<&'a str>,
    /// Where it was asked for, where that is known.
    pub channel: Option<&'a str>,
    /// The market's date.
    pub date: Date,
    /// What the payer has sent, paid and taken out in this month so far, minor units.
    pub month_minor: i64,
}

/// What a service can tell of its cases, and do with the answer. Prices that need more are refused, or people would be
/// charged by other tables than the file shows.
#[derive(Debug, Clone, Copy)]
pub struct Able {
    /// It knows the payer's tier.
    pub tier: bool,
    /// The channels on which it is asked for.
    pub channels: &'static [&'static str],
    /// It knows what was moved in the month.
    pub month: bool,
    /// It can take a part of the fee from who is paid.
    pub payee: bool,
}

impl Tariff {
    /// What it costs. A service without a table is free.
    pub fn quote(&self, case: &Case<'_>) -> Result<Fee, Reason> {
        self.in_currency(case.amount)?;
        match self.sheet(case) {
            Some(sheet) => sheet.fee(case.amount.minor, Some(case.month_minor)),
            None => Ok(Fee::default()),
        }
    }

    /// What an agent's people earn by it. A service without a table earns nothing.
    pub fn commission(&self, service: &str, amount: Money, date: Date) -> Result<Commission, Reason> {
        self.in_currency(amount)?;
        let earnings = self.earnings.get(service).map(Vec::as_slice).unwrap_or_default();
        let begun = earnings.iter().filter(|earning| earning.from_date.is_none_or(|from| from <= date));
        match begun.max_by_key(|earning| earning.from_date) {
            Some(earning) => earning.commission(amount.minor),
            None => Ok(Commission::default()),
        }
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

    /// Where a service costs less than another one that it can stand for: people would go round that one's price.
    pub fn undercuts(&self, service: &'static str, other: &'static str) -> Vec<Problem> {
        let tables = |name: &str| self.sheets.get(name).map(Vec::as_slice).unwrap_or_default();
        let both = || tables(service).iter().chain(tables(other));
        let dates = both().map(|sheet| sheet.applies.from_date.unwrap_or(Date::MIN)).collect::<BTreeSet<Date>>();
        let edges = both().flat_map(|sheet| sheet.bands.iter().flat_map(|band| [band.from_minor, band.to_minor]));
        let edges = edges.collect::<BTreeSet<i64>>();
        let mut found = Vec::new();
        for (date, minor) in dates.iter().flat_map(|date| edges.iter().map(move |minor| (*date, *minor))) {
            let amount = Money::new(minor, self.currency);
            let case = |service| Case { service, amount, tier: None, channel: None, date, month_minor: i64::MAX };
            let cost = |service| self.quote(&case(service)).map(|fee| fee.total_minor());
            let (Some(sheet), Ok(own), Ok(theirs)) = (self.sheet(&case(service)), cost(service), cost(other)) else {
                continue;
            };
            if own < theirs {
                let [own, theirs] = [own, theirs].map(|minor| Money::new(minor, self.currency));
                let message =
                    format!("{service}: {amount} cost {own}, but {theirs} as {other}, which it can stand for");
                found.push(self.problem(sheet.line, message));
                break;
            }
        }
        found
    }

    /// Whether a price of a service depends on what was moved in the month.
    pub fn counts_month(&self, service: &str) -> bool {
        let sheets = self.sheets.get(service).map(Vec::as_slice).unwrap_or_default();
        sheets.iter().any(|sheet| !sheet.monthly.is_empty())
    }

    /// The prices of a service that need more than it can tell or do.
    pub fn beyond(&self, service: &str, able: Able) -> Vec<Problem> {
        let sheets = self.sheets.get(service).map(Vec::as_slice).unwrap_or_default();
        let mut found = Vec::new();
        for sheet in sheets {
            let needs = [
                (sheet.applies.tier.is_some() && !able.tier, "`tier`: it is not known who has which"),
                (
                    sheet.applies.channel.as_deref().is_some_and(|channel| !able.channels.contains(&channel)),
                    "`channel`: it is never asked for there",
                ),
                (!sheet.monthly.is_empty() && !able.month, "`monthly`: it is not known what was moved in the month"),
                (sheet.takes_from_payee() && !able.payee, "`paid_by`: only the payer can pay here"),
            ];
            let missing = needs.into_iter().filter(|(is_missing, _why)| *is_missing);
            found.extend(missing.map(|(_, why)| self.problem(sheet.line, format!("{service}: {why}"))));
        }
        found
    }

    /// The tables in which paying in two parts saves more than the file allows.
    pub fn splits_beyond(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        for (service, sheet) in self.sheets.iter().flat_map(|(name, all)| all.iter().map(move |sheet| (name, sheet))) {
            let Some(split) = split::greatest(sheet) else { continue };
            if split.gain_minor > sheet.splitting_allowed_minor {
                let allowed = Money::new(sheet.splitting_allowed_minor, self.currency);
                let message = format!(
                    "{service}: {}, but `splitting_allowed` is {allowed}",
                    print::split_text(&split, self.currency)
                );
                found.push(self.problem(sheet.line, message));
            }
        }
        found
    }

    /// The table that applies: the one for this tier and channel before the one for the tier, that before the one for
    /// the channel, and that before the one for all; of those the newest that has begun.
    fn sheet(&self, case: &Case<'_>) -> Option<&Sheet> {
        let sheets = self.sheets.get(case.service)?;
        let applying = sheets.iter().filter(|sheet| sheet.applies.to(case));
        applying.max_by_key(|sheet| {
            let Applies { tier, channel, from_date } = &sheet.applies;
            (tier.is_some(), channel.is_some(), *from_date)
        })
    }

    fn in_currency(&self, amount: Money) -> Result<(), Reason> {
        if amount.currency == self.currency { Ok(()) } else { Err(Reason::Invalid) }
    }

    fn problem(&self, line: usize, message: String) -> Problem {
        Problem { file: self.file.clone(), line, message }
    }
}

#[cfg(test)]
mod tests;
