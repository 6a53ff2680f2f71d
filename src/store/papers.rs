//! What people keep with the service beside their money: rows with a version, one more with each change. The book compares
//! the version within the commit, so that of two changes of the same row, whichever node they come from, one is made.

use super::mailboxes::{self, MailboxRow};
use super::rows::Rows;
use super::{Conn, StoreError};
use std::collections::BTreeSet;

/// A row as it is to be stored: its version is the one after the version that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Paper {
    /// Where somebody gets their statements.
    Mailbox(MailboxRow),
}

/// In which table it lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Drawer {
    /// `mailboxes`.
    Mailboxes,
}

/// Which row it is.
pub type Place = (Drawer, i64);

impl Paper {
    /// Which row it is.
    pub fn place(&self) -> Place {
        match self {
            Paper::Mailbox(row) => (Drawer::Mailboxes, row.account_id),
        }
    }

    /// Its version.
    pub fn version(&self) -> i64 {
        match self {
            Paper::Mailbox(row) => row.version,
        }
    }
}

/// The versions of those of these rows that are there.
pub fn versions(conn: &mut Conn, places: &BTreeSet<Place>) -> Result<Vec<(Place, i64)>, StoreError> {
    let ids = |drawer| places.iter().filter(move |place| place.0 == drawer).map(|place| place.1).collect::<Vec<i64>>();
    let mut found = Vec::new();
    let theirs = ids(Drawer::Mailboxes);
    if !theirs.is_empty() {
        let versions = mailboxes::versions(conn, &theirs)?.into_iter();
        found.extend(versions.map(|(id, version)| ((Drawer::Mailboxes, id), version)));
    }
    Ok(found)
}

/// Stores rows, new or not.
pub fn keep<'a>(papers: &[&'a Paper]) -> Vec<Rows<'a>> {
    let mut boxes = Vec::new();
    for paper in papers {
        match paper {
            Paper::Mailbox(row) => boxes.push(row),
        }
    }
    vec![mailboxes::keep(&boxes)]
}
