//! Who was paid by mistake gives it back: all that is held of it, for nothing.
//!
//! Input `undo`; shows `amount`, `name`, `phone`, `day`, `dial`, `total`.

use super::super::arrangements::Role;
use super::super::context::Context;
use super::super::party;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, Service};
use super::reversal::UNDO_GONE;
use super::reversal::{self, Event, of_caller};
use crate::reason::Reason;
use crate::store::wants::Want;
use crate::value::{Kind, Slot};

/// The service as menus know it.
pub const SERVICE: Service = Service {
    name: "undo_agree",
    authority: Authority::Customer,
    wants: &[asked, reversal::wants],
    decide,
    shows: &[
        Slot("amount", Kind::Money),
        Slot("name", Kind::Name),
        Slot("phone", Kind::Phone),
        Slot("day", Kind::Day),
        Slot("dial", Kind::Text),
        Slot("total", Kind::Money),
    ],
    refusals: &[UNDO_GONE],
    messages: &[&reversal::BACK, &reversal::GAVE],
    ..Service::PLAIN
};

/// What the posting is called that gives something back.
pub const KIND: &str = "reversal";

fn asked(context: &Context) -> Vec<Want> {
    let own = context.caller.person.as_ref().map(|payee| Want::Owner(payee.account_id));
    own.into_iter().chain(reversal::wants(context)).collect()
}

fn decide(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let payee = context.person()?;
    party::payer(context, payee, Reason::ACCOUNT_CLOSED.into())?;
    let (reversal, payer) = of_caller(context)?;
    plan.show_all(reversal::words(context.config, &reversal, payer));
    party::receiver(context, payer, Reason::PAYEE_CLOSED.into())?;
    plan.show("total", context.money(reversal.terms.held_minor));
    let agreed = reversal.moved(Event::Agree, Role::Other, "")?;
    let told = reversal::gone_back(context.config, &reversal, payer, payee, context.now);
    let changes = [agreed].into_iter().chain(told).collect();
    let (legs, holds) = reversal::back(&reversal);
    plan.commit(Act {
        kind: KIND,
        legs,
        holds,
        changes,
        corrects: Some(reversal.terms.payment),
        ..Act::default()
    });
    Ok(())
}
