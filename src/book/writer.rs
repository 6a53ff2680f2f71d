//! The writer: makes one batch durable, whatever happens to the database meanwhile.
//!
//! A batch takes the head of the book, so the batches of all nodes stand in one order and lock nothing in another. With
//! it, the node notes the batch as its own. When the answer to a commit is lost, the writer takes the head again and
//! reads that note: whoever holds the head knows that no older transaction of anybody is still under way. So an
//! outcome is known before it is told.

use super::batch::{Facts, Outcome};
use super::committer::Answer;
use super::posting::Posting;
use super::{chain, reading, writing};
use crate::refusal::Reason;
use crate::store::head::{self, Head, LinkRow};
use crate::store::rows::Rows;
use crate::store::{self, Conn, Store, StoreError, book_rows};
use std::time::Duration;

/// Tries of a batch while the database is away: with the waits below, some twenty seconds. The gateways' deadlines are
/// kept elsewhere: callers are told that the result will come by SMS.
const TRIES_MAX: u32 = 25;
const WAIT_FIRST: Duration = Duration::from_millis(20);
const WAIT_MAX: Duration = Duration::from_secs(1);
/// Tries to find out about a commit whose answer was lost: some two minutes more.
const UNCLEAR_TRIES_MAX: u32 = 150;

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
}

/// A batch that was sent to be committed, and what it answers if it was.
struct Sent {
    batch: i64,
    head: Head,
    answers: Vec<Answer>,
}

impl Writer {
    /// Enters the nodes of a database under a new number.
    pub fn enter(store: &Store) -> Result<Writer, StoreError> {
        let mut conn = store.writer()?;
        let node = store::write(&mut conn, |conn| {
            let node = book_rows::take_ids(conn, 1)?;
            head::enter(conn, node).map(|()| node)
        })?;
        Ok(Writer { store: store.clone(), conn, node, begun: 0, facts: Facts::default(), head: Head::default() })
    }

    /// Makes the postings durable and says what became of each.
    ///
    /// When the database refuses rows of the batch, each posting is tried alone, so that one that cannot be written
    /// does not take the others with it.
    pub fn answers(&mut self, postings: &[Posting]) -> Vec<Answer> {
        let (mut sent, mut tries) = (None, 0_u32);
        loop {
            tries = tries.saturating_add(1);
            let error = match self.attempt(postings, &mut sent) {
                Ok(answers) => return answers,
                Err(error) => error,
            };
            self.forget();
            let count = postings.len();
            if error.is_of_rows() && sent.is_none() {
                tracing::warn!(%error, count, "a batch was refused");
                return match postings {
                    [_alone] => vec![Err(Reason::Invalid.into())],
                    several => several.iter().flat_map(|one| self.answers(std::slice::from_ref(one))).collect(),
                };
            }
            let tries_max = if sent.is_some() { UNCLEAR_TRIES_MAX } else { TRIES_MAX };
            if tries >= tries_max {
                // not sent: it was rolled back or never begun. Sent: nobody can say, until it is asked again
                tracing::error!(%error, count, unclear = sent.is_some(), "a commit failed");
                let reason = if sent.is_some() { Reason::Unclear } else { Reason::Busy };
                return vec![Err(reason.into()); count];
            }
            tracing::warn!(%error, count, tries, "a commit is tried again");
            self.wait(tries);
            self.mend();
        }
    }

    /// Runs a write of another room.
    pub fn job<T>(&mut self, f: impl Fn(&mut Conn) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let mut tries: u32 = 0;
        loop {
            tries = tries.saturating_add(1);
            match store::write(&mut self.conn, &f) {
                Err(error) if !error.is_of_rows() && tries < TRIES_MAX => {
                    tracing::warn!(%error, tries, "a write is tried again");
                    self.wait(tries);
                    self.mend();
                }
                done => return done,
            }
        }
    }

    /// Folds the postings and commits them, unless an earlier attempt turns out to have been made.
    fn attempt(&mut self, postings: &[Posting], sent: &mut Option<Sent>) -> Result<Vec<Answer>, StoreError> {
        self.begun = self.begun.saturating_add(1);
        let (node, begun) = (self.node, self.begun);
        let (facts, remembered) = (&mut self.facts, &self.head);
        let made = store::write(&mut self.conn, |conn| {
            let head = head::take(conn)?;
            if let Some(earlier) = sent.take_if(|earlier| earlier.batch > 0) {
                if head::newest_of(conn, node)? == earlier.batch {
                    return Ok(earlier);
                }
            }
            if head != *remembered {
                *facts = Facts::default();
            }
            facts.last_posting = head.last_posting;
            reading::read_facts(conn, postings, facts)?;
            let mut out = Outcome::default();
            let answers: Vec<Answer> = postings.iter().map(|posting| facts.fold(posting, &mut out)).collect();
            let at = postings.iter().map(|posting| posting.at.micros()).max().unwrap_or(0);
            let head = write_batch(conn, facts, &out, head, head::note(node, begun, at))?;
            *sent = Some(Sent { batch: begun, head: head.clone(), answers: answers.clone() });
            Ok(Sent { batch: begun, head, answers })
        });
        match made {
            Ok(made) => {
                self.head = made.head;
                *sent = None;
                Ok(made.answers)
            }
            Err(error) => {
                // only a commit that was sent leaves anything unclear
                if !matches!(error, StoreError::CommitLost(_)) {
                    sent.take_if(|sent| sent.batch == begun);
                }
                Err(error)
            }
        }
    }

    /// What was remembered may not be so.
    fn forget(&mut self) {
        (self.facts, self.head) = (Facts::default(), Head::default());
    }

    fn wait(&self, tries: u32) {
        let wait = WAIT_FIRST.saturating_mul(2_u32.saturating_pow(tries.min(10)));
        std::thread::sleep(wait.min(WAIT_MAX));
    }

    /// A failure can leave the connection useless: the book must not stay so.
    fn mend(&mut self) {
        if !self.conn.is_broken() {
            return;
        }
        match self.store.writer() {
            Ok(conn) => self.conn = conn,
            Err(error) => tracing::warn!(%error, "the database cannot be reached"),
        }
    }
}

/// Writes what the fold came to, and the new head.
fn write_batch(
    conn: &mut Conn,
    facts: &Facts,
    out: &Outcome,
    before: Head,
    note: Rows<'static>,
) -> Result<Head, StoreError> {
    let mut head = Head { batch: before.batch.saturating_add(1), ..before };
    let mut link = None;
    if let (Some(first), Some(last)) = (out.rows.postings.first(), out.rows.postings.last()) {
        head.digest = chain::digest(&head.digest, &out.rows.postings, &out.rows.entries, &out.rows.hold_entries);
        (head.link, head.last_posting) = (head.link.saturating_add(1), last.id);
        let digest = head.digest.clone();
        link = Some(LinkRow { seq: head.link, first_posting: first.id, last_posting: last.id, digest });
    }
    let mut also = vec![note, head::set(&head)];
    also.extend(link.as_ref().map(head::add_link));
    writing::write(conn, facts, out, also)?;
    Ok(head)
}
