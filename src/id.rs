//! Numbers that name things: a type for each kind of thing, so that an account is never taken for
//! a posting. They are counted by the book, which alone adds to them, and mean nothing else.
//! What the things are is not known here.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::marker::PhantomData;
use std::num::ParseIntError;
use std::str::FromStr;

/// The number of one `Of`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Id<Of>(i64, PhantomData<Of>);

/// What an `AccountId` names. None of these has a value: they only tell the numbers apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Account {}
/// What a `PostingId` names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Posting {}
/// What a `HoldId` names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Hold {}
/// What an `AssistantId` names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Assistant {}
/// What a `ShiftId` names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shift {}
/// What a `PinId` names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Pin {}

/// What a `StaffId` names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Staff {}

/// What a `LookId` names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Look {}

/// What a `StatementId` names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Statement {}

/// What a `SheetId` names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sheet {}

/// What an `ArrangementId` names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Arrangement {}

/// An account of the book. A wallet is named by its account, and so is whoever has it; an outlet is
/// named by the account of its float.
pub type AccountId = Id<Account>;
/// A posting, in the order of commits.
pub type PostingId = Id<Posting>;
/// Money that is set aside: it has the number of the posting that did so.
pub type HoldId = Id<Hold>;
/// What two parties, or one, or many, have begun.
pub type ArrangementId = Id<Arrangement>;
/// Somebody's work at an outlet.
pub type AssistantId = Id<Assistant>;
/// From counting the cash in a drawer to counting it again.
pub type ShiftId = Id<Shift>;
/// A statement of a bank.
pub type StatementId = Id<Statement>;
/// What one of the staff looked at.
pub type LookId = Id<Look>;
/// What a day came to, before it is closed.
pub type SheetId = Id<Sheet>;
/// Somebody who works for the operator.
pub type StaffId = Id<Staff>;
/// A PIN or a code that is kept: it has the number of whose it is.
pub type PinId = Id<Pin>;

impl<Of> Id<Of> {
    /// The id with this number.
    pub const fn of(number: i64) -> Id<Of> {
        Id(number, PhantomData)
    }

    /// Its number, for what is packed, digested or written for people.
    pub const fn number(&self) -> i64 {
        self.0
    }

    /// The same in place, for a database that takes it by reference.
    pub(crate) const fn as_number(&self) -> &i64 {
        &self.0
    }
}

impl PostingId {
    /// No posting: before the first one, and where the book has not filled in which one it is.
    pub const NONE: PostingId = Id::of(0);

    /// The posting behind it.
    pub const fn next(self) -> PostingId {
        Id::of(self.0.saturating_add(1))
    }

    /// The posting, if there is one.
    pub fn if_any(self) -> Option<PostingId> {
        (self != PostingId::NONE).then_some(self)
    }
}

impl Default for PostingId {
    fn default() -> PostingId {
        PostingId::NONE
    }
}

impl From<PostingId> for HoldId {
    fn from(opened_by: PostingId) -> HoldId {
        HoldId::of(opened_by.0)
    }
}

impl From<AccountId> for PinId {
    fn from(owner: AccountId) -> PinId {
        PinId::of(owner.0)
    }
}

impl From<AssistantId> for PinId {
    fn from(assistant: AssistantId) -> PinId {
        PinId::of(assistant.0)
    }
}

impl<Of> fmt::Debug for Id<Of> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl<Of> fmt::Display for Id<Of> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl<Of> FromStr for Id<Of> {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<Id<Of>, ParseIntError> {
        text.parse().map(Id::of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_of_an_id_is_its_number() {
        assert_eq!(serde_json::to_string(&PostingId::of(7)).ok(), Some("7".to_owned()));
        assert_eq!(serde_json::from_str::<PostingId>("7").ok(), Some(PostingId::of(7)));
        assert!(serde_json::from_str::<PostingId>("\"7\"").is_err());
    }

    #[test]
    fn postings_are_counted_from_one_and_name_the_holds_that_they_open() {
        let first = PostingId::NONE.next();
        assert_eq!((PostingId::NONE.if_any(), first.if_any()), (None, Some(PostingId::of(1))));
        assert_eq!(HoldId::from(first.next()), HoldId::of(2));
        assert_eq!(PostingId::of(i64::MAX).next(), PostingId::of(i64::MAX));
    }
}
