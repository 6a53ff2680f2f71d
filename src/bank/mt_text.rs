//! The field `:86:` of an MT940: what a booking was for. Most banks write as they like. German ones
//! write numbered pieces after question marks (`?20` to `?29` the text, `?32` the name), in whose
//! text again words such as `EREF+` say what follows.

use super::cleaning::{TEXT_MAX, key, name, rejoined, tidy};
use super::unreadable::Unreadable;

/// How long a line can be.
const LINE_WIDTH: usize = 65;
/// How long a numbered piece can be.
const PIECE_WIDTH: usize = 27;

/// The numbers of pieces; a question mark before another number is a part of the text.
const PIECES: &[&str] = &[
    "00", "10", "20", "21", "22", "23", "24", "25", "26", "27", "28", "29", "30", "31", "32", "33",
    "34", "38", "60", "61", "62", "63",
];

/// Words that begin a part of the text.
const WORDS: &[&str] = &[
    "EREF+", "KREF+", "MREF+", "CRED+", "DEBT+", "SVWZ+", "ABWA+", "ABWE+", "IBAN+", "BIC+",
    "PURP+",
];

/// Codes of German banks for what came back: direct debits and transfers.
const RETURNS: &[&str] = &["108", "109", "159", "181", "184"];

/// What it says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct MtText {
    pub text: String,
    pub name: Option<String>,
    pub account: Option<String>,
    pub end_to_end: Option<String>,
    pub is_return: bool,
}

impl MtText {
    /// Reads the lines of a field.
    pub fn read(lines: &[&str]) -> Result<MtText, Unreadable> {
        // pieces are torn anywhere, so that the end of a line says nothing
        match numbered(&lines.concat()) {
            Some((code, pieces)) => of_pieces(&code, &pieces),
            None => {
                let text = tidy(&rejoined(lines.iter().copied(), LINE_WIDTH), TEXT_MAX);
                Ok(MtText { text, ..MtText::default() })
            }
        }
    }
}

/// `166?00CREDIT?20…` → (`166`, pieces by number).
fn numbered(whole: &str) -> Option<(String, Vec<(String, String)>)> {
    let (code, rest) = whole.split_at_checked(3)?;
    let is_code = code.bytes().all(|byte| byte.is_ascii_digit());
    let rest = rest.strip_prefix('?').filter(|_| is_code)?;
    let mut pieces: Vec<(String, String)> = Vec::new();
    for piece in rest.split('?') {
        let number = piece.split_at_checked(2).filter(|(number, _)| PIECES.contains(number));
        match (number, pieces.last_mut()) {
            (Some((number, text)), _) => pieces.push((number.to_owned(), text.to_owned())),
            (None, Some((_, before))) => {
                before.push('?');
                before.push_str(piece);
            }
            (None, None) => return None,
        }
    }
    Some((code.to_owned(), pieces))
}

fn of_pieces(code: &str, pieces: &[(String, String)]) -> Result<MtText, Unreadable> {
    let all = |wanted: fn(&str) -> bool| {
        let found = pieces.iter().filter(move |(number, _)| wanted(number));
        rejoined(found.map(|(_, text)| text.as_str()), PIECE_WIDTH)
    };
    let purpose = all(|number| matches!(number.as_bytes(), [b'2', _] | [b'6', _]));
    let parts = parts(&purpose);
    let part = |word: &str| parts.iter().find(|(found, _)| *found == word).map(|(_, text)| *text);
    let said = part("SVWZ+").or(part("")).unwrap_or_default();
    let said = if said.trim().is_empty() { all(|number| number == "00") } else { said.to_owned() };
    let account = all(|number| number == "38");
    let account = if account.is_empty() { all(|number| number == "31") } else { account };
    let account = if account.is_empty() { part("IBAN+").unwrap_or_default() } else { &account };
    Ok(MtText {
        text: tidy(&said, TEXT_MAX),
        name: name(&all(|number| matches!(number, "32" | "33"))),
        account: key(account, "an account")?,
        end_to_end: key(part("EREF+").unwrap_or_default(), "a reference")?,
        is_return: RETURNS.contains(&code),
    })
}

/// The text taken apart at its words; what is before the first one has none.
fn parts(text: &str) -> Vec<(&'static str, &str)> {
    let starts = text.match_indices('+').filter_map(|(plus, _)| {
        let end = plus.checked_add(1)?;
        let before = text.get(..end)?;
        let word = WORDS.iter().find(|word| before.ends_with(**word))?;
        Some((before.len().checked_sub(word.len())?, end, *word))
    });
    let starts: Vec<_> = starts.collect();
    let first = starts.first().map_or(text.len(), |(start, _, _)| *start);
    let ends = starts.iter().skip(1).map(|(start, _, _)| *start).chain([text.len()]);
    let parts = starts
        .iter()
        .zip(ends)
        .filter_map(|((_, from, word), to)| text.get(*from..to).map(|part| (*word, part)));
    let head = text.get(..first).unwrap_or_default();
    std::iter::once(("", head)).chain(parts).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &[&str]) -> MtText {
        MtText::read(lines).unwrap()
    }

    #[test]
    fn free_text_is_one_line() {
        let torn = "x".repeat(65);
        assert_eq!(read(&[&torn, "yz", "end"]).text, format!("{torn}yz end"));
        assert_eq!(read(&["166 deposit?20"]).text, "166 deposit?20");
        assert_eq!(read(&[]).text, "");
    }

    #[test]
    fn numbered_pieces_say_who_and_what_for() {
        let found = read(&[
            "166?00GUTSCHRIFT?109310?20EREF+DEP-0042?21SVWZ+Float Kibera?2",
            "2 shop 7?30COBADEFF?31DE89370400440532013000?32Wanjiru Trading?33 Ltd?34000",
        ]);
        let expected = MtText {
            text: "Float Kibera shop 7".into(),
            name: Some("Wanjiru Trading Ltd".into()),
            account: Some("DE89370400440532013000".into()),
            end_to_end: Some("DEP-0042".into()),
            is_return: false,
        };
        assert_eq!(found, expected);
        assert!(read(&["159?00RUECKUEBERWEISUNG?20SVWZ+X"]).is_return);
        assert_eq!(read(&["835?00GEBUEHREN"]).text, "GEBUEHREN");
        assert_eq!(read(&["166?20why?99 not?21now"]).text, "why?99 not now");
    }

    #[test]
    fn a_piece_that_is_full_goes_on_in_its_word() {
        let found = read(&["166?20abcdefghijklmnopqrstuvwxyza?21bc?22d"]);
        assert_eq!(found.text, "abcdefghijklmnopqrstuvwxyzabc d");
    }
}
