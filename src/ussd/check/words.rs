//! The words: every text in every language, with the same slots, all declared, none left over.

use std::collections::{BTreeMap, BTreeSet};

use super::map::problem;
use super::vocabulary::{self, Vocabulary};
use crate::catalogue::{Dictionary, Entry, Problem, slots_of};
use crate::language::Language;
use crate::market::Market;
use crate::ussd::Menus;
use crate::ussd::menu::{Accepts, Kind, Menu, Screen};

/// Texts whose first word is the key to press, and that key.
const KEYS: [(&str, &str); 5] =
    [("nav.back", "0"), ("nav.home", "00"), ("nav.more", "98"), ("nav.yes", "1"), ("nav.no", "2")];

/// What is wrong with the texts.
pub(super) fn problems(menus: &Menus, vocabulary: &Vocabulary, market: &Market) -> Vec<Problem> {
    let mut found = Vec::new();
    let menu = &menus.customer;
    let needed = needed(menu, vocabulary);
    missing(menus, vocabulary, &needed, &mut found);
    for (_, book) in menus.catalogue.books() {
        unused(menu, vocabulary, &needed, book, &mut found);
        undeclared(menu, (vocabulary, market), book, &mut found);
        unfilled(vocabulary, book, &mut found);
        keys(book, &mut found);
    }
    mismatched(menus, &mut found);
    undone(menus, &mut found);
    found
}

fn text_problem(book: &Dictionary, line: usize, message: String) -> Problem {
    Problem { file: book.file.clone(), line, message }
}

/// The texts that must be there, each with the line of the menu that needs it (0: the machine
/// itself does).
fn needed(menu: &Menu, vocabulary: &Vocabulary) -> BTreeMap<String, usize> {
    let mut needed = BTreeMap::new();
    for (key, _) in KEYS {
        needed.insert(key.to_owned(), 0);
    }
    needed.insert("invalid.choice".to_owned(), 0);
    for reason in &vocabulary.reasons {
        needed.insert(format!("refusal.{}", reason.code()), 0);
    }
    for message in &vocabulary.messages {
        needed.insert(message.template.to_owned(), 0);
    }
    for key in &vocabulary.texts {
        needed.insert(key.clone(), 0);
    }
    for screen in menu.screens.values() {
        needed.insert(format!("screen.{}", screen.id), screen.line);
        for (part, line) in parts(screen) {
            needed.insert(format!("screen.{}.{part}", screen.id), line);
        }
    }
    needed
}

/// The texts of a screen besides its prompt.
fn parts(screen: &Screen) -> Vec<(&str, usize)> {
    match &screen.kind {
        Kind::Menu(_, choices) => {
            choices.iter().map(|choice| (choice.label.text.as_str(), choice.label.line)).collect()
        }
        Kind::List(_) => vec![("line", screen.line), ("empty", screen.line)],
        Kind::Resume => ["continue", "restart", "joining"].map(|part| (part, screen.line)).into(),
        Kind::Input(_) | Kind::Confirm(_) | Kind::Show(..) | Kind::End => Vec::new(),
    }
}

/// Texts that may be there: words for a refusal of a screen's own, or longer ones for texts, and
/// those for 0 where an amount is asked.
fn is_optional(menu: &Menu, vocabulary: &Vocabulary, key: &str) -> bool {
    if key.starts_with("words.") {
        return true;
    }
    let is_reason = |code: &str| vocabulary.reasons.iter().any(|reason| reason.code() == code);
    if let Some(code) = key.strip_prefix("sms.refused.") {
        return is_reason(code);
    }
    let Some((id, part)) = key.strip_prefix("screen.").and_then(|rest| rest.split_once('.')) else {
        return false;
    };
    let Some(screen) = menu.screen(id) else { return false };
    match part.strip_prefix("refused.") {
        Some(code) => is_reason(code),
        None => {
            part == "zero"
                && matches!(&screen.kind, Kind::Input(input) if input.accepts == Accepts::Amount)
        }
    }
}

/// A message may use only the values it is sent with: any other slot would arrive as it is written.
fn unfilled(vocabulary: &Vocabulary, book: &Dictionary, found: &mut Vec<Problem>) {
    for message in &vocabulary.messages {
        let key = message.template;
        let Some(entry) = book.entry(key) else { continue };
        let same = vocabulary.messages.iter().filter(|other| other.template == key);
        let filled: Vec<_> = same.flat_map(|other| vocabulary::slots_of(other)).collect();
        let is_filled = |slot: &&str| filled.iter().any(|known| known.0 == *slot);
        for slot in slots_of(&entry.text).into_iter().filter(|slot| !is_filled(slot)) {
            found.push(text_problem(
                book,
                entry.line,
                format!("message \"{key}\" is never sent with a {{{slot}}}"),
            ));
        }
    }
}

