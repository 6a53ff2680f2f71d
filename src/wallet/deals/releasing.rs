//! The money is let go to the seller, for good: by the buyer's hand, all of it or a part; by the
//! code that the buyer has given at the door and the seller types; or by the code out of the parcel
//! that only the buyer's own phone may enter.
//!
//! Input `deal`, with `amount` for a part or `code`; shows `paid`, `name`, `phone`, `goods`.

use super::super::arrangements::Role;
use super::super::context::Context;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, Service};
use super::deal::{self, DEAL_STOPPED, DEAL_WHICH, Deal};
use super::paying_out::Payout;
use super::terms::Release;
use super::{DEAL_GONE, Event, deal_code, deal_news};
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::request::Mode;
use crate::store::wants::Want;
use crate::value::{Kind, Slot};

/// The buyer lets all that is left go, or the next part where parts were agreed on.
pub const RELEASE: Service = Service {
    name: "release_deal",
    authority: Authority::Customer,
    wants: &[deal::named, |context| deal::sides(context, &[Event::Release])],
    decide: release,
    shows: SHOWS,
    refusals: &[DEAL_GONE, DEAL_WHICH, DEAL_STOPPED],
    messages: &deal_news::MONEY,
    ..Service::PLAIN
};

/// The buyer lets so much go.
pub const RELEASE_PART: Service = Service {
    name: "release_part",
    decide: release_part,
    refusals: &[DEAL_GONE, DEAL_WHICH, DEAL_STOPPED, DEAL_PART],
    ..RELEASE
};

/// The seller types the code that the buyer has given at the door.
pub const COLLECT: Service = Service {
    name: "collect_deal",
    wants: &[deal::named, |context| with_code(context, Event::Collect)],
    decide: |context, plan| by_code(context, plan, Event::Collect, Release::Door),
    refusals: BY_CODE,
    messages: &deal_news::MONEY_BY_CODE,
    ..RELEASE
};

/// The buyer types the code that came with the parcel.
pub const UNPACK: Service = Service {
    name: "unpack_deal",
    wants: &[deal::named, |context| with_code(context, Event::Release)],
    decide: |context, plan| by_code(context, plan, Event::Release, Release::Parcel),
    refusals: BY_CODE,
    messages: &deal_news::MONEY_BY_CODE,
    ..RELEASE
};

/// No part but the last is less than one of so many: each is a movement, and a text.
const PARTS_MAX: i64 = 10;

/// More than is left.
pub const DEAL_PART: Reason = Reason::new("deal_part");

const SHOWS: &[Slot] = &[
    Slot("name", Kind::Name),
    Slot("phone", Kind::Phone),
    Slot("deal", Kind::Code),
    Slot("goods", Kind::Name),
    Slot("price", Kind::Money),
    Slot("day", Kind::Day),
    Slot("dial", Kind::Text),
    Slot("paid", Kind::Money),
    Slot("rest", Kind::Money),
];
const BY_CODE: &[Reason] =
    &[DEAL_GONE, DEAL_WHICH, DEAL_STOPPED, Reason::CODE_WRONG, Reason::CODE_GONE];

/// The deal of which something is let go, and as whom the caller does it.
fn chosen(context: &Context, plan: &mut Plan, event: Event) -> Result<(Deal, Role), PlanError> {
    let deal = deal::chosen(context, &[event])?;
    let side = deal.own_side(context)?;
    plan.show_all(deal.told(context, side)?);
    let role = deal.role_of(event, side)?;
    Ok((deal, role))
}

fn release(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let (deal, role) = chosen(context, plan, Event::Release)?;
    let more_minor = deal.terms.part_minor();
    let act = let_go(context, plan, &deal, role, more_minor)?;
    plan.commit(act);
    Ok(())
}

fn release_part(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let (deal, role) = chosen(context, plan, Event::Release)?;
    let left = context.money(deal.terms.left_minor());
    plan.show("rest", left);
    let amount = context.amount("amount")?;
    if amount.minor > left.minor {
        return Err(Refusal::of_field(DEAL_PART, "amount").with("rest", left).into());
    }
    let least_minor = deal.terms.amount_minor.checked_div(PARTS_MAX).unwrap_or(0);
    if amount.minor < least_minor && amount.minor < left.minor {
        return Err(Refusal::of_field(Reason::AMOUNT_TOO_SMALL, "amount").into());
    }
    let act = let_go(context, plan, &deal, role, amount.minor)?;
    plan.commit(act);
    Ok(())
}

/// With the last of it the deal is over.
fn let_go(
    context: &Context,
    plan: &mut Plan,
    deal: &Deal,
    role: Role,
    more_minor: i64,
) -> Result<Act, PlanError> {
    deal.goes_on(context)?;
    let rest = deal.terms.left_minor().saturating_sub(more_minor);
    let last = rest == 0;
    plan.show("paid", context.money(more_minor));
    plan.show("rest", context.money(rest));
    let event = if last { Event::Release } else { Event::ReleasePart };
    deal.pays(context, &Payout { event, role, more_minor, last, note: "" })
}

/// The two sides, and, where it is done, what the code is compared with.
fn with_code(context: &Context, event: Event) -> Vec<Want> {
    let deal = deal::chosen(context, &[event]).ok().filter(|_| context.mode == Mode::Execute);
    let kept = deal.map(|deal| Want::Pin(deal_code::release(&deal)));
    deal::sides(context, &[event]).into_iter().chain(kept).collect()
}

fn by_code(
    context: &Context,
    plan: &mut Plan,
    event: Event,
    release: Release,
) -> Result<(), PlanError> {
    let (deal, role) = chosen(context, plan, event)?;
    if deal.terms.release != release {
        return Err(DEAL_GONE.into());
    }
    let typed = deal_code::typed(context)?;
    deal.goes_on(context)?;
    let more_minor = deal.terms.left_minor();
    // who sells reads what reaches them
    let reaches_minor = deal.shares(more_minor, true).seller_minor;
    let shown_minor = if event == Event::Collect { reaches_minor } else { more_minor };
    plan.show("paid", context.money(shown_minor));
    plan.show("rest", context.money(0));
    if context.mode != Mode::Execute {
        // whether it is the right one is said only where a wrong one costs a try
        return Ok(());
    }
    let payout = Payout { event, role, more_minor, last: true, note: "" };
    let mut act = deal.pays(context, &payout)?;
    let pin = deal_code::release(&deal);
    act.credentials.push(deal_code::proof(context, &deal, pin, &typed)?);
    plan.commit(act);
    Ok(())
}
