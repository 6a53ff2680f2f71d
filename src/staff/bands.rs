//! Bands: from which amount an act of a right takes two of the staff, who the second one must be,
//! and whether they may say yes on a phone. Read from data, with everything that is wrong with the
//! file, each with its line. Which acts there are is not known here.

use super::role::{Right, Role};
use crate::money::{Currency, Money};
use crate::source::{Problem, Source};
use crate::table::{Complaints, Table};
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use strum::VariantArray;

/// What counts from an amount on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Band {
    /// From this amount on, minor units.
    pub from_minor: i64,
    /// One person is enough, where the act may be left to one.
    pub one: bool,
    /// The role that the second one must have.
    pub approver: Option<Role>,
    /// It is approved at the console alone.
    pub console: bool,
}

/// What counts where the file says nothing.
const SILENT: Band = Band { from_minor: 0, one: false, approver: None, console: false };

/// The bands of all rights.
#[derive(Debug, Clone)]
pub struct Bands {
    currency: Currency,
    by_right: BTreeMap<Right, Vec<Band>>,
}

impl Bands {
    /// What counts for an amount, minor units.
    pub fn at(&self, right: Right, amount_minor: i64) -> Band {
        let bands = self.by_right.get(&right).map(Vec::as_slice).unwrap_or_default();
        let reached = bands.iter().rfind(|band| band.from_minor <= amount_minor);
        let band = reached.copied().unwrap_or(SILENT);
        // who works here is looked at where there is room for all of it
        Band { console: band.console || right == Right::Staff, ..band }
    }

    /// Whether anything is said of a right.
    pub fn has(&self, right: Right) -> bool {
        self.by_right.contains_key(&right)
    }

    /// Reads a file of bands.
    pub fn parse(source: &Source) -> Result<Bands, Vec<Problem>> {
        let mut complaints = Complaints::new(source);
        let mut file = Table::parse(source).map_err(|problem| vec![problem])?;
        let currency = file.required("currency", &mut complaints).and_then(|name| {
            let currency = Currency::parse(&name.text);
            if currency.is_none() {
                let not = format!("currency: `{}` is not a three-letter code", name.text);
                complaints.add(name.line, &not);
            }
            currency
        });
        let currency = currency.unwrap_or(Currency::NONE);
        let mut by_right = BTreeMap::new();
        for right in Right::VARIANTS {
            let name: &str = right.into();
            complaints.about = format!("{name}: ");
            let tables = file.one_or_more(name, &mut complaints);
            let bands: Vec<Band> = tables
                .into_iter()
                .scan(None, |before, table| {
                    let band = band(table, *right, currency, *before, &mut complaints);
                    *before = Some(band);
                    Some(band)
                })
                .collect();
            if !bands.is_empty() {
                by_right.insert(*right, bands);
            }
        }
        complaints.about.clear();
        file.finish(&mut complaints);
        if complaints.found.is_empty() {
            Ok(Bands { currency, by_right })
        } else {
            Err(complaints.found)
        }
    }

    /// For people: a line for each band of a right.
    pub fn said(&self, right: Right) -> Vec<String> {
        let bands = self.by_right.get(&right).map(Vec::as_slice).unwrap_or_default();
        let line = |band: &Band| {
            let from = Money::new(band.from_minor, self.currency);
            let people = if band.one { "one, where the act allows it" } else { "two" };
            let approver = band.approver.map(|role| {
                let role: &str = role.into();
                format!(", the second one as {role}")
            });
            let console = if band.console { ", at the console alone" } else { "" };
            format!("from {from}: {people}{}{console}", approver.unwrap_or_default())
        };
        bands.iter().map(line).collect()
    }
}

