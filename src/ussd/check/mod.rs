//! Proves that the menu files make sense together, before anybody dials: every jump lands, every
//! screen is reachable, every text is there and fits. It reads what the machine reads and draws
//! what the machine draws.

use super::{Files, Menus};
use crate::catalogue::Problem;
use crate::market::Market;
use std::sync::Arc;

mod fields;
mod fit;
mod known_slots;
mod map;
mod vocabulary;
mod words;

pub use vocabulary::Vocabulary;

/// What the check found.
#[derive(Debug, Clone)]
pub struct MenuReport {
    /// What the files say, where they can be read.
    pub menus: Option<Menus>,
    /// What is wrong, in the order of files and lines. Empty: all is well.
    pub problems: Vec<Problem>,
    /// What was looked at, in one line.
    pub summary: String,
}

impl MenuReport {
    /// Is all well?
    pub fn is_ok(&self) -> bool {
        self.problems.is_empty()
    }
}

/// Checks the files against each other, against what the services say of themselves, and on the
/// longest values of this market.
pub fn check(files: &Files, vocabulary: &Vocabulary, market: &Arc<Market>) -> MenuReport {
    let (menus, mut problems, summary) = match Menus::parse(files) {
        Err(problems) => (None, problems, "the files cannot be read as menus".to_owned()),
        Ok(menus) => {
            let mut problems = map::problems(&menus.customer, &vocabulary.services);
            problems.extend(fields::problems(&menus.customer));
            problems.extend(words::problems(&menus, vocabulary, market));
            problems.extend(known_slots::problems(&menus, vocabulary));
            let fit = fit::measure(&menus, vocabulary, market);
            problems.extend(fit.problems);
            let summary = summary(&menus, &fit.fullest);
            (Some(menus), problems, summary)
        }
    };
    problems.sort();
    problems.dedup();
    MenuReport { menus, problems, summary }
}

fn summary(menus: &Menus, fullest: &str) -> String {
    let screens = menus.customer.screens.len();
    let languages: Vec<String> =
        menus.catalogue.languages().iter().map(ToString::to_string).collect();
    let texts: usize = menus.catalogue.books().map(|(_, book)| book.entries().count()).sum();
    format!(
        "{screens} screens, {texts} texts in {}; fullest screen: {fullest}",
        languages.join(", ")
    )
}
