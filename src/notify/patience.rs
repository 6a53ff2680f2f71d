//! How long is waited before something is handed over again: longer after each try of one message,
//! and longer each time that nothing of anybody's goes through. A way that takes nothing is tried
//! with one message at a time: however many wait behind it, that costs nobody else anything. Pure:
//! the time and the chance are handed in.

use crate::time::Timestamp;
use std::collections::HashSet;
use std::time::Duration;

const WAIT_FIRST: Duration = Duration::from_secs(5);
/// At most, where a message was not taken,
const WAIT_MAX: Duration = Duration::from_secs(2 * 3_600);
/// and where no message would have been: that says nothing about this one.
const WAIT_AWAY_MAX: Duration = Duration::from_secs(60);
/// A message that is older than this is given up when it is not taken once more,
const GIVE_UP_AFTER: Duration = Duration::from_secs(48 * 3_600);
/// but not before so many tries: it may have waited behind others for all that time.
const TRIES_LEAST: i64 = 10;
/// So many receivers in a row whose messages are not taken are no accident any more.
const AWAY_AFTER: usize = 8;
const PAUSE_FIRST: Duration = Duration::from_secs(1);
const PAUSE_MAX: Duration = Duration::from_secs(30);

/// When to try a message again that was tried `attempts` times before and was written at
/// `created_at`; nothing where it is given up. `away` is whether nobody's would have been taken.
pub fn next_try(
    attempts: i64,
    created_at: Timestamp,
    now: Timestamp,
    away: bool,
    chance: u8,
) -> Option<Timestamp> {
    let tries = attempts.saturating_add(1);
    if tries >= TRIES_LEAST && now.since(created_at) >= GIVE_UP_AFTER {
        return None;
    }
    let max = if away { WAIT_AWAY_MAX } else { WAIT_MAX };
    let doublings = u32::try_from(attempts).unwrap_or(u32::MAX);
    Some(now.plus(spread(doubled(WAIT_FIRST, doublings, max), chance)))
}

/// Whether a way takes anything.
#[derive(Debug, Default)]
pub struct Health {
    /// Receivers whose messages were not taken since one was. A message that nobody ever takes says
    /// nothing about the others, however often it is tried.
    failed: HashSet<i64>,
    /// Pauses, one after the other.
    pauses: u32,
    /// Until when nothing is tried.
    until: Option<Timestamp>,
}

impl Health {
    /// How many may be handed over side by side now, where that would be `places`.
    pub fn places(&self, places: usize, now: Timestamp) -> usize {
        match self.until {
            None => places,
            Some(until) if now < until => 0,
            Some(_over) => places.min(1),
        }
    }

    /// One was taken, or refused for its own sake: somebody is there. Says whether nobody was.
    pub fn well(&mut self) -> bool {
        let was_away = self.until.is_some();
        *self = Health::default();
        was_away
    }

    /// One for this receiver was not taken, as nobody's would have been. Says until when nothing is
    /// tried, where that is news.
    pub fn away(&mut self, receiver: i64, now: Timestamp, chance: u8) -> Option<Timestamp> {
        if self.failed.len() < AWAY_AFTER {
            self.failed.insert(receiver);
        }
        // those that were on their way say nothing new
        if self.failed.len() < AWAY_AFTER || self.until.is_some_and(|until| now < until) {
            return None;
        }
        let until = now.plus(spread(doubled(PAUSE_FIRST, self.pauses, PAUSE_MAX), chance));
        self.pauses = self.pauses.saturating_add(1);
        self.until = Some(until);
        self.until
    }
}

fn doubled(first: Duration, times: u32, max: Duration) -> Duration {
    first.saturating_mul(2_u32.saturating_pow(times.min(20))).min(max)
}

/// From three quarters of it to five quarters, by chance: what fell out together must not come back
/// together.
fn spread(wait: Duration, chance: u8) -> Duration {
    let parts = 192_u32.saturating_add(u32::from(chance).div_euclid(2));
    wait.saturating_mul(parts).checked_div(256).unwrap_or(wait)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3_600);
    /// Which leaves a wait as it is.
    const EVEN: u8 = 128;

    fn noon() -> Timestamp {
        Timestamp::from_micros(1_795_431_900_000_000)
    }

    fn wait(attempts: i64, away: bool, chance: u8) -> u64 {
        next_try(attempts, noon(), noon(), away, chance).unwrap().since(noon()).as_secs()
    }

    #[test]
    fn each_wait_is_twice_as_long_and_none_is_longer_than_two_hours() {
        let waits: Vec<u64> = (0..14).map(|attempts| wait(attempts, false, EVEN)).collect();
        let doubled = [5, 10, 20, 40, 80, 160, 320, 640, 1_280, 2_560, 5_120, 7_200, 7_200, 7_200];
        assert_eq!(waits, doubled);
        assert_eq!(wait(i64::MAX, false, EVEN), 7_200);
        let away: Vec<u64> = (0..6).map(|attempts| wait(attempts, true, EVEN)).collect();
        assert_eq!(away, [5, 10, 20, 40, 60, 60]);
    }

    #[test]
    fn chance_takes_or_adds_a_quarter_at_most() {
        assert_eq!([0, EVEN, 255].map(|chance| wait(4, false, chance)), [60, 80, 99]);
    }

    #[test]
    fn what_is_two_days_old_is_given_up_after_ten_tries() {
        let then = |attempts, age| next_try(attempts, noon(), noon().plus(age), false, EVEN);
        assert_eq!(then(9, HOUR * 48), None);
        assert!(then(9, HOUR * 48 - Duration::from_micros(1)).is_some(), "not old enough");
        assert!(then(8, HOUR * 480).is_some(), "not tried enough");
    }

    #[test]
    fn a_way_that_takes_nothing_is_tried_with_one_at_a_time() {
        let mut health = Health::default();
        let mut now = noon();
        for receiver in 1..8 {
            assert_eq!(health.away(receiver, now, EVEN), None);
            assert_eq!(health.places(64, now), 64);
        }
        let mut pauses = Vec::new();
        for _try in 0..7 {
            let until = health.away(8, now, EVEN).unwrap();
            assert_eq!(health.away(9, now, EVEN), None, "another one that was on its way");
            assert_eq!(health.places(64, now), 0);
            pauses.push(until.since(now).as_secs());
            now = until;
            assert_eq!(health.places(64, now), 1);
        }
        assert_eq!(pauses, [1, 2, 4, 8, 16, 30, 30]);
        assert!(health.well());
        assert_eq!(health.places(64, now), 64);
        assert!(!health.well(), "nothing new");
    }

    #[test]
    fn one_that_is_taken_in_between_says_that_somebody_is_there() {
        let mut health = Health::default();
        for _round in 0..5 {
            for receiver in 1..8 {
                assert_eq!(health.away(receiver, noon(), EVEN), None);
            }
            assert!(!health.well());
        }
    }

    #[test]
    fn a_message_that_is_never_taken_says_nothing_about_the_others() {
        let mut health = Health::default();
        for _try in 0..100 {
            assert_eq!(health.away(1, noon(), EVEN), None);
        }
        assert_eq!(health.places(64, noon()), 64);
    }
}
