//! Guards: whether the changes that come with a posting may be made. They are looked at in order,
//! each as the ones before it would leave things, so that it makes no difference whether two
//! changes come in one posting or in two. Pure, like the fold it is a part of.

use super::Key;
use super::PIN_ATTEMPTS_MAX;
use super::guard_facts::{Facts, Staged, Standing};
use super::posting::{Change, Keep, Put};
use crate::id::{AccountId, ArrangementId, PinId};
use crate::limits::Usage;
use crate::refusal::{Reason, Refusal};
use crate::store::book_rows::{Account, AccountKind, AccountState};
use crate::store::record::{Occupant, RecordKey};
use crate::store::records::Record;
use crate::store::working_day::AgentJournalRow;
use std::collections::BTreeMap;

impl Facts {
    /// What the changes would make of the facts, or the refusal of the first that may not be made.
    pub(super) fn admit(&self, changes: &[Change]) -> Result<Staged, Refusal> {
        let mut staged = Staged::default();
        for change in changes {
            match self.check(change, &staged) {
                None => self.stage(change, &mut staged),
                Some(reason) => return Err(reason.into()),
            }
        }
        Ok(staged)
    }

    /// Why a change may not be made.
    fn check(&self, change: &Change, staged: &Staged) -> Option<Reason> {
        match change {
            Change::OpenAccount(account) => self.check_open(account, staged),
            Change::ChargePin { pin } => {
                let left =
                    self.attempts(*pin, staged).is_some_and(|attempts| attempts < PIN_ATTEMPTS_MAX);
                (!left).then_some(Reason::PIN_LOCKED)
            }
            Change::TakeLine { line, version } => {
                (self.line(line, staged) != *version).then_some(Reason::STALE)
            }
            Change::AtPosting { account, posting } => {
                let moved = self
                    .account(*account, staged)
                    .is_none_or(|account| account.last_posting != *posting);
                moved.then_some(Reason::STALE)
            }
            Change::AtRecord { record, version } => {
                (self.at(record, staged).value != *version).then_some(Reason::STALE)
            }
            Change::Dedup { key } => self.is_seen(key, staged).then_some(Reason::SEEN),
            Change::Undone { key } => {
                let done = self.known.contains_key(key) || self.is_seen(key, staged);
                done.then_some(Reason::SEEN)
            }
            Change::Claim { key } => self.is_seen(key, staged).then_some(Reason::MOVED),
            Change::Journal(row) => self.check_serve(row, staged),
            Change::Put(put) => self.check_put(put, staged),
            Change::While { arrangement, states } => {
                let stands = self.arrangement(*arrangement, staged);
                let there = stands.is_some_and(|stands| states.contains(&stands.state.as_str()));
                (!there).then_some(Reason::MOVED)
            }
            Change::Keep(keep) => self.check_keep(keep, staged),
            // a code is worth what its hold is, and that can be spent once
            Change::ClearPin { .. }
            | Change::TellBelow { .. }
            | Change::TellStranger(_)
            | Change::Tell(_) => None,
        }
    }

    /// The message that is told only in some cases: of an account that sinks below an amount with
    /// this posting, and to a number that is not silent.
    pub(super) fn told(
        &self,
        change: &Change,
        accounts_after: &BTreeMap<AccountId, Account>,
    ) -> Option<Change> {
        if let Change::TellStranger(message) = change {
            let place = RecordKey::Silent(message.address.clone());
            let silent = self.at(&place, &Staged::default()).value != 0;
            return (!silent).then(|| Change::Tell(message.clone()));
        }
        let Change::TellBelow { account, least_minor, message } = change else { return None };
        let free_minor =
            |account: &Account| account.balance_minor.saturating_sub(account.held_minor);
        let (before, after) = (self.accounts.get(account)?, accounts_after.get(account)?);
        let sinks = free_minor(before) >= *least_minor && free_minor(after) < *least_minor;
        sinks.then(|| Change::Tell(message.clone()))
    }

    fn check_open(&self, account: &Account, staged: &Staged) -> Option<Reason> {
        let taken = self.account(account.id, staged).is_some();
        (taken || !is_empty(account)).then_some(Reason::INVALID)
    }

    fn check_serve(&self, row: &AgentJournalRow, staged: &Staged) -> Option<Reason> {
        let (place, shift) = row.within()?;
        (self.at(&place, staged).value != shift).then_some(Reason::STALE)
    }

    /// An arrangement follows the version that was read. Its money stays where it lies: on an
    /// account that was opened for it, with the posting that named it first.
    fn check_put(&self, put: &Put, staged: &Staged) -> Option<Reason> {
        let stands = self.arrangement(put.row.id, staged);
        let version = stands.map_or(0, |stands| stands.version);
        if version.checked_add(1) != Some(put.row.version) {
            return Some(Reason::MOVED);
        }
        let before = stands.and_then(|stands| stands.account);
        let opened = |id| staged.opened.get(&id).map(|account| account.kind);
        let lies = match (before, put.row.account) {
            (None, None) => true,
            (Some(before), named) => named == Some(before),
            (None, Some(named)) => opened(named) == Some(AccountKind::Arrangement),
        };
        (!lies).then_some(Reason::INVALID)
    }

