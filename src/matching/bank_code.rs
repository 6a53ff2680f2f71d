//! Codes that people write into the text of a bank transfer: `KD160363`, the number of what is
//! expected with its check digit. Banks print texts as they like: in capitals, cut into pieces,
//! with signs between. What a code names is not known here.

use crate::check_digit;

/// In front of each code.
const LETTERS: &str = "KD";
/// Digits of one, at most: as many as a number can have.
const DIGITS_MAX: usize = 18;
/// Numbers that are looked for in one text, at most.
const FOUND_MAX: usize = 16;
/// Digits of an outlet's number, at least: shorter ones are days and counts.
const OUTLET_DIGITS_MIN: usize = 5;

/// The code of what has this number, which is above zero.
pub fn written(number: i64) -> String {
    format!("{LETTERS}{}", check_digit::written(number))
}

/// What was typed: a code, or the number itself.
pub fn read(typed: &str) -> Option<i64> {
    let typed = typed.trim().to_ascii_uppercase();
    match typed.strip_prefix(LETTERS) {
        Some(digits) => check_digit::read(digits),
        None => typed.parse().ok().filter(|number| *number > 0),
    }
}

/// The numbers whose codes stand in a text, each once, in their order.
pub fn in_text(text: &str) -> Vec<i64> {
    let text = text.to_ascii_uppercase();
    let mut found = Vec::new();
    for (at, _) in text.match_indices(LETTERS) {
        let (before, from) = text.split_at_checked(at).unwrap_or_default();
        let within_a_word = before.ends_with(|sign: char| sign.is_ascii_alphabetic());
        if !within_a_word {
            let digits = from.strip_prefix(LETTERS).unwrap_or_default();
            found
                .extend(pieces(digits).into_iter().filter_map(|digits| check_digit::read(&digits)));
        }
    }
    few(found)
}

/// The numbers with a right check digit that stand in a text by themselves: perhaps outlets.
pub fn outlets_in(text: &str) -> Vec<i64> {
    let words = text.split(|sign: char| !sign.is_ascii_alphanumeric());
    let long = |word: &&str| (OUTLET_DIGITS_MIN..=DIGITS_MAX).contains(&word.len());
    few(words.filter(long).filter_map(check_digit::read).collect())
}

fn few(mut found: Vec<i64>) -> Vec<i64> {
    let mut seen = std::collections::BTreeSet::new();
    found.retain(|number| seen.insert(*number));
    found.truncate(FOUND_MAX);
    found
}

/// The digits at the beginning of a text as they may have been meant: up to each sign between, as
/// nobody knows whether what follows belongs to them.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut digits = String::new();
    for sign in text.chars() {
        match sign {
            '0'..='9' if digits.len() < DIGITS_MAX => digits.push(sign),
            ' ' | '-' | '.' | '/' | ':' | '#' => {
                if !digits.is_empty() {
                    pieces.push(digits.clone());
                }
            }
            _ => break,
        }
    }
    pieces.push(digits);
    pieces.dedup();
    pieces
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests stop where they fail")]

    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_code_is_found_however_a_bank_prints_it() {
        let code = written(16_036);
        let digits = code.strip_prefix("KD").unwrap();
        let (head, tail) = digits.split_at(3);
        for text in [
            code.clone(),
            format!("deposit {} duka", code.to_lowercase()),
            format!("RTGS/KD {digits}/DUKA KUU"),
            format!("KD-{head} {tail}"),
            format!("KD{digits} 26.11.26"),
            format!("INV 4KD{digits}"),
        ] {
            // digits behind it may by chance make another one, which nothing has
            assert_eq!(in_text(&text).first(), Some(&16_036), "{text}");
            assert_eq!(read(&code), Some(16_036));
        }
        let other = digits.replace('6', "7");
        for text in ["", "KD", "kd none", &format!("XKD{digits}"), &format!("KD{other}"), digits] {
            assert_eq!(in_text(text), [0_i64; 0], "{text}");
        }
    }

    #[test]
    fn numbers_by_themselves_may_be_outlets() {
        let outlet = check_digit::written(8_021);
        let text = format!("FLOAT {outlet}/26 REF X{outlet} {outlet}");
        assert_eq!(outlets_in(&text), [8_021]);
        assert_eq!(outlets_in("5724 is too short"), [0_i64; 0]);
    }

    proptest! {
        #[test]
        fn any_text_is_looked_through_and_few_are_found(
            text in any::<String>(),
            tail in "[KD0-9 ./]{0,400}",
        ) {
            let text = format!("{text}{tail}");
            prop_assert!(in_text(&text).len() <= FOUND_MAX);
            prop_assert!(outlets_in(&text).len() <= FOUND_MAX);
        }

        #[test]
        fn one_wrong_digit_is_not_our_code(number in 1_i64..1_000_000_000, by in 1_u8..10) {
            let code = written(number);
            let last = code.len().saturating_sub(1);
            let (head, check) = code.split_at(last);
            let digit: u8 = check.parse().unwrap();
            let wrong = format!("{head}{}", digit.wrapping_add(by).rem_euclid(10));
            prop_assert_eq!(read(&wrong), None);
            prop_assert_eq!(read(&code), Some(number));
        }
    }
}
