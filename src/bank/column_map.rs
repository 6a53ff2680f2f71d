//! What is in the columns of a bank's CSV: written once for each account, kept as TOML. The example
//! beside this file says what each key is.

use super::cleaning::Encoding;
use super::map_error::{MapError, MapFault};
use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};

/// A map with a word for each key, for whoever writes one.
pub const EXAMPLE: &str = include_str!("column_map_example.toml");

/// The keys of a map, in the order in which people meet them.
pub const MAP_KEYS: &[&str] = &[
    "delimiter",
    "decimal",
    "thousands",
    "date_format",
    "order",
    "header",
    "skip_lines",
    "encoding",
    "totals",
    "booked_on",
    "text",
    "reference",
    "balance",
    "value_on",
    "customer_reference",
    "counterparty_name",
    "counterparty_account",
    "account",
    "currency",
    "returned",
    "amount",
];

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
            toml::from_str(text).map_err(|error| MapError::of_toml(text, &error))?;
        map.check().map_err(|wrong| wrong.within(text))?;
        Ok(map)
    }

    /// The map as it is kept.
    pub fn to_toml(&self) -> Result<String, MapError> {
        toml::to_string(self).map_err(|error| MapFault::Line(error.to_string()).of(""))
    }

    /// Whether a table could be read with it.
    pub fn check(&self) -> Result<(), MapError> {
        self.check_signs()?;
        let sample = date(2026, 11, 25);
        let written = jiff::fmt::strtime::format(&self.date_format, sample).ok();
        if written.and_then(|text| self.day(&text)) != Some(sample) {
            return Err(MapFault::DateFormat(self.date_format.clone()).of("date_format"));
        }
        for (key, column) in self.named() {
            match column {
                Column::Number(0) => return Err(MapFault::ColumnZero.of(key)),
                Column::Name(name) if !self.header => {
                    return Err(MapFault::NoHeader(name.clone()).of(key));
                }
                Column::Number(_) | Column::Name(_) => {}
            }
        }
        if let AmountColumns::Marked { debit, credit, .. } = &self.amount {
            for (words, key, what) in [(debit, "debit", "went out"), (credit, "credit", "came in")]
            {
                if words.is_empty() {
                    return Err(MapFault::NoMark(what).of(key));
                }
            }
            if let Some(both) = debit.iter().find(|word| is_among(word, credit)) {
                return Err(MapFault::Mark(both.clone()).of("debit"));
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
            Some((_, sign, what)) => {
                let key = what.split(' ').next().unwrap_or_default();
                Err(MapFault::Sign { sign, what }.of(key))
            }
            None => Ok(()),
        }
    }

    /// A day as this bank writes it.
    pub(super) fn day(&self, text: &str) -> Option<Date> {
        let day = Date::strptime(&self.date_format, text.trim()).ok()?;
        (1900..2200).contains(&day.year()).then_some(day)
    }

    /// All columns that something is read from, each with its key.
    pub(super) fn named(&self) -> Vec<(&'static str, &Column)> {
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
            ("value_on", value_on),
            ("balance", balance),
            ("reference", reference),
            ("customer_reference", customer_reference),
            ("counterparty_name", counterparty_name),
            ("counterparty_account", counterparty_account),
            ("account", account),
            ("currency", currency),
        ];
        let amounts = match &self.amount {
            AmountColumns::Signed { column } => vec![("column", column)],
            AmountColumns::Two { debit, credit, .. } => vec![("debit", debit), ("credit", credit)],
            AmountColumns::Marked { column, mark, .. } => vec![("column", column), ("mark", mark)],
        };
        let returned = returned.as_ref().map(|returned| ("returned", &returned.column));
        let optional = optional.into_iter().filter_map(|(key, some)| Some((key, some.as_ref()?)));
        let first = [("booked_on", booked_on)].into_iter();
        let texts = text.iter().map(|column| ("text", column));
        first.chain(texts).chain(optional).chain(returned).chain(amounts).collect()
    }

    /// What one map says and another one does not, a line each: the key, before, and now.
    pub fn changes(before: &str, now: &str) -> Vec<(String, String, String)> {
        let [before, now] = [before, now].map(lines);
        let of = |all: &[(String, String)], key: &str| {
            let found = all.iter().find(|(known, _)| known == key);
            found.map(|(_, value)| value.clone()).unwrap_or_default()
        };
        let gone = before.iter().filter(|(key, _)| !now.iter().any(|(known, _)| known == key));
        let keys = now.iter().chain(gone).map(|(key, _)| key.clone());
        let both = keys.map(|key| {
            let (was, is) = (of(&before, &key), of(&now, &key));
            (key, was, is)
        });
        both.filter(|(_, was, is)| was != is).collect()
    }
}

/// Keys and values of a map that is kept, with the table before the key.
fn lines(map: &str) -> Vec<(String, String)> {
    let mut table = String::new();
    let mut all = Vec::new();
    for line in map.lines() {
        match line.split_once('=') {
            Some((key, value)) => {
                all.push((format!("{table}{}", key.trim()), value.trim().to_owned()));
            }
            None if line.starts_with('[') => {
                table = format!("{}.", line.trim_matches(['[', ']']));
            }
            None => {}
        }
    }
    all
}

/// Whether a word is one of these, in either case.
pub(super) fn is_among(word: &str, words: &[String]) -> bool {
    words.iter().any(|one| one.trim().to_lowercase() == word.trim().to_lowercase())
}
