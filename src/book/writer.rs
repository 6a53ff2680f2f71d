//! The writer: makes one batch durable, whatever happens to the database meanwhile.
//!
//! A batch takes the head of the book, so the batches of all nodes stand in one order and lock
//! nothing in another. With it, the node notes the batch as its own. When the answer to a commit is
//! lost, the writer takes the head again and reads that note: whoever holds the head knows that no
//! older transaction of anybody is still under way. So an outcome is known before it is told.

use super::aside::{Rider, Riders};
use super::batch::BatchOutcome;
use super::guard_facts::{Facts, GuardFacts};
use super::head_turn::HeadTurn;
use super::posting::{Posting, PostingResult};
use super::{reading, writing};
use crate::reason::Reason;
use crate::store::changes_since::{self, Invalidated};
use crate::store::head::{self, Head};
use crate::store::{self, Conn, Store, StoreError, book_rows};
use std::time::{Duration, Instant};

/// How long a batch is tried while the database is away. The gateways' deadlines are kept
/// elsewhere: callers are told that the result will come by SMS.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long it is tried to find out about a commit whose answer was lost.
const UNCLEAR_PATIENCE: Duration = Duration::from_secs(150);
/// Tries that a batch has in any case: one that slept with its whole machine wakes up with no time
/// left.
const TRIES_LEAST: u32 = 3;
const WAIT_FIRST: Duration = Duration::from_millis(20);
const WAIT_MAX: Duration = Duration::from_secs(1);
/// How long a batch gathers where other nodes write too: those who have just been answered need a
/// moment to come back, more of them a longer one, and the head is with somebody else anyway.
const GATHER: Duration = Duration::from_micros(250);
const GATHER_EACH: Duration = Duration::from_micros(2);

/// The one that writes.
pub struct Writer {
    store: Store,
    conn: Conn,
    /// Who this is among the nodes.
    node: i64,
    /// Batches begun.
    begun: i64,
    /// What is remembered of the database, as of this head.
    facts: Facts,
    head: Head,
    /// Nobody else wrote between the last two batches: what is remembered is likely to hold.
    sole_writer: bool,
    /// Postings in the newest batch: so many were answered.
    answered: u32,
    turn: HeadTurn,
    /// A batch was given up, and none was made since. One batch waits for a database that is away;
    /// those behind it are told at once, or the last of them would wait for all.
    unavailable: bool,
    /// What is to be written with the next batch, and is no part of it.
    riders: Riders,
    /// Messages that batches have added to the outbox since somebody asked.
    messages: usize,
}

/// A batch that was sent to be committed, and what it answers if it was.
struct SentBatch {
    batch: i64,
    answers: Vec<PostingResult>,
}

impl Writer {
    /// Enters the nodes of a database under a new number.
    pub fn enter(store: &Store) -> Result<Writer, StoreError> {
        let mut conn = store.writer()?;
        let node = store::write(&mut conn, |conn| {
            let node = book_rows::take_ids(conn, 1)?;
            head::enter(conn, node).map(|()| node)
        })?;
        let facts = Facts::default();
        let head = Head::default();
        let store = store.clone();
        let begun = 0;
        let sole_writer = true;
        let answered = 0;
        let turn = HeadTurn::default();
        let unavailable = false;
        let riders = Riders::default();
        let messages = 0;
        Ok(Writer {
            store,
            conn,
            node,
            begun,
            facts,
            head,
            sole_writer,
            answered,
            turn,
            unavailable,
            riders,
            messages,
        })
    }

    /// Takes this along with the next batch.
    pub(super) fn take_along(&mut self, rider: Rider) {
        self.riders.take_up(rider);
    }

    /// Whether anything waits for a batch to ride with.
    pub(super) fn has_riders(&self) -> bool {
        !self.riders.is_empty()
    }

    /// Writes what rides and has found no batch. It is tried once: whoever asked may ask again.
    pub(super) fn ride_alone(&mut self) {
        self.mend();
        let riders = &mut self.riders;
        let made = store::write(&mut self.conn, |conn| {
            riders.ride(conn);
            Ok::<(), StoreError>(())
        });
        if let Err(error) = &made {
            tracing::warn!(%error, "what is beside the book was not written");
        }
        self.riders.tell(made.is_ok());
    }

    /// How many messages batches have added to the outbox since this was asked last.
    pub(super) fn new_messages(&mut self) -> usize {
        std::mem::take(&mut self.messages)
    }

    /// Takes the head for a batch that is still to be gathered: while another node has it, the
    /// batch grows. Whoever calls this hands in the batch next. Where others write too, the batch
    /// only gets a moment to grow: what it needs to know is then read before the head is taken, so
    /// that they need not wait for that.
    pub fn acquire_head(&mut self) {
        if !self.sole_writer {
            return std::thread::sleep(
                GATHER.saturating_add(GATHER_EACH.saturating_mul(self.answered)),
            );
        }
        self.turn.acquire(&mut self.conn);
    }

