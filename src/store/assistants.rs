//! Who serves at outlets: each serves at one at a time. Who has left stays in the table, for what
//! they did stays theirs.

use super::record::{self, Cell, Entry, Occupant, RecordKey, Table};
use super::schema::assistants;
use super::{Conn, StoreError, on};
use crate::id::{AccountId, AssistantId, PostingId};
use crate::reason::Reason;
use diesel::prelude::*;

const TABLE: Table = Table { name: "assistants", kind: "assistant", key: &["id"], apart: &[] };

/// They serve at an outlet already.
pub const SERVES_ALREADY: Reason = Reason::new("serves_already");

/// Somebody who serves at an outlet, or did.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct AssistantRow {
    /// Names their PIN for this work.
    pub id: AssistantId,
    /// One more with each change, from 1.
    pub version: i64,
    /// The posting that changed it last; given by the book.
    pub last_posting: PostingId,
    /// Their own wallet.
    pub person: AccountId,
    /// The float account of the outlet.
    pub outlet: AccountId,
    /// Microseconds UTC.
    pub since: i64,
    /// Since when they do not any more, microseconds UTC.
    pub left_at: Option<i64>,
}

impl AssistantRow {
    /// Somebody who begins to serve.
    pub fn begins(id: AssistantId, person: AccountId, outlet: AccountId, since: i64) -> Self {
        let last_posting = PostingId::NONE;
        AssistantRow { id, version: 1, last_posting, person, outlet, since, left_at: None }
    }

    /// The same as they leave.
    pub fn leaves(&self, at: i64) -> AssistantRow {
        let version = self.version.saturating_add(1);
        AssistantRow { version, left_at: Some(at), ..self.clone() }
    }

    /// What it says of itself: while they serve here, they begin nowhere else.
    pub fn entry(&self) -> Entry<'_> {
        let number = self.id.number();
        let place = || RecordKey::Serves(self.person);
        let serves = if self.left_at.is_none() { number } else { 0 };
        Entry {
            table: &TABLE,
            key: RecordKey::Assistant(self.id),
            number,
            version: self.version,
            refusal: Reason::STALE,
            vacant: record::first(self.version, vec![(place(), SERVES_ALREADY)]),
            takes: vec![(place(), serves)],
            columns: vec![
                ("id", Cell::Number(number)),
                ("version", Cell::Number(self.version)),
                ("last_posting", Cell::Number(self.last_posting.number())),
                ("person", Cell::Number(self.person.number())),
                ("outlet", Cell::Number(self.outlet.number())),
                ("since", Cell::Number(self.since)),
                ("left_at", Cell::Optional(self.left_at)),
            ],
        }
    }
}

/// Those behind one of them.
pub fn page_after(
    conn: &mut Conn,
    after: Option<&AssistantRow>,
    limit: i64,
) -> Result<Vec<AssistantRow>, StoreError> {
    let after = after.map_or(AssistantId::of(i64::MIN), |row| row.id);
    let page = assistants::table.filter(assistants::id.gt(after)).order(assistants::id);
    Ok(on!(conn, c => page.limit(limit).load(c))?)
}

/// Those of these that are there.
pub fn occupants(
    conn: &mut Conn,
    ids: &[AssistantId],
) -> Result<Vec<(RecordKey, Occupant)>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = assistants::table.filter(assistants::id.eq_any(ids));
    let rows: Vec<AssistantRow> = on!(conn, c => rows.load(c))?;
    let own = |row: AssistantRow| {
        record::own(RecordKey::Assistant(row.id), row.version, row.last_posting)
    };
    Ok(rows.into_iter().map(own).collect())
}

/// The work that these are in.
pub fn serving_occupants(
    conn: &mut Conn,
    people: &[AccountId],
) -> Result<Vec<(RecordKey, Occupant)>, StoreError> {
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let rows = assistants::table
        .filter(assistants::person.eq_any(people))
        .filter(assistants::left_at.is_null());
    let rows: Vec<AssistantRow> = on!(conn, c => rows.load(c))?;
    let taken = |row: AssistantRow| record::taken(RecordKey::Serves(row.person), row.id.number());
    Ok(rows.into_iter().map(taken).collect())
}
