//! What one run says: rate, waits, batch sizes, bytes.

use super::message_figures::MessageFigures;
use super::processor_time::CpuShare;
use super::reckoning::{at_permille, count, milliseconds, nanoseconds_each, per_second};
use crate::metrics::Commits;
use serde::Serialize;
use std::time::Duration;

/// The figures of one run.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Figures {
    /// What was measured: `book sqlite uniform`, `pgbench TPC-B` ...
    pub what: String,
    /// Requests on their way at the same time.
    pub in_flight: usize,
    /// Requests that were done.
    pub done: u64,
    /// Requests that were refused.
    pub refused: u64,
    /// Times that a request was told to come back because the queue was full; it came back.
    pub busy: u64,
    /// Answers that are not what they should be. One is too many.
    pub wrong: u64,
    /// Seconds the run took.
    pub seconds: String,
    /// Requests done in a second.
    pub rate: u64,
    /// How long a request waited on average, microseconds.
    pub mean_us: u64,
    /// Half of the requests waited at most so long, microseconds. pgbench does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p50_us: Option<u64>,
    /// Ninety-nine of a hundred waited at most so long, microseconds. pgbench does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p99_us: Option<u64>,
    /// The longest wait, microseconds. pgbench does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_us: Option<u64>,
    /// Postings in a commit, on average; 0 where nothing goes into our book.
    pub batch_mean: u64,
    /// Postings in the largest commit; 0 where nothing goes into our book.
    pub batch_max: u64,
    /// How long the head of the book was held by all nodes together, for each request done,
    /// nanoseconds; 0 where nothing goes into our book.
    pub head_each_ns: u64,
    /// Bytes the database grew by, for each request done.
    pub bytes_each: u64,
    /// What became of the messages; absent where payments bring none, or nobody sends them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub messages: Option<MessageFigures>,
    /// Where the time of the processors went; empty where that is not known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cpu: Vec<CpuShare>,
    /// Whether the book was whole afterwards; absent where there is no book.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub whole: Option<bool>,
}

/// What a run measured, before it is put into figures.
#[derive(Debug, Default)]
pub struct Raw {
    /// How long each request that was done waited.
    pub waits: Vec<Duration>,
    /// Requests that were refused.
    pub refused: u64,
    /// Times that a request was told to come back.
    pub busy: u64,
    /// Answers that are not what they should be.
    pub wrong: u64,
    /// How long the run took.
    pub took: Duration,
    /// Commits made.
    pub commits: Commits,
    /// Bytes the database grew by.
    pub grown_bytes: u64,
}

impl Raw {
    /// Adds what another one of those who asked has measured at the same time.
    pub fn take(&mut self, other: Raw) {
        self.waits.extend(other.waits);
        self.refused = self.refused.saturating_add(other.refused);
        self.busy = self.busy.saturating_add(other.busy);
        self.wrong = self.wrong.saturating_add(other.wrong);
    }
}

impl Figures {
    /// Puts a run into figures.
    pub fn of(what: String, in_flight: usize, mut raw: Raw) -> Figures {
        raw.waits.sort_unstable();
        let done = count(raw.waits.len());
        let waited =
            raw.waits.iter().fold(0_u128, |sum, wait| sum.saturating_add(wait.as_micros()));
        Figures {
            what,
            in_flight,
            done,
            refused: raw.refused,
            busy: raw.busy,
            wrong: raw.wrong,
            seconds: format!("{}.{:03}", raw.took.as_secs(), raw.took.subsec_millis()),
            rate: per_second(done, raw.took),
            mean_us: u64::try_from(waited.checked_div(u128::from(done)).unwrap_or(0))
                .unwrap_or(u64::MAX),
            p50_us: Some(at_permille(&raw.waits, 500)),
            p99_us: Some(at_permille(&raw.waits, 990)),
            max_us: Some(at_permille(&raw.waits, 1_000)),
            batch_mean: raw.commits.postings.checked_div(raw.commits.count).unwrap_or(0),
            batch_max: raw.commits.largest,
            head_each_ns: nanoseconds_each(raw.commits.head, done),
            bytes_each: raw.grown_bytes.checked_div(done).unwrap_or(0),
            messages: None,
            cpu: Vec::new(),
            whole: None,
        }
    }

    /// One line for people who wait for the others.
    pub fn line(&self) -> String {
        let waits = match self.p99_us {
            Some(p99_us) => format!("p99 {} ms", milliseconds(p99_us)),
            None => format!("mean {} ms", milliseconds(self.mean_us)),
        };
        let trouble = [("refused", self.refused), ("busy", self.busy), ("WRONG", self.wrong)];
        let trouble: String = trouble
            .iter()
            .filter(|(_, n)| *n > 0)
            .map(|(what, n)| format!(", {n} {what}"))
            .collect();
        format!("{}, {} in flight: {}/s, {waits}{trouble}", self.what, self.in_flight, self.rate)
    }
}
