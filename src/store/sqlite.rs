//! SQLite: the database that comes with the program. A file, its settings, its migrations.

use super::schema_version::refuse_unknown;
use super::{Conn, StoreError};
use diesel::migration::MigrationSource;
use diesel::{Connection, RunQueryDsl, SqliteConnection, sql_query, sql_types};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

/// Durable settings: a commit that was acknowledged survives a power cut.
const WRITES: &[&str] = &[
    "PRAGMA busy_timeout = 5000",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    // far fewer checkpoints than the default of 1,000 pages: each page is copied back less often,
    // for a log of 200 MB
    "PRAGMA wal_autocheckpoint = 50000",
    // what is written again and again stays in memory: 64 MB
    "PRAGMA cache_size = -65536",
];

/// Settings of a connection that cannot write.
const READS: &[&str] = &[
    "PRAGMA busy_timeout = 5000",
    "PRAGMA query_only = ON",
    // what a reader keeps is stale with the next commit, and then has to be thrown away
    "PRAGMA cache_size = -1024",
];

/// Settings of a connection to the file of conversations: what was written last may be lost with
/// the machine, never with the process.
const WRITES_BESIDE: &[&str] =
    &["PRAGMA busy_timeout = 5000", "PRAGMA journal_mode = WAL", "PRAGMA synchronous = NORMAL"];

/// The tables of that file. It is made anew where it is not there.
const BESIDE: &str = include_str!("../../migrations/beside.sql");

/// A connection that may write. It holds the file's lock only while it writes.
pub fn writer(file: &Path) -> Result<Conn, StoreError> {
    connect(file, WRITES).map(Conn::Sqlite)
}

/// A connection that cannot write.
pub fn reader(file: &Path) -> Result<Conn, StoreError> {
    let mut conn = Conn::Sqlite(connect(file, READS)?);
    let beside = beside_of(file);
    // a copy of a book has no conversations
    if beside.is_file() {
        let quoted = beside.display().to_string().replace('\'', "''");
        conn.run(&format!("ATTACH DATABASE '{quoted}' AS beside"))?;
    }
    Ok(conn)
}

/// A connection that may write conversations.
pub fn beside(file: &Path) -> Result<Conn, StoreError> {
    connect(&beside_of(file), WRITES_BESIDE).map(Conn::Sqlite)
}

/// The file of the conversations: it can be lost, and is made anew then.
fn beside_of(file: &Path) -> PathBuf {
    with_ending(file, "-sessions")
}

fn with_ending(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Every file that a database may consist of while it is in use.
pub fn files_of(file: &Path) -> Vec<PathBuf> {
    let both = [file.to_owned(), beside_of(file)];
    let with = |file: &PathBuf| ["", "-wal", "-shm", "-journal"].map(|end| with_ending(file, end));
    both.iter().flat_map(with).collect()
}

/// Where one is made that will take the place of this file.
pub fn copy_of(file: &Path) -> PathBuf {
    with_ending(file, "-restoring")
}

/// Whether some of a database is not in its file, but in the log beside it: it is in use, or was
/// cut off.
pub fn has_log(file: &Path) -> bool {
    ["-wal", "-journal"]
        .iter()
        .any(|end| std::fs::metadata(with_ending(file, end)).is_ok_and(|log| log.len() > 0))
}

/// Sees to it that the files alone have everything when this process has closed them. The last
/// connection that closes folds the log in and takes it away; where another process has one, or
/// died with one, what can be folded in is, and nobody waits for it.
pub fn fold_logs(file: &Path) -> Result<(), StoreError> {
    for file in [file.to_owned(), beside_of(file)] {
        // also an empty one: connections that close at one moment each leave it to the others
        let left = ["-wal", "-journal"].iter().any(|end| with_ending(&file, end).is_file());
        if file.is_file() && left {
            Conn::Sqlite(connect(&file, WRITES)?).run("PRAGMA wal_checkpoint(PASSIVE)")?;
        }
    }
    Ok(())
}

/// Says that this process serves from a file, as long as what is returned is kept: longer than any
/// connection to it. Refused where another one does: what waits to be sent would be sent by both.
pub fn serve_alone(file: &Path) -> Result<File, StoreError> {
    // the file itself, by whatever name it is called
    let held = File::open(file).map_err(|e| StoreError::Open(e.to_string()))?;
    held.try_lock().map_err(|_taken| {
        StoreError::Open(format!(
            "another Kadogo serves from {}: stop that one first, as a file has one at a time",
            file.display()
        ))
    })?;
    Ok(held)
}

/// A connection to a file that nobody else has open, nor opens while it is held; refused where
/// `may` refuses it.
pub fn hold_alone(
    file: &Path,
    may: impl Fn(&mut Conn) -> Result<(), StoreError>,
) -> Result<Conn, StoreError> {
    let mut conn = Conn::Sqlite(connect(file, &["PRAGMA busy_timeout = 200"])?);
    may(&mut conn)?;
    // only the last one that has it open can fold its log in for good
    conn.run("PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE").map_err(|_busy| {
        StoreError::Open(format!("something works with {}: stop that first", file.display()))
    })?;
    Ok(conn)
}

fn prepare_beside(file: &Path) -> Result<(), StoreError> {
    let make = || {
        make_private(&beside_of(file))?;
        beside(file)?.run(BESIDE)
    };
    make().or_else(|error| {
        // it holds nothing that money depends on
        tracing::warn!(%error, "the file of conversations is of no use, and is made anew");
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(with_ending(&beside_of(file), end));
        }
        make()
    })
}

