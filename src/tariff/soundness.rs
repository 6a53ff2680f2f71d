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

/// An amount for which one service costs less than another.
struct Gap {
    date: Date,
    amount_minor: i64,
    own_minor: i64,
    theirs_minor: i64,
}

impl Gap {
    fn saves_minor(&self) -> i64 {
        self.theirs_minor.saturating_sub(self.own_minor)
    }
}

impl Tariff {
    /// Where a service costs less than another one that it can stand for: people would go round
    /// that one's price.
    pub fn undercuts(&self, service: &'static str, other: &'static str) -> Vec<Problem> {
        let gap = self.gaps(service, other).find_map(|gap| {
            let sheet = self.sheet(&self.plain_case(service, gap.amount_minor, gap.date))?;
            Some((sheet.line, gap))
        });
        let found = gap.map(|(line, gap)| {
            let message =
                format!("{service}: {}, which it can stand for", self.gap_text(&gap, other));
            self.problem(line, message)
        });
        found.into_iter().collect()
    }

    /// Where a service that has its own use costs less than another one, and most so, in words:
    /// whoever takes the trouble can go round that one's price.
    pub fn detour(&self, service: &'static str, other: &'static str) -> Option<String> {
        let more = |a: Gap, b: Gap| if b.saves_minor() > a.saves_minor() { b } else { a };
        let gap = self.gaps(service, other).reduce(more)?;
        let amount = Money::new(gap.amount_minor, self.currency);
        let [own, theirs] = self.costs(&gap);
        Some(format!("{amount} cost {own} as {service} and {theirs} as {other}"))
    }

    /// Amounts, at the ends of bands, for which a service costs less than another.
    fn gaps(&self, service: &'static str, other: &'static str) -> impl Iterator<Item = Gap> {
        let tables = |name: &str| self.sheets.get(name).map(Vec::as_slice).unwrap_or_default();
        let both = || tables(service).iter().chain(tables(other));
        let dates = both()
            .map(|sheet| sheet.applies.from_date.unwrap_or(Date::MIN))
            .collect::<BTreeSet<Date>>();
        let edges = both()
            .flat_map(|sheet| sheet.bands.iter().flat_map(|band| [band.from_minor, band.to_minor]));
        let edges = edges.collect::<BTreeSet<i64>>();
        let cases = dates.into_iter().flat_map(move |date| {
            edges.clone().into_iter().map(move |amount_minor| (date, amount_minor))
        });
        cases.filter_map(move |(date, amount_minor)| {
            let cost = |service| {
                let fee = self.quote(&self.plain_case(service, amount_minor, date));
                fee.map(|fee| fee.total_minor())
            };
            let (Ok(own_minor), Ok(theirs_minor)) = (cost(service), cost(other)) else {
                return None;
            };
            let gap = Gap { date, amount_minor, own_minor, theirs_minor };
            (own_minor < theirs_minor).then_some(gap)
        })
    }

    /// Whoever has moved much already, where nothing else is known of them.
    fn plain_case(&self, service: &'static str, amount_minor: i64, date: Date) -> PriceCase<'_> {
        PriceCase {
            service,
            amount: Money::new(amount_minor, self.currency),
            tier: None,
            channel: None,
            date,
            month_minor: i64::MAX,
        }
    }

    fn costs(&self, gap: &Gap) -> [Money; 2] {
        [gap.own_minor, gap.theirs_minor].map(|minor| Money::new(minor, self.currency))
    }

    fn gap_text(&self, gap: &Gap, other: &str) -> String {
        let amount = Money::new(gap.amount_minor, self.currency);
        let [own, theirs] = self.costs(gap);
        format!("{amount} cost {own}, but {theirs} as {other}")
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
