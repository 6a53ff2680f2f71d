//! Payment orders: payments that wait for somebody's yes, and who takes no requests for them from
//! whom.

use super::rows::{Column, Rows};
use super::schema::orders;
use super::{Conn, StoreError, on};
use crate::id::AccountId;
use diesel::prelude::*;
use std::collections::BTreeMap;

/// A payment that waits.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = orders, treat_none_as_default_value = false)]
pub struct OrderRow {
    /// Its number.
    pub id: i64,
    /// The service that will carry it out.
    pub kind: String,
    /// The account that pays.
    pub payer: AccountId,
    /// The account that receives.
    pub payee: AccountId,
    /// Minor units.
    pub amount_minor: i64,
    /// `waiting`, `approved`, `declined`, `expired` or `cancelled`.
    pub state: String,
    /// Microseconds UTC.
    pub created_at: i64,
    /// Microseconds UTC.
    pub expires_at: i64,
    /// What a request is for, in the words of who asks.
    pub reference: String,
    /// The split bill it is a share of.
    pub split: Option<i64>,
    /// When the payer is reminded by itself, microseconds UTC.
    pub remind_at: Option<i64>,
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
pub fn waiting(
    conn: &mut Conn,
    payer: AccountId,
    now: i64,
    limit: i64,
) -> Result<Vec<OrderRow>, StoreError> {
    let theirs = orders::table.filter(orders::payer.eq(payer)).filter(orders::state.eq("waiting"));
    Ok(on!(conn, c =>
        theirs.filter(orders::expires_at.gt(now))
            .order(orders::id.desc())
            .limit(limit)
            .load(c)
    )?)
}

/// Orders whose time is over.
pub fn expired(conn: &mut Conn, now: i64, limit: i64) -> Result<Vec<OrderRow>, StoreError> {
    let due = orders::table.filter(orders::state.eq("waiting")).filter(orders::expires_at.le(now));
    Ok(on!(conn, c => due.order(orders::expires_at).limit(limit).load(c))?)
}

/// What this account has asked for by orders of this kind since then, the newest first.
pub fn requests_of(
    conn: &mut Conn,
    kind: &str,
    asker: AccountId,
    since: i64,
    limit: i64,
) -> Result<Vec<OrderRow>, StoreError> {
    let theirs = orders::table.filter(orders::payee.eq(asker)).filter(orders::kind.eq(kind));
    let theirs = theirs.filter(orders::created_at.ge(since)).order(orders::id.desc()).limit(limit);
    Ok(on!(conn, c => theirs.load(c))?)
}

/// How many orders of this kind this account ever asked for.
pub fn requests_made(conn: &mut Conn, kind: &str, asker: AccountId) -> Result<i64, StoreError> {
    let theirs = orders::table.filter(orders::payee.eq(asker)).filter(orders::kind.eq(kind));
    Ok(on!(conn, c => theirs.count().get_result(c))?)
}

/// The shares of a split bill of this account, in the order they were entered.
pub fn of_split(
    conn: &mut Conn,
    split: i64,
    asker: AccountId,
) -> Result<Vec<OrderRow>, StoreError> {
    let theirs = orders::table.filter(orders::split.eq(split)).filter(orders::payee.eq(asker));
    Ok(on!(conn, c => theirs.order(orders::id).load(c))?)
}

/// What waits and whose payer is to be reminded by now.
pub fn to_remind(conn: &mut Conn, now: i64, limit: i64) -> Result<Vec<OrderRow>, StoreError> {
    let due = orders::table.filter(orders::state.eq("waiting")).filter(orders::remind_at.le(now));
    let due = due.filter(orders::expires_at.gt(now)).order(orders::remind_at).limit(limit);
    Ok(on!(conn, c => due.load(c))?)
}

/// Who has asked this account by orders of this kind since then.
pub fn askers(
    conn: &mut Conn,
    kind: &str,
    payer: AccountId,
    since: i64,
    limit: i64,
) -> Result<Vec<AccountId>, StoreError> {
    let to_them = orders::table.filter(orders::payer.eq(payer)).filter(orders::kind.eq(kind));
    let to_them = to_them.filter(orders::created_at.ge(since)).select(orders::payee).distinct();
    Ok(on!(conn, c => to_them.order(orders::payee).limit(limit).load(c))?)
}

/// Adds orders.
pub fn add<'a>(orders: &[&'a OrderRow]) -> Rows<'a> {
    let columns = vec![
        Column::Numbers(orders.iter().map(|o| o.id).collect()),
        Column::Texts(orders.iter().map(|o| o.kind.as_str()).collect()),
        Column::ids(orders.iter().map(|o| o.payer)),
        Column::ids(orders.iter().map(|o| o.payee)),
        Column::Numbers(orders.iter().map(|o| o.amount_minor).collect()),
        Column::Texts(orders.iter().map(|o| o.state.as_str()).collect()),
        Column::Numbers(orders.iter().map(|o| o.created_at).collect()),
        Column::Numbers(orders.iter().map(|o| o.expires_at).collect()),
        Column::Texts(orders.iter().map(|o| o.reference.as_str()).collect()),
        Column::Optional(orders.iter().map(|o| o.split).collect()),
        Column::Optional(orders.iter().map(|o| o.remind_at).collect()),
    ];
    let head = "INSERT INTO orders (id, kind, payer, payee, amount_minor, state, created_at, \
                expires_at, reference, split, remind_at)";
    Rows::insert(orders.len(), columns, head, "")
}

/// Writes the states of orders, by number; the book has compared the old ones.
pub fn set_states(states: &BTreeMap<i64, &'static str>) -> Rows<'static> {
    let columns = vec![
        Column::Numbers(states.keys().copied().collect()),
        Column::Texts(states.values().copied().collect()),
    ];
    Rows::update(states.len(), columns, "orders", "id", &["state"])
}

/// Their payers were reminded and are not again.
pub fn set_reminded(orders: &[i64]) -> Rows<'static> {
    let columns = vec![
        Column::Numbers(orders.to_vec()),
        Column::Optional(orders.iter().map(|_| None).collect()),
    ];
    Rows::update(orders.len(), columns, "orders", "id", &["remind_at"])
}
