//! Guards: whether the changes that come with a posting may be made. They are looked at in order, each as the ones
//! before it would leave things, so that it makes no difference whether two changes come in one posting or in two.
//! Pure, like the fold it is a part of.

use super::PIN_ATTEMPTS_MAX;
use super::guard_facts::{After, Facts};
use super::posting::{Change, Identify, SessionSave};
use crate::limits::Usage;
use crate::refusal::{Reason, Refusal};
use crate::store::book_rows::Account;

impl Facts {
    /// What the changes would make of the facts, or the refusal of the first that may not be made.
    pub(super) fn admit(&self, changes: &[Change]) -> Result<After, Refusal> {
        let mut after = After::default();
        for change in changes {
            match self.objection(change, &after) {
                None => self.note(change, &mut after),
                Some(reason) => return Err(reason.into()),
            }
        }
        Ok(after)
    }

    /// Why a change may not be made.
    fn objection(&self, change: &Change, after: &After) -> Option<Reason> {
        let (new, old) = (&after.around, &self.around);
        match change {
            Change::OpenAccount(account) => {
                let taken = self.account(account.id, after).is_some();
                (taken || !is_empty(account)).then_some(Reason::Invalid)
            }
            Change::Join(person) => {
                let taken = new.msisdns.contains(&person.msisdn) || old.msisdns.contains(&person.msisdn);
                taken.then_some(Reason::AlreadyJoined)
            }
            Change::FirstPin(pin) => self.attempts(pin.account_id, after).is_some().then_some(Reason::AlreadyJoined),
            Change::Identify(seen) => self.objection_to_identify(seen, after),
            Change::ChargePin { account } => {
                let left = self.attempts(*account, after).is_some_and(|attempts| attempts < PIN_ATTEMPTS_MAX);
                (!left).then_some(Reason::PinLocked)
            }
            Change::SaveSession(save) => self.objection_to_save(save, after),
            Change::AtVersion { session, version } => {
                // version 0 is remembered of one that is not there
                let there = *version > 0 && self.version(session, after) == Some(*version);
                (!there).then_some(Reason::Stale)
            }
            Change::AtPosting { account, posting } => {
                let moved = self.account(*account, after).is_none_or(|account| account.last_posting != *posting);
                moved.then_some(Reason::Stale)
            }
            Change::See { key } => (new.seen.contains(key) || old.seen.contains(key)).then_some(Reason::Seen),
            Change::Take { key } => (new.seen.contains(key) || old.seen.contains(key)).then_some(Reason::Stale),
            Change::OpenReversal(row) => self.reversal(row.payment, after).is_some().then_some(Reason::UndoTwice),
            Change::MoveReversal { payment, from, .. } => {
                let there = self.reversal(*payment, after).is_some_and(|state| from.contains(&state));
                (!there).then_some(Reason::UndoGone)
            }
            Change::OpenOrder(order) => self.order(order.id, after).is_some().then_some(Reason::Invalid),
            Change::CloseOrder { order, .. } | Change::Reminded { order } => {
                (self.order(*order, after) != Some("waiting")).then_some(Reason::OrderGone)
            }
            Change::OpenShift(shift) => self.shift(shift.assistant, after).is_some().then_some(Reason::ShiftOpen),
            Change::CloseShift(shift) => {
                (self.shift(shift.assistant, after) != Some(shift.id)).then_some(Reason::ShiftNone)
            }
            Change::Serve(row) => {
                let over = row.assistant.zip(row.shift).filter(|(who, shift)| self.shift(*who, after) != Some(*shift));
                over.map(|_over| Reason::Stale)
            }
            Change::Keep(paper) => {
                let place = paper.place();
                let there = new.papers.get(&place).or_else(|| old.papers.get(&place)).copied().unwrap_or(0);
                (there.checked_add(1) != Some(paper.version())).then_some(Reason::Stale)
            }
            // a code is worth what its hold is, and that can be spent once
            Change::SetPin(_)
            | Change::ClearPin { .. }
            | Change::SetLanguage { .. }
            | Change::Block { .. }
            | Change::OpenCode(_)
            | Change::CloseCode { .. }
            | Change::AskedBy { .. }
            | Change::SetLowFloat { .. }
            | Change::ClawBack(_)
            | Change::TellBelow { .. }
            | Change::Tell(_) => None,
        }
    }

