//! The seam between the two databases: one connection type with two arms, transactions on either, and what an error means.
//!
//! A diesel query is the same value on both; `on!` runs it on the arm that is there. Everything else that differs
//! stands in `sqlite` and `postgres`, and in `rows`, which writes many rows at once.

use super::StoreError;
use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::result::{DatabaseErrorKind as Kind, Error};
use diesel::{Connection, SqliteConnection};
use diesel_async::AsyncPgConnection;
use diesel_async::async_connection_wrapper::{AsyncConnectionWrapper, BlockOn};
use std::cell::RefCell;
use tokio::runtime::Runtime;

/// A connection to PostgreSQL: pure Rust underneath, driven by whichever thread waits for an answer. It must not be used
/// on a thread that runs asynchronous tasks.
pub type PgConn = AsyncConnectionWrapper<AsyncPgConnection, OwnRuntime>;

/// One connection to the database.
#[expect(clippy::large_enum_variant, reason = "there are a dozen of them, each for as long as the program runs")]
pub enum Conn {
    /// To a file.
    Sqlite(SqliteConnection),
    /// To a server.
    Postgres(PgConn),
}

/// Runs the same query on whichever database is there.
#[macro_export]
macro_rules! on {
    ($conn:expr, $inner:ident => $query:expr) => {
        match $conn {
            $crate::store::Conn::Sqlite($inner) => $query,
            $crate::store::Conn::Postgres($inner) => $query,
        }
    };
}
pub use on;

thread_local! {
    /// The runtime of the connection that is being made on this thread.
    static NEXT: RefCell<Option<Runtime>> = const { RefCell::new(None) };
}

/// The runtime that a connection was made on, and that drives it while somebody waits.
pub struct OwnRuntime(Runtime);

impl OwnRuntime {
    /// Makes the runtime of the next connection on this thread, and runs `connect` on it.
    pub(super) fn connect<F: Future>(connect: F) -> Result<F::Output, StoreError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| StoreError::Open(error.to_string()))?;
        let connected = runtime.block_on(connect);
        NEXT.set(Some(runtime));
        Ok(connected)
    }
}

impl BlockOn for OwnRuntime {
    fn block_on<F: Future>(&self, f: F) -> F::Output {
        self.0.block_on(f)
    }

    #[expect(clippy::panic, reason = "a connection is wrapped only where `connect` has just made its runtime")]
    fn get_runtime() -> Self {
        NEXT.take().map_or_else(|| panic!("a connection without its runtime"), OwnRuntime)
    }
}

impl Conn {
    /// Runs statements that return nothing.
    pub fn run(&mut self, sql: &str) -> Result<(), StoreError> {
        on!(self, conn => conn.batch_execute(sql)).map_err(StoreError::Query)
    }

    /// Whether the connection is of no use any more: it was cut, or a transaction on it can neither end nor go on.
    pub fn is_broken(&mut self) -> bool {
        match self {
            Conn::Sqlite(conn) => AnsiTransactionManager::is_broken_transaction_manager(conn),
            Conn::Postgres(conn) => conn.batch_execute("SELECT 1").is_err() || PgManager::is_broken_transaction_manager(conn),
        }
    }

    /// Begins a transaction that will write.
    ///
    /// SQLite takes its write lock at once: a transaction that reads first and writes later would fail at its first
    /// write whenever somebody else wrote in between.
    fn begin_write(&mut self) -> Result<(), Error> {
        match self {
            Conn::Sqlite(conn) => AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN IMMEDIATE"),
            Conn::Postgres(conn) => PgManager::begin_transaction(conn),
        }
    }

    fn commit(&mut self) -> Result<(), Error> {
        match self {
            Conn::Sqlite(conn) => AnsiTransactionManager::commit_transaction(conn),
            Conn::Postgres(conn) => PgManager::commit_transaction(conn),
        }
    }

    fn roll_back(&mut self) {
        // whatever made it necessary is the error worth reporting
        let _ = match self {
            Conn::Sqlite(conn) => AnsiTransactionManager::rollback_transaction(conn),
            Conn::Postgres(conn) => PgManager::rollback_transaction(conn),
        };
    }
}

type PgManager = <PgConn as Connection>::TransactionManager;

/// Runs `f` in a transaction that may write. A transaction whose commit fails may have been made nevertheless: then the
/// error is `StoreError::CommitLost`.
pub fn write<T, E: From<StoreError>>(conn: &mut Conn, f: impl FnOnce(&mut Conn) -> Result<T, E>) -> Result<T, E> {
    conn.begin_write().map_err(StoreError::Query)?;
    match f(conn) {
        Ok(value) => match conn.commit() {
            Ok(()) => Ok(value),
            Err(error) => {
                // a commit that failed (a full disk) may leave the transaction open
                conn.roll_back();
                Err(StoreError::CommitLost(error).into())
            }
        },
        Err(error) => {
            conn.roll_back();
            Err(error)
        }
    }
}

/// Everything `f` reads, it reads as of one moment.
pub fn snapshot<T, E: From<StoreError>>(conn: &mut Conn, f: impl FnOnce(&mut Conn) -> Result<T, E>) -> Result<T, E> {
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

/// Whether rows were refused for what they hold. Other rows may be written then; otherwise the database itself is
/// in trouble (full, locked, gone), and trying more would only take time.
pub(super) fn is_of_rows(error: &Error) -> bool {
    let of_rows = |kind: &Kind| {
        matches!(kind, Kind::UniqueViolation | Kind::CheckViolation | Kind::NotNullViolation | Kind::ForeignKeyViolation)
    };
    matches!(error, Error::DatabaseError(kind, _) if of_rows(kind))
}
