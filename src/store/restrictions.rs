//! What may be done with accounts, as it was said: one row for each account of which something else
//! than `open` was ever said. What stands with the account itself follows from it, in the same
//! commit.

use super::account_types::AccountState;
use super::record::{self, Cell, Entry, Occupant, RecordKey, Table};
use super::rows::{Column, Rows};
use super::schema::restrictions;
use super::{Conn, StoreError, on};
use crate::id::{AccountId, PostingId};
use crate::reason::Reason;
use diesel::prelude::*;

const TABLE: Table =
    Table { name: "restrictions", kind: "restriction", key: &["account_id"], apart: &[] };

/// What may be done with an account. In the trail it has the number of the account.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct RestrictionRow {
    /// Which.
    pub account_id: AccountId,
    /// One more with each change, from 1.
    pub version: i64,
    /// The posting that changed it last; given by the book.
    pub last_posting: PostingId,
    /// What may be done with it.
    #[diesel(deserialize_as = String)]
    pub state: AccountState,
}

impl RestrictionRow {
    /// The row that says this, one version after this one.
    pub fn with(&self, state: AccountState) -> RestrictionRow {
        RestrictionRow { state, version: self.version.saturating_add(1), ..self.clone() }
    }

    /// What it says of itself.
    pub fn entry(&self) -> Entry<'_> {
        let number = self.account_id.number();
        Entry {
            table: &TABLE,
            key: RecordKey::Restriction(self.account_id),
            number,
            version: self.version,
            refusal: Reason::STALE,
            vacant: Vec::new(),
            takes: Vec::new(),
            columns: vec![
                ("account_id", Cell::Number(number)),
                ("version", Cell::Number(self.version)),
                ("last_posting", Cell::Number(self.last_posting.number())),
                ("state", Cell::Text(self.state.into())),
            ],
        }
    }
}

/// What was said of an account; version 0 where nothing was.
pub fn of(conn: &mut Conn, account_id: AccountId) -> Result<RestrictionRow, StoreError> {
    let found = restrictions::table.find(account_id);
    let found: Option<RestrictionRow> = on!(conn, c => found.first(c).optional())?;
    let none = RestrictionRow {
        account_id,
        version: 0,
        last_posting: PostingId::NONE,
        state: AccountState::Open,
    };
    Ok(found.unwrap_or(none))
}

/// Brings accounts to what these rows say of them.
pub fn impose(said: &[&RestrictionRow]) -> Rows<'static> {
    let columns = vec![
        Column::ids(said.iter().map(|row| row.account_id)),
        Column::Texts(said.iter().map(|row| row.state.into()).collect()),
    ];
    Rows::update(said.len(), columns, "accounts", "id", &["state"]).all_there()
}

/// Those behind one of them.
pub fn page_after(
    conn: &mut Conn,
    after: Option<&RestrictionRow>,
    limit: i64,
) -> Result<Vec<RestrictionRow>, StoreError> {
    let after = after.map_or(AccountId::of(i64::MIN), |row| row.account_id);
    let page = restrictions::table.filter(restrictions::account_id.gt(after));
    Ok(on!(conn, c => page.order(restrictions::account_id).limit(limit).load(c))?)
}

/// Those of these that are there.
pub fn occupants(
    conn: &mut Conn,
    accounts: &[AccountId],
) -> Result<Vec<(RecordKey, Occupant)>, StoreError> {
    if accounts.is_empty() {
        return Ok(Vec::new());
    }
    let rows = restrictions::table.filter(restrictions::account_id.eq_any(accounts));
    let rows: Vec<RestrictionRow> = on!(conn, c => rows.load(c))?;
    let own = |row: RestrictionRow| {
        record::own(RecordKey::Restriction(row.account_id), row.version, row.last_posting)
    };
    Ok(rows.into_iter().map(own).collect())
}
