//! Where staff are at work: what they show is known by its digest alone. How long it lasts is not
//! known here.

use super::schema::{staff, staff_sessions as sessions};
use super::{Conn, StoreError, on};
use crate::id::StaffId;
use diesel::prelude::*;
use std::ops::Add;

/// Somebody at work. Times are microseconds UTC.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = sessions)]
pub struct StaffSession {
    /// Of the secret that they show.
    pub digest: Vec<u8>,
    /// Who.
    pub staff: StaffId,
    /// Since when.
    pub begun_at: i64,
    /// When they did something last.
    pub seen_at: i64,
    /// When they last showed a code.
    pub proved_at: i64,
    /// When it was ended.
    pub ended_at: Option<i64>,
    /// Wrong codes in a row.
    pub misses: i64,
}

/// Stores a new one.
pub fn begin(conn: &mut Conn, session: &StaffSession) -> Result<(), StoreError> {
    on!(conn, c => diesel::insert_into(sessions::table).values(session.clone()).execute(c))?;
    Ok(())
}

/// The one with this digest.
pub fn by_digest(conn: &mut Conn, digest: &[u8]) -> Result<Option<StaffSession>, StoreError> {
    Ok(on!(conn, c => sessions::table.find(digest).first(c).optional())?)
}

/// Somebody does something, and shows a code with it or not.
pub fn touch(conn: &mut Conn, digest: &[u8], seen_at: i64, proved: bool) -> Result<(), StoreError> {
    let those = sessions::table.find(digest);
    on!(conn, c => diesel::update(those).set(sessions::seen_at.eq(seen_at)).execute(c))?;
    if proved {
        let proved = (sessions::proved_at.eq(seen_at), sessions::misses.eq(0));
        on!(conn, c => diesel::update(those).set(proved).execute(c))?;
    }
    Ok(())
}

/// Charges a try at a code: how many there were in a row, this one too; nothing where there were
/// so many already, or it is over.
pub fn try_code(conn: &mut Conn, digest: &[u8], most: i64) -> Result<Option<i64>, StoreError> {
    let those = sessions::table.find(digest);
    let open = those.filter(sessions::ended_at.is_null()).filter(sessions::misses.lt(most));
    let one_more = sessions::misses.eq(sessions::misses.add(1));
    if on!(conn, c => diesel::update(open).set(one_more).execute(c))? == 0 {
        return Ok(None);
    }
    Ok(on!(conn, c => those.select(sessions::misses).first(c).optional())?)
}

/// Ends one.
pub fn end(conn: &mut Conn, digest: &[u8], at: i64) -> Result<(), StoreError> {
    let open = sessions::table.find(digest).filter(sessions::ended_at.is_null());
    on!(conn, c => diesel::update(open).set(sessions::ended_at.eq(at)).execute(c))?;
    Ok(())
}

/// Those that go on, by who is at work and since when: something was done in them since `seen`,
/// they began since `begun`, and nobody has ended them.
pub fn going_on(conn: &mut Conn, seen: i64, begun: i64) -> Result<Vec<(StaffId, i64)>, StoreError> {
    let those = sessions::table
        .inner_join(staff::table.on(staff::id.eq(sessions::staff)))
        .filter(sessions::ended_at.is_null())
        .filter(sessions::seen_at.ge(seen).and(sessions::begun_at.ge(begun)))
        .filter(sessions::begun_at.gt(staff::out_until));
    let those = those.select((sessions::staff, sessions::begun_at)).order(sessions::begun_at);
    Ok(on!(conn, c => those.load(c))?)
}

/// Forgets some of those that nothing was done in since then; says how many.
pub fn forget(conn: &mut Conn, before: i64, limit: i64) -> Result<usize, StoreError> {
    let old = sessions::table.filter(sessions::seen_at.lt(before)).limit(limit);
    let old: Vec<Vec<u8>> = on!(conn, c => old.select(sessions::digest).load(c))?;
    if old.is_empty() {
        return Ok(0);
    }
    let those = sessions::table.filter(sessions::digest.eq_any(&old));
    Ok(on!(conn, c => diesel::delete(those).execute(c))?)
}
