//! Outgoing messages: takes what is due from the outbox, puts it into words, hands it to the
//! gateway, and records how it fared. Delivered at least once: a message that was handed over in
//! the moment of a crash may come twice.

mod mail;

pub use mail::MESSAGES;

use crate::catalogue::Catalogue;
use crate::gateway::sender::Sender;
use crate::gateway::smtp::Mailer;
use crate::gateway::{Delivery, DeliveryReport, SendResult};
use crate::phone::Msisdn;
use crate::reloadable::Reloadable;
use crate::request::Slots;
use crate::store::outbox::{self, Channel, Fate, MessageRow, NewMessage};
use crate::store::{Conn, StoreError, book_rows};
use crate::time::Timestamp;
use crate::wallet::office::join_link;
use crate::wallet::{Wallet, receipt, start_pin};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// Messages taken in one go, and handed over side by side.
pub const BATCH: i64 = 64;
/// A message that was taken to be sent is nobody else's for so long. A gateway that takes longer to
/// answer may be given it twice.
const LEASE: Duration = Duration::from_secs(30);
/// Tries before a message is given up: with the waits below, some two days.
const ATTEMPTS_MAX: i64 = 30;
const WAIT_FIRST: Duration = Duration::from_secs(5);
const WAIT_MAX: Duration = Duration::from_secs(2 * 3600);

/// The worker. Clones share everything.
#[derive(Debug, Clone)]
pub struct Notify {
    /// Where the outbox is, and what the words need.
    pub wallet: Wallet,
    /// The words.
    pub catalogue: Reloadable<Catalogue>,
    /// The way out for texts.
    pub sender: Arc<Sender>,
    /// The way out for letters.
    pub mailer: Arc<Mailer>,
}

/// A message in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worded {
    /// Its row.
    pub row: MessageRow,
    /// What the person reads, in the alphabet of phones.
    pub text: String,
}

/// How a message fared, and what its person is told of that.
struct Fared {
    id: i64,
    fate: Fate,
    news: Option<NewMessage>,
}

impl Notify {
    /// Sends what is due this way; returns how many messages were taken. People are served side by
    /// side, and each gets what is due in the order it was written. The ways do not wait for one
    /// another: a mail server may be slow.
    pub async fn send_due(&self, channel: Channel) -> Result<usize, StoreError> {
        let now = self.wallet.clock.now();
        if !self.wallet.store.read(move |conn| outbox::is_due(conn, channel, now.micros())).await? {
            return Ok(0);
        }
        let lease = now.plus(LEASE).micros();
        let claim = move |conn: &mut Conn| outbox::claim(conn, channel, now.micros(), lease, BATCH);
        let rows = self.wallet.book.write(claim).await?;
        let due = self.worded(move |_conn| Ok(rows.clone())).await?;
        let taken = due.len();
        let mut by_person: BTreeMap<String, Vec<Worded>> = BTreeMap::new();
        for message in due {
            by_person.entry(message.row.msisdn.clone()).or_default().push(message);
        }
        let mut sending = tokio::task::JoinSet::new();
        for messages in by_person.into_values() {
            let notify = self.clone();
            sending.spawn(async move { notify.send_in_order(&messages).await });
        }
        // written down as they come: a report may follow at once, and one slow answer must not hold
        // up the others
        while let Some(first) = sending.join_next().await {
            let mut fates = first.unwrap_or_default();
            while let Some(more) = sending.try_join_next() {
                fates.extend(more.unwrap_or_default());
            }
            let at = self.wallet.clock.now().micros();
            let write = move |conn: &mut Conn| {
                fates.iter().try_for_each(|Fared { id, fate, news }| {
                    outbox::record(conn, *id, at, fate)?;
                    news.iter().try_for_each(|news| outbox::tell(conn, news))
                })
            };
            self.wallet.book.write(write).await?;
        }
        Ok(taken)
    }

    /// Sends one person's messages, one after the other. When one has to wait, those after it wait
    /// with it.
    async fn send_in_order(&self, messages: &[Worded]) -> Vec<Fared> {
        let mut fates = Vec::new();
        let mut waiting: Option<Fate> = None;
        for message in messages {
            let fate = match &waiting {
                Some(fate) => fate.clone(),
                None => self.send(message).await,
            };
            if matches!(fate, Fate::Later(_, _)) {
                waiting = Some(fate.clone());
            }
            let failed = matches!(fate, Fate::Failed(_)) && message.row.channel() == Channel::Mail;
            let news = if failed { self.not_mailed(&message.row) } else { None };
            fates.push(Fared { id: message.row.id, fate, news });
        }
        fates
    }

