//! A TOML table, read attribute by attribute. It collects every complaint instead of stopping at
//! the first one, and at the end names the attributes that nobody asked for. It knows nothing of
//! what the attributes mean.

use crate::source::{Problem, Source};
use toml::de::{DeArray, DeTable, DeValue};

/// A word of a data file and the line it stands on, so that later checks can point at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The word.
    pub text: String,
    /// Its line, from 1.
    pub line: usize,
}

/// The complaints about one file.
pub struct Complaints<'s> {
    source: &'s Source,
    /// What the next complaints are about: `screen "home": `.
    pub about: String,
    /// Those found so far.
    pub found: Vec<Problem>,
}

impl<'s> Complaints<'s> {
    /// None yet.
    pub fn new(source: &'s Source) -> Self {
        Complaints { source, about: String::new(), found: Vec::new() }
    }

    /// One more.
    pub fn add(&mut self, line: usize, message: &str) {
        self.found.push(self.source.problem(line, format!("{}{message}", self.about)));
    }
}

/// A table whose attributes are taken one by one.
pub struct Table<'s> {
    source: &'s Source,
    /// The line on which it begins.
    pub line: usize,
    entries: DeTable<'s>,
}

impl<'s> Table<'s> {
    /// A whole file.
    pub fn parse(source: &'s Source) -> Result<Self, Problem> {
        match DeTable::parse(&source.text) {
            Ok(table) => Ok(Table { source, line: 1, entries: table.into_inner() }),
            Err(error) => Err(source.toml_problem(&error)),
        }
    }

    fn take(&mut self, key: &str) -> Option<(usize, DeValue<'s>)> {
        let (name, value) = self.entries.remove_entry(key)?;
        Some((self.source.line_at(name.span().start.max(value.span().start)), value.into_inner()))
    }

    /// The text called `key`, if there is one.
    pub fn name(&mut self, key: &str, complaints: &mut Complaints<'_>) -> Option<Name> {
        let (line, value) = self.take(key)?;
        let name = value.as_str().map(|text| Name { text: text.to_owned(), line });
        if name.is_none() {
            complaints.add(line, &format!("`{key}` must be a text in quotes"));
        }
        name
    }

    /// The text called `key`, which must be there.
    pub fn required(&mut self, key: &str, complaints: &mut Complaints<'_>) -> Option<Name> {
        if !self.entries.contains_key(key) {
            complaints.add(self.line, &format!("`{key}` is missing"));
        }
        self.name(key, complaints)
    }

    /// The list of texts called `key`; empty when there is none.
    pub fn names(&mut self, key: &str, complaints: &mut Complaints<'_>) -> Vec<Name> {
        let Some((line, value)) = self.take(key) else { return Vec::new() };
        let DeValue::Array(items) = value else {
            complaints.add(line, &format!("`{key}` must be a list of texts"));
            return Vec::new();
        };
        let mut names = Vec::new();
        for item in items {
            let line = self.source.line_at(item.span().start);
            match item.get_ref().as_str() {
                Some(text) => names.push(Name { text: text.to_owned(), line }),
                None => complaints.add(line, &format!("`{key}` must be a list of texts")),
            }
        }
        names
    }

    /// The yes or no called `key`.
    pub fn truth(&mut self, key: &str, complaints: &mut Complaints<'_>) -> Option<bool> {
        let (line, value) = self.take(key)?;
        let truth = value.as_bool();
        if truth.is_none() {
            complaints.add(line, &format!("`{key}` must be true or false"));
        }
        truth
    }

    /// The table called `key`, if there is one.
    pub fn table(&mut self, key: &str, complaints: &mut Complaints<'_>) -> Option<Table<'s>> {
        let (line, value) = self.take(key)?;
        let DeValue::Table(entries) = value else {
            complaints.add(line, &format!("`{key}` must be a table"));
            return None;
        };
        Some(Table { source: self.source, line, entries })
    }

    /// The list of tables called `key`; empty when there is none.
    pub fn tables(&mut self, key: &str, complaints: &mut Complaints<'_>) -> Vec<Table<'s>> {
        match self.take(key) {
            None => Vec::new(),
            Some((_line, DeValue::Array(items))) => self.each(key, items, complaints),
            Some((line, _other)) => {
                complaints.add(line, &format!("`{key}` must be a list of tables"));
                Vec::new()
            }
        }
    }

    /// The same, where a table alone is a list of one.
    pub fn one_or_more(&mut self, key: &str, complaints: &mut Complaints<'_>) -> Vec<Table<'s>> {
        match self.entries.get(key).map(|value| value.get_ref().is_table()) {
            Some(true) => self.table(key, complaints).into_iter().collect(),
            Some(false) | None => self.tables(key, complaints),
        }
    }

    fn each(
        &self,
        key: &str,
        items: DeArray<'s>,
        complaints: &mut Complaints<'_>,
    ) -> Vec<Table<'s>> {
        let mut tables = Vec::new();
        for item in items {
            let line = self.source.line_at(item.span().start);
            if let DeValue::Table(entries) = item.into_inner() {
                tables.push(Table { source: self.source, line, entries });
            } else {
                complaints.add(line, &format!("`{key}` must be a list of tables"));
            }
        }
        tables
    }

    /// Whether there is something called `key` that was not taken yet.
    pub fn has(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }

    /// The whole number, date or text in quotes called `key`, as a text, if there is one.
    pub fn written(&mut self, key: &str, complaints: &mut Complaints<'_>) -> Option<Name> {
        let (line, value) = self.take(key)?;
        let text = match value {
            DeValue::String(text) => Some(text.into_owned()),
            DeValue::Integer(number) => Some(number.to_string()),
            DeValue::Datetime(date) => Some(date.to_string()),
            DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Array(_) | DeValue::Table(_) => None,
        };
        if text.is_none() {
            complaints
                .add(line, &format!("`{key}` must be a whole number, or in quotes like \"7.50\""));
        }
        text.map(|text| Name { text, line })
    }

    /// The names of what is left, in the order of the file.
    pub fn keys(&self) -> Vec<Name> {
        let mut keys: Vec<Name> = self
            .entries
            .keys()
            .map(|key| Name {
                text: key.get_ref().to_string(),
                line: self.source.line_at(key.span().start),
            })
            .collect();
        keys.sort_by_key(|key| key.line);
        keys
    }

    /// The whole number called `key`, or nothing if it is something else.
    pub fn number(&mut self, key: &str) -> Option<usize> {
        let number = self.entries.get(key)?.get_ref().as_integer()?.as_str().parse().ok();
        self.take(key);
        number
    }

    /// The whole number called `key`, not below zero, and its line.
    pub fn whole(&mut self, key: &str, complaints: &mut Complaints<'_>) -> Option<(usize, i64)> {
        let (line, value) = self.take(key)?;
        let decimal = value.as_integer().filter(|number| number.radix() == 10);
        let number = decimal
            .and_then(|number| number.as_str().parse().ok())
            .filter(|number: &i64| *number >= 0);
        if number.is_none() {
            complaints.add(line, &format!("`{key}` must be a whole number, not below zero"));
        }
        number.map(|number| (line, number))
    }

    /// Gives up on what is left: after a greater mistake, complaints about it would be noise.
    pub fn skip(&mut self) {
        self.entries.clear();
    }

    /// Complains about the attributes that nobody took: they are misspelt, or do not belong here.
    pub fn finish(self, complaints: &mut Complaints<'_>) {
        for key in self.keys() {
            complaints.add(key.line, &format!("`{}` does not belong here", key.text));
        }
    }
}
