//! Standing data: everything that is kept beside money and is changed by the same one change of the
//! book. One row, one kind; what stands in it, and what it is refused for, its own file says.

use super::agent_rows::{self, OutletRow};
use super::assistants::{self, AssistantRow};
use super::bank_rows::{self, BankAccountRow, BankStatementRow};
use super::blocks::{self, BlockRow};
use super::budgets::{self, BudgetRow};
use super::clawbacks::{self, ClawbackRow};
use super::day_rows::{self, DayRow};
use super::identities::{self, IdentityRow};
use super::looks::{self, LookRow};
use super::mailboxes::{self, MailboxRow};
use super::people::{self, PersonRow};
use super::pins::{self, PinRow};
use super::record::{self, Entry, Occupant, RecordKey, Table};
use super::restrictions::{self, RestrictionRow};
use super::rows::Rows;
use super::rules::{self, RuleRow};
use super::shifts::{self, ShiftRow};
use super::silences::{self, SilenceRow};
use super::staff_rows::{self, StaffRow};
use super::{Conn, StoreError};
use crate::id::{AccountId, AssistantId, LookId, PinId, PostingId, ShiftId, StaffId, StatementId};
use std::collections::{BTreeMap, BTreeSet};

/// A row of standing data as it is to be stored: its version is the one after the one that was
/// read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// Somebody with a wallet.
    Person(PersonRow),
    /// What a PIN or a code is compared with.
    Pin(PinRow),
    /// Whose ID was seen.
    Identity(IdentityRow),
    /// Who takes no requests of whom.
    Block(BlockRow),
    /// Who wants no texts that they did not ask for.
    Silence(SilenceRow),
    /// Where cash becomes money.
    Outlet(OutletRow),
    /// Who serves there.
    Assistant(AssistantRow),
    /// From counting the cash to counting it again.
    Shift(ShiftRow),
    /// What was earned too much.
    Clawback(ClawbackRow),
    /// Where somebody gets their statements.
    Mailbox(MailboxRow),
    /// What somebody set themselves.
    Budget(BudgetRow),
    /// What may be done with an account.
    Restriction(RestrictionRow),
    /// Which tariff or limits count.
    Rule(RuleRow),
    /// An account at a bank.
    BankAccount(BankAccountRow),
    /// A statement of one.
    BankStatement(BankStatementRow),
    /// A day that was closed.
    Day(Box<DayRow>),
    /// Who works for the operator.
    Staff(Box<StaffRow>),
    /// What one of them looked at.
    Look(LookRow),
}

impl Record {
    /// What it says of itself.
    pub fn entry(&self) -> Entry<'_> {
        match self {
            Record::Person(row) => row.entry(),
            Record::Pin(row) => row.entry(),
            Record::Identity(seen) => seen.entry(),
            Record::Block(row) => row.entry(),
            Record::Silence(row) => row.entry(),
            Record::Outlet(row) => row.entry(),
            Record::Assistant(row) => row.entry(),
            Record::Shift(row) => row.entry(),
            Record::Clawback(row) => row.entry(),
            Record::Mailbox(row) => row.entry(),
            Record::Budget(row) => row.entry(),
            Record::Restriction(row) => row.entry(),
            Record::Rule(row) => row.entry(),
            Record::Staff(row) => row.entry(),
            Record::Look(row) => row.entry(),
            Record::BankAccount(row) => row.entry(),
            Record::BankStatement(row) => row.entry(),
            Record::Day(row) => row.entry(),
        }
    }

    /// The posting that changed it last.
    pub fn last_posting(&self) -> PostingId {
        match self {
            Record::Person(row) => row.last_posting,
            Record::Pin(row) => row.last_posting,
            Record::Identity(seen) => seen.last_posting,
            Record::Block(row) => row.last_posting,
            Record::Silence(row) => row.last_posting,
            Record::Outlet(row) => row.last_posting,
            Record::Assistant(row) => row.last_posting,
            Record::Shift(row) => row.last_posting,
            Record::Clawback(row) => row.last_posting,
            Record::Mailbox(row) => row.last_posting,
            Record::Budget(row) => row.last_posting,
            Record::Restriction(row) => row.last_posting,
            Record::Rule(row) => row.last_posting,
            Record::Staff(row) => row.last_posting,
            Record::Look(row) => row.last_posting,
            Record::BankAccount(row) => row.last_posting,
            Record::BankStatement(row) => row.last_posting,
            Record::Day(row) => row.last_posting,
        }
    }

    /// The same as a posting leaves it.
    pub fn left_by(mut self, posting: PostingId) -> Record {
        match &mut self {
            Record::Person(row) => row.last_posting = posting,
            Record::Pin(row) => row.last_posting = posting,
            Record::Identity(seen) => seen.last_posting = posting,
            Record::Block(row) => row.last_posting = posting,
            Record::Silence(row) => row.last_posting = posting,
            Record::Outlet(row) => row.last_posting = posting,
            Record::Assistant(row) => row.last_posting = posting,
            Record::Shift(row) => row.last_posting = posting,
            Record::Clawback(row) => row.last_posting = posting,
            Record::Mailbox(row) => row.last_posting = posting,
            Record::Budget(row) => row.last_posting = posting,
            Record::Restriction(row) => row.last_posting = posting,
            Record::Rule(row) => row.last_posting = posting,
            Record::Staff(row) => row.last_posting = posting,
            Record::Look(row) => row.last_posting = posting,
            Record::BankAccount(row) => row.last_posting = posting,
            Record::BankStatement(row) => row.last_posting = posting,
            Record::Day(row) => row.last_posting = posting,
        }
        self
    }
}

