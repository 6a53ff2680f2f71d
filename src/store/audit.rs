//! Reading the book from end to end, for its check. A page at a time: the book may be larger than
//! memory.

use super::arrangement_rows::ArrangementRow;
use super::book_rows::{AccountState, EntryRow, HoldEntryRow, HoldRow, HoldState, PostingRow};
use super::head::LinkRow;
use super::schema::{
    accounts, arrangements_ever, chain, entries, hold_entries, holds, packed, postings,
    restrictions, trail,
};
use super::trail_rows::{self, TrailRow};
use super::{Conn, StoreError, legs, on};
use crate::id::{AccountId, HoldId, PostingId};
use diesel::dsl::{exists, max, min, not, sql};
use diesel::prelude::*;
use diesel::sql_types::Binary;

/// What is asked for in one `IN` at most: databases limit what a statement may carry.
const ASKED_MAX: usize = 5_000;

/// Postings, and all that hangs on them, each in the order of its key.
#[derive(Debug, Default)]
pub struct AuditRows {
    /// The postings.
    pub postings: Vec<PostingRow>,
    /// Their entries, and entries under numbers between theirs.
    pub entries: Vec<EntryRow>,
    /// What they reserved and gave back.
    pub moves: Vec<HoldEntryRow>,
    /// What happened to records with them.
    pub trail: Vec<TrailRow>,
}

/// Where an account says that it stands.
#[derive(Debug, Queryable)]
pub struct AccountBalance {
    /// Its number.
    pub id: AccountId,
    /// What may be done with it.
    #[diesel(deserialize_as = String)]
    pub state: AccountState,
    /// Three letters.
    pub currency: String,
    /// Sum of its entries, minor units.
    pub balance_minor: i64,
    /// Sum of its open holds, minor units.
    pub held_minor: i64,
    /// The least that balance minus held may be, or no such rule.
    pub floor_minor: Option<i64>,
    /// Its newest posting.
    pub last_posting: Option<PostingId>,
    /// What was used of its limits, packed.
    pub usage: Vec<u8>,
}

/// Links of the chain after `seq`.
pub fn links(conn: &mut Conn, after_seq: i64, limit: i64) -> Result<Vec<LinkRow>, StoreError> {
    Ok(on!(conn, c =>
        chain::table
            .filter(chain::seq.gt(after_seq))
            .order(chain::seq)
            .limit(limit)
            .load(c)
    )?)
}

/// One link of the chain.
pub fn link(conn: &mut Conn, seq: i64) -> Result<Option<LinkRow>, StoreError> {
    Ok(on!(conn, c => chain::table.find(seq).first(c).optional())?)
}

/// The newest posting, or none.
pub fn newest_posting(conn: &mut Conn) -> Result<PostingId, StoreError> {
    let newest: Option<PostingId> =
        on!(conn, c => postings::table.select(max(postings::id)).first(c))?;
    Ok(newest.unwrap_or_default())
}

/// Everything from posting `first` to `last`, both included.
pub fn rows_between(conn: &mut Conn, first: i64, last: i64) -> Result<AuditRows, StoreError> {
    let moves = moves_between(conn, first, last)?;
    let trail = trail_rows::between(conn, first, last)?;
    let page = postings::table.filter(postings::id.between(first, last)).order(postings::id);
    match conn {
        Conn::Sqlite(conn) => {
            let legs = entries::table.filter(entries::posting_id.between(first, last));
            let entries = legs.order((entries::posting_id, entries::leg)).load(conn)?;
            Ok(AuditRows { postings: page.load(conn)?, entries, moves, trail })
        }
        Conn::Postgres(pg) => {
            let page = page.select((postings::all_columns, sql::<Binary>("legs")));
            let read: Vec<(PostingRow, Vec<u8>)> = page.load(&mut pg.inner)?;
            let mut entries = Vec::with_capacity(read.len().saturating_mul(3));
            let mut postings = Vec::with_capacity(read.len());
            for (posting, packed) in read {
                entries.extend(legs::unpack(posting.id, &packed)?);
                postings.push(posting);
            }
            Ok(AuditRows { postings, entries, moves, trail })
        }
    }
}

/// The entries of these postings.
pub fn entries_of(conn: &mut Conn, of: &[PostingId]) -> Result<Vec<EntryRow>, StoreError> {
    let mut found = Vec::new();
    for some in of.chunks(ASKED_MAX) {
        match conn {
            Conn::Sqlite(conn) => {
                let page: Vec<EntryRow> =
                    entries::table.filter(entries::posting_id.eq_any(some)).load(conn)?;
                found.extend(page);
            }
            Conn::Postgres(pg) => {
                let page: Vec<(PostingId, Vec<u8>)> = packed::table
                    .filter(packed::id.eq_any(some))
                    .select((packed::id, packed::legs))
                    .load(&mut pg.inner)?;
                for (posting, packed) in page {
                    found.extend(legs::unpack(posting, &packed)?);
                }
            }
        }
    }
    Ok(found)
}

