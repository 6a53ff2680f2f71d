//! A deal's clock strikes: people are reminded, or silence counts. For the buyer while goods are to
//! be delivered, for the seller once they are said to be there. Each once; never unawares, and not
//! while somebody who is to do something, or who gets money, is stopped. Who gets none, and who has
//! closed, holds up nobody.

use super::super::arrangements::{Kind, Role, kind};
use super::super::context::Context;
use super::super::plan::{Act, PlanError};
use super::arbiters;
use super::deal::Deal;
use super::deal_clock::{Clock, Stroke};
use super::paying_out::Payout;
use super::platform::{NO_SHARE, SHARE_STUCK};
use super::terms::Side;
use super::{Event, RULES, State, deal_news};
use crate::book::{Change, Put};
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::store::arrangement_rows::ArrangementRow;
use crate::store::wants::Want;
use crate::time::Timestamp;
use crate::value::{Slots, Value};
use std::time::Duration;

/// Where an account is stopped, it is looked at again after so long.
const AGAIN_AFTER: Duration = Duration::from_secs(6 * 3_600);
/// Where somebody cannot be paid, they hear of it so often.
const DAY: Duration = Duration::from_secs(24 * 3_600);

/// A deal, with its clock.
pub const KIND: Kind = Kind { wants: &[wants], wake, ..RULES };

/// What must be read when its time has come.
fn wants(_context: &Context, row: &ArrangementRow) -> Vec<Want> {
    Deal::of(row).map(|deal| deal.wants()).unwrap_or_default()
}

/// What is done then.
fn wake(
    context: &Context,
    row: &ArrangementRow,
    refused: Option<&Refusal>,
) -> Result<Act, PlanError> {
    let deal = Deal::of(row)?;
    match refused {
        // a mistake of ours: it is reported, and looked at again
        Some(refusal) if refusal.reason == Reason::INVALID => return Err(refusal.clone().into()),
        // there is no room for it at who is to be paid
        Some(cannot_yet) => return stuck(context, &deal, cannot_yet.reason),
        None => {}
    }
    if stands_still(context, &deal)? {
        return waits(&deal, context.now.plus(AGAIN_AFTER), Vec::new());
    }
    let stopped_us = match let_go_minor(&deal) {
        Some(_who_is_stopped_gets_none) => deal.stopped_before_us(context)?,
        None => deal.stopped_us(context)?,
    };
    let due = Timestamp::from_micros(deal.row.due_at.unwrap_or(0));
    let zone = &context.config.market.zone;
    let rules = &context.config.rules;
    match deal.terms.clock.strikes(due, context.now, stopped_us, rules, zone) {
        Stroke::Wait => {
            let changes = vec![deal.moved(context, Event::Wait, Role::Service, "")?];
            Ok(Act { kind: "deal_wait", changes, ..Act::default() })
        }
        Stroke::Remind => {
            let mut deal = deal;
            deal.terms.clock.reminded = true;
            told(context, &deal, Event::Remind, &deal_news::REMINDER)
        }
        Stroke::Asleep(until) => {
            // what they have not heard of does not count by then either
            let mut deal = deal;
            deal.terms.clock.reminded = false;
            waits(&deal, until, Vec::new())
        }
        Stroke::Later(day) => {
            let mut deal = deal;
            deal.terms.clock = Clock::until(day, stopped_us);
            told(context, &deal, Event::Wait, &deal_news::LATER)
        }
        Stroke::RunOut => run_out(context, &deal),
    }
}

/// What is let go by a clock that waits for nobody but who gets money: goods that did not come, or
/// what was decided.
fn let_go_minor(deal: &Deal) -> Option<i64> {
    let ruling = deal.terms.ruling.as_ref().filter(|_| deal.state == State::Ruled);
    let left_minor = deal.terms.left_minor();
    match ruling {
        Some(ruling) => Some(left_minor.saturating_sub(ruling.back_minor.min(left_minor))),
        None => (deal.state == State::Funded).then_some(0),
    }
}

fn stands_still(context: &Context, deal: &Deal) -> Result<bool, PlanError> {
    match let_go_minor(deal) {
        Some(more_minor) => deal.is_out_of_reach(context, &deal.shares(more_minor, true)),
        None if deal.state == State::Delivered => deal.is_stopped(context),
        None => deal.is_stopped_for_now(context),
    }
}

