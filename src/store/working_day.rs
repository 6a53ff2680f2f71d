//! The working day of agents: shifts, what was done in them, and what was earned too much.

use super::rows::{Column, Rows};
use super::schema::{agent_journal, clawbacks, shifts};
use super::{Conn, StoreError, on};
use crate::id::{AccountId, AssistantId, ShiftId};
use diesel::prelude::*;

/// From counting the cash in the drawer to counting it again.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct ShiftRow {
    /// Its number.
    pub id: ShiftId,
    /// Who serves.
    pub assistant: AssistantId,
    /// Where: the float account.
    pub outlet: AccountId,
    /// Microseconds UTC.
    pub opened_at: i64,
    /// The cash that was there, minor units.
    pub opening_minor: i64,
    /// Microseconds UTC, once it is over.
    pub closed_at: Option<i64>,
    /// The cash that had to be there then, minor units.
    pub expected_minor: Option<i64>,
    /// The cash that was there then, minor units.
    pub counted_minor: Option<i64>,
}

/// Something that was done at an outlet.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct AgentJournalRow {
    /// The posting; it is filled in when that has its number.
    pub posting: i64,
    /// Where: the float account.
    pub outlet: AccountId,
    /// The outlet's head office then, or itself.
    pub team: AccountId,
    /// Who did it, where that is known.
    pub assistant: Option<AssistantId>,
    /// In which shift.
    pub shift: Option<ShiftId>,
    /// For whom: a wallet, or another outlet.
    pub customer: AccountId,
    /// The service.
    pub service: String,
    /// What was moved, minor units.
    pub amount_minor: i64,
    /// How the cash in the drawer changed, minor units.
    pub cash_minor: i64,
    /// What the outlet earned by it, minor units.
    pub own_minor: i64,
    /// What its head office earned by it, minor units.
    pub head_minor: i64,
    /// What was withheld of that for the tax office, minor units.
    pub tax_minor: i64,
    /// Microseconds UTC.
    pub at: i64,
}

/// Commission that was earned too much by an outlet with a customer on a day, and what of it was
/// taken back.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct ClawbackRow {
    /// Days since 1970, in the market's calendar.
    pub day: i64,
    /// The float account.
    pub outlet: AccountId,
    /// The wallet.
    pub customer: AccountId,
    /// The service.
    pub service: String,
    /// The outlet's own part, minor units.
    pub found_minor: i64,
    /// What of it was taken back so far, minor units.
    pub taken_minor: i64,
    /// The head office that earned too much with it, by its float account.
    pub head: Option<AccountId>,
    /// The head office's part, minor units.
    pub head_found_minor: i64,
    /// What of that was taken back so far, minor units.
    pub head_taken_minor: i64,
}

impl ClawbackRow {
    /// What the outlet still owes of it, minor units.
    pub fn owed_minor(&self) -> i64 {
        self.found_minor.saturating_sub(self.taken_minor).max(0)
    }

    /// What its head office still owes of it, minor units.
    pub fn head_owed_minor(&self) -> i64 {
        self.head_found_minor.saturating_sub(self.head_taken_minor).max(0)
    }
}

/// What came of a shift so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CashDrawer {
    /// Cash that came in, minor units.
    pub in_minor: i64,
    /// Cash that went out, minor units.
    pub out_minor: i64,
    /// How often.
    pub times: i64,
}

/// The shift that somebody is in.
pub fn open_shift(conn: &mut Conn, assistant: AssistantId) -> Result<Option<ShiftRow>, StoreError> {
    let theirs =
        shifts::table.filter(shifts::assistant.eq(assistant)).filter(shifts::closed_at.is_null());
    Ok(on!(conn, c => theirs.first(c).optional())?)
}

/// The shifts that these are in: assistant and shift.
pub fn open_shifts(
    conn: &mut Conn,
    assistants: &[AssistantId],
) -> Result<Vec<(AssistantId, ShiftId)>, StoreError> {
    let theirs = shifts::table
        .filter(shifts::assistant.eq_any(assistants))
        .filter(shifts::closed_at.is_null());
    Ok(on!(conn, c => theirs.select((shifts::assistant, shifts::id)).load(c))?)
}

/// What was done in a shift.
pub fn drawer(conn: &mut Conn, shift: ShiftId) -> Result<CashDrawer, StoreError> {
    let mut drawer = CashDrawer::default();
    let theirs = agent_journal::table
        .filter(agent_journal::shift.eq(shift))
        .select(agent_journal::cash_minor);
    let all: Vec<i64> = on!(conn, c => theirs.load(c))?;
    for cash_minor in all {
        drawer.times = drawer.times.saturating_add(1);
        drawer.in_minor = drawer.in_minor.saturating_add(cash_minor.max(0));
        drawer.out_minor = drawer.out_minor.saturating_add(cash_minor.min(0).saturating_neg());
    }
    Ok(drawer)
}

/// What was done at all outlets from a time on and before another, in the order of its postings.
pub fn journal_between(
    conn: &mut Conn,
    from: i64,
    before: i64,
) -> Result<Vec<AgentJournalRow>, StoreError> {
    let theirs = agent_journal::table
        .filter(agent_journal::at.ge(from))
        .filter(agent_journal::at.lt(before));
    Ok(on!(conn, c => theirs.order(agent_journal::posting).load(c))?)
}

/// What was done by a posting at an outlet.
pub fn journal_of(conn: &mut Conn, posting: i64) -> Result<Option<AgentJournalRow>, StoreError> {
    Ok(on!(conn, c => agent_journal::table.find(posting).first(c).optional())?)
}

/// What was found of a day.
pub fn clawbacks_of(conn: &mut Conn, day: i64) -> Result<Vec<ClawbackRow>, StoreError> {
    Ok(on!(conn, c => clawbacks::table.filter(clawbacks::day.eq(day)).load(c))?)
}

