//! The other side answers: yes, no, or other terms, once. Whoever asked may take it back; once the
//! terms stand, either may, as long as no money is in it.
//!
//! Input `deal`, or none where only one can be meant; for other terms `amount` and `deliver`.

use super::super::context::Context;
use super::super::metering;
use super::super::party;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{ByText, Message, Service};
use super::deal::{self, DEAL_WHICH, Deal};
use super::platform::{KEEPS, NO_SHARE};
use super::terms::{DEAL_DAY, Side, Terms};
use super::{DEAL_GONE, Event, State, deal_news, offering};
use crate::book::Meter;
use crate::reason::Reason;
use crate::store::people::PersonRow;
use crate::store::wants::Want;
use crate::value::{Kind, Slot};

/// Says yes: the terms stand; or, where a platform has asked the seller first, the buyer is asked.
pub const ACCEPT: Service = Service {
    name: "accept_deal",
    wants: &[deal::named, |context| sides(context, Event::Accept)],
    decide: accept,
    shows: SHOWS,
    refusals: REFUSALS,
    messages: &[
        &deal_news::PAY_IN,
        &deal_news::AGREED,
        &deal_news::SAYS,
        &deal_news::DEPOSIT_SAYS,
        &deal_news::WANTS_TO_SELL,
        &deal_news::OFFERED,
        &KEEPS,
    ],
    text: Some(ByText::ExecuteOrExplain(&JOIN_FIRST)),
    ..Service::PLAIN
};

/// Says no.
pub const DECLINE: Service = Service {
    name: "decline_deal",
    wants: &[deal::named, |context| sides(context, Event::Decline)],
    decide: |context, plan| end(context, plan, Event::Decline, &deal_news::DECLINED),
    shows: SHOWS,
    refusals: REFUSALS,
    messages: &[&deal_news::DECLINED, &NO_SHARE],
    text: Some(ByText::ExecuteForAnybody(&SAID_NO)),
    ..Service::PLAIN
};

/// Proposes another amount and another day.
pub const COUNTER: Service = Service {
    name: "counter_deal",
    wants: &[deal::named, |context| sides(context, Event::Counter)],
    decide: counter,
    shows: SHOWS,
    refusals: &[DEAL_GONE, DEAL_WHICH, deal::DEAL_STOPPED, DEAL_DAY],
    messages: &[&deal_news::COUNTERED, &deal_news::SAYS, &deal_news::DEPOSIT_SAYS, &KEEPS],
    ..Service::PLAIN
};

/// Does not want it any more.
pub const WITHDRAW: Service = Service {
    name: "withdraw_deal",
    wants: &[deal::named, |context| sides(context, Event::Withdraw)],
    decide: |context, plan| end(context, plan, Event::Withdraw, &deal_news::WITHDRAWN),
    shows: SHOWS,
    refusals: REFUSALS,
    messages: &[&deal_news::WITHDRAWN, &NO_SHARE],
    text: Some(ByText::ExecuteAnd(&CALLED_OFF)),
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
    Slot("deliver", Kind::Day),
    Slot("look", Kind::Count),
    Slot("release", Kind::Text),
    Slot("release_code", Kind::Text),
    Slot("fee_by", Kind::Text),
    Slot("fee_by_code", Kind::Text),
    Slot("fee", Kind::Money),
    Slot("bring", Kind::Text),
    Slot("bring_code", Kind::Text),
    Slot("delivery", Kind::Money),
    Slot("keep", Kind::Money),
    Slot("parts", Kind::Count),
    Slot("platform", Kind::Name),
    Slot("share", Kind::Money),
];
const REFUSALS: &[Reason] = &[DEAL_GONE, DEAL_WHICH, deal::DEAL_STOPPED];
const JOIN_FIRST: Message = Message::plain("sms.accept_deal_unjoined", &[Slot("dial", Kind::Text)]);
const SAID_NO: Message = Message::plain("sms.decline_deal", SHOWS);
const CALLED_OFF: Message = Message::plain("sms.withdraw_deal", SHOWS);

/// Days in which the buyer is to pay in once both agree.
const PAY_IN_DAYS: i32 = 1;
const ANSWER_DAYS: i32 = 2;

/// The two sides, and who answers, who may just have joined.
fn sides(context: &Context, event: Event) -> Vec<Want> {
    let own = context.person().map(|person| Want::Stopped(person.account_id));
    own.into_iter().chain(deal::sides(context, &[event])).collect()
}

/// The deal that is answered, with the caller on their side of it.
fn answered(context: &Context, plan: &mut Plan, event: Event) -> Result<(Deal, Side), PlanError> {
    let mut deal = deal::chosen(context, &[event])?;
    let side = deal.own_side(context)?;
    if deal.row.other.is_none() && side != deal.terms.side {
        // who was asked by their number has joined by now
        match (&context.caller.person, event) {
            (Some(person), _) => {
                deal.row.other = Some(person.account_id);
                deal.row.subject = String::new();
            }
            // a no needs no wallet
            (None, Event::Decline) => {}
            (None, _) => return Err(Reason::NOT_JOINED.into()),
        }
    }
    plan.show_all(deal.told(context, side)?);
    plan.show_all(deal.terms.told(context));
    plan.show_all(deal.keeps(context)?);
    Ok((deal, side))
}

