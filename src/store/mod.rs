//! Storage: the only room with SQL. It opens databases, runs migrations and reads and writes rows.
//! It decides nothing: no money rule, no text, no clock. Only `book` may use a connection that
//! writes.

mod account_types;
mod address;
pub mod agent_rows;
pub mod arrangement_rows;
pub mod ask;
pub mod assistants;
pub mod audit;
pub mod bank_rows;
pub mod bank_sums;
pub mod batch_reader;
pub mod blocks;
pub mod book_rows;
mod book_types;
pub mod budgets;
pub mod changes_since;
pub mod clawbacks;
pub mod conn;
pub mod counts;
mod day_facts;
pub mod day_reading;
pub mod day_rows;
mod db_threads;
pub mod dedup;
mod error;
pub mod facts;
pub mod head;
pub mod holders;
mod id_columns;
pub mod identities;
mod legs;
pub mod lines;
pub mod loading;
pub mod lookback;
pub mod looks;
pub mod mailboxes;
pub mod outbox;
pub mod outbox_figures;
pub mod outbox_notes;
pub mod outbox_past;
pub mod outbox_queue;
pub mod people;
pub mod people_keys;
pub mod people_search;
pub mod pins;
mod postgres;
pub mod record;
pub mod records;
pub mod removing;
pub mod restoring;
pub mod restrictions;
pub mod rows;
pub mod rules;
pub mod schema;
mod schema_version;
pub mod sessions;
pub mod set_apart;
pub mod setting_rows;
pub mod shifts;
pub mod silences;
mod sqlite;
pub mod staff_rows;
pub mod staff_sessions;
pub mod tariff_texts;
pub mod times;
pub mod trail_rows;
pub mod verified;
pub mod wallet_moves;
pub mod wants;
pub mod working_day;

pub use address::Address;
pub use conn::{Conn, begin, finish, on, snapshot, within, write};
pub use db_threads::DbThreads;
pub use error::StoreError;

use batch_reader::BatchReader;
use std::fs::File;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// Readers of a file: more of them only wait for the processor.
const SQLITE_READERS: usize = 2;
/// Readers of a server: they wait for its answers.
const POSTGRES_READERS: usize = 8;
/// Readers for the work that nobody waits for, of a file and of a server.
const SQLITE_BACKGROUND: usize = 2;
const POSTGRES_BACKGROUND: usize = 2;

/// A database that is open: many readers now, one writer through the book.
#[derive(Clone)]
pub struct Store {
    address: Address,
    /// Those that are asked by whoever has this.
    readers: DbThreads,
    background: DbThreads,
    batch_reader: Option<BatchReader>,
    /// Those that store conversations, where somebody asked for them.
    session_writers: Arc<Mutex<Vec<DbThreads>>>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Store({})", self.address)
    }
}

impl Store {
    /// Opens the database, bringing its schema up to date; a file that is not there is made. It
    /// waits for the database: not to be called on a thread that runs asynchronous tasks.
    pub fn open(url: &str) -> Result<Store, StoreError> {
        let address = Address::parse(url)?;
        match &address {
            Address::Sqlite(file) => sqlite::prepare(file)?,
            Address::Postgres(server) => server.prepare()?,
        }
        Store::over(address)
    }

    /// Whether a database may be there: a file that is not is made when it is opened.
    pub fn is_there(url: &str) -> Result<bool, StoreError> {
        Ok(match Address::parse(url)? {
            Address::Sqlite(file) => file.is_file(),
            Address::Postgres(_) => true,
        })
    }

    /// Opens a database that must be there already, for reading: its schema is not touched. It
    /// waits like `open`.
    pub fn open_existing(url: &str) -> Result<Store, StoreError> {
        let address = Address::parse(url)?;
        match &address {
            Address::Sqlite(file) => sqlite::inspect(file)?,
            Address::Postgres(server) => server.inspect()?,
        }
        Store::over(address)
    }

    /// The same with a file that is a copy of one.
    pub fn open_copy(file: &Path) -> Result<Store, StoreError> {
        sqlite::inspect(file)?;
        Store::over(Address::Sqlite(file.to_owned()))
    }

