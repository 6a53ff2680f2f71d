//! The words people read, by language and key. Nested TOML tables become dotted keys; the key
//! `text` names its own table, so that `[screen.home] text = "..."` is the text `screen.home`. It
//! knows nothing of screens or SMS.

use std::collections::BTreeMap;
use std::iter::successors;

use toml::de::{DeTable, DeValue};

use crate::language::Language;
pub use crate::source::{Problem, Source};
use crate::text::septets;
use crate::value::{Slots, Value};

/// The texts of every language.
#[derive(Debug, Clone)]
pub struct Catalogue {
    books: BTreeMap<Language, Dictionary>,
}

/// The texts of one language.
#[derive(Debug, Clone)]
pub struct Dictionary {
    /// The file they come from.
    pub file: String,
    entries: BTreeMap<String, Entry>,
}

/// One text.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The words, with `{slots}` to fill.
    pub text: String,
    /// Its line in the file.
    pub line: usize,
}

impl Catalogue {
    /// Reads one file per language; the language is the file's name: `menus/texts/sw.toml`.
    pub fn parse(sources: &[Source]) -> Result<Self, Vec<Problem>> {
        let mut books = BTreeMap::new();
        let mut problems = Vec::new();
        for source in sources {
            match language_of(&source.name) {
                Some(language) => {
                    books.insert(language, Dictionary::parse(source, &mut problems));
                }
                None => problems
                    .push(source.problem(1, "name this file after its language, like sw.toml")),
            }
        }
        if !books.contains_key(&Language::EN) {
            let name = sources.first().map_or("texts/en.toml", |source| source.name.as_str());
            problems.push(
                Source::new(name, "").problem(
                    1,
                    "the English texts (en.toml) are missing: others fall back on them",
                ),
            );
        }
        if problems.is_empty() { Ok(Catalogue { books }) } else { Err(problems) }
    }

    /// The text for `key`, in English where the language has none.
    pub fn text(&self, language: Language, key: &str) -> Option<&str> {
        let own = self.books.get(&language).and_then(|book| book.entry(key));
        let entry =
            own.or_else(|| self.books.get(&Language::EN).and_then(|book| book.entry(key)))?;
        Some(&entry.text)
    }

    /// The text for `key` with its slots filled. A key without text shows as itself: a hole that
    /// shows gets mended.
    pub fn say(&self, language: Language, key: &str, slots: &Slots) -> String {
        let value = |slot: &str| self.value(language, slots, slot);
        fill_with(self.text(language, key).unwrap_or(key), value)
    }

    /// Why something was refused, for the staff: where a phone would say "dial again", they have
    /// words of their own.
    pub fn refused_to_staff(&self, language: Language, code: &str, slots: &Slots) -> String {
        let own = format!("console.refusal.{code}");
        let key = match self.text(language, &own) {
            Some(_) => own,
            None => format!("refusal.{code}"),
        };
        self.say(language, &key, slots)
    }

    /// The value of a slot. What has no words of its own is named by a code: where there is a value
    /// `<slot>_code`, the slot has the words `words.<slot>.<code>`, with values in their place; if
    /// there are none, its value, or what is said of any other code.
    fn value(&self, language: Language, slots: &Slots, slot: &str) -> Option<String> {
        if let Some(words) = self.coded(language, slots, slot) {
            return Some(words);
        }
        let other = || {
            code(slots, slot)?;
            self.text(language, &format!("words.{slot}.other")).map(str::to_owned)
        };
        slots.get(slot).map(Value::to_string).or_else(other)
    }

    /// The words of the code that comes in a slot's stead, if there are both.
    pub fn coded(&self, language: Language, slots: &Slots, slot: &str) -> Option<String> {
        let code = code(slots, slot)?;
        let words = self.text(language, &format!("words.{slot}.{code}"))?;
        Some(fill_with(words, |slot| slots.get(slot).map(Value::to_string)))
    }

    /// The languages there are texts in.
    pub fn languages(&self) -> Vec<Language> {
        self.books.keys().copied().collect()
    }

    /// Each language with its texts.
    pub fn books(&self) -> impl Iterator<Item = (Language, &Dictionary)> {
        self.books.iter().map(|(language, book)| (*language, book))
    }
}

