//! The fold: postings one after the other against a running state in memory. Pure: no database, no clock.
//!
//! A posting is checked against the state as the postings before it in the batch left it, then applied as a whole.
//! A refused one leaves no trace, and the ones behind it go on.

use super::posting::{Change, HoldMove, Posting, Receipt};
use super::{Key, PIN_ATTEMPTS_MAX};
use crate::refusal::{Reason, Refusal};
use crate::store::book_rows::{Account, EntryRow, HoldEntryRow, HoldRow, NewRows, PostingRow};
use crate::time::Timestamp;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// What the database says about everything a batch touches, and then what the batch makes of it.
#[derive(Debug, Default)]
pub struct Facts {
    /// The accounts, by number.
    pub accounts: HashMap<i64, Account>,
    /// The holds, by number.
    pub holds: HashMap<i64, HoldRow>,
    /// What was committed under the batch's keys: number, digest of the request, receipt.
    pub known: HashMap<Key, ([u8; 16], Receipt)>,
    /// Versions of conversations.
    pub sessions: HashMap<Vec<u8>, i64>,
    /// Wrong tries by account; no entry where there is no PIN.
    pub attempts: HashMap<i64, i64>,
    /// Texts that were handled.
    pub seen: HashSet<Key>,
    /// Numbers that have a wallet.
    pub msisdns: HashSet<String>,
    /// States of payment orders.
    pub orders: HashMap<i64, String>,
    /// The number of the newest posting.
    pub last_posting: i64,
}

/// What a batch adds and changes.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Rows of the book.
    pub rows: NewRows,
    /// Accounts whose standing changed.
    pub accounts: BTreeSet<i64>,
    /// Holds whose standing changed.
    pub holds: BTreeSet<i64>,
    /// Changes around the book, in the order to make them.
    pub changes: Vec<Noted>,
}

/// A change around the book, with the posting it came with.
#[derive(Debug)]
pub struct Noted {
    /// The posting's number; 0 when it moved no money.
    pub posting: i64,
    /// When.
    pub at: Timestamp,
    /// What changes.
    pub change: Change,
}

/// A hold move, resolved: which hold, whose money, and by how much the reserve changes.
struct Reserve {
    hold: i64,
    account: i64,
    amount_minor: i64,
    after: HoldRow,
}

impl Facts {
    /// Takes one posting into the batch, or refuses it alone.
    pub fn fold(&mut self, posting: Posting, out: &mut Outcome) -> Result<Receipt, Refusal> {
        if let Some((request, receipt)) = self.known.get(&posting.key) {
            let same = *request == posting.request;
            let repeated = Receipt { repeated: true, ..receipt.clone() };
            return if same { Ok(repeated) } else { Err(Reason::KeyReused.into()) };
        }
        let number = if posting.is_money() { self.last_posting.saturating_add(1) } else { 0 };
        let reserves = self.reserves(&posting, number)?;
        let standing = self.standing(&posting, &reserves)?;
        self.admit(&posting)?;
        Ok(self.apply(posting, number, reserves, standing, out))
    }

    /// Resolves the hold moves; refuses what a hold does not allow.
    fn reserves(&self, posting: &Posting, number: i64) -> Result<Vec<Reserve>, Refusal> {
        let mut reserves: Vec<Reserve> = Vec::with_capacity(posting.holds.len());
        for step in &posting.holds {
            let reserve = match *step {
                HoldMove::Open { account, amount_minor, expires_at } => {
                    let opened_before = reserves.iter().any(|r| r.hold == number);
                    if amount_minor <= 0 || opened_before {
                        return Err(Reason::Invalid.into());
                    }
                    let after = HoldRow {
                        id: number,
                        account_id: account,
                        amount_minor,
                        remaining_minor: amount_minor,
                        state: "open".into(),
                        expires_at: expires_at.micros(),
                    };
                    Reserve { hold: number, account, amount_minor, after }
                }
                HoldMove::Settle { hold, amount_minor } => {
                    let standing = self.open_hold(hold, &reserves)?;
                    give_back(standing, amount_minor, "settled")?
                }
                HoldMove::Release { hold } => {
                    let standing = self.open_hold(hold, &reserves)?;
                    let rest_minor = standing.remaining_minor;
                    give_back(standing, rest_minor, "released")?
                }
                HoldMove::Expire { hold } => {
                    let standing = self.open_hold(hold, &reserves)?;
                    if standing.expires_at > posting.at.micros() {
                        return Err(Reason::Invalid.into());
                    }
                    let rest_minor = standing.remaining_minor;
                    give_back(standing, rest_minor, "expired")?
                }
            };
            reserves.push(reserve);
        }
        Ok(reserves)
    }

