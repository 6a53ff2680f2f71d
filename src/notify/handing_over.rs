//! Takes messages from the outbox when their turn comes, hands each over by itself, and writes down
//! at once what came of it. Nobody's message waits for somebody else's, and one that is slow holds
//! up only those behind it to the same receiver.

use super::lane::InHand;
use super::patience::next_try;
use super::way::Place;
use super::{Notify, Worded};
use crate::email::Email;
use crate::gateway::SendResult;
use crate::phone::Msisdn;
use crate::store::outbox::{Channel, MessageRow};
use crate::store::outbox_notes::{Fate, Note};
use crate::store::outbox_queue::{self, QueuePlace, Turn};
use crate::store::{Conn, StoreError};
use crate::time::Timestamp;
use std::collections::HashMap;
use std::time::Duration;

/// Where other nodes send too, a message in hand is nobody else's for so long,
const LEASE: Duration = Duration::from_secs(30);
/// and for as long again when so much of it is left.
const RENEW_AT: Duration = Duration::from_secs(20);
/// Messages of the queue that are read in one go, and how many times at one look.
const PAGE: i64 = 1_000;
const PAGES_MAX: usize = 20;
/// How soon it is tried again to write down how a message fared.
const WRITE_AGAIN: Duration = Duration::from_secs(1);
/// How often the outbox is looked at where nothing is in hand,
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// and what gathers after a place is free, so that several are asked for together.
const GATHER: Duration = Duration::from_millis(15);
/// How long messages in hand are waited for at the end: longer than any gateway takes.
const END_MAX: Duration = Duration::from_secs(40);

/// What was begun: for how many receivers it was asked, and how many messages that gave.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Begun {
    /// Receivers.
    pub asked: usize,
    /// Messages.
    pub messages: usize,
}

impl Notify {
    /// Begins to hand over what is due this way, as far as there are places, and waits for none of
    /// it.
    pub async fn begin_due(&self, channel: Channel) -> Result<Begun, StoreError> {
        let now = self.wallet.clock.now();
        self.renew(channel, now).await?;
        let way = self.way(channel);
        let free = way.lane().free(now);
        if free == 0 {
            return Ok(Begun::default());
        }
        self.look(channel, now).await?;
        let asked = way.lane().take(free);
        if asked.is_empty() {
            return Ok(Begun::default());
        }
        let until = now.plus(LEASE);
        let turn = self.claim(channel, asked.clone(), now, until).await;
        let (rows, waiting) = turn
            .as_ref()
            .map_or((&[][..], &[][..]), |turn| (turn.due.as_slice(), turn.waiting.as_slice()));
        let in_hand = |row: &MessageRow| (row.order_key, InHand { message: row.id, until });
        let got: HashMap<i64, InHand> = rows.iter().map(in_hand).collect();
        let later = waiting.iter().map(|(key, due_at)| (*key, Timestamp::from_micros(*due_at)));
        way.lane().got(&asked, &got, later);
        let rows = turn?.due;
        let begun = Begun { asked: asked.len(), messages: rows.len() };
        // whatever comes now, a place that was taken is given back
        let places: Vec<Place> = rows.iter().map(|row| way.place(row.order_key)).collect();
        for (place, worded) in places.into_iter().zip(self.worded(rows).await?) {
            let notify = self.clone();
            tokio::spawn(async move { notify.hand_over(channel, worded, place).await });
        }
        Ok(begun)
    }

    /// Hands over what is due this way until nothing is; returns how many there were.
    pub async fn send_due(&self, channel: Channel) -> Result<usize, StoreError> {
        let mut all = 0_usize;
        loop {
            let begun = self.begin_due(channel).await?;
            all = all.saturating_add(begun.messages);
            if begun.asked > 0 {
                continue;
            }
            if self.way(channel).lane().is_idle() {
                return Ok(all);
            }
            self.way(channel).freed().await;
        }
    }

    /// Waits until it is worth looking again at what is due this way.
    pub async fn next_look(&self, channel: Channel) {
        // a place that is freed and nothing else: then the pause is over sooner
        let _ = tokio::time::timeout(LOOK_EVERY, self.way(channel).freed()).await;
        tokio::time::sleep(GATHER).await;
    }

    /// Waits for what is in hand, at the end.
    pub async fn finish(&self, channel: Channel) {
        let way = self.way(channel);
        let over = async {
            while !way.lane().is_idle() {
                way.freed().await;
            }
        };
        if tokio::time::timeout(END_MAX, over).await.is_err() {
            tracing::warn!("messages were still in hand when the program ended");
        }
    }

    /// Looks who has something due, unless enough are known.
    async fn look(&self, channel: Channel, now: Timestamp) -> Result<(), StoreError> {
        for _page in 0..PAGES_MAX {
            let behind = self.way(channel).lane().looks_behind();
            let Some(behind) = behind else { return Ok(()) };
            let due = move |conn: &mut Conn| {
                outbox_queue::due_after(conn, channel, now.micros(), behind, PAGE)
            };
            let page: Vec<(QueuePlace, i64)> = self.wallet.store.read(due).await?;
            let is_full = i64::try_from(page.len()).is_ok_and(|rows| rows >= PAGE);
            if !self.way(channel).lane().found(&page, is_full, now) {
                return Ok(());
            }
        }
        Ok(())
    }

