//! The alphabet of phones: what GSM 03.38 can show, what it costs, and how to write the rest of the
//! world in it. It knows only characters: no templates, no languages, no limits of any gateway.

use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;

use crate::typed_text;

/// The default alphabet, one septet each (3GPP TS 23.038).
const BASIC: &str = concat!(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ",
    " !\"#¤%&'()*+,-./0123456789:;<=>?",
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§",
    "¿abcdefghijklmnopqrstuvwxyzäöñüà",
);

/// The extension table: an escape and a code, two septets each.
const EXTENSION: &str = "\u{0C}^{}\\[~]|€";

/// Room in one message and in each part of a longer one, whose first octets number the parts.
const SEPTETS_ALONE: usize = 160;
const SEPTETS_PER_PART: usize = 153;
const UTF16_UNITS_ALONE: usize = 70;
const UTF16_UNITS_PER_PART: usize = 67;

/// Septets of a reference: what a payment is for, in the words of who asks for it.
pub const REFERENCE_SEPTETS_MAX: usize = 16;

/// Septets of what somebody says to another, or the staff say to both: one message takes it on.
pub const SAID_SEPTETS_MAX: usize = 60;

/// A reference in its stored form. It has a letter, so that it is no PIN, and no long number, so
/// that none is passed on.
pub fn reference(text: &str) -> Option<String> {
    words(text, REFERENCE_SEPTETS_MAX)
}

/// The same of at most so many septets.
pub fn words(text: &str, septets_max: usize) -> Option<String> {
    let text = to_gsm(&text.split_whitespace().collect::<Vec<_>>().join(" "));
    let fits = septets(&text).is_some_and(|cost| (1..=septets_max).contains(&cost));
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let reads =
        text.chars().any(char::is_alphabetic) && digits < 4 && !text.chars().any(char::is_control);
    (fits && reads).then_some(text)
}

/// What `text` costs in GSM-7, or `None` if some character is outside the alphabet.
pub fn septets(text: &str) -> Option<usize> {
    text.chars().try_fold(0_usize, |sum, character| sum.checked_add(cost(character)?))
}

/// What the first 128 characters cost, 0 for those outside the alphabet: nearly all that is ever
/// counted.
static COMMON: LazyLock<[u8; 128]> = LazyLock::new(|| {
    let cost = |code: u8| match char::from(code) {
        basic if BASIC.contains(basic) => 1,
        extended if EXTENSION.contains(extended) => 2,
        _unknown => 0,
    };
    let mut costs = [0; 128];
    costs.iter_mut().zip(0_u8..).for_each(|(place, code)| *place = cost(code));
    costs
});

fn cost(character: char) -> Option<usize> {
    if let Some(cost) = usize::try_from(u32::from(character)).ok().and_then(|code| COMMON.get(code))
    {
        (*cost > 0).then_some(usize::from(*cost))
    } else if BASIC.contains(character) {
        Some(1)
    } else if EXTENSION.contains(character) {
        Some(2)
    } else {
        None
    }
}

/// `text` in the GSM-7 alphabet: look-alikes and plain letters stand in for what phones cannot
/// show, `?` for the rest.
pub fn to_gsm(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for character in text.chars() {
        if cost(character).is_some() {
            written.push(character);
        } else if let Some(other) = stand_in(character) {
            written.push_str(other);
        } else {
            let letter = fold(character);
            written.push(if cost(letter).is_some() { letter } else { '?' });
        }
    }
    written
}

/// How a character outside the alphabet is written, where it is not only a letter with an accent.
/// Marks that only modify their neighbour are left out.
fn stand_in(character: char) -> Option<&'static str> {
    punctuation(character).or_else(|| strange_letter(character))
}

fn punctuation(character: char) -> Option<&'static str> {
    Some(match character {
        '\u{2028}' | '\u{2029}' => "\n",
        '\u{300}'..='\u{36F}' => "",
        '•' | '·' => "-",
        '…' => "...",
        '×' => "x",
        _ => return typed_text::stand_in(character),
    })
}

/// Letters that are no plain one with an accent.
fn strange_letter(character: char) -> Option<&'static str> {
    Some(match character {
        'ª' => "a",
        'ɓ' => "b",
        'ɗ' | 'ɖ' | 'đ' | 'ð' => "d",
        'ɛ' | 'ǝ' => "e",
        'ƒ' => "f",
        'ɣ' => "g",
        'ı' => "i",
        'ƙ' => "k",
        'ł' => "l",
        'ŋ' => "n",
        'º' | 'ɔ' => "o",
        'œ' => "oe",
        'µ' => "u",
        'ʋ' => "v",
        'ƴ' => "y",
        'Ɓ' => "B",
        'Ɗ' | 'Ɖ' | 'Đ' | 'Ð' => "D",
        'Ɛ' | 'Ǝ' => "E",
        'Ɣ' => "G",
        'Ƙ' => "K",
        'Ł' => "L",
        'Ŋ' => "N",
        'Ɔ' => "O",
        'Œ' => "OE",
        _ => return None,
    })
}

/// How many SMS it takes to carry `text`; an empty text is still one message.
pub fn parts(text: &str) -> usize {
    part_sizes(text).len()
}

/// The units in each part: septets, or UTF-16 units as soon as one character is outside the
/// alphabet.
fn part_sizes(text: &str) -> Vec<usize> {
    if septets(text).is_some() {
        pack(
            text.chars().map(|character| cost(character).unwrap_or(1)),
            SEPTETS_ALONE,
            SEPTETS_PER_PART,
        )
    } else {
        pack(text.chars().map(char::len_utf16), UTF16_UNITS_ALONE, UTF16_UNITS_PER_PART)
    }
}

