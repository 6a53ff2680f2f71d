//! Reversals: payments that their sender asks back.

use super::rows::{Column, Rows};
use super::schema::reversals;
use super::{Conn, StoreError, on};
use crate::id::AccountId;
use diesel::prelude::*;
use std::collections::BTreeMap;

/// A payment that is asked back: once, ever.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = reversals)]
pub struct ReversalRow {
    /// The posting that is asked back.
    pub payment: i64,
    /// Who sent it, and asks.
    pub payer: AccountId,
    /// Who has it.
    pub payee: AccountId,
    /// The hold on what was still there; 0 where nothing was.
    pub hold: i64,
    /// What was sent, minor units.
    pub amount_minor: i64,
    /// What of it is held, minor units.
    pub held_minor: i64,
    /// `asked`, `disputed`; then `agreed`, `given_back`, `released` or `ended`. `spent` where
    /// nothing was there.
    pub state: String,
    /// Why staff decided so.
    pub why: String,
    /// Microseconds UTC.
    pub asked_at: i64,
    /// Microseconds UTC.
    pub expires_at: i64,
}

/// The reversal of a payment.
pub fn by_payment(conn: &mut Conn, payment: i64) -> Result<Option<ReversalRow>, StoreError> {
    Ok(on!(conn, c => reversals::table.find(payment).first(c).optional())?)
}

/// The reversals of these payments.
pub fn by_payments(conn: &mut Conn, payments: &[i64]) -> Result<Vec<ReversalRow>, StoreError> {
    Ok(on!(conn, c => reversals::table.filter(reversals::payment.eq_any(payments)).load(c))?)
}

/// The reversal behind a hold.
pub fn by_hold(conn: &mut Conn, hold: i64) -> Result<Option<ReversalRow>, StoreError> {
    Ok(on!(conn, c => reversals::table.filter(reversals::hold.eq(hold)).first(c).optional())?)
}

/// What is asked of this account and not decided, the newest first.
pub fn asked_of(conn: &mut Conn, payee: AccountId) -> Result<Vec<ReversalRow>, StoreError> {
    let theirs = reversals::table.filter(reversals::payee.eq(payee));
    let theirs = theirs
        .filter(reversals::state.eq_any(["asked", "disputed"]))
        .order(reversals::payment.desc());
    Ok(on!(conn, c => theirs.load(c))?)
}

/// How many this account has asked for since then.
pub fn count_since(conn: &mut Conn, payer: AccountId, since: i64) -> Result<i64, StoreError> {
    let theirs =
        reversals::table.filter(reversals::payer.eq(payer)).filter(reversals::asked_at.ge(since));
    Ok(on!(conn, c => theirs.count().get_result(c))?)
}

/// What is not decided, the oldest first.
pub fn undecided(conn: &mut Conn, limit: i64) -> Result<Vec<ReversalRow>, StoreError> {
    let open = reversals::table.filter(reversals::state.eq_any(["asked", "disputed"]));
    Ok(on!(conn, c => open.order(reversals::asked_at).limit(limit).load(c))?)
}

/// Adds reversals.
pub fn add(new: &[ReversalRow]) -> Rows<'_> {
    let columns = vec![
        Column::Numbers(new.iter().map(|r| r.payment).collect()),
        Column::ids(new.iter().map(|r| r.payer)),
        Column::ids(new.iter().map(|r| r.payee)),
        Column::Numbers(new.iter().map(|r| r.hold).collect()),
        Column::Numbers(new.iter().map(|r| r.amount_minor).collect()),
        Column::Numbers(new.iter().map(|r| r.held_minor).collect()),
        Column::Texts(new.iter().map(|r| r.state.as_str()).collect()),
        Column::Texts(new.iter().map(|r| r.why.as_str()).collect()),
        Column::Numbers(new.iter().map(|r| r.asked_at).collect()),
        Column::Numbers(new.iter().map(|r| r.expires_at).collect()),
    ];
    let head = "INSERT INTO reversals (payment, payer, payee, hold, amount_minor, held_minor, \
                state, why, asked_at, expires_at)";
    Rows::insert(new.len(), columns, head, "")
}

/// Writes states and reasons of reversals, by payment; the book has compared the old ones.
pub fn set_states<'a>(states: &BTreeMap<i64, (&'static str, &'a str)>) -> Rows<'a> {
    let columns = vec![
        Column::Numbers(states.keys().copied().collect()),
        Column::Texts(states.values().map(|(state, _)| *state).collect()),
        Column::Texts(states.values().map(|(_, why)| *why).collect()),
    ];
    Rows::update(states.len(), columns, "reversals", "payment", &["state", "why"])
}
