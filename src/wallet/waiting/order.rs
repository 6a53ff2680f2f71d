//! A payment order: what its payer wants themselves, by text or at a counter, and pays with their
//! PIN. Who is paid is a person, or an outlet that hands out cash for it; or nobody else, where it
//! is a stored request for something of their own. How it is asked for, and how it is paid, is not
//! known here.

use super::super::arrangements::kind::{self, Kind, Role};
use super::super::arrangements::place::{self, Share};
use super::super::context::{Channel, Context};
use super::super::message::Message;
use super::super::party;
use super::super::plan::{Act, Plan, PlanError};
use super::pending::{self, ORDERS_FULL};
use super::stored_request::StoredRequest;
use crate::book::Change;
use crate::id::{AccountId, ArrangementId, AssistantId};
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::request::Fields;
use crate::store::arrangement_rows::{ArrangementRow, Search, Side};
use crate::store::people::PersonRow;
use crate::store::wants::Want;
use crate::value::{self, Slot, Slots, Value};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use strum::VariantNames;

/// The waiting payment was answered, has expired, or belongs to somebody else.
pub const ORDER_GONE: Reason = Reason::new("order_gone");

/// The same outlet has asked for one that waits.
pub const ALREADY_ASKED: Reason = Reason::new("already_asked");

/// What all outlets together ask of one customer, at most.
const ASKED_MAX: usize = 4;
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
            _anybody,
        ) => None,
    }
}

/// What somebody wants to pay, as it waits for their yes.
pub const KIND: Kind = Kind {
    name: "order",
    states: State::VARIANTS,
    events: Event::VARIANTS,
    of_staff: false,
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
    /// What is asked of the service, where nobody else is paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own: Option<Own>,
}

/// What is asked for something of the payer's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Own {
    /// As its service was asked.
    pub inputs: Fields,
    /// As its service called it.
    pub name: String,
}

/// An order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// As it is stored.
    pub row: ArrangementRow,
    /// Who pays.
    pub payer: AccountId,
    /// Who is paid, where it is somebody else.
    pub payee: Option<AccountId>,
    /// What is to be paid.
    pub terms: Terms,
}

impl Order {
    /// What is stored, read.
    pub fn of(row: &ArrangementRow) -> Result<Order, PlanError> {
        let order =
            Order { row: row.clone(), payer: row.owner, payee: row.other, terms: kind::body(row)? };
        let whole = order.payee.is_some() != order.terms.own.is_some();
        if whole { Ok(order) } else { Err(PlanError::Damaged("an order to nobody")) }
    }

    /// What is asked of its service, where nobody else is paid.
    pub fn request(&self) -> Option<StoredRequest> {
        let own = self.terms.own.as_ref()?;
        let service = self.terms.service.clone();
        Some(StoredRequest { service, inputs: own.inputs.clone() })
    }

    /// What its service called it, where nobody else is paid.
    pub fn own_name(&self) -> Option<Value> {
        self.terms.own.as_ref().map(|own| Value::Name(own.name.clone()))
    }

