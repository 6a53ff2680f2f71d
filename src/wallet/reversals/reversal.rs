//! A payment that is asked back: what both sides are told of it, and the ways on which it ends.
//! Which of them it takes, and who may decide that, is not known here.

use super::super::arrangements::kind::{self, Kind, Role};
use super::super::context::Context;
use super::super::message::{Message, With};
use super::super::plan::{Act, PlanError};
use super::super::service_config::ServiceConfig;
use super::super::{outgoing, party};
use crate::book::{Change, HoldMove, Leg, Put};
use crate::calendar::Day;
use crate::id::{AccountId, ArrangementId, HoldId, PostingId};
use crate::money::Money;
use crate::refusal::{Reason, Refusal};
use crate::store::arrangement_rows::{ArrangementRow, Search, Side};
use crate::store::people::PersonRow;
use crate::store::wants::Want;
use crate::time::Timestamp;
use crate::value::{self, Slot, Slots};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use strum::VariantNames;

/// Where who was paid is stopped, it is looked at again after so long.
const AGAIN_AFTER: Duration = Duration::from_secs(24 * 3_600);

/// What was asked back is decided.
pub const UNDO_GONE: Reason = Reason::new("undo_gone");

/// Where it is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr, strum::VariantNames,
)]
#[strum(serialize_all = "snake_case")]
pub enum State {
    /// It waits for who was paid,
    Asked,
    /// or for staff, as they have objected.
    Disputed,
    /// Who was paid gave it back,
    Agreed,
    /// or staff did.
    GivenBack,
    /// Staff left it where it is,
    Released,
    /// or nobody decided.
    Ended,
    /// Nothing of it was there.
    Spent,
}

/// What happens to it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr, strum::VariantNames,
)]
#[strum(serialize_all = "snake_case")]
pub enum Event {
    /// Who was paid gives it back,
    Agree,
    /// or objects.
    Dispute,
    /// Staff give it back,
    GiveBack,
    /// or leave it where it is.
    Release,
    /// Who was paid is stopped: nobody but staff can decide it, and its time does not run out.
    Wait,
    /// Its time is over.
    End,
}

fn apply(state: State, event: Event, role: Role) -> Option<State> {
    match (state, event, role) {
        (State::Asked | State::Disputed, Event::Agree, Role::Other) => Some(State::Agreed),
        (State::Asked, Event::Dispute, Role::Other) => Some(State::Disputed),
        (State::Asked | State::Disputed, Event::GiveBack, Role::Staff) => Some(State::GivenBack),
        (open @ (State::Asked | State::Disputed), Event::Wait, Role::Service) => Some(open),
        (State::Asked | State::Disputed, Event::Release, Role::Staff) => Some(State::Released),
        (State::Asked | State::Disputed, Event::End, Role::Service) => Some(State::Ended),
        (
            State::Asked
            | State::Disputed
            | State::Agreed
            | State::GivenBack
            | State::Released
            | State::Ended
            | State::Spent,
            Event::Agree
            | Event::Dispute
            | Event::GiveBack
            | Event::Release
            | Event::Wait
            | Event::End,
            _anybody,
        ) => None,
    }
}

/// What is asked back, as it waits for an answer.
pub const KIND: Kind = Kind {
    name: "reversal",
    states: State::VARIANTS,
    events: Event::VARIANTS,
    of_staff: false,
    begins: &["asked", "spent"],
    open: &["asked", "disputed"],
    apply: |state, event, role| kind::in_words(state, event, role, apply),
    gone: UNDO_GONE,
    wants: &[],
    wake,
};

/// What only reversals know of themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// The posting that is asked back.
    pub payment: PostingId,
    /// What was sent, minor units.
    pub amount_minor: i64,
    /// What of it is held, minor units.
    pub held_minor: i64,
    /// Until when, microseconds UTC.
    pub expires_at: i64,
    /// Nothing was there, and something of theirs lies where it cannot be called in: that it was
    /// asked takes no place in the quota.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub beyond: bool,
}

