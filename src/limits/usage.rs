//! What an account has used of its limits: on a day, in its week and in its month, going out and
//! coming in. It knows neither the limits nor the amounts that are asked for nor how it is stored,
//! and never goes back in time.

mod packing;

pub use packing::Unreadable;

use crate::calendar::Day;

/// How money moves, seen from the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// It is sent, paid, taken out.
    Out,
    /// It is received, loaded.
    In,
    /// Its owner puts it aside, on an account of its own: it goes from this one and stays theirs.
    Aside,
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
    aside_minor: i64,
}

impl Usage {
    /// What its owner has put aside by now, minor units, whatever the day is.
    pub const fn aside_minor(&self) -> i64 {
        self.aside_minor
    }

    /// The day it was last touched.
    pub const fn day(&self) -> Day {
        self.day
    }

    /// What was used in this direction and window.
    pub const fn sum(&self, way: Direction, window: Window) -> Sum {
        let used = match way {
            Direction::Out => &self.out,
            Direction::In => &self.into,
            Direction::Aside => return Sum { value_minor: self.aside_minor, count: 0 },
        };
        match window {
            Window::Day => used.day,
            Window::Week => used.week,
            Window::Month => used.month,
        }
    }

    /// As it counts on `day`: what belongs to a day, week or month that is over is forgotten. On an
    /// earlier day than its own it stays: of two clocks, or of two payments around midnight, the
    /// one behind must not win anything back.
    pub fn rolled_to(self, day: Day) -> Usage {
        if day <= self.day {
            return self;
        }
        let week = day.week() == self.day.week();
        let month = day.month() == self.day.month();
        let kept = |used: Used| Used {
            day: Sum::default(),
            week: if week { used.week } else { Sum::default() },
            month: if month { used.month } else { Sum::default() },
        };
        Usage { day, out: kept(self.out), into: kept(self.into), ..self }
    }

    /// With one more movement.
    pub const fn with(mut self, way: Direction, amount_minor: i64) -> Usage {
        let used = match way {
            Direction::Out => &mut self.out,
            Direction::In => &mut self.into,
            Direction::Aside => {
                self.aside_minor = self.aside_minor.saturating_add(amount_minor);
                return self;
            }
        };
        used.day = used.day.with(amount_minor);
        used.week = used.week.with(amount_minor);
        used.month = used.month.with(amount_minor);
        self
    }

    /// With more of a movement that was counted before; where that was another day, with one more.
    pub fn with_part(self, way: Direction, amount_minor: i64) -> Usage {
        if self.sum(way, Window::Day).count == 0 {
            return self.with(way, amount_minor);
        }
        let mut usage = self;
        let used = match way {
            Direction::Out => &mut usage.out,
            Direction::In => &mut usage.into,
            Direction::Aside => return self.with(way, amount_minor),
        };
        for sum in [&mut used.day, &mut used.week, &mut used.month] {
            sum.value_minor = sum.value_minor.saturating_add(amount_minor);
        }
        usage
    }

    /// Without a movement that was counted on `day`, or, of a part, without its value: where the
    /// day, week or month it was counted in still counts.
    pub fn without(mut self, way: Direction, amount_minor: i64, day: Day, part: bool) -> Usage {
        let less = |sum: Sum| {
            if part { sum.less_value(amount_minor) } else { sum.less(amount_minor) }
        };
        let same_day = day == self.day;
        let same_week = day.week() == self.day.week();
        let same_month = day.month() == self.day.month();
        let used = match way {
            Direction::Out => &mut self.out,
            Direction::In => &mut self.into,
            Direction::Aside => {
                self.aside_minor = self.aside_minor.saturating_sub(amount_minor).max(0);
                return self;
            }
        };
        if same_day {
            used.day = less(used.day);
        }
        // a week and a month have no less in them than their day, whatever clocks said when it was
        // counted
        if same_week {
            used.week = less(used.week).at_least(used.day);
        }
        if same_month {
            used.month = less(used.month).at_least(used.day);
        }
        self
    }
}

impl Sum {
    const fn with(self, amount_minor: i64) -> Sum {
        Sum {
            value_minor: self.value_minor.saturating_add(amount_minor),
            count: self.count.saturating_add(1),
        }
    }

