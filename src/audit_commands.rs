//! `kadogo audit`: what the staff did, day by day, as the chain has it.

use crate::agent_number::AgentNumber;
use crate::cli::{AuditArgs, OfficeArgs};
use crate::id::{AccountId, ArrangementId, LookId};
use crate::language::Language;
use crate::printing::say;
use crate::requested;
use crate::signed_in::Office;
use crate::staff::role::Right;
use crate::store::looks::{self, LookRow};
use crate::store::trail_rows::{self, TrailRow};
use crate::store::{Conn, StoreError, agent_rows, arrangement_rows, book_rows};
use crate::time::Timestamp;
use crate::wallet::office::two_people::{self, Wish};
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
    let of = |event: &&Event| by.as_ref().is_none_or(|by| event.row.actor == *by);
    for Event { at, row, about, look } in all.iter().filter(of) {
        if office.is_json() {
            say!("{}", json(&at.rfc3339(), row, about, look.as_ref()));
        } else {
            // as the pages of the staff tell it
            let time = format!("{} {}", at.date_text(zone), at.clock_text(zone));
            let note = note(office, row);
            let TrailRow { posting_id, actor, event, kind, .. } = row;
            let name = record(row);
            let look = look.as_ref().map(looked).unwrap_or_default();
            say!("{posting_id} {time} {actor}: {event} {kind} {name}{look}{about}{note}");
        }
    }
    Ok(())
}

/// What a record is called: an outlet by the number that people know.
fn record(row: &TrailRow) -> String {
    let is_outlet = row.kind == agent_rows::KIND;
    let outlet = || AgentNumber::of(AccountId::of(row.record_id)).to_string();
    if is_outlet { outlet() } else { row.record_id.to_string() }
}

/// Why, in words; of what was refused the reason is told as whoever was refused read it.
fn note(office: &Office, row: &TrailRow) -> String {
    if row.note.is_empty() {
        return String::new();
    }
    let coded = row.note.split_once(": ").filter(|_| row.event == "refused");
    let menus = office.app.menus.get();
    let text = |code: &str| menus.catalogue.text(Language::EN, &format!("refusal.{code}"));
    // which values there were is not recorded
    let words = |code: &str| text(code).filter(|words| !words.contains('{'));
    match coded.and_then(|(what, code)| Some((what, words(code)?))) {
        Some((what, words)) => format!(": {what}: {words}"),
        None => format!(": {}", row.note),
    }
}

/// Which act was asked for, how much, and for whom.
fn asked_for(conn: &mut Conn, row: &TrailRow) -> Result<String, StoreError> {
    if row.kind != two_people::KIND.name {
        return Ok(String::new());
    }
    let found = arrangement_rows::by_id(conn, ArrangementId::of(row.record_id))?;
    let wish = found.and_then(|found| Wish::of(&found).ok());
    Ok(wish.map(|wish| format!(": {}", requested::in_words(&wish))).unwrap_or_default())
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

fn json(time: &str, row: &TrailRow, about: &str, look: Option<&LookRow>) -> serde_json::Value {
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
        "asked_for": about.trim_start_matches(": "),
        "note": row.note,
    })
}

/// Something that happened.
struct Event {
    at: Timestamp,
    row: TrailRow,
    /// What it was about, where somebody asked another one for it.
    about: String,
    /// At what, where somebody looked at something.
    look: Option<LookRow>,
}

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
                let about = asked_for(conn, &row)?;
                found.push(Event { at: Timestamp::from_micros(at), row, about, look });
            }
        }
        next = end.saturating_add(1);
    }
    Ok(found)
}
