//! What people type and paste, made plain: one tidying for every door, so that a sign that nobody
//! sees, or that a phone has put for another, changes nothing. It knows signs only: neither
//! languages nor what a field is for.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The zero of each script that has ten digits of its own; its nine others follow it.
const ZEROS: [u32; 75] = [
    0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66,
    0x0DE6, 0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90,
    0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10,
    0x104A0, 0x10D30, 0x10D40, 0x11066, 0x110F0, 0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0,
    0x11650, 0x116C0, 0x116D0, 0x116DA, 0x11730, 0x118E0, 0x11950, 0x11BF0, 0x11C50, 0x11D50,
    0x11DA0, 0x11F50, 0x16130, 0x16A60, 0x16AC0, 0x16B50, 0x16D70, 0x1CCF0, 0x1D7CE, 0x1D7D8,
    0x1D7E2, 0x1D7EC, 0x1D7F6, 0x1E140, 0x1E2F0, 0x1E4F0, 0x1E5F1, 0x1E950, 0x1FBF0,
];
/// How far the wide forms of the signs of ASCII stand from them.
const WIDE: u32 = 0xFEE0;

/// What was typed in plain signs: what nobody sees is left out, accents stand on their letters,
/// quotes, dashes, blanks and digits of every kind are those of the keyboard, and line ends are
/// blanks. Letters stay as they are, and so do blanks at the ends.
pub fn tidied(typed: &str) -> String {
    // nearly all that is ever typed
    if typed.bytes().all(|byte| matches!(byte, b' '..=b'_' | b'a'..=b'~')) {
        return typed.to_owned();
    }
    typed.chars().filter(|sign| !is_unseen(*sign)).map(plain).nfc().map(plain).collect()
}

/// The same in small letters without accents, as words are compared.
pub fn bare(typed: &str) -> String {
    let small = tidied(typed).to_lowercase();
    if small.is_ascii() {
        return small;
    }
    small.nfd().filter(|sign| !is_combining_mark(*sign)).collect()
}

/// A code however it was copied: in capitals, without the blanks and signs that stand between or
/// around its letters and digits.
pub fn code(typed: &str) -> String {
    let between = |sign: char| {
        sign.is_whitespace() || matches!(sign, '-' | '.' | '_' | '#' | '*' | ':' | ';' | ',')
    };
    let around = |sign: char| matches!(sign, '(' | ')' | '[' | ']' | '<' | '>' | '\'' | '"');
    let signs = tidied(typed).to_uppercase();
    signs.chars().filter(|sign| !between(*sign) && !around(*sign)).collect()
}

/// The plain sign that stands for this one; nothing where it is one itself.
pub fn stand_in(sign: char) -> Option<&'static str> {
    Some(match sign {
        sign if is_unseen(sign) => "",
        '\t' | '\u{A0}' | '\u{1680}' | '\u{2000}'..='\u{200A}' => " ",
        '\u{2028}' | '\u{2029}' | '\u{202F}' | '\u{205F}' | '\u{2800}' | '\u{3000}' => " ",
        '‘' | '’' | '‚' | '‛' | '‹' | '›' | '′' | '`' | '´' | 'ʼ' | 'ʻ' | 'ʹ' | 'ˈ' | '＇' => {
            "'"
        }
        '“' | '”' | '„' | '‟' | '«' | '»' | '″' | '＂' => "\"",
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '﹘' | '﹣' | '－' => "-",
        '⁄' | '∕' => "/",
        '․' => ".",
        _ => return None,
    })
}

fn plain(sign: char) -> char {
    if let Some(other) = stand_in(sign).and_then(|text| text.chars().next()) {
        return other;
    }
    if sign.is_control() || sign.is_whitespace() {
        return ' ';
    }
    digit(sign).or_else(|| narrow(sign)).unwrap_or(sign)
}

/// A digit of any script.
fn digit(sign: char) -> Option<char> {
    let code = u32::from(sign);
    let zero = ZEROS.iter().rev().find(|zero| **zero <= code)?;
    char::from_digit(code.checked_sub(*zero)?, 10)
}

fn narrow(sign: char) -> Option<char> {
    let ascii = u32::from(sign).checked_sub(WIDE).and_then(char::from_u32)?;
    matches!(ascii, '!'..='~').then_some(ascii)
}

