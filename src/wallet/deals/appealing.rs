//! One of the two does not accept what the staff have decided: once, and within a time, they say
//! so, and others of the staff look at it again.

use super::super::context::Context;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{ByText, Message, Service};
use super::deal::{self, DEAL_WHICH};
use super::deal_clock::Clock;
use super::{DEAL_GONE, Event, deal_news};
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::text;
use crate::value::{Kind, Slot, Value};

/// Inputs `deal`, `why`: appeals.
pub const APPEAL: Service = Service {
    name: "appeal_deal",
    wants: &[deal::named, |context| deal::sides(context, &[Event::Appeal])],
    decide: appeal,
    shows: SHOWS,
    refusals: &[DEAL_GONE, DEAL_WHICH],
    messages: &[&deal_news::APPEALED],
    text: Some(ByText::ExecuteAnd(&HEARD)),
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
    Slot("said", Kind::Text),
];
const HEARD: Message = Message::plain("sms.appeal_deal", SHOWS);
fn appeal(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let mut deal = deal::chosen(context, &[Event::Appeal])?;
    let side = deal.own_side(context)?;
    plan.show_all(deal.told(context, side)?);
    let role = deal.role_of(Event::Appeal, side)?;
    let words = text::words(context.field("why")?, text::SAID_SEPTETS_MAX);
    let words = words.ok_or_else(|| Refusal::of_field(Reason::TEXT_FORMAT, "why"))?;
    plan.show("said", Value::Text(words.clone()));
    deal.terms.clock = Clock::STILL;
    let changes = vec![
        deal.moved(context, Event::Appeal, role, &words)?,
        deal.tell(context, side.other(), &deal_news::APPEALED, [])?,
    ];
    plan.commit(Act { kind: APPEAL.name, changes, ..Act::default() });
    Ok(())
}