    /// A record follows the version that was read, and takes what nobody else has.
    fn check_keep(&self, keep: &Keep, staged: &Staged) -> Option<Reason> {
        if let Record::Restriction(row) = &keep.record {
            match self.account(row.account_id, staged).map(|account| account.state) {
                None => return Some(Reason::INVALID),
                Some(AccountState::Closed) => return Some(Reason::ACCOUNT_CLOSED),
                Some(_other) => {}
            }
        }
        let entry = keep.record.entry();
        if self.at(&entry.key, staged).value.checked_add(1) != Some(entry.version) {
            return Some(entry.refusal);
        }
        let mut vacant = entry.vacant.iter();
        vacant.find(|(key, _)| self.at(key, staged).value != 0).map(|(_, reason)| *reason)
    }

    fn stage(&self, change: &Change, staged: &mut Staged) {
        let new = &mut staged.guard_facts;
        match change {
            Change::OpenAccount(account) => drop(staged.opened.insert(account.id, account.clone())),
            Change::ChargePin { pin } => {
                let attempts = self.attempts(*pin, staged).unwrap_or(0).saturating_add(1);
                staged.guard_facts.attempts.insert(*pin, attempts);
            }
            Change::ClearPin { pin } => {
                // where there is no PIN there is nothing to clear, and a try must still be refused
                if self.attempts(*pin, staged).is_some() {
                    staged.guard_facts.attempts.insert(*pin, 0);
                }
            }
            Change::TakeLine { line, version } => {
                new.lines.insert(line.clone(), version.saturating_add(1));
            }
            Change::Put(put) => {
                let before = self.arrangement(put.row.id, staged).cloned().unwrap_or_default();
                let (version, state) = (put.row.version, put.row.state.clone());
                let after = Standing { version, state, account: put.row.account, ..before };
                staged.guard_facts.arrangements.insert(put.row.id, after);
            }
            Change::Keep(keep) => self.stage_keep(keep, staged),
            Change::Dedup { key } | Change::Claim { key } => drop(new.dedup_keys.insert(*key)),
            Change::Undone { .. }
            | Change::AtPosting { .. }
            | Change::AtRecord { .. }
            | Change::While { .. }
            | Change::Journal(_)
            | Change::TellBelow { .. }
            | Change::TellStranger(_)
            | Change::Tell(_) => {}
        }
    }

    /// The record takes its places. A new tag of a PIN leaves its tries as they are.
    fn stage_keep(&self, keep: &Keep, staged: &mut Staged) {
        if let Record::Pin(pin) = &keep.record {
            let tries = self.attempts(pin.id, staged).unwrap_or(pin.attempts);
            staged.guard_facts.attempts.insert(pin.id, tries);
            staged.guard_facts.tags.insert(pin.id, (pin.salt.clone(), pin.tag.clone()));
        }
        let entry = keep.record.entry();
        let now = Occupant { value: entry.version, ..self.at(&entry.key, staged) };
        let taken = |(key, value)| (key, Occupant { value, last_posting: None });
        staged.guard_facts.records.insert(entry.key, now);
        staged.guard_facts.records.extend(entry.takes.into_iter().map(taken));
    }

    /// What stands at the key of a record.
    fn at(&self, key: &RecordKey, staged: &Staged) -> Occupant {
        let (new, old) = (&staged.guard_facts.records, &self.guard_facts.records);
        new.get(key).or_else(|| old.get(key)).copied().unwrap_or_default()
    }

    fn arrangement<'a>(&'a self, id: ArrangementId, staged: &'a Staged) -> Option<&'a Standing> {
        let (new, old) = (&staged.guard_facts, &self.guard_facts);
        new.arrangements.get(&id).or_else(|| old.arrangements.get(&id))
    }

    fn attempts(&self, pin: PinId, staged: &Staged) -> Option<i64> {
        staged
            .guard_facts
            .attempts
            .get(&pin)
            .or_else(|| self.guard_facts.attempts.get(&pin))
            .copied()
    }

    fn line(&self, line: &[u8], staged: &Staged) -> i64 {
        let (new, old) = (&staged.guard_facts.lines, &self.guard_facts.lines);
        new.get(line).or_else(|| old.get(line)).copied().unwrap_or(0)
    }

    pub(super) fn is_seen(&self, key: &Key, staged: &Staged) -> bool {
        let (new, old) = (&staged.guard_facts, &self.guard_facts);
        new.dedup_keys.contains(key) || old.dedup_keys.contains(key)
    }
}

/// Money comes onto an account only with legs, and is used only by them: whoever opens one can do
/// neither.
fn is_empty(account: &Account) -> bool {
    account.balance_minor == 0
        && account.held_minor == 0
        && account.last_posting.is_none()
        && account.usage == Usage::default()
}
