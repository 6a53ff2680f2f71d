//! The seam between the two databases: one connection type with two arms, transactions on either,
//! and what an error means.
//!
//! A diesel query is the same value on both; `on!` runs it on the arm that is there. Everything
//! else that differs stands in `sqlite` and `postgres`, and in `rows`, which writes many rows at
//! once.

use super::StoreError;
use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::result::Error;
use diesel::{Connection, SqliteConnection};
use diesel_async::AsyncPgConnection;
use diesel_async::async_connection_wrapper::{AsyncConnectionWrapper, BlockOn};
use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::sync::Notify;

/// A connection to PostgreSQL as diesel wants it: pure Rust underneath, driven by whichever thread
/// waits for an answer.
pub type PgConn = AsyncConnectionWrapper<AsyncPgConnection, Driver>;

/// One connection to the database.
pub enum Conn {
    /// To a file.
    Sqlite(SqliteConnection),
    /// To a server. It must not be used on a thread that runs asynchronous tasks.
    Postgres(Box<Pg>),
}

/// A connection to PostgreSQL, and what drives it.
pub struct Pg {
    /// For one query after the other.
    pub inner: PgConn,
    driver: Driver,
}

/// Runs the same query on whichever database is there.
#[macro_export]
macro_rules! on {
    ($conn:expr, $inner:ident => $query:expr) => {
        match $conn {
            $crate::store::Conn::Sqlite($inner) => $query,
            $crate::store::Conn::Postgres(pg) => {
                let $inner = &mut pg.inner;
                $query
            }
        }
    };
}
pub use on;

/// How long a server may take to let us in.
const CONNECT_MAX: Duration = Duration::from_secs(15);

/// Drives a connection while somebody waits for an answer; gives it up when the answer does not
/// come. A server that hangs, or a wire on which nothing passes any more, may stay connected for
/// ever.
#[derive(Clone)]
pub struct Driver {
    runtime: Arc<Runtime>,
    hung: Arc<Notify>,
    answer_max: Option<Duration>,
}

thread_local! {
    /// What drives the connection that is being made on this thread.
    static NEXT: RefCell<Option<Driver>> = const { RefCell::new(None) };
}

impl Driver {
    /// Keeps a connection going until it ends, or is given up: whoever waits for an answer hears
    /// then that it is closed.
    pub(super) fn keep<E>(&self, connection: impl Future<Output = Result<(), E>> + Send + 'static) {
        let hung = self.hung.clone();
        // how it ended is told to whoever asks something on it
        self.runtime.spawn(async move {
            tokio::select! {
                _ended = connection => (),
                () = hung.notified() => (),
            }
        });
    }
}

impl Pg {
    /// Runs `connect` on a runtime of its own, which drives the connection from then on.
    /// `answer_max` is how long the answer to a query may take.
    pub(super) fn connect<F: Future<Output = Result<AsyncPgConnection, StoreError>>>(
        answer_max: Option<Duration>,
        connect: impl FnOnce(Driver) -> F,
    ) -> Result<Pg, StoreError> {
        let built = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = Arc::new(built.map_err(|error| StoreError::Open(error.to_string()))?);
        let driver = Driver { runtime, hung: Arc::default(), answer_max };
        let connecting = connect(driver.clone());
        let connected =
            driver.runtime.block_on(async { tokio::time::timeout(CONNECT_MAX, connecting).await });
        let connected =
            connected.map_err(|_late| StoreError::Open("the server does not answer".into()))??;
        NEXT.set(Some(driver.clone()));
        Ok(Pg { inner: PgConn::from(connected), driver })
    }

    /// Sends several queries in one go and waits for all their answers: one journey instead of
    /// many. The server runs them in the order in which they are first polled.
    pub(super) fn pipeline<'a, F: Future>(
        &'a mut self,
        send: impl FnOnce(&'a AsyncPgConnection) -> F,
    ) -> F::Output {
        let sent = send(&self.inner);
        self.driver.block_on(sent)
    }
}

impl BlockOn for Driver {
    fn block_on<F: Future>(&self, f: F) -> F::Output {
        let Some(answer_max) = self.answer_max else { return self.runtime.block_on(f) };
        self.runtime.block_on(async {
            let mut answer = std::pin::pin!(f);
            if let Ok(answer) = tokio::time::timeout(answer_max, answer.as_mut()).await {
                return answer;
            }
            self.hung.notify_one();
            answer.await
        })
    }

    #[expect(
        clippy::panic,
        reason = "a connection is wrapped only where `connect` has just made its driver"
    )]
    fn get_runtime() -> Self {
        NEXT.take().unwrap_or_else(|| panic!("a connection without its driver"))
    }
}

