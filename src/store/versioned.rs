//! What people keep with the service beside their money: rows with a version, one more with each
//! change. The book compares the version within the commit, so that of two changes of the same row,
//! whichever node they come from, one is made.

use super::budgets::{self, BudgetRow};
use super::mailboxes::{self, MailboxRow};
use super::rows::Rows;
use super::standing_order_rows::{self, StandingOrderRow};
use super::{Conn, StoreError};
use std::collections::BTreeSet;

/// A row as it is to be stored: its version is the one after the version that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Versioned {
    /// Where somebody gets their statements.
    Mailbox(MailboxRow),
    /// What somebody pays again and again.
    StandingOrder(StandingOrderRow),
    /// What somebody set themselves.
    Budget(BudgetRow),
}

/// In which table it lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VersionedTable {
    /// `mailboxes`.
    Mailboxes,
    /// `standing_orders`.
    StandingOrders,
    /// `budgets`.
    Budgets,
}

/// Which row it is.
pub type RowKey = (VersionedTable, i64);

impl Versioned {
    /// Which row it is.
    pub fn row_key(&self) -> RowKey {
        match self {
            Versioned::Mailbox(row) => (VersionedTable::Mailboxes, row.account_id),
            Versioned::StandingOrder(row) => (VersionedTable::StandingOrders, row.id),
            Versioned::Budget(row) => (VersionedTable::Budgets, row.account_id),
        }
    }

    /// Its version.
    pub fn version(&self) -> i64 {
        match self {
            Versioned::Mailbox(row) => row.version,
            Versioned::StandingOrder(row) => row.version,
            Versioned::Budget(row) => row.version,
        }
    }
}

/// The versions of those of these rows that are there.
pub fn versions(
    conn: &mut Conn,
    keys: &BTreeSet<RowKey>,
) -> Result<Vec<(RowKey, i64)>, StoreError> {
    let ids = |table| {
        keys.iter()
            .filter(move |row_key| row_key.0 == table)
            .map(|row_key| row_key.1)
            .collect::<Vec<i64>>()
    };
    let mut found = Vec::new();
    for table in
        [VersionedTable::Mailboxes, VersionedTable::StandingOrders, VersionedTable::Budgets]
    {
        let theirs = ids(table);
        if theirs.is_empty() {
            continue;
        }
        let versions = match table {
            VersionedTable::Mailboxes => mailboxes::versions(conn, &theirs)?,
            VersionedTable::StandingOrders => standing_order_rows::versions(conn, &theirs)?,
            VersionedTable::Budgets => budgets::versions(conn, &theirs)?,
        };
        found.extend(versions.into_iter().map(|(id, version)| ((table, id), version)));
    }
    Ok(found)
}

/// Stores rows, new or not.
pub fn keep<'a>(rows: &[&'a Versioned]) -> Vec<Rows<'a>> {
    let mut boxes = Vec::new();
    let mut payments = Vec::new();
    let mut limits = Vec::new();
    for versioned in rows {
        match versioned {
            Versioned::Mailbox(row) => boxes.push(row),
            Versioned::StandingOrder(row) => payments.push(row),
            Versioned::Budget(row) => limits.push(row),
        }
    }
    vec![mailboxes::keep(&boxes), standing_order_rows::keep(&payments), budgets::keep(&limits)]
}
