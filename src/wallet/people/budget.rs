//! A spending budget that people set themselves. It is compared within the commit, like limits: see
//! `metering`.

use super::super::context::Context;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, Message, Replay, Service};
use super::super::{metering, party};
use crate::book::Change;
use crate::id::AccountId;
use crate::limits::{Budget, Direction, Window};
use crate::refusal::{Reason, Refusal};
use crate::store::budgets::BudgetRow;
use crate::store::records::Record;
use crate::store::wants::Want;
use crate::value::{Kind, Slot};

/// Inputs `every` (`week`, `month`) and `amount`: shows `amount`, `first_day`, from which it
/// counts; flags `monthly`, `later`.
pub const SET: Service = Service {
    name: "budget",
    authority: Authority::Customer,
    wants: &[own],
    decide: set,
    shows: &[Slot("amount", Kind::Money), Slot("first_day", Kind::Day)],
    messages: &[&WEEKLY, &MONTHLY],
    replay: Replay::TOLD,
    ..Service::PLAIN
};
/// Takes it away from tomorrow on: shows `first_day`; flag `later`.
pub const REMOVE: Service = Service {
    name: "budget_remove",
    authority: Authority::Customer,
    wants: &[own],
    decide: remove,
    shows: &[Slot("first_day", Kind::Day)],
    refusals: &[BUDGET_NONE],
    messages: &[&REMOVED],
    replay: Replay::TOLD,
    ..Service::PLAIN
};

/// There is no budget.
pub const BUDGET_NONE: Reason = Reason::new("budget_none");

const WEEKLY: Message =
    Message::plain("sms.budget_week", &[Slot("amount", Kind::Money), Slot("first_day", Kind::Day)]);
const MONTHLY: Message = Message { template: "sms.budget_month", ..WEEKLY };
const REMOVED: Message = Message::plain("sms.budget_removed", &[Slot("first_day", Kind::Day)]);

/// The caller, with what they have set themselves.
fn own(context: &Context) -> Vec<Want> {
    context.caller.person.iter().map(|person| Want::Owner(person.account_id)).collect()
}

fn set(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let (window, message) = match context.field("every")? {
        "week" => (Window::Week, &WEEKLY),
        "month" => (Window::Month, &MONTHLY),
        _ => return Err(Refusal::of_field(Reason::TEXT_FORMAT, "every").into()),
    };
    if window == Window::Month {
        plan.flag("monthly");
    }
    let amount = context.amount("amount")?;
    plan.show("amount", amount);
    wish(context, plan, Some(Budget { window, value_minor: amount.minor }), message)
}

fn remove(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    metering::budget(context, context.person()?.account_id)?.ok_or(BUDGET_NONE)?;
    wish(context, plan, None, &REMOVED)
}

fn wish(
    context: &Context,
    plan: &mut Plan,
    budget: Option<Budget>,
    message: &Message,
) -> Result<(), PlanError> {
    let person = context.person()?;
    let today = context.today();
    let account_id = person.account_id;
    let row = context.facts.budget(account_id)?.cloned();
    let row = row.unwrap_or(BudgetRow::empty(account_id));
    let (after, from) = row.budgets().wished(budget, today);
    if from > today {
        plan.flag("later");
    }
    plan.show("first_day", from);
    let told = plan.shown(&["amount", "first_day"]);
    let event = if budget.is_some() { "set_budget" } else { "remove_budget" };
    let changes = vec![
        Change::keep(Record::Budget(row.with(after)), event),
        context.tell(person, message, told, None),
    ];
    plan.commit(Act { kind: SET.name, changes, ..Act::default() });
    Ok(())
}

