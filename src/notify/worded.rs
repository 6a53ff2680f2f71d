//! A message in words, as its receiver reads it: made when it leaves, of what its posting wrote and
//! of what the book says by then. Who gets it, and when, is not known here.

use crate::catalogue::Catalogue;
use crate::language::Language;
use crate::request::Slots;
use crate::store::book_rows::EntryRow;
use crate::store::outbox::MessageRow;
use crate::store::{Conn, StoreError, book_rows};
use crate::text::to_gsm;
use crate::time::Timestamp;
use crate::wallet::office::join_link;
use crate::wallet::{Wallet, receipt, start_pin};

/// A message in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worded {
    /// Its row.
    pub row: MessageRow,
    /// What the person reads, in the alphabet of phones.
    pub text: String,
}

/// What a text says.
pub(super) fn put_into_words(
    conn: &mut Conn,
    wallet: &Wallet,
    words: &Catalogue,
    row: MessageRow,
) -> Result<Worded, StoreError> {
    let mut slots: Slots = serde_json::from_str(&row.slots)
        .map_err(|_not| StoreError::Damaged("a message's slots"))?;
    if let Some(posting) = row.posting_id {
        let whole = conn.wait(async |asked| book_rows::posting_whole(asked, posting).await)?;
        let (at, legs) =
            whole.map_or((row.created_at, Vec::new()), |(posting, legs)| (posting.at, legs));
        let own = legs.iter().find(|leg| Some(leg.account_id) == row.account_id);
        let balance = own.map(EntryRow::available_minor);
        // what a message says itself stays: until when something waits is not when it began
        for (name, value) in
            receipt::slots(&wallet.config, Some(posting), Timestamp::from_micros(at), balance)
        {
            slots.entry(name).or_insert(value);
        }
    }
    start_pin::told(&wallet.config, &row.address, &mut slots);
    join_link::told(&wallet.config, &mut slots);
    let language = Language::parse(&row.language).unwrap_or(Language::EN);
    // few reasons have words that fit beside the rest; whoever wants to know more dials
    let text = to_gsm(&words.say(language, &row.template, &slots));
    Ok(Worded { row, text })
}
