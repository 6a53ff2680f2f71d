//! The fields of an MT940: a tag between colons and the lines up to the next one. Envelopes of
//! SWIFT and the dash between messages are passed over.

use super::unreadable::{BankFileError, Read, Unreadable};

/// The most lines of a field.
const FIELD_LINES_MAX: usize = 100;
/// The most bytes of a line.
const LINE_BYTES_MAX: usize = 4_000;

/// The fields of the standard. Others are a bank's own, and within a text they are text.
const STANDARD: &[&str] = &[
    "13", "13D", "20", "21", "25", "25P", "28", "28C", "34F", "60F", "60M", "61", "62F", "62M",
    "64", "65", "86", "90C", "90D", "NS",
];

/// A field.
#[derive(Debug)]
pub(super) struct MtField<'t> {
    /// Without its colons: `61`.
    pub tag: &'t str,
    /// The line of the file that it begins on.
    pub at_line: u64,
    /// What it says, the tag left out.
    pub lines: Vec<&'t str>,
}

impl<'t> MtField<'t> {
    /// What it says, where that must be in one line.
    pub fn single(&self) -> Read<&'t str> {
        match self.lines.as_slice() {
            [one] => Ok(one.trim()),
            lines => Err(self.error(Unreadable::not("a field of one line", &lines.concat()))),
        }
    }

    /// Something is wrong in it.
    pub fn error(&self, what: Unreadable) -> BankFileError {
        what.at(self.at_line)
    }
}

/// Takes a text apart, field by field.
pub(super) struct MtFields<'t> {
    lines: std::str::Lines<'t>,
    at_line: u64,
    /// The field that has begun.
    open: Option<MtField<'t>>,
}

impl<'t> MtFields<'t> {
    /// Of this text.
    pub fn of(text: &'t str) -> MtFields<'t> {
        MtFields { lines: text.lines(), at_line: 0, open: None }
    }

    /// The next field; nothing at the end.
    pub fn next_field(&mut self) -> Read<Option<MtField<'t>>> {
        while let Some(line) = self.lines.next() {
            self.at_line = self.at_line.saturating_add(1);
            if line.len() > LINE_BYTES_MAX {
                let what = Unreadable::TooLong { what: "a line", max: LINE_BYTES_MAX };
                return Err(what.at(self.at_line));
            }
            let line = without_envelope(line.trim_matches(is_frame));
            let in_text = self.open.as_ref().is_some_and(|open| open.tag == "86");
            let begins = tagged(line).filter(|(tag, _)| !in_text || STANDARD.contains(tag));
            if let Some((tag, rest)) = begins {
                let begun = MtField { tag, at_line: self.at_line, lines: vec![rest] };
                match self.open.replace(begun) {
                    Some(done) => return Ok(Some(done)),
                    None => continue,
                }
            }
            if !line.trim().is_empty() && line != "-" {
                self.more(line)?;
            }
        }
        Ok(self.open.take())
    }

    /// A field goes on.
    fn more(&mut self, line: &'t str) -> Read<()> {
        let Some(open) = &mut self.open else {
            return Err(Unreadable::not("a field of MT940", line).at(self.at_line));
        };
        if open.lines.len() >= FIELD_LINES_MAX {
            let what = Unreadable::TooLong { what: "a field", max: FIELD_LINES_MAX };
            return Err(what.at(self.at_line));
        }
        open.lines.push(line);
        Ok(())
    }
}

/// Signs that some banks send around messages.
fn is_frame(sign: char) -> bool {
    matches!(sign, '\u{1}' | '\u{3}' | '\r' | '\u{1a}' | '\u{feff}')
}

/// Leaves out what SWIFT puts around a message: `{1:…}{2:…}{4:` before it, `-}{5:…}` after.
fn without_envelope(line: &str) -> &str {
    let begins =
        ["{1:", "{2:", "{3:", "{4:", "-}", "{5:"].iter().any(|sign| line.starts_with(sign));
    if !begins {
        return line;
    }
    line.rsplit_once("{4:").map_or("", |(_, rest)| rest)
}

/// `:61:rest` → (`61`, `rest`).
fn tagged(line: &str) -> Option<(&str, &str)> {
    let (tag, rest) = line.strip_prefix(':')?.split_once(':')?;
    let is_tag = match tag.as_bytes() {
        [first, second] => {
            first.is_ascii_digit() && second.is_ascii_digit() || [*first, *second] == *b"NS"
        }
        [first, second, letter] => {
            first.is_ascii_digit() && second.is_ascii_digit() && letter.is_ascii_uppercase()
        }
        _ => false,
    };
    is_tag.then_some((tag, rest))
}
