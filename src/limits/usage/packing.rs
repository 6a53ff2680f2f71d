//! What an account has used, packed: it lies in the account's own row, in few bytes. Each usage has
//! one form; bytes of any other form are refused.

use super::{Sum, Usage, Used};
use crate::calendar::Day;

/// The bytes are not a usage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the usage of an account cannot be read")]
pub struct Unreadable;

impl Usage {
    /// As stored: nothing used is no bytes. Otherwise the day, and for each direction what was used
    /// on it, in the rest of its week and in the rest of its month: count and then, where that is
    /// not zero, value; and at the end what is put aside, where there is something. Small numbers
    /// take few bytes.
    pub fn encode(&self) -> Vec<u8> {
        if *self == Usage::default() {
            return Vec::new();
        }
        let mut bytes = Vec::with_capacity(32);
        push(&mut bytes, zigzag(self.day.number()));
        let parts =
            |used: &Used| [used.day, used.week.without(used.day), used.month.without(used.day)];
        for sum in [self.out, self.into].iter().flat_map(parts) {
            push(&mut bytes, u64::from(sum.count));
            if sum.count > 0 {
                push(&mut bytes, u64::try_from(sum.value_minor).unwrap_or(0));
            }
        }
        if self.aside_minor > 0 {
            push(&mut bytes, u64::try_from(self.aside_minor).unwrap_or(0));
        }
        bytes
    }

    /// From its stored form, and nothing but that.
    pub fn decode(bytes: &[u8]) -> Result<Usage, Unreadable> {
        if bytes.is_empty() {
            return Ok(Usage::default());
        }
        let mut rest = bytes;
        let day = Day::new(unzigzag(pop(&mut rest)?)?);
        let out = Used::pop(&mut rest)?;
        let into = Used::pop(&mut rest)?;
        let aside = if rest.is_empty() { 0 } else { pop(&mut rest)? };
        let aside_minor = i64::try_from(aside).map_err(|_large| Unreadable)?;
        let usage = Usage { day, out, into, aside_minor };
        // one form for each: what was stored by anybody else is noticed
        if rest.is_empty() && usage.encode() == bytes { Ok(usage) } else { Err(Unreadable) }
    }
}

impl TryFrom<Vec<u8>> for Usage {
    type Error = Unreadable;

    fn try_from(bytes: Vec<u8>) -> Result<Usage, Unreadable> {
        Usage::decode(&bytes)
    }
}

impl Sum {
    /// What is left of a week or month without its day, which lies in it.
    const fn without(self, day: Sum) -> Sum {
        let value_minor = self.value_minor.saturating_sub(day.value_minor);
        Sum { value_minor, count: self.count.saturating_sub(day.count) }
    }

    fn together(self, day: Sum) -> Result<Sum, Unreadable> {
        let value_minor = self.value_minor.checked_add(day.value_minor).ok_or(Unreadable)?;
        Ok(Sum { value_minor, count: self.count.checked_add(day.count).ok_or(Unreadable)? })
    }
}

impl Used {
    fn pop(bytes: &mut &[u8]) -> Result<Used, Unreadable> {
        let mut sum = || {
            let count = u32::try_from(pop(bytes)?).map_err(|_large| Unreadable)?;
            let value = if count > 0 { pop(bytes)? } else { 0 };
            Ok(Sum { value_minor: i64::try_from(value).map_err(|_large| Unreadable)?, count })
        };
        let day = sum()?;
        Ok(Used { day, week: sum()?.together(day)?, month: sum()?.together(day)? })
    }
}

/// Appends a number: seven bits a byte, the lowest first; the eighth says that more follow.
fn push(bytes: &mut Vec<u8>, mut number: u64) {
    loop {
        let low = u8::try_from(number & 0x7f).unwrap_or(0);
        number >>= 7;
        if number == 0 {
            return bytes.push(low);
        }
        bytes.push(low | 0x80);
    }
}

fn pop(bytes: &mut &[u8]) -> Result<u64, Unreadable> {
    let mut number: u64 = 0;
    for shift in (0..u64::BITS).step_by(7) {
        let (first, rest) = bytes.split_first().ok_or(Unreadable)?;
        *bytes = rest;
        number |= u64::from(first & 0x7f).checked_shl(shift).ok_or(Unreadable)?;
        if first & 0x80 == 0 {
            return Ok(number);
        }
    }
    Err(Unreadable)
}

/// Days before 1970 as odd numbers, so that both kinds stay small.
fn zigzag(number: i32) -> u64 {
    let twice = u64::from(number.unsigned_abs()).saturating_mul(2);
    if number < 0 { twice.saturating_sub(1) } else { twice }
}

fn unzigzag(number: u64) -> Result<i32, Unreadable> {
    let half = i64::try_from(number.div_ceil(2)).map_err(|_large| Unreadable)?;
    let signed = if number % 2 == 1 { half.saturating_neg() } else { half };
    i32::try_from(signed).map_err(|_large| Unreadable)
}

#[cfg(test)]
mod tests {
    use super::super::Direction;
    use super::*;
    use proptest::prelude::*;

    /// Monday, 23 November 2026.
    const MONDAY: Day = Day::new(20_780);

    #[test]
    fn it_takes_few_bytes() {
        assert!(Usage::default().encode().is_empty());
        let one = Usage::default().rolled_to(MONDAY).with(Direction::Out, 20_000);
        assert_eq!(one.encode().len(), 12);
        let two = one.with(Direction::In, 150_000);
        assert_eq!(two.encode().len(), 15);
        let all = two
            .rolled_to(MONDAY.next_day())
            .with(Direction::Out, 20_000)
            .with(Direction::In, 150_000);
        assert_eq!(all.encode().len(), 27);
        assert_eq!(Usage::decode(&one.encode()), Ok(one));
        for bad in [
            &[0][..],
            &[1, 2],
            &[1, 0, 1, 0, 0, 0, 0],
            &[2, 0, 0, 0, 0, 0, 0x80, 0],
            &[0x80; 20],
            &[0, 0, 0, 0, 0, 0, 0, 0],
        ] {
            assert_eq!(Usage::decode(bad), Err(Unreadable), "{bad:?}");
        }
    }

    fn way() -> impl Strategy<Value = Direction> {
        prop_oneof![Just(Direction::Out), Just(Direction::In), Just(Direction::Aside)]
    }

    proptest! {
        #[test]
        fn what_was_packed_comes_out_again(
            steps in prop::collection::vec(
                (any::<i32>(), way(), prop_oneof![1..1_000_000_i64, 1..i64::MAX]),
                0..12
            ),
        ) {
            let mut usage = Usage::default();
            for (day, way, amount) in steps {
                usage = usage.rolled_to(Day::new(day)).with(way, amount);
                prop_assert_eq!(Usage::decode(&usage.encode()), Ok(usage));
            }
        }

        #[test]
        fn no_bytes_make_reading_panic(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            if let Ok(usage) = Usage::decode(&bytes) {
                prop_assert_eq!(usage.encode(), bytes);
            }
        }
    }
}