/// Fills part after part. A character of two units never straddles two parts: the earlier part
/// stays one unit short.
fn pack(costs: impl Iterator<Item = usize> + Clone, alone: usize, per_part: usize) -> Vec<usize> {
    let total = costs.clone().fold(0_usize, usize::saturating_add);
    if total <= alone {
        return vec![total];
    }
    let mut full_parts = Vec::new();
    let mut current = 0_usize;
    for cost in costs {
        let grown = current.saturating_add(cost);
        if grown > per_part {
            full_parts.push(current);
            current = cost;
        } else {
            current = grown;
        }
    }
    full_parts.push(current);
    full_parts
}

/// `text` in GSM-7 within `septets_max`. Where it had to be cut, it ends with a full stop.
pub fn clip(text: &str, septets_max: usize) -> String {
    let written = to_gsm(text);
    if septets(&written).is_some_and(|total| total <= septets_max) {
        return written;
    }
    let Some(budget) = septets_max.checked_sub(1) else { return String::new() };
    let mut kept = String::with_capacity(written.len());
    let mut used = 0_usize;
    for character in written.chars() {
        used = used.saturating_add(cost(character).unwrap_or(1));
        if used > budget {
            break;
        }
        kept.push(character);
    }
    kept.truncate(kept.trim_end_matches([' ', '\n', '.', ',']).len());
    kept.push('.');
    kept
}

/// A letter without its accent.
pub fn fold(letter: char) -> char {
    std::iter::once(letter).nfd().next().unwrap_or(letter)
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects,
        reason = "tests stop where they fail"
    )]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_alphabet_has_127_cheap_and_10_dear_characters() {
        assert_eq!((BASIC.chars().count(), EXTENSION.chars().count()), (127, 9 + 1));
        assert_eq!(septets(BASIC), Some(127));
        assert_eq!(septets(EXTENSION), Some(20));
    }

    #[test]
    fn texts_are_counted_as_networks_count_them() {
        let with = |head: &str, times: usize, tail: &str, more: usize| {
            head.repeat(times) + tail + &"a".repeat(more)
        };
        let vectors: Vec<(String, Vec<usize>)> = vec![
            ("a".repeat(160), vec![160]),
            ("a".repeat(161), vec![153, 8]),
            ("a".repeat(306), vec![153, 153]),
            ("a".repeat(307), vec![153, 153, 1]),
            ("€".repeat(80), vec![160]),
            ("€".repeat(81), vec![152, 10]),
            (with("a", 152, "€", 10), vec![152, 12]),
            ("Karibu M-PESA [1] {2}".to_owned(), vec![25]),
            ("你".repeat(70), vec![70]),
            ("你".repeat(71), vec![67, 4]),
            ("😀".repeat(36), vec![66, 6]),
            ("你".repeat(66) + "😀" + &"你".repeat(10), vec![66, 12]),
            ("Don’t".to_owned(), vec![5]),
            (String::new(), vec![0]),
        ];
        for (text, sizes) in vectors {
            assert_eq!(part_sizes(&text), sizes, "{text}");
            assert_eq!(parts(&text), sizes.len(), "{text}");
        }
        assert_eq!(septets("Karibu M-PESA [1] {2}"), Some(25));
        assert_eq!(septets("Don’t"), None);
    }

    #[test]
    fn look_alikes_stand_in_for_what_phones_cannot_show() {
        let pairs = [
            ("Don’t – “wait”…", "Don't - \"wait\"..."),
            ("reçu, même à l’œil", "recu, meme à l'oeil"),
            ("KES\u{A0}200", "KES 200"),
            ("São João", "Sao Joao"),
            ("e\u{301}te\u{301}", "ete"),
            ("ɗan ƙasa", "dan kasa"),
            ("Mũthuri", "Muthuri"),
            ("Nguyễn Thị, Łódź, Ağrı", "Nguyen Thi, Lodz, Agri"),
            ("ሰላም 😀", "??? ?"),
            ("Ñandú @ 5€", "Ñandu @ 5€"),
        ];
        for (from, to) in pairs {
            assert_eq!(to_gsm(from), to);
        }
    }

    #[test]
    fn a_text_is_cut_to_its_budget() {
        assert_eq!(clip("Wanjiku Kamau", 13), "Wanjiku Kamau");
        assert_eq!(clip("Wanjiku Kamau", 12), "Wanjiku Kam.");
        assert_eq!(clip("Wanjiku Kamau", 9), "Wanjiku.");
        assert_eq!(clip("[[[[", 5), "[[.");
        assert_eq!((clip("abc", 1), clip("abc", 0)), (".".to_owned(), String::new()));
    }

    proptest! {
        #[test]
        fn whatever_is_written_phones_can_show(text in any::<String>(), budget in 0_usize..200) {
            let written = to_gsm(&text);
            prop_assert!(septets(&written).is_some());
            prop_assert_eq!(to_gsm(&written), written.clone());
            prop_assert!(septets(&clip(&text, budget)).unwrap() <= budget);
        }

        #[test]
        fn parts_hold_everything_and_are_never_split_inside_a_character(text in "[a€{你😀]{0,400}") {
            let (alone, per_part) = if septets(&text).is_some() { (160, 153) } else { (70, 67) };
            let units = septets(&text).unwrap_or_else(|| text.encode_utf16().count());
            let sizes = part_sizes(&text);
            prop_assert_eq!(sizes.iter().sum::<usize>(), units);
            prop_assert_eq!(sizes.len() == 1, units <= alone);
            if sizes.len() > 1 {
                prop_assert!(sizes.iter().all(|size| *size <= per_part));
                // A part stays short by one unit only, where a character of two units did not fit.
                prop_assert!(sizes[..sizes.len() - 1].iter().all(|size| *size >= per_part - 1));
            }
        }
    }
}