/// What stands at these keys; nothing for those at which nothing does.
pub fn occupants(
    conn: &mut Conn,
    keys: &BTreeSet<RecordKey>,
) -> Result<Vec<(RecordKey, Occupant)>, StoreError> {
    let sorted = Sorted::of(keys);
    let mut found = Vec::new();
    found.extend(people::occupants(conn, &sorted.people, &sorted.msisdns)?);
    found.extend(pins::occupants(conn, &sorted.pins)?);
    found.extend(identities::occupants(conn, &sorted.identities, &sorted.id_numbers)?);
    found.extend(blocks::occupants(conn, &sorted.blocks)?);
    found.extend(silences::occupants(conn, &sorted.silences, &sorted.silent)?);
    found.extend(agent_rows::occupants(conn, &sorted.outlets)?);
    found.extend(assistants::occupants(conn, &sorted.assistants)?);
    found.extend(assistants::serving_occupants(conn, &sorted.at_work)?);
    found.extend(shifts::occupants(conn, &sorted.shifts)?);
    found.extend(shifts::open_occupants(conn, &sorted.serving)?);
    found.extend(clawbacks::occupants(conn, &sorted.clawbacks)?);
    found.extend(mailboxes::occupants(conn, &sorted.mailboxes)?);
    found.extend(budgets::occupants(conn, &sorted.budgets)?);
    found.extend(restrictions::occupants(conn, &sorted.restrictions)?);
    found.extend(rules::occupants(conn, &sorted.rules)?);
    found.extend(staff_rows::occupants(conn, &sorted.staff, &sorted.staff_names)?);
    found.extend(looks::occupants(conn, &sorted.looks)?);
    found.extend(day_rows::occupants(conn, &sorted.days)?);
    found.extend(bank_rows::account_occupants(conn, &sorted.bank_accounts)?);
    found.extend(bank_rows::statement_occupants(
        conn,
        &sorted.bank_statements,
        &sorted.statement_digests,
    )?);
    Ok(found)
}

/// Keys by where they are looked up.
#[derive(Default)]
struct Sorted<'a> {
    people: Vec<AccountId>,
    msisdns: Vec<&'a str>,
    pins: Vec<PinId>,
    identities: Vec<AccountId>,
    id_numbers: Vec<&'a [u8]>,
    blocks: Vec<(AccountId, AccountId)>,
    silences: Vec<&'a str>,
    silent: Vec<&'a str>,
    outlets: Vec<AccountId>,
    assistants: Vec<AssistantId>,
    at_work: Vec<AccountId>,
    shifts: Vec<ShiftId>,
    serving: Vec<AssistantId>,
    clawbacks: Vec<clawbacks::Find<'a>>,
    mailboxes: Vec<AccountId>,
    budgets: Vec<AccountId>,
    restrictions: Vec<AccountId>,
    rules: Vec<&'a str>,
    bank_accounts: Vec<AccountId>,
    bank_statements: Vec<StatementId>,
    statement_digests: Vec<&'a [u8]>,
    days: Vec<i64>,
    staff: Vec<StaffId>,
    staff_names: Vec<&'a str>,
    looks: Vec<LookId>,
}

