//! A posting as the owner of one of its accounts sees it: what came or went, and who is on the
//! other side. It knows no service and reads nothing.

use crate::id::AccountId;
use crate::store::book_rows::{EntryRow, PostingRow};
use crate::store::facts::Whole;

/// A line of somebody's account.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    /// The posting.
    pub posting: &'a PostingRow,
    /// The owner's entry.
    pub own: &'a EntryRow,
    /// All entries.
    pub legs: &'a [EntryRow],
}

impl<'a> Line<'a> {
    /// The posting as the owner of this account sees it; nothing where it is none of theirs.
    pub fn of((posting, legs): &'a Whole, account: AccountId) -> Option<Line<'a>> {
        let own = legs.iter().find(|leg| leg.account_id == account)?;
        Some(Line { posting, own, legs })
    }

    /// Whether money went, and did not come.
    pub fn went(&self) -> bool {
        self.own.amount_minor < 0
    }

    /// The account on the other side: where the money came from, or where most of it went.
    pub fn other(&self) -> Option<AccountId> {
        let opposite = self.legs.iter().filter(|leg| (leg.amount_minor < 0) != self.went());
        opposite.max_by_key(|leg| leg.amount_minor.unsigned_abs()).map(|leg| leg.account_id)
    }
}

#[cfg(test)]
mod tests {
    use super::super::trial::posting;
    use super::*;
    use crate::id::Id;

    #[test]
    fn the_other_side_is_where_most_of_it_went_or_where_it_came_from() {
        let paid = posting(7, "send", 1, &[(101, -20_700), (2, 700), (102, 20_000)]);
        let side = |account| Line::of(&paid, account).map(|line| (line.went(), line.other()));
        assert_eq!(side(Id::of(101)), Some((true, Some(Id::of(102)))));
        assert_eq!(side(Id::of(102)), Some((false, Some(Id::of(101)))));
        assert_eq!(side(Id::of(2)), Some((false, Some(Id::of(101)))));
        assert_eq!(side(Id::of(103)), None);
    }
}
