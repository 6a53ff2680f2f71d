//! The kind of a standing order: what moves it, and what is done when its time has come. What its
//! service says to the stored request then is committed together with the row's next version, so
//! that however many nodes look, one does it, once.
//!
//! A price that is not the one the payer was told last is never paid on the spot: they are told the
//! new one, and it is paid in the afternoon if they let it. What cannot be paid, in the morning and
//! again in the afternoon, costs nothing; after three in a row the standing order ends itself.

use super::super::super::arrangements::kind::{self, Kind, Role};
use super::super::super::context::Context;
use super::super::super::plan::{Act, PlanError};
use super::super::super::service::Message;
use super::super::stored_request::Asked;
use super::agreed::{self, Terms};
use crate::book::{Change, Put};
use crate::refusal::{Reason, Refusal};
use crate::schedule::Stage;
use crate::store::arrangement_rows::ArrangementRow;
use crate::store::wants::Want;
use strum::VariantNames;

/// No such standing order, or not any more.
pub const STANDING_GONE: Reason = Reason::new("standing_gone");

/// Payments in a row that cannot be made, after which it ends itself.
const FAILED_MAX: i64 = 3;

/// Where it is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr, strum::VariantNames,
)]
#[strum(serialize_all = "snake_case")]
pub enum State {
    /// Something is to be done yet.
    Open,
    /// The last one is over, or too many in a row could not be paid.
    Ended,
    /// Its payer has ended it.
    Cancelled,
}

/// What happens to it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr, strum::VariantNames,
)]
#[strum(serialize_all = "snake_case")]
pub enum Event {
    /// The time of the notice has come.
    Announce,
    /// It is not paid in the morning, but perhaps in the afternoon.
    Postpone,
    /// One is paid,
    Pay,
    /// the last one.
    PayLast,
    /// One is not paid,
    Skip,
    /// and it was the last one.
    SkipLast,
    /// Too many in a row were not paid.
    GiveUp,
    /// Its payer ends it.
    Cancel,
}

fn apply(state: State, event: Event, role: Role) -> Option<State> {
    match (state, event, role) {
        (
            State::Open,
            Event::Announce | Event::Postpone | Event::Pay | Event::Skip,
            Role::Service,
        ) => Some(State::Open),
        (State::Open, Event::PayLast | Event::SkipLast | Event::GiveUp, Role::Service) => {
            Some(State::Ended)
        }
        (State::Open, Event::Cancel, Role::Owner) => Some(State::Cancelled),
        (
            State::Open | State::Ended | State::Cancelled,
            Event::Announce
            | Event::Postpone
            | Event::Pay
            | Event::PayLast
            | Event::Skip
            | Event::SkipLast
            | Event::GiveUp
            | Event::Cancel,
            _anybody,
        ) => None,
    }
}

/// What is done again and again, as it waits for its next day.
pub const KIND: Kind = Kind {
    name: "standing_order",
    states: State::VARIANTS,
    events: Event::VARIANTS,
    of_staff: false,
    begins: &["open"],
    open: &["open"],
    apply: |state, event, role| kind::in_words(state, event, role, apply),
    gone: STANDING_GONE,
    wants: &[
        |context, row| asks(context, row, 0),
        |context, row| asks(context, row, 1),
        |context, row| asks(context, row, 2),
    ],
    wake,
};

/// A standing order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandingOrder {
    /// As it is stored.
    pub row: ArrangementRow,
    /// What was agreed on.
    pub terms: Terms,
}

impl StandingOrder {
    /// What is stored, read.
    pub fn of(row: &ArrangementRow) -> Result<StandingOrder, PlanError> {
        Ok(StandingOrder { row: row.clone(), terms: kind::body(row)? })
    }

    /// A new one of the caller's.
    pub fn new(context: &Context, terms: Terms) -> Result<StandingOrder, PlanError> {
        let payer = context.person()?.account_id;
        let row = KIND.row(context, State::Open.into(), payer, None);
        let due_at = Some(terms.due_at(context));
        let row = ArrangementRow { due_at, body: kind::written(&terms), ..row };
        Ok(StandingOrder { row, terms })
    }

    /// The change with which its payer ends it.
    pub fn cancelled(&self) -> Result<Change, PlanError> {
        KIND.moved(&self.row, Event::Cancel.into(), Role::Owner, "")
    }

    /// The change that an event makes of it when its time has come, and what is agreed from then
    /// on.
    fn moved(&self, context: &Context, event: Event, terms: &Terms) -> Result<Change, PlanError> {
        let row = KIND.after(&self.row, event.into(), Role::Service)?;
        let due_at = row.open.then(|| terms.due_at(context));
        let row = ArrangementRow { due_at, body: kind::written(terms), ..row };
        Ok(Change::Put(Put { row, event: event.into(), note: String::new() }))
    }
}

/// What a step of its service wants to be read. What cannot be decoded wants nothing: that is found
/// out when it is decided.
fn asks(context: &Context, row: &ArrangementRow, step: usize) -> Vec<Want> {
    StandingOrder::of(row).map(|order| order.terms.request.wants(context, step)).unwrap_or_default()
}

