//! What must come of every posting, by a model that shares no code with the book. It makes
//! everything a posting asks for, notes what was there before and what speaks against it, and puts
//! all of it back when anything does.

use super::super::model::{STOPS_CREDIT, STOPS_DEBIT};
use kadogo::book::{
    Change, Credential, HoldMove, Keep, Key, Leg, PIN_ATTEMPTS_MAX, Posting, Put, Receipt,
};
use kadogo::id::Id;
use kadogo::refusal::Reason;
use kadogo::store::book_rows::{Account, AccountState};
use kadogo::store::records::Record;
use std::collections::{BTreeSet, HashMap, HashSet};

/// Where an account stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stand {
    pub currency: String,
    /// What may be done with it, and how often that was said.
    pub state: AccountState,
    pub said: i64,
    pub floor: bool,
    pub balance: i128,
    pub held: i128,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    pub account: i64,
    pub left: i128,
    pub open: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pin {
    pub salt: Vec<u8>,
    pub tag: Vec<u8>,
    pub tries: i64,
    pub version: i64,
}

/// What a posting must be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Good(Receipt),
    /// One of these reasons; and the tries left that a wrong PIN is told.
    Refused(Vec<Reason>, Option<i64>),
}

/// Where an order is: its version and its state.
pub type Order = (i64, String);

/// What was there before, to put back.
enum Before {
    Account(i64, Option<Stand>),
    Hold(i64, Option<Hold>),
    Line(Vec<u8>, Option<i64>),
    Pin(i64, Option<Pin>),
    Seen(Key),
    Phone(String),
    Person(i64, Option<i64>),
    Order(i64, Option<Order>),
    Message,
}

/// What changed since it was last looked at.
#[derive(Default)]
pub struct Touched {
    pub accounts: BTreeSet<i64>,
    pub holds: BTreeSet<i64>,
    pub lines: BTreeSet<Vec<u8>>,
    pub pins: BTreeSet<i64>,
}

#[derive(Default)]
pub struct Oracle {
    pub accounts: HashMap<i64, Stand>,
    pub holds: HashMap<i64, Hold>,
    pub lines: HashMap<Vec<u8>, i64>,
    pub pins: HashMap<i64, Pin>,
    pub seen: HashSet<Key>,
    pub phones: HashSet<String>,
    /// The versions of people.
    pub people: HashMap<i64, i64>,
    pub orders: HashMap<i64, Order>,
    pub messages: u64,
    pub last: i64,
    pub touched: Touched,
    done: HashMap<Key, ([u8; 16], Receipt)>,
    before: Vec<Before>,
}

fn refused(reason: Reason) -> Verdict {
    Verdict::Refused(vec![reason], None)
}

impl Oracle {
    pub fn open(&mut self, account: &Account) {
        let currency = account.currency.clone();
        let floor = account.floor_minor.is_some();
        let state = account.state;
        let stand = Stand { currency, state, said: 0, floor, balance: 0, held: 0 };
        let old = self.accounts.insert(account.id.number(), stand);
        self.before.push(Before::Account(account.id.number(), old));
    }

    /// The posting takes its place in the one order.
    pub fn step(&mut self, posting: &Posting) -> Verdict {
        self.before.clear();
        let kept = |change: &Change| matches!(change, Change::Put(_) | Change::Keep(_));
        let kept = posting.changes.iter().any(kept);
        let recorded = kept || !posting.legs.is_empty() || !posting.holds.is_empty();
        if recorded && let Some((request, receipt)) = self.done.get(&posting.key) {
            return match *request == posting.request {
                true => Verdict::Good(Receipt { repeated: true, ..receipt.clone() }),
                false => refused(Reason::KEY_REUSED),
            };
        }
        if posting.corrects.is_some_and(|old| !(1..=self.last).contains(&old.number())) {
            return refused(Reason::INVALID);
        }
        if let Some(verdict) =
            posting.credentials.iter().find_map(|credential| self.objection_of_pin(credential))
        {
            return verdict;
        }
        if let Some(reason) = posting.changes.iter().find_map(|change| self.change(change)) {
            self.put_back();
            return refused(reason);
        }
        let mut against = Vec::new();
        let held = |oracle: &Oracle, leg: &Leg| {
            oracle.accounts.get(&leg.account.number()).map_or(0, |stand| stand.held)
        };
        let before: Vec<i128> = posting.legs.iter().map(|leg| held(self, leg)).collect();
        self.move_holds(posting, &mut against);
        let after = posting.legs.iter().map(|leg| held(self, leg));
        let given_back: Vec<i128> =
            before.iter().zip(after).map(|(before, after)| before - after).collect();
        self.move_money(posting, &given_back, &mut against);
        self.measure(&mut against);
        self.restrict(posting, &mut against);
        if !against.is_empty() {
            self.put_back();
            return Verdict::Refused(against, None);
        }
        let number = self.last + 1;
        let available = |leg: &Leg| {
            let stand = &self.accounts[&leg.account.number()];
            (leg.account, i64::try_from(stand.balance - stand.held).unwrap())
        };
        let available = posting.legs.iter().map(available).collect();
        let receipt = Receipt {
            posting: recorded.then_some(Id::of(number)),
            at: posting.at,
            repeated: false,
            available,
        };
        if recorded {
            self.last = number;
            self.done.insert(posting.key, (posting.request, receipt.clone()));
        }
        self.keep();
        Verdict::Good(receipt)
    }