    /// The hold as earlier moves of the same posting left it; refused when it is not open.
    fn open_hold(&self, hold: i64, earlier: &[Reserve]) -> Result<HoldRow, Refusal> {
        let moved = earlier.iter().rev().find(|r| r.hold == hold).map(|r| &r.after);
        let standing = moved.or_else(|| self.holds.get(&hold)).ok_or(Reason::HoldGone)?;
        if standing.state == "open" { Ok(standing.clone()) } else { Err(Reason::HoldGone.into()) }
    }

    /// How the accounts would stand afterwards; refuses what does not balance, does not exist or is not covered.
    fn standing(&self, posting: &Posting, reserves: &[Reserve]) -> Result<BTreeMap<i64, Account>, Refusal> {
        let mut standing: BTreeMap<i64, Account> = BTreeMap::new();
        let sum = posting.legs.iter().try_fold(0_i64, |sum, leg| sum.checked_add(leg.amount_minor));
        let accounts: BTreeSet<i64> = posting.legs.iter().map(|leg| leg.account).collect();
        let repeated_account = accounts.len() != posting.legs.len();
        if sum != Some(0) || repeated_account || posting.legs.iter().any(|leg| leg.amount_minor == 0) {
            return Err(Reason::Invalid.into());
        }
        for id in accounts.into_iter().chain(reserves.iter().map(|r| r.account)) {
            let account = self.accounts.get(&id).ok_or(Reason::Invalid)?;
            if account.currency != posting.currency.as_str() {
                return Err(Reason::Invalid.into());
            }
            if account.state != "open" {
                return Err(Reason::AccountClosed.into());
            }
            standing.insert(id, account.clone());
        }
        for reserve in reserves {
            let account = standing.get_mut(&reserve.account).ok_or(Reason::Invalid)?;
            account.held_minor = account.held_minor.checked_add(reserve.amount_minor).ok_or(Reason::Invalid)?;
        }
        for leg in &posting.legs {
            let account = standing.get_mut(&leg.account).ok_or(Reason::Invalid)?;
            account.balance_minor = account.balance_minor.checked_add(leg.amount_minor).ok_or(Reason::Invalid)?;
        }
        for after in standing.values() {
            self.covered(after)?;
        }
        Ok(standing)
    }

