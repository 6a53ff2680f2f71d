//! Rows of the book as trials find them.

use super::NOW;
use crate::id::Id;
use crate::limits::Usage;
use crate::store::book_rows::{Account, EntryRow, PostingRow};
use crate::store::book_rows::{AccountKind, AccountState};

/// An account with so much in it.
pub fn account(id: i64, balance_minor: i64) -> Account {
    Account {
        id: Id::of(id),
        kind: AccountKind::Wallet,
        state: AccountState::Open,
        currency: "KES".into(),
        balance_minor,
        held_minor: 0,
        floor_minor: Some(0),
        last_posting: None,
        usage: Usage::default(),
    }
}

/// A posting of this kind, so many minutes ago, that moved these amounts on these accounts.
pub fn posting(
    id: i64,
    kind: &str,
    minutes_ago: u64,
    legs: &[(i64, i64)],
) -> (PostingRow, Vec<EntryRow>) {
    let at = NOW.minus(std::time::Duration::from_secs(minutes_ago * 60)).micros();
    let row = PostingRow {
        id: Id::of(id),
        kind: kind.into(),
        at,
        key: vec![0; 20],
        request: vec![0; 16],
        corrects: None,
    };
    let entry = |(leg, (account_id, amount_minor)): (i64, &(i64, i64))| EntryRow {
        posting_id: Id::of(id),
        leg,
        account_id: Id::of(*account_id),
        amount_minor: *amount_minor,
        balance_minor: 0,
        held_minor: 0,
        previous: None,
    };
    (row, (1..).zip(legs).map(entry).collect())
}
