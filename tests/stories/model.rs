//! A model of the book that is too simple to be wrong: it tries a posting on a copy of the world,
//! collects everything that speaks against it, and keeps the copy only if nothing does. It shares
//! no code with the book.

use super::ledger::{ANN, BEN, CAL, ICE, ZOE};
use jiff::ToSpan;
use kadogo::book::{Change, HoldMove, Keep, Key, Meter, PIN_ATTEMPTS_MAX, Posting, TRUST};
use kadogo::id::Id;
use kadogo::limits::{Direction, Window};
use kadogo::refusal::Reason;
use kadogo::store::book_rows::AccountState;
use kadogo::store::records::Record;
use std::collections::{BTreeMap, BTreeSet};

/// Where nothing goes out, and where nothing comes in.
pub const STOPS_DEBIT: &[AccountState] =
    &[AccountState::StopDebit, AccountState::Frozen, AccountState::Closed];
pub const STOPS_CREDIT: &[AccountState] =
    &[AccountState::StopCredit, AccountState::Frozen, AccountState::Closed];

/// The world as the model sees it.
#[derive(Debug, Clone, Default)]
pub struct Model {
    pub balances: BTreeMap<i64, i128>,
    holds: BTreeMap<i64, (i64, i128, bool)>,
    done: BTreeMap<Key, [u8; 16]>,
    seen: BTreeSet<Key>,
    lines: BTreeMap<Vec<u8>, i64>,
    /// Everything that was ever counted against limits: account, way, amount, and on which day.
    counted: Vec<(i64, Direction, i64, i32)>,
    pub tries: Option<i64>,
    /// How often the one PIN there is was set.
    pin: i64,
    /// What may not be done with accounts.
    states: BTreeMap<i64, AccountState>,
    pub last: i64,
}

impl Model {
    /// As `Ledger::new` leaves it.
    pub fn new() -> Model {
        let balances = [
            (TRUST.number(), -16_000),
            (2, 0),
            (3, 0),
            (4, -1_000),
            (ANN, 10_000),
            (BEN, 5_000),
            (CAL, 0),
            (ICE, 1_000),
            (ZOE, 1_000),
        ];
        let states = [(ICE, AccountState::Frozen)].into();
        Model { balances: balances.into(), states, last: 2, ..Model::default() }
    }

    pub fn held(&self, account: i64) -> i128 {
        self.holds.values().filter(|hold| hold.0 == account && hold.2).map(|hold| hold.1).sum()
    }

    fn free(&self, account: i64) -> i128 {
        self.balances.get(&account).copied().unwrap_or(0) - self.held(account)
    }

    /// Everything that speaks against a posting; nothing, and the world after it, when it is good.
    pub fn step(&mut self, posting: &Posting) -> BTreeSet<Reason> {
        let kept = posting.changes.iter().any(|change| matches!(change, Change::Keep(_)));
        let recorded = kept || !posting.legs.is_empty() || !posting.holds.is_empty();
        if recorded && let Some(request) = self.done.get(&posting.key) {
            return if *request == posting.request {
                BTreeSet::new()
            } else {
                BTreeSet::from([Reason::KEY_REUSED])
            };
        }
        let mut next = self.clone();
        let mut against = BTreeSet::new();
        if posting.corrects.is_some_and(|old| !(1..=self.last).contains(&old.number())) {
            against.insert(Reason::INVALID);
        }
        next.last += i64::from(recorded);
        posting.changes.iter().for_each(|change| next.change(change, &mut against));
        let own = next.last;
        for step in &posting.holds {
            next.hold(own, *step, posting, &mut against);
            // nowhere on the way may more be held than there are numbers for
            if next.balances.keys().any(|id| i64::try_from(next.held(*id)).is_err()) {
                against.insert(Reason::INVALID);
            }
        }
        let given_back = |account: i64| self.held(account) - next.held(account);
        let right: BTreeSet<i64> = posting
            .legs
            .iter()
            .filter(|leg| posting.corrects.is_some() && leg.amount_minor < 0)
            .filter(|leg| -i128::from(leg.amount_minor) <= given_back(leg.account.number()))
            .map(|leg| leg.account.number())
            .collect();
        next.move_money(posting, &right, &mut against);
        posting.meters.iter().for_each(|meter| next.meter(meter, posting, &mut against));
        for account in
            next.balances.keys().copied().filter(|id| ![TRUST, Id::of(4)].contains(&Id::of(*id)))
        {
            if next.free(account) < 0 && next.free(account) < self.free(account) {
                against.insert(Reason::NOT_ENOUGH);
            }
        }
        let edge = |amount: i128| i64::try_from(amount).is_err();
        if next
            .balances
            .keys()
            .any(|id| edge(next.balances[id]) || edge(next.held(*id)) || edge(next.free(*id)))
        {
            against.insert(Reason::INVALID);
        }
        next.restrict(posting);
        if against.is_empty() {
            if recorded {
                next.done.insert(posting.key, posting.request);
            }
            *self = next;
        }
        against
    }

