//! What an outlet sees of itself: its float and its commission, and whether a receipt that a
//! customer shows is true. A receipt on somebody else's phone proves nothing; this is the outlet's
//! own channel.

use super::super::context::Context;
use super::super::line::Line;
use super::super::plan::{Plan, PlanError};
use super::super::service::Service;
use super::super::{party, receipt};
use crate::id::PostingId;
use crate::refusal::{Reason, Refusal};
use crate::store::wants::Want;
use crate::time::Timestamp;
use crate::value::{Kind, Slot, Value};

/// Shows `name`, `phone` (the agent number), `balance` (the float) and `commission`.
pub const SHOW: Service = Service {
    name: "till",
    wants: &[accounts],
    decide: show,
    shows: &[
        Slot("name", Kind::Name),
        Slot("phone", Kind::Phone),
        Slot("balance", Kind::Money),
        Slot("commission", Kind::Money),
    ],
    ..Service::PLAIN
};
/// Input `receipt`: a code; shows `amount`, `name`, `code`, `date`, `time` of what it moved on the
/// outlet's float, or on the caller's own wallet, with the flag `went` where they paid it.
pub const CHECK: Service = Service {
    name: "check_code",
    wants: &[posting, other_side],
    decide: check,
    shows: &[
        Slot("amount", Kind::Money),
        Slot("name", Kind::Name),
        Slot("code", Kind::Code),
        Slot("date", Kind::Day),
        Slot("time", Kind::Time),
    ],
    refusals: &[RECEIPT_UNKNOWN],
    ..Service::PLAIN
};

/// No payment to the caller has this code.
pub const RECEIPT_UNKNOWN: Reason = Reason::new("receipt_unknown");

fn accounts(context: &Context) -> Vec<Want> {
    let Ok(post) = context.post() else { return Vec::new() };
    vec![Want::Account(post.outlet.float_account), Want::Account(post.outlet.commission_account)]
}

fn show(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let outlet = &context.post()?.outlet;
    plan.show_all(party::outlet_sign(outlet));
    let float = party::account(context, outlet.float_account)?;
    let commission = party::account(context, outlet.commission_account)?;
    plan.show("balance", context.money(float.available_minor()));
    plan.show("commission", context.money(commission.balance_minor));
    Ok(())
}

fn posting(context: &Context) -> Vec<Want> {
    context.person().and_then(|_| typed(context)).map(Want::Posting).into_iter().collect()
}

fn other_side(context: &Context) -> Vec<Want> {
    let other = ours(context).ok().and_then(|line| line.other());
    other.map(|other| party::wants_of(&[other])).unwrap_or_default()
}

fn check(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    context.person()?;
    let line = ours(context)?;
    let other = match line.other() {
        Some(other) => party::of(context, &[other], other)?,
        None => None,
    };
    if line.went() {
        plan.flag("went");
    }
    plan.show("amount", context.money(line.own.amount_minor.saturating_abs()));
    let operator = || Value::Name(context.config.brand.clone());
    plan.show("name", other.map_or_else(operator, |other| other.name()));
    let at = Timestamp::from_micros(line.posting.at);
    plan.show_all(receipt::slots(context.config, Some(line.posting.id), at, None));
    Ok(())
}

/// The posting whose code was typed.
fn typed(context: &Context) -> Result<PostingId, PlanError> {
    context.receipt("receipt", unknown())
}

/// What it moved on the outlet's float or the caller's wallet, among all that it moved: what moved
/// on accounts of others is nobody's business.
fn ours<'a>(context: &Context<'a>) -> Result<Line<'a>, PlanError> {
    let wallet = context.person()?.account_id;
    let whole = context.facts.posting(typed(context)?)?.ok_or_else(unknown)?;
    let float = context.caller.post.as_ref().map(|post| post.outlet.float_account);
    let mut legs = whole.1.iter().map(|leg| leg.account_id);
    let own =
        legs.find(|account| Some(*account) == float || *account == wallet).ok_or_else(unknown)?;
    Ok(Line::of(whole, own).ok_or_else(unknown)?)
}

fn unknown() -> Refusal {
    Refusal::of_field(RECEIPT_UNKNOWN, "receipt")
}
