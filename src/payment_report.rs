//! Everybody's payments of an amount, within some days: the book is read for it from end to end, a
//! page at a time, and it is said how far that is. No index serves that, and none is wanted: who
//! looks for a payment has a name, a number or a code.

use crate::id::PostingId;
use crate::money::Money;
use crate::request::Fields;
use crate::signed_in::Office;
use crate::store::book_rows::PostingRow;
use crate::store::{Conn, StoreError, audit, book_rows};
use crate::time::Timestamp;
use crate::value::{Slots, Value};
use crate::wallet::care::payments_at;
use crate::wallet::office::sign_in::OnDuty;
use crate::wallet::receipt;
use jiff::civil::Date;
use std::time::{Duration, Instant};

/// Postings that are read in one go.
const PAGE: i64 = 5_000;
/// How often it is said how far it is.
const TELL_EVERY: Duration = Duration::from_secs(1);

/// Lists them, the oldest first. That it was asked for is recorded before.
pub async fn run(
    office: &Office,
    duty: &OnDuty,
    minor: String,
    first: Date,
    last: Option<Date>,
    why: String,
) -> anyhow::Result<()> {
    let last = last.unwrap_or(first);
    let days = if first == last { first.to_string() } else { format!("{first} to {last}") };
    let asked = [("amount", minor.clone()), ("days", days), ("why", why)];
    let asked: Fields = asked.into_iter().map(|(name, text)| (name.to_owned(), text)).collect();
    office.look_up(duty, payments_at::REPORT.name, asked).await?;
    let wallet = &office.app.wallet;
    let zone = &wallet.config.market.zone;
    let (from, _) = Timestamp::of_day(first, zone);
    let (_, until) = Timestamp::of_day(last, zone);
    let read = move |conn: &mut Conn| bounds(conn, from, until);
    let (mut next, end) = wallet.store.read(read).await?;
    let total = end.saturating_sub(next).saturating_add(1).max(0);
    let amount: i64 = minor.parse()?;
    let (mut done, mut found, mut told) = (0_i64, 0_u64, Instant::now());
    while next <= end {
        let stop = next.saturating_add(PAGE).saturating_sub(1).min(end);
        let read = move |conn: &mut Conn| page(conn, next, stop, amount);
        for posting in wallet.store.read(read).await? {
            found = found.saturating_add(1);
            office.say("", &line(office, &posting, amount));
        }
        done = done.saturating_add(stop.saturating_sub(next)).saturating_add(1);
        next = stop.saturating_add(1);
        if told.elapsed() >= TELL_EVERY || next > end {
            told = Instant::now();
            eprintln!("{done} of {total} payments read, {found} found");
        }
    }
    Ok(())
}

/// The first and the last posting of a time.
fn bounds(conn: &mut Conn, from: Timestamp, until: Timestamp) -> Result<(i64, i64), StoreError> {
    let before: PostingId = book_rows::newest_before(conn, from.micros())?;
    let last = book_rows::newest_before(conn, until.micros())?;
    Ok((before.next().number(), last.number()))
}

/// Those of a page with a leg of this amount.
fn page(
    conn: &mut Conn,
    first: i64,
    last: i64,
    amount: i64,
) -> Result<Vec<PostingRow>, StoreError> {
    let rows = audit::rows_between(conn, first, last)?;
    let mut of = rows.entries.iter().filter(|leg| leg.amount_minor == amount).peekable();
    let mut found = Vec::new();
    for posting in rows.postings {
        // both are in the order of their numbers
        while of.next_if(|leg| leg.posting_id < posting.id).is_some() {}
        if of.peek().is_some_and(|leg| leg.posting_id == posting.id) {
            found.push(posting);
        }
    }
    Ok(found)
}

fn line(office: &Office, posting: &PostingRow, amount: i64) -> Slots {
    let config = &office.app.wallet.config;
    let at = Timestamp::from_micros(posting.at);
    let mut slots = receipt::slots(config, Some(posting.id), at, None);
    let amount = Money::new(amount, config.market.currency);
    slots.insert("amount".to_owned(), amount.into());
    slots.insert("payment".to_owned(), Value::Text(posting.kind.clone()));
    slots
}