    fn over(address: Address) -> Result<Store, StoreError> {
        let (count, background) = match &address {
            Address::Sqlite(_) => (SQLITE_READERS, SQLITE_BACKGROUND),
            Address::Postgres(_) => (POSTGRES_READERS, POSTGRES_BACKGROUND),
        };
        let start = |name, count| {
            let address = address.clone();
            DbThreads::start(name, count, move || address.reader())
        };
        let readers = start("reader", count)?;
        let background = start("background", background)?;
        let batch_reader = match &address {
            Address::Sqlite(_) => None,
            Address::Postgres(server) => Some(BatchReader::start(server)?),
        };
        let session_writers = Arc::default();
        Ok(Store { address, readers, background, batch_reader, session_writers })
    }

    /// Ends its threads, so that a file alone has everything. Whoever reads later, by whichever
    /// clone, hears that it is closed. Connections to a server end by themselves. It waits like
    /// `open`.
    pub fn close(&self) {
        let Address::Sqlite(file) = &self.address else { return };
        self.readers.end();
        self.background.end();
        let writers = self.session_writers.lock().unwrap_or_else(PoisonError::into_inner).clone();
        writers.iter().for_each(DbThreads::end);
        if let Err(error) = sqlite::fold_logs(file) {
            tracing::warn!(%error, "what was written last stays in the log beside the file");
        }
    }

    /// Says that this process serves people from it, as long as what is returned is kept, which is
    /// longer than any connection; refused where another one does and there can be only one.
    pub fn serve_alone(&self) -> Result<Option<File>, StoreError> {
        match &self.address {
            Address::Sqlite(file) => sqlite::serve_alone(file).map(Some),
            Address::Postgres(_) => Ok(None),
        }
    }

    /// The same for work that nobody waits for: it never takes a reader that somebody waits for,
    /// however much of it there is.
    pub fn in_background(&self) -> Store {
        Store { readers: self.background.clone(), batch_reader: None, ..self.clone() }
    }

    /// Whether all its threads are there.
    pub fn is_well(&self) -> bool {
        let batches = self.batch_reader.as_ref().is_none_or(BatchReader::is_alive);
        batches && self.readers.are_alive() && self.background.are_alive()
    }

    /// Whether other nodes may be at work on it too.
    pub fn is_shared(&self) -> bool {
        match &self.address {
            Address::Sqlite(_) => false,
            Address::Postgres(_) => true,
        }
    }

    /// A thread with a connection that may write, for what is no part of the book: on a server
    /// alone, where two may write at a time. There is one per process and the book owns it.
    pub fn aside(&self) -> Result<Option<DbThreads>, StoreError> {
        match &self.address {
            Address::Sqlite(_) => Ok(None),
            Address::Postgres(server) => {
                let server = server.clone();
                DbThreads::start("aside", 1, move || server.aside()).map(Some)
            }
        }
    }

    /// A connection that may write. There is one per process and the book owns it.
    pub fn writer(&self) -> Result<Conn, StoreError> {
        self.address.writer()
    }

    /// A connection of the caller's own that cannot write, for long reads such as the check of the
    /// book.
    pub fn reader(&self) -> Result<Conn, StoreError> {
        self.address.long_reader()
    }

    /// A thread that stores conversations: on a file they have a file of their own. It waits like
    /// `open`.
    pub fn session_writer(&self) -> Result<DbThreads, StoreError> {
        let address = self.address.clone();
        let writer = DbThreads::start("sessions", 1, move || address.beside())?;
        let mut writers = self.session_writers.lock().unwrap_or_else(PoisonError::into_inner);
        writers.push(writer.clone());
        Ok(writer)
    }

    /// Where hops ask their questions together, if they do.
    pub fn batch_reader(&self) -> Option<&BatchReader> {
        self.batch_reader.as_ref()
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

    /// Writes a consistent copy of the whole database to `file`, which must not exist, while others
    /// go on working. Nobody else can read it.
    pub fn copy_to(&self, file: &Path) -> Result<(), StoreError> {
        match &self.address {
            Address::Sqlite(from) => sqlite::copy(from, file),
            Address::Postgres(_) => Err(StoreError::Unsupported(
                "PostgreSQL is backed up with pg_dump or its own archive",
            )),
        }
    }

    /// Runs `f` on a reading connection, away from the threads that serve requests. It may run
    /// twice.
    pub async fn read<T, E>(
        &self,
        f: impl Fn(&mut Conn) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.readers.run(move |conn| in_one_moment(conn, &f)).await
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
        Conn::Sqlite(_) => snapshot(conn, f),
        Conn::Postgres(_) => f(conn),
    }
}
