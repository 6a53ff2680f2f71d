//! The clock of a deal: until which day something is expected, when people are reminded, and when
//! it may run out. It never runs out on anybody unawares: only in the evening, only after they were
//! reminded in time, not at night, and not while the service was away or an account was stopped.
//! Pure: it knows no states and no money.

use super::super::service_config::OperatorRules;
use crate::calendar::Day;
use crate::time::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The hour at which a day's clock runs out: people are awake, and had the day for it.
const END_HOUR: i8 = 20;
/// The hours at which people are reminded: the evening before, or where that is over, in the
/// morning.
const EVENING: i8 = 18;
const MORNING: i8 = 9;
/// The hours from which on people sleep, and until which.
const NIGHT: i8 = 21;
const DAWN: i8 = 8;
/// A clock that is looked at later than this was not looked at because the service was away.
const AWAY_AFTER: Duration = Duration::from_secs(3_600);

/// What a deal waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clock {
    /// Until the end of which day; nothing where it stands still.
    pub until: Option<Day>,
    /// Whether people were reminded of that day.
    pub reminded: bool,
    /// For how long the accounts of both sides had been stopped when it began, microseconds.
    pub stopped_us: i64,
}

/// What is to be done when a clock strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stroke {
    /// People are reminded.
    Remind,
    /// It ends later: on this day. People are told.
    Later(Day),
    /// People sleep: from this time on they can be told of it.
    Asleep(Timestamp),
    /// Nothing yet.
    Wait,
    /// Its time is over.
    RunOut,
}

impl Clock {
    /// One that stands still.
    pub const STILL: Clock = Clock { until: None, reminded: false, stopped_us: 0 };

    /// One that runs until the evening of a day.
    pub const fn until(day: Day, stopped_us: i64) -> Clock {
        Clock { until: Some(day), reminded: false, stopped_us }
    }

    /// When something is to be done about it, microseconds UTC.
    pub fn due_at(&self, now: Timestamp, zone: &TimeZone) -> Option<i64> {
        let day = self.until?;
        let reminder = reminder(day, now, zone).filter(|_| !self.reminded);
        Some(reminder.unwrap_or_else(|| day.at_hour(END_HOUR, zone)).micros())
    }

    /// What is to be done now, when it was due at `due`; the accounts of both sides have been
    /// stopped for `stopped_us` altogether.
    pub fn strikes(
        &self,
        due: Timestamp,
        now: Timestamp,
        stopped_us: i64,
        rules: &OperatorRules,
        zone: &TimeZone,
    ) -> Stroke {
        let Some(day) = self.until else { return Stroke::Wait };
        let stopped = stopped_us.saturating_sub(self.stopped_us).max(0);
        let end = day.at_hour(END_HOUR, zone).plus(Duration::from_micros(stopped.unsigned_abs()));
        let away = now >= end && (!self.reminded || now.since(due) > AWAY_AFTER);
        match night(now, zone) {
            Some(dawn) if stopped > 0 || away => Stroke::Asleep(dawn),
            _ if stopped > 0 => Stroke::Later(evening_from(end.max(now), zone)),
            _ if away => Stroke::Later(evening_from(now.plus(rules.grace), zone)),
            _ if now >= end => Stroke::RunOut,
            None if !self.reminded => Stroke::Remind,
            _ => Stroke::Wait,
        }
    }
}

/// When people are reminded of the evening of a day: the evening before, or in the morning; never
/// where that is over.
fn reminder(day: Day, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let times = [day.day_before().at_hour(EVENING, zone), day.at_hour(MORNING, zone)];
    times.into_iter().find(|at| *at > now)
}

/// The first day whose evening is not before a time.
fn evening_from(at: Timestamp, zone: &TimeZone) -> Day {
    let day = Day::of(at, zone);
    if day.at_hour(END_HOUR, zone) >= at { day } else { day.next_day() }
}

/// Until when people sleep, where they do.
fn night(now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let day = Day::of(now, zone);
    let dawns = [day, day.next_day()].map(|day| day.at_hour(DAWN, zone));
    let sleep = now < day.at_hour(DAWN, zone) || now >= day.at_hour(NIGHT, zone);
    dawns.into_iter().find(|dawn| sleep && *dawn > now)
}
