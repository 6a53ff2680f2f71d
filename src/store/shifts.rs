//! Shifts: from counting the cash in the drawer to counting it again. Nobody is in two.

use super::ask::{self, Database};
use super::record::{self, Cell, Entry, Occupant, RecordKey, Table};
use super::schema::shifts;
use super::{Conn, StoreError, on};
use crate::id::{AccountId, AssistantId, PostingId, ShiftId};
use crate::reason::Reason;
use diesel::prelude::*;

const TABLE: Table = Table { name: "shifts", kind: "shift", key: &["id"], apart: &[] };

/// From counting the cash in the drawer to counting it again.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct ShiftRow {
    /// Its number.
    pub id: ShiftId,
    /// One more with each change, from 1.
    pub version: i64,
    /// The posting that changed it last; given by the book.
    pub last_posting: PostingId,
    /// Who serves.
    pub assistant: AssistantId,
    /// Where: the float account.
    pub outlet: AccountId,
    /// Microseconds UTC.
    pub opened_at: i64,
    /// The cash that was there, minor units.
    pub opening_minor: i64,
    /// Microseconds UTC, once it is over.
    pub closed_at: Option<i64>,
    /// The cash that had to be there then, minor units.
    pub expected_minor: Option<i64>,
    /// The cash that was there then, minor units.
    pub counted_minor: Option<i64>,
}

impl ShiftRow {
    /// What it says of itself: while it is open, nobody opens another one for the same work.
    pub fn entry(&self) -> Entry<'_> {
        let number = self.id.number();
        let place = || RecordKey::OpenShift(self.assistant);
        let within = if self.closed_at.is_none() { number } else { 0 };
        Entry {
            table: &TABLE,
            key: RecordKey::Shift(self.id),
            number,
            version: self.version,
            refusal: if self.version == 1 { Reason::STALE } else { Reason::SHIFT_NONE },
            vacant: record::first(self.version, vec![(place(), Reason::SHIFT_OPEN)]),
            takes: vec![(place(), within)],
            columns: vec![
                ("id", Cell::Number(number)),
                ("version", Cell::Number(self.version)),
                ("last_posting", Cell::Number(self.last_posting.number())),
                ("assistant", Cell::Number(self.assistant.number())),
                ("outlet", Cell::Number(self.outlet.number())),
                ("opened_at", Cell::Number(self.opened_at)),
                ("opening_minor", Cell::Number(self.opening_minor)),
                ("closed_at", Cell::Optional(self.closed_at)),
                ("expected_minor", Cell::Optional(self.expected_minor)),
                ("counted_minor", Cell::Optional(self.counted_minor)),
            ],
        }
    }
}

/// The shift that somebody is in.
pub async fn open_shift(
    asked: Database<'_>,
    assistant: AssistantId,
) -> Result<Option<ShiftRow>, StoreError> {
    let theirs =
        shifts::table.filter(shifts::assistant.eq(assistant)).filter(shifts::closed_at.is_null());
    ask::row(asked, theirs).await
}

/// The shifts that these are in: assistant and shift.
fn open_shifts(
    conn: &mut Conn,
    assistants: &[AssistantId],
) -> Result<Vec<(AssistantId, ShiftId)>, StoreError> {
    let theirs = shifts::table
        .filter(shifts::assistant.eq_any(assistants))
        .filter(shifts::closed_at.is_null());
    Ok(on!(conn, c => theirs.select((shifts::assistant, shifts::id)).load(c))?)
}

/// Those behind one of them.
pub fn page_after(
    conn: &mut Conn,
    after: Option<&ShiftRow>,
    limit: i64,
) -> Result<Vec<ShiftRow>, StoreError> {
    let after = after.map_or(ShiftId::of(i64::MIN), |row| row.id);
    let page = shifts::table.filter(shifts::id.gt(after)).order(shifts::id).limit(limit);
    Ok(on!(conn, c => page.load(c))?)
}

/// Those of these that are there.
pub fn occupants(
    conn: &mut Conn,
    ids: &[ShiftId],
) -> Result<Vec<(RecordKey, Occupant)>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = shifts::table.filter(shifts::id.eq_any(ids));
    let rows: Vec<ShiftRow> = on!(conn, c => rows.load(c))?;
    let own = |row: ShiftRow| record::own(RecordKey::Shift(row.id), row.version, row.last_posting);
    Ok(rows.into_iter().map(own).collect())
}

/// The shifts that these are in.
pub fn open_occupants(
    conn: &mut Conn,
    assistants: &[AssistantId],
) -> Result<Vec<(RecordKey, Occupant)>, StoreError> {
    if assistants.is_empty() {
        return Ok(Vec::new());
    }
    let open = open_shifts(conn, assistants)?.into_iter();
    let open = open
        .map(|(assistant, shift)| record::taken(RecordKey::OpenShift(assistant), shift.number()));
    Ok(open.collect())
}
