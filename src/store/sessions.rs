//! Conversations, beside the book: on a file they have a file of their own, which may be lost; on a
//! server tables of their own, written without the head of the book. And what is left of those that
//! are over.

use super::ask::{self, Database};
use super::rows::{self, Column, Rows};
use super::schema::{past_sessions, sessions};
use super::{Conn, StoreError, on};
use diesel::prelude::*;

/// A conversation. Who talks and what was said is sealed: the row tells nothing to who reads the
/// table.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct SessionRow {
    /// Keyed digest of gateway, session and number.
    pub key: Vec<u8>,
    /// Keyed digest of the caller's number.
    pub caller: Vec<u8>,
    /// Steps that were answered, from 1: of two writers the one that knows more wins.
    pub hops: i64,
    /// Whether the person can still go on in it, or be offered to go on with it in another one.
    pub open: bool,
    /// Since when a step has been acting whose caller was told to wait for an SMS, microseconds
    /// UTC.
    pub acting_since: Option<i64>,
    /// Microseconds UTC.
    pub updated_at: i64,
    /// The conversation, sealed.
    pub sealed: Vec<u8>,
}

/// What is left of a conversation that is over: the way it took, and never what was typed or shown.
#[derive(Debug, Clone, PartialEq, Eq, Insertable, Queryable)]
#[diesel(table_name = past_sessions)]
pub struct PastSession {
    /// Keyed digest of the caller's number.
    pub caller: Vec<u8>,
    /// By which gateway.
    pub gateway: String,
    /// When it began, microseconds UTC.
    pub began_at: i64,
    /// When its last step was answered, microseconds UTC.
    pub ended_at: i64,
    /// The names of the screens, in order, with a blank between them.
    pub screens: String,
    /// How it ended, in a word.
    pub ending: String,
}

/// A conversation that is looked up: its key, and that of its caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    /// Of the conversation.
    pub key: Vec<u8>,
    /// As in `SessionRow`; the caller's line has the same name.
    pub caller: Vec<u8>,
}

impl Names {
    /// Whether a row is the conversation, or another of the caller's that is not over.
    pub fn concern(&self, row: &SessionRow) -> bool {
        row.key == self.key || (row.caller == self.caller && row.open)
    }
}

/// What concerns these calls, the newest first.
pub async fn around(asked: Database<'_>, calls: &[&Names]) -> Result<Vec<SessionRow>, StoreError> {
    if calls.is_empty() {
        return Ok(Vec::new());
    }
    match asked {
        Database::Sqlite(_) => {
            let mut rows = Vec::new();
            for Names { key, caller } in calls {
                let theirs = sessions::caller.eq(caller).and(sessions::open);
                let those = sessions::table.filter(sessions::key.eq(key).or(theirs));
                rows.extend(ask::rows(asked, those.order(sessions::updated_at.desc())).await?);
            }
            Ok(rows)
        }
        Database::Postgres(_) => {
            let keys: Vec<&[u8]> = calls.iter().map(|call| call.key.as_slice()).collect();
            let callers: Vec<&[u8]> = calls.iter().map(|call| call.caller.as_slice()).collect();
            let theirs = sessions::caller.eq_any(callers).and(sessions::open);
            let those = sessions::table.filter(sessions::key.eq_any(keys).or(theirs));
            ask::rows(asked, those.order(sessions::updated_at.desc())).await
        }
    }
}

/// Conversations with a step that has been acting since before `before`.
pub fn acting(conn: &mut Conn, before: i64, limit: i64) -> Result<Vec<SessionRow>, StoreError> {
    let those = sessions::table.filter(sessions::acting_since.lt(before));
    let those = those.order(sessions::acting_since).limit(limit);
    Ok(on!(conn, c => those.load(c))?)
}

