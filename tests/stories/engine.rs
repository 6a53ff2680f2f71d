//! The database that the stories are told on: a file of SQLite's, or a database of the shared
//! cluster when KADOGO_STORIES_ON=postgres. One story tells all the others again there. A single
//! one:
//!   KADOGO_STORIES_ON=postgres cargo test --test stories NAME

use super::cluster::{Cluster, psql};
use super::memory;
use super::template::Left;
use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types};
use kadogo::on;
use kadogo::store::{Conn, Store, StoreError};
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use tempfile::TempDir;

const WHERE: &str = "KADOGO_STORIES_ON";
/// What is told once, and why. All that does not stand here is told again.
const ONCE: [(&str, &str); 65] = [
    ("plugs::", "is about the servers themselves"),
    ("wires::", "is about the wire to the servers"),
    ("engine::", "tells the others again"),
    ("verify::", "is told on both at once"),
    ("faults::", "has its database in memory"),
    ("gateway::", "reads and writes forms"),
    ("grammar::", "reads texts"),
    ("corpus::", "reads texts"),
    ("sender::", "talks to a gateway that is not there"),
    ("terminal::", "talks to a service that is not there"),
    ("starting::each_wrong_setting_is_named", "ends before there is a database"),
    ("starting::all_that_is_wrong_is_said_at_once", "ends before there is a database"),
    ("commands::each_kind_of_mistake_in_the_menus", "reads menus"),
    ("commands::mistakes_are_reported_for_people_to_mend", "reads menus"),
    ("commands::secrets_are_long_and_never_the_same", "draws"),
    ("commands::good_menus_pass_and_have_a_map", "reads menus"),
    ("commands::help_is_the_manual", "prints help"),
    ("first_minutes::the_menus", "reads menus"),
    ("first_minutes::commands_say", "is about words"),
    ("first_minutes::help", "prints help"),
    ("quoting::", "reads a tariff"),
    ("channels::prices_that_no_service_can_keep", "reads a tariff"),
    ("channels::a_demo_costs", "reads a tariff; what is paid is in the stories of outlets"),
    ("walks::the_tables_say", "prints tables"),
    ("edited_records::", "compares rows with their trails; how, is in the stories of the check"),
    ("operator::", "is about what commands print; their acts have stories of their own"),
    ("crash::", "is done to a server under fire"),
    (
        "groups_unstuck::",
        "is about words; what groups ask of a database is in the others of groups",
    ),
    ("failures::", "is about what people see; what it asks of a database is in other stories"),
    ("dropped::", "is about what people see; what it asks of a database is in other stories"),
    ("days::what_was_signed_is_the_same", "is about files and what commands print"),
    ("finding_people::the_same_by_command", "is about what commands print"),
    ("running::a_command_that_goes_by_other", "compares files"),
    ("rights::acts", "compares tables"),
    ("price::", "changes a tariff; what it asks of the database is in the stories of sending"),
    ("bench::whoever_is_looked_for", "measures; who is found is in the stories of finding people"),
    ("bench::a_day_says_how_large", "measures what many other stories do"),
    ("fold::the_fold_agrees", "asks no database"),
    ("running::the_operator_opens", "is about commands; their acts have stories of their own"),
    (
        "bench::rounds_are_taken_together",
        "counts rounds; what they do is in the other stories of the bench",
    ),
    ("bench::conversations_of_a_bench_end_well", "measures hops, which many other stories send"),
    ("texts::", "reads texts; what they ask for is dialled in the other stories"),
    ("market::", "is about who sees what; what outlets ask of a database is in their acts"),
    ("outlets::", "is about words; what outlets ask of a database is in their acts"),
    ("account::", "is about words; accounts are read in every story"),
    ("codes::", "is about words; codes at one moment are in those of vouchers"),
    ("registering::", "is about words; joining at one moment is in the crowd"),
    ("pin::", "is about words; tries of a PIN are counted in the guards"),
    ("channels::", "is about prices"),
    ("split_bills::", "is about words; what waits is in the stories of orders"),
    ("payment_requests::", "is about words; what waits is in the stories of orders"),
    ("console::", "reads pages; what they read is in the stories of the office"),
    ("console_bank::", "reads pages; what they read is in those of the bank"),
    ("rights::pages", "reads pages"),
    ("rights::commands", "compares tables"),
    ("by_phone::", "is about words; two at one moment are in the tricks"),
    ("month::", "is a month by chance: KADOGO_STORIES_ON=postgres tells it there"),
    ("topping_up::", "is about words; gifts at one moment are in those of givers"),
    ("deals::peace::", "is about words; what deals ask of a database is in their races"),
    ("deals::trouble::", "is about words; what deals ask of a database is in their races"),
    ("deals::staff::", "is about what commands print"),
    ("deals::freelance::", "is about words; who takes part in deals is in their races"),
    ("deals::cells::", "compares tables"),
    ("collections::", "is about words; what collections ask of a database is in those of givers"),
    ("groups::", "is about words; what groups ask of a database is in the others of groups"),
];

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

