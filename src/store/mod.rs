//! Storage: the only room with SQL. It opens databases, runs migrations and reads and writes rows.
//! It decides nothing: no money rule, no text, no clock. Only `book` may use the writing connection.

pub mod audit;
pub mod book_rows;
pub mod orders;
pub mod outbox;
pub mod people;
pub mod schema;
pub mod sessions;
pub mod settings;

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::r2d2::{ConnectionManager, CustomizeConnection, Pool};
use diesel::{Connection, RunQueryDsl, SqliteConnection, sql_query, sql_types};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// One connection to the database.
pub type Conn = SqliteConnection;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

/// Readers at work at the same time; more of them only wait for the processor.
const READERS: u32 = 4;

/// What can go wrong between us and the database.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The address is not one we know.
    #[error("the database address must look like sqlite://FILE, not {0:?}")]
    Address(String),
    /// The file cannot be opened.
    #[error("cannot open the database: {0}")]
    Open(String),
    /// The schema is newer than this program, or cannot be brought up to date.
    #[error("cannot migrate the database: {0}")]
    Migrate(String),
    /// A statement failed.
    #[error("database: {0}")]
    Query(#[from] diesel::result::Error),
    /// Something that the program stored cannot be read back.
    #[error("stored data is damaged: {0}")]
    Damaged(&'static str),
    /// The program is stopping.
    #[error("the database is closed")]
    Closed,
}

impl StoreError {
    /// Whether rows were refused for what they hold. Other rows may be written then; otherwise the database itself is
    /// in trouble (full, locked, gone), and trying more would only take time.
    pub fn is_of_rows(&self) -> bool {
        use diesel::result::{DatabaseErrorKind as Kind, Error};
        let of_rows = |kind: &Kind| {
            matches!(kind, Kind::UniqueViolation | Kind::CheckViolation | Kind::NotNullViolation)
                || matches!(kind, Kind::ForeignKeyViolation)
        };
        match self {
            StoreError::Query(Error::DatabaseError(kind, _)) => of_rows(kind),
            StoreError::Damaged(_) => true,
            StoreError::Query(_)
            | StoreError::Address(_)
            | StoreError::Open(_)
            | StoreError::Migrate(_)
            | StoreError::Closed => false,
        }
    }
}

/// A database that is open: many readers now, one writer through the book.
#[derive(Clone)]
pub struct Store {
    file: PathBuf,
    readers: Pool<ConnectionManager<Conn>>,
    permits: Arc<Semaphore>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Store({})", self.file.display())
    }
}

/// The file of an address such as `sqlite://kadogo.db` or `sqlite:///var/lib/kadogo.db`.
///
/// The scheme is read here because SQLite would take any mistyped address for the name of a new file.
pub fn file_of(url: &str) -> Result<PathBuf, StoreError> {
    match url.strip_prefix("sqlite://") {
        Some(file) if !file.is_empty() && !file.contains('?') => Ok(PathBuf::from(file)),
        Some(_) | None => Err(StoreError::Address(url.to_owned())),
    }
}

impl Store {
    /// Opens the database, making the file and bringing its schema up to date.
    pub fn open(url: &str) -> Result<Store, StoreError> {
        let file = file_of(url)?;
        if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.is_dir()) {
            return Err(StoreError::Open(format!("the folder {} does not exist: make it first", folder.display())));
        }
        make_private(&file)?;
        let mut conn = connect(&file, &WRITES)?;
        migrate(&mut conn)?;
        Store::over(file)
    }

    /// Opens a database that must be there already, for reading: its schema is not touched.
    pub fn open_existing(url: &str) -> Result<Store, StoreError> {
        let file = file_of(url)?;
        if !file.is_file() {
            return Err(StoreError::Open(format!("there is no file {}", file.display())));
        }
        // one that can only read: a file that is not ours must not get a table of ours by being looked at
        let mut conn = connect(&file, &READS)?;
        let history = "(SELECT count(*) FROM sqlite_schema WHERE name = '__diesel_schema_migrations')";
        let histories: i64 = diesel::select(diesel::dsl::sql::<sql_types::BigInt>(history)).get_result(&mut conn)?;
        if histories == 0 {
            return Err(StoreError::Open(format!("{} is not a database of Kadogo's", file.display())));
        }
        let pending = conn.has_pending_migration(MIGRATIONS).map_err(|e| StoreError::Migrate(e.to_string()))?;
        if pending {
            return Err(StoreError::Migrate("its schema is older than this program: start the server first".into()));
        }
        refuse_newer(&mut conn)?;
        Store::over(file)
    }

    fn over(file: PathBuf) -> Result<Store, StoreError> {
        let readers = Pool::builder()
            .max_size(READERS)
            .test_on_check_out(false)
            .connection_customizer(Box::new(ReadOnly))
            .build(ConnectionManager::new(file.display().to_string()))
            .map_err(|e| StoreError::Open(e.to_string()))?;
        let permits = Arc::new(Semaphore::new(usize::try_from(READERS).unwrap_or(1)));
        Ok(Store { file, readers, permits })
    }

    /// A connection that may write. There is one per process and the book owns it.
    pub fn writer(&self) -> Result<Conn, StoreError> {
        connect(&self.file, &WRITES)
    }

    /// Puts a new connection in the place of one that a failed commit left in an unknown state.
    pub fn mend(&self, writer: &mut Conn) -> Result<(), StoreError> {
        if AnsiTransactionManager::is_broken_transaction_manager(writer) {
            *writer = self.writer()?;
        }
        Ok(())
    }

    /// A connection of the caller's own that cannot write, for long reads such as the check of the book.
    pub fn reader(&self) -> Result<Conn, StoreError> {
        connect(&self.file, &READS)
    }

    /// Which database this is.
    pub fn kind(&self) -> &'static str {
        "sqlite"
    }

    /// Bytes it takes on the disk, everything included.
    pub fn bytes(&self) -> Result<u64, StoreError> {
        let mut conn = connect(&self.file, &WRITES)?;
        // what is still in the log belongs to the tables
        conn.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)")?;
        std::fs::metadata(&self.file).map(|file| file.len()).map_err(|e| StoreError::Open(e.to_string()))
    }

    /// Writes a consistent copy of the whole database to `file`, which must not exist, while others go on working.
    pub fn copy_to(&self, file: &Path) -> Result<(), StoreError> {
        let mut conn = connect(&self.file, &WRITES)?;
        sql_query("VACUUM INTO $1").bind::<sql_types::Text, _>(file.display().to_string()).execute(&mut conn)?;
        Ok(())
    }

    /// Runs `f` on a reading connection, away from the threads that serve requests.
    pub async fn read<T, E>(&self, f: impl FnOnce(&mut Conn) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        // the permit comes first so that waiting readers do not fill the blocking threads
        let permit = self.permits.clone().acquire_owned().await.map_err(|_closed| E::from(StoreError::Closed))?;
        let pool = self.readers.clone();
        let work = move || {
            let mut conn = pool.get().map_err(|e| E::from(StoreError::Open(e.to_string())))?;
            let result = f(&mut conn);
            drop(permit);
            result
        };
        tokio::task::spawn_blocking(work).await.unwrap_or_else(|_stopped| Err(E::from(StoreError::Closed)))
    }
}

