//! The committer: drains the queue, folds what is there, writes it with one commit, answers everyone.
//!
//! Waiting for the disk is what costs, so payments are never committed one by one: while one batch is on its way
//! to the disk the next one gathers. Nobody is answered before the commit is durable.

use super::batch::{Facts, Noted, Outcome};
use super::posting::{Change, HoldMove, POSTING_ROWS_MAX, Posting, Receipt};
use super::{Key, chain};
use crate::metrics::Metrics;
use crate::refusal::{Reason, Refusal};
use crate::store::book_rows::{self, Account, HoldRow, LinkRow};
use crate::store::{self, Conn, Store, StoreError, orders, outbox, people, sessions};
use crate::time::Timestamp;
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};

/// Postings in one commit at most.
const BATCH_MAX: usize = 1_000;
/// Rows of them after which no more postings are taken into a commit.
const BATCH_ROWS_MAX: usize = 10_000;
/// Postings that may wait; more are refused as busy at once, which is safe to repeat.
const QUEUE_MAX: usize = 4_096;

type Job = Box<dyn FnOnce(&mut Conn) + Send>;
type Answer = Result<Receipt, Refusal>;

enum Work {
    Post(Box<Posting>, oneshot::Sender<Answer>),
    Job(Job),
}

/// The way in: everything that writes goes through here. Clones share one queue.
#[derive(Clone)]
pub struct Book {
    queue: mpsc::Sender<Work>,
}

impl std::fmt::Debug for Book {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Book({} places free)", self.queue.capacity())
    }
}

impl Book {
    /// Starts the committer on a thread of its own. It ends, with everything in the queue committed, when the last
    /// clone of the book is dropped; join the handle to wait for that.
    pub fn start(store: &Store, metrics: Arc<Metrics>) -> Result<(Book, std::thread::JoinHandle<()>), StoreError> {
        let committer = Committer { conn: store.writer()?, store: store.clone(), metrics };
        let (queue, work) = mpsc::channel(QUEUE_MAX);
        let thread = std::thread::Builder::new()
            .name("committer".into())
            .spawn(move || committer.run(work))
            .map_err(|e| StoreError::Open(e.to_string()))?;
        Ok((Book { queue }, thread))
    }

    /// Makes a posting true, durably, or refuses it. Once this answers, a crash changes nothing any more.
    pub async fn post(&self, posting: Posting) -> Answer {
        if posting.rows() > POSTING_ROWS_MAX {
            return Err(Reason::Invalid.into());
        }
        let (answer, wait) = oneshot::channel();
        self.queue.try_send(Work::Post(Box::new(posting), answer)).map_err(|_full| Reason::Busy)?;
        // no answer means that the committer is gone before it took the posting up
        wait.await.unwrap_or_else(|_gone| Err(Reason::Busy.into()))
    }

    /// Runs a rare write of other rooms in a transaction of its own, in turn with the batches.
    pub async fn write<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut Conn) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, wait) = oneshot::channel();
        let job: Job = Box::new(move |conn| {
            // whoever asked may have gone: then nobody reads the result
            let _ = answer.send(store::write(conn, f));
        });
        self.queue.send(Work::Job(job)).await.map_err(|_gone| StoreError::Closed)?;
        wait.await.unwrap_or(Err(StoreError::Closed))
    }

    /// Takes one number that was never handed out.
    pub async fn fresh_id(&self) -> Result<i64, StoreError> {
        self.write(|conn| book_rows::take_ids(conn, 1)).await
    }

    /// Whether the committer is there to take work.
    pub fn is_alive(&self) -> bool {
        !self.queue.is_closed()
    }
}

/// The one that writes.
struct Committer {
    conn: Conn,
    store: Store,
    metrics: Arc<Metrics>,
}

impl Committer {
    fn run(mut self, mut work: mpsc::Receiver<Work>) {
        let mut batch = Vec::new();
        while let Some(first) = work.blocking_recv() {
            let (mut next, mut rows) = (Some(first), 0_usize);
            while let Some(item) = next {
                match item {
                    Work::Post(posting, answer) => {
                        rows = rows.saturating_add(posting.rows());
                        batch.push((*posting, answer));
                    }
                    Work::Job(job) => {
                        self.commit(std::mem::take(&mut batch));
                        self.mend();
                        job(&mut self.conn);
                    }
                }
                let full = batch.len() >= BATCH_MAX || rows >= BATCH_ROWS_MAX;
                next = if full { None } else { work.try_recv().ok() };
            }
            self.commit(std::mem::take(&mut batch));
        }
    }

