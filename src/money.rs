//! Money: a whole number of the smallest coin, and its currency. Reading is strict: an amount that could be read in two
//! ways is refused, never guessed. No rates, no fees, no rounding, and no floating point.

use std::fmt;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize};

use crate::reason::Reason;

/// A currency by its ISO 4217 code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Currency([u8; 3]);

impl From<Currency> for String {
    fn from(currency: Currency) -> String {
        currency.as_str().to_owned()
    }
}

impl TryFrom<String> for Currency {
    type Error = &'static str;

    fn try_from(code: String) -> Result<Currency, &'static str> {
        Currency::parse(&code).ok_or("not the code of a currency")
    }
}

impl Currency {
    /// The Kenyan shilling.
    pub const KES: Currency = Currency(*b"KES");

    /// Reads a three-letter code, in either case.
    pub fn parse(text: &str) -> Option<Currency> {
        let letters: [u8; 3] = text.trim().as_bytes().try_into().ok()?;
        letters.iter().all(u8::is_ascii_alphabetic).then(|| Currency(letters.map(|letter| letter.to_ascii_uppercase())))
    }

    /// The code: `KES`.
    pub fn as_str(&self) -> &str {
        // Always ASCII by construction, so the fallback is never reached.
        str::from_utf8(&self.0).unwrap_or("XXX")
    }

    /// How many decimals the smallest coin has.
    pub const fn exponent(self) -> u32 {
        match &self.0 {
            b"BIF" | b"CLP" | b"DJF" | b"GNF" | b"ISK" | b"JPY" | b"KMF" | b"KRW" | b"PYG" | b"RWF" | b"UGX"
            | b"VND" | b"VUV" | b"XAF" | b"XOF" | b"XPF" => 0,
            b"BHD" | b"IQD" | b"JOD" | b"KWD" | b"LYD" | b"OMR" | b"TND" => 3,
            _ => 2,
        }
    }

    /// What people write beside an amount, longest first: the code, and the short names of the shillings.
    fn names(&self) -> &[&str] {
        match &self.0 {
            b"KES" => &["kshs", "ksh", "kes", "shs", "sh"],
            b"TZS" => &["tshs", "tsh", "tzs", "shs", "sh"],
            b"UGX" => &["ushs", "ush", "ugx", "shs", "sh"],
            _ => &[],
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Currency({self})")
    }
}

/// An amount in the smallest coin of its currency; below zero where a leg takes away.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// Cents of a shilling, francs where there is nothing smaller.
    pub minor: i64,
    /// The currency of both amount and coin.
    pub currency: Currency,
}

impl Money {
    /// The most that a person can write: far above any limit of a service, far below the range of the type.
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

    /// Reads what a person wrote: `200`, `200.5`, `1,000.50`, `KES 200`, `Ksh200`, `200/=`.
    pub fn parse(text: &str, currency: Currency) -> Result<Money, Reason> {
        // The minus stands in front of the number or of the name: `KES -5`, `-KES 5`.
        let (below_zero, rest) = match strip_minus(text.trim()) {
            (true, rest) => (true, strip_names(rest, currency)),
            (false, rest) => strip_minus(strip_names(rest, currency)),
        };
        let read = read_number(rest, currency);
        let is_number = !matches!(read, Err(Reason::AmountFormat | Reason::AmountZero));
        if below_zero && is_number { Err(Reason::AmountNegative) } else { read }
    }
}

/// A minus of the keyboard or of typesetters, in front.
fn strip_minus(text: &str) -> (bool, &str) {
    match text.strip_prefix(['-', '−', '–']) {
        Some(rest) => (true, rest.trim_start()),
        None => (false, text),
    }
}

/// Leaves out the name of the currency on one side, and the `/=` or `/-` that shillings are written with.
fn strip_names(text: &str, currency: Currency) -> &str {
    let text = text.strip_suffix("/=").or_else(|| text.strip_suffix("/-")).unwrap_or(text).trim_end();
    let code = [currency.as_str()];
    for name in currency.names().iter().chain(&code) {
        if let Some((head, rest)) = text.split_at_checked(name.len())
            && head.eq_ignore_ascii_case(name)
        {
            return rest.strip_prefix(". ").unwrap_or(rest).trim_start();
        }
        if let Some((rest, tail)) = text.len().checked_sub(name.len()).and_then(|at| text.split_at_checked(at))
            && tail.eq_ignore_ascii_case(name)
        {
            return rest.trim_end();
        }
    }
    text
}

/// Reads digits with thousands commas and a decimal point.
fn read_number(text: &str, currency: Currency) -> Result<Money, Reason> {
    let well_made =
        text.split([',', '.']).all(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()));
    if !well_made {
        return Err(Reason::AmountFormat);
    }
    if text.chars().all(|character| matches!(character, '0' | ',' | '.')) {
        return Err(Reason::AmountZero);
    }
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    refuse_two_readings(whole, decimals, currency)?;
    let coins = decimals.trim_end_matches('0');
    let whole: String = whole.chars().filter(|character| *character != ',').collect();
    // A zero in front of more digits is how phone numbers look, and nobody writes an amount so.
    if whole.len() > 1 && whole.starts_with('0') {
        return Err(Reason::AmountFormat);
    }
    if !u32::try_from(coins.len()).is_ok_and(|length| length <= currency.exponent()) {
        return Err(Reason::AmountFraction);
    }
    Decimal::from_str_exact(&format!("{whole}.{coins}0"))
        .ok()
        .and_then(|major| Money::from_major(major, currency))
        .filter(|money| money.minor <= Money::MINOR_MAX)
        .ok_or(Reason::AmountTooLarge)
}

