//! Reading the book from end to end, for its check. A page at a time: the book may be larger than memory.

use super::book_rows::{Account, EntryRow, HoldEntryRow, HoldRow, PostingRow};
use super::head::LinkRow;
use super::schema::{accounts, chain, entries, hold_entries, holds, packed, postings};
use super::{Conn, StoreError, legs, on};
use diesel::prelude::*;

/// Links of the chain after `seq`.
pub fn links(conn: &mut Conn, after_seq: i64, limit: i64) -> Result<Vec<LinkRow>, StoreError> {
    Ok(on!(conn, c => chain::table.filter(chain::seq.gt(after_seq)).order(chain::seq).limit(limit).load(c))?)
}

/// Postings from `first` to `last`, both included.
pub fn postings_between(conn: &mut Conn, first: i64, last: i64) -> Result<Vec<PostingRow>, StoreError> {
    Ok(on!(conn, c => postings::table.filter(postings::id.between(first, last)).order(postings::id).load(c))?)
}

/// Entries of postings from `first` to `last`, both included, in the order of their key.
pub fn entries_between(conn: &mut Conn, first: i64, last: i64) -> Result<Vec<EntryRow>, StoreError> {
    match conn {
        Conn::Sqlite(conn) => {
            let page = entries::table.filter(entries::posting_id.between(first, last));
            Ok(page.order((entries::posting_id, entries::leg)).load(conn)?)
        }
        Conn::Postgres(pg) => {
            let page = packed::table.filter(packed::id.between(first, last)).order(packed::id);
            let rows: Vec<(i64, Vec<u8>)> = page.load(&mut pg.inner)?;
            let mut entries = Vec::with_capacity(rows.len().saturating_mul(3));
            for (posting, bytes) in rows {
                entries.extend(legs::unpack(posting, &bytes)?);
            }
            Ok(entries)
        }
    }
}

/// Hold entries of postings from `first` to `last`, both included, in the order of their key.
pub fn hold_entries_between(conn: &mut Conn, first: i64, last: i64) -> Result<Vec<HoldEntryRow>, StoreError> {
    let page = hold_entries::table.filter(hold_entries::posting_id.between(first, last));
    Ok(on!(conn, c => page.order((hold_entries::posting_id, hold_entries::leg)).load(c))?)
}

/// How many postings, entries and hold entries there are. On PostgreSQL entries are a part of their postings, and none
/// can be there that the chain does not cover: they are not counted apart.
pub fn counts(conn: &mut Conn) -> Result<(i64, Option<i64>, i64), StoreError> {
    let p = on!(conn, c => postings::table.count().get_result(c))?;
    let e = match conn {
        Conn::Sqlite(conn) => Some(entries::table.count().get_result(conn)?),
        Conn::Postgres(_) => None,
    };
    let h = on!(conn, c => hold_entries::table.count().get_result(c))?;
    Ok((p, e, h))
}

/// Accounts after `id`.
pub fn accounts_page(conn: &mut Conn, after_id: i64, limit: i64) -> Result<Vec<Account>, StoreError> {
    Ok(on!(conn, c => accounts::table.filter(accounts::id.gt(after_id)).order(accounts::id).limit(limit).load(c))?)
}

/// Holds after `id`.
pub fn holds_page(conn: &mut Conn, after_id: i64, limit: i64) -> Result<Vec<HoldRow>, StoreError> {
    Ok(on!(conn, c => holds::table.filter(holds::id.gt(after_id)).order(holds::id).limit(limit).load(c))?)
}
