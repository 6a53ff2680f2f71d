//! Widths: every screen as the machine draws it, in every language, on the longest values; and
//! every SMS.

use crate::catalogue::{Dictionary, Problem, fill_with};
use crate::language::Language;
use crate::market::Market;
use crate::refusal::Refusal;
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
pub(super) fn measure(menus: &Menus, vocabulary: &Vocabulary) -> Fit {
    let mut problems = Vec::new();
    let mut fullest = (0, String::new());
    let longest = longest(&menus.customer, vocabulary);
    for (language, book) in menus.catalogue.books() {
        let caller = caller(menus, language, &longest);
        let navigator = Navigator::new(menus, &caller);
        for screen in menus.customer.screens.values() {
            let width = widest(&navigator, menus, vocabulary, screen);
            if width.septets > fullest.0 {
                fullest = (
                    width.septets,
                    format!(
                        "{} in {language} ({} of {SCREEN_SEPTETS} septets)",
                        screen.id, width.septets
                    ),
                );
            }
            if width.septets > SCREEN_SEPTETS {
                problems.push(too_wide(book, screen, &width));
            }
        }
        problems.extend(long_messages(book, &longest));
    }
    Fit { problems, fullest: fullest.1 }
}

/// The longest value of every slot: as its kind has it, or as the menu says where that is less.
fn longest(menu: &Menu, vocabulary: &Vocabulary) -> Slots {
    let market = Market::kenya();
    let by_kind =
        |(slot, kind): (&&str, &value::Kind)| Some(((*slot).to_owned(), by_kind(*kind, &market)?));
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
fn caller(menus: &Menus, language: Language, longest: &Slots) -> CallerView {
    let flags = menus.customer.flags.iter().map(|flag| flag.text.clone()).collect();
    CallerView { language, known: true, slots: longest.clone(), flags, market: Market::kenya() }
}

struct Width {
    septets: usize,
    with: String,
}

/// The width of what must stand on one page. Lists and balances may page, but each of their lines
/// must fit.
fn widest(
    navigator: &Navigator<'_>,
    menus: &Menus,
    vocabulary: &Vocabulary,
    screen: &Screen,
) -> Width {
    let state = sample(navigator, screen);
    let foot = navigator.foot(&state);
    let plain = |body: &str| {
        cost(body).saturating_add(if foot.is_empty() { 0 } else { cost(&foot).saturating_add(1) })
    };
    let whole = Width { septets: plain(&navigator.body(&state)), with: String::new() };
    match &screen.kind {
        Kind::End if screen.id != menus.customer.refused.text => whole,
        Kind::Menu(None, _) | Kind::Confirm(_) | Kind::Resume => whole,
        Kind::Input(_) | Kind::End => {
            with_refusals(navigator, menus, vocabulary, &state, &plain).unwrap_or(whole)
        }
        // what the quote says, and which choices hold, may take pages
        Kind::List(_) | Kind::Show(..) | Kind::Menu(Some(_), _) => {
            let more = cost(&navigator.word(&state, "nav.more")).saturating_add(1);
            let septets = navigator
                .body(&state)
                .lines()
                .map(|line| plain(line).saturating_add(more))
                .max()
                .unwrap_or(0);
            Width { septets, with: " in one line".to_owned() }
        }
    }
}

/// A screen with the longest refusal above it. An input must not page, for 98 could be what
/// somebody wants to enter.
fn with_refusals(
    navigator: &Navigator<'_>,
    menus: &Menus,
    vocabulary: &Vocabulary,
    state: &State,
    plain: &dyn Fn(&str) -> usize,
) -> Option<Width> {
    let refusals = vocabulary.reasons.iter().map(|reason| {
        let refusal = Refusal::new(*reason);
        (refusal.code().to_owned(), navigator.reason_text(state, &state.screen, &refusal))
    });
    let zeros = menus.customer.screens.keys().map(|id| format!("screen.{id}.zero"));
    let zeros = zeros.filter(|key| menus.catalogue.text(navigator.language(state), key).is_some());
    let notes = refusals.chain(zeros.map(|key| (key.clone(), navigator.word(state, &key))));
    // the rest of the screen is the same under each
    let (name, note) = notes.max_by_key(|(_, note)| cost(note))?;
    let septets = plain(&navigator.body(&state.clone().noted(note)));
    Some(Width { septets, with: format!(" with \"{name}\" above") })
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
