//! Money: a whole number of the smallest coin, and its currency. No rates, no fees, no rounding,
//! and no floating point.

mod amount_text;
mod currency;
mod number_words;

pub use currency::{Currency, DECIMALS_FILE};

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize};
use std::fmt;

/// An amount in the smallest coin of its currency; below zero where a leg takes away.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Money {
    /// Cents of a shilling, francs where there is nothing smaller.
    pub minor: i64,
    /// The currency of both amount and coin.
    pub currency: Currency,
}

/// As it is stored: the currency, then the minor units, in one short word, as many are kept in each
/// conversation.
impl From<Money> for String {
    fn from(money: Money) -> String {
        format!("{}{}", money.currency.as_str(), money.minor)
    }
}

impl TryFrom<String> for Money {
    type Error = &'static str;

    fn try_from(stored: String) -> Result<Money, &'static str> {
        let (code, minor) = stored.split_at_checked(3).ok_or("not an amount")?;
        let currency = Currency::parse(code).ok_or("not a currency")?;
        let minor = minor.parse().map_err(|_words| "not an amount")?;
        Ok(Money { minor, currency })
    }
}

impl Money {
    /// The most that a person can write: far above any limit of a service, far below the range of
    /// the type.
    pub const MINOR_MAX: i64 = 1_000_000_000_000;

    /// So many of the smallest coin.
    pub const fn new(minor: i64, currency: Currency) -> Money {
        Money { minor, currency }
    }

    /// The sum, or `None` beyond the range or across currencies.
    pub fn checked_add(self, other: Money) -> Option<Money> {
        self.same_currency(other)
            .and_then(|()| self.minor.checked_add(other.minor))
            .map(|minor| Money { minor, ..self })
    }

    /// The difference, or `None` beyond the range or across currencies.
    pub fn checked_sub(self, other: Money) -> Option<Money> {
        self.same_currency(other)
            .and_then(|()| self.minor.checked_sub(other.minor))
            .map(|minor| Money { minor, ..self })
    }

    fn same_currency(self, other: Money) -> Option<()> {
        (self.currency == other.currency).then_some(())
    }

    /// An amount in whole units (`7.50` shillings), if it is a whole number of coins within range.
    pub fn from_major(major: Decimal, currency: Currency) -> Option<Money> {
        let coins = major.checked_mul(Decimal::from(10_u32.checked_pow(currency.exponent())?))?;
        if !coins.is_integer() {
            return None;
        }
        coins.to_i64().map(|minor| Money { minor, currency })
    }

    /// The canonical text of the number of coins, for fields and storage.
    pub fn minor_text(&self) -> String {
        self.minor.to_string()
    }

    /// Reads back `minor_text`, and nothing but its canonical form.
    pub fn from_minor_text(text: &str, currency: Currency) -> Option<Money> {
        let money = Money::new(text.parse().ok()?, currency);
        (money.minor_text() == text).then_some(money)
    }
}

impl Money {
    /// Without the name of its currency, for a report that has many: `1,200.50`.
    pub fn plain(&self) -> String {
        let coins = self.minor.unsigned_abs();
        let minus = if self.minor < 0 { "-" } else { "" };
        let (whole, part, width) = match self.currency.exponent() {
            0 => (coins, 0, 0),
            3 => (coins / 1000, coins % 1000, 3),
            _ => (coins / 100, coins % 100, 2),
        };
        let whole = thousands(whole);
        if part == 0 { format!("{minus}{whole}") } else { format!("{minus}{whole}.{part:0width$}") }
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{} {}", self.currency, self.plain()))
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Money({self})")
    }
}

/// `1234567` → `1,234,567`.
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut written = String::with_capacity(digits.len().saturating_mul(2));
    for (position, digit) in digits.chars().enumerate() {
        let left = digits.len().saturating_sub(position);
        if position > 0 && left.is_multiple_of(3) {
            written.push(',');
        }
        written.push(digit);
    }
    written
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::arithmetic_side_effects,
        reason = "tests stop where they fail"
    )]
    #![allow(clippy::inconsistent_digit_grouping, reason = "`1_234_50` reads as 1,234.50")]

    use proptest::prelude::*;

    use super::*;

    fn kes(minor: i64) -> Money {
        Money::new(minor, Currency::parse("KES").unwrap())
    }

    #[test]
    fn amounts_are_shown_with_commas_and_coins_only_where_there_are_some() {
        let shown = [
            (200_00, "KES 200"),
            (1_234_50, "KES 1,234.50"),
            (5, "KES 0.05"),
            (0, "KES 0"),
            (-1_000_00, "KES -1,000"),
        ];
        for (minor, text) in shown {
            assert_eq!(kes(minor).to_string(), text);
        }
        assert_eq!(
            Money::new(1_234_567, Currency::parse("UGX").unwrap()).to_string(),
            "UGX 1,234,567"
        );
        assert_eq!(kes(i64::MIN).to_string(), "KES -92,233,720,368,547,758.08");
    }

    #[test]
    fn sums_stop_at_the_range_and_at_the_border() {
        let dollars = Money::new(1, Currency::parse("USD").unwrap());
        assert_eq!(kes(2).checked_add(kes(3)), Some(kes(5)));
        assert_eq!(kes(2).checked_sub(kes(3)), Some(kes(-1)));
        assert_eq!(kes(i64::MAX).checked_add(kes(1)), None);
        assert_eq!(kes(i64::MIN).checked_sub(kes(1)), None);
        assert_eq!((kes(1).checked_add(dollars), kes(1).checked_sub(dollars)), (None, None));
    }

    proptest! {
        #[test]
        fn coins_go_through_text_unchanged(minor in any::<i64>()) {
            let money = kes(minor);
            prop_assert_eq!(
                Money::from_minor_text(&money.minor_text(), money.currency),
                Some(money)
            );
            prop_assert_eq!(
                Money::from_minor_text(&format!("+{}", money.minor_text()), money.currency),
                None
            );
        }

    }
}
