//! Shifts: whoever serves counts the cash in their drawer when they begin and when they end, and
//! sees whether what is there is what has to be there. The others who answer for the outlet hear of
//! it: who serves longest there, and the head office.
//!
//! The count is blind: what has to be there is shown only after the end, or a count would be made
//! to fit.

use super::super::context::Context;
use super::super::party;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, Message, Replay, Service};
use super::counter;
use crate::agent_number::AgentNumber;
use crate::book::Change;
use crate::id::{PostingId, ShiftId};
use crate::money::Money;
use crate::refusal::{Reason, Refusal};
use crate::request::Mode;
use crate::store::agent_rows::OutletRow;
use crate::store::people::PersonRow;
use crate::store::records::Record;
use crate::store::shifts::ShiftRow;
use crate::store::wants::Want;
use crate::value::{Kind, Slot, Value};

/// Input `cash`: what is in the drawer.
pub const OPEN: Service = Service {
    name: "open_shift",
    authority: Authority::Assistant,
    opens: 1,
    wants: &[shift],
    decide: open,
    shows: &[Slot("cash", Kind::Sum)],
    refusals: &[Reason::SHIFT_OPEN],
    ..Service::PLAIN
};
/// Input `cash`: what was counted. Shows `opened`, `came`, `went`, `expected`, `cash`,
/// `difference`, `times`.
pub const CLOSE: Service = Service {
    name: "close_shift",
    authority: Authority::Assistant,
    wants: &[shift, drawer],
    decide: close,
    shows: &[
        Slot("opened", Kind::Sum),
        Slot("came", Kind::Sum),
        Slot("went", Kind::Sum),
        Slot("expected", Kind::Sum),
        Slot("cash", Kind::Sum),
        Slot("difference", Kind::Difference),
        Slot("times", Kind::Count),
    ],
    refusals: &[Reason::SHIFT_NONE],
    messages: &[&CLOSED],
    // what had to be there is not asked for
    replay: Replay::TOLD,
    ..Service::PLAIN
};

const CLOSED: Message = Message::plain(
    "sms.shift_closed",
    &[
        Slot("expected", Kind::Sum),
        Slot("cash", Kind::Sum),
        Slot("difference", Kind::Difference),
        Slot("times", Kind::Count),
        Slot("name", Kind::Name),
        Slot("agent", Kind::Phone),
        Slot("time", Kind::Time),
    ],
);

/// No drawer holds more, minor units: texts are measured for it.
const DRAWER_MAX_MINOR: i64 = 10_000_000_000;

fn shift(context: &Context) -> Vec<Want> {
    context.post().map(|post| Want::Shift(post.assistant.id)).into_iter().collect()
}

/// Whatever is done meanwhile moves the float, which is read first: then the drawer is looked at
/// anew.
fn drawer(context: &Context) -> Vec<Want> {
    let Ok(post) = context.post() else { return Vec::new() };
    let Ok(Some(shift)) = context.facts.shift(post.assistant.id) else { return Vec::new() };
    let mut wants = vec![Want::Account(shift.outlet), Want::Drawer(shift.id)];
    let outlets = [post.outlet.float_account].into_iter().chain(post.outlet.head_office);
    wants.extend(outlets.flat_map(|outlet| counter::wants_staff(context, outlet)));
    wants
}

fn open(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let post = context.post()?;
    if context.facts.shift(post.assistant.id)?.is_some() {
        return Err(Reason::SHIFT_OPEN.into());
    }
    let cash = cash(context)?;
    plan.show("cash", Value::Sum(cash));
    let row = ShiftRow {
        id: ShiftId::of(context.fresh_id),
        version: 1,
        last_posting: PostingId::NONE,
        assistant: post.assistant.id,
        outlet: post.outlet.float_account,
        opened_at: context.now.micros(),
        opening_minor: cash.minor,
        closed_at: None,
        expected_minor: None,
        counted_minor: None,
    };
    let changes = vec![Change::keep(Record::Shift(row), OPEN.name)];
    plan.commit(Act { kind: OPEN.name, changes, ..Act::default() });
    Ok(())
}

fn close(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let post = context.post()?;
    let shift = context.facts.shift(post.assistant.id)?.ok_or(Reason::SHIFT_NONE)?;
    let cash = cash(context)?;
    let posting = party::account(context, shift.outlet)?.last_posting;
    let expected_minor = count(context, plan, shift, cash)?;
    let mut slots = plan.shown(&["expected", "cash", "difference", "times"]);
    slots.insert("name".into(), party::name(context.person()?));
    slots.insert("agent".into(), AgentNumber::of(post.outlet.float_account).into());
    slots.insert("time".into(), context.now.time_of_day(&context.config.market.zone).into());
    let row = ShiftRow {
        version: shift.version.saturating_add(1),
        closed_at: Some(context.now.micros()),
        expected_minor: Some(expected_minor),
        counted_minor: Some(cash.minor),
        ..shift.clone()
    };
    let mut changes = vec![
        Change::AtPosting { account: row.outlet, posting },
        Change::keep(Record::Shift(row), CLOSE.name),
    ];
    let concerned = concerned(context, &post.outlet)?;
    changes.extend(
        concerned.into_iter().map(|person| context.tell(person, &CLOSED, slots.clone(), None)),
    );
    plan.commit(Act { kind: CLOSE.name, changes, ..Act::default() });
    Ok(())
}

/// Shows what came and went, and by how much what was counted differs; returns what had to be
/// there, minor units.
fn count(
    context: &Context,
    plan: &mut Plan,
    shift: &ShiftRow,
    cash: Money,
) -> Result<i64, PlanError> {
    let drawer = context.facts.drawer(shift.id)?;
    let expected_minor =
        shift.opening_minor.saturating_add(drawer.in_minor).saturating_sub(drawer.out_minor);
    let sums = [
        ("opened", shift.opening_minor),
        ("came", drawer.in_minor),
        ("went", drawer.out_minor),
        ("expected", expected_minor),
        ("cash", cash.minor),
    ];
    for (slot, minor) in sums {
        plan.show(slot, Value::Sum(context.money(minor)));
    }
    let difference_minor = cash.minor.saturating_sub(expected_minor);
    plan.show("difference", Value::Difference(context.money(difference_minor)));
    plan.show("times", drawer.times);
    Ok(expected_minor)
}

/// Who hears of the end of a shift, where it ends: whose it was, who serves longest at the outlet,
/// and its head office. Each once.
fn concerned<'a>(
    context: &Context<'a>,
    outlet: &OutletRow,
) -> Result<Vec<&'a PersonRow>, PlanError> {
    let mut people = vec![context.person()?];
    if context.mode == Mode::Execute {
        people.extend(context.facts.roster(outlet.float_account)?.people.first());
        if let Some(head) = outlet.head_office {
            people.extend(&context.facts.roster(head)?.people);
        }
    }
    let mut once: Vec<&PersonRow> = Vec::new();
    for person in people {
        if once.iter().all(|known| known.account_id != person.account_id) {
            once.push(person);
        }
    }
    Ok(once)
}

/// The cash that was counted: nothing is an amount too.
fn cash(context: &Context) -> Result<Money, PlanError> {
    let counted = context.config.market.amount_or_none(context.field("cash")?);
    let counted = counted.map_err(|reason| Refusal::of_field(reason, "cash"))?;
    if counted.minor > DRAWER_MAX_MINOR {
        return Err(Refusal::of_field(Reason::AMOUNT_TOO_LARGE, "cash").into());
    }
    Ok(counted)
}
