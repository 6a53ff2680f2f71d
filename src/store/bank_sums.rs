//! What stands against the money at the bank: sums of accounts by what they are, and what of the
//! statements nobody has explained yet. What it means is not known here.

use super::bank_rows::{BankLine, BankStatementRow, OPENING};
use super::schema::{accounts, arrangements, bank_lines, bank_statements};
use super::{Conn, StoreError, on};
use crate::id::{AccountId, PostingId, StatementId};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text};
use diesel::{QueryableByName, sql_query};

/// Accounts of one kind.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct KindSum {
    /// Which, as it is stored.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// All that lies on them, minor units.
    #[diesel(sql_type = BigInt)]
    pub sum_minor: i64,
}

/// The sums of all accounts but these, by kind.
pub fn by_kind(conn: &mut Conn, except: &[AccountId]) -> Result<Vec<KindSum>, StoreError> {
    let except = except.iter().map(|id| id.number().to_string()).collect::<Vec<_>>().join(", ");
    let sql = format!(
        "SELECT kind, CAST(sum(balance_minor) AS BIGINT) AS sum_minor FROM accounts WHERE id NOT \
         IN ({except}) GROUP BY kind ORDER BY kind"
    );
    Ok(on!(conn, c => sql_query(sql).load(c))?)
}

/// What waits behind an open arrangement.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Waiting {
    /// Its number.
    pub id: i64,
    /// Since when, microseconds UTC.
    pub since: i64,
    /// What it is found by.
    pub subject: String,
    /// What lies there, minor units.
    pub left_minor: i64,
}

/// All that waits behind open arrangements of a kind, the oldest first.
pub fn waiting(conn: &mut Conn, kind: &str) -> Result<Vec<Waiting>, StoreError> {
    let open = arrangements::kind.eq(kind).and(arrangements::open.eq(true));
    let with = arrangements::account.eq(accounts::id.nullable());
    let those = arrangements::table.inner_join(accounts::table.on(with)).filter(open);
    let those = those
        .select((
            arrangements::id,
            arrangements::begun_at,
            arrangements::subject,
            accounts::balance_minor,
        ))
        .order(arrangements::id);
    Ok(on!(conn, c => those.load(c))?)
}

/// A line with the account that it is of.
#[derive(QueryableByName)]
struct LineRow {
    #[diesel(sql_type = BigInt)]
    bank: i64,
    #[diesel(sql_type = BigInt)]
    statement: i64,
    #[diesel(sql_type = BigInt)]
    place: i64,
    #[diesel(sql_type = Text)]
    booked_on: String,
    #[diesel(sql_type = BigInt)]
    amount_minor: i64,
    #[diesel(sql_type = Text)]
    reference: String,
    #[diesel(sql_type = Text)]
    said: String,
    #[diesel(sql_type = Text)]
    counterparty: String,
    #[diesel(sql_type = BigInt)]
    is_return: i64,
}

impl LineRow {
    fn line(self) -> (AccountId, BankLine) {
        let line = BankLine {
            statement: StatementId::of(self.statement),
            place: self.place,
            booked_on: self.booked_on,
            amount_minor: self.amount_minor,
            reference: self.reference,
            said: self.said,
            counterparty: self.counterparty,
            is_return: self.is_return,
        };
        (AccountId::of(self.bank), line)
    }
}

const COLUMNS: &str = "s.bank, l.statement, l.place, l.booked_on, l.amount_minor, l.reference, \
                       l.said, l.counterparty, l.is_return";