/// Stores conversations. What knows less than what stands there changes nothing.
pub fn save(conn: &mut Conn, rows: &[SessionRow]) -> Result<(), StoreError> {
    let columns = vec![
        Column::Bytes(rows.iter().map(|row| row.key.as_slice()).collect()),
        Column::Bytes(rows.iter().map(|row| row.caller.as_slice()).collect()),
        Column::Numbers(rows.iter().map(|row| row.hops).collect()),
        Column::Truths(rows.iter().map(|row| row.open).collect()),
        Column::Optional(rows.iter().map(|row| row.acting_since).collect()),
        Column::Numbers(rows.iter().map(|row| row.updated_at).collect()),
        Column::Bytes(rows.iter().map(|row| row.sealed.as_slice()).collect()),
    ];
    let save = Rows::insert(
        rows.len(),
        columns,
        "INSERT INTO sessions (key, caller, hops, open, acting_since, updated_at, sealed)",
        "ON CONFLICT (key) DO UPDATE SET hops = excluded.hops, open = excluded.open, \
         acting_since = excluded.acting_since, updated_at = excluded.updated_at, \
         sealed = excluded.sealed WHERE excluded.hops >= sessions.hops",
    );
    rows::run(conn, &[save])
}

/// Takes out conversations in which nothing has happened since `before`, and leaves of each what
/// `past` makes of it; says how many there were.
pub fn bury(
    conn: &mut Conn,
    before: i64,
    limit: i64,
    past: impl Fn(&SessionRow) -> Option<PastSession>,
) -> Result<usize, StoreError> {
    // what is still to be told of waits for that
    let idle = sessions::table
        .filter(sessions::updated_at.lt(before))
        .filter(sessions::acting_since.is_null())
        .limit(limit);
    let rows: Vec<SessionRow> = match conn {
        Conn::Sqlite(conn) => idle.load(conn)?,
        // what another node is taking at this moment is passed over
        Conn::Postgres(pg) => idle.for_update().skip_locked().load(&mut pg.inner)?,
    };
    let keys: Vec<&[u8]> = rows.iter().map(|row| row.key.as_slice()).collect();
    let gone = sessions::table.filter(sessions::key.eq_any(keys));
    on!(conn, c => diesel::delete(gone).execute(c))?;
    let left: Vec<PastSession> = rows.iter().filter_map(past).collect();
    rows::run(conn, &[leave(&left)])?;
    Ok(rows.len())
}

fn leave(left: &[PastSession]) -> Rows<'_> {
    let columns = vec![
        Column::Bytes(left.iter().map(|past| past.caller.as_slice()).collect()),
        Column::Texts(left.iter().map(|past| past.gateway.as_str()).collect()),
        Column::Numbers(left.iter().map(|past| past.began_at).collect()),
        Column::Numbers(left.iter().map(|past| past.ended_at).collect()),
        Column::Texts(left.iter().map(|past| past.screens.as_str()).collect()),
        Column::Texts(left.iter().map(|past| past.ending.as_str()).collect()),
    ];
    Rows::insert(
        left.len(),
        columns,
        "INSERT INTO past_sessions (caller, gateway, began_at, ended_at, screens, ending)",
        "",
    )
}

/// What is left of a caller's conversations, the newest first.
pub fn past(conn: &mut Conn, caller: &[u8], limit: i64) -> Result<Vec<PastSession>, StoreError> {
    let theirs = past_sessions::table.filter(past_sessions::caller.eq(caller));
    let theirs = theirs.order(past_sessions::id.desc()).limit(limit);
    let columns = (
        past_sessions::caller,
        past_sessions::gateway,
        past_sessions::began_at,
        past_sessions::ended_at,
        past_sessions::screens,
        past_sessions::ending,
    );
    Ok(on!(conn, c => theirs.select(columns).load(c))?)
}

/// Forgets a piece of what ended before `before`, the oldest first; says how many.
pub fn forget(conn: &mut Conn, before: i64, limit: i64) -> Result<usize, StoreError> {
    let oldest: Vec<(i64, i64)> = on!(conn, c =>
        past_sessions::table
            .select((past_sessions::id, past_sessions::ended_at))
            .order(past_sessions::id)
            .limit(limit)
            .load(c)
    )?;
    let old: Vec<i64> =
        oldest.into_iter().take_while(|(_, ended)| *ended < before).map(|(id, _)| id).collect();
    let gone = past_sessions::table.filter(past_sessions::id.eq_any(old));
    Ok(on!(conn, c => diesel::delete(gone).execute(c))?)
}
