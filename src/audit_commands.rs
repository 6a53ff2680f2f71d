//! `kadogo audit`: what the staff did, day by day, as the chain has it.

use crate::cli::{AuditArgs, OfficeArgs};
use crate::id::LookId;
use crate::printing::say;
use crate::signed_in::Office;
use crate::staff::role::Right;
use crate::store::looks::{self, LookRow};
use crate::store::trail_rows::{self, TrailRow};
use crate::store::{Conn, StoreError, book_rows};
use crate::time::Timestamp;
use std::process::ExitCode;

/// Postings that are read at a time.
const PAGE: i64 = 1_000;

/// `kadogo audit`
pub async fn run(args: OfficeArgs, audit: AuditArgs) -> anyhow::Result<ExitCode> {
    let office = Office::open(args).await?;
    let done = told(&office, audit).await;
    office.close().await?;
    done.map(|()| ExitCode::SUCCESS)
}

/// Prints what the staff did on a day.
pub async fn told(office: &Office, audit: AuditArgs) -> anyhow::Result<()> {
    office.signs(Right::Audit).await?;
    let zone = &office.app.wallet.config.market.zone;
    let day = audit.day.unwrap_or_else(|| office.app.wallet.clock.now().day(zone));
    let (from, to) = Timestamp::of_day(day, zone);
    let read = move |conn: &mut Conn| of_staff(conn, from.micros(), to.micros());
    let all = office.app.wallet.store.read(read).await?;
    let by = audit.by.map(|name| format!("staff {}", name.trim().to_lowercase()));
    for (at, row, look) in
        all.iter().filter(|(_, row, _)| by.as_ref().is_none_or(|by| row.actor == *by))
    {
        let time = at.rfc3339();
        if office.is_json() {
            say!("{}", json(&time, row, look.as_ref()));
        } else {
            let note = if row.note.is_empty() { String::new() } else { format!(": {}", row.note) };
            let TrailRow { posting_id, actor, event, kind, record_id, .. } = row;
            let look = look.as_ref().map(looked).unwrap_or_default();
            say!("{posting_id} {time} {actor}: {event} {kind} {record_id}{look}{note}");
        }
    }
    Ok(())
}

/// Of whom a look was, or what was looked for, and as what whoever looked worked then.
fn looked(look: &LookRow) -> String {
    let of = look.account.map(|account| format!(" of {account}")).unwrap_or_default();
    let words = match look.words.as_str() {
        "" => String::new(),
        words => format!(" for \"{words}\", {} found", look.found),
    };
    format!("{of}{words} (as {})", look.roles)
}

fn json(time: &str, row: &TrailRow, look: Option<&LookRow>) -> serde_json::Value {
    serde_json::json!({
        "of": look.and_then(|look| look.account).map(|account| account.number()),
        "words": look.map(|look| &look.words),
        "found": look.map(|look| look.found),
        "roles": look.map(|look| &look.roles),
        "posting": row.posting_id.number(),
        "at": time,
        "actor": row.actor,
        "event": row.event,
        "kind": row.kind,
        "record": row.record_id,
        "version": row.version,
        "note": row.note,
    })
}

/// When something happened, what, and where somebody looked at something, at what.
type Event = (Timestamp, TrailRow, Option<LookRow>);

/// What staff did, and what happened to them, between two times, the oldest first.
fn of_staff(conn: &mut Conn, from: i64, to: i64) -> Result<Vec<Event>, StoreError> {
    let first = book_rows::newest_before(conn, from)?.number().saturating_add(1);
    let last = book_rows::newest_before(conn, to)?.number();
    let mut found = Vec::new();
    let mut next = first;
    while next <= last {
        let end = next.saturating_add(PAGE).saturating_sub(1).min(last);
        for row in trail_rows::between(conn, next, end)? {
            if row.actor.starts_with("staff ") || row.kind == "staff" {
                let posting = book_rows::posting(conn, row.posting_id)?;
                let at = posting.map_or(0, |posting| posting.at);
                let look = match row.kind == looks::KIND {
                    true => looks::by_id(conn, LookId::of(row.record_id))?,
                    false => None,
                };
                found.push((Timestamp::from_micros(at), row, look));
            }
        }
        next = end.saturating_add(1);
    }
    Ok(found)
}