    /// A locked PIN allows nothing, an outdated one nothing either; a wrong one leaves what it
    /// costs.
    fn objection_of_pin(&mut self, credential: &Credential) -> Option<Verdict> {
        let Some(pin) =
            self.pins.get(&credential.pin.number()).filter(|pin| pin.tries < PIN_ATTEMPTS_MAX)
        else {
            return Some(refused(Reason::PIN_LOCKED));
        };
        if pin.salt != credential.salt {
            return Some(refused(Reason::STALE));
        }
        if pin.tag == credential.tag {
            return None;
        }
        let tries = pin.tries;
        let mut objection = credential.wrong.iter().find_map(|change| self.change(change));
        let now = self.pins[&credential.pin.number()].tries;
        if objection.is_none() && now > tries && now >= PIN_ATTEMPTS_MAX {
            objection = credential.locked.iter().find_map(|change| self.change(change));
        }
        if let Some(reason) = objection {
            self.put_back();
            return Some(refused(reason));
        }
        self.keep();
        Some(Verdict::Refused(vec![Reason::PIN_WRONG], Some(PIN_ATTEMPTS_MAX - now)))
    }

    fn move_holds(&mut self, posting: &Posting, against: &mut Vec<Reason>) {
        let own = self.last + 1;
        for step in &posting.holds {
            let (id, after, by) = match *step {
                HoldMove::Open { account, amount_minor } => {
                    if amount_minor <= 0 || self.holds.contains_key(&own) {
                        against.push(Reason::INVALID);
                    }
                    self.usable(account.number(), posting, &[AccountState::Closed], against);
                    let left = i128::from(amount_minor);
                    (own, Hold { account: account.number(), left, open: true }, left)
                }
                HoldMove::Settle { hold, .. } | HoldMove::Release { hold } => {
                    let hold = hold.number();
                    let Some(there) = self.holds.get(&hold).filter(|there| there.open).cloned()
                    else {
                        against.push(Reason::HOLD_GONE);
                        continue;
                    };
                    let taken = match *step {
                        HoldMove::Settle { amount_minor, .. } => i128::from(amount_minor),
                        _all_of_it => there.left,
                    };
                    if taken <= 0 {
                        against.push(Reason::INVALID);
                    }
                    if taken > there.left {
                        against.push(Reason::HOLD_EXCEEDED);
                    }
                    self.usable(there.account, posting, &[], against);
                    let left = there.left - taken;
                    (hold, Hold { left, open: left > 0, ..there }, -taken)
                }
            };
            self.alter(after.account, |stand| stand.held += by);
            if self
                .accounts
                .get(&after.account)
                .is_some_and(|stand| i64::try_from(stand.held).is_err())
            {
                against.push(Reason::INVALID);
            }
            let old = self.holds.insert(id, after);
            self.before.push(Before::Hold(id, old));
        }
    }

