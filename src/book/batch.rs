//! The fold: postings one after the other against a running state in memory. Pure: no database, no
//! clock.
//!
//! A posting is checked against the state as the postings before it in the batch left it, then
//! applied as a whole. A refused one leaves no trace, and the ones behind it go on.

use super::PIN_ATTEMPTS_MAX;
use super::guard_facts::{Facts, Staged};
use super::posting::{Change, Credential, HoldMove, Posting, Receipt, SecretKind};
use crate::id::{AccountId, ArrangementId, HoldId, PinId, PostingId};
use crate::refusal::{Reason, Refusal};
use crate::store::arrangement_rows::ArrangementRow;
use crate::store::book_rows::{
    Account, EntryRow, HoldEntryRow, HoldRow, HoldState, NewRows, PostingRow,
};
use crate::store::record::RecordKey;
use crate::store::records::Record;
use crate::time::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use subtle::ConstantTimeEq;

/// What a batch adds and changes.
#[derive(Debug, Default)]
pub struct BatchOutcome {
    /// Rows of the book.
    pub rows: NewRows,
    /// Accounts whose standing changed.
    pub accounts: BTreeSet<AccountId>,
    /// Holds whose standing changed.
    pub holds: BTreeSet<HoldId>,
    /// Arrangements as they are left, by number.
    pub arrangements: BTreeMap<ArrangementId, ArrangementRow>,
    /// Records as they are left, by their own keys.
    pub records: BTreeMap<RecordKey, Record>,
    /// Changes around the book, in the order to make them.
    pub changes: Vec<Noted>,
}

impl BatchOutcome {
    /// Whether nothing is to be written: everybody was refused, or repeated what was done.
    pub fn is_empty(&self) -> bool {
        self.rows.postings.is_empty()
            && self.accounts.is_empty()
            && self.holds.is_empty()
            && self.changes.is_empty()
    }

    /// How many messages it adds to the outbox.
    pub fn messages(&self) -> usize {
        self.changes.iter().filter(|noted| matches!(noted.change, Change::Tell(_))).count()
    }
}

/// A change around the book, with the posting it came with.
#[derive(Debug)]
pub struct Noted {
    /// The posting's number; none when it was not recorded.
    pub posting: Option<PostingId>,
    /// When.
    pub at: Timestamp,
    /// What changes.
    pub change: Change,
}

/// A hold move, resolved: which hold, whose money, and by how much the reserve changes.
pub(super) struct Reserve {
    hold: HoldId,
    pub(super) account: AccountId,
    pub(super) amount_minor: i64,
    after: HoldRow,
}

impl Facts {
    /// Takes one posting into the batch, or refuses it alone.
    pub fn fold(&mut self, posting: &Posting, out: &mut BatchOutcome) -> Result<Receipt, Refusal> {
        // one that is not recorded leaves nothing under its key: others may carry the same one
        if posting.is_recorded()
            && let Some((request, receipt)) = self.known.get(&posting.key)
        {
            let same = *request == posting.request;
            let repeated = Receipt { repeated: true, ..receipt.clone() };
            return if same { Ok(repeated) } else { Err(Reason::KEY_REUSED.into()) };
        }
        // the number that it has if it is recorded
        let number = self.last_posting.next();
        if posting.corrects.is_some_and(|old| old <= PostingId::NONE || old > self.last_posting) {
            return Err(Reason::INVALID.into());
        }
        for credential in &posting.credentials {
            self.prove(posting, credential, out)?;
        }
        // a PIN of which no try was used is right every time: there is nothing to write
        let unused = |pin: &PinId| self.guard_facts.attempts.get(pin) == Some(&0);
        let idle = |change: &&Change| matches!(change, Change::ClearPin { pin } if unused(pin));
        let changes: Vec<&Change> = posting.changes.iter().filter(|change| !idle(change)).collect();
        // the guards come first: who was too late hears that, whatever the balance is by now
        let after = self.admit(&posting.changes)?;
        let reserves = self.reserves(posting, number)?;
        let accounts_after = self.accounts_after(posting, &reserves, &after)?;
        self.commit_staged(after);
        Ok(self.apply(posting, &changes, number, reserves, accounts_after, out))
    }

