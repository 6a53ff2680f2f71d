//! A data file as it was read, and what is wrong with it. Every complaint about data names file and
//! line. It knows nothing of what the data means, and does not read files itself.

use std::fmt;

/// A data file: its name as people know it, and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The path to show in messages: `menus/customer.toml`.
    pub name: String,
    /// What it says.
    pub text: String,
    /// Where its lines end.
    ends: Vec<usize>,
}

impl Source {
    /// A file with this name and text.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        let ends =
            text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at).collect();
        Source { name: name.into(), text, ends }
    }

    /// The line (from 1) on which the byte at `offset` stands.
    pub fn line_at(&self, offset: usize) -> usize {
        self.ends.partition_point(|end| *end < offset).saturating_add(1)
    }

    /// A complaint about a line of this file.
    pub fn problem(&self, line: usize, message: impl Into<String>) -> Problem {
        Problem { file: self.name.clone(), line, message: message.into() }
    }

    /// A complaint of the TOML reader.
    pub fn toml_problem(&self, error: &toml::de::Error) -> Problem {
        let line = error.span().map_or(1, |span| self.line_at(span.start));
        self.problem(line, error.message().to_owned())
    }
}

/// One thing wrong with a data file. Sorts by file, then line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file's name.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong, for the person who wrote the line.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}: {}", self.file, self.line, self.message)
    }
}
