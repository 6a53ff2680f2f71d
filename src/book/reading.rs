//! What a batch needs to know before it is folded: read in sets, and only what is not remembered
//! from the batches before.

use super::Key;
use super::guard_facts::{Facts, Standing};
use super::posting::{Posting, Receipt};
use super::touched::Touched;
use crate::id::{AccountId, ArrangementId, HoldId, PinId};
use crate::store::arrangement_rows::ArrangementRow;
use crate::store::ask::Database;
use crate::store::book_rows::{Account, HoldRow, PostingRow};
use crate::store::changes_since::Invalidated;
use crate::store::pins::PinRow;
use crate::store::{Conn, StoreError, arrangement_rows, book_rows, dedup, lines, pins, records};
use futures_util::future;
use std::collections::{BTreeSet, HashMap};

/// Rows of one kind that are remembered; then it begins anew.
const REMEMBERED_MAX: usize = 200_000;

/// Reads what the book says about the postings, before the head is taken. Others may change it
/// meanwhile: what they made comes with the head, and is for `read_facts` to heed.
pub fn prefetch(
    conn: &mut Conn,
    postings: &[Posting],
    facts: &mut Facts,
) -> Result<(), StoreError> {
    facts.make_room();
    let touched = Touched::of(postings);
    read(conn, &Questions::of_book(&touched, facts), facts)
}

/// Reads everything the postings touch: a handful of statements however many postings there are,
/// which go to a server in one journey.
/// Where they were read ahead, `since` is what others made after that: of the book only this is
/// read again, and what was not there.
pub fn read_facts(
    conn: &mut Conn,
    postings: &[Posting],
    facts: &mut Facts,
    invalidated: Option<&Invalidated>,
) -> Result<(), StoreError> {
    let mut touched = Touched::of(postings);
    if let Some(invalidated) = invalidated {
        touched.keys.retain(|key| invalidated.keys.contains(*key));
        invalidated.accounts.iter().for_each(|id| drop(facts.accounts.remove(id)));
    } else {
        facts.make_room();
    }
    let known = &facts.guard_facts;
    let lines = touched.lines.iter().filter(|line| !known.lines.contains_key(**line));
    let pins = touched.pins.iter().filter(|pin| !known.attempts.contains_key(pin));
    let questions = Questions {
        lines: lines.copied().collect(),
        pins: pins.copied().collect(),
        dedup_keys: touched.dedup_keys.iter().copied().collect(),
        arrangements: touched.arrangements.iter().copied().collect(),
        ..Questions::of_book(&touched, facts)
    };
    read(conn, &questions, facts)?;
    if !touched.records.is_empty() {
        let occupants = records::occupants(conn, &touched.records)?;
        facts.guard_facts.records = occupants.into_iter().collect();
    }
    Ok(())
}

/// What is not remembered from the batches before.
#[derive(Default)]
struct Questions<'a> {
    keys: Vec<&'a [u8]>,
    holds: Vec<HoldId>,
    accounts: Vec<AccountId>,
    lines: Vec<&'a [u8]>,
    pins: Vec<PinId>,
    dedup_keys: Vec<&'a [u8]>,
    arrangements: Vec<ArrangementId>,
}

impl<'a> Questions<'a> {
    /// Of the book itself.
    fn of_book(touched: &Touched<'a>, facts: &Facts) -> Questions<'a> {
        let accounts = touched.accounts.iter().filter(|id| !facts.accounts.contains_key(*id));
        Questions {
            keys: touched.keys.clone(),
            holds: touched.holds.iter().copied().collect(),
            accounts: accounts.copied().collect(),
            ..Questions::default()
        }
    }
}

impl Questions<'_> {
    /// All of them together.
    async fn ask(&self, database: Database<'_>) -> Result<Answers, StoreError> {
        let book = future::try_join3(
            book_rows::ask_postings(database, &self.keys),
            book_rows::ask_holds(database, &self.holds),
            book_rows::ask_accounts(database, &self.accounts),
        );
        let beside = future::try_join4(
            lines::versions(database, &self.lines),
            pins::by_ids(database, &self.pins),
            dedup::ask_seen(database, &self.dedup_keys),
            arrangement_rows::by_ids(database, &self.arrangements),
        );
        let ((postings, holds, accounts), (lines, pins, seen, arrangements)) =
            future::try_join(book, beside).await?;
        Ok(Answers { postings, holds, accounts, lines, pins, seen, arrangements })
    }
}

