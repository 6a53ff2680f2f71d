//! Whether the time that a node goes by can be right. Whoever has another time in hand is asked
//! what they say, and beyond an hour this node's is the wrong one: then it commits nothing and its
//! workers stand still, since all that ends, is counted by the day or is due would go by the wrong
//! time. Pure but for the steady clock: it reads no database and decides no money.

use crate::reloadable::Reloadable;
use crate::time::Timestamp;
use std::fmt;
use std::time::{Duration, Instant};

/// So far may two clocks be apart: more than any that is kept right, less than what does harm.
pub const APART_MAX: Duration = Duration::from_secs(3_600);

/// The times that others have in hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OtherTimes {
    /// When the newest posting was made. It may be long ago.
    pub newest_posting: Option<Timestamp>,
    /// The clock of the database, where that may be another one than this machine's.
    pub database: Option<Timestamp>,
}

/// What a clock was compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ComparedWith {
    /// The clock of the database.
    Database,
    /// The newest posting, which no right clock is before.
    NewestPosting,
    /// What this clock said itself when it was last found right, and the time that has gone by.
    Itself,
}

/// What is wrong with a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockFault {
    /// Ahead, or else behind.
    pub ahead: bool,
    /// So far.
    pub by: Duration,
    /// Of this.
    pub of: ComparedWith,
}

impl ClockFault {
    /// What there is to say against a clock that shows `clock`. Who knows best is asked first.
    pub fn of_clock(clock: Timestamp, others: &OtherTimes) -> Option<ClockFault> {
        let of_database = others
            .database
            .and_then(|database| ClockFault::between(clock, database, ComparedWith::Database));
        // one that is long ago says only that nobody has paid since
        let of_posting = || {
            let newest = others.newest_posting?;
            ClockFault::between(clock, newest, ComparedWith::NewestPosting)
                .filter(|fault| !fault.ahead)
        };
        of_database.or_else(of_posting)
    }

    fn between(clock: Timestamp, other: Timestamp, of: ComparedWith) -> Option<ClockFault> {
        let (ahead, behind) = (clock.since(other), other.since(clock));
        let by = ahead.max(behind);
        (by > APART_MAX).then_some(ClockFault { ahead: ahead > behind, by, of })
    }
}

/// As operators read it.
impl fmt::Display for ClockFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minutes = self.by.as_secs().div_euclid(60);
        let hours = minutes.div_euclid(60);
        let (days, hours, minutes) =
            (hours.div_euclid(24), hours.rem_euclid(24), minutes.rem_euclid(60));
        write!(f, "the clock of this machine is ")?;
        if days > 0 {
            write!(f, "{days} d ")?;
        }
        write!(f, "{hours} h {minutes} min {} ", if self.ahead { "ahead of" } else { "behind" })?;
        f.write_str(match self.of {
            ComparedWith::Database => "the database's",
            ComparedWith::NewestPosting => "the newest posting",
            ComparedWith::Itself => "where it should be by now: it was set",
        })
    }
}

/// What was last found.
#[derive(Debug)]
enum Found {
    /// Nobody has looked yet, and nothing is said against any time.
    NotLooked,
    /// It was right: it showed `clock` when the steady clock showed `steady`.
    Right { clock: Timestamp, steady: Instant },
    /// It is wrong.
    Wrong(ClockFault),
}

/// What is known of the clock of this node. Clones share it.
#[derive(Debug, Clone)]
pub struct ClockGuard(Reloadable<Found>);

impl Default for ClockGuard {
    fn default() -> ClockGuard {
        ClockGuard(Reloadable::new(Found::NotLooked))
    }
}

impl ClockGuard {
    /// Compares a clock that shows `clock` with others; says what is wrong with it, and whether
    /// that is news.
    pub fn compare(&self, clock: Timestamp, others: &OtherTimes) -> (Option<ClockFault>, bool) {
        let fault = ClockFault::of_clock(clock, others);
        let was_wrong = matches!(*self.0.get(), Found::Wrong(_));
        let steady = Instant::now();
        self.0.set(fault.map_or(Found::Right { clock, steady }, Found::Wrong));
        (fault, fault.is_some() != was_wrong)
    }

