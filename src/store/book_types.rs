//! What a row of the book is: accounts, postings, entries, holds. How they are read and written
//! stands in `book_rows`.

pub use super::account_types::{AccountKind, AccountState};

use super::StoreError;
use super::schema::{entries, hold_entries, packed, postings};
use super::trail_rows::TrailRow;
use crate::id::{AccountId, HoldId, PostingId};
use crate::limits::Usage;
use diesel::prelude::*;

/// An account and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Account {
    /// Its number.
    pub id: AccountId,
    /// Whose.
    #[diesel(deserialize_as = String)]
    pub kind: AccountKind,
    /// What may be done with it.
    #[diesel(deserialize_as = String)]
    pub state: AccountState,
    /// Three letters.
    pub currency: String,
    /// Sum of all its entries, minor units.
    pub balance_minor: i64,
    /// Sum of its open holds, minor units.
    pub held_minor: i64,
    /// The least that balance minus held may be, or no such rule.
    pub floor_minor: Option<i64>,
    /// Its newest posting.
    pub last_posting: Option<PostingId>,
    /// What was used of its limits.
    #[diesel(deserialize_as = Vec<u8>)]
    pub usage: Usage,
}

impl Account {
    /// What can be paid out of it, minor units: what is there and not held.
    pub fn available_minor(&self) -> i64 {
        self.balance_minor.saturating_sub(self.held_minor)
    }
}

/// What was committed, once and for ever.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = postings, treat_none_as_default_value = false)]
pub struct PostingRow {
    /// Its number, in the order of commits.
    pub id: PostingId,
    /// Which business act: `send`, `issue` ...
    pub kind: String,
    /// When, microseconds UTC.
    pub at: i64,
    /// Idempotency key.
    pub key: Vec<u8>,
    /// Digest of what was asked.
    pub request: Vec<u8>,
    /// The posting it puts right.
    pub corrects: Option<PostingId>,
}

type PostingColumns =
    (packed::id, packed::kind, packed::at, packed::key, packed::request, packed::corrects);

/// A posting, and its legs as PostgreSQL keeps them: see `legs`.
pub const PACKED: (PostingColumns, packed::legs) = (
    (packed::id, packed::kind, packed::at, packed::key, packed::request, packed::corrects),
    packed::legs,
);

/// One leg of a posting.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = entries, treat_none_as_default_value = false)]
pub struct EntryRow {
    /// Whose leg.
    pub posting_id: PostingId,
    /// Which, from 0.
    pub leg: i64,
    /// The account it changes.
    pub account_id: AccountId,
    /// By how much, minor units; above zero is a credit.
    pub amount_minor: i64,
    /// The account's balance afterwards.
    pub balance_minor: i64,
    /// What of that is held then.
    pub held_minor: i64,
    /// The account's posting before this one.
    pub previous: Option<PostingId>,
}

impl EntryRow {
    /// What the account had to spend afterwards, minor units: its balance but for what is held.
    pub fn available_minor(&self) -> i64 {
        self.balance_minor.saturating_sub(self.held_minor)
    }
}

/// What a posting reserved or gave back.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = hold_entries, treat_none_as_default_value = false)]
pub struct HoldEntryRow {
    /// Which posting.
    pub posting_id: PostingId,
    /// Which of its moves, from 0.
    pub leg: i64,
    /// Which hold.
    pub hold_id: HoldId,
    /// Whose money.
    pub account_id: AccountId,
    /// Above zero reserves, below zero gives back; minor units.
    pub amount_minor: i64,
}

/// What became of a hold. It is stored under these names.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr, strum::Display,
)]
#[strum(serialize_all = "snake_case")]
pub enum HoldState {
    /// Something of it is still reserved.
    Open,
    /// What was left of it was spent.
    Settled,
    /// What was left of it was given back.
    Released,
}

impl TryFrom<String> for HoldState {
    type Error = StoreError;

    fn try_from(word: String) -> Result<HoldState, StoreError> {
        word.parse().map_err(|_unknown| StoreError::Damaged("the state of a hold"))
    }
}

/// A hold and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct HoldRow {
    /// The number of the posting that opened it.
    pub id: HoldId,
    /// Whose money.
    pub account_id: AccountId,
    /// What was reserved, minor units.
    pub amount_minor: i64,
    /// What is still reserved, minor units.
    pub remaining_minor: i64,
    /// What became of it.
    #[diesel(deserialize_as = String)]
    pub state: HoldState,
}

/// Everything of a batch that is only ever added.
#[derive(Debug, Default)]
pub struct NewRows {
    /// Postings, in order.
    pub postings: Vec<PostingRow>,
    /// Their legs, in the same order.
    pub entries: Vec<EntryRow>,
    /// What they reserved and gave back.
    pub hold_entries: Vec<HoldEntryRow>,
    /// What happened to records, in the same order.
    pub trail: Vec<TrailRow>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_became_of_a_hold_is_stored_as_its_name() {
        let names = ["open", "settled", "released"];
        for (state, name) in
            [HoldState::Open, HoldState::Settled, HoldState::Released].into_iter().zip(names)
        {
            assert_eq!(<&str>::from(state), name);
            assert_eq!(HoldState::try_from(name.to_owned()).ok(), Some(state));
        }
        let unknown = HoldState::try_from("lost".to_owned());
        assert!(matches!(unknown, Err(StoreError::Damaged(_))), "{unknown:?}");
    }
}
