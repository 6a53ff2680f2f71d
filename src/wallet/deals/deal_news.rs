//! What the two sides of a deal hear of it: one message for each thing that happens, with the same
//! values in all of them. When each is sent is not known here.

use super::super::context::Context;
use super::super::plan::PlanError;
use super::super::service::{Message, With};
use super::deal::Deal;
use super::parts::{PART_LET_GO, PART_PAID};
use super::platform::{KEEPS, NO_SHARE, SHARE};
use super::terms::Side;
use crate::book::Change;
use crate::value::{Kind, Slot, Slots};

/// What each says: of which deal, what it is for, the other side, and until when it waits.
const BASE: [Slot; 7] = [
    Slot("name", Kind::Name),
    Slot("phone", Kind::Phone),
    Slot("deal", Kind::Code),
    Slot("goods", Kind::Name),
    Slot("price", Kind::Money),
    Slot("day", Kind::Day),
    Slot("dial", Kind::Text),
];
const PAID: [Slot; 8] = with(BASE, Slot("paid", Kind::Money));
const HELD: [Slot; 9] = [
    Slot("name", Kind::Name),
    Slot("phone", Kind::Phone),
    Slot("deal", Kind::Code),
    Slot("goods", Kind::Name),
    Slot("price", Kind::Money),
    Slot("day", Kind::Day),
    Slot("dial", Kind::Text),
    Slot("paid", Kind::Money),
    Slot("hint_code", Kind::Text),
];
const REACHES: [Slot; 11] = [
    Slot("name", Kind::Name),
    Slot("phone", Kind::Phone),
    Slot("deal", Kind::Code),
    Slot("goods", Kind::Name),
    Slot("price", Kind::Money),
    Slot("day", Kind::Day),
    Slot("dial", Kind::Text),
    Slot("paid", Kind::Money),
    Slot("fee", Kind::Money),
    Slot("less_code", Kind::Text),
    Slot("plus_code", Kind::Text),
];
const WHO: [Slot; 8] = with(BASE, Slot("who", Kind::Name));
const TERMS: [Slot; 16] = [
    Slot("name", Kind::Name),
    Slot("phone", Kind::Phone),
    Slot("deal", Kind::Code),
    Slot("goods", Kind::Name),
    Slot("price", Kind::Money),
    Slot("day", Kind::Day),
    Slot("dial", Kind::Text),
    Slot("deliver", Kind::Day),
    Slot("look", Kind::Count),
    Slot("release_code", Kind::Text),
    Slot("fee_by_code", Kind::Text),
    Slot("fee", Kind::Money),
    Slot("bring_code", Kind::Text),
    Slot("delivery", Kind::Money),
    Slot("keep", Kind::Money),
    Slot("parts", Kind::Count),
];
const DIVIDED: [Slot; 9] = [
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
const RULING: [Slot; 10] = [
    Slot("name", Kind::Name),
    Slot("phone", Kind::Phone),
    Slot("deal", Kind::Code),
    Slot("goods", Kind::Name),
    Slot("price", Kind::Money),
    Slot("day", Kind::Day),
    Slot("dial", Kind::Text),
    Slot("back", Kind::Money),
    Slot("rest", Kind::Money),
    Slot("cause_code", Kind::Text),
];
const ABOUT: [Slot; 8] = with(BASE, Slot("said", Kind::Text));
const PROBLEM: [Slot; 9] = [
    Slot("name", Kind::Name),
    Slot("phone", Kind::Phone),
    Slot("deal", Kind::Code),
    Slot("goods", Kind::Name),
    Slot("price", Kind::Money),
    Slot("day", Kind::Day),
    Slot("dial", Kind::Text),
    Slot("problem_code", Kind::Text),
    Slot("said", Kind::Text),
];
const EXPECTED: [Slot; 10] = [
    Slot("name", Kind::Name),
    Slot("phone", Kind::Phone),
    Slot("deal", Kind::Code),
    Slot("goods", Kind::Name),
    Slot("price", Kind::Money),
    Slot("day", Kind::Day),
    Slot("dial", Kind::Text),
    Slot("todo_code", Kind::Text),
    Slot("part", Kind::Count),
    Slot("parts", Kind::Count),
];

const fn with(base: [Slot; 7], more: Slot) -> [Slot; 8] {
    let [name, phone, deal, goods, amount, day, dial] = base;
    [name, phone, deal, goods, amount, day, dial, more]
}

/// To who has written by a text that they buy: nobody else has heard of it.
pub const READ_BACK_BUY: Message = Message::plain("sms.deal_read_back_buy", &WHO);
/// The same to who sells.
pub const READ_BACK_SELL: Message = Message::plain("sms.deal_read_back_sell", &WHO);
/// To the seller: somebody wants to buy.
pub const WANTS_TO_BUY: Message = Message::plain("sms.deal_buy", &PAID);
/// To the buyer: somebody wants to sell.
pub const WANTS_TO_SELL: Message = Message::plain("sms.deal_sell", &PAID);
/// The same to who has no wallet yet: what it is, and that a no needs none.
pub const STRANGER_MAY_SELL: Message = Message::plain("sms.deal_buy_unjoined", &PAID);
/// To who would buy.
pub const STRANGER_MAY_BUY: Message = Message::plain("sms.deal_sell_unjoined", &PAID);
/// To who has just joined: what waits for them.
pub const WAITS: Message = Message::plain("sms.deal_waits", &BASE);
/// To who provides for something: somebody wants to leave a deposit.
pub const LEAVES_DEPOSIT: Message = Message::plain("sms.deposit_left", &PAID);
/// To who is to leave one.
pub const ASKS_DEPOSIT: Message = Message::plain("sms.deposit_asked", &PAID);
/// To whoever is asked, and to both once they agree: what it says.
pub const SAYS: Message = Message::plain("sms.deal_terms", &TERMS);
/// The same of a deposit.
pub const DEPOSIT_SAYS: Message = Message::plain("sms.deposit_terms", &TERMS);
/// To who has asked.
pub const OFFERED: Message = Message::plain("sms.deal_offered", &WHO);
/// To who has asked: the other side proposes other terms.
pub const COUNTERED: Message = Message::plain("sms.deal_countered", &BASE);
/// To the buyer, once both agree.
pub const PAY_IN: Message = Message::plain("sms.deal_pay_in", &PAID);
/// To the seller.
pub const AGREED: Message = Message::plain("sms.deal_agreed", &BASE);
/// The other side does not want it,
pub const DECLINED: Message = Message::plain("sms.deal_declined", &BASE);
/// or not any more,
pub const WITHDRAWN: Message = Message::plain("sms.deal_withdrawn", &BASE);
/// or nobody said anything.
pub const EXPIRED: Message = Message::plain("sms.deal_expired", &BASE);
/// To the buyer, who has paid in.
pub const PAID_IN: Message =
    Message { template: "sms.deal_paid_in", slots: &HELD, with: With::Balance };
/// To the seller: the money is there.
pub const FUNDED: Message = Message::receipt("sms.deal_funded", &BASE);
/// To the buyer: it is said to be there.
pub const DELIVERED: Message = Message::plain("sms.deal_delivered", &BASE);
/// To who has left a deposit: they are said not to have come.
pub const NOT_COME: Message = Message::plain("sms.deposit_not_come", &PAID);
/// To the seller, who is paid.
pub const PAID_OUT: Message =
    Message { template: "sms.deal_paid_out", slots: &REACHES, with: With::Balance };
/// To the buyer, whose money was let go.
pub const LET_GO: Message = Message::receipt("sms.deal_let_go", &PAID);
/// To the buyer, who has it back.
pub const BACK: Message =
    Message { template: "sms.deal_back", slots: &REACHES, with: With::Balance };
/// To the seller.
pub const GIVEN_BACK: Message = Message::receipt("sms.deal_given_back", &PAID);
/// To the other side of who says what is wrong,
pub const DISPUTED: Message = Message::plain("sms.deal_disputed", &PROBLEM);
/// and what is done about it, to who says so.
pub const NOTED: Message = Message::plain("sms.deal_noted", &BASE);
/// More of it.
pub const SAID: Message = Message::plain("sms.deal_said", &ABOUT);
/// Who should get what, as the other side proposes,
pub const OFFSET: Message = Message::plain("sms.deal_offset", &DIVIDED);
/// or as the staff have decided,
pub const RULED: Message = Message::plain("sms.deal_ruled", &RULING);
/// which somebody does not accept,
pub const APPEALED: Message = Message::plain("sms.deal_appealed", &BASE);
/// or for good.
pub const DECIDED: Message = Message::plain("sms.deal_decided", &RULING);
/// Why, in the words of the staff.
pub const REASON: Message = Message::plain("sms.deal_reason", &ABOUT);
/// To the buyer: the seller takes it back.
pub const TAKES_BACK: Message = Message::plain("sms.deal_takes_back", &BASE);
/// To the seller, who does.
pub const TAKEN_BACK: Message = Message::plain("sms.deal_taken_back", &BASE);
/// Nobody brought it back in time.
pub const NOT_BROUGHT: Message = Message::plain("sms.deal_not_brought", &BASE);
/// What is expected, and until when.
pub const REMINDER: Message = Message::plain("sms.deal_reminder", &EXPECTED);
/// A time was not counted: it ends later.
pub const LATER: Message = Message::plain("sms.deal_later", &EXPECTED);
/// To who cannot be paid now.
pub const STUCK: Message = Message::plain("sms.deal_stuck", &BASE);
/// To both: a code was tried too often.
pub const TRIED: Message = Message::plain("sms.deal_tried", &BASE);

/// What comes of money that is paid out, whatever did it.
pub const MONEY: [&Message; 8] =
    [&PAID_OUT, &LET_GO, &BACK, &GIVEN_BACK, &PART_PAID, &PART_LET_GO, &SHARE, &NO_SHARE];
/// The same where a code was tried for it, which lets all of it go.
pub const MONEY_BY_CODE: [&Message; 7] =
    [&PAID_OUT, &LET_GO, &BACK, &GIVEN_BACK, &SHARE, &NO_SHARE, &TRIED];

impl Deal {
    /// Tells a side of it. Who has not joined is told by their number, in the language of who asks
    /// them. With `balance`, it tells the new balance of their wallet.
    pub fn tell(
        &self,
        context: &Context,
        side: Side,
        message: &Message,
        more: impl IntoIterator<Item = (String, crate::value::Value)>,
    ) -> Result<Change, PlanError> {
        let mut slots: Slots = self.told(context, side)?;
        slots.extend(more);
        let own = self.person(context, side)?;
        if let Some(person) = own {
            let account = (message.with == With::Balance).then_some(person.account_id);
            return Ok(context.tell(person, message, slots, account));
        }
        let asks = self.person(context, side.other())?;
        let language = asks.map_or("en", |person| &person.language);
        let subject = &self.row.subject;
        Ok(Change::TellStranger(context.message(subject, language, message, &slots, None)))
    }

    /// Tells a side what it says, and what a platform keeps of it.
    pub fn tell_terms(&self, context: &Context, side: Side) -> Result<Vec<Change>, PlanError> {
        let deposit = self.terms.keep_minor.is_some();
        let message = if deposit { &DEPOSIT_SAYS } else { &SAYS };
        let mut changes = vec![self.tell(context, side, message, self.terms.told(context))?];
        if self.terms.platform.is_some() {
            changes.push(self.tell(context, side, &KEEPS, self.keeps(context)?)?);
        }
        Ok(changes)
    }

    /// Tells both.
    pub fn tell_both(
        &self,
        context: &Context,
        message: &Message,
        more: &Slots,
    ) -> Result<[Change; 2], PlanError> {
        let buyer = self.tell(context, Side::Buy, message, more.clone())?;
        Ok([buyer, self.tell(context, Side::Sell, message, more.clone())?])
    }
}
