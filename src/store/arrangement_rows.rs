//! Arrangements: what two parties, or one, or many, have begun and not ended. One kind of row for
//! all of them: what a state means, and what stands in a body, only the kind itself knows.
//!
//! Rows that are over stay for some weeks, as people look back at them, and are then moved out in
//! pieces, so that what is going on lies close together. They are still found by number, counted,
//! and found by who looks for those of any time.

use super::ask::{self, Database};
use super::rows::{Column, Rows};
use super::schema::{arrangements, arrangements_closed, arrangements_ever as ever, trail};
use super::{Conn, StoreError, on};
use crate::id::{AccountId, ArrangementId, PostingId};
use diesel::backend::Backend;
use diesel::dsl::sql;
use diesel::expression::ValidGrouping;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, Bool, Text};

/// An arrangement as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct ArrangementRow {
    /// Its number.
    pub id: ArrangementId,
    /// Which kind.
    pub kind: String,
    /// One more with each change, from 1.
    pub version: i64,
    /// Its state, in the words of its kind.
    pub state: String,
    /// Whether anything may still come of it.
    pub open: bool,
    /// The account of who began it.
    pub owner: AccountId,
    /// The account of the other side, where there is one.
    pub other: Option<AccountId>,
    /// Where its money lies, where it has an account of its own.
    pub account: Option<AccountId>,
    /// What it is found by besides its sides, in the words of its kind; empty where by nothing.
    pub subject: String,
    /// When it was begun, microseconds UTC.
    pub begun_at: i64,
    /// When something is to be done about it, microseconds UTC.
    pub due_at: Option<i64>,
    /// What only its kind can read, as JSON.
    pub body: String,
    /// The posting that began it, which is also the number of the hold behind it, where there is
    /// one; given by the book.
    pub begun_by: PostingId,
    /// The posting that changed it last, where its trail begins backwards; given by the book.
    pub last_posting: PostingId,
}

/// Which side of an arrangement somebody is, or what else it is found by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// Who began it.
    Owner(AccountId),
    /// The other side.
    Other(AccountId),
    /// Its subject.
    Subject(String),
    /// Of whom does not matter: those of everybody, which is for staff.
    Anybody,
}

/// Which arrangements are looked for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Search {
    /// Of whom.
    pub side: Side,
    /// Of which kind.
    pub kind: &'static str,
    /// Only those that are not over.
    pub open: bool,
    /// Only those begun since then, microseconds UTC; from 0 also those that were moved out.
    pub since: i64,
    /// So many at most.
    pub limit: i64,
}

/// One of them.
pub fn by_id(conn: &mut Conn, id: ArrangementId) -> Result<Option<ArrangementRow>, StoreError> {
    Ok(on!(conn, c => ever::table.find(id).first(c).optional())?)
}

/// Those with these numbers.
pub async fn by_ids(
    asked: Database<'_>,
    ids: &[ArrangementId],
) -> Result<Vec<ArrangementRow>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    ask::rows(asked, arrangements::table.filter(arrangements::id.eq_any(ids))).await
}

/// Those that are looked for, the newest first.
pub async fn find(asked: Database<'_>, search: &Search) -> Result<Vec<ArrangementRow>, StoreError> {
    let which = Which { side: &search.side, open: search.open };
    if !search.open && search.since <= 0 {
        let those = ever::table.filter(ever::kind.eq(search.kind)).filter(which);
        return ask::rows(asked, those.order(ever::id.desc()).limit(search.limit)).await;
    }
    let those = arrangements::table
        .filter(arrangements::kind.eq(search.kind))
        .filter(arrangements::begun_at.ge(search.since))
        .filter(which);
    ask::rows(asked, those.order(arrangements::id.desc()).limit(search.limit)).await
}

/// One, also if it is over.
pub async fn one(
    asked: Database<'_>,
    id: ArrangementId,
) -> Result<Option<ArrangementRow>, StoreError> {
    ask::row(asked, ever::table.find(id)).await
}

/// Those of any kind that are not over and have this account on either side, the newest first.
pub async fn open_at(
    asked: Database<'_>,
    account: AccountId,
    limit: i64,
) -> Result<Vec<ArrangementRow>, StoreError> {
    let either = arrangements::owner.eq(account).or(arrangements::other.eq(account));
    let those = arrangements::table.filter(arrangements::open.eq(true)).filter(either);
    ask::rows(asked, those.order(arrangements::id.desc()).limit(limit)).await
}

/// Those of a kind to which something happened with any of these postings, also if they are over.
pub async fn moved_with(
    asked: Database<'_>,
    kind: &str,
    postings: &[PostingId],
) -> Result<Vec<ArrangementRow>, StoreError> {
    let came = trail::table.filter(trail::posting_id.eq_any(postings)).filter(trail::kind.eq(kind));
    let ids: Vec<i64> = ask::rows(asked, came.select(trail::record_id)).await?;
    ask::rows(asked, ever::table.filter(ever::id.eq_any(ids))).await
}

/// How many of a kind there are of one side, also those that are over.
pub async fn count(asked: Database<'_>, kind: &str, side: &Side) -> Result<i64, StoreError> {
    let those = ever::table.filter(ever::kind.eq(kind)).filter(Which { side, open: false });
    Ok(ask::row(asked, those.count()).await?.unwrap_or(0))
}

