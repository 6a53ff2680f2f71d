//! An account with many entries: a page of its statement costs what it costs for one with few.

use super::ledger::*;
use super::place::{Place, on_both};
use diesel::connection::{Connection, InstrumentationEvent};
use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types};
use kadogo::id::Id;
use kadogo::store::conn::PgConn;
use kadogo::store::facts::Facts;
use kadogo::store::wants::Want;
use kadogo::store::{Conn, loading};
use std::sync::{Arc, Mutex};

/// Lines of a page.
const LINES: usize = 10;

/// What is asked of the database for a page of Ann's statement, after so many payments.
fn asked(place: &Place, payments: usize) -> Vec<String> {
    let ledger = Ledger::new(place);
    let mut left = payments;
    while left > 0 {
        let some = left.min(4_000);
        ledger.post_all(
            (0..some).map(|n| ledger.payment([ANN, BEN][n % 2], [BEN, ANN][n % 2], 1)).collect(),
        );
        left -= some;
    }
    let mut conn = ledger.store.reader().unwrap();
    let heard = Arc::new(Mutex::new(Vec::new()));
    let all = heard.clone();
    let listen = move |event: InstrumentationEvent<'_>| {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            all.lock().unwrap().push(query.to_string());
        }
    };
    match &mut conn {
        Conn::Sqlite(conn) => conn.set_instrumentation(listen),
        Conn::Postgres(pg) => pg.inner.set_instrumentation(listen),
    }
    if place.is_postgres() {
        // as those have it that read for requests
        conn.run("SET enable_seqscan = off; SET enable_hashjoin = off; BEGIN").unwrap();
        heard.lock().unwrap().clear();
    }
    let want = Want::History { account: Id::of(ANN), since: i64::MIN, limit: LINES };
    let mut facts = Facts::default();
    loading::load(&mut conn, std::slice::from_ref(&want), &mut facts).unwrap();
    let page = facts.history(&want).unwrap();
    assert_eq!(page.len(), LINES);
    assert_eq!(page[0].0.id, Id::of(1 + i64::try_from(payments).unwrap()));
    let queries = std::mem::take(&mut *heard.lock().unwrap());
    match &mut conn {
        Conn::Sqlite(conn) => queries.iter().for_each(|query| by_key(conn, query)),
        Conn::Postgres(pg) => no_more_than(&mut pg.inner, LINES),
    }
    // the numbers that are asked for differ, the questions do not
    queries.iter().map(|query| query.split(" -- binds").next().unwrap().to_owned()).collect()
}

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = sql_types::Text)]
    detail: String,
}

/// No query reads more than what it looks for.
fn by_key(conn: &mut diesel::SqliteConnection, query: &str) {
    let plan: Vec<Step> = sql_query(format!("EXPLAIN QUERY PLAN {query}")).load(conn).unwrap();
    assert!(plan.iter().all(|step| step.detail.starts_with("SEARCH")), "{query}");
}

#[derive(QueryableByName)]
struct Looked {
    #[diesel(sql_type = sql_types::BigInt)]
    rows: i64,
}

/// A server walks on its own side, and looks at so many postings.
fn no_more_than(conn: &mut PgConn, postings: usize) {
    let looked = "SELECT (seq_tup_read + idx_tup_fetch)::bigint AS rows FROM \
                  pg_stat_xact_user_tables WHERE relname = 'postings'";
    let looked: Vec<Looked> = sql_query(looked).load(conn).unwrap();
    assert_eq!(looked[0].rows, i64::try_from(postings).unwrap());
}

#[test]
fn a_page_of_a_statement_costs_the_same_after_many_entries() {
    on_both("a page of a statement costs the same after many entries", |place| {
        let few = asked(place, 20);
        let many = asked(place, 20_000);
        // the account, and for each line a posting and its entries; PostgreSQL is asked once
        let questions = if place.is_postgres() { 1 } else { 1 + 2 * LINES };
        assert_eq!(few.len(), questions, "{few:#?}");
        assert_eq!(few, many);
    });
}