/// Begins a transaction that takes the write lock at once: a transaction that reads first and writes later
/// would fail at its first write whenever somebody else wrote in between.
pub fn write<T, E: From<diesel::result::Error>>(
    conn: &mut Conn,
    f: impl FnOnce(&mut Conn) -> Result<T, E>,
) -> Result<T, E> {
    AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN IMMEDIATE")?;
    match f(conn) {
        Ok(value) => match AnsiTransactionManager::commit_transaction(conn) {
            Ok(()) => Ok(value),
            Err(error) => {
                // a commit that failed (a full disk) may leave the transaction open
                let _ = AnsiTransactionManager::rollback_transaction(conn);
                Err(error.into())
            }
        },
        Err(error) => {
            // the first error is the one worth reporting
            let _ = AnsiTransactionManager::rollback_transaction(conn);
            Err(error)
        }
    }
}

/// Everything `f` reads, it reads as of one moment.
pub fn snapshot<T, E: From<diesel::result::Error>>(
    conn: &mut Conn,
    f: impl FnOnce(&mut Conn) -> Result<T, E>,
) -> Result<T, E> {
    conn.transaction(f)
}

/// Durable settings: a commit that was acknowledged survives a power cut.
const WRITES: [&str; 5] = [
    "PRAGMA busy_timeout = 5000",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    // far fewer checkpoints than the default of 1,000 pages: the longest pauses of the writer
    "PRAGMA wal_autocheckpoint = 20000",
];

/// Settings of a connection that cannot write.
const READS: [&str; 2] = ["PRAGMA busy_timeout = 5000", "PRAGMA query_only = ON"];

fn connect(file: &Path, settings: &[&str]) -> Result<Conn, StoreError> {
    let mut conn = Conn::establish(&file.display().to_string())
        .map_err(|e| StoreError::Open(format!("{}: {e}", file.display())))?;
    for pragma in settings {
        conn.batch_execute(pragma).map_err(StoreError::Query)?;
    }
    Ok(conn)
}

/// A new database is for its owner's eyes only: it holds names and numbers.
fn make_private(file: &Path) -> Result<(), StoreError> {
    use std::os::unix::fs::OpenOptionsExt;
    let made = std::fs::OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(file);
    made.map(|_file| ()).map_err(|error| StoreError::Open(format!("{}: {error}", file.display())))
}

fn migrate(conn: &mut Conn) -> Result<(), StoreError> {
    refuse_newer(conn)?;
    conn.run_pending_migrations(MIGRATIONS).map(|_done| ()).map_err(|e| StoreError::Migrate(e.to_string()))
}

/// A schema with a migration we do not know was made by a newer program: writing into it could lose data.
fn refuse_newer(conn: &mut Conn) -> Result<(), StoreError> {
    use diesel::migration::MigrationSource;
    let trouble = |e: Box<dyn std::error::Error + Send + Sync>| StoreError::Migrate(e.to_string());
    let known = MigrationSource::<diesel::sqlite::Sqlite>::migrations(&MIGRATIONS).map_err(trouble)?;
    let applied = conn.applied_migrations().map_err(trouble)?;
    let unknown = applied.iter().find(|v| !known.iter().any(|m| &m.name().version() == *v));
    match unknown {
        None => Ok(()),
        Some(v) => Err(StoreError::Migrate(format!("it has version {v}, which this program does not know"))),
    }
}

#[derive(Debug)]
struct ReadOnly;

impl CustomizeConnection<Conn, diesel::r2d2::Error> for ReadOnly {
    fn on_acquire(&self, conn: &mut Conn) -> Result<(), diesel::r2d2::Error> {
        READS.iter().try_for_each(|pragma| conn.batch_execute(pragma)).map_err(diesel::r2d2::Error::QueryError)
    }
}