/// Makes the file, if it is not there, and brings its schema up to date.
pub fn prepare(file: &Path) -> Result<(), StoreError> {
    if let Some(folder) =
        file.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.is_dir())
    {
        return Err(StoreError::Open(format!(
            "the folder {} does not exist: make it first",
            folder.display()
        )));
    }
    make_private(file)?;
    let mut conn = connect(file, WRITES)?;
    refuse_newer(&mut conn)?;
    conn.run_pending_migrations(MIGRATIONS).map_err(|e| StoreError::Migrate(e.to_string()))?;
    prepare_beside(file)
}

/// Refuses a file that is not there, not Kadogo's, or not of this version; changes nothing.
pub fn inspect(file: &Path) -> Result<(), StoreError> {
    if !file.is_file() {
        return Err(StoreError::Open(format!("there is no file {}", file.display())));
    }
    // one that can only read: a file that is not ours must not get a table of ours by being looked
    // at
    let mut conn = connect(file, READS)?;
    let history = "(SELECT count(*) FROM sqlite_schema WHERE name = '__diesel_schema_migrations')";
    let histories: i64 =
        diesel::select(diesel::dsl::sql::<sql_types::BigInt>(history)).get_result(&mut conn)?;
    if histories == 0 {
        return Err(StoreError::Open(format!("{} is not a database of Kadogo's", file.display())));
    }
    let pending =
        conn.has_pending_migration(MIGRATIONS).map_err(|e| StoreError::Migrate(e.to_string()))?;
    if pending {
        return Err(StoreError::Migrate(
            "its schema is older than this program: start the server first".into(),
        ));
    }
    refuse_newer(&mut conn)
}

/// Bytes it takes on the disk, everything included.
pub fn bytes(file: &Path) -> Result<u64, StoreError> {
    // what is still in the log belongs to the tables
    writer(file)?.run("PRAGMA wal_checkpoint(TRUNCATE)")?;
    std::fs::metadata(file).map(|file| file.len()).map_err(|e| StoreError::Open(e.to_string()))
}

/// Writes a consistent copy of the whole database to `to`, which must not exist, while others go on
/// working. Like the database it is for its owner's eyes only.
pub fn copy(file: &Path, to: &Path) -> Result<(), StoreError> {
    let mut conn = connect(file, WRITES)?;
    // SQLite takes a file that is empty: made here it is private from the start, it is no link,
    // and nobody else's
    make_new(to)?;
    let copied = sql_query("VACUUM INTO $1")
        .bind::<sql_types::Text, _>(to.display().to_string())
        .execute(&mut conn);
    if copied.is_err() {
        let _ = std::fs::remove_file(to);
    }
    Ok(copied.map(drop)?)
}

/// The file that an address names after `sqlite://`.
pub fn file_of(rest: &str) -> Option<PathBuf> {
    (!rest.is_empty() && !rest.contains('?')).then(|| PathBuf::from(rest))
}

fn connect(file: &Path, settings: &[&str]) -> Result<SqliteConnection, StoreError> {
    use diesel::connection::SimpleConnection;
    let mut conn = SqliteConnection::establish(&file.display().to_string())
        .map_err(|e| StoreError::Open(format!("{}: {e}", file.display())))?;
    for pragma in settings {
        conn.batch_execute(pragma).map_err(StoreError::Query)?;
    }
    Ok(conn)
}

/// A new database is for its owner's eyes only: it holds names and numbers.
fn make_private(file: &Path) -> Result<(), StoreError> {
    make(file, OpenOptions::new().write(true).create(true).truncate(false)).map(drop)
}

/// The same where none may be there yet.
pub fn make_new(file: &Path) -> Result<File, StoreError> {
    make(file, OpenOptions::new().write(true).create_new(true))
}

fn make(file: &Path, options: &mut OpenOptions) -> Result<File, StoreError> {
    let made = options.mode(0o600).open(file);
    made.map_err(|error| StoreError::Open(format!("{}: {error}", file.display())))
}

/// A schema with a migration we do not know was made by a newer program: writing into it could lose
/// data.
fn refuse_newer(conn: &mut SqliteConnection) -> Result<(), StoreError> {
    let trouble = |e: Box<dyn std::error::Error + Send + Sync>| StoreError::Migrate(e.to_string());
    let known =
        MigrationSource::<diesel::sqlite::Sqlite>::migrations(&MIGRATIONS).map_err(trouble)?;
    let known: Vec<_> = known.iter().map(|m| m.name().version().as_owned()).collect();
    refuse_unknown(&known, &conn.applied_migrations().map_err(trouble)?)
}
