//! Asking for money by text, in two: what was understood is read back first, and only when who
//! asks has said yes does anybody else hear of it. A text may be read wrongly, or be sent by a
//! slip; what reaches another person cannot be taken back. One such draft waits at a time.

use super::super::arrangements::kind::{self, Kind, Role};
use super::super::context::Context;
use super::super::party;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{ByText, Message, Service};
use super::asking;
use super::payment_request::NEWS;
use super::{pending, quota};
use crate::book::Change;
use crate::money::Money;
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::store::arrangement_rows::{ArrangementRow, Search, Side};
use crate::store::people::PersonRow;
use crate::store::wants::Want;
use crate::value::Slots;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use strum::VariantNames;

/// Inputs `to`, `amount`, and `reference` where there is one: reads back what would be asked.
pub const REQUEST_BY_TEXT: Service = Service {
    name: "request_by_text",
    opens: 1,
    wants: &[both, room],
    decide: draft,
    shows: NEWS,
    refusals: asking::ASK.refusals,
    messages: &[&READ_BACK],
    text: Some(ByText::Execute),
    ..Service::PLAIN
};

/// It is as it should be: the other is asked.
pub const SEND: Service = Service {
    name: "send_request",
    opens: 1,
    wants: &[drafts, other, other_room],
    decide: send,
    shows: asking::ASK.shows,
    refusals: &[REQUEST_NO_DRAFT, quota::REQUESTS_FULL, quota::REQUEST_BLOCKED],
    messages: asking::ASK.messages,
    text: Some(ByText::Execute),
    ..Service::PLAIN
};

/// It is not: nobody is asked.
pub const DROP: Service = Service {
    name: "drop_request",
    wants: &[drafts, other],
    decide: drop_it,
    shows: NEWS,
    refusals: &[REQUEST_NO_DRAFT],
    messages: &[&DROPPED],
    text: Some(ByText::Execute),
    ..Service::PLAIN
};

/// Nothing was read back that waits for a yes.
pub const REQUEST_NO_DRAFT: Reason = Reason::new("request_no_draft");

const READ_BACK: Message = Message::plain("sms.request_read_back", NEWS);
const DROPPED: Message = Message::plain("sms.request_dropped", NEWS);

/// How long the yes may take: an answer to a text, not to one of yesterday.
const LIFE: Duration = Duration::from_secs(3_600);
/// Drafts of one that are looked through.
const LOOK: i64 = 20;

/// Nobody has heard of it, and nobody hears that it is over.
fn wake(
    _context: &Context,
    row: &ArrangementRow,
    refused: Option<&Refusal>,
) -> Result<Act, PlanError> {
    if let Some(refusal) = refused {
        return Err(refusal.clone().into());
    }
    let over = KIND.moved(row, Event::Expire.into(), Role::Service, "")?;
    Ok(Act { kind: "expire", changes: vec![over], ..Act::default() })
}

/// Where it is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr, strum::VariantNames,
)]
#[strum(serialize_all = "snake_case")]
enum State {
    /// It waits for the yes of who asks.
    Drafted,
    /// It became a request,
    Sent,
    /// or is not wanted, or another one is in its place,
    Dropped,
    /// or nothing was said.
    Expired,
}

/// What happens to it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr, strum::VariantNames,
)]
#[strum(serialize_all = "snake_case")]
enum Event {
    Send,
    Drop,
    Expire,
}

fn apply(state: State, event: Event, role: Role) -> Option<State> {
    match (state, event, role) {
        (State::Drafted, Event::Send, Role::Owner) => Some(State::Sent),
        (State::Drafted, Event::Drop, Role::Owner) => Some(State::Dropped),
        (State::Drafted, Event::Expire, Role::Service) => Some(State::Expired),
        (
            State::Drafted | State::Sent | State::Dropped | State::Expired,
            Event::Send | Event::Drop | Event::Expire,
            _anybody,
        ) => None,
    }
}

/// What somebody has written, and not yet said yes to. The other side is named, and knows nothing.
pub const KIND: Kind = Kind {
    name: "ask_draft",
    states: State::VARIANTS,
    events: Event::VARIANTS,
    of_staff: false,
    begins: &["drafted"],
    open: &["drafted"],
    apply: |state, event, role| kind::in_words(state, event, role, apply),
    gone: REQUEST_NO_DRAFT,
    wants: &[],
    wake,
};

/// What only drafts know of themselves.
#[derive(Debug, Serialize, Deserialize)]
struct Terms {
    amount_minor: i64,
    reference: String,
}

fn both(context: &Context) -> Vec<Want> {
    party::wants_both(context, "to").into_iter().chain(drafts(context)).collect()
}

fn room(context: &Context) -> Vec<Want> {
    match (context.person(), party::payee(context, "to")) {
        (Ok(asker), Ok(payer)) => quota::wants(context, asker.account_id, &[payer.account_id]),
        (Ok(_) | Err(_), Ok(_) | Err(_)) => Vec::new(),
    }
}

