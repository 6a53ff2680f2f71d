//! What became of the messages of a run: how many went, how late, and how many still waited.

use super::reckoning::{Spread, at_permille, milliseconds, per_second};
use crate::store::outbox_figures::OutboxCounts;
use serde::Serialize;
use std::time::Duration;

/// The messages of one run, or of its rounds taken together: then what is counted is a sum, and the
/// rest are medians.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct MessageFigures {
    /// Texts that the payments brought.
    pub written: u64,
    /// Texts that the gateway took while payments were made,
    pub sent_meanwhile: u64,
    /// and how many that is in a second.
    pub sent_rate: u64,
    /// Texts that it had taken in the end.
    pub sent: u64,
    /// Texts that it had reported as delivered by then.
    pub reported: u64,
    /// Texts that were given up.
    pub failed: u64,
    /// Texts that still waited then.
    pub waiting: u64,
    /// How long it took from the last payment to that end, milliseconds.
    pub drained_ms: u64,
    /// Half of them were taken at most so long after they were written, microseconds.
    pub late_p50_us: u64,
    /// Ninety-nine of a hundred were taken at most so long after, microseconds.
    pub late_p99_us: u64,
    /// The latest was taken so long after, microseconds.
    pub late_max_us: u64,
}

impl MessageFigures {
    /// Puts messages into figures: what had become of them after `run`, what had in the end, and
    /// how long each waited.
    pub fn of(
        meanwhile: OutboxCounts,
        run: Duration,
        end: OutboxCounts,
        drained: Duration,
        waits_us: Vec<u64>,
    ) -> MessageFigures {
        let mut waits: Vec<Duration> = waits_us.into_iter().map(Duration::from_micros).collect();
        waits.sort_unstable();
        MessageFigures {
            written: end.written,
            sent_meanwhile: meanwhile.sent,
            sent_rate: per_second(meanwhile.sent, run),
            sent: end.sent,
            reported: end.reported,
            failed: end.failed,
            waiting: end.waiting,
            drained_ms: u64::try_from(drained.as_millis()).unwrap_or(u64::MAX),
            late_p50_us: at_permille(&waits, 500),
            late_p99_us: at_permille(&waits, 990),
            late_max_us: at_permille(&waits, 1_000),
        }
    }

    /// Takes rounds together; nothing where there are no messages.
    pub fn together(rounds: &[&MessageFigures]) -> Option<MessageFigures> {
        let sum = |value: fn(&MessageFigures) -> u64| {
            rounds.iter().fold(0_u64, |sum, round| sum.saturating_add(value(round)))
        };
        let median = |value: fn(&MessageFigures) -> u64| {
            Spread::of(rounds.iter().map(|round| value(round))).map(|spread| spread.median)
        };
        Some(MessageFigures {
            written: sum(|round| round.written),
            sent_meanwhile: sum(|round| round.sent_meanwhile),
            sent_rate: median(|round| round.sent_rate)?,
            sent: sum(|round| round.sent),
            reported: sum(|round| round.reported),
            failed: sum(|round| round.failed),
            waiting: sum(|round| round.waiting),
            drained_ms: median(|round| round.drained_ms)?,
            late_p50_us: median(|round| round.late_p50_us)?,
            late_p99_us: median(|round| round.late_p99_us)?,
            late_max_us: median(|round| round.late_max_us)?,
        })
    }

    /// A line for people.
    pub fn line(&self) -> String {
        let failed =
            if self.failed > 0 { format!(", {} FAILED", self.failed) } else { String::new() };
        format!(
            "{} texts written, {} sent meanwhile ({}/s); {} ms later {} sent, {} reported, {} \
             wait{failed}; late p50 {} ms, p99 {} ms, max {} ms",
            self.written,
            self.sent_meanwhile,
            self.sent_rate,
            self.drained_ms,
            self.sent,
            self.reported,
            self.waiting,
            milliseconds(self.late_p50_us),
            milliseconds(self.late_p99_us),
            milliseconds(self.late_max_us)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_are_sums_and_medians() {
        let counts =
            |sent, waiting| OutboxCounts { written: 100, sent, reported: sent, failed: 0, waiting };
        let run = Duration::from_secs(2);
        let round = |sent: u64, late: u64| {
            let waits = (1..=100).map(|n| late.saturating_add(n)).collect();
            MessageFigures::of(counts(sent, 0), run, counts(100, 3), run, waits)
        };
        let (one, two, three) = (round(40, 1_000), round(60, 3_000), round(80, 2_000));
        let all = MessageFigures::together(&[&one, &two, &three]).unwrap();
        assert_eq!((all.written, all.sent_meanwhile, all.waiting), (300, 180, 9));
        assert_eq!((all.sent_rate, all.late_p99_us), (30, 2_100));
        assert_eq!(MessageFigures::together(&[]), None);
        let line = one.line();
        assert!(line.contains("40 sent meanwhile (20/s); 2000 ms later 100 sent"), "{line}");
    }
}
