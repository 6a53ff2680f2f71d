//! The hash chain: each commit's digest covers its rows and the digest before, so that an edit of
//! history shows.

use crate::store::book_rows::{EntryRow, HoldEntryRow, PostingRow};
use crate::store::trail_rows::TrailRow;
use sha2::{Digest, Sha256};

/// The digest of a commit: of the link before it and of every column of its rows, in the order of
/// their keys.
pub fn digest(
    before: &[u8],
    postings: &[PostingRow],
    entries: &[EntryRow],
    holds: &[HoldEntryRow],
    trail: &[TrailRow],
) -> Vec<u8> {
    let mut hash = Link::begin();
    hash.bytes(before);
    for p in postings {
        hash.number(p.id.number())
            .bytes(p.kind.as_bytes())
            .number(p.at)
            .bytes(&p.key)
            .bytes(&p.request)
            .optional(p.corrects.map(|id| id.number()));
    }
    for e in entries {
        hash.number(e.posting_id.number())
            .number(e.leg)
            .number(e.account_id.number())
            .number(e.amount_minor);
        hash.number(e.balance_minor)
            .number(e.held_minor)
            .optional(e.previous.map(|id| id.number()));
    }
    for h in holds {
        hash.number(h.posting_id.number())
            .number(h.leg)
            .number(h.hold_id.number())
            .number(h.account_id.number())
            .number(h.amount_minor);
    }
    for t in trail {
        hash.number(t.posting_id.number())
            .number(t.nr)
            .bytes(t.kind.as_bytes())
            .number(t.record_id);
        hash.number(t.version).bytes(t.event.as_bytes()).bytes(t.actor.as_bytes());
        hash.bytes(t.note.as_bytes()).bytes(&t.digest).optional(t.previous.map(|id| id.number()));
    }
    hash.end()
}

/// Bytes that are handed to the hash at once: a number at a time would cost more than the hash
/// itself.
const WRITTEN_MAX: usize = 16_384;

/// Writes values so that no two different rows give the same bytes: lengths go in front, absence
/// has a mark.
pub struct Link(Vec<u8>, Sha256);

impl Link {
    /// Nothing yet.
    pub fn begin() -> Link {
        Link(Vec::with_capacity(WRITTEN_MAX), Sha256::new())
    }

    /// A number.
    pub fn number(&mut self, value: i64) -> &mut Self {
        self.write(&value.to_be_bytes())
    }

    /// Bytes, or the bytes of a text.
    pub fn bytes(&mut self, value: &[u8]) -> &mut Self {
        self.write(&u64::try_from(value.len()).unwrap_or(u64::MAX).to_be_bytes()).write(value)
    }

    /// A number that may be absent.
    pub fn optional(&mut self, value: Option<i64>) -> &mut Self {
        match value {
            Some(value) => self.write(&[1]).number(value),
            None => self.write(&[0]),
        }
    }

    /// The digest of all of it.
    pub fn end(mut self) -> Vec<u8> {
        self.hand_over();
        self.1.finalize().to_vec()
    }

    fn write(&mut self, bytes: &[u8]) -> &mut Self {
        if self.0.len().saturating_add(bytes.len()) > WRITTEN_MAX {
            self.hand_over();
        }
        self.0.extend_from_slice(bytes);
        self
    }

    fn hand_over(&mut self) {
        self.1.update(&self.0);
        self.0.clear();
    }
}
