//! The trail of a record: what happened to it, by whom and in which posting, with a digest of how
//! it was left. The chain covers the trail, so what was done cannot be edited away, and the record
//! cannot be changed beside it.

use super::batch::BatchOutcome;
use super::chain::Link;
use super::guard_facts::Facts;
use super::posting::{Posting, Put};
use crate::store::arrangement_rows::ArrangementRow;
use crate::store::trail_rows::TrailRow;

/// Bytes of a digest: nobody has time to look for another row with the same one.
const DIGEST_BYTES: usize = 16;

impl Facts {
    /// Stores an arrangement, and leaves its trail.
    pub(super) fn put(
        &mut self,
        posting: &Posting,
        number: i64,
        put: &Put,
        out: &mut BatchOutcome,
    ) {
        let stands = self.guard_facts.arrangements.entry(put.row.id).or_default();
        let previous = stands.last_posting.replace(number);
        if previous.is_none() {
            stands.begun_by = number;
        }
        let begun_by = stands.begun_by;
        let row = ArrangementRow { begun_by, last_posting: number, ..put.row.clone() };
        let before = out.rows.trail.iter().rev().take_while(|event| event.posting_id == number);
        let nr = i64::try_from(before.count()).unwrap_or(i64::MAX);
        out.rows.trail.push(event(posting, (number, nr), put, &row, previous));
        out.arrangements.insert(row.id, row);
    }
}

/// What happened to an arrangement, which is left as `row`; `place` is the number of the posting
/// and which of its events this is.
fn event(
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
    let mut digest = link.end();
    digest.truncate(DIGEST_BYTES);
    digest
}