    /// An account may not sink below its floor. One that is below already may still receive.
    fn covered(&self, after: &Account) -> Result<(), Refusal> {
        let available = after.balance_minor.checked_sub(after.held_minor).ok_or(Reason::Invalid)?;
        let before = self.accounts.get(&after.id).map(|a| a.balance_minor.saturating_sub(a.held_minor));
        match after.floor_minor {
            Some(floor) if available < floor && before.is_some_and(|before| available < before) => {
                Err(Refusal::of_field(Reason::NotEnough, "amount"))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Whether every change around the book may be made.
    fn admit(&self, posting: &Posting) -> Result<(), Refusal> {
        for change in &posting.changes {
            let refused = match change {
                Change::OpenAccount(account) => self.accounts.contains_key(&account.id).then_some(Reason::Invalid),
                Change::Join(person) => self.msisdns.contains(&person.msisdn).then_some(Reason::AlreadyJoined),
                Change::ChargePin { account } => match self.attempts.get(account) {
                    Some(attempts) if *attempts < PIN_ATTEMPTS_MAX => None,
                    Some(_) | None => Some(Reason::PinLocked),
                },
                Change::SaveSession(save) => {
                    let version = self.sessions.get(&save.row.key).copied().unwrap_or(0);
                    (version != save.read_version).then_some(Reason::Stale)
                }
                Change::AtVersion { session, version } => {
                    (self.sessions.get(session) != Some(version)).then_some(Reason::Stale)
                }
                Change::See { key } => self.seen.contains(key).then_some(Reason::Seen),
                Change::CloseOrder { order, .. } => {
                    (self.orders.get(order).map(String::as_str) != Some("waiting")).then_some(Reason::OrderGone)
                }
                Change::SetPin(_)
                | Change::ClearPin { .. }
                | Change::SetLanguage { .. }
                | Change::OpenOrder(_)
                | Change::Tell(_) => None,
            };
            if let Some(reason) = refused {
                return Err(reason.into());
            }
        }
        Ok(())
    }

    /// Makes a posting that was found good part of the running state and of the rows to write.
    fn apply(
        &mut self,
        posting: Posting,
        number: i64,
        reserves: Vec<Reserve>,
        standing: BTreeMap<i64, Account>,
        out: &mut Outcome,
    ) -> Receipt {
        let money = posting.is_money();
        let mut balances = Vec::with_capacity(posting.legs.len());
        for (leg, index) in posting.legs.iter().zip(0_i64..) {
            let after = standing.get(&leg.account);
            let balance_minor = after.map_or(0, |a| a.balance_minor);
            balances.push((leg.account, balance_minor));
            out.rows.entries.push(EntryRow {
                posting_id: number,
                leg: index,
                account_id: leg.account,
                amount_minor: leg.amount_minor,
                balance_minor,
                previous: after.and_then(|a| a.last_posting),
            });
        }
        for (reserve, index) in reserves.iter().zip(0_i64..) {
            out.rows.hold_entries.push(HoldEntryRow {
                posting_id: number,
                leg: index,
                hold_id: reserve.hold,
                account_id: reserve.account,
                amount_minor: reserve.amount_minor,
            });
            out.holds.insert(reserve.hold);
            self.holds.insert(reserve.hold, reserve.after.clone());
        }
        for (id, mut account) in standing {
            if posting.legs.iter().any(|leg| leg.account == id) {
                account.last_posting = Some(number);
            }
            out.accounts.insert(id);
            self.accounts.insert(id, account);
        }
        let receipt = Receipt { posting: number, at: posting.at, repeated: false, balances };
        if money {
            self.last_posting = number;
            self.known.insert(posting.key, (posting.request, receipt.clone()));
            out.rows.postings.push(PostingRow {
                id: number,
                kind: posting.kind.to_owned(),
                at: posting.at.micros(),
                key: posting.key.bytes().to_vec(),
                request: posting.request.to_vec(),
                corrects: posting.corrects,
            });
        }
        for change in posting.changes {
            self.note(&change);
            out.changes.push(Noted { posting: number, at: posting.at, change });
        }
        receipt
    }

    /// Keeps the running state true to a change that was taken in.
    fn note(&mut self, change: &Change) {
        match change {
            Change::OpenAccount(account) => {
                self.accounts.insert(account.id, account.clone());
            }
            Change::Join(person) => {
                self.msisdns.insert(person.msisdn.clone());
            }
            Change::SetPin(pin) => {
                self.attempts.insert(pin.account_id, pin.attempts);
            }
            Change::ChargePin { account } => {
                let attempts = self.attempts.entry(*account).or_insert(0);
                *attempts = attempts.saturating_add(1);
            }
            Change::ClearPin { account } => {
                self.attempts.insert(*account, 0);
            }
            Change::SaveSession(save) => {
                self.sessions.insert(save.row.key.clone(), save.row.version);
            }
            Change::See { key } => {
                self.seen.insert(*key);
            }
            Change::OpenOrder(order) => {
                self.orders.insert(order.id, order.state.clone());
            }
            Change::CloseOrder { order, state } => {
                self.orders.insert(*order, (*state).to_owned());
            }
            Change::SetLanguage { .. } | Change::AtVersion { .. } | Change::Tell(_) => {}
        }
    }
}

/// Takes a part of an open hold back.
fn give_back(standing: HoldRow, amount_minor: i64, emptied: &str) -> Result<Reserve, Refusal> {
    if amount_minor <= 0 {
        return Err(Reason::Invalid.into());
    }
    if amount_minor > standing.remaining_minor {
        return Err(Reason::HoldExceeded.into());
    }
    let remaining_minor = standing.remaining_minor.saturating_sub(amount_minor);
    let state = if remaining_minor == 0 { emptied.to_owned() } else { standing.state.clone() };
    let after = HoldRow { remaining_minor, state, ..standing };
    Ok(Reserve { hold: after.id, account: after.account_id, amount_minor: amount_minor.saturating_neg(), after })
}