    /// What was given back of what was set aside may be taken to put something right, whatever was
    /// said of the account.
    fn move_money(&mut self, posting: &Posting, given_back: &[i128], against: &mut Vec<Reason>) {
        let accounts: BTreeSet<i64> = posting.legs.iter().map(|leg| leg.account.number()).collect();
        let sum: i128 = posting.legs.iter().map(|leg| i128::from(leg.amount_minor)).sum();
        if sum != 0
            || accounts.len() < posting.legs.len()
            || posting.legs.iter().any(|leg| leg.amount_minor == 0)
        {
            against.push(Reason::INVALID);
        }
        for (leg, given_back) in posting.legs.iter().zip(given_back) {
            let out = -i128::from(leg.amount_minor);
            let right = posting.corrects.is_some() && out > 0 && out <= *given_back;
            let way = match out {
                _ if right => &[],
                ..0 => STOPS_CREDIT,
                _out => STOPS_DEBIT,
            };
            self.usable(leg.account.number(), posting, way, against);
            self.alter(leg.account.number(), |stand| stand.balance += i128::from(leg.amount_minor));
        }
    }

    /// What is said of accounts counts from the next posting on.
    fn restrict(&mut self, posting: &Posting, against: &mut Vec<Reason>) {
        for change in &posting.changes {
            let Change::Keep(Keep { record: Record::Restriction(row), .. }) = change else {
                continue;
            };
            self.alter(row.account_id.number(), |stand| stand.state = row.state);
            let stand = &self.accounts[&row.account_id.number()];
            if stand.state == AccountState::Closed && (stand.balance != 0 || stand.held != 0) {
                against.push(Reason::INVALID);
            }
        }
    }

    fn usable(
        &self,
        account: i64,
        posting: &Posting,
        stops: &[AccountState],
        against: &mut Vec<Reason>,
    ) {
        let stand = self.accounts.get(&account);
        if stand.is_none_or(|stand| stand.currency != posting.currency.as_str()) {
            against.push(Reason::INVALID);
        }
        if stand.is_some_and(|stand| stops.contains(&stand.state)) {
            against.push(Reason::ACCOUNT_CLOSED);
        }
    }

    fn alter(&mut self, account: i64, how: impl Fn(&mut Stand)) {
        if let Some(stand) = self.accounts.get_mut(&account) {
            self.before.push(Before::Account(account, Some(stand.clone())));
            how(stand);
        }
    }

    /// Whether every account that moved is where it may be.
    fn measure(&self, against: &mut Vec<Reason>) {
        for before in &self.before {
            let Before::Account(id, _) = before else { continue };
            let stand = &self.accounts[id];
            let free = stand.balance - stand.held;
            if stand.floor && free < 0 {
                against.push(Reason::NOT_ENOUGH);
            }
            if [stand.balance, stand.held, free]
                .into_iter()
                .any(|amount| i64::try_from(amount).is_err())
            {
                against.push(Reason::INVALID);
            }
        }
    }

    fn change(&mut self, change: &Change) -> Option<Reason> {
        match change {
            Change::OpenAccount(account) => {
                if self.accounts.contains_key(&account.id.number()) {
                    return Some(Reason::INVALID);
                }
                self.open(account);
            }
            Change::Keep(keep) => return self.keep_record(&keep.record),
            Change::ChargePin { pin: id } => {
                let Some(pin) =
                    self.pins.get(&id.number()).filter(|pin| pin.tries < PIN_ATTEMPTS_MAX)
                else {
                    return Some(Reason::PIN_LOCKED);
                };
                self.set_pin(id.number(), Pin { tries: pin.tries + 1, ..pin.clone() });
            }
            Change::ClearPin { pin: id } => {
                if let Some(pin) = self.pins.get(&id.number()) {
                    self.set_pin(id.number(), Pin { tries: 0, ..pin.clone() });
                }
            }
            Change::TakeLine { line, version } => {
                let there = self.lines.get(line).copied();
                if there.unwrap_or(0) != *version {
                    return Some(Reason::STALE);
                }
                self.lines.insert(line.clone(), version + 1);
                self.before.push(Before::Line(line.clone(), there));
            }
            Change::Undone { key } => {
                return self.seen.contains(key).then_some(Reason::SEEN);
            }
            Change::Dedup { key } => {
                if !self.seen.insert(*key) {
                    return Some(Reason::SEEN);
                }
                self.before.push(Before::Seen(*key));
            }
            Change::Put(put) => return self.put_order(put),
            Change::While { arrangement, states } => {
                let there = self.orders.get(&arrangement.number());
                let stands = there.is_some_and(|(_, state)| states.contains(&state.as_str()));
                return (!stands).then_some(Reason::MOVED);
            }
            Change::Tell(_) => {
                self.messages += 1;
                self.before.push(Before::Message);
            }
            Change::AtPosting { .. }
            | Change::AtRecord { .. }
            | Change::Journal(_)
            | Change::TellBelow { .. }
            | Change::TellStranger(_)
            | Change::Claim { .. } => {
                panic!("not in this story: {change:?}")
            }
        }
        None
    }

