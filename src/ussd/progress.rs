//! How far a hop is while it is worked on, and what came of it.

use super::Screen;
use crate::language::Language;
use crate::refusal::Refusal;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

const LOOKING: u8 = 0;
const ACTING: u8 = 1;
const GIVEN_UP: u8 = 2;

/// How far a hop is, for who may not wait for its end. Either it acts, or its caller was told that
/// nothing was done: never both.
#[derive(Debug)]
pub struct HopProgress {
    stage: AtomicU8,
    language: Mutex<Language>,
    /// The first copy of the same hop, which this one waits for.
    first: Mutex<Option<Arc<HopProgress>>>,
}

impl Default for HopProgress {
    fn default() -> Self {
        HopProgress {
            stage: AtomicU8::new(LOOKING),
            language: Mutex::new(Language::EN),
            first: Mutex::new(None),
        }
    }
}

impl HopProgress {
    /// From here on something may be done; not so where its caller has been told that nothing was.
    pub fn act(&self) -> bool {
        self.moved(ACTING) != GIVEN_UP
    }

    /// Its caller is told that nothing was done; not so where something may have been.
    pub fn give_up(&self) -> bool {
        self.moved(GIVEN_UP) != ACTING
    }

    /// Where it stood before, and stands for good unless it was only looking.
    fn moved(&self, to: u8) -> u8 {
        self.stage
            .compare_exchange(LOOKING, to, Ordering::AcqRel, Ordering::Acquire)
            .unwrap_or_else(|stands| stands)
    }

    /// The caller's language is known.
    pub fn speak(&self, language: Language) {
        *self.language.lock().unwrap_or_else(PoisonError::into_inner) = language;
    }

    /// The caller's language as far as it is known.
    pub fn language(&self) -> Language {
        *self.language.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// This hop waits for what comes of its first copy.
    pub fn follow(&self, first: Arc<HopProgress>) {
        *self.first.lock().unwrap_or_else(PoisonError::into_inner) = Some(first);
    }

    /// Whether something may have been done.
    pub fn is_acting(&self) -> bool {
        let first = self.first.lock().unwrap_or_else(PoisonError::into_inner).clone();
        self.stage.load(Ordering::Acquire) == ACTING || first.is_some_and(|first| first.is_acting())
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
    /// What should have been done, for who did not wait for the answer.
    pub late: Late,
}

/// What is told by SMS of a hop whose caller did not wait for the answer.
#[derive(Debug, Clone)]
pub enum Late {
    /// Nothing: what was done has messages of its own, or another copy tells.
    Nothing,
    /// It was refused.
    Refused(Refusal),
    /// It was done, and nothing but the screen tells of it.
    Done,
    /// Nobody can say yet whether it was done: that is found out, and told.
    Unclear,
}
