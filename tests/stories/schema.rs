//! The schema: migrations can be undone and done again with the same result, each brings up what
//! the one before left, the tables that the program believes in are the ones there are, and a
//! database of a newer program is left alone. On either database.

mod postgres;
mod upgrade;

use super::engine::lines;
use diesel::sqlite::Sqlite;
use diesel::{Connection, SqliteConnection};
use diesel_migrations::{FileBasedMigrations, MigrationHarness};
use kadogo::store::{Conn, Store};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/sqlite");

fn migrations() -> FileBasedMigrations {
    FileBasedMigrations::from_path(FOLDER).unwrap()
}

/// The migrations in a folder, the oldest first.
fn steps(folder: &str) -> Vec<PathBuf> {
    let steps = std::fs::read_dir(folder).unwrap();
    let mut steps: Vec<_> = steps.map(|step| step.unwrap().path()).collect();
    steps.sort();
    steps
}

fn sql(step: &Path, way: &str) -> String {
    std::fs::read_to_string(step.join(way)).unwrap()
}

/// Everything that was ever created, as it was written down.
fn schema(conn: &mut Conn) -> Vec<String> {
    lines(
        conn,
        "SELECT type || ' ' || name || ': ' || coalesce(sql, '') AS text FROM sqlite_schema ORDER \
         BY 1",
    )
}

fn inner(conn: &mut Conn) -> &mut SqliteConnection {
    match conn {
        Conn::Sqlite(conn) => conn,
        Conn::Postgres(_) => panic!("these stories are about SQLite"),
    }
}

fn up(conn: &mut Conn) -> usize {
    MigrationHarness::<Sqlite>::run_pending_migrations(inner(conn), migrations()).unwrap().len()
}

fn down(conn: &mut Conn) -> usize {
    MigrationHarness::<Sqlite>::revert_all_migrations(inner(conn), migrations()).unwrap().len()
}

/// A database in a folder of its own: its address, and the folder that must outlive it.
fn somewhere() -> (String, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    (format!("sqlite://{}", folder.path().join("kadogo.db").display()), folder)
}

fn raw(url: &str) -> Conn {
    let path = url.trim_start_matches("sqlite://");
    let mut conn = Conn::Sqlite(SqliteConnection::establish(path).unwrap());
    // whoever had it open may still be closing it
    conn.run("PRAGMA busy_timeout = 10000").unwrap();
    conn
}

#[test]
fn what_goes_up_comes_down_and_goes_up_the_same() {
    let mut conn = raw(":memory:");
    let steps = up(&mut conn);
    let first = schema(&mut conn);
    assert!(steps >= 1 && first.len() > 20);
    assert_eq!(down(&mut conn), steps);
    let left = schema(&mut conn);
    assert!(left.iter().all(|object| object.contains("__diesel_schema_migrations")), "{left:#?}");
    assert_eq!(up(&mut conn), steps);
    assert_eq!(schema(&mut conn), first);
}

#[test]
fn the_tables_are_the_ones_the_program_believes_in() {
    let mut conn = raw(":memory:");
    up(&mut conn);
    let names = lines(
        &mut conn,
        "SELECT name AS text FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '\\_\\_%' \
         ESCAPE '\\'",
    );
    let table = |name: String| {
        let columns = lines(
            &mut conn,
            &format!(
                "SELECT name || ' ' || type || CASE WHEN \"notnull\" THEN '' ELSE ' or nothing' \
                 END || CASE WHEN pk > 0 THEN ' key ' || pk ELSE '' END AS text FROM \
                 pragma_table_info('{name}') ORDER BY cid"
            ),
        );
        (name, columns)
    };
    let stored: BTreeMap<String, Vec<String>> = names.into_iter().map(table).collect();
    let mut believed = believed(["INTEGER", "TEXT", "BLOB", "INTEGER"]);
    // PostgreSQL's form of the postings, and a view; conversations have a file of their own
    for other in ["packed", "arrangements_ever", "sessions", "past_sessions"] {
        believed.remove(other);
    }
    assert_eq!(stored, believed);
}

