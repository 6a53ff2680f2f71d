//! The rows of the book: accounts, postings, entries, holds, the chain. Read in sets, written in
//! sets.

pub use super::book_types::{
    Account, AccountKind, AccountState, EntryRow, HoldEntryRow, HoldRow, HoldState, NewRows,
    PACKED, PostingRow,
};
use crate::id::{AccountId, HoldId, PostingId};

use super::ask::{self, Database};
use super::rows::{Column, Rows};
use super::schema::{accounts, counters, entries, holds, packed, postings};
use super::{Conn, StoreError, legs, on};
use diesel::prelude::*;

/// The accounts with these numbers.
pub fn accounts_of(conn: &mut Conn, ids: &[AccountId]) -> Result<Vec<Account>, StoreError> {
    conn.wait(async |asked| ask_accounts(asked, ids).await)
}

/// The same, for who asks many things in one journey.
pub async fn ask_accounts(
    asked: Database<'_>,
    ids: &[AccountId],
) -> Result<Vec<Account>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    ask::rows(asked, accounts::table.filter(accounts::id.eq_any(ids))).await
}

/// One account.
pub fn account(conn: &mut Conn, id: AccountId) -> Result<Option<Account>, StoreError> {
    Ok(on!(conn, c => accounts::table.find(id).first(c).optional())?)
}

/// The postings that were committed under these keys.
pub fn postings_with(conn: &mut Conn, keys: &[&[u8]]) -> Result<Vec<PostingRow>, StoreError> {
    conn.wait(async |asked| ask_postings(asked, keys).await)
}

/// The same, for who asks many things in one journey.
pub async fn ask_postings(
    asked: Database<'_>,
    keys: &[&[u8]],
) -> Result<Vec<PostingRow>, StoreError> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    ask::rows(asked, postings::table.filter(postings::key.eq_any(keys))).await
}

/// One posting.
pub fn posting(conn: &mut Conn, id: PostingId) -> Result<Option<PostingRow>, StoreError> {
    Ok(on!(conn, c => postings::table.find(id).first(c).optional())?)
}

/// The newest posting that was made before a time, microseconds UTC; `NONE` where none was.
/// Postings have no index by time, but their numbers have no gaps.
pub fn newest_before(conn: &mut Conn, time: i64) -> Result<PostingId, StoreError> {
    let newest = super::head::look(conn)?.map_or(0, |head| head.last_posting.number());
    let (mut before, mut after) = (0_i64, newest.saturating_add(1));
    while before.saturating_add(1) < after {
        let middle = before.midpoint(after);
        let row = posting(conn, PostingId::of(middle))?;
        let row = row.ok_or(StoreError::Damaged("a posting is missing"))?;
        if row.at < time { before = middle } else { after = middle }
    }
    Ok(PostingId::of(before))
}

/// The legs of a posting, in order.
pub fn entries_of(conn: &mut Conn, posting: PostingId) -> Result<Vec<EntryRow>, StoreError> {
    match conn {
        Conn::Sqlite(conn) => {
            let theirs = entries::table.filter(entries::posting_id.eq(posting));
            Ok(theirs.order(entries::leg).load(conn)?)
        }
        Conn::Postgres(pg) => {
            let row = packed::table.find(posting).select(packed::legs);
            let found: Option<Vec<u8>> = row.first(&mut pg.inner).optional()?;
            found.map_or(Ok(Vec::new()), |bytes| legs::unpack(posting, &bytes))
        }
    }
}

/// A posting with all its legs, in order.
pub type Whole = (PostingRow, Vec<EntryRow>);

/// A posting with its legs.
pub async fn posting_whole(
    asked: Database<'_>,
    id: PostingId,
) -> Result<Option<Whole>, StoreError> {
    match asked {
        Database::Sqlite(_) => {
            let legs = entries::table.filter(entries::posting_id.eq(id)).order(entries::leg);
            let Some(row) = ask::row(asked, postings::table.find(id)).await? else {
                return Ok(None);
            };
            Ok(Some((row, ask::rows(asked, legs).await?)))
        }
        Database::Postgres(_) => {
            ask::row(asked, packed::table.find(id).select(PACKED)).await?.map(unpacked).transpose()
        }
    }
}

/// A posting with its legs as PostgreSQL keeps them.
pub(super) fn unpacked((row, packed): (PostingRow, Vec<u8>)) -> Result<Whole, StoreError> {
    let legs = legs::unpack(row.id, &packed)?;
    Ok((row, legs))
}

/// The holds with these numbers.
pub async fn ask_holds(asked: Database<'_>, ids: &[HoldId]) -> Result<Vec<HoldRow>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    ask::rows(asked, holds::table.filter(holds::id.eq_any(ids))).await
}

/// Adds the rows of a batch. `packed` are the legs of each posting where the database keeps them
/// so: see `pack`.
pub fn add<'a>(rows: &'a NewRows, packed: &'a Packed) -> Vec<Rows<'a>> {
    let postings = &rows.postings;
    let mut columns = vec![
        Column::ids(postings.iter().map(|p| p.id)),
        Column::Texts(postings.iter().map(|p| p.kind.as_str()).collect()),
        Column::Numbers(postings.iter().map(|p| p.at).collect()),
        Column::Bytes(postings.iter().map(|p| p.key.as_slice()).collect()),
        Column::Bytes(postings.iter().map(|p| p.request.as_slice()).collect()),
        Column::optional_ids(postings.iter().map(|p| p.corrects)),
    ];
    let count = postings.len();
    let moves = add_hold_entries(&rows.hold_entries);
    match packed {
        Packed::Apart => {
            let head = "INSERT INTO postings (id, kind, at, key, request, corrects)";
            vec![Rows::insert(count, columns, head, ""), add_entries(&rows.entries), moves]
        }
        Packed::Legs(legs) => {
            columns.push(Column::Bytes(legs.iter().map(Vec::as_slice).collect()));
            let head = "INSERT INTO postings (id, kind, at, key, request, corrects, legs)";
            vec![Rows::insert(count, columns, head, ""), moves]
        }
    }
}

