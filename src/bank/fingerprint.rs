//! By what a statement and its lines are known again: digests of what is said, not of how it is
//! written. Line ends, byte order marks, quotes, the order of attributes and columns leave no trace
//! in them, nor do the blanks and signs in the number of an account, nor the name that a bank gives
//! to each download.
//!
//! Two equal lines of one statement are two lines: each has its place among its equals. The same
//! days in another file give the same places. A statement that goes on from another (`follows`) is
//! all new: there places go on from how many equals the earlier ones had (`after`).

use super::bank_statement::{Line, Statement};
use jiff::civil::Date;
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::fmt;

/// Changes whenever what is digested does.
const VERSION: &str = "bank-1";

/// A SHA-256.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(pub [u8; 32]);

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

/// An account as it is known: its digits and letters alone, however it is written.
pub fn account_known_as(written: &str) -> String {
    written.chars().filter(|sign| sign.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

/// A line among its equals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LineKey {
    /// Of what the line says. Equal lines have equal ones.
    pub content: Fingerprint,
    /// How many equal lines are before it.
    pub place: u64,
}

impl LineKey {
    /// By what the line is known again.
    pub fn fingerprint(&self) -> Fingerprint {
        let mut hash = Hash::new("place");
        hash.bytes(&self.content.0);
        hash.bytes(&self.place.to_be_bytes());
        hash.end()
    }

    /// The same with so many equals in statements before.
    #[must_use]
    pub fn after(self, equals: u64) -> LineKey {
        LineKey { place: self.place.saturating_add(equals), ..self }
    }
}

impl Statement {
    /// By what its lines are known again, in their order.
    pub fn line_keys(&self) -> Vec<LineKey> {
        let mut seen: HashMap<Fingerprint, u64> = HashMap::with_capacity(self.lines.len());
        let key = |line: &Line| {
            let content = self.content(line);
            let equals = seen.entry(content).or_default();
            let place = *equals;
            *equals = equals.saturating_add(1);
            LineKey { content, place }
        };
        self.lines.iter().map(key).collect()
    }

    /// By what the whole is known again.
    pub fn fingerprint(&self) -> Fingerprint {
        let mut hash = Hash::new("whole");
        hash.bytes(account_known_as(&self.account).as_bytes());
        hash.maybe(self.number.as_deref());
        hash.bytes(self.currency.as_str().as_bytes());
        hash.day(Some(self.opened_on));
        hash.day(Some(self.closed_on));
        hash.bytes(&self.opening_minor.to_be_bytes());
        hash.bytes(&self.closing_minor.to_be_bytes());
        for line in &self.lines {
            hash.bytes(&self.content(line).0);
        }
        hash.end()
    }

    fn content(&self, line: &Line) -> Fingerprint {
        let mut hash = Hash::new("line");
        hash.bytes(account_known_as(&self.account).as_bytes());
        hash.bytes(self.currency.as_str().as_bytes());
        hash.day(Some(line.booked_on));
        hash.day(line.value_on);
        hash.bytes(&line.amount_minor.to_be_bytes());
        hash.maybe(line.reference.as_deref());
        hash.maybe(line.customer_reference.as_deref());
        hash.bytes(line.text.as_bytes());
        hash.maybe(line.counterparty.name.as_deref());
        hash.maybe(line.counterparty.account.as_deref());
        hash.bytes(&[u8::from(line.is_return)]);
        hash.end()
    }
}

/// Fields one after another, each with its length: no two rows of fields make the same bytes.
struct Hash(Sha256);

impl Hash {
    fn new(of: &str) -> Hash {
        let mut hash = Hash(Sha256::new());
        hash.bytes(VERSION.as_bytes());
        hash.bytes(of.as_bytes());
        hash
    }

    fn bytes(&mut self, bytes: &[u8]) {
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.0.update(length.to_be_bytes());
        self.0.update(bytes);
    }

    /// What is not there differs from what is empty.
    fn maybe(&mut self, text: Option<&str>) {
        self.0.update([u8::from(text.is_some())]);
        self.bytes(text.unwrap_or_default().as_bytes());
    }

    fn day(&mut self, day: Option<Date>) {
        let (year, month, of_month) =
            day.map_or((i16::MIN, 0, 0), |day| (day.year(), day.month(), day.day()));
        self.0.update(year.to_be_bytes());
        self.0.update([month.unsigned_abs(), of_month.unsigned_abs()]);
    }

    fn end(self) -> Fingerprint {
        Fingerprint(self.0.finalize().into())
    }
}
