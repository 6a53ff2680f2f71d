//! What was agreed on with a standing order: its days, its price, what is to be done next, and what
//! its payer is told of it.

use super::super::super::context::Context;
use super::super::super::people::send;
use super::super::super::plan::{Plan, PlanError};
use super::super::super::service::Message;
use super::super::super::{party, pricing};
use crate::calendar::Day;
use crate::money::Money;
use crate::refusal::{Reason, Refusal};
use crate::schedule::{Every, Schedule, Stage};
use crate::store::people::PersonRow;
use crate::store::standing_order_rows::StandingOrderRow;
use crate::time::Timestamp;
use crate::value::{Kind, Slot, Slots};

/// What a message says of a standing order.
pub const TOLD: &[Slot] = &[
    Slot("amount", Kind::Money),
    Slot("fee", Kind::Money),
    Slot("name", Kind::Name),
    Slot("phone", Kind::Phone),
    Slot("times", Kind::Count),
    Slot("first_day", Kind::Day),
    Slot("last_day", Kind::Day),
    Slot("dial", Kind::Text),
];
/// The same, and why not: by the code of the refusal, as whoever puts the message into words has
/// words for it.
const WHY: &[Slot] = &[
    Slot("amount", Kind::Money),
    Slot("fee", Kind::Money),
    Slot("name", Kind::Name),
    Slot("phone", Kind::Phone),
    Slot("times", Kind::Count),
    Slot("first_day", Kind::Day),
    Slot("last_day", Kind::Day),
    Slot("dial", Kind::Text),
    Slot("why_code", Kind::Text),
];

/// It was agreed on.
pub const SET: Message = Message::plain("sms.standing_set", TOLD);
/// The next one comes tomorrow.
pub const NOTICE: Message = Message::plain("sms.standing_notice", TOLD);
/// It costs something else now.
pub const PRICE: Message = Message::plain("sms.standing_price", TOLD);
/// That was the last one.
pub const OVER: Message = Message::plain("sms.standing_over", TOLD);
/// The service was away all day.
pub const MISSED: Message = Message::plain("sms.standing_missed", TOLD);
/// It could not be paid, and is tried again in the afternoon.
pub const RETRY: Message = Message::plain("sms.standing_retry", WHY);
/// It could not be paid this time.
pub const REFUSED: Message = Message::plain("sms.standing_refused", WHY);
/// It could not be paid, and was the last one.
pub const LAST: Message = Message::plain("sms.standing_last", WHY);
/// It could not be paid too often in a row.
pub const ENDED: Message = Message::plain("sms.standing_ended", WHY);
/// Its payer has ended it.
pub const CANCELLED: Message = Message::plain("sms.standing_cancelled", TOLD);

/// All that comes of agreeing on one.
pub const MESSAGES: &[&Message] =
    &[&SET, &NOTICE, &PRICE, &OVER, &MISSED, &RETRY, &REFUSED, &LAST, &ENDED];

/// What one payment costs.
pub struct Price {
    amount: Money,
    fee: Money,
    /// What the payer has less.
    pub total: Money,
}

impl Price {
    /// Shows it.
    pub fn show(&self, plan: &mut Plan) {
        plan.show("amount", self.amount);
        plan.show("fee", self.fee);
        plan.show("total", self.total);
    }
}

/// What one payment costs today.
pub fn total(context: &Context, payer: &PersonRow, amount: Money) -> Result<Price, PlanError> {
    let fee = pricing::fee(context, send::SERVICE.name, payer, amount)?;
    let fee = context.money(fee.payer_minor);
    let total = amount
        .checked_add(fee)
        .ok_or_else(|| Refusal::of_field(Reason::AMOUNT_TOO_LARGE, "amount"))?;
    Ok(Price { amount, fee, total })
}

/// The schedule of a row.
pub fn schedule_of(row: &StandingOrderRow) -> Schedule {
    // the database lets no other word in
    let every = Every::parse(&row.every).unwrap_or(Every::Month);
    Schedule {
        every,
        first: Day::new(i32::try_from(row.first_day).unwrap_or(i32::MAX)),
        times: row.times,
    }
}

/// The row with what is to be done next. A notice whose time is over is none: then it is paid.
pub fn waits(
    context: &Context,
    row: StandingOrderRow,
    schedule: &Schedule,
    stage: Stage,
) -> StandingOrderRow {
    let zone = &context.config.market.zone;
    let at = |stage: Stage| schedule.day_of(row.done, stage).at_hour(stage.hour(), zone);
    let stage = if stage == Stage::Notice && at(stage) <= context.now { Stage::Pay } else { stage };
    let wake_at: Timestamp = at(stage);
    StandingOrderRow { stage: stage.code().to_owned(), wake_at: wake_at.micros(), ..row }
}

/// What a message says of it.
pub fn told(context: &Context, row: &StandingOrderRow, payee: &PersonRow) -> Slots {
    let schedule = schedule_of(row);
    let mut slots = party::sign(payee);
    slots.insert("amount".into(), context.money(row.amount_minor).into());
    slots.insert(
        "fee".into(),
        context.money(row.total_minor.saturating_sub(row.amount_minor)).into(),
    );
    slots.insert("times".into(), row.times.saturating_sub(row.done).into());
    slots.insert("first_day".into(), schedule.due(row.done).into());
    slots.insert("last_day".into(), schedule.last().into());
    slots.insert("dial".into(), context.config.dial.clone().into());
    slots
}
