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

impl IdentityRow {
    /// What it says of itself: one ID for a wallet, one wallet for an ID.
    pub fn entry(&self) -> Entry<'_> {
        let number = self.account_id.number();
        let id_number = || RecordKey::IdNumber(self.digest.clone());
        let again = if self.version == 1 { Reason::ID_CHECKED } else { Reason::STALE };
        Entry {
            table: &TABLE,
            key: RecordKey::Identity(self.account_id),
            number,
            version: self.version,
            refusal: again,
            vacant: record::first(self.version, vec![(id_number(), Reason::ID_TAKEN)]),
            takes: vec![(id_number(), number)],
            columns: vec![
                ("account_id", Cell::Number(number)),
                ("version", Cell::Number(self.version)),
                ("last_posting", Cell::Number(self.last_posting.number())),
                ("digest", Cell::Bytes(&self.digest)),
                ("assistant", Cell::Number(self.assistant.number())),
                ("at", Cell::Number(self.at)),
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
    after: Option<&IdentityRow>,
    limit: i64,
) -> Result<Vec<IdentityRow>, StoreError> {
    let after = after.map_or(AccountId::of(i64::MIN), |seen| seen.account_id);
    let page = identities::table.filter(identities::account_id.gt(after));
    let page = page.order(identities::account_id).limit(limit);
    Ok(on!(conn, c => page.load(c))?)
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
