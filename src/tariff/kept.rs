//! A tariff as it is kept: its text, under a number made of that. What was earned by one is checked
//! by the same one, also when another one counts by then.

use super::Tariff;
use crate::source::Source;
use crate::table::{Complaints, Table};
use sha2::{Digest, Sha256};

/// The number of a tariff of this text: nobody finds another text with the same one.
pub(super) fn number_of(text: &str) -> i64 {
    let digest: [u8; 32] = Sha256::digest(text.as_bytes()).into();
    i64::from_be_bytes(digest.first_chunk().copied().unwrap_or_default()) & i64::MAX
}

impl Tariff {
    /// The number under which it is kept.
    pub fn number(&self) -> i64 {
        self.number
    }

    /// What it was read from.
    pub fn source_text(&self) -> &str {
        &self.text
    }

    /// One that was good when it was kept, whatever has a price by now.
    pub fn again(text: &str) -> Option<Tariff> {
        let source = Source::new("a tariff of before", text);
        let mut complaints = Complaints::new(&source);
        let mut table = Table::parse(&source).ok()?;
        let mut names = table.keys();
        names.extend(table.table("commission", &mut complaints).iter().flat_map(Table::keys));
        let names: Vec<&str> = names.iter().map(|name| name.text.as_str()).collect();
        Tariff::parse(&source, &names).ok()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests stop where they fail")]
    use super::*;
    use crate::money::{Currency, Money};

    const TEXT: &str = "currency = \"KES\"\nsend = [{ from = 1, to = 100, fee = 7 }]\n\
                        [commission.cash_in]\nbands = [{ from = 1, to = 100, fee = 3 }]\n";

    #[test]
    fn one_that_was_kept_says_what_it_said() {
        let first = Tariff::parse(&Source::new("tariff.toml", TEXT), &["send", "cash_in"]).unwrap();
        assert_eq!((first.source_text(), first.number()), (TEXT, number_of(TEXT)));
        let again = Tariff::again(first.source_text()).unwrap();
        assert_eq!(again.number(), first.number());
        let day = jiff::civil::date(2026, 11, 23);
        let earned = |tariff: &Tariff| {
            tariff
                .commission("cash_in", Money::new(5_000, Currency::parse("KES").unwrap()), day)
                .unwrap()
        };
        assert_eq!(earned(&again), earned(&first));
        assert_eq!(earned(&again).whole_minor(), 300);
        assert!(Tariff::again("currency = ").is_none());
        assert_ne!(number_of(&format!("{TEXT} ")), number_of(TEXT));
    }
}
