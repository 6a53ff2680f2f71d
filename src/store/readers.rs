//! Readers: a few threads, each with a connection of its own that cannot write. Requests hand them
//! work and wait without holding up the threads that serve others.

use super::{Address, Conn, StoreError};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{mpsc, oneshot};

/// Reads that may wait for a reader; whoever comes then waits for a place first.
const QUEUE_MAX: usize = 4_096;

type ReaderJob = Box<dyn FnOnce(&mut Conn) + Send>;

/// The way to the readers. Clones share them; they end with the last clone.
#[derive(Clone)]
pub struct Readers {
    queue: mpsc::Sender<ReaderJob>,
}

impl Readers {
    /// Starts `count` readers.
    pub fn start(address: &Address, count: usize) -> Result<Readers, StoreError> {
        let (queue, jobs) = mpsc::channel::<ReaderJob>(QUEUE_MAX);
        let jobs = Arc::new(Mutex::new(jobs));
        for number in 0..count {
            let jobs = jobs.clone();
            let mut conn = address.reader()?;
            let work = move || {
                loop {
                    let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).blocking_recv();
                    let Some(job) = job else { return };
                    job(&mut conn);
                }
            };
            let thread = std::thread::Builder::new().name(format!("reader {number}"));
            thread.spawn(work).map_err(|error| StoreError::Open(error.to_string()))?;
        }
        Ok(Readers { queue })
    }

    /// Runs `f` on a reader. It runs twice at most: again when the connection was lost under it.
    pub async fn read<T, E>(
        &self,
        address: &Address,
        f: impl Fn(&mut Conn) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (answer, wait) = oneshot::channel();
        let address = address.clone();
        let job: ReaderJob = Box::new(move |conn| {
            let mut result = in_one_moment(conn, &f);
            if result.is_err() && conn.is_broken() {
                result = match address.reader() {
                    Ok(fresh) => {
                        *conn = fresh;
                        in_one_moment(conn, &f)
                    }
                    Err(error) => Err(error.into()),
                };
            }
            // whoever asked may have gone: then nobody reads the result
            let _ = answer.send(result);
        });
        self.queue.send(job).await.map_err(|_gone| E::from(StoreError::Closed))?;
        wait.await.unwrap_or_else(|_gone| Err(E::from(StoreError::Closed)))
    }
}

/// On a file, what is read in one go is read as of one moment, and the file is locked once instead
/// of at each statement. On a server the journeys to begin and end would cost more than they give:
/// whatever is decided on what was read is compared again when it is committed.
fn in_one_moment<T, E: From<StoreError>>(
    conn: &mut Conn,
    f: impl Fn(&mut Conn) -> Result<T, E>,
) -> Result<T, E> {
    match conn {
        Conn::Sqlite(_) => super::snapshot(conn, f),
        Conn::Postgres(_) => f(conn),
    }
}
