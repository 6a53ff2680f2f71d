//! The entries of a posting as PostgreSQL keeps them: packed into the posting's own row. Each leg
//! is 40 bytes: account, amount, balance afterwards, what is held of it then, previous posting (0
//! for none), each a big-endian number of 8 bytes. The view `entries` in the migration reads the
//! same.

use super::StoreError;
use super::book_types::{EntryRow, PostingRow};
use crate::id::{AccountId, PostingId};

/// The legs of each posting, packed. Entries come in the order of their postings.
pub fn pack(postings: &[PostingRow], entries: &[EntryRow]) -> Vec<Vec<u8>> {
    let mut rest = entries;
    let pack_one = |posting: &PostingRow| {
        let mine = rest.iter().take_while(|entry| entry.posting_id == posting.id).count();
        let (legs, others) = rest.split_at(mine);
        rest = others;
        let numbers = |e: &EntryRow| {
            let previous = e.previous.unwrap_or_default();
            let account = e.account_id.number();
            [account, e.amount_minor, e.balance_minor, e.held_minor, previous.number()]
        };
        legs.iter().flat_map(numbers).flat_map(i64::to_be_bytes).collect()
    };
    postings.iter().map(pack_one).collect()
}

/// The entries of a posting out of its packed legs.
pub fn unpack(posting_id: PostingId, packed: &[u8]) -> Result<Vec<EntryRow>, StoreError> {
    let (legs, rest) = packed.as_chunks::<40>();
    if !rest.is_empty() {
        return Err(StoreError::Damaged("the legs of a posting are cut short"));
    }
    let entry = |(leg, bytes): (i64, &[u8; 40])| {
        let (numbers, _none) = bytes.as_chunks::<8>();
        let mut numbers = numbers.iter().map(|bytes| i64::from_be_bytes(*bytes));
        let mut next = || numbers.next().unwrap_or(0);
        let account_id = AccountId::of(next());
        let amount_minor = next();
        let balance_minor = next();
        let held_minor = next();
        let previous = PostingId::of(next());
        EntryRow {
            posting_id,
            leg,
            account_id,
            amount_minor,
            balance_minor,
            held_minor,
            previous: previous.if_any(),
        }
    };
    Ok((0_i64..).zip(legs).map(entry).collect())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]
mod tests {
    use super::*;
    use crate::id::Id;

    #[test]
    fn what_was_packed_comes_out_again() {
        let posting = |id| PostingRow {
            id: Id::of(id),
            kind: String::new(),
            at: 0,
            key: vec![],
            request: vec![],
            corrects: None,
        };
        let entry = |posting_id, leg, previous: Option<i64>| EntryRow {
            posting_id: Id::of(posting_id),
            leg,
            account_id: Id::of(1_001),
            amount_minor: -107,
            balance_minor: i64::MIN,
            held_minor: i64::MAX,
            previous: previous.map(Id::of),
        };
        let postings = [posting(7), posting(8), posting(9)];
        let entries = [entry(7, 0, None), entry(7, 1, Some(3)), entry(9, 0, Some(7))];
        let packed = pack(&postings, &entries);
        let unpacked: Vec<EntryRow> = postings
            .iter()
            .zip(&packed)
            .flat_map(|(posting, legs)| unpack(posting.id, legs).unwrap())
            .collect();
        assert_eq!(unpacked, entries);
        let cut = packed.first().and_then(|legs| legs.get(1..)).unwrap();
        assert!(unpack(Id::of(7), cut).is_err());
    }
}
