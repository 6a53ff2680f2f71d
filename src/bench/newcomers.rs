//! People who join one by one, as many at a time as asked for: how many a second, with nobody
//! making what they are found by, and with the worker that does so.

use super::BenchProgress;
use super::country;
use super::crowd::Somebody;
use super::drive::posting;
use super::load::patiently;
use super::report::{Figures, Raw};
use crate::app::App;
use crate::book::Change;
use crate::id_digest::IdKey;
use crate::refusal::Refusal;
use crate::time::Clock;
use crate::wallet::join;
use anyhow::anyhow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How the figures are called: nobody makes keys,
pub const ALONE: &str = "joins";
/// or they are made meanwhile.
pub const FOLLOWED: &str = "joins, keys made";
/// How often they are, as the worker of a service does it.
const KEYS_EVERY: Duration = Duration::from_secs(1);

/// Lets people join for a while, from this one on; `followed` by the worker or not.
pub async fn measure(
    app: &App,
    in_flight: usize,
    run: Duration,
    next: &Arc<AtomicU64>,
    followed: bool,
    progress: BenchProgress,
) -> anyhow::Result<Figures> {
    let over = Arc::new(AtomicBool::new(false));
    let worker = followed.then(|| tokio::spawn(follow(app.clone(), over.clone())));
    let started = Instant::now();
    let mut hands = tokio::task::JoinSet::new();
    for _ in 0..in_flight {
        let (book, over) = (app.wallet.book.clone(), over.clone());
        let (next, config) = (next.clone(), app.wallet.config.clone());
        hands.spawn(async move {
            let mut raw = Raw::default();
            while !over.load(Ordering::Relaxed) {
                let one = Somebody(next.fetch_add(1, Ordering::Relaxed));
                let asked = Instant::now();
                patiently(&book, || joins(one, &config.id_key)).await?;
                raw.waits.push(asked.elapsed());
            }
            Ok::<Raw, Refusal>(raw)
        });
    }
    tokio::time::sleep(run).await;
    over.store(true, Ordering::Relaxed);
    let mut raw = Raw { took: started.elapsed(), ..Raw::default() };
    while let Some(hand) = hands.join_next().await {
        raw.take(hand?.map_err(|refusal| anyhow!("nobody joins: {}", refusal.code()))?);
    }
    if let Some(worker) = worker {
        let made = worker.await??;
        progress(&format!("{made} of them can be found"));
    }
    let what = if followed { FOLLOWED } else { ALONE };
    Ok(Figures::of(what.to_owned(), in_flight, raw))
}

async fn follow(app: App, over: Arc<AtomicBool>) -> anyhow::Result<usize> {
    let mut made = 0_usize;
    while !over.load(Ordering::Relaxed) {
        made = made.saturating_add(app.keep_people_keys().await?);
        tokio::time::sleep(KEYS_EVERY).await;
    }
    Ok(made)
}

fn joins(one: Somebody, key: &IdKey) -> crate::book::Posting {
    let account = join::empty_wallet(one.account(), country::currency().as_str());
    let mut changes = one.joins(key);
    changes.push(Change::OpenAccount(account));
    let name = [b"join".as_slice(), &one.account().number().to_be_bytes()].concat();
    posting(Clock::System.now(), &name, Vec::new(), changes)
}