    /// Commits a batch and answers.
    fn commit(&mut self, batch: Vec<(Posting, oneshot::Sender<Answer>)>) {
        if batch.is_empty() {
            return;
        }
        let (postings, askers): (Vec<_>, Vec<_>) = batch.into_iter().unzip();
        let started = std::time::Instant::now();
        let answers = self.answers(postings);
        self.metrics.batch(answers.len(), started.elapsed());
        for (asker, answer) in askers.into_iter().zip(answers) {
            // an asker that stopped waiting finds the outcome by its key
            let _ = asker.send(answer);
        }
    }

    /// When the database refuses rows of the batch, each posting is tried alone, so that one that cannot be written
    /// does not take the others with it. When the database is in trouble as a whole, nobody is made to wait for more.
    fn answers(&mut self, postings: Vec<Posting>) -> Vec<Answer> {
        self.mend();
        let count = postings.len();
        match write_batch(&mut self.conn, postings.clone()) {
            Ok(answers) => answers,
            Err(error) if error.is_of_rows() && count > 1 => {
                tracing::warn!(%error, count, "a batch was refused, its postings are tried one by one");
                let alone = postings.into_iter().map(|posting| match write_batch(&mut self.conn, vec![posting]) {
                    Ok(mut answers) => answers.pop().unwrap_or_else(|| Err(Reason::Busy.into())),
                    Err(error) => failed(&error),
                });
                alone.collect()
            }
            Err(error) => postings.iter().map(|_posting| failed(&error)).collect(),
        }
    }

    /// A commit that fails (a full disk) can leave the connection useless: the book must not stay so.
    fn mend(&mut self) {
        if let Err(error) = self.store.mend(&mut self.conn) {
            tracing::error!(%error, "the database cannot be opened again");
        }
    }
}

/// The transaction was rolled back: nothing was done. Trying again is safe, and makes sense unless the rows themselves
/// cannot be written.
fn failed(error: &StoreError) -> Answer {
    tracing::error!(%error, "a commit failed");
    Err(if error.is_of_rows() { Reason::Invalid.into() } else { Reason::Busy.into() })
}

fn write_batch(conn: &mut Conn, postings: Vec<Posting>) -> Result<Vec<Answer>, StoreError> {
    store::write(conn, |conn| {
        let mut facts = read_facts(conn, &postings)?;
        let mut out = Outcome::default();
        let answers = postings.into_iter().map(|posting| facts.fold(posting, &mut out)).collect();
        write_rows(conn, &facts, &out)?;
        Ok(answers)
    })
}

/// Reads everything the postings touch: a handful of statements however many postings there are.
fn read_facts(conn: &mut Conn, postings: &[Posting]) -> Result<Facts, StoreError> {
    let mut want = Wanted::default();
    postings.iter().for_each(|posting| want.note(posting));
    let mut facts = Facts { last_posting: book_rows::last_posting(conn)?, ..Facts::default() };
    read_book(conn, &mut want, &mut facts)?;
    if !want.sessions.is_empty() {
        facts.around.sessions = sessions::versions(conn, &Vec::from_iter(want.sessions))?.into_iter().collect();
    }
    if !want.pins.is_empty() {
        let pins = people::pins_of(conn, &Vec::from_iter(want.pins))?;
        facts.around.attempts = pins.into_iter().map(|pin| (pin.account_id, pin.attempts)).collect();
    }
    if !want.seen.is_empty() {
        let seen = sessions::seen_among(conn, &Vec::from_iter(want.seen))?;
        facts.around.seen = seen.iter().filter_map(|key| Key::from_bytes(key)).collect();
    }
    if !want.msisdns.is_empty() {
        facts.around.msisdns = people::msisdns_among(conn, &Vec::from_iter(want.msisdns))?.into_iter().collect();
    }
    if !want.orders.is_empty() {
        let rows = orders::by_ids(conn, &Vec::from_iter(want.orders))?;
        facts.around.orders = rows.into_iter().map(|order| (order.id, order.state)).collect();
    }
    Ok(facts)
}

fn read_book(conn: &mut Conn, want: &mut Wanted, facts: &mut Facts) -> Result<(), StoreError> {
    if !want.keys.is_empty() {
        let keys: Vec<Vec<u8>> = want.keys.iter().cloned().collect();
        for row in book_rows::postings_with(conn, &keys)? {
            let key = Key::from_bytes(&row.key).ok_or(StoreError::Damaged("a key is not 20 bytes"))?;
            let request = row.request.try_into().map_err(|_long| StoreError::Damaged("a request is not 16 bytes"))?;
            let legs = book_rows::entries_of(conn, row.id)?;
            let balances = legs.iter().map(|leg| (leg.account_id, leg.balance_minor)).collect();
            let at = Timestamp::from_micros(row.at);
            facts.known.insert(key, (request, Receipt { posting: row.id, at, repeated: true, balances }));
        }
    }
    if !want.holds.is_empty() {
        let holds = book_rows::holds_of(conn, &Vec::from_iter(want.holds.iter().copied()))?;
        want.accounts.extend(holds.iter().map(|hold| hold.account_id));
        facts.holds = holds.into_iter().map(|hold| (hold.id, hold)).collect();
    }
    if !want.accounts.is_empty() {
        let accounts = book_rows::accounts_of(conn, &Vec::from_iter(want.accounts.iter().copied()))?;
        facts.accounts = accounts.into_iter().map(|account| (account.id, account)).collect();
    }
    Ok(())
}

