//! The trail: what happened to each record, by whom, in which posting. It is only ever added to.
//! Each row names the posting of the row before it of the same record, as entries of an account do.

use super::rows::{Column, Rows};
use super::schema::trail;
use super::{Conn, StoreError, on};
use crate::id::PostingId;
use diesel::prelude::*;

/// Something that happened to a record.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct TrailRow {
    /// The posting that it came with.
    pub posting_id: PostingId,
    /// Which of its events, from 0.
    pub nr: i64,
    /// The kind of the record.
    pub kind: String,
    /// The record's number.
    pub record_id: i64,
    /// The record's version after it.
    pub version: i64,
    /// What happened, in the words of the record's kind.
    pub event: String,
    /// Who did it: see `Actor`.
    pub actor: String,
    /// Why, in words; empty where nobody was asked.
    pub note: String,
    /// Digest of the record after it.
    pub digest: Vec<u8>,
    /// The posting with the event before this one.
    pub previous: Option<PostingId>,
}

/// What came with postings from `first` to `last`, both included, in the order of its key.
pub fn between(conn: &mut Conn, first: i64, last: i64) -> Result<Vec<TrailRow>, StoreError> {
    let page = trail::table.filter(trail::posting_id.between(first, last));
    Ok(on!(conn, c => page.order((trail::posting_id, trail::nr)).load(c))?)
}

/// What came with one posting.
pub fn of_posting(conn: &mut Conn, posting: PostingId) -> Result<Vec<TrailRow>, StoreError> {
    between(conn, posting.number(), posting.number())
}

/// What happened to one record, the oldest first, from its newest posting backwards; at most so
/// many.
pub fn of_record(
    conn: &mut Conn,
    kind: &str,
    record_id: i64,
    newest: PostingId,
    limit: usize,
) -> Result<Vec<TrailRow>, StoreError> {
    let mut rows: Vec<TrailRow> = Vec::new();
    let mut next = Some(newest);
    while let Some(posting) = next.filter(|_| rows.len() < limit) {
        let came = of_posting(conn, posting)?;
        let of_it = came.into_iter().filter(|row| row.kind == kind && row.record_id == record_id);
        let mut of_it: Vec<TrailRow> = of_it.collect();
        next = of_it.first().and_then(|first| first.previous).filter(|before| *before < posting);
        of_it.reverse();
        rows.extend(of_it);
    }
    rows.reverse();
    Ok(rows)
}

/// Adds what happened.
pub fn add(rows: &[TrailRow]) -> Rows<'_> {
    let columns = vec![
        Column::ids(rows.iter().map(|t| t.posting_id)),
        Column::Numbers(rows.iter().map(|t| t.nr).collect()),
        Column::Texts(rows.iter().map(|t| t.kind.as_str()).collect()),
        Column::Numbers(rows.iter().map(|t| t.record_id).collect()),
        Column::Numbers(rows.iter().map(|t| t.version).collect()),
        Column::Texts(rows.iter().map(|t| t.event.as_str()).collect()),
        Column::Texts(rows.iter().map(|t| t.actor.as_str()).collect()),
        Column::Texts(rows.iter().map(|t| t.note.as_str()).collect()),
        Column::Bytes(rows.iter().map(|t| t.digest.as_slice()).collect()),
        Column::optional_ids(rows.iter().map(|t| t.previous)),
    ];
    let head = "INSERT INTO trail (posting_id, nr, kind, record_id, version, event, actor, note, \
                digest, previous)";
    Rows::insert(rows.len(), columns, head, "")
}