    fn objection_to_identify(&self, seen: &Identify, after: &After) -> Option<Reason> {
        let (new, old) = (&after.around, &self.around);
        let account = &seen.row.account_id;
        if new.identified.contains(account) || old.identified.contains(account) {
            return Some(Reason::IdChecked);
        }
        let mut digests = std::iter::once(&seen.row.digest).chain(&seen.older);
        let taken = digests.any(|digest| new.identities.contains(digest) || old.identities.contains(digest));
        taken.then_some(Reason::IdTaken)
    }

    fn objection_to_save(&self, save: &SessionSave, after: &After) -> Option<Reason> {
        if self.version(&save.row.key, after).unwrap_or(0) != save.read_version {
            return Some(Reason::Stale);
        }
        (save.read_version.checked_add(1) != Some(save.row.version)).then_some(Reason::Invalid)
    }

    fn note(&self, change: &Change, after: &mut After) {
        let new = &mut after.around;
        match change {
            Change::OpenAccount(account) => drop(after.opened.insert(account.id, account.clone())),
            Change::Join(person) => drop(new.msisdns.insert(person.msisdn.clone())),
            Change::SetPin(pin) | Change::FirstPin(pin) => {
                new.attempts.insert(pin.account_id, pin.attempts);
                new.tags.insert(pin.account_id, (pin.salt.clone(), pin.tag.clone()));
            }
            Change::ChargePin { account } => {
                let attempts = self.attempts(*account, after).unwrap_or(0).saturating_add(1);
                after.around.attempts.insert(*account, attempts);
            }
            Change::ClearPin { account } => {
                // where there is no PIN there is nothing to clear, and a try must still be refused
                if self.attempts(*account, after).is_some() {
                    after.around.attempts.insert(*account, 0);
                }
            }
            Change::SaveSession(save) => drop(new.sessions.insert(save.row.key.clone(), save.row.version)),
            Change::Keep(paper) => drop(new.papers.insert(paper.place(), paper.version())),
            Change::See { key } | Change::Take { key } => drop(new.seen.insert(*key)),
            Change::OpenReversal(row) => drop(new.reversals.insert(row.payment, row.state.clone())),
            Change::MoveReversal { payment, state, .. } => drop(new.reversals.insert(*payment, (*state).to_owned())),
            Change::OpenOrder(order) => drop(new.orders.insert(order.id, order.state.clone())),
            Change::CloseOrder { order, state } => drop(new.orders.insert(*order, (*state).to_owned())),
            Change::Identify(seen) => {
                new.identities.insert(seen.row.digest.clone());
                new.identified.insert(seen.row.account_id);
            }
            Change::OpenShift(shift) => drop(new.shifts.insert(shift.assistant, Some(shift.id))),
            Change::CloseShift(shift) => drop(new.shifts.insert(shift.assistant, None)),
            Change::SetLanguage { .. }
            | Change::AtVersion { .. }
            | Change::AtPosting { .. }
            | Change::Block { .. }
            | Change::Reminded { .. }
            | Change::OpenCode(_)
            | Change::CloseCode { .. }
            | Change::Serve(_)
            | Change::AskedBy { .. }
            | Change::SetLowFloat { .. }
            | Change::ClawBack(_)
            | Change::TellBelow { .. }
            | Change::Tell(_) => {}
        }
    }

    fn attempts(&self, account: i64, after: &After) -> Option<i64> {
        after.around.attempts.get(&account).or_else(|| self.around.attempts.get(&account)).copied()
    }

    fn version(&self, session: &[u8], after: &After) -> Option<i64> {
        after.around.sessions.get(session).or_else(|| self.around.sessions.get(session)).copied()
    }

    fn shift(&self, assistant: i64, after: &After) -> Option<i64> {
        after.around.shifts.get(&assistant).or_else(|| self.around.shifts.get(&assistant)).copied().flatten()
    }

    fn reversal<'a>(&'a self, payment: i64, after: &'a After) -> Option<&'a str> {
        after.around.reversals.get(&payment).or_else(|| self.around.reversals.get(&payment)).map(String::as_str)
    }

    fn order<'a>(&'a self, id: i64, after: &'a After) -> Option<&'a str> {
        after.around.orders.get(&id).or_else(|| self.around.orders.get(&id)).map(String::as_str)
    }
}

/// Money comes onto an account only with legs, and is used only by them: whoever opens one can do neither.
fn is_empty(account: &Account) -> bool {
    account.balance_minor == 0
        && account.held_minor == 0
        && account.last_posting.is_none()
        && account.usage == Usage::default()
}
