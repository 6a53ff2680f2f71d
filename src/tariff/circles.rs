//! Money that goes in a circle: an agent writes down cash that nobody brought, and cash that nobody
//! took, and earns by both. What that earns more than it costs, found at the amounts at which the
//! tables bend. It judges nothing, and knows no wallets.
//!
//! A recheck counts deposits that end in one wallet as one payment, and withdrawals from one wallet
//! too: so a circle earns once on the whole, whatever its parts. Its price may be paid on parts.
//! Paying in is free with the customer's own code, and sending on may be: both are taken to be.

use super::Tariff;
use super::earning::Earning;
use super::sheet::Sheet;
use super::split::{self, PARTS_MAX};
use crate::money::Money;
use crate::source::Problem;
use jiff::civil::Date;
use std::collections::BTreeSet;

/// A circle that earns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Circle {
    /// What it earns more than it costs, minor units, above zero.
    pub gain_minor: i64,
    /// Deposits.
    pub deposits: i64,
    /// What all of them come to, and is taken out again, minor units.
    pub whole_minor: i64,
}

/// The tables that count on a day: of prices, any that somebody pays by.
struct Tables<'t> {
    send: Vec<&'t Sheet>,
    withdrawal: Vec<&'t Sheet>,
    earned_in: Option<&'t Earning>,
    earned_out: Option<&'t Earning>,
}

impl Tariff {
    /// Where `deposit` and `withdrawal` of the same money earn more than they cost, though what
    /// ends in one wallet counts as one payment.
    pub fn circles(&self, deposit: &str, withdrawal: &str) -> Vec<Problem> {
        let problem = |(circle, line): (Circle, usize)| {
            let message = format!("{deposit}: {}", self.circle_text(&circle));
            Problem { file: self.file.clone(), line, message }
        };
        self.greatest_circle(deposit, withdrawal).map(problem).into_iter().collect()
    }

    /// The one that earns most, and the line of what it earns.
    pub(super) fn greatest_circle(
        &self,
        deposit: &str,
        withdrawal: &str,
    ) -> Option<(Circle, usize)> {
        let dates = self.dates(deposit, withdrawal).into_iter();
        let found = dates.filter_map(|date| {
            let tables = self.tables(deposit, withdrawal, date);
            Some((greatest(&tables)?, tables.earned_in.or(tables.earned_out)?.line))
        });
        found.max_by_key(|(circle, _line)| circle.gain_minor)
    }

    /// The circle of several deposits that would earn most if each of them counted alone, and all
    /// were sent on to one wallet: what a recheck is for.
    pub fn circle_apart(&self, deposit: &str, send: &str, withdrawal: &str) -> Option<Circle> {
        let dates = self.dates(deposit, withdrawal).into_iter();
        let found = dates.filter_map(|date| {
            let send = self.sheets_on(send, date);
            apart(&Tables { send, ..self.tables(deposit, withdrawal, date) })
        });
        found.max_by_key(|circle| circle.gain_minor)
    }

    /// The days on which what is earned or paid changes, and all before.
    fn dates(&self, deposit: &str, withdrawal: &str) -> BTreeSet<Date> {
        let sheets = self.sheets.get(withdrawal).into_iter().flatten();
        let sheets = sheets.filter_map(|sheet| sheet.applies.from_date);
        let earnings = [deposit, withdrawal].into_iter().filter_map(|one| self.earnings.get(one));
        let earnings = earnings.flatten().filter_map(|earning| earning.from_date);
        sheets.chain(earnings).chain([Date::MIN]).collect()
    }

    fn tables(&self, deposit: &str, withdrawal: &str, date: Date) -> Tables<'_> {
        Tables {
            // it may be free
            send: Vec::new(),
            withdrawal: self.sheets_on(withdrawal, date),
            earned_in: self.earning_on(deposit, date),
            earned_out: self.earning_on(withdrawal, date),
        }
    }

    /// The newest table of each kind of case.
    fn sheets_on(&self, service: &str, date: Date) -> Vec<&Sheet> {
        let all = self.sheets.get(service).map(Vec::as_slice).unwrap_or_default();
        let begun = |sheet: &&Sheet| sheet.applies.from_date.is_none_or(|from| from <= date);
        let replaces = |newer: &Sheet, older: &Sheet| {
            let (newer, older) = (&newer.applies, &older.applies);
            let is_alike = newer.tier == older.tier && newer.channel == older.channel;
            is_alike && newer.from_date > older.from_date
        };
        let replaced = |sheet: &Sheet| all.iter().filter(begun).any(|newer| replaces(newer, sheet));
        all.iter().filter(begun).filter(|sheet| !replaced(sheet)).collect()
    }

    /// What a circle comes to, in words.
    pub fn circle_text(&self, circle: &Circle) -> String {
        let money = |minor| Money::new(minor, self.currency);
        let Circle { gain_minor, deposits, whole_minor } = *circle;
        let (whole, gain) = (money(whole_minor), money(gain_minor));
        let each = money(whole_minor.checked_div(deposits).unwrap_or(whole_minor));
        let paid = if deposits == 1 {
            format!("{whole} paid in and taken out again")
        } else {
            format!("{deposits} deposits of {each}, sent on and taken out again as {whole},")
        };
        format!("{paid} earn {gain} more than they cost, and no cash moves")
    }
}

