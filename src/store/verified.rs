//! Up to where the book was found whole: a few points, so that the next check can go on from the
//! newest.

use super::schema::verified;
use super::{Conn, StoreError, on};
use diesel::prelude::*;

/// Points that are kept. One would do to go on from; older ones tell when the newest turns out not
/// to be true.
const KEPT: i64 = 8;

/// The end of the chain as a check found it, with everything up to there whole.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = verified)]
pub struct PointRow {
    /// The link.
    pub link: i64,
    /// Its digest.
    pub digest: Vec<u8>,
    /// When, microseconds UTC.
    pub at: i64,
}

/// The points, the newest first.
pub fn points(conn: &mut Conn) -> Result<Vec<PointRow>, StoreError> {
    Ok(on!(conn, c => verified::table.order(verified::link.desc()).load(c))?)
}

/// Keeps a point, and of the older ones only the newest.
pub fn keep(conn: &mut Conn, point: &PointRow) -> Result<(), StoreError> {
    on!(conn, c => {
        let add = diesel::insert_into(verified::table).values(point).on_conflict(verified::link)
            .do_update();
        add.set((verified::digest.eq(&point.digest), verified::at.eq(point.at))).execute(c)
    })?;
    let newest = verified::table.select(verified::link).order(verified::link.desc());
    let least: Option<i64> =
        on!(conn, c => newest.offset(KEPT.saturating_sub(1)).limit(1).first(c).optional())?;
    if let Some(least) = least {
        on!(conn, c =>
            diesel::delete(verified::table.filter(verified::link.lt(least)))
                .execute(c)
        )?;
    }
    Ok(())
}
