//! Numbers of IDs as people write them, in their one form. Whose they are is not known here, and
//! which IDs there are is a matter of the market.

use crate::market::Market;

/// Letters and digits of one.
const MIN: usize = 5;
const MAX: usize = 20;
/// What cards print before the digits.
const MARKS: [&str; 4] = ["ID", "NIC", "NO", "NR"];

/// Capitals and digits; nothing where no ID of the market has such a number.
pub fn plain(typed: &str, market: &Market) -> Option<String> {
    let number: String =
        typed.chars().filter(|sign| !matches!(sign, ' ' | '-' | '/' | '.')).collect();
    let number = number.to_ascii_uppercase();
    // neither that nor zeros before the digits are a part of the number: one ID must not be two
    let bare = MARKS.into_iter().find_map(|mark| number.strip_prefix(mark)).unwrap_or(&number);
    let number = match bare.chars().all(|sign| sign.is_ascii_digit()) {
        true => bare.trim_start_matches('0').to_owned(),
        false => number,
    };
    let plain = number.chars().all(|sign| sign.is_ascii_alphanumeric());
    let digits = number.chars().filter(char::is_ascii_digit).count();
    let one = plain && digits >= MIN && number.len() <= MAX && market.id_form.is_match(&number);
    one.then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{market_file, market_files};

    #[test]
    fn an_id_is_one_of_the_country() {
        for (code, good, bad) in [
            ("ke", "ID 2345 6789", "1234"),
            ("tz", "19850612-14122-00001-23", "23456789"),
            ("ug", "cm85061200abcd", "23456789"),
            ("gh", "GHA-723456789-0", "23456789"),
            ("ci", "CI 001234567", "23456789"),
        ] {
            let files = market_files::embedded();
            let files = files.iter().find(|files| files.code == code).unwrap();
            let market = market_file::parse(code, &files.market).unwrap();
            assert!(plain(good, &market).is_some() && plain(bad, &market).is_none(), "{code}");
        }
    }
}
