//! Requests: somebody asks somebody else for money. What they ask for waits among the other's
//! payments to approve; it is paid with the payer's PIN, at the price of sending, or declined, or
//! it expires, and the asker hears of each.

use super::super::context::{Channel, Context};
use super::super::official::sounds_official;
use super::super::party::{self, Party};
use super::super::people::send;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{ByText, Message, Service, Settle};
use super::super::{ServiceConfig, outgoing, pricing};
use super::pending::{self, Sort};
use super::quota;
use crate::book::Change;
use crate::calendar::Day;
use crate::money::Money;
use crate::refusal::{Reason, Refusal};
use crate::store::order_rows::OrderRow;
use crate::store::people::PersonRow;
use crate::store::wants::Want;
use crate::text;
use crate::time::Timestamp;
use crate::value::{Kind, Slot, Slots, Value};
use std::time::Duration;

/// Inputs `to`, `amount`, and `reference` where there is one: asks.
pub const ASK: Service = Service {
    name: "request",
    opens: 1,
    wants: &[both, room],
    decide: ask,
    shows: &[
        Slot("name", Kind::Name),
        Slot("phone", Kind::Phone),
        Slot("amount", Kind::Money),
        Slot("about", Kind::Text),
        Slot("dial", Kind::Text),
        Slot("time", Kind::Time),
    ],
    refusals: &[quota::REQUESTS_FULL, quota::REQUEST_BLOCKED],
    messages: &[&SENT, &ASKED, &EXPIRED, &send::SENT, &send::RECEIVED, &send::RECEIVED_LESS],
    text: Some(ByText::Execute),
    settles: Some(Settle { channel: Channel::Ussd, wants: send::to_settle, pay }),
    ..Service::PLAIN
};

/// Lists what the caller asked for in the last days: `sign`, `amount`, `name`, `about`.
pub const MINE: Service = Service {
    name: "requests",
    wants: &[of_late, payers],
    decide: mine,
    shows: &[
        Slot("sign", Kind::Text),
        Slot("amount", Kind::Money),
        Slot("name", Kind::Name),
        Slot("about", Kind::Text),
    ],
    ..Service::PLAIN
};

/// Input `request`: takes it back.
pub const CANCEL: Service = Service {
    name: "cancel_request",
    wants: &[named, payer],
    decide: cancel,
    shows: NEWS,
    refusals: &[REQUEST_GONE],
    messages: &[&CANCELLED],
    ..Service::PLAIN
};

/// A request that was answered, taken back, or has expired.
pub const REQUEST_GONE: Reason = Reason::new("request_gone");

/// What one side hears of the other.
const NEWS: &[Slot] = &[
    Slot("amount", Kind::Money),
    Slot("name", Kind::Name),
    Slot("phone", Kind::Phone),
    Slot("about", Kind::Text),
];
const SENT: Message = Message::plain("sms.request_sent", NEWS);
/// To who is asked.
pub const ASKED: Message = Message::plain(
    "sms.request",
    &[
        Slot("amount", Kind::Money),
        Slot("name", Kind::Name),
        Slot("phone", Kind::Phone),
        Slot("about", Kind::Text),
        Slot("fee", Kind::Money),
        Slot("dial", Kind::Text),
        Slot("time", Kind::Time),
        Slot("date", Kind::Day),
    ],
);
/// To who asked: the other has said no.
pub const DECLINED: Message = Message::plain("sms.request_declined", NEWS);
/// To who asked: the other has said nothing.
pub const EXPIRED: Message = Message::plain("sms.request_expired", NEWS);
/// To who was asked: it is taken back.
pub const CANCELLED: Message = Message::plain("sms.request_cancelled", NEWS);

/// How long a request waits.
pub const LIFE: Duration = Duration::from_secs(24 * 3_600);
const REQUESTED: Sort = Sort { kind: ASK.name, life: LIFE, alike: is };
/// How far back the list of one's own requests goes, and how long it gets.
const MINE_WITHIN: Duration = Duration::from_secs(7 * 24 * 3_600);
const MINE_MAX: i64 = 20;

/// Whether an order is a request of who is to be paid.
pub fn is(order: &OrderRow) -> bool {
    order.kind == ASK.name
}

fn both(context: &Context) -> Vec<Want> {
    party::wants_both(context, "to")
}

fn room(context: &Context) -> Vec<Want> {
    match (context.person(), party::payee(context, "to")) {
        (Ok(asker), Ok(payer)) => {
            quota::wants(context, ASK.name, asker.account_id, &[payer.account_id])
        }
        (Ok(_) | Err(_), Ok(_) | Err(_)) => Vec::new(),
    }
}

fn ask(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let asker = context.person()?;
    let payer = party::payee(context, "to")?;
    plan.show_all(party::sign(payer));
    let place = quota::allowed(context, ASK.name, asker, &[payer])?;
    let amount = context.amount("amount")?;
    // whether it could be paid at all
    pricing::fee(context, send::SERVICE.name, payer, amount)?;
    plan.show("amount", amount);
    let reference = reference(context)?;
    let order = open(context, plan, asker, payer, amount, reference)?;
    plan.show("about", pending::about(&order));
    let sent = plan.shown(&["amount", "name", "phone", "about"]);
    let changes = vec![
        place,
        context.tell(asker, &SENT, sent, None),
        told(context, asker, payer, amount, &order)?,
        Change::OpenOrder(order),
    ];
    plan.commit(Act { kind: "ask", changes, ..Act::default() });
    Ok(())
}

/// What a request is for: nothing where nothing was said, as by SMS.
pub fn reference(context: &Context) -> Result<String, PlanError> {
    let Some(words) = context.fields.get("reference") else { return Ok(String::new()) };
    let plain = text::reference(words).filter(|words| !sounds_official(context.config, words));
    Ok(plain.ok_or_else(|| Refusal::of_field(Reason::TEXT_FORMAT, "reference"))?)
}

