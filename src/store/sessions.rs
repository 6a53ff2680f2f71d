//! Conversations, and the texts that were handled.

use super::schema::{seen, sessions};
use super::{Conn, StoreError};
use diesel::prelude::*;

/// A conversation. Who talks and what was said is sealed: the row tells nothing to who reads the table.
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
}

/// The conversation with this key.
pub fn by_key(conn: &mut Conn, key: &[u8]) -> Result<Option<SessionRow>, StoreError> {
    Ok(sessions::table.find(key).first(conn).optional()?)
}

/// The caller's conversations that are not over, the newest first.
pub fn unfinished(conn: &mut Conn, caller: &[u8]) -> Result<Vec<SessionRow>, StoreError> {
    let theirs = sessions::table.filter(sessions::caller.eq(caller)).filter(sessions::state.ne("ended"));
    Ok(theirs.order(sessions::updated_at.desc()).limit(100).load(conn)?)
}

/// Conversations whose acting step has no stored outcome since before `before`.
pub fn stuck(conn: &mut Conn, before: i64, limit: i64) -> Result<Vec<SessionRow>, StoreError> {
    let acting = sessions::table.filter(sessions::state.eq("acting")).filter(sessions::updated_at.lt(before));
    Ok(acting.order(sessions::updated_at).limit(limit).load(conn)?)
}

/// The versions of these conversations.
pub fn versions(conn: &mut Conn, keys: &[Vec<u8>]) -> Result<Vec<(Vec<u8>, i64)>, StoreError> {
    let those = sessions::table.filter(sessions::key.eq_any(keys));
    Ok(those.select((sessions::key, sessions::version)).load(conn)?)
}

/// Stores conversations; the book has compared their versions.
pub fn save(conn: &mut Conn, rows: &[&SessionRow]) -> Result<(), StoreError> {
    for row in rows {
        diesel::replace_into(sessions::table).values(*row).execute(conn)?;
    }
    Ok(())
}

/// Forgets conversations and handled texts that are older than any retry.
pub fn forget(conn: &mut Conn, before: i64) -> Result<usize, StoreError> {
    let old = sessions::table.filter(sessions::updated_at.lt(before)).filter(sessions::state.ne("acting"));
    let talks = diesel::delete(old).execute(conn)?;
    let texts = diesel::delete(seen::table.filter(seen::at.lt(before))).execute(conn)?;
    Ok(talks.saturating_add(texts))
}

/// Which of these texts were handled before.
pub fn seen_among(conn: &mut Conn, keys: &[Vec<u8>]) -> Result<Vec<Vec<u8>>, StoreError> {
    Ok(seen::table.filter(seen::key.eq_any(keys)).select(seen::key).load(conn)?)
}

/// Remembers that a text was handled.
pub fn see(conn: &mut Conn, key: &[u8], at: i64) -> Result<(), StoreError> {
    diesel::insert_into(seen::table).values((seen::key.eq(key), seen::at.eq(at))).execute(conn)?;
    Ok(())
}
