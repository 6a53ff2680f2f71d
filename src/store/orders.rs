//! Payment orders: payments that wait for somebody's yes.

use super::rows::{Column, Rows};
use super::schema::orders;
use super::{Conn, StoreError, on};
use diesel::prelude::*;
use std::collections::BTreeMap;

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
    Ok(on!(conn, c => orders::table.find(id).first(c).optional())?)
}

/// The orders with these numbers.
pub fn by_ids(conn: &mut Conn, ids: &[i64]) -> Result<Vec<OrderRow>, StoreError> {
    Ok(on!(conn, c => orders::table.filter(orders::id.eq_any(ids)).load(c))?)
}

/// What waits for this payer, the newest first.
pub fn waiting(conn: &mut Conn, payer: i64, now: i64, limit: i64) -> Result<Vec<OrderRow>, StoreError> {
    let theirs = orders::table.filter(orders::payer.eq(payer)).filter(orders::state.eq("waiting"));
    Ok(on!(conn, c => theirs.filter(orders::expires_at.gt(now)).order(orders::id.desc()).limit(limit).load(c))?)
}

/// Orders whose time is over.
pub fn expired(conn: &mut Conn, now: i64, limit: i64) -> Result<Vec<OrderRow>, StoreError> {
    let due = orders::table.filter(orders::state.eq("waiting")).filter(orders::expires_at.le(now));
    Ok(on!(conn, c => due.order(orders::expires_at).limit(limit).load(c))?)
}

/// Adds orders.
pub fn add<'a>(orders: &[&'a OrderRow]) -> Rows<'a> {
    let columns = vec![
        Column::Numbers(orders.iter().map(|o| o.id).collect()),
        Column::Texts(orders.iter().map(|o| o.kind.as_str()).collect()),
        Column::Numbers(orders.iter().map(|o| o.payer).collect()),
        Column::Numbers(orders.iter().map(|o| o.payee).collect()),
        Column::Numbers(orders.iter().map(|o| o.amount_minor).collect()),
        Column::Texts(orders.iter().map(|o| o.state.as_str()).collect()),
        Column::Numbers(orders.iter().map(|o| o.created_at).collect()),
        Column::Numbers(orders.iter().map(|o| o.expires_at).collect()),
    ];
    Rows::insert(
        orders.len(),
        columns,
        "INSERT INTO orders (id, kind, payer, payee, amount_minor, state, created_at, expires_at)",
        "",
    )
}

/// Writes the states of orders, by number; the book has compared the old ones.
pub fn set_states(states: &BTreeMap<i64, &'static str>) -> Rows<'static> {
    let columns =
        vec![Column::Numbers(states.keys().copied().collect()), Column::Texts(states.values().copied().collect())];
    Rows::update(states.len(), columns, "orders", "id", &["state"])
}
