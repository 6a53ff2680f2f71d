//! Numbers for what is opened: taken from the database in blocks, handed out from memory, each
//! once. What is left of a block when the program ends is never used: numbers need not follow one
//! another.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

/// Numbers taken in one go: so rarely that it costs nobody anything.
pub(super) const BLOCK: i64 = 1_000;

/// The numbers that are left. Clones share them.
#[derive(Debug, Clone, Default)]
pub(super) struct Numbers(Arc<Mutex<Range<i64>>>);

impl Numbers {
    /// So many that follow one another: the first of them; nothing where there are not so many.
    pub(super) fn take(&self, count: i64) -> Option<i64> {
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let first = left.start;
        let next = first.checked_add(count).filter(|next| *next <= left.end)?;
        left.start = next;
        Some(first)
    }

    /// Takes in what is left of a block. What was left of the one before is given up, if it is
    /// less.
    pub(super) fn refill(&self, block: Range<i64>) {
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if block.end.saturating_sub(block.start) > left.end.saturating_sub(left.start) {
            *left = block;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_is_handed_out_once() {
        let numbers = Numbers::default();
        assert_eq!(numbers.take(1), None);
        numbers.refill(10..14);
        assert_eq!([numbers.take(1), numbers.take(3), numbers.take(1)], [Some(10), Some(11), None]);
        numbers.refill(20..22);
        assert_eq!(numbers.take(3), None);
        // a smaller block does not take the place of a larger one
        numbers.refill(30..31);
        assert_eq!([numbers.take(2), numbers.take(1)], [Some(20), None]);
    }
}
