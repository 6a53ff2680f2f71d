//! What an account has used of its limits: on a day, in its week and in its month, going out and coming in. It lies
//! packed in the account's own row. It knows neither the limits nor the amounts that are asked for, and never goes back
//! in time.

use crate::calendar::Day;

/// How money moves, seen from the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// It is sent, paid, taken out.
    Out,
    /// It is received, loaded.
    In,
}

/// The times that limits are set for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Window {
    /// A calendar day.
    Day,
    /// From Monday to Sunday.
    Week,
    /// A calendar month.
    Month,
}

impl Window {
    /// All of them, the shortest first.
    pub const ALL: [Window; 3] = [Window::Day, Window::Week, Window::Month];

    /// The first day of the next one.
    pub fn after(self, day: Day) -> Day {
        match self {
            Window::Day => day.next_day(),
            Window::Week => day.next_week(),
            Window::Month => day.next_month(),
        }
    }
}

/// How much, and how often.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sum {
    /// Minor units, not below zero.
    pub value_minor: i64,
    /// How many movements.
    pub count: u32,
}

/// What was used in one direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Used {
    day: Sum,
    week: Sum,
    month: Sum,
}

/// What was used on the day it was last touched, and in that day's week and month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    day: Day,
    out: Used,
    into: Used,
}

/// The bytes are not a usage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the usage of an account cannot be read")]
pub struct Unreadable;

impl Usage {
    /// The day it was last touched.
    pub const fn day(&self) -> Day {
        self.day
    }

    /// What was used in this direction and window.
    pub const fn sum(&self, way: Way, window: Window) -> Sum {
        let used = match way {
            Way::Out => &self.out,
            Way::In => &self.into,
        };
        match window {
            Window::Day => used.day,
            Window::Week => used.week,
            Window::Month => used.month,
        }
    }

    /// As it counts on `day`: what belongs to a day, week or month that is over is forgotten. On an earlier day than its
    /// own it stays: of two clocks, or of two payments around midnight, the one behind must not win anything back.
    pub fn rolled_to(self, day: Day) -> Usage {
        if day <= self.day {
            return self;
        }
        let (week, month) = (day.week() == self.day.week(), day.month() == self.day.month());
        let kept = |used: Used| Used {
            day: Sum::default(),
            week: if week { used.week } else { Sum::default() },
            month: if month { used.month } else { Sum::default() },
        };
        Usage { day, out: kept(self.out), into: kept(self.into) }
    }

    /// With one more movement.
    pub const fn with(mut self, way: Way, amount_minor: i64) -> Usage {
        let used = match way {
            Way::Out => &mut self.out,
            Way::In => &mut self.into,
        };
        used.day = used.day.with(amount_minor);
        used.week = used.week.with(amount_minor);
        used.month = used.month.with(amount_minor);
        self
    }

    /// Without a movement that was counted on `day`: where the day, week or month it was counted in still counts.
    pub fn without(mut self, way: Way, amount_minor: i64, day: Day) -> Usage {
        let (same_day, same_week) = (day == self.day, day.week() == self.day.week());
        let same_month = day.month() == self.day.month();
        let used = match way {
            Way::Out => &mut self.out,
            Way::In => &mut self.into,
        };
        if same_day {
            used.day = used.day.less(amount_minor);
        }
        // a week and a month have no less in them than their day, whatever clocks said when it was counted
        if same_week {
            used.week = used.week.less(amount_minor).at_least(used.day);
        }
        if same_month {
            used.month = used.month.less(amount_minor).at_least(used.day);
        }
        self
    }

