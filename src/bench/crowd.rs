//! Very many people with names, numbers and IDs as people have them: some names very common, most
//! rare. Who has which follows from their place alone, so that whoever looks for one knows them.

use super::country;
use super::drive::{PairPicker, posting};
use crate::agent_number::AgentNumber;
use crate::book::{Change, Posting};
use crate::id::{AccountId, AssistantId, PostingId};
use crate::id_digest::IdKey;
use crate::store::agent_rows::{OutletRow, OutletState};
use crate::store::identities::IdentityRow;
use crate::store::people::PersonRow;
use crate::store::records::Record;
use crate::time::Clock;
use crate::wallet::agents::opening;
use crate::wallet::agents::register::REGISTER;

/// What names are made of.
const SYLLABLES: [&str; 20] = [
    "wa", "ka", "ri", "mu", "nge", "ki", "ju", "a", "li", "ni", "o", "ti", "be", "ro", "che",
    "mwa", "si", "la", "ma", "ndu",
];
/// First names there are, and last names.
const FIRSTS: u64 = 2_000;
const LASTS: u64 = 7_900;
/// One in so many has three names.
const THREE_IN: u64 = 3;
/// Outlets, by numbers that no wallet has.
const OUTLETS: i64 = 1 << 43;

/// Somebody by their place.
#[derive(Debug, Clone, Copy)]
pub struct Somebody(pub u64);

/// A number that looks like none of the others' and is always the same for one.
fn mixed(number: u64, salt: u64) -> u64 {
    let mut mixed = number.wrapping_add(salt.wrapping_mul(0x9E37_79B9_7F4A_7C15)).wrapping_add(1);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

/// One of so many words, the first of them far more often than the last: as in Zipf's law each
/// halving is as likely as the others.
fn skewed(number: u64, salt: u64, words: u64) -> u64 {
    let halvings = u64::from(words.ilog2()).saturating_sub(3).max(1);
    let times = mixed(number, salt).checked_rem(halvings).unwrap_or(0);
    let times = u32::try_from(times).unwrap_or(0);
    let range = words.checked_shr(times).unwrap_or(0).max(1);
    mixed(number, salt.wrapping_add(1)).checked_rem(range).unwrap_or(0)
}

fn word(number: u64, end: &str) -> String {
    let syllable = |part: u64| {
        let place = usize::try_from(part.rem_euclid(20)).unwrap_or(0);
        SYLLABLES.get(place).copied().unwrap_or_default()
    };
    let parts = [number, number.div_euclid(20), number.div_euclid(400)];
    let word: String = parts.into_iter().map(syllable).collect();
    let mut letters = word.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).chain(end.chars()).collect()
}

impl Somebody {
    /// Their wallet.
    pub fn account(self) -> AccountId {
        PairPicker::id(self.0)
    }

    /// Their names.
    pub fn names(self) -> Vec<String> {
        let mut names = vec![word(skewed(self.0, 1, FIRSTS), "")];
        if mixed(self.0, 5).rem_euclid(THREE_IN) == 0 {
            names.push(word(skewed(self.0, 6, FIRSTS), ""));
        }
        names.push(word(skewed(self.0, 3, LASTS), "s"));
        names
    }

    /// Their number, without its trunk: neighbours have numbers far apart.
    pub fn national(self) -> String {
        // the factor shares none with a hundred million: no two have the same
        let digits = self.0.wrapping_mul(48_271_379).rem_euclid(100_000_000);
        format!("7{digits:08}")
    }

    /// The number of their ID.
    pub fn id_number(self) -> String {
        format!("{}", self.0.wrapping_mul(7).wrapping_add(20_000_000))
    }

    /// All that joining at an outlet stores of them but the account.
    pub fn joins(self, key: &IdKey) -> Vec<Change> {
        let now = Clock::System.now().micros();
        let person = PersonRow {
            account_id: self.account(),
            version: 1,
            last_posting: PostingId::NONE,
            msisdn: country::full(&self.national()),
            name: self.names().join(" "),
            language: "en".to_owned(),
            joined_at: now,
            tier: "id".to_owned(),
        };
        let row = IdentityRow {
            account_id: self.account(),
            version: 1,
            last_posting: PostingId::NONE,
            digest: key.digest(&self.id_number()),
            assistant: AssistantId::of(1),
            at: now,
        };
        vec![
            Change::keep(Record::Person(person), REGISTER.name),
            Change::keep(Record::Identity(row), "see_id"),
        ]
    }
}

/// The number of an outlet.
pub fn agent(number: i64) -> AgentNumber {
    AgentNumber::of(AccountId::of(OUTLETS.saturating_add(number)))
}

/// Opens an outlet.
pub fn outlet(number: i64) -> Posting {
    let float_account = agent(number).outlet();
    let row = OutletRow {
        float_account,
        version: 1,
        last_posting: PostingId::NONE,
        commission_account: float_account,
        head_office: None,
        name: format!("Duka {number}"),
        area: "Nakuru".to_owned(),
        state: OutletState::Open,
        opened_at: Clock::System.now().micros(),
        low_float_minor: None,
    };
    let name = [b"outlet".as_slice(), &number.to_be_bytes()].concat();
    let kept = Change::keep(Record::Outlet(row), opening::OPEN.name);
    posting(Clock::System.now(), &name, Vec::new(), vec![kept])
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn numbers_and_ids_are_each_of_one_and_names_of_many() {
        let all: Vec<Somebody> = (0..20_000).map(Somebody).collect();
        let mut numbers: Vec<String> = all.iter().map(|one| one.national()).collect();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), all.len());
        assert!(numbers.iter().all(|number| number.len() == 9));
        let mut firsts: BTreeMap<String, usize> = BTreeMap::new();
        for one in &all {
            *firsts.entry(one.names().remove(0)).or_default() += 1;
        }
        let most = firsts.values().max().copied().unwrap();
        assert!(firsts.len() > 1_000 && most > 100, "{} names, {most} of one", firsts.len());
        assert!(all.iter().any(|one| one.names().len() == 3));
    }
}
