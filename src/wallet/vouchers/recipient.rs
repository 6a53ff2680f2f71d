//! Whose number that is, to whom somebody is about to send money: a person's, or nobody's yet.
//! Where money may wait for such a number, that is a question and no refusal.
//!
//! Input `to`; shows `name` and `phone`; flag `unjoined` where the number has no wallet, and what
//! is sent to it would wait there.

use super::super::context::Context;
use super::super::party;
use super::super::plan::{Plan, PlanError};
use super::super::service::Service;
use super::send_unjoined::offered;
use crate::refusal::Reason;
use crate::store::wants::Want;
use crate::value::{Kind, Slot, Value};

/// The service as menus know it. It does nothing: it is asked before anything is.
pub const SERVICE: Service = Service {
    name: "recipient",
    wants: &[both],
    decide,
    shows: &[Slot("name", Kind::Name), Slot("phone", Kind::Phone)],
    ..Service::PLAIN
};

fn both(context: &Context) -> Vec<Want> {
    party::wants_both(context, "to")
}

fn decide(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    match party::payee(context, "to") {
        Ok(payee) => plan.show_all(party::sign(context.config, payee)),
        Err(PlanError::Refused(refusal))
            if refusal.reason == Reason::PAYEE_UNKNOWN && offered(context) =>
        {
            plan.flag("unjoined");
            plan.show("phone", Value::whole(&context.phone("to")?, &context.config.market));
        }
        Err(error) => return Err(error),
    }
    Ok(())
}