impl Dictionary {
    fn parse(source: &Source, problems: &mut Vec<Problem>) -> Self {
        let mut book = Dictionary { file: source.name.clone(), entries: BTreeMap::new() };
        match DeTable::parse(&source.text) {
            Ok(table) => book.read(source, "", table.get_ref(), problems),
            Err(error) => problems.push(source.toml_problem(&error)),
        }
        book
    }

    fn read(
        &mut self,
        source: &Source,
        prefix: &str,
        table: &DeTable<'_>,
        problems: &mut Vec<Problem>,
    ) {
        for (name, value) in table {
            let line = source.line_at(name.span().start);
            let key = match (prefix, name.get_ref().as_ref()) {
                ("", name) => name.to_owned(),
                (prefix, "text") => prefix.to_owned(),
                (prefix, name) => format!("{prefix}.{name}"),
            };
            if let DeValue::Table(table) = value.get_ref() {
                self.read(source, &key, table, problems);
            } else if let Some(text) = value.get_ref().as_str() {
                if let Some(complaint) = complaint(text) {
                    problems.push(source.problem(line, format!("text \"{key}\" {complaint}")));
                }
                self.entries.insert(key, Entry { text: text.to_owned(), line });
            } else {
                problems.push(source.problem(line, format!("text \"{key}\" must be in quotes")));
            }
        }
    }

    /// The text for `key` in this language.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries.get(key)
    }

    /// Every text with its key.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &Entry)> {
        self.entries.iter().map(|(key, entry)| (key.as_str(), entry))
    }

    /// Where a text for `key` would stand: on the line of `key`, or else after its nearest
    /// relative.
    pub fn line_for(&self, key: &str) -> usize {
        if let Some(entry) = self.entries.get(key) {
            return entry.line;
        }
        let families =
            successors(Some(key), |family| family.rsplit_once('.').map(|(parent, _)| parent));
        let last_of = |family: &str| {
            let kin = self
                .entries
                .iter()
                .filter(|(key, _)| key.strip_prefix(family).is_some_and(is_child));
            kin.map(|(_, entry)| entry.line).max()
        };
        families.filter_map(last_of).next().unwrap_or(1)
    }
}

fn code<'s>(slots: &'s Slots, slot: &str) -> Option<&'s Value> {
    let of_slot = |name: &str| name.strip_suffix("_code") == Some(slot);
    slots.iter().find(|(name, _)| of_slot(name)).map(|(_, code)| code)
}

fn is_child(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with('.')
}

fn language_of(name: &str) -> Option<Language> {
    let file = name.rsplit(['/', '\\']).next()?;
    Language::parse(file.strip_suffix(".toml")?)
}

/// What is wrong with a text, if anything.
fn complaint(text: &str) -> Option<String> {
    if let Some(alien) =
        text.chars().find(|letter| septets(letter.encode_utf8(&mut [0; 4])).is_none())
    {
        return Some(format!("has \"{alien}\", which phones without Unicode cannot show"));
    }
    let stray = pieces(text)
        .iter()
        .any(|piece| matches!(piece, Piece::Words(words) if words.contains(['{', '}'])));
    stray.then(|| "has a brace that belongs to no {slot}".to_owned())
}

/// Puts values into a template, once: a value that looks like a slot stays as it is, and so does a
/// slot without value. They are looked up, or made, only when the template wants them.
pub fn fill_with<V: AsRef<str>>(template: &str, value_of: impl Fn(&str) -> Option<V>) -> String {
    let mut filled = String::with_capacity(template.len().saturating_mul(2));
    for piece in pieces(template) {
        match piece {
            Piece::Words(words) => filled.push_str(words),
            Piece::Slot(name) => match value_of(name) {
                Some(value) => filled.push_str(value.as_ref()),
                None => filled.extend(["{", name, "}"]),
            },
        }
    }
    filled
}

/// The names of the slots of a template, in order of appearance.
pub fn slots_of(template: &str) -> Vec<&str> {
    let slot = |piece| match piece {
        Piece::Slot(name) => Some(name),
        Piece::Words(_) => None,
    };
    pieces(template).into_iter().filter_map(slot).collect()
}

