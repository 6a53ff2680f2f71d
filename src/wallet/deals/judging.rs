//! What one of the staff says of a deal that its two sides cannot settle: one proposes, another one
//! confirms or does not, each as an act of their own that is recorded under their name. A proposal
//! waits in the deal itself, where both sides have their part in it; who may say yes to it, and
//! with what, is as for everything that takes two.

use super::super::context::Context;
use super::super::office::two_people::STAFF_ASKER_GONE;
use super::super::plan::{Plan, PlanError};
use super::super::service::{Authority, Service};
use super::arbiters::{self, Cause, DEAL_NOT_SO, DEAL_SAME_STAFF, Verdict};
use super::deal::{self, Deal};
use super::terms::Side;
use super::{DEAL_GONE, RULES, deal_news};
use crate::money::Money;
use crate::refusal::{Reason, Refusal};
use crate::staff::role::{self, Right};
use crate::store::wants::Want;
use crate::value::{Kind, Slot, Value};

/// There is no such cause.
pub const DEAL_CAUSE: Reason = Reason::new("deal_cause");
/// For such an amount it takes another role.
pub const DEAL_BAND: Reason = Reason::new("deal_band");

/// Inputs `deal` (its code), `back` (of what is left, what goes back to the buyer), `cause`, `why`,
/// in words that both are told, and perhaps `seen`, where it stood when it was looked at.
pub const PROPOSE: Service = Service {
    name: "propose_ruling",
    authority: Authority::Staff(Right::Deals),
    wants: &[deal::named, sides],
    decide: propose,
    shows: SHOWS,
    refusals: &[DEAL_GONE, DEAL_NOT_SO, DEAL_SAME_STAFF, DEAL_CAUSE],
    ..Service::PLAIN
};

/// Inputs `deal`, and `seen`, where it stood when it was looked at.
pub const CONFIRM: Service = Service {
    name: "confirm_ruling",
    authority: Authority::Staff(Right::Second),
    fresh_code: true,
    wants: &[deal::named, |context| sides(context).into_iter().chain([Want::AllStaff]).collect()],
    decide: confirm,
    shows: SHOWS,
    refusals: &[DEAL_GONE, DEAL_NOT_SO, DEAL_SAME_STAFF, DEAL_BAND, STAFF_ASKER_GONE],
    messages: &[&deal_news::RULED, &deal_news::REASON, &deal_news::DECIDED],
    ..Service::PLAIN
};

/// Inputs `deal`, `seen`, `why`.
pub const REJECT: Service = Service {
    name: "reject_ruling",
    authority: Authority::Staff(Right::Second),
    wants: &[deal::named, sides],
    decide: reject,
    shows: SHOWS,
    refusals: &[DEAL_GONE, DEAL_NOT_SO, DEAL_SAME_STAFF],
    ..Service::PLAIN
};

const SHOWS: &[Slot] = &[
    Slot("deal", Kind::Code),
    Slot("goods", Kind::Name),
    Slot("amount", Kind::Money),
    Slot("back", Kind::Money),
    Slot("asked_by", Kind::Text),
    Slot("said", Kind::Text),
];

/// The deal that is named.
fn typed(context: &Context) -> Result<Deal, PlanError> {
    let id = deal::number(context)?.ok_or(DEAL_GONE)?;
    let row = context.facts.arrangement(id)?.filter(|row| row.kind == RULES.name);
    Deal::of(row.ok_or(DEAL_GONE)?)
}

fn sides(context: &Context) -> Vec<Want> {
    typed(context).map(|deal| deal.wants()).unwrap_or_default()
}

/// The same, shown, with what lies in it.
fn shown(context: &Context, plan: &mut Plan) -> Result<Deal, PlanError> {
    let deal = typed(context)?;
    plan.show("deal", deal.code(context));
    plan.show("goods", Value::Name(deal.terms.goods.clone()));
    plan.show("amount", context.money(deal.terms.left_minor()));
    // its two sides stand in its row, and what it sells at takes its part too
    let platform = deal.terms.platform.map(|platform| platform.account);
    plan.concerns = platform.or(deal.party(Side::Buy));
    Ok(deal)
}

