//! Who takes no requests of whom.

use super::ask::{self, Database};
use super::record::{self, Cell, Entry, Occupant, RecordKey, Table};
use super::schema::blocks;
use super::{Conn, StoreError, on};
use crate::id::{AccountId, PostingId};
use crate::reason::Reason;
use diesel::prelude::*;

const TABLE: Table =
    Table { name: "blocks", kind: "block", key: &["account", "other"], apart: &[] };

/// Whether somebody takes requests of somebody else. In the trail it has a number that is made of
/// both wallets.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct BlockRow {
    /// Who is asked.
    pub account: AccountId,
    /// Who asks.
    pub other: AccountId,
    /// One more with each change, from 1.
    pub version: i64,
    /// The posting that changed it last; given by the book.
    pub last_posting: PostingId,
    /// 1: not any more.
    pub blocked: i64,
}

impl BlockRow {
    /// What it says of itself.
    pub fn entry(&self) -> Entry<'_> {
        Entry {
            table: &TABLE,
            key: RecordKey::Block(self.account, self.other),
            number: record::number_of(&[self.account.number(), self.other.number()], ""),
            version: self.version,
            refusal: Reason::STALE,
            vacant: Vec::new(),
            takes: Vec::new(),
            columns: vec![
                ("account", Cell::Number(self.account.number())),
                ("other", Cell::Number(self.other.number())),
                ("version", Cell::Number(self.version)),
                ("last_posting", Cell::Number(self.last_posting.number())),
                ("blocked", Cell::Number(self.blocked)),
            ],
        }
    }
}

/// Whom this account has blocked.
pub async fn blocked_by(
    asked: Database<'_>,
    account: AccountId,
) -> Result<Vec<AccountId>, StoreError> {
    let theirs = blocks::table.filter(blocks::account.eq(account)).filter(blocks::blocked.eq(1));
    ask::rows(asked, theirs.select(blocks::other).order(blocks::other)).await
}

/// How often it was said whether this account takes requests of that one.
pub async fn version(
    asked: Database<'_>,
    account: AccountId,
    other: AccountId,
) -> Result<i64, StoreError> {
    let theirs = blocks::table.find((account, other)).select(blocks::version);
    let found: Option<i64> = ask::row(asked, theirs).await?;
    Ok(found.unwrap_or(0))
}

/// Those behind one of them.
pub fn page_after(
    conn: &mut Conn,
    after: Option<&BlockRow>,
    limit: i64,
) -> Result<Vec<BlockRow>, StoreError> {
    let least = AccountId::of(i64::MIN);
    let (account, other) = after.map_or((least, least), |row| (row.account, row.other));
    let same = blocks::account.eq(account).and(blocks::other.gt(other));
    let page = blocks::table.filter(blocks::account.gt(account).or(same));
    let page = page.order((blocks::account, blocks::other)).limit(limit);
    Ok(on!(conn, c => page.load(c))?)
}

/// Those of these that are there.
pub fn occupants(
    conn: &mut Conn,
    pairs: &[(AccountId, AccountId)],
) -> Result<Vec<(RecordKey, Occupant)>, StoreError> {
    let mut found = Vec::new();
    for pair in pairs {
        let row: Option<BlockRow> = on!(conn, c => blocks::table.find(*pair).first(c).optional())?;
        found.extend(row.map(|row| {
            let own = RecordKey::Block(row.account, row.other);
            record::own(own, row.version, row.last_posting)
        }));
    }
    Ok(found)
}
