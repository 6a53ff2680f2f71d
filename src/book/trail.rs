//! The trail of a record: what happened to it, by whom and in which posting, with a digest of how
//! it was left. The chain covers the trail, so what was done cannot be edited away, and the record
//! cannot be changed beside it.

use super::chain::Link;
use super::posting::{Keep, Posting, Put};
use crate::store::arrangement_rows::ArrangementRow;
use crate::store::record::{Cell, Entry};
use crate::store::trail_rows::TrailRow;

/// Bytes of a digest: nobody has time to look for another row with the same one.
const DIGEST_BYTES: usize = 16;

/// What happened to an arrangement, which is left as `row`; `place` is the number of the posting
/// and which of its events this is.
pub fn event(
    posting: &Posting,
    place: (i64, i64),
    put: &Put,
    row: &ArrangementRow,
    previous: Option<i64>,
) -> TrailRow {
    let (posting_id, nr) = place;
    TrailRow {
        posting_id,
        nr,
        kind: row.kind.clone(),
        record_id: row.id.number(),
        version: row.version,
        event: put.event.to_owned(),
        actor: posting.actor.to_string(),
        note: put.note.clone(),
        digest: of_arrangement(row),
        previous,
    }
}

/// What happened to a record, which is left as `entry` says; `before` is the posting that changed
/// it last, 0 where none did.
pub fn kept(
    posting: &Posting,
    place: (i64, i64),
    keep: &Keep,
    entry: &Entry,
    before: i64,
) -> TrailRow {
    let (posting_id, nr) = place;
    TrailRow {
        posting_id,
        nr,
        kind: entry.table.kind.to_owned(),
        record_id: entry.number,
        version: entry.version,
        event: keep.event.to_owned(),
        actor: posting.actor.to_string(),
        note: keep.note.clone(),
        digest: of_record(entry),
        previous: (before != 0).then_some(before),
    }
}

/// Which event of a posting comes next.
pub fn nr(trail: &[TrailRow], posting: i64) -> i64 {
    let before = trail.iter().rev().take_while(|event| event.posting_id == posting);
    i64::try_from(before.count()).unwrap_or(i64::MAX)
}

/// The digest of a record: of every column that a version changes.
pub fn of_record(entry: &Entry) -> Vec<u8> {
    let mut link = Link::begin();
    link.bytes(entry.table.name.as_bytes());
    let columns = entry.columns.iter();
    for (name, cell) in columns.filter(|(name, _)| !entry.table.apart.contains(name)) {
        link.bytes(name.as_bytes());
        match *cell {
            Cell::Number(number) => link.number(number),
            Cell::Optional(number) => link.optional(number),
            Cell::Text(text) => link.bytes(text.as_bytes()),
            Cell::OptionalText(Some(text)) => link.number(1).bytes(text.as_bytes()),
            Cell::OptionalText(None) => link.number(0),
            Cell::Bytes(bytes) => link.bytes(bytes),
        };
    }
    cut(link)
}

/// The digest of an arrangement: of every column.
pub fn of_arrangement(row: &ArrangementRow) -> Vec<u8> {
    let mut link = Link::begin();
    link.number(row.id.number())
        .bytes(row.kind.as_bytes())
        .number(row.version)
        .bytes(row.state.as_bytes());
    link.number(i64::from(row.open))
        .number(row.owner.number())
        .optional(row.other.map(|other| other.number()));
    link.bytes(row.subject.as_bytes()).number(row.begun_at).optional(row.due_at);
    link.bytes(row.body.as_bytes()).number(row.begun_by).number(row.last_posting);
    cut(link)
}

fn cut(link: Link) -> Vec<u8> {
    let mut digest = link.end();
    digest.truncate(DIGEST_BYTES);
    digest
}