impl<'a> Sorted<'a> {
    fn of(keys: &'a BTreeSet<RecordKey>) -> Sorted<'a> {
        let mut sorted = Sorted::default();
        for key in keys {
            match key {
                RecordKey::Person(account) => sorted.people.push(*account),
                RecordKey::Msisdn(msisdn) => sorted.msisdns.push(msisdn),
                RecordKey::Pin(pin) => sorted.pins.push(*pin),
                RecordKey::Identity(account) => sorted.identities.push(*account),
                RecordKey::IdNumber(digest) => sorted.id_numbers.push(digest),
                RecordKey::Block(account, other) => sorted.blocks.push((*account, *other)),
                RecordKey::Silence(msisdn) => sorted.silences.push(msisdn),
                RecordKey::Silent(msisdn) => sorted.silent.push(msisdn),
                RecordKey::Outlet(account) => sorted.outlets.push(*account),
                RecordKey::Assistant(id) => sorted.assistants.push(*id),
                RecordKey::Serves(person) => sorted.at_work.push(*person),
                RecordKey::Shift(shift) => sorted.shifts.push(*shift),
                RecordKey::OpenShift(assistant) => sorted.serving.push(*assistant),
                RecordKey::Clawback(day, outlet, customer, service) => {
                    sorted.clawbacks.push((*day, *outlet, *customer, service));
                }
                RecordKey::Mailbox(account) => sorted.mailboxes.push(*account),
                RecordKey::Budget(account) => sorted.budgets.push(*account),
                RecordKey::Restriction(account) => sorted.restrictions.push(*account),
                RecordKey::Rule(name) => sorted.rules.push(name),
                RecordKey::BankAccount(id) => sorted.bank_accounts.push(*id),
                RecordKey::BankStatement(id) => sorted.bank_statements.push(*id),
                RecordKey::StatementDigest(digest) => sorted.statement_digests.push(digest),
                RecordKey::Day(id) => sorted.days.push(*id),
                RecordKey::Staff(id) => sorted.staff.push(*id),
                RecordKey::StaffName(name) => sorted.staff_names.push(name),
                RecordKey::Look(id) => sorted.looks.push(*id),
            }
        }
        sorted
    }
}

/// Stores records, new or not: those of one table in one statement.
pub fn keep<'a>(records: impl Iterator<Item = &'a Record>) -> Vec<Rows<'a>> {
    let mut tables: BTreeMap<&'static str, (&'static Table, Vec<Entry<'a>>)> = BTreeMap::new();
    for entry in records.map(Record::entry) {
        let (_, rows) = tables.entry(entry.table.name).or_insert((entry.table, Vec::new()));
        rows.push(entry);
    }
    let rows = tables.into_values();
    rows.map(|(table, rows)| record::keep(table, &rows.iter().collect::<Vec<_>>())).collect()
}

/// Hands out every record there is, a page of a table at a time.
pub fn each(conn: &mut Conn, limit: i64, take: &mut dyn FnMut(Record)) -> Result<(), StoreError> {
    pages(conn, limit, people::page_after, Record::Person, take)?;
    pages(conn, limit, pins::page_after, Record::Pin, take)?;
    pages(conn, limit, identities::page_after, Record::Identity, take)?;
    pages(conn, limit, blocks::page_after, Record::Block, take)?;
    pages(conn, limit, silences::page_after, Record::Silence, take)?;
    pages(conn, limit, agent_rows::page_after, Record::Outlet, take)?;
    pages(conn, limit, assistants::page_after, Record::Assistant, take)?;
    pages(conn, limit, shifts::page_after, Record::Shift, take)?;
    pages(conn, limit, clawbacks::page_after, Record::Clawback, take)?;
    pages(conn, limit, mailboxes::page_after, Record::Mailbox, take)?;
    pages(conn, limit, budgets::page_after, Record::Budget, take)?;
    pages(conn, limit, restrictions::page_after, Record::Restriction, take)?;
    pages(conn, limit, rules::page_after, Record::Rule, take)?;
    pages(conn, limit, bank_rows::accounts_after, Record::BankAccount, take)?;
    pages(conn, limit, bank_rows::statements_after, Record::BankStatement, take)?;
    pages(conn, limit, looks::page_after, Record::Look, take)?;
    let day = |row| Record::Day(Box::new(row));
    pages(conn, limit, day_rows::page_after, day, take)?;
    let staff = |row| Record::Staff(Box::new(row));
    pages(conn, limit, staff_rows::page_after, staff, take)
}

/// Rows of a table behind one of them.
type Page<Row> = fn(&mut Conn, Option<&Row>, i64) -> Result<Vec<Row>, StoreError>;

fn pages<Row: Clone>(
    conn: &mut Conn,
    limit: i64,
    page: Page<Row>,
    record: fn(Row) -> Record,
    take: &mut dyn FnMut(Record),
) -> Result<(), StoreError> {
    let mut after = None;
    loop {
        let rows = page(conn, after.as_ref(), limit)?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = Some(last.clone());
        rows.into_iter().map(record).for_each(&mut *take);
    }
}
