//! A later migration brings up a database of the version before with all that is in it: people,
//! money, what waits, messages. None of that gets lost, what it takes back is the version before,
//! and the check finds the book whole. Migrations that are made up here show that a bad one is
//! found, also while ours are few.

use super::super::aids::{dial_afresh, pays};
use super::super::cluster::psql;
use super::super::engine::{Hand, Home, either, is_postgres};
use super::super::market::make_code;
use super::super::world::*;
use super::{raw, sql, steps};
use kadogo::book::check;
use std::collections::{BTreeMap, BTreeSet};

/// From one version to the next, and back.
#[derive(Clone)]
struct Migration {
    up: String,
    down: String,
}

impl Migration {
    fn new(up: &str, down: &str) -> Migration {
        Migration { up: up.to_owned(), down: down.to_owned() }
    }
}

fn ours() -> Vec<Migration> {
    let steps = steps(either(super::FOLDER, super::postgres::FOLDER));
    steps.iter().map(|step| Migration::new(&sql(step, "up.sql"), &sql(step, "down.sql"))).collect()
}

/// The database of a service that was used for a while, and left.
async fn used() -> Home {
    let world = World::new().await;
    for amount_minor in [20_000, 30_000] {
        pays(&world, (AMINA, "7361"), BARAKA, amount_minor).await;
    }
    let amina = world.phone(AMINA);
    make_code(&amina, "300", "7361").await;
    dial_afresh(&amina).await;
    let ask = [Pick("people"), Pick("requests"), Pick("ask")];
    amina.go(&ask).await;
    amina.go(&[Type("0700000002"), Type("300"), Type("Rent Nov"), Yes]).await;
    amina.messages().await;
    let home = world.home.clone();
    drop(world);
    home.copy()
}

/// How many rows are in each table.
fn rows(hand: &mut Hand) -> BTreeMap<String, u64> {
    let tables = hand.lines(either(
        "SELECT name AS text FROM sqlite_schema WHERE type = 'table'",
        "SELECT tablename AS text FROM pg_tables WHERE schemaname = 'public'",
    ));
    let count = |table: String| {
        let count = format!("SELECT CAST(count(*) AS TEXT) AS text FROM {table}");
        let rows = hand.lines(&count)[0].parse().unwrap();
        (table, rows)
    };
    tables.into_iter().map(count).collect()
}

/// What the tables, columns and indexes of a database are, whatever their order.
fn shape(url: &str) -> BTreeSet<String> {
    let described = match is_postgres() {
        true => super::postgres::schema(url).lines().map(str::to_owned).collect(),
        false => super::super::engine::lines(
            &mut raw(url),
            "SELECT t.name || ' ' || c.name || ' ' || c.type || ' ' || c.\"notnull\" || ' ' || \
             coalesce(c.dflt_value, '-') || ' ' || c.pk || ' ' || c.hidden AS text FROM \
             sqlite_schema t, pragma_table_xinfo(t.name) c WHERE t.type = 'table' UNION ALL \
             SELECT name || ': ' || coalesce(sql, '') FROM sqlite_schema WHERE type <> 'table'",
        ),
    };
    let ours = described.into_iter().filter(|line| !line.contains("__diesel_schema_migrations"));
    ours.collect()
}

/// The shape of an empty database with these versions.
fn shape_with(versions: &[Migration]) -> BTreeSet<String> {
    let home = Home::new();
    for version in versions {
        match is_postgres() {
            true => drop(psql(home.url(), &version.up)),
            false => raw(home.url()).run(&version.up).unwrap(),
        }
    }
    shape(home.url())
}

/// All of it, or nothing.
fn run(hand: &mut Hand, sql: &str) -> Result<(), String> {
    let whole = either(format!("BEGIN; {sql}; COMMIT"), sql.to_owned());
    hand.run(&whole).map_err(|error| {
        let _ = hand.run("ROLLBACK");
        format!("cannot be done where there are rows: {error}")
    })
}

/// Takes one step up.
fn up(hand: &mut Hand, step: &Migration) -> Result<(), String> {
    let before = rows(hand);
    run(hand, &step.up)?;
    let after = rows(hand);
    match before.iter().find(|(table, rows)| after.get(*table).is_some_and(|left| left < rows)) {
        None => Ok(()),
        Some((table, _)) => Err(format!("rows of {table} are lost")),
    }
}

/// Brings a database up to versions that come after ours, back to the first one step by step, and
/// up again: what is wrong, if anything is.
fn upgraded(used: &Home, later: &[Migration]) -> Result<(), String> {
    let home = used.copy();
    let mut hand = home.hand();
    let steps = [ours(), later.to_vec()].concat();
    later.iter().try_for_each(|step| up(&mut hand, step))?;
    for before in (1..steps.len()).rev() {
        run(&mut hand, &steps[before].down)?;
        let (back, was) = (shape(home.url()), shape_with(&steps[..before]));
        if let Some(other) = back.symmetric_difference(&was).next() {
            return Err(format!("taken back, it is not version {before} again: {other}"));
        }
    }
    steps[1..].iter().try_for_each(|step| up(&mut hand, step))?;
    assert_eq!(shape(home.url()), shape_with(&steps));
    let report = hand.with(|conn| check::check(conn, |_, _| ())).unwrap();
    if report.is_whole() { Ok(()) } else { Err(format!("not whole: {}", report.faults[0])) }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_version_takes_over_what_the_one_before_it_left() {
    let used = used().await;
    let there = rows(&mut used.hand());
    for table in
        ["postings", "holds", "chain", "people", "outlets", "arrangements", "outbox", "lines"]
    {
        assert!(there[table] > 0, "nothing is in {table}");
    }
    assert_eq!(upgraded(&used, &[]), Ok(()));
    let column = Migration::new(
        "ALTER TABLE people ADD COLUMN born INTEGER; CREATE INDEX by_age ON people (born)",
        "DROP INDEX by_age; ALTER TABLE people DROP COLUMN born",
    );
    let table =
        Migration::new("CREATE TABLE cards AS SELECT account_id FROM people", "DROP TABLE cards");
    assert_eq!(upgraded(&used, &[column, table]), Ok(()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_does_not_is_found() {
    let used = used().await;
    let said = |up: &str, down: &str| upgraded(&used, &[Migration::new(up, down)]).unwrap_err();
    let narrow = said("CREATE UNIQUE INDEX one_each ON postings (kind)", "DROP INDEX one_each");
    assert!(narrow.starts_with("cannot be done where there are rows: "), "{narrow}");
    assert_eq!(said("DELETE FROM outbox", ""), "rows of outbox are lost");
    let stays = said("ALTER TABLE people ADD COLUMN born INTEGER", "");
    let words = format!("taken back, it is not version {} again: people", ours().len());
    assert!(stays.starts_with(&words), "{stays}");
    let richer = said("UPDATE accounts SET balance_minor = balance_minor + 1 WHERE id > 1000", "");
    assert!(richer.starts_with("not whole: "), "{richer}");
}
