//! The two settle it between themselves: one proposes who should get what, the other agrees with
//! the PIN, and it is done. Or the seller gives it all back.

use super::super::arrangements::Role;
use super::super::context::Context;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, ByText, Message, Service};
use super::deal::{self, DEAL_STOPPED, DEAL_WHICH, Deal};
use super::paying_out::Payout;
use super::problems::{DEAL_SAID, said_once_more};
use super::releasing::DEAL_PART;
use super::terms::{Offset, Side};
use super::{DEAL_GONE, Event, deal_news};
use crate::refusal::Refusal;
use crate::value::{Kind, Slot, Slots};

/// Inputs `deal`, `amount`: so much should go back to the buyer, the rest to the seller. Also by a
/// text.
pub const OFFSET: Service = Service {
    name: "offset_deal",
    wants: &[deal::named, |context| deal::sides(context, &[Event::Offset])],
    decide: offset,
    shows: SHOWS,
    refusals: &[DEAL_GONE, DEAL_WHICH, DEAL_PART, DEAL_SAID],
    messages: &[&deal_news::OFFSET],
    text: Some(ByText::ExecuteAnd(&PROPOSED)),
    ..Service::PLAIN
};

/// Input `deal`: agrees to what the other side has proposed.
pub const AGREE: Service = Service {
    name: "agree_deal",
    authority: Authority::Customer,
    wants: &[deal::named, |context| deal::sides(context, &[Event::Agree])],
    decide: agree,
    shows: SHOWS,
    refusals: &[DEAL_GONE, DEAL_WHICH, DEAL_STOPPED],
    messages: &deal_news::MONEY,
    ..Service::PLAIN
};

/// Input `deal`: the seller gives it back, all of it: that it was brought is their word alone.
pub const REFUND: Service = Service {
    name: "refund_deal",
    authority: Authority::Customer,
    wants: &[deal::named, |context| deal::sides(context, &[Event::Refund])],
    decide: refund,
    shows: SHOWS,
    refusals: &[DEAL_GONE, DEAL_WHICH, DEAL_STOPPED],
    messages: &deal_news::MONEY,
    ..Service::PLAIN
};

const SHOWS: &[Slot] = &[
    Slot("name", Kind::Name),
    Slot("phone", Kind::Phone),
    Slot("deal", Kind::Code),
    Slot("goods", Kind::Name),
    Slot("price", Kind::Money),
    Slot("day", Kind::Day),
    Slot("dial", Kind::Text),
    Slot("back", Kind::Money),
    Slot("rest", Kind::Money),
];
const PROPOSED: Message = Message::plain("sms.offset_deal", SHOWS);

impl Deal {
    /// Of what is left, so much goes `back` and the `rest` to the seller: what really comes to
    /// each, with the part of the price that goes back, and less the one that is paid for it.
    pub fn divided(&self, context: &Context, back_minor: i64) -> Slots {
        let rest = self.terms.left_minor().saturating_sub(back_minor);
        let shares = self.shares(rest, true);
        Slots::from([
            ("back".into(), context.money(shares.buyer_minor).into()),
            ("rest".into(), context.money(shares.seller_minor).into()),
        ])
    }

    /// What the seller has for bringing it when the buyer brings it back, who has seen it then,
    /// minor units.
    pub fn brought_minor(&self) -> i64 {
        let brought = if self.terms.delivered { self.terms.delivery_minor } else { 0 };
        brought.min(self.terms.left_minor())
    }
}

fn offset(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let mut deal = deal::chosen(context, &[Event::Offset])?;
    let side = deal.own_side(context)?;
    plan.show_all(deal.told(context, side)?);
    let role = deal.role_of(Event::Offset, side)?;
    let left = context.money(deal.terms.left_minor());
    plan.show("rest", left);
    let back = context.amount("amount")?;
    if back.minor > left.minor {
        return Err(Refusal::of_field(DEAL_PART, "amount").with("rest", left).into());
    }
    let divided = deal.divided(context, back.minor);
    plan.show_all(divided.clone());
    deal = said_once_more(&deal)?;
    deal.terms.offset = Some(Offset { by: side, back_minor: back.minor });
    let changes = vec![
        deal.moved(context, Event::Offset, role, "")?,
        deal.tell(context, side.other(), &deal_news::OFFSET, divided)?,
    ];
    plan.commit(Act { kind: OFFSET.name, changes, ..Act::default() });
    Ok(())
}

fn agree(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let (deal, role) = chosen(context, plan, Event::Agree)?;
    let side = deal.own_side(context)?;
    let left_minor = deal.terms.left_minor();
    let stands = |offset: &Offset| offset.by != side && offset.back_minor <= left_minor;
    let back_minor = deal.terms.offset.filter(stands).ok_or(DEAL_GONE)?.back_minor;
    plan.show_all(deal.divided(context, back_minor));
    let more_minor = deal.terms.left_minor().saturating_sub(back_minor);
    if more_minor == 0 {
        deal.reaches(context, &deal.shares(0, true))?;
    } else {
        deal.goes_on(context)?;
    }
    let payout = Payout { event: Event::Agree, role, more_minor, last: true, note: "" };
    let act = deal.pays(context, &payout)?;
    plan.commit(act);
    Ok(())
}

fn refund(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let (deal, role) = chosen(context, plan, Event::Refund)?;
    deal.reaches(context, &deal.shares(0, true))?;
    plan.show_all(deal.divided(context, deal.terms.left_minor()));
    let payout = Payout { event: Event::Refund, role, more_minor: 0, last: true, note: "" };
    let act = deal.pays(context, &payout)?;
    plan.commit(act);
    Ok(())
}

fn chosen(context: &Context, plan: &mut Plan, event: Event) -> Result<(Deal, Role), PlanError> {
    let deal = deal::chosen(context, &[event])?;
    let side: Side = deal.own_side(context)?;
    plan.show_all(deal.told(context, side)?);
    let role = deal.role_of(event, side)?;
    Ok((deal, role))
}