    async fn send(&self, message: &Worded) -> Fate {
        let Some(to) = Msisdn::from_e164(&message.row.msisdn) else {
            return Fate::Failed("not a phone number".into());
        };
        let sent = match message.row.channel() {
            Channel::Text => self.sender.send(&to, &message.text).await,
            Channel::Mail => self.mail(&message.row).await,
        };
        let fate = match sent {
            SendResult::Accepted { message_id } => Fate::Sent(message_id),
            SendResult::Refused { reason } => Fate::Failed(reason),
            SendResult::TryLater { reason } => self.later(message.row.attempts, reason),
        };
        let outcome = match &fate {
            Fate::Sent(_) => "sent",
            Fate::Later(_, _) => "later",
            Fate::Failed(_) => "failed",
        };
        self.wallet.metrics.message(outcome);
        if let Fate::Later(_, reason) | Fate::Failed(reason) = &fate {
            tracing::warn!(
                message = message.row.id,
                %to,
                outcome,
                reason,
                "a message was not sent"
            );
        }
        fate
    }

    /// Waits twice as long after each try.
    fn later(&self, attempts: i64, reason: String) -> Fate {
        if attempts.saturating_add(1) >= ATTEMPTS_MAX {
            return Fate::Failed(reason);
        }
        let doublings = u32::try_from(attempts).unwrap_or(u32::MAX).min(16);
        let wait = WAIT_FIRST.saturating_mul(2_u32.saturating_pow(doublings)).min(WAIT_MAX);
        Fate::Later(self.wallet.clock.now().plus(wait).micros(), reason)
    }

    /// Records a delivery report. Reports of messages that are not ours, and words we do not know,
    /// change nothing.
    pub async fn report(&self, report: DeliveryReport) -> Result<(), StoreError> {
        let (state, reason) = match report.status {
            Delivery::Delivered => ("delivered", None),
            Delivery::Failed(reason) => ("failed", Some(reason)),
            Delivery::Underway | Delivery::Unknown => return Ok(()),
        };
        let id = report.message_id;
        let known = self
            .wallet
            .book
            .write(move |conn| outbox::report(conn, &id, state, reason.as_deref()))
            .await?;
        self.wallet.metrics.message(if known { state } else { "unknown_report" });
        Ok(())
    }

    /// Counts what waits.
    pub async fn measure(&self) -> Result<(), StoreError> {
        let (depth, oldest) = self.wallet.store.read(outbox::depth).await?;
        let now = self.wallet.clock.now();
        let age = oldest.map_or(0, |oldest| now.since(Timestamp::from_micros(oldest)).as_secs());
        self.wallet.metrics.outbox(depth, i64::try_from(age).unwrap_or(i64::MAX));
        Ok(())
    }

    /// What reached a number, the oldest first.
    pub async fn inbox(&self, msisdn: &Msisdn, limit: i64) -> Result<Vec<Worded>, StoreError> {
        let number = msisdn.e164().to_owned();
        self.worded(move |conn| outbox::inbox(conn, &number, limit)).await
    }

    /// Reads messages and puts them into words.
    async fn worded(
        &self,
        read: impl Fn(&mut Conn) -> Result<Vec<MessageRow>, StoreError> + Send + 'static,
    ) -> Result<Vec<Worded>, StoreError> {
        let wallet = self.wallet.clone();
        let words = self.catalogue.get();
        let make = move |conn: &mut Conn| {
            let rows = read(conn)?;
            rows.into_iter().map(|row| put_into_words(conn, &wallet, &words, row)).collect()
        };
        self.wallet.store.read(make).await
    }
}

fn put_into_words(
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
        let balance = own.map(|leg| leg.balance_minor);
        // what a message says itself stays: until when something waits is not when it began
        for (name, value) in
            receipt::slots(&wallet.config, Some(posting), Timestamp::from_micros(at), balance)
        {
            slots.entry(name).or_insert(value);
        }
    }
    start_pin::told(&wallet.config, &row.msisdn, &mut slots);
    join_link::told(&wallet.config, &mut slots);
    let language =
        crate::language::Language::parse(&row.language).unwrap_or(crate::language::Language::EN);
    // few reasons have words that fit beside the rest; whoever wants to know more dials
    let text = crate::text::to_gsm(&words.say(language, &row.template, &slots));
    Ok(Worded { row, text })
}
