//! Where a person is in a conversation: all that is kept between two hops. It is written to the
//! store, so it never holds a secret, and everything in it is bounded.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::menu::Menu;
use crate::language::Language;
use crate::request::{self, Fields, Slots};

/// Screens behind, at most.
const DEPTH_MAX: usize = 32;
/// Lines of a list, at most.
const ITEMS_MAX: usize = 40;
/// Values for templates, at most.
const SLOTS_MAX: usize = 64;
/// Characters of one value, at most. Sealed tokens are the longest.
const VALUE_CHARS_MAX: usize = 400;

/// A conversation between two hops. What is empty is not stored: it is written at every hop.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// The screen shown.
    pub screen: String,
    /// The screens behind it, the first one first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub path: Vec<String>,
    /// The inputs of the screens on the path, in canonical form. Never a secret.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: Fields,
    /// Values for templates, as the wallet gave them.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub slots: Slots,
    /// Flags that the wallet raised in its last answer.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub flags: BTreeSet<String>,
    /// The language chosen in this conversation; else the caller's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// The page of the screen, from 0.
    #[serde(skip_serializing_if = "is_first")]
    pub page: usize,
    /// The labels of the choices as they were numbered on the screen.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub shown: Vec<String>,
    /// The lines of the list shown.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<ListLine>,
    /// What stands above the screen: why the last input was not taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// On the resume screen: where the caller was cut off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kept: Option<Box<State>>,
}

/// A line of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListLine {
    /// What picking it stores.
    pub id: String,
    /// Values for its template.
    pub slots: Slots,
}

impl State {
    /// A conversation that begins at `screen`.
    pub fn at(screen: &str, language: Option<Language>) -> Self {
        State { screen: screen.to_owned(), language, ..State::default() }
    }

    /// Where the conversation began.
    pub fn root(&self) -> &str {
        self.path.first().unwrap_or(&self.screen)
    }

    /// Takes up what the wallet said. Flags are those of the last answer only: yesterday's warning
    /// is no warning.
    pub(super) fn learn(&mut self, slots: Slots, flags: BTreeSet<String>) {
        for (name, value) in slots {
            if self.slots.len() < SLOTS_MAX || self.slots.contains_key(&name) {
                self.slots.insert(name, value.with_words(bounded));
            }
        }
        self.flags = flags;
    }

    /// Takes up the lines of a list.
    pub(super) fn list(&mut self, items: Vec<request::Item>) {
        let item = |item: request::Item| ListLine {
            id: bounded(&item.id),
            slots: item
                .slots
                .into_iter()
                .take(SLOTS_MAX)
                .map(|(name, value)| (name, value.with_words(bounded)))
                .collect(),
        };
        self.items = items.into_iter().take(ITEMS_MAX).map(item).collect();
    }

    /// Stores an input.
    pub(super) fn store(&mut self, field: &str, value: &str) {
        self.fields.insert(field.to_owned(), bounded(value));
    }

    /// Puts a note above the screen.
    pub(super) fn noted(mut self, note: String) -> Self {
        self.note = Some(bounded(&note));
        self
    }

    /// Moves on to `screen`, with the present one behind it.
    pub(super) fn advance(&mut self, screen: &str) {
        let behind = std::mem::replace(&mut self.screen, screen.to_owned());
        self.path.push(behind);
        if self.path.len() > DEPTH_MAX {
            // The way home must stay, so the oldest step after it goes.
            self.path.remove(1);
        }
    }

    /// Goes back to the screen at `depth` of the path, forgetting what that screen and all after it
    /// took in.
    pub(super) fn retreat(&mut self, menu: &Menu, depth: usize) {
        let mut left = self.path.split_off(depth.min(self.path.len()));
        left.push(std::mem::take(&mut self.screen));
        for id in &left {
            self.forget(menu, id);
        }
        self.screen = left.into_iter().next().unwrap_or_default();
    }

    /// Forgets what the screen called `id` took in.
    pub(super) fn forget(&mut self, menu: &Menu, id: &str) {
        for field in menu.fields_of(id) {
            self.fields.remove(field);
        }
    }
}

fn is_first(page: &usize) -> bool {
    *page == 0
}

fn bounded(value: &str) -> String {
    value.chars().take(VALUE_CHARS_MAX).collect()
}