/// A request that waits for `payer`.
pub fn open(
    context: &Context,
    plan: &mut Plan,
    asker: &PersonRow,
    payer: &PersonRow,
    amount: Money,
    reference: String,
) -> Result<OrderRow, PlanError> {
    let row = pending::open(context, plan, REQUESTED, payer, asker.account_id, amount);
    // how much waits for somebody is nobody else's business
    let full = Refusal::of_field(quota::REQUESTS_FULL, "to");
    let hidden =
        |refusal: Refusal| if refusal.reason == pending::ORDERS_FULL { full } else { refusal };
    let row = row.map_err(|error| error.refused_as(hidden))?;
    Ok(OrderRow { reference, ..row })
}

/// Who is asked hears who asks, for what, and what paying would cost.
pub fn told(
    context: &Context,
    asker: &PersonRow,
    payer: &PersonRow,
    amount: Money,
    order: &OrderRow,
) -> Result<Change, PlanError> {
    let fee = pricing::fee(context, send::SERVICE.name, payer, amount)?;
    let mut slots = until(context.config, asker, order);
    slots.insert("fee".into(), context.money(fee.payer_minor).into());
    Ok(context.tell(payer, &ASKED, slots, None))
}

/// What who is asked reads: who asks, for what, and until when and how it is answered.
pub fn until(config: &ServiceConfig, asker: &PersonRow, order: &OrderRow) -> Slots {
    let expires = Timestamp::from_micros(order.expires_at);
    let zone = &config.market.zone;
    let mut slots = words(config, asker, order);
    slots.extend([
        ("dial".into(), config.dial.clone().into()),
        ("time".into(), expires.time_of_day(zone).into()),
        ("date".into(), Day::of(expires, zone).into()),
    ]);
    slots
}

/// A word to one side of a request about what the other has done.
pub fn news(
    config: &ServiceConfig,
    to: &PersonRow,
    message: &Message,
    other: &PersonRow,
    order: &OrderRow,
    now: Timestamp,
) -> Change {
    let slots = words(config, other, order);
    Change::Tell(outgoing::message(&to.msisdn, &to.language, message.template, &slots, None, now))
}

/// What a request is: of whom, or for whom, how much, and for what.
fn words(config: &ServiceConfig, other: &PersonRow, order: &OrderRow) -> Slots {
    let mut slots = party::sign(other);
    slots.insert("amount".into(), Money::new(order.amount_minor, config.market.currency).into());
    slots.insert("about".into(), pending::about(order));
    slots
}

/// Pays it: the same as sending, under a name of its own.
fn pay(context: &Context, plan: &mut Plan, asker: &Party, amount: Money) -> Result<Act, PlanError> {
    Ok(Act { kind: ASK.name, ..send::settle(context, plan, asker, amount)? })
}

fn of_late(context: &Context) -> Vec<Want> {
    let since = context.now.minus(MINE_WITHIN).micros();
    let asker = context.person().map(|asker| asker.account_id);
    asker
        .map(|asker| Want::RequestsOf { kind: ASK.name, asker, since, limit: MINE_MAX })
        .into_iter()
        .collect()
}

fn mine_of_late<'a>(context: &Context<'a>) -> Result<&'a [OrderRow], PlanError> {
    context.person()?;
    let want = of_late(context).pop().ok_or(Reason::NOT_JOINED)?;
    Ok(context.facts.orders(&want)?)
}

fn payers(context: &Context) -> Vec<Want> {
    mine_of_late(context)
        .unwrap_or_default()
        .iter()
        .map(|order| Want::Person(order.payer))
        .collect()
}

fn mine(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    for order in mine_of_late(context)? {
        let payer = context.facts.person(order.payer)?;
        let slots = Slots::from([
            ("sign".into(), sign(order, context.now)),
            ("amount".into(), context.money(order.amount_minor).into()),
            ("name".into(), payer.map_or(Value::Name(String::new()), party::name)),
            ("about".into(), pending::about(order)),
        ]);
        plan.line(order.id, slots);
    }
    Ok(())
}

/// What became of a request, in one sign: paid, waiting, or neither.
pub fn sign(order: &OrderRow, now: Timestamp) -> Value {
    let sign = match order.state.as_str() {
        "approved" => "+",
        _open if pending::is_open(order, now) => "?",
        _closed => "-",
    };
    sign.into()
}

fn named(context: &Context) -> Vec<Want> {
    context.chosen("request", REQUEST_GONE).map(Want::Order).into_iter().collect()
}

fn payer(context: &Context) -> Vec<Want> {
    own(context).map(|order| Want::Person(order.payer)).into_iter().collect()
}

/// The request of the caller's that the input names, if it waits.
fn own<'a>(context: &Context<'a>) -> Result<&'a OrderRow, PlanError> {
    let asker = context.person()?;
    let order = context.facts.order(context.chosen("request", REQUEST_GONE)?)?;
    let theirs = |order: &&OrderRow| {
        pending::is_open(order, context.now) && order.payee == asker.account_id && is(order)
    };
    Ok(order.filter(theirs).ok_or(REQUEST_GONE)?)
}

fn cancel(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let asker = context.person()?;
    let order = own(context)?;
    let payer = context.facts.person(order.payer)?.ok_or(REQUEST_GONE)?;
    plan.show_all(words(context.config, payer, order));
    let news = news(context.config, payer, &CANCELLED, asker, order, context.now);
    let changes = vec![Change::CloseOrder { order: order.id, state: "cancelled" }, news];
    plan.commit(Act { kind: "cancel", changes, ..Act::default() });
    Ok(())
}
