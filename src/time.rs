//! Time: one point on the line as microseconds UTC, and the clock that tells it. The clock is handed in from the top,
//! so that tests and simulations decide what time it is.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::Zoned;
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

    /// The time of day as receipts show it: `14:05`.
    pub fn clock_text(self, zone: &TimeZone) -> String {
        let local = self.in_zone(zone);
        format!("{:02}:{:02}", local.hour(), local.minute())
    }

    fn in_zone(self, zone: &TimeZone) -> Zoned {
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
