//! Turns a state into the words of its screen. Reads the menu and the texts, changes nothing.

use super::menu::{Kind, List, Size};
use super::navigation::Navigator;
use super::page::{Page, cost, page};
use super::state::{ListLine, State};
use super::{SCREEN_SEPTETS, Screen};
use crate::catalogue::fill_with;
use crate::language::Language;
use crate::request::Slots;
use crate::text::{clip, to_gsm};
use crate::value::Value;

impl Navigator<'_> {
    /// The screen of a state, and the page it is on.
    pub(super) fn screen(&self, state: &State) -> (Screen, usize) {
        let page = self.page(state);
        let ends =
            self.menu.screen(&state.screen).is_none_or(|screen| matches!(screen.kind, Kind::End));
        (Screen { text: page.text, continues: page.more || !ends }, page.number)
    }

    /// The page of a state.
    pub(super) fn page(&self, state: &State) -> Page {
        let more = self.word(state, "nav.more");
        page(&self.body(state), &self.foot(state), &more, state.page, SCREEN_SEPTETS)
    }

    /// Everything above the footer, on one endless page. After a slip the choices are still there:
    /// where a note would push them away, it stands in the place of the question, which was just
    /// read; over a yes or no, what is agreed to stays and the note goes.
    pub(super) fn body(&self, state: &State) -> String {
        let whole = self.lines_of(state, state.note.as_deref(), true);
        let short = match self.menu.screen(&state.screen).map(|screen| &screen.kind) {
            Some(Kind::Menu(..)) => self.lines_of(state, state.note.as_deref(), false),
            Some(Kind::Confirm(_)) => self.lines_of(state, None, true),
            Some(Kind::Input(_) | Kind::List(_) | Kind::Show(..) | Kind::Resume | Kind::End)
            | None => return whole,
        };
        let below = cost(&self.foot(state)).saturating_add(1);
        let is_full = cost(&whole).saturating_add(below) > SCREEN_SEPTETS;
        if state.note.is_some() && is_full { short } else { whole }
    }

    fn lines_of(&self, state: &State, note: Option<&str>, asks: bool) -> String {
        let prompt = format!("screen.{}", state.screen);
        let mut lines: Vec<String> = note.iter().map(|note| (*note).to_owned()).collect();
        match self.menu.screen(&state.screen).map(|screen| &screen.kind) {
            Some(Kind::Menu(..)) => {
                lines.extend(asks.then(|| self.word(state, &prompt)));
                lines.extend(numbered(
                    state.shown.iter().map(|label| self.word(state, &format!("{prompt}.{label}"))),
                ));
            }
            Some(Kind::Confirm(_)) => lines
                .extend([prompt.as_str(), "nav.yes", "nav.no"].map(|key| self.word(state, key))),
            Some(Kind::Resume) => {
                lines.push(self.word(state, &prompt));
                lines.extend(numbered(
                    ["continue", "restart"]
                        .map(|label| self.word(state, &format!("{prompt}.{label}"))),
                ));
            }
            Some(Kind::List(list)) => lines.extend(self.lines(state, list, &prompt)),
            Some(Kind::Input(_) | Kind::Show(..) | Kind::End) => {
                lines.push(self.word(state, &prompt))
            }
            None => lines.push(self.word(state, "refusal.invalid")),
        }
        to_gsm(&lines.join("\n"))
    }

    fn lines(&self, state: &State, list: &List, prompt: &str) -> Vec<String> {
        if state.items.is_empty() {
            return vec![self.word(state, &format!("{prompt}.empty"))];
        }
        // what was chosen before is not said of a line, not even where the line is silent
        let line = |item: &ListLine| {
            self.fill(self.language(state), &format!("{prompt}.line"), &[&item.slots])
        };
        let items = state.items.iter().map(line);
        let mut lines = vec![self.word(state, prompt)];
        match list.pick {
            Some(_) => lines.extend(numbered(items)),
            None => lines.extend(items),
        }
        lines
    }

    /// Back and home, where there is something behind.
    pub(super) fn foot(&self, state: &State) -> String {
        let ends =
            self.menu.screen(&state.screen).is_none_or(|screen| matches!(screen.kind, Kind::End));
        if ends || state.path.is_empty() {
            return String::new();
        }
        to_gsm(&format!("{} {}", self.word(state, "nav.back"), self.word(state, "nav.home")))
    }

    /// The language of the conversation.
    pub(super) fn language(&self, state: &State) -> Language {
        state.language.unwrap_or(self.caller.language)
    }

    /// A text with the values at hand.
    pub(super) fn word(&self, state: &State, key: &str) -> String {
        self.fill(self.language(state), key, &[&state.slots])
    }

    /// A text with the caller's own values and `more`, the later ones first in line.
    pub(super) fn fill(&self, language: Language, key: &str, more: &[&Slots]) -> String {
        // a code and its words stand in the same place: the later ones come first with both
        let value = |name: &str| {
            let said = |slots: &Slots| {
                let coded = self.catalogue.coded(language, slots, name).map(Value::Text);
                coded.or_else(|| slots.get(name).cloned())
            };
            let found = more.iter().rev().find_map(|slots| said(slots));
            let found = found.or_else(|| self.caller.slots.get(name).cloned());
            found.map(|value| self.fitting(name, &value))
        };
        fill_with(self.catalogue.text(language, key).unwrap_or(key), value)
    }

    /// A value as it may stand on a screen: on one line, and cut where the menu says so.
    fn fitting(&self, name: &str, value: &Value) -> String {
        let line: String = value
            .to_string()
            .chars()
            .map(|letter| if letter.is_control() { ' ' } else { letter })
            .collect();
        match self.menu.slots.get(name).map(|longest| &longest.size) {
            Some(Size::Cut(septets)) => clip(&to_gsm(&line), *septets),
            Some(Size::Whole(_)) | None => line,
        }
    }
}

fn numbered(lines: impl IntoIterator<Item = String>) -> Vec<String> {
    lines.into_iter().zip(1_usize..).map(|(line, number)| format!("{number} {line}")).collect()
}
