//! The outbox: messages to people, from the posting that caused them to the report of their
//! delivery.

use super::rows::{self, Column, Rows};
use super::schema::outbox;
use super::{Conn, StoreError, on};
use crate::id::{AccountId, PostingId};
use diesel::prelude::*;

/// A message to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMessage {
    /// To whom, as `+254...`.
    pub msisdn: String,
    /// In which language.
    pub language: String,
    /// Which text.
    pub template: String,
    /// Values for the text, as a JSON object of strings.
    pub slots: String,
    /// The posting it tells of: gives code, date and time.
    pub posting_id: Option<PostingId>,
    /// The account it tells of: gives the new balance.
    pub account_id: Option<AccountId>,
    /// Microseconds UTC.
    pub created_at: i64,
    /// When to send it, microseconds UTC.
    pub due_at: i64,
}

/// A message as stored.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
#[expect(missing_docs, reason = "the same fields as NewMessage and the migration")]
pub struct MessageRow {
    pub id: i64,
    pub msisdn: String,
    pub language: String,
    pub template: String,
    pub slots: String,
    pub posting_id: Option<PostingId>,
    pub account_id: Option<AccountId>,
    pub state: String,
    pub attempts: i64,
    pub created_at: i64,
    pub due_at: i64,
    pub sent_at: Option<i64>,
    pub provider_id: Option<String>,
    pub reason: Option<String>,
}

/// By which way a message leaves: its text says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// To the phone.
    Text,
    /// To a mailbox: texts that begin with `mail.`.
    Mail,
}

/// What the texts of letters begin with.
const LETTERS: &str = "mail.%";

/// How a message fared on its way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// The gateway has it, under its own number.
    Sent(String),
    /// To be tried again at this time (microseconds UTC), because of this.
    Later(i64, String),
    /// Not to be tried again, because of this.
    Failed(String),
}

impl MessageRow {
    /// By which way it leaves.
    pub fn channel(&self) -> Channel {
        if self.template.starts_with(LETTERS.trim_end_matches('%')) {
            Channel::Mail
        } else {
            Channel::Text
        }
    }
}

/// Adds messages.
pub fn add<'a>(messages: &'a [NewMessage]) -> Rows<'a> {
    let columns = vec![
        Column::Texts(messages.iter().map(|m| m.msisdn.as_str()).collect()),
        Column::Texts(messages.iter().map(|m| m.language.as_str()).collect()),
        Column::Texts(messages.iter().map(|m| m.template.as_str()).collect()),
        Column::Texts(messages.iter().map(|m| m.slots.as_str()).collect()),
        Column::optional_ids(messages.iter().map(|m| m.posting_id)),
        Column::optional_ids(messages.iter().map(|m| m.account_id)),
        Column::Numbers(messages.iter().map(|m| m.created_at).collect()),
        Column::Numbers(messages.iter().map(|m| m.due_at).collect()),
    ];
    Rows::insert(
        messages.len(),
        columns,
        "INSERT INTO outbox (msisdn, language, template, slots, posting_id, account_id, \
         created_at, due_at)",
        "",
    )
}

/// Whether any message is to be sent this way now.
pub fn is_due(conn: &mut Conn, channel: Channel, now: i64) -> Result<bool, StoreError> {
    let due = outbox::table.filter(outbox::state.eq("queued")).filter(outbox::due_at.le(now));
    let due = due.filter(outbox::template.like(LETTERS).eq(channel == Channel::Mail));
    let first: Option<i64> = on!(conn, c => due.select(outbox::id).first(c).optional())?;
    Ok(first.is_some())
}

/// Takes messages that are to be sent now, the oldest first: until `lease` nobody else is given
/// them. Whoever took them and is gone then has not sent them, or has not said so, and they are
/// sent again.
pub fn claim(
    conn: &mut Conn,
    channel: Channel,
    now: i64,
    lease: i64,
    limit: i64,
) -> Result<Vec<MessageRow>, StoreError> {
    let due = outbox::table.filter(outbox::state.eq("queued")).filter(outbox::due_at.le(now));
    let due = due.filter(outbox::template.like(LETTERS).eq(channel == Channel::Mail));
    let due = due.order((outbox::due_at, outbox::id)).limit(limit);
    let rows: Vec<MessageRow> = match conn {
        Conn::Sqlite(conn) => due.load(conn)?,
        // what another node is taking at this moment is passed over
        Conn::Postgres(pg) => due.for_update().skip_locked().load(&mut pg.inner)?,
    };
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    if !ids.is_empty() {
        let taken = diesel::update(outbox::table.filter(outbox::id.eq_any(&ids)))
            .set(outbox::due_at.eq(lease));
        on!(conn, c => taken.execute(c))?;
    }
    Ok(rows)
}

