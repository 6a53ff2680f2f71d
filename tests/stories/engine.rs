//! The database that the stories are told on: a file of SQLite's, or a database of the shared cluster when
//! KADOGO_STORIES_ON=postgres. One story tells all the others again there. A single one:
//!   KADOGO_STORIES_ON=postgres cargo test --test stories NAME

use super::cluster::{Cluster, psql};
use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types};
use kadogo::on;
use kadogo::store::{Conn, Store, StoreError};
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use tempfile::TempDir;

const WHERE: &str = "KADOGO_STORIES_ON";
/// Stories that are told there at least.
const TOLD_MIN: usize = 300;
/// About the clusters themselves, and what needs no database: once is enough.
const NOT_AGAIN: [&str; 4] = ["cluster::", "proxy::", "engine::", "faults::"];

pub fn is_postgres() -> bool {
    match std::env::var(WHERE).as_deref() {
        Err(_unset) => false,
        Ok("postgres") => true,
        Ok(other) => panic!("{WHERE}={other}: only postgres is known"),
    }
}

fn shared() -> &'static Cluster {
    Cluster::shared().expect("the stories are to be told on PostgreSQL")
}

/// Whether a story that is about SQLite itself has to be left out here; says so where it is seen.
pub fn only_sqlite(story: &str) -> bool {
    if is_postgres() {
        let _ = writeln!(std::io::stderr(), "ONLY ON SQLITE: {story}");
    }
    is_postgres()
}

/// One of these, by the database.
pub fn either<T>(sqlite: T, postgres: T) -> T {
    if is_postgres() { postgres } else { sqlite }
}

/// How many readers a store has.
pub fn readers() -> usize {
    either(2, 8)
}

/// Runs what waits for the database on a thread where that is allowed.
pub fn blocking<T: Send>(f: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| scope.spawn(f).join()).unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// A place for one database, which is made when it is first asked for, and for whatever else a story needs.
pub struct Home {
    folder: TempDir,
    url: OnceLock<String>,
}

impl Home {
    pub fn new() -> Home {
        Home { folder: tempfile::tempdir().unwrap(), url: OnceLock::new() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The address of the database.
    pub fn url(&self) -> &str {
        self.url.get_or_init(|| match is_postgres() {
            true => shared().database(),
            false => format!("sqlite://{}", self.path("kadogo.db").display()),
        })
    }

    pub fn open(&self) -> Store {
        blocking(|| Store::open(self.url()).unwrap())
    }

    /// A connection past all guards, as somebody with the database in their hands has.
    pub fn hand(&self) -> Hand {
        Hand::to(self.url())
    }

    /// Another one with a copy of the database, which nobody uses any more.
    pub fn copy(&self) -> Home {
        let copy = Home::new();
        if is_postgres() {
            copy.url.set(shared().copy_of(self.url())).unwrap();
        } else {
            for file in ["kadogo.db", "kadogo.db-wal"] {
                // the log is there only when the program was cut off
                let _ = std::fs::copy(self.path(file), copy.path(file));
            }
        }
        copy
    }

    /// Everything on disk: the database and what waits to be folded into it.
    pub fn stored_bytes(&self) -> Vec<u8> {
        let folder = match is_postgres() {
            true => {
                psql(self.url(), "CHECKPOINT");
                let oid = "(SELECT oid FROM pg_database WHERE datname = current_database())";
                let folder = format!("SELECT current_setting('data_directory') || '/base/' || {oid}");
                PathBuf::from(psql(self.url(), &folder))
            }
            false => self.folder.path().to_owned(),
        };
        let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
        files.flat_map(|file| std::fs::read(file).unwrap()).collect()
    }
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = sql_types::Text)]
    text: String,
}

/// The first column, named `text`, of every row.
pub fn lines(conn: &mut Conn, sql: &str) -> Vec<String> {
    let rows: Vec<Line> = on!(conn, conn => sql_query(sql).load(conn)).unwrap();
    rows.into_iter().map(|line| line.text).collect()
}

/// A connection that may be used and dropped anywhere.
pub struct Hand(Option<Conn>);

impl Hand {
    pub fn to(url: &str) -> Hand {
        Hand(Some(blocking(|| Store::open_existing(url).unwrap().writer().unwrap())))
    }

    pub fn of(store: &Store) -> Hand {
        Hand(Some(blocking(|| store.writer().unwrap())))
    }

    pub fn with<T: Send>(&mut self, f: impl FnOnce(&mut Conn) -> T + Send) -> T {
        let conn = self.0.as_mut().unwrap();
        blocking(|| f(conn))
    }

    /// Takes the database so that nobody can write until this is dropped.
    pub fn hold(&mut self) {
        let begin = "SET idle_in_transaction_session_timeout = 0; BEGIN; SELECT * FROM head FOR UPDATE";
        self.run(either("BEGIN IMMEDIATE", begin)).unwrap();
    }

    pub fn run(&mut self, sql: &str) -> Result<(), StoreError> {
        self.with(|conn| conn.run(sql))
    }

    pub fn lines(&mut self, sql: &str) -> Vec<String> {
        self.with(|conn| lines(conn, sql))
    }
}

impl Drop for Hand {
    fn drop(&mut self) {
        let conn = self.0.take();
        blocking(|| drop(conn));
    }
}

#[test]
fn on_postgresql() {
    let story = "all the stories that are told on SQLite";
    if is_postgres() || Cluster::or_say(story).is_none() {
        return;
    }
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.env(WHERE, "postgres").args(["--test-threads", "4"]);
    command.args(NOT_AGAIN.iter().flat_map(|story| ["--skip", story]));
    let output = command.stdin(Stdio::null()).output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    // what failed and why, without the hundreds that passed
    let failures = out.split_once("\nfailures:").map_or(&*out, |(_, failures)| failures);
    assert!(output.status.success(), "{failures}\n{err}");
    for line in err.lines().filter(|line| line.starts_with("ONLY ON SQLITE")) {
        let _ = writeln!(std::io::stderr(), "{line}");
    }
    let told = out.rsplit("test result: ok. ").next().unwrap().split(' ').next().unwrap();
    assert!(told.parse::<usize>().unwrap() >= TOLD_MIN, "only {told} stories were told on PostgreSQL:\n{out}");
}
