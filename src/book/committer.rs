//! The committer: drains the queue, folds what is there, writes it with one commit, answers
//! everyone.
//!
//! Waiting for the disk is what costs, so payments are never committed one by one: while one batch
//! is on its way to the disk the next one gathers. Nobody is answered before the commit is durable.

use super::aside::Rider;
use super::numbers::{BLOCK, Numbers};
use super::posting::{POSTING_ROWS_MAX, Posting, PostingResult};
use super::writer::Writer;
use crate::clock_guard::ClockGuard;
use crate::metrics::Metrics;
use crate::reason::Reason;
use crate::store::{self, Conn, DbThreads, Store, StoreError, book_rows};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot};

/// Postings in one commit at most.
const BATCH_MAX: usize = 1_000;
/// Rows of them after which no more postings are taken into a commit.
const BATCH_ROWS_MAX: usize = 10_000;
/// Postings that may wait; more are refused as busy at once, which is safe to repeat.
const QUEUE_MAX: usize = 4_096;
/// What rides with a batch and finds none is committed by itself, but not more often than this.
const ALONE_EVERY: Duration = Duration::from_millis(50);

type WriterJob = Box<dyn FnOnce(&mut Writer) + Send>;

enum QueueItem {
    Post(Box<Posting>, oneshot::Sender<PostingResult>),
    Job(WriterJob),
    Ride(Rider),
}

/// The way in: everything that writes goes through here. Clones share one queue.
#[derive(Clone)]
pub struct Book {
    queue: mpsc::Sender<QueueItem>,
    numbers: Numbers,
    clock_guard: ClockGuard,
    /// What writes beside the book, where it has a connection of its own.
    aside: Option<DbThreads>,
}

impl std::fmt::Debug for Book {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Book({} places free)", self.queue.capacity())
    }
}

impl Book {
    /// Starts the committer on a thread of its own. It ends, with everything in the queue
    /// committed, when the last clone of the book is dropped; join the handle to wait for that. It
    /// waits for the database like `Store::open`.
    pub fn start(
        store: &Store,
        metrics: Arc<Metrics>,
    ) -> Result<(Book, std::thread::JoinHandle<()>), StoreError> {
        let writer = Writer::enter(store)?;
        let (queue, work) = mpsc::channel(QUEUE_MAX);
        let aside = store.aside()?;
        let timer = tokio::runtime::Builder::new_current_thread().enable_time().build();
        let timer = timer.map_err(|error| StoreError::Open(error.to_string()))?;
        let thread = std::thread::Builder::new()
            .name("committer".into())
            .spawn(move || run(writer, work, &timer, &metrics))
            .map_err(|e| StoreError::Open(e.to_string()))?;
        let numbers = Numbers::default();
        let clock_guard = ClockGuard::default();
        Ok((Book { queue, numbers, clock_guard, aside }, thread))
    }

    /// Makes a posting true, durably, or refuses it. Once this answers, a crash changes nothing any
    /// more. By a clock that is wrong nothing is made true, and that is safe to repeat.
    pub async fn post(&self, posting: Posting) -> PostingResult {
        if self.clock_guard.fault(posting.at).is_some() {
            return Err(Reason::BUSY.into());
        }
        if posting.rows() > POSTING_ROWS_MAX {
            return Err(Reason::INVALID.into());
        }
        let (answer, wait) = oneshot::channel();
        self.queue
            .try_send(QueueItem::Post(Box::new(posting), answer))
            .map_err(|_full| Reason::BUSY)?;
        // without an answer the committer is gone, and it may have taken the posting up before
        wait.await.unwrap_or_else(|_gone| Err(Reason::UNCLEAR.into()))
    }

    /// Hands in a posting of which nobody needs to know the outcome: what is lost with it can be
    /// found again otherwise.
    pub fn enqueue(&self, posting: Posting) {
        if self.clock_guard.fault(posting.at).is_some() {
            return;
        }
        let (answer, _nobody_waits) = oneshot::channel();
        // a full queue drops it, as a crash would
        let _ = self.queue.try_send(QueueItem::Post(Box::new(posting), answer));
    }

