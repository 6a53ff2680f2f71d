//! Coming back after a cut: what of an old conversation can be offered again, and what may be
//! dialled in one go. Never a PIN, never something finished.

use super::menu::{Choice, Kind};
use super::navigation::Navigator;
use super::state::State;
use super::{CallerView, Menus, Step};
use crate::request::Slots;

/// The state to offer to someone who was cut off at `state`; nothing where they had not typed or
/// picked anything yet that would be lost, as from the start they are back as soon.
pub fn resumable(menus: &Menus, state: &State) -> Option<State> {
    let menu = &menus.customer;
    let state = state.kept.as_deref().unwrap_or(state);
    if matches!(menu.screen(&state.screen)?.kind, Kind::End) {
        return None;
    }
    let mut back = state.clone();
    let mut path = Vec::new();
    for id in state.path.iter().chain([&state.screen]) {
        if menu.screen(id).is_some_and(super::menu::Screen::resumes) {
            path.push(id.clone());
        } else {
            back.forget(menu, id);
        }
    }
    back.screen = path.pop()?;
    let has_answer = |id: &String| {
        menu.screen(id).is_some_and(|screen| match &screen.kind {
            Kind::Input(_) | Kind::List(_) => {
                screen.fields().iter().any(|field| back.fields.contains_key(*field))
            }
            Kind::Menu(..) | Kind::Show(..) | Kind::Confirm(_) | Kind::Resume | Kind::End => false,
        })
    };
    if !path.iter().any(has_answer) {
        return None;
    }
    Some(State { path, page: 0, note: None, kept: None, ..back })
}

/// Asks whether to continue where `old` was, or to start again.
pub fn offer(menus: &Menus, caller: &CallerView, mut old: State) -> Step {
    let navigator = Navigator::new(menus, caller);
    if caller.known {
        // An account knows its language; what was chosen in the old conversation may be outdated.
        old.language = None;
    }
    if old.root() != navigator.start() || menus.customer.screen(&old.screen).is_none() {
        return navigator.home(old.language);
    }
    let language = old.language;
    let slots = Slots::from([("place".to_owned(), navigator.place(&old).into())]);
    let kept = Some(Box::new(State { kept: None, ..old }));
    navigator.enter(State { kept, slots, ..State::at(&menus.customer.resume.text, language) })
}

impl Navigator<'_> {
    /// In what somebody was cut off: the words of the first and the last choice before they typed
    /// anything else.
    fn place(&self, old: &State) -> String {
        let screens: Vec<&String> = old.path.iter().chain([&old.screen]).collect();
        let chosen = screens.windows(2).map_while(|pair| match pair {
            [id, next] => self.choice_to(old, id, next),
            _ => None,
        });
        let mut chosen: Vec<String> = chosen.collect();
        chosen.dedup();
        if let [first, .., last] = chosen.as_slice() {
            return format!("{first} > {last}");
        }
        // a menu that is not gone back to says it all the same, by what it is called where it is
        // chosen
        let all = || self.menu.screens.keys();
        let led_to = |next: &&String| {
            let menu = all().find(|id| self.choice_to(old, id, next).is_some())?;
            let chosen = all().find_map(|id| self.choice_to(old, id, menu));
            chosen.or_else(|| self.choice_to(old, menu, next))
        };
        let joining = || self.word(old, &format!("screen.{}.joining", self.menu.resume.text));
        chosen.pop().or_else(|| screens.iter().skip(1).find_map(led_to)).unwrap_or_else(joining)
    }

    /// The words of what was chosen on a menu and led on. A language is no place.
    fn choice_to(&self, old: &State, id: &str, next: &str) -> Option<String> {
        let Kind::Menu(_, choices) = &self.menu.screen(id)?.kind else { return None };
        let leads = |choice: &&Choice| choice.act.next.iter().any(|jump| jump.to.text == next);
        let choice = choices.iter().find(leads).filter(|choice| choice.language.is_none())?;
        Some(self.word(old, &format!("screen.{id}.{}", choice.label.text)))
    }
}

/// May the answer to this screen come out of a dialled code (`*384*1*0712345678#`)? Not a yes, not
/// a PIN.
pub fn accepts_dialled(menus: &Menus, state: &State) -> bool {
    menus.customer.screen(&state.screen).is_some_and(|screen| match &screen.kind {
        Kind::Menu(..) | Kind::List(_) | Kind::Show(..) => true,
        Kind::Input(input) => !input.is_secret(),
        Kind::Confirm(_) | Kind::Resume | Kind::End => false,
    })
}
