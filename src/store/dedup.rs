//! Texts and steps that were handled, by their keys.

use super::ask::{self, Database};
use super::rows::{Column, Rows};
use super::schema::dedup_keys;
use super::{Conn, StoreError, on};
use diesel::prelude::*;

/// Which of these were handled before.
pub fn seen_among(conn: &mut Conn, keys: &[&[u8]]) -> Result<Vec<Vec<u8>>, StoreError> {
    conn.wait(async |asked| ask_seen(asked, keys).await)
}

/// The same, for who asks many things in one journey.
pub async fn ask_seen(asked: Database<'_>, keys: &[&[u8]]) -> Result<Vec<Vec<u8>>, StoreError> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let those = dedup_keys::table.filter(dedup_keys::key.eq_any(keys));
    ask::rows(asked, those.select(dedup_keys::key)).await
}

/// Remembers that they were handled, and when.
pub fn see<'a>(keys: &[(&'a [u8], i64)]) -> Rows<'a> {
    let columns = vec![
        Column::Bytes(keys.iter().map(|(key, _)| *key).collect()),
        Column::Numbers(keys.iter().map(|(_, at)| *at).collect()),
    ];
    Rows::insert(keys.len(), columns, "INSERT INTO dedup_keys (key, at)", "")
}

/// Forgets some of the keys that were taken before then; says how many. Committers remember none
/// of them from one batch to the next, so it goes in pieces, beside them, and nobody has to look
/// again.
pub fn forget(conn: &mut Conn, before: i64, limit: i64) -> Result<usize, StoreError> {
    let old = dedup_keys::table.filter(dedup_keys::at.lt(before)).order(dedup_keys::at);
    let old: Vec<Vec<u8>> = on!(conn, c => old.limit(limit).select(dedup_keys::key).load(c))?;
    if old.is_empty() {
        return Ok(0);
    }
    let those = dedup_keys::table.filter(dedup_keys::key.eq_any(&old));
    Ok(on!(conn, c => diesel::delete(those).execute(c))?)
}
