//! The machine that runs the menus: a pure function of map, caller, state and input. It reaches
//! nothing outside; where it needs the wallet it says what to ask, and goes on with the answer.

use super::input::{self, INPUT_CHARS_MAX};
use super::menu::{Action, Choice, Confirm, Input, Jump, Kind, List};
use super::navigation::Navigator;
use super::state::State;
use super::{CallerView, Menus, Pending, Step, Then};
use crate::request::{Answer, Mode, Refusal, Secret, Slots};
use crate::typed_text::tidied;

const BACK: &str = "0";
const HOME: &str = "00";
const MORE: &str = "98";

/// The first screen of a conversation.
pub fn begin(menus: &Menus, caller: &CallerView) -> Step {
    Navigator::new(menus, caller).home(None)
}

/// What follows when the person typed `typed` on the screen of `state`.
pub fn press(menus: &Menus, caller: &CallerView, mut state: State, typed: &str) -> Step {
    let navigator = Navigator::new(menus, caller);
    if typed.chars().nth(INPUT_CHARS_MAX).is_some() {
        // no phone can type that much, and a part of it might mean something else
        return navigator.nonsense(state);
    }
    let typed = tidied(typed);
    match typed.trim() {
        HOME => navigator.home(state.language),
        BACK => navigator.back(state),
        MORE if navigator.page(&state).more => navigator.turn(state),
        _ => {
            state.note = None;
            navigator.take(state, &typed)
        }
    }
}

/// What follows when the wallet has answered.
pub fn answer(menus: &Menus, caller: &CallerView, pending: Pending, answer: Answer) -> Step {
    let navigator = Navigator::new(menus, caller);
    let Pending { mut state, mode, then } = pending;
    match answer {
        Answer::Refused(refusal) => return navigator.refused(state, mode, &refusal),
        Answer::Late => return navigator.end(state, &navigator.menu.late, None),
        Answer::Items(items) => state.list(items),
        Answer::Facts { mut slots, flags } => {
            for name in &then.keep {
                if let Some(value) = slots.remove(&name.text) {
                    state.store(&name.text, &value.canonical());
                }
            }
            state.learn(slots, flags);
        }
    }
    match mode {
        Mode::Check => navigator.go(state, &then.next),
        Mode::Quote => navigator.quoted(state),
        Mode::List => navigator.show(state),
        Mode::Execute => navigator.done(state, &then),
    }
}

