//! What is reckoned of measurements: rates, ratios, and what is in the middle. Pure, and without
//! fractions.

use serde::Serialize;
use std::time::Duration;

/// A figure over the rounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Spread {
    /// The one in the middle.
    pub median: u64,
    /// The lowest.
    pub min: u64,
    /// The highest.
    pub max: u64,
}

impl Spread {
    /// Of values in any order. Of an even number of values the lower one of the two in the middle
    /// counts.
    pub fn of(values: impl Iterator<Item = u64>) -> Option<Spread> {
        let mut sorted: Vec<u64> = values.collect();
        sorted.sort_unstable();
        let median = sorted.get(sorted.len().saturating_sub(1).div_euclid(2)).copied()?;
        Some(Spread { median, min: sorted.first().copied()?, max: sorted.last().copied()? })
    }
}

/// `part` divided by `whole`, rounded to two decimals.
pub fn ratio(part: u64, whole: u64) -> String {
    let part = u128::from(part);
    let whole = u128::from(whole);
    let hundredths =
        part.saturating_mul(100).saturating_add(whole.div_euclid(2)).checked_div(whole);
    hundredths.map_or("-".to_owned(), |n| format!("{}.{:02}", n.div_euclid(100), n.rem_euclid(100)))
}

/// So many in this time, as a rate.
pub fn per_second(done: u64, took: Duration) -> u64 {
    let rate = u128::from(done)
        .saturating_mul(1_000_000)
        .checked_div(took.as_micros().max(1))
        .unwrap_or(0);
    u64::try_from(rate).unwrap_or(u64::MAX)
}

/// A time shared out among so many, nanoseconds.
pub fn nanoseconds_each(time: Duration, among: u64) -> u64 {
    let each = time.as_nanos().checked_div(u128::from(among)).unwrap_or(0);
    u64::try_from(each).unwrap_or(u64::MAX)
}

/// Nanoseconds as microseconds with two decimals.
pub fn microseconds(ns: u64) -> String {
    thousandths(ns)
}

/// Microseconds as milliseconds with two decimals.
pub fn milliseconds(us: u64) -> String {
    thousandths(us)
}

fn thousandths(n: u64) -> String {
    format!("{}.{:02}", n.div_euclid(1_000), n.rem_euclid(1_000).div_euclid(10))
}

/// The wait that so many thousandths of all stayed within, microseconds. The waits are sorted.
pub fn at_permille(waits: &[Duration], permille: usize) -> u64 {
    let last = waits.len().saturating_sub(1);
    let index = waits.len().saturating_mul(permille).div_euclid(1_000).min(last);
    waits.get(index).map_or(0, |wait| u64::try_from(wait.as_micros()).unwrap_or(u64::MAX))
}

/// A length as a number.
pub fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_have_two_decimals_and_round_to_the_nearest() {
        for (part, whole, text) in
            [(0, 5, "0.00"), (32_000, 4_300, "7.44"), (1, 3, "0.33"), (2, 3, "0.67"), (1, 0, "-")]
        {
            assert_eq!(ratio(part, whole), text);
        }
        assert_eq!(ratio(u64::MAX, 1), format!("{}.00", u64::MAX));
    }

    #[test]
    fn a_spread_has_the_middle_and_both_ends() {
        assert_eq!(Spread::of([5, 1, 3].into_iter()), Some(Spread { median: 3, min: 1, max: 5 }));
        assert_eq!(Spread::of([4, 2].into_iter()), Some(Spread { median: 2, min: 2, max: 4 }));
        assert_eq!(Spread::of(std::iter::empty()), None);
    }
}