fn missing(
    menus: &Menus,
    vocabulary: &Vocabulary,
    needed: &BTreeMap<String, usize>,
    found: &mut Vec<Problem>,
) {
    let menu = &menus.customer;
    let mut wanted = needed.clone();
    // What one language says beyond that, the others must say too.
    for (_, book) in menus.catalogue.books() {
        for (key, _) in book.entries().filter(|(key, _)| is_optional(menu, vocabulary, key)) {
            wanted.entry(key.to_owned()).or_insert(0);
        }
    }
    for (_, book) in menus.catalogue.books() {
        for (key, line) in wanted.iter().filter(|(key, _)| book.entry(key).is_none()) {
            let wanted_by =
                if *line == 0 { String::new() } else { format!("; {}:{line} needs it", menu.file) };
            found.push(text_problem(
                book,
                book.line_for(key),
                format!("text \"{key}\" is missing{wanted_by}"),
            ));
        }
    }
}

fn unused(
    menu: &Menu,
    vocabulary: &Vocabulary,
    needed: &BTreeMap<String, usize>,
    book: &Dictionary,
    found: &mut Vec<Problem>,
) {
    for (key, entry) in book
        .entries()
        .filter(|(key, _)| !needed.contains_key(*key) && !is_optional(menu, vocabulary, key))
    {
        found.push(text_problem(
            book,
            entry.line,
            format!("text \"{key}\" is not used by any screen"),
        ));
    }
}

fn undeclared(
    menu: &Menu,
    (vocabulary, market): (&Vocabulary, &Market),
    book: &Dictionary,
    found: &mut Vec<Problem>,
) {
    for (key, entry) in book.entries() {
        for slot in slots_of(&entry.text) {
            if menu.slots.contains_key(slot) {
                continue;
            }
            let what = match vocabulary.slots.get(slot) {
                None => "which no service shows".to_owned(),
                Some(kind) if vocabulary::longest(*kind, market).is_some() => continue,
                Some(_) => format!("whose longest value [slots] of {} does not name", menu.file),
            };
            found.push(text_problem(
                book,
                entry.line,
                format!("text \"{key}\" has {{{slot}}}, {what}"),
            ));
        }
    }
}

/// What a text says is pressed must be what the machine understands.
fn keys(book: &Dictionary, found: &mut Vec<Problem>) {
    for (key, pressed) in KEYS {
        if let Some(entry) =
            book.entry(key).filter(|entry| entry.text.split(' ').next() != Some(pressed))
        {
            found.push(text_problem(
                book,
                entry.line,
                format!("text \"{key}\" must begin with \"{pressed} \""),
            ));
        }
    }
}

/// The slots of a text are the same in every language as in English.
fn mismatched(menus: &Menus, found: &mut Vec<Problem>) {
    let Some((_, english)) =
        menus.catalogue.books().find(|(language, _)| *language == Language::EN)
    else {
        return;
    };
    for (_, book) in menus.catalogue.books() {
        for (key, entry) in book.entries() {
            let Some(model) = english.entry(key).filter(|model| slot_set(model) != slot_set(entry))
            else {
                continue;
            };
            let message =
                format!("text \"{key}\" has {}, but English has {}", listed(entry), listed(model));
            found.push(text_problem(book, entry.line, message));
        }
    }
}

fn slot_set(entry: &Entry) -> BTreeSet<&str> {
    slots_of(&entry.text).into_iter().collect()
}

fn listed(entry: &Entry) -> String {
    let slots: Vec<String> =
        slot_set(entry).into_iter().map(|slot| format!("{{{slot}}}")).collect();
    if slots.is_empty() { "no slots".to_owned() } else { slots.join(" ") }
}

/// Slots that are declared and stand in no text.
fn undone(menus: &Menus, found: &mut Vec<Problem>) {
    let menu = &menus.customer;
    let entries = || menus.catalogue.books().flat_map(|(_, book)| book.entries());
    let used: BTreeSet<&str> = entries().flat_map(|(_, entry)| slots_of(&entry.text)).collect();
    for (slot, longest) in menu.slots.iter().filter(|(slot, _)| !used.contains(slot.as_str())) {
        found.push(problem(menu, longest.line, format!("slot \"{slot}\" is used by no text")));
    }
}