    fn state(&self, account: i64) -> AccountState {
        self.states.get(&account).copied().unwrap_or_default()
    }

    /// What is said of accounts counts from the next posting on.
    fn restrict(&mut self, posting: &Posting) {
        for change in &posting.changes {
            if let Change::Keep(Keep { record: Record::Restriction(row), .. }) = change {
                self.states.insert(row.account_id.number(), row.state);
            }
        }
    }

    fn usable(&self, account: i64, posting: &Posting, against: &mut BTreeSet<Reason>) {
        let home = if [4, ZOE].contains(&account) { "UGX" } else { "KES" };
        if !self.balances.contains_key(&account) || home != posting.currency.as_str() {
            against.insert(Reason::INVALID);
        }
    }

    /// `right` are those from whom only what was set aside is taken, to put something right.
    fn move_money(
        &mut self,
        posting: &Posting,
        right: &BTreeSet<i64>,
        against: &mut BTreeSet<Reason>,
    ) {
        let accounts: BTreeSet<i64> = posting.legs.iter().map(|leg| leg.account.number()).collect();
        let sum: i128 = posting.legs.iter().map(|leg| i128::from(leg.amount_minor)).sum();
        if sum != 0
            || accounts.len() < posting.legs.len()
            || posting.legs.iter().any(|leg| leg.amount_minor == 0)
        {
            against.insert(Reason::INVALID);
        }
        for leg in &posting.legs {
            self.usable(leg.account.number(), posting, against);
            let stops = if leg.amount_minor > 0 { STOPS_CREDIT } else { STOPS_DEBIT };
            let account = leg.account.number();
            if stops.contains(&self.state(account)) && !right.contains(&account) {
                against.insert(Reason::ACCOUNT_CLOSED);
            }
            *self.balances.entry(leg.account.number()).or_default() += i128::from(leg.amount_minor);
        }
    }

    fn hold(
        &mut self,
        own: i64,
        step: HoldMove,
        posting: &Posting,
        against: &mut BTreeSet<Reason>,
    ) {
        if let HoldMove::Open { account, amount_minor } = step {
            if amount_minor <= 0 || self.holds.contains_key(&own) {
                against.insert(Reason::INVALID);
            }
            if self.state(account.number()) == AccountState::Closed {
                against.insert(Reason::ACCOUNT_CLOSED);
            }
            self.usable(account.number(), posting, against);
            self.holds.insert(own, (account.number(), i128::from(amount_minor), true));
            return;
        }
        let (HoldMove::Settle { hold, .. } | HoldMove::Release { hold }) = step else {
            return;
        };
        let Some((account, remaining, true)) = self.holds.get(&hold.number()).copied() else {
            against.insert(Reason::HOLD_GONE);
            return;
        };
        self.usable(account, posting, against);
        let taken = if let HoldMove::Settle { amount_minor, .. } = step {
            i128::from(amount_minor)
        } else {
            remaining
        };
        if taken <= 0 {
            against.insert(Reason::INVALID);
        }
        if taken > remaining {
            against.insert(Reason::HOLD_EXCEEDED);
        }
        self.holds.insert(hold.number(), (account, remaining - taken, remaining > taken));
    }

    /// The day that counts for an account: its newest one.
    pub fn day(&self, account: i64) -> i32 {
        self.counted.iter().filter(|one| one.0 == account).map(|one| one.3).max().unwrap_or(0)
    }

    /// What was counted in the window that a day lies in: value and how often.
    pub fn used(&self, account: i64, way: Direction, window: Window, day: i32) -> (i128, usize) {
        let ours = self
            .counted
            .iter()
            .filter(|one| (one.0, one.1) == (account, way) && same(window, one.3, day));
        ours.fold((0, 0), |(value, count), one| (value + i128::from(one.2), count + 1))
    }

