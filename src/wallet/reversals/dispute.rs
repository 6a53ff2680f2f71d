//! Who was paid objects to giving it back: it was no mistake. Then staff decide, or its time is
//! over.
//!
//! Input `undo`; shows `amount`, `name`, `phone`, `day`, `dial`.

use super::super::arrangements::Role;
use super::super::context::Context;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Message, Service};
use super::reversal::UNDO_GONE;
use super::reversal::{self, Event, State, WORDS, of_caller, tell};
use crate::reason::Reason;

/// The service as menus know it.
pub const SERVICE: Service = Service {
    name: "undo_dispute",
    wants: &[reversal::wants, reversal::wants],
    decide,
    shows: WORDS,
    refusals: &[UNDO_GONE, UNDO_OBJECTED],
    messages: &[&DISPUTED, &OBJECTED],
    ..Service::PLAIN
};

/// Who is asked for it objected before; staff decide.
pub const UNDO_OBJECTED: Reason = Reason::new("undo_objected");

/// To who asks,
const DISPUTED: Message = Message::plain("sms.undo_disputed", WORDS);
/// and to who objects.
const OBJECTED: Message = Message::plain("sms.undo_objected", WORDS);

fn decide(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let payee = context.person()?;
    let (reversal, payer) = of_caller(context)?;
    plan.show_all(reversal::words(context.config, &reversal, payer));
    if reversal.state == State::Disputed {
        return Err(UNDO_OBJECTED.into());
    }
    let config = context.config;
    let now = context.now;
    let changes = vec![
        reversal.moved(Event::Dispute, Role::Other, "")?,
        tell(config, &reversal, payer, payee, &DISPUTED, now),
        tell(config, &reversal, payee, payer, &OBJECTED, now),
    ];
    plan.commit(Act { kind: "dispute", changes, ..Act::default() });
    Ok(())
}