/// Its time has come, or what was to be done then was refused by the book.
fn wake(
    context: &Context,
    row: &ArrangementRow,
    refused: Option<&Refusal>,
) -> Result<Act, PlanError> {
    let order = StandingOrder::of(row)?;
    match refused {
        // a mistake of ours is no word for its payer: it is reported, and looked at again
        Some(refusal) if refusal.reason == Reason::INVALID => return Err(refusal.clone().into()),
        Some(refusal) => return fails(context, &order, refusal),
        None => {}
    }
    if context.today() > order.terms.day() {
        // the service was away all day: money does not move on a day that nobody expects
        return skipped(context, &order, &agreed::MISSED, order.terms.failed, None);
    }
    let asked = order.terms.request.asked(context)?;
    match order.terms.stage {
        Stage::Notice => announced(context, &order, &asked),
        Stage::Pay | Stage::Retry => carried_out(context, &order, asked),
    }
}

/// The notice of the day before, with the price of that day.
fn announced(context: &Context, order: &StandingOrder, asked: &Asked) -> Result<Act, PlanError> {
    let terms = order.terms.clone().as_asked(asked).waiting(context, Stage::Pay);
    if asked.total().is_none() && !may_pass(asked.refused.as_ref()) {
        // what a notice cannot be made of is seen again in the morning
        return Ok(note(vec![order.moved(context, Event::Announce, &terms)?]));
    }
    said(context, order, Event::Announce, &terms, &agreed::NOTICE, None)
}

/// Whether it is refused today for what may well be over tomorrow: an account that is frozen.
fn may_pass(refused: Option<&Refusal>) -> bool {
    let frozen = [Reason::ACCOUNT_CLOSED, Reason::PAYEE_CLOSED];
    refused.is_some_and(|refusal| frozen.contains(&refusal.reason))
}

fn carried_out(context: &Context, order: &StandingOrder, asked: Asked) -> Result<Act, PlanError> {
    let terms = &order.terms;
    if asked.total().is_some_and(|total| total != terms.total) {
        return match terms.stage {
            Stage::Retry => fails(context, order, &Reason::PRICE_CHANGED.into()),
            Stage::Notice | Stage::Pay => {
                let terms = terms.clone().as_asked(&asked).waiting(context, Stage::Retry);
                said(context, order, Event::Postpone, &terms, &agreed::PRICE, None)
            }
        };
    }
    if let Some(refusal) = &asked.refused {
        return fails(context, order, refusal);
    }
    let nothing = PlanError::Damaged("a standing order for what does nothing");
    let mut act = asked.plan.act.ok_or(nothing)?;
    let event = if terms.is_last() {
        act.changes.push(word(context, terms, &agreed::OVER, None)?);
        Event::PayLast
    } else {
        Event::Pay
    };
    act.changes.push(order.moved(context, event, &next(context, terms, 0))?);
    Ok(act)
}

/// It could not be paid: once more in the afternoon, and then not this time.
fn fails(context: &Context, order: &StandingOrder, refusal: &Refusal) -> Result<Act, PlanError> {
    let terms = &order.terms;
    let why = Some(refusal.code());
    match terms.stage {
        // what a notice cannot be made of is seen again in the morning
        Stage::Notice => {
            let terms = terms.clone().waiting(context, Stage::Pay);
            Ok(note(vec![order.moved(context, Event::Announce, &terms)?]))
        }
        Stage::Pay => {
            let terms = terms.clone().waiting(context, Stage::Retry);
            said(context, order, Event::Postpone, &terms, &agreed::RETRY, why)
        }
        Stage::Retry => {
            let failed = terms.failed.saturating_add(1);
            if failed >= FAILED_MAX {
                let terms = Terms { failed, ..terms.clone() };
                return said(context, order, Event::GiveUp, &terms, &agreed::ENDED, why);
            }
            let message = if terms.is_last() { &agreed::LAST } else { &agreed::REFUSED };
            skipped(context, order, message, failed, why)
        }
    }
}

/// One is over without having been paid, and the payer hears of that one.
fn skipped(
    context: &Context,
    order: &StandingOrder,
    message: &Message,
    failed: i64,
    why: Option<&'static str>,
) -> Result<Act, PlanError> {
    let event = if order.terms.is_last() { Event::SkipLast } else { Event::Skip };
    let moved = order.moved(context, event, &next(context, &order.terms, failed))?;
    Ok(note(vec![moved, word(context, &order.terms, message, why)?]))
}

/// What is agreed after one is over: the next one waits, if there is one.
fn next(context: &Context, terms: &Terms, failed: i64) -> Terms {
    let done = terms.done.saturating_add(1);
    let stage = terms.schedule.begins_with(done);
    Terms { done, failed, ..terms.clone() }.waiting(context, stage)
}

/// It moves, and the payer is told of what is agreed from then on.
fn said(
    context: &Context,
    order: &StandingOrder,
    event: Event,
    terms: &Terms,
    message: &Message,
    why: Option<&'static str>,
) -> Result<Act, PlanError> {
    let moved = order.moved(context, event, terms)?;
    Ok(note(vec![moved, word(context, terms, message, why)?]))
}

/// A word to the payer, with the code of why not where there is one.
fn word(
    context: &Context,
    terms: &Terms,
    message: &Message,
    why: Option<&'static str>,
) -> Result<Change, PlanError> {
    let mut slots = terms.told(context);
    if let Some(why) = why {
        slots.insert("why_code".into(), why.into());
    }
    Ok(context.tell(context.person()?, message, slots, None))
}

fn note(changes: Vec<Change>) -> Act {
    Act { kind: KIND.name, changes, ..Act::default() }
}
