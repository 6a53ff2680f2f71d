//! Statements: what an account did in a period, as a value that proves itself, and its two forms:
//! pages to read (`pdf`) and a table for programs (`csv`). Pure: it reads no database, knows no
//! language and no way out of the house.

pub mod csv;
pub mod font;
pub mod paper;
pub mod pdf;

use crate::calendar::Day;
use crate::money::{Currency, Money};
use std::collections::BTreeMap;

/// A statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Of which money.
    pub currency: Currency,
    /// What the account held before the first line, minor units.
    pub opening_minor: i64,
    /// The lines, the oldest first.
    pub lines: Vec<StatementLine>,
    /// What of the closing balance waits for somebody or is kept back, minor units: the rest can be
    /// spent. Nothing where the period is over, as that is only known of now.
    pub held_minor: i64,
}

/// One line of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementLine {
    /// The day.
    pub day: Day,
    /// The time of day.
    pub time: String,
    /// The code of its receipt.
    pub code: String,
    /// What it was.
    pub what: String,
    /// What came in, minor units.
    pub in_minor: i64,
    /// What went out, minor units, without the fee.
    pub out_minor: i64,
    /// What it cost, minor units.
    pub fee_minor: i64,
    /// What the account held after it, minor units.
    pub balance_minor: i64,
}

/// What the columns add up to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// What came in, minor units.
    pub in_minor: i64,
    /// What went out, minor units.
    pub out_minor: i64,
    /// Fees, minor units.
    pub fee_minor: i64,
}

/// The words around the numbers, by what they are for, in the language of who reads it.
pub type Words = BTreeMap<&'static str, String>;

impl Statement {
    /// What the columns add up to.
    pub fn totals(&self) -> Totals {
        self.lines.iter().fold(Totals::default(), |sum, line| Totals {
            in_minor: sum.in_minor.saturating_add(line.in_minor),
            out_minor: sum.out_minor.saturating_add(line.out_minor),
            fee_minor: sum.fee_minor.saturating_add(line.fee_minor),
        })
    }

    /// What the account held after the last line, minor units.
    pub fn closing_minor(&self) -> i64 {
        self.lines.last().map_or(self.opening_minor, |line| line.balance_minor)
    }

    /// What of the closing balance can be spent, minor units.
    pub fn free_minor(&self) -> i64 {
        self.closing_minor().saturating_sub(self.held_minor)
    }

    /// Whether each line follows from the one before, and the columns lead from the first balance
    /// to the last.
    pub fn is_proved(&self) -> bool {
        let after = |before: i64, in_minor: i64, out_minor: i64, fee_minor: i64| {
            before.checked_add(in_minor)?.checked_sub(out_minor)?.checked_sub(fee_minor)
        };
        let mut balance_minor = self.opening_minor;
        for line in &self.lines {
            if after(balance_minor, line.in_minor, line.out_minor, line.fee_minor)
                != Some(line.balance_minor)
            {
                return false;
            }
            balance_minor = line.balance_minor;
        }
        let Totals { in_minor, out_minor, fee_minor } = self.totals();
        after(self.opening_minor, in_minor, out_minor, fee_minor) == Some(self.closing_minor())
    }
}

/// An amount with all its decimals and nothing else: `-1234.50`.
pub fn plain(minor: i64, currency: Currency) -> String {
    let exponent = usize::try_from(currency.exponent()).unwrap_or(0);
    let digits = format!("{:0>width$}", minor.unsigned_abs(), width = exponent.saturating_add(1));
    let (whole, cents) =
        digits.split_at_checked(digits.len().saturating_sub(exponent)).unwrap_or((&digits, ""));
    let sign = if minor < 0 { "-" } else { "" };
    if cents.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{cents}") }
}

/// The same with its thousands apart, for people: `-1,234.50`.
pub fn grouped(minor: i64, currency: Currency) -> String {
    let plain = plain(minor, currency);
    let (sign, rest) = plain.strip_prefix('-').map_or(("", plain.as_str()), |rest| ("-", rest));
    let (whole, cents) = rest
        .split_once('.')
        .map_or((rest, String::new()), |(whole, cents)| (whole, format!(".{cents}")));
    let mut apart = String::new();
    for (digit, left) in whole.chars().zip((0..whole.len()).rev()) {
        apart.push(digit);
        if left > 0 && left.checked_rem(3) == Some(0) {
            apart.push(',');
        }
    }
    format!("{sign}{apart}{cents}")
}

/// An amount with its currency, for people.
pub fn named(minor: i64, currency: Currency) -> String {
    format!("{} {}", Money::new(minor, currency).currency, grouped(minor, currency))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    pub(super) fn line(
        in_minor: i64,
        out_minor: i64,
        fee_minor: i64,
        balance_minor: i64,
    ) -> StatementLine {
        let day = Day::read("23/11/26").unwrap_or(Day::new(0));
        let time = "14:05".into();
        let code = "ZC3MQ18HRS".into();
        StatementLine {
            day,
            time,
            code,
            what: "Sent to Baraka O".into(),
            in_minor,
            out_minor,
            fee_minor,
            balance_minor,
        }
    }

    #[test]
    fn a_statement_with_a_line_too_few_does_not_prove_itself() {
        let lines = vec![line(500, 0, 0, 1_500), line(0, 200, 7, 1_293), line(0, 93, 0, 1_200)];
        let whole =
            Statement {
            currency: Currency::parse("KES").unwrap(),
            opening_minor: 1_000,
            lines,
            held_minor: 0,
        };
        assert!(whole.is_proved());
        for missing in 0..2 {
            let mut holed = whole.clone();
            holed.lines.remove(missing);
            assert!(!holed.is_proved(), "{missing}");
        }
        assert!(!Statement { opening_minor: 999, ..whole.clone() }.is_proved());
        assert!(Statement { lines: Vec::new(), ..whole }.is_proved());
    }

    #[test]
    fn amounts_keep_all_their_decimals() {
        let shillings = [
            (0, "0.00"),
            (5, "0.05"),
            (-123_450, "-1,234.50"),
            (100_000_000, "1,000,000.00"),
            (99_999, "999.99"),
        ];
        for (minor, text) in shillings {
            assert_eq!(grouped(minor, Currency::parse("KES").unwrap()), text);
            assert_eq!(plain(minor, Currency::parse("KES").unwrap()), text.replace(',', ""));
        }
        let francs = Currency::parse("RWF").unwrap_or(Currency::parse("KES").unwrap());
        assert_eq!((grouped(1_234, francs).as_str(), plain(-7, francs).as_str()), ("1,234", "-7"));
        assert_eq!(plain(i64::MIN, Currency::parse("KES").unwrap()), "-92233720368547758.08");
    }

    proptest! {
        #[test]
        fn what_is_written_is_what_was_counted(minor in any::<i64>()) {
            let text = plain(minor, Currency::parse("KES").unwrap());
            prop_assert_eq!(text.replace('.', "").parse::<i128>().ok(), Some(i128::from(minor)));
            prop_assert_eq!(grouped(minor, Currency::parse("KES").unwrap()).replace(',', ""), text);
        }
    }
}
