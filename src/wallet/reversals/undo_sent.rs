//! What the caller may ask back: their newest payments to other people that were not asked back
//! yet.
//!
//! Lists `amount`, `name`, `time`; choosing a line stores the code of the receipt.

use super::super::context::Context;
use super::super::party;
use super::super::plan::{Plan, PlanError};
use super::super::service::Service;
use super::reversal::{self, State};
use super::wrong_send::{self, WITHIN};
use crate::reference::Reference;
use crate::store::facts::Whole;
use crate::store::people::PersonRow;
use crate::store::wants::Want;
use crate::value::{Kind, Slot, Slots};

/// The service as menus know it.
pub const SERVICE: Service = Service {
    name: "undo_sent",
    wants: &[newest, payees, payees],
    decide,
    shows: &[Slot("amount", Kind::Money), Slot("name", Kind::Name), Slot("time", Kind::Time)],
    ..Service::PLAIN
};

/// How many of the newest payments are offered, and how many are looked through for them.
const SENT_MAX: usize = 5;
const LOOKBACK: usize = 20;

fn history(context: &Context, payer: &PersonRow) -> Want {
    let since = context.now.minus(WITHIN).micros();
    Want::History { account: payer.account_id, since, limit: LOOKBACK }
}

fn newest(context: &Context) -> Vec<Want> {
    context.caller.person.as_ref().map(|payer| history(context, payer)).into_iter().collect()
}

fn payees(context: &Context) -> Vec<Want> {
    let Some(payer) = &context.caller.person else { return Vec::new() };
    let lines = context.facts.history(&history(context, payer)).unwrap_or_default();
    let mut wants = Vec::new();
    for payment @ (posting, _) in lines {
        let more = wrong_send::wants(context, payer, payment);
        if !more.is_empty() {
            wants.push(Want::Arrangements(reversal::of_payment(posting.id)));
            wants.extend(more);
        }
    }
    wants
}

fn decide(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let payer = context.person()?;
    for payment in context.facts.history(&history(context, payer))? {
        if plan.items.len() >= SENT_MAX {
            break;
        }
        offer(context, plan, payer, payment)?;
    }
    Ok(())
}

/// Adds a payment to the list, if it may be asked back and was not.
fn offer(
    context: &Context,
    plan: &mut Plan,
    payer: &PersonRow,
    payment: &Whole,
) -> Result<(), PlanError> {
    let Some(sent) = wrong_send::of(context, payer, payment)? else { return Ok(()) };
    let before = reversal::found(context, sent.payment)?;
    if before.is_some_and(|before| before.state != State::Spent) {
        return Ok(());
    }
    let slots = Slots::from([
        ("amount".into(), context.money(sent.amount_minor).into()),
        ("name".into(), party::name(sent.payee)),
        ("time".into(), sent.at.time_of_day(&context.config.market.zone).into()),
    ]);
    plan.line(Reference::of(sent.payment, &context.config.reference_key), slots);
    Ok(())
}