/// Which rows a batch needs to see.
#[derive(Default)]
struct Wanted {
    keys: BTreeSet<Vec<u8>>,
    accounts: BTreeSet<i64>,
    holds: BTreeSet<i64>,
    sessions: BTreeSet<Vec<u8>>,
    pins: BTreeSet<i64>,
    seen: BTreeSet<Vec<u8>>,
    msisdns: BTreeSet<String>,
    orders: BTreeSet<i64>,
}

impl Wanted {
    fn note(&mut self, posting: &Posting) {
        if posting.is_money() {
            self.keys.insert(posting.key.bytes().to_vec());
        }
        self.accounts.extend(posting.legs.iter().map(|leg| leg.account));
        for step in &posting.holds {
            match step {
                HoldMove::Open { account, .. } => self.accounts.insert(*account),
                HoldMove::Settle { hold, .. } | HoldMove::Release { hold } | HoldMove::Expire { hold } => {
                    self.holds.insert(*hold)
                }
            };
        }
        for change in &posting.changes {
            match change {
                Change::OpenAccount(account) => drop(self.accounts.insert(account.id)),
                Change::Join(person) => drop(self.msisdns.insert(person.msisdn.clone())),
                Change::ChargePin { account } => drop(self.pins.insert(*account)),
                Change::SaveSession(save) => drop(self.sessions.insert(save.row.key.clone())),
                Change::AtVersion { session, .. } => drop(self.sessions.insert(session.clone())),
                Change::See { key } => drop(self.seen.insert(key.bytes().to_vec())),
                Change::CloseOrder { order, .. } => drop(self.orders.insert(*order)),
                Change::OpenOrder(order) => drop(self.orders.insert(order.id)),
                Change::SetPin(_) | Change::ClearPin { .. } | Change::SetLanguage { .. } | Change::Tell(_) => {}
            }
        }
    }
}

fn write_rows(conn: &mut Conn, facts: &Facts, out: &Outcome) -> Result<(), StoreError> {
    // accounts that are opened in this batch must exist before their balances are written
    for note in &out.changes {
        write_change(conn, facts, note)?;
    }
    if let (Some(first), Some(last)) = (out.rows.postings.first(), out.rows.postings.last()) {
        let before = book_rows::last_link(conn)?;
        let digest = chain::digest(
            before.as_ref().map_or(&[], |link| link.digest.as_slice()),
            &out.rows.postings,
            &out.rows.entries,
            &out.rows.hold_entries,
        );
        let seq = before.map_or(1, |link| link.seq.saturating_add(1));
        book_rows::add(conn, &out.rows)?;
        book_rows::add_link(conn, &LinkRow { seq, first_posting: first.id, last_posting: last.id, digest })?;
    }
    let accounts: Vec<&Account> = out.accounts.iter().filter_map(|id| facts.accounts.get(id)).collect();
    book_rows::settle_accounts(conn, &accounts)?;
    let holds: Vec<&HoldRow> = out.holds.iter().filter_map(|id| facts.holds.get(id)).collect();
    book_rows::settle_holds(conn, &holds)
}

fn write_change(conn: &mut Conn, facts: &Facts, note: &Noted) -> Result<(), StoreError> {
    match &note.change {
        // opened empty: what the batch put on it is written with the other accounts
        Change::OpenAccount(account) => book_rows::open_account(conn, account),
        Change::Join(person) => people::add(conn, person),
        Change::SetPin(pin) => people::set_pin(conn, pin),
        Change::ChargePin { account } => {
            people::set_attempts(conn, *account, facts.around.attempts.get(account).copied().unwrap_or(0))
        }
        Change::ClearPin { account } => people::set_attempts(conn, *account, 0),
        Change::SetLanguage { account, language } => people::set_language(conn, *account, language),
        Change::SaveSession(save) => sessions::save(conn, &[&save.row]),
        Change::AtVersion { .. } => Ok(()),
        Change::See { key } => sessions::see(conn, key.bytes(), note.at.micros()),
        Change::OpenOrder(order) => orders::add(conn, order),
        Change::CloseOrder { order, state } => orders::set_state(conn, *order, state),
        Change::Tell(message) => {
            let posting_id = (note.posting > 0).then_some(note.posting);
            outbox::add(conn, &[outbox::NewMessage { posting_id, ..message.clone() }])
        }
    }
}
