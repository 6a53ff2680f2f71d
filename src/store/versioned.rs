//! What people keep with the service beside their money: rows with a version, one more with each
//! change. The book compares the version within the commit, so that of two changes of the same row,
//! whichever node they come from, one is made.

use super::budgets::{self, BudgetRow};
use super::mailboxes::{self, MailboxRow};
use super::rows::Rows;
use super::{Conn, StoreError};
use crate::id::AccountId;
use std::collections::BTreeSet;

/// A row as it is to be stored: its version is the one after the version that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Versioned {
    /// Where somebody gets their statements.
    Mailbox(MailboxRow),
    /// What somebody set themselves.
    Budget(BudgetRow),
}

/// Which row it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RowKey {
    /// Of `mailboxes`.
    Mailbox(AccountId),
    /// Of `budgets`.
    Budget(AccountId),
}

impl Versioned {
    /// Which row it is.
    pub fn row_key(&self) -> RowKey {
        match self {
            Versioned::Mailbox(row) => RowKey::Mailbox(row.account_id),
            Versioned::Budget(row) => RowKey::Budget(row.account_id),
        }
    }

    /// Its version.
    pub fn version(&self) -> i64 {
        match self {
            Versioned::Mailbox(row) => row.version,
            Versioned::Budget(row) => row.version,
        }
    }
}

/// The versions of those of these rows that are there.
pub fn versions(
    conn: &mut Conn,
    keys: &BTreeSet<RowKey>,
) -> Result<Vec<(RowKey, i64)>, StoreError> {
    let mut boxes = Vec::new();
    let mut limits = Vec::new();
    for row_key in keys {
        match row_key {
            RowKey::Mailbox(account) => boxes.push(*account),
            RowKey::Budget(account) => limits.push(*account),
        }
    }
    let mut found = Vec::new();
    if !boxes.is_empty() {
        let theirs = mailboxes::versions(conn, &boxes)?;
        found.extend(theirs.into_iter().map(|(id, version)| (RowKey::Mailbox(id), version)));
    }
    if !limits.is_empty() {
        let theirs = budgets::versions(conn, &limits)?;
        found.extend(theirs.into_iter().map(|(id, version)| (RowKey::Budget(id), version)));
    }
    Ok(found)
}

/// Stores rows, new or not.
pub fn keep<'a>(rows: &[&'a Versioned]) -> Vec<Rows<'a>> {
    let mut boxes = Vec::new();
    let mut limits = Vec::new();
    for versioned in rows {
        match versioned {
            Versioned::Mailbox(row) => boxes.push(row),
            Versioned::Budget(row) => limits.push(row),
        }
    }
    vec![mailboxes::keep(&boxes), budgets::keep(&limits)]
}
