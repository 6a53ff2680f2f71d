//! What was handled already, when it is old: no retry comes back to it. Committers remember none of
//! it from one batch to the next, so it goes in pieces, beside them, and nobody has to look again.

use super::schema::dedup_keys;
use super::{Conn, StoreError, on};
use diesel::prelude::*;

/// Forgets some of the keys that were taken before then; says how many.
pub fn forget(conn: &mut Conn, before: i64, limit: i64) -> Result<usize, StoreError> {
    let old = dedup_keys::table.filter(dedup_keys::at.lt(before)).order(dedup_keys::at);
    let old: Vec<Vec<u8>> = on!(conn, c => old.limit(limit).select(dedup_keys::key).load(c))?;
    if old.is_empty() {
        return Ok(0);
    }
    let those = dedup_keys::table.filter(dedup_keys::key.eq_any(&old));
    Ok(on!(conn, c => diesel::delete(those).execute(c))?)
}
