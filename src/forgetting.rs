//! What the service forgets, and when: what no retry comes back to, what nobody looks back at, what
//! was only of use for some days. It goes in small pieces beside the book, with pauses between
//! them: nobody waits for any of it. What may never be forgotten, such as postings, arrangements
//! that are over, and what the staff did, is not known here.

use crate::app::App;
use crate::store::{
    Conn, StoreError, arrangement_rows, book_rows, dedup, head, outbox_notes, outbox_past,
    staff_sessions,
};
use crate::time::Timestamp;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 3_600);
/// Handled texts, steps and places older than any retry: gateways try for 12 hours.
const RETRIES: Duration = DAY.saturating_mul(3);
/// Reports of messages that are not ours.
const REPORTS: Duration = DAY;
/// Nodes that have written nothing since: a commit that was lost is found out about within minutes.
const NODES: Duration = DAY.saturating_mul(30);
/// Where staff were at work; what they did is kept elsewhere, for good.
const STAFF_SESSIONS: Duration = DAY.saturating_mul(30);
/// What has been over for so long is looked back at by nobody on a phone.
const MOVE_OUT: Duration = DAY.saturating_mul(60);
/// Rows that go in one piece: some milliseconds of one connection,
const PIECE: i64 = 500;
/// and those that are moved from one table to another.
const MOVED: i64 = 100;
/// Between two pieces.
const PAUSE: Duration = Duration::from_millis(20);

/// Forgets what is old; says how many rows. What cannot be forgotten holds up nothing else.
pub async fn forget(app: &App) -> usize {
    let now = app.wallet.clock.now();
    let before = |age: Duration| now.minus(age).micros();
    let (retries, reports, nodes) = (before(RETRIES), before(REPORTS), before(NODES));
    let seen = before(STAFF_SESSIONS);
    let early = move |conn: &mut Conn| outbox_notes::forget_early(conn, reports, PIECE);
    let at_work = move |conn: &mut Conn| staff_sessions::forget(conn, seen, PIECE);
    let forgotten = [
        pieces(app, move |conn| dedup::forget(conn, retries, PIECE)).await,
        pieces(app, early).await,
        pieces(app, move |conn| head::forget(conn, nodes, PIECE)).await,
        pieces(app, at_work).await,
        messages(app, now).await,
        move_out(app).await,
        conversations(app, now).await,
    ];
    let counted = |done: Result<usize, StoreError>| {
        done.unwrap_or_else(|error| {
            tracing::error!(%error, "what is old could not be forgotten");
            0
        })
    };
    forgotten.into_iter().map(counted).fold(0, usize::saturating_add)
}

/// Forgets messages that have arrived, or were given up, for as long as the settings say.
async fn messages(app: &App, now: Timestamp) -> Result<usize, StoreError> {
    let before = now.minus(app.keep_messages).micros();
    let mut after = i64::MIN;
    let mut all = 0_usize;
    loop {
        let piece = move |conn: &mut Conn| outbox_past::forget(conn, before, after, PIECE);
        let (forgotten, next) = app.wallet.book.write_aside(piece).await?;
        all = all.saturating_add(forgotten);
        let Some(next) = next else { return Ok(all) };
        after = next;
        tokio::time::sleep(PAUSE).await;
    }
}

/// Forgets what is left of conversations that are over, for as long as the settings say.
async fn conversations(app: &App, now: Timestamp) -> Result<usize, StoreError> {
    let before = now.minus(app.keep_conversations).micros();
    let mut all = 0_usize;
    loop {
        let gone = app.ussd.sessions.forget(before).await?;
        if gone == 0 {
            return Ok(all);
        }
        all = all.saturating_add(gone);
        tokio::time::sleep(PAUSE).await;
    }
}

/// Moves out what has been over for weeks; says how many rows.
pub async fn move_out(app: &App) -> Result<usize, StoreError> {
    let before = app.wallet.clock.now().minus(MOVE_OUT).micros();
    let read = move |conn: &mut Conn| book_rows::newest_before(conn, before);
    let until = app.wallet.store.read(read).await?;
    pieces(app, move |conn| arrangement_rows::move_out(conn, until, MOVED)).await
}

/// Does a piece after the other until one finds nothing more; says how many rows.
async fn pieces(
    app: &App,
    piece: impl Fn(&mut Conn) -> Result<usize, StoreError> + Clone + Send + 'static,
) -> Result<usize, StoreError> {
    let mut all = 0_usize;
    loop {
        let gone = app.wallet.book.write_aside(piece.clone()).await?;
        if gone == 0 {
            return Ok(all);
        }
        all = all.saturating_add(gone);
        tokio::time::sleep(PAUSE).await;
    }
}