/// What is known of this find by now.
pub fn clawback(conn: &mut Conn, found: &ClawbackRow) -> Result<Option<ClawbackRow>, StoreError> {
    let key = (found.day, found.outlet, found.customer, found.service.as_str());
    Ok(on!(conn, c => clawbacks::table.find(key).first(c).optional())?)
}

/// What an outlet still has to give back, of its own part and as a head office, minor units.
pub fn owed_minor(conn: &mut Conn, outlet: AccountId) -> Result<i64, StoreError> {
    let own = clawbacks::table.filter(clawbacks::outlet.eq(outlet));
    let own = own.filter(clawbacks::taken_minor.lt(clawbacks::found_minor));
    let as_head = clawbacks::table.filter(clawbacks::head.eq(outlet));
    let as_head = as_head.filter(clawbacks::head_taken_minor.lt(clawbacks::head_found_minor));
    let own: Vec<ClawbackRow> = on!(conn, c => own.load(c))?;
    let as_head: Vec<ClawbackRow> = on!(conn, c => as_head.load(c))?;
    let owed = own
        .iter()
        .map(ClawbackRow::owed_minor)
        .chain(as_head.iter().map(ClawbackRow::head_owed_minor));
    Ok(owed.fold(0, i64::saturating_add))
}

/// What is still owed by anybody, the oldest first.
pub fn owed(conn: &mut Conn) -> Result<Vec<ClawbackRow>, StoreError> {
    let own = clawbacks::taken_minor.lt(clawbacks::found_minor);
    let owed = clawbacks::table
        .filter(own.or(clawbacks::head_taken_minor.lt(clawbacks::head_found_minor)));
    let order = (clawbacks::day, clawbacks::outlet, clawbacks::customer, clawbacks::service);
    Ok(on!(conn, c => owed.order(order).load(c))?)
}

/// Adds shifts, or writes how they ended.
pub fn put_shifts(shifts: &[&ShiftRow]) -> Rows<'static> {
    let columns = vec![
        Column::ids(shifts.iter().map(|s| s.id)),
        Column::ids(shifts.iter().map(|s| s.assistant)),
        Column::ids(shifts.iter().map(|s| s.outlet)),
        Column::Numbers(shifts.iter().map(|s| s.opened_at).collect()),
        Column::Numbers(shifts.iter().map(|s| s.opening_minor).collect()),
        Column::Optional(shifts.iter().map(|s| s.closed_at).collect()),
        Column::Optional(shifts.iter().map(|s| s.expected_minor).collect()),
        Column::Optional(shifts.iter().map(|s| s.counted_minor).collect()),
    ];
    Rows::insert(
        shifts.len(),
        columns,
        "INSERT INTO shifts (id, assistant, outlet, opened_at, opening_minor, closed_at, \
         expected_minor, counted_minor)",
        "ON CONFLICT (id) DO UPDATE SET closed_at = excluded.closed_at, expected_minor = \
         excluded.expected_minor, counted_minor = excluded.counted_minor",
    )
}

/// Adds what was done at outlets.
pub fn add_journal(rows: &[AgentJournalRow]) -> Rows<'_> {
    let numbers = |of: fn(&AgentJournalRow) -> i64| Column::Numbers(rows.iter().map(of).collect());
    let columns = vec![
        numbers(|row| row.posting),
        Column::ids(rows.iter().map(|row| row.outlet)),
        Column::ids(rows.iter().map(|row| row.team)),
        Column::optional_ids(rows.iter().map(|row| row.assistant)),
        Column::optional_ids(rows.iter().map(|row| row.shift)),
        Column::ids(rows.iter().map(|row| row.customer)),
        Column::Texts(rows.iter().map(|row| row.service.as_str()).collect()),
        numbers(|row| row.amount_minor),
        numbers(|row| row.cash_minor),
        numbers(|row| row.own_minor),
        numbers(|row| row.head_minor),
        numbers(|row| row.tax_minor),
        numbers(|row| row.at),
    ];
    let head = "INSERT INTO agent_journal (posting, outlet, team, assistant, shift, customer, \
                service, amount_minor, cash_minor, own_minor, head_minor, tax_minor, at)";
    Rows::insert(rows.len(), columns, head, "")
}

/// Adds what was found to be earned too much, or writes what more of it was taken back.
pub fn put_clawbacks<'a>(rows: &[&'a ClawbackRow]) -> Rows<'a> {
    let columns = vec![
        Column::Numbers(rows.iter().map(|row| row.day).collect()),
        Column::ids(rows.iter().map(|row| row.outlet)),
        Column::ids(rows.iter().map(|row| row.customer)),
        Column::Texts(rows.iter().map(|row| row.service.as_str()).collect()),
        Column::Numbers(rows.iter().map(|row| row.found_minor).collect()),
        Column::Numbers(rows.iter().map(|row| row.taken_minor).collect()),
        Column::optional_ids(rows.iter().map(|row| row.head)),
        Column::Numbers(rows.iter().map(|row| row.head_found_minor).collect()),
        Column::Numbers(rows.iter().map(|row| row.head_taken_minor).collect()),
    ];
    Rows::insert(
        rows.len(),
        columns,
        "INSERT INTO clawbacks (day, outlet, customer, service, found_minor, taken_minor, head, \
         head_found_minor, head_taken_minor)",
        "ON CONFLICT (day, outlet, customer, service) DO UPDATE SET found_minor = \
         excluded.found_minor, taken_minor = excluded.taken_minor, head = excluded.head, \
         head_found_minor = excluded.head_found_minor, head_taken_minor = \
         excluded.head_taken_minor",
    )
}
