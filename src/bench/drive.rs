//! Payments on their way: as many at a time as asked for, for as long as asked for, each between
//! two accounts picked afresh.

use super::BenchProgress;
use super::country;
use super::receipts::receipts;
use super::reckoning::per_second;
use super::report::Raw;
use crate::actor::Actor;
use crate::book::{Book, Change, FEES, Key, Leg, Meter, Posting};
use crate::calendar::Day;
use crate::id::AccountId;
use crate::limits::{Cap, Caps, Direction};
use crate::reason::Reason;
use crate::time::{Clock, Timestamp};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The first account of the bench.
const FIRST: i64 = 1_000;
/// How long one waits who was told that the queue is full.
const BUSY_WAIT: Duration = Duration::from_millis(1);
/// Limits that nobody reaches, each of which is compared.
pub const ROOMY: Caps = Caps {
    once_minor: Some(i64::MAX),
    day: ROOMY_CAP,
    week: ROOMY_CAP,
    month: ROOMY_CAP,
    balance_minor: Some(i64::MAX),
    budget: None,
};
const ROOMY_CAP: Cap = Cap { value_minor: Some(i64::MAX), count: Some(u32::MAX) };
/// The progress of a run is told at most so often.
const TELLS: u32 = 4;

/// Numbers the payments of all runs, so that no two have the same key.
#[derive(Debug, Clone, Default)]
pub struct Numbers(Arc<AtomicU64>);

impl Numbers {
    /// One that nobody else has.
    pub fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }
}

/// What a payment carries beside its legs.
#[derive(Debug, Clone, Copy, Default)]
pub struct PaymentShape {
    /// It counts against limits on both sides.
    pub metered: bool,
    /// Both sides are told of it.
    pub told: bool,
}

/// Keeps `in_flight` payments of this shape on their way until the time is over.
pub async fn drive(
    books: &[Book],
    pick: &PairPicker,
    in_flight: usize,
    run: Duration,
    numbers: &Numbers,
    shape: PaymentShape,
    tell: BenchProgress,
) -> Raw {
    let over = Arc::new(AtomicBool::new(false));
    let done = Arc::new(AtomicU64::new(0));
    let started = Instant::now();
    let mut payers = tokio::task::JoinSet::new();
    // the payers are spread evenly over the nodes
    for (seed, book) in (0_u64..).zip(books.iter().cycle()).take(in_flight) {
        let book = book.clone();
        let over = over.clone();
        let numbers = numbers.clone();
        let done = done.clone();
        let mut pick = pick.seeded(seed.wrapping_add(numbers.next()));
        payers.spawn(async move {
            let mut raw = Raw::default();
            while !over.load(Ordering::Relaxed) {
                pay(&book, payment(numbers.next(), &mut pick, shape), &mut raw).await;
                done.fetch_add(1, Ordering::Relaxed);
            }
            raw
        });
    }
    let each = run.checked_div(TELLS).unwrap_or(run).max(Duration::from_secs(1)).min(run);
    while started.elapsed() < run {
        tokio::time::sleep(each.min(run.saturating_sub(started.elapsed()))).await;
        let seconds = started.elapsed().as_secs();
        let rate = per_second(done.load(Ordering::Relaxed), started.elapsed());
        tell(&format!("  {seconds} s: {rate}/s"));
    }
    over.store(true, Ordering::Relaxed);
    let results = payers.join_all().await;
    let mut raw = Raw { took: started.elapsed(), ..Raw::default() };
    results.into_iter().for_each(|result| raw.take(result));
    raw
}

/// Makes one payment. One that finds the queue full comes back, and has waited since it first came.
async fn pay(book: &Book, posting: Posting, raw: &mut Raw) {
    let asked = Instant::now();
    loop {
        match book.post(posting.clone()).await {
            Ok(receipt) => {
                raw.waits.push(asked.elapsed());
                // each payment is asked for once, and moves three balances
                let wrong = receipt.repeated || receipt.available.len() != posting.legs.len();
                raw.wrong = raw.wrong.saturating_add(u64::from(wrong));
            }
            Err(refusal) if refusal.reason == Reason::BUSY && book.is_alive() => {
                raw.busy = raw.busy.saturating_add(1);
                tokio::time::sleep(BUSY_WAIT).await;
                continue;
            }
            Err(_) => raw.refused = raw.refused.saturating_add(1),
        }
        return;
    }
}

