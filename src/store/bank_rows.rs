//! Accounts at banks and their statements. A file is read into rows beside the book first, however
//! long it is; what takes it is one row more, that of the statement, whose digest covers them.
//! What a line means is not known here.

use super::ask::{self, Database};
use super::record::{self, Cell, Entry, Occupant, RecordKey, Table};
use super::schema::{bank_accounts, bank_files, bank_lines, bank_statements};
use super::{Conn, StoreError, on};
use crate::id::{AccountId, PostingId, StatementId};
use crate::reason::Reason;
use diesel::prelude::*;

const ACCOUNTS: Table =
    Table { name: "bank_accounts", kind: "bank_account", key: &["id"], apart: &[] };
const STATEMENTS: Table =
    Table { name: "bank_statements", kind: "bank_statement", key: &["id"], apart: &[] };

/// That statement was taken before.
pub const STATEMENT_TAKEN: Reason = Reason::new("statement_taken");

/// An account at a bank. Amounts are minor units; days are written `2026-11-28`.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct BankAccountRow {
    /// Its mirror among the accounts.
    pub id: AccountId,
    /// One more with each change, from 1.
    pub version: i64,
    /// The posting that changed it last; given by the book.
    pub last_posting: PostingId,
    /// What staff call it.
    pub name: String,
    /// As its statements name it.
    pub number: String,
    /// How its CSV files are read; empty where they have another form.
    pub column_map: String,
    /// What was there at the end of its last statement; nothing before the first.
    pub closing_minor: Option<i64>,
    /// The number of that statement, where it has one.
    pub ended_number: Option<String>,
    /// The day of that end.
    pub ended_on: Option<String>,
}

impl BankAccountRow {
    /// The same one version later, to be changed.
    pub fn next(&self) -> BankAccountRow {
        BankAccountRow { version: self.version.saturating_add(1), ..self.clone() }
    }

    /// What it says of itself.
    pub fn entry(&self) -> Entry<'_> {
        let number = self.id.number();
        Entry {
            table: &ACCOUNTS,
            key: RecordKey::BankAccount(self.id),
            number,
            version: self.version,
            refusal: Reason::STALE,
            vacant: Vec::new(),
            takes: Vec::new(),
            columns: vec![
                ("id", Cell::Number(number)),
                ("version", Cell::Number(self.version)),
                ("last_posting", Cell::Number(self.last_posting.number())),
                ("name", Cell::Text(&self.name)),
                ("number", Cell::Text(&self.number)),
                ("column_map", Cell::Text(&self.column_map)),
                ("closing_minor", Cell::Optional(self.closing_minor)),
                ("ended_number", Cell::OptionalText(self.ended_number.as_deref())),
                ("ended_on", Cell::OptionalText(self.ended_on.as_deref())),
            ],
        }
    }
}

/// A statement that was taken.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct BankStatementRow {
    /// Its number here.
    pub id: StatementId,
    /// 1: it never changes.
    pub version: i64,
    /// The posting that took it; given by the book.
    pub last_posting: PostingId,
    /// The mirror of the account it is of.
    pub bank: AccountId,
    /// Of all that it says.
    pub digest: Vec<u8>,
    /// The bank's own number.
    pub number: Option<String>,
    /// The day of the balance before its first line.
    pub opened_on: String,
    /// The day of the balance after its last.
    pub closed_on: String,
    /// What was there before.
    pub opening_minor: i64,
    /// What was there after.
    pub closing_minor: i64,
    /// All that came in.
    pub in_minor: i64,
    /// All that went out, above zero.
    pub out_minor: i64,
    /// How many lines.
    pub lines: i64,
}

impl BankStatementRow {
    /// What it says of itself: one for what it says.
    pub fn entry(&self) -> Entry<'_> {
        let number = self.id.number();
        let digest = || RecordKey::StatementDigest(self.digest.clone());
        Entry {
            table: &STATEMENTS,
            key: RecordKey::BankStatement(self.id),
            number,
            version: self.version,
            refusal: Reason::STALE,
            vacant: record::first(self.version, vec![(digest(), STATEMENT_TAKEN)]),
            takes: record::first(self.version, vec![(digest(), number)]),
            columns: vec![
                ("id", Cell::Number(number)),
                ("version", Cell::Number(self.version)),
                ("last_posting", Cell::Number(self.last_posting.number())),
                ("bank", Cell::Number(self.bank.number())),
                ("digest", Cell::Bytes(&self.digest)),
                ("number", Cell::OptionalText(self.number.as_deref())),
                ("opened_on", Cell::Text(&self.opened_on)),
                ("closed_on", Cell::Text(&self.closed_on)),
                ("opening_minor", Cell::Number(self.opening_minor)),
                ("closing_minor", Cell::Number(self.closing_minor)),
                ("in_minor", Cell::Number(self.in_minor)),
                ("out_minor", Cell::Number(self.out_minor)),
                ("lines", Cell::Number(self.lines)),
            ],
        }
    }
}

