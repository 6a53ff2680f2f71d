//! A sheet: all that a day came to, in sections of lines. What a line is about its section says: a
//! count, what went to the debit and the credit, what stands, since when, and who is to see to it.

use crate::money::Currency;

/// A sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// Which day: `2026-11-28`.
    pub day: String,
    /// What the service calls itself.
    pub brand: String,
    /// Of all amounts.
    pub currency: Currency,
    /// What it says.
    pub sections: Vec<Section>,
}

/// A part of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Section {
    /// Its name, for programs.
    pub name: &'static str,
    /// What it is, for people.
    pub title: &'static str,
    /// What it says.
    pub lines: Vec<SheetLine>,
}

/// A line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SheetLine {
    /// What it is about,
    pub item: String,
    /// and more of that.
    pub detail: String,
    /// How many.
    pub count: Option<i64>,
    /// Minor units.
    pub debit: Option<i64>,
    /// Minor units.
    pub credit: Option<i64>,
    /// What stands, minor units.
    pub amount: Option<i64>,
    /// Since when.
    pub since: String,
    /// Who is to see to it.
    pub owner: String,
    /// What it is about, in the words of the screen.
    pub words: String,
}

impl Section {
    /// One without lines.
    pub fn new(name: &'static str, title: &'static str) -> Section {
        Section { name, title, lines: Vec::new() }
    }

    /// The same with these lines.
    pub fn with(self, lines: impl IntoIterator<Item = SheetLine>) -> Section {
        Section { lines: lines.into_iter().collect(), ..self }
    }
}

impl SheetLine {
    /// One about something.
    pub fn of(item: impl Into<String>) -> SheetLine {
        SheetLine { item: item.into(), ..SheetLine::default() }
    }

    /// The same with more of it.
    pub fn detail(self, detail: impl Into<String>) -> SheetLine {
        SheetLine { detail: detail.into(), ..self }
    }

    /// The same with a number.
    pub fn count(self, count: i64) -> SheetLine {
        SheetLine { count: Some(count), ..self }
    }

    /// The same with what moved.
    pub fn moved(self, debit: i64, credit: i64) -> SheetLine {
        SheetLine { debit: Some(debit), credit: Some(credit), ..self }
    }

    /// The same with what stands.
    pub fn amount(self, amount: i64) -> SheetLine {
        SheetLine { amount: Some(amount), ..self }
    }

    /// The same with since when, and who is to see to it.
    pub fn open(self, since: impl Into<String>, owner: impl Into<String>) -> SheetLine {
        SheetLine { since: since.into(), owner: owner.into(), ..self }
    }
}
