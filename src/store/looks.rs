//! What the staff looked at and looked for, each once, before it was shown to them. It is only
//! ever added to. What may be looked at, and by whom, is not known here.

use super::record::{self, Cell, Entry, Occupant, RecordKey, Table};
use super::schema::looks;
use super::{Conn, StoreError, on};
use crate::id::{AccountId, LookId, PostingId, StaffId};
use crate::reason::Reason;
use diesel::prelude::*;

/// What one is called in the trail.
pub const KIND: &str = "look";

const TABLE: Table = Table { name: "looks", kind: KIND, key: &["id"], apart: &[] };

/// Something that one of the staff looked at. Why stands in its trail.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct LookRow {
    /// Its number.
    pub id: LookId,
    /// 1: it is never changed.
    pub version: i64,
    /// The posting that recorded it; given by the book.
    pub last_posting: PostingId,
    /// Who looked.
    pub staff: StaffId,
    /// As what they worked then.
    pub roles: String,
    /// The service that showed it.
    pub service: String,
    /// Of whom: a wallet or the float of an outlet; nobody where somebody was looked for.
    pub account: Option<AccountId>,
    /// What was looked for, as far as it may be kept; empty where nothing was.
    pub words: String,
    /// How many were found.
    pub found: i64,
    /// Microseconds UTC.
    pub at: i64,
}

impl LookRow {
    /// What it says of itself.
    pub fn entry(&self) -> Entry<'_> {
        Entry {
            table: &TABLE,
            key: RecordKey::Look(self.id),
            number: self.id.number(),
            version: self.version,
            refusal: Reason::STALE,
            vacant: Vec::new(),
            takes: Vec::new(),
            columns: vec![
                ("id", Cell::Number(self.id.number())),
                ("version", Cell::Number(self.version)),
                ("last_posting", Cell::Number(self.last_posting.number())),
                ("staff", Cell::Number(self.staff.number())),
                ("roles", Cell::Text(&self.roles)),
                ("service", Cell::Text(&self.service)),
                ("account", Cell::Optional(self.account.map(|account| account.number()))),
                ("words", Cell::Text(&self.words)),
                ("found", Cell::Number(self.found)),
                ("at", Cell::Number(self.at)),
            ],
        }
    }
}

/// One of them.
pub fn by_id(conn: &mut Conn, id: LookId) -> Result<Option<LookRow>, StoreError> {
    Ok(on!(conn, c => looks::table.find(id).first(c).optional())?)
}

/// Those at one account, the newest first.
pub fn at_account(
    conn: &mut Conn,
    account: AccountId,
    limit: i64,
) -> Result<Vec<LookRow>, StoreError> {
    let those = looks::table.filter(looks::account.eq(account));
    Ok(on!(conn, c => those.order(looks::id.desc()).limit(limit).load(c))?)
}

/// Those behind one of them.
pub fn page_after(
    conn: &mut Conn,
    after: Option<&LookRow>,
    limit: i64,
) -> Result<Vec<LookRow>, StoreError> {
    let after = after.map_or(LookId::of(i64::MIN), |row| row.id);
    let page = looks::table.filter(looks::id.gt(after)).order(looks::id);
    Ok(on!(conn, c => page.limit(limit).load(c))?)
}

/// Those of these that are there.
pub fn occupants(
    conn: &mut Conn,
    ids: &[LookId],
) -> Result<Vec<(RecordKey, Occupant)>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<LookRow> = on!(conn, c => looks::table.filter(looks::id.eq_any(ids)).load(c))?;
    let own = |row: LookRow| record::own(RecordKey::Look(row.id), row.version, row.last_posting);
    Ok(rows.into_iter().map(own).collect())
}
