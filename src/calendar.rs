//! Calendar days as people live them: the market's days, not UTC's, numbered one after the other,
//! each in a week that begins on Monday and in a month. Pure: it knows no clock, and nothing of
//! what is counted by the day.

use crate::time::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

const EPOCH: Date = Date::constant(1970, 1, 1);
const DAY_SECONDS: i64 = 86_400;
/// Months of a year, for numbering them.
const YEAR_MONTHS: i32 = 12;

/// A day, as the number of days since 1 January 1970 on the same calendar.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Day(i32);

impl Day {
    /// The day with this number.
    pub const fn new(number: i32) -> Day {
        Day(number)
    }

    /// The day that it is in `zone` at this time.
    pub fn of(at: Timestamp, zone: &TimeZone) -> Day {
        Day::of_date(at.in_zone(zone).date())
    }

    /// Its number.
    pub const fn number(self) -> i32 {
        self.0
    }

    /// The number of its week. Weeks begin on Monday; 1 January 1970 was a Thursday.
    pub const fn week(self) -> i32 {
        self.0.saturating_add(3).div_euclid(7)
    }

    /// The number of its month.
    pub fn month(self) -> i32 {
        let date = self.date();
        i32::from(date.year()).saturating_mul(YEAR_MONTHS).saturating_add(i32::from(date.month()))
    }

    /// The day after.
    pub const fn next_day(self) -> Day {
        Day(self.0.saturating_add(1))
    }

    /// The Monday after.
    pub const fn next_week(self) -> Day {
        Day(self.week().saturating_add(1).saturating_mul(7).saturating_sub(3))
    }

    /// The first day of the month after.
    pub fn next_month(self) -> Day {
        Day::of_date(self.date().last_of_month()).next_day()
    }

    /// The day before.
    pub const fn day_before(self) -> Day {
        Day(self.0.saturating_sub(1))
    }

    /// The first day of the month so many months before.
    pub fn month_begin(self, months_before: i32) -> Day {
        let first = self.date().first_of_month();
        Day::of_date(first.saturating_sub(jiff::Span::new().months(months_before.clamp(0, 1_200))))
    }

    /// The same day of the month so many months later, or the last one of a shorter month.
    pub fn months_later(self, months: i32) -> Day {
        Day::of_date(self.date().saturating_add(jiff::Span::new().months(months.clamp(0, 1_200))))
    }

    /// Reads a day as people type it: day, month and year with signs between them or without,
    /// `1/11/26`, `01112026`.
    pub fn read(text: &str) -> Option<Day> {
        let text = text.trim();
        let parts: Vec<&str> =
            text.split(['/', '.', '-', ' ']).filter(|part| !part.is_empty()).collect();
        let (day, month, year) = match *parts.as_slice() {
            [day, month, year] => (day, month, year),
            [all] if matches!(all.len(), 6 | 8) => (all.get(..2)?, all.get(2..4)?, all.get(4..)?),
            _ => return None,
        };
        let number = |text: &str| {
            text.parse::<i16>().ok().filter(|_| text.bytes().all(|b| b.is_ascii_digit()))
        };
        let year = match year.len() {
            2 => number(year)?.checked_add(2_000)?,
            4 => number(year)?,
            _ => return None,
        };
        let small = |text: &str| number(text).and_then(|number| i8::try_from(number).ok());
        Date::new(year, small(month)?, small(day)?).ok().map(Day::of_date)
    }

    /// When it begins in `zone`.
    pub fn begins(self, zone: &TimeZone) -> Timestamp {
        self.at_hour(0, zone)
    }

    /// When it is this hour of it in `zone`.
    pub fn at_hour(self, hour: i8, zone: &TimeZone) -> Timestamp {
        let instant = self.date().at(hour.clamp(0, 23), 0, 0, 0).to_zoned(zone.clone());
        let end = if self.0 < 0 { i64::MIN } else { i64::MAX };
        Timestamp::from_micros(instant.map_or(end, |zoned| zoned.timestamp().as_microsecond()))
    }

    /// As receipts show it: `23/11/26`.
    pub fn text(self) -> String {
        let date = self.date();
        format!("{:02}/{:02}/{:02}", date.day(), date.month(), date.year().rem_euclid(100))
    }

    /// The same day of the calendar.
    pub fn of_date(date: Date) -> Day {
        let days = date.duration_since(EPOCH).as_secs().div_euclid(DAY_SECONDS);
        Day(i32::try_from(days).unwrap_or(i32::MAX))
    }

