//! Bytes into text, and text into what people and rules can compare: one line, without blanks that
//! nobody sees and signs that turn text round.

use super::unreadable::Unreadable;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// The most signs of a text; what is beyond is left out.
pub(super) const TEXT_MAX: usize = 1_000;
/// The most signs of a name; what is beyond is left out.
pub(super) const NAME_MAX: usize = 140;
/// The most signs of a reference, an account or a number. A longer one is refused: two that differ
/// must not become one.
const KEY_MAX: usize = 140;

/// How bytes are text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Encoding {
    /// UTF-8.
    #[serde(rename = "utf-8")]
    Utf8,
    /// A byte a letter, with the signs of Windows where Latin-1 itself has none.
    #[serde(rename = "latin-1")]
    Latin1,
}

/// What Windows has between 0x80 and 0x9f.
const WINDOWS: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// The text, without a byte order mark.
pub(super) fn decoded(bytes: &[u8], encoding: Encoding) -> Result<Cow<'_, str>, Unreadable> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(Unreadable::OtherFormat { what: "a text in UTF-16" });
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match encoding {
        Encoding::Utf8 => str::from_utf8(bytes)
            .map(Cow::Borrowed)
            .map_err(|_where| Unreadable::NotText { encoding: "UTF-8" }),
        Encoding::Latin1 => Ok(Cow::Owned(bytes.iter().map(|byte| letter(*byte)).collect())),
    }
}

/// Files that do not say how they are written: UTF-8 where it is that, else a byte a letter.
pub(super) fn guessed(bytes: &[u8]) -> Result<Cow<'_, str>, Unreadable> {
    match decoded(bytes, Encoding::Utf8) {
        Err(Unreadable::NotText { .. }) => decoded(bytes, Encoding::Latin1),
        read => read,
    }
}

fn letter(byte: u8) -> char {
    let windows = byte.checked_sub(0x80).and_then(|at| WINDOWS.get(usize::from(at)));
    windows.copied().unwrap_or(char::from(byte))
}

/// One line: blanks of any kind become one, what nobody sees is left out, and so is what is beyond
/// `max` signs.
pub(super) fn tidy(text: &str, max: usize) -> String {
    let mut clean = String::with_capacity(text.len().min(max));
    let mut length = 0_usize;
    let mut gap = false;
    for sign in text.chars().filter(|sign| !is_unseen(*sign)) {
        if sign.is_whitespace() || sign.is_control() {
            gap = true;
            continue;
        }
        let blank = gap && length > 0;
        gap = false;
        length = length.saturating_add(1).saturating_add(usize::from(blank));
        if length > max {
            break;
        }
        clean.extend(blank.then_some(' '));
        clean.push(sign);
    }
    clean
}

/// Signs without a width, and those that turn the text after them round.
fn is_unseen(sign: char) -> bool {
    matches!(
        sign,
        '\u{ad}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}'
            | '\u{feff}'
    )
}

/// A name or a longer text, where there is one.
pub(super) fn name(text: &str) -> Option<String> {
    Some(tidy(text, NAME_MAX)).filter(|name| !name.is_empty())
}

/// What is compared: a reference, an account. Words that stand for none are none.
pub(super) fn key(text: &str, what: &'static str) -> Result<Option<String>, Unreadable> {
    let clean = tidy(text, KEY_MAX.saturating_add(1));
    if clean.chars().nth(KEY_MAX).is_some() {
        return Err(Unreadable::TooLong { what, max: KEY_MAX });
    }
    let is_none = matches!(
        clean.to_ascii_uppercase().as_str(),
        "" | "NONREF" | "NOREF" | "NOTPROVIDED" | "NOT PROVIDED"
    );
    Ok((!is_none).then_some(clean))
}

/// A number in a row of numbers, without zeros in front. Zero is what banks write that do not
/// count.
pub(super) fn row_number(text: &str) -> Result<Option<String>, Unreadable> {
    let number = key(text, "the number of the statement")?;
    let bare = number.map(|number| match number.bytes().all(|byte| byte.is_ascii_digit()) {
        true => number.trim_start_matches('0').to_owned(),
        false => number,
    });
    Ok(bare.filter(|number| !number.is_empty()))
}

/// Pieces of a text that was torn to fit: where a piece is as long as can be, the next one goes on
/// within the word.
pub(super) fn rejoined<'t>(pieces: impl IntoIterator<Item = &'t str>, width: usize) -> String {
    let mut whole = String::new();
    let mut full = true;
    for piece in pieces {
        if !full {
            whole.push(' ');
        }
        whole.push_str(piece);
        full = piece.chars().count() >= width;
    }
    whole
}

/// Texts beside one another, each once.
pub(super) fn together<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    let mut whole: Vec<String> = Vec::new();
    let mut length = 0_usize;
    for text in texts {
        if length > TEXT_MAX {
            break;
        }
        let clean = tidy(text, TEXT_MAX);
        if !clean.is_empty() && !whole.iter().any(|before| before.contains(&clean)) {
            length = length.saturating_add(clean.chars().count());
            whole.push(clean);
        }
    }
    tidy(&whole.join(" / "), TEXT_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_one_line_without_what_nobody_sees() {
        assert_eq!(tidy("  a\r\n\tb \u{a0} c\u{202e}d\u{200b} ", 100), "a b cd");
        assert_eq!(tidy("abc def", 4), "abc");
        assert_eq!(tidy("abc def", 5), "abc d");
        assert_eq!(together(["a b", "", "b", "c"]), "a b / c");
        assert_eq!(rejoined(["abc", "de", "f"], 3), "abcde f");
    }

    #[test]
    fn references_are_whole_or_refused() {
        assert_eq!(key(" AB  1 ", "x"), Ok(Some("AB 1".to_owned())));
        assert_eq!(key("NonRef", "x"), Ok(None));
        assert_eq!(key(&"a".repeat(140), "x"), Ok(Some("a".repeat(140))));
        assert_eq!(key(&"a".repeat(141), "x"), Err(Unreadable::TooLong { what: "x", max: 140 }));
        let numbers = [("00012", Some("12")), ("0000", None), ("2026-01", Some("2026-01"))];
        for (text, number) in numbers {
            assert_eq!(row_number(text), Ok(number.map(str::to_owned)));
        }
    }

    #[test]
    fn letters_are_found_in_either_encoding() {
        assert_eq!(guessed(b"\xef\xbb\xbfM\xc3\xbcller").unwrap(), "Müller");
        assert_eq!(guessed(b"M\xfcller \x80").unwrap(), "Müller €");
        assert!(decoded(b"M\xfcller", Encoding::Utf8).is_err());
        assert!(guessed(b"\xff\xfea\0").is_err());
    }
}
