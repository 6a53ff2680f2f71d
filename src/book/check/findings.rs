//! What a check of the book tells: how far it is, what it read, what it found wrong. It finds
//! nothing itself.

use crate::id::PostingId;
use crate::time::Timestamp;
use std::collections::BTreeMap;

/// Links, accounts and holds read at a time.
pub const PAGE: i64 = 10_000;
/// Faults that are listed; more are only counted.
const FAULTS_LISTED: usize = 50;

/// What is being verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckStage {
    /// Postings with their entries, holds and links.
    Postings,
    /// Where accounts stand.
    Accounts,
}

/// Who hears of the progress: what is being verified, how many of how many.
pub type CheckProgress<'a> = &'a mut dyn FnMut(CheckStage, u64, u64);

/// A link that was verified before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    /// Which.
    pub link: i64,
    /// Its newest posting.
    pub posting: PostingId,
    /// Its digest.
    pub digest: Vec<u8>,
    /// When it was verified.
    pub at: Timestamp,
}

/// What lies on accounts of arrangements, in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SetApart {
    /// How much, minor units.
    pub minor: i128,
    /// How many arrangements are open that have such an account.
    pub arrangements: u64,
}

/// What was verified, and what was found wrong.
#[derive(Debug, Default)]
pub struct CheckReport {
    /// Behind which link it began; none where it began at the first.
    pub from: Option<Point>,
    /// Postings read.
    pub postings: u64,
    /// Entries read.
    pub entries: u64,
    /// Hold entries read.
    pub hold_entries: u64,
    /// Events of records read.
    pub events: u64,
    /// Arrangements compared with their trails.
    pub arrangements: u64,
    /// Records of standing data compared with theirs.
    pub records: u64,
    /// Links of the chain recomputed.
    pub links: u64,
    /// The number and digest of the last link: whoever kept an earlier one can tell that nothing
    /// was cut off since.
    pub head: Option<(i64, Vec<u8>)>,
    /// Accounts read: all there are.
    pub accounts: u64,
    /// Those of them that were compared with their entries.
    pub accounts_compared: u64,
    /// Holds compared with their entries.
    pub holds: u64,
    /// Sum of all balances by currency; whole books have zero everywhere.
    pub sums_minor: BTreeMap<String, i128>,
    /// What is set apart behind arrangements, by currency; nothing where none ever had an account.
    pub set_apart: BTreeMap<String, SetApart>,
    /// What is wrong, the first faults in full.
    pub faults: Vec<String>,
    /// How many faults there are.
    pub fault_count: u64,
}

impl CheckReport {
    /// Whether the book is whole.
    pub fn is_whole(&self) -> bool {
        self.fault_count == 0
    }

    /// Whether there is nothing in the book, and nothing that should be.
    pub fn is_empty(&self) -> bool {
        self.is_whole() && self.from.is_none() && self.links == 0
    }
}

/// What was found wrong: counted, and the first listed.
#[derive(Debug, Default)]
pub struct Faults {
    /// The first of them.
    pub listed: Vec<String>,
    /// All of them.
    pub count: u64,
}

impl Faults {
    /// Notes what is wrong.
    pub fn add(&mut self, what: String) {
        self.count = self.count.saturating_add(1);
        if self.listed.len() < FAULTS_LISTED {
            self.listed.push(what);
        }
    }

    /// Notes what is wrong unless it holds.
    pub fn require(&mut self, holds: bool, what: impl FnOnce() -> String) {
        if !holds {
            self.add(what());
        }
    }

    /// Takes others in, behind its own.
    pub fn join(&mut self, others: Faults) {
        self.count = self.count.saturating_add(others.count);
        let room = FAULTS_LISTED.saturating_sub(self.listed.len());
        self.listed.extend(others.listed.into_iter().take(room));
    }
}
