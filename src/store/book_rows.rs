//! The rows of the book: accounts, postings, entries, holds, the chain. Read in sets, written in sets.

use super::schema::{accounts, chain, counters, entries, hold_entries, holds, postings};
use super::{Conn, StoreError};
use diesel::prelude::*;

/// An account and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = accounts)]
pub struct Account {
    /// Its number.
    pub id: i64,
    /// `trust`, `fees`, `suspense` or `wallet`.
    pub kind: String,
    /// `open` or `frozen`.
    pub state: String,
    /// Three letters.
    pub currency: String,
    /// Sum of all its entries, minor units.
    pub balance_minor: i64,
    /// Sum of its open holds, minor units.
    pub held_minor: i64,
    /// The least that balance minus held may be, or no such rule.
    pub floor_minor: Option<i64>,
    /// Its newest posting.
    pub last_posting: Option<i64>,
}

/// What was committed, once and for ever.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = postings)]
pub struct PostingRow {
    /// Its number, in the order of commits.
    pub id: i64,
    /// Which business act: `send`, `issue` ...
    pub kind: String,
    /// When, microseconds UTC.
    pub at: i64,
    /// Idempotency key.
    pub key: Vec<u8>,
    /// Digest of what was asked.
    pub request: Vec<u8>,
    /// The posting it puts right.
    pub corrects: Option<i64>,
}

/// One leg of a posting.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = entries)]
pub struct EntryRow {
    /// Whose leg.
    pub posting_id: i64,
    /// Which, from 0.
    pub leg: i64,
    /// The account it changes.
    pub account_id: i64,
    /// By how much, minor units; above zero is a credit.
    pub amount_minor: i64,
    /// The account's balance afterwards.
    pub balance_minor: i64,
    /// The account's posting before this one.
    pub previous: Option<i64>,
}

/// What a posting reserved or gave back.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = hold_entries)]
pub struct HoldEntryRow {
    /// Which posting.
    pub posting_id: i64,
    /// Which of its moves, from 0.
    pub leg: i64,
    /// Which hold.
    pub hold_id: i64,
    /// Whose money.
    pub account_id: i64,
    /// Above zero reserves, below zero gives back; minor units.
    pub amount_minor: i64,
}

/// A hold and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = holds)]
pub struct HoldRow {
    /// The posting that opened it.
    pub id: i64,
    /// Whose money.
    pub account_id: i64,
    /// What was reserved, minor units.
    pub amount_minor: i64,
    /// What is still reserved, minor units.
    pub remaining_minor: i64,
    /// `open`, `settled`, `released` or `expired`.
    pub state: String,
    /// When it ends by itself, microseconds UTC.
    pub expires_at: i64,
}

/// A link of the chain: one commit.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = chain)]
pub struct LinkRow {
    /// Which commit, from 1.
    pub seq: i64,
    /// Its first posting.
    pub first_posting: i64,
    /// Its last posting.
    pub last_posting: i64,
    /// Digest of the link before and of these postings.
    pub digest: Vec<u8>,
}

/// The accounts with these numbers.
pub fn accounts_of(conn: &mut Conn, ids: &[i64]) -> Result<Vec<Account>, StoreError> {
    Ok(accounts::table.filter(accounts::id.eq_any(ids)).load(conn)?)
}

/// One account.
pub fn account(conn: &mut Conn, id: i64) -> Result<Option<Account>, StoreError> {
    Ok(accounts::table.find(id).first(conn).optional()?)
}

/// The postings that were committed under these keys.
pub fn postings_with(conn: &mut Conn, keys: &[Vec<u8>]) -> Result<Vec<PostingRow>, StoreError> {
    Ok(postings::table.filter(postings::key.eq_any(keys)).load(conn)?)
}

/// One posting.
pub fn posting(conn: &mut Conn, id: i64) -> Result<Option<PostingRow>, StoreError> {
    Ok(postings::table.find(id).first(conn).optional()?)
}

/// The legs of a posting, in order.
pub fn entries_of(conn: &mut Conn, posting: i64) -> Result<Vec<EntryRow>, StoreError> {
    Ok(entries::table.filter(entries::posting_id.eq(posting)).order(entries::leg).load(conn)?)
}