    /// With less value, and as many movements.
    fn less_value(self, amount_minor: i64) -> Sum {
        let value_minor = self.value_minor.saturating_sub(amount_minor).max(0);
        Sum { value_minor, ..self }.plain()
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
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::arithmetic_side_effects,
        reason = "tests stop where they fail"
    )]

    use super::*;

    /// Monday, 23 November 2026.
    const MONDAY: Day = Day::new(20_780);

    fn values(usage: &Usage, way: Direction) -> [(i64, u32); 3] {
        Window::ALL.map(|window| usage.sum(way, window)).map(|sum| (sum.value_minor, sum.count))
    }

    #[test]
    fn a_day_a_week_and_a_month_end_each_at_its_own_time() {
        assert_eq!(MONDAY.text(), "23/11/26");
        let usage = Usage::default()
            .rolled_to(MONDAY)
            .with(Direction::Out, 200)
            .with(Direction::Out, 50)
            .with(Direction::In, 7);
        assert_eq!(values(&usage, Direction::Out), [(250, 2); 3]);
        let on = |days: i32| usage.rolled_to(Day::new(MONDAY.number() + days));
        assert_eq!(values(&on(0), Direction::Out), [(250, 2); 3]);
        assert_eq!(values(&on(1), Direction::Out), [(0, 0), (250, 2), (250, 2)]);
        assert_eq!(values(&on(6), Direction::In), [(0, 0), (7, 1), (7, 1)]);
        assert_eq!(values(&on(7), Direction::Out), [(0, 0), (0, 0), (250, 2)], "Monday, the 30th");
        assert_eq!(values(&on(8), Direction::Out), [(0, 0); 3], "Tuesday, the 1st");
    }

    #[test]
    fn a_month_that_begins_within_a_week_leaves_the_week() {
        let saturday = Day::new(MONDAY.number() + 68);
        assert_eq!(saturday.text(), "30/01/27");
        let usage = Usage::default().rolled_to(saturday).with(Direction::Out, 5);
        let monday = Day::new(saturday.number() + 2);
        assert_eq!(values(&usage.rolled_to(monday), Direction::Out), [(0, 0); 3]);
        let thursday = Day::new(MONDAY.number() + 38);
        let friday = thursday.next_day();
        assert_eq!((thursday.text().as_str(), friday.text().as_str()), ("31/12/26", "01/01/27"));
        let usage = Usage::default().rolled_to(thursday).with(Direction::Out, 5).rolled_to(friday);
        assert_eq!(values(&usage, Direction::Out), [(0, 0), (5, 1), (0, 0)]);
    }

    #[test]
    fn a_leap_day_is_a_day_of_its_own() {
        let leap = Day::new(MONDAY.number() + 463);
        assert_eq!(leap.text(), "29/02/28");
        let usage = Usage::default().rolled_to(leap).with(Direction::Out, 5);
        assert_eq!(
            values(&usage.rolled_to(leap.next_day()), Direction::Out),
            [(0, 0), (5, 1), (0, 0)]
        );
        let before =
            Usage::default().rolled_to(Day::new(leap.number() - 1)).with(Direction::Out, 5);
        assert_eq!(values(&before.rolled_to(leap), Direction::Out), [(0, 0), (5, 1), (5, 1)]);
    }

    #[test]
    fn a_clock_that_is_behind_wins_nothing_back() {
        let usage = Usage::default().rolled_to(MONDAY).with(Direction::Out, 5);
        let earlier = Day::new(MONDAY.number() - 40);
        assert_eq!(usage.rolled_to(earlier), usage);
        assert_eq!(
            usage
                .rolled_to(earlier)
                .with(Direction::Out, 5)
                .rolled_to(MONDAY)
                .sum(Direction::Out, Window::Day)
                .count,
            2
        );
    }

    #[test]
    fn what_is_put_aside_stays_until_it_comes_back_whatever_the_day() {
        let aside = Usage::default().rolled_to(MONDAY).with(Direction::Aside, 700);
        let later = aside.rolled_to(MONDAY.next_month()).with_part(Direction::Aside, 50);
        assert_eq!((later.aside_minor(), values(&later, Direction::Out)), (750, [(0, 0); 3]));
        assert_eq!(Usage::decode(&later.encode()), Ok(later));
        let back = |minor| later.without(Direction::Aside, minor, MONDAY, false).aside_minor();
        assert_eq!([back(700), back(750), back(751)], [50, 0, 0]);
    }

    #[test]
    fn of_what_comes_back_in_part_only_the_value_is_missing() {
        let one = Usage::default().rolled_to(MONDAY).with(Direction::Out, 50_000);
        let less = one.without(Direction::Out, 1, MONDAY, true);
        assert_eq!(
            values(&less, Direction::Out),
            [(49_999, 1); 3],
            "the rest is used all the same"
        );
        let none = one.without(Direction::Out, 50_000, MONDAY, true);
        assert_eq!(values(&none, Direction::Out), [(0, 1); 3]);
        let tuesday = one.rolled_to(MONDAY.next_day()).without(Direction::Out, 1, MONDAY, true);
        assert_eq!(values(&tuesday, Direction::Out), [(0, 0), (49_999, 1), (49_999, 1)]);
        for usage in [less, none, tuesday] {
            assert_eq!(Usage::decode(&usage.encode()), Ok(usage));
        }
    }

    #[test]
    fn more_of_what_came_on_the_same_day_is_no_movement_of_its_own() {
        let one = Usage::default().rolled_to(MONDAY).with(Direction::In, 100);
        let more = one.with_part(Direction::In, 50).with_part(Direction::In, 50);
        assert_eq!(values(&more, Direction::In), [(200, 1); 3]);
        let tuesday = more.rolled_to(MONDAY.next_day()).with_part(Direction::In, 7);
        assert_eq!(values(&tuesday, Direction::In), [(7, 1), (207, 2), (207, 2)]);
        assert_eq!(Usage::decode(&tuesday.encode()), Ok(tuesday));
    }

    #[test]
    fn what_is_given_back_is_missing_only_where_it_still_counts() {
        let usage =
            Usage::default().rolled_to(MONDAY).with(Direction::Out, 200).with(Direction::Out, 50);
        assert_eq!(
            values(&usage.without(Direction::Out, 200, MONDAY, false), Direction::Out),
            [(50, 1); 3]
        );
        let tuesday = usage.rolled_to(MONDAY.next_day()).with(Direction::Out, 7);
        let back = tuesday.without(Direction::Out, 200, MONDAY, false);
        assert_eq!(values(&back, Direction::Out), [(7, 1), (57, 2), (57, 2)]);
        let next_month = usage.rolled_to(MONDAY.next_month()).with(Direction::Out, 7);
        assert_eq!(next_month.without(Direction::Out, 200, MONDAY, false), next_month);
        // of a clock that was behind: what counted on Tuesday is not below what Tuesday has
        let behind = usage.rolled_to(MONDAY.next_day()).with(Direction::Out, 7);
        let less = behind.without(Direction::Out, 250, MONDAY, false).without(
            Direction::Out,
            7,
            MONDAY,
            false,
        );
        assert_eq!(values(&less, Direction::Out)[0], (7, 1));
        assert_eq!(Usage::decode(&less.encode()), Ok(less));
    }
}
