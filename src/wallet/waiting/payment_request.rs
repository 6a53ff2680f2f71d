//! A request: somebody asks somebody else for money, alone or as a share of a split bill. It waits
//! among the other's payments to approve; of a share they are reminded once. How it is asked for,
//! and how it is paid, is not known here.

use super::super::arrangements::kind::{self, Kind, Role};
use super::super::context::Context;
use super::super::message::Message;
use super::super::party;
use super::super::plan::{Act, PlanError};
use super::super::{ServiceConfig, outgoing};
use super::pending;
use crate::book::{Change, Put};
use crate::calendar::Day;
use crate::id::AccountId;
use crate::money::Money;
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::store::arrangement_rows::{ArrangementRow, Search, Side};
use crate::store::people::PersonRow;
use crate::time::Timestamp;
use crate::value::{self, Slot, Slots, Value};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use strum::VariantNames;

/// A request that was answered, taken back, or has expired.
pub const REQUEST_GONE: Reason = Reason::new("request_gone");

/// How long a request waits.
pub const LIFE: Duration = Duration::from_secs(24 * 3_600);

/// Where it is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr, strum::VariantNames,
)]
#[strum(serialize_all = "snake_case")]
pub enum State {
    /// It waits for the yes of who is asked.
    Waiting,
    /// They have paid it,
    Approved,
    /// or said no,
    Declined,
    /// or nothing.
    Expired,
    /// Who asked has taken it back.
    Cancelled,
}

/// What happens to it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr, strum::VariantNames,
)]
#[strum(serialize_all = "snake_case")]
pub enum Event {
    /// Who is asked pays it,
    Approve,
    /// or says no.
    Decline,
    /// Who asked takes it back.
    Cancel,
    /// Who is asked is reminded of it.
    Remind,
    /// Its time is over.
    Expire,
}

fn apply(state: State, event: Event, role: Role) -> Option<State> {
    match (state, event, role) {
        (State::Waiting, Event::Approve, Role::Other) => Some(State::Approved),
        (State::Waiting, Event::Decline, Role::Other) => Some(State::Declined),
        (State::Waiting, Event::Cancel, Role::Owner) => Some(State::Cancelled),
        (State::Waiting, Event::Remind, Role::Service) => Some(State::Waiting),
        (State::Waiting, Event::Expire, Role::Service) => Some(State::Expired),
        (
            State::Waiting | State::Approved | State::Declined | State::Expired | State::Cancelled,
            Event::Approve | Event::Decline | Event::Cancel | Event::Remind | Event::Expire,
            _anybody,
        ) => None,
    }
}

/// What somebody is asked to pay, as it waits for their yes. Its clock is the reminder, where one
/// is to come, and then its end.
pub const KIND: Kind = Kind {
    name: "request",
    states: State::VARIANTS,
    events: Event::VARIANTS,
    of_staff: false,
    begins: &["waiting"],
    open: &["waiting"],
    apply: |state, event, role| kind::in_words(state, event, role, apply),
    gone: REQUEST_GONE,
    wants: &[],
    wake,
};

/// What only requests know of themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// Minor units.
    pub amount_minor: i64,
    /// What it is for, in the words of who asks; empty where nothing was said.
    pub reference: String,
    /// When it ends, microseconds UTC.
    pub expires_at: i64,
}

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// As it is stored.
    pub row: ArrangementRow,
    /// Where it is.
    pub state: State,
    /// Who asks.
    pub asker: AccountId,
    /// Who is asked.
    pub payer: AccountId,
    /// What for.
    pub terms: Terms,
}

impl Request {
    /// What is stored, read.
    pub fn of(row: &ArrangementRow) -> Result<Request, PlanError> {
        let damaged = PlanError::Damaged("a request");
        let state = row.state.parse().map_err(|_word| damaged.clone())?;
        let payer = row.other.ok_or(damaged)?;
        let terms = kind::body(row)?;
        Ok(Request { row: row.clone(), state, asker: row.owner, payer, terms })
    }

    /// A new one of `asker` that ends then.
    pub fn new(context: &Context, asker: AccountId, payer: AccountId, terms: Terms) -> Request {
        let state = State::Waiting;
        let row = KIND.row(context, state.into(), asker, Some(payer));
        let row =
            ArrangementRow { due_at: Some(terms.expires_at), body: kind::written(&terms), ..row };
        Request { row, state, asker, payer, terms }
    }

    /// Whether it still waits.
    pub fn waits(&self, now: Timestamp) -> bool {
        self.state == State::Waiting && self.terms.expires_at > now.micros()
    }

    /// What it is for, as texts say it.
    pub fn about(&self) -> Value {
        pending::about(&self.terms.reference)
    }

    /// What became of it, in one sign: paid, waiting, or neither.
    pub fn sign(&self, now: Timestamp) -> Value {
        let sign = match self.state {
            State::Approved => "+",
            State::Waiting if self.waits(now) => "?",
            State::Waiting | State::Declined | State::Expired | State::Cancelled => "-",
        };
        sign.into()
    }

    /// The change that an event makes of it.
    pub fn moved(&self, event: Event, role: Role) -> Result<Change, PlanError> {
        KIND.moved(&self.row, event.into(), role, "")
    }
}

