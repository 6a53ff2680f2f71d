//! What somebody takes part in: a line for each deal, those first in which something is expected of
//! them; and one of them, with what it is about, what is expected until when, and what they may do.

use super::super::context::Context;
use super::super::plan::{Plan, PlanError};
use super::super::service::{ByText, Message, Service};
use super::deal::{self, DEAL_WHICH, Deal};
use super::terms::{Release, Side};
use super::{DEAL_GONE, Event, State, deal_code};
use crate::store::wants::Want;
use crate::value::{Kind, Slot, Slots};

/// Lists what the caller takes part in: `goods`, `amount`, `todo`.
pub const LIST: Service = Service {
    name: "deals",
    wants: &[deal::mine, sides_of_all],
    decide: list,
    shows: IN_LIST,
    text: Some(ByText::List { line: &LINE, whole: &WHOLE, none: &NONE }),
    ..Service::PLAIN
};

/// Input `deal`: what it is about, and what is expected of whom; a flag for each thing that the
/// caller may do.
pub const SHOW: Service = Service {
    name: "show_deal",
    wants: &[deal::named, |context| deal::sides(context, &[])],
    decide: show,
    shows: WHOLE_DEAL,
    refusals: &[DEAL_GONE, DEAL_WHICH],
    text: Some(ByText::Quote(&STANDS)),
    ..Service::PLAIN
};

const IN_LIST: &[Slot] = &[
    Slot("goods", Kind::Name),
    Slot("price", Kind::Money),
    Slot("deal", Kind::Code),
    Slot("todo", Kind::Text),
    Slot("todo_code", Kind::Text),
    Slot("day", Kind::Day),
    Slot("name", Kind::Name),
    Slot("part", Kind::Count),
    Slot("parts", Kind::Count),
];
const WHOLE_DEAL: &[Slot] = &[
    Slot("name", Kind::Name),
    Slot("phone", Kind::Phone),
    Slot("deal", Kind::Code),
    Slot("goods", Kind::Name),
    Slot("price", Kind::Money),
    Slot("day", Kind::Day),
    Slot("dial", Kind::Text),
    Slot("todo", Kind::Text),
    Slot("todo_code", Kind::Text),
    Slot("part", Kind::Count),
    Slot("parts", Kind::Count),
    Slot("who", Kind::Name),
    Slot("rest", Kind::Money),
    Slot("ask_back", Kind::Text),
    Slot("ask_back_code", Kind::Text),
];
const LINE: Message = Message::plain("sms.deal_line", IN_LIST);
const WHOLE: Message = Message::plain(
    "sms.deals",
    &[Slot("lines", Kind::Text), Slot("dial", Kind::Text), Slot("brand", Kind::Text)],
);
const NONE: Message = Message { template: "sms.deals_empty", ..WHOLE };
const STANDS: Message = Message::plain("sms.deal_stands", WHOLE_DEAL);

/// What somebody may do, with the flag that says so.
const MAY: [(Event, &str); 12] = [
    (Event::Offer, "may_send"),
    (Event::Accept, "may_answer"),
    (Event::Counter, "may_counter"),
    (Event::Fund, "may_pay"),
    (Event::Deliver, "may_deliver"),
    (Event::Release, "may_release"),
    (Event::Refund, "may_refund"),
    (Event::Dispute, "may_dispute"),
    (Event::Offset, "may_settle"),
    (Event::TakeBack, "may_take_back"),
    (Event::Return, "may_return"),
    (Event::Appeal, "may_appeal"),
];

impl Deal {
    /// What is expected next, as this side reads it.
    pub fn todo(&self, side: Side) -> &'static str {
        let own = side == self.terms.side;
        match (self.state, side) {
            (State::Drafted, _) => "unsent",
            (State::Brokered, _) => "answer",
            (State::Offered, _) if own => "they_answer",
            (State::Countered, _) if !own => "they_answer",
            (State::Offered | State::Countered, _) => "answer",
            (State::Accepted, Side::Buy) => "pay",
            (State::Accepted, Side::Sell) => "they_pay",
            (State::Funded, _) if self.terms.keep_minor.is_some() => "day",
            (State::Delivered, Side::Buy) if self.terms.keep_minor.is_some() => "object",
            (State::Funded, Side::Sell) if self.terms.is_in_parts() => "part",
            (State::Funded, Side::Buy) if self.terms.is_in_parts() => "they_part",
            (State::Funded, Side::Sell) => "deliver",
            (State::Funded, Side::Buy) => "they_deliver",
            (State::Delivered, Side::Buy) => "look",
            (State::Delivered, Side::Sell) => "they_look",
            (State::Disputed | State::Proposed, _) => self.talk(side),
            (State::Appealed | State::Reproposed, _) => "appealed",
            (State::Ruled, _) => "ruled",
            (State::Returning, Side::Buy) => "bring_back",
            (State::Returning, Side::Sell) => "they_bring_back",
            (
                State::Released
                | State::Refunded
                | State::Settled
                | State::Decided
                | State::Declined
                | State::Withdrawn
                | State::Expired,
                _,
            ) => "over",
        }
    }

    fn talk(&self, side: Side) -> &'static str {
        let proposed = self.terms.offset.is_some_and(|offset| offset.by != side);
        if proposed { "agree" } else { "talk" }
    }

    /// Whether it is this side's turn.
    fn waits_for(&self, side: Side) -> bool {
        let turn = [
            "unsent",
            "answer",
            "pay",
            "deliver",
            "part",
            "look",
            "object",
            "agree",
            "talk",
            "bring_back",
            "ruled",
        ];
        turn.contains(&self.todo(side))
    }
}