/// What the database says to them.
struct Answers {
    postings: Vec<PostingRow>,
    holds: Vec<HoldRow>,
    accounts: Vec<Account>,
    lines: HashMap<Vec<u8>, i64>,
    pins: Vec<PinRow>,
    seen: Vec<Vec<u8>>,
    arrangements: Vec<ArrangementRow>,
}

/// Asks, and takes up the answers.
fn read(conn: &mut Conn, questions: &Questions<'_>, facts: &mut Facts) -> Result<(), StoreError> {
    let Answers { postings, holds, accounts, lines, pins, seen, arrangements } =
        conn.wait(async |database| questions.ask(database).await)?;
    facts.accounts.extend(accounts.into_iter().map(|account| (account.id, account)));
    if !questions.holds.is_empty() {
        facts.holds = holds.into_iter().map(|hold| (hold.id, hold)).collect();
        read_accounts_of_holds(conn, facts)?;
    }
    learn_postings(conn, postings, facts)?;
    let known = &mut facts.guard_facts;
    // a line that is not there is remembered as that
    let version = |line: &&[u8]| (line.to_vec(), lines.get(*line).copied().unwrap_or(0));
    known.lines.extend(questions.lines.iter().map(version));
    known.attempts.extend(pins.iter().map(|pin| (pin.id, pin.attempts)));
    known.tags.extend(pins.into_iter().map(|pin| (pin.id, (pin.salt, pin.tag))));
    if !questions.dedup_keys.is_empty() {
        known.dedup_keys = seen.iter().filter_map(|key| Key::from_bytes(key)).collect();
    }
    if !questions.arrangements.is_empty() {
        let standing = arrangements.into_iter().map(|row| (row.id, Standing::of(row)));
        known.arrangements = standing.collect();
    }
    Ok(())
}

/// The accounts on which something is held are known only now.
fn read_accounts_of_holds(conn: &mut Conn, facts: &mut Facts) -> Result<(), StoreError> {
    let of_holds = facts.holds.values().map(|hold| hold.account_id);
    let accounts: BTreeSet<AccountId> =
        of_holds.filter(|id| !facts.accounts.contains_key(id)).collect();
    let accounts = Vec::from_iter(accounts);
    let found = conn.wait(async |asked| book_rows::ask_accounts(asked, &accounts).await)?;
    facts.accounts.extend(found.into_iter().map(|account| (account.id, account)));
    Ok(())
}

/// What was committed before under the same keys, with its receipts.
fn learn_postings(
    conn: &mut Conn,
    rows: Vec<PostingRow>,
    facts: &mut Facts,
) -> Result<(), StoreError> {
    for row in rows {
        let key = Key::from_bytes(&row.key).ok_or(StoreError::Damaged("a key is not 20 bytes"))?;
        let request = row.request.as_slice().try_into();
        let request = request.map_err(|_long| StoreError::Damaged("a request is not 16 bytes"))?;
        let legs = book_rows::entries_of(conn, row.id)?;
        facts.known.insert(key, (request, Receipt::again(&row, &legs)));
    }
    Ok(())
}

impl Facts {
    /// Drops what is read anew for each batch, and everything when too much is remembered.
    fn make_room(&mut self) {
        self.holds.clear();
        self.known.clear();
        self.guard_facts.dedup_keys.clear();
        self.guard_facts.arrangements.clear();
        self.guard_facts.records.clear();
        for full in
            [self.accounts.len(), self.guard_facts.lines.len(), self.guard_facts.attempts.len()]
        {
            if full > REMEMBERED_MAX {
                *self = Facts { last_posting: self.last_posting, ..Facts::default() };
            }
        }
    }
}
