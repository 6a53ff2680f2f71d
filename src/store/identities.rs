//! Identities: keyed digests of ID numbers, so that one person has one wallet. The numbers
//! themselves are nowhere.

use super::rows::{Column, Rows};
use super::schema::identities;
use super::{Conn, StoreError, on};
use crate::id::{AccountId, AssistantId};
use diesel::prelude::*;

/// Whose ID was seen, and by whom.
#[derive(Clone, PartialEq, Eq, Queryable)]
pub struct IdentityRow {
    /// The keyed digest of the ID number.
    pub digest: Vec<u8>,
    /// The wallet of its owner.
    pub account_id: AccountId,
    /// Who has seen the ID.
    pub assistant: AssistantId,
    /// Microseconds UTC.
    pub at: i64,
}

impl std::fmt::Debug for IdentityRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "IdentityRow(account {})", self.account_id)
    }
}

/// Those of these digests, and of these wallets, that are known already.
pub fn known(
    conn: &mut Conn,
    digests: &[&[u8]],
    accounts: &[AccountId],
) -> Result<Vec<(Vec<u8>, AccountId)>, StoreError> {
    let either = identities::digest.eq_any(digests).or(identities::account_id.eq_any(accounts));
    let theirs =
        identities::table.filter(either).select((identities::digest, identities::account_id));
    Ok(on!(conn, c => theirs.load(c))?)
}

/// Whether an ID was seen of the owner of this wallet.
pub fn is_known(conn: &mut Conn, account: AccountId) -> Result<bool, StoreError> {
    Ok(!known(conn, &[], &[account])?.is_empty())
}

/// Adds identities.
pub fn add<'a>(rows: &[&'a IdentityRow]) -> Rows<'a> {
    let columns = vec![
        Column::Bytes(rows.iter().map(|row| row.digest.as_slice()).collect()),
        Column::ids(rows.iter().map(|row| row.account_id)),
        Column::ids(rows.iter().map(|row| row.assistant)),
        Column::Numbers(rows.iter().map(|row| row.at).collect()),
    ];
    Rows::insert(
        rows.len(),
        columns,
        "INSERT INTO identities (digest, account_id, assistant, at)",
        "",
    )
}