    /// The same, and in the place of a number the words for its service.
    pub fn own_sign(&self) -> Slots {
        self.own_name().into_iter().flat_map(|name| sign(name, &self.terms.service)).collect()
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
/// The same of something of their own.
pub const OWN_EXPIRED: Message = Message::plain(
    "sms.order_own_expired",
    &[
        Slot("amount", value::Kind::Money),
        Slot("name", value::Kind::Name),
        Slot("dial", value::Kind::Text),
    ],
);
/// To its payer, who wanted something of their own by a text.
pub const OWN_WAITS: Message = Message::plain(
    "sms.order_own",
    &[
        Slot("amount", value::Kind::Money),
        Slot("name", value::Kind::Name),
        Slot("fee", value::Kind::Money),
        Slot("dial", value::Kind::Text),
        Slot("time", value::Kind::Time),
    ],
);
/// What is shown of one that waits.
pub const SHOWS: &[Slot] = &[
    Slot("name", value::Kind::Name),
    Slot("phone", value::Kind::Phone),
    Slot("phone_code", value::Kind::Text),
    Slot("amount", value::Kind::Money),
    Slot("fee", value::Kind::Money),
    Slot("total", value::Kind::Money),
    Slot("arrives", value::Kind::Money),
    Slot("ago", value::Kind::Count),
    Slot("dial", value::Kind::Text),
    Slot("time", value::Kind::Time),
];

/// What a payer wants to pay, as far as it is not over.
pub fn wanted_by(payer: AccountId) -> Search {
    let side = Side::Owner(payer);
    Search { side, kind: KIND.name, open: true, since: 0, limit: pending::SHOWN_MAX }
}

/// What must be read to leave one.
pub fn wants(context: &Context, payer: AccountId) -> Vec<Want> {
    place::wants(context, &KIND, payer)
}

/// An order begins that waits for `payer`, to whom it is shown how and until when it is answered.
/// What is asked for at a counter takes no room from what they want themselves, nor one counter's
/// from another's.
pub fn open(
    context: &Context,
    plan: &mut Plan,
    payer: &PersonRow,
    payee: Option<AccountId>,
    terms: &Terms,
) -> Result<[Change; 2], PlanError> {
    let owner = payer.account_id;
    let outlet = payee.filter(|_| terms.assistant.is_some());
    let place = room(context, owner, outlet)?;
    let due_at = Some(pending::until(context, plan, LIFE).micros());
    let row = KIND.row(context, State::Waiting.into(), owner, payee);
    let row = ArrangementRow { due_at, body: kind::written(terms), ..row };
    Ok([kind::begun(row), place])
}

/// The place of one that its payer wants themselves, or that an outlet asks for: that has one with
/// each customer, and all of them few. What is over and not ended yet takes no room.
fn room(
    context: &Context,
    owner: AccountId,
    outlet: Option<AccountId>,
) -> Result<Change, PlanError> {
    let open = context.facts.arrangements(place::open_of(&KIND, owner))?;
    let waiting = |holds: &dyn Fn(&ArrangementRow) -> bool| {
        open.iter().filter(|row| KIND.waits(row, context.now) && holds(row)).count()
    };
    let own = |row: &ArrangementRow| !is_asked(row);
    let theirs = |row: &ArrangementRow| is_asked(row) && row.other == outlet;
    let (holds, places, full): (&dyn Fn(&ArrangementRow) -> bool, _, _) = match outlet {
        None => (&own, pending::WAITING_MAX, ORDERS_FULL),
        Some(_) if waiting(&is_asked) >= ASKED_MAX => return Err(ORDERS_FULL.into()),
        Some(_) => (&theirs, 1, ALREADY_ASKED),
    };
    if waiting(holds) >= places {
        return Err(full.into());
    }
    place::take_of(context, &KIND, owner, Share { of: outlet, holds })
}

/// Whether somebody at a counter has asked for it.
fn is_asked(row: &ArrangementRow) -> bool {
    Order::of(row).is_ok_and(|order| order.terms.assistant.is_some())
}

/// Plans that something of the caller's own waits for their yes: what its service says to it now is
/// shown and told, and what it refuses is refused.
pub fn leave(context: &Context, plan: &mut Plan, request: StoredRequest) -> Result<Act, PlanError> {
    let payer = context.person()?;
    let asked = request.asked(&context.on(Channel::Sms))?;
    plan.show_all(asked.plan.shown(&["name", "amount", "fee", "total"]));
    if let Some(refusal) = asked.refused {
        return Err(refusal.into());
    }
    let amount = plan.slots.get("amount").and_then(Value::money).or(asked.total());
    let amount = amount.ok_or(PlanError::Damaged("an order without an amount"))?;
    let name = plan.slots.get("name").cloned().unwrap_or(Value::Name(String::new()));
    plan.show_all(sign(name.clone(), &request.service).into());
    let own = Some(Own { inputs: request.inputs, name: name.to_string() });
    let service = request.service;
    let terms = Terms { service, amount_minor: amount.minor, assistant: None, own };
    let begun = open(context, plan, payer, None, &terms)?;
    let told = plan.shown(&["amount", "name", "fee", "dial", "time"]);
    let mut changes = Vec::from(begun);
    changes.push(context.tell(payer, &OWN_WAITS, told, None));
    Ok(Act { kind: KIND.name, changes, ..Act::default() })
}

/// What something of one's own is called by.
fn sign(name: Value, service: &str) -> [(String, Value); 2] {
    [("name".into(), name), ("phone_code".into(), service.to_owned().into())]
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
    let payee = order.payee.map(|payee| party::of(context, &[payee], payee)).transpose()?;
    // between people who are gone it ends without a word
    let (message, sign) = match (order.own_name(), payee.flatten()) {
        (Some(name), _) => (&OWN_EXPIRED, Some(Slots::from([("name".into(), name)]))),
        (None, payee) => (&EXPIRED, payee.map(|payee| payee.sign(context.config))),
    };
    if let Some(mut slots) = sign {
        slots.insert("amount".into(), context.money(order.terms.amount_minor).into());
        slots.insert("dial".into(), context.config.dial.clone().into());
        changes.push(context.tell(context.person()?, message, slots, None));
    }
    Ok(Act { kind: "expire", changes, ..Act::default() })
}
