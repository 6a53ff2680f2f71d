//! The USSD channel's menus: a map of screens as data, and a pure machine that walks a person
//! through it. Nothing here does I/O, knows SQL, a gateway, a clock, or the rules of any service.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::catalogue::{Catalogue, Problem};
use crate::language::Language;
use crate::market::Market;
use crate::request::{Mode, Request, Slots};
use crate::value::{Kind, Slot};

pub mod check;
pub mod conversation;
pub mod deadline;
pub mod files;
pub mod graph;
mod hop_session;
mod input;
mod machine;
mod memory;
pub mod menu;
mod names;
mod navigation;
pub mod page;
pub mod progress;
mod promises;
mod read;
mod recovery;
mod render;
mod resume;
mod session;
pub mod session_store;
pub mod state;
mod typed;

pub use check::{MenuReport, Vocabulary, check};
pub use files::Files;
pub use graph::graph;
pub use machine::{answer, begin, press};
pub use resume::{accepts_dialled, offer, resumable};
pub use state::State;

/// The values that belong to the caller, whatever is asked.
pub const CALLER_SLOTS: &[Slot] =
    &[Slot("brand", Kind::Text), Slot("dial", Kind::Text), Slot("first_name", Kind::Name)];

/// What fits on a screen: 160 septets, less the `CON ` that some gateways count in.
pub const SCREEN_SEPTETS: usize = 156;

/// The service as data: screens and words.
#[derive(Debug, Clone)]
pub struct Menus {
    /// The screens of customers.
    pub customer: menu::Menu,
    /// The words.
    pub catalogue: Arc<Catalogue>,
}

impl Menus {
    /// Reads the files. Whether they make sense together is for `check`.
    pub fn parse(files: &Files) -> Result<Self, Vec<Problem>> {
        match (read::menu(&files.customer), Catalogue::parse(&files.texts)) {
            (Ok(customer), Ok(catalogue)) => Ok(Menus { customer, catalogue: Arc::new(catalogue) }),
            (customer, catalogue) => {
                let mut problems = customer.err().unwrap_or_default();
                problems.extend(catalogue.err().unwrap_or_default());
                Err(problems)
            }
        }
    }
}

/// Who is calling, as far as the menus care.
#[derive(Debug, Clone)]
pub struct CallerView {
    /// The language to speak until another one is chosen.
    pub language: Language,
    /// Has this number an account?
    pub known: bool,
    /// Is it a number of another country?
    pub foreign: bool,
    /// Values for templates that belong to the caller.
    pub slots: Slots,
    /// Conditions that hold for the caller, like payments waiting for approval (`orders`).
    pub flags: BTreeSet<String>,
    /// How people here write numbers and amounts.
    pub market: Arc<Market>,
}

/// What to do next.
#[derive(Debug)]
pub enum Step {
    /// Show this, and keep the state for the next hop.
    Show {
        /// What to keep.
        state: State,
        /// What to show.
        screen: Screen,
    },
    /// Ask the wallet, and go on with `answer`.
    Ask {
        /// To be handed back with the answer.
        pending: Pending,
        /// The question.
        request: Request,
    },
}

/// What the phone shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Screen {
    /// At most `SCREEN_SEPTETS`.
    pub text: String,
    /// Does the conversation go on?
    pub continues: bool,
}

/// A conversation waiting for the wallet. It holds no secret: that went with the `Request`.
#[derive(Debug)]
pub struct Pending {
    state: State,
    mode: Mode,
    then: Then,
}

/// What to do with a good answer.
#[derive(Debug, Default)]
struct Then {
    next: Vec<menu::Jump>,
    keep: Vec<menu::Name>,
    language: Option<Language>,
}

#[cfg(test)]
mod tests;
