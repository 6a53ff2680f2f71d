//! The hash chain: each commit's digest covers its rows and the digest before, so that an edit of history shows.

use crate::store::book_rows::{EntryRow, HoldEntryRow, PostingRow};
use sha2::{Digest, Sha256};

/// The digest of a commit: of the link before it and of every column of its rows, in the order of their keys.
pub fn digest(before: &[u8], postings: &[PostingRow], entries: &[EntryRow], holds: &[HoldEntryRow]) -> Vec<u8> {
    let mut hash = Link(Sha256::new());
    hash.bytes(before);
    for p in postings {
        hash.number(p.id).bytes(p.kind.as_bytes()).number(p.at).bytes(&p.key).bytes(&p.request).optional(p.corrects);
    }
    for e in entries {
        hash.number(e.posting_id).number(e.leg).number(e.account_id).number(e.amount_minor);
        hash.number(e.balance_minor).optional(e.previous);
    }
    for h in holds {
        hash.number(h.posting_id).number(h.leg).number(h.hold_id).number(h.account_id).number(h.amount_minor);
        hash.optional(h.expires_at);
    }
    hash.0.finalize().to_vec()
}

/// Writes values so that no two different rows give the same bytes: lengths go in front, absence has a mark.
struct Link(Sha256);

impl Link {
    fn number(&mut self, value: i64) -> &mut Self {
        self.0.update(value.to_be_bytes());
        self
    }

    fn bytes(&mut self, value: &[u8]) -> &mut Self {
        self.0.update(u64::try_from(value.len()).unwrap_or(u64::MAX).to_be_bytes());
        self.0.update(value);
        self
    }

    fn optional(&mut self, value: Option<i64>) -> &mut Self {
        match value {
            Some(value) => {
                self.0.update([1]);
                self.number(value)
            }
            None => {
                self.0.update([0]);
                self
            }
        }
    }
}
