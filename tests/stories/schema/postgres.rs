//! The same stories of the schema on PostgreSQL, and what only happens on a server: several
//! programs that start at once.

use super::super::cluster::{Cluster, psql};
use super::{believed, sql, steps};
use kadogo::store::{Store, StoreError};
use std::collections::BTreeMap;

pub const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/postgres");

/// Everything there is, as the server describes it.
pub fn schema(url: &str) -> String {
    let parts = [
        "SELECT table_name, column_name, data_type, is_nullable, column_default, is_identity \
         FROM information_schema.columns WHERE table_schema = 'public' ORDER BY table_name, \
         ordinal_position",
        "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1",
        "SELECT conrelid::regclass, conname, pg_get_constraintdef(oid) FROM pg_constraint \
         WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2",
        "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1",
        "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace \
         ORDER BY 1",
        "SELECT viewname, definition FROM pg_views WHERE schemaname = 'public' ORDER BY 1",
        "SELECT relname, reloptions FROM pg_class WHERE relnamespace = 'public'::regnamespace \
         ORDER BY 1",
    ];
    parts.map(|part| psql(url, part)).join("\n")
}

#[test]
fn what_goes_up_comes_down_and_goes_up_the_same() {
    let Some(cluster) = Cluster::or_say("what goes up comes down and goes up the same") else {
        return;
    };
    let url = cluster.database();
    let steps = steps(FOLDER);
    let nothing = schema(&url);
    let up = || steps.iter().for_each(|step| drop(psql(&url, &sql(step, "up.sql"))));
    up();
    let first = schema(&url);
    assert!(!steps.is_empty() && first.lines().count() > 100, "{first}");
    steps.iter().rev().for_each(|step| drop(psql(&url, &sql(step, "down.sql"))));
    assert_eq!(schema(&url), nothing);
    up();
    assert_eq!(schema(&url), first);
    // and the program makes the same of an empty database, but for its own notes
    let other = cluster.database();
    drop(Store::open(&other).unwrap());
    psql(&other, "DROP TABLE __diesel_schema_migrations");
    assert_eq!(schema(&other), first);
}

#[test]
fn both_databases_have_the_same_migrations() {
    let names = |folder: &str| -> Vec<_> {
        steps(folder).iter().map(|step| step.file_name().unwrap().to_owned()).collect()
    };
    assert_eq!(names(FOLDER), names(super::FOLDER));
}

#[test]
fn the_tables_are_the_ones_the_program_believes_in() {
    let Some(cluster) = Cluster::or_say("the tables are the ones the program believes in") else {
        return;
    };
    let url = cluster.database();
    drop(Store::open(&url).unwrap());
    let columns = psql(
        &url,
        "SELECT c.table_name || '=' || c.column_name || ' ' || c.data_type \
         || CASE WHEN c.is_nullable = 'YES' THEN ' or nothing' ELSE '' END \
         || coalesce(' key ' || k.ordinal_position, '') \
         FROM information_schema.columns c \
         LEFT JOIN (information_schema.key_column_usage k JOIN \
         information_schema.table_constraints t ON t.constraint_name = k.constraint_name AND \
         t.constraint_type = 'PRIMARY KEY') ON k.table_name = c.table_name AND k.column_name = \
         c.column_name WHERE c.table_schema = 'public' AND c.is_generated = 'NEVER' AND \
         c.table_name NOT LIKE '\\_\\_%' ORDER BY c.table_name, c.ordinal_position",
    );
    let mut stored: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in columns.lines() {
        let (table, column) = line.split_once('=').unwrap();
        stored.entry(table.to_owned()).or_default().push(column.to_owned());
    }
    let mut believed = believed(["bigint", "text", "bytea", "boolean"]);
    // the entries lie in the postings: a column of theirs, and a view. Views promise neither keys
    // nor presence
    let packed = believed.remove("packed").unwrap();
    let postings = believed.get_mut("postings").unwrap();
    postings
        .extend(packed.into_iter().filter(|column| !postings.contains(column)).collect::<Vec<_>>());
    for view in ["entries", "arrangements_ever"] {
        for column in believed.get_mut(view).unwrap() {
            let words: Vec<&str> = column.split(' ').take(2).collect();
            *column = format!("{} or nothing", words.join(" "));
        }
    }
    assert_eq!(stored, believed);
}

#[test]
fn a_database_of_a_newer_program_is_left_alone() {
    let Some(cluster) = Cluster::or_say("a database of a newer program is left alone") else {
        return;
    };
    let url = cluster.database();
    drop(Store::open(&url).unwrap());
    psql(&url, "INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')");
    let before = schema(&url);
    let refused = Store::open(&url).unwrap_err().to_string();
    let words =
        "cannot migrate the database: it has version 9999, which this program does not know";
    assert_eq!(refused, words);
    assert_eq!(Store::open_existing(&url).unwrap_err().to_string(), refused);
    assert_eq!(schema(&url), before);
}

#[test]
fn a_database_of_an_older_program_is_brought_up_by_the_server_only() {
    let Some(cluster) =
        Cluster::or_say("a database of an older program is brought up by the server only")
    else {
        return;
    };
    let url = cluster.database();
    drop(Store::open(&url).unwrap());
    let newest = steps(FOLDER).pop().unwrap();
    psql(&url, &sql(&newest, "down.sql"));
    psql(
        &url,
        "DELETE FROM __diesel_schema_migrations WHERE version = (SELECT max(version) FROM \
         __diesel_schema_migrations)",
    );
    let before = schema(&url);
    let refused = Store::open_existing(&url).unwrap_err().to_string();
    let words = "cannot migrate the database: its schema is older than this program: start the \
                 server first";
    assert_eq!(refused, words);
    assert_eq!(schema(&url), before);
    Store::open(&url).unwrap();
    Store::open_existing(&url).unwrap();
}

#[test]
fn looking_at_a_database_that_is_not_ours_changes_nothing() {
    let Some(cluster) = Cluster::or_say("looking at a database that is not ours changes nothing")
    else {
        return;
    };
    let url = cluster.database();
    psql(&url, "CREATE TABLE recipes (cake TEXT)");
    let before = schema(&url);
    let refused = Store::open_existing(&url).unwrap_err().to_string();
    assert!(refused.ends_with("is not a database of Kadogo's"), "{refused}");
    assert_eq!(schema(&url), before);
    let missing = Store::open(&cluster.url("nobody_made_it")).unwrap_err();
    assert!(
        matches!(&missing, StoreError::Open(why) if why.contains("does not exist")),
        "{missing}"
    );
}

#[test]
fn programs_that_start_at_once_on_a_fresh_database_migrate_it_once() {
    let Some(cluster) =
        Cluster::or_say("programs that start at once on a fresh database migrate it once")
    else {
        return;
    };
    for _round in 0..3 {
        let url = cluster.database();
        std::thread::scope(|scope| {
            let programs: Vec<_> =
                (0..4).map(|_| scope.spawn(|| Store::open(&url).map(drop))).collect();
            programs.into_iter().for_each(|program| program.join().unwrap().unwrap());
        });
        let versions = psql(&url, "SELECT count(*) FROM __diesel_schema_migrations");
        assert_eq!(versions, steps(FOLDER).len().to_string());
        assert_eq!(psql(&url, "SELECT count(*) FROM head"), "1");
    }
}