/// The circle that earns most, counted as one payment.
fn greatest(tables: &Tables<'_>) -> Option<Circle> {
    let mut greatest: Option<Circle> = None;
    let mut look_at = |whole_minor: i64, cost_minor: Option<i64>| {
        let earned = earns(tables.earned_in, whole_minor)
            .saturating_add(earns(tables.earned_out, whole_minor));
        let Some(gain_minor) = cost_minor.map(|cost| earned.saturating_sub(cost)) else { return };
        if gain_minor > greatest.map_or(0, |circle| circle.gain_minor) {
            greatest = Some(Circle { gain_minor, deposits: 1, whole_minor });
        }
    };
    let earned = bends_of(&[tables.earned_in, tables.earned_out]);
    if tables.withdrawal.is_empty() {
        earned.iter().for_each(|whole| look_at(*whole, Some(0)));
    }
    for sheet in &tables.withdrawal {
        let bends = split::bends(sheet);
        let wholes: BTreeSet<i64> = bends.union(&earned).copied().collect();
        wholes.iter().for_each(|whole| look_at(*whole, split::cost(sheet, *whole)));
        split::all_parts(&bends, &wholes, |parts| {
            look_at(parts.whole_minor, split::cost_of(sheet, &parts));
        });
    }
    greatest
}

/// The circle of equal deposits, each of which counts alone, and one withdrawal.
fn apart(tables: &Tables<'_>) -> Option<Circle> {
    let mut greatest: Option<Circle> = None;
    let sent = tables.send.iter().copied().flat_map(split::bends);
    let single: BTreeSet<i64> = sent.chain(bends_of(&[tables.earned_in])).collect();
    let whole = bends_of(&[tables.earned_out]);
    let of_sheets = tables.withdrawal.iter().copied().flat_map(split::bends);
    let whole: BTreeSet<i64> = of_sheets.chain(whole).collect();
    for deposits in 2..=PARTS_MAX {
        let parts = whole.iter().filter_map(|whole| whole.checked_div(deposits));
        let parts = parts.flat_map(|part| [part, part.saturating_add(1)]);
        for each in parts.chain(single.iter().copied()).collect::<BTreeSet<i64>>() {
            let whole_minor = each.saturating_mul(deposits);
            let Some(gain_minor) = gain_apart(tables, deposits, each) else { continue };
            if gain_minor > greatest.map_or(0, |circle| circle.gain_minor) {
                greatest = Some(Circle { gain_minor, deposits, whole_minor });
            }
        }
    }
    greatest
}

fn gain_apart(tables: &Tables<'_>, deposits: i64, each_minor: i64) -> Option<i64> {
    let whole_minor = each_minor.checked_mul(deposits)?;
    let taken_out = least(&tables.withdrawal, whole_minor)?;
    // the last is paid into the wallet in which the others end
    let sent = least(&tables.send, each_minor)?.checked_mul(deposits.checked_sub(1)?)?;
    let earned = earns(tables.earned_in, each_minor).checked_mul(deposits)?;
    let earned = earned.checked_add(earns(tables.earned_out, whole_minor))?;
    earned.checked_sub(taken_out)?.checked_sub(sent)
}

/// What an amount costs at least by one of these tables; nothing where there are none.
fn least(sheets: &[&Sheet], amount_minor: i64) -> Option<i64> {
    if sheets.is_empty() {
        return Some(0);
    }
    sheets.iter().filter_map(|sheet| split::cost(sheet, amount_minor)).min()
}

/// The whole commission; nothing beyond the last band.
fn earns(earning: Option<&Earning>, amount_minor: i64) -> i64 {
    let earned = earning.and_then(|earning| earning.commission(amount_minor).ok());
    earned.unwrap_or_default().whole_minor()
}

/// The amounts at which commissions bend.
fn bends_of(earnings: &[Option<&Earning>]) -> BTreeSet<i64> {
    let bands = earnings.iter().flatten().flat_map(|earning| &earning.bands);
    let ends = bands.flat_map(|band| {
        let ends = [band.from_minor, band.to_minor, band.to_minor.saturating_add(1)];
        ends.into_iter().chain(band.rate.bends(&[]))
    });
    ends.collect()
}