/// A file that was read and is not taken yet.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = bank_files)]
pub struct BankFileRow {
    /// The number that its statement will have.
    pub id: StatementId,
    /// The mirror of the account it is of.
    pub bank: AccountId,
    /// When, microseconds UTC.
    pub read_at: i64,
    /// Of all that it says.
    pub digest: Vec<u8>,
    /// The bank's own number.
    pub number: Option<String>,
    /// The day of the balance before its first line.
    pub opened_on: String,
    /// The day of the balance after its last.
    pub closed_on: String,
    /// What was there before.
    pub opening_minor: i64,
    /// What was there after.
    pub closing_minor: i64,
    /// How many lines it has: all of them are there, or it is not taken.
    pub lines: i64,
}

/// The same with what its lines come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankFile {
    /// What it says of itself.
    pub row: BankFileRow,
    /// All that came in.
    pub in_minor: i64,
    /// All that went out, above zero.
    pub out_minor: i64,
    /// How many lines are there.
    pub lines: i64,
}

/// A line of a statement.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = bank_lines)]
pub struct BankLine {
    /// Of which.
    pub statement: StatementId,
    /// From 1.
    pub place: i64,
    /// The day in the bank's books.
    pub booked_on: String,
    /// Above zero came in, below zero went out.
    pub amount_minor: i64,
    /// The bank's own reference, or empty.
    pub reference: String,
    /// What it was for.
    pub said: String,
    /// Name and account of the other side, as far as the bank says.
    pub counterparty: String,
    /// 1: an earlier booking is taken back.
    pub is_return: i64,
}

/// Where what lay at an account before its first statement stands: on a line that no file has,
/// before all others of that statement.
pub const OPENING: i64 = 0;

impl BankLine {
    /// What lay there before a statement, as a line of it.
    pub fn opening(row: &BankStatementRow) -> BankLine {
        BankLine {
            statement: row.id,
            place: OPENING,
            booked_on: row.opened_on.clone(),
            amount_minor: row.opening_minor,
            reference: String::new(),
            said: String::new(),
            counterparty: String::new(),
            is_return: 0,
        }
    }

    /// Whether it is that.
    pub fn is_opening(&self) -> bool {
        self.place == OPENING
    }
}

/// Stores the head of a file that is read.
pub fn begin_file(conn: &mut Conn, file: &BankFileRow) -> Result<(), StoreError> {
    let row = diesel::insert_into(bank_files::table).values(file.clone());
    on!(conn, c => row.execute(c))?;
    Ok(())
}

/// Stores some of its lines.
pub fn add_lines(conn: &mut Conn, lines: &[BankLine]) -> Result<(), StoreError> {
    on!(conn, c => diesel::insert_into(bank_lines::table).values(lines).execute(c))?;
    Ok(())
}

/// All accounts at banks, in the order of their names.
pub async fn accounts(asked: Database<'_>) -> Result<Vec<BankAccountRow>, StoreError> {
    ask::rows(asked, bank_accounts::table.order(bank_accounts::name)).await
}

/// A file with what its lines come to.
pub async fn file(asked: Database<'_>, id: StatementId) -> Result<Option<BankFile>, StoreError> {
    let found: Option<BankFileRow> = ask::row(asked, bank_files::table.find(id)).await?;
    let Some(row) = found else { return Ok(None) };
    let amounts = bank_lines::table.filter(bank_lines::statement.eq(id));
    let amounts: Vec<i64> = ask::rows(asked, amounts.select(bank_lines::amount_minor)).await?;
    let sum = |way: fn(&i64) -> bool| {
        amounts.iter().copied().filter(way).try_fold(0_i64, i64::checked_add)
    };
    let damaged = StoreError::Damaged("the sum of a statement");
    let (Some(in_minor), Some(out)) = (sum(|amount| *amount > 0), sum(|amount| *amount < 0)) else {
        return Err(damaged);
    };
    let out_minor = out.checked_neg().ok_or(damaged)?;
    let lines = i64::try_from(amounts.len()).unwrap_or(i64::MAX);
    Ok(Some(BankFile { row, in_minor, out_minor, lines }))
}

/// A line of a statement that was taken.
pub async fn line(
    asked: Database<'_>,
    statement: StatementId,
    place: i64,
) -> Result<Option<BankLine>, StoreError> {
    let taken: Option<BankStatementRow> =
        ask::row(asked, bank_statements::table.find(statement)).await?;
    match taken {
        Some(row) if place == OPENING => {
            let earlier = bank_statements::table
                .filter(bank_statements::bank.eq(row.bank))
                .filter(bank_statements::last_posting.lt(row.last_posting))
                .select(bank_statements::id);
            let earlier: Option<StatementId> = ask::row(asked, earlier.limit(1)).await?;
            let is_first = earlier.is_none() && row.opening_minor != 0;
            Ok(is_first.then(|| BankLine::opening(&row)))
        }
        Some(_) => ask::row(asked, bank_lines::table.find((statement, place))).await,
        None => Ok(None),
    }
}