/// A payment of three legs: payer, payee, and the fee account that every payment credits.
pub fn payment(number: u64, pick: &mut PairPicker, shape: PaymentShape) -> Posting {
    let (payer, payee) = pick.pair();
    let legs = vec![
        Leg { account: payer, amount_minor: -107 },
        Leg { account: payee, amount_minor: 100 },
        Leg { account: FEES, amount_minor: 7 },
    ];
    let now = Clock::System.now();
    let meters = if shape.metered { meters(payer, payee, now) } else { Vec::new() };
    let changes = if shape.told { receipts(payer, payee, now) } else { Vec::new() };
    let name = [b"pay".as_slice(), &number.to_be_bytes()].concat();
    Posting { meters, ..posting(now, &name, legs, changes) }
}

fn meters(payer: AccountId, payee: AccountId, now: Timestamp) -> Vec<Meter> {
    let day = Day::of(now, &country::zone());
    let meter = |account, way, own| Meter {
        account,
        way,
        amount_minor: 100,
        day,
        caps: ROOMY,
        own,
        back: false,
        part: false,
    };
    vec![meter(payer, Direction::Out, true), meter(payee, Direction::In, false)]
}

/// A posting of the bench.
pub fn posting(at: Timestamp, name: &[u8], legs: Vec<Leg>, changes: Vec<Change>) -> Posting {
    Posting {
        actor: Actor::Service,
        key: Key::new(at, "bench", name),
        request: [0; 16],
        kind: "bench",
        at,
        currency: country::currency(),
        legs,
        holds: Vec::new(),
        meters: Vec::new(),
        changes,
        corrects: None,
        credentials: Vec::new(),
    }
}

/// Picks who pays whom.
#[derive(Debug, Clone, Copy)]
pub struct PairPicker {
    state: u64,
    /// Accounts that pay one another.
    accounts: u64,
    /// From one of them to the next: there may be others in between that do not pay.
    stride: u64,
    skewed: bool,
}

impl PairPicker {
    /// Picks among `accounts` that are spread evenly over `all` there are.
    pub fn new(accounts: u64, all: u64, skewed: bool) -> PairPicker {
        let accounts = accounts.max(2);
        let stride = all.checked_div(accounts).unwrap_or(1).max(1);
        PairPicker { state: 1, accounts, stride, skewed }
    }

    /// The same accounts in an order of its own for each seed.
    pub fn seeded(self, seed: u64) -> PairPicker {
        // splitmix64: neighbours among the seeds must not pick alike
        let mut mixed = seed.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        // zero is the one state that the generator never leaves
        PairPicker { state: (mixed ^ (mixed >> 31)).max(1), ..self }
    }

    /// The id of the account with this number, counted from zero.
    pub fn id(number: u64) -> AccountId {
        AccountId::of(FIRST.saturating_add(i64::try_from(number).unwrap_or(0)))
    }

    fn next(&mut self) -> u64 {
        // xorshift: good enough to pick accounts, and costs nothing beside a payment
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        self.state
    }

    fn account(&mut self) -> AccountId {
        let mut range = self.accounts;
        if self.skewed {
            // every halving as often as the others: half as many for twice as far down the list, as
            // in Zipf's law
            let halvings = range.checked_ilog2().unwrap_or(0).saturating_sub(3).max(1);
            let times = self.next().checked_rem(u64::from(halvings)).unwrap_or(0);
            range = (0..times).fold(range, |range, _| range.div_euclid(2)).max(2);
        }
        let account = self.next().checked_rem(range).unwrap_or(0);
        PairPicker::id(account.saturating_mul(self.stride))
    }

    fn pair(&mut self) -> (AccountId, AccountId) {
        let payer = self.account();
        loop {
            let payee = self.account();
            if payee != payer {
                return (payer, payee);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::arithmetic_side_effects, reason = "tests stop where they fail")]

    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn those_who_pay_are_spread_over_all_accounts_and_never_pay_themselves() {
        for skewed in [false, true] {
            let mut pick = PairPicker::new(100, 1_050, skewed).seeded(7);
            let pairs: Vec<(AccountId, AccountId)> = (0..10_000).map(|_| pick.pair()).collect();
            assert!(pairs.iter().all(|(payer, payee)| payer != payee));
            let all: BTreeSet<AccountId> =
                pairs.iter().flat_map(|(payer, payee)| [*payer, *payee]).collect();
            assert_eq!(all, (0..100).map(|number| AccountId::of(FIRST + number * 10)).collect());
        }
    }

    #[test]
    fn a_few_accounts_pay_most_when_it_is_skewed() {
        let of_the_first = |skewed| {
            let mut pick = PairPicker::new(10_000, 10_000, skewed).seeded(7);
            (0..10_000).filter(|_| pick.pair().0 < AccountId::of(FIRST + 100)).count()
        };
        assert!(
            of_the_first(false) < 200 && of_the_first(true) > 3_000,
            "{} {}",
            of_the_first(false),
            of_the_first(true)
        );
    }
}
