//! The answer to what waits: its payer says yes, with their PIN, and it is paid by the service that
//! it is an order for, at the price of where it was asked for; or they say no.

use super::super::context::Context;
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
    wants: &[payer_and_order, payee_and_terms, terms],
    decide: approve,
    shows: &[
        Slot("name", Kind::Name),
        Slot("phone", Kind::Phone),
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
    shows: &[Slot("name", Kind::Name), Slot("phone", Kind::Phone), Slot("amount", Kind::Money)],
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
    waiting(context).map(|pending| party::wants_of(&[pending.payee()])).unwrap_or_default()
}

fn payer_and_order(context: &Context) -> Vec<Want> {
    let payer = context.person().map(|payer| Want::Owner(payer.account_id));
    payer.into_iter().chain(named(context)).collect()
}

fn payee_and_terms(context: &Context) -> Vec<Want> {
    let mut wants = payee(context);
    wants.extend(terms(context));
    wants
}

fn terms(context: &Context) -> Vec<Want> {
    let Ok(pending) = waiting(context) else { return Vec::new() };
    settle(context, &pending)
        .map(|settle| (settle.wants)(&context.on(settle.channel), pending.payee()))
        .unwrap_or_default()
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

/// To whom it pays.
fn paid(context: &Context, pending: &Pending) -> Result<Party, PlanError> {
    let payee = pending.payee();
    party::of(context, &[payee], payee)?.ok_or(PlanError::Damaged("an order to nobody"))
}

/// How it is paid.
fn settle(context: &Context, pending: &Pending) -> Result<Settle, PlanError> {
    let settle = context.peers.settles.get(pending.service()).copied();
    settle.ok_or(PlanError::Damaged("an order that no service pays"))
}

fn approve(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let pending = waiting(context)?;
    let payee = paid(context, &pending)?;
    let settle = settle(context, &pending)?;
    match payee {
        Party::Person(_) => {}
        Party::Outlet(_) => plan.flag("cash"),
    }
    let amount = context.money(pending.amount_minor());
    let mut act = (settle.pay)(&context.on(settle.channel), plan, &payee, amount)?;
    act.changes.push(pending.approved()?);
    plan.commit(act);
    Ok(())
}

fn decline(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let payer = context.person()?;
    let pending = waiting(context)?;
    let payee = paid(context, &pending)?;
    plan.show_all(payee.sign());
    plan.show("amount", context.money(pending.amount_minor()));
    let mut changes = vec![pending.declined()?];
    match (&pending, &payee) {
        (Pending::Request(request), Party::Person(asker)) => changes.push(payment_request::news(
            context.config,
            asker,
            &DECLINED,
            payer,
            request,
            context.now,
        )),
        // who wanted it themselves knows, and an outlet sees that nobody comes for the cash
        (Pending::Order(_) | Pending::Request(_), Party::Person(_) | Party::Outlet(_)) => {}
    }
    plan.commit(Act { kind: DECLINE.name, changes, ..Act::default() });
    Ok(())
}
