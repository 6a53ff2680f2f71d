//! What a posting makes of accounts: its legs, what it sets aside, what it uses of limits, and what
//! is said of them from then on. Pure, like the fold that it is a part of; it changes nothing by
//! itself.

use super::batch::Reserve;
use super::guard_facts::{Facts, Staged};
use super::posting::{Change, Keep, Leg, Posting, Put};
use crate::id::AccountId;
use crate::refusal::{Reason, Refusal};
use crate::store::book_rows::{Account, AccountState};
use crate::store::records::Record;
use std::collections::{BTreeMap, BTreeSet};

impl Facts {
    /// How the accounts would stand afterwards; refuses what does not balance, does not exist or is
    /// not covered.
    pub(super) fn accounts_after(
        &self,
        posting: &Posting,
        reserves: &[Reserve],
        after: &Staged,
    ) -> Result<BTreeMap<AccountId, Account>, Refusal> {
        let mut accounts_after: BTreeMap<AccountId, Account> = BTreeMap::new();
        let sum: i128 = posting.legs.iter().map(|leg| i128::from(leg.amount_minor)).sum();
        let moved: BTreeSet<AccountId> = posting.legs.iter().map(|leg| leg.account).collect();
        let repeated_account = moved.len() != posting.legs.len();
        if sum != 0 || repeated_account || posting.legs.iter().any(|leg| leg.amount_minor == 0) {
            return Err(Reason::INVALID.into());
        }
        for id in moved.iter().copied().chain(reserves.iter().map(|r| r.account)) {
            let account = self.account(id, after).ok_or(Reason::INVALID)?;
            if account.currency != posting.currency.as_str() {
                return Err(Reason::INVALID.into());
            }
            accounts_after.insert(id, account.clone());
        }
        let state = |account: &AccountId| accounts_after.get(account).map(|account| account.state);
        // setting something aside moves nothing: that begins and ends also where one is stopped
        let closed = |reserve: &Reserve| state(&reserve.account) == Some(AccountState::Closed);
        let stopped = |leg: &Leg| {
            let may =
                if leg.amount_minor > 0 { AccountState::receives } else { AccountState::pays };
            !state(&leg.account).is_some_and(may) && !puts_right(posting, reserves, leg)
        };
        if posting.legs.iter().any(stopped) || reserves.iter().any(closed) {
            return Err(Reason::ACCOUNT_CLOSED.into());
        }
        for reserve in reserves {
            let account = accounts_after.get_mut(&reserve.account).ok_or(Reason::INVALID)?;
            account.held_minor =
                account.held_minor.checked_add(reserve.amount_minor).ok_or(Reason::INVALID)?;
        }
        for leg in &posting.legs {
            let account = accounts_after.get_mut(&leg.account).ok_or(Reason::INVALID)?;
            account.balance_minor =
                account.balance_minor.checked_add(leg.amount_minor).ok_or(Reason::INVALID)?;
        }
        for stands in accounts_after.values() {
            let before = self.account(stands.id, after).ok_or(Reason::INVALID)?;
            covered(before, stands)?;
        }
        meter(posting, &mut accounts_after)?;
        self.restrict(posting, after, &mut accounts_after)?;
        self.left_empty(posting, after, &accounts_after)?;
        Ok(accounts_after)
    }

    /// What is over leaves nothing behind on its account.
    fn left_empty(
        &self,
        posting: &Posting,
        after: &Staged,
        accounts_after: &BTreeMap<AccountId, Account>,
    ) -> Result<(), Refusal> {
        for change in &posting.changes {
            let Change::Put(Put { row, .. }) = change else { continue };
            let Some(id) = row.account.filter(|_| !row.open) else { continue };
            let account = accounts_after.get(&id).or_else(|| self.account(id, after));
            if account.is_none_or(|account| account.balance_minor != 0) {
                return Err(Reason::INVALID.into());
            }
        }
        Ok(())
    }

    /// What is said of accounts counts after the legs that come with it. Only an empty one is
    /// closed.
    fn restrict(
        &self,
        posting: &Posting,
        after: &Staged,
        accounts_after: &mut BTreeMap<AccountId, Account>,
    ) -> Result<(), Refusal> {
        for change in &posting.changes {
            let Change::Keep(Keep { record: Record::Restriction(row), .. }) = change else {
                continue;
            };
            let before = self.account(row.account_id, after).ok_or(Reason::INVALID)?;
            let account = accounts_after.entry(row.account_id).or_insert_with(|| before.clone());
            account.state = row.state;
            let empty = (account.balance_minor, account.held_minor) == (0, 0);
            if row.state == AccountState::Closed && !empty {
                return Err(Reason::INVALID.into());
            }
        }
        Ok(())
    }
}

/// Whether a leg only takes what was set aside to put a posting right: it must reach who it belongs
/// to also where its receiver was stopped, or stopping them would leave it with them.
fn puts_right(posting: &Posting, reserves: &[Reserve], leg: &Leg) -> bool {
    let own = reserves.iter().filter(|reserve| reserve.account == leg.account);
    let given_back: i128 =
        own.map(|reserve| i128::from(reserve.amount_minor).saturating_neg()).sum();
    let out = i128::from(leg.amount_minor).saturating_neg();
    posting.corrects.is_some() && out > 0 && out <= given_back
}

/// An account may not sink below its floor. One that is below already may still receive.
fn covered(before: &Account, after: &Account) -> Result<(), Refusal> {
    let available = after.balance_minor.checked_sub(after.held_minor).ok_or(Reason::INVALID)?;
    let available_before = before.balance_minor.saturating_sub(before.held_minor);
    match after.floor_minor {
        Some(floor) if available < floor && available < available_before => {
            Err(Refusal::of_field(Reason::NOT_ENOUGH, "amount"))
        }
        Some(_) | None => Ok(()),
    }
}

/// Counts the posting against the limits of its accounts, as the postings before it left their
/// usage.
fn meter(
    posting: &Posting,
    accounts_after: &mut BTreeMap<AccountId, Account>,
) -> Result<(), Refusal> {
    for meter in &posting.meters {
        let account = accounts_after
            .get_mut(&meter.account)
            .filter(|_| meter.amount_minor > 0)
            .ok_or(Reason::INVALID)?;
        let taken = meter.taken_from(account.usage, account.balance_minor);
        account.usage = taken.map_err(|exceeded| meter.refusal(&exceeded, posting.currency))?;
    }
    Ok(())
}
