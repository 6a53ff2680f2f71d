//! What stands against the money at the bank: sums of accounts by what they are, and what of the
//! statements nobody has explained yet. What it means is not known here.

use super::bank_rows::BankLine;
use super::schema::{accounts, arrangements, bank_lines};
use super::{Conn, StoreError, on};
use crate::id::AccountId;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use diesel::{QueryableByName, sql_query};

/// Accounts of one kind.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct KindSum {
    /// Which, as it is stored.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// All that lies on them, minor units.
    #[diesel(sql_type = BigInt)]
    pub sum_minor: i64,
}

/// The sums of all accounts but these, by kind.
pub fn by_kind(conn: &mut Conn, except: &[AccountId]) -> Result<Vec<KindSum>, StoreError> {
    let except = except.iter().map(|id| id.number().to_string()).collect::<Vec<_>>().join(", ");
    let sql = format!(
        "SELECT kind, CAST(sum(balance_minor) AS BIGINT) AS sum_minor FROM accounts WHERE id NOT \
         IN ({except}) GROUP BY kind ORDER BY kind"
    );
    Ok(on!(conn, c => sql_query(sql).load(c))?)
}

/// What waits behind an open arrangement of a kind: its number, since when, what lies there.
pub type Waiting = (i64, i64, i64);

/// All that waits behind open arrangements of a kind, the oldest first.
pub fn waiting(conn: &mut Conn, kind: &str) -> Result<Vec<Waiting>, StoreError> {
    let open = arrangements::kind.eq(kind).and(arrangements::open.eq(true));
    let with = arrangements::account.eq(accounts::id.nullable());
    let those = arrangements::table.inner_join(accounts::table.on(with)).filter(open);
    let those = those
        .select((arrangements::id, arrangements::begun_at, accounts::balance_minor))
        .order(arrangements::id);
    Ok(on!(conn, c => those.load(c))?)
}

/// Lines of taken statements that nothing was made of, the oldest first, so many at most.
pub fn unexplained(conn: &mut Conn, kind: &str, limit: i64) -> Result<Vec<BankLine>, StoreError> {
    let sql = format!(
        "SELECT l.statement, l.place FROM bank_lines l JOIN bank_statements s ON s.id = \
         l.statement LEFT JOIN arrangements_ever a ON a.kind = '{kind}' AND a.subject = \
         (l.statement || '-' || l.place) WHERE a.id IS NULL ORDER BY l.booked_on, l.statement, \
         l.place LIMIT {limit}"
    );
    let names: Vec<LineAt> = on!(conn, c => sql_query(sql).load(c))?;
    let mut lines = Vec::new();
    for LineAt { statement, place } in names {
        let line = bank_lines::table.find((statement, place));
        lines.push(on!(conn, c => line.first::<BankLine>(c))?);
    }
    Ok(lines)
}

#[derive(QueryableByName)]
struct LineAt {
    #[diesel(sql_type = BigInt)]
    statement: i64,
    #[diesel(sql_type = BigInt)]
    place: i64,
}