    /// The oldest message of each of these, where it is due. Where other nodes send too, it is
    /// nobody else's until then; of a file, what is in hand is remembered here alone.
    async fn claim(
        &self,
        channel: Channel,
        receivers: Vec<i64>,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Turn, StoreError> {
        let (now, until) = (now.micros(), until.micros());
        if self.wallet.store.is_shared() {
            let claim =
                move |conn: &mut Conn| outbox_queue::claim(conn, channel, &receivers, now, until);
            return self.wallet.book.write_aside(claim).await;
        }
        let read = move |conn: &mut Conn| outbox_queue::oldest(conn, channel, &receivers, now);
        self.wallet.store.read(read).await
    }

    /// Keeps what is in hand for long: nobody else may send it meanwhile.
    async fn renew(&self, channel: Channel, now: Timestamp) -> Result<(), StoreError> {
        if !self.wallet.store.is_shared() {
            return Ok(());
        }
        let ending = self.way(channel).lane().ending_before(now.plus(RENEW_AT));
        if ending.is_empty() {
            return Ok(());
        }
        let until = now.plus(LEASE);
        let ids = ending.clone();
        let renew = move |conn: &mut Conn| outbox_queue::renew(conn, &ids, until.micros());
        self.wallet.book.write_aside(renew).await?;
        self.way(channel).lane().renewed(&ending, until);
        Ok(())
    }

    /// Hands one message over and writes down what came of it.
    async fn hand_over(
        &self,
        channel: Channel,
        worded: Result<Worded, (MessageRow, StoreError)>,
        place: Place,
    ) {
        let (row, sent) = match worded {
            Ok(worded) => {
                let sent = self.send(channel, &worded).await;
                (worded.row, sent)
            }
            Err((row, error)) => {
                tracing::error!(%error, message = row.id, "a message could not be put into words");
                (row, SendResult::Refused { reason: error.to_string() })
            }
        };
        let fate = self.fate(channel, &row, sent);
        let is_over = !matches!(fate, Fate::Later(..));
        let failed = matches!(fate, Fate::Failed(_)) && channel == Channel::Mail;
        let note = Note::Fared {
            id: row.id,
            attempts: row.attempts.saturating_add(1),
            at: self.wallet.clock.now().micros(),
            fate,
            news: if failed { self.not_mailed(&row) } else { None },
        };
        // what was taken must never be sent again for want of a note: it stays in hand until there
        // is one
        while self.notes.write(&self.wallet.book, note.clone()).await.is_err() {
            tokio::time::sleep(WRITE_AGAIN).await;
        }
        if is_over {
            self.wallet.metrics.outbox_less();
        }
        place.done(is_over);
    }

    async fn send(&self, channel: Channel, message: &Worded) -> SendResult {
        match channel {
            Channel::Text => match Msisdn::from_e164(&message.row.address) {
                Some(to) => self.sender.send(&to, &message.text).await,
                None => SendResult::Refused { reason: "not a phone number".to_owned() },
            },
            Channel::Mail => self.mail(&message.row).await,
        }
    }

    /// What a result means for a message, and for the way it went.
    fn fate(&self, channel: Channel, row: &MessageRow, sent: SendResult) -> Fate {
        let now = self.wallet.clock.now();
        let (away, reason) = match sent {
            SendResult::Accepted { message_id } => {
                self.is_well(channel);
                self.wallet.metrics.message("sent");
                return Fate::Sent(message_id);
            }
            SendResult::Refused { reason } => {
                self.is_well(channel);
                self.not_sent(row, "failed", &reason);
                return Fate::Failed(reason);
            }
            SendResult::TryLater { reason } => {
                self.is_well(channel);
                (false, reason)
            }
            SendResult::Away { reason } => (true, reason),
            SendResult::Misconfigured { reason } => {
                self.wallet.metrics.message("alarm");
                tracing::error!(reason, "nothing is taken until an operator mends this");
                (true, reason)
            }
        };
        let [chance, other_chance] = self.wallet.randomness.bytes::<2>();
        let paused = away
            .then(|| self.way(channel).lane().health.away(row.order_key, now, other_chance))
            .flatten();
        if let Some(until) = paused {
            let seconds = until.since(now).as_secs();
            tracing::warn!(reason, seconds, "nothing goes through: it is tried again later");
        }
        let created_at = Timestamp::from_micros(row.created_at);
        match next_try(row.attempts, created_at, now, away, chance) {
            Some(due_at) => {
                self.not_sent(row, "later", &reason);
                Fate::Later(due_at.micros(), reason)
            }
            None => {
                self.not_sent(row, "failed", &reason);
                Fate::Failed(reason)
            }
        }
    }

    fn is_well(&self, channel: Channel) {
        if self.way(channel).lane().health.well() {
            tracing::info!(channel = <&str>::from(channel), "messages go through again");
        }
    }

    fn not_sent(&self, row: &MessageRow, outcome: &'static str, reason: &str) {
        self.wallet.metrics.message(outcome);
        let to = masked(row);
        tracing::warn!(message = row.id, to, outcome, reason, "a message was not sent");
    }
}

/// To whom, as logs may say it.
fn masked(row: &MessageRow) -> String {
    let number = || Msisdn::from_e164(&row.address).map(|number| number.to_string());
    let mail = || Email::parse(&row.address).ok().map(|email| email.to_string());
    number().or_else(mail).unwrap_or_default()
}