    /// The calendar ends at the years that nobody lives in.
    pub fn date(self) -> Date {
        let midnight = jiff::Timestamp::from_second(i64::from(self.0).saturating_mul(DAY_SECONDS));
        let end = if self.0 < 0 { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX };
        midnight.unwrap_or(end).to_zoned(TimeZone::UTC).date()
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

    fn at(text: &str) -> Timestamp {
        Timestamp::from_micros(text.parse::<jiff::Timestamp>().unwrap().as_microsecond())
    }

    fn day(text: &str) -> Day {
        Day::of(at(&format!("{text}T12:00:00Z")), &TimeZone::UTC)
    }

    #[test]
    fn a_day_begins_at_the_midnight_of_the_market() {
        let nairobi = jiff::tz::get!("Africa/Nairobi");
        let (before, after) = (at("2026-11-23T20:59:59.999999Z"), at("2026-11-23T21:00:00Z"));
        assert_eq!(
            (Day::of(before, &nairobi), Day::of(after, &nairobi)),
            (day("2026-11-23"), day("2026-11-24"))
        );
        // where it is still the same day in UTC
        assert_eq!(
            (Day::of(before, &TimeZone::UTC), Day::of(after, &TimeZone::UTC)),
            (day("2026-11-23"), day("2026-11-23"))
        );
        assert_eq!(Day::of(Timestamp::from_micros(0), &TimeZone::UTC), Day::new(0));
        assert_eq!(Day::of(Timestamp::from_micros(-1), &TimeZone::UTC), Day::new(-1));
    }

    #[test]
    fn weeks_begin_on_monday_and_months_on_the_first() {
        let sunday = day("2026-11-22");
        assert_eq!((sunday.next_week(), sunday.next_day()), (day("2026-11-23"), day("2026-11-23")));
        assert_ne!(sunday.week(), day("2026-11-23").week());
        assert_eq!(day("2026-11-23").week(), day("2026-11-29").week());
        assert_eq!(day("2026-11-23").next_week(), day("2026-11-30"));
        assert_eq!(
            (day("2028-02-29").next_day(), day("2028-02-01").next_month()),
            (day("2028-03-01"), day("2028-03-01"))
        );
        assert_eq!(day("2028-02-01").month(), day("2028-02-29").month());
        assert_eq!(day("2027-02-28").next_day(), day("2027-02-01").next_month());
        assert_eq!(
            (day("2026-12-31").next_month(), day("2026-12-31").next_day()),
            (day("2027-01-01"), day("2027-01-01"))
        );
        // one week lies in two months, and in two years
        assert_eq!(day("2026-12-31").week(), day("2027-01-01").week());
        assert_ne!(day("2026-12-31").month(), day("2027-01-01").month());
        assert_ne!(day("2026-11-05").month(), day("2027-11-05").month());
        assert_eq!(day("2028-02-29").text(), "29/02/28");
    }

    #[test]
    fn a_day_is_read_as_people_type_it_and_begins_at_its_midnight() {
        let nairobi = jiff::tz::get!("Africa/Nairobi");
        for text in
            ["1/11/26", "01/11/2026", "1.11.26", " 1-11-2026 ", "011126", "01112026", "1 11 26"]
        {
            assert_eq!(Day::read(text), Some(day("2026-11-01")), "{text}");
        }
        for wrong in [
            "",
            "31/11/26",
            "1/13/26",
            "11/26",
            "2026-11-01",
            "1/11/026",
            "-1/11/26x",
            "+1/11/26",
            "x",
            "29/02/27",
        ] {
            assert_eq!(Day::read(wrong), None, "{wrong}");
        }
        assert_eq!(day("2026-11-01").begins(&nairobi), at("2026-10-31T21:00:00Z"));
        assert_eq!(Day::of(day("2026-11-01").at_hour(8, &nairobi), &nairobi), day("2026-11-01"));
        assert_eq!(day("2026-03-31").month_begin(2), day("2026-01-01"));
        assert_eq!(day("2026-01-31").month_begin(1), day("2025-12-01"));
    }

    proptest! {
        #[test]
        fn every_day_is_followed_by_another_in_the_same_week_and_month_or_the_next(
            number in -100_000..100_000_i32,
        ) {
            let day = Day::new(number);
            let next = Day::new(number).next_day();
            prop_assert_eq!(next.week() == day.week(), day.next_week() != next);
            prop_assert_eq!(next.month() == day.month(), day.next_month() != next);
            prop_assert!(day.next_week() > day && day.next_month() > day);
            prop_assert!(next.week() - day.week() <= 1 && next.month() - day.month() <= 1);
        }

        #[test]
        fn days_beyond_all_calendars_stand_in_their_order_too(number in any::<i32>()) {
            let day = Day::new(number);
            prop_assert!(day.day_before() <= day && day <= day.next_day(), "{:?}", day);
            prop_assert!(
                day.week() <= day.next_day().week() && day.month() <= day.next_day().month(),
                "{:?}",
                day
            );
            prop_assert!(
                day.at_hour(0, &TimeZone::UTC) <= day.at_hour(23, &TimeZone::UTC),
                "{:?}",
                day
            );
            prop_assert!(
                !day.text().is_empty() && day.month_begin(3) <= day.month_begin(0),
                "{:?}",
                day
            );
        }
    }
}
