//! Commission that was earned too much and was not there any more when it was found: it stays owed,
//! is not paid out, and is taken out of what is earned later, from the outlet and from its head
//! office, each their own part and each coin once.

use super::super::Wallet;
use super::super::bootstrap::BootstrapError;
use super::super::plan::Act;
use crate::actor::Actor;
use crate::book::{COMMISSIONS, Change, Keep, Key, Leg, Posting, TAX, key};
use crate::id::{AccountId, PostingId};
use crate::reason::Reason;
use crate::store::book_rows::Account;
use crate::store::clawbacks::{self, ClawbackRow};
use crate::store::records::Record;
use crate::store::{Conn, StoreError, agent_rows, book_rows};
use crate::time::Timestamp;

/// What the posting is called.
pub(super) const KIND: &str = "clawback";

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

/// A find, and how those stand who have to give back.
pub(super) struct Claim {
    /// What is known of it by now.
    pub(super) row: ClawbackRow,
    /// The commission account of the outlet,
    pub(super) own: AccountId,
    /// and of its head office.
    pub(super) head: Option<AccountId>,
    /// These, and that of the tax office.
    pub(super) accounts: Vec<Account>,
    /// What was withheld for the tax office with it, where nothing of it was taken before, minor
    /// units.
    pub(super) tax_minor: i64,
}

impl Wallet {
    /// Takes what is owed of all finds out of what is there now; says how much it was, minor units.
    pub async fn collect_owed(&self) -> Result<i64, BootstrapError> {
        let mut sum_minor = 0_i64;
        for row in self.store.read(clawbacks::owed).await? {
            let taken = self.take_back(row).await?;
            sum_minor = sum_minor.saturating_add(taken.own_minor).saturating_add(taken.head_minor);
        }
        Ok(sum_minor)
    }

    /// Takes what is owed of a find and there, and writes it down.
    async fn take_back(&self, found: ClawbackRow) -> Result<Taken, BootstrapError> {
        let claim = self.store.read(move |conn| Claim::read(conn, &found)).await?;
        let (taken, act) = claim.decide("");
        let key = claim.key();
        if act.legs.is_empty() {
            return Ok(taken);
        }
        let posting = Posting { actor: Actor::Service, ..self.planned(key, act) };
        match self.book.post(posting).await {
            Ok(receipt) if receipt.repeated => Ok(Taken::default()),
            Ok(_receipt) => Ok(taken),
            // one of them earned or was paid in this moment: the next look takes what is there then
            Err(refusal) if refusal.reason == Reason::STALE => Ok(Taken::default()),
            Err(refusal) => Err(BootstrapError::Refused(refusal)),
        }
    }
}

impl Claim {
    /// Of a find that was written down.
    fn read(conn: &mut Conn, found: &ClawbackRow) -> Result<Claim, StoreError> {
        let own = agent_rows::outlet(conn, found.outlet)?
            .ok_or(StoreError::Damaged("a find at no outlet"))?;
        let own = own.commission_account;
        let head = match found.head {
            Some(head) => agent_rows::outlet(conn, head)?.map(|head| head.commission_account),
            None => None,
        };
        let ids: Vec<AccountId> = [own].into_iter().chain(head).collect();
        let accounts = book_rows::accounts_of(conn, &ids)?;
        // what was taken is read after the accounts: who takes in between moves them, and this is
        // refused
        let find = (found.day, found.outlet, found.customer, found.service.as_str());
        let row = clawbacks::by_key(conn, find)?.unwrap_or_else(|| found.clone());
        Ok(Claim { row, own, head, accounts, tax_minor: 0 })
    }

    fn account(&self, id: AccountId) -> Option<&Account> {
        self.accounts.iter().find(|account| account.id == id)
    }

    /// What is there, minor units: what is frozen is not.
    fn free_minor(&self, id: AccountId) -> i64 {
        let open = self.account(id).filter(|account| account.state.pays());
        open.map_or(0, |account| account.balance_minor.max(0))
    }

    fn newest(&self, id: AccountId) -> Option<PostingId> {
        self.account(id).and_then(|account| account.last_posting)
    }

    /// What is taken, and what is committed for it: also where nothing is there, so that it stays
    /// owed.
    pub(super) fn decide(&self, why: &str) -> (Taken, Act) {
        let taken = Taken {
            own_minor: self.row.owed_minor().min(self.free_minor(self.own)),
            head_minor: self
                .head
                .map_or(0, |head| self.row.head_owed_minor().min(self.free_minor(head))),
        };
        let mut changes: Vec<Change> = [self.own]
            .into_iter()
            .chain(self.head)
            .map(|id| Change::AtPosting { account: id, posting: self.newest(id) })
            .collect();
        let row = ClawbackRow {
            version: self.row.version.saturating_add(1),
            taken_minor: self.row.taken_minor.saturating_add(taken.own_minor),
            head_taken_minor: self.row.head_taken_minor.saturating_add(taken.head_minor),
            ..self.row.clone()
        };
        let record = Record::Clawback(row);
        changes.push(Change::Keep(Keep { record, event: "take_back", note: why.to_owned() }));
        (taken, Act { kind: KIND, legs: self.legs(taken), changes, ..Act::default() })
    }

    fn legs(&self, taken: Taken) -> Vec<Leg> {
        let tax_minor = self.tax_minor.max(0).min(self.free_minor(TAX));
        let moved = [
            (Some(self.own), taken.own_minor),
            (self.head, taken.head_minor),
            (Some(TAX), tax_minor),
        ];
        let mut legs: Vec<Leg> = moved
            .into_iter()
            .filter_map(|(account, minor)| {
                Some(Leg { account: account?, amount_minor: minor.saturating_neg() })
            })
            .filter(|leg| leg.amount_minor < 0)
            .collect();
        let whole_minor = legs.iter().fold(0_i64, |sum, leg| sum.saturating_sub(leg.amount_minor));
        if whole_minor > 0 {
            legs.push(Leg { account: COMMISSIONS, amount_minor: whole_minor });
        }
        legs
    }