    /// Compares a secret that the posting needs. A wrong one leaves its charge, and whatever else
    /// comes with that.
    fn prove(
        &mut self,
        posting: &Posting,
        credential: &Credential,
        out: &mut BatchOutcome,
    ) -> Result<(), Refusal> {
        let (wrong, locked, field) = match credential.secret {
            SecretKind::Pin => (Reason::PIN_WRONG, Reason::PIN_LOCKED, "pin"),
            SecretKind::Code => (Reason::CODE_WRONG, Reason::CODE_GONE, "code"),
        };
        let used =
            self.guard_facts.attempts.get(&credential.pin).copied().unwrap_or(PIN_ATTEMPTS_MAX);
        let known = self.guard_facts.tags.get(&credential.pin);
        // one that was taken away has no tag, and opens nothing
        let (salt, tag) = known.filter(|(_, tag)| !tag.is_empty()).ok_or(locked)?;
        if used >= PIN_ATTEMPTS_MAX {
            return Err(locked.into());
        }
        if *salt != credential.salt {
            return Err(Reason::STALE.into());
        }
        if tag.ct_eq(&credential.tag).into() {
            return Ok(());
        }
        // charged before, when the same came first
        let handled = |change: &Change| {
            let Change::Dedup { key } = change else { return false };
            self.is_seen(key, &Staged::default())
        };
        if credential.wrong.iter().any(handled) {
            let left = PIN_ATTEMPTS_MAX.saturating_sub(used);
            return Err(Refusal::of_field(wrong, field).with("left", left));
        }
        let charged =
            credential.wrong.iter().any(|change| matches!(change, Change::ChargePin { .. }));
        let used = used.saturating_add(i64::from(charged));
        let locked =
            if charged && used >= PIN_ATTEMPTS_MAX { credential.locked.as_slice() } else { &[] };
        let changes: Vec<Change> = credential.wrong.iter().chain(locked).cloned().collect();
        // a try is no posting: it can leave no trail
        if changes.iter().any(Change::leaves_trail) {
            return Err(Reason::INVALID.into());
        }
        let after = self.admit(&changes)?;
        self.commit_staged(after);
        out.changes.extend(changes.into_iter().map(|change| Noted {
            posting: None,
            at: posting.at,
            change,
        }));
        let left = PIN_ATTEMPTS_MAX.saturating_sub(used);
        Err(Refusal::of_field(wrong, field).with("left", left))
    }

    /// Resolves the hold moves; refuses what a hold does not allow.
    fn reserves(&self, posting: &Posting, number: PostingId) -> Result<Vec<Reserve>, Refusal> {
        let mut reserves: Vec<Reserve> = Vec::with_capacity(posting.holds.len());
        for step in &posting.holds {
            let reserve = match *step {
                HoldMove::Open { account, amount_minor } => {
                    let hold = HoldId::from(number);
                    let opened_before = reserves.iter().any(|r| r.hold == hold);
                    if amount_minor <= 0 || opened_before {
                        return Err(Reason::INVALID.into());
                    }
                    let after = HoldRow {
                        id: hold,
                        account_id: account,
                        amount_minor,
                        remaining_minor: amount_minor,
                        state: HoldState::Open,
                    };
                    Reserve { hold, account, amount_minor, after }
                }
                HoldMove::Settle { hold, amount_minor } => {
                    let hold_row = self.open_hold(hold, &reserves)?;
                    give_back(hold_row, amount_minor, HoldState::Settled)?
                }
                HoldMove::Release { hold } => {
                    let hold_row = self.open_hold(hold, &reserves)?;
                    let rest_minor = hold_row.remaining_minor;
                    give_back(hold_row, rest_minor, HoldState::Released)?
                }
            };
            reserves.push(reserve);
        }
        Ok(reserves)
    }

    /// The hold as earlier moves of the same posting left it; refused when it is not open.
    fn open_hold(&self, hold: HoldId, earlier: &[Reserve]) -> Result<HoldRow, Refusal> {
        let moved = earlier.iter().rev().find(|r| r.hold == hold).map(|r| &r.after);
        let hold_row = moved.or_else(|| self.holds.get(&hold)).ok_or(Reason::HOLD_GONE)?;
        match hold_row.state {
            HoldState::Open => Ok(hold_row.clone()),
            HoldState::Settled | HoldState::Released => Err(Reason::HOLD_GONE.into()),
        }
    }

