//! Which gift was spent on what: first in, first out. A gift is an interval of all that came onto
//! the account of a collection, a payment from it an interval of all that went; what of the one was
//! spent on the other is where they overlap. Nothing is stored for it: an entry says how much moved
//! and what was there afterwards, and gifts come before payments. Pure.

use crate::store::book_rows::EntryRow;

/// A part of a flow, minor units from where it began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Interval {
    /// Its first unit.
    pub from_minor: i64,
    /// The first behind it.
    pub to_minor: i64,
}

impl Interval {
    /// How long it is.
    pub fn minor(self) -> i64 {
        self.to_minor.saturating_sub(self.from_minor).max(0)
    }

    /// How much of it lies in another one.
    pub fn shared_minor(self, other: Interval) -> i64 {
        let from_minor = self.from_minor.max(other.from_minor);
        Interval { from_minor, to_minor: self.to_minor.min(other.to_minor) }.minor()
    }

    /// What of it lies behind this unit.
    pub fn behind(self, minor: i64) -> Interval {
        Interval { from_minor: self.from_minor.max(minor), ..self }
    }
}

/// A gift among all that came. Nothing goes before the last gift has come: what was there
/// afterwards is all that came.
pub fn of_gift(own: &EntryRow) -> Interval {
    let from_minor = own.balance_minor.saturating_sub(own.amount_minor);
    Interval { from_minor, to_minor: own.balance_minor }
}

/// A payment among all that went, where so much had come.
pub fn of_payment(gathered_minor: i64, own: &EntryRow) -> Interval {
    let to_minor = gathered_minor.saturating_sub(own.balance_minor);
    Interval { from_minor: to_minor.saturating_add(own.amount_minor), to_minor }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Id;
    use proptest::prelude::*;

    fn entry(amount_minor: i64, balance_minor: i64) -> EntryRow {
        EntryRow {
            posting_id: Id::of(1),
            leg: 0,
            account_id: Id::of(1),
            amount_minor,
            balance_minor,
            held_minor: 0,
            previous: None,
        }
    }

    /// Entries of gifts, and then of payments.
    fn entries(gifts: &[i64], payments: &[i64]) -> (Vec<EntryRow>, Vec<EntryRow>) {
        let mut balance_minor = 0;
        let mut moved = |amount_minor: i64| {
            balance_minor += amount_minor;
            entry(amount_minor, balance_minor)
        };
        let gifts = gifts.iter().map(|minor| moved(*minor)).collect();
        (gifts, payments.iter().map(|minor| moved(-minor)).collect())
    }

    #[test]
    fn the_first_that_came_is_the_first_that_goes() {
        let (gifts, payments) = entries(&[500, 300, 200], &[600, 400]);
        let shared = |gift: &EntryRow| {
            [0, 1].map(|at| of_gift(gift).shared_minor(of_payment(1_000, &payments[at])))
        };
        assert_eq!([0, 1, 2].map(|at| shared(&gifts[at])), [[500, 0], [100, 200], [0, 200]]);
        assert_eq!([0, 1, 2].map(|at| of_gift(&gifts[at]).behind(600).minor()), [0, 200, 200]);
    }

    proptest! {
        /// Told unit by unit: each unit of a payment is the oldest that is still there.
        #[test]
        fn each_unit_is_spent_once_and_the_oldest_first(
            gifts in proptest::collection::vec(1_i64..40, 1..20),
            cuts in proptest::collection::vec(1_i64..40, 0..20),
        ) {
            let gathered: i64 = gifts.iter().sum();
            let mut left = gathered;
            let payments: Vec<i64> = cuts
                .into_iter()
                .map(|cut| { let paid = cut.min(left); left -= paid; paid })
                .filter(|paid| *paid > 0)
                .collect();
            let (came, went) = entries(&gifts, &payments);
            let mut units = gifts.iter().enumerate().flat_map(|(nr, minor)| {
                std::iter::repeat_n(nr, usize::try_from(*minor).unwrap())
            });
            for (payment, entry) in payments.iter().zip(&went) {
                let mut by_hand = vec![0; gifts.len()];
                for _unit in 0..*payment {
                    by_hand[units.next().unwrap()] += 1;
                }
                let told: Vec<i64> = came
                    .iter()
                    .map(|gift| of_gift(gift).shared_minor(of_payment(gathered, entry)))
                    .collect();
                prop_assert_eq!(told, by_hand);
            }
            let mut left_by_hand = vec![0; gifts.len()];
            units.for_each(|nr| left_by_hand[nr] += 1);
            let spent = gathered - left;
            let left: Vec<i64> =
                came.iter().map(|gift| of_gift(gift).behind(spent).minor()).collect();
            prop_assert_eq!(left, left_by_hand);
        }
    }
}
