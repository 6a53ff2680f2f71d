//! How messages fared: what came of handing them over, and what gateways report later, many at a
//! time. A report may come before it is written that the gateway has the message: it is kept, and
//! counts as soon as that is. Nothing here is of the book.

use super::outbox::{self, NewMessage};
use super::rows::{self, Column, Rows};
use super::schema::{early_reports as early, outbox as messages};
use super::{Conn, StoreError, on};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use std::collections::{BTreeMap, HashSet};

/// Reports that came early and are looked at again in one go.
const AGAIN_MAX: i64 = 500;

/// How a message fared on its way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// The gateway has it, under its own name for it, where it gave one.
    Sent(Option<String>),
    /// To be tried again at this time (microseconds UTC), because of this.
    Later(i64, String),
    /// Not to be tried again, because of this.
    Failed(String),
}

/// Something to be written about a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// What came of handing it over.
    Fared {
        /// Its number.
        id: i64,
        /// Tries so far, this one too.
        attempts: i64,
        /// When, microseconds UTC.
        at: i64,
        /// What came of it.
        fate: Fate,
        /// What somebody is told because of it.
        news: Option<NewMessage>,
    },
    /// What its gateway reports.
    Reported {
        /// The gateway's name for it.
        provider_id: String,
        /// `delivered` or `failed`.
        state: String,
        /// Why it failed.
        reason: Option<String>,
        /// When, microseconds UTC.
        at: i64,
    },
}

/// A report: its message's name, the state, why, and when.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
struct ReportRow {
    provider_id: String,
    state: String,
    reason: Option<String>,
    at: i64,
}

/// The columns of fates.
#[derive(Default)]
struct FateColumns<'a> {
    ids: Vec<i64>,
    states: Vec<&'a str>,
    attempts: Vec<i64>,
    due_at: Vec<i64>,
    sent_at: Vec<Option<i64>>,
    provider_ids: Vec<Option<&'a str>>,
    reasons: Vec<Option<&'a str>>,
}

/// Writes notes, in one go; says of each whether it is about a message that is known. What is
/// written twice is so once: only what waits can fare, and only what was sent is reported. Of
/// reports that contradict each other the first final one counts.
pub fn write(conn: &mut Conn, notes: &[Note]) -> Result<Vec<bool>, StoreError> {
    write_news(conn, notes)?;
    rows::run(conn, &[fates(notes)])?;
    let reports: Vec<ReportRow> = notes.iter().filter_map(report_of).collect();
    let known = if reports.is_empty() { HashSet::new() } else { write_reports(conn, &reports)? };
    let sent: Vec<&str> = notes.iter().filter_map(sent_as).collect();
    if !sent.is_empty() {
        let came: Vec<ReportRow> = on!(conn, c =>
            early::table.filter(early::provider_id.eq_any(&sent)).load(c)
        )?;
        catch_up(conn, &came)?;
    }
    Ok(notes.iter().map(|note| is_known(note, &known)).collect())
}

/// Whether any report came early since `since`, microseconds UTC, and is still kept.
pub fn has_early(conn: &mut Conn, since: i64) -> Result<bool, StoreError> {
    let kept = early::table.filter(early::at.ge(since)).select(early::at);
    let first: Option<i64> = on!(conn, c => kept.first(c).optional())?;
    Ok(first.is_some())
}

/// Looks again at reports that came early, since `since`, microseconds UTC: the report and the
/// answer may have been written at one moment by two nodes, neither of which saw the other.
pub fn match_early(conn: &mut Conn, since: i64) -> Result<usize, StoreError> {
    let ready = early::table
        .inner_join(messages::table.on(messages::provider_id.eq(early::provider_id.nullable())))
        .filter(early::at.ge(since))
        .limit(AGAIN_MAX)
        .select((early::provider_id, early::state, early::reason, early::at));
    let came: Vec<ReportRow> = on!(conn, c => ready.load(c))?;
    catch_up(conn, &came)?;
    Ok(came.len())
}

/// Forgets some of the reports that came before then and were of no message; says how many.
pub fn forget_early(conn: &mut Conn, before: i64, limit: i64) -> Result<usize, StoreError> {
    let old = early::table.filter(early::at.lt(before)).order(early::at).limit(limit);
    let old: Vec<String> = on!(conn, c => old.select(early::provider_id).load(c))?;
    let those = early::table.filter(early::provider_id.eq_any(&old));
    Ok(on!(conn, c => diesel::delete(those).execute(c))?)
}

fn catch_up(conn: &mut Conn, came: &[ReportRow]) -> Result<(), StoreError> {
    if came.is_empty() {
        return Ok(());
    }
    write_reports(conn, came)?;
    let names: Vec<&str> = came.iter().map(|report| report.provider_id.as_str()).collect();
    let those = early::table.filter(early::provider_id.eq_any(names));
    on!(conn, c => diesel::delete(those).execute(c))?;
    Ok(())
}

