//! What is read of the book as of a posting of its past: rows as they stand, with what came after
//! that posting to be taken off again. What it comes to, and what it is called, is not known here.

use super::arrangement_rows::ArrangementRow;
use super::bank_rows::{BankLine, BankStatementRow};
use super::bank_sums;
use super::schema::{
    accounts, arrangements_ever as ever, bank_lines, bank_statements, outbox, outlets,
};
use super::{Conn, StoreError, on};
use crate::id::{AccountId, ArrangementId, PostingId};
use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use diesel::{QueryableByName, sql_query};
use std::collections::BTreeMap;

/// What is asked for in one `IN` at most.
const ASKED_MAX: usize = 5_000;

/// What lies on accounts, and how many they are.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct Counted {
    /// Of which kind, as it is stored.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// How many.
    #[diesel(sql_type = BigInt)]
    pub number: i64,
    /// What lies there, minor units.
    #[diesel(sql_type = BigInt)]
    pub minor: i64,
}

/// An arrangement as far as a figure needs it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Going {
    /// Its number.
    pub id: ArrangementId,
    /// Its state now.
    pub state: String,
    /// What it is found by.
    pub subject: String,
    /// Where its money lies.
    pub account: Option<AccountId>,
    /// When it was begun, microseconds UTC.
    pub begun_at: i64,
    /// The posting that began it.
    pub begun_by: PostingId,
    /// The posting that changed it last.
    pub last_posting: PostingId,
    /// What lies there now, minor units.
    pub balance_minor: Option<i64>,
}

/// The kinds of accounts, as they are stored.
pub fn kinds_of(
    conn: &mut Conn,
    ids: &[AccountId],
) -> Result<Vec<(AccountId, String)>, StoreError> {
    let mut found = Vec::new();
    for some in ids.chunks(ASKED_MAX) {
        let those = accounts::table.filter(accounts::id.eq_any(some));
        let those = those.select((accounts::id, accounts::kind));
        let page: Vec<(AccountId, String)> = on!(conn, c => those.load(c))?;
        found.extend(page);
    }
    Ok(found)
}

/// What lies on all accounts by their kind, without these.
pub fn by_kind(conn: &mut Conn, except: &[AccountId]) -> Result<Vec<Counted>, StoreError> {
    let except = except.iter().map(|id| id.number().to_string()).collect::<Vec<_>>().join(", ");
    let sql = format!(
        "SELECT kind, count(*) AS number, CAST(coalesce(sum(balance_minor), 0) AS BIGINT) AS \
         minor FROM accounts WHERE id NOT IN ({except}) GROUP BY kind ORDER BY kind"
    );
    Ok(on!(conn, c => sql_query(sql).load(c))?)
}

/// What lies on one account.
pub fn balance(conn: &mut Conn, id: AccountId) -> Result<i64, StoreError> {
    let one = accounts::table.find(id).select(accounts::balance_minor);
    Ok(on!(conn, c => one.first(c).optional())?.unwrap_or(0))
}

/// How many arrangements of each kind were going on when a posting was made, and what lies behind
/// them now: whatever changed since was going on.
pub fn going_on(conn: &mut Conn, cut: PostingId) -> Result<Vec<Counted>, StoreError> {
    let sql = format!(
        "SELECT e.kind, count(*) AS number, CAST(coalesce(sum(a.balance_minor), 0) AS BIGINT) AS \
         minor FROM arrangements_ever e LEFT JOIN accounts a ON a.id = e.account WHERE e.begun_by \
         <= {cut} AND (e.open OR e.last_posting > {cut}) GROUP BY e.kind ORDER BY e.kind"
    );
    Ok(on!(conn, c => sql_query(sql).load(c))?)
}

/// Of which kind and which number the arrangements are that name these accounts, and which posting
/// began them.
pub fn behind(
    conn: &mut Conn,
    ids: &[AccountId],
) -> Result<Vec<(Option<AccountId>, String, PostingId)>, StoreError> {
    let mut found = Vec::new();
    for some in ids.chunks(ASKED_MAX) {
        let those = ever::table.filter(ever::account.eq_any(some));
        let those = those.select((ever::account, ever::kind, ever::begun_by));
        let page: Vec<(Option<AccountId>, String, PostingId)> = on!(conn, c => those.load(c))?;
        found.extend(page);
    }
    Ok(found)
}