    /// Makes a posting that was found good part of the running state and of the rows to write.
    fn apply(
        &mut self,
        posting: &Posting,
        changes: &[&Change],
        number: PostingId,
        reserves: Vec<Reserve>,
        accounts_after: BTreeMap<AccountId, Account>,
        out: &mut BatchOutcome,
    ) -> Receipt {
        let recorded = posting.is_recorded().then_some(number);
        let available = add_entries(posting, number, &accounts_after, out);
        self.set_aside(number, &reserves, out);
        // what is told in some cases is told here, where it is known what the postings before this
        // one left
        let changed = posting.changes.iter();
        let told: Vec<Change> =
            changed.filter_map(|change| self.told(change, &accounts_after)).collect();
        for (id, mut account) in accounts_after {
            if posting.legs.iter().any(|leg| leg.account == id) {
                account.last_posting = Some(number);
            }
            out.accounts.insert(id);
            self.accounts.insert(id, account);
        }
        let receipt = Receipt { posting: recorded, at: posting.at, repeated: false, available };
        if recorded.is_some() {
            self.last_posting = number;
            self.known.insert(posting.key, (posting.request, receipt.clone()));
            out.rows.postings.push(PostingRow {
                id: number,
                kind: posting.kind.to_owned(),
                at: posting.at.micros(),
                key: posting.key.bytes().to_vec(),
                request: posting.request.to_vec(),
                corrects: posting.corrects,
            });
        }
        for change in changes.iter().copied().chain(&told) {
            match change {
                Change::Put(put) => self.put(posting, number, put, out),
                Change::Keep(keep) => self.keep(posting, number, keep, out),
                Change::OpenAccount(_)
                | Change::ChargePin { .. }
                | Change::ClearPin { .. }
                | Change::TakeLine { .. }
                | Change::AtPosting { .. }
                | Change::AtRecord { .. }
                | Change::While { .. }
                | Change::Claim { .. }
                | Change::Dedup { .. }
                | Change::Undone { .. }
                | Change::Journal(_)
                | Change::TellBelow { .. }
                | Change::TellStranger(_)
                | Change::Tell(_) => out.changes.push(Noted {
                    posting: recorded,
                    at: posting.at,
                    change: change.clone(),
                }),
            }
        }
        receipt
    }

    /// Makes what is reserved and given back part of them.
    fn set_aside(&mut self, number: PostingId, reserves: &[Reserve], out: &mut BatchOutcome) {
        for (reserve, index) in reserves.iter().zip(0_i64..) {
            out.rows.hold_entries.push(HoldEntryRow {
                posting_id: number,
                leg: index,
                hold_id: reserve.hold,
                account_id: reserve.account,
                amount_minor: reserve.amount_minor,
            });
            out.holds.insert(reserve.hold);
            self.holds.insert(reserve.hold, reserve.after.clone());
        }
    }
}

/// Adds the entries of a posting; returns what each of its accounts has to spend then.
fn add_entries(
    posting: &Posting,
    number: PostingId,
    accounts_after: &BTreeMap<AccountId, Account>,
    out: &mut BatchOutcome,
) -> Vec<(AccountId, i64)> {
    let mut available = Vec::with_capacity(posting.legs.len());
    for (leg, index) in posting.legs.iter().zip(0_i64..) {
        let after = accounts_after.get(&leg.account);
        let entry = EntryRow {
            posting_id: number,
            leg: index,
            account_id: leg.account,
            amount_minor: leg.amount_minor,
            balance_minor: after.map_or(0, |a| a.balance_minor),
            held_minor: after.map_or(0, |a| a.held_minor),
            previous: after.and_then(|a| a.last_posting),
        };
        available.push((leg.account, entry.available_minor()));
        out.rows.entries.push(entry);
    }
    available
}

/// Takes a part of an open hold back.
fn give_back(hold_row: HoldRow, amount_minor: i64, emptied: HoldState) -> Result<Reserve, Refusal> {
    if amount_minor <= 0 {
        return Err(Reason::INVALID.into());
    }
    if amount_minor > hold_row.remaining_minor {
        return Err(Reason::HOLD_EXCEEDED.into());
    }
    let remaining_minor = hold_row.remaining_minor.saturating_sub(amount_minor);
    let state = if remaining_minor == 0 { emptied } else { hold_row.state };
    let after = HoldRow { remaining_minor, state, ..hold_row };
    Ok(Reserve {
        hold: after.id,
        account: after.account_id,
        amount_minor: amount_minor.saturating_neg(),
        after,
    })
}
