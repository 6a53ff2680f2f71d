//! How far a hop is while it is worked on, and what came of it.

use super::Screen;
use crate::language::Language;
use crate::refusal::Refusal;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// How far a hop is, for who may not wait for its end.
#[derive(Debug)]
pub struct HopProgress {
    acting: AtomicBool,
    language: Mutex<Language>,
}

impl Default for HopProgress {
    fn default() -> Self {
        HopProgress { acting: AtomicBool::new(false), language: Mutex::new(Language::EN) }
    }
}

impl HopProgress {
    /// From here on something may be done.
    pub fn act(&self) {
        self.acting.store(true, Ordering::Release);
    }

    /// The caller's language is known.
    pub fn speak(&self, language: Language) {
        *self.language.lock().unwrap_or_else(PoisonError::into_inner) = language;
    }

    /// The caller's language as far as it is known.
    pub fn language(&self) -> Language {
        *self.language.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether something may have been done.
    pub fn is_acting(&self) -> bool {
        self.acting.load(Ordering::Acquire)
    }
}

/// What came of a hop.
#[derive(Debug, Clone)]
pub struct HopOutcome {
    /// What to show.
    pub screen: Screen,
    /// A word for logs and metrics.
    pub word: &'static str,
    /// Where the person is now; empty when unknown.
    pub at: String,
    /// The refusal of what should have been done, for who did not wait for the answer.
    pub refused: Option<Refusal>,
    /// Something was done of which nothing but this screen tells.
    pub silent: bool,
}