fn accept(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let (mut deal, side) = answered(context, plan, Event::Accept)?;
    let role = deal.role_of(Event::Accept, side)?;
    deal.goes_on(context)?;
    fits(context, &deal, side)?;
    if deal.state == State::Brokered {
        deal.terms.clock = deal.days(context, ANSWER_DAYS)?;
        let mut changes = vec![deal.moved(context, Event::Accept, role, "")?];
        changes.extend(offering::told(context, &deal)?);
        plan.commit(Act { kind: ACCEPT.name, changes, ..Act::default() });
        return Ok(());
    }
    deal.terms.clock = deal.days(context, PAY_IN_DAYS)?;
    let price = deal.terms.price.buyer.total_minor();
    let total = context.money(deal.terms.amount_minor.saturating_add(price));
    let mut changes = vec![
        deal.moved(context, Event::Accept, role, "")?,
        deal.tell(context, Side::Buy, &deal_news::PAY_IN, [("paid".into(), total.into())])?,
        deal.tell(context, Side::Sell, &deal_news::AGREED, [])?,
    ];
    changes.extend(deal.tell_terms(context, Side::Buy)?);
    changes.extend(deal.tell_terms(context, Side::Sell)?);
    plan.commit(Act { kind: ACCEPT.name, changes, ..Act::default() });
    Ok(())
}

/// Whoever says yes hears at once where their own limits do not allow it.
fn fits(context: &Context, deal: &Deal, side: Side) -> Result<(), PlanError> {
    let own: &PersonRow = context.person()?;
    let amount = context.money(deal.terms.amount_minor);
    if side == Side::Buy {
        return metering::spent(context, own, amount).map(|_meter| ());
    }
    let account = party::account(context, own.account_id)?;
    let meter = Meter { own: true, ..metering::received(context, own, amount) };
    let then = account.balance_minor.saturating_add(amount.minor);
    let taken = meter.taken_from(account.usage, then);
    taken.map(|_usage| ()).map_err(|exceeded| meter.refusal(&exceeded, amount.currency).into())
}

fn counter(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let (mut deal, side) = answered(context, plan, Event::Counter)?;
    let role = deal.role_of(Event::Counter, side)?;
    deal.goes_on(context)?;
    deal.terms = other_terms(context, &deal.terms)?;
    plan.show_all(deal.terms.told(context));
    plan.show_all(deal.keeps(context)?);
    deal.terms.clock = deal.days(context, ANSWER_DAYS)?;
    let mut changes = vec![
        deal.moved(context, Event::Counter, role, "")?,
        deal.tell(context, side.other(), &deal_news::COUNTERED, [])?,
    ];
    changes.extend(deal.tell_terms(context, side.other())?);
    plan.commit(Act { kind: COUNTER.name, changes, ..Act::default() });
    Ok(())
}

/// The same, with another amount and another day.
fn other_terms(context: &Context, terms: &Terms) -> Result<Terms, PlanError> {
    let mut fields = context.fields.clone();
    // what was typed before, for another one, is none of it
    fields.retain(|name, _value| name == "amount" || name == "deliver");
    let same: [(&str, &'static str); 3] = [
        ("side", terms.side.into()),
        ("fee_by", terms.fee_by.into()),
        ("release", terms.release.into()),
    ];
    fields.extend(same.map(|(name, value)| (name.to_owned(), value.to_owned())));
    fields.insert("goods".to_owned(), terms.goods.clone());
    let context = &Context { fields: &fields, ..*context };
    let price = offering::price(context, terms.platform.map(|platform| platform.keeps))?;
    let typed = Terms::typed(context, price, terms.clock)?;
    let amount_minor = typed.amount_minor;
    let delivery_minor = terms.delivery_minor.min(amount_minor.saturating_sub(1));
    let deliver_by = typed.deliver_by;
    let keep_minor = terms.keep_minor.map(|keep| keep.min(amount_minor));
    Ok(Terms { amount_minor, deliver_by, price, delivery_minor, keep_minor, ..terms.clone() })
}

/// It is over before there was money in it: the other side hears of it.
fn end(context: &Context, plan: &mut Plan, event: Event, news: &Message) -> Result<(), PlanError> {
    let (deal, side) = answered(context, plan, event)?;
    let role = deal.role_of(event, side)?;
    let mut changes = vec![deal.moved(context, event, role, "")?];
    if deal.is_heard_of(side.other()) {
        changes.push(deal.tell(context, side.other(), news, [])?);
    }
    changes.extend(deal.tell_platform(context, &NO_SHARE, 0)?);
    plan.commit(Act { kind: "end_deal", changes, ..Act::default() });
    Ok(())
}
