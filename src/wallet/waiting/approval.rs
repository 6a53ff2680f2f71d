//! The answer to what waits: its payer says yes, with their PIN, and it is paid by the service that
//! it is an order for, at the price of where it was asked for; or they say no.

use super::super::context::{Channel, Context};
use super::super::party::{self, Party};
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, Service, Settle};
use super::order::ORDER_GONE;
use super::payment_request::{self, DECLINED};
use super::waiting_list::Pending;
use crate::id::ArrangementId;
use crate::store::wants::Want;
use crate::value::{Kind, Slot};

/// Input `order`: pays it; shows what paying it directly would show, and flag `cash` where it is
/// handed out.
pub const APPROVE: Service = Service {
    name: "approve",
    authority: Authority::Customer,
    wants: &[payer_and_order, payee_and_terms, rest],
    decide: approve,
    shows: &[
        Slot("name", Kind::Name),
        Slot("phone", Kind::Phone),
        Slot("phone_code", Kind::Text),
        Slot("amount", Kind::Money),
        Slot("fee", Kind::Money),
        Slot("total", Kind::Money),
        Slot("arrives", Kind::Money),
        Slot("ago", Kind::Count),
    ],
    refusals: &[ORDER_GONE],
    ..Service::PLAIN
};

/// Input `order`: refuses it.
pub const DECLINE: Service = Service {
    name: "decline",
    wants: &[named, payee],
    decide: decline,
    shows: &[
        Slot("name", Kind::Name),
        Slot("phone", Kind::Phone),
        Slot("phone_code", Kind::Text),
        Slot("amount", Kind::Money),
    ],
    refusals: &[ORDER_GONE],
    messages: &[&DECLINED],
    ..Service::PLAIN
};

fn chosen(context: &Context) -> Result<ArrangementId, PlanError> {
    context.chosen("order", ORDER_GONE)
}

fn named(context: &Context) -> Vec<Want> {
    chosen(context).map(Want::Arrangement).into_iter().collect()
}

fn payee(context: &Context) -> Vec<Want> {
    let payee = waiting(context).ok().and_then(|pending| pending.payee());
    payee.map(|payee| party::wants_of(&[payee])).unwrap_or_default()
}

fn payer_and_order(context: &Context) -> Vec<Want> {
    let payer = context.person().map(|payer| Want::Owner(payer.account_id));
    payer.into_iter().chain(named(context)).collect()
}

fn payee_and_terms(context: &Context) -> Vec<Want> {
    let mut wants = payee(context);
    wants.extend(terms(context, 0));
    wants
}

fn rest(context: &Context) -> Vec<Want> {
    terms(context, 1)
}

/// What paying it needs, or what a step of its service does where nobody else is paid: one of two,
/// as the order is known only after the first.
fn terms(context: &Context, step: usize) -> Vec<Want> {
    let Ok(pending) = waiting(context) else { return Vec::new() };
    match (pending.request(), pending.payee(), settle(context, &pending)) {
        (Some(request), _, _) => request.wants(&context.on(Channel::Sms), step),
        (None, Some(payee), Ok(settle)) => (settle.wants)(&context.on(settle.channel), payee),
        (None, _, _) => Vec::new(),
    }
}

/// What the input names, if it is the caller's to answer.
fn waiting(context: &Context) -> Result<Pending, PlanError> {
    let payer = context.person()?;
    let row = context.facts.arrangement(chosen(context)?)?;
    let pending = row.map(Pending::of).transpose()?.flatten();
    let theirs =
        pending.filter(|pending| pending.payer() == payer.account_id && pending.waits(context.now));
    Ok(theirs.ok_or(ORDER_GONE)?)
}

/// To whom it pays, where it is somebody else.
fn paid(context: &Context, pending: &Pending) -> Result<Option<Party>, PlanError> {
    let Some(payee) = pending.payee() else { return Ok(None) };
    let payee = party::of(context, &[payee], payee)?;
    payee.map(Some).ok_or(PlanError::Damaged("an order to nobody"))
}

/// How it is paid.
fn settle(context: &Context, pending: &Pending) -> Result<Settle, PlanError> {
    let settle = context.peers.settles.get(pending.service()).copied();
    settle.ok_or(PlanError::Damaged("an order that no service pays"))
}

fn approve(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let pending = waiting(context)?;
    let mut act = match paid(context, &pending)? {
        None => directly(context, plan, &pending)?,
        Some(payee) => {
            let settle = settle(context, &pending)?;
            match payee {
                Party::Person(_) => {}
                Party::Outlet(_) => plan.flag("cash"),
            }
            let amount = context.money(pending.amount_minor());
            (settle.pay)(&context.on(settle.channel), plan, &payee, amount)?
        }
    };
    act.changes.push(pending.approved()?);
    plan.commit(act);
    Ok(())
}

/// Where nobody else is paid it is done as its payer would do it directly.
fn directly(context: &Context, plan: &mut Plan, pending: &Pending) -> Result<Act, PlanError> {
    let nothing = PlanError::Damaged("an order for what does nothing");
    let request = pending.request().ok_or(nothing.clone())?;
    let asked = request.asked(&context.on(Channel::Sms))?;
    plan.show_all(asked.plan.slots);
    plan.flags.extend(asked.plan.flags);
    plan.show_all(pending.own_sign());
    match asked.refused {
        Some(refusal) => Err(refusal.into()),
        None => asked.plan.act.ok_or(nothing),
    }
}

fn decline(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let payer = context.person()?;
    let pending = waiting(context)?;
    let payee = paid(context, &pending)?;
    plan.show_all(
        payee.as_ref().map_or_else(|| pending.own_sign(), |payee| payee.sign(context.config)),
    );
    plan.show("amount", context.money(pending.amount_minor()));
    let mut changes = vec![pending.declined()?];
    match (&pending, &payee) {
        (Pending::Request(request), Some(Party::Person(asker))) => changes.push(
            payment_request::news(context.config, asker, &DECLINED, payer, request, context.now),
        ),
        // who wanted it themselves knows, and an outlet sees that nobody comes for the cash
        (
            Pending::Order(_) | Pending::Request(_),
            Some(Party::Person(_) | Party::Outlet(_)) | None,
        ) => {}
    }
    plan.commit(Act { kind: DECLINE.name, changes, ..Act::default() });
    Ok(())
}