    /// How long the head was held since this was asked last.
    pub(super) fn head_held(&mut self) -> Duration {
        self.turn.held()
    }

    /// Makes the postings durable and says what became of each.
    pub fn answers(&mut self, postings: &[Posting]) -> Vec<PostingResult> {
        if self.unavailable {
            self.mend();
        }
        self.answers_of(postings, false)
    }

    /// When the database refuses rows of the batch, each half is tried alone, and so on: one
    /// posting that cannot be written does not take the others with it. `suspect` is a batch that
    /// must have such a one.
    fn answers_of(&mut self, postings: &[Posting], suspect: bool) -> Vec<PostingResult> {
        let since = Instant::now();
        let mut sent = None;
        let mut tries = 0_u32;
        let (patience, tries_least) =
            if self.unavailable { (Duration::ZERO, 1) } else { (PATIENCE, TRIES_LEAST) };
        let count = postings.len();
        loop {
            tries = tries.saturating_add(1);
            let over = |patience| tries >= tries_least && since.elapsed() >= patience;
            let error = match self.advance(postings, &mut sent) {
                Ok(Some(answers)) => {
                    self.unavailable = false;
                    return answers;
                }
                Ok(None) if over(patience) => StoreError::Closed,
                Ok(None) => continue,
                Err(error) => error,
            };
            self.forget();
            if sent.is_none() && self.is_of_rows(&error, suspect || tries > 1) {
                tracing::warn!(%error, count, "a batch was refused");
                let reason = if error.is_of_rows() { Reason::INVALID } else { Reason::BUSY };
                let (left, right) = postings.split_at(count.div_euclid(2));
                return match postings {
                    [] | [_] => vec![Err(reason.into()); count],
                    _more => [self.answers_of(left, true), self.answers_of(right, true)].concat(),
                };
            }
            if over(if sent.is_some() { UNCLEAR_PATIENCE } else { patience }) {
                // not sent: it was rolled back or never begun. Sent: nobody can say, until it is
                // asked again
                tracing::error!(%error, count, unclear = sent.is_some(), "a commit failed");
                self.unavailable = true;
                let reason = if sent.is_some() { Reason::UNCLEAR } else { Reason::BUSY };
                return vec![Err(reason.into()); count];
            }
            tracing::warn!(%error, count, tries, "a commit is tried again");
            self.wait(tries);
            self.mend();
        }
    }

    /// Whether it is the rows that the database does not take, and not the database that is in
    /// trouble. Where the error does not say it, and comes a second time, a batch without any rows
    /// tells.
    fn is_of_rows(&mut self, error: &StoreError, again: bool) -> bool {
        let sound = |writer: &mut Writer| {
            !writer.conn.is_broken() && writer.attempt(&[], &mut None).is_ok()
        };
        error.is_of_rows() || (again && error.says_nothing() && sound(self))
    }

    /// Runs a write of another room.
    pub fn job<T>(
        &mut self,
        f: impl Fn(&mut Conn) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let since = Instant::now();
        let mut tries = 0_u32;
        if self.unavailable {
            self.mend();
        }
        loop {
            tries = tries.saturating_add(1);
            let over = self.unavailable || (tries >= TRIES_LEAST && since.elapsed() >= PATIENCE);
            match store::write(&mut self.conn, &f) {
                Err(error) if !error.is_of_rows() && !over => {
                    tracing::warn!(%error, tries, "a write is tried again");
                    self.wait(tries);
                    self.mend();
                }
                done => {
                    self.unavailable = self.unavailable && done.is_err();
                    return done;
                }
            }
        }
    }

    /// One step: finds out about what was sent before, or else sends the batch. Nothing comes of a
    /// batch that turns out not to have been made.
    fn advance(
        &mut self,
        postings: &[Posting],
        sent: &mut Option<SentBatch>,
    ) -> Result<Option<Vec<PostingResult>>, StoreError> {
        let Some(earlier) = sent.as_ref() else { return self.attempt(postings, sent).map(Some) };
        let made = self.was_made(earlier.batch)?;
        if made {
            self.riders.tell(true);
        }
        Ok(sent.take().filter(|_| made).map(|earlier| earlier.answers))
    }

    /// Whether a batch was made. It counts only when this question is committed too, and as a
    /// commit that writes: where a standby must have every commit before it is acknowledged, it has
    /// the batch then as well; and what SQLite had written of a batch that failed is written over,
    /// or a crash might still make it.
    fn was_made(&mut self, batch: i64) -> Result<bool, StoreError> {
        let node = self.node;
        store::write(&mut self.conn, |conn| {
            head::take(conn)?;
            let made = head::newest_of(conn, node)? == batch;
            head::touch(conn).map(|()| made)
        })
    }