    /// Of a number one wallet, and each version after the one before.
    fn keep_record(&mut self, record: &Record) -> Option<Reason> {
        match record {
            Record::Person(person) => {
                let id = person.account_id.number();
                let there = self.people.get(&id).copied();
                if person.version != there.unwrap_or(0) + 1 {
                    let joins = person.version == 1;
                    return Some(if joins { Reason::ALREADY_JOINED } else { Reason::STALE });
                }
                if there.is_none() {
                    if !self.phones.insert(person.msisdn.clone()) {
                        return Some(Reason::ALREADY_JOINED);
                    }
                    self.before.push(Before::Phone(person.msisdn.clone()));
                }
                self.people.insert(id, person.version);
                self.before.push(Before::Person(id, there));
            }
            Record::Pin(row) => {
                let there = self.pins.get(&row.id.number());
                let version = there.map_or(0, |pin| pin.version) + 1;
                if row.version != version {
                    let first = row.version == 1;
                    return Some(if first { Reason::ALREADY_JOINED } else { Reason::STALE });
                }
                let tries = there.map_or(0, |pin| pin.tries);
                let pin = Pin { salt: row.salt.clone(), tag: row.tag.clone(), tries, version };
                self.set_pin(row.id.number(), pin);
            }
            Record::Restriction(row) => {
                let Some(stand) = self.accounts.get(&row.account_id.number()) else {
                    return Some(Reason::INVALID);
                };
                if stand.state == AccountState::Closed {
                    return Some(Reason::ACCOUNT_CLOSED);
                }
                if row.version != stand.said + 1 {
                    return Some(Reason::STALE);
                }
                self.alter(row.account_id.number(), |stand| stand.said += 1);
            }
            other => panic!("not in this story: {other:?}"),
        }
        None
    }

    fn set_pin(&mut self, account: i64, pin: Pin) {
        let old = self.pins.insert(account, pin);
        self.before.push(Before::Pin(account, old));
    }

    fn put_order(&mut self, put: &Put) -> Option<Reason> {
        let id = put.row.id.number();
        let before = self.orders.get(&id).map_or(0, |(version, _)| *version);
        if put.row.version != before + 1 {
            return Some(Reason::MOVED);
        }
        let old = self.orders.insert(id, (put.row.version, put.row.state.clone()));
        self.before.push(Before::Order(id, old));
        None
    }

    fn keep(&mut self) {
        for before in self.before.drain(..) {
            match before {
                Before::Account(id, _) => drop(self.touched.accounts.insert(id)),
                Before::Hold(id, _) => drop(self.touched.holds.insert(id)),
                Before::Line(key, _) => drop(self.touched.lines.insert(key)),
                Before::Pin(id, _) => drop(self.touched.pins.insert(id)),
                Before::Seen(_)
                | Before::Phone(_)
                | Before::Person(..)
                | Before::Order(..)
                | Before::Message => {}
            }
        }
    }

    fn put_back(&mut self) {
        while let Some(before) = self.before.pop() {
            match before {
                Before::Account(id, old) => put(&mut self.accounts, id, old),
                Before::Hold(id, old) => put(&mut self.holds, id, old),
                Before::Line(key, old) => put(&mut self.lines, key, old),
                Before::Pin(id, old) => put(&mut self.pins, id, old),
                Before::Seen(key) => drop(self.seen.remove(&key)),
                Before::Phone(number) => drop(self.phones.remove(&number)),
                Before::Person(id, old) => put(&mut self.people, id, old),
                Before::Order(id, old) => put(&mut self.orders, id, old),
                Before::Message => self.messages -= 1,
            }
        }
    }
}

fn put<K: std::hash::Hash + Eq, V>(map: &mut HashMap<K, V>, key: K, old: Option<V>) {
    match old {
        Some(value) => drop(map.insert(key, value)),
        None => drop(map.remove(&key)),
    }
}
