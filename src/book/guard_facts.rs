//! What a batch knows: what the database says about everything that it touches, and then what the
//! batch makes of it. It judges nothing: `guard` and `batch` do, each a part.

use super::Key;
use super::posting::Receipt;
use crate::id::{AccountId, ArrangementId, HoldId, PinId, PostingId};
use crate::store::arrangement_rows::ArrangementRow;
use crate::store::book_rows::{Account, HoldRow};
use crate::store::record::{Occupant, RecordKey};
use std::collections::{HashMap, HashSet};

/// What the database says about everything a batch touches, and then what the batch makes of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// The accounts, by number.
    pub accounts: HashMap<AccountId, Account>,
    /// The holds, by number.
    pub holds: HashMap<HoldId, HoldRow>,
    /// What was committed under the batch's keys: number, digest of the request, receipt.
    pub known: HashMap<Key, ([u8; 16], Receipt)>,
    /// What the changes that come with postings are compared with.
    pub guard_facts: GuardFacts,
    /// The number of the newest posting.
    pub last_posting: PostingId,
}

/// What stands around the book and can refuse a posting.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GuardFacts {
    /// Versions of callers' lines.
    pub lines: HashMap<Vec<u8>, i64>,
    /// Wrong tries; no entry where there is no PIN.
    pub attempts: HashMap<PinId, i64>,
    /// Salt and tag of PINs.
    pub tags: HashMap<PinId, (Vec<u8>, Vec<u8>)>,
    /// Texts and steps that were handled.
    pub dedup_keys: HashSet<Key>,
    /// Where arrangements stand, by number; no entry where there is none.
    pub arrangements: HashMap<ArrangementId, Standing>,
    /// What stands at the keys of records; no entry where nothing does.
    pub records: HashMap<RecordKey, Occupant>,
}

/// Where an arrangement stands, as far as it matters to who changes it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// Its version.
    pub version: i64,
    /// Its state.
    pub state: String,
    /// Where its money lies, where it has an account of its own.
    pub account: Option<AccountId>,
    /// The posting that began it; none before that is recorded.
    pub begun_by: Option<PostingId>,
    /// The posting that changed it last; none before that is recorded.
    pub last_posting: Option<PostingId>,
}

/// What the changes of one posting would add to the facts.
#[derive(Debug, Default)]
pub(super) struct Staged {
    pub(super) guard_facts: GuardFacts,
    pub(super) opened: HashMap<AccountId, Account>,
}

impl Standing {
    /// Where a stored arrangement stands.
    pub fn of(row: ArrangementRow) -> Standing {
        let ArrangementRow { version, state, account, begun_by, last_posting, .. } = row;
        let (begun_by, last_posting) = (Some(begun_by), Some(last_posting));
        Standing { version, state, account, begun_by, last_posting }
    }
}

impl Facts {
    /// The changes are made.
    pub(super) fn commit_staged(&mut self, after: Staged) {
        let Staged { guard_facts, opened } = after;
        self.accounts.extend(opened);
        self.guard_facts.lines.extend(guard_facts.lines);
        self.guard_facts.attempts.extend(guard_facts.attempts);
        self.guard_facts.tags.extend(guard_facts.tags);
        self.guard_facts.dedup_keys.extend(guard_facts.dedup_keys);
        self.guard_facts.arrangements.extend(guard_facts.arrangements);
        self.guard_facts.records.extend(guard_facts.records);
    }

    /// An account, also one that the same posting opens.
    pub(super) fn account<'a>(&'a self, id: AccountId, after: &'a Staged) -> Option<&'a Account> {
        after.opened.get(&id).or_else(|| self.accounts.get(&id))
    }
}
