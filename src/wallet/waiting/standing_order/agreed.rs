//! What was agreed on with a standing order: which service is asked for what, at which total, on
//! which days, how far that has come, and what its payer is told of it. Which services there are is
//! not known here: one is found by its name among those that allow it.

use super::super::super::context::Context;
use super::super::super::service::Message;
use super::super::stored_request::{Asked, StoredRequest};
use crate::calendar::Day;
use crate::money::Money;
use crate::schedule::{Schedule, Stage};
use crate::value::{Kind, Slot, Slots, Value};
use serde::{Deserialize, Serialize};

/// What a message says of a standing order.
pub const TOLD: &[Slot] = &[
    Slot("amount", Kind::Money),
    Slot("fee", Kind::Money),
    Slot("name", Kind::Name),
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
    Slot("times", Kind::Count),
    Slot("first_day", Kind::Day),
    Slot("last_day", Kind::Day),
    Slot("dial", Kind::Text),
    Slot("why_code", Kind::Text),
];
/// Those of them that the service shows, as far as it has them: to whom, or for what, how much
/// goes, and what that costs. What it does not say is said of it: all of the total goes, at no
/// price, to what has no name.
pub const SAID: &[&str] = &["amount", "fee", "name"];

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

/// What is said of what is done each time: by the service, and where it does not say it, in its
/// stead.
pub fn what(said: &Slots, total: Money) -> Slots {
    let mut slots = Slots::from([
        ("amount".into(), total.into()),
        ("fee".into(), Money { minor: 0, ..total }.into()),
        ("name".into(), Value::Name(String::new())),
    ]);
    let said = said.iter().filter(|(name, _)| SAID.contains(&name.as_str()));
    slots.extend(said.map(|(name, value)| (name.clone(), value.clone())));
    slots
}

/// What was agreed on, and how far it has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// What is done each time.
    pub request: StoredRequest,
    /// What the service said of it last.
    pub said: Slots,
    /// What each time costs altogether, as the payer was told last.
    pub total: Money,
    /// When.
    pub schedule: Schedule,
    /// How many are over, paid or not.
    pub done: i64,
    /// How many in a row were not paid.
    pub failed: i64,
    /// What is to be done next.
    pub stage: Stage,
}

impl Terms {
    /// The day on which the next one is due.
    pub fn day(&self) -> Day {
        self.schedule.due(self.done)
    }

    /// Whether the next one is the last one.
    pub fn is_last(&self) -> bool {
        self.done.saturating_add(1) >= self.schedule.times
    }

    /// The same at what the service says now, where it says what it costs.
    pub fn as_asked(self, asked: &Asked) -> Terms {
        match asked.total() {
            Some(total) => Terms { said: asked.plan.shown(SAID), total, ..self },
            None => self,
        }
    }

    /// The same with what is to be done next. A notice whose time is over is none: then it is paid.
    pub fn waiting(self, context: &Context, stage: Stage) -> Terms {
        let late = stage == Stage::Notice && self.at(context, stage) <= context.now.micros();
        Terms { stage: if late { Stage::Pay } else { stage }, ..self }
    }

    /// When it is to be done, microseconds UTC.
    pub fn due_at(&self, context: &Context) -> i64 {
        self.at(context, self.stage)
    }

    fn at(&self, context: &Context, stage: Stage) -> i64 {
        let day = self.schedule.day_of(self.done, stage);
        day.at_hour(stage.hour(), &context.config.market.zone).micros()
    }

    /// What a message says of it.
    pub fn told(&self, context: &Context) -> Slots {
        let mut slots = what(&self.said, self.total);
        slots.insert("times".into(), self.schedule.times.saturating_sub(self.done).into());
        slots.insert("first_day".into(), self.day().into());
        slots.insert("last_day".into(), self.schedule.last().into());
        slots.insert("dial".into(), context.config.dial.clone().into());
        slots
    }
}