/// How often a race is run: on a server each takes its time.
pub fn rounds() -> usize {
    either(4, 2)
}

/// How many readers a store has.
pub fn readers() -> usize {
    either(2, 8)
}

/// Runs what waits for the database on a thread where that is allowed.
pub fn blocking<T: Send>(f: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| scope.spawn(f).join())
        .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// A place for one database, which is made when it is first asked for, and for whatever else a
/// story needs.
pub struct Home {
    folder: TempDir,
    url: OnceLock<String>,
}

impl Home {
    pub fn new() -> Home {
        Home { folder: memory::folder(), url: OnceLock::new() }
    }

    /// One whose database is as somebody left another.
    pub fn begin_with(left: &Left) -> Home {
        let home = Home::new();
        match left {
            Left::File(bytes) => std::fs::write(home.path("kadogo.db"), bytes).unwrap(),
            Left::Database(url) => home.url.set(shared().database_like(url)).unwrap(),
        }
        home
    }

    /// Throws everybody out of its database on the cluster; where that is.
    pub fn left_alone(&self) -> String {
        shared().throw_out_of(self.url());
        self.url().to_owned()
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
                let folder =
                    format!("SELECT current_setting('data_directory') || '/base/' || {oid}");
                PathBuf::from(psql(self.url(), &folder))
            }
            false => self.folder.path().to_owned(),
        };
        let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
        // what is folded in meanwhile is gone, and read with the database
        let read = |file: PathBuf| match std::fs::read(file) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            bytes => bytes.unwrap(),
        };
        files.flat_map(read).collect()
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
        let begin =
            "SET idle_in_transaction_session_timeout = 0; BEGIN; SELECT * FROM head FOR UPDATE";
        self.run(either("BEGIN IMMEDIATE", begin)).unwrap();
    }

    pub fn run(&mut self, sql: &str) -> Result<(), StoreError> {
        self.with(|conn| conn.run(sql))
    }

    /// Takes away what guards the rows that are never changed.
    pub fn drop_triggers(&mut self) {
        let triggers = either(
            "SELECT 'DROP TRIGGER ' || name AS text FROM sqlite_schema WHERE type = 'trigger'",
            "SELECT 'DROP TRIGGER ' || tgname || ' ON ' || tgrelid::regclass AS text FROM \
             pg_trigger WHERE NOT tgisinternal",
        );
        for drop in self.lines(triggers) {
            self.run(&drop).unwrap();
        }
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

/// This program, with these arguments: what it says on either output.
fn stories(args: &[&str]) -> (bool, String, String) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    let output = command.env(WHERE, "postgres").args(args).stdin(Stdio::null()).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.success(), text(&output.stdout), text(&output.stderr))
}

fn is_told_once(story: &str) -> bool {
    ONCE.iter().any(|(beginning, _)| story.starts_with(beginning))
}

#[test]
fn on_postgresql() {
    let story = "all the stories that are told on SQLite";
    if is_postgres() || Cluster::or_say(story).is_none() {
        return;
    }
    let (_, list, _) = stories(&["--list", "--format", "terse"]);
    let all: Vec<&str> = list.lines().filter_map(|line| line.strip_suffix(": test")).collect();
    for (beginning, _) in ONCE {
        assert!(
            all.iter().any(|story| story.starts_with(beginning)),
            "no story begins with {beginning}"
        );
    }
    let again: Vec<&str> = all.iter().filter(|story| !is_told_once(story)).copied().collect();
    // one that hangs on a server's answer leaves the processor to the others
    let (is_well, out, err) = stories(&[&["--test-threads", "4", "--exact"][..], &again].concat());
    // what failed and why, without the hundreds that passed
    let failures = out.split_once("\nfailures:").map_or(&*out, |(_, failures)| failures);
    assert!(is_well, "{failures}\n{err}");
    for line in err.lines().filter(|line| line.starts_with("ONLY ON SQLITE")) {
        let _ = writeln!(std::io::stderr(), "{line}");
    }
    let told = out.rsplit("test result: ok. ").next().unwrap().split(' ').next().unwrap();
    assert_eq!(told.parse(), Ok(again.len()), "not all of them were told on PostgreSQL:\n{out}");
}
