//! Amounts as people write them. Reading is strict: an amount that could be read in two ways is
//! refused, never guessed.

use super::{Currency, Money, number_words};
use crate::reason::Reason;
use crate::typed_text::tidied;
use rust_decimal::Decimal;

/// Decimals that are looked at: more are no amount of anything.
const COINS_MAX: usize = 8;
/// What people put behind an amount so that nothing is added to it.
const ONLY: [&str; 3] = ["seulement", "only", "tu"];
/// What shillings are written with, behind the number.
const STROKES: [&str; 2] = ["/=", "/-"];

impl Money {
    /// Reads what a person wrote: `200`, `200.5`, `1,000.50`, `1 000`, `1.5k`, `KES 200`,
    /// `200 bob`, `Ksh.200`, `200/=`, `two hundred`, `mia mbili`.
    /// `names` are what people call the currency besides its code, in small letters, longest first.
    pub fn parse(text: &str, currency: Currency, names: &[String]) -> Result<Money, Reason> {
        let typed = tidied(text).to_lowercase();
        let code = currency.as_str().to_lowercase();
        let names: Vec<&str> = names.iter().map(String::as_str).chain([code.as_str()]).collect();
        // The minus stands in front of the number or of the name: `KES -5`, `-KES 5`.
        let (below_zero, rest) = match strip_minus(typed.trim()) {
            (true, rest) => (true, strip_names(rest, &names)),
            (false, rest) => strip_minus(strip_names(rest, &names)),
        };
        let read = read_number(rest, currency);
        let is_number = !matches!(read, Err(Reason::AMOUNT_FORMAT | Reason::AMOUNT_ZERO));
        if below_zero && is_number { Err(Reason::AMOUNT_NEGATIVE) } else { read }
    }
}

fn strip_minus(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (true, rest.trim_start()),
        None => (false, text),
    }
}

/// Leaves out the name of the currency, in front, behind, or both, and what stands behind a number
/// of shillings.
fn strip_names<'a>(text: &'a str, names: &[&str]) -> &'a str {
    let text = names.iter().find_map(|name| strip_before(text, name)).unwrap_or(text);
    let text = behind(text, &ONLY).unwrap_or(text);
    let text = match behind(text, names) {
        Some(bare) => behind(bare, &STROKES).unwrap_or(bare),
        None => {
            let bare = behind(text, &STROKES).unwrap_or(text);
            behind(bare, names).unwrap_or(bare)
        }
    };
    // the end of a sentence
    match text.strip_suffix('.') {
        Some(bare) if bare.ends_with(|sign: char| sign.is_ascii_digit()) => bare,
        Some(_) | None => text,
    }
}

fn behind<'a>(text: &'a str, words: &[&str]) -> Option<&'a str> {
    words.iter().find_map(|word| strip_behind(text, word))
}

fn strip_before<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let rest = text.strip_prefix(name)?;
    let rest = rest.strip_prefix('.').unwrap_or(rest);
    (!rest.starts_with(char::is_alphabetic)).then(|| rest.trim_start())
}

fn strip_behind<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let rest = text.strip_suffix(word)?;
    let within = word.starts_with(char::is_alphabetic) && rest.ends_with(char::is_alphabetic);
    (!within).then(|| rest.trim_end())
}

/// Reads digits, or a number in words.
fn read_number(text: &str, currency: Currency) -> Result<Money, Reason> {
    let major = if let Some(thousands) = strip_behind(text, "k")
        && thousands.ends_with(|sign: char| sign.is_ascii_digit())
    {
        read_digits(thousands, currency)?.checked_mul(Decimal::ONE_THOUSAND)
    } else if text.contains(char::is_alphabetic) {
        Some(number_words::read(text).map(Decimal::from).ok_or(Reason::AMOUNT_FORMAT)?)
    } else {
        Some(read_digits(text, currency)?)
    };
    let major = major.ok_or(Reason::AMOUNT_TOO_LARGE)?.normalize();
    if major.scale() > currency.exponent() {
        return Err(too_fine(currency));
    }
    Money::from_major(major, currency)
        .filter(|money| money.minor <= Money::MINOR_MAX)
        .ok_or(Reason::AMOUNT_TOO_LARGE)
}

