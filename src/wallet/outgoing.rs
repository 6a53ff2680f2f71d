//! Messages on their way to the outbox: to whom, in which language, with which values.

use crate::id::AccountId;
use crate::request::Slots;
use crate::store::outbox::NewMessage;
use crate::time::Timestamp;

/// A message for the outbox. With `account`, it tells that account's new balance.
pub fn message(
    msisdn: &str,
    language: &str,
    template: &str,
    slots: &Slots,
    account: Option<AccountId>,
    now: Timestamp,
) -> NewMessage {
    NewMessage {
        msisdn: msisdn.to_owned(),
        language: language.to_owned(),
        template: template.to_owned(),
        slots: serde_json::to_string(slots).unwrap_or_default(),
        posting_id: None,
        account_id: account,
        created_at: now.micros(),
        due_at: now.micros(),
    }
}