    /// As stored: nothing used is no bytes. Otherwise the day, and for each direction what was used on it, in the rest of
    /// its week and in the rest of its month: count and then, where that is not zero, value. Small numbers take few bytes.
    pub fn encode(&self) -> Vec<u8> {
        if *self == Usage::default() {
            return Vec::new();
        }
        let mut bytes = Vec::with_capacity(32);
        push(&mut bytes, zigzag(self.day.number()));
        let parts = |used: &Used| [used.day, used.week.without(used.day), used.month.without(used.day)];
        for sum in [self.out, self.into].iter().flat_map(parts) {
            push(&mut bytes, u64::from(sum.count));
            if sum.count > 0 {
                push(&mut bytes, u64::try_from(sum.value_minor).unwrap_or(0));
            }
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
        let (out, into) = (Used::pop(&mut rest)?, Used::pop(&mut rest)?);
        let usage = Usage { day, out, into };
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
    const fn with(self, amount_minor: i64) -> Sum {
        Sum { value_minor: self.value_minor.saturating_add(amount_minor), count: self.count.saturating_add(1) }
    }

    /// With one movement less.
    fn less(self, amount_minor: i64) -> Sum {
        let value_minor = self.value_minor.saturating_sub(amount_minor).max(0);
        Sum { value_minor, count: self.count.saturating_sub(1) }.plain()
    }

    fn at_least(self, part: Sum) -> Sum {
        if self.count <= part.count {
            return part;
        }
        Sum { value_minor: self.value_minor.max(part.value_minor), ..self }
    }

    /// No movement has no value: as it is stored.
    fn plain(self) -> Sum {
        if self.count == 0 { Sum::default() } else { self }
    }

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
    #![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, reason = "tests stop where they fail")]

    use super::*;
    use proptest::prelude::*;

    /// Monday, 23 November 2026.
    const MONDAY: Day = Day::new(20_780);

    fn values(usage: &Usage, way: Way) -> [(i64, u32); 3] {
        Window::ALL.map(|window| usage.sum(way, window)).map(|sum| (sum.value_minor, sum.count))
    }

    #[test]
    fn a_day_a_week_and_a_month_end_each_at_its_own_time() {
        assert_eq!(MONDAY.text(), "23/11/26");
        let usage = Usage::default().rolled_to(MONDAY).with(Way::Out, 200).with(Way::Out, 50).with(Way::In, 7);
        assert_eq!(values(&usage, Way::Out), [(250, 2); 3]);
        let on = |days: i32| usage.rolled_to(Day::new(MONDAY.number() + days));
        assert_eq!(values(&on(0), Way::Out), [(250, 2); 3]);
        assert_eq!(values(&on(1), Way::Out), [(0, 0), (250, 2), (250, 2)]);
        assert_eq!(values(&on(6), Way::In), [(0, 0), (7, 1), (7, 1)]);
        assert_eq!(values(&on(7), Way::Out), [(0, 0), (0, 0), (250, 2)], "Monday, the 30th");
        assert_eq!(values(&on(8), Way::Out), [(0, 0); 3], "Tuesday, the 1st");
    }

    #[test]
    fn a_month_that_begins_within_a_week_leaves_the_week() {
        let saturday = Day::new(MONDAY.number() + 68);
        assert_eq!(saturday.text(), "30/01/27");
        let usage = Usage::default().rolled_to(saturday).with(Way::Out, 5);
        let monday = Day::new(saturday.number() + 2);
        assert_eq!(values(&usage.rolled_to(monday), Way::Out), [(0, 0); 3]);
        let thursday = Day::new(MONDAY.number() + 38);
        let friday = thursday.next_day();
        assert_eq!((thursday.text().as_str(), friday.text().as_str()), ("31/12/26", "01/01/27"));
        let usage = Usage::default().rolled_to(thursday).with(Way::Out, 5).rolled_to(friday);
        assert_eq!(values(&usage, Way::Out), [(0, 0), (5, 1), (0, 0)]);
    }

    #[test]
    fn a_leap_day_is_a_day_of_its_own() {
        let leap = Day::new(MONDAY.number() + 463);
        assert_eq!(leap.text(), "29/02/28");
        let usage = Usage::default().rolled_to(leap).with(Way::Out, 5);
        assert_eq!(values(&usage.rolled_to(leap.next_day()), Way::Out), [(0, 0), (5, 1), (0, 0)]);
        let before = Usage::default().rolled_to(Day::new(leap.number() - 1)).with(Way::Out, 5);
        assert_eq!(values(&before.rolled_to(leap), Way::Out), [(0, 0), (5, 1), (5, 1)]);
    }

    #[test]
    fn a_clock_that_is_behind_wins_nothing_back() {
        let usage = Usage::default().rolled_to(MONDAY).with(Way::Out, 5);
        let earlier = Day::new(MONDAY.number() - 40);
        assert_eq!(usage.rolled_to(earlier), usage);
        assert_eq!(usage.rolled_to(earlier).with(Way::Out, 5).rolled_to(MONDAY).sum(Way::Out, Window::Day).count, 2);
    }

    #[test]
    fn what_is_given_back_is_missing_only_where_it_still_counts() {
        let usage = Usage::default().rolled_to(MONDAY).with(Way::Out, 200).with(Way::Out, 50);
        assert_eq!(values(&usage.without(Way::Out, 200, MONDAY), Way::Out), [(50, 1); 3]);
        let tuesday = usage.rolled_to(MONDAY.next_day()).with(Way::Out, 7);
        let back = tuesday.without(Way::Out, 200, MONDAY);
        assert_eq!(values(&back, Way::Out), [(7, 1), (57, 2), (57, 2)]);
        let next_month = usage.rolled_to(MONDAY.next_month()).with(Way::Out, 7);
        assert_eq!(next_month.without(Way::Out, 200, MONDAY), next_month);
        // of a clock that was behind: what counted on Tuesday is not below what Tuesday has
        let behind = usage.rolled_to(MONDAY.next_day()).with(Way::Out, 7);
        let less = behind.without(Way::Out, 250, MONDAY).without(Way::Out, 7, MONDAY);
        assert_eq!(values(&less, Way::Out)[0], (7, 1));
        assert_eq!(Usage::decode(&less.encode()), Ok(less));
    }

    #[test]
    fn it_takes_few_bytes() {
        assert!(Usage::default().encode().is_empty());
        let one = Usage::default().rolled_to(MONDAY).with(Way::Out, 20_000);
        assert_eq!(one.encode().len(), 12);
        let two = one.with(Way::In, 150_000);
        assert_eq!(two.encode().len(), 15);
        let all = two.rolled_to(MONDAY.next_day()).with(Way::Out, 20_000).with(Way::In, 150_000);
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

    fn way() -> impl Strategy<Value = Way> {
        prop_oneof![Just(Way::Out), Just(Way::In)]
    }

    proptest! {
        #[test]
        fn what_was_packed_comes_out_again(
            steps in prop::collection::vec((any::<i32>(), way(), prop_oneof![1..1_000_000_i64, 1..i64::MAX]), 0..12),
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
