//! Cash out the other way round: whoever serves at an outlet asks, and an order waits for the
//! customer's yes.
//!
//! Inputs `to`, `amount`; shows the customer's `name` and `phone`, `amount`, `fee`, and how
//! (`dial`) and until when (`time`) they answer. The PIN is that of who serves.

use super::super::context::{Channel, Context};
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, Message, Service};
use super::super::waiting::order::{self, Terms};
use super::super::waiting::pending;
use super::super::{party, pricing};
use super::{cash_out, counter};
use crate::refusal::{Reason, Refusal};
use crate::store::wants::Want;
use crate::value::{Kind, Slot};

/// The service as menus know it.
pub const ASK: Service = Service {
    name: "cash_ask",
    authority: Authority::Assistant,
    opens: 1,
    wants: &[counter::wants_customer, waiting],
    decide,
    shows: &[
        Slot("name", Kind::Name),
        Slot("phone", Kind::Phone),
        Slot("amount", Kind::Money),
        Slot("fee", Kind::Money),
        Slot("dial", Kind::Text),
        Slot("time", Kind::Time),
    ],
    refusals: &[counter::AGENT_SELF, order::ALREADY_ASKED],
    messages: &[&ASKED],
    ..Service::PLAIN
};

const ASKED: Message = Message::plain(
    "sms.cash_ask",
    &[
        Slot("amount", Kind::Money),
        Slot("fee", Kind::Money),
        Slot("dial", Kind::Text),
        Slot("time", Kind::Time),
        Slot("name", Kind::Name),
        Slot("phone", Kind::Phone),
    ],
);

fn waiting(context: &Context) -> Vec<Want> {
    let mut wants = counter::wants_colleague(context);
    let customer = counter::typed(context).map(|customer| customer.account_id);
    wants.extend(customer.into_iter().flat_map(|payer| order::wants(context, payer)));
    wants
}

fn decide(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let post = context.post()?;
    let outlet = &post.outlet;
    let assistant = post.assistant.id;
    let customer = counter::customer(context, plan)?;
    let amount = context.amount("amount")?;
    let context = &context.on(Channel::Agent);
    let fee = pricing::fee(context, cash_out::SERVICE.name, customer, amount)?;
    plan.show("amount", amount);
    plan.show("fee", context.money(fee.payer_minor));
    // whether the customer has so much is none of the outlet's business before they say yes
    let terms = Terms {
        service: cash_out::SERVICE.name.to_owned(),
        amount_minor: amount.minor,
        assistant: Some(assistant.number()),
        own: None,
    };
    let begun = order::open(context, plan, customer, Some(outlet.float_account), &terms);
    let mut changes = Vec::from(begun.map_err(|error| error.refused_as(unsaid))?);
    let mut slots = plan.shown(&["amount", "fee", "dial", "time"]);
    slots.extend(party::outlet_sign(outlet));
    changes.push(context.tell(customer, &ASKED, slots, None));
    plan.commit(Act { kind: ASK.name, changes, ..Act::default() });
    Ok(())
}

/// How many payments wait for the customer is none of the outlet's business either.
fn unsaid(refusal: Refusal) -> Refusal {
    if refusal.reason == pending::ORDERS_FULL { Reason::BUSY.into() } else { refusal }
}