fn band(
    mut table: Table<'_>,
    right: Right,
    currency: Currency,
    before: Option<Band>,
    complaints: &mut Complaints<'_>,
) -> Band {
    let line = table.line;
    let from_minor = match table.whole("from", complaints) {
        Some((line, major)) => {
            let money = Money::from_major(Decimal::from(major), currency);
            let money = money.filter(|money| money.minor <= Money::MINOR_MAX);
            if money.is_none() {
                complaints.add(line, "`from` is more than anybody can move");
            }
            money.map_or(0, |money| money.minor)
        }
        None => {
            complaints.add(line, "`from` is missing: the amount from which it counts");
            0
        }
    };
    let people = table.whole("people", complaints);
    if people.is_some_and(|(_, people)| !(1..=2).contains(&people)) {
        complaints.add(line, "`people` is 1 or 2");
    }
    let one = people.is_some_and(|(_, people)| people == 1);
    let approver = approver(&mut table, right, complaints);
    let console = table.truth("console", complaints).unwrap_or(false);
    table.finish(complaints);
    if one && (approver.is_some() || console) {
        complaints.add(line, "where one is enough nobody approves it");
    }
    match before {
        Some(before) if before.from_minor >= from_minor => {
            complaints.add(line, "`from` is not above that of the band before");
        }
        Some(before) if one && !before.one => {
            complaints.add(line, "a larger amount takes no fewer people than a smaller one");
        }
        Some(_) | None => {}
    }
    Band { from_minor, one, approver, console }
}

fn approver(table: &mut Table<'_>, right: Right, complaints: &mut Complaints<'_>) -> Option<Role> {
    let name = table.name("approver", complaints)?;
    let role: Option<Role> = name.text.parse().ok();
    match role {
        None => complaints.add(name.line, &format!("there is no role `{}`", name.text)),
        Some(role) if !right.may_approve(&[role]) => {
            complaints.add(name.line, &format!("`{}` may approve nothing of that", name.text));
        }
        Some(_) => {}
    }
    role
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests stop where they fail")]
    use super::*;

    const OURS: &str = include_str!("../../menus/markets/ke/approvals.toml");

    fn read(text: &str) -> Result<Bands, Vec<Problem>> {
        Bands::parse(&Source::new("menus/approvals.toml", text))
    }

    #[test]
    fn the_highest_band_that_is_reached_counts() {
        let bands = read(OURS).unwrap();
        let at = |right, major: i64| {
            let band = bands.at(right, major.saturating_mul(100));
            (band.one, band.approver, band.console)
        };
        assert_eq!(at(Right::Outlets, 0), (true, None, false));
        assert_eq!(at(Right::Outlets, 49_999), (true, None, false));
        assert_eq!(at(Right::Outlets, 50_000), (false, None, false));
        assert_eq!(at(Right::Outlets, 9_000_000), (false, Some(Role::FinanceLead), true));
        assert_eq!(at(Right::Redeem, 250_000), (false, None, true));
        // where nothing is said it takes two, anywhere
        assert_eq!(at(Right::Tier, 0), (false, None, false));
        assert_eq!(at(Right::Staff, 0), (false, None, true));
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        let head = "currency = \"KES\"\n";
        for (wrong, hint) in [
            ("[[issue]]\npeople = 2", "issue: `from` is missing"),
            ("[[issue]]\nfrom = 1\npeople = 3", "`people` is 1 or 2"),
            ("[[issue]]\nfrom = 1\napprover = \"boss\"", "there is no role `boss`"),
            ("[[issue]]\nfrom = 1\napprover = \"care\"", "`care` may approve nothing of that"),
            ("[[issue]]\nfrom = 1\npeople = 1\nconsole = true", "where one is enough"),
            ("[[issue]]\nfrom = 5\n[[issue]]\nfrom = 5", "not above that of the band before"),
            (
                "[[issue]]\nfrom = 5\n[[issue]]\nfrom = 6\npeople = 1",
                "takes no fewer people than a smaller one",
            ),
            ("[[mint]]\nfrom = 5", "`mint` does not belong here"),
            ("[[issue]]\nfrom = 5\nwhere = 7", "`where` does not belong here"),
        ] {
            let found = read(&format!("{head}{wrong}")).unwrap_err();
            let found: Vec<String> = found.iter().map(Problem::to_string).collect();
            assert!(found.iter().any(|line| line.contains(hint)), "{hint}: {found:?}");
        }
        assert!(read("").unwrap_err()[0].to_string().contains("`currency` is missing"));
    }

    #[test]
    fn people_read_it_as_it_counts() {
        let bands = read(OURS).unwrap();
        assert_eq!(
            bands.said(Right::Outlets),
            [
                "from KES 0: one, where the act allows it",
                "from KES 50,000: two",
                "from KES 500,000: two, the second one as finance_lead, at the console alone",
            ]
        );
        assert!(bands.said(Right::Look).is_empty());
    }
}
