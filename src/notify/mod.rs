//! Outgoing messages: finds what is due in the outbox, puts it into words, hands it over, and
//! writes down at once how it fared. A message leaves at least once: one that was handed over in
//! the moment of a crash may come twice.
//!
//! The way of a message: `lane` knows whose turn it is, `worded` and `mail` make what leaves,
//! `patience` says when to try again, `note_writer` writes down what came of it.

mod handing_over;
mod lane;
mod mail;
mod note_writer;
mod patience;
mod way;
mod worded;

pub use mail::MESSAGES;
pub use worded::Worded;

use crate::catalogue::Catalogue;
use crate::gateway::sender::Sender;
use crate::gateway::smtp::Mailer;
use crate::gateway::{Delivery, DeliveryReport};
use crate::phone::Msisdn;
use crate::reloadable::Part;
use crate::store::outbox::{self, Channel, MessageRow};
use crate::store::outbox_notes::{self, Note};
use crate::store::outbox_queue;
use crate::store::{Conn, StoreError};
use crate::time::Timestamp;
use crate::wallet::Wallet;
use note_writer::NoteWriter;
use std::sync::Arc;
use std::time::{Duration, Instant};
use way::Way;

/// Texts and letters that are handed over side by side. A letter may take a statement to be made.
const TEXTS: usize = 128;
const LETTERS: usize = 8;
/// How far back reports are looked at again that came before the answer was written.
const EARLY_WITHIN: Duration = Duration::from_secs(600);

/// The channel. Clones share everything.
#[derive(Debug, Clone)]
pub struct Notify {
    /// Where the outbox is, and what the words need.
    pub wallet: Wallet,
    /// The words.
    pub catalogue: Part<Catalogue>,
    /// The way out for texts.
    pub sender: Arc<Sender>,
    /// The way out for letters.
    pub mailer: Arc<Mailer>,
    texts: Arc<Way>,
    letters: Arc<Way>,
    notes: NoteWriter,
}

impl Notify {
    /// The channel, with its ways out.
    pub fn new(
        wallet: Wallet,
        catalogue: Part<Catalogue>,
        sender: Sender,
        mailer: Mailer,
    ) -> Notify {
        Notify {
            wallet,
            catalogue,
            sender: Arc::new(sender),
            mailer: Arc::new(mailer),
            texts: Arc::new(Way::new(TEXTS)),
            letters: Arc::new(Way::new(LETTERS)),
            notes: NoteWriter::default(),
        }
    }

    /// Records a delivery report, which may come before the answer of who reports. Reports of
    /// messages that are not ours, and words we do not know, change nothing.
    pub async fn report(&self, report: DeliveryReport) -> Result<(), StoreError> {
        let (state, reason) = match report.status {
            Delivery::Delivered => ("delivered", None),
            Delivery::Failed(reason) => ("failed", Some(reason)),
            Delivery::Underway | Delivery::Unknown => return Ok(()),
        };
        let note = Note::Reported {
            provider_id: report.message_id,
            state: state.to_owned(),
            reason,
            at: self.wallet.clock.now().micros(),
        };
        let known = self.notes.write(&self.wallet.book, note).await?;
        self.wallet.metrics.message(if known { state } else { "unknown_report" });
        Ok(())
    }

    /// Looks again at reports that nobody seemed to have waited for.
    pub async fn match_reports(&self) -> Result<(), StoreError> {
        let since = self.wallet.clock.now().minus(EARLY_WITHIN).micros();
        let is_any = move |conn: &mut Conn| outbox_notes::has_early(conn, since);
        if self.wallet.store.read(is_any).await? {
            let again = move |conn: &mut Conn| outbox_notes::match_early(conn, since);
            self.wallet.book.write_aside(again).await?;
        }
        Ok(())
    }

    /// Counts what waits, which is known from the counters in between; says how long that took.
    pub async fn measure(&self) -> Result<Duration, StoreError> {
        let began = Instant::now();
        let (depth, oldest) = self.wallet.store.read(outbox_queue::depth).await?;
        let now = self.wallet.clock.now();
        let age = oldest.map_or(0, |oldest| now.since(Timestamp::from_micros(oldest)).as_secs());
        self.wallet.metrics.outbox(depth, i64::try_from(age).unwrap_or(i64::MAX));
        Ok(began.elapsed())
    }

    /// What reached a number, the oldest first.
    pub async fn inbox(&self, msisdn: &Msisdn, limit: i64) -> Result<Vec<Worded>, StoreError> {
        let number = msisdn.e164().to_owned();
        let (wallet, words) = (self.wallet.clone(), self.catalogue.get());
        let read = move |conn: &mut Conn| -> Result<Vec<Worded>, StoreError> {
            let rows = outbox::inbox(conn, &number, limit)?;
            let word = |row| worded::put_into_words(conn, &wallet, &words, row);
            rows.into_iter().map(word).collect()
        };
        self.wallet.store.read(read).await
    }

    fn way(&self, channel: Channel) -> &Arc<Way> {
        match channel {
            Channel::Text => &self.texts,
            Channel::Mail => &self.letters,
        }
    }

    /// Messages in words; a row that cannot be read holds up no other.
    async fn worded(
        &self,
        rows: Vec<MessageRow>,
    ) -> Result<Vec<Result<Worded, (MessageRow, StoreError)>>, StoreError> {
        let (wallet, words) = (self.wallet.clone(), self.catalogue.get());
        let read = move |conn: &mut Conn| {
            let word = |row: &MessageRow| {
                // a letter is written when it is handed over
                if row.channel() == Some(Channel::Mail) {
                    return Ok(Ok(Worded { row: row.clone(), text: String::new() }));
                }
                match worded::put_into_words(conn, &wallet, &words, row.clone()) {
                    Ok(worded) => Ok(Ok(worded)),
                    Err(damaged @ StoreError::Damaged(_)) => Ok(Err((row.clone(), damaged))),
                    Err(error) => Err(error),
                }
            };
            rows.iter().map(word).collect()
        };
        self.wallet.store.read(read).await
    }
}
