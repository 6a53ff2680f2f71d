//! What postings touch: the rows that must be seen before they are folded. It is said once, for who
//! reads them and for the models that the book is compared with.

use super::posting::{Change, HoldMove, Posting};
use crate::id::{AccountId, ArrangementId, HoldId, PinId};
use crate::store::record::RecordKey;
use std::collections::{BTreeSet, HashSet};

/// Which rows a batch needs to see.
#[derive(Debug, Default)]
pub struct Touched<'a> {
    /// Under which keys it is recorded.
    pub keys: Vec<&'a [u8]>,
    /// Accounts; those of holds come with the holds.
    pub accounts: HashSet<AccountId>,
    /// Holds that are moved.
    pub holds: BTreeSet<HoldId>,
    /// Callers' lines.
    pub lines: HashSet<&'a [u8]>,
    /// PINs that are compared, or whose tries are counted.
    pub pins: BTreeSet<PinId>,
    /// Texts and steps that are handled, and places that only one may take.
    pub dedup_keys: BTreeSet<&'a [u8]>,
    /// Arrangements.
    pub arrangements: BTreeSet<ArrangementId>,
    /// Places of records.
    pub records: BTreeSet<RecordKey>,
}

impl<'a> Touched<'a> {
    /// What these postings touch, all together.
    pub fn of(postings: impl IntoIterator<Item = &'a Posting>) -> Touched<'a> {
        let mut touched = Touched::default();
        postings.into_iter().for_each(|posting| touched.note(posting));
        touched
    }

    fn note(&mut self, posting: &'a Posting) {
        if posting.is_recorded() {
            self.keys.push(posting.key.bytes());
        }
        self.accounts.extend(posting.legs.iter().map(|leg| leg.account));
        for step in &posting.holds {
            match step {
                HoldMove::Open { account, .. } => drop(self.accounts.insert(*account)),
                HoldMove::Settle { hold, .. } | HoldMove::Release { hold } => {
                    self.holds.insert(*hold);
                }
            }
        }
        self.pins.extend(posting.credentials.iter().map(|credential| credential.pin));
        let otherwise = posting
            .credentials
            .iter()
            .flat_map(|credential| credential.wrong.iter().chain(&credential.locked));
        posting.changes.iter().chain(otherwise).for_each(|change| change.touches(self));
        // its own key is looked for anyway where it is recorded
        for change in &posting.changes {
            if let Change::Undone { key } = change
                && *key != posting.key
            {
                self.keys.push(key.bytes());
            }
        }
    }
}

impl Change {
    /// Notes what it touches.
    fn touches<'a>(&'a self, touched: &mut Touched<'a>) {
        match self {
            Change::OpenAccount(account) => drop(touched.accounts.insert(account.id)),
            Change::ChargePin { pin } | Change::ClearPin { pin } => drop(touched.pins.insert(*pin)),
            Change::TakeLine { line, .. } => drop(touched.lines.insert(line)),
            Change::AtPosting { account, .. } => drop(touched.accounts.insert(*account)),
            Change::AtRecord { record, .. } => drop(touched.records.insert(record.clone())),
            Change::Dedup { key } | Change::Claim { key } | Change::Undone { key } => {
                touched.dedup_keys.insert(key.bytes());
            }
            Change::Put(put) => {
                touched.arrangements.insert(put.row.id);
                touched.accounts.extend(put.row.account);
            }
            Change::While { arrangement, .. } => {
                touched.arrangements.insert(*arrangement);
            }
            Change::Keep(keep) => {
                let entry = keep.record.entry();
                // a new tag leaves the tries as they are
                if let RecordKey::Pin(pin) = &entry.key {
                    touched.pins.insert(*pin);
                }
                if let RecordKey::Restriction(account) = &entry.key {
                    touched.accounts.insert(*account);
                }
                touched.records.insert(entry.key);
                touched.records.extend(entry.vacant.into_iter().map(|(key, _)| key));
            }
            Change::Journal(row) => touched.records.extend(row.within().map(|(key, _)| key)),
            Change::TellStranger(message) => {
                touched.records.insert(RecordKey::Silent(message.address.clone()));
            }
            Change::TellBelow { .. } | Change::Tell(_) => {}
        }
    }
}
