//! The seller says that it is delivered, or that nobody has come for whom a deposit was left: from
//! then on the buyer looks at it, and silence pays the seller. And whoever has a code reads it
//! again, behind the PIN.

use super::super::care::sim_change::{self, SIM_CHANGED};
use super::super::context::Context;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, ByText, Message, Replay, Service, Unrecorded};
use super::deal::{self, DEAL_STOPPED, DEAL_WHICH};
use super::terms::{Release, Side};
use super::{DEAL_GONE, Event, State, deal_code, deal_news};
use crate::reason::Reason;
use crate::store::wants::Want;
use crate::value::{Kind, Slot};

/// Input `deal`, or none where only one can be meant: it is delivered. Shows `name`, `goods`,
/// `day`.
pub const DELIVER: Service = Service {
    name: "deliver_deal",
    wants: &[deal::named, |context| deal::sides(context, &[Event::Deliver])],
    decide: deliver,
    shows: SHOWS,
    refusals: &[DEAL_GONE, DEAL_WHICH, DEAL_STOPPED, DEAL_AT_DOOR, DEAL_EARLY],
    messages: &[&deal_news::DELIVERED, &deal_news::NOT_COME],
    text: Some(ByText::ExecuteAnd(&TOLD)),
    ..Service::PLAIN
};

/// Input `deal`: the code, for who may know it; with the flag `parcel` the one that travels with
/// the goods, with `back` the one for what was brought back. Shows `goods`, `name`, and, once it is
/// done, `door_code`.
pub const CODE: Service = Service {
    name: "deal_code",
    authority: Authority::Customer,
    wants: &[deal::named, wants_code],
    decide: code,
    shows: &[
        Slot("name", Kind::Name),
        Slot("phone", Kind::Phone),
        Slot("deal", Kind::Code),
        Slot("goods", Kind::Name),
        Slot("price", Kind::Money),
        Slot("day", Kind::Day),
        Slot("dial", Kind::Text),
        Slot("door_code", Kind::Code),
    ],
    refusals: &[DEAL_GONE, DEAL_WHICH, SIM_CHANGED, Reason::CODE_GONE],
    replay: Replay { unrecorded: Unrecorded::Again, ..Replay::RECEIPT },
    ..Service::PLAIN
};

/// It is let go at the door: the seller asks for the code.
pub const DEAL_AT_DOOR: Reason = Reason::new("deal_at_door");
/// Nobody has stayed away before the day on which they were to come.
pub const DEAL_EARLY: Reason = Reason::new("deal_early");

const SHOWS: &[Slot] = &[
    Slot("name", Kind::Name),
    Slot("phone", Kind::Phone),
    Slot("deal", Kind::Code),
    Slot("goods", Kind::Name),
    Slot("price", Kind::Money),
    Slot("day", Kind::Day),
    Slot("dial", Kind::Text),
    Slot("paid", Kind::Money),
];
const TOLD: Message = Message::plain("sms.deliver_deal", SHOWS);

fn deliver(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let mut deal = deal::chosen(context, &[Event::Deliver])?;
    let side = deal.own_side(context)?;
    plan.show_all(deal.told(context, side)?);
    let role = deal.role_of(Event::Deliver, side)?;
    deal.goes_on(context)?;
    if deal.terms.release == Release::Door {
        return Err(DEAL_AT_DOOR.into());
    }
    if deal.terms.keep_minor.is_some() && context.today() < deal.terms.deliver_by {
        return Err(DEAL_EARLY.into());
    }
    deal.terms.delivered = deal.terms.keep_minor.is_none();
    deal.terms.clock = deal.days(context, deal.terms.look_days)?;
    plan.show_all(deal.told(context, side)?);
    let due = context.money(deal.terms.due_minor());
    plan.show("paid", context.money(deal.reaches_minor(due.minor)));
    let news = match deal.terms.keep_minor {
        Some(_of_a_deposit) => {
            deal.tell(context, Side::Buy, &deal_news::NOT_COME, [("paid".into(), due.into())])?
        }
        None => deal.tell(context, Side::Buy, &deal_news::DELIVERED, [])?,
    };
    let changes = vec![deal.moved(context, Event::Deliver, role, "")?, news];
    plan.commit(Act { kind: DELIVER.name, changes, ..Act::default() });
    Ok(())
}

/// The two sides, by which keys its codes were made, and whether who asks may be a thief.
fn wants_code(context: &Context) -> Vec<Want> {
    let Ok(deal) = deal::chosen(context, &[]) else { return Vec::new() };
    let caller = context.person().ok().map(|person| sim_change::want(person.account_id));
    let codes = [Some(deal_code::release(&deal)), deal_code::brought_back(&deal).ok()];
    let codes = codes.into_iter().flatten().map(Want::Pin);
    deal.wants().into_iter().chain(codes).chain(caller).collect()
}

fn code(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let deal = deal::chosen(context, &[])?;
    let side = deal.own_side(context)?;
    plan.show_all(deal.told(context, side)?);
    let back = deal.state == State::Returning && side == Side::Sell;
    let lets_go = matches!(deal.state, State::Funded | State::Delivered)
        && deal_code::reader(deal.terms.release) == Some(side);
    let seed = if back {
        plan.flag("back");
        deal.terms.return_code.as_deref()
    } else {
        if deal.terms.release == Release::Parcel {
            plan.flag("parcel");
        }
        deal.terms.code.as_deref().filter(|_| lets_go)
    };
    let pin = if back { deal_code::brought_back(&deal)? } else { deal_code::release(&deal) };
    let seed = seed.ok_or(DEAL_GONE)?;
    sim_change::not_lately(context, context.person()?.account_id)?;
    if context.key.is_some() {
        plan.show("door_code", deal_code::shown(context, pin, seed)?);
        plan.commit(Act { kind: CODE.name, ..Act::default() });
    }
    Ok(())
}
