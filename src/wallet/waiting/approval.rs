//! The answer to what waits: its payer says yes, with their PIN, and it is paid by the service that
//! it is an order for, at the price of where it was asked for; or they say no.

use super::super::context::Context;
use super::super::party::{self, Party};
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, Service, Settle};
use super::payment_request::{self, DECLINED};
use super::pending;
use crate::book::Change;
use crate::refusal::Reason;
use crate::store::order_rows::OrderRow;
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
    refusals: &[Reason::ORDER_GONE],
    ..Service::PLAIN
};

/// Input `order`: refuses it.
pub const DECLINE: Service = Service {
    name: "decline",
    wants: &[named, payee],
    decide: decline,
    shows: &[Slot("name", Kind::Name), Slot("phone", Kind::Phone), Slot("amount", Kind::Money)],
    refusals: &[Reason::ORDER_GONE],
    messages: &[&DECLINED],
    ..Service::PLAIN
};

fn named(context: &Context) -> Vec<Want> {
    context.chosen("order", Reason::ORDER_GONE).map(Want::Order).into_iter().collect()
}

fn payee(context: &Context) -> Vec<Want> {
    waiting(context).map(|order| party::wants_of(&[order.payee])).unwrap_or_default()
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
    let Ok(order) = waiting(context) else { return Vec::new() };
    settle(context, order)
        .map(|settle| (settle.wants)(&context.on(settle.channel), order.payee))
        .unwrap_or_default()
}

/// The order that the input names, if it is the caller's to answer.
fn waiting<'a>(context: &Context<'a>) -> Result<&'a OrderRow, PlanError> {
    let payer = context.person()?;
    let order = context.facts.order(context.chosen("order", Reason::ORDER_GONE)?)?;
    let theirs = order
        .filter(|order| pending::is_open(order, context.now) && order.payer == payer.account_id);
    Ok(theirs.ok_or(Reason::ORDER_GONE)?)
}

/// To whom it pays.
fn paid(context: &Context, order: &OrderRow) -> Result<Party, PlanError> {
    party::of(context, &[order.payee], order.payee)?.ok_or(PlanError::Damaged("an order to nobody"))
}

/// How it is paid.
fn settle(context: &Context, order: &OrderRow) -> Result<Settle, PlanError> {
    let settle = context.peers.settles.get(order.kind.as_str()).copied();
    settle.ok_or(PlanError::Damaged("an order that no service pays"))
}

fn approve(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let order = waiting(context)?;
    let payee = paid(context, order)?;
    let settle = settle(context, order)?;
    match payee {
        Party::Person(_) => {}
        Party::Outlet(_) => plan.flag("cash"),
    }
    let amount = context.money(order.amount_minor);
    let mut act = (settle.pay)(&context.on(settle.channel), plan, &payee, amount)?;
    act.changes.push(Change::CloseOrder { order: order.id, state: "approved" });
    plan.commit(act);
    Ok(())
}

fn decline(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let order = waiting(context)?;
    let payee = paid(context, order)?;
    plan.show_all(payee.sign());
    plan.show("amount", context.money(order.amount_minor));
    let mut changes = vec![Change::CloseOrder { order: order.id, state: "declined" }];
    match &payee {
        Party::Person(asker) if payment_request::is(order) => {
            changes.push(payment_request::news(
                context.config,
                asker,
                &DECLINED,
                context.person()?,
                order,
                context.now,
            ));
        }
        // who wanted it themselves knows, and an outlet sees that nobody comes for the cash
        Party::Person(_) | Party::Outlet(_) => {}
    }
    plan.commit(Act { kind: DECLINE.name, changes, ..Act::default() });
    Ok(())
}
