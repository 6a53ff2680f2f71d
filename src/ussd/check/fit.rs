//! Widths: every screen as the machine draws it, in every language, on the longest values; and
//! every SMS.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::catalogue::{Dictionary, Problem, fill_with};
use crate::language::Language;
use crate::market::Market;
use crate::refusal::{Reason, Refusal};
use crate::request::Slots;
use crate::text::parts;
use crate::ussd::menu::{Kind, Menu, Screen, Size};
use crate::ussd::navigation::Navigator;
use crate::ussd::page::cost;
use crate::ussd::state::{ListLine, State};
use crate::ussd::{CallerView, Menus, SCREEN_SEPTETS};
use crate::value;

use super::vocabulary::{Vocabulary, longest as by_kind};

/// What was measured.
pub(super) struct Fit {
    /// What does not fit.
    pub(super) problems: Vec<Problem>,
    /// The fullest screen, for the summary.
    pub(super) fullest: String,
}

/// Measures every screen and every SMS.
pub(super) fn measure(menus: &Menus, vocabulary: &Vocabulary, market: &Arc<Market>) -> Fit {
    let mut problems = Vec::new();
    let mut fullest = (0, String::new());
    let longest = longest(&menus.customer, vocabulary, market);
    for (language, book) in menus.catalogue.books() {
        let caller = caller(menus, language, &longest, market);
        let navigator = Navigator::new(menus, &caller);
        let notes = Notes::measured(&navigator, menus, vocabulary);
        let mut under: BTreeMap<String, (Problem, usize)> = BTreeMap::new();
        for screen in menus.customer.screens.values() {
            let width = widest(&navigator, menus, &notes, screen);
            if width.septets > fullest.0 {
                fullest = (
                    width.septets,
                    format!(
                        "{} in {language} ({} of {SCREEN_SEPTETS} septets)",
                        screen.id, width.septets
                    ),
                );
            }
            if width.septets <= SCREEN_SEPTETS {
                continue;
            }
            let problem = too_wide(book, screen, &width);
            match width.note {
                Some(note) => {
                    let (_first, screens) = under.entry(note).or_insert((problem, 0));
                    *screens = screens.saturating_add(1);
                }
                None => problems.push(problem),
            }
        }
        problems.extend(under.into_values().map(|(first, screens)| of_all(first, screens)));
        problems.extend(long_messages(book, &longest));
    }
    Fit { problems, fullest: fullest.1 }
}

/// The longest value of every slot: as its kind has it, or as the menu says where that is less.
fn longest(menu: &Menu, vocabulary: &Vocabulary, market: &Market) -> Slots {
    let by_kind =
        |(slot, kind): (&&str, &value::Kind)| Some(((*slot).to_owned(), by_kind(*kind, market)?));
    let mut slots: Slots = vocabulary.slots.iter().filter_map(by_kind).collect();
    let value = |size: &Size| match size {
        Size::Cut(septets) => "W".repeat(*septets),
        Size::Whole(longest) => longest.clone(),
    };
    slots.extend(
        menu.slots.iter().map(|(slot, longest)| (slot.clone(), value(&longest.size).into())),
    );
    slots
}

/// Someone for whom everything is shown, at its longest.
fn caller(menus: &Menus, language: Language, longest: &Slots, market: &Arc<Market>) -> CallerView {
    let flags = menus.customer.flags.iter().map(|flag| flag.text.clone()).collect();
    CallerView {
        language,
        known: true,
        foreign: false,
        slots: longest.clone(),
        flags,
        market: market.clone(),
    }
}

struct Width {
    septets: usize,
    with: String,
    /// What stands above it, where it is with that: the same may stand above many.
    note: Option<String>,
}

/// The width of what must stand on one page. Lists and balances may page, but each of their lines
/// must fit.
fn widest(navigator: &Navigator<'_>, menus: &Menus, notes: &Notes, screen: &Screen) -> Width {
    let state = sample(navigator, screen);
    let foot = navigator.foot(&state);
    let plain = |body: &str| {
        cost(body).saturating_add(if foot.is_empty() { 0 } else { cost(&foot).saturating_add(1) })
    };
    let septets = plain(&navigator.body(&state));
    let whole = Width { septets, with: String::new(), note: None };
    match &screen.kind {
        Kind::End if screen.id != menus.customer.refused.text => whole,
        Kind::Menu(None, _) | Kind::Confirm(_) | Kind::Resume => whole,
        Kind::Input(_) | Kind::End => with_note(navigator, notes, &state, &plain).unwrap_or(whole),
        // what the quote says, and which choices hold, may take pages
        Kind::List(_) | Kind::Show(..) | Kind::Menu(Some(_), _) => {
            let more = cost(&navigator.word(&state, "nav.more")).saturating_add(1);
            let septets = navigator
                .body(&state)
                .lines()
                .map(|line| plain(line).saturating_add(more))
                .max()
                .unwrap_or(0);
            Width { septets, with: " in one line".to_owned(), note: None }
        }
    }
}