    /// What there is to say against `now`, or against a posting that was made then. A clock that is
    /// set while the program runs is noticed at once: a steady one goes on beside it.
    pub fn fault(&self, now: Timestamp) -> Option<ClockFault> {
        match *self.0.get() {
            Found::NotLooked => None,
            Found::Right { clock, steady } => {
                ClockFault::between(now, clock.plus(steady.elapsed()), ComparedWith::Itself)
            }
            Found::Wrong(fault) => Some(fault),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = APART_MAX;
    const TICK: Duration = Duration::from_micros(1);

    fn noon() -> Timestamp {
        Timestamp::from_micros(1_795_431_900_000_000)
    }

    fn posted(at: Timestamp) -> OtherTimes {
        OtherTimes { newest_posting: Some(at), database: None }
    }

    fn on_server(at: Timestamp) -> OtherTimes {
        OtherTimes { newest_posting: None, database: Some(at) }
    }

    fn fault(ahead: bool, by: Duration, of: ComparedWith) -> Option<ClockFault> {
        Some(ClockFault { ahead, by, of })
    }

    #[test]
    fn a_posting_may_be_old_but_at_most_an_hour_ahead() {
        let against = |at| ClockFault::of_clock(noon(), &posted(at));
        for fine in [noon().minus(HOUR * 50_000), noon(), noon().plus(HOUR)] {
            assert_eq!(against(fine), None, "{fine:?}");
        }
        let behind = fault(false, HOUR + TICK, ComparedWith::NewestPosting);
        assert_eq!(against(noon().plus(HOUR + TICK)), behind);
        assert_eq!(ClockFault::of_clock(noon(), &OtherTimes::default()), None, "nobody to ask");
    }

    #[test]
    fn the_database_may_be_an_hour_apart_on_either_side() {
        let against = |at| ClockFault::of_clock(noon(), &on_server(at));
        for fine in [noon().minus(HOUR), noon(), noon().plus(HOUR)] {
            assert_eq!(against(fine), None, "{fine:?}");
        }
        let of = ComparedWith::Database;
        assert_eq!(against(noon().minus(HOUR + TICK)), fault(true, HOUR + TICK, of));
        assert_eq!(against(noon().plus(HOUR + TICK)), fault(false, HOUR + TICK, of));
    }

    #[test]
    fn either_of_two_others_is_enough_and_the_database_is_named_first() {
        let both = |posting, database| OtherTimes {
            newest_posting: Some(posting),
            database: Some(database),
        };
        let against = |posting, database| ClockFault::of_clock(noon(), &both(posting, database));
        let later = noon().plus(HOUR * 2);
        assert_eq!(against(noon().minus(HOUR * 2), noon()), None);
        // node and database may be one machine that has lost its time
        assert_eq!(
            against(later, noon()),
            fault(false, HOUR * 2, ComparedWith::NewestPosting),
            "both may be wrong"
        );
        assert_eq!(against(noon(), later), fault(false, HOUR * 2, ComparedWith::Database));
        assert_eq!(against(later, later), fault(false, HOUR * 2, ComparedWith::Database));
    }

    #[test]
    fn the_ends_of_time_are_as_wrong_as_any() {
        let (first, last) = (Timestamp::from_micros(i64::MIN), Timestamp::from_micros(i64::MAX));
        for (clock, other, ahead) in [(first, last, false), (last, first, true)] {
            let found = ClockFault::of_clock(clock, &on_server(other)).unwrap();
            assert_eq!(found.ahead, ahead);
        }
    }

    #[test]
    fn before_anybody_has_looked_nothing_is_said_against_any_time() {
        let guard = ClockGuard::default();
        assert_eq!(guard.fault(noon()), None);
        assert_eq!(guard.fault(noon().plus(HOUR * 50_000)), None);
    }

    #[test]
    fn each_change_is_news_once_and_all_clones_know() {
        let guard = ClockGuard::default();
        let node = guard.clone();
        let wrong = ClockFault::of_clock(noon(), &on_server(noon().minus(HOUR * 9)));
        assert_eq!(guard.compare(noon(), &on_server(noon())), (None, false));
        for news in [true, false, false] {
            assert_eq!(guard.compare(noon(), &on_server(noon().minus(HOUR * 9))), (wrong, news));
            assert_eq!(node.fault(noon()), wrong);
        }
        for news in [true, false] {
            assert_eq!(guard.compare(noon(), &on_server(noon())), (None, news));
            assert_eq!(node.fault(noon()), None);
        }
    }

    #[test]
    fn a_clock_that_is_set_between_two_looks_is_noticed_at_once() {
        let guard = ClockGuard::default();
        let _ = guard.compare(noon(), &OtherTimes::default());
        // a minute for the machine to take its time over this test
        let minute = Duration::from_secs(60);
        assert_eq!(guard.fault(noon().minus(HOUR - minute)), None);
        assert_eq!(guard.fault(noon().plus(HOUR)), None);
        let ahead = guard.fault(noon().plus(HOUR * 24)).unwrap();
        assert_eq!((ahead.ahead, ahead.of), (true, ComparedWith::Itself));
        let behind = guard.fault(noon().minus(HOUR * 24)).unwrap();
        assert_eq!((behind.ahead, behind.of), (false, ComparedWith::Itself));
    }

    #[test]
    fn operators_read_how_far_and_of_what() {
        let day = HOUR * 24;
        let said = |ahead, by, of| ClockFault { ahead, by, of }.to_string();
        assert_eq!(
            [
                said(
                    true,
                    day * 1_530 + HOUR * 2 + Duration::from_secs(59),
                    ComparedWith::Database
                ),
                said(false, HOUR + Duration::from_secs(61), ComparedWith::NewestPosting),
                said(true, day, ComparedWith::Itself),
            ],
            [
                "the clock of this machine is 1530 d 2 h 0 min ahead of the database's",
                "the clock of this machine is 1 h 1 min behind the newest posting",
                "the clock of this machine is 1 d 0 h 0 min ahead of where it should be by now: it \
                 was set",
            ]
        );
    }
}