/// The entries of a batch in the form in which the database keeps them.
#[derive(Debug)]
pub enum Packed {
    /// As rows of their own.
    Apart,
    /// In the rows of their postings.
    Legs(Vec<Vec<u8>>),
}

/// Brings the entries of a batch into the form in which this database keeps them.
pub fn pack(conn: &Conn, rows: &NewRows) -> Packed {
    match conn {
        Conn::Sqlite(_) => Packed::Apart,
        Conn::Postgres(_) => Packed::Legs(legs::pack(&rows.postings, &rows.entries)),
    }
}

fn add_entries(entries: &[EntryRow]) -> Rows<'_> {
    let columns = vec![
        Column::ids(entries.iter().map(|e| e.posting_id)),
        Column::Numbers(entries.iter().map(|e| e.leg).collect()),
        Column::ids(entries.iter().map(|e| e.account_id)),
        Column::Numbers(entries.iter().map(|e| e.amount_minor).collect()),
        Column::Numbers(entries.iter().map(|e| e.balance_minor).collect()),
        Column::Numbers(entries.iter().map(|e| e.held_minor).collect()),
        Column::optional_ids(entries.iter().map(|e| e.previous)),
    ];
    Rows::insert(
        entries.len(),
        columns,
        "INSERT INTO entries (posting_id, leg, account_id, amount_minor, balance_minor, \
         held_minor, previous)",
        "",
    )
}

fn add_hold_entries(moves: &[HoldEntryRow]) -> Rows<'_> {
    let columns = vec![
        Column::ids(moves.iter().map(|m| m.posting_id)),
        Column::Numbers(moves.iter().map(|m| m.leg).collect()),
        Column::ids(moves.iter().map(|m| m.hold_id)),
        Column::ids(moves.iter().map(|m| m.account_id)),
        Column::Numbers(moves.iter().map(|m| m.amount_minor).collect()),
    ];
    Rows::insert(
        moves.len(),
        columns,
        "INSERT INTO hold_entries (posting_id, leg, hold_id, account_id, amount_minor)",
        "",
    )
}

/// Adds accounts, as the batch that opens them leaves them.
pub fn open_accounts<'a>(opened: &[&'a Account]) -> Rows<'a> {
    let columns = vec![
        Column::ids(opened.iter().map(|a| a.id)),
        Column::Texts(opened.iter().map(|a| a.kind.into()).collect()),
        Column::Texts(opened.iter().map(|a| a.state.into()).collect()),
        Column::Texts(opened.iter().map(|a| a.currency.as_str()).collect()),
        Column::Numbers(opened.iter().map(|a| a.balance_minor).collect()),
        Column::Numbers(opened.iter().map(|a| a.held_minor).collect()),
        Column::Optional(opened.iter().map(|a| a.floor_minor).collect()),
        Column::optional_ids(opened.iter().map(|a| a.last_posting)),
        Column::Packed(opened.iter().map(|a| a.usage.encode()).collect()),
    ];
    Rows::insert(
        opened.len(),
        columns,
        "INSERT INTO accounts \
         (id, kind, state, currency, balance_minor, held_minor, floor_minor, last_posting, usage)",
        "",
    )
}

/// Writes where accounts stand after a batch: one row each, however many postings touched them.
pub fn settle_accounts(changed: &[&Account]) -> Rows<'static> {
    let columns = vec![
        Column::ids(changed.iter().map(|a| a.id)),
        Column::Numbers(changed.iter().map(|a| a.balance_minor).collect()),
        Column::Numbers(changed.iter().map(|a| a.held_minor).collect()),
        Column::optional_ids(changed.iter().map(|a| a.last_posting)),
        Column::Packed(changed.iter().map(|a| a.usage.encode()).collect()),
    ];
    let set = &["balance_minor", "held_minor", "last_posting", "usage"];
    Rows::update(changed.len(), columns, "accounts", "id", set).all_there()
}

/// Writes where holds stand after a batch: new ones are added.
pub fn settle_holds<'a>(changed: &[&'a HoldRow]) -> Rows<'a> {
    let columns = vec![
        Column::ids(changed.iter().map(|h| h.id)),
        Column::ids(changed.iter().map(|h| h.account_id)),
        Column::Numbers(changed.iter().map(|h| h.amount_minor).collect()),
        Column::Numbers(changed.iter().map(|h| h.remaining_minor).collect()),
        Column::Texts(changed.iter().map(|h| h.state.into()).collect()),
    ];
    Rows::insert(
        changed.len(),
        columns,
        "INSERT INTO holds (id, account_id, amount_minor, remaining_minor, state)",
        "ON CONFLICT (id) DO UPDATE SET remaining_minor = excluded.remaining_minor, state = \
         excluded.state",
    )
}

#[expect(
    clippy::arithmetic_side_effects,
    reason = "the database adds, and refuses what does not fit"
)]
/// Takes `count` numbers that were never handed out; returns the first.
pub fn take_ids(conn: &mut Conn, count: i64) -> Result<i64, StoreError> {
    let next: i64 = on!(conn, c => diesel::update(counters::table.find("ids"))
        .set(counters::next.eq(counters::next + count))
        .returning(counters::next)
        .get_result(c))?;
    Ok(next.saturating_sub(count))
}
