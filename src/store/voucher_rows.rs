//! Vouchers: codes for cash that are made out to a number without a wallet.

use super::agent_rows::CashCodeRow;
use super::people::PersonRow;
use super::schema::{cash_codes, people, pins};
use super::{Conn, StoreError, on};
use crate::id::AccountId;
use diesel::prelude::*;

/// What this wallet has sent, whatever became of it, whose time ends after that.
pub fn sent_by(
    conn: &mut Conn,
    account: AccountId,
    after: i64,
    limit: i64,
) -> Result<Vec<CashCodeRow>, StoreError> {
    let theirs = cash_codes::table
        .filter(cash_codes::account_id.eq(account))
        .filter(cash_codes::msisdn.is_not_null());
    let theirs = theirs.filter(cash_codes::expires_at.gt(after)).order(cash_codes::id).limit(limit);
    Ok(on!(conn, c => theirs.load(c))?)
}

/// What waits for this number.
pub fn waiting_for(
    conn: &mut Conn,
    msisdn: &str,
    now: i64,
) -> Result<Vec<CashCodeRow>, StoreError> {
    let theirs = cash_codes::table
        .filter(cash_codes::msisdn.eq(msisdn))
        .filter(cash_codes::state.eq("open"));
    Ok(on!(conn, c => theirs.filter(cash_codes::expires_at.gt(now)).order(cash_codes::id).load(c))?)
}

/// How many were ever sent by this wallet.
pub fn sent_count(conn: &mut Conn, account: AccountId) -> Result<i64, StoreError> {
    let sent = cash_codes::table
        .filter(cash_codes::account_id.eq(account))
        .filter(cash_codes::msisdn.is_not_null());
    Ok(on!(conn, c => sent.count().get_result(c))?)
}

/// How many were ever sent to this number.
pub fn meant_count(conn: &mut Conn, msisdn: &str) -> Result<i64, StoreError> {
    let meant = cash_codes::table.filter(cash_codes::msisdn.eq(msisdn));
    Ok(on!(conn, c => meant.count().get_result(c))?)
}

/// What waits for numbers that have a wallet by now, a page at a time; with who has it. A wallet
/// that an agent opened and nobody has taken yet is nobody's: without a PIN what waits goes on
/// waiting.
pub fn of_joined(
    conn: &mut Conn,
    now: i64,
    after: i64,
    limit: i64,
) -> Result<Vec<(CashCodeRow, PersonRow)>, StoreError> {
    let joined = cash_codes::table
        .inner_join(people::table.on(people::msisdn.nullable().eq(cash_codes::msisdn)));
    let joined =
        joined.filter(cash_codes::state.eq("open")).filter(cash_codes::msisdn.is_not_null());
    let joined = joined.filter(people::account_id.eq_any(pins::table.select(pins::account_id)));
    let joined = joined.filter(cash_codes::expires_at.gt(now)).filter(cash_codes::id.gt(after));
    let joined = joined
        .order(cash_codes::id)
        .limit(limit)
        .select((cash_codes::all_columns, people::all_columns));
    Ok(on!(conn, c => joined.load(c))?)
}

/// The voucher behind a hold, whatever became of it.
pub fn behind(conn: &mut Conn, hold: i64) -> Result<Option<CashCodeRow>, StoreError> {
    let behind = cash_codes::table
        .filter(cash_codes::hold.eq(hold))
        .filter(cash_codes::msisdn.is_not_null());
    Ok(on!(conn, c => behind.first(c).optional())?)
}