/// The same where somebody has proposed something, as it was when the caller looked at it.
fn proposed(context: &Context, plan: &mut Plan) -> Result<Deal, PlanError> {
    let deal = shown(context, plan)?;
    let roles = role::parse(&context.staff()?.roles).unwrap_or_default();
    if !Right::Deals.may_approve(&roles) {
        return Err(Reason::NOT_ALLOWED.into());
    }
    if let Some(ruling) = &deal.terms.ruling {
        plan.show("back", context.money(ruling.back_minor));
        plan.show("asked_by", ruling.by.clone());
        plan.show("said", ruling.words.clone());
    }
    context.field("seen")?;
    as_seen(context, &deal)?;
    Ok(deal)
}

/// Nobody decides on what they have not read.
fn as_seen(context: &Context, deal: &Deal) -> Result<(), PlanError> {
    let seen =
        context.fields.get("seen").map(|seen| seen.parse::<i64>().ok() == Some(deal.row.version));
    if seen.unwrap_or(true) { Ok(()) } else { Err(Reason::MOVED.into()) }
}

fn words(context: &Context) -> Result<String, PlanError> {
    let said = crate::text::words(context.field("why")?, crate::text::SAID_SEPTETS_MAX);
    Ok(said.ok_or_else(|| Refusal::of_field(Reason::TEXT_FORMAT, "why"))?)
}

fn ruled(
    context: &Context,
    plan: &mut Plan,
    deal: &Deal,
    verdict: &Verdict,
) -> Result<(), PlanError> {
    let name = context.staff()?.name.clone();
    plan.commit(arbiters::decided(context, deal, &name, verdict)?);
    Ok(())
}

fn propose(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let deal = shown(context, plan)?;
    as_seen(context, &deal)?;
    let typed = Money::from_minor_text(context.field("back")?, context.config.market.currency);
    let back = typed.ok_or_else(|| Refusal::of_field(Reason::AMOUNT_FORMAT, "back"))?;
    plan.show("back", back);
    let cause: Cause = context.chosen("cause", DEAL_CAUSE)?;
    let words = words(context)?;
    plan.show("said", words.clone());
    ruled(context, plan, &deal, &Verdict::Propose { back_minor: back.minor, cause, words })
}

/// With somebody who left, what they proposed is over too; and two names of one number are one.
fn proposer_may_still(context: &Context, deal: &Deal) -> Result<(), PlanError> {
    let Some(ruling) = &deal.terms.ruling else { return Ok(()) };
    let proposer = context.facts.all_staff()?.iter().find(|row| row.name == ruling.by);
    let proposer = proposer.filter(|row| row.works()).ok_or(STAFF_ASKER_GONE)?;
    let roles = role::parse(&proposer.roles).unwrap_or_default();
    if !Right::Deals.may_ask(&roles) {
        return Err(STAFF_ASKER_GONE.into());
    }
    let own = context.staff()?;
    let is_other = proposer.id == own.id || proposer.msisdn != own.msisdn;
    if is_other { Ok(()) } else { Err(DEAL_SAME_STAFF.into()) }
}

fn confirm(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let deal = proposed(context, plan)?;
    let roles = role::parse(&context.staff()?.roles).unwrap_or_default();
    let band = context.band(Right::Deals, plan, 0);
    if band.approver.is_some_and(|role| !roles.contains(&role)) {
        return Err(DEAL_BAND.into());
    }
    proposer_may_still(context, &deal)?;
    ruled(context, plan, &deal, &Verdict::Confirm)
}

fn reject(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let deal = proposed(context, plan)?;
    ruled(context, plan, &deal, &Verdict::Reject { why: words(context)? })
}
