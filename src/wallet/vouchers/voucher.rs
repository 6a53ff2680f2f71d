//! A voucher: money sent to a number that has no wallet yet. It is held, with its fee, for a week:
//! it comes by itself to whoever joins with that number, or an agent hands it out for the secret
//! that the sender tells by voice, or it goes back.
//!
//! It is a code for cash that is made out to a number: the same tries, the same hold behind it. The
//! secret is seven digits: which of the number's vouchers it opens, and a code of six. It is in no
//! message: who reads the receiver's SMS has nothing to show to an agent.

use super::super::message::Message;
use super::super::service_config::ServiceConfig;
use super::super::{outgoing, party};
use crate::book::{Change, Key};
use crate::calendar::Day;
use crate::money::Money;
use crate::phone::Msisdn;
use crate::store::agent_rows::CashCodeRow;
use crate::store::people::PersonRow;
use crate::store::wants::Want;
use crate::time::Timestamp;
use crate::value::{Kind, Slot, Slots, Value};
use std::time::Duration;

/// How long a voucher waits.
pub const LIFE: Duration = Duration::from_secs(7 * 24 * 3_600);
/// More were not made in the life of one.
const MADE_MAX: i64 = 200;

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
/// A wrong secret was tried too often.
pub const TRIED: Message = Message::plain("sms.parcel_tried", OURS);
/// To the number: it waits no more.
pub const ENDED: Message = Message::receipt("sms.parcel_ended", THEIRS);
/// To the sender, who took it back,
pub const TAKEN_BACK: Message = Message::receipt("sms.parcel_cancelled", OURS);
/// or to whom it came back by itself.
pub const RETURNED: Message = Message::receipt("sms.parcel_returned", OURS);

/// What must be read to know what somebody sent and was not over by now.
pub fn wants_sent(payer: &PersonRow, now: Timestamp) -> Want {
    Want::SentUnjoined { payer: payer.account_id, after: now.micros(), limit: MADE_MAX }
}

/// What must be read to know what waits for a number now.
pub fn wants_waiting(to: &Msisdn, now: Timestamp) -> Want {
    Want::WaitingFor(to.e164().to_owned(), now.micros())
}

/// When it was sent.
pub fn sent_at(voucher: &CashCodeRow) -> Timestamp {
    Timestamp::from_micros(voucher.expires_at).minus(LIFE)
}

/// What the sender tells by voice.
pub fn secret(place: i64, digits: &str) -> Value {
    Value::Code(format!("{place}{digits}"))
}

/// What makes sure that the receiver is told once that it does not fit.
pub fn told_key(voucher: &CashCodeRow) -> Key {
    Key::new(Timestamp::from_micros(0), "parcel waits", &voucher.id.to_be_bytes())
}

/// What the sender is told of it.
pub fn words(config: &ServiceConfig, voucher: &CashCodeRow) -> Slots {
    let to = voucher.msisdn.as_deref().and_then(Msisdn::from_e164);
    let phone = to.map_or(Value::Phone(String::new()), |to| Value::whole(&to));
    let ends = Day::of(Timestamp::from_micros(voucher.expires_at), &config.market.zone);
    let amount = Money::new(voucher.amount_minor, config.market.currency);
    Slots::from([
        ("phone".into(), phone),
        ("amount".into(), amount.into()),
        ("day".into(), ends.into()),
    ])
}

/// A word to who sent it.
pub fn tell_sender(
    config: &ServiceConfig,
    voucher: &CashCodeRow,
    payer: &PersonRow,
    message: &Message,
    now: Timestamp,
) -> Change {
    let to = &payer.msisdn;
    let slots = words(config, voucher);
    Change::Tell(outgoing::message(to, &payer.language, message.template, &slots, None, now))
}

/// A word to the number it is for. As long as they have not joined nobody knows their language.
pub fn tell_receiver(
    config: &ServiceConfig,
    voucher: &CashCodeRow,
    payer: &PersonRow,
    joined: Option<&PersonRow>,
    message: &Message,
    now: Timestamp,
) -> Change {
    let mut slots = words(config, voucher);
    slots.extend(party::sign(payer));
    slots.insert("dial".into(), config.dial.clone().into());
    let to = voucher.msisdn.as_deref().unwrap_or_default();
    let language = joined.map_or(config.market.language.as_str(), |joined| &joined.language);
    Change::Tell(outgoing::message(to, language, message.template, &slots, None, now))
}
