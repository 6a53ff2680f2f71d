//! Where the book ends, and who writes to it. The head is one row that every batch takes first, so
//! that the batches of all nodes stand in one order; each node notes its newest batch, so that it
//! can find out later whether it was made.

use super::rows::{Column, Rows};
use super::schema::{chain, head, nodes};
use super::{Conn, StoreError, on};
use crate::id::PostingId;
use diesel::dsl::{Find, Select};
use diesel::prelude::*;

/// The end of the book.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Default)]
pub struct Head {
    /// Commits so far, also those without money.
    pub batch: i64,
    /// The number of the newest posting.
    pub last_posting: PostingId,
    /// The newest link of the chain.
    pub link: i64,
    /// Its digest.
    pub digest: Vec<u8>,
    /// Changes so far that came past the book.
    pub touched: i64,
}

/// A link of the chain: one commit that moved money.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = chain)]
pub struct LinkRow {
    /// Which commit, from 1.
    pub seq: i64,
    /// Its first posting.
    pub first_posting: PostingId,
    /// Its last posting.
    pub last_posting: PostingId,
    /// Digest of the link before and of these postings.
    pub digest: Vec<u8>,
}

type Columns = (head::batch, head::last_posting, head::link, head::digest, head::touched);
const COLUMNS: Columns = (head::batch, head::last_posting, head::link, head::digest, head::touched);

/// Takes the head until the transaction ends: whoever else wants it waits.
pub fn take(conn: &mut Conn) -> Result<Head, StoreError> {
    Ok(match conn {
        // the transaction has the whole file already
        Conn::Sqlite(conn) => one().first(conn)?,
        Conn::Postgres(pg) => one().for_update().first(&mut pg.inner)?,
    })
}

/// The query for it.
pub(super) fn one() -> Select<Find<head::table, i64>, Columns> {
    head::table.find(1).select(COLUMNS)
}

/// The head as it is, for reading; none is there only where somebody took it away.
pub fn look(conn: &mut Conn) -> Result<Option<Head>, StoreError> {
    Ok(on!(conn, c => one().first(c).optional())?)
}

#[expect(
    clippy::arithmetic_side_effects,
    reason = "the database adds, and refuses what does not fit"
)]
/// Counts a change that comes past the book, so that nobody trusts what they remember of the time
/// before.
pub fn touch(conn: &mut Conn) -> Result<(), StoreError> {
    // it is a commit like any other, and counted among them
    let counted = (head::batch.eq(head::batch + 1), head::touched.eq(head::touched + 1));
    on!(conn, c => diesel::update(head::table.find(1)).set(counted).execute(c))?;
    Ok(())
}

/// Writes the new head.
pub fn set(new: &Head) -> Rows<'_> {
    let columns = vec![
        Column::Numbers(vec![1]),
        Column::Numbers(vec![new.batch]),
        Column::ids([new.last_posting]),
        Column::Numbers(vec![new.link]),
        Column::Bytes(vec![&new.digest]),
        Column::Numbers(vec![new.touched]),
    ];
    let set = &["batch", "last_posting", "link", "digest", "touched"];
    Rows::update(1, columns, "head", "id", set).all_there()
}

/// Adds a link to the chain.
pub fn add_link(link: &LinkRow) -> Rows<'_> {
    let columns = vec![
        Column::Numbers(vec![link.seq]),
        Column::ids([link.first_posting]),
        Column::ids([link.last_posting]),
        Column::Bytes(vec![&link.digest]),
    ];
    Rows::insert(1, columns, "INSERT INTO chain (seq, first_posting, last_posting, digest)", "")
}

/// Enters a node that will write.
pub fn enter(conn: &mut Conn, node: i64) -> Result<(), StoreError> {
    let row = (nodes::node.eq(node), nodes::batch.eq(0), nodes::at.eq(0));
    on!(conn, c => diesel::insert_into(nodes::table).values(row).execute(c))?;
    Ok(())
}

/// Notes a node's newest batch, in the transaction of the batch. A row that somebody took away is
/// made anew: a batch without its note would count as not made.
pub fn note(node: i64, batch: i64, at: i64) -> Rows<'static> {
    let columns =
        vec![Column::Numbers(vec![node]), Column::Numbers(vec![batch]), Column::Numbers(vec![at])];
    let tail = "ON CONFLICT (node) DO UPDATE SET batch = excluded.batch, at = excluded.at";
    Rows::insert(1, columns, "INSERT INTO nodes (node, batch, at)", tail)
}

/// The newest batch of this node that was made.
pub fn newest_of(conn: &mut Conn, node: i64) -> Result<i64, StoreError> {
    Ok(on!(conn, c => nodes::table.find(node).select(nodes::batch).first(c).optional())?
        .unwrap_or(0))
}

/// Forgets some of the nodes that have written nothing since then; says how many. One that goes on
/// nevertheless notes its next batch anew.
pub fn forget(conn: &mut Conn, before: i64, limit: i64) -> Result<usize, StoreError> {
    let old = nodes::table.filter(nodes::at.lt(before)).limit(limit).select(nodes::node);
    let old: Vec<i64> = on!(conn, c => old.load(c))?;
    if old.is_empty() {
        return Ok(0);
    }
    let those = nodes::table.filter(nodes::node.eq_any(&old)).filter(nodes::at.lt(before));
    Ok(on!(conn, c => diesel::delete(those).execute(c))?)
}
