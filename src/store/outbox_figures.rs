//! How messages fared that were written since some moment, counted: for those who measure. It looks
//! at all of them: not to be asked often.

use super::outbox::Channel;
use super::schema::outbox;
use super::{Conn, StoreError, on};
use diesel::dsl::{count_star, max};
use diesel::prelude::*;

/// Messages by what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OutboxCounts {
    /// How many were written.
    pub written: u64,
    /// How many of them a gateway has taken, whatever it reported afterwards.
    pub sent: u64,
    /// How many of those it reported as delivered.
    pub reported: u64,
    /// How many were given up, or reported as failed.
    pub failed: u64,
    /// How many wait.
    pub waiting: u64,
}

/// The number of the newest message; 0 where there is none.
pub fn newest_id(conn: &mut Conn) -> Result<i64, StoreError> {
    let newest: Option<i64> = on!(conn, c => outbox::table.select(max(outbox::id)).first(c))?;
    Ok(newest.unwrap_or(0))
}

/// What became of the texts behind this number.
pub fn counts_behind(conn: &mut Conn, id: i64) -> Result<OutboxCounts, StoreError> {
    let those = outbox::table
        .filter(outbox::id.gt(id))
        .filter(outbox::channel.eq(<&str>::from(Channel::Text)))
        .group_by(outbox::state)
        .select((outbox::state, count_star()));
    let rows: Vec<(String, i64)> = on!(conn, c => those.load(c))?;
    let mut counts = OutboxCounts::default();
    for (state, count) in rows {
        let count = u64::try_from(count).unwrap_or(0);
        counts.written = counts.written.saturating_add(count);
        match state.as_str() {
            "sent" => counts.sent = counts.sent.saturating_add(count),
            "delivered" => {
                counts.sent = counts.sent.saturating_add(count);
                counts.reported = counts.reported.saturating_add(count);
            }
            "queued" => counts.waiting = counts.waiting.saturating_add(count),
            _ => counts.failed = counts.failed.saturating_add(count),
        }
    }
    Ok(counts)
}

/// How long after they were written the texts behind this number were taken by a gateway,
/// microseconds, in no order.
pub fn waits_behind(conn: &mut Conn, id: i64) -> Result<Vec<u64>, StoreError> {
    let those = outbox::table
        .filter(outbox::id.gt(id))
        .filter(outbox::channel.eq(<&str>::from(Channel::Text)))
        .filter(outbox::sent_at.is_not_null())
        .select((outbox::created_at, outbox::sent_at));
    let rows: Vec<(i64, Option<i64>)> = on!(conn, c => those.load(c))?;
    let wait = |(created_at, sent_at): (i64, Option<i64>)| {
        let sent_at = sent_at.unwrap_or(created_at);
        u64::try_from(sent_at.saturating_sub(created_at)).unwrap_or(0)
    };
    Ok(rows.into_iter().map(wait).collect())
}