enum Piece<'t> {
    Words(&'t str),
    Slot(&'t str),
}

fn pieces(template: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = template;
    while let Some((words, after)) = rest.split_once('{') {
        pieces.push(Piece::Words(words));
        match after.split_once('}').filter(|(name, _)| is_slot_name(name)) {
            Some((name, tail)) => {
                pieces.push(Piece::Slot(name));
                rest = tail;
            }
            None => {
                pieces.push(Piece::Words("{"));
                rest = after;
            }
        }
    }
    pieces.push(Piece::Words(rest));
    pieces
}

fn is_slot_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .chars()
            .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop")]
    use super::*;

    fn english(text: &str) -> Result<Catalogue, Vec<Problem>> {
        Catalogue::parse(&[
            Source::new("texts/en.toml", text),
            Source::new("texts/sw.toml", "[a]\ntext = 'Habari'"),
        ])
    }

    #[test]
    fn tables_become_dotted_keys_and_english_helps_out() {
        let catalogue = english("[a]\ntext = 'Hello'\nb = 'More'\n[a.c]\nd = 'Deep'").unwrap();
        let swahili = Language::parse("sw").unwrap();
        assert_eq!(catalogue.text(swahili, "a"), Some("Habari"));
        assert_eq!(catalogue.text(swahili, "a.b"), Some("More"));
        assert_eq!(catalogue.text(Language::EN, "a.c.d"), Some("Deep"));
        assert_eq!(catalogue.text(swahili, "nothing"), None);
    }

    #[test]
    fn values_are_filled_in_once() {
        let slots = Slots::from([
            ("name".to_owned(), "{amount}".into()),
            ("amount".to_owned(), "KES 5".into()),
        ]);
        let catalogue = english("a = '{name} gets {amount} {x}'").unwrap();
        assert_eq!(catalogue.say(Language::EN, "a", &slots), "{amount} gets KES 5 {x}");
        let value = |name: &str| slots.get(name).map(Value::to_string);
        let filled = fill_with("{name} gets {amount} { {x} }", value);
        assert_eq!(filled, "{amount} gets KES 5 { {x} }");
        assert_eq!(slots_of("{name} gets {amount} {Bad}"), ["name", "amount"]);
    }

    #[test]
    fn a_code_is_put_into_words_where_it_has_some() {
        let catalogue = english(
            "a = '{why} {name}'\n[words.why]\ncold = 'too cold'\nother = 'no'\n[words.name]\nsave \
             = 'Savings'\nin = 'In {pot}'",
        )
        .unwrap();
        let say = |slots: &[(&str, &str)]| {
            let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).into());
            catalogue.say(Language::EN, "a", &slots.iter().map(own).collect())
        };
        assert_eq!(say(&[("why_code", "cold"), ("name_code", "save")]), "too cold Savings");
        // what is said of any other code counts only where nothing else is
        assert_eq!(
            say(&[("why_code", "hot"), ("name_code", "x"), ("name", "Kadogo")]),
            "no Kadogo"
        );
        assert_eq!(say(&[("name_code", "save"), ("name", "Kadogo")]), "{why} Savings");
        assert_eq!(say(&[("name_code", "in"), ("pot", "School")]), "{why} In School");
    }

    #[test]
    fn complaints_name_file_and_line() {
        let problems =
            english("ok = 'fine'\n\nbad = 'façade'\nnumber = 3\nbrace = 'a { b'").unwrap_err();
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert!(
            lines.iter().any(|line| line.starts_with("texts/en.toml:3: text \"bad\" has \"ç\"")),
            "{lines:?}"
        );
        assert!(
            lines
                .iter()
                .any(|line| line.starts_with("texts/en.toml:4: text \"number\" must be in quotes"))
        );
        assert!(
            lines
                .iter()
                .any(|line| line.starts_with("texts/en.toml:5: text \"brace\" has a brace"))
        );
        assert!(
            english("a = 'unfinished")
                .unwrap_err()
                .first()
                .unwrap()
                .to_string()
                .starts_with("texts/en.toml:1: ")
        );
    }
}