/// What may stand above a screen.
#[derive(Clone)]
struct Note {
    name: String,
    text: String,
}

/// All of them in one language, measured once: the same stand above most screens.
struct Notes {
    /// Those of every screen, the longest first; a refusal with its code.
    general: Vec<(Option<&'static str>, Note)>,
    /// The refusals for which a screen has words of its own.
    own: BTreeMap<String, Vec<Reason>>,
}

impl Notes {
    fn measured(navigator: &Navigator<'_>, menus: &Menus, vocabulary: &Vocabulary) -> Notes {
        let nowhere = State::at("", None);
        let refusals = vocabulary.reasons.iter().map(|reason| {
            let code = reason.code();
            (Some(code), refused(navigator, &nowhere, *reason))
        });
        let zeros = menus.customer.screens.keys().map(|id| format!("screen.{id}.zero"));
        let language = navigator.language(&nowhere);
        let zeros = zeros.filter(|key| menus.catalogue.text(language, key).is_some());
        let zeros = zeros.map(|name| (None, Note { text: navigator.word(&nowhere, &name), name }));
        let mut general: Vec<_> = refusals.chain(zeros).collect();
        general.sort_by_cached_key(|(_, note)| std::cmp::Reverse(cost(&note.text)));
        let mut own: BTreeMap<String, Vec<Reason>> = BTreeMap::new();
        for (key, _) in menus.catalogue.books().flat_map(|(_, book)| book.entries()) {
            let screen = key.strip_prefix("screen.").and_then(|rest| rest.split_once(".refused."));
            let Some((id, code)) = screen else { continue };
            let known = vocabulary.reasons.iter().find(|reason| reason.code() == code);
            own.entry(id.to_owned()).or_default().extend(known);
        }
        Notes { general, own }
    }

    /// The longest above a screen.
    fn longest(&self, navigator: &Navigator<'_>, state: &State) -> Option<Note> {
        let own = self.own.get(&state.screen).map(Vec::as_slice).unwrap_or_default();
        let is_own = |code: Option<&str>| own.iter().any(|reason| Some(reason.code()) == code);
        let general = self.general.iter().find(|(code, _)| !is_own(*code)).map(|(_, note)| note);
        let own = own.iter().map(|reason| refused(navigator, state, *reason));
        own.chain(general.cloned()).max_by_key(|note| cost(&note.text))
    }
}

fn refused(navigator: &Navigator<'_>, state: &State, reason: Reason) -> Note {
    let refusal = Refusal::new(reason);
    let text = navigator.reason_text(state, &state.screen, &refusal);
    Note { name: reason.code().to_owned(), text }
}

/// A screen with the longest note above it. An input must not page, for 98 could be what somebody
/// wants to enter.
fn with_note(
    navigator: &Navigator<'_>,
    notes: &Notes,
    state: &State,
    plain: &dyn Fn(&str) -> usize,
) -> Option<Width> {
    let Note { name, text } = notes.longest(navigator, state)?;
    // the rest of the screen is the same under each
    let septets = plain(&navigator.body(&state.clone().noted(text)));
    Some(Width { septets, with: format!(" with \"{name}\" above"), note: Some(name) })
}

/// The screen with all its choices, and one line if it is a list.
fn sample(navigator: &Navigator<'_>, screen: &Screen) -> State {
    let mut state = State::at(&screen.id, None);
    let is_door = navigator.menu.doors().iter().any(|(_, name)| name.text == screen.id);
    if !is_door {
        state.path.push(navigator.start().to_owned());
    }
    state.shown = navigator.choices_for(&state);
    state.items.push(ListLine { id: String::new(), slots: Slots::new() });
    state
}

fn too_wide(book: &Dictionary, screen: &Screen, width: &Width) -> Problem {
    let message = format!(
        "screen \"{}\" takes {} of {SCREEN_SEPTETS} septets on its longest values{}",
        screen.id, width.septets, width.with
    );
    Problem {
        file: book.file.clone(),
        line: book.line_for(&format!("screen.{}", screen.id)),
        message,
    }
}

/// What is too long above several screens is one problem.
fn of_all(first: Problem, screens: usize) -> Problem {
    let message = match screens.saturating_sub(1) {
        0 => first.message,
        1 => format!("{}; and so does 1 more screen", first.message),
        more => format!("{}; and so do {more} more screens", first.message),
    };
    Problem { message, ..first }
}

/// Texts of the SMS channel that would cost two messages.
fn long_messages(book: &Dictionary, longest: &Slots) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (key, entry) in book.entries().filter(|(key, _)| key.starts_with("sms.")) {
        let text = fill_with(&entry.text, |slot| longest.get(slot).map(ToString::to_string));
        if parts(&text) > 1 {
            let message = format!(
                "text \"{key}\" takes {} of 160 septets on its longest values",
                cost(&text)
            );
            problems.push(Problem { file: book.file.clone(), line: entry.line, message });
        }
    }
    problems
}
