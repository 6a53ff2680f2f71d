//! A PIN that was locked by too many wrong tries takes tries again: the same PIN, which nobody
//! learns. It takes two of the staff, never while the SIM may be a thief's, and its owner hears of
//! it.

use super::super::context::{Context, People};
use super::super::office::two_people::why;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, Message, Service};
use super::sim_change::{self, SIM_CHANGED};
use super::{named, of_them, whose};
use crate::book::{Change, Keep, PIN_ATTEMPTS_MAX};
use crate::reason::Reason;
use crate::staff::role::Right;
use crate::store::pins::PinRow;
use crate::store::records::Record;
use crate::value::{Kind, Slot};

/// The PIN takes tries, or there is none.
pub const PIN_NOT_LOCKED: Reason = Reason::new("pin_not_locked");

/// Inputs `phone`, `why`.
pub const UNLOCK: Service = Service {
    name: "unlock_pin",
    authority: Authority::Staff(Right::Unlock),
    needs: |_context, _plan| People::Two,
    wants: &[named, |context| of_them(context, |them| vec![sim_change::want(them)])],
    decide: unlock,
    shows: &[Slot("name", Kind::Name), Slot("phone", Kind::Phone)],
    refusals: &[PIN_NOT_LOCKED, SIM_CHANGED],
    messages: &[&UNLOCKED],
    ..Service::PLAIN
};

const UNLOCKED: Message = Message::plain("sms.pin_unlocked", &[]);

fn unlock(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let holder = whose(context, plan)?;
    sim_change::not_lately(context, holder.account.id)?;
    let locked = |pin: &&PinRow| pin.attempts >= PIN_ATTEMPTS_MAX && !pin.tag.is_empty();
    let pin = holder.pin.as_ref().filter(locked).ok_or(PIN_NOT_LOCKED)?;
    // a version of its own, with all of it as it was: so the trail says who, and why
    let row = PinRow { version: pin.version.saturating_add(1), ..pin.clone() };
    let id = row.id;
    let note = why(context)?.to_owned();
    let kept = Change::Keep(Keep { record: Record::Pin(row), event: "unlock", note });
    let told = context.tell(&holder.person, &UNLOCKED, Default::default(), None);
    let changes = vec![kept, Change::ClearPin { pin: id }, told];
    plan.commit(Act { kind: "unlock_pin", changes, ..Act::default() });
    Ok(())
}
