//! Amounts as banks write them, into whole minor units: exactly, or not at all.

use super::unreadable::{Unreadable, quoted};
use crate::money::Currency;

const AMOUNT: &str = "an amount";

/// How a file writes numbers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Notation {
    /// Before the coins.
    pub decimal: char,
    /// Between the thousands.
    pub thousands: Option<char>,
}

/// Digits, perhaps with a decimal sign among them, and nothing else.
pub(super) fn unsigned(text: &str, decimal: char, currency: Currency) -> Result<i64, Unreadable> {
    let (whole, part) = text.split_once(decimal).unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len().saturating_add(part.len()) == 0 || !digits(whole) || !digits(part) {
        return Err(Unreadable::not(AMOUNT, text));
    }
    let coins = part.trim_end_matches('0');
    let missing = usize::try_from(currency.exponent()).unwrap_or(0).checked_sub(coins.len());
    let Some(missing) = missing else {
        return Err(Unreadable::TooManyDecimals { text: quoted(text), currency });
    };
    let mut all = whole.bytes().chain(coins.bytes()).chain(std::iter::repeat_n(b'0', missing));
    all.try_fold(0_i64, |minor, digit| {
        minor.checked_mul(10)?.checked_add(i64::from(digit.checked_sub(b'0')?))
    })
    .ok_or_else(|| Unreadable::AmountTooLarge { text: quoted(text) })
}

/// What a table has in a column of amounts, with the sign if one is written: `None` where nothing
/// is. A sign stands in front or behind, as a minus, in brackets, or as CR or DR.
pub(super) fn signed(
    text: &str,
    notation: Notation,
    currency: Currency,
) -> Result<Option<Signed>, Unreadable> {
    let bare = without_name(text.trim(), currency);
    if bare.is_empty() || matches!(bare, "-" | "–" | "—") {
        return Ok(None);
    }
    let (sign, digits) = sign(bare).ok_or_else(|| Unreadable::not(AMOUNT, text))?;
    let digits = without_name(digits, currency);
    let plain = ungrouped(digits, notation).ok_or_else(|| Unreadable::not(AMOUNT, text))?;
    let size = unsigned(&plain, notation.decimal, currency).map_err(|why| why.about(text))?;
    Ok(Some(Signed { size, sign }))
}

/// An amount and the sign that was written with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Signed {
    /// Minor units, not below zero.
    pub size: i64,
    /// Written.
    pub sign: Option<Sign>,
}

/// A sign as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    Plus,
    Minus,
}

impl Signed {
    /// Minor units; below zero with a minus.
    pub fn minor(self) -> i64 {
        if self.sign == Some(Sign::Minus) { self.size.saturating_neg() } else { self.size }
    }
}

/// The sign and the rest; nothing where there are two.
fn sign(text: &str) -> Option<(Option<Sign>, &str)> {
    let mut found = Vec::new();
    let mut rest = text;
    if let Some(inner) = rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        found.push(Sign::Minus);
        rest = inner.trim();
    }
    let upper = rest.to_ascii_uppercase();
    for (word, sign) in [("CR", Sign::Plus), ("DR", Sign::Minus)] {
        let head = upper.ends_with(word).then(|| rest.len().checked_sub(word.len())).flatten();
        if let Some((head, _word)) = head.and_then(|at| rest.split_at_checked(at)) {
            found.push(sign);
            rest = head.trim_end();
        }
    }
    for (signs, sign) in [(['-', '−', '–'], Sign::Minus), (['+', '＋', '﹢'], Sign::Plus)] {
        let bare = rest.strip_prefix(signs).or_else(|| rest.strip_suffix(signs));
        if let Some(bare) = bare {
            found.push(sign);
            rest = bare.trim();
        }
    }
    (found.len() <= 1).then(|| (found.first().copied(), rest))
}

/// Leaves out the currency's own code on one side.
fn without_name(text: &str, currency: Currency) -> &str {
    let code = currency.as_str();
    let bare = text.strip_prefix(code).or_else(|| text.strip_suffix(code));
    bare.map_or(text, str::trim)
}

