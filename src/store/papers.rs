//! What people keep with the service beside their money: rows with a version, one more with each change. The book compares
//! the version within the commit, so that of two changes of the same row, whichever node they come from, one is made.

use super::budgets::{self, BudgetRow};
use super::mailboxes::{self, MailboxRow};
use super::rows::Rows;
use super::standing::{self, StandingRow};
use super::{Conn, StoreError};
use std::collections::BTreeSet;

/// A row as it is to be stored: its version is the one after the version that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Paper {
    /// Where somebody gets their statements.
    Mailbox(MailboxRow),
    /// What somebody pays again and again.
    Standing(StandingRow),
    /// What somebody set themselves.
    Budget(BudgetRow),
}

/// In which table it lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Drawer {
    /// `mailboxes`.
    Mailboxes,
    /// `standing`.
    Standing,
    /// `budgets`.
    Budgets,
}

/// Which row it is.
pub type Place = (Drawer, i64);

impl Paper {
    /// Which row it is.
    pub fn place(&self) -> Place {
        match self {
            Paper::Mailbox(row) => (Drawer::Mailboxes, row.account_id),
            Paper::Standing(row) => (Drawer::Standing, row.id),
            Paper::Budget(row) => (Drawer::Budgets, row.account_id),
        }
    }

    /// Its version.
    pub fn version(&self) -> i64 {
        match self {
            Paper::Mailbox(row) => row.version,
            Paper::Standing(row) => row.version,
            Paper::Budget(row) => row.version,
        }
    }
}

/// The versions of those of these rows that are there.
pub fn versions(conn: &mut Conn, places: &BTreeSet<Place>) -> Result<Vec<(Place, i64)>, StoreError> {
    let ids = |drawer| places.iter().filter(move |place| place.0 == drawer).map(|place| place.1).collect::<Vec<i64>>();
    let mut found = Vec::new();
    for drawer in [Drawer::Mailboxes, Drawer::Standing, Drawer::Budgets] {
        let theirs = ids(drawer);
        if theirs.is_empty() {
            continue;
        }
        let versions = match drawer {
            Drawer::Mailboxes => mailboxes::versions(conn, &theirs)?,
            Drawer::Standing => standing::versions(conn, &theirs)?,
            Drawer::Budgets => budgets::versions(conn, &theirs)?,
        };
        found.extend(versions.into_iter().map(|(id, version)| ((drawer, id), version)));
    }
    Ok(found)
}

/// Stores rows, new or not.
pub fn keep<'a>(papers: &[&'a Paper]) -> Vec<Rows<'a>> {
    let (mut boxes, mut payments, mut limits) = (Vec::new(), Vec::new(), Vec::new());
    for paper in papers {
        match paper {
            Paper::Mailbox(row) => boxes.push(row),
            Paper::Standing(row) => payments.push(row),
            Paper::Budget(row) => limits.push(row),
        }
    }
    vec![mailboxes::keep(&boxes), standing::keep(&payments), budgets::keep(&limits)]
}
