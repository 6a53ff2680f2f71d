//! Storage: the only room with SQL. It opens databases, runs migrations and reads and writes rows.
//! It decides nothing: no money rule, no text, no clock. Only `book` may use a connection that writes.

pub mod agents;
pub mod audit;
pub mod book_rows;
mod book_types;
pub mod budgets;
pub mod conn;
pub mod head;
pub mod identities;
mod legs;
pub mod mailboxes;
pub mod members;
pub mod orders;
pub mod outbox;
pub mod papers;
pub mod parcels;
pub mod people;
mod postgres;
mod readers;
pub mod reversals;
pub mod rows;
pub mod schema;
pub mod sessions;
pub mod settings;
pub mod since;
mod sqlite;
pub mod standing;
pub mod together;
pub mod verified;
pub mod working_day;

pub use conn::{Conn, begin, finish, on, snapshot, write};

use readers::Readers;
use std::path::{Path, PathBuf};
use together::Together;

/// Readers of a file: more of them only wait for the processor.
const SQLITE_READERS: usize = 2;
/// Readers of a server: they wait for its answers.
const POSTGRES_READERS: usize = 8;

/// What can go wrong between us and the database.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The address is not one we know.
    #[error("the database address is not good: {0}")]
    Address(String),
    /// The database cannot be reached.
    #[error("cannot open the database: {0}")]
    Open(String),
    /// The schema is newer than this program, or cannot be brought up to date.
    #[error("cannot migrate the database: {0}")]
    Migrate(String),
    /// A statement failed.
    #[error("database: {0}")]
    Query(#[from] diesel::result::Error),
    /// A commit was sent and its answer did not come: it was made or not.
    #[error("database, at a commit: {0}")]
    CommitLost(diesel::result::Error),
    /// Something that the program stored cannot be read back.
    #[error("stored data is damaged: {0}")]
    Damaged(&'static str),
    /// This database cannot do that.
    #[error("{0}")]
    Unsupported(&'static str),
    /// The program is stopping.
    #[error("the database is closed")]
    Closed,
}

impl StoreError {
    /// Whether the database refused a statement for a reason that cannot be told from the kind of error: text that it
    /// cannot store, a full disk, a timeout.
    pub fn says_nothing(&self) -> bool {
        use diesel::result::{DatabaseErrorKind::Unknown, Error::DatabaseError};
        matches!(self, StoreError::Query(DatabaseError(Unknown, _)))
    }

    /// Whether rows were refused for what they hold. Other rows may be written then; otherwise the database itself is
    /// in trouble (full, locked, gone), and trying more would only take time.
    pub fn is_of_rows(&self) -> bool {
        match self {
            StoreError::Query(error) | StoreError::CommitLost(error) => conn::is_of_rows(error),
            StoreError::Damaged(_) => true,
            StoreError::Address(_)
            | StoreError::Open(_)
            | StoreError::Migrate(_)
            | StoreError::Unsupported(_)
            | StoreError::Closed => false,
        }
    }
}

/// Where a database is.
#[derive(Clone)]
pub enum Address {
    /// A file.
    Sqlite(PathBuf),
    /// A server.
    Postgres(Box<postgres::Server>),
}

impl Address {
    /// Reads an address: `sqlite://kadogo.db`, `sqlite:///var/lib/kadogo.db` or `postgres://...`.
    ///
    /// The scheme is read here because SQLite would take any mistyped address for the name of a new file.
    pub fn parse(url: &str) -> Result<Address, StoreError> {
        let unknown = || StoreError::Address("it must look like sqlite://FILE or postgres://USER@HOST/DATABASE".into());
        match url.split_once("://") {
            Some(("sqlite", rest)) => sqlite::file_of(rest).map(Address::Sqlite).ok_or_else(unknown),
            Some(("postgres" | "postgresql", _)) => Ok(Address::Postgres(Box::new(postgres::Server::parse(url)?))),
            Some(_) | None => Err(unknown()),
        }
    }

    fn reader(&self) -> Result<Conn, StoreError> {
        match self {
            Address::Sqlite(file) => sqlite::reader(file),
            Address::Postgres(server) => server.reader(),
        }
    }

    fn long_reader(&self) -> Result<Conn, StoreError> {
        match self {
            Address::Sqlite(file) => sqlite::reader(file),
            Address::Postgres(server) => server.long_reader(),
        }
    }

    fn writer(&self) -> Result<Conn, StoreError> {
        match self {
            Address::Sqlite(file) => sqlite::writer(file),
            Address::Postgres(server) => server.writer(),
        }
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Address::Sqlite(file) => write!(f, "sqlite://{}", file.display()),
            Address::Postgres(server) => f.write_str(&server.name()),
        }
    }
}

/// A database that is open: many readers now, one writer through the book.
#[derive(Clone)]
pub struct Store {
    address: Address,
    readers: Readers,
    together: Option<Together>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Store({})", self.address)
    }
}

