//! What people are told of a voucher: its sender, and the number it is made out to.

use super::super::message::Message;
use super::super::service_config::ServiceConfig;
use super::super::{outgoing, party};
use super::code::Agreed;
use crate::book::Change;
use crate::calendar::Day;
use crate::phone::Msisdn;
use crate::store::agent_rows::OutletRow;
use crate::store::people::PersonRow;
use crate::time::Timestamp;
use crate::value::{Kind, Slot, Slots, Value};

/// What its sender is told of it.
const OURS: &[Slot] =
    &[Slot("amount", Kind::Money), Slot("phone", Kind::Phone), Slot("day", Kind::Day)];
/// What the number it is for is told of it, and of who sent it.
const THEIRS: &[Slot] = &[
    Slot("amount", Kind::Money),
    Slot("name", Kind::Name),
    Slot("phone", Kind::Phone),
    Slot("day", Kind::Day),
    Slot("dial", Kind::Text),
];

/// What its sender is told of who tries to get it.
const TRIED_AT: &[Slot] = &[
    Slot("amount", Kind::Money),
    Slot("phone", Kind::Phone),
    Slot("day", Kind::Day),
    Slot("name", Kind::Name),
    Slot("agent", Kind::Phone),
];

/// To the number: something waits for it.
pub const WAITING: Message = Message::receipt("sms.parcel", THEIRS);
/// It has joined, and what waits does not fit.
pub const NO_ROOM: Message = Message::plain("sms.parcel_waits", THEIRS);
/// It has joined, and has it: to the sender.
pub const ARRIVED: Message = Message::balance(
    "sms.parcel_arrived",
    &[Slot("amount", Kind::Money), Slot("name", Kind::Name), Slot("phone", Kind::Phone)],
);
/// It was handed out: to the number.
pub const GOT: Message = Message::receipt("sms.parcel_got", THEIRS);
/// The same, to the sender.
pub const TAKEN: Message = Message::receipt("sms.parcel_taken", OURS);
/// A wrong secret was tried, at that outlet,
pub const WRONG: Message = Message::plain("sms.parcel_wrong", TRIED_AT);
/// and too often.
pub const TRIED: Message = Message::plain("sms.parcel_tried", TRIED_AT);
/// To the number: it waits no more.
pub const ENDED: Message = Message::receipt("sms.parcel_ended", THEIRS);
/// To the sender, who took it back,
pub const TAKEN_BACK: Message = Message::receipt("sms.parcel_cancelled", OURS);
/// or to whom it came back by itself.
pub const RETURNED: Message = Message::receipt("sms.parcel_returned", OURS);

/// What a voucher is worth, and the number it is made out to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeOut {
    /// The number.
    pub to: String,
    /// What its sender said yes to.
    pub agreed: Agreed,
}

impl MadeOut {
    /// What the sender is told of it.
    pub fn words(&self, config: &ServiceConfig) -> Slots {
        let to = Msisdn::from_e164(&self.to);
        let phone = to.map_or(Value::Phone(String::new()), |to| Value::whole(&to, &config.market));
        let ends = Day::of(Timestamp::from_micros(self.agreed.expires_at), &config.market.zone);
        Slots::from([
            ("phone".into(), phone),
            ("amount".into(), self.agreed.amount(config).into()),
            ("day".into(), ends.into()),
        ])
    }

    /// A word to who sent it about an outlet where a wrong secret was tried.
    pub fn tell_tried(
        &self,
        config: &ServiceConfig,
        payer: &PersonRow,
        outlet: &OutletRow,
        message: &Message,
        now: Timestamp,
    ) -> Change {
        let mut slots = self.words(config);
        let mut sign = party::outlet_sign(outlet);
        slots.extend(sign.remove("phone").map(|agent| ("agent".to_owned(), agent)));
        slots.extend(sign);
        let to = &payer.msisdn;
        Change::Tell(outgoing::message(to, &payer.language, message.template, &slots, None, now))
    }

    /// A word to who sent it.
    pub fn tell_sender(
        &self,
        config: &ServiceConfig,
        payer: &PersonRow,
        message: &Message,
        now: Timestamp,
    ) -> Change {
        let to = &payer.msisdn;
        let slots = self.words(config);
        Change::Tell(outgoing::message(to, &payer.language, message.template, &slots, None, now))
    }

    /// A word to the number it is for. As long as they have not joined nobody knows their language,
    /// and they may want to hear of nothing but what was handed out.
    pub fn tell_receiver(
        &self,
        config: &ServiceConfig,
        payer: &PersonRow,
        joined: Option<&PersonRow>,
        message: &Message,
        now: Timestamp,
    ) -> Change {
        let mut slots = self.words(config);
        slots.extend(party::sign(config, payer));
        slots.insert("dial".into(), config.dial.clone().into());
        let language = joined.map_or(config.market.language.as_str(), |joined| &joined.language);
        let text = outgoing::message(&self.to, language, message.template, &slots, None, now);
        let unasked = joined.is_none() && message.template != GOT.template;
        if unasked { Change::TellStranger(text) } else { Change::Tell(text) }
    }
}
