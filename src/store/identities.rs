//! Identities: keyed digests of ID numbers, so that one person has one wallet. The numbers
//! themselves are nowhere.

use super::ask::{self, Database};
use super::record::{self, Cell, Entry, Occupant, RecordKey, Table};
use super::schema::identities;
use super::{Conn, StoreError, on};
use crate::id::{AccountId, AssistantId, PostingId};
use crate::reason::Reason;
use diesel::prelude::*;

const TABLE: Table =
    Table { name: "identities", kind: "identity", key: &["account_id"], apart: &[] };

/// Whose ID was seen, and by whom. In the trail it has the number of the wallet.
#[derive(Clone, PartialEq, Eq, Queryable)]
pub struct IdentityRow {
    /// The wallet of its owner.
    pub account_id: AccountId,
    /// One more with each change, from 1.
    pub version: i64,
    /// The posting that changed it last; given by the book.
    pub last_posting: PostingId,
    /// The keyed digest of the ID number.
    pub digest: Vec<u8>,
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

/// An ID as it is seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// What is remembered of it.
    pub row: IdentityRow,
    /// The digests of the same number under keys that were in use before: not stored, but no other
    /// wallet may have one of them.
    pub older: Vec<Vec<u8>>,
}

impl Identity {
    /// What it says of itself: one ID for a wallet, one wallet for an ID.
    pub fn entry(&self) -> Entry<'_> {
        let row = &self.row;
        let number = row.account_id.number();
        let digests = [&row.digest].into_iter().chain(&self.older);
        let vacant = digests.map(|digest| (RecordKey::IdNumber(digest.clone()), Reason::ID_TAKEN));
        let again = if row.version == 1 { Reason::ID_CHECKED } else { Reason::STALE };
        Entry {
            table: &TABLE,
            key: RecordKey::Identity(row.account_id),
            number,
            version: row.version,
            refusal: again,
            vacant: record::first(row.version, vacant.collect()),
            takes: vec![(RecordKey::IdNumber(row.digest.clone()), number)],
            columns: vec![
                ("account_id", Cell::Number(number)),
                ("version", Cell::Number(row.version)),
                ("last_posting", Cell::Number(row.last_posting.number())),
                ("digest", Cell::Bytes(&row.digest)),
                ("assistant", Cell::Number(row.assistant.number())),
                ("at", Cell::Number(row.at)),
            ],
        }
    }
}

/// Whether an ID was seen of the owner of this wallet.
pub async fn is_known(asked: Database<'_>, account: AccountId) -> Result<bool, StoreError> {
    let theirs = identities::table.find(account).select(identities::version);
    let known: Option<i64> = ask::row(asked, theirs).await?;
    Ok(known.is_some())
}

/// Those behind one of them.
pub fn page_after(
    conn: &mut Conn,
    after: Option<&Identity>,
    limit: i64,
) -> Result<Vec<Identity>, StoreError> {
    let after = after.map_or(AccountId::of(i64::MIN), |seen| seen.row.account_id);
    let page = identities::table.filter(identities::account_id.gt(after));
    let page = page.order(identities::account_id).limit(limit);
    let rows: Vec<IdentityRow> = on!(conn, c => page.load(c))?;
    Ok(rows.into_iter().map(|row| Identity { row, older: Vec::new() }).collect())
}

/// What is known of these wallets, and of these IDs.
pub fn occupants(
    conn: &mut Conn,
    accounts: &[AccountId],
    digests: &[&[u8]],
) -> Result<Vec<(RecordKey, Occupant)>, StoreError> {
    if accounts.is_empty() && digests.is_empty() {
        return Ok(Vec::new());
    }
    let either = identities::digest.eq_any(digests).or(identities::account_id.eq_any(accounts));
    let rows: Vec<IdentityRow> = on!(conn, c => identities::table.filter(either).load(c))?;
    let both = |row: IdentityRow| {
        let number = row.account_id.number();
        let own = RecordKey::Identity(row.account_id);
        [
            record::own(own, row.version, row.last_posting),
            record::taken(RecordKey::IdNumber(row.digest), number),
        ]
    };
    Ok(rows.into_iter().flat_map(both).collect())
}
