//! The trail of a record: what happened to it, by whom and in which posting, with a digest of how
//! it was left. The chain covers the trail, so what was done cannot be edited away, and the record
//! cannot be changed beside it.

use super::batch::BatchOutcome;
use super::chain::Link;
use super::guard_facts::Facts;
use super::posting::{Keep, Posting, Put};
use crate::id::PostingId;
use crate::store::arrangement_rows::ArrangementRow;
use crate::store::record::{Cell, Entry};
use crate::store::trail_rows::TrailRow;

/// Bytes of a digest: nobody has time to look for another row with the same one.
const DIGEST_BYTES: usize = 16;

impl Facts {
    /// Stores an arrangement, and leaves its trail.
    pub(super) fn put(
        &mut self,
        posting: &Posting,
        number: PostingId,
        put: &Put,
        out: &mut BatchOutcome,
    ) {
        let stands = self.guard_facts.arrangements.entry(put.row.id).or_default();
        let previous = stands.last_posting.replace(number);
        let begun_by = *stands.begun_by.get_or_insert(number);
        let row = ArrangementRow { begun_by, last_posting: number, ..put.row.clone() };
        let place = (number, nr(&out.rows.trail, number));
        out.rows.trail.push(event(posting, place, put, &row, previous));
        out.arrangements.insert(row.id, row);
    }

    /// Stores a record, and leaves its trail.
    pub(super) fn keep(
        &mut self,
        posting: &Posting,
        number: PostingId,
        keep: &Keep,
        out: &mut BatchOutcome,
    ) {
        let record = keep.record.clone().left_by(number);
        let entry = record.entry();
        let stands = self.guard_facts.records.entry(entry.key.clone()).or_default();
        let previous = stands.last_posting.replace(number);
        let place = (number, nr(&out.rows.trail, number));
        out.rows.trail.push(kept(posting, place, keep, &entry, previous));
        let key = entry.key;
        out.records.insert(key, record);
    }
}

/// What happened to an arrangement, which is left as `row`; `place` is the number of the posting
/// and which of its events this is.
fn event(
    posting: &Posting,
    place: (PostingId, i64),
    put: &Put,
    row: &ArrangementRow,
    previous: Option<PostingId>,
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

/// What happened to a record, which is left as `entry` says; `previous` is the posting that changed
/// it last.
fn kept(
    posting: &Posting,
    place: (PostingId, i64),
    keep: &Keep,
    entry: &Entry,
    previous: Option<PostingId>,
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
        previous,
    }
}

/// Which event of a posting comes next.
fn nr(trail: &[TrailRow], posting: PostingId) -> i64 {
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
        .optional(row.other.map(|other| other.number()))
        .optional(row.account.map(|account| account.number()));
    link.bytes(row.subject.as_bytes()).number(row.begun_at).optional(row.due_at);
    link.bytes(row.body.as_bytes()).number(row.begun_by.number()).number(row.last_posting.number());
    cut(link)
}

fn cut(link: Link) -> Vec<u8> {
    let mut digest = link.end();
    digest.truncate(DIGEST_BYTES);
    digest
}