/// What the caller has written.
fn written(context: &Context) -> Result<Search, PlanError> {
    let side = Side::Owner(context.person()?.account_id);
    Ok(Search { side, kind: KIND.name, open: true, since: 0, limit: LOOK })
}

fn drafts(context: &Context) -> Vec<Want> {
    let own = context.person().map(|person| Want::Owner(person.account_id));
    let written = written(context).map(Want::Arrangements);
    own.into_iter().chain(written).collect()
}

/// Those of them that wait.
fn open<'a>(context: &Context<'a>) -> Result<Vec<&'a ArrangementRow>, PlanError> {
    let rows = context.facts.arrangements(written(context)?)?;
    Ok(rows.iter().filter(|row| KIND.waits(row, context.now)).collect())
}

/// The newest, which was read back last.
fn newest<'a>(context: &Context<'a>) -> Result<&'a ArrangementRow, PlanError> {
    let newest = open(context)?.into_iter().max_by_key(|row| row.id);
    Ok(newest.ok_or(REQUEST_NO_DRAFT)?)
}

fn other(context: &Context) -> Vec<Want> {
    newest(context).ok().and_then(|draft| draft.other).map(Want::Owner).into_iter().collect()
}

fn other_room(context: &Context) -> Vec<Want> {
    let other = newest(context).ok().and_then(|draft| draft.other);
    match (context.person(), other) {
        (Ok(asker), Some(payer)) => quota::wants(context, asker.account_id, &[payer]),
        (Ok(_) | Err(_), _) => Vec::new(),
    }
}

fn draft(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let asker = context.person()?;
    let payer = party::payee(context, "to")?;
    // the place is taken when they are asked
    asking::may(context, plan, payer)?;
    let amount = context.amount("amount")?;
    asking::payable(context, plan, payer, amount)?;
    let reference = asking::reference(context)?;
    plan.show("about", pending::about(&reference));
    let terms = Terms { amount_minor: amount.minor, reference };
    let row = KIND.row(context, State::Drafted.into(), asker.account_id, Some(payer.account_id));
    let due_at = Some(context.now.plus(LIFE).micros());
    let row = ArrangementRow { due_at, body: kind::written(&terms), ..row };
    let mut changes = dropped(open(context)?)?;
    changes.push(context.tell(asker, &READ_BACK, words(plan), None));
    changes.push(kind::begun(row));
    plan.commit(Act { kind: "draft_ask", changes, ..Act::default() });
    Ok(())
}

fn words(plan: &Plan) -> Slots {
    plan.shown(&["amount", "name", "phone", "about"])
}

fn dropped(rows: Vec<&ArrangementRow>) -> Result<Vec<Change>, PlanError> {
    rows.into_iter().map(|row| KIND.moved(row, Event::Drop.into(), Role::Owner, "")).collect()
}

/// Who is to be asked, if they still take money, and the caller still does.
fn asked<'a>(context: &Context<'a>, draft: &ArrangementRow) -> Result<&'a PersonRow, PlanError> {
    let asker = context.person()?;
    party::payer(context, asker, Reason::ACCOUNT_CLOSED.into())?;
    let id = draft.other.ok_or(PlanError::Damaged("a draft without its other side"))?;
    let closed = || Refusal::of_field(Reason::PAYEE_CLOSED, "to");
    let payer = &context.facts.owner(id)?.ok_or_else(closed)?.person;
    party::receiver(context, payer, closed())?;
    Ok(payer)
}

fn send(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let draft = newest(context)?;
    let payer = asked(context, draft)?;
    let place = asking::may(context, plan, payer)?;
    let terms: Terms = kind::body(draft)?;
    let amount = Money::new(terms.amount_minor, context.config.market.currency);
    asking::payable(context, plan, payer, amount)?;
    let others = open(context)?.into_iter().filter(|row| row.id != draft.id).collect();
    let mut changes = dropped(others)?;
    changes.push(KIND.moved(draft, Event::Send.into(), Role::Owner, "")?);
    changes.extend(asking::begun(context, plan, payer, amount, terms.reference, place)?);
    plan.commit(Act { kind: "ask", changes, ..Act::default() });
    Ok(())
}

fn drop_it(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let asker = context.person()?;
    let draft = newest(context)?;
    let terms: Terms = kind::body(draft)?;
    let amount = Money::new(terms.amount_minor, context.config.market.currency);
    if let Some(payer) = draft.other.and_then(|id| context.facts.owner(id).ok().flatten()) {
        plan.show_all(party::sign(context.config, &payer.person));
    }
    plan.show("amount", amount);
    plan.show("about", pending::about(&terms.reference));
    let mut changes = dropped(open(context)?)?;
    changes.push(context.tell(asker, &DROPPED, words(plan), None));
    plan.commit(Act { kind: "drop_ask", changes, ..Act::default() });
    Ok(())
}
