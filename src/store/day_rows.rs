//! Days that were closed, and sheets that are not signed yet. A sheet is made beside the book; what
//! closes the day is one row more, which holds all of it and never changes. What a sheet says is
//! not known here.

use super::ask::{self, Database};
use super::record::{self, Cell, Entry, Occupant, RecordKey, Table};
use super::schema::{chain, day_sheets, days, postings};
use super::{Conn, StoreError, on};
use crate::id::{PostingId, SheetId};
use crate::reason::Reason;
use diesel::prelude::*;

const TABLE: Table = Table { name: "days", kind: "day", key: &["id"], apart: &[] };
/// Whole days are large: so many are read at once.
const PAGE_MAX: i64 = 20;

/// A day that was closed.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct DayRow {
    /// Its number: days since 1970 on the market's calendar.
    pub id: i64,
    /// 1: it never changes.
    pub version: i64,
    /// The posting that closed it; given by the book.
    pub last_posting: PostingId,
    /// `2026-11-28`.
    pub day: String,
    /// The last posting that belongs to it.
    pub cut: PostingId,
    /// The link of the chain that ends with that posting,
    pub link: i64,
    /// and its digest.
    pub link_digest: Vec<u8>,
    /// How much was not as it should be.
    pub breaks: i64,
    /// Why it was closed all the same; empty where nothing was.
    pub excuse: String,
    /// All that it came to, as a table.
    pub sheet: String,
    /// The same as pages.
    pub pages: Vec<u8>,
}

impl DayRow {
    /// What it says of itself.
    pub fn entry(&self) -> Entry<'_> {
        Entry {
            table: &TABLE,
            key: RecordKey::Day(self.id),
            number: self.id,
            version: self.version,
            refusal: Reason::STALE,
            vacant: Vec::new(),
            takes: Vec::new(),
            columns: vec![
                ("id", Cell::Number(self.id)),
                ("version", Cell::Number(self.version)),
                ("last_posting", Cell::Number(self.last_posting.number())),
                ("day", Cell::Text(&self.day)),
                ("cut", Cell::Number(self.cut.number())),
                ("link", Cell::Number(self.link)),
                ("link_digest", Cell::Bytes(&self.link_digest)),
                ("breaks", Cell::Number(self.breaks)),
                ("excuse", Cell::Text(&self.excuse)),
                ("sheet", Cell::Text(&self.sheet)),
                ("pages", Cell::Bytes(&self.pages)),
            ],
        }
    }
}

/// Of a closed day what fits a line.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct DayHead {
    /// Its number.
    pub id: i64,
    /// `2026-11-28`.
    pub day: String,
    /// The posting that closed it.
    pub last_posting: PostingId,
    /// The last posting that belongs to it.
    pub cut: PostingId,
    /// The link of the chain that ends with it.
    pub link: i64,
    /// How much was not as it should be.
    pub breaks: i64,
}

/// Where a closed day ends.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct DayEnd {
    /// Its number.
    pub id: i64,
    /// `2026-11-28`.
    pub day: String,
    /// The last posting that belongs to it.
    pub cut: PostingId,
    /// The link of the chain that ends with it,
    pub link: i64,
    /// and its digest, as it was then.
    pub link_digest: Vec<u8>,
}

/// A sheet that waits to be signed.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = day_sheets)]
pub struct SheetRow {
    /// Its number.
    pub id: SheetId,
    /// Of which day.
    pub day: i64,
    /// When it was made, microseconds UTC.
    pub made_at: i64,
    /// The link of the chain that it ends with.
    pub link: i64,
    /// How much is not as it should be.
    pub breaks: i64,
    /// As a table.
    pub sheet: String,
    /// As pages.
    pub pages: Vec<u8>,
}

/// The same, with what the chain says of where it ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetAtCut {
    /// The sheet.
    pub row: SheetRow,
    /// The last posting of its link, and the digest of that.
    pub cut: (PostingId, Vec<u8>),
    /// When the last posting of the day was made, microseconds UTC.
    pub last_at: i64,
    /// When the newest of the next link was, where there is one.
    pub next_at: Option<i64>,
}

type Head = (days::id, days::day, days::last_posting, days::cut, days::link, days::breaks);
const HEAD: Head = (days::id, days::day, days::last_posting, days::cut, days::link, days::breaks);

/// The newest day that was closed.
pub async fn last(asked: Database<'_>) -> Result<Option<DayHead>, StoreError> {
    ask::row(asked, days::table.select(HEAD).order(days::id.desc()).limit(1)).await
}

/// A day that was closed.
pub async fn closed(asked: Database<'_>, id: i64) -> Result<Option<DayHead>, StoreError> {
    ask::row(asked, days::table.select(HEAD).filter(days::id.eq(id))).await
}