/// Arrangements of a kind that were going on when a posting was made, behind one of them.
pub fn going(
    conn: &mut Conn,
    kind: &str,
    cut: PostingId,
    after: ArrangementId,
    limit: i64,
) -> Result<Vec<Going>, StoreError> {
    let with = accounts::table.on(ever::account.eq(accounts::id.nullable()));
    let then = ever::begun_by.le(cut).and(ever::open.eq(true).or(ever::last_posting.gt(cut)));
    let page = ever::table.left_join(with).filter(ever::kind.eq(kind)).filter(then);
    let page = page.filter(ever::id.gt(after)).order(ever::id).limit(limit);
    let page = page.select((
        ever::id,
        ever::state,
        ever::subject,
        ever::account,
        ever::begun_at,
        ever::begun_by,
        ever::last_posting,
        accounts::balance_minor.nullable(),
    ));
    Ok(on!(conn, c => page.load(c))?)
}

/// One arrangement, whole.
pub fn arrangement(
    conn: &mut Conn,
    id: ArrangementId,
) -> Result<Option<ArrangementRow>, StoreError> {
    super::arrangement_rows::by_id(conn, id)
}

/// Statements that were taken up to a posting, in that order.
pub fn statements(conn: &mut Conn, cut: PostingId) -> Result<Vec<BankStatementRow>, StoreError> {
    let taken = bank_statements::table.filter(bank_statements::last_posting.le(cut));
    Ok(on!(conn, c => taken.order(bank_statements::last_posting).load(c))?)
}

/// Their lines of which nothing was made up to then, the oldest first, with the posting that took
/// them; `kind` is what is made of a line.
pub fn unexplained(
    conn: &mut Conn,
    kind: &str,
    cut: PostingId,
    limit: i64,
) -> Result<Vec<(BankLine, PostingId)>, StoreError> {
    let sql = format!(
        "SELECT l.statement, l.place, s.last_posting AS taken FROM bank_lines l JOIN \
         bank_statements s ON s.id = l.statement LEFT JOIN arrangements_ever a ON a.kind = \
         '{kind}' AND a.subject = (l.statement || '-' || l.place) AND a.begun_by <= {cut} WHERE \
         a.id IS NULL AND s.last_posting <= {cut} ORDER BY l.booked_on, l.statement, l.place \
         LIMIT {limit}"
    );
    let names: Vec<LineAt> = on!(conn, c => sql_query(sql).load(c))?;
    let mut lines = openings(conn, kind, cut)?;
    for LineAt { statement, place, taken } in names {
        let line = bank_lines::table.find((statement, place));
        lines.push((on!(conn, c => line.first::<BankLine>(c))?, taken));
    }
    Ok(lines)
}

/// What lay at accounts before their first statements, and nothing was made of up to then.
fn openings(
    conn: &mut Conn,
    kind: &str,
    cut: PostingId,
) -> Result<Vec<(BankLine, PostingId)>, StoreError> {
    let mut lines = Vec::new();
    for row in bank_sums::first_statements(conn, cut)? {
        let line = BankLine::opening(&row);
        let used = ever::table
            .filter(ever::kind.eq(kind))
            .filter(ever::subject.eq(format!("{}-{}", line.statement, line.place)))
            .filter(ever::begun_by.le(cut))
            .count();
        let used: i64 = on!(conn, c => used.get_result(c))?;
        if used == 0 {
            lines.push((line, row.last_posting));
        }
    }
    Ok(lines)
}

/// What a bank had booked by a day, in statements that were taken after a posting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenLater {
    /// The account at the bank.
    pub bank: AccountId,
    /// How many lines.
    pub lines: i64,
    /// What they come to, minor units.
    pub minor: i64,
}

