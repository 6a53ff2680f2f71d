//! The outbox: what leaves the house, as the postings wrote it that caused it. How it leaves is in
//! `outbox_queue`, how it fared in `outbox_notes`, what becomes of it afterwards in `outbox_past`.
//! What a message says is not known here.

use super::rows::{self, Column, Rows};
use super::schema::outbox;
use super::{Conn, StoreError, on};
use crate::id::{AccountId, PostingId};
use diesel::prelude::*;
use sha2::{Digest, Sha256};
use std::str::FromStr;
use strum::{EnumString, IntoStaticStr, VariantArray};

/// By which way a message leaves. Callbacks that are signed, and prompts over USSD, are to be two
/// more: a way is a word here, and who hands it over in `notify`.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "snake_case")]
pub enum Channel {
    /// To a phone; the address is its number.
    Text,
    /// To a mailbox; the address is that of the mail.
    Mail,
}

/// The states of what has left.
const GONE: [&str; 2] = ["sent", "delivered"];

/// A message to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMessage {
    /// By which way.
    pub channel: Channel,
    /// Where to, in the words of the channel: `+254...`, or a mail address.
    pub address: String,
    /// Messages with the same one leave one after the other; see `order_key`.
    pub order_key: i64,
    /// Of a mail: the phone of whoever it is for, as `+254...`.
    pub phone: Option<String>,
    /// In which language.
    pub language: String,
    /// Which text.
    pub template: String,
    /// Values for the text, as a JSON object of strings.
    pub slots: String,
    /// The posting it tells of: gives code, date and time.
    pub posting_id: Option<PostingId>,
    /// The account it tells of: gives the new balance.
    pub account_id: Option<AccountId>,
    /// Microseconds UTC.
    pub created_at: i64,
    /// When to send it, microseconds UTC.
    pub due_at: i64,
}

/// A message as stored.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, QueryableByName)]
#[diesel(table_name = outbox)]
#[expect(missing_docs, reason = "the same fields as NewMessage and the migration")]
pub struct MessageRow {
    pub id: i64,
    pub channel: String,
    pub address: String,
    pub order_key: i64,
    pub phone: Option<String>,
    pub language: String,
    pub template: String,
    pub slots: String,
    pub posting_id: Option<PostingId>,
    pub account_id: Option<AccountId>,
    pub state: String,
    pub attempts: i64,
    pub created_at: i64,
    pub due_at: i64,
    pub sent_at: Option<i64>,
    pub provider_id: Option<String>,
    pub reason: Option<String>,
}

impl NewMessage {
    /// The phone of whoever it is for.
    pub fn number(&self) -> &str {
        self.phone.as_deref().unwrap_or(&self.address)
    }
}

impl MessageRow {
    /// By which way it leaves; nothing where this program knows of no such way.
    pub fn channel(&self) -> Option<Channel> {
        Channel::from_str(&self.channel).ok()
    }

    /// The phone of whoever it is for.
    pub fn number(&self) -> &str {
        self.phone.as_deref().unwrap_or(&self.address)
    }
}

/// What keeps messages to one receiver in order: a number, as it stands in an index that is written
/// with each message. Two receivers that share one would only wait for each other.
pub fn order_key(channel: Channel, address: &str) -> i64 {
    let channel: &str = channel.into();
    let digest = Sha256::new().chain_update(channel).chain_update([0]).chain_update(address);
    let digest: [u8; 32] = digest.finalize().into();
    digest.first_chunk().map_or(0, |bytes| i64::from_be_bytes(*bytes))
}

/// Adds messages.
pub fn add<'a>(messages: &'a [NewMessage]) -> Rows<'a> {
    let columns = vec![
        Column::Texts(messages.iter().map(|m| m.channel.into()).collect()),
        Column::Texts(messages.iter().map(|m| m.address.as_str()).collect()),
        Column::Numbers(messages.iter().map(|m| m.order_key).collect()),
        Column::OptionalTexts(messages.iter().map(|m| m.phone.as_deref()).collect()),
        Column::Texts(messages.iter().map(|m| m.language.as_str()).collect()),
        Column::Texts(messages.iter().map(|m| m.template.as_str()).collect()),
        Column::Texts(messages.iter().map(|m| m.slots.as_str()).collect()),
        Column::optional_ids(messages.iter().map(|m| m.posting_id)),
        Column::optional_ids(messages.iter().map(|m| m.account_id)),
        Column::Numbers(messages.iter().map(|m| m.created_at).collect()),
        Column::Numbers(messages.iter().map(|m| m.due_at).collect()),
    ];
    Rows::insert(
        messages.len(),
        columns,
        "INSERT INTO outbox (channel, address, order_key, phone, language, template, slots, \
         posting_id, account_id, created_at, due_at)",
        "",
    )
}

/// Adds messages that no posting brings.
pub fn tell(conn: &mut Conn, messages: &[NewMessage]) -> Result<(), StoreError> {
    rows::run(conn, &[add(messages)])
}

/// What reached a number, the oldest first, at most the newest `limit`. For the demo alone: nothing
/// is found by its address but by looking at all.
pub fn inbox(conn: &mut Conn, number: &str, limit: i64) -> Result<Vec<MessageRow>, StoreError> {
    let theirs = outbox::table
        .filter(outbox::address.eq(number))
        .filter(outbox::channel.eq(<&str>::from(Channel::Text)))
        .filter(outbox::state.eq_any(GONE));
    let mut rows: Vec<MessageRow> =
        on!(conn, c => theirs.order(outbox::id.desc()).limit(limit).load(c))?;
    rows.reverse();
    Ok(rows)
}

/// The values of what a number is told last in these words, whether it has left or not. For the
/// demo alone, as `inbox`.
pub fn newest_to(
    conn: &mut Conn,
    number: &str,
    template: &str,
) -> Result<Option<String>, StoreError> {
    let theirs = outbox::table.filter(outbox::address.eq(number));
    let theirs = theirs.filter(outbox::template.eq(template)).order(outbox::id.desc());
    Ok(on!(conn, c => theirs.select(outbox::slots).first(c).optional())?)
}

/// What left this way, the newest first.
pub fn newest(
    conn: &mut Conn,
    channel: Channel,
    limit: i64,
) -> Result<Vec<MessageRow>, StoreError> {
    let gone = outbox::table
        .filter(outbox::channel.eq(<&str>::from(channel)))
        .filter(outbox::state.eq_any(GONE));
    Ok(on!(conn, c => gone.order(outbox::id.desc()).limit(limit).load(c))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_a_receiver_is_that_of_a_way_and_an_address() {
        let amina = order_key(Channel::Text, "+254700000001");
        assert_eq!(amina, order_key(Channel::Text, "+254700000001"));
        assert_ne!(amina, order_key(Channel::Mail, "+254700000001"));
        assert_ne!(amina, order_key(Channel::Text, "+254700000002"));
        // nodes of two versions must agree
        assert_eq!(order_key(Channel::Text, "+254700000001"), KEY_OF_AMINA);
    }

    const KEY_OF_AMINA: i64 = -8_481_759_636_359_929_137;

    #[test]
    fn each_way_is_read_as_it_is_written() {
        for channel in Channel::VARIANTS {
            let word: &str = channel.into();
            assert_eq!(Channel::from_str(word), Ok(*channel));
        }
    }
}