/// Those that are found, read.
pub fn read(rows: &[ArrangementRow]) -> Result<Vec<Request>, PlanError> {
    rows.iter().map(Request::of).collect()
}

/// What somebody has asked for since then, whatever became of it.
pub fn made_by(asker: AccountId, since: Timestamp, limit: i64) -> Search {
    let side = Side::Owner(asker);
    Search { side, kind: KIND.name, open: false, since: since.micros(), limit }
}

/// What somebody was asked for since then, whatever became of it.
pub fn made_to(payer: AccountId, since: Timestamp, limit: i64) -> Search {
    let side = Side::Other(payer);
    Search { side, kind: KIND.name, open: false, since: since.micros(), limit }
}

/// What somebody is asked for, as far as it is not over.
pub fn asked_of(payer: AccountId) -> Search {
    let side = Side::Other(payer);
    Search { side, kind: KIND.name, open: true, since: 0, limit: pending::SHOWN_MAX }
}

/// What one side hears of the other.
pub const NEWS: &[Slot] = &[
    Slot("amount", value::Kind::Money),
    Slot("name", value::Kind::Name),
    Slot("phone", value::Kind::Phone),
    Slot("about", value::Kind::Text),
];
/// To who asked: the other has said no.
pub const DECLINED: Message = Message::plain("sms.request_declined", NEWS);
/// To who asked: the other has said nothing.
pub const EXPIRED: Message = Message::plain("sms.request_expired", NEWS);
/// To who was asked: it is taken back.
pub const CANCELLED: Message = Message::plain("sms.request_cancelled", NEWS);
/// To who was asked, and has not answered.
pub const REMINDER: Message = Message::plain(
    "sms.request_reminder",
    &[
        Slot("amount", value::Kind::Money),
        Slot("name", value::Kind::Name),
        Slot("phone", value::Kind::Phone),
        Slot("about", value::Kind::Text),
        Slot("dial", value::Kind::Text),
        Slot("time", value::Kind::Time),
        Slot("date", value::Kind::Day),
    ],
);

/// What a request is: of whom, or for whom, how much, and for what.
pub fn words(config: &ServiceConfig, other: &PersonRow, request: &Request) -> Slots {
    let mut slots = party::sign(config, other);
    let amount = Money::new(request.terms.amount_minor, config.market.currency);
    slots.insert("amount".into(), amount.into());
    slots.insert("about".into(), request.about());
    slots
}

/// What who is asked reads: who asks, for what, and until when and how it is answered.
pub fn until(config: &ServiceConfig, asker: &PersonRow, request: &Request) -> Slots {
    let expires = Timestamp::from_micros(request.terms.expires_at);
    let zone = &config.market.zone;
    let mut slots = words(config, asker, request);
    slots.extend([
        ("dial".into(), config.dial.clone().into()),
        ("time".into(), expires.time_of_day(zone).into()),
        ("date".into(), Day::of(expires, zone).into()),
    ]);
    slots
}

/// A word to one side of a request about what the other has done.
pub fn news(
    config: &ServiceConfig,
    to: &PersonRow,
    message: &Message,
    other: &PersonRow,
    request: &Request,
    now: Timestamp,
) -> Change {
    said(to, message, &words(config, other, request), now)
}

/// What who has not answered is reminded with.
pub fn reminder(
    config: &ServiceConfig,
    request: &Request,
    asker: &PersonRow,
    payer: &PersonRow,
    now: Timestamp,
) -> Change {
    said(payer, &REMINDER, &until(config, asker, request), now)
}

fn said(to: &PersonRow, message: &Message, slots: &Slots, now: Timestamp) -> Change {
    Change::Tell(outgoing::message(&to.msisdn, &to.language, message.template, slots, None, now))
}

/// Who is asked is reminded, or has not answered in time: then who asked hears of it.
fn wake(
    context: &Context,
    row: &ArrangementRow,
    refused: Option<&Refusal>,
) -> Result<Act, PlanError> {
    if let Some(refusal) = refused {
        return Err(refusal.clone().into());
    }
    let request = Request::of(row)?;
    let asker = context.person()?;
    // between people who are gone it goes on, and ends, without a word
    let payer = context.facts.owner(request.payer)?.map(|holder| &holder.person);
    if request.waits(context.now) {
        let event = Event::Remind.into();
        let row = KIND.after(row, event, Role::Service)?;
        let row = ArrangementRow { due_at: Some(request.terms.expires_at), ..row };
        let moved = Change::Put(Put { row, event, note: String::new() });
        let word = |payer| reminder(context.config, &request, asker, payer, context.now);
        let changes = [moved].into_iter().chain(payer.map(word)).collect();
        return Ok(Act { kind: "remind", changes, ..Act::default() });
    }
    let moved = request.moved(Event::Expire, Role::Service)?;
    let word = |payer| news(context.config, asker, &EXPIRED, payer, &request, context.now);
    let changes = [moved].into_iter().chain(payer.map(word)).collect();
    Ok(Act { kind: "expire", changes, ..Act::default() })
}