    /// Folds the postings and commits them. Afterwards `sent` holds what was sent to be committed
    /// and not answered.
    fn attempt(
        &mut self,
        postings: &[Posting],
        sent: &mut Option<SentBatch>,
    ) -> Result<Vec<PostingResult>, StoreError> {
        self.begun = self.begun.saturating_add(1);
        let node = self.node;
        let begun = self.begun;
        let (head, invalidated) = self.begin(postings)?;
        let facts = &mut self.facts;
        let riders = &mut self.riders;
        let conn = &mut self.conn;
        let mut folded = None;
        let mut messages = 0;
        let write = |conn: &mut Conn| {
            facts.last_posting = head.last_posting;
            reading::read_facts(conn, postings, facts, invalidated.as_ref())?;
            let mut out = BatchOutcome::default();
            folded = Some(
                postings
                    .iter()
                    .map(|posting| facts.fold(posting, &mut out))
                    .collect::<Vec<PostingResult>>(),
            );
            riders.ride(conn);
            if out.is_empty() && !postings.is_empty() {
                // the book stays as it is, and so does its head
                return Ok(head);
            }
            let at = postings.iter().map(|posting| posting.at.micros()).max().unwrap_or(0);
            messages = out.messages();
            writing::write_batch(conn, facts, &out, head, head::note(node, begun, at))
        };
        let written = write(conn);
        let made = self.turn.finish(conn, written);
        let answers = folded.unwrap_or_default();
        match made {
            Ok(head) => {
                self.head = head;
                self.answered = u32::try_from(postings.len()).unwrap_or(0);
                self.messages = self.messages.saturating_add(messages);
                self.riders.tell(true);
                Ok(answers)
            }
            Err(error) => {
                // only a commit that was sent leaves anything unclear
                if matches!(error, StoreError::CommitLost(_)) {
                    *sent = Some(SentBatch { batch: begun, answers });
                }
                Err(error)
            }
        }
    }

    /// Takes the head for a batch, unless its turn came before. Where others write too, the batch
    /// is read ahead of that; then what they made meanwhile comes with the head. What may not be so
    /// any more is forgotten.
    fn begin(&mut self, postings: &[Posting]) -> Result<(Head, Option<Invalidated>), StoreError> {
        let left = self.head.clone();
        let prefetched = !self.turn.is_acquired() && !self.sole_writer && !postings.is_empty();
        if prefetched {
            self.prefetch(postings)?;
        }
        let since = self.head.last_posting;
        let (head, invalidated) = match self.turn.acquired() {
            Some(head) => (head, None),
            None if prefetched => {
                self.turn.begin(&mut self.conn, |conn| changes_since::take(conn, since))?
            }
            None => (self.turn.begin(&mut self.conn, head::take)?, None),
        };
        self.sole_writer = head == left;
        // what came past the book left no posting
        let invalidated = invalidated.filter(|_| head.touched == self.head.touched);
        match (head == self.head, &invalidated) {
            (true, _) => {}
            (false, Some(_)) => self.facts.guard_facts = GuardFacts::default(),
            (false, None) => self.facts = Facts::default(),
        }
        Ok((head, invalidated))
    }

    /// Reads what the book says about a batch, and which head that is at least: it is read first.
    fn prefetch(&mut self, postings: &[Posting]) -> Result<(), StoreError> {
        // a head that is not there is missed when it is to be taken
        let head = head::look(&mut self.conn)?.unwrap_or_default();
        if head != self.head {
            (self.facts, self.head) = (Facts::default(), head);
        }
        reading::prefetch(&mut self.conn, postings, &mut self.facts)
    }

    /// What was remembered may not be so. The next try reads everything with the head in hand.
    fn forget(&mut self) {
        (self.facts, self.head, self.sole_writer) = (Facts::default(), Head::default(), true);
    }

    fn wait(&self, tries: u32) {
        let wait = WAIT_FIRST.saturating_mul(2_u32.saturating_pow(tries.min(10)));
        std::thread::sleep(wait.min(WAIT_MAX));
    }

    /// A failure can leave the connection useless: the book must not stay so. Where a turn was
    /// taken on it, it was of use a moment ago; and on another one the batch would have no
    /// transaction, and be made statement by statement.
    fn mend(&mut self) {
        if self.turn.is_acquired() || !self.conn.is_broken() {
            return;
        }
        match self.store.writer() {
            Ok(conn) => self.conn = conn,
            Err(error) => tracing::warn!(%error, "the database cannot be reached"),
        }
    }
}
