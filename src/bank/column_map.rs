//! What is in the columns of a bank's CSV: written once for each account, kept as TOML.
//!
//! ```toml
//! delimiter = ";"
//! decimal = ","
//! thousands = "."
//! date_format = "%d.%m.%Y"
//! order = "newest_first"
//!
//! [columns]
//! booked_on = "Buchungstag"
//! text = ["Buchungstext", "Verwendungszweck"]
//! balance = "Saldo"
//!
//! [amount.signed]
//! column = "Betrag"
//! ```

use super::cleaning::Encoding;
use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};

/// How a bank writes its tables.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnMap {
    /// How bytes are text.
    #[serde(default = "utf8")]
    pub encoding: Encoding,
    /// Between columns.
    pub delimiter: char,
    /// How many lines stand before the table.
    #[serde(default)]
    pub skip_lines: usize,
    /// A row of names stands over the columns. What stands before it is passed over.
    #[serde(default = "yes")]
    pub header: bool,
    /// How days are written: `%d/%m/%Y`, `%d-%b-%y`, `%Y-%m-%d %H:%M`.
    pub date_format: String,
    /// Before the coins.
    pub decimal: char,
    /// Between the thousands; a blank is any blank.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thousands: Option<char>,
    /// Which way the rows go.
    pub order: Order,
    /// How rows begin that are no bookings though they have amounts: `Total`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub totals: Vec<String>,
    /// Where things stand.
    pub columns: Columns,
    /// Where amounts stand.
    pub amount: AmountColumns,
}

/// Which way the rows go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// What happened first stands first.
    OldestFirst,
    /// What happened last stands first.
    NewestFirst,
}

/// A column by the name over it, or by its number from the left, which is 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Column {
    /// Its number.
    Number(usize),
    /// Its name, in either case.
    Name(String),
}

/// Where things stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Columns {
    /// The day in the bank's books.
    pub booked_on: Column,
    /// The day that interest counts from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value_on: Option<Column>,
    /// What the account held after the booking.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub balance: Option<Column>,
    /// The bank's own reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Column>,
    /// The reference of whoever paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_reference: Option<Column>,
    /// What it was for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub text: Vec<Column>,
    /// The name of the other side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counterparty_name: Option<Column>,
    /// The account of the other side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counterparty_account: Option<Column>,
    /// The account of the statement, which is the same in each row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<Column>,
    /// The currency, which is the same in each row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Column>,
    /// What says that something came back or was taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returned: Option<Returned>,
}

/// What says that something came back or was taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Returned {
    /// Where it stands.
    pub column: Column,
    /// What stands there then.
    pub words: Vec<String>,
}

/// Where amounts stand, and what says which way they went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum AmountColumns {
    /// One column; what went out is below zero.
    Signed {
        /// Which.
        column: Column,
    },
    /// One column for what went out, one for what came in. Below zero is what was taken back.
    Two {
        /// What went out.
        debit: Column,
        /// What came in.
        credit: Column,
        /// What went out is below zero in its column.
        #[serde(default)]
        debit_has_minus: bool,
    },
    /// One column without signs, and one that says which way it went.
    Marked {
        /// How much.
        column: Column,
        /// Which way.
        mark: Column,
        /// What stands there for what went out.
        debit: Vec<String>,
        /// What stands there for what came in.
        credit: Vec<String>,
    },
}

/// Why a map cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MapError {
    /// It is not what is written above.
    #[error("{0}")]
    Toml(String),
    /// A sign that numbers and texts have themselves, or one sign for two things.
    #[error("`{sign}` cannot stand for the {what}")]
    Sign {
        /// Which.
        sign: char,
        /// For what.
        what: &'static str,
    },
    /// A day written so could not be read back.
    #[error("the date format `{0}` needs day, month and year, such as %d/%m/%Y")]
    DateFormat(String),
    /// Columns are counted from 1.
    #[error("there is no column 0: columns are counted from 1")]
    ColumnZero,
    /// A name, but no row of names.
    #[error("column `{0}` has a name, but the table has no header: use its number")]
    NoHeader(String),
    /// The same word for both ways.
    #[error("`{0}` marks what came in and what went out")]
    Mark(String),
    /// No word for one of the ways.
    #[error("no word says what {0}")]
    NoMark(&'static str),
}

