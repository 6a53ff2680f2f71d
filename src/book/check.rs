//! The check of the book: proves, on a live database, that nothing was lost, doubled, overdrawn or edited.
//! It reads one moment of the book and writes nothing. It trusts no stored balance: it adds up the entries itself.

use super::chain;
use crate::store::book_rows::{Account, EntryRow, HoldEntryRow, PostingRow};
use crate::store::{self, Conn, StoreError, audit};
use std::collections::BTreeMap;

/// Rows read at a time.
const PAGE: i64 = 10_000;
/// Faults that are listed; more are only counted.
const FAULTS_LISTED: usize = 50;

/// What was verified, and what was found wrong.
#[derive(Debug, Default)]
pub struct Report {
    /// Postings read.
    pub postings: u64,
    /// Entries read.
    pub entries: u64,
    /// Hold entries read.
    pub hold_entries: u64,
    /// Links of the chain recomputed.
    pub links: u64,
    /// The number and digest of the last link: whoever kept an earlier one can tell that nothing was cut off since.
    pub head: Option<(i64, Vec<u8>)>,
    /// Accounts compared with their entries.
    pub accounts: u64,
    /// Holds compared with their entries.
    pub holds: u64,
    /// Sum of all balances by currency; whole books have zero everywhere.
    pub sums_minor: BTreeMap<String, i128>,
    /// What is wrong, the first faults in full.
    pub faults: Vec<String>,
    /// How many faults there are.
    pub fault_count: u64,
}

impl Report {
    /// Whether the book is whole.
    pub fn is_whole(&self) -> bool {
        self.fault_count == 0
    }

    fn fault(&mut self, what: String) {
        self.fault_count = self.fault_count.saturating_add(1);
        if self.faults.len() < FAULTS_LISTED {
            self.faults.push(what);
        }
    }

    fn require(&mut self, holds: bool, what: impl FnOnce() -> String) {
        if !holds {
            self.fault(what());
        }
    }
}

/// What the entries say of an account.
#[derive(Default)]
struct Tally {
    balance_minor: i128,
    held_minor: i128,
    last_posting: Option<i64>,
}

/// Checks the whole book as of one moment. `progress` hears how many postings were read of how many.
pub fn check(conn: &mut Conn, progress: impl FnMut(u64, u64)) -> Result<Report, StoreError> {
    store::snapshot(conn, |conn| {
        let mut walk = Walk::default();
        walk.history(conn, progress)?;
        walk.standing(conn)?;
        walk.reserved(conn)?;
        Ok(walk.report)
    })
}

#[derive(Default)]
struct Walk {
    report: Report,
    tallies: BTreeMap<i64, Tally>,
    reserved: BTreeMap<i64, Reserved>,
}

/// What the hold entries say of a hold.
#[derive(Default)]
struct Reserved {
    /// Whose money, how much and until when: from the posting that opened it.
    opened: Option<(i64, i64, i64)>,
    remaining_minor: i128,
}

impl Walk {
    /// Walks the chain from its first link: digests, gaps, balance of each posting, running balance of each account.
    fn history(&mut self, conn: &mut Conn, mut progress: impl FnMut(u64, u64)) -> Result<(), StoreError> {
        let (postings, entries, hold_entries) = audit::counts(conn)?;
        let total = u64::try_from(postings).unwrap_or(0);
        let (mut seq, mut next, mut before) = (0, 1, Vec::new());
        loop {
            let links = audit::links(conn, seq, PAGE)?;
            if links.is_empty() {
                break;
            }
            for link in links {
                self.report.require(link.seq == seq.saturating_add(1), || {
                    format!("a link is missing before link {}", link.seq)
                });
                self.report.require(link.first_posting == next, || {
                    format!("link {} begins at posting {}, expected {next}", link.seq, link.first_posting)
                });
                let rows = audit::postings_between(conn, link.first_posting, link.last_posting)?;
                let legs = audit::entries_between(conn, link.first_posting, link.last_posting)?;
                let moves = audit::hold_entries_between(conn, link.first_posting, link.last_posting)?;
                let digest = chain::digest(&before, &rows, &legs, &moves);
                self.report.require(digest == link.digest, || match (link.first_posting, link.last_posting) {
                    (first, last) if first == last => format!("posting {first} is not what was committed"),
                    (first, last) => format!("postings {first} to {last} are not what was committed"),
                });
                self.batch(&rows, &legs, &moves);
                self.report.head = Some((link.seq, link.digest.clone()));
                (seq, next, before) = (link.seq, link.last_posting.saturating_add(1), link.digest);
                self.report.links = self.report.links.saturating_add(1);
                progress(self.report.postings, total);
            }
        }
        for (name, read, stored) in [
            ("postings", self.report.postings, Some(postings)),
            ("entries", self.report.entries, entries),
            ("hold entries", self.report.hold_entries, Some(hold_entries)),
        ] {
            let (linked, stored) =
                (i64::try_from(read).unwrap_or(i64::MAX), stored.unwrap_or(i64::try_from(read).unwrap_or(i64::MAX)));
            self.report.require(linked == stored, || format!("{stored} {name} are stored, {linked} are in the chain"));
        }
        Ok(())
    }

