//! What people at an outlet set for themselves: from when on its float counts as low, and the PIN
//! for their work.

use super::super::context::Context;
use super::super::people::{pin_change, pin_first};
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, Message, Replay, Service, Unrecorded};
use super::super::{pin_token, receipt};
use crate::book::Change;
use crate::store::agent_rows::OutletRow;
use crate::store::records::Record;
use crate::value::{Kind, Slot};

/// Input `amount`: below that, the float counts as low.
pub const LOW: Service = Service {
    name: "low_float",
    authority: Authority::Assistant,
    decide: low,
    shows: &[Slot("amount", Kind::Money)],
    ..Service::PLAIN
};
/// The secret is the PIN for the work here; answers with slot `pin_proof`.
pub const PROVE: Service = Service {
    name: "prove_agent_pin",
    authority: Authority::Assistant,
    decide: prove,
    shows: &[Slot(pin_token::PROOF, Kind::Code)],
    replay: Replay { unrecorded: Unrecorded::Again, ..Replay::RECEIPT },
    renews_pin: true,
    ..Service::PLAIN
};
/// Takes a new PIN as the secret; answers with slot `new_pin`, its token.
pub const CHOOSE: Service = Service {
    name: "choose_agent_pin",
    decide: choose,
    shows: &[Slot("new_pin", Kind::Code)],
    refusals: &[pin_change::PIN_SAME],
    ..Service::PLAIN
};
/// Takes the new PIN again, compares it with the token in `new_pin` and sets it; the PIN until now
/// was typed first.
pub const CHANGE: Service = Service {
    name: "change_agent_pin",
    authority: Authority::Assistant,
    decide: change,
    refusals: &[pin_change::PIN_SAME, pin_change::PIN_MISMATCH],
    messages: &[&CHANGED],
    renews_pin: true,
    pin_before: true,
    ..Service::PLAIN
};

const CHANGED: Message =
    Message::plain("sms.agent_pin_changed", &[Slot("date", Kind::Day), Slot("time", Kind::Time)]);

fn low(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let outlet = &context.post()?.outlet;
    let amount = context.amount("amount")?;
    plan.show("amount", amount);
    let row = OutletRow { low_float_minor: Some(amount.minor), ..outlet.next() };
    let changes = vec![Change::keep(Record::Outlet(row), "set_low_float")];
    plan.commit(Act { kind: LOW.name, changes, ..Act::default() });
    Ok(())
}

fn choose(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    pin_change::chosen(context, plan, context.post()?.assistant.id.into())
}

fn prove(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    pin_first::proved(context, plan, context.post()?.assistant.id.into())
}

fn change(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let row = pin_change::changed(context, context.post()?.assistant.id.into())?;
    let when = receipt::when(context.config, context.now);
    let news = context.tell(context.person()?, &CHANGED, when, None);
    let changes = vec![Change::keep(Record::Pin(row), CHANGE.name), news];
    plan.commit(Act { kind: CHANGE.name, changes, ..Act::default() });
    Ok(())
}
