//! Prices that each read well and do harm together, or with a service that cannot keep them: one
//! that another undercuts, one that depends on what is not known, one that is cheaper in parts.
//! It finds them; the file or whoever asks decides.

use super::{PriceCase, Tariff, print, split};
use crate::money::Money;
use crate::source::Problem;
use jiff::civil::Date;
use std::collections::BTreeSet;

/// What a service can tell of its cases, and do with the answer. Prices that need more are refused,
/// or people would be charged by other tables than the file shows.
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
    /// Services that it can stand for: it must not cost less than they do.
    pub stands_for: &'static [&'static str],
}

impl Tariff {
    /// Where a service costs less than another one that it can stand for: people would go round
    /// that one's price.
    pub fn undercuts(&self, service: &'static str, other: &'static str) -> Vec<Problem> {
        let tables = |name: &str| self.sheets.get(name).map(Vec::as_slice).unwrap_or_default();
        let both = || tables(service).iter().chain(tables(other));
        let dates = both()
            .map(|sheet| sheet.applies.from_date.unwrap_or(Date::MIN))
            .collect::<BTreeSet<Date>>();
        let edges = both()
            .flat_map(|sheet| sheet.bands.iter().flat_map(|band| [band.from_minor, band.to_minor]));
        let edges = edges.collect::<BTreeSet<i64>>();
        let mut found = Vec::new();
        for (date, minor) in
            dates.iter().flat_map(|date| edges.iter().map(move |minor| (*date, *minor)))
        {
            let amount = Money::new(minor, self.currency);
            let case = |service| PriceCase {
                service,
                amount,
                tier: None,
                channel: None,
                date,
                month_minor: i64::MAX,
            };
            let cost = |service| self.quote(&case(service)).map(|fee| fee.total_minor());
            let (Some(sheet), Ok(own), Ok(theirs)) =
                (self.sheet(&case(service)), cost(service), cost(other))
            else {
                continue;
            };
            if own < theirs {
                let [own, theirs] = [own, theirs].map(|minor| Money::new(minor, self.currency));
                let message = format!(
                    "{service}: {amount} cost {own}, but {theirs} as {other}, which it can stand \
                     for"
                );
                found.push(self.problem(sheet.line, message));
                break;
            }
        }
        found
    }

    /// The prices of a service that need more than it can tell or do.
    pub fn beyond(&self, service: &str, able: Able) -> Vec<Problem> {
        let sheets = self.sheets.get(service).map(Vec::as_slice).unwrap_or_default();
        let mut found = Vec::new();
        for sheet in sheets {
            let needs = [
                (
                    sheet.applies.tier.is_some() && !able.tier,
                    "`tier`: it is not known who has which",
                ),
                (
                    sheet
                        .applies
                        .channel
                        .as_deref()
                        .is_some_and(|channel| !able.channels.contains(&channel)),
                    "`channel`: it is never asked for there",
                ),
                (
                    !sheet.monthly.is_empty() && !able.month,
                    "`monthly`: it is not known what was moved in the month",
                ),
                (sheet.takes_from_payee() && !able.payee, "`paid_by`: only the payer can pay here"),
            ];
            let missing = needs.into_iter().filter(|(is_missing, _why)| *is_missing);
            found.extend(
                missing.map(|(_, why)| self.problem(sheet.line, format!("{service}: {why}"))),
            );
        }
        found
    }

    /// The tables in which paying in parts saves more than the file allows.
    pub fn splits_beyond(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        for (service, sheet) in
            self.sheets.iter().flat_map(|(name, all)| all.iter().map(move |sheet| (name, sheet)))
        {
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

    fn problem(&self, line: usize, message: String) -> Problem {
        Problem { file: self.file.clone(), line, message }
    }
}