    /// Whoever takes it at the same moment has the same key, and whoever comes later finds what was
    /// taken.
    fn key(&self) -> Key {
        let row = &self.row;
        let newest = [self.newest(self.own), self.head.and_then(|head| self.newest(head))];
        let newest = newest.map(|posting| posting.unwrap_or_default().number());
        let numbers = [row.day, row.outlet.number(), row.customer.number(), row.version]
            .into_iter()
            .chain(newest);
        let name = key::digest(&[
            &Vec::from_iter(numbers.flat_map(i64::to_be_bytes)),
            row.service.as_bytes(),
        ]);
        Key::new(Timestamp::from_micros(0), "clawback", &name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Id;
    use crate::store::book_rows::AccountState;
    use crate::wallet::trial::account;

    const OWN: AccountId = AccountId::of(301);
    const HEAD: AccountId = AccountId::of(401);

    /// KES 10 were found of the outlet and 3 of its head office, of which 4 and 1 were taken
    /// before.
    fn claim(own_minor: i64, head_minor: i64, tax_minor: i64) -> Claim {
        let row = ClawbackRow {
            day: 20_780,
            outlet: Id::of(300),
            customer: Id::of(101),
            service: "cash_in".into(),
            version: 2,
            last_posting: Id::of(9),
            found_minor: 1_000,
            taken_minor: 400,
            head: Some(Id::of(400)),
            head_found_minor: 300,
            head_taken_minor: 100,
        };
        let accounts = vec![
            account(OWN.number(), own_minor),
            account(HEAD.number(), head_minor),
            account(TAX.number(), 10_000),
        ];
        Claim { row, own: OWN, head: Some(HEAD), accounts, tax_minor }
    }

    fn moved(act: &Act, id: i64) -> i64 {
        act.legs.iter().filter(|leg| leg.account == Id::of(id)).map(|leg| leg.amount_minor).sum()
    }

    fn written(act: &Act) -> &ClawbackRow {
        let Some(Change::Keep(Keep { record: Record::Clawback(row), event: "take_back", .. })) =
            act.changes.last()
        else {
            panic!("{act:?}")
        };
        row
    }

    #[test]
    fn each_gives_back_their_own_part_of_what_is_there() {
        let (taken, act) = claim(5_000, 5_000, 50).decide("");
        assert_eq!(taken, Taken { own_minor: 600, head_minor: 200 });
        assert_eq!(
            [OWN, HEAD, Id::of(TAX.number()), COMMISSIONS].map(|id| moved(&act, id.number())),
            [-600, -200, -50, 850]
        );
        assert_eq!((written(&act).taken_minor, written(&act).head_taken_minor), (1_000, 300));
        assert_eq!(written(&act).version, 3);
        assert_eq!(written(&act).owed_minor(), 0);
        let (taken, act) = claim(599, 0, 0).decide("");
        assert_eq!(taken, Taken { own_minor: 599, head_minor: 0 });
        assert_eq!(
            [OWN, HEAD, Id::of(TAX.number()), COMMISSIONS].map(|id| moved(&act, id.number())),
            [-599, 0, 0, 599]
        );
        assert_eq!(act.legs.len(), 2);
        assert_eq!((written(&act).taken_minor, written(&act).head_taken_minor), (999, 100));
    }

    #[test]
    fn where_nothing_is_there_it_is_written_down_all_the_same() {
        for minor in [0, -5] {
            let (taken, act) = claim(minor, 0, 0).decide("");
            assert_eq!((taken, act.legs.len()), (Taken::default(), 0));
            assert_eq!(written(&act).taken_minor, 400);
        }
        let mut frozen = claim(5_000, 5_000, 50);
        for account in &mut frozen.accounts {
            account.state = AccountState::Frozen;
        }
        assert_eq!(frozen.decide("").0, Taken::default());
        assert!(frozen.decide("").1.legs.is_empty());
    }

    #[test]
    fn an_outlet_without_a_head_office_gives_back_its_own_alone() {
        let alone = Claim { head: None, ..claim(5_000, 5_000, 0) };
        let (taken, act) = alone.decide("");
        assert_eq!(
            (taken, moved(&act, HEAD.number())),
            (Taken { own_minor: 600, head_minor: 0 }, 0)
        );
        assert_eq!(act.changes.len(), 2);
    }

    #[test]
    fn no_more_tax_goes_back_than_is_there() {
        assert_eq!(moved(&claim(0, 0, 10_001).decide("").1, TAX.number()), -10_000);
        assert_eq!(moved(&claim(0, 0, -1).decide("").1, TAX.number()), 0);
    }

    #[test]
    fn the_key_is_another_one_once_somebody_earned_or_took() {
        let first = claim(5_000, 5_000, 0);
        let mut later = claim(5_000, 5_000, 0);
        assert_eq!(first.key(), later.key());
        later.accounts[1].last_posting = Some(Id::of(50));
        assert_ne!(first.key(), later.key());
        let at = |claim: &Claim| match claim.decide("").1.changes.as_slice() {
            [
                Change::AtPosting { posting: own, .. },
                Change::AtPosting { posting: head, .. },
                _,
            ] => (*own, *head),
            other => panic!("{other:?}"),
        };
        assert_eq!((at(&first), at(&later)), ((None, None), (None, Some(Id::of(50)))));
    }
}