/// The same of each account, with what lay there before its first statement.
pub fn taken_later(
    conn: &mut Conn,
    cut: PostingId,
    day: &str,
) -> Result<Vec<TakenLater>, StoreError> {
    let those = bank_lines::table
        .inner_join(bank_statements::table.on(bank_statements::id.eq(bank_lines::statement)))
        .filter(bank_statements::last_posting.gt(cut))
        .filter(bank_lines::booked_on.le(day))
        .order((bank_statements::bank, bank_lines::statement, bank_lines::place))
        .select((bank_statements::bank, bank_lines::amount_minor));
    let booked: Vec<(AccountId, i64)> = on!(conn, c => those.load(c))?;
    let first = bank_sums::first_statements(conn, PostingId::of(i64::MAX))?.into_iter();
    let first = first.filter(|row| row.last_posting > cut && row.opened_on.as_str() <= day);
    let before = first.map(|row| (row.bank, row.opening_minor));
    let mut found: BTreeMap<AccountId, (i64, i64)> = BTreeMap::new();
    for (bank, minor) in before.chain(booked) {
        let sum = found.entry(bank).or_default();
        *sum = (sum.0.saturating_add(1), sum.1.saturating_add(minor));
    }
    let found = found.into_iter();
    Ok(found.map(|(bank, (lines, minor))| TakenLater { bank, lines, minor }).collect())
}

#[derive(QueryableByName)]
struct LineAt {
    #[diesel(sql_type = BigInt)]
    statement: i64,
    #[diesel(sql_type = BigInt)]
    place: i64,
    #[diesel(sql_type = BigInt)]
    taken: PostingId,
}

/// How many holds were open when a posting was made, and what they reserved, minor units.
pub fn holds_at(conn: &mut Conn, cut: PostingId) -> Result<(i64, i64), StoreError> {
    // what moved since and is over was open then
    let sql = format!(
        "SELECT 'open' AS kind, (SELECT count(*) FROM holds WHERE state = 'open' AND id <= {cut}) \
         + (SELECT count(*) FROM holds WHERE state <> 'open' AND id <= {cut} AND id IN (SELECT \
         hold_id FROM hold_entries WHERE posting_id > {cut})) AS number, CAST((SELECT \
         coalesce(sum(remaining_minor), 0) FROM holds) - (SELECT coalesce(sum(amount_minor), 0) \
         FROM hold_entries WHERE posting_id > {cut}) AS BIGINT) AS minor"
    );
    let found: Counted = on!(conn, c => sql_query(sql).get_result(c))?;
    Ok((found.number, found.minor))
}

/// An outlet: its float and commission accounts, its name, area and state, when it was opened, and
/// below what its float is low.
pub type Place = (AccountId, AccountId, String, String, String, i64, Option<i64>);

/// All outlets that were there before a time, behind one of them.
pub fn places(
    conn: &mut Conn,
    before: i64,
    after: AccountId,
    limit: i64,
) -> Result<Vec<Place>, StoreError> {
    let page = outlets::table.filter(outlets::opened_at.lt(before));
    let page = page.filter(outlets::float_account.gt(after)).order(outlets::float_account);
    let page = page.limit(limit).select((
        outlets::float_account,
        outlets::commission_account,
        outlets::name,
        outlets::area,
        outlets::state,
        outlets::opened_at,
        outlets::low_float_minor,
    ));
    Ok(on!(conn, c => page.load(c))?)
}

/// What lies on these accounts now.
pub fn balances(conn: &mut Conn, ids: &[AccountId]) -> Result<Vec<(AccountId, i64)>, StoreError> {
    let mut found = Vec::new();
    for some in ids.chunks(ASKED_MAX) {
        let those = accounts::table.filter(accounts::id.eq_any(some));
        let those = those.select((accounts::id, accounts::balance_minor));
        let page: Vec<(AccountId, i64)> = on!(conn, c => those.load(c))?;
        found.extend(page);
    }
    Ok(found)
}

/// How many messages that were written between two times stand where now.
pub fn messages(conn: &mut Conn, from: i64, to: i64) -> Result<Vec<(String, i64)>, StoreError> {
    let those = outbox::table.filter(outbox::created_at.ge(from).and(outbox::created_at.lt(to)));
    let those = those.group_by(outbox::state).select((outbox::state, count_star()));
    Ok(on!(conn, c => those.order(outbox::state).load(c))?)
}
