//! Threads for the database: a few of them, each with a connection of its own. Whoever is asked by
//! others hands them work and waits without holding up the threads that serve those. A thread
//! outlives whatever happens to its work or its connection. What the work is, is not known here.

use super::{Conn, StoreError};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use tokio::sync::{mpsc, oneshot};

/// Work that may wait for a thread; whoever comes then waits for a place first.
const QUEUE_MAX: usize = 4_096;

type Job = Box<dyn FnOnce(&mut Conn) + Send>;
type Connect = Arc<dyn Fn() -> Result<Conn, StoreError> + Send + Sync>;

enum QueueItem {
    Job(Job),
    /// What was asked before it is done, and nothing more is taken.
    End,
}

/// The way to the threads. Clones share them; they end with the last clone, or when they are told.
#[derive(Clone)]
pub struct DbThreads {
    queue: mpsc::Sender<QueueItem>,
    connect: Connect,
    alive: Alive,
    handles: Arc<Mutex<Vec<JoinHandle<()>>>>,
}

/// How many of some threads there should be, and how many there are.
#[derive(Clone, Debug)]
pub(super) struct Alive {
    started: usize,
    alive: Arc<AtomicUsize>,
}

/// One of the threads that are alive, for as long as it is held.
pub(super) struct Living(Arc<AtomicUsize>);

impl Alive {
    /// So many are to be started.
    pub(super) fn of(started: usize) -> Alive {
        Alive { started, alive: Arc::default() }
    }

    /// One more is there.
    pub(super) fn one(&self) -> Living {
        self.alive.fetch_add(1, Ordering::Relaxed);
        Living(self.alive.clone())
    }

    /// Whether all of them are there.
    pub(super) fn are_all(&self) -> bool {
        self.alive.load(Ordering::Relaxed) >= self.started
    }
}

impl Drop for Living {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl DbThreads {
    /// Starts `count` of them, named `name`, with connections that `connect` makes.
    pub(super) fn start(
        name: &str,
        count: usize,
        connect: impl Fn() -> Result<Conn, StoreError> + Send + Sync + 'static,
    ) -> Result<DbThreads, StoreError> {
        let connect: Connect = Arc::new(connect);
        let alive = Alive::of(count);
        let (queue, jobs) = mpsc::channel(QUEUE_MAX);
        let jobs = Arc::new(Mutex::new(jobs));
        let mut handles = Vec::new();
        for number in 0..count {
            let (jobs, connect) = (jobs.clone(), connect.clone());
            let conn = connect()?;
            let living = alive.one();
            let work = move || {
                let _living = living;
                work_off(conn, &connect, || next(&jobs));
            };
            let thread = std::thread::Builder::new().name(format!("{name} {number}"));
            let handle = thread.spawn(work);
            handles.push(handle.map_err(|error| StoreError::Open(error.to_string()))?);
        }
        Ok(DbThreads { queue, connect, alive, handles: Arc::new(Mutex::new(handles)) })
    }

    /// Has them finish what they were asked, and waits until their connections are closed. Whoever
    /// asks later hears so. Not to be called on one of them, nor where tasks run.
    pub(super) fn end(&self) {
        // those that have ended already need no word
        let _ = self.queue.blocking_send(QueueItem::End);
        let mut handles = self.handles.lock().unwrap_or_else(PoisonError::into_inner);
        for handle in handles.drain(..) {
            if handle.join().is_err() {
                tracing::error!("a thread of the database broke");
            }
        }
    }

    /// Whether all of them are there.
    pub fn are_alive(&self) -> bool {
        self.alive.are_all()
    }

    /// Runs `f` on one of them. It runs twice at most: again when the connection was lost under it.
    pub async fn run<T, E>(
        &self,
        f: impl Fn(&mut Conn) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (answer, wait) = oneshot::channel();
        let connect = self.connect.clone();
        let job: Job = Box::new(move |conn| {
            let mut result = f(conn);
            if result.is_err() && conn.is_broken() {
                result = match connect() {
                    Ok(fresh) => {
                        *conn = fresh;
                        f(conn)
                    }
                    Err(error) => Err(error.into()),
                };
            }
            // whoever asked may have gone: then nobody reads the result
            let _ = answer.send(result);
        });
        self.queue.send(QueueItem::Job(job)).await.map_err(|_gone| E::from(StoreError::Closed))?;
        wait.await.unwrap_or_else(|_gone| Err(E::from(StoreError::Closed)))
    }
}

impl DbThreads {
    /// Writes what is no part of the book, in a transaction.
    pub async fn write<T: Send + 'static>(
        &self,
        f: impl Fn(&mut Conn) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.run(move |conn| super::write(conn, &f)).await
    }
}

/// What is to be done next; nothing when nothing can come any more.
fn next(jobs: &Mutex<mpsc::Receiver<QueueItem>>) -> Option<Job> {
    let mut jobs = jobs.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        match jobs.blocking_recv()? {
            QueueItem::Job(job) => return Some(job),
            QueueItem::End => jobs.close(),
        }
    }
}

/// Does what comes, until nothing can come any more. After work that panicked nobody knows what its
/// connection is in the middle of: it gets another one, before anybody else is let near it.
fn work_off(mut conn: Conn, connect: &Connect, next: impl Fn() -> Option<Job>) {
    let mut is_doubtful = false;
    while let Some(job) = next() {
        if is_doubtful {
            match connect() {
                Ok(fresh) => conn = fresh,
                // whoever asked hears that there was no answer
                Err(error) => {
                    tracing::warn!(%error, "a thread of the database has no connection");
                    continue;
                }
            }
        }
        is_doubtful = catch_unwind(AssertUnwindSafe(|| job(&mut conn))).is_err();
        if is_doubtful {
            tracing::error!("work for the database panicked; its thread goes on");
        }
    }
}