    fn batch(&mut self, postings: &[PostingRow], legs: &[EntryRow], moves: &[HoldEntryRow]) {
        let mut sums: BTreeMap<i64, i128> = BTreeMap::new();
        for leg in legs {
            let sum = sums.entry(leg.posting_id).or_default();
            *sum = sum.saturating_add(i128::from(leg.amount_minor));
            let tally = self.tallies.entry(leg.account_id).or_default();
            tally.balance_minor = tally.balance_minor.saturating_add(i128::from(leg.amount_minor));
            let follows = leg.previous == tally.last_posting && i128::from(leg.balance_minor) == tally.balance_minor;
            tally.last_posting = Some(leg.posting_id);
            self.report.require(follows, || {
                format!(
                    "posting {}: its entry for account {} does not follow from the one before",
                    leg.posting_id, leg.account_id
                )
            });
        }
        for step in moves {
            let tally = self.tallies.entry(step.account_id).or_default();
            tally.held_minor = tally.held_minor.saturating_add(i128::from(step.amount_minor));
            let hold = self.reserved.entry(step.hold_id).or_default();
            hold.remaining_minor = hold.remaining_minor.saturating_add(i128::from(step.amount_minor));
            if let (true, Some(expires_at)) = (step.posting_id == step.hold_id, step.expires_at) {
                hold.opened = Some((step.account_id, step.amount_minor, expires_at));
            }
            let same_owner = hold.opened.is_some_and(|(account, _, _)| account == step.account_id);
            self.report.require(same_owner && hold.remaining_minor >= 0, || {
                format!("posting {}: hold {} does not follow from its opening", step.posting_id, step.hold_id)
            });
            sums.entry(step.posting_id).or_default();
        }
        for posting in postings {
            let sum = sums.get(&posting.id).copied();
            self.report.require(sum == Some(0), || match sum {
                Some(sum) => format!("posting {} ({}) does not balance: {sum}", posting.id, posting.kind),
                None => format!("posting {} ({}) has no entries", posting.id, posting.kind),
            });
            self.report.require(posting.corrects.is_none_or(|old| old > 0 && old < posting.id), || {
                format!("posting {} ({}) corrects one that was not there before it", posting.id, posting.kind)
            });
        }
        self.report.postings = self.report.postings.saturating_add(count(postings.len()));
        self.report.entries = self.report.entries.saturating_add(count(legs.len()));
        self.report.hold_entries = self.report.hold_entries.saturating_add(count(moves.len()));
    }

    /// Compares each account with what its entries add up to.
    fn standing(&mut self, conn: &mut Conn) -> Result<(), StoreError> {
        let mut after = i64::MIN;
        loop {
            let page = audit::accounts_page(conn, after, PAGE)?;
            let Some(last) = page.last() else { break };
            after = last.id;
            page.iter().for_each(|account| self.account(account));
        }
        let strays: Vec<i64> = self.tallies.keys().copied().collect();
        for id in strays {
            self.report.fault(format!("entries name account {id}, which does not exist"));
        }
        let sums: Vec<(String, i128)> = self.report.sums_minor.iter().map(|(c, s)| (c.clone(), *s)).collect();
        for (currency, sum) in sums {
            self.report.require(sum == 0, || format!("all balances in {currency} add up to {sum}, not zero"));
        }
        Ok(())
    }

    fn account(&mut self, account: &Account) {
        let tally = self.tallies.remove(&account.id).unwrap_or_default();
        let id = account.id;
        let (balance, held) = (i128::from(account.balance_minor), i128::from(account.held_minor));
        self.report.require(balance == tally.balance_minor, || {
            format!("account {id} says {balance}, its entries say {}", tally.balance_minor)
        });
        self.report.require(held == tally.held_minor, || {
            format!("account {id} says {held} is held, its holds say {}", tally.held_minor)
        });
        self.report.require(account.last_posting == tally.last_posting, || {
            let name = |posting: Option<i64>| posting.map_or("no posting".to_owned(), |id| format!("posting {id}"));
            let (points, newest) = (name(account.last_posting), name(tally.last_posting));
            format!("account {id} points at {points}, its newest is {newest}")
        });
        let available = balance.saturating_sub(held);
        let sunk = account.floor_minor.is_some_and(|floor| available < i128::from(floor));
        self.report.require(!sunk, || format!("account {id} is below its floor: {available}"));
        let sum = self.report.sums_minor.entry(account.currency.clone()).or_default();
        *sum = sum.saturating_add(balance);
        self.report.accounts = self.report.accounts.saturating_add(1);
    }

    /// Compares each hold with what was reserved and given back under its number.
    fn reserved(&mut self, conn: &mut Conn) -> Result<(), StoreError> {
        let mut after = i64::MIN;
        loop {
            let page = audit::holds_page(conn, after, PAGE)?;
            let Some(last) = page.last() else { break };
            after = last.id;
            for hold in &page {
                let Reserved { opened, remaining_minor: reserved } = self.reserved.remove(&hold.id).unwrap_or_default();
                let remaining = i128::from(hold.remaining_minor);
                self.report.require(reserved == remaining, || {
                    format!("hold {} ({}) says {remaining}, its entries say {reserved}", hold.id, hold.state)
                });
                self.report.require((hold.state == "open") == (remaining > 0), || {
                    format!("hold {} is {} although {remaining} of it remains", hold.id, hold.state)
                });
                self.report.require(opened == Some((hold.account_id, hold.amount_minor, hold.expires_at)), || {
                    format!("hold {} is not the one that was opened", hold.id)
                });
                self.report.holds = self.report.holds.saturating_add(1);
            }
        }
        let strays: Vec<i64> = self.reserved.keys().copied().collect();
        for id in strays {
            self.report.fault(format!("entries name hold {id}, which does not exist"));
        }
        Ok(())
    }
}

fn count(rows: usize) -> u64 {
    u64::try_from(rows).unwrap_or(u64::MAX)
}