/// A payment that is asked back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reversal {
    /// As it is stored.
    pub row: ArrangementRow,
    /// Where it is.
    pub state: State,
    /// Who sent it, and asks.
    pub payer: AccountId,
    /// Who has it.
    pub payee: AccountId,
    /// What is asked.
    pub terms: Terms,
}

impl Reversal {
    /// What is stored, read.
    pub fn of(row: &ArrangementRow) -> Result<Reversal, PlanError> {
        let damaged = PlanError::Damaged("a reversal");
        let state = row.state.parse().map_err(|_word| damaged.clone())?;
        let payee = row.other.ok_or(damaged)?;
        let terms = kind::body(row)?;
        Ok(Reversal { row: row.clone(), state, payer: row.owner, payee, terms })
    }

    /// A new one of the caller's.
    pub fn new(context: &Context, payee: AccountId, terms: Terms) -> Result<Reversal, PlanError> {
        let state = if terms.held_minor > 0 { State::Asked } else { State::Spent };
        let payer = context.person()?.account_id;
        let due_at = (state == State::Asked).then_some(terms.expires_at);
        let subject = terms.payment.to_string();
        let row = KIND.row(context, state.into(), payer, Some(payee));
        let row = ArrangementRow { subject, due_at, body: kind::written(&terms), ..row };
        Ok(Reversal { row, state, payer, payee, terms })
    }

    /// The change that an event makes of it.
    pub fn moved(&self, event: Event, role: Role, note: &str) -> Result<Change, PlanError> {
        KIND.moved(&self.row, event.into(), role, note)
    }

    /// The hold on what was still there.
    pub fn hold(&self) -> HoldId {
        self.row.begun_by.into()
    }
}

/// What must be read to know whether a payment was asked back.
pub fn of_payment(payment: PostingId) -> Search {
    let side = Side::Subject(payment.to_string());
    Search { side, kind: KIND.name, open: false, since: 0, limit: 1 }
}

/// What was asked back of a payment.
pub fn found(context: &Context, payment: PostingId) -> Result<Option<Reversal>, PlanError> {
    context.facts.arrangements(of_payment(payment))?.first().map(Reversal::of).transpose()
}

/// What one side is told of the other.
pub const WORDS: &[Slot] = &[
    Slot("amount", value::Kind::Money),
    Slot("name", value::Kind::Name),
    Slot("phone", value::Kind::Phone),
    Slot("day", value::Kind::Day),
    Slot("dial", value::Kind::Text),
];

/// What was held went back: to who sent it,
pub const BACK: Message = Message::balance("sms.undo_back", WORDS);
/// and to who gave it.
pub const GAVE: Message = Message::balance("sms.undo_gave", WORDS);
/// It stays where it is: to who sent it,
pub const STAYS: Message = Message::plain("sms.undo_stays", WORDS);
/// and to who has it.
pub const FREE: Message = Message::plain("sms.undo_free", WORDS);

/// What one side is told: how much is held, until when, and who the other is.
pub fn words(config: &ServiceConfig, reversal: &Reversal, other: &PersonRow) -> Slots {
    let ends = Day::of(Timestamp::from_micros(reversal.terms.expires_at), &config.market.zone);
    let mut slots = party::sign(config, other);
    slots.insert(
        "amount".into(),
        Money::new(reversal.terms.held_minor, config.market.currency).into(),
    );
    slots.insert("day".into(), ends.into());
    slots.insert("dial".into(), config.dial.clone().into());
    slots
}

/// What must be read to know who asks for what the input `undo` names, asked twice.
pub fn wants(context: &Context) -> Vec<Want> {
    let id = context.field("undo").ok().and_then(|id| id.parse().ok());
    match id.map(|id: ArrangementId| (id, context.facts.arrangement(id))) {
        Some((id, Err(_not_yet))) => vec![Want::Arrangement(id)],
        Some((_, Ok(Some(row)))) => vec![Want::Owner(row.owner)],
        Some((_, Ok(None))) | None => Vec::new(),
    }
}