/// Digits with thousands that stand apart and a decimal point.
fn read_digits(text: &str, currency: Currency) -> Result<Decimal, Reason> {
    let joined = join_thousands(text)?;
    let well_made = joined
        .split([',', '.'])
        .all(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()));
    if !well_made {
        return Err(Reason::AMOUNT_FORMAT);
    }
    if joined.chars().all(|character| matches!(character, '0' | ',' | '.')) {
        return Err(Reason::AMOUNT_ZERO);
    }
    let (whole, decimals) = joined.split_once('.').unwrap_or((joined.as_str(), ""));
    refuse_two_readings(whole, decimals, currency)?;
    let coins = decimals.trim_end_matches('0');
    let whole: String = whole.chars().filter(|character| *character != ',').collect();
    // A zero in front of more digits is how phone numbers look, and nobody writes an amount so.
    if whole.len() > 1 && whole.starts_with('0') {
        return Err(Reason::AMOUNT_FORMAT);
    }
    if coins.len() > COINS_MAX {
        return Err(too_fine(currency));
    }
    Decimal::from_str_exact(&format!("{whole}.{coins}0")).map_err(|_range| Reason::AMOUNT_TOO_LARGE)
}

/// `1 500` and `1'500,50`: groups of exactly three digits behind a blank or an apostrophe. There a
/// comma can only be the decimal one.
fn join_thousands(text: &str) -> Result<String, Reason> {
    let Some(apart) = text.chars().find(|sign| matches!(sign, ' ' | '\'')) else {
        return Ok(text.to_owned());
    };
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, decimals) = text.split_once([',', '.']).unwrap_or((text, "0"));
    let groups: Vec<&str> = whole.split(apart).collect();
    let (first, rest) = groups.split_first().ok_or(Reason::AMOUNT_FORMAT)?;
    let exact = (1..=3).contains(&first.len())
        && !first.starts_with('0')
        && is_digits(first)
        && rest.iter().all(|group| group.len() == 3 && is_digits(group))
        && (1..=2).contains(&decimals.len())
        && is_digits(decimals);
    // `500 500` is more likely one amount said twice
    let twice = matches!(rest, [second] if second == first);
    match (exact, twice) {
        (true, false) => Ok(format!("{}.{decimals}", groups.concat())),
        (true, true) => Err(Reason::AMOUNT_AMBIGUOUS),
        (false, _) => Err(Reason::AMOUNT_FORMAT),
    }
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
        // where nothing is smaller, what to write instead has no decimals either
        return Err(match currency.exponent() {
            0 => Reason::AMOUNT_WHOLE,
            _ => Reason::AMOUNT_AMBIGUOUS,
        });
    }
    Ok(())
}

