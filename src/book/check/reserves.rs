//! Holds: each compared with what was reserved and given back under its number.
//!
//! A hold is judged when nothing of it is left, or at the end. So only those that are open at the
//! same time are in memory. A check that begins in the middle reads the moves of holds from the
//! oldest that matters: one that is open, or that moves later. What holds stand behind ends by
//! itself, so that is not far back.

use super::findings::{Faults, PAGE};
use crate::id::{AccountId, HoldId, PostingId};
use crate::store::book_rows::{HoldEntryRow, HoldRow, HoldState};
use crate::store::{Conn, StoreError, audit};
use std::collections::{BTreeMap, HashMap};

/// What the hold entries say, and what is wrong with the holds.
#[derive(Default)]
pub struct Reserves {
    /// Rows of holds whose opening was not met yet.
    rows: BTreeMap<HoldId, HoldRow>,
    open: HashMap<HoldId, Reserved>,
    /// What is reserved of each account, where it is not zero.
    held: HashMap<AccountId, i128>,
    /// The number of the oldest that matters: older ones were closed before this check begins.
    oldest: i64,
    /// Holds judged.
    pub judged: u64,
    pub faults: Faults,
}

/// What the hold entries say of a hold.
#[derive(Default)]
struct Reserved {
    /// Whose money and how much: from the posting that opened it.
    opened: Option<(AccountId, i64)>,
    remaining_minor: i128,
    row: Option<HoldRow>,
}

impl Reserves {
    /// Reads what is still of use from before this posting: who begins at the first one has nothing
    /// to recall.
    pub fn reload(
        &mut self,
        conn: &mut Conn,
        until: PostingId,
        faults: &mut Faults,
    ) -> Result<(), StoreError> {
        let oldest = audit::oldest_hold(conn, until)?.map_or(i64::MAX, |hold| hold.number()).max(1);
        let until = until.number();
        self.oldest = oldest.min(until.saturating_add(1));
        let mut from = self.oldest;
        while from <= until {
            let to = until.min(from.saturating_add(PAGE).saturating_sub(1));
            self.look_for(conn, from, to)?;
            for step in audit::moves_between(conn, from, to)? {
                self.step(&step, faults);
            }
            self.strays(to);
            from = to.saturating_add(1);
        }
        Ok(())
    }

    /// Reads the holds that these postings should open.
    pub fn look_for(&mut self, conn: &mut Conn, first: i64, last: i64) -> Result<(), StoreError> {
        let rows = audit::holds_between(conn, first, last, i64::MAX)?;
        self.rows.extend(rows.into_iter().map(|row| (row.id, row)));
        Ok(())
    }

    /// Takes a move in.
    pub fn step(&mut self, step: &HoldEntryRow, faults: &mut Faults) {
        if step.hold_id.number() < self.oldest {
            return;
        }
        let amount = i128::from(step.amount_minor);
        let held = self.held.entry(step.account_id).or_default();
        *held = held.saturating_add(amount);
        if *held == 0 {
            self.held.remove(&step.account_id);
        }
        let hold = self.open.entry(step.hold_id).or_default();
        hold.remaining_minor = hold.remaining_minor.saturating_add(amount);
        // a posting may also give back what it has just reserved
        let opens = HoldId::from(step.posting_id) == step.hold_id && step.amount_minor > 0;
        if opens {
            hold.opened = Some((step.account_id, step.amount_minor));
            hold.row = self.rows.remove(&step.hold_id);
        }
        let same_owner = hold.opened.is_some_and(|(account, _)| account == step.account_id);
        faults.require(same_owner && hold.remaining_minor >= 0, || {
            format!(
                "posting {}: hold {} does not follow from its opening",
                step.posting_id, step.hold_id
            )
        });
        if hold.remaining_minor == 0
            && let Some(done) = self.open.remove(&step.hold_id)
        {
            self.judge(step.hold_id, done);
        }
    }

    /// Holds up to this posting that nothing opened.
    pub fn strays(&mut self, last: i64) {
        let later = self.rows.split_off(&HoldId::of(last.saturating_add(1)));
        for (id, row) in std::mem::replace(&mut self.rows, later) {
            let reserved = self.open.remove(&id).unwrap_or_default();
            self.judge(id, Reserved { row: Some(row), ..reserved });
        }
    }

    /// Holds with numbers where there is no posting in the chain.
    pub fn outside(&mut self, conn: &mut Conn, first: i64, last: i64) -> Result<(), StoreError> {
        let mut from = first;
        loop {
            let rows = audit::holds_between(conn, from, last, PAGE)?;
            let Some(newest) = rows.last().map(|row| row.id.number()) else { return Ok(()) };
            self.rows.extend(rows.into_iter().map(|row| (row.id, row)));
            self.strays(newest);
            if newest == i64::MAX {
                return Ok(());
            }
            from = newest.saturating_add(1);
        }
    }

    /// Judges the holds that are left.
    pub fn end(&mut self) {
        let mut left: Vec<(HoldId, Reserved)> =
            std::mem::take(&mut self.open).into_iter().collect();
        left.sort_by_key(|(id, _)| *id);
        left.into_iter().for_each(|(id, hold)| self.judge(id, hold));
    }

    /// What is reserved of this account by the moves so far, minor units.
    pub fn held_minor(&self, account: AccountId) -> i128 {
        self.held.get(&account).copied().unwrap_or(0)
    }

    /// What is reserved of this account; not asked for again.
    pub fn take_held(&mut self, account: AccountId) -> i128 {
        self.held.remove(&account).unwrap_or(0)
    }

    /// Accounts of which something is reserved and that were not asked for.
    pub fn strangers(&self) -> impl Iterator<Item = AccountId> + '_ {
        self.held.keys().copied()
    }

    fn judge(&mut self, id: HoldId, hold: Reserved) {
        let Reserved { opened, remaining_minor: reserved, row } = hold;
        let Some(row) = row else {
            // a move of a hold that was judged already is a fault of its posting
            self.faults.require(opened.is_none(), || {
                format!("entries name hold {id}, which does not exist")
            });
            return;
        };
        let remaining = i128::from(row.remaining_minor);
        self.faults.require(reserved == remaining, || {
            format!("hold {id} ({}) says {remaining}, its entries say {reserved}", row.state)
        });
        self.faults.require((row.state == HoldState::Open) == (remaining > 0), || {
            format!("hold {id} is {} although {remaining} of it remains", row.state)
        });
        self.faults.require(opened == Some((row.account_id, row.amount_minor)), || {
            format!("hold {id} is not the one that was opened")
        });
        self.judged = self.judged.saturating_add(1);
    }
}
