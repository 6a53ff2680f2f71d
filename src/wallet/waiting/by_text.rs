//! A payment that its payer asks for by SMS waits until they approve it on USSD with the PIN, or it
//! expires: a text alone moves nothing.

use super::super::context::{Channel, Context};
use super::super::party;
use super::super::people::send;
use super::super::plan::{Act, Plan, PlanError};
use super::super::repetition;
use super::super::service::{ByText, Message, Service};
use super::order::{self, Terms};
use super::pending;
use crate::store::wants::Want;
use crate::value::{Kind, Slot};

/// Inputs `to`, `amount`: leaves an order that waits for its payer.
pub const ORDER: Service = Service {
    name: "order",
    opens: 1,
    wants: &[both, history],
    decide: ask,
    shows: order::SHOWS,
    refusals: &[pending::ORDERS_FULL],
    messages: &[&WAITS, &order::EXPIRED, &order::OWN_WAITS, &order::OWN_EXPIRED],
    text: Some(ByText::Execute),
    ..Service::PLAIN
};

const WAITS: Message = Message::plain(
    "sms.order",
    &[
        Slot("amount", Kind::Money),
        Slot("name", Kind::Name),
        Slot("phone", Kind::Phone),
        Slot("fee", Kind::Money),
        Slot("total", Kind::Money),
        Slot("dial", Kind::Text),
        Slot("time", Kind::Time),
    ],
);

fn both(context: &Context) -> Vec<Want> {
    let mut wants = party::wants_both(context, "to");
    let payer = context.person().map(|payer| payer.account_id);
    wants.extend(payer.into_iter().flat_map(|payer| order::wants(context, payer)));
    wants
}

fn history(context: &Context) -> Vec<Want> {
    context.person().map(|payer| repetition::wants(context, payer.account_id)).unwrap_or_default()
}

fn ask(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let payer = context.person()?;
    let payee = party::payee(context, "to")?;
    let amount = context.amount("amount")?;
    // the same code that will pay it says whether it could be paid now, and what it costs
    send::payment(&context.on(Channel::Sms), plan, payee, amount)?;
    let service = send::SERVICE.name.to_owned();
    let terms = Terms { service, amount_minor: amount.minor, assistant: None, own: None };
    let begun = order::open(context, plan, payer, Some(payee.account_id), &terms)?;
    let told = plan.shown(&["amount", "name", "phone", "fee", "total", "dial", "time"]);
    let mut changes = Vec::from(begun);
    changes.push(context.tell(payer, &WAITS, told, None));
    plan.commit(Act { kind: ORDER.name, changes, ..Act::default() });
    Ok(())
}
