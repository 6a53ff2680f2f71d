//! Amounts as people write them. Reading is strict: an amount that could be read in two ways is
//! refused, never guessed.

use super::{Currency, Money};
use crate::reason::Reason;
use rust_decimal::Decimal;

impl Money {
    /// Reads what a person wrote: `200`, `200.5`, `1,000.50`, `KES 200`, `Ksh200`, `200/=`.
    pub fn parse(text: &str, currency: Currency) -> Result<Money, Reason> {
        // The minus stands in front of the number or of the name: `KES -5`, `-KES 5`.
        let (below_zero, rest) = match strip_minus(text.trim()) {
            (true, rest) => (true, strip_names(rest, currency)),
            (false, rest) => strip_minus(strip_names(rest, currency)),
        };
        let read = read_number(rest, currency);
        let is_number = !matches!(read, Err(Reason::AMOUNT_FORMAT | Reason::AMOUNT_ZERO));
        if below_zero && is_number { Err(Reason::AMOUNT_NEGATIVE) } else { read }
    }
}

/// A minus of the keyboard or of typesetters, in front.
fn strip_minus(text: &str) -> (bool, &str) {
    match text.strip_prefix(['-', '−', '–']) {
        Some(rest) => (true, rest.trim_start()),
        None => (false, text),
    }
}

/// Leaves out the name of the currency on one side, and the `/=` or `/-` that shillings are written
/// with.
fn strip_names(text: &str, currency: Currency) -> &str {
    let text =
        text.strip_suffix("/=").or_else(|| text.strip_suffix("/-")).unwrap_or(text).trim_end();
    let code = [currency.as_str()];
    for name in currency.names().iter().chain(&code) {
        if let Some((head, rest)) = text.split_at_checked(name.len())
            && head.eq_ignore_ascii_case(name)
        {
            return rest.strip_prefix(". ").unwrap_or(rest).trim_start();
        }
        if let Some((rest, tail)) =
            text.len().checked_sub(name.len()).and_then(|at| text.split_at_checked(at))
            && tail.eq_ignore_ascii_case(name)
        {
            return rest.trim_end();
        }
    }
    text
}

/// Reads digits with thousands commas and a decimal point.
fn read_number(text: &str, currency: Currency) -> Result<Money, Reason> {
    let well_made = text
        .split([',', '.'])
        .all(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()));
    if !well_made {
        return Err(Reason::AMOUNT_FORMAT);
    }
    if text.chars().all(|character| matches!(character, '0' | ',' | '.')) {
        return Err(Reason::AMOUNT_ZERO);
    }
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    refuse_two_readings(whole, decimals, currency)?;
    let coins = decimals.trim_end_matches('0');
    let whole: String = whole.chars().filter(|character| *character != ',').collect();
    // A zero in front of more digits is how phone numbers look, and nobody writes an amount so.
    if whole.len() > 1 && whole.starts_with('0') {
        return Err(Reason::AMOUNT_FORMAT);
    }
    if !u32::try_from(coins.len()).is_ok_and(|length| length <= currency.exponent()) {
        return Err(Reason::AMOUNT_FRACTION);
    }
    Decimal::from_str_exact(&format!("{whole}.{coins}0"))
        .ok()
        .and_then(|major| Money::from_major(major, currency))
        .filter(|money| money.minor <= Money::MINOR_MAX)
        .ok_or(Reason::AMOUNT_TOO_LARGE)
}

/// `1.000,50`, `1,5`, `10,00` and `1.000` mean different amounts to different people: better ask
/// again than guess.
fn refuse_two_readings(whole: &str, decimals: &str, currency: Currency) -> Result<(), Reason> {
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    let grouped = whole.contains(',');
    let commas_are_thousands = matches!(first.len(), 1..=3)
        && !first.starts_with('0')
        && groups.all(|group| group.len() == 3);
    let dot_may_be_thousands = decimals.len() == 3
        && currency.exponent() != 3
        && !grouped
        && matches!(first.len(), 1..=3)
        && !first.starts_with('0');
    if decimals.contains([',', '.']) || (grouped && !commas_are_thousands) || dot_may_be_thousands {
        return Err(Reason::AMOUNT_AMBIGUOUS);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests stop where they fail")]
    #![allow(clippy::inconsistent_digit_grouping, reason = "`1_234_50` reads as 1,234.50")]

    use super::*;
    use proptest::prelude::*;

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
        let refused = [
            (
                Reason::AMOUNT_FORMAT,
                vec![
                    "", " ", "abc", "KES", ".", ",", ".5", "5.", "1..5", "1,,000", "1 000", "two",
                    "20O", "٢٠٠",
                ],
            ),
            (
                Reason::AMOUNT_FORMAT,
                vec![
                    "+5",
                    "--5",
                    "1e3",
                    "USD 5",
                    "0712345678",
                    "-",
                    "5-",
                    "1/2",
                    "200/=/=",
                    "0x10",
                ],
            ),
            (
                Reason::AMOUNT_AMBIGUOUS,
                vec![
                    "1.000,50",
                    "1,5",
                    "10,00",
                    "1.000",
                    "1.000.000",
                    "0,500",
                    "12,3456",
                    "1234,567",
                    "1.5,0",
                ],
            ),
            (Reason::AMOUNT_NEGATIVE, vec!["-5", "- 5", "KES -5", "-KES 5", "−5", "-1,5"]),
            (
                Reason::AMOUNT_FRACTION,
                vec![
                    "0.001",
                    "0.105",
                    "1234.567",
                    "1,000.505",
                    "1.2345",
                    "5.00000000000000000000000000000001",
                ],
            ),
            (Reason::AMOUNT_ZERO, vec!["0", "0.00", "00", "0.000", "0,00", "KES 0", "-0", "0/="]),
            (
                Reason::AMOUNT_TOO_LARGE,
                vec![
                    "10000000000.01",
                    "99999999999999999999999999999999999999999999",
                    "9,999,999,999,999",
                ],
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
        assert_eq!(Money::parse("5.5", francs), Err(Reason::AMOUNT_FRACTION));
        assert_eq!(Money::parse("5.0", francs), Ok(Money::new(5, francs)));
        assert_eq!(Money::parse("1.500", dinars), Ok(Money::new(1500, dinars)));
        assert_eq!(Currency::parse("KE"), None);
        assert_eq!(Currency::parse("K€"), None);
    }

    proptest! {
        #[test]
        fn what_is_shown_can_be_read_back(
            minor in 1..=Money::MINOR_MAX,
            code in prop::sample::select(vec!["KES", "UGX", "TND", "USD"]),
        ) {
            let money = Money::new(minor, Currency::parse(code).unwrap());
            prop_assert_eq!(Money::parse(&money.to_string(), money.currency), Ok(money));
        }

        #[test]
        fn no_text_makes_reading_panic_or_leave_the_bounds(
            text in any::<String>(),
            likely in "[-+]?[Kk]?(es|sh)?[0-9.,]{0,40}(/=|/-)?",
        ) {
            for text in [text, likely] {
                if let Ok(money) = Money::parse(&text, Currency::KES) {
                    prop_assert!((1..=Money::MINOR_MAX).contains(&money.minor));
                }
            }
        }
    }
}
