//! The goods go back: the seller agrees to take them, gives a code for them once they are there,
//! and with that code the buyer has the money back.

use super::super::context::Context;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, Service};
use super::deal::{self, DEAL_STOPPED, DEAL_WHICH};
use super::paying_out::Payout;
use super::terms::Side;
use super::{DEAL_GONE, Event, deal_code, deal_news};
use crate::reason::Reason;
use crate::request::Mode;
use crate::store::wants::Want;
use crate::value::{Kind, Slot};

/// Input `deal`: the seller takes the goods back, in so many days.
pub const TAKE_BACK: Service = Service {
    name: "take_back_deal",
    wants: &[deal::named, |context| deal::sides(context, &[Event::TakeBack])],
    decide: take_back,
    shows: SHOWS,
    refusals: &[DEAL_GONE, DEAL_WHICH, DEAL_STOPPED],
    messages: &[&deal_news::TAKES_BACK, &deal_news::TAKEN_BACK],
    ..Service::PLAIN
};

/// Inputs `deal`, `code`: the buyer has brought them, and types what the seller gave for them.
pub const RETURN: Service = Service {
    name: "return_deal",
    authority: Authority::Customer,
    wants: &[deal::named, with_code],
    decide: brought,
    shows: SHOWS,
    refusals: &[DEAL_GONE, DEAL_WHICH, DEAL_STOPPED, Reason::CODE_WRONG, Reason::CODE_GONE],
    messages: &deal_news::MONEY_BY_CODE,
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

/// Days in which the goods are to be brought back.
const RETURN_DAYS: i32 = 5;

fn take_back(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let mut deal = deal::chosen(context, &[Event::TakeBack])?;
    let side = deal.own_side(context)?;
    let role = deal.role_of(Event::TakeBack, side)?;
    if deal.terms.return_code.is_some() {
        // once: or each time what the staff have proposed would be thrown out
        return Err(DEAL_GONE.into());
    }
    deal.goes_on(context)?;
    deal.terms.clock = deal.days(context, RETURN_DAYS)?;
    // or who does not bring it back has the money by what was offered before
    deal.terms.offset = None;
    plan.show_all(deal.told(context, side)?);
    let back_minor = deal.terms.left_minor().saturating_sub(deal.brought_minor());
    plan.show_all(deal.divided(context, back_minor));
    let (seed, code) = deal_code::made(context, deal_code::brought_back(&deal)?)?;
    deal.terms.return_code = Some(seed);
    let mut changes = vec![deal.moved(context, Event::TakeBack, role, "")?];
    // behind what says whether somebody was faster
    changes.push(code);
    changes.push(deal.tell(context, Side::Buy, &deal_news::TAKES_BACK, [])?);
    changes.push(deal.tell(context, Side::Sell, &deal_news::TAKEN_BACK, [])?);
    plan.commit(Act { kind: TAKE_BACK.name, changes, ..Act::default() });
    Ok(())
}

fn with_code(context: &Context) -> Vec<Want> {
    let events = &[Event::Return];
    let deal = deal::chosen(context, events).ok().filter(|_| context.mode == Mode::Execute);
    let pin = deal.and_then(|deal| deal_code::brought_back(&deal).ok());
    deal::sides(context, events).into_iter().chain(pin.map(Want::Pin)).collect()
}

fn brought(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let deal = deal::chosen(context, &[Event::Return])?;
    let side = deal.own_side(context)?;
    plan.show_all(deal.told(context, side)?);
    let role = deal.role_of(Event::Return, side)?;
    let typed = deal_code::typed(context)?;
    let more_minor = deal.brought_minor();
    deal.reaches(context, &deal.shares(more_minor, true))?;
    let back_minor = deal.terms.left_minor().saturating_sub(more_minor);
    plan.show_all(deal.divided(context, back_minor));
    plan.show("back", context.money(deal.shares(more_minor, true).buyer_minor));
    if context.mode != Mode::Execute {
        return Ok(());
    }
    let payout = Payout { event: Event::Return, role, more_minor, last: true, note: "" };
    let mut act = deal.pays(context, &payout)?;
    let pin = deal_code::brought_back(&deal)?;
    act.credentials.push(deal_code::proof(context, &deal, pin, &typed)?);
    plan.commit(act);
    Ok(())
}
