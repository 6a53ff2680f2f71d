//! What waits in the outbox: whose turn it is, and who has it in hand. To one receiver only the
//! oldest message that waits may leave, whoever asks and whatever it waits for: so order is kept
//! without anybody waiting for somebody else's. How it fares is not known here.

use super::outbox::{Channel, MessageRow};
use super::schema::outbox;
use super::{Conn, StoreError, on};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Text};

/// In these words, since a database that learns the state only with the question does not use the
/// indexes of what waits.
const QUEUED: &str = "outbox.state = 'queued'";

/// A place in the queue of one way: by time, then by number. The default one is before all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct QueuePlace {
    /// When a message was due, microseconds UTC.
    pub due_at: i64,
    /// Its number.
    pub id: i64,
}

/// What stands first for some receivers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Turn {
    /// Messages that are due: they are taken.
    pub due: Vec<MessageRow>,
    /// Receivers whose turn it is not yet, and when it is, microseconds UTC.
    pub waiting: Vec<(i64, i64)>,
}

/// The oldest message of each receiver, on a server.
const OLDEST: &str = "SELECT first.id, first.order_key, first.due_at FROM unnest($1) AS wanted \
                      (order_key) CROSS JOIN LATERAL (SELECT id, order_key, due_at FROM outbox \
                      WHERE state = 'queued' AND order_key = wanted.order_key AND channel = $2 \
                      ORDER BY id LIMIT 1) AS first";
/// What takes messages, where nobody else is taking them at this moment.
const TAKE: &str = "UPDATE outbox SET due_at = $3 FROM (SELECT id FROM outbox WHERE id = ANY($1) \
                    AND state = 'queued' AND due_at <= $2 FOR UPDATE SKIP LOCKED) AS free WHERE \
                    outbox.id = free.id RETURNING outbox.*";

#[derive(QueryableByName)]
#[diesel(table_name = outbox)]
struct OldestRow {
    id: i64,
    order_key: i64,
    due_at: i64,
}

/// The place before all.
pub const FIRST: QueuePlace = QueuePlace { due_at: i64::MIN, id: i64::MIN };

/// Places of messages that are due this way, behind `after`, and whose they are, in their order.
pub fn due_after(
    conn: &mut Conn,
    channel: Channel,
    now: i64,
    after: QueuePlace,
    limit: i64,
) -> Result<Vec<(QueuePlace, i64)>, StoreError> {
    let behind = outbox::due_at
        .gt(after.due_at)
        .or(outbox::due_at.eq(after.due_at).and(outbox::id.gt(after.id)));
    let due = outbox::table
        .filter(sql::<Bool>(QUEUED))
        .filter(outbox::channel.eq(<&str>::from(channel)))
        .filter(outbox::due_at.le(now).and(outbox::due_at.ge(after.due_at)))
        .filter(behind)
        .order((outbox::due_at, outbox::id))
        .limit(limit)
        .select((outbox::due_at, outbox::id, outbox::order_key));
    let rows: Vec<(i64, i64, i64)> = on!(conn, c => due.load(c))?;
    Ok(rows.into_iter().map(|(due_at, id, key)| (QueuePlace { due_at, id }, key)).collect())
}

/// Whose turn it is among these receivers. Of a file nobody else takes any: who has one in hand
/// remembers it.
pub fn oldest(
    conn: &mut Conn,
    channel: Channel,
    receivers: &[i64],
    now: i64,
) -> Result<Turn, StoreError> {
    let mut turn = Turn::default();
    for key in receivers {
        let theirs = outbox::table
            .filter(sql::<Bool>(QUEUED))
            .filter(outbox::order_key.eq(key))
            .filter(outbox::channel.eq(<&str>::from(channel)))
            .order(outbox::id);
        let first: Option<MessageRow> = on!(conn, c => theirs.first(c).optional())?;
        match first {
            Some(row) if row.due_at <= now => turn.due.push(row),
            Some(row) => turn.waiting.push((row.order_key, row.due_at)),
            None => {}
        }
    }
    Ok(turn)
}

/// The same of a server, where other nodes take messages too: until `lease` nobody else is given
/// these. Whoever took one and is gone then has not sent it, or has not said so, and it is sent
/// again. What somebody else takes at this moment is passed over.
pub fn claim(
    conn: &mut Conn,
    channel: Channel,
    receivers: &[i64],
    now: i64,
    lease: i64,
) -> Result<Turn, StoreError> {
    let Conn::Postgres(pg) = conn else {
        return Err(StoreError::Unsupported("of a file nothing is claimed"));
    };
    let first: Vec<OldestRow> = diesel::sql_query(OLDEST)
        .bind::<Array<BigInt>, _>(receivers)
        .bind::<Text, _>(<&str>::from(channel))
        .load(&mut pg.inner)?;
    let (due, waiting): (Vec<OldestRow>, Vec<OldestRow>) =
        first.into_iter().partition(|row| row.due_at <= now);
    let due: Vec<i64> = due.into_iter().map(|row| row.id).collect();
    let waiting = waiting.into_iter().map(|row| (row.order_key, row.due_at)).collect();
    if due.is_empty() {
        return Ok(Turn { due: Vec::new(), waiting });
    }
    let taken = diesel::sql_query(TAKE)
        .bind::<Array<BigInt>, _>(due)
        .bind::<BigInt, _>(now)
        .bind::<BigInt, _>(lease);
    Ok(Turn { due: taken.load(&mut pg.inner)?, waiting })
}

/// Goes on having these in hand, until `lease`.
pub fn renew(conn: &mut Conn, ids: &[i64], lease: i64) -> Result<(), StoreError> {
    let those = outbox::table.filter(outbox::id.eq_any(ids)).filter(sql::<Bool>(QUEUED));
    on!(conn, c => diesel::update(those).set(outbox::due_at.eq(lease)).execute(c))?;
    Ok(())
}

/// How many messages wait, and since when the oldest (microseconds UTC). It looks at all of them:
/// not to be asked often.
pub fn depth(conn: &mut Conn) -> Result<(i64, Option<i64>), StoreError> {
    let queued = outbox::table.filter(sql::<Bool>(QUEUED));
    Ok(on!(conn, c =>
        queued.select((diesel::dsl::count_star(), diesel::dsl::min(outbox::created_at)))
            .first(c)
    )?)
}