/// Signs that only steer how others are shown, or show nothing.
fn is_unseen(sign: char) -> bool {
    matches!(
        sign,
        '\u{AD}'
            | '\u{34F}'
            | '\u{600}'..='\u{605}'
            | '\u{61C}'
            | '\u{6DD}'
            | '\u{70F}'
            | '\u{890}'..='\u{891}'
            | '\u{8E2}'
            | '\u{115F}'..='\u{1160}'
            | '\u{17B4}'..='\u{17B5}'
            | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{3164}'
            | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}'
            | '\u{FFA0}'
            | '\u{FFF0}'..='\u{FFFB}'
            | '\u{110BD}'
            | '\u{110CD}'
            | '\u{13430}'..='\u{1343F}'
            | '\u{1BCA0}'..='\u{1BCA3}'
            | '\u{1D173}'..='\u{1D17A}'
            | '\u{E0000}'..='\u{E0FFF}'
    )
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::arithmetic_side_effects,
        reason = "tests stop where they fail"
    )]

    use super::*;
    use proptest::prelude::*;
    use regex::Regex;

    #[test]
    fn what_is_typed_and_pasted_is_made_plain() {
        for (typed, plain) in [
            ("\u{202A}+254\u{A0}712\u{202F}345678\u{202C}", "+254 712 345678"),
            ("\u{FEFF}2\u{AD}00\u{FE0F}", "200"),
            ("1\r\n", "1  "),
            ("a\u{0}b\tc\u{85}d", "a b c d"),
            ("Ng’ang‘a Ng`eno Ong´wen", "Ng'ang'a Ng'eno Ong'wen"),
            ("Jean‐Pierre – “oui” «non»", "Jean-Pierre - \"oui\" \"non\""),
            ("Re\u{301}my", "Rémy"),
            ("٢٠٠ ۲۰۰ ２００ ＋२००", "200 200 200 +200"),
            ("ＭＰＥＳＡ", "MPESA"),
            ("Ũ ß 你 😀", "Ũ ß 你 😀"),
        ] {
            assert_eq!(tidied(typed), plain, "{typed:?}");
        }
        assert_eq!(bare(" ENVOYÉ À L’ÉCOLE, Wanjikũ"), " envoye a l'ecole, wanjiku");
    }

    #[test]
    fn a_code_is_the_same_however_it_is_copied() {
        for copied in ["K7M2Q9XWTB", "k7m2q 9xwtb", " K7M2Q-9XWTB.", "#k7m2q.9xwtb", "(K7M2Q9XWTB)"]
        {
            assert_eq!(code(copied), "K7M2Q9XWTB", "{copied}");
        }
        assert_eq!(code("123–456"), "123456");
        assert_eq!(code("K7M2Q/9XWTB"), "K7M2Q/9XWTB");
    }

    /// What the tables of Unicode call a digit is one here, and what they call a sign of format, or
    /// one that shows nothing, is left out.
    #[test]
    fn no_digit_and_no_unseen_sign_is_forgotten() {
        let digits = Regex::new(r"^\p{Nd}$").unwrap();
        let unseen = Regex::new(r"^[\p{Cf}\p{Default_Ignorable_Code_Point}]$").unwrap();
        let mut counts = (0, 0);
        // the planes beyond hold neither
        for sign in ('\u{0}'..='\u{1FFFF}').chain('\u{E0000}'..='\u{E0FFF}') {
            let text = sign.to_string();
            if digits.is_match(&text) {
                counts.0 += 1;
                assert!(tidied(&text).bytes().all(|b| b.is_ascii_digit()), "{sign:?}");
            } else {
                assert!(digit(sign).is_none() || sign.is_ascii_digit(), "{sign:?} is no digit");
            }
            if unseen.is_match(&text) {
                counts.1 += 1;
                assert_eq!(tidied(&text), "", "{sign:?}");
            }
        }
        assert!(counts.0 > 600 && counts.1 > 300, "{counts:?}");
    }

    proptest! {
        #[test]
        fn what_is_plain_stays_so(text in any::<String>()) {
            let once = tidied(&text);
            prop_assert_eq!(tidied(&once), once.clone());
            prop_assert!(!once.chars().any(char::is_control));
            prop_assert_eq!(bare(&bare(&text)), bare(&text));
        }
    }
}