impl Conn {
    /// Runs statements that return nothing.
    pub fn run(&mut self, sql: &str) -> Result<(), StoreError> {
        on!(self, conn => conn.batch_execute(sql)).map_err(StoreError::Query)
    }

    /// Whether the connection is of no use any more: it was cut, or a transaction on it can neither
    /// end nor go on.
    pub fn is_broken(&mut self) -> bool {
        match self {
            Conn::Sqlite(conn) => AnsiTransactionManager::is_broken_transaction_manager(conn),
            Conn::Postgres(pg) => {
                pg.inner.batch_execute("SELECT 1").is_err()
                    || PgManager::is_broken_transaction_manager(&mut pg.inner)
            }
        }
    }

    /// Begins a transaction that will write.
    ///
    /// SQLite takes its write lock at once: a transaction that reads first and writes later would
    /// fail at its first write whenever somebody else wrote in between.
    fn begin_write(&mut self) -> Result<(), Error> {
        match self {
            Conn::Sqlite(conn) => {
                AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN IMMEDIATE")
            }
            Conn::Postgres(pg) => PgManager::begin_transaction(&mut pg.inner),
        }
    }

    fn commit(&mut self) -> Result<(), Error> {
        match self {
            Conn::Sqlite(conn) => AnsiTransactionManager::commit_transaction(conn),
            Conn::Postgres(pg) => PgManager::commit_transaction(&mut pg.inner),
        }
    }

    /// What a failed commit leaves. SQLite writes the mark that makes it one last: what did not fit
    /// on the disk has none. After any other error the mark may be there, and a crash would bring
    /// back what was rolled back here.
    fn failed_commit(&self, error: Error) -> StoreError {
        let first = if let Error::RollbackErrorOnCommit { commit_error, .. } = &error {
            commit_error
        } else {
            &error
        };
        let did_not_fit =
            matches!(first, Error::DatabaseError(_, about) if about.message() == SQLITE_FULL);
        match self {
            Conn::Sqlite(_) if did_not_fit => StoreError::Query(error),
            Conn::Sqlite(_) | Conn::Postgres(_) => StoreError::CommitLost(error),
        }
    }

    fn roll_back(&mut self) {
        // whatever made it necessary is the error worth reporting
        let _ = match self {
            Conn::Sqlite(conn) => AnsiTransactionManager::rollback_transaction(conn),
            Conn::Postgres(pg) => PgManager::rollback_transaction(&mut pg.inner),
        };
    }
}

/// What SQLite says where the disk is full; its error has no other name here.
const SQLITE_FULL: &str = "database or disk is full";

type PgManager = <PgConn as Connection>::TransactionManager;

/// Runs `f` in a transaction that may write. A transaction whose commit fails may have been made
/// nevertheless: then the error is `StoreError::CommitLost`.
pub fn write<T, E: From<StoreError>>(
    conn: &mut Conn,
    f: impl FnOnce(&mut Conn) -> Result<T, E>,
) -> Result<T, E> {
    begin(conn)?;
    let result = f(conn);
    finish(conn, result)
}

/// Runs `f` within a transaction that is open: what fails of it leaves nothing, and the rest of the
/// transaction goes on.
pub fn within<T>(
    conn: &mut Conn,
    f: impl FnOnce(&mut Conn) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    conn.run("SAVEPOINT within")?;
    let result = f(conn);
    if result.is_err() {
        conn.run("ROLLBACK TO within")?;
    }
    conn.run("RELEASE within")?;
    result
}

/// Begins what `finish` ends, for who has something to do in between that is no part of it.
pub fn begin(conn: &mut Conn) -> Result<(), StoreError> {
    conn.begin_write().map_err(StoreError::Query)
}

/// Commits when all went well, rolls back otherwise.
pub fn finish<T, E: From<StoreError>>(conn: &mut Conn, result: Result<T, E>) -> Result<T, E> {
    match result {
        Ok(value) => match conn.commit() {
            Ok(()) => Ok(value),
            Err(error) => {
                // a commit that failed (a full disk) may leave the transaction open
                conn.roll_back();
                Err(conn.failed_commit(error).into())
            }
        },
        Err(error) => {
            conn.roll_back();
            Err(error)
        }
    }
}

/// Everything `f` reads, it reads as of one moment.
pub fn snapshot<T, E: From<StoreError>>(
    conn: &mut Conn,
    f: impl FnOnce(&mut Conn) -> Result<T, E>,
) -> Result<T, E> {
    let begin = match conn {
        Conn::Sqlite(_) => "BEGIN",
        Conn::Postgres(_) => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    };
    conn.run(begin)?;
    let result = f(conn);
    // nothing was written: how it ends makes no difference
    let _ = conn.run("ROLLBACK");
    result
}
