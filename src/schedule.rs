//! The calendar of standing orders: on which days they fall due, on which of them a notice comes
//! the day before, and what is the next thing to do. Pure: days come in, days go out. Whoever chose
//! the 31st is due on the last day of shorter months.

use crate::calendar::Day;
use serde::{Deserialize, Serialize};

/// Payments that may be agreed on in one go.
pub const TIMES_MAX: i64 = 366;
/// Days after the first one within which the last one must lie: five years.
const SPAN_DAYS_MAX: i32 = 1_827;

/// How often.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Every {
    /// Each day.
    Day,
    /// On the same day of each week.
    Week,
    /// On the same day of each month.
    Month,
}

/// When how often what is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// How often.
    pub every: Every,
    /// The first day on which it is due.
    pub first: Day,
    /// How many times.
    pub times: i64,
}

/// What is to be done about one payment, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Say that it comes, the day before.
    Notice,
    /// Pay, in the morning.
    Pay,
    /// Pay in the afternoon what could not be paid in the morning.
    Retry,
}

impl Every {
    /// All of them.
    pub const ALL: [Every; 3] = [Every::Day, Every::Week, Every::Month];

    /// As it is stored, and what menus call it.
    pub const fn code(self) -> &'static str {
        match self {
            Every::Day => "day",
            Every::Week => "week",
            Every::Month => "month",
        }
    }

    /// The day on which the day, week or month begins in which this day lies.
    pub fn begin_of(self, day: Day) -> Day {
        match self {
            Every::Day => day,
            Every::Week => Day::new(day.next_week().number().saturating_sub(7)),
            Every::Month => day.month_begin(0),
        }
    }

    /// From its code.
    pub fn parse(code: &str) -> Option<Every> {
        Every::ALL.into_iter().find(|every| every.code() == code)
    }
}

impl Stage {
    /// The hour at which it is done: people are awake, and in the afternoon there is still time to
    /// mend it.
    pub const fn hour(self) -> i8 {
        match self {
            Stage::Notice => 10,
            Stage::Pay => 8,
            Stage::Retry => 17,
        }
    }
}

impl Schedule {
    /// The schedule that ends after so many times, if it can be agreed on.
    pub fn counted(every: Every, first: Day, times: i64) -> Option<Schedule> {
        let schedule = Schedule { every, first, times };
        let fits = (1..=TIMES_MAX).contains(&times)
            && schedule.last().number().saturating_sub(first.number()) <= SPAN_DAYS_MAX;
        fits.then_some(schedule)
    }

    /// The schedule that ends on a day at the latest.
    pub fn until(every: Every, first: Day, end: Day) -> Option<Schedule> {
        let due = |number: &i64| Schedule { every, first, times: 1 }.due(*number) <= end;
        let times = (0..=TIMES_MAX).take_while(due).count();
        Schedule::counted(every, first, i64::try_from(times).ok()?)
    }

    /// The day on which a payment is due, counted from 0.
    pub fn due(&self, number: i64) -> Day {
        let number = i32::try_from(number).unwrap_or(i32::MAX);
        match self.every {
            Every::Day => Day::new(self.first.number().saturating_add(number)),
            Every::Week => Day::new(self.first.number().saturating_add(number.saturating_mul(7))),
            Every::Month => self.first.months_later(number),
        }
    }

    /// The day on which the last one is due.
    pub fn last(&self) -> Day {
        self.due(self.times.saturating_sub(1))
    }

    /// The first thing to do about a payment. A notice each day would soon not be read any more: of
    /// daily payments only the first and the last are announced.
    pub fn begins_with(&self, number: i64) -> Stage {
        let edge = number == 0 || number == self.times.saturating_sub(1);
        match self.every {
            Every::Day if !edge => Stage::Pay,
            Every::Day | Every::Week | Every::Month => Stage::Notice,
        }
    }

    /// The day on which something is done about a payment.
    pub fn day_of(&self, number: i64, stage: Stage) -> Day {
        match stage {
            Stage::Notice => self.due(number).day_before(),
            Stage::Pay | Stage::Retry => self.due(number),
        }
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
    use proptest::prelude::*;

    fn day(text: &str) -> Day {
        Day::read(text).unwrap()
    }

    #[test]
    fn the_31st_is_the_last_day_of_each_month_and_comes_back_to_the_31st() {
        let rent = Schedule::counted(Every::Month, day("31/1/28"), 5).unwrap();
        let due: Vec<String> = (0..5).map(|number| rent.due(number).text()).collect();
        assert_eq!(due, ["31/01/28", "29/02/28", "31/03/28", "30/04/28", "31/05/28"]);
        assert_eq!(rent.last(), day("31/5/28"));
        assert_eq!(Schedule::until(Every::Month, day("31/1/28"), day("30/5/28")).unwrap().times, 4);
    }

    #[test]
    fn an_end_that_is_no_end_is_refused() {
        let first = day("1/12/26");
        assert_eq!(Schedule::until(Every::Week, first, day("29/12/26")).unwrap().times, 5);
        assert_eq!(Schedule::until(Every::Day, first, first).unwrap().times, 1);
        assert_eq!(Schedule::until(Every::Day, first, day("30/11/26")), None);
        assert_eq!(Schedule::until(Every::Day, first, day("1/1/29")), None);
        for (every, times, fits) in [
            (Every::Day, 366, true),
            (Every::Day, 367, false),
            (Every::Week, 0, false),
            (Every::Week, 300, false),
        ] {
            assert_eq!(Schedule::counted(every, first, times).is_some(), fits, "{times}");
        }
    }

    #[test]
    fn weeks_begin_on_monday_and_months_on_the_first() {
        for (on, week, month) in [
            ("23/11/26", "23/11/26", "1/11/26"),
            ("29/11/26", "23/11/26", "1/11/26"),
            ("1/12/26", "30/11/26", "1/12/26"),
        ] {
            assert_eq!(
                (Every::Week.begin_of(day(on)), Every::Month.begin_of(day(on))),
                (day(week), day(month)),
                "{on}"
            );
            assert_eq!(Every::Day.begin_of(day(on)), day(on));
        }
    }

    #[test]
    fn of_daily_payments_the_first_and_the_last_are_announced() {
        let daily = Schedule::counted(Every::Day, day("1/12/26"), 3).unwrap();
        assert_eq!(
            [0, 1, 2].map(|number| daily.begins_with(number)),
            [Stage::Notice, Stage::Pay, Stage::Notice]
        );
        let weekly = Schedule { every: Every::Week, ..daily };
        assert_eq!(weekly.begins_with(1), Stage::Notice);
        assert_eq!(weekly.day_of(1, Stage::Notice), day("7/12/26"));
    }

    proptest! {
        #[test]
        fn each_payment_is_due_after_the_one_before(
            number in 0..366_i64,
            first in 0..60_000_i32,
            which in 0..3_usize,
        ) {
            let schedule = Schedule {
                every: *Every::ALL.get(which).unwrap(),
                first: Day::new(first),
                times: 366,
            };
            prop_assert!(schedule.due(number) < schedule.due(number + 1));
            prop_assert!(schedule.day_of(number + 1, Stage::Notice) >= schedule.due(number));
        }
    }
}
