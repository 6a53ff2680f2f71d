//! Tags of PINs and of codes. A try is no version of its own: tries are counted beside, within the
//! commit in which a PIN is compared.

use super::ask::{self, Database};
use super::record::{self, Cell, Entry, Occupant, RecordKey, Table};
use super::rows::{Column, Rows};
use super::schema::pins;
use super::{Conn, StoreError, on};
use crate::id::{PinId, PostingId};
use crate::reason::Reason;
use diesel::prelude::*;
use std::collections::BTreeMap;

const TABLE: Table =
    Table { name: "pins", kind: "pin", key: &["account_id"], apart: &["attempts"] };

/// What a PIN is checked against.
#[derive(Clone, PartialEq, Eq, Queryable)]
pub struct PinRow {
    /// Whose.
    pub id: PinId,
    /// One more with each change, from 1.
    pub version: i64,
    /// The posting that changed it last; given by the book.
    pub last_posting: PostingId,
    /// Which key made the tag.
    pub key_version: i64,
    /// Random, per PIN.
    pub salt: Vec<u8>,
    /// The keyed digest; nothing: it was taken away, and opens nothing any more.
    pub tag: Vec<u8>,
    /// It was sent to its owner to begin with, and opens nothing but the choice of another one:
    /// until when, microseconds UTC. Nothing where they chose it themselves.
    pub start_until: Option<i64>,
    /// Wrong tries in a row. A new version leaves them as they are.
    pub attempts: i64,
}

impl std::fmt::Debug for PinRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PinRow({})", self.id)
    }
}

impl PinRow {
    /// The same one version later, without what opens anything.
    pub fn taken_away(self) -> PinRow {
        PinRow { version: self.version.saturating_add(1), tag: Vec::new(), ..self }
    }

    /// What it says of itself.
    pub fn entry(&self) -> Entry<'_> {
        let again = if self.version == 1 { Reason::ALREADY_JOINED } else { Reason::STALE };
        Entry {
            table: &TABLE,
            key: RecordKey::Pin(self.id),
            number: self.id.number(),
            version: self.version,
            refusal: again,
            vacant: Vec::new(),
            takes: Vec::new(),
            columns: vec![
                ("account_id", Cell::Number(self.id.number())),
                ("version", Cell::Number(self.version)),
                ("last_posting", Cell::Number(self.last_posting.number())),
                ("key_version", Cell::Number(self.key_version)),
                ("salt", Cell::Bytes(&self.salt)),
                ("tag", Cell::Bytes(&self.tag)),
                ("start_until", Cell::Optional(self.start_until)),
                ("attempts", Cell::Number(self.attempts)),
            ],
        }
    }
}

/// What a PIN or a code is checked against.
pub fn by_id(conn: &mut Conn, id: PinId) -> Result<Option<PinRow>, StoreError> {
    Ok(on!(conn, c => pins::table.find(id).first(c).optional())?)
}

/// The same for several.
pub async fn by_ids(asked: Database<'_>, ids: &[PinId]) -> Result<Vec<PinRow>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    ask::rows(asked, pins::table.filter(pins::account_id.eq_any(ids))).await
}

/// Those behind one of them.
pub fn page_after(
    conn: &mut Conn,
    after: Option<&PinRow>,
    limit: i64,
) -> Result<Vec<PinRow>, StoreError> {
    let after = after.map_or(PinId::of(i64::MIN), |row| row.id);
    let page = pins::table.filter(pins::account_id.gt(after)).order(pins::account_id);
    Ok(on!(conn, c => page.limit(limit).load(c))?)
}

/// Those of these that are there.
pub fn occupants(conn: &mut Conn, ids: &[PinId]) -> Result<Vec<(RecordKey, Occupant)>, StoreError> {
    let own = |row: PinRow| record::own(RecordKey::Pin(row.id), row.version, row.last_posting);
    let rows = conn.wait(async |asked| by_ids(asked, ids).await)?;
    Ok(rows.into_iter().map(own).collect())
}

/// How many PINs and codes are kept under each key: of people, of staff, and codes that are out.
/// It looks at all of them.
pub fn counts(conn: &mut Conn) -> Result<Vec<(i64, i64)>, StoreError> {
    let kept = pins::table.filter(pins::tag.ne(Vec::new())).group_by(pins::key_version);
    Ok(on!(conn, c =>
        kept.select((pins::key_version, diesel::dsl::count_star()))
            .order(pins::key_version)
            .load(c)
    )?)
}

/// Writes how many tries were used.
pub fn set_attempts(attempts: &BTreeMap<PinId, i64>) -> Rows<'static> {
    let columns = vec![
        Column::ids(attempts.keys().copied()),
        Column::Numbers(attempts.values().copied().collect()),
    ];
    Rows::update(attempts.len(), columns, "pins", "account_id", &["attempts"])
}
