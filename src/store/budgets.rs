//! What people set themselves for a week or a month.

use super::rows::{Column, Rows};
use super::schema::budgets;
use super::{Conn, StoreError, on};
use crate::calendar::Day;
use crate::id::AccountId;
use crate::limits::{Budget, Budgets, Window};
use diesel::prelude::*;

/// Somebody's budget, as it is stored: no window is no budget.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct BudgetRow {
    /// Whose.
    pub account_id: AccountId,
    /// One more with each change.
    pub version: i64,
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
        BudgetRow { account_id, version, span, value_minor, next_day, next_window, next_minor }
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

/// The versions of those of these accounts that have one.
pub fn versions(
    conn: &mut Conn,
    accounts: &[AccountId],
) -> Result<Vec<(AccountId, i64)>, StoreError> {
    let theirs = budgets::table.filter(budgets::account_id.eq_any(accounts));
    Ok(on!(conn, c => theirs.select((budgets::account_id, budgets::version)).load(c))?)
}

/// Stores them, new or not.
pub fn keep<'a>(rows: &[&'a BudgetRow]) -> Rows<'a> {
    let columns = vec![
        Column::ids(rows.iter().map(|b| b.account_id)),
        Column::Numbers(rows.iter().map(|b| b.version).collect()),
        Column::OptionalTexts(rows.iter().map(|b| b.span.as_deref()).collect()),
        Column::Numbers(rows.iter().map(|b| b.value_minor).collect()),
        Column::Optional(rows.iter().map(|b| b.next_day).collect()),
        Column::OptionalTexts(rows.iter().map(|b| b.next_window.as_deref()).collect()),
        Column::Numbers(rows.iter().map(|b| b.next_minor).collect()),
    ];
    let head = "INSERT INTO budgets (account_id, version, span, value_minor, next_day, \
                next_window, next_minor)";
    let tail = "ON CONFLICT (account_id) DO UPDATE SET version = excluded.version, span = \
                excluded.span, value_minor = excluded.value_minor, next_day = excluded.next_day, \
                next_window = excluded.next_window, next_minor = excluded.next_minor";
    Rows::insert(rows.len(), columns, head, tail)
}