impl Navigator<'_> {
    /// Takes an input, by the type of the screen.
    fn take(&self, state: State, typed: &str) -> Step {
        let Some(screen) = self.menu.screen(&state.screen) else { return self.back(state) };
        match &screen.kind {
            Kind::Menu(_, choices) => self.choose(state, choices, typed),
            Kind::Input(input) => self.enter_value(state, input, typed),
            Kind::Confirm(confirm) => self.decide(state, confirm, typed),
            Kind::List(list) => self.pick(state, list, typed),
            // what it shows is asked for again: it may have changed since
            Kind::Show(..) => {
                let note = self.word(&state, "invalid.choice");
                self.enter(state.noted(note))
            }
            Kind::Resume => self.resume(state, typed),
            Kind::End => self.home(state.language),
        }
    }

    fn nonsense(&self, state: State) -> Step {
        let note = self.word(&state, "invalid.choice");
        self.again(state, note)
    }

    /// The number is matched against what was shown, not against what would be shown now.
    fn choose(&self, mut state: State, choices: &[Choice], typed: &str) -> Step {
        let label = number(typed).and_then(|number| state.shown.get(number));
        let Some(choice) =
            label.and_then(|label| choices.iter().find(|choice| choice.label.text == *label))
        else {
            return self.nonsense(state);
        };
        if let Some(field) = &choice.stores {
            state.store(&field.text, &choice.label.text);
        }
        if let Some(service) = &choice.service {
            state.store("service", &service.text);
        }
        if let Some(language) = choice.language {
            state.store("language", language.as_str());
            if choice.act.run.is_none() {
                state.language = Some(language);
            }
        }
        let then =
            Then { next: choice.act.next.clone(), language: choice.language, keep: Vec::new() };
        self.act(state, &choice.act, then, None)
    }

    /// Runs the service of an act, or goes straight on.
    fn act(&self, state: State, act: &Action, then: Then, secret: Option<Secret>) -> Step {
        match &act.run {
            Some(service) => self.request(state, Mode::Execute, service, secret, then),
            None => self.go(state, &act.next),
        }
    }

    /// A value that can be read is stored, or handed on if it is a secret; then the wallet may look
    /// at it.
    fn enter_value(&self, mut state: State, input: &Input, typed: &str) -> Step {
        state.forget(self.menu, &state.screen.clone());
        let value = match input::read(input, &self.caller.market, typed) {
            Ok(value) => value,
            Err(reason) => {
                let note = self.reason_text(&state, &state.screen, &reason.into());
                return self.again(state, note);
            }
        };
        let secret = if input.is_secret() {
            Some(Secret::from(value))
        } else {
            state.store(&input.field.text, &value);
            None
        };
        let then = Then { next: input.act.next.clone(), language: None, keep: input.keep.clone() };
        match &input.check {
            Some(service) => self.request(state, Mode::Check, service, secret, then),
            None => self.act(state, &input.act, then, secret),
        }
    }

    /// Only 1 is a yes.
    fn decide(&self, state: State, confirm: &Confirm, typed: &str) -> Step {
        let act = match number(typed) {
            Some(0) => &confirm.yes,
            Some(1) => &confirm.no,
            Some(_) | None => return self.nonsense(state),
        };
        let then = Then { next: act.next.clone(), ..Then::default() };
        self.act(state, act, then, None)
    }

    fn pick(&self, mut state: State, list: &List, typed: &str) -> Step {
        let item = number(typed).and_then(|number| state.items.get(number)).cloned();
        match (&list.pick, item) {
            (Some(pick), Some(item)) => {
                state.store(&pick.field.text, &item.id);
                self.go(state, &pick.next)
            }
            (Some(_) | None, _) => self.nonsense(state),
        }
    }

    fn resume(&self, mut state: State, typed: &str) -> Step {
        match (number(typed), state.kept.take()) {
            (Some(0), Some(kept)) => self.enter(*kept),
            (Some(1), _) | (Some(0), None) => self.home(state.language),
            (Some(_) | None, kept) => self.nonsense(State { kept, ..state }),
        }
    }

    /// A quote may raise a flag that needs another question first. Who just answered that one is
    /// not asked again.
    fn quoted(&self, mut state: State) -> Step {
        state.shown = self.choices_for(&state);
        let branch = match self.menu.screen(&state.screen).map(|screen| &screen.kind) {
            Some(Kind::Confirm(Confirm { branch, .. }) | Kind::Show(_, branch)) => {
                branch.as_slice()
            }
            Some(Kind::Menu(..) | Kind::Input(_) | Kind::List(_) | Kind::Resume | Kind::End)
            | None => &[],
        };
        // several such questions come one after the other
        let leads = |id: &&String| branch.iter().any(|jump| jump.to.text == **id);
        let answered: Vec<&String> = state.path.iter().rev().take_while(leads).collect();
        let ahead = |jump: &&Jump| {
            self.holds(&state, jump.when.as_ref()) && !answered.contains(&&jump.to.text)
        };
        if let Some(jump) = branch.iter().find(ahead) {
            state.screen.clone_from(&jump.to.text);
        }
        self.show(state)
    }

    /// A refusal leads to the screen whose input can mend it. What nothing mends ends the
    /// conversation, except on an input that was only being checked: there another value may do.
    fn refused(&self, mut state: State, mode: Mode, refusal: &Refusal) -> Step {
        let here = matches!(mode, Mode::Check | Mode::Execute);
        match refusal.field.and_then(|field| self.asking_for(&state, field, here)) {
            Some(depth) => {
                state.retreat(self.menu, depth);
                let note = self.reason_text(&state, &state.screen, refusal);
                self.enter(state.noted(note))
            }
            None if mode == Mode::Check => {
                state.forget(self.menu, &state.screen.clone());
                let note = self.reason_text(&state, &state.screen, refusal);
                self.again(state, note)
            }
            None => {
                let note = self.reason_text(&state, &state.screen, refusal);
                self.end(state, &self.menu.refused, Some(note))
            }
        }
    }

    /// How deep on the path the last screen stands that asks for `field`; the present one, if
    /// `here`, is the deepest.
    fn asking_for(&self, state: &State, field: &str, here: bool) -> Option<usize> {
        if here && self.menu.fields_of(&state.screen).contains(field) {
            return Some(state.path.len());
        }
        state.path.iter().rposition(|id| self.menu.fields_of(id).contains(field))
    }

    /// The words for a refusal: the screen's own, or the general ones.
    pub(super) fn reason_text(&self, state: &State, screen: &str, refusal: &Refusal) -> String {
        let language = self.language(state);
        let own = format!("screen.{screen}.refused.{}", refusal.code());
        let general = format!("refusal.{}", refusal.code());
        let key = if self.catalogue.text(language, &own).is_some() { own } else { general };
        let slots: &Slots = &refusal.slots;
        self.fill(language, &key, &[&state.slots, slots])
    }
}

/// The place in a list that a number typed stands for: `1` is 0. Exactly as shown: `01` is nothing.
fn number(typed: &str) -> Option<usize> {
    let typed = typed.trim();
    let number: usize = typed.parse().ok()?;
    if number.to_string() == typed { number.checked_sub(1) } else { None }
}
