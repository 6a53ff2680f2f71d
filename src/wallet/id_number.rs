//! Numbers of IDs as people write them, in their one form: one ID must not be two. Which IDs there
//! are is a matter of the market; whose they are is not known here.

use crate::market::{IdForms, Market};
use crate::typed_text;

/// Letters of what is typed; a number in words is none.
const TYPED_MAX: usize = 60;

/// The number in its one form; nothing where no ID of the market has such a number. What stands in
/// front of it on cards and in speech is no part of it; anything else that is one sign too much is.
pub fn plain(typed: &str, market: &Market) -> Option<String> {
    let text = typed_text::bare(typed).to_ascii_uppercase();
    let bare = unlabelled(&text, &market.ids).trim_matches(is_between);
    if text.len() > TYPED_MAX {
        return None;
    }
    market.ids.forms.iter().find_map(|form| form.plain(bare))
}

/// What follows the words in front of a number.
fn unlabelled<'t>(text: &'t str, ids: &IdForms) -> &'t str {
    let mut rest = text;
    while let Some(behind) = ids.labels.iter().find_map(|label| behind(rest, label)) {
        rest = behind;
    }
    rest
}

/// What follows this word, whose letters may stand apart; a longer word does not begin with it.
fn behind<'t>(text: &'t str, label: &str) -> Option<&'t str> {
    let mut rest = text;
    for letter in label.chars() {
        rest = rest.trim_start_matches(is_between).strip_prefix(letter.to_ascii_uppercase())?;
    }
    let is_letter = |sign: char| sign.is_alphabetic() && !is_between(sign);
    Some(rest).filter(|rest| !rest.starts_with(is_letter))
}

/// What stands between a word and a number.
fn is_between(sign: char) -> bool {
    matches!(sign, ' ' | '-' | '.' | '/' | ':' | '#' | '°' | 'º' | '=' | ',')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{market_file, market_files};
    use proptest::prelude::*;
    use std::collections::BTreeMap;
    use std::sync::LazyLock;

    static MARKETS: LazyLock<BTreeMap<String, Market>> = LazyLock::new(|| {
        let read = |files: market_files::MarketFiles| {
            let market = market_file::parse(&files.code, &files.market).unwrap();
            (files.code.to_string(), market)
        };
        market_files::embedded().into_iter().map(read).collect()
    });

    /// However it is written, it is this one.
    const ALIKE: [(&str, &str, &[&str]); 7] = [
        (
            "ke",
            "12345678",
            &[
                "12345678",
                "0012345678",
                "12 345 678",
                "1234 5678",
                "12.345.678",
                "12-345-678",
                "12 34 56 78",
                "ID 12345678",
                "id12345678",
                "ID-NO 12345678",
                "ID No. 12345678",
                "I.D. 12345678",
                "IDNO12345678",
                "NATIONALID12345678",
                "National ID number: 12345678",
                "no. 12345678",
                "Kitambulisho 12345678",
                "Namba ya kitambulisho 12345678",
                "\u{200b}12345678 ",
                "１２３４５６７８",
            ],
        ),
        ("ke", "AK123456", &["AK0123456", "ak 0123456", "AK-123456", "Passport AK0123456"]),
        (
            "tz",
            "19850612141220000123",
            &[
                "19850612-14122-00001-23",
                "19850612141220000123",
                "NIDA 19850612 14122 00001 23",
                "nin: 19850612-14122-00001-23",
            ],
        ),
        ("ug", "CM85061200ABCD", &["cm85061200abcd", "NIN CM85061200ABCD", "CM 85 061200ABCD"]),
        (
            "gh",
            "GHA7234567890",
            &["GHA-723456789-0", "gha7234567890", "Ghana Card GHA 723456789 0", "723456789-0"],
        ),
        ("ci", "CI001234567", &["CI 001234567", "ci001234567", "CNI CI001234567"]),
        ("ci", "C0012345678", &["C 0012345678", "c0012345678", "CNI n° C0012345678"]),
    ];

    /// What would be another number of the same ID.
    const NONE: [(&str, &[&str]); 5] = [
        (
            "ke",
            &[
                "N12345678",
                "12345678X",
                "ID/12345678/1",
                "12345678-1",
                "12345678 01",
                "X12345678",
                "ID12345678ID",
                "IDX12345678",
                "AA12345678",
                "A12345678",
                "12345",
                "0012345",
                "1234567890",
                "12345678 Amina",
                "123 45678",
                "",
                "ID",
            ],
        ),
        (
            "tz",
            &["23456789", "1985061214122000012", "18850612141220000123", "19851312141220000123"],
        ),
        ("ug", &["23456789", "CX85061200ABCD", "CM85061200ABCDE", "CMAB061200ABCD"]),
        ("gh", &["23456789", "NGA-723456789-0", "GHA-723456789-01", "GHAGHA7234567890"]),
        ("ci", &["23456789", "CI0012345678", "C001234567", "CI001234567A"]),
    ];

    #[test]
    fn one_id_is_one_however_it_is_written() {
        for (code, one, written) in ALIKE {
            for typed in written {
                let found = plain(typed, &MARKETS[code]);
                assert_eq!(found.as_deref(), Some(one), "{code}: {typed}");
            }
        }
        for (code, written) in NONE {
            for typed in written {
                assert_eq!(plain(typed, &MARKETS[code]), None, "{code}: {typed}");
            }
        }
    }

    /// A sign that is put into a number, before it or behind it.
    fn changed(number: &str, at: usize, sign: char) -> String {
        let (before, after) = number.split_at(at.min(number.len()));
        format!("{before}{sign}{after}")
    }

    proptest! {
        /// A sign too much makes no second number of one ID: it is the same one, or none.
        #[test]
        fn a_sign_too_much_makes_no_second_one(
            at in 0..24_usize,
            sign in prop::sample::select(vec![' ', '-', '.', '/', ':', '#', ',', '*', '+']),
        ) {
            for (code, one, _) in ALIKE {
                let found = plain(&changed(one, at, sign), &MARKETS[code]);
                prop_assert!(found.is_none_or(|found| found == one), "{}: {} {:?}", code, at, sign);
            }
        }

        /// The one form of a number is its own one form.
        #[test]
        fn the_one_form_is_final(typed in "[A-DGHIKMN]{0,3}[ -]?[0-9]{5,12}[ -]?[0-9A-D]{0,8}") {
            for market in MARKETS.values() {
                if let Some(one) = plain(&typed, market) {
                    prop_assert_eq!(plain(&one, market), Some(one));
                }
            }
        }

        /// Nor do zeros and words in front, nor what people put between digits.
        #[test]
        fn words_and_zeros_make_no_second_one(
            number in 100_000_u32..999_999_999,
            zeros in 0..4_usize,
        ) {
            let market = &MARKETS["ke"];
            let zeros = "0".repeat(zeros);
            for written in [
                format!("{zeros}{number}"),
                format!("ID {zeros}{number}"),
                format!("national id no. {number}"),
                format!("{number}."),
            ] {
                let found = plain(&written, market);
                prop_assert_eq!(found, Some(number.to_string()), "{}", written);
            }
        }
    }
}
