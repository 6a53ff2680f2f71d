//! Commission that was earned too much and was not there any more when it was found: it stays owed, is not paid out, and is
//! taken out of what is earned later, from the outlet and from its head office, each their own part and each coin once.

use super::super::Wallet;
use super::super::founding::FoundingError;
use crate::book::{COMMISSIONS, Change, Key, Leg, Posting, TAX, key};
use crate::reason::Reason;
use crate::store::working_day::{self, ClawbackRow};
use crate::store::{Conn, StoreError, agents, book_rows};
use crate::time::Timestamp;

/// What was taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Taken {
    /// From the outlet, minor units.
    pub own_minor: i64,
    /// From its head office, minor units.
    pub head_minor: i64,
}

impl Taken {
    /// What was taken back of a find so far.
    pub fn of(row: &ClawbackRow) -> Taken {
        Taken { own_minor: row.taken_minor, head_minor: row.head_taken_minor }
    }
}

impl Wallet {
    /// Takes what is owed of all finds out of what is there now; says how much it was, minor units.
    pub async fn collect_owed(&self) -> Result<i64, FoundingError> {
        let mut sum_minor = 0_i64;
        for row in self.store.read(working_day::owed).await? {
            let taken = self.take_back(row, 0).await?;
            sum_minor = sum_minor.saturating_add(taken.own_minor).saturating_add(taken.head_minor);
        }
        Ok(sum_minor)
    }

    /// Takes what is owed of a find and there, and writes it down: also where nothing is there and it was not known. The tax
    /// is taken only with the first of it.
    pub(super) async fn take_back(&self, found: ClawbackRow, tax_minor: i64) -> Result<Taken, FoundingError> {
        let read = move |conn: &mut Conn| {
            let own = agents::outlet(conn, found.outlet)?.ok_or(StoreError::Damaged("a find at no outlet"))?;
            let own = own.commission_account;
            let head = match found.head {
                Some(head) => agents::outlet(conn, head)?.map(|head| head.commission_account),
                None => None,
            };
            let ids: Vec<i64> = [own, TAX].into_iter().chain(head).collect();
            let accounts = book_rows::accounts_of(conn, &ids)?;
            // what was taken is read after the accounts: who takes in between moves them, and this is refused
            let known = working_day::clawback(conn, &found)?;
            let tax_minor = if known.is_none() { tax_minor } else { 0 };
            let row = known.map_or(found.clone(), |known| ClawbackRow { found_minor: found.found_minor, ..known });
            Ok::<_, StoreError>((own, head, accounts, row, tax_minor))
        };
        let (own, head, accounts, row, tax_minor) = self.store.read(read).await?;
        let there = |id: i64| accounts.iter().find(|account| account.id == id);
        // what is frozen is not there
        let free_minor = |id: i64| there(id).filter(|a| a.state == "open").map_or(0, |a| a.balance_minor.max(0));
        let newest = |id: i64| there(id).and_then(|account| account.last_posting);
        let taken = Taken {
            own_minor: row.owed_minor().min(free_minor(own)),
            head_minor: head.map_or(0, |head| row.head_owed_minor().min(free_minor(head))),
        };
        let tax_minor = tax_minor.max(0).min(free_minor(TAX));
        let moved = [(Some(own), taken.own_minor), (head, taken.head_minor), (Some(TAX), tax_minor)];
        let mut legs: Vec<Leg> = moved
            .into_iter()
            .filter_map(|(account, minor)| Some(Leg { account: account?, amount_minor: minor.saturating_neg() }))
            .filter(|leg| leg.amount_minor < 0)
            .collect();
        let whole_minor = legs.iter().fold(0_i64, |sum, leg| sum.saturating_sub(leg.amount_minor));
        if whole_minor > 0 {
            legs.push(Leg { account: COMMISSIONS, amount_minor: whole_minor });
        }
        // whoever takes it at the same moment has the same key, and whoever comes later finds what was taken
        let newest_of_both = [newest(own), head.and_then(newest)].map(|posting| posting.unwrap_or(0));
        let name = [row.day, row.outlet, row.customer].into_iter().chain(newest_of_both);
        let name = key::digest(&[&Vec::from_iter(name.flat_map(i64::to_be_bytes)), row.service.as_bytes()]);
        let mut changes: Vec<Change> =
            [own].into_iter().chain(head).map(|id| Change::AtPosting { account: id, posting: newest(id) }).collect();
        changes.push(Change::ClawBack(ClawbackRow {
            taken_minor: row.taken_minor.saturating_add(taken.own_minor),
            head_taken_minor: row.head_taken_minor.saturating_add(taken.head_minor),
            ..row
        }));
        let note = self.note(Key::new(Timestamp::from_micros(0), "clawback", &name), changes);
        match self.book.post(Posting { kind: "clawback", legs, ..note }).await {
            Ok(receipt) if receipt.repeated => Ok(Taken::default()),
            Ok(_receipt) => Ok(taken),
            // one of them earned or was paid in this moment: the next look takes what is there then
            Err(refusal) if refusal.reason == Reason::Stale => Ok(Taken::default()),
            Err(refusal) => Err(FoundingError::Refused(refusal)),
        }
    }
}
