//! The working day of agents: what was done in their shifts.

use super::ask::{self, Database};
use super::record::RecordKey;
use super::rows::{Column, Rows};
use super::schema::agent_journal;
use super::{Conn, StoreError, on};
use crate::id::{AccountId, AssistantId, PostingId, ShiftId};
use diesel::prelude::*;

/// Something that was done at an outlet.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct AgentJournalRow {
    /// The posting; it is filled in when that has its number.
    pub posting: PostingId,
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
    /// By which tariff, as `tariff_texts` has it.
    pub tariff: i64,
    /// Microseconds UTC.
    pub at: i64,
}

impl AgentJournalRow {
    /// The place that its shift must still have, and the number of the shift.
    pub fn within(&self) -> Option<(RecordKey, i64)> {
        let (assistant, shift) = self.assistant.zip(self.shift)?;
        Some((RecordKey::OpenShift(assistant), shift.number()))
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

/// What was done in a shift.
pub async fn drawer(asked: Database<'_>, shift: ShiftId) -> Result<CashDrawer, StoreError> {
    let mut drawer = CashDrawer::default();
    let theirs = agent_journal::table
        .filter(agent_journal::shift.eq(shift))
        .select(agent_journal::cash_minor);
    let all: Vec<i64> = ask::rows(asked, theirs).await?;
    for cash_minor in all {
        drawer.times = drawer.times.saturating_add(1);
        drawer.in_minor = drawer.in_minor.saturating_add(cash_minor.max(0));
        drawer.out_minor = drawer.out_minor.saturating_add(cash_minor.min(0).saturating_neg());
    }
    Ok(drawer)
}

/// What was done at all outlets from a time on and before another, in the order of its postings.
pub async fn journal_between(
    asked: Database<'_>,
    from: i64,
    before: i64,
) -> Result<Vec<AgentJournalRow>, StoreError> {
    let theirs = agent_journal::table
        .filter(agent_journal::at.ge(from))
        .filter(agent_journal::at.lt(before));
    ask::rows(asked, theirs.order(agent_journal::posting)).await
}

/// What was done by a posting at an outlet.
pub fn journal_of(
    conn: &mut Conn,
    posting: PostingId,
) -> Result<Option<AgentJournalRow>, StoreError> {
    Ok(on!(conn, c => agent_journal::table.find(posting).first(c).optional())?)
}

/// Adds what was done at outlets.
pub fn add_journal(rows: &[AgentJournalRow]) -> Rows<'_> {
    let numbers = |of: fn(&AgentJournalRow) -> i64| Column::Numbers(rows.iter().map(of).collect());
    let columns = vec![
        Column::ids(rows.iter().map(|row| row.posting)),
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
        numbers(|row| row.tariff),
        numbers(|row| row.at),
    ];
    let head = "INSERT INTO agent_journal (posting, outlet, team, assistant, shift, customer, \
                service, amount_minor, cash_minor, own_minor, head_minor, tax_minor, tariff, at)";
    Rows::insert(rows.len(), columns, head, "")
}
