//! Payment orders: payments that wait for somebody's yes.

use super::schema::orders;
use super::{Conn, StoreError};
use diesel::prelude::*;

/// A payment that waits.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = orders)]
pub struct OrderRow {
    /// Its number.
    pub id: i64,
    /// The service that will carry it out.
    pub kind: String,
    /// The account that pays.
    pub payer: i64,
    /// The account that receives.
    pub payee: i64,
    /// Minor units.
    pub amount_minor: i64,
    /// `waiting`, `approved`, `declined` or `expired`.
    pub state: String,
    /// Microseconds UTC.
    pub created_at: i64,
    /// Microseconds UTC.
    pub expires_at: i64,
}

/// One order.
pub fn by_id(conn: &mut Conn, id: i64) -> Result<Option<OrderRow>, StoreError> {
    Ok(orders::table.find(id).first(conn).optional()?)
}

/// The orders with these numbers.
pub fn by_ids(conn: &mut Conn, ids: &[i64]) -> Result<Vec<OrderRow>, StoreError> {
    Ok(orders::table.filter(orders::id.eq_any(ids)).load(conn)?)
}

/// What waits for this payer, the newest first.
pub fn waiting(conn: &mut Conn, payer: i64, now: i64, limit: i64) -> Result<Vec<OrderRow>, StoreError> {
    let theirs = orders::table.filter(orders::payer.eq(payer)).filter(orders::state.eq("waiting"));
    Ok(theirs.filter(orders::expires_at.gt(now)).order(orders::id.desc()).limit(limit).load(conn)?)
}

/// Orders whose time is over.
pub fn expired(conn: &mut Conn, now: i64, limit: i64) -> Result<Vec<OrderRow>, StoreError> {
    let due = orders::table.filter(orders::state.eq("waiting")).filter(orders::expires_at.le(now));
    Ok(due.order(orders::expires_at).limit(limit).load(conn)?)
}

/// Adds an order.
pub fn add(conn: &mut Conn, order: &OrderRow) -> Result<(), StoreError> {
    diesel::insert_into(orders::table).values(order).execute(conn)?;
    Ok(())
}

/// Writes the state of an order; the book has compared the old one.
pub fn set_state(conn: &mut Conn, id: i64, state: &str) -> Result<(), StoreError> {
    diesel::update(orders::table.find(id)).set(orders::state.eq(state)).execute(conn)?;
    Ok(())
}
