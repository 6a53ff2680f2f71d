//! Time: one point on the line as microseconds UTC, and the clock that tells it. The clock is
//! handed in from the top, so that tests and simulations decide what time it is.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::Zoned;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// Microseconds since 1970 in UTC.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The point that many microseconds after 1970 began.
    pub const fn from_micros(micros: i64) -> Timestamp {
        Timestamp(micros)
    }

    /// Microseconds since 1970, for storage.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Later by `duration`, at most the end of the range.
    pub fn plus(self, duration: Duration) -> Timestamp {
        Timestamp(self.0.saturating_add(micros_of(duration)))
    }

    /// Earlier by `duration`, at most the beginning of the range.
    pub fn minus(self, duration: Duration) -> Timestamp {
        Timestamp(self.0.saturating_sub(micros_of(duration)))
    }

    /// How long after `earlier` this is; nothing if it is not after it.
    pub fn since(self, earlier: Timestamp) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// The day as receipts show it: `23/11/26`.
    pub fn date_text(self, zone: &TimeZone) -> String {
        let local = self.in_zone(zone);
        format!("{:02}/{:02}/{:02}", local.day(), local.month(), local.year().rem_euclid(100))
    }

    /// The calendar day of a market.
    pub fn day(self, zone: &TimeZone) -> Date {
        self.in_zone(zone).date()
    }

    /// When a calendar day of a market begins, and when the next one does.
    pub fn of_day(day: Date, zone: &TimeZone) -> (Timestamp, Timestamp) {
        let begins = |day: Date| {
            let begins = day.to_zoned(zone.clone());
            Timestamp(begins.map_or(i64::MAX, |begins| begins.timestamp().as_microsecond()))
        };
        (begins(day), begins(day.saturating_add(jiff::Span::new().days(1))))
    }

    /// The time of day on the clocks of a zone.
    pub fn time_of_day(self, zone: &TimeZone) -> TimeOfDay {
        let local = self.in_zone(zone);
        let hours = u16::from(local.hour().unsigned_abs());
        TimeOfDay(hours.saturating_mul(60).saturating_add(u16::from(local.minute().unsigned_abs())))
    }

    /// The time of day as receipts show it: `14:05`.
    pub fn clock_text(self, zone: &TimeZone) -> String {
        self.time_of_day(zone).to_string()
    }

    /// As programs write it: `2026-11-23T11:05:00.250000Z`.
    pub fn rfc3339(self) -> String {
        let end = if self.0 < 0 { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX };
        format!("{:.6}", jiff::Timestamp::from_microsecond(self.0).unwrap_or(end))
    }

    /// The same point on the wall clock and calendar of a zone.
    pub(crate) fn in_zone(self, zone: &TimeZone) -> Zoned {
        let end = if self.0 < 0 { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX };
        jiff::Timestamp::from_microsecond(self.0).unwrap_or(end).to_zoned(zone.clone())
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_microsecond(self.0) {
            Ok(instant) => write!(f, "Timestamp({instant})"),
            Err(_) => write!(f, "Timestamp({} microseconds)", self.0),
        }
    }
}

/// A time of day, to the minute: minutes since midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TimeOfDay(u16);

/// As receipts show it: `14:05`.
impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

fn micros_of(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

/// Where the time comes from. Clones of a manual clock tell the same time.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A clock that stands still until it is moved: microseconds since 1970.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at `start` until `advance` moves it.
    pub fn manual(start: Timestamp) -> Clock {
        Clock::Manual(Arc::new(AtomicI64::new(start.0)))
    }

    /// What time it is.
    pub fn now(&self) -> Timestamp {
        match self {
            Clock::System => match SystemTime::now().duration_since(UNIX_EPOCH) {
                Ok(after) => Timestamp(0).plus(after),
                Err(before) => Timestamp(0).minus(before.duration()),
            },
            Clock::Manual(micros) => Timestamp(micros.load(Ordering::SeqCst)),
        }
    }

    /// Moves a manual clock forward. The machine's clock moves by itself and stays as it is.
    pub fn advance(&self, duration: Duration) {
        match self {
            Clock::System => (),
            Clock::Manual(micros) => {
                micros.fetch_add(micros_of(duration), Ordering::SeqCst);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests stop where they fail")]

    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::from_micros(text.parse::<jiff::Timestamp>().unwrap().as_microsecond())
    }

    #[test]
    fn receipts_show_the_day_and_hour_of_the_market() {
        let nairobi = jiff::tz::get!("Africa/Nairobi");
        let afternoon = at("2026-11-23T11:05:59Z");
        assert_eq!(
            (afternoon.date_text(&nairobi).as_str(), afternoon.clock_text(&nairobi).as_str()),
            ("23/11/26", "14:05")
        );
        let after_midnight = at("2026-12-31T21:00:00Z");
        assert_eq!(
            (
                after_midnight.date_text(&nairobi).as_str(),
                after_midnight.clock_text(&nairobi).as_str()
            ),
            ("01/01/27", "00:00")
        );
        assert_eq!(after_midnight.day(&nairobi), jiff::civil::date(2027, 1, 1));
    }

    #[test]
    fn time_stops_at_the_ends_of_its_range() {
        let (first, last) = (Timestamp::from_micros(i64::MIN), Timestamp::from_micros(i64::MAX));
        assert_eq!((first.minus(Duration::MAX), last.plus(Duration::MAX)), (first, last));
        for end in [first, last] {
            assert_eq!(end.date_text(&TimeZone::UTC).len(), 8);
            assert_eq!(end.clock_text(&TimeZone::UTC).len(), 5);
        }
        assert_eq!(Timestamp::from_micros(5).since(Timestamp::from_micros(7)), Duration::ZERO);
        assert_eq!(
            Timestamp::from_micros(7).since(Timestamp::from_micros(5)),
            Duration::from_micros(2)
        );
    }

    #[test]
    fn a_manual_clock_moves_only_when_told_and_with_all_its_clones() {
        let clock = Clock::manual(at("2026-11-23T11:05:00Z"));
        let same = clock.clone();
        clock.advance(Duration::from_secs(60));
        assert_eq!(same.now(), at("2026-11-23T11:06:00Z"));
        assert!(Clock::System.now() > at("2024-01-01T00:00:00Z"));
    }
}