    /// Runs a rare write of other rooms in a transaction of its own, in turn with the batches. It
    /// may run again when the database was lost under it, so it must be one that can.
    pub async fn write<T: Send + 'static>(
        &self,
        f: impl Fn(&mut Conn) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, wait) = oneshot::channel();
        let job: WriterJob = Box::new(move |writer| {
            // whoever asked may have gone: then nobody reads the result
            let _ = answer.send(writer.job(&f));
        });
        self.queue.send(QueueItem::Job(job)).await.map_err(|_gone| StoreError::Closed)?;
        wait.await.unwrap_or(Err(StoreError::Closed))
    }

    /// Runs a write that is no part of the book, beside the batches: it never cuts one, nor waits
    /// for the head. It may run again when the database was lost under it, so it must be one that
    /// can; and where it fails it may be asked for again. On a server it waits for no disk: what a
    /// crash of that takes away must be no loss.
    pub async fn write_aside<T: Send + 'static>(
        &self,
        f: impl Fn(&mut Conn) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        if let Some(aside) = &self.aside {
            return aside.run(move |conn| store::write(conn, &f)).await;
        }
        let (rider, wait) = Rider::of(f);
        self.queue.send(QueueItem::Ride(rider)).await.map_err(|_gone| StoreError::Closed)?;
        wait.await.unwrap_or(Err(StoreError::Closed))
    }

    /// Takes one number that was never handed out.
    pub async fn fresh_id(&self) -> Result<i64, StoreError> {
        self.fresh_ids(1).await
    }

    /// Takes so many that follow one another; this is the first.
    pub async fn fresh_ids(&self, count: i64) -> Result<i64, StoreError> {
        if let Some(first) = self.numbers.take(count) {
            return Ok(first);
        }
        let block = count.max(BLOCK);
        let first = self.write(move |conn| book_rows::take_ids(conn, block)).await?;
        self.numbers.refill(first.saturating_add(count)..first.saturating_add(block));
        Ok(first)
    }

    /// What is known of the clock that postings have their time from.
    pub fn clock_guard(&self) -> &ClockGuard {
        &self.clock_guard
    }

    /// Whether the committer is there to take work, and what writes beside it.
    pub fn is_alive(&self) -> bool {
        !self.queue.is_closed() && self.aside.as_ref().is_none_or(DbThreads::are_alive)
    }
}

fn run(
    mut writer: Writer,
    mut work: mpsc::Receiver<QueueItem>,
    timer: &tokio::runtime::Runtime,
    metrics: &Metrics,
) {
    let mut batch = Vec::new();
    let mut alone: Option<Instant> = None;
    loop {
        let left = writer.has_riders().then(|| {
            alone.map_or(Duration::ZERO, |alone| ALONE_EVERY.saturating_sub(alone.elapsed()))
        });
        let mut next = match left {
            None => match work.blocking_recv() {
                Some(first) => Some(first),
                None => return,
            },
            Some(left) => within(&mut work, timer, left),
        };
        if next.is_none() {
            writer.ride_alone();
            alone = Some(Instant::now());
            continue;
        }
        let mut rows = 0_usize;
        while let Some(item) = next {
            match item {
                QueueItem::Post(posting, answer) => {
                    if batch.is_empty() {
                        writer.acquire_head();
                    }
                    rows = rows.saturating_add(posting.rows());
                    batch.push((*posting, answer));
                }
                QueueItem::Job(job) => {
                    commit(&mut writer, std::mem::take(&mut batch), metrics);
                    job(&mut writer);
                }
                QueueItem::Ride(rider) => writer.take_along(rider),
            }
            let full = batch.len() >= BATCH_MAX || rows >= BATCH_ROWS_MAX;
            next = if full { None } else { work.try_recv().ok() };
        }
        commit(&mut writer, std::mem::take(&mut batch), metrics);
    }
}

/// What comes within a time; nothing where nothing does, or can any more.
fn within(
    work: &mut mpsc::Receiver<QueueItem>,
    timer: &tokio::runtime::Runtime,
    left: Duration,
) -> Option<QueueItem> {
    if left.is_zero() {
        return work.try_recv().ok();
    }
    timer.block_on(async { tokio::time::timeout(left, work.recv()).await.ok().flatten() })
}

/// Commits a batch and answers.
fn commit(
    writer: &mut Writer,
    batch: Vec<(Posting, oneshot::Sender<PostingResult>)>,
    metrics: &Metrics,
) {
    if batch.is_empty() {
        return;
    }
    let (postings, askers): (Vec<_>, Vec<_>) = batch.into_iter().unzip();
    let started = std::time::Instant::now();
    let answers = writer.answers(&postings);
    metrics.batch(answers.len(), started.elapsed(), writer.head_held());
    metrics.outbox_more(writer.new_messages());
    for (asker, answer) in askers.into_iter().zip(answers) {
        // an asker that stopped waiting finds the outcome by its key
        let _ = asker.send(answer);
    }
}