/// Shows what somebody's budget leaves, `room`, and when it begins anew, `frees`, with the flag
/// `budget`; nothing without one.
pub fn show(context: &Context, plan: &mut Plan, account: AccountId) -> Result<(), PlanError> {
    let Some(budget) = metering::budget(context, account)? else { return Ok(()) };
    let usage = party::account(context, account)?.usage.rolled_to(context.today());
    let spent_minor = usage.sum(Direction::Out, budget.window).value_minor;
    plan.flag("budget");
    plan.show("room", context.money(budget.value_minor.saturating_sub(spent_minor).max(0)));
    plan.show("frees", budget.window.after(context.today()));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::super::trial::{Outcome, Trial};
    use super::*;
    use crate::book::Keep;
    use crate::calendar::Day;
    use crate::id::Id;
    use crate::store::people::PersonRow;

    fn one() -> (Trial, PersonRow) {
        let mut trial = Trial::new();
        let amina = trial.person(Id::of(101), "+254700000001", "Amina Wanjiru", 100_000);
        (trial, amina)
    }

    /// She has this much a week, from the third version of the row on.
    fn weekly(trial: &mut Trial, amina: &PersonRow, value_minor: i64) {
        let span = Some("week".to_owned());
        let version = 3;
        let row = BudgetRow {
            account_id: Id::of(101),
            version,
            span,
            value_minor,
            ..BudgetRow::empty(Id::of(101))
        };
        trial.change(amina, |member| member.budget = Some(row));
    }

    fn kept(plan: &Plan) -> BudgetRow {
        let [Change::Keep(Keep { record: Record::Budget(row), .. }), Change::Tell(_)] =
            plan.act.as_ref().unwrap().changes.as_slice()
        else {
            panic!("{plan:?}")
        };
        row.clone()
    }

    fn want(trial: &Trial, amina: &PersonRow, every: &str, amount: &str) -> Outcome {
        trial.ask(&SET, trial.caller(amina)).with("every", every).with("amount", amount).execute()
    }

    #[test]
    fn the_first_one_counts_from_today_and_its_owner_hears_so() {
        let (trial, amina) = one();
        for (every, template) in [("week", "sms.budget_week"), ("month", "sms.budget_month")] {
            let plan = want(&trial, &amina, every, "50000").planned();
            assert_eq!(
                ["amount", "first_day"].map(|slot| plan.said(slot)),
                ["KES 500", "23/11/26"]
            );
            assert_eq!(plan.flags.contains("monthly"), every == "month");
            assert!(!plan.flags.contains("later"));
            let row = kept(&plan);
            assert_eq!(
                (row.account_id, row.version, row.span.as_deref()),
                (Id::of(101), 1, Some(every))
            );
            assert_eq!((row.value_minor, row.next_day), (50_000, None));
            let told = "amount=KES 500 first_day=23/11/26";
            assert_eq!(plan.messages(), [(template.to_owned(), told.to_owned())]);
        }
    }

    #[test]
    fn more_counts_from_tomorrow_and_as_much_or_less_at_once() {
        let (mut trial, amina) = one();
        weekly(&mut trial, &amina, 50_000);
        let raised = want(&trial, &amina, "week", "50001").planned();
        assert!(raised.flags.contains("later"));
        assert_eq!(raised.said("first_day"), "24/11/26");
        let row = kept(&raised);
        assert_eq!((row.version, row.value_minor, row.next_minor), (4, 50_000, 50_001));
        assert_eq!(row.next_day, Some(i64::from(Day::read("24/11/26").unwrap().number())));
        let same = want(&trial, &amina, "week", "50000").planned();
        assert!(!same.flags.contains("later"));
        assert_eq!(
            (same.said("first_day").as_str(), kept(&same).value_minor),
            ("23/11/26", 50_000)
        );
    }

    #[test]
    fn what_is_no_span_or_no_amount_is_asked_for_again() {
        let (trial, amina) = one();
        let reason = |every: &str, amount: &str| want(&trial, &amina, every, amount).reason();
        assert_eq!(reason("day", "50000"), (Reason::TEXT_FORMAT, Some("every")));
        assert_eq!(reason("week", "0"), (Reason::AMOUNT_ZERO, Some("amount")));
        assert_eq!(reason("week", "five"), (Reason::AMOUNT_FORMAT, Some("amount")));
        let ask = || trial.ask(&SET, trial.caller(&amina));
        assert_eq!(ask().check().reason(), (Reason::FIELD_MISSING, Some("every")));
        // the next screen depends on it before there is an amount
        let halfway = ask().with("every", "month").check();
        assert!(halfway.plan.flags.contains("monthly"));
        assert_eq!(halfway.reason(), (Reason::FIELD_MISSING, Some("amount")));
        let stranger = trial
            .ask(&SET, trial.stranger("+254700000009"))
            .with("every", "week")
            .with("amount", "1");
        assert_eq!(stranger.quote().reason(), (Reason::NOT_JOINED, None));
    }

    #[test]
    fn it_is_removed_from_tomorrow_on() {
        let (mut trial, amina) = one();
        let remove = |trial: &Trial| trial.ask(&REMOVE, trial.caller(&amina)).execute();
        assert_eq!(remove(&trial).reason(), (BUDGET_NONE, None));
        weekly(&mut trial, &amina, 50_000);
        let plan = remove(&trial).planned();
        assert!(plan.flags.contains("later"));
        assert_eq!(plan.said("first_day"), "24/11/26");
        let row = kept(&plan);
        assert_eq!((row.value_minor, row.next_window.as_deref()), (50_000, None));
        assert_eq!(
            plan.messages(),
            [("sms.budget_removed".to_owned(), "first_day=24/11/26".to_owned())]
        );
        // one that ends today is none any more
        let today = i64::from(Day::read("23/11/26").unwrap().number());
        trial.change(&amina, |member| {
            member.budget = Some(BudgetRow { next_day: Some(today), ..row })
        });
        assert_eq!(remove(&trial).reason(), (BUDGET_NONE, None));
        let stranger = trial.ask(&REMOVE, trial.stranger("+254700000009")).quote();
        assert_eq!(stranger.reason(), (Reason::NOT_JOINED, None));
    }
}
