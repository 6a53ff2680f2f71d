//! A spending budget that people set themselves. It is compared within the commit, like limits: see `limits`.

use super::desk::{Act, Desk, Halt};
use super::{Service, Whose};
use crate::ask::Slots;
use crate::book::Change;
use crate::calendar::Day;
use crate::limits::{Budget, Way, Window};
use crate::refusal::{Reason, Refusal};
use crate::store::budgets::BudgetRow;
use crate::store::papers::Paper;

/// Inputs `every` (`week`, `month`) and `amount`: shows `amount`, `first_day`, from which it counts; flags `monthly`, `later`.
pub const SET: Service = Service {
    name: "budget",
    pin: Whose::Caller,
    old: Some(set),
    replay: crate::wallet::service::Replay::TOLD,
    ..Service::PLAIN
};
/// Takes it away from tomorrow on: shows `first_day`.
pub const REMOVE: Service = Service {
    name: "budget_remove",
    pin: Whose::Caller,
    old: Some(remove),
    replay: crate::wallet::service::Replay::TOLD,
    ..Service::PLAIN
};

fn set(desk: &mut Desk) -> Result<(), Halt> {
    let window = match desk.field("every")? {
        "week" => Window::Week,
        "month" => Window::Month,
        _ => return Err(Refusal::of_field(Reason::TextFormat, "every").into()),
    };
    if window == Window::Month {
        desk.plan.flags.insert("monthly".into());
    }
    let amount = desk.amount("amount")?;
    desk.show("amount", amount.to_string());
    let template = if window == Window::Month { "sms.budget_month" } else { "sms.budget_week" };
    wish(desk, Some(Budget { window, value_minor: amount.minor }), template)
}

fn remove(desk: &mut Desk) -> Result<(), Halt> {
    let (account, today) = (desk.person()?.account_id, today(desk));
    let row = desk.budget(account)?.ok_or(Reason::BudgetNone)?;
    if row.budgets().on(today).is_none() {
        return Err(Reason::BudgetNone.into());
    }
    wish(desk, None, "sms.budget_removed")
}

fn wish(desk: &mut Desk, budget: Option<Budget>, template: &str) -> Result<(), Halt> {
    let (person, today) = (desk.person()?, today(desk));
    let account_id = person.account_id;
    let row = desk.budget(account_id)?.unwrap_or(BudgetRow { account_id, ..BudgetRow::default() });
    let (after, from) = row.budgets().wished(budget, today);
    if from > today {
        desk.plan.flags.insert("later".into());
    }
    desk.show("first_day", from.text());
    let told: Slots = desk.shown(&["amount", "first_day"]);
    let changes = vec![Change::Keep(Paper::Budget(row.with(after))), desk.tell(person, template, told, None)];
    desk.plan.act = Some(Act { kind: "budget", changes, ..Act::default() });
    Ok(())
}

/// What somebody has set themselves for today.
pub(super) fn of(desk: &mut Desk, account: i64) -> Result<Option<Budget>, Halt> {
    let today = today(desk);
    Ok(desk.budget(account)?.and_then(|row| row.budgets().on(today)))
}

/// Shows what the caller's budget leaves, `room`, and when it begins anew, `frees`, with the flag `budget`; nothing without one.
pub(super) fn show(desk: &mut Desk, account: i64) -> Result<(), Halt> {
    let Some(budget) = of(desk, account)? else { return Ok(()) };
    let today = today(desk);
    let usage = desk.account(account)?.usage.rolled_to(today);
    let left_minor = budget.value_minor.saturating_sub(usage.sum(Way::Out, budget.window).value_minor).max(0);
    desk.plan.flags.insert("budget".into());
    desk.show("room", desk.money(left_minor).to_string());
    desk.show("frees", budget.window.after(today).text());
    Ok(())
}

fn today(desk: &Desk) -> Day {
    Day::of(desk.now, &desk.house.market.zone)
}
