//! When those who share a bill are reminded: who has not answered is reminded once by itself, never
//! at night, and once more when the asker wants it. With what words is not known here.

use crate::book::Key;
use crate::calendar::Day;
use crate::time::Timestamp;
use jiff::tz::TimeZone;
use std::time::Duration;

/// When who has not answered is reminded by itself, unless that is at night: then in the morning,
/// when there is an hour left at least.
const AFTER: Duration = Duration::from_secs(12 * 3_600);
const MORNING: i8 = 8;
const EVENING: i8 = 21;
/// Between the request or a reminder and one that the asker wants.
const APART: Duration = Duration::from_secs(3_600);

/// When those who were asked then are reminded by themselves.
pub fn by_itself(zone: &TimeZone, asked: Timestamp) -> Timestamp {
    let at = asked.plus(AFTER);
    let day = Day::of(at, zone);
    let morning = day.at_hour(MORNING, zone);
    let evening = day.at_hour(EVENING, zone);
    if at < morning {
        morning
    } else if at >= evening {
        day.next_day().at_hour(MORNING, zone)
    } else {
        at
    }
}

/// Whether those who were asked then were asked or reminded within the hour, or are about to be.
pub fn is_near(zone: &TimeZone, asked: Timestamp, now: Timestamp) -> bool {
    let by_itself = by_itself(zone, asked);
    now < asked.plus(APART) || (now > by_itself.minus(APART) && now < by_itself.plus(APART))
}

/// The asker's own reminder of a split bill, which there is one of.
pub fn turn(split: i64) -> Key {
    Key::new(Timestamp::from_micros(0), "bill reminded", &split.to_be_bytes())
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::arithmetic_side_effects,
        reason = "tests stop where they fail"
    )]

    use super::super::payment_request;
    use super::*;

    #[test]
    fn nobody_is_reminded_at_night_or_when_less_than_an_hour_is_left() {
        let zone = jiff::tz::get!("Africa/Nairobi");
        for minute in 0..48 * 60 {
            let asked = Timestamp::from_micros(1_795_431_900_000_000 + minute * 60_000_000);
            let at = by_itself(&zone, asked);
            let hour: i8 = at.clock_text(&zone).get(..2).unwrap().parse().unwrap();
            assert!((MORNING..EVENING).contains(&hour), "{minute}: {hour}");
            assert!(
                at >= asked.plus(AFTER) && at.plus(APART) <= asked.plus(payment_request::LIFE),
                "{minute}"
            );
        }
    }
}
