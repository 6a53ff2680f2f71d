//! Guards: whether the changes that come with a posting may be made. They are looked at in order,
//! each as the ones before it would leave things, so that it makes no difference whether two
//! changes come in one posting or in two. Pure, like the fold it is a part of.

use super::Key;
use super::PIN_ATTEMPTS_MAX;
use super::guard_facts::{Facts, Staged, Standing};
use super::posting::{Change, Identify, Put, SessionSave};
use crate::id::{ArrangementId, AssistantId, PinId, ShiftId};
use crate::limits::Usage;
use crate::refusal::{Reason, Refusal};
use crate::store::book_rows::Account;
use crate::store::versioned::Versioned;
use crate::store::working_day::AgentJournalRow;

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
            Change::Join(person) => {
                self.is_joined(&person.msisdn, staged).then_some(Reason::ALREADY_JOINED)
            }
            Change::FirstPin(pin) => {
                self.attempts(pin.id, staged).is_some().then_some(Reason::ALREADY_JOINED)
            }
            Change::Identify(seen) => self.check_identify(seen, staged),
            Change::ChargePin { pin } => {
                let left =
                    self.attempts(*pin, staged).is_some_and(|attempts| attempts < PIN_ATTEMPTS_MAX);
                (!left).then_some(Reason::PIN_LOCKED)
            }
            Change::SaveSession(save) => self.check_save(save, staged),
            Change::AtVersion { session, version } => {
                // version 0 is remembered of one that is not there
                let there = *version > 0 && self.version(session, staged) == Some(*version);
                (!there).then_some(Reason::STALE)
            }
            Change::AtPosting { account, posting } => {
                let moved = self
                    .account(*account, staged)
                    .is_none_or(|account| account.last_posting != *posting);
                moved.then_some(Reason::STALE)
            }
            Change::Dedup { key } => self.is_seen(key, staged).then_some(Reason::SEEN),
            Change::Claim { key } => self.is_seen(key, staged).then_some(Reason::MOVED),
            Change::OpenShift(shift) => {
                self.shift(shift.assistant, staged).is_some().then_some(Reason::SHIFT_OPEN)
            }
            Change::CloseShift(shift) => (self.shift(shift.assistant, staged) != Some(shift.id))
                .then_some(Reason::SHIFT_NONE),
            Change::Journal(row) => self.check_serve(row, staged),
            Change::Put(put) => self.check_put(put, staged),
            Change::While { arrangement, states } => {
                let stands = self.arrangement(*arrangement, staged);
                let there = stands.is_some_and(|stands| states.contains(&stands.state.as_str()));
                (!there).then_some(Reason::MOVED)
            }
            Change::Keep(versioned) => self.check_keep(versioned, staged),
            Change::SetPin(_)
            | Change::ClearPin { .. }
            | Change::SetLanguage { .. }
            | Change::Block { .. }
            | Change::SetLowFloat { .. }
            | Change::ClawBack(_)
            | Change::TellBelow { .. }
            | Change::Tell(_) => None,
        }
    }

    fn check_open(&self, account: &Account, staged: &Staged) -> Option<Reason> {
        let taken = self.account(account.id, staged).is_some();
        (taken || !is_empty(account)).then_some(Reason::INVALID)
    }

    fn check_serve(&self, row: &AgentJournalRow, staged: &Staged) -> Option<Reason> {
        let over = row
            .assistant
            .zip(row.shift)
            .filter(|(who, shift)| self.shift(*who, staged) != Some(*shift));
        over.map(|_over| Reason::STALE)
    }

    fn check_put(&self, put: &Put, staged: &Staged) -> Option<Reason> {
        let there = self.arrangement(put.row.id, staged).map_or(0, |stands| stands.version);
        (there.checked_add(1) != Some(put.row.version)).then_some(Reason::MOVED)
    }

    fn check_keep(&self, versioned: &Versioned, staged: &Staged) -> Option<Reason> {
        let row_key = versioned.row_key();
        let (new, old) = (&staged.guard_facts, &self.guard_facts);
        let there = new
            .versioned
            .get(&row_key)
            .or_else(|| old.versioned.get(&row_key))
            .copied()
            .unwrap_or(0);
        (there.checked_add(1) != Some(versioned.version())).then_some(Reason::STALE)
    }

    fn check_identify(&self, seen: &Identify, staged: &Staged) -> Option<Reason> {
        let (new, old) = (&staged.guard_facts, &self.guard_facts);
        let account = &seen.row.account_id;
        if new.identified.contains(account) || old.identified.contains(account) {
            return Some(Reason::ID_CHECKED);
        }
        let mut digests = std::iter::once(&seen.row.digest).chain(&seen.older);
        let taken = digests
            .any(|digest| new.identities.contains(digest) || old.identities.contains(digest));
        taken.then_some(Reason::ID_TAKEN)
    }

    fn check_save(&self, save: &SessionSave, staged: &Staged) -> Option<Reason> {
        if self.version(&save.row.key, staged).unwrap_or(0) != save.read_version {
            return Some(Reason::STALE);
        }
        (save.read_version.checked_add(1) != Some(save.row.version)).then_some(Reason::INVALID)
    }

    fn stage(&self, change: &Change, staged: &mut Staged) {
        let new = &mut staged.guard_facts;
        match change {
            Change::OpenAccount(account) => drop(staged.opened.insert(account.id, account.clone())),
            Change::Join(person) => drop(new.msisdns.insert(person.msisdn.clone())),
            Change::SetPin(pin) | Change::FirstPin(pin) => {
                new.attempts.insert(pin.id, pin.attempts);
                new.tags.insert(pin.id, (pin.salt.clone(), pin.tag.clone()));
            }
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
            Change::SaveSession(save) => {
                new.sessions.insert(save.row.key.clone(), save.row.version);
            }
            Change::Put(put) => {
                let before = self.arrangement(put.row.id, staged).cloned().unwrap_or_default();
                let (version, state) = (put.row.version, put.row.state.clone());
                let after = Standing { version, state, ..before };
                staged.guard_facts.arrangements.insert(put.row.id, after);
            }
            Change::Keep(versioned) => {
                new.versioned.insert(versioned.row_key(), versioned.version());
            }
            Change::Dedup { key } | Change::Claim { key } => drop(new.dedup_keys.insert(*key)),
            Change::Identify(seen) => {
                new.identities.insert(seen.row.digest.clone());
                new.identified.insert(seen.row.account_id);
            }
            Change::OpenShift(shift) => drop(new.shifts.insert(shift.assistant, Some(shift.id))),
            Change::CloseShift(shift) => drop(new.shifts.insert(shift.assistant, None)),
            Change::SetLanguage { .. }
            | Change::AtVersion { .. }
            | Change::AtPosting { .. }
            | Change::While { .. }
            | Change::Block { .. }
            | Change::Journal(_)
            | Change::SetLowFloat { .. }
            | Change::ClawBack(_)
            | Change::TellBelow { .. }
            | Change::Tell(_) => {}
        }
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

    fn version(&self, session: &[u8], staged: &Staged) -> Option<i64> {
        staged
            .guard_facts
            .sessions
            .get(session)
            .or_else(|| self.guard_facts.sessions.get(session))
            .copied()
    }

    fn is_joined(&self, msisdn: &str, staged: &Staged) -> bool {
        staged.guard_facts.msisdns.contains(msisdn) || self.guard_facts.msisdns.contains(msisdn)
    }

    fn is_seen(&self, key: &Key, staged: &Staged) -> bool {
        let (new, old) = (&staged.guard_facts, &self.guard_facts);
        new.dedup_keys.contains(key) || old.dedup_keys.contains(key)
    }

    fn shift(&self, assistant: AssistantId, staged: &Staged) -> Option<ShiftId> {
        staged
            .guard_facts
            .shifts
            .get(&assistant)
            .or_else(|| self.guard_facts.shifts.get(&assistant))
            .copied()
            .flatten()
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