/// The number of the newest posting; 0 when there is none.
pub fn last_posting(conn: &mut Conn) -> Result<i64, StoreError> {
    Ok(postings::table.select(diesel::dsl::max(postings::id)).first::<Option<i64>>(conn)?.unwrap_or(0))
}

/// The newest link of the chain.
pub fn last_link(conn: &mut Conn) -> Result<Option<LinkRow>, StoreError> {
    Ok(chain::table.order(chain::seq.desc()).first(conn).optional()?)
}

/// The holds with these numbers.
pub fn holds_of(conn: &mut Conn, ids: &[i64]) -> Result<Vec<HoldRow>, StoreError> {
    Ok(holds::table.filter(holds::id.eq_any(ids)).load(conn)?)
}

/// Open holds whose time is over, the oldest first.
pub fn holds_expired(conn: &mut Conn, now: i64, limit: i64) -> Result<Vec<HoldRow>, StoreError> {
    let due = holds::table.filter(holds::state.eq("open")).filter(holds::expires_at.le(now));
    Ok(due.order(holds::expires_at).limit(limit).load(conn)?)
}

/// Everything of a batch that is only ever added.
#[derive(Debug, Default)]
pub struct NewRows {
    /// Postings, in order.
    pub postings: Vec<PostingRow>,
    /// Their legs.
    pub entries: Vec<EntryRow>,
    /// What they reserved and gave back.
    pub hold_entries: Vec<HoldEntryRow>,
}

/// Adds the rows of a batch.
pub fn add(conn: &mut Conn, rows: &NewRows) -> Result<(), StoreError> {
    diesel::insert_into(postings::table).values(&rows.postings).execute(conn)?;
    diesel::insert_into(entries::table).values(&rows.entries).execute(conn)?;
    // one statement each, and a statement has a limit of values
    for some in rows.hold_entries.chunks(1_000) {
        diesel::insert_into(hold_entries::table).values(some).execute(conn)?;
    }
    Ok(())
}

/// Adds a link to the chain.
pub fn add_link(conn: &mut Conn, link: &LinkRow) -> Result<(), StoreError> {
    diesel::insert_into(chain::table).values(link).execute(conn)?;
    Ok(())
}

/// Adds an account.
pub fn open_account(conn: &mut Conn, account: &Account) -> Result<(), StoreError> {
    diesel::insert_into(accounts::table).values(account).execute(conn)?;
    Ok(())
}

/// Writes where accounts stand after a batch: one row each, however many postings touched them.
pub fn settle_accounts(conn: &mut Conn, changed: &[&Account]) -> Result<(), StoreError> {
    for account in changed {
        let written = diesel::update(accounts::table.find(account.id))
            .set((
                accounts::balance_minor.eq(account.balance_minor),
                accounts::held_minor.eq(account.held_minor),
                accounts::last_posting.eq(account.last_posting),
            ))
            .execute(conn)?;
        if written != 1 {
            return Err(StoreError::Damaged("an account with entries is not there"));
        }
    }
    Ok(())
}

/// Writes where holds stand after a batch: new ones are added.
pub fn settle_holds(conn: &mut Conn, changed: &[&HoldRow]) -> Result<(), StoreError> {
    for hold in changed {
        diesel::replace_into(holds::table).values(*hold).execute(conn)?;
    }
    Ok(())
}

/// Freezes or opens an account; the book moves nothing on a frozen one.
pub fn set_state(conn: &mut Conn, id: i64, state: &str) -> Result<(), StoreError> {
    diesel::update(accounts::table.find(id)).set(accounts::state.eq(state)).execute(conn)?;
    Ok(())
}

#[expect(clippy::arithmetic_side_effects, reason = "the database adds, and refuses what does not fit")]
/// Takes `count` numbers that were never handed out; returns the first.
pub fn take_ids(conn: &mut Conn, count: i64) -> Result<i64, StoreError> {
    let next: i64 = diesel::update(counters::table.find("ids"))
        .set(counters::next.eq(counters::next + count))
        .returning(counters::next)
        .get_result(conn)?;
    Ok(next.saturating_sub(count))
}
