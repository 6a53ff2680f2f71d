//! Why a command does not do something, in the words that the staff read on their pages, and never
//! by a code. Which commands there are is not known here.

use crate::catalogue::Catalogue;
use crate::language::Language;
use crate::market::Market;
use crate::menu_folder::{self, Folder};
use crate::refusal::{Reason, Refusal, Slots};
use anyhow::anyhow;

/// The words of a folder of menus; those that Kadogo comes with where they cannot be read.
pub fn of_folder(folder: &Folder, market: &Market) -> Result<Catalogue, anyhow::Error> {
    let own = menu_folder::filled(&folder.screens, &folder.names, market);
    let read = Catalogue::parse(&own.texts).or_else(|_damaged| {
        let own = menu_folder::filled(&Folder::embedded().screens, &folder.names, market);
        Catalogue::parse(&own.texts)
    });
    read.map_err(|_none| anyhow!("there are no words to say it with"))
}

/// A state, a kind or a cause, by the name it is stored under: `console.deal_state`, `dispute`.
pub fn named(words: &Catalogue, family: &str, name: &str) -> String {
    let said = words.text(Language::EN, &format!("{family}.{name}"));
    said.map_or_else(|| name.replace('_', " "), str::to_owned)
}

/// Why something was refused.
pub fn refused(words: &Catalogue, refusal: &Refusal) -> anyhow::Error {
    anyhow!("{}", words.refused_to_staff(Language::EN, refusal.code(), &refusal.slots))
}

/// Why what somebody typed is not what it should be.
pub fn mistyped(words: &Catalogue, typed: &str, reason: Reason) -> anyhow::Error {
    let why = words.refused_to_staff(Language::EN, reason.code(), &Slots::new());
    anyhow!("{typed:?}: {why}")
}
