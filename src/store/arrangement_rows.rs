//! Arrangements: what two parties, or one, or many, have begun and not ended. One kind of row for
//! all of them: what a state means, and what stands in a body, only the kind itself knows.
//!
//! Rows that are over stay for some weeks, as people look back at them, and are then moved out in
//! pieces, so that what is going on lies close together. They are still found by number, counted,
//! and found by who looks for those of any time.

use super::rows::{Column, Rows};
use super::schema::{arrangements, arrangements_closed, arrangements_ever};
use super::{Conn, StoreError, on};
use crate::id::{AccountId, ArrangementId, PostingId};
use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::Bool;

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
    Ok(on!(conn, c => arrangements_ever::table.find(id).first(c).optional())?)
}

/// Those with these numbers.
pub fn by_ids(conn: &mut Conn, ids: &[ArrangementId]) -> Result<Vec<ArrangementRow>, StoreError> {
    Ok(on!(conn, c => arrangements::table.filter(arrangements::id.eq_any(ids)).load(c))?)
}

/// Those that are looked for, the newest first.
pub fn find(conn: &mut Conn, search: &Search) -> Result<Vec<ArrangementRow>, StoreError> {
    if !search.open && search.since <= 0 {
        return find_ever(conn, search);
    }
    on!(conn, c => {
        let all = arrangements::table.filter(arrangements::kind.eq(search.kind));
        let all = all.filter(arrangements::begun_at.ge(search.since)).into_boxed();
        let all = match &search.side {
            Side::Owner(account) => all.filter(arrangements::owner.eq(*account)),
            Side::Other(account) => all.filter(arrangements::other.eq(*account)),
            Side::Subject(subject) => {
                all.filter(arrangements::subject.eq(subject)).filter(has_subject())
            }
            Side::Anybody => all,
        };
        let all = if search.open { all.filter(arrangements::open.eq(true)) } else { all };
        Ok(all.order(arrangements::id.desc()).limit(search.limit).load(c)?)
    })
}

/// The same over those of any time.
fn find_ever(conn: &mut Conn, search: &Search) -> Result<Vec<ArrangementRow>, StoreError> {
    use arrangements_ever as ever;
    on!(conn, c => {
        let all = ever::table.filter(ever::kind.eq(search.kind)).into_boxed();
        let all = match &search.side {
            Side::Owner(account) => all.filter(ever::owner.eq(*account)),
            Side::Other(account) => all.filter(ever::other.eq(*account)),
            Side::Subject(subject) => all.filter(ever::subject.eq(subject)).filter(has_subject()),
            Side::Anybody => all,
        };
        Ok(all.order(ever::id.desc()).limit(search.limit).load(c)?)
    })
}

/// How many of a kind there are of one side, also those that are over.
pub fn count(conn: &mut Conn, kind: &str, side: &Side) -> Result<i64, StoreError> {
    use arrangements_ever as ever;
    on!(conn, c => {
        let all = ever::table.filter(ever::kind.eq(kind)).into_boxed();
        let all = match side {
            Side::Owner(account) => all.filter(ever::owner.eq(*account)),
            Side::Other(account) => all.filter(ever::other.eq(*account)),
            Side::Subject(subject) => all.filter(ever::subject.eq(subject)).filter(has_subject()),
            Side::Anybody => all,
        };
        Ok(all.count().get_result(c)?)
    })
}

/// Moves some of those out that are over since a posting, or longer; says how many. Nobody else
/// writes meanwhile: the head is taken.
pub fn move_out(conn: &mut Conn, until: PostingId, limit: i64) -> Result<usize, StoreError> {
    super::head::take(conn)?;
    let over = arrangements::table.filter(sql::<Bool>("NOT open"));
    let over = over.filter(arrangements::last_posting.le(until));
    let over = over.order(arrangements::last_posting).limit(limit).select(arrangements::id);
    let over: Vec<ArrangementId> = on!(conn, c => over.load(c))?;
    let moved = || arrangements::table.filter(arrangements::id.eq_any(&over));
    on!(conn, c => moved().insert_into(arrangements_closed::table).execute(c))?;
    Ok(on!(conn, c => diesel::delete(moved()).execute(c))?)
}

/// That there is a subject, in the words of the index: a database that knows only that it is equal
/// to something does not know that this is not nothing.
fn has_subject() -> SqlLiteral<Bool> {
    sql("subject <> ''")
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
        Column::Texts(rows.iter().map(|a| a.subject.as_str()).collect()),
        Column::Numbers(rows.iter().map(|a| a.begun_at).collect()),
        Column::Optional(rows.iter().map(|a| a.due_at).collect()),
        Column::Texts(rows.iter().map(|a| a.body.as_str()).collect()),
        Column::ids(rows.iter().map(|a| a.begun_by)),
        Column::ids(rows.iter().map(|a| a.last_posting)),
    ];
    let head = "INSERT INTO arrangements (id, kind, version, state, open, owner, other, subject, \
                begun_at, due_at, body, begun_by, last_posting)";
    let tail = "ON CONFLICT (id) DO UPDATE SET version = excluded.version, state = \
                excluded.state, open = excluded.open, other = excluded.other, subject = \
                excluded.subject, due_at = excluded.due_at, body = excluded.body, last_posting = \
                excluded.last_posting";
    Rows::insert(rows.len(), columns, head, tail)
}
