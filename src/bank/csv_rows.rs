//! The rows of a CSV, strictly: a quote opens where a field begins and closes where it ends. A
//! reader that forgives a quote in the wrong place takes the rows after it for text, and money in
//! them for words; here it is refused, with the line.

use super::unreadable::{Read, Unreadable};
use std::borrow::Cow;

/// The most bytes of a field.
const FIELD_BYTES_MAX: usize = 10_000;
/// The most fields of a row.
const FIELDS_MAX: usize = 500;

/// A row.
#[derive(Debug)]
pub(super) struct CsvRow<'t> {
    /// The line of the file that it begins on.
    pub at_line: u64,
    pub fields: Vec<Cow<'t, str>>,
}

/// A table, row by row. Rows without anything are passed over.
pub(super) struct CsvRows<'t> {
    rest: &'t str,
    delimiter: char,
    at_line: u64,
}

impl<'t> CsvRows<'t> {
    /// The table in a text, after so many lines.
    pub fn of(text: &'t str, delimiter: char, skip_lines: usize) -> CsvRows<'t> {
        let mut rows = CsvRows { rest: text, delimiter, at_line: 1 };
        for _line in 0..skip_lines.min(text.len()) {
            let end = rows.rest.find(['\n', '\r']).unwrap_or(rows.rest.len());
            rows.rest = rows.rest.split_at_checked(end).map_or("", |(_, rest)| rest);
            rows.line_end();
        }
        rows
    }

    /// The next row; nothing at the end.
    pub fn next_row(&mut self) -> Read<Option<CsvRow<'t>>> {
        while !self.rest.is_empty() {
            let at_line = self.at_line;
            let mut fields = vec![self.field(at_line)?];
            while let Some(rest) = self.rest.strip_prefix(self.delimiter) {
                self.rest = rest;
                if fields.len() >= FIELDS_MAX {
                    let what = Unreadable::TooLong { what: "a row", max: FIELDS_MAX };
                    return Err(what.at(at_line));
                }
                fields.push(self.field(at_line)?);
            }
            self.line_end();
            if fields.iter().any(|field| !field.trim().is_empty()) {
                return Ok(Some(CsvRow { at_line, fields }));
            }
        }
        Ok(None)
    }

    fn field(&mut self, at_line: u64) -> Read<Cow<'t, str>> {
        let field = match self.rest.strip_prefix('"') {
            Some(rest) => self.quoted(rest).ok_or_else(|| Unreadable::OpenQuote.at(at_line))?,
            None => {
                let ends = |sign: char| sign == self.delimiter || matches!(sign, '\n' | '\r');
                let end = self.rest.find(ends).unwrap_or(self.rest.len());
                let (field, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
                self.rest = rest;
                Cow::Borrowed(field)
            }
        };
        if field.len() > FIELD_BYTES_MAX {
            let what = Unreadable::TooLong { what: "a field", max: FIELD_BYTES_MAX };
            return Err(what.at(at_line));
        }
        Ok(field)
    }

    /// A field after its opening quote; nothing where it is not closed as it should be. Two quotes
    /// within are one.
    fn quoted(&mut self, inner: &'t str) -> Option<Cow<'t, str>> {
        let mut whole = String::new();
        let mut rest = inner;
        loop {
            let (part, after) = rest.split_once('"')?;
            match after.strip_prefix('"') {
                Some(more) => {
                    whole.push_str(part);
                    whole.push('"');
                    rest = more;
                }
                None => {
                    // some banks align columns with blanks
                    let bare = after.trim_start_matches(' ');
                    let closed = bare.is_empty()
                        || bare.starts_with(self.delimiter)
                        || bare.starts_with(['\n', '\r']);
                    self.rest = bare;
                    let field = match whole.as_str() {
                        "" => Cow::Borrowed(part),
                        _ => Cow::Owned(whole + part),
                    };
                    let ends = field.matches('\n').count();
                    self.at_line = self.at_line.saturating_add(u64::try_from(ends).ok()?);
                    return closed.then_some(field);
                }
            }
        }
    }

    fn line_end(&mut self) {
        let ended = ["\r\n", "\n", "\r"].iter().find_map(|end| self.rest.strip_prefix(end));
        if let Some(rest) = ended {
            self.rest = rest;
            self.at_line = self.at_line.saturating_add(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str, skip_lines: usize) -> Read<Vec<(u64, Vec<String>)>> {
        let mut rows = CsvRows::of(text, ',', skip_lines);
        let mut found = Vec::new();
        while let Some(row) = rows.next_row()? {
            let fields = row.fields.into_iter().map(Cow::into_owned).collect();
            found.push((row.at_line, fields));
        }
        Ok(found)
    }

    #[test]
    fn rows_are_found_whatever_ends_their_lines() {
        let of = |text: &str, skip_lines| {
            let found = rows(text, skip_lines).unwrap();
            let flat = found.into_iter().map(|(line, row)| format!("{line} {}", row.join("|")));
            flat.collect::<Vec<_>>()
        };
        for end in ["\n", "\r\n", "\r"] {
            let text = ["a,b", "", "\"c,\"\"d\"\"\" ,e", ",", "f,"].join(end);
            assert_eq!(of(&text, 0), ["1 a|b", "3 c,\"d\"|e", "5 f|"], "{end:?}");
            assert_eq!(of(&text, 1).len(), 2);
        }
        assert_eq!(of("\"a\nb\",c\nd,e", 0), ["1 a\nb|c", "3 d|e"]);
        assert_eq!(of("5\" pipe,x", 0), ["1 5\" pipe|x"]);
        assert!(of("", 0).is_empty() && of("a\n", 9).is_empty());
    }

    #[test]
    fn a_quote_in_the_wrong_place_hides_no_row() {
        for text in ["x,\"a\ny,b\nz,c", "x,\"a\ny,\"b\"\n", "x,\"a \"b\" c\"\n", "\""] {
            let error = rows(text, 0).unwrap_err();
            assert_eq!((error.at_line, error.what), (Some(1), Unreadable::OpenQuote), "{text}");
        }
    }
}