/// What `src/store/schema.rs` and `book_tables.rs` say, in the same words: those for numbers,
/// texts, bytes, and yes or no.
fn believed([number, string, bytes, truth]: [&str; 4]) -> BTreeMap<String, Vec<String>> {
    let room = concat!(env!("CARGO_MANIFEST_DIR"), "/src/store");
    let text = ["schema.rs", "schema/book_tables.rs", "schema/office_tables.rs"]
        .map(|file| std::fs::read_to_string(format!("{room}/{file}")).unwrap())
        .concat();
    let mut tables = BTreeMap::new();
    for block in text.split("diesel::table!").skip(1) {
        let told =
            |line: &&str| !["", "{"].contains(&line.trim()) && !line.trim().starts_with(['/', '#']);
        let mut head_and_rows = block.lines().filter(told);
        let head = head_and_rows.find(|line| line.contains('(')).unwrap().trim();
        let (name, keys) = head.trim_end_matches(['{', ' ', ')']).split_once(" (").unwrap();
        let keys: Vec<&str> = keys.split(", ").collect();
        let columns = head_and_rows.take_while(|line| line.trim() != "}").map(|line| {
            let (column, kind) = line.trim().trim_end_matches(',').split_once(" -> ").unwrap();
            let plain = kind.trim_start_matches("Nullable<").trim_end_matches('>');
            let kind_there = match plain {
                "BigInt" => number,
                "Text" => string,
                "Binary" => bytes,
                "Bool" => truth,
                other => panic!("{name}.{column} is {other}"),
            };
            let absent = if plain == kind { "" } else { " or nothing" };
            let key =
                keys.iter().position(|key| *key == column).map(|at| format!(" key {}", at + 1));
            format!("{column} {kind_there}{absent}{}", key.unwrap_or_default())
        });
        tables.insert(name.to_owned(), columns.collect());
    }
    assert!(tables.len() > 10, "schema.rs is written in another way than this test reads");
    tables
}

#[test]
fn a_database_of_a_newer_program_is_left_alone() {
    let (url, _folder) = somewhere();
    drop(Store::open(&url).unwrap());
    raw(&url).run("INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')").unwrap();
    let before = schema(&mut raw(&url));
    let refused = Store::open(&url).unwrap_err().to_string();
    insta::assert_snapshot!(refused, @"cannot migrate the database: it has version 9999, which this program does not know");
    assert_eq!(Store::open_existing(&url).unwrap_err().to_string(), refused);
    assert_eq!(schema(&mut raw(&url)), before);
}

#[test]
fn a_database_of_an_older_program_is_brought_up_by_the_server_only() {
    let (url, _folder) = somewhere();
    let mut conn = raw(&url);
    up(&mut conn);
    MigrationHarness::<Sqlite>::revert_last_migration(inner(&mut conn), migrations()).unwrap();
    let before = schema(&mut conn);
    let refused = Store::open_existing(&url).unwrap_err();
    insta::assert_snapshot!(refused, @"cannot migrate the database: its schema is older than this program: start the server first");
    assert_eq!(schema(&mut conn), before);
    Store::open(&url).unwrap();
    Store::open_existing(&url).unwrap();
}

#[test]
fn looking_at_a_file_that_is_not_ours_changes_nothing() {
    let (url, _folder) = somewhere();
    assert!(Store::open_existing(&url).unwrap_err().to_string().contains("there is no file"));
    let mut conn = raw(&url);
    conn.run("CREATE TABLE recipes (cake TEXT)").unwrap();
    let before = schema(&mut conn);
    let refused = Store::open_existing(&url).unwrap_err();
    assert!(refused.to_string().ends_with("is not a database of Kadogo's"), "{refused}");
    assert_eq!(schema(&mut conn), before);
}