/// What postings from `first` to `last`, both included, reserved and gave back, in the order of its
/// key.
pub fn moves_between(
    conn: &mut Conn,
    first: i64,
    last: i64,
) -> Result<Vec<HoldEntryRow>, StoreError> {
    let page = hold_entries::table.filter(hold_entries::posting_id.between(first, last));
    Ok(on!(conn, c => page.order((hold_entries::posting_id, hold_entries::leg)).load(c))?)
}

/// How many rows of each there are.
#[derive(Debug, Default, Clone, Copy)]
pub struct RowCounts {
    /// Postings.
    pub postings: i64,
    /// Entries.
    pub entries: i64,
    /// Moves of holds.
    pub moves: i64,
    /// Events of records.
    pub trail: i64,
}

/// How many rows there are from posting `first` to `last`, both included. On PostgreSQL entries are
/// a part of their postings: none can be there without one, and they are not counted apart.
pub fn counts(conn: &mut Conn, first: i64, last: i64) -> Result<RowCounts, StoreError> {
    let rows = postings::table.filter(postings::id.between(first, last)).count();
    let postings = on!(conn, c => rows.get_result(c))?;
    let legs = entries::table.filter(entries::posting_id.between(first, last)).count();
    let entries = match conn {
        Conn::Sqlite(conn) => legs.get_result(conn)?,
        Conn::Postgres(_) => 0,
    };
    let moves = hold_entries::table.filter(hold_entries::posting_id.between(first, last)).count();
    let moves = on!(conn, c => moves.get_result(c))?;
    let events = trail::table.filter(trail::posting_id.between(first, last)).count();
    let trail = on!(conn, c => events.get_result(c))?;
    Ok(RowCounts { postings, entries, moves, trail })
}

/// How many accounts there are.
pub fn accounts_count(conn: &mut Conn) -> Result<i64, StoreError> {
    Ok(on!(conn, c => accounts::table.count().get_result(c))?)
}

/// Accounts after `id`, without those that were closed up to posting `proved` and have not moved
/// since.
pub fn balances(
    conn: &mut Conn,
    after_id: AccountId,
    proved: PostingId,
    limit: i64,
) -> Result<Vec<AccountBalance>, StoreError> {
    let columns = (
        accounts::id,
        accounts::state,
        accounts::currency,
        accounts::balance_minor,
        accounts::held_minor,
        accounts::floor_minor,
        accounts::last_posting,
        accounts::usage,
    );
    let closed = <&str>::from(AccountState::Closed);
    let said = restrictions::table.filter(restrictions::account_id.eq(accounts::id));
    let said = said.filter(restrictions::state.eq(closed));
    let before = exists(said.filter(restrictions::last_posting.le(proved)));
    let other = accounts::state.ne(closed).or(not(before));
    let moved = accounts::last_posting.is_not_null().and(accounts::last_posting.gt(proved));
    let page = accounts::table.filter(accounts::id.gt(after_id)).filter(other.or(moved));
    let page = page.order(accounts::id).limit(limit);
    Ok(on!(conn, c => page.select(columns).load(c))?)
}

/// Arrangements after `id`, also those that were moved out.
pub fn arrangements_after(
    conn: &mut Conn,
    id: i64,
    limit: i64,
) -> Result<Vec<ArrangementRow>, StoreError> {
    use arrangements_ever as ever;
    let page = ever::table.filter(ever::id.gt(id)).order(ever::id).limit(limit);
    Ok(on!(conn, c => page.load(c))?)
}

/// Holds with numbers from `first` to `last`, both included: the oldest of them.
pub fn holds_between(
    conn: &mut Conn,
    first: i64,
    last: i64,
    limit: i64,
) -> Result<Vec<HoldRow>, StoreError> {
    let page = holds::table.filter(holds::id.between(first, last)).order(holds::id).limit(limit);
    Ok(on!(conn, c => page.load(c))?)
}

/// The oldest hold that is open, or that a posting after `posting` moves.
pub fn oldest_hold(conn: &mut Conn, posting: PostingId) -> Result<Option<HoldId>, StoreError> {
    let is_open = holds::state.eq(<&str>::from(HoldState::Open));
    let open = holds::table.filter(is_open).select(min(holds::id));
    let open: Option<HoldId> = on!(conn, c => open.first(c))?;
    let moved = hold_entries::table
        .filter(hold_entries::posting_id.gt(posting))
        .select(min(hold_entries::hold_id));
    let moved: Option<HoldId> = on!(conn, c => moved.first(c))?;
    Ok(open.into_iter().chain(moved).min())
}
