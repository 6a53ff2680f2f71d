//! What is charged on an amount: a flat part, a percentage, a least and a most, exact to the
//! smallest coin. It knows nothing of bands, of who pays or of where it goes.

use std::fmt;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize};

/// Percentages are whole numbers of the millionth of a percent.
const PARTS_PER_PERCENT: i64 = 1_000_000;
/// So many parts are the whole.
const PARTS_PER_WHOLE: i128 = 100_000_000;

/// What becomes of the part of a coin that a percentage leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rounding {
    /// To the coin above.
    Up,
    /// To the coin below.
    Down,
    /// To the nearer coin; from the middle to the even one.
    HalfEven,
    /// To the nearer coin; from the middle to the one above.
    HalfUp,
}

impl Rounding {
    /// Every way there is.
    pub const ALL: [Rounding; 4] =
        [Rounding::Up, Rounding::Down, Rounding::HalfEven, Rounding::HalfUp];

    /// As the file writes it.
    pub const fn name(self) -> &'static str {
        match self {
            Rounding::Up => "up",
            Rounding::Down => "down",
            Rounding::HalfEven => "half_even",
            Rounding::HalfUp => "half_up",
        }
    }

    /// The quotient as a whole number of coins. Nothing here is below zero.
    fn divide(self, dividend: i128, divisor: i128) -> Option<i64> {
        let whole = dividend.checked_div_euclid(divisor)?;
        let rest = dividend.checked_rem_euclid(divisor)?;
        let twice = rest.checked_mul(2)?;
        let one_more = match self {
            Rounding::Up => rest > 0,
            Rounding::Down => false,
            Rounding::HalfEven => twice > divisor || (twice == divisor && whole.rem_euclid(2) == 1),
            Rounding::HalfUp => twice >= divisor,
        };
        i64::try_from(whole.checked_add(i128::from(one_more))?).ok()
    }
}

/// A percentage from 0 to 100, to six decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Percent(i64);

impl Percent {
    /// Nothing.
    pub const ZERO: Percent = Percent(0);

    /// Reads `1.5`.
    pub fn parse(text: &str) -> Option<Percent> {
        let parts =
            Decimal::from_str_exact(text).ok()?.checked_mul(Decimal::from(PARTS_PER_PERCENT))?;
        let whole = parts.is_integer().then(|| parts.to_i64()).flatten()?;
        (0..=i64::try_from(PARTS_PER_WHOLE).ok()?).contains(&whole).then_some(Percent(whole))
    }

    /// So much of an amount, minor units, as whole coins; nothing beyond the range.
    pub fn of(self, amount_minor: i64, rounding: Rounding) -> Option<i64> {
        rounding.divide(i128::from(amount_minor).checked_mul(i128::from(self.0))?, PARTS_PER_WHOLE)
    }

    /// The greatest amount, minor units, of which this is at most `part_minor`; nothing where that
    /// has no end.
    fn reaches(self, part_minor: i64) -> Option<i64> {
        let whole = i128::from(part_minor).checked_mul(PARTS_PER_WHOLE)?;
        i64::try_from(whole.checked_div_euclid(i128::from(self.0))?).ok()
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} %", Decimal::new(self.0, 6).normalize())
    }
}

/// Flat part and percentage added up, then held between the least and the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// The part that is always the same, minor units.
    pub flat_minor: i64,
    /// The part that grows with the amount.
    pub percent: Percent,
    /// Never less than this, minor units.
    pub min_minor: Option<i64>,
    /// Never more than this, minor units.
    pub max_minor: Option<i64>,
}

impl Rate {
    /// The same for every amount.
    pub const fn flat(flat_minor: i64) -> Rate {
        Rate { flat_minor, percent: Percent::ZERO, min_minor: None, max_minor: None }
    }

    /// What it comes to on an amount, minor units; nothing beyond the range.
    pub fn of(&self, amount_minor: i64, rounding: Rounding) -> Option<i64> {
        let sum = self.flat_minor.checked_add(self.percent.of(amount_minor, rounding)?)?;
        let sum = self.min_minor.map_or(sum, |least| sum.max(least));
        Some(self.max_minor.map_or(sum, |most| sum.min(most)))
    }