/// Writes reports; those of messages that nobody has sent yet are kept. Says which are known.
fn write_reports(conn: &mut Conn, all: &[ReportRow]) -> Result<HashSet<String>, StoreError> {
    let mut first: BTreeMap<&str, &ReportRow> = BTreeMap::new();
    for report in all {
        first.entry(&report.provider_id).or_insert(report);
    }
    let names: Vec<&str> = first.keys().copied().collect();
    let sent = messages::table.filter(messages::provider_id.eq_any(&names));
    let known: Vec<Option<String>> = on!(conn, c => sent.select(messages::provider_id).load(c))?;
    let known: HashSet<String> = known.into_iter().flatten().collect();
    let (ours, others): (Vec<&ReportRow>, Vec<&ReportRow>) =
        first.into_values().partition(|report| known.contains(&report.provider_id));
    let columns = vec![names_of(&ours), states_of(&ours), reasons_of(&ours)];
    let reported = Rows::update(ours.len(), columns, "outbox", "provider_id", &["state", "reason"])
        .only_where("outbox.state = 'sent'");
    let at = Column::Numbers(others.iter().map(|report| report.at).collect());
    let columns = vec![names_of(&others), states_of(&others), reasons_of(&others), at];
    let head = "INSERT INTO early_reports (provider_id, state, reason, at)";
    let kept = Rows::insert(others.len(), columns, head, "ON CONFLICT DO NOTHING");
    rows::run(conn, &[reported, kept])?;
    Ok(known)
}

fn names_of<'a>(reports: &[&'a ReportRow]) -> Column<'a> {
    Column::Texts(reports.iter().map(|report| report.provider_id.as_str()).collect())
}

fn states_of<'a>(reports: &[&'a ReportRow]) -> Column<'a> {
    Column::Texts(reports.iter().map(|report| report.state.as_str()).collect())
}

fn reasons_of<'a>(reports: &[&'a ReportRow]) -> Column<'a> {
    Column::OptionalTexts(reports.iter().map(|report| report.reason.as_deref()).collect())
}

/// The fates among the notes, in one statement.
fn fates(notes: &[Note]) -> Rows<'_> {
    let mut new = FateColumns::default();
    for note in notes {
        let Note::Fared { id, attempts, at, fate, news: _ } = note else { continue };
        let (state, due_at, sent_at, provider_id, reason) = match fate {
            Fate::Sent(name) => ("sent", *at, Some(*at), name.as_deref(), None),
            Fate::Later(due_at, reason) => ("queued", *due_at, None, None, Some(reason.as_str())),
            Fate::Failed(reason) => ("failed", *at, None, None, Some(reason.as_str())),
        };
        new.ids.push(*id);
        new.states.push(state);
        new.attempts.push(*attempts);
        new.due_at.push(due_at);
        new.sent_at.push(sent_at);
        new.provider_ids.push(provider_id);
        new.reasons.push(reason);
    }
    let count = new.ids.len();
    let columns = vec![
        Column::Numbers(new.ids),
        Column::Texts(new.states),
        Column::Numbers(new.attempts),
        Column::Numbers(new.due_at),
        Column::Optional(new.sent_at),
        Column::OptionalTexts(new.provider_ids),
        Column::OptionalTexts(new.reasons),
    ];
    let set = &["state", "attempts", "due_at", "sent_at", "provider_id", "reason"];
    // whoever had it in hand for too long may find that somebody else has sent it
    Rows::update(count, columns, "outbox", "id", set).only_where("outbox.state = 'queued'")
}

/// What is told because of a fate goes with it, and so once: of what waits no more it was told.
fn write_news(conn: &mut Conn, notes: &[Note]) -> Result<(), StoreError> {
    let news: BTreeMap<i64, &NewMessage> = notes.iter().filter_map(news_of).collect();
    if news.is_empty() {
        return Ok(());
    }
    let ids: Vec<i64> = news.keys().copied().collect();
    let waiting = messages::table.filter(messages::id.eq_any(&ids));
    let waiting = waiting.filter(sql::<Bool>("outbox.state = 'queued'")).select(messages::id);
    let waiting: Vec<i64> = on!(conn, c => waiting.load(c))?;
    let told = waiting.iter().filter_map(|id| news.get(id).copied().cloned());
    outbox::tell(conn, &told.collect::<Vec<_>>())
}

fn news_of(note: &Note) -> Option<(i64, &NewMessage)> {
    match note {
        Note::Fared { id, news, .. } => news.as_ref().map(|news| (*id, news)),
        Note::Reported { .. } => None,
    }
}

fn sent_as(note: &Note) -> Option<&str> {
    match note {
        Note::Fared { fate: Fate::Sent(name), .. } => name.as_deref(),
        Note::Fared { fate: Fate::Later(..) | Fate::Failed(_), .. } | Note::Reported { .. } => None,
    }
}

fn report_of(note: &Note) -> Option<ReportRow> {
    let Note::Reported { provider_id, state, reason, at } = note else { return None };
    let (provider_id, state, reason) = (provider_id.clone(), state.clone(), reason.clone());
    Some(ReportRow { provider_id, state, reason, at: *at })
}

fn is_known(note: &Note, known: &HashSet<String>) -> bool {
    match note {
        Note::Fared { .. } => true,
        Note::Reported { provider_id, .. } => known.contains(provider_id),
    }
}
