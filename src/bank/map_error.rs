//! Why a column map cannot be used: which key, on which line, and what is wrong with it. What a map
//! says is not known here.

use std::fmt;

/// What is wrong with a map, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MapError {
    /// The line of the map; the first is 1. Nothing where something is not there.
    pub at_line: Option<usize>,
    /// The key, as it is typed; empty where the line has none.
    pub key: String,
    /// What is wrong.
    pub what: MapFault,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MapFault {
    /// It is no TOML.
    #[error("this line cannot be read: {0}")]
    Line(String),
    /// Nothing is known by that name.
    #[error("there is no such key here: {0}")]
    Unknown(String),
    /// It has to be there.
    #[error("this key is missing")]
    Missing,
    /// It is something else that should stand there.
    #[error("what stands there cannot be used: {0}")]
    Value(String),
    /// A sign that numbers and texts have themselves, or one sign for two things.
    #[error("`{sign}` cannot stand for the {what}")]
    Sign {
        /// Which.
        sign: char,
        /// For what.
        what: &'static str,
    },
    /// A day written so could not be read back.
    #[error("the date format `{0}` needs day, month and year, such as %d/%m/%Y")]
    DateFormat(String),
    /// Columns are counted from 1.
    #[error("there is no column 0: columns are counted from 1")]
    ColumnZero,
    /// A name, but no row of names.
    #[error("column `{0}` has a name, but the table has no header: use its number")]
    NoHeader(String),
    /// The same word for both ways.
    #[error("`{0}` marks what came in and what went out")]
    Mark(String),
    /// No word for one of the ways.
    #[error("no word says what {0}")]
    NoMark(&'static str),
}

impl fmt::Display for MapError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.at_line {
            write!(f, "line {line}: ")?;
        }
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        write!(f, "{}", self.what)
    }
}

impl std::error::Error for MapError {}

impl MapFault {
    /// The same, said of a key; the line is not known yet.
    pub(super) fn of(self, key: &str) -> MapError {
        MapError { at_line: None, key: key.to_owned(), what: self }
    }
}

impl MapError {
    /// What TOML itself says of a text.
    pub(super) fn of_toml(text: &str, error: &toml::de::Error) -> MapError {
        let said = error.message().to_owned();
        let at = error.span().map(|span| line_at(text, span.start));
        let key = at.and_then(|at| text.lines().nth(at.saturating_sub(1)).map(key_on));
        let key = key.unwrap_or_default();
        let named = |what: &str| said.strip_prefix(what)?.split('`').nth(1).map(str::to_owned);
        // a text that is no TOML at all says nothing of keys
        if text.parse::<toml::Table>().is_err() {
            return MapError { at_line: at, key: String::new(), what: MapFault::Line(said) };
        }
        if let Some(missing) = named("missing field ") {
            return MapError { at_line: None, key: missing, what: MapFault::Missing };
        }
        // of a way to write amounts, what is unknown is said in another way
        let odd = said.strip_prefix("unexpected keys in table: ");
        let odd = odd.and_then(|rest| rest.split(',').next()).map(str::to_owned);
        let unknown = odd.or_else(|| named("unknown field "));
        match unknown.or_else(|| named("unknown variant ").filter(|_| key.is_empty())) {
            Some(unknown) => {
                let known = said.split_once(", ").map(|(_, rest)| rest.to_owned());
                let what = MapFault::Unknown(known.unwrap_or_default());
                MapError { at_line: at, key: unknown, what }
            }
            None => MapError { at_line: at, key, what: MapFault::Value(said) },
        }
    }

    /// The same with the line on which its key stands.
    pub(super) fn within(self, text: &str) -> MapError {
        let last = self.key.rsplit('.').next().unwrap_or_default().to_owned();
        let mut lines = text.lines().map(key_on);
        let at = lines.position(|key| !last.is_empty() && key == last);
        MapError { at_line: at.map(|before| before.saturating_add(1)), ..self }
    }
}

/// The line that a byte is on.
fn line_at(text: &str, byte: usize) -> usize {
    let before = text.get(..byte).unwrap_or(text);
    before.matches('\n').count().saturating_add(1)
}

/// The key that a line begins with, or of the table that it opens.
fn key_on(line: &str) -> String {
    let line = line.trim();
    match line.strip_prefix('[') {
        Some(table) => table.trim_end_matches(|sign| sign != ']').trim_matches(']').to_owned(),
        None => line.split_once('=').map_or("", |(key, _)| key).trim().to_owned(),
    }
}
