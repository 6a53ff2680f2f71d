//! What a screen may speak of: only values that are known by the time it is shown, whichever way
//! one came. A line of a list speaks of what its list gives it, and of nothing chosen before.

use std::collections::{BTreeMap, BTreeSet};

use super::fields::ways;
use super::vocabulary::{BALANCE, RECEIPT, Vocabulary};
use crate::catalogue::{Dictionary, Problem, slots_of};
use crate::ussd::menu::{Kind, Menu, Screen};
use crate::ussd::{CALLER_SLOTS, Menus};

type SlotNames<'v> = BTreeSet<&'v str>;

/// The texts that would show a slot as it is written.
pub(super) fn problems(menus: &Menus, vocabulary: &Vocabulary) -> Vec<Problem> {
    let mut found = Vec::new();
    let known = known(&menus.customer, vocabulary);
    for screen in menus.customer.screens.values() {
        let Some(before) = known.get(screen.id.as_str()) else { continue };
        let inside = inside(vocabulary, screen, before);
        let prompt = format!("screen.{}", screen.id);
        for (_, book) in menus.catalogue.books() {
            for (part, slots) in texts(vocabulary, screen, before, &inside) {
                unknown(book, &format!("{prompt}{part}"), &slots, &mut found);
            }
        }
    }
    found
}

/// The texts of a screen, each with what it may speak of.
fn texts<'v>(
    vocabulary: &'v Vocabulary,
    screen: &Screen,
    before: &SlotNames<'v>,
    inside: &SlotNames<'v>,
) -> Vec<(String, SlotNames<'v>)> {
    let mut texts = vec![(String::new(), inside.clone())];
    match &screen.kind {
        Kind::Menu(_, choices) => {
            let label = |label: &str| (format!(".{label}"), inside.clone());
            texts.extend(choices.iter().map(|choice| label(&choice.label.text)));
        }
        Kind::List(list) => {
            let line = with(&of_caller(), shows(vocabulary, &list.list.text));
            texts.extend([(".line".to_owned(), line), (".empty".to_owned(), before.clone())]);
        }
        Kind::Input(_) | Kind::Confirm(_) | Kind::Show(..) | Kind::Resume | Kind::End => {}
    }
    texts
}

fn unknown(book: &Dictionary, key: &str, known: &SlotNames<'_>, found: &mut Vec<Problem>) {
    let Some(entry) = book.entry(key) else { return };
    for slot in slots_of(&entry.text).into_iter().filter(|slot| !known.contains(slot)) {
        let message = format!("text \"{key}\" has {{{slot}}}, which is not known there");
        found.push(Problem { file: book.file.clone(), line: entry.line, message });
    }
}

/// The slots that are certain to be known when a screen is entered, whichever way one came.
fn known<'v>(menu: &'v Menu, vocabulary: &'v Vocabulary) -> BTreeMap<&'v str, SlotNames<'v>> {
    let mut known: BTreeMap<&str, SlotNames<'v>> = BTreeMap::new();
    let mut todo: Vec<&str> = Vec::new();
    for (_, door) in menu.doors() {
        known.insert(&door.text, of_caller());
        todo.push(&door.text);
    }
    while let Some(id) = todo.pop() {
        let before = known.get(id).cloned().unwrap_or_default();
        let Some(screen) = menu.screen(id) else { continue };
        let mut inside = inside(vocabulary, screen, &before);
        if let Kind::Input(input) = &screen.kind
            && let Some(check) = &input.check
        {
            inside = with(&inside, shows(vocabulary, &check.text));
        }
        for way in ways(screen) {
            let after = match way.run {
                Some(run) => with(&with(&inside, shows(vocabulary, &run.text)), of_receipt()),
                None => inside.clone(),
            };
            let to = way.jump.to.text.as_str();
            // Sets only shrink, so this comes to rest.
            let merged = known
                .get(to)
                .map(|known| known.intersection(&after).copied().collect())
                .unwrap_or(after);
            if known.get(to) != Some(&merged) {
                known.insert(to, merged);
                todo.push(to);
            }
        }
    }
    known
}

/// What is known once a screen has asked for what it shows. The lines of a list are not chosen yet.
fn inside<'v>(
    vocabulary: &'v Vocabulary,
    screen: &Screen,
    before: &SlotNames<'v>,
) -> SlotNames<'v> {
    if matches!(screen.kind, Kind::Resume) {
        return with(before, SlotNames::from(["place"]));
    }
    match screen.asks().filter(|_| !matches!(screen.kind, Kind::List(_))) {
        Some(quote) => with(before, shows(vocabulary, &quote.text)),
        None => before.clone(),
    }
}

/// What a service shows; a code is put into words.
fn shows<'v>(vocabulary: &'v Vocabulary, service: &str) -> SlotNames<'v> {
    let shows = vocabulary.shows.get(service).copied().unwrap_or_default();
    let words = shows.iter().filter_map(|slot| slot.0.strip_suffix("_code"));
    shows.iter().map(|slot| slot.0).chain(words).collect()
}

fn of_caller<'v>() -> SlotNames<'v> {
    CALLER_SLOTS.iter().map(|slot| slot.0).collect()
}

fn of_receipt<'v>() -> SlotNames<'v> {
    RECEIPT.iter().map(|slot| slot.0).chain([BALANCE.0]).collect()
}

fn with<'v>(some: &SlotNames<'v>, more: SlotNames<'v>) -> SlotNames<'v> {
    some.iter().copied().chain(more).collect()
}