/// Lines of taken statements that nothing was made of, in the order in which they were taken, so
/// many at most, behind one of them; and what lay at an account before its first statement. A
/// statement of which every line was used is not looked through again: what was made of its lines
/// is counted.
pub fn unexplained(
    conn: &mut Conn,
    kind: &str,
    after: Option<(StatementId, i64)>,
    limit: i64,
) -> Result<Vec<(AccountId, BankLine)>, StoreError> {
    let (statement, place) = after.map_or((i64::MIN, 0), |(id, place)| (id.number(), place));
    let first = first_statements(conn, PostingId::of(i64::MAX))?;
    let named: Vec<String> = first.iter().map(|row| row.id.to_string()).collect();
    let lines = match named.as_slice() {
        [] => "s.lines".to_owned(),
        // one more: that before its first
        some => format!("s.lines + CASE WHEN s.id IN ({}) THEN 1 ELSE 0 END", some.join(", ")),
    };
    let counted = |table: &str| {
        let of_statement = made(table, kind, "a.owner = s.id");
        format!("(SELECT count(*) {of_statement})")
    };
    let sql = format!(
        "SELECT {COLUMNS} FROM bank_statements s JOIN bank_lines l ON l.statement = s.id WHERE \
         s.id >= {statement} AND (s.id > {statement} OR l.place > {place}) AND {lines} > {} + {} \
         AND {} ORDER BY l.statement, l.place LIMIT {limit}",
        counted("arrangements"),
        counted("arrangements_closed"),
        unused(kind, "(l.statement || '-' || l.place)"),
    );
    let rows: Vec<LineRow> = on!(conn, c => sql_query(sql).load(c))?;
    let mut found: Vec<(AccountId, BankLine)> = rows.into_iter().map(LineRow::line).collect();
    for row in first.iter().filter(|row| row.id.number() > statement) {
        if !is_used(conn, kind, row)? {
            found.push((row.bank, BankLine::opening(row)));
        }
    }
    found.sort_by_key(|(_, line)| (line.statement, line.place));
    found.truncate(usize::try_from(limit).unwrap_or(0));
    Ok(found)
}

/// The first statement of each account that was not empty before it, of those that were taken up to
/// a posting.
pub fn first_statements(
    conn: &mut Conn,
    cut: PostingId,
) -> Result<Vec<BankStatementRow>, StoreError> {
    let first = bank_statements::table.group_by(bank_statements::bank);
    let first = first.select(diesel::dsl::min(bank_statements::last_posting));
    let first: Vec<Option<PostingId>> = on!(conn, c => first.load(c))?;
    let first: Vec<PostingId> =
        first.into_iter().flatten().filter(|posting| *posting <= cut).collect();
    let those = bank_statements::table
        .filter(bank_statements::last_posting.eq_any(first))
        .filter(bank_statements::opening_minor.ne(0))
        .order(bank_statements::id);
    Ok(on!(conn, c => those.load(c))?)
}

fn made(table: &str, kind: &str, of: &str) -> String {
    format!("FROM {table} a WHERE a.kind = '{kind}' AND {of}")
}

/// That nothing was made of the line with this name.
fn unused(kind: &str, line: &str) -> String {
    let none = |table: &str| {
        // in the words of the index
        let of_line = format!("a.subject <> '' AND a.subject = {line}");
        format!("NOT EXISTS (SELECT 1 {})", made(table, kind, &of_line))
    };
    format!("{} AND {}", none("arrangements"), none("arrangements_closed"))
}

/// Whether something was made of what lay there before this statement.
fn is_used(conn: &mut Conn, kind: &str, row: &BankStatementRow) -> Result<bool, StoreError> {
    let id = row.id;
    let line = format!("'{id}-{OPENING}'");
    let sql = format!(
        "SELECT 'unused' AS kind, CAST(count(*) AS BIGINT) AS sum_minor FROM bank_statements s \
         WHERE s.id = {id} AND {}",
        unused(kind, &line)
    );
    let found: KindSum = on!(conn, c => sql_query(sql).get_result(c))?;
    Ok(found.sum_minor == 0)
}

/// Lines of taken statements that have one of these references, in their order.
pub fn with_references(
    conn: &mut Conn,
    references: &[&str],
) -> Result<Vec<(AccountId, BankLine)>, StoreError> {
    let columns = (bank_statements::bank, bank_lines::all_columns);
    let with = bank_statements::id.eq(bank_lines::statement);
    let mut found = Vec::new();
    for some in references.chunks(ASKED_AT_ONCE) {
        // in the words of the index
        let those =
            sql::<Bool>("bank_lines.reference <> ''").and(bank_lines::reference.eq_any(some));
        let those = bank_lines::table.inner_join(bank_statements::table.on(with)).filter(those);
        let those = those.select(columns).order((bank_lines::statement, bank_lines::place));
        let rows: Vec<(AccountId, BankLine)> = on!(conn, c => those.limit(FOUND_MAX).load(c))?;
        found.extend(rows);
    }
    Ok(found)
}

/// References that are looked for at once, and lines of them that are read: a bank may give all the
/// same.
const ASKED_AT_ONCE: usize = 500;
const FOUND_MAX: i64 = 5_000;