/// A sheet that waits, with where it ends.
pub async fn sheet(asked: Database<'_>, id: SheetId) -> Result<Option<SheetAtCut>, StoreError> {
    let found: Option<SheetRow> = ask::row(asked, day_sheets::table.find(id)).await?;
    let Some(row) = found else { return Ok(None) };
    let Some((cut, digest, last_at)) = link(asked, row.link).await? else { return Ok(None) };
    let next_at = link(asked, row.link.saturating_add(1)).await?.map(|(_, _, at)| at);
    Ok(Some(SheetAtCut { row, cut: (cut, digest), last_at, next_at }))
}

/// The last posting of a link, the link's digest, and when that posting was made.
async fn link(
    asked: Database<'_>,
    seq: i64,
) -> Result<Option<(PostingId, Vec<u8>, i64)>, StoreError> {
    let with = postings::table.on(postings::id.eq(chain::last_posting));
    let row = chain::table.inner_join(with).filter(chain::seq.eq(seq));
    ask::row(asked, row.select((chain::last_posting, chain::digest, postings::at))).await
}

/// The last link before a time, microseconds UTC: the one before the first whose last posting was
/// made then or later; 0 where there is none. Links have no index by time, but no gaps.
pub fn link_before(conn: &mut Conn, time: i64) -> Result<i64, StoreError> {
    let newest = super::head::look(conn)?.map_or(0, |head| head.link);
    let (mut before, mut after) = (0_i64, newest.saturating_add(1));
    while before.saturating_add(1) < after {
        let middle = before.midpoint(after);
        let found = conn.wait(async |asked| link(asked, middle).await)?;
        let (_, _, at) = found.ok_or(StoreError::Damaged("a link is missing"))?;
        if at < time { before = middle } else { after = middle }
    }
    Ok(before)
}

/// Keeps a sheet, and forgets those of days that were closed since.
pub fn keep_sheet(conn: &mut Conn, row: &SheetRow) -> Result<(), StoreError> {
    let closed: Option<i64> =
        on!(conn, c => days::table.select(days::id).order(days::id.desc()).first(c).optional())?;
    let over = day_sheets::table.filter(day_sheets::day.le(closed.unwrap_or(i64::MIN)));
    on!(conn, c => diesel::delete(over).execute(c))?;
    let new = diesel::insert_into(day_sheets::table).values(row);
    on!(conn, c => new.execute(c))?;
    Ok(())
}

/// A sheet that waits.
pub fn sheet_row(conn: &mut Conn, id: SheetId) -> Result<Option<SheetRow>, StoreError> {
    Ok(on!(conn, c => day_sheets::table.find(id).first(c).optional())?)
}

/// The sheets of days that are not closed, the newest first: number, day, when they were made.
pub fn sheets(conn: &mut Conn, limit: i64) -> Result<Vec<(SheetId, i64, i64)>, StoreError> {
    let closed: Option<i64> =
        on!(conn, c => days::table.select(days::id).order(days::id.desc()).first(c).optional())?;
    let open = day_sheets::table.filter(day_sheets::day.gt(closed.unwrap_or(i64::MIN)));
    let newest = open.order(day_sheets::id.desc()).limit(limit);
    let newest = newest.select((day_sheets::id, day_sheets::day, day_sheets::made_at));
    Ok(on!(conn, c => newest.load(c))?)
}

/// The newest closed days.
pub fn newest(conn: &mut Conn, before: i64, limit: i64) -> Result<Vec<DayHead>, StoreError> {
    let page = days::table.select(HEAD).filter(days::id.lt(before)).order(days::id.desc());
    Ok(on!(conn, c => page.limit(limit).load(c))?)
}

/// A closed day, whole.
pub fn day(conn: &mut Conn, id: i64) -> Result<Option<DayRow>, StoreError> {
    Ok(on!(conn, c => days::table.find(id).first(c).optional())?)
}

/// Where the days behind one end, in order.
pub fn ends(conn: &mut Conn, after: i64, limit: i64) -> Result<Vec<DayEnd>, StoreError> {
    let page = days::table.filter(days::id.gt(after)).order(days::id).limit(limit);
    let page = page.select((days::id, days::day, days::cut, days::link, days::link_digest));
    Ok(on!(conn, c => page.load(c))?)
}

/// Days behind one of them, in order.
pub fn page_after(
    conn: &mut Conn,
    after: Option<&DayRow>,
    limit: i64,
) -> Result<Vec<DayRow>, StoreError> {
    let after = after.map_or(i64::MIN, |row| row.id);
    let page = days::table.filter(days::id.gt(after)).order(days::id);
    Ok(on!(conn, c => page.limit(limit.min(PAGE_MAX)).load(c))?)
}

/// Days with these numbers.
pub fn occupants(conn: &mut Conn, ids: &[i64]) -> Result<Vec<(RecordKey, Occupant)>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = days::table.filter(days::id.eq_any(ids));
    let rows = rows.select((days::id, days::version, days::last_posting));
    let rows: Vec<(i64, i64, PostingId)> = on!(conn, c => rows.load(c))?;
    let own = |(id, version, posting)| record::own(RecordKey::Day(id), version, posting);
    Ok(rows.into_iter().map(own).collect())
}
