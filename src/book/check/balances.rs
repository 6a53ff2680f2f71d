//! Where accounts stand: each compared with its entries, and all of them added up.

use super::findings::{CheckProgress, CheckReport, CheckStage, PAGE};
use super::history::{Tally, Walk, count};
use crate::id::{AccountId, PostingId};
use crate::limits::Usage;
use crate::store::audit::{self, AccountBalance};
use crate::store::book_rows::AccountState;
use crate::store::{Conn, StoreError};

impl Walk {
    /// Compares each account with what its entries and holds add up to.
    pub fn balances(&mut self, conn: &mut Conn, progress: CheckProgress) -> Result<(), StoreError> {
        let total = count(audit::accounts_count(conn)?);
        let mut after = AccountId::of(i64::MIN);
        loop {
            let page = audit::balances(conn, after, self.point.posting, PAGE)?;
            let Some(last) = page.last() else { break };
            after = last.id;
            page.into_iter().for_each(|account| self.account(account));
            progress(CheckStage::Accounts, self.report.accounts, total);
        }
        let mut strays: Vec<AccountId> =
            self.tallies.keys().copied().chain(self.reserves.strangers()).collect();
        strays.sort_unstable();
        strays.dedup();
        for id in strays {
            self.faults.add(format!("entries name account {id}, which does not exist"));
        }
        for (currency, sum) in &self.report.sums_minor {
            self.faults.require(*sum == 0, || {
                format!("all balances in {currency} add up to {sum}, not zero")
            });
        }
        Ok(())
    }

    /// Judges the holds that are open, and says what came of it all.
    pub fn end(mut self) -> CheckReport {
        self.reserves.end();
        self.faults.join(self.reserves.faults);
        // where no link was added since the point, the point is the end
        let point = self.report.from.as_ref().map(|point| (point.link, point.digest.clone()));
        CheckReport {
            head: self.report.head.or(point),
            holds: self.reserves.judged,
            faults: self.faults.listed,
            fault_count: self.faults.count,
            ..self.report
        }
    }

    fn account(&mut self, account: AccountBalance) {
        let id = account.id;
        let balance = account.balance_minor;
        let point = self.point.posting;
        // what has no entries anywhere stands at nothing
        let empty = point == PostingId::NONE || account.last_posting.is_none();
        let tally = self.tallies.remove(&id).or(empty.then(Tally::default));
        if let Some(tally) = &tally {
            self.faults.require(balance == tally.balance_minor, || {
                format!("account {id} says {balance}, its entries say {}", tally.balance_minor)
            });
            self.report.accounts_compared = self.report.accounts_compared.saturating_add(1);
        }
        let held = i128::from(account.held_minor);
        let reserved = self.reserves.take_held(id);
        self.faults.require(held == reserved, || {
            format!("account {id} says {held} is held, its holds say {reserved}")
        });
        let name = |posting: Option<PostingId>| {
            posting.map_or("no posting".to_owned(), |id| format!("posting {id}"))
        };
        let newest = tally.map(|tally| tally.last_posting.if_any());
        let points_well = newest
            .map_or(account.last_posting <= Some(point), |newest| account.last_posting == newest);
        self.faults.require(points_well, || {
            let points = name(account.last_posting);
            match newest {
                Some(newest) => {
                    format!("account {id} points at {points}, its newest is {}", name(newest))
                }
                None => format!(
                    "account {id} points at {points}, but has no entry since posting {point}"
                ),
            }
        });
        if account.state != AccountState::Open {
            self.restricted.insert(id, account.state);
        }
        let left = account.state == AccountState::Closed && (balance, held) != (0, 0);
        self.faults.require(!left, || format!("account {id} is closed, and not empty"));
        let available = i128::from(balance).saturating_sub(held);
        let sunk = account.floor_minor.is_some_and(|floor| available < i128::from(floor));
        self.faults.require(!sunk, || format!("account {id} is below its floor: {available}"));
        let readable = Usage::decode(&account.usage).is_ok();
        self.faults.require(readable, || {
            format!("what account {id} has used of its limits cannot be read")
        });
        self.add_up(account.currency, i128::from(balance));
        self.report.accounts = self.report.accounts.saturating_add(1);
    }

    fn add_up(&mut self, currency: String, balance_minor: i128) {
        let sums = &mut self.report.sums_minor;
        match sums.get_mut(&currency) {
            Some(sum) => *sum = sum.saturating_add(balance_minor),
            None => drop(sums.insert(currency, balance_minor)),
        }
    }
}
