//! Which tariff and which limits count, each by the digest of what its file says. What they say
//! stands in their files alone.

use super::record::{self, Cell, Entry, Occupant, RecordKey, Table};
use super::schema::rules;
use super::{Conn, StoreError, on};
use crate::id::PostingId;
use crate::reason::Reason;
use diesel::prelude::*;

const TABLE: Table = Table { name: "rules", kind: "rule", key: &["name"], apart: &[] };

/// What counts. In the trail it has a number made of its name.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct RuleRow {
    /// Which: `tariff`, `limits`.
    pub name: String,
    /// One more with each change, from 1.
    pub version: i64,
    /// The posting that changed it last; given by the book.
    pub last_posting: PostingId,
    /// Of what its file says.
    pub digest: Vec<u8>,
}

impl RuleRow {
    /// What it says of itself.
    pub fn entry(&self) -> Entry<'_> {
        Entry {
            table: &TABLE,
            key: RecordKey::Rule(self.name.clone()),
            number: record::number_of(&[], &self.name),
            version: self.version,
            refusal: Reason::STALE,
            vacant: Vec::new(),
            takes: Vec::new(),
            columns: vec![
                ("name", Cell::Text(&self.name)),
                ("version", Cell::Number(self.version)),
                ("last_posting", Cell::Number(self.last_posting.number())),
                ("digest", Cell::Bytes(&self.digest)),
            ],
        }
    }
}

/// What counts by this name; version 0 where nothing was ever said.
pub fn named(conn: &mut Conn, name: &str) -> Result<RuleRow, StoreError> {
    let found: Option<RuleRow> = on!(conn, c => rules::table.find(name).first(c).optional())?;
    let none = || RuleRow {
        name: name.to_owned(),
        version: 0,
        last_posting: PostingId::NONE,
        digest: Vec::new(),
    };
    Ok(found.unwrap_or_else(none))
}

/// Those behind one of them.
pub fn page_after(
    conn: &mut Conn,
    after: Option<&RuleRow>,
    limit: i64,
) -> Result<Vec<RuleRow>, StoreError> {
    let after = after.map_or("", |row| &row.name);
    let page = rules::table.filter(rules::name.gt(after)).order(rules::name);
    Ok(on!(conn, c => page.limit(limit).load(c))?)
}

/// Those of these that are there.
pub fn occupants(
    conn: &mut Conn,
    names: &[&str],
) -> Result<Vec<(RecordKey, Occupant)>, StoreError> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<RuleRow> =
        on!(conn, c => rules::table.filter(rules::name.eq_any(names)).load(c))?;
    let own = |row: RuleRow| record::own(RecordKey::Rule(row.name), row.version, row.last_posting);
    Ok(rows.into_iter().map(own).collect())
}
