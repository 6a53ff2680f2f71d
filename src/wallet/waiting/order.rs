//! Orders: a payment that its payer asked for by SMS waits until they approve it on USSD with the
//! PIN, or it expires. What others ask of them waits beside it.

use super::super::context::{Channel, Context};
use super::super::party;
use super::super::people::send;
use super::super::plan::{Act, Plan, PlanError};
use super::super::repetition;
use super::super::service::{ByText, Message, Service};
use super::payment_request;
use super::pending::{self, Sort};
use crate::book::Change;
use crate::id::AccountId;
use crate::store::wants::Want;
use crate::value::{Kind, Slot, Slots, Value};
use std::time::Duration;

/// Inputs `to`, `amount`: leaves an order that waits for its payer.
pub const ORDER: Service = Service {
    name: "order",
    opens: 1,
    wants: &[both, history],
    decide: order,
    shows: &[
        Slot("name", Kind::Name),
        Slot("phone", Kind::Phone),
        Slot("amount", Kind::Money),
        Slot("fee", Kind::Money),
        Slot("total", Kind::Money),
        Slot("arrives", Kind::Money),
        Slot("ago", Kind::Count),
        Slot("dial", Kind::Text),
        Slot("time", Kind::Time),
    ],
    refusals: &[pending::ORDERS_FULL],
    messages: &[&WAITS, &EXPIRED],
    text: Some(ByText::Execute),
    ..Service::PLAIN
};

/// Lists what waits for the caller: `amount`, `name`, `about`.
pub const LIST: Service = Service {
    name: "orders",
    wants: &[waiting, payees],
    decide: list,
    shows: &[Slot("amount", Kind::Money), Slot("name", Kind::Name), Slot("about", Kind::Text)],
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
/// To its payer, who has not answered.
pub const EXPIRED: Message = Message::plain(
    "sms.order_expired",
    &[
        Slot("amount", Kind::Money),
        Slot("name", Kind::Name),
        Slot("phone", Kind::Phone),
        Slot("dial", Kind::Text),
    ],
);

/// What the payer wants themselves, by text or where cash is handed out.
pub const OWN: Sort = Sort {
    kind: send::SERVICE.name,
    life: Duration::from_secs(30 * 60),
    alike: |order| !payment_request::is(order),
};

fn both(context: &Context) -> Vec<Want> {
    let mut wants = party::wants_both(context, "to");
    wants.extend(waiting(context));
    wants
}

fn history(context: &Context) -> Vec<Want> {
    context.person().map(|payer| repetition::wants(context, payer.account_id)).unwrap_or_default()
}

fn order(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let payer = context.person()?;
    let payee = party::payee(context, "to")?;
    let amount = context.amount("amount")?;
    // the same code that will pay it says whether it could be paid now, and what it costs
    send::payment(&context.on(Channel::Sms), plan, payee, amount)?;
    let row = pending::open(context, plan, OWN, payer, payee.account_id, amount)?;
    let told = plan.shown(&["amount", "name", "phone", "fee", "total", "dial", "time"]);
    let changes = vec![Change::OpenOrder(row), context.tell(payer, &WAITS, told, None)];
    plan.commit(Act { kind: ORDER.name, changes, ..Act::default() });
    Ok(())
}

fn waiting(context: &Context) -> Vec<Want> {
    context.person().map(|payer| pending::wants(context, payer.account_id)).into_iter().collect()
}

fn payees(context: &Context) -> Vec<Want> {
    match payee_accounts(context) {
        Ok(accounts) if !accounts.is_empty() => party::wants_of(&accounts),
        Ok(_) | Err(_) => Vec::new(),
    }
}

fn payee_accounts(context: &Context) -> Result<Vec<AccountId>, PlanError> {
    let waiting = context.facts.orders(&pending::wants(context, context.person()?.account_id))?;
    Ok(waiting.iter().map(|order| order.payee).collect())
}

fn list(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let payer = context.person()?;
    let accounts = payee_accounts(context)?;
    for order in context.facts.orders(&pending::wants(context, payer.account_id))? {
        let payee = party::of(context, &accounts, order.payee)?;
        let slots = Slots::from([
            ("amount".into(), context.money(order.amount_minor).into()),
            ("name".into(), payee.map_or(Value::Name(String::new()), |payee| payee.name())),
            ("about".into(), pending::about(order)),
        ]);
        plan.line(order.id, slots);
    }
    Ok(())
}
