//! Where staff are at work: what they show is known by its digest alone. How long it lasts is not
//! known here.

use super::schema::{staff, staff_sessions as sessions};
use super::{Conn, StoreError, on};
use crate::id::StaffId;
use diesel::prelude::*;

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
        on!(conn, c => diesel::update(those).set(sessions::proved_at.eq(seen_at)).execute(c))?;
    }
    Ok(())
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

/// Forgets those that nothing was done in since then.
pub fn forget(conn: &mut Conn, before: i64) -> Result<usize, StoreError> {
    let old = sessions::table.filter(sessions::seen_at.lt(before));
    Ok(on!(conn, c => diesel::delete(old).execute(c))?)
}
