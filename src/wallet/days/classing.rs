//! Which accounts are what to who keeps the books: the operator's own by their numbers, those at
//! banks by their names, all others by what they are for.

use crate::book::{CHARGES, COMMISSIONS, FEES, INTEREST, LEVY, OUTGOING, SUSPENSE, TAX, TRUST};
use crate::closing::classes;
use crate::id::AccountId;
use crate::store::book_rows::{AccountKind, EntryRow};
use crate::store::{Conn, StoreError, bank_rows, day_reading};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Accounts at banks that there may be.
const BANKS_MAX: i64 = 10_000;

/// The operator's own accounts.
pub const OWN: [(AccountId, &str); 9] = [
    (TRUST, classes::UNBACKED),
    (FEES, classes::FEES),
    (SUSPENSE, classes::SUSPENSE),
    (TAX, classes::TAX),
    (LEVY, classes::LEVY),
    (COMMISSIONS, classes::COMMISSION_COST),
    (OUTGOING, classes::OUTGOING),
    (CHARGES, classes::CHARGES),
    (INTEREST, classes::INTEREST),
];

/// What is known of accounts so far.
#[derive(Debug, Default)]
pub struct Classing {
    banks: BTreeMap<AccountId, String>,
    names: Vec<String>,
    known: HashMap<AccountId, usize>,
}

impl Classing {
    /// With all accounts at banks.
    pub fn read(conn: &mut Conn) -> Result<Classing, StoreError> {
        let banks = bank_rows::accounts_after(conn, None, BANKS_MAX)?;
        let class = |name: &str| format!("{}:{name}", classes::BANK);
        let banks = banks.into_iter().map(|bank| (bank.id, class(&bank.name))).collect();
        Ok(Classing { banks, ..Classing::default() })
    }

    /// The accounts at banks, with their classes.
    pub fn banks(&self) -> &BTreeMap<AccountId, String> {
        &self.banks
    }

    /// The operator's own accounts and those at banks: each is a class by itself.
    pub fn single(&self) -> Vec<(AccountId, String)> {
        let own = OWN.iter().map(|(id, class)| (*id, (*class).to_owned()));
        own.chain(self.banks.iter().map(|(id, class)| (*id, class.clone()))).collect()
    }

    /// Learns what accounts are that were not met yet.
    pub fn learn(&mut self, conn: &mut Conn, entries: &[EntryRow]) -> Result<(), StoreError> {
        let strange = entries.iter().map(|entry| entry.account_id);
        let strange: BTreeSet<AccountId> =
            strange.filter(|id| !self.known.contains_key(id)).collect();
        for (id, kind) in day_reading::kinds_of(conn, &Vec::from_iter(strange))? {
            let class = self.class_of(id, AccountKind::try_from(kind)?);
            let place = match self.names.iter().position(|name| *name == class) {
                Some(place) => place,
                None => {
                    self.names.push(class);
                    self.names.len().saturating_sub(1)
                }
            };
            self.known.insert(id, place);
        }
        Ok(())
    }

    /// What an account is that was met.
    pub fn met(&self, id: AccountId) -> Result<&str, StoreError> {
        let name = self.known.get(&id).and_then(|place| self.names.get(*place));
        name.map(String::as_str).ok_or(StoreError::Damaged("an entry of no account"))
    }

    fn class_of(&self, id: AccountId, kind: AccountKind) -> String {
        if let Some((_, class)) = OWN.iter().find(|(own, _)| *own == id) {
            return (*class).to_owned();
        }
        self.banks.get(&id).cloned().unwrap_or_else(|| of_kind(kind).to_owned())
    }
}

/// What an account is that is neither the operator's own nor at a bank.
pub fn of_kind(kind: AccountKind) -> &'static str {
    match kind {
        AccountKind::Trust => classes::UNBACKED,
        AccountKind::Fees => classes::FEES,
        AccountKind::Suspense => classes::SUSPENSE,
        AccountKind::Wallet => classes::WALLETS,
        AccountKind::Float => classes::FLOATS,
        AccountKind::Commission => classes::COMMISSION,
        AccountKind::Arrangement => classes::SET_ASIDE,
    }
}
