//! Conversations, and the texts that were handled.

use super::ask::{self, Database};
use super::rows::{Column, Rows};
use super::schema::{dedup_keys, sessions};
use super::{Conn, StoreError, on};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable};

/// A conversation. Who talks and what was said is sealed: the row tells nothing to who reads the
/// table.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = sessions)]
pub struct SessionRow {
    /// Keyed digest of gateway and session id.
    pub key: Vec<u8>,
    /// Keyed digest of the caller's number.
    pub caller: Vec<u8>,
    /// Counts the writes, from 1: what compare-and-set compares.
    pub version: i64,
    /// `open`, `acting` or `ended`.
    pub state: String,
    /// Microseconds UTC.
    pub updated_at: i64,
    /// The conversation, sealed.
    pub sealed: Vec<u8>,
    /// When it began, microseconds UTC.
    pub began_at: i64,
}

/// A conversation that is looked up: its key, that of its caller's line, and the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    /// Of the conversation.
    pub key: Vec<u8>,
    /// Of the line.
    pub line: Vec<u8>,
    /// As in `SessionRow`.
    pub caller: Vec<u8>,
}

impl Names {
    /// Whether a row is the conversation, the line, or something else of the caller's that is not
    /// over.
    pub fn concern(&self, row: &SessionRow) -> bool {
        row.key == self.key
            || row.key == self.line
            || (row.caller == self.caller && row.state != "ended")
    }
}

/// What concerns these calls, the newest first, as it stood at one moment.
pub async fn around(asked: Database<'_>, calls: &[&Names]) -> Result<Vec<SessionRow>, StoreError> {
    if calls.is_empty() {
        return Ok(Vec::new());
    }
    let open = sessions::state.ne("ended");
    match asked {
        Database::Sqlite(_) => {
            let mut rows = Vec::new();
            for Names { key, line, caller } in calls {
                let named = sessions::key.eq(key).or(sessions::key.eq(line));
                let those = sessions::table.filter(named.or(sessions::caller.eq(caller).and(open)));
                let those = those.order(sessions::updated_at.desc());
                rows.extend(ask::rows(asked, those).await?);
            }
            Ok(rows)
        }
        Database::Postgres(_) => {
            let keys: Vec<&[u8]> =
                calls.iter().flat_map(|call| [call.key.as_slice(), call.line.as_slice()]).collect();
            let callers: Vec<&[u8]> = calls.iter().map(|call| call.caller.as_slice()).collect();
            let theirs = sessions::caller.eq_any(callers).and(open);
            let those = sessions::table.filter(sessions::key.eq_any(keys).or(theirs));
            ask::rows(asked, those.order(sessions::updated_at.desc())).await
        }
    }
}

/// Conversations whose acting step has no stored outcome since before `before`.
pub fn stuck(conn: &mut Conn, before: i64, limit: i64) -> Result<Vec<SessionRow>, StoreError> {
    // the database makes this column of the two that say it, for the index alone
    let since = || sql::<Nullable<BigInt>>("acting_since");
    let acting = sessions::table.filter(since().lt(before)).order(since()).limit(limit);
    Ok(on!(conn, c => acting.load(c))?)
}

/// The versions of these conversations.
pub fn versions(conn: &mut Conn, keys: &[&[u8]]) -> Result<Vec<(Vec<u8>, i64)>, StoreError> {
    let those = sessions::table.filter(sessions::key.eq_any(keys));
    Ok(on!(conn, c => those.select((sessions::key, sessions::version)).load(c))?)
}

/// Stores conversations; the book has compared their versions.
pub fn save<'a>(rows: &[&'a SessionRow]) -> Rows<'a> {
    let columns = vec![
        Column::Bytes(rows.iter().map(|s| s.key.as_slice()).collect()),
        Column::Bytes(rows.iter().map(|s| s.caller.as_slice()).collect()),
        Column::Numbers(rows.iter().map(|s| s.version).collect()),
        Column::Texts(rows.iter().map(|s| s.state.as_str()).collect()),
        Column::Numbers(rows.iter().map(|s| s.updated_at).collect()),
        Column::Bytes(rows.iter().map(|s| s.sealed.as_slice()).collect()),
        Column::Numbers(rows.iter().map(|s| s.began_at).collect()),
    ];
    Rows::insert(
        rows.len(),
        columns,
        "INSERT INTO sessions (key, caller, version, state, updated_at, sealed, began_at)",
        "ON CONFLICT (key) DO UPDATE SET version = excluded.version, state = excluded.state, \
         updated_at = excluded.updated_at, sealed = excluded.sealed",
    )
}

/// Forgets conversations that are older than any retry. Committers that remember them look again.
pub fn forget(conn: &mut Conn, before: i64) -> Result<usize, StoreError> {
    super::head::touch(conn)?;
    let old =
        sessions::table.filter(sessions::began_at.lt(before)).filter(sessions::state.ne("acting"));
    Ok(on!(conn, c => diesel::delete(old).execute(c))?)
}

/// Which of these texts were handled before.
pub fn seen_among(conn: &mut Conn, keys: &[&[u8]]) -> Result<Vec<Vec<u8>>, StoreError> {
    Ok(on!(conn, c =>
        dedup_keys::table
            .filter(dedup_keys::key.eq_any(keys))
            .select(dedup_keys::key)
            .load(c)
    )?)
}

/// Remembers that texts were handled, and when.
pub fn see<'a>(texts: &[(&'a [u8], i64)]) -> Rows<'a> {
    let columns = vec![
        Column::Bytes(texts.iter().map(|(key, _)| *key).collect()),
        Column::Numbers(texts.iter().map(|(_, at)| *at).collect()),
    ];
    Rows::insert(texts.len(), columns, "INSERT INTO dedup_keys (key, at)", "")
}