/// `1.000,50`, `1,5`, `10,00` and `1.000` mean different amounts to different people: better ask again than guess.
fn refuse_two_readings(whole: &str, decimals: &str, currency: Currency) -> Result<(), Reason> {
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    let grouped = whole.contains(',');
    let commas_are_thousands =
        matches!(first.len(), 1..=3) && !first.starts_with('0') && groups.all(|group| group.len() == 3);
    let dot_may_be_thousands = decimals.len() == 3
        && currency.exponent() != 3
        && !grouped
        && matches!(first.len(), 1..=3)
        && !first.starts_with('0');
    if decimals.contains([',', '.']) || (grouped && !commas_are_thousands) || dot_may_be_thousands {
        return Err(Reason::AmountAmbiguous);
    }
    Ok(())
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
    #![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, reason = "tests stop where they fail")]
    #![allow(clippy::inconsistent_digit_grouping, reason = "`1_234_50` reads as 1,234.50")]

    use proptest::prelude::*;

    use super::*;

    fn kes(minor: i64) -> Money {
        Money::new(minor, Currency::KES)
    }

    #[test]
    fn usual_ways_of_writing_an_amount_are_understood() {
        let usual = [
            ("200", 200_00),
            (" 200.5 ", 200_50),
            ("1,000", 1_000_00),
            ("1,000.50", 1_000_50),
            ("1,000.500", 1_000_50),
            ("12,345,678.9", 12_345_678_90),
            ("KES 200", 200_00),
            ("kes200", 200_00),
            ("Ksh200", 200_00),
            ("Ksh. 200", 200_00),
            ("KSHS 1,500/=", 1_500_00),
            ("200 sh", 200_00),
            ("200/=", 200_00),
            ("200/-", 200_00),
            ("0.05", 5),
            ("0.100", 10),
            ("5.00", 5_00),
            ("10000000000", 1_000_000_000_000),
        ];
        for (text, minor) in usual {
            assert_eq!(Money::parse(text, Currency::KES), Ok(kes(minor)), "{text}");
        }
    }

    #[test]
    fn each_unusable_amount_has_its_own_reason() {
        use Reason::*;
        let refused = [
            (
                AmountFormat,
                vec!["", " ", "abc", "KES", ".", ",", ".5", "5.", "1..5", "1,,000", "1 000", "two", "20O", "٢٠٠"],
            ),
            (AmountFormat, vec!["+5", "--5", "1e3", "USD 5", "0712345678", "-", "5-", "1/2", "200/=/=", "0x10"]),
            (
                AmountAmbiguous,
                vec!["1.000,50", "1,5", "10,00", "1.000", "1.000.000", "0,500", "12,3456", "1234,567", "1.5,0"],
            ),
            (AmountNegative, vec!["-5", "- 5", "KES -5", "-KES 5", "−5", "-1,5"]),
            (
                AmountFraction,
                vec!["0.001", "0.105", "1234.567", "1,000.505", "1.2345", "5.00000000000000000000000000000001"],
            ),
            (AmountZero, vec!["0", "0.00", "00", "0.000", "0,00", "KES 0", "-0", "0/="]),
            (
                AmountTooLarge,
                vec!["10000000000.01", "99999999999999999999999999999999999999999999", "9,999,999,999,999"],
            ),
        ];
        for (reason, texts) in refused {
            for text in texts {
                assert_eq!(Money::parse(text, Currency::KES), Err(reason), "{text}");
            }
        }
    }

    #[test]
    fn a_currency_decides_what_a_coin_is() {
        let francs = Currency::parse("xof").unwrap();
        let dinars = Currency::parse("TND").unwrap();
        assert_eq!(Money::parse("500 XOF", francs), Ok(Money::new(500, francs)));
        assert_eq!(Money::parse("5.5", francs), Err(Reason::AmountFraction));
        assert_eq!(Money::parse("5.0", francs), Ok(Money::new(5, francs)));
        assert_eq!(Money::parse("1.500", dinars), Ok(Money::new(1500, dinars)));
        assert_eq!(Currency::parse("KE"), None);
        assert_eq!(Currency::parse("K€"), None);
    }

    #[test]
    fn amounts_are_shown_with_commas_and_coins_only_where_there_are_some() {
        let shown =
            [(200_00, "KES 200"), (1_234_50, "KES 1,234.50"), (5, "KES 0.05"), (0, "KES 0"), (-1_000_00, "KES -1,000")];
        for (minor, text) in shown {
            assert_eq!(kes(minor).to_string(), text);
        }
        assert_eq!(Money::new(1_234_567, Currency::parse("UGX").unwrap()).to_string(), "UGX 1,234,567");
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
        fn what_is_shown_can_be_read_back(minor in 1..=Money::MINOR_MAX, code in prop::sample::select(vec!["KES", "UGX", "TND", "USD"])) {
            let money = Money::new(minor, Currency::parse(code).unwrap());
            prop_assert_eq!(Money::parse(&money.to_string(), money.currency), Ok(money));
        }

        #[test]
        fn coins_go_through_text_unchanged(minor in any::<i64>()) {
            let money = kes(minor);
            prop_assert_eq!(Money::from_minor_text(&money.minor_text(), Currency::KES), Some(money));
            prop_assert_eq!(Money::from_minor_text(&format!("+{}", money.minor_text()), Currency::KES), None);
        }

        #[test]
        fn no_text_makes_reading_panic_or_leave_the_bounds(text in any::<String>(), likely in "[-+]?[Kk]?(es|sh)?[0-9.,]{0,40}(/=|/-)?") {
            for text in [text, likely] {
                if let Ok(money) = Money::parse(&text, Currency::KES) {
                    prop_assert!((1..=Money::MINOR_MAX).contains(&money.minor));
                }
            }
        }
    }
}
