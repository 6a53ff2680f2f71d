//! A payment order: what its payer wants themselves, by text or at a counter, and pays with their
//! PIN. Who is paid is a person, or an outlet that hands out cash for it. How it is asked for, and
//! how it is paid, is not known here.

use super::super::arrangements::kind::{self, Kind, Role};
use super::super::context::Context;
use super::super::message::Message;
use super::super::party;
use super::super::plan::{Act, Plan, PlanError};
use super::pending;
use crate::book::Change;
use crate::id::{AccountId, ArrangementId, AssistantId};
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::store::arrangement_rows::{ArrangementRow, Search, Side};
use crate::store::people::PersonRow;
use crate::store::wants::Want;
use crate::value::{self, Slot};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use strum::VariantNames;

/// The waiting payment was answered, has expired, or belongs to somebody else.
pub const ORDER_GONE: Reason = Reason::new("order_gone");

/// How long it waits.
const LIFE: Duration = Duration::from_secs(30 * 60);

/// Where it is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr, strum::VariantNames,
)]
#[strum(serialize_all = "snake_case")]
pub enum State {
    /// It waits for its payer's yes.
    Waiting,
    /// They have paid it,
    Approved,
    /// or said no,
    Declined,
    /// or nothing.
    Expired,
}

/// What happens to it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr, strum::VariantNames,
)]
#[strum(serialize_all = "snake_case")]
pub enum Event {
    /// Its payer pays it,
    Approve,
    /// or does not want it any more.
    Decline,
    /// Its time is over.
    Expire,
}

fn apply(state: State, event: Event, role: Role) -> Option<State> {
    match (state, event, role) {
        (State::Waiting, Event::Approve, Role::Owner) => Some(State::Approved),
        (State::Waiting, Event::Decline, Role::Owner) => Some(State::Declined),
        (State::Waiting, Event::Expire, Role::Service) => Some(State::Expired),
        (
            State::Waiting | State::Approved | State::Declined | State::Expired,
            Event::Approve | Event::Decline | Event::Expire,
            Role::Owner | Role::Other | Role::Assistant | Role::Staff | Role::Service,
        ) => None,
    }
}

/// What somebody wants to pay, as it waits for their yes.
pub const KIND: Kind = Kind {
    name: "order",
    states: State::VARIANTS,
    events: Event::VARIANTS,
    begins: &["waiting"],
    open: &["waiting"],
    apply: |state, event, role| kind::in_words(state, event, role, apply),
    gone: ORDER_GONE,
    wants: &[payee],
    wake,
};

/// What only orders know of themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// The service that pays it.
    pub service: String,
    /// Minor units.
    pub amount_minor: i64,
    /// Who serves and has asked for the yes, where it was not the payer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assistant: Option<i64>,
}

/// An order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// As it is stored.
    pub row: ArrangementRow,
    /// Who pays.
    pub payer: AccountId,
    /// Who is paid.
    pub payee: AccountId,
    /// What is to be paid.
    pub terms: Terms,
}

impl Order {
    /// What is stored, read.
    pub fn of(row: &ArrangementRow) -> Result<Order, PlanError> {
        let payee = row.other.ok_or(PlanError::Damaged("an order to nobody"))?;
        Ok(Order { row: row.clone(), payer: row.owner, payee, terms: kind::body(row)? })
    }

    /// The change that an event makes of it.
    pub fn moved(&self, event: Event, role: Role) -> Result<Change, PlanError> {
        KIND.moved(&self.row, event.into(), role, "")
    }
}

/// To its payer, who has not answered.
pub const EXPIRED: Message = Message::plain(
    "sms.order_expired",
    &[
        Slot("amount", value::Kind::Money),
        Slot("name", value::Kind::Name),
        Slot("phone", value::Kind::Phone),
        Slot("dial", value::Kind::Text),
    ],
);

/// What a payer wants to pay, as far as it is not over.
pub fn wanted_by(payer: AccountId) -> Search {
    let side = Side::Owner(payer);
    Search { side, kind: KIND.name, open: true, since: 0, limit: pending::SHOWN_MAX }
}

/// An order that waits for `payer`, to whom it is shown how and until when it is answered.
pub fn open(
    context: &Context,
    plan: &mut Plan,
    payer: &PersonRow,
    payee: AccountId,
    terms: &Terms,
) -> Result<ArrangementRow, PlanError> {
    let wanted = context.facts.arrangements(wanted_by(payer.account_id))?;
    pending::room(wanted.iter().filter(|row| KIND.waits(row, context.now)).count())?;
    let due_at = Some(pending::until(context, plan, LIFE).micros());
    let row = KIND.row(context, State::Waiting.into(), payer.account_id, Some(payee));
    Ok(ArrangementRow { due_at, body: kind::written(terms), ..row })
}

/// What must be read to know who has asked for the yes to what is being answered, if something is.
pub fn wants_asked_by(context: &Context) -> Option<Want> {
    answered(context).map(Want::Arrangement)
}

/// Who serves and has asked for the yes to it.
pub fn asked_by(context: &Context) -> Result<Option<AssistantId>, PlanError> {
    let Some(answered) = answered(context) else { return Ok(None) };
    let row = context.facts.arrangement(answered)?.filter(|row| row.kind == KIND.name);
    let Some(row) = row else { return Ok(None) };
    Ok(Order::of(row)?.terms.assistant.map(AssistantId::of))
}

fn answered(context: &Context) -> Option<ArrangementId> {
    context.fields.get("order").and_then(|order| order.parse().ok())
}

fn payee(_context: &Context, row: &ArrangementRow) -> Vec<Want> {
    row.other.map(|payee| party::wants_of(&[payee])).unwrap_or_default()
}

/// Nobody has answered it: its payer hears of it.
fn wake(
    context: &Context,
    row: &ArrangementRow,
    refused: Option<&Refusal>,
) -> Result<Act, PlanError> {
    if let Some(refusal) = refused {
        return Err(refusal.clone().into());
    }
    let order = Order::of(row)?;
    let mut changes = vec![order.moved(Event::Expire, Role::Service)?];
    // between people who are gone it ends without a word
    if let Some(payee) = party::of(context, &[order.payee], order.payee)? {
        let mut slots = payee.sign();
        slots.insert("amount".into(), context.money(order.terms.amount_minor).into());
        slots.insert("dial".into(), context.config.dial.clone().into());
        changes.push(context.tell(context.person()?, &EXPIRED, slots, None));
    }
    Ok(Act { kind: "expire", changes, ..Act::default() })
}
