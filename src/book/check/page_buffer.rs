//! Rows of the book in the order of their postings: read in pages of one size, handed out by the
//! link.

use crate::store::audit::AuditRows;
use crate::store::book_rows::{EntryRow, HoldEntryRow, PostingRow};
use crate::store::trail_rows::TrailRow;
use std::collections::VecDeque;

/// What was read and not handed out yet.
#[derive(Default)]
pub struct PageBuffer {
    postings: VecDeque<PostingRow>,
    entries: VecDeque<EntryRow>,
    moves: VecDeque<HoldEntryRow>,
    trail: VecDeque<TrailRow>,
    /// Everything up to this posting was read.
    pub read_to: i64,
}

impl PageBuffer {
    /// Pages behind a posting.
    pub fn after(posting: i64) -> PageBuffer {
        PageBuffer { read_to: posting, ..PageBuffer::default() }
    }

    /// Takes a page in, which ends with posting `last`.
    pub fn add(&mut self, page: AuditRows, last: i64) {
        self.postings.extend(page.postings);
        self.entries.extend(page.entries);
        self.moves.extend(page.moves);
        self.trail.extend(page.trail);
        self.read_to = last;
    }

    /// Hands out what belongs to the postings from `first` to `last`. What lies before belongs to
    /// no link.
    pub fn take(&mut self, first: i64, last: i64) -> AuditRows {
        AuditRows {
            postings: split(&mut self.postings, first, last, |posting| posting.id.number()),
            entries: split(&mut self.entries, first, last, |entry| entry.posting_id.number()),
            moves: split(&mut self.moves, first, last, |step| step.posting_id.number()),
            trail: split(&mut self.trail, first, last, |event| event.posting_id.number()),
        }
    }
}

fn split<T>(rows: &mut VecDeque<T>, first: i64, last: i64, posting: impl Fn(&T) -> i64) -> Vec<T> {
    let count_to =
        |rows: &VecDeque<T>, end: i64| rows.iter().take_while(|row| posting(row) <= end).count();
    let before = count_to(rows, first.saturating_sub(1));
    rows.drain(..before);
    let mine = count_to(rows, last);
    rows.drain(..mine).collect()
}