const fn yes() -> bool {
    true
}

const fn utf8() -> Encoding {
    Encoding::Utf8
}

impl ColumnMap {
    /// Reads a map, and refuses one that no table could be read with.
    pub fn from_toml(text: &str) -> Result<ColumnMap, MapError> {
        let map: ColumnMap =
            toml::from_str(text).map_err(|error| MapError::Toml(error.to_string()))?;
        map.check()?;
        Ok(map)
    }

    /// The map as it is kept.
    pub fn to_toml(&self) -> Result<String, MapError> {
        toml::to_string(self).map_err(|error| MapError::Toml(error.to_string()))
    }

    /// Whether a table could be read with it.
    pub fn check(&self) -> Result<(), MapError> {
        self.check_signs()?;
        let sample = date(2026, 11, 25);
        let written = jiff::fmt::strtime::format(&self.date_format, sample).ok();
        if written.and_then(|text| self.day(&text)) != Some(sample) {
            return Err(MapError::DateFormat(self.date_format.clone()));
        }
        for column in self.named() {
            match column {
                Column::Number(0) => return Err(MapError::ColumnZero),
                Column::Name(name) if !self.header => return Err(MapError::NoHeader(name.clone())),
                Column::Number(_) | Column::Name(_) => {}
            }
        }
        if let AmountColumns::Marked { debit, credit, .. } = &self.amount {
            for (words, what) in [(debit, "went out"), (credit, "came in")] {
                if words.is_empty() {
                    return Err(MapError::NoMark(what));
                }
            }
            if let Some(both) = debit.iter().find(|word| is_among(word, credit)) {
                return Err(MapError::Mark(both.clone()));
            }
        }
        Ok(())
    }

    fn check_signs(&self) -> Result<(), MapError> {
        let is_part = |sign: char| sign.is_alphanumeric() || matches!(sign, '"' | '\n' | '\r');
        let number_sign = |sign: char| is_part(sign) || matches!(sign, '-' | '+' | '(' | ')');
        let wrong = [
            (is_part(self.delimiter), self.delimiter, "delimiter"),
            (number_sign(self.decimal), self.decimal, "decimal sign"),
        ];
        let thousands = self
            .thousands
            .map(|sign| (number_sign(sign) || sign == self.decimal, sign, "thousands sign"));
        match wrong.into_iter().chain(thousands).find(|(is_wrong, _, _)| *is_wrong) {
            Some((_, sign, what)) => Err(MapError::Sign { sign, what }),
            None => Ok(()),
        }
    }

    /// A day as this bank writes it.
    pub(super) fn day(&self, text: &str) -> Option<Date> {
        let day = Date::strptime(&self.date_format, text.trim()).ok()?;
        (1900..2200).contains(&day.year()).then_some(day)
    }

    /// All columns that something is read from.
    pub(super) fn named(&self) -> Vec<&Column> {
        let Columns {
            booked_on,
            value_on,
            balance,
            reference,
            customer_reference,
            text,
            counterparty_name,
            counterparty_account,
            account,
            currency,
            returned,
        } = &self.columns;
        let optional = [
            value_on,
            balance,
            reference,
            customer_reference,
            counterparty_name,
            counterparty_account,
            account,
            currency,
        ];
        let amounts = match &self.amount {
            AmountColumns::Signed { column } => vec![column],
            AmountColumns::Two { debit, credit, .. } => vec![debit, credit],
            AmountColumns::Marked { column, mark, .. } => vec![column, mark],
        };
        let returned = returned.as_ref().map(|returned| &returned.column);
        let optional = optional.into_iter().flatten();
        [booked_on].into_iter().chain(text).chain(optional).chain(returned).chain(amounts).collect()
    }
}

/// Whether a word is one of these, in either case.
pub(super) fn is_among(word: &str, words: &[String]) -> bool {
    words.iter().any(|one| one.trim().to_lowercase() == word.trim().to_lowercase())
}