/// The lines of a statement behind a place.
pub fn lines_after(
    conn: &mut Conn,
    statement: StatementId,
    place: i64,
    limit: i64,
) -> Result<Vec<BankLine>, StoreError> {
    let those = bank_lines::statement.eq(statement).and(bank_lines::place.gt(place));
    let page = bank_lines::table.filter(those).order(bank_lines::place).limit(limit);
    Ok(on!(conn, c => page.load(c))?)
}

/// The statement that says this, if it was taken.
pub fn by_digest(conn: &mut Conn, digest: &[u8]) -> Result<Option<BankStatementRow>, StoreError> {
    let those = bank_statements::table.filter(bank_statements::digest.eq(digest));
    Ok(on!(conn, c => those.first(c).optional())?)
}

/// The newest file that says this and has all of its lines, if one was read.
pub fn read_before(conn: &mut Conn, digest: &[u8]) -> Result<Option<BankFileRow>, StoreError> {
    let those =
        bank_files::table.filter(bank_files::digest.eq(digest)).order(bank_files::id.desc());
    let found: Option<BankFileRow> = on!(conn, c => those.first(c).optional())?;
    let Some(file) = found else { return Ok(None) };
    let lines = bank_lines::table.filter(bank_lines::statement.eq(file.id)).count();
    let lines: i64 = on!(conn, c => lines.get_result(c))?;
    Ok(Some(file).filter(|file| file.lines == lines))
}

/// Forgets so many lines of files that were read before a time and not taken, and then the files;
/// whether anything is left.
pub fn forget_untaken(conn: &mut Conn, before: i64, limit: i64) -> Result<bool, StoreError> {
    let taken = bank_statements::table.select(bank_statements::id);
    let old = bank_files::table
        .filter(bank_files::read_at.lt(before))
        .filter(bank_files::id.ne_all(taken))
        .select(bank_files::id);
    let found: Option<StatementId> = on!(conn, c => old.first(c).optional())?;
    let Some(id) = found else { return Ok(false) };
    let of_it = bank_lines::statement.eq(id);
    let places = bank_lines::table.filter(of_it).order(bank_lines::place).select(bank_lines::place);
    let places: Vec<i64> = on!(conn, c => places.limit(limit).load(c))?;
    let Some(last) = places.last() else {
        on!(conn, c => diesel::delete(bank_files::table.find(id)).execute(c))?;
        return Ok(true);
    };
    let some = bank_lines::table.filter(of_it.and(bank_lines::place.le(*last)));
    on!(conn, c => diesel::delete(some).execute(c))?;
    Ok(true)
}

/// Accounts behind one of them.
pub fn accounts_after(
    conn: &mut Conn,
    after: Option<&BankAccountRow>,
    limit: i64,
) -> Result<Vec<BankAccountRow>, StoreError> {
    let after = after.map_or(AccountId::of(i64::MIN), |row| row.id);
    let page = bank_accounts::table.filter(bank_accounts::id.gt(after)).order(bank_accounts::id);
    Ok(on!(conn, c => page.limit(limit).load(c))?)
}

/// Statements behind one of them, in the order in which they were read.
pub fn statements_after(
    conn: &mut Conn,
    after: Option<&BankStatementRow>,
    limit: i64,
) -> Result<Vec<BankStatementRow>, StoreError> {
    let after = after.map_or(StatementId::of(i64::MIN), |row| row.id);
    let page = bank_statements::table.filter(bank_statements::id.gt(after));
    Ok(on!(conn, c => page.order(bank_statements::id).limit(limit).load(c))?)
}

/// Accounts with these mirrors.
pub fn account_occupants(
    conn: &mut Conn,
    ids: &[AccountId],
) -> Result<Vec<(RecordKey, Occupant)>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = bank_accounts::table.filter(bank_accounts::id.eq_any(ids));
    let rows: Vec<BankAccountRow> = on!(conn, c => rows.load(c))?;
    let own = |row: BankAccountRow| {
        record::own(RecordKey::BankAccount(row.id), row.version, row.last_posting)
    };
    Ok(rows.into_iter().map(own).collect())
}

/// Statements with these numbers, and those that say this.
pub fn statement_occupants(
    conn: &mut Conn,
    ids: &[StatementId],
    digests: &[&[u8]],
) -> Result<Vec<(RecordKey, Occupant)>, StoreError> {
    if ids.is_empty() && digests.is_empty() {
        return Ok(Vec::new());
    }
    let either = bank_statements::id.eq_any(ids).or(bank_statements::digest.eq_any(digests));
    let rows = bank_statements::table.filter(either);
    let rows: Vec<BankStatementRow> = on!(conn, c => rows.load(c))?;
    let both = |row: BankStatementRow| {
        let number = row.id.number();
        [
            record::own(RecordKey::BankStatement(row.id), row.version, row.last_posting),
            record::taken(RecordKey::StatementDigest(row.digest), number),
        ]
    };
    Ok(rows.into_iter().flat_map(both).collect())
}
