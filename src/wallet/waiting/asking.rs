//! Asking somebody for money: what they are asked for waits among their payments to approve; it is
//! paid with the payer's PIN, at the price of sending, or declined, or it expires, and the asker
//! hears of each. Until then they may take it back.

use super::super::arrangements::Role;
use super::super::arrangements::kind;
use super::super::context::{Channel, Context};
use super::super::official::sounds_official;
use super::super::party::{self, Party};
use super::super::people::send;
use super::super::plan::{Act, Plan, PlanError};
use super::super::pricing;
use super::super::service::{Message, Service, Settle};
use super::payment_request::{
    self as request, CANCELLED, EXPIRED, Event, LIFE, NEWS, REQUEST_GONE, Request, Terms,
};
use super::{pending, quota};
use crate::book::Change;
use crate::id::ArrangementId;
use crate::money::Money;
use crate::refusal::{Reason, Refusal};
use crate::store::people::PersonRow;
use crate::store::wants::Want;
use crate::text;
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

/// How far back the list of one's own requests goes, and how long it gets.
const MINE_WITHIN: Duration = Duration::from_secs(7 * 24 * 3_600);
const MINE_MAX: i64 = 20;

fn both(context: &Context) -> Vec<Want> {
    party::wants_both(context, "to")
}

fn room(context: &Context) -> Vec<Want> {
    match (context.person(), party::payee(context, "to")) {
        (Ok(asker), Ok(payer)) => quota::wants(context, asker.account_id, &[payer.account_id]),
        (Ok(_) | Err(_), Ok(_) | Err(_)) => Vec::new(),
    }
}

fn ask(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let payer = party::payee(context, "to")?;
    let place = may(context, plan, payer)?;
    let amount = context.amount("amount")?;
    payable(context, plan, payer, amount)?;
    let reference = reference(context)?;
    let changes = begun(context, plan, payer, amount, reference, place)?;
    plan.commit(Act { kind: "ask", changes, ..Act::default() });
    Ok(())
}

/// Whether the caller may ask this person now; shows who they are. The change takes the place.
pub fn may(context: &Context, plan: &mut Plan, payer: &PersonRow) -> Result<Change, PlanError> {
    let asker = context.person()?;
    plan.show_all(party::sign(context.config, payer));
    quota::allowed(context, asker, &[payer])
}

/// Whether so much could be paid at all; shows it.
pub fn payable(
    context: &Context,
    plan: &mut Plan,
    payer: &PersonRow,
    amount: Money,
) -> Result<(), PlanError> {
    pricing::fee(context, send::SERVICE.name, payer, amount)?;
    plan.show("amount", amount);
    Ok(())
}

/// What is done when somebody is asked: both hear of it, and it waits.
pub fn begun(
    context: &Context,
    plan: &mut Plan,
    payer: &PersonRow,
    amount: Money,
    reference: String,
    place: Change,
) -> Result<Vec<Change>, PlanError> {
    let asker = context.person()?;
    let request = open(context, plan, asker, payer, amount, reference)?;
    plan.show("about", request.about());
    let sent = plan.shown(&["amount", "name", "phone", "about"]);
    Ok(vec![
        place,
        context.tell(asker, &SENT, sent, None),
        told(context, asker, payer, amount, &request)?,
        kind::begun(request.row),
    ])
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
) -> Result<Request, PlanError> {
    let asked = request::read(context.facts.arrangements(request::asked_of(payer.account_id))?)?;
    let waiting = asked.iter().filter(|request| request.waits(context.now)).count();
    quota::has_room(context, asker.account_id, payer.account_id, waiting)?;
    let expires_at = pending::until(context, plan, LIFE).micros();
    let terms = Terms { amount_minor: amount.minor, reference, expires_at };
    Ok(Request::new(context, asker.account_id, payer.account_id, terms))
}

/// Who is asked hears who asks, for what, and what paying would cost.
pub fn told(
    context: &Context,
    asker: &PersonRow,
    payer: &PersonRow,
    amount: Money,
    request: &Request,
) -> Result<Change, PlanError> {
    let fee = pricing::fee(context, send::SERVICE.name, payer, amount)?;
    let mut slots = request::until(context.config, asker, request);
    slots.insert("fee".into(), context.money(fee.payer_minor).into());
    Ok(context.tell(payer, &ASKED, slots, None))
}

/// Pays it: the same as sending, under a name of its own.
fn pay(context: &Context, plan: &mut Plan, asker: &Party, amount: Money) -> Result<Act, PlanError> {
    Ok(Act { kind: ASK.name, ..send::settle(context, plan, asker, amount)? })
}

fn of_late(context: &Context) -> Vec<Want> {
    let since = context.now.minus(MINE_WITHIN);
    let asker = context.person().map(|asker| asker.account_id);
    asker
        .map(|asker| Want::Arrangements(request::made_by(asker, since, MINE_MAX)))
        .into_iter()
        .collect()
}

fn mine_of_late(context: &Context) -> Result<Vec<Request>, PlanError> {
    let asker = context.person()?.account_id;
    let since = context.now.minus(MINE_WITHIN);
    request::read(context.facts.arrangements(request::made_by(asker, since, MINE_MAX))?)
}

fn payers(context: &Context) -> Vec<Want> {
    let mine = mine_of_late(context).unwrap_or_default();
    mine.iter().map(|request| Want::Person(request.payer)).collect()
}

fn mine(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    for request in mine_of_late(context)? {
        let payer = context.facts.person(request.payer)?;
        let slots = Slots::from([
            ("sign".into(), request.sign(context.now)),
            ("amount".into(), context.money(request.terms.amount_minor).into()),
            ("name".into(), payer.map_or(Value::Name(String::new()), party::name)),
            ("about".into(), request.about()),
        ]);
        plan.line(request.row.id, slots);
    }
    Ok(())
}

fn chosen(context: &Context) -> Result<ArrangementId, PlanError> {
    context.chosen("request", REQUEST_GONE)
}

fn named(context: &Context) -> Vec<Want> {
    chosen(context).map(Want::Arrangement).into_iter().collect()
}

fn payer(context: &Context) -> Vec<Want> {
    own(context).map(|request| Want::Person(request.payer)).into_iter().collect()
}

/// The request of the caller's that the input names, if it waits.
fn own(context: &Context) -> Result<Request, PlanError> {
    let asker = context.person()?.account_id;
    let row = context.facts.arrangement(chosen(context)?)?;
    let theirs = row.filter(|row| row.kind == request::KIND.name && row.owner == asker);
    let request = Request::of(theirs.ok_or(REQUEST_GONE)?)?;
    if request.waits(context.now) { Ok(request) } else { Err(REQUEST_GONE.into()) }
}

fn cancel(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let asker = context.person()?;
    let request = own(context)?;
    let payer = context.facts.person(request.payer)?.ok_or(REQUEST_GONE)?;
    plan.show_all(request::words(context.config, payer, &request));
    let changes = vec![
        request.moved(Event::Cancel, Role::Owner)?,
        request::news(context.config, payer, &CANCELLED, asker, &request, context.now),
    ];
    plan.commit(Act { kind: "cancel", changes, ..Act::default() });
    Ok(())
}
