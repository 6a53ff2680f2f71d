//! Reading the book from end to end, for its check. A page at a time: the book may be larger than memory.

use super::book_rows::{Account, EntryRow, HoldEntryRow, HoldRow, LinkRow, PostingRow};
use super::schema::{accounts, chain, entries, hold_entries, holds, postings};
use super::{Conn, StoreError};
use diesel::prelude::*;

/// Links of the chain after `seq`.
pub fn links(conn: &mut Conn, after_seq: i64, limit: i64) -> Result<Vec<LinkRow>, StoreError> {
    Ok(chain::table.filter(chain::seq.gt(after_seq)).order(chain::seq).limit(limit).load(conn)?)
}

/// Postings from `first` to `last`, both included.
pub fn postings_between(conn: &mut Conn, first: i64, last: i64) -> Result<Vec<PostingRow>, StoreError> {
    Ok(postings::table.filter(postings::id.between(first, last)).order(postings::id).load(conn)?)
}

/// Entries of postings from `first` to `last`, both included, in the order of their key.
pub fn entries_between(conn: &mut Conn, first: i64, last: i64) -> Result<Vec<EntryRow>, StoreError> {
    let page = entries::table.filter(entries::posting_id.between(first, last));
    Ok(page.order((entries::posting_id, entries::leg)).load(conn)?)
}

/// Hold entries of postings from `first` to `last`, both included, in the order of their key.
pub fn hold_entries_between(conn: &mut Conn, first: i64, last: i64) -> Result<Vec<HoldEntryRow>, StoreError> {
    let page = hold_entries::table.filter(hold_entries::posting_id.between(first, last));
    Ok(page.order((hold_entries::posting_id, hold_entries::leg)).load(conn)?)
}

/// How many postings, entries and hold entries there are.
pub fn counts(conn: &mut Conn) -> Result<(i64, i64, i64), StoreError> {
    let p = postings::table.count().get_result(conn)?;
    let e = entries::table.count().get_result(conn)?;
    let h = hold_entries::table.count().get_result(conn)?;
    Ok((p, e, h))
}

/// Accounts after `id`.
pub fn accounts_page(conn: &mut Conn, after_id: i64, limit: i64) -> Result<Vec<Account>, StoreError> {
    Ok(accounts::table.filter(accounts::id.gt(after_id)).order(accounts::id).limit(limit).load(conn)?)
}

/// Holds after `id`.
pub fn holds_page(conn: &mut Conn, after_id: i64, limit: i64) -> Result<Vec<HoldRow>, StoreError> {
    Ok(holds::table.filter(holds::id.gt(after_id)).order(holds::id).limit(limit).load(conn)?)
}
