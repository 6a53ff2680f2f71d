//! What others still ask of accounts: whose they are, and who is on the other side of a posting.

use super::desk::masked_name;
use crate::store::book_rows::{EntryRow, PostingRow};
use crate::store::{Conn, StoreError, agents, people};
use std::collections::BTreeMap;

/// What others call the owners of these accounts: people by a masked name, outlets as on their sign.
pub fn names(conn: &mut Conn, accounts: &[i64]) -> Result<BTreeMap<i64, String>, StoreError> {
    let people = people::by_accounts(conn, accounts)?.into_iter().map(|p| (p.account_id, masked_name(&p.name)));
    let mut names: BTreeMap<i64, String> = people.collect();
    for outlet in agents::outlets_of(conn, accounts)? {
        names.insert(outlet.float_account, outlet.name.clone());
        names.insert(outlet.commission_account, outlet.name);
    }
    Ok(names)
}

/// A posting as the owner of an account sees it.
pub struct Line {
    /// The posting.
    pub posting: PostingRow,
    /// The owner's entry.
    pub own: EntryRow,
    /// All entries.
    pub legs: Vec<EntryRow>,
}

impl Line {
    /// The account on the other side: where the money came from, or where most of it went.
    pub fn other(&self) -> Option<i64> {
        let opposite = self.legs.iter().filter(|leg| (leg.amount_minor < 0) != (self.own.amount_minor < 0));
        opposite.max_by_key(|leg| leg.amount_minor.unsigned_abs()).map(|leg| leg.account_id)
    }
}