/// Moves some of those out that are over since a posting, or longer; says how many. What is over is
/// never changed again, so nobody has to wait for it; what another node is moving at this moment is
/// passed over.
pub fn move_out(conn: &mut Conn, until: PostingId, limit: i64) -> Result<usize, StoreError> {
    let over = arrangements::table.filter(sql::<Bool>("NOT open"));
    let over = over.filter(arrangements::last_posting.le(until));
    let over = over.order(arrangements::last_posting).limit(limit).select(arrangements::id);
    let over: Vec<ArrangementId> = match conn {
        Conn::Sqlite(conn) => over.load(conn)?,
        Conn::Postgres(pg) => over.for_update().skip_locked().load(&mut pg.inner)?,
    };
    if over.is_empty() {
        return Ok(0);
    }
    let moved = || arrangements::table.filter(arrangements::id.eq_any(&over));
    on!(conn, c => moved().insert_into(arrangements_closed::table).execute(c))?;
    Ok(on!(conn, c => diesel::delete(moved()).execute(c))?)
}

/// Whose they are, and whether only open ones are meant, with no word about what does not matter.
#[derive(ValidGrouping)]
struct Which<'a> {
    side: &'a Side,
    open: bool,
}

impl Expression for Which<'_> {
    type SqlType = Bool;
}

impl AppearsOnTable<arrangements::table> for Which<'_> {}
impl SelectableExpression<arrangements::table> for Which<'_> {}
impl AppearsOnTable<ever::table> for Which<'_> {}
impl SelectableExpression<ever::table> for Which<'_> {}

impl QueryId for Which<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<DB: Backend> QueryFragment<DB> for Which<'_>
where
    i64: ToSql<BigInt, DB>,
    str: ToSql<Text, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        match self.side {
            Side::Owner(account) => {
                out.push_sql("owner = ");
                out.push_bind_param::<BigInt, _>(account.as_number())?;
            }
            Side::Other(account) => {
                out.push_sql("other = ");
                out.push_bind_param::<BigInt, _>(account.as_number())?;
            }
            Side::Subject(subject) => {
                // that there is one, in the words of the index: a database that knows only that it
                // is equal to something does not know that this is not nothing
                out.push_sql("subject <> '' AND subject = ");
                out.push_bind_param::<Text, _>(subject.as_str())?;
            }
            Side::Anybody => out.push_sql("TRUE"),
        }
        out.push_sql(if self.open { " AND open = TRUE" } else { "" });
        Ok(())
    }
}

/// Those of a kind about which something is to be done by `now`, the longest due first, behind the
/// one that was due then and has this number.
pub fn due(
    conn: &mut Conn,
    kind: &str,
    now: i64,
    after: (i64, ArrangementId),
    limit: i64,
) -> Result<Vec<ArrangementRow>, StoreError> {
    let (at, id) = after;
    // what is over has no clock
    let due = arrangements::table
        .filter(arrangements::kind.eq(kind))
        .filter(arrangements::due_at.le(now))
        .filter(arrangements::due_at.ge(at));
    let behind = arrangements::due_at.gt(at).or(arrangements::id.gt(id).nullable());
    let due = due.filter(behind).order((arrangements::due_at, arrangements::id)).limit(limit);
    Ok(on!(conn, c => due.load(c))?)
}

/// Stores them, new or not; the book has compared their versions.
pub fn put<'a>(rows: &[&'a ArrangementRow]) -> Rows<'a> {
    let columns = vec![
        Column::ids(rows.iter().map(|a| a.id)),
        Column::Texts(rows.iter().map(|a| a.kind.as_str()).collect()),
        Column::Numbers(rows.iter().map(|a| a.version).collect()),
        Column::Texts(rows.iter().map(|a| a.state.as_str()).collect()),
        Column::Truths(rows.iter().map(|a| a.open).collect()),
        Column::ids(rows.iter().map(|a| a.owner)),
        Column::optional_ids(rows.iter().map(|a| a.other)),
        Column::optional_ids(rows.iter().map(|a| a.account)),
        Column::Texts(rows.iter().map(|a| a.subject.as_str()).collect()),
        Column::Numbers(rows.iter().map(|a| a.begun_at).collect()),
        Column::Optional(rows.iter().map(|a| a.due_at).collect()),
        Column::Texts(rows.iter().map(|a| a.body.as_str()).collect()),
        Column::ids(rows.iter().map(|a| a.begun_by)),
        Column::ids(rows.iter().map(|a| a.last_posting)),
    ];
    let head = "INSERT INTO arrangements (id, kind, version, state, open, owner, other, account, \
                subject, begun_at, due_at, body, begun_by, last_posting)";
    let tail = "ON CONFLICT (id) DO UPDATE SET version = excluded.version, state = \
                excluded.state, open = excluded.open, other = excluded.other, account = \
                excluded.account, subject = excluded.subject, due_at = excluded.due_at, body = \
                excluded.body, last_posting = excluded.last_posting";
    Rows::insert(rows.len(), columns, head, tail)
}
