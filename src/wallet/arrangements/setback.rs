//! Rows that could not be woken: each is tried again after a pause that grows, so that one that is
//! broken costs a node nothing and fills no log. They are remembered by a node alone, until it
//! ends.

use crate::id::ArrangementId;
use crate::time::Timestamp;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(15 * 60);
/// One that was not tried for so long was moved by somebody else.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(3_600);

/// What could not be woken.
#[derive(Debug, Default)]
pub struct Setbacks(Mutex<HashMap<ArrangementId, Setback>>);

#[derive(Debug, Clone, Copy)]
struct Setback {
    pause: Duration,
    until: Timestamp,
}

impl Setbacks {
    /// Whether a row is to be left alone for now.
    pub fn pauses(&self, id: ArrangementId, now: Timestamp) -> bool {
        self.locked().get(&id).is_some_and(|setback| setback.until > now)
    }

    /// It failed, once more: the next try is put off twice as far as the last one was.
    pub fn failed(&self, id: ArrangementId, now: Timestamp) -> Duration {
        let mut known = self.locked();
        known.retain(|_, setback| setback.until.plus(FORGOTTEN_AFTER) > now);
        let pause = known.get(&id).map_or(FIRST, |last| last.pause.saturating_mul(2).min(LONGEST));
        known.insert(id, Setback { pause, until: now.plus(pause) });
        pause
    }

    /// It was moved.
    pub fn over(&self, id: ArrangementId) {
        self.locked().remove(&id);
    }

    /// Held for a look only, never across an await.
    fn locked(&self) -> MutexGuard<'_, HashMap<ArrangementId, Setback>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_of_a_row_grows_and_ends_with_what_was_wrong() {
        let setbacks = Setbacks::default();
        let (bad, other) = (ArrangementId::of(7), ArrangementId::of(8));
        let mut now = Timestamp::from_micros(0);
        let pauses: Vec<u64> = (0..13)
            .map(|_| {
                assert!(!setbacks.pauses(bad, now));
                let pause = setbacks.failed(bad, now);
                assert!(setbacks.pauses(bad, now) && !setbacks.pauses(other, now));
                now = now.plus(pause);
                pause.as_secs()
            })
            .collect();
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]);
        setbacks.over(bad);
        assert_eq!(setbacks.failed(bad, now), FIRST);
        // one that was not met for an hour is forgotten
        setbacks.failed(bad, now);
        assert_eq!(setbacks.failed(other, now.plus(2 * FORGOTTEN_AFTER)), FIRST);
        assert_eq!(setbacks.locked().len(), 1);
    }
}