    /// The amounts, minor units, at which the rate without its ends passes one of `fees_minor` or
    /// one of those ends: the last below, and the first above. Between two of them what is charged
    /// grows along one straight line.
    pub fn bends(&self, fees_minor: &[i64]) -> Vec<i64> {
        let levels = fees_minor.iter().copied().chain(self.min_minor).chain(self.max_minor);
        let below =
            levels.filter_map(|level| self.percent.reaches(level.checked_sub(self.flat_minor)?));
        below.flat_map(|below| [below, below.saturating_add(1)]).collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::arithmetic_side_effects,
        reason = "tests stop where they fail"
    )]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn percentages_are_read_exactly_or_not_at_all() {
        for (text, shown) in [
            ("1.5", "1.5 %"),
            ("0", "0 %"),
            ("100", "100 %"),
            ("0.000001", "0.000001 %"),
            ("2.50", "2.5 %"),
        ] {
            assert_eq!(Percent::parse(text).unwrap().to_string(), shown);
        }
        for text in [
            "",
            "-1",
            "100.000001",
            "0.0000001",
            "1,5",
            "1.5%",
            "a",
            "1e3",
            "99999999999999999999999999999999",
        ] {
            assert_eq!(Percent::parse(text), None, "{text}");
        }
    }

    #[test]
    fn each_way_of_rounding_does_what_it_says() {
        use Rounding::*;
        // half a percent of 1.00, 1.50, 2.99, 3.00, 5.00 in coins: 0.5, 0.75, 1.495, 1.5, 2.5
        let half = Percent::parse("0.5").unwrap();
        for (rounding, coins) in [
            (Up, [1, 1, 2, 2, 3]),
            (Down, [0, 0, 1, 1, 2]),
            (HalfEven, [0, 1, 1, 2, 2]),
            (HalfUp, [1, 1, 1, 2, 3]),
        ] {
            assert_eq!(
                [100, 150, 299, 300, 500].map(|minor| half.of(minor, rounding).unwrap()),
                coins,
                "{rounding:?}"
            );
        }
    }

    #[test]
    fn least_and_most_hold_the_sum() {
        let percent = Percent::parse("1").unwrap();
        let rate = Rate { flat_minor: 50, percent, min_minor: Some(100), max_minor: Some(1_000) };
        let fees = [(1, 100), (5_000, 100), (5_100, 101), (95_000, 1_000), (i64::MAX, 1_000)];
        for (amount, fee) in fees {
            assert_eq!(rate.of(amount, Rounding::HalfUp), Some(fee), "{amount}");
        }
        assert_eq!(rate.bends(&[]), [5_000, 5_001, 95_000, 95_001]);
        assert_eq!(Rate::flat(7).bends(&[1, 9]), [0_i64; 0]);
    }

    proptest! {
        #[test]
        fn the_part_and_the_rest_differ_by_less_than_a_coin(
            amount in 0..=i64::MAX,
            parts in 0_i64..=100_000_000,
        ) {
            let percent = Percent(parts);
            let exact = i128::from(amount) * i128::from(parts);
            for rounding in Rounding::ALL {
                let part = i128::from(percent.of(amount, rounding).unwrap()) * PARTS_PER_WHOLE;
                prop_assert!((part - exact).abs() < PARTS_PER_WHOLE);
                prop_assert!(rounding != Rounding::Up || part >= exact);
                prop_assert!(rounding != Rounding::Down || part <= exact);
            }
        }

        #[test]
        fn who_pays_more_is_never_charged_less(
            one in 0..=i64::MAX,
            other in 0..=i64::MAX,
            parts in 0_i64..=100_000_000,
        ) {
            for rounding in Rounding::ALL {
                let less = one.min(other);
                let more = one.max(other);
                prop_assert!(
                    Percent(parts).of(less, rounding) <= Percent(parts).of(more, rounding)
                );
            }
        }
    }
}
