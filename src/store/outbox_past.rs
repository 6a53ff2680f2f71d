//! What became of messages: those that were given up, which somebody may have sent again, and
//! those that are forgotten when they are old.

use super::outbox::{Channel, MessageRow};
use super::schema::outbox;
use super::{Conn, StoreError, on};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

/// What was given up, in the words of its index.
const FAILED: &str = "outbox.state = 'failed'";
/// The states behind which nothing comes.
const OVER: [&str; 3] = ["sent", "delivered", "failed"];

/// Which of the messages that were given up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WhichDead {
    /// Only these, by their numbers; all where none is named.
    pub ids: Vec<i64>,
    /// Only those that leave this way.
    pub channel: Option<Channel>,
    /// Only those that were written since then, microseconds UTC.
    pub since: Option<i64>,
    /// Only those with these words in their reason.
    pub reason: Option<String>,
}

impl WhichDead {
    fn takes(&self, row: &MessageRow) -> bool {
        let reason = row.reason.as_deref().unwrap_or_default();
        (self.ids.is_empty() || self.ids.contains(&row.id))
            && self.channel.is_none_or(|channel| row.channel() == Some(channel))
            && self.since.is_none_or(|since| row.created_at >= since)
            && self.reason.as_ref().is_none_or(|words| reason.contains(words))
    }
}

/// Some of the messages that were given up, from one on, the oldest first, and the number behind
/// which to go on, if there may be more.
pub fn dead_after(
    conn: &mut Conn,
    which: &WhichDead,
    after: i64,
    limit: i64,
) -> Result<(Vec<MessageRow>, Option<i64>), StoreError> {
    let page = outbox::table.filter(sql::<Bool>(FAILED)).filter(outbox::id.gt(after));
    let page = page.order(outbox::id).limit(limit);
    let rows: Vec<MessageRow> = on!(conn, c => page.load(c))?;
    let full = i64::try_from(rows.len()).is_ok_and(|rows| rows >= limit);
    let next = rows.last().map(|row| row.id).filter(|_| full);
    Ok((rows.into_iter().filter(|row| which.takes(row)).collect(), next))
}

/// Has these sent again, as if they had never been tried; says how many there were. A name that the
/// gateway gave one before is its name no more.
pub fn send_again(conn: &mut Conn, ids: &[i64]) -> Result<usize, StoreError> {
    let those = outbox::table.filter(outbox::id.eq_any(ids)).filter(sql::<Bool>(FAILED));
    let anew = (
        outbox::state.eq("queued"),
        outbox::attempts.eq(0),
        outbox::due_at.eq(outbox::created_at),
        outbox::sent_at.eq(None::<i64>),
        outbox::provider_id.eq(None::<String>),
    );
    Ok(on!(conn, c => diesel::update(those).set(anew).execute(c))?)
}

/// Looks at the `limit` messages behind one, and forgets those that were written before then and
/// are over. Says how many, and behind which to go on; nothing where those behind are newer.
pub fn forget(
    conn: &mut Conn,
    before: i64,
    after: i64,
    limit: i64,
) -> Result<(usize, Option<i64>), StoreError> {
    let page = outbox::table.filter(outbox::id.gt(after)).order(outbox::id).limit(limit);
    let page = page.select((outbox::id, outbox::created_at, outbox::state));
    let page: Vec<(i64, i64, String)> = on!(conn, c => page.load(c))?;
    let is_old = |created_at: i64| created_at < before;
    let old: Vec<i64> = page
        .iter()
        .filter(|(_, created_at, state)| is_old(*created_at) && OVER.contains(&state.as_str()))
        .map(|(id, ..)| *id)
        .collect();
    let mut forgotten = 0;
    if !old.is_empty() {
        let those = outbox::table.filter(outbox::id.eq_any(&old));
        forgotten = on!(conn, c => diesel::delete(those).execute(c))?;
    }
    // they lie in the order in which they were written, but for moments
    let next = page.last().filter(|(_, created_at, _)| is_old(*created_at)).map(|(id, ..)| *id);
    Ok((forgotten, next))
}
