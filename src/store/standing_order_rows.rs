//! Standing orders: what was agreed on, how far it has come, and when to look at it next.

use super::record::{self, Occupant, RecordKey};
use super::rows::{Column, Rows};
use super::schema::standing_orders;
use super::{Conn, StoreError, on};
use crate::id::AccountId;
use diesel::prelude::*;

/// A standing order.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct StandingOrderRow {
    /// Its number.
    pub id: i64,
    /// One more with each change.
    pub version: i64,
    /// Who pays.
    pub payer: AccountId,
    /// Who is paid.
    pub payee: AccountId,
    /// What is paid each time, minor units.
    pub amount_minor: i64,
    /// What each time costs altogether, as the payer was told last, minor units.
    pub total_minor: i64,
    /// `day`, `week` or `month`.
    pub every: String,
    /// The first day on which it is due, by its number.
    pub first_day: i64,
    /// How many times.
    pub times: i64,
    /// How many of them are over, paid or not.
    pub done: i64,
    /// How many in a row were not paid.
    pub failed: i64,
    /// What is to be done next: `notice`, `pay` or `retry`.
    pub stage: String,
    /// When, microseconds UTC.
    pub wake_at: i64,
    /// `open`, `ended` or `cancelled`.
    pub state: String,
}

/// One of them.
pub fn by_id(conn: &mut Conn, id: i64) -> Result<Option<StandingOrderRow>, StoreError> {
    Ok(on!(conn, c => standing_orders::table.find(id).first(c).optional())?)
}

/// Those of a payer that are open, the oldest first.
pub fn open_of(
    conn: &mut Conn,
    payer: AccountId,
    limit: i64,
) -> Result<Vec<StandingOrderRow>, StoreError> {
    let theirs = standing_orders::table
        .filter(standing_orders::payer.eq(payer))
        .filter(standing_orders::state.eq("open"));
    Ok(on!(conn, c => theirs.order(standing_orders::id).limit(limit).load(c))?)
}

/// Those about which something is to be done, the longest due first.
pub fn due(conn: &mut Conn, now: i64, limit: i64) -> Result<Vec<StandingOrderRow>, StoreError> {
    let due = standing_orders::table
        .filter(standing_orders::state.eq("open"))
        .filter(standing_orders::wake_at.le(now));
    Ok(on!(conn, c =>
        due.order((standing_orders::wake_at, standing_orders::id))
            .limit(limit)
            .load(c)
    )?)
}

/// Those of these that are there.
pub fn occupants(conn: &mut Conn, ids: &[i64]) -> Result<Vec<(RecordKey, Occupant)>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let these = standing_orders::table.filter(standing_orders::id.eq_any(ids));
    let these = these.select((standing_orders::id, standing_orders::version));
    let found: Vec<(i64, i64)> = on!(conn, c => these.load(c))?;
    let own = |(id, version)| record::own(RecordKey::StandingOrder(id), version, 0);
    Ok(found.into_iter().map(own).collect())
}

/// Stores them, new or not.
pub fn keep<'a>(rows: &[&'a StandingOrderRow]) -> Rows<'a> {
    let columns = vec![
        Column::Numbers(rows.iter().map(|s| s.id).collect()),
        Column::Numbers(rows.iter().map(|s| s.version).collect()),
        Column::ids(rows.iter().map(|s| s.payer)),
        Column::ids(rows.iter().map(|s| s.payee)),
        Column::Numbers(rows.iter().map(|s| s.amount_minor).collect()),
        Column::Numbers(rows.iter().map(|s| s.total_minor).collect()),
        Column::Texts(rows.iter().map(|s| s.every.as_str()).collect()),
        Column::Numbers(rows.iter().map(|s| s.first_day).collect()),
        Column::Numbers(rows.iter().map(|s| s.times).collect()),
        Column::Numbers(rows.iter().map(|s| s.done).collect()),
        Column::Numbers(rows.iter().map(|s| s.failed).collect()),
        Column::Texts(rows.iter().map(|s| s.stage.as_str()).collect()),
        Column::Numbers(rows.iter().map(|s| s.wake_at).collect()),
        Column::Texts(rows.iter().map(|s| s.state.as_str()).collect()),
    ];
    let head = "INSERT INTO standing_orders (id, version, payer, payee, amount_minor, total_minor, \
                every, first_day, times, done, failed, stage, wake_at, state)";
    let tail = "ON CONFLICT (id) DO UPDATE SET version = excluded.version, total_minor = \
                excluded.total_minor, done = excluded.done, failed = excluded.failed, stage = \
                excluded.stage, wake_at = excluded.wake_at, state = excluded.state";
    Rows::insert(rows.len(), columns, head, tail)
}