#[expect(
    clippy::arithmetic_side_effects,
    reason = "the database adds, and refuses what does not fit"
)]
/// Writes how a message fared.
pub fn record(conn: &mut Conn, id: i64, at: i64, fate: &Fate) -> Result<(), StoreError> {
    let row = outbox::table.find(id);
    let tried = outbox::attempts.eq(outbox::attempts + 1);
    match fate {
        Fate::Sent(provider_id) => on!(conn, c => diesel::update(row)
            .set((
                tried,
                outbox::state.eq("sent"),
                outbox::sent_at.eq(at),
                outbox::provider_id.eq(provider_id)
            ))
            .execute(c))?,
        Fate::Later(due_at, reason) => on!(conn, c =>
            diesel::update(row)
                .set((tried, outbox::due_at.eq(due_at), outbox::reason.eq(reason)))
                .execute(c)
        )?,
        Fate::Failed(reason) => on!(conn, c =>
            diesel::update(row)
                .set((tried, outbox::state.eq("failed"), outbox::reason.eq(reason)))
                .execute(c)
        )?,
    };
    Ok(())
}

/// Adds one message that no posting brings.
pub fn tell(conn: &mut Conn, message: &NewMessage) -> Result<(), StoreError> {
    rows::run(conn, &[add(std::slice::from_ref(message))])
}

/// Writes a delivery report: `delivered` or `failed`. Reports come in any order; only a final one
/// that comes first counts. Returns whether the message is known.
pub fn report(
    conn: &mut Conn,
    provider_id: &str,
    state: &str,
    reason: Option<&str>,
) -> Result<bool, StoreError> {
    let ours = outbox::table.filter(outbox::provider_id.eq(provider_id));
    let known: i64 = on!(conn, c => ours.count().get_result(c))?;
    on!(conn, c => diesel::update(ours.filter(outbox::state.eq("sent")))
        .set((outbox::state.eq(state), outbox::reason.eq(reason)))
        .execute(c))?;
    Ok(known > 0)
}

/// How many messages wait, and since when the oldest (microseconds UTC).
pub fn depth(conn: &mut Conn) -> Result<(i64, Option<i64>), StoreError> {
    let queued = outbox::table.filter(outbox::state.eq("queued"));
    Ok(on!(conn, c =>
        queued.select((diesel::dsl::count_star(), diesel::dsl::min(outbox::created_at)))
            .first(c)
    )?)
}

/// What reached a number, the oldest first, at most the newest `limit`.
pub fn inbox(conn: &mut Conn, msisdn: &str, limit: i64) -> Result<Vec<MessageRow>, StoreError> {
    let theirs = outbox::table
        .filter(outbox::msisdn.eq(msisdn))
        .filter(outbox::state.eq_any(["sent", "delivered"]));
    let theirs = theirs.filter(outbox::template.not_like(LETTERS));
    let mut rows: Vec<MessageRow> =
        on!(conn, c => theirs.order(outbox::id.desc()).limit(limit).load(c))?;
    rows.reverse();
    Ok(rows)
}

/// The values of what a number is told last in these words, whether it has left or not.
pub fn newest_to(
    conn: &mut Conn,
    msisdn: &str,
    template: &str,
) -> Result<Option<String>, StoreError> {
    let theirs = outbox::table.filter(outbox::msisdn.eq(msisdn));
    let theirs = theirs.filter(outbox::template.eq(template)).order(outbox::id.desc());
    Ok(on!(conn, c => theirs.select(outbox::slots).first(c).optional())?)
}

/// What left this way, the newest first.
pub fn newest(
    conn: &mut Conn,
    channel: Channel,
    limit: i64,
) -> Result<Vec<MessageRow>, StoreError> {
    let gone = outbox::table.filter(outbox::state.eq_any(["sent", "delivered"]));
    let gone = gone.filter(outbox::template.like(LETTERS).eq(channel == Channel::Mail));
    Ok(on!(conn, c => gone.order(outbox::id.desc()).limit(limit).load(c))?)
}