/// Who is expected to do something is told, and, where a time was moved, the other side too.
fn told(
    context: &Context,
    deal: &Deal,
    event: Event,
    message: &super::super::service::Message,
) -> Result<Act, PlanError> {
    let mut changes = vec![deal.moved(context, event, Role::Service, "")?];
    for side in [Side::Buy, Side::Sell] {
        let todo = deal.todo(side);
        let theirs = !todo.starts_with("they_") || event == Event::Wait;
        if theirs && deal.is_heard_of(side) {
            let mut todo = Slots::from([("todo_code".to_owned(), Value::from(todo.to_owned()))]);
            todo.extend(deal.terms.counted());
            changes.push(deal.tell(context, side, message, todo)?);
        }
    }
    Ok(Act { kind: "deal_told", changes, ..Act::default() })
}

/// Silence counts.
fn run_out(context: &Context, deal: &Deal) -> Result<Act, PlanError> {
    let due_minor = deal.terms.due_minor();
    let payout =
        Payout { event: Event::RunOut, role: Role::Service, more_minor: 0, last: true, note: "" };
    match deal.state {
        State::Drafted => {
            let changes = vec![deal.moved(context, Event::RunOut, Role::Service, "")?];
            Ok(Act { kind: "deal_over", changes, ..Act::default() })
        }
        State::Brokered => {
            let mut changes = vec![deal.moved(context, Event::RunOut, Role::Service, "")?];
            changes.push(deal.tell(context, deal.terms.side, &deal_news::EXPIRED, [])?);
            changes.extend(deal.tell_platform(context, &NO_SHARE, 0)?);
            Ok(Act { kind: "deal_over", changes, ..Act::default() })
        }
        State::Offered | State::Countered | State::Accepted => {
            let mut changes = vec![deal.moved(context, Event::RunOut, Role::Service, "")?];
            changes.extend(deal.tell_both(context, &deal_news::EXPIRED, &Slots::new())?);
            changes.extend(deal.tell_platform(context, &NO_SHARE, 0)?);
            Ok(Act { kind: "deal_over", changes, ..Act::default() })
        }
        State::Funded => deal.pays(context, &payout),
        State::Delivered => deal.pays(context, &Payout { more_minor: due_minor, ..payout }),
        State::Ruled => arbiters::carried_out(context, deal, Event::RunOut, Role::Service, ""),
        State::Returning => {
            let mut deal = deal.clone();
            deal.terms.clock = Clock::STILL;
            let mut changes = vec![deal.moved(context, Event::RunOut, Role::Service, "")?];
            changes.extend(deal.tell_both(context, &deal_news::NOT_BROUGHT, &Slots::new())?);
            Ok(Act { kind: "deal_over", changes, ..Act::default() })
        }
        State::Disputed
        | State::Proposed
        | State::Appealed
        | State::Reproposed
        | State::Released
        | State::Refunded
        | State::Settled
        | State::Decided
        | State::Declined
        | State::Withdrawn
        | State::Expired => Err(PlanError::Damaged("a deal whose clock stands still")),
    }
}

/// Who is to be paid cannot take it now: they hear why once a day, and it is tried again. It is the
/// seller who owns what a platform has opened, so that a limit of another's is the platform's.
fn stuck(context: &Context, deal: &Deal, reason: Reason) -> Result<Act, PlanError> {
    let ruling = deal.terms.ruling.as_ref().filter(|_| deal.state == State::Ruled);
    let all_back = ruling.is_some_and(|ruling| ruling.back_minor >= deal.terms.left_minor());
    let side = if deal.state == State::Funded || all_back { Side::Buy } else { Side::Sell };
    let mut news = vec![deal.tell(context, side, &deal_news::STUCK, [])?];
    if reason == Reason::OTHER_LIMIT {
        news.extend(deal.tell_platform(context, &SHARE_STUCK, 0)?);
    }
    waits(deal, context.now.plus(DAY), news)
}

/// Nothing can be done now: it is looked at again then.
fn waits(deal: &Deal, until: Timestamp, news: Vec<Change>) -> Result<Act, PlanError> {
    let event = Event::Wait.into();
    let row = RULES.after(&deal.row, event, Role::Service)?;
    let due_at = Some(until.micros());
    let row = ArrangementRow { due_at, body: kind::written(&deal.terms), ..row };
    let put = Put { row, event, note: String::new() };
    let changes = [Change::Put(put)].into_iter().chain(news).collect();
    Ok(Act { kind: "deal_wait", changes, ..Act::default() })
}