/// Leaves out what stands between the thousands. Groups are of three digits, before the last one
/// also of two, as in lakhs.
fn ungrouped(text: &str, notation: Notation) -> Option<String> {
    let blank = notation.thousands.is_some_and(char::is_whitespace);
    let is_thousands = |sign: char| {
        Some(sign) == notation.thousands
            || blank && sign.is_whitespace()
            || notation.thousands == Some('\'') && sign == '’'
    };
    let (whole, part) = match text.split_once(notation.decimal) {
        Some((whole, part)) => (whole, Some(part)),
        None => (text, None),
    };
    let groups: Vec<&str> = whole.split(is_thousands).collect();
    if let [first, middle @ .., last] = groups.as_slice() {
        let first_fits = matches!(first.len(), 1..=3);
        let fits = first_fits && middle.iter().all(|group| matches!(group.len(), 2 | 3));
        if !fits || last.len() != 3 {
            return None;
        }
    }
    let whole = groups.concat();
    Some(part.map_or(whole.clone(), |part| format!("{whole}{}{part}", notation.decimal)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn currency(code: &str) -> Currency {
        Currency::parse(code).unwrap()
    }

    #[test]
    fn amounts_are_exact_or_refused() {
        let read = |text, code| unsigned(text, ',', currency(code)).ok();
        let exact = [
            ("12,5", "KES", 1250),
            ("12,", "KES", 1200),
            (",50", "KES", 50),
            ("12", "KES", 1200),
            ("12,50000", "KES", 1250),
            ("1000,00", "UGX", 1000),
            ("1,234", "TND", 1234),
            ("92233720368547758,07", "KES", i64::MAX),
        ];
        for (text, code, minor) in exact {
            assert_eq!(read(text, code), Some(minor), "{text}");
        }
        let decimals = |text, code| {
            let error = unsigned(text, ',', currency(code)).unwrap_err();
            assert!(matches!(error, Unreadable::TooManyDecimals { .. }), "{text}: {error}");
        };
        decimals("0,001", "KES");
        decimals("1000,5", "UGX");
        let large =
            unsigned("92233720368547758,08", ',', Currency::parse("KES").unwrap()).unwrap_err();
        assert!(matches!(large, Unreadable::AmountTooLarge { .. }), "{large}");
        for text in ["", ",", "-1", "+1", "1.5", "1,5,0", "1 0", "٣", "1e3", " 1"] {
            assert_eq!(read(text, "KES"), None, "{text}");
        }
    }

    #[test]
    fn signs_stand_where_banks_put_them() {
        let english = Notation { decimal: '.', thousands: Some(',') };
        let read = |text| {
            signed(text, english, Currency::parse("KES").unwrap())
                .map(|found| found.map(Signed::minor))
                .ok()
        };
        let minus =
            ["-1,234.50", "1,234.50-", "(1,234.50)", "1,234.50 DR", "−1234.5", "KES -1234.5"];
        for text in minus {
            assert_eq!(read(text), Some(Some(-1_234_50)), "{text}");
        }
        for text in ["1,234.50", "+1234.50", "1,234.50Cr", "KES 1,234.50", "1234.50 KES"] {
            assert_eq!(read(text), Some(Some(1_234_50)), "{text}");
        }
        assert_eq!(read("12,34,567.00"), Some(Some(1_234_567_00)));
        for text in ["", " ", "-", "KES"] {
            assert_eq!(read(text), Some(None), "{text}");
        }
        for text in ["--5", "(-5)", "-5 DR", "1,5", "1,23", "1,2345.00", ",123", "5 USD", "1.2.3"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn thousands_stand_apart_as_the_file_has_it() {
        let read = |text, decimal, thousands| {
            let notation = Notation { decimal, thousands };
            signed(text, notation, Currency::parse("KES").unwrap())
                .map(|found| found.map(Signed::minor))
                .ok()
        };
        assert_eq!(read("1.234,50", ',', Some('.')), Some(Some(1_234_50)));
        assert_eq!(read("1\u{a0}234,50", ',', Some(' ')), Some(Some(1_234_50)));
        assert_eq!(read("1’234.50", '.', Some('\'')), Some(Some(1_234_50)));
        assert_eq!(read("1,234.50", '.', None), None);
    }
}