impl Store {
    /// Opens the database, bringing its schema up to date; a file that is not there is made. It waits for the
    /// database: not to be called on a thread that runs asynchronous tasks.
    pub fn open(url: &str) -> Result<Store, StoreError> {
        let address = Address::parse(url)?;
        match &address {
            Address::Sqlite(file) => sqlite::prepare(file)?,
            Address::Postgres(server) => server.prepare()?,
        }
        Store::over(address)
    }

    /// Opens a database that must be there already, for reading: its schema is not touched. It waits like `open`.
    pub fn open_existing(url: &str) -> Result<Store, StoreError> {
        let address = Address::parse(url)?;
        match &address {
            Address::Sqlite(file) => sqlite::inspect(file)?,
            Address::Postgres(server) => server.inspect()?,
        }
        Store::over(address)
    }

    fn over(address: Address) -> Result<Store, StoreError> {
        let count = match &address {
            Address::Sqlite(_) => SQLITE_READERS,
            Address::Postgres(_) => POSTGRES_READERS,
        };
        let readers = Readers::start(&address, count)?;
        let together = match &address {
            Address::Sqlite(_) => None,
            Address::Postgres(server) => Some(Together::start(server)?),
        };
        Ok(Store { address, readers, together })
    }

    /// A connection that may write. There is one per process and the book owns it.
    pub fn writer(&self) -> Result<Conn, StoreError> {
        self.address.writer()
    }

    /// A connection of the caller's own that cannot write, for long reads such as the check of the book.
    pub fn reader(&self) -> Result<Conn, StoreError> {
        self.address.long_reader()
    }

    /// Where hops ask their questions together, if they do.
    pub fn together(&self) -> Option<&Together> {
        self.together.as_ref()
    }

    /// Which database this is.
    pub fn kind(&self) -> &'static str {
        match &self.address {
            Address::Sqlite(_) => "sqlite",
            Address::Postgres(_) => "postgres",
        }
    }

    /// Bytes it takes on the disk, everything included.
    pub fn bytes(&self) -> Result<u64, StoreError> {
        match &self.address {
            Address::Sqlite(file) => sqlite::bytes(file),
            Address::Postgres(server) => server.bytes(),
        }
    }

    /// Writes a consistent copy of the whole database to `file`, which must not exist, while others go on working.
    pub fn copy_to(&self, file: &Path) -> Result<(), StoreError> {
        match &self.address {
            Address::Sqlite(from) => sqlite::copy(from, file),
            Address::Postgres(_) => {
                Err(StoreError::Unsupported("PostgreSQL is backed up with pg_dump or its own archive"))
            }
        }
    }

    /// Runs `f` on a reading connection, away from the threads that serve requests. It may run twice.
    pub async fn read<T, E>(&self, f: impl Fn(&mut Conn) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.readers.read(&self.address, f).await
    }
}

/// A schema with a migration we do not know was made by a newer program: writing into it could lose data.
fn refuse_unknown<V: PartialEq + std::fmt::Display>(known: &[V], applied: &[V]) -> Result<(), StoreError> {
    match applied.iter().find(|version| !known.contains(version)) {
        None => Ok(()),
        Some(v) => Err(StoreError::Migrate(format!("it has version {v}, which this program does not know"))),
    }
}
