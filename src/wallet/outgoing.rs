//! Messages on their way to the outbox: by which way, to whom, in which language, with which
//! values.

use crate::email::Email;
use crate::id::AccountId;
use crate::request::Slots;
use crate::store::outbox::{Channel, NewMessage, order_key};
use crate::time::Timestamp;

/// A text for the outbox. With `account`, it tells that account's new balance.
pub fn message(
    msisdn: &str,
    language: &str,
    template: &str,
    slots: &Slots,
    account: Option<AccountId>,
    now: Timestamp,
) -> NewMessage {
    NewMessage {
        channel: Channel::Text,
        address: msisdn.to_owned(),
        order_key: order_key(Channel::Text, msisdn),
        phone: None,
        language: language.to_owned(),
        template: template.to_owned(),
        slots: serde_json::to_string(slots).unwrap_or_default(),
        posting_id: None,
        account_id: account,
        created_at: now.micros(),
        due_at: now.micros(),
    }
}

/// A letter, made of a text: it goes to that address, and is for whoever has the text's number.
pub fn letter(to: &Email, text: NewMessage) -> NewMessage {
    let address = to.address().to_owned();
    NewMessage {
        channel: Channel::Mail,
        order_key: order_key(Channel::Mail, &address),
        phone: Some(text.address),
        address,
        ..text
    }
}