/// Less than the smallest coin, or any part of one where nothing is smaller.
fn too_fine(currency: Currency) -> Reason {
    if currency.exponent() == 0 { Reason::AMOUNT_WHOLE } else { Reason::AMOUNT_FRACTION }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests stop where they fail")]
    #![allow(clippy::inconsistent_digit_grouping, reason = "`1_234_50` reads as 1,234.50")]

    use super::*;
    use proptest::prelude::*;

    fn kes(minor: i64) -> Money {
        Money::new(minor, Currency::parse("KES").unwrap())
    }

    fn parse(text: &str) -> Result<Money, Reason> {
        read_in(text, "KES", &["shillings", "shilingi", "kshs", "ksh", "bob", "shs", "sh"])
    }

    fn read_in(text: &str, code: &str, names: &[&str]) -> Result<Money, Reason> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        Money::parse(text, Currency::parse(code).unwrap(), &names)
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
            ("Ksh.200", 200_00),
            ("Sh.1,000.00", 1_000_00),
            ("200 bob", 200_00),
            ("bob 20", 20_00),
            ("200 KES", 200_00),
            ("Ksh 200 ksh/=", 200_00),
            ("1500 bob only", 1_500_00),
            ("1 000", 1_000_00),
            ("1\u{202F}250\u{A0}000", 1_250_000_00),
            ("1'500", 1_500_00),
            ("1 500,50 KES", 1_500_50),
            ("1,500.", 1_500_00),
            ("5.", 5_00),
            ("2k", 2_000_00),
            ("KES 1.5 K", 1_500_00),
            ("٢٠٠", 200_00),
            ("\u{200E}２００", 200_00),
            ("two", 2_00),
            ("Two hundred bob", 200_00),
            ("shilingi mia tano", 500_00),
            ("elfu moja mia tano", 1_500_00),
            ("cinq cents shillings", 500_00),
        ];
        for (text, minor) in usual {
            assert_eq!(parse(text), Ok(kes(minor)), "{text}");
        }
    }

    #[test]
    fn each_unusable_amount_has_its_own_reason() {
        let refused = [
            (
                Reason::AMOUNT_FORMAT,
                vec![
                    "", " ", "abc", "KES", ".", ",", ".5", "1..5", "1,,000", "1  000", "1000 000",
                    "20O", "200 50", "1 00", "TSh 200", "$200", "k", "2kk", "kesho", "half",
                    "200-300",
                ],
            ),
            (
                Reason::AMOUNT_FORMAT,
                vec!["+5", "--5", "1e3", "USD 5", "0712", "-", "5-", "1/2", "200/=/=", "0x10"],
            ),
            (
                Reason::AMOUNT_AMBIGUOUS,
                vec![
                    "1.000,50",
                    "1,5",
                    "10,00",
                    "200,50",
                    "1.000",
                    "1.000.000",
                    "0,500",
                    "12,3456",
                    "1234,567",
                    "1.5,0",
                    "500 500",
                    "1.500k",
                    "1,5k",
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
                    "1.234567k",
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
                assert_eq!(parse(text), Err(reason), "{text}");
            }
        }
    }

    #[test]
    fn a_currency_decides_what_a_coin_is() {
        let francs = Currency::parse("xof").unwrap();
        let dinars = Currency::parse("TND").unwrap();
        let words = ["francs cfa", "f cfa", "fcfa", "francs", "f"];
        let in_francs = |text: &str| read_in(text, "XOF", &words);
        for text in ["500 XOF", "500 F", "500F", "500 FCFA", "500 F CFA", "500 francs", "500.0"] {
            assert_eq!(in_francs(text), Ok(Money::new(500, francs)), "{text}");
        }
        assert_eq!(in_francs("cinq cents francs"), Ok(Money::new(500, francs)));
        assert_eq!(in_francs("1 500 F"), Ok(Money::new(1_500, francs)));
        for text in ["5.5", "5,5", "1.500", "1.000,50", "0.05", "2,50 F", "1.2345678901"] {
            assert_eq!(in_francs(text), Err(Reason::AMOUNT_WHOLE), "{text}");
        }
        assert_eq!(read_in("1.500", "TND", &[]), Ok(Money::new(1500, dinars)));
        let cedis = Money::new(20_50, Currency::parse("GHS").unwrap());
        for text in ["20.50", "GHS 20.50", "gh₵20.50", "₵ 20.50", "20.50 cedis", "20.5"] {
            assert_eq!(read_in(text, "GHS", &["cedis", "gh₵", "₵"]), Ok(cedis), "{text}");
        }
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
            prop_assert_eq!(Money::parse(&money.to_string(), money.currency, &[]), Ok(money));
        }

        #[test]
        fn no_text_makes_reading_panic_or_leave_the_bounds(
            text in any::<String>(),
            likely in "[-+]?[Kk]?(es|sh)?[0-9.,]{0,40}(/=|/-)?",
        ) {
            for text in [text, likely] {
                if let Ok(money) = parse(&text) {
                    prop_assert!((1..=Money::MINOR_MAX).contains(&money.minor));
                }
            }
        }
    }
}
