//! Who takes no requests for money from whom.

use super::rows::{Column, Rows};
use super::schema::blocks;
use super::{Conn, StoreError, on};
use crate::id::AccountId;
use diesel::prelude::*;
use std::collections::BTreeMap;

/// Whom this account has blocked.
pub fn by(conn: &mut Conn, account: AccountId) -> Result<Vec<AccountId>, StoreError> {
    let theirs = blocks::table.filter(blocks::account.eq(account)).filter(blocks::blocked.eq(1));
    Ok(on!(conn, c => theirs.select(blocks::other).order(blocks::other).load(c))?)
}

/// Writes who is blocked by whom: account, other, and whether.
pub fn set(blocks: &BTreeMap<(AccountId, AccountId), bool>) -> Rows<'static> {
    let columns = vec![
        Column::ids(blocks.keys().map(|(account, _)| *account)),
        Column::ids(blocks.keys().map(|(_, other)| *other)),
        Column::Numbers(blocks.values().map(|blocked| i64::from(*blocked)).collect()),
    ];
    let tail = "ON CONFLICT (account, other) DO UPDATE SET blocked = excluded.blocked";
    Rows::insert(blocks.len(), columns, "INSERT INTO blocks (account, other, blocked)", tail)
}
