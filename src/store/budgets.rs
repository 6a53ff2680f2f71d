//! What people set themselves for a week or a month.

use super::record::{self, Cell, Entry, Occupant, RecordKey, Table};
use super::schema::budgets;
use super::{Conn, StoreError, on};
use crate::calendar::Day;
use crate::id::{AccountId, PostingId};
use crate::limits::{Budget, Budgets, Window};
use crate::reason::Reason;
use diesel::prelude::*;

const TABLE: Table = Table { name: "budgets", kind: "budget", key: &["account_id"], apart: &[] };

/// Somebody's budget, as it is stored: no window is no budget. In the trail it has the number of
/// the wallet.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct BudgetRow {
    /// Whose.
    pub account_id: AccountId,
    /// One more with each change.
    pub version: i64,
    /// The posting that changed it last; given by the book.
    pub last_posting: PostingId,
    /// `week` or `month`.
    pub span: Option<String>,
    /// Minor units.
    pub value_minor: i64,
    /// From this day on the next one counts, by its number.
    pub next_day: Option<i64>,
    /// `week` or `month`.
    pub next_window: Option<String>,
    /// Minor units.
    pub next_minor: i64,
}

impl BudgetRow {
    /// None.
    pub fn empty(account_id: AccountId) -> BudgetRow {
        BudgetRow {
            account_id,
            version: 0,
            last_posting: PostingId::NONE,
            span: None,
            value_minor: 0,
            next_day: None,
            next_window: None,
            next_minor: 0,
        }
    }

    /// What it says.
    pub fn budgets(&self) -> Budgets {
        let budget = |window: &Option<String>, value_minor| {
            let window = window
                .as_deref()
                .and_then(|code| Window::ALL.into_iter().find(|window| code_of(*window) == code));
            window.map(|window| Budget { window, value_minor })
        };
        let next = self.next_day.and_then(|day| i32::try_from(day).ok()).map(Day::new);
        let next = next.map(|day| (day, budget(&self.next_window, self.next_minor)));
        Budgets { now: budget(&self.span, self.value_minor), next }
    }

    /// The row that says this, one version after this one.
    pub fn with(&self, budgets: Budgets) -> BudgetRow {
        let apart = |budget: Option<Budget>| {
            (
                budget.map(|budget| code_of(budget.window).to_owned()),
                budget.map_or(0, |budget| budget.value_minor),
            )
        };
        let (span, value_minor) = apart(budgets.now);
        let (next_window, next_minor) = apart(budgets.next.and_then(|(_day, then)| then));
        let next_day = budgets.next.map(|(day, _then)| i64::from(day.number()));
        let account_id = self.account_id;
        let version = self.version.saturating_add(1);
        let last_posting = self.last_posting;
        BudgetRow {
            account_id,
            version,
            last_posting,
            span,
            value_minor,
            next_day,
            next_window,
            next_minor,
        }
    }

    /// What it says of itself.
    pub fn entry(&self) -> Entry<'_> {
        Entry {
            table: &TABLE,
            key: RecordKey::Budget(self.account_id),
            number: self.account_id.number(),
            version: self.version,
            refusal: Reason::STALE,
            vacant: Vec::new(),
            takes: Vec::new(),
            columns: vec![
                ("account_id", Cell::Number(self.account_id.number())),
                ("version", Cell::Number(self.version)),
                ("last_posting", Cell::Number(self.last_posting.number())),
                ("span", Cell::OptionalText(self.span.as_deref())),
                ("value_minor", Cell::Number(self.value_minor)),
                ("next_day", Cell::Optional(self.next_day)),
                ("next_window", Cell::OptionalText(self.next_window.as_deref())),
                ("next_minor", Cell::Number(self.next_minor)),
            ],
        }
    }
}

fn code_of(window: Window) -> &'static str {
    match window {
        Window::Day => "day",
        Window::Week => "week",
        Window::Month => "month",
    }
}

/// The budget of an account.
pub fn of(conn: &mut Conn, account: AccountId) -> Result<Option<BudgetRow>, StoreError> {
    Ok(on!(conn, c => budgets::table.find(account).first(c).optional())?)
}

/// Those behind one of them.
pub fn page_after(
    conn: &mut Conn,
    after: Option<&BudgetRow>,
    limit: i64,
) -> Result<Vec<BudgetRow>, StoreError> {
    let after = after.map_or(AccountId::of(i64::MIN), |row| row.account_id);
    let page = budgets::table.filter(budgets::account_id.gt(after));
    Ok(on!(conn, c => page.order(budgets::account_id).limit(limit).load(c))?)
}

/// Those of these that are there.
pub fn occupants(
    conn: &mut Conn,
    accounts: &[AccountId],
) -> Result<Vec<(RecordKey, Occupant)>, StoreError> {
    if accounts.is_empty() {
        return Ok(Vec::new());
    }
    let rows = budgets::table.filter(budgets::account_id.eq_any(accounts));
    let rows: Vec<BudgetRow> = on!(conn, c => rows.load(c))?;
    let own = |row: BudgetRow| {
        record::own(RecordKey::Budget(row.account_id), row.version, row.last_posting)
    };
    Ok(rows.into_iter().map(own).collect())
}
