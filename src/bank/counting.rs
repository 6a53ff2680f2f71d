//! How much a file may hold, and whoever waits for it told how far it is.

use super::unreadable::Unreadable;

/// The most bytes of a file.
pub const FILE_BYTES_MAX: usize = 1 << 30;
/// The most bookings of a file.
pub const LINES_MAX: usize = 1_000_000;
/// How many bookings are between two tellings.
pub const TOLD_EVERY: usize = 1_000;

/// Counts bookings and tells how many there are so far.
pub(super) struct LineCount<'t> {
    so_far: usize,
    told: &'t mut dyn FnMut(usize),
}

impl<'t> LineCount<'t> {
    /// For a file of so many bytes.
    pub fn of(bytes: usize, told: &'t mut dyn FnMut(usize)) -> Result<LineCount<'t>, Unreadable> {
        if bytes > FILE_BYTES_MAX {
            return Err(Unreadable::FileTooLarge { max_bytes: FILE_BYTES_MAX });
        }
        Ok(LineCount { so_far: 0, told })
    }

    /// One more.
    pub fn one(&mut self) -> Result<(), Unreadable> {
        self.so_far = self.so_far.saturating_add(1);
        if self.so_far > LINES_MAX {
            return Err(Unreadable::TooManyLines { max: LINES_MAX });
        }
        if self.so_far.is_multiple_of(TOLD_EVERY) {
            (self.told)(self.so_far);
        }
        Ok(())
    }

    /// That was all.
    pub fn end(self) {
        (self.told)(self.so_far);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_anybody_sends_is_refused() {
        let mut told = |_lines| {};
        let large = LineCount::of(FILE_BYTES_MAX + 1, &mut told).err();
        assert_eq!(large, Some(Unreadable::FileTooLarge { max_bytes: FILE_BYTES_MAX }));
        let mut count = LineCount::of(FILE_BYTES_MAX, &mut told).unwrap();
        assert!((0..LINES_MAX).all(|_line| count.one().is_ok()));
        assert_eq!(count.one(), Err(Unreadable::TooManyLines { max: LINES_MAX }));
    }
}
