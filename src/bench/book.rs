//! `bench book`: payments of three legs (payer, payee, and the fee account that every payment credits) straight into
//! the book, as many in flight as asked for.

use super::report::{Figures, Raw};
use crate::book::{self, Book, Change, FEES, Key, Leg, Posting, TRUST};
use crate::metrics::Metrics;
use crate::money::Currency;
use crate::refusal::Reason;
use crate::seal::Dice;
use crate::store::Store;
use crate::time::{Clock, Timestamp};
use crate::wallet::{founding, join};
use anyhow::anyhow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Each account begins with so much, minor units: nobody runs dry.
const BEGIN_MINOR: i64 = 1_000_000_000;
/// The first account of the bench.
const FIRST: i64 = 1_000;
/// Accounts opened in one posting.
const OPEN_BATCH: i64 = 500;

/// What to measure.
#[derive(Debug, Clone)]
pub struct Plan {
    /// A database of its own, which must be empty.
    pub database_url: String,
    /// Accounts that pay one another.
    pub accounts: i64,
    /// Payments in flight, one run each.
    pub in_flight: Vec<usize>,
    /// How long a run takes.
    pub run: Duration,
    /// Whether a few accounts pay most of the time.
    pub skewed: bool,
}

/// Runs it; `progress` hears what is being done.
pub async fn run(plan: &Plan, mut progress: impl FnMut(&str)) -> anyhow::Result<Vec<Figures>> {
    let (url, metrics) = (plan.database_url.clone(), Arc::new(Metrics::default()));
    let counted = metrics.clone();
    let opened = tokio::task::spawn_blocking(move || {
        let store = Store::open(&url)?;
        Book::start(&store, counted).map(|(book, committer)| (store, book, committer))
    });
    let (store, book, committer) = opened.await??;
    let clock = Clock::System;
    founding::open_accounts(&store, &book, Currency::KES, clock.now()).await?;
    progress(&format!("opening {} accounts", plan.accounts));
    open_accounts(&book, plan.accounts, clock.now()).await?;
    let mut figures = Vec::new();
    for in_flight in &plan.in_flight {
        progress(&format!("{in_flight} in flight for {} s", plan.run.as_secs()));
        let (before, commits) = (bytes(&store).await?, metrics.commits());
        let mut raw = drive(&book, plan, *in_flight).await;
        raw.grown_bytes = bytes(&store).await?.saturating_sub(before);
        raw.commits = metrics.commits().saturating_sub(commits);
        progress("verifying the book");
        raw.whole = is_whole(&store).await?;
        let skew = if plan.skewed { "skewed" } else { "uniform" };
        figures.push(Figures::of(format!("book {} {skew}", store.kind()), *in_flight, raw));
    }
    drop(book);
    tokio::task::spawn_blocking(move || committer.join()).await?.map_err(|_panic| anyhow!("the committer broke"))?;
    Ok(figures)
}

/// Bytes the database takes.
pub async fn bytes(store: &Store) -> anyhow::Result<u64> {
    let store = store.clone();
    Ok(tokio::task::spawn_blocking(move || store.bytes()).await??)
}

/// Whether the book passes its check.
pub async fn is_whole(store: &Store) -> anyhow::Result<bool> {
    let store = store.clone();
    let check = move || book::check::check(&mut store.reader()?, |_, _| ());
    Ok(tokio::task::spawn_blocking(check).await??.is_whole())
}

async fn open_accounts(book: &Book, accounts: i64, now: Timestamp) -> anyhow::Result<()> {
    let mut first = 0;
    while first < accounts {
        let ids = first..first.saturating_add(OPEN_BATCH).min(accounts);
        let mine: Vec<i64> = ids.clone().map(|n| FIRST.saturating_add(n)).collect();
        let opened =
            mine.iter().map(|id| Change::OpenAccount(join::empty_wallet(*id, Currency::KES.as_str()))).collect();
        let mut legs: Vec<Leg> = mine.iter().map(|id| Leg { account: *id, amount_minor: BEGIN_MINOR }).collect();
        let sum = legs.iter().fold(0_i64, |sum, leg| sum.saturating_add(leg.amount_minor));
        legs.push(Leg { account: TRUST, amount_minor: sum.saturating_neg() });
        let open = posting(now, &[b"open".as_slice(), &first.to_be_bytes()].concat(), Vec::new(), opened);
        let fund = posting(now, &[b"fund".as_slice(), &first.to_be_bytes()].concat(), legs, Vec::new());
        for step in [open, fund] {
            book.post(step).await.map_err(|refusal| anyhow!("opening accounts: {}", refusal.code()))?;
        }
        first = ids.end;
    }
    Ok(())
}