    fn meter(&mut self, meter: &Meter, posting: &Posting, against: &mut BTreeSet<Reason>) {
        let Meter { account, way, amount_minor, caps, .. } = *meter;
        let held = posting.holds.iter().filter_map(|step| match step {
            HoldMove::Open { account, .. } => Some(*account),
            HoldMove::Settle { hold, .. } | HoldMove::Release { hold } => {
                self.holds.get(&hold.number()).map(|hold| Id::of(hold.0))
            }
        });
        if !posting.legs.iter().map(|leg| leg.account).chain(held).any(|touched| touched == account)
            || amount_minor <= 0
        {
            against.insert(Reason::INVALID);
        }
        let day = self.day(account.number()).max(meter.day.number());
        let amount = i128::from(amount_minor);
        let mut over = Vec::new();
        over.extend(caps.once_minor.filter(|cap| amount_minor > *cap).map(|_| Reason::LIMIT_ONCE));
        let holds_minor = self.balances.get(&account.number()).copied().unwrap_or(0);
        let too_much =
            caps.balance_minor.filter(|cap| way == Direction::In && holds_minor > i128::from(*cap));
        over.extend(too_much.map(|_| Reason::LIMIT_BALANCE));
        let windows = [
            (Window::Day, caps.day, Reason::LIMIT_DAY, Reason::LIMIT_DAY_COUNT),
            (Window::Week, caps.week, Reason::LIMIT_WEEK, Reason::LIMIT_WEEK_COUNT),
            (Window::Month, caps.month, Reason::LIMIT_MONTH, Reason::LIMIT_MONTH_COUNT),
        ];
        for (window, cap, value_reason, count_reason) in windows {
            let (value, count) = self.used(account.number(), way, window, day);
            over.extend(
                cap.value_minor
                    .filter(|cap| value + amount > i128::from(*cap))
                    .map(|_| value_reason),
            );
            over.extend(
                cap.count
                    .filter(|cap| count + 1 > usize::try_from(*cap).unwrap())
                    .map(|_| count_reason),
            );
        }
        let comes_in = meter.way == Direction::In;
        let of_others = if comes_in { Reason::OTHER_LIMIT } else { Reason::DRAW_LIMIT };
        let by_itself = [Reason::LIMIT_ONCE, Reason::LIMIT_BALANCE];
        against.extend(over.into_iter().map(|reason| match meter.own {
            true if comes_in && !by_itself.contains(&reason) => Reason::LIMIT_IN,
            true => reason,
            false => of_others,
        }));
        self.counted.push((account.number(), way, amount_minor, day));
    }

    fn change(&mut self, change: &Change, against: &mut BTreeSet<Reason>) {
        let refused = match change {
            Change::Dedup { key } => (!self.seen.insert(*key)).then_some(Reason::SEEN),
            Change::ChargePin { .. } => {
                self.tries = self.tries.map(|tries| tries + 1);
                (self.tries.is_none_or(|tries| tries > PIN_ATTEMPTS_MAX))
                    .then_some(Reason::PIN_LOCKED)
            }
            Change::ClearPin { .. } => {
                self.tries = self.tries.map(|_| 0);
                None
            }
            Change::Keep(Keep { record: Record::Pin(row), .. }) => {
                self.tries = Some(self.tries.unwrap_or(0));
                let before = std::mem::replace(&mut self.pin, row.version);
                let reason = if row.version == 1 { Reason::ALREADY_JOINED } else { Reason::STALE };
                (before + 1 != row.version).then_some(reason)
            }
            // versions are a matter of other stories
            Change::Keep(Keep { record: Record::Restriction(_), .. }) => None,
            Change::TakeLine { line, version } => {
                let there = self.lines.insert(line.clone(), version + 1).unwrap_or(0);
                (there != *version).then_some(Reason::STALE)
            }
            Change::Undone { key } => self.seen.contains(key).then_some(Reason::SEEN),
            Change::OpenAccount(account) => {
                self.balances.insert(account.id.number(), 0).map(|_taken| Reason::INVALID)
            }
            Change::Journal(_)
            | Change::TellBelow { .. }
            | Change::TellStranger(_)
            | Change::AtPosting { .. }
            | Change::AtRecord { .. }
            | Change::Claim { .. }
            | Change::Put(_)
            | Change::While { .. }
            | Change::Keep(_)
            | Change::Tell(_) => panic!("not in this story: {change:?}"),
        };
        against.extend(refused);
    }
}

/// Whether two days lie in one window.
fn same(window: Window, one: i32, other: i32) -> bool {
    let date = |day: i32| jiff::civil::date(1970, 1, 1) + day.days();
    let a = date(one);
    let b = date(other);
    match window {
        Window::Day => a == b,
        Window::Week => {
            (a.iso_week_date().year(), a.iso_week_date().week())
                == (b.iso_week_date().year(), b.iso_week_date().week())
        }
        Window::Month => (a.year(), a.month()) == (b.year(), b.month()),
    }
}
