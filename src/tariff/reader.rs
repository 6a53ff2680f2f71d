//! Single values out of a tariff file: amounts, percentages, dates, names that must be known. What
//! is wrong with one is noted, with file and line, and reading goes on.

use super::rate::{Percent, Rounding};
use super::sheet::{Applies, PaidBy};
use crate::money::{Currency, Money};
use crate::table::{Complaints, Name, Table};
use jiff::civil::Date;
use rust_decimal::Decimal;

/// What is known while a file is read.
pub(super) struct TariffReader<'s> {
    pub complaints: Complaints<'s>,
    pub currency: Currency,
    pub rounding: Rounding,
    pub tiers: Vec<String>,
    pub channels: Vec<String>,
}

impl TariffReader<'_> {
    /// The amount called `key`, minor units, not below zero.
    pub fn amount(&mut self, table: &mut Table<'_>, key: &str) -> Option<i64> {
        let written = table.written(key, &mut self.complaints)?;
        let minor = Decimal::from_str_exact(&written.text)
            .ok()
            .and_then(|major| Money::from_major(major, self.currency))
            .map(|money| money.minor)
            .filter(|minor| (0..=Money::MINOR_MAX).contains(minor));
        if minor.is_none() {
            let message = format!("`{}` is not an amount of {}", written.text, self.currency);
            self.complaints.add(written.line, &message);
        }
        minor
    }

    /// The percentage called `key`.
    pub fn percent(&mut self, table: &mut Table<'_>, key: &str) -> Option<Percent> {
        let written = table.written(key, &mut self.complaints)?;
        let percent = Percent::parse(&written.text);
        if percent.is_none() {
            let message =
                format!("`{}` is not a percentage from 0 to 100, like \"1.5\"", written.text);
            self.complaints.add(written.line, &message);
        }
        percent
    }

    /// The way of rounding, or the one of the whole file.
    pub fn rounding(&mut self, table: &mut Table<'_>) -> Rounding {
        let known = Rounding::ALL.map(|rounding| (rounding.name(), rounding));
        self.choice(table, "rounding", &known).unwrap_or(self.rounding)
    }

    /// Who pays, or nothing where that is not said.
    pub fn paid_by(&mut self, table: &mut Table<'_>) -> Option<PaidBy> {
        let line = table.line;
        let known = ["payer", "payee", "shared"].map(|name| (name, name));
        let payer = self.percent(table, "payer_percent");
        match (self.choice(table, "paid_by", &known), payer) {
            (Some("shared"), Some(payer)) => Some(PaidBy::Shared(payer)),
            (Some("payer"), None) => Some(PaidBy::Payer),
            (Some("payee"), None) => Some(PaidBy::Payee),
            (None, None) => None,
            (Some(_) | None, _) => {
                self.complaints
                    .add(line, "`paid_by = \"shared\"` and `payer_percent` belong together");
                None
            }
        }
    }

    /// One of the names that are known.
    pub fn choice<T: Copy>(
        &mut self,
        table: &mut Table<'_>,
        key: &str,
        known: &[(&str, T)],
    ) -> Option<T> {
        let name = table.name(key, &mut self.complaints)?;
        let found = known.iter().find(|(known, _)| *known == name.text).map(|(_, choice)| *choice);
        if found.is_none() {
            let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
            self.complaints.add(name.line, &format!("`{key}` must be {}", names.join(" or ")));
        }
        found
    }

    /// The cases a table is for.
    pub fn applies(&mut self, table: &mut Table<'_>) -> Applies {
        let tier = listed(
            table.name("tier", &mut self.complaints),
            "tiers",
            &self.tiers,
            &mut self.complaints,
        );
        let channel = table.name("channel", &mut self.complaints);
        let channel = listed(channel, "channels", &self.channels, &mut self.complaints);
        Applies { tier, channel, from_date: self.first_date(table) }
    }

    /// The date from which a table applies.
    pub fn first_date(&mut self, table: &mut Table<'_>) -> Option<Date> {
        let written = table.written("from_date", &mut self.complaints)?;
        // a time of day would be read too, and mean nothing
        let date = written.text.parse().ok().filter(|date: &Date| date.to_string() == written.text);
        if date.is_none() {
            self.complaints
                .add(written.line, &format!("`{}` is not a date like 2026-07-01", written.text));
        }
        date
    }
}

/// A name that must be in a list at the top of the file.
fn listed(
    name: Option<Name>,
    list: &str,
    known: &[String],
    complaints: &mut Complaints<'_>,
) -> Option<String> {
    let name = name?;
    if !known.contains(&name.text) {
        complaints.add(
            name.line,
            &format!("`{}` is not in the list `{list}` at the top of the file", name.text),
        );
    }
    Some(name.text)
}
