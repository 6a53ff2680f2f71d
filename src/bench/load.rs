//! What is in the book before anything is measured: accounts with money, and a history of payments
//! if asked for.

use super::BenchProgress;
use super::country;
use super::drive::{Numbers, PairPicker, PaymentShape, payment, posting};
use super::reckoning::per_second;
use crate::book::{Book, Change, Leg, Posting, TRUST};
use crate::id::AccountId;
use crate::refusal::{Reason, Refusal};
use crate::time::Clock;
use crate::wallet::join;
use anyhow::anyhow;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Each account begins with so much, minor units: nobody runs dry.
const BEGIN_MINOR: i64 = 1_000_000_000;
/// Accounts opened in one posting: each takes a row and a leg, and the posting has one leg more.
const OPEN_BATCH: u64 = 499;
/// Such postings on their way at the same time: as many as go into one commit.
const OPEN_IN_FLIGHT: usize = 16;
/// Payments of the history on their way at the same time: two full commits, so that one gathers
/// while one is written.
const PAY_IN_FLIGHT: usize = 2_048;
/// How often the progress is told.
const TELL_EVERY: Duration = Duration::from_secs(5);
/// How long one waits who was told that the queue is full.
const BUSY_WAIT: Duration = Duration::from_millis(1);

/// Opens so many accounts and gives them money; how many postings that took.
pub async fn open_accounts(
    book: &Book,
    accounts: u64,
    progress: BenchProgress,
) -> anyhow::Result<u64> {
    open_with(book, accounts, OPEN_BATCH, |_number| Vec::new(), progress).await
}

/// The same, so many in one posting, with what else is stored of each.
pub async fn open_with(
    book: &Book,
    accounts: u64,
    each: u64,
    more: impl Fn(u64) -> Vec<Change> + Clone + Send + 'static,
    progress: BenchProgress,
) -> anyhow::Result<u64> {
    let chunks = accounts.div_ceil(each);
    let open = move |book: Book, chunk: u64| {
        let first = chunk.saturating_mul(each);
        let step = opening(first..first.saturating_add(each).min(accounts), &more);
        async move { patiently(&book, || step.clone()).await }
    };
    let told = Told { what: "accounts opened", each, total: accounts, progress };
    in_flight(book, OPEN_IN_FLIGHT, chunks, told, open).await?;
    Ok(chunks)
}

fn opening(places: Range<u64>, more: &impl Fn(u64) -> Vec<Change>) -> Posting {
    let first = places.start;
    let mine: Vec<AccountId> = places.clone().map(PairPicker::id).collect();
    let opened = mine
        .iter()
        .map(|id| Change::OpenAccount(join::empty_wallet(*id, country::currency().as_str())));
    let changes = opened.chain(places.flat_map(more)).collect();
    let mut legs: Vec<Leg> =
        mine.iter().map(|id| Leg { account: *id, amount_minor: BEGIN_MINOR }).collect();
    let sum = legs.iter().fold(0_i64, |sum, leg| sum.saturating_add(leg.amount_minor));
    legs.push(Leg { account: TRUST, amount_minor: sum.saturating_neg() });
    let name = [b"open".as_slice(), &first.to_be_bytes()].concat();
    posting(Clock::System.now(), &name, legs, changes)
}

/// Makes so many payments of the shape that is measured, as many at a time as go fast.
pub async fn pay(
    book: &Book,
    payments: u64,
    numbers: &Numbers,
    pick: &PairPicker,
    shape: PaymentShape,
    progress: BenchProgress,
) -> anyhow::Result<()> {
    let numbers = numbers.clone();
    let pick = *pick;
    let pay = move |book: Book, turn: u64| {
        let number = numbers.next();
        let mut pick = pick.seeded(turn);
        let step = payment(number, &mut pick, shape);
        async move { patiently(&book, || step.clone()).await }
    };
    let told = Told { what: "payments made", each: 1, total: payments, progress };
    in_flight(book, PAY_IN_FLIGHT, payments, told, pay).await
}

/// Posts, and comes back as often as the queue is full.
pub async fn patiently(book: &Book, step: impl Fn() -> Posting) -> Result<(), Refusal> {
    loop {
        match book.post(step()).await {
            Ok(_receipt) => return Ok(()),
            Err(refusal) if refusal.reason == Reason::BUSY && book.is_alive() => {
                tokio::time::sleep(BUSY_WAIT).await
            }
            Err(refusal) => return Err(refusal),
        }
    }
}

/// What is told of long work.
#[derive(Clone, Copy)]
struct Told {
    what: &'static str,
    /// How much one turn does.
    each: u64,
    /// How much there is to do.
    total: u64,
    progress: BenchProgress,
}

impl Told {
    fn tell(&self, turns: u64, since: Instant) {
        let done = turns.saturating_mul(self.each).min(self.total);
        let rate = per_second(done, since.elapsed());
        let left = self.total.saturating_sub(done).checked_div(rate).unwrap_or(0);
        let what = self.what;
        let total = self.total;
        (self.progress)(&format!("{done} of {total} {what}, {rate}/s, {left} s left"));
    }
}

/// Takes so many turns, `width` of them at the same time. The first one refused ends it.
async fn in_flight<F, W>(
    book: &Book,
    width: usize,
    turns: u64,
    told: Told,
    turn: F,
) -> anyhow::Result<()>
where
    F: Fn(Book, u64) -> W + Clone + Send + 'static,
    W: Future<Output = Result<(), Refusal>> + Send + 'static,
{
    let next = Arc::new(AtomicU64::new(0));
    let done = Arc::new(AtomicU64::new(0));
    let mut hands = tokio::task::JoinSet::new();
    for _ in 0..width {
        let book = book.clone();
        let turn = turn.clone();
        let next = next.clone();
        let done = done.clone();
        hands.spawn(async move {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= turns {
                    return Ok(());
                }
                turn(book.clone(), number).await?;
                done.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
    let since = Instant::now();
    let mut clock = tokio::time::interval(TELL_EVERY);
    clock.reset();
    loop {
        tokio::select! {
            hand = hands.join_next() => match hand {
                Some(hand) => hand?
                    .map_err(|refusal: Refusal| anyhow!("{}: {}", told.what, refusal.code()))?,
                None => break,
            },
            _ = clock.tick() => told.tell(done.load(Ordering::Relaxed), since),
        }
    }
    told.tell(done.load(Ordering::Relaxed), since);
    Ok(())
}
