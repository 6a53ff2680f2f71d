//! A PIN that its owner has forgotten: two of the staff have a start PIN sent to the number itself,
//! and to no other one, never while its SIM may be a thief's. Nobody of the staff sees it, and all
//! that it opens is the choice of another one.

use super::super::context::{Context, People};
use super::super::office::two_people::why;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, Message, Service};
use super::super::start_pin;
use super::sim_change::{self, SIM_CHANGED};
use super::{named, of_them, whose};
use crate::book::{Change, Keep};
use crate::reason::Reason;
use crate::staff::role::Right;
use crate::store::records::Record;
use crate::value::{Kind, Slot, Slots};

/// There is no PIN: they choose one when they dial.
pub const PIN_NONE: Reason = Reason::new("pin_none");

/// Inputs `phone`, `why`.
pub const RESET: Service = Service {
    name: "send_start_pin",
    authority: Authority::Staff(Right::Unlock),
    needs: |_context, _plan| People::Two,
    wants: &[named, |context| of_them(context, |them| vec![sim_change::want(them)])],
    decide: reset,
    shows: &[Slot("name", Kind::Name), Slot("phone", Kind::Phone)],
    refusals: &[PIN_NONE, SIM_CHANGED],
    messages: &[&SENT],
    ..Service::PLAIN
};

const SENT: Message = Message::plain("sms.start_pin", &[start_pin::SLOT, Slot("dial", Kind::Text)]);

fn reset(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let holder = whose(context, plan)?;
    sim_change::not_lately(context, holder.account.id)?;
    let pin = holder.pin.as_ref().ok_or(PIN_NONE)?;
    let note = why(context)?.to_owned();
    let person = &holder.person;
    let version = pin.version.saturating_add(1);
    let (row, seed) = start_pin::drawn(context, pin.id, &person.msisdn, version)?;
    let told = Slots::from([
        (start_pin::SLOT.0.to_owned(), seed),
        ("dial".to_owned(), context.config.dial.clone().into()),
    ]);
    let kept = Change::Keep(Keep { record: Record::Pin(row), event: "start_pin", note });
    let sent = context.tell(person, &SENT, told, None);
    let changes = vec![kept, Change::ClearPin { pin: pin.id }, sent];
    plan.commit(Act { kind: "start_pin", changes, ..Act::default() });
    Ok(())
}