/// The reversal that the input `undo` names, if it is asked of the caller and not decided; and who
/// asks.
pub fn of_caller<'a>(context: &Context<'a>) -> Result<(Reversal, &'a PersonRow), PlanError> {
    let payee = context.person()?;
    let row = context.facts.arrangement(context.chosen("undo", UNDO_GONE)?)?;
    let row = row.filter(|row| KIND.waits(row, context.now) && row.other == Some(payee.account_id));
    let reversal = Reversal::of(row.ok_or(UNDO_GONE)?)?;
    let payer = context.facts.person(reversal.payer)?;
    Ok((reversal, payer.ok_or(PlanError::Damaged("a reversal for nobody"))?))
}

/// What is held goes back to who sent it.
pub fn back(reversal: &Reversal) -> (Vec<Leg>, Vec<HoldMove>) {
    let held_minor = reversal.terms.held_minor;
    let legs = vec![
        Leg { account: reversal.payee, amount_minor: held_minor.saturating_neg() },
        Leg { account: reversal.payer, amount_minor: held_minor },
    ];
    (legs, vec![HoldMove::Settle { hold: reversal.hold(), amount_minor: held_minor }])
}

/// Both hear that it went back.
pub fn gone_back(
    config: &ServiceConfig,
    reversal: &Reversal,
    payer: &PersonRow,
    payee: &PersonRow,
    now: Timestamp,
) -> [Change; 2] {
    [
        tell(config, reversal, payer, payee, &BACK, now),
        tell(config, reversal, payee, payer, &GAVE, now),
    ]
}

/// Both hear that the money stays where it is.
pub fn stays(
    config: &ServiceConfig,
    reversal: &Reversal,
    payer: &PersonRow,
    payee: &PersonRow,
    now: Timestamp,
) -> [Change; 2] {
    [
        tell(config, reversal, payer, payee, &STAYS, now),
        tell(config, reversal, payee, payer, &FREE, now),
    ]
}

/// A word to one side about the other; with their new balance where money moved.
pub fn tell(
    config: &ServiceConfig,
    reversal: &Reversal,
    to: &PersonRow,
    other: &PersonRow,
    message: &Message,
    now: Timestamp,
) -> Change {
    let account = (message.with == With::Balance).then_some(to.account_id);
    let slots = words(config, reversal, other);
    Change::Tell(outgoing::message(
        &to.msisdn,
        &to.language,
        message.template,
        &slots,
        account,
        now,
    ))
}

/// Its time is over, and nobody has decided: the money stays where it is. Who is stopped can
/// neither agree nor object: that is for staff.
fn wake(
    context: &Context,
    row: &ArrangementRow,
    refused: Option<&Refusal>,
) -> Result<Act, PlanError> {
    if let Some(refusal) = refused {
        return Err(refusal.clone().into());
    }
    let reversal = Reversal::of(row)?;
    let payee = context.facts.owner(reversal.payee)?;
    let payee = payee.ok_or(PlanError::Damaged("a reversal for nobody"))?;
    if !payee.account.state.pays() {
        let event = Event::Wait.into();
        let row = KIND.after(row, event, Role::Service)?;
        let row = ArrangementRow { due_at: Some(context.now.plus(AGAIN_AFTER).micros()), ..row };
        let put = Put { row, event, note: String::new() };
        return Ok(Act { kind: KIND.name, changes: vec![Change::Put(put)], ..Act::default() });
    }
    let payee = &payee.person;
    let ended = reversal.moved(Event::End, Role::Service, "")?;
    let told = stays(context.config, &reversal, context.person()?, payee, context.now);
    let holds = vec![HoldMove::Release { hold: reversal.hold() }];
    let changes = [ended].into_iter().chain(told).collect();
    Ok(Act { kind: "expire", holds, changes, ..Act::default() })
}