fn posting(at: Timestamp, name: &[u8], legs: Vec<Leg>, changes: Vec<Change>) -> Posting {
    Posting {
        key: Key::new(at, "bench", name),
        request: [0; 16],
        kind: "bench",
        at,
        currency: Currency::KES,
        legs,
        holds: Vec::new(),
        changes,
        corrects: None,
    }
}

/// Keeps `in_flight` payments on their way until the time is over.
async fn drive(book: &Book, plan: &Plan, in_flight: usize) -> Raw {
    let over = Arc::new(AtomicBool::new(false));
    let numbers = Arc::new(AtomicU64::new(0));
    let started = Instant::now();
    let mut payers = tokio::task::JoinSet::new();
    for seed in 0..in_flight {
        let (book, over, numbers) = (book.clone(), over.clone(), numbers.clone());
        let mut pick = Pick::new(seed, plan);
        payers.spawn(async move {
            let (mut waits, mut refused) = (Vec::new(), 0_u64);
            while !over.load(Ordering::Relaxed) {
                let number = numbers.fetch_add(1, Ordering::Relaxed);
                let asked = Instant::now();
                match book.post(payment(number, in_flight, &mut pick)).await {
                    Ok(_receipt) => waits.push(asked.elapsed()),
                    Err(refusal) if refusal.reason == Reason::Busy => tokio::task::yield_now().await,
                    Err(_) => refused = refused.saturating_add(1),
                }
            }
            (waits, refused)
        });
    }
    tokio::time::sleep(plan.run).await;
    over.store(true, Ordering::Relaxed);
    let results = payers.join_all().await;
    let mut raw = Raw { took: started.elapsed(), ..Raw::default() };
    for (waits, refused) in results {
        raw.waits.extend(waits);
        raw.refused = raw.refused.saturating_add(refused);
    }
    raw
}

fn payment(number: u64, in_flight: usize, pick: &mut Pick) -> Posting {
    let (payer, payee) = pick.pair();
    let legs = vec![
        Leg { account: payer, amount_minor: -107 },
        Leg { account: payee, amount_minor: 100 },
        Leg { account: FEES, amount_minor: 7 },
    ];
    let name = [number.to_be_bytes(), u64::try_from(in_flight).unwrap_or(0).to_be_bytes()].concat();
    posting(Clock::System.now(), &name, legs, Vec::new())
}

/// Picks who pays whom.
struct Pick {
    state: u64,
    accounts: u64,
    skewed: bool,
}

impl Pick {
    fn new(seed: usize, plan: &Plan) -> Pick {
        let seed = u64::try_from(seed).unwrap_or(0).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let state = u64::from_be_bytes(Dice::seeded(seed).bytes());
        Pick { state, accounts: u64::try_from(plan.accounts).unwrap_or(2).max(2), skewed: plan.skewed }
    }

    fn next(&mut self) -> u64 {
        // xorshift: good enough to pick accounts, and costs nothing beside a payment
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        self.state
    }

    fn account(&mut self) -> i64 {
        let mut range = self.accounts;
        // each halving is taken with even odds: a few accounts pay most of the time, as in a power law
        while self.skewed && range > 16 && self.next().is_multiple_of(2) {
            range = range.div_euclid(2);
        }
        let account = self.next().checked_rem(range).unwrap_or(0);
        FIRST.saturating_add(i64::try_from(account).unwrap_or(0))
    }

    fn pair(&mut self) -> (i64, i64) {
        let payer = self.account();
        loop {
            let payee = self.account();
            if payee != payer {
                return (payer, payee);
            }
        }
    }
}
