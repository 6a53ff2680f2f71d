//! What a measurement says: rate, waits, batch sizes, bytes; for people as lines, for programs as JSON.

use serde::Serialize;
use std::time::Duration;

/// The figures of one run.
#[derive(Debug, Clone, Serialize)]
pub struct Figures {
    /// What was measured: `book sqlite uniform` ...
    pub what: String,
    /// Requests on their way at the same time.
    pub in_flight: usize,
    /// Requests answered.
    pub done: u64,
    /// Of these, refused.
    pub refused: u64,
    /// Seconds the run took.
    pub seconds: String,
    /// Requests a second.
    pub rate: u64,
    /// Half of the requests waited at most so long, microseconds.
    pub p50_us: u64,
    /// Ninety-nine of a hundred waited at most so long, microseconds.
    pub p99_us: u64,
    /// The longest wait, microseconds.
    pub max_us: u64,
    /// Postings in a commit, on average.
    pub batch_mean: u64,
    /// Bytes the database grew by, for each request.
    pub bytes_each: u64,
    /// Whether the book was whole afterwards.
    pub whole: bool,
}

/// What a run measured, before it is put into figures.
#[derive(Debug, Default)]
pub struct Raw {
    /// How long each request waited.
    pub waits: Vec<Duration>,
    /// Requests that were refused.
    pub refused: u64,
    /// How long the run took.
    pub took: Duration,
    /// Commits made.
    pub commits: u64,
    /// Bytes the database grew by.
    pub grown_bytes: u64,
    /// Whether the book was whole afterwards.
    pub whole: bool,
}

impl Figures {
    /// Puts a run into figures.
    pub fn of(what: String, in_flight: usize, mut raw: Raw) -> Figures {
        raw.waits.sort_unstable();
        let done = count(raw.waits.len());
        let micros = raw.took.as_micros().max(1);
        let rate = u128::from(done).saturating_mul(1_000_000).checked_div(micros).unwrap_or(0);
        Figures {
            what,
            in_flight,
            done,
            refused: raw.refused,
            seconds: format!("{}.{:03}", raw.took.as_secs(), raw.took.subsec_millis()),
            rate: u64::try_from(rate).unwrap_or(u64::MAX),
            p50_us: at_permille(&raw.waits, 500),
            p99_us: at_permille(&raw.waits, 990),
            max_us: at_permille(&raw.waits, 1_000),
            batch_mean: done.checked_div(raw.commits).unwrap_or(0),
            bytes_each: raw.grown_bytes.checked_div(done).unwrap_or(0),
            whole: raw.whole,
        }
    }

    /// The headings of `line`.
    pub fn heading() -> String {
        format!(
            "{:<26} {:>9} {:>9} {:>8} {:>9} {:>9} {:>9} {:>6} {:>6}  book",
            "", "in flight", "per sec", "refused", "p50 ms", "p99 ms", "max ms", "batch", "bytes"
        )
    }

    /// One line for people.
    pub fn line(&self) -> String {
        let ms = |us: u64| format!("{}.{:02}", us.div_euclid(1_000), us.rem_euclid(1_000).div_euclid(10));
        format!(
            "{:<26} {:>9} {:>9} {:>8} {:>9} {:>9} {:>9} {:>6} {:>6}  {}",
            self.what,
            self.in_flight,
            self.rate,
            self.refused,
            ms(self.p50_us),
            ms(self.p99_us),
            ms(self.max_us),
            self.batch_mean,
            self.bytes_each,
            if self.whole { "whole" } else { "NOT WHOLE" },
        )
    }
}

/// The wait that so many thousandths of all stayed within, microseconds. The waits are sorted.
fn at_permille(waits: &[Duration], permille: usize) -> u64 {
    let last = waits.len().saturating_sub(1);
    let index = waits.len().saturating_mul(permille).div_euclid(1_000).min(last);
    waits.get(index).map_or(0, |wait| u64::try_from(wait.as_micros()).unwrap_or(u64::MAX))
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
