//! Moving about in a conversation: enter a screen, go on, go back, go home, show what is there.
//! One place for each, so that every screen behaves alike.

use std::mem;

use super::menu::{Accepts, Jump, Kind, Menu, Name};
use super::state::State;
use super::{CallerView, Menus, Pending, Step, Then};
use crate::catalogue::Catalogue;
use crate::language::Language;
use crate::request::{AS_QUOTED, Mode, Request, Secret};

/// A conversation being carried on: the map, the words and the person.
pub(super) struct Navigator<'a> {
    pub(super) menu: &'a Menu,
    pub(super) catalogue: &'a Catalogue,
    pub(super) caller: &'a CallerView,
}

impl<'a> Navigator<'a> {
    pub(super) fn new(menus: &'a Menus, caller: &'a CallerView) -> Self {
        Navigator { menu: &menus.customer, catalogue: &menus.catalogue, caller }
    }

    /// Where this caller begins.
    pub(super) fn start(&self) -> &'a str {
        let door = match (self.caller.known, self.caller.foreign) {
            (true, _) => &self.menu.start,
            (false, true) => &self.menu.foreign,
            (false, false) => &self.menu.stranger,
        };
        &door.text
    }

    /// The first screen, with nothing entered. The language chosen stays.
    pub(super) fn home(&self, language: Option<Language>) -> Step {
        self.enter(State::at(self.start(), language))
    }

    /// Arrives at `state.screen`. What it shows is asked for first, every time it is entered.
    pub(super) fn enter(&self, mut state: State) -> Step {
        state.page = 0;
        state.items.clear();
        state.shown = self.choices_for(&state);
        let Some(screen) = self.menu.screen(&state.screen) else { return self.show(state) };
        let mode = if matches!(screen.kind, Kind::List(_)) { Mode::List } else { Mode::Quote };
        match screen.asks() {
            Some(service) => self.request(state, mode, service, None, Then::default()),
            None => self.show(state),
        }
    }

    /// The labels of the choices that hold now, in the order of their numbers.
    pub(super) fn choices_for(&self, state: &State) -> Vec<String> {
        let Some(Kind::Menu(_, choices)) =
            self.menu.screen(&state.screen).map(|screen| &screen.kind)
        else {
            return Vec::new();
        };
        let holding = choices.iter().filter(|choice| self.holds(state, choice.when.as_ref()));
        // a language that is not spoken in this country is not offered
        let market = &self.caller.market;
        let holding =
            holding.filter(|choice| choice.language.is_none_or(|language| market.speaks(language)));
        holding.map(|choice| choice.label.text.clone()).collect()
    }

    /// Does this condition hold?
    pub(super) fn holds(&self, state: &State, when: Option<&Name>) -> bool {
        when.is_none_or(|flag| {
            state.flags.contains(&flag.text) || self.caller.flags.contains(&flag.text)
        })
    }

    /// Shows the screen as it stands.
    pub(super) fn show(&self, mut state: State) -> Step {
        let (screen, page) = self.screen(&state);
        state.page = page;
        Step::Show { state, screen }
    }

    /// Shows the same screen with a note above.
    pub(super) fn again(&self, mut state: State, note: String) -> Step {
        state.page = 0;
        state.shown = self.choices_for(&state);
        self.show(state.noted(note))
    }

    /// Ends the conversation at `door`, with a note above its text.
    pub(super) fn end(&self, mut state: State, door: &Name, note: Option<String>) -> Step {
        state = State { slots: state.slots, ..State::at(&door.text, state.language) };
        state.note = note;
        self.show(state)
    }

    /// Asks the wallet.
    pub(super) fn request(
        &self,
        state: State,
        mode: Mode,
        service: &Name,
        secret: Option<Secret>,
        then: Then,
    ) -> Step {
        let mut fields = state.fields.clone();
        if mode == Mode::Execute {
            // what the person said yes to: the wallet does that or nothing
            let quoted = |slot: &str| Some((slot.to_owned(), state.slots.get(slot)?.canonical()));
            fields.extend(AS_QUOTED.into_iter().filter_map(quoted));
        }
        let request = Request { mode, service: service.text.clone(), fields, secret };
        Step::Ask { pending: Pending { state, mode, then }, request }
    }

    /// Goes where the first jump that holds leads.
    pub(super) fn go(&self, mut state: State, next: &[Jump]) -> Step {
        let Some(jump) = next.iter().find(|jump| self.holds(&state, jump.when.as_ref())) else {
            let note = self.word(&state, "refusal.invalid");
            return self.again(state, note);
        };
        let to = jump.to.text.as_str();
        if to == self.start() {
            return self.home(state.language);
        }
        // A screen that was passed already is gone back to, so the path never grows in circles.
        match state.path.iter().position(|id| id == to) {
            Some(depth) => state.retreat(self.menu, depth),
            None if to == state.screen => {}
            None => state.advance(to),
        }
        self.enter(state)
    }

    /// Back: to the page before, else to the screen before.
    pub(super) fn back(&self, mut state: State) -> Step {
        if state.page > 0 {
            state.page = state.page.saturating_sub(1);
            return self.show(state);
        }
        let zero = self.zero_note(&state);
        // A screen may have gone with a change of the menus: then further back.
        let Some(depth) = state.path.iter().rposition(|id| self.menu.screen(id).is_some()) else {
            return self.home(state.language);
        };
        if depth == 0 && zero.is_none() {
            return self.home(state.language);
        }
        state.retreat(self.menu, depth);
        state.note = zero;
        self.enter(state)
    }

    /// Who types 0 for an amount may have meant zero: they go back, and learn that zero cannot be
    /// sent.
    fn zero_note(&self, state: &State) -> Option<String> {
        let screen = self.menu.screen(&state.screen)?;
        let amount = matches!(&screen.kind, Kind::Input(input) if input.accepts == Accepts::Amount);
        let key = format!("screen.{}.zero", state.screen);
        (amount && self.catalogue.text(self.language(state), &key).is_some())
            .then(|| self.word(state, &key))
    }

    /// The next page.
    pub(super) fn turn(&self, mut state: State) -> Step {
        state.page = state.page.saturating_add(1);
        self.show(state)
    }

    /// After something was done there is no way back into it: only the start lies behind, and of
    /// what was typed and answered only what is to be kept is left.
    pub(super) fn done(&self, mut state: State, then: &Then) -> Step {
        let language = then.language.or(state.language);
        let kept = |field: &String| then.keep.iter().any(|name| name.text == *field);
        state.fields.retain(|field, _value| kept(field));
        state = State {
            fields: mem::take(&mut state.fields),
            slots: mem::take(&mut state.slots),
            flags: mem::take(&mut state.flags),
            ..State::at(self.start(), language)
        };
        self.go(state, &then.next)
    }
}