fn sides_of_all(context: &Context) -> Vec<Want> {
    let mut wants = Vec::new();
    for deal in deal::found(context).unwrap_or_default() {
        wants.extend([Some(deal.row.owner), deal.row.other].into_iter().flatten().map(Want::Owner));
    }
    wants
}

fn list(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let mut deals = Vec::new();
    for deal in deal::found(context)? {
        let side = deal.own_side(context)?;
        deals.push((!deal.waits_for(side), deal, side));
    }
    deals.sort_by_key(|(others_turn, deal, _side)| (*others_turn, deal.row.id));
    for (_turn, deal, side) in deals {
        let slots = described(context, &deal, side)?;
        plan.line(deal.row.id, slots);
    }
    Ok(())
}

fn described(context: &Context, deal: &Deal, side: Side) -> Result<Slots, PlanError> {
    let mut slots = deal.told(context, side)?;
    slots.insert("todo_code".into(), deal.todo(side).to_owned().into());
    slots.extend(deal.terms.counted());
    slots.retain(|slot, _| IN_LIST.iter().any(|Slot(name, _kind)| name == slot));
    Ok(slots)
}

fn show(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let deal = deal::chosen(context, &[])?;
    let side = deal.own_side(context)?;
    plan.show_all(deal.told(context, side)?);
    plan.show("todo_code", deal.todo(side).to_owned());
    plan.show_all(deal.terms.counted());
    plan.show_all(Slots::from([deal.who(context, side.other())?]));
    plan.show("rest", context.money(deal.terms.left_minor()));
    plan.show("ask_back_code", <&str>::from(side));
    for (event, flag) in MAY {
        if deal.role(event, side).is_some() {
            plan.flag(flag);
        }
    }
    let withdraws = deal.role(Event::Withdraw, side).is_some();
    if withdraws && deal.state != State::Drafted {
        plan.flag("may_withdraw");
    }
    if deal.terms.offset.is_some_and(|offset| offset.by != side)
        && deal.role(Event::Agree, side).is_some()
    {
        plan.flag("may_agree");
    }
    if side == Side::Sell {
        plan.flag("sells");
    }
    codes(plan, &deal, side);
    if deal.terms.return_code.is_some() {
        plan.flags.remove("may_take_back");
    }
    if deal.terms.is_in_parts() && plan.flags.remove("may_release") {
        plan.flag("may_release_next");
    }
    Ok(())
}

/// Who reads a code, and who types one.
fn codes(plan: &mut Plan, deal: &Deal, side: Side) {
    let lets_go = matches!(deal.state, State::Funded | State::Delivered);
    let reader = deal_code::reader(deal.terms.release).filter(|_| lets_go);
    let returning = deal.state == State::Returning && side == Side::Sell;
    if reader == Some(side) || returning {
        plan.flag("may_read_code");
    }
    if reader == Some(side.other()) {
        plan.flag(if deal.terms.release == Release::Door { "may_collect" } else { "may_unpack" });
    }
    if deal.terms.release == Release::Door {
        plan.flags.remove("may_deliver");
    }
    if deal.terms.platform.is_some() && plan.flags.remove("may_answer") {
        // what it keeps is read first
        plan.flag("may_answer_platform");
    }
    if deal.terms.keep_minor.is_some() {
        for (of_goods, of_deposit) in
            [("may_answer", "may_answer_deposit"), ("may_deliver", "may_claim")]
        {
            if plan.flags.remove(of_goods) {
                plan.flag(of_deposit);
            }
        }
        plan.flags.remove("may_take_back");
    }
}
