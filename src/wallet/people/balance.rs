//! What somebody has.
//!
//! Shows `balance`, `date`, `time`, and what is held besides: `held`, and in words `aside`;
//! with the flag `budget` what their budget leaves, `room`, and when it begins anew, `frees`.

use super::super::context::Context;
use super::super::plan::{Plan, PlanError};
use super::super::service::{ByText, Message, Service};
use super::super::{party, receipt};
use super::{budget, pin_first};
use crate::store::people::PersonRow;
use crate::store::wants::Want;
use crate::value::{Kind, Slot};

/// The service as menus know it.
pub const SERVICE: Service = Service {
    name: "balance",
    wants: &[own],
    decide,
    shows: &[
        Slot("balance", Kind::Money),
        Slot("date", Kind::Day),
        Slot("time", Kind::Time),
        Slot("held", Kind::Money),
        Slot("aside_code", Kind::Text),
        Slot("room", Kind::Money),
        Slot("frees", Kind::Day),
    ],
    refusals: &[pin_first::PIN_FIRST],
    text: Some(ByText::Quote(&BALANCE)),
    ..Service::PLAIN
};

const BALANCE: Message = Message::plain(
    "sms.balance",
    &[
        Slot("balance", Kind::Money),
        Slot("held", Kind::Money),
        Slot("aside_code", Kind::Text),
        Slot("date", Kind::Day),
        Slot("time", Kind::Time),
        Slot("dial", Kind::Text),
        Slot("brand", Kind::Text),
    ],
);

/// What must be read to know where the caller stands.
pub fn own(context: &Context) -> Vec<Want> {
    context.caller.person.iter().map(|person| Want::Owner(person.account_id)).collect()
}

fn decide(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let person = context.person()?;
    pin_first::may_look(context, person)?;
    show(context, plan, person)?;
    budget::show(context, plan, person.account_id)
}

/// Shows what somebody can spend, `balance`, as of `date` and `time`; and `held`, what is theirs
/// besides but waits for somebody or is kept back: with the two a statement closes.
pub fn show(context: &Context, plan: &mut Plan, person: &PersonRow) -> Result<(), PlanError> {
    let account = party::account(context, person.account_id)?;
    plan.show("balance", context.money(account.available_minor()));
    plan.show("held", context.money(account.held_minor));
    plan.show("aside_code", if account.held_minor > 0 { "some" } else { "none" });
    plan.show_all(receipt::when(context.config, context.now));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::super::metering;
    use super::super::super::trial::Trial;
    use super::*;
    use crate::book::Meter;
    use crate::calendar::Day;
    use crate::id::Id;
    use crate::limits::Usage;
    use crate::money::Money;
    use crate::refusal::Reason;
    use crate::store::budgets::BudgetRow;

    #[test]
    fn it_is_what_can_be_spent_now() {
        let mut trial = Trial::new();
        let amina = trial.person(Id::of(101), "+254700000001", "Amina Wanjiru", 100_000);
        let quote = |trial: &Trial| trial.ask(&SERVICE, trial.caller(&amina)).quote().planned();
        let plain = quote(&trial);
        assert_eq!(
            ["balance", "date", "time"].map(|slot| plain.said(slot)),
            ["KES 1,000", "23/11/26", "11:05"]
        );
        assert!(
            plain.flags.is_empty() && plain.act.is_none() && plain.said("aside_code") == "none",
            "{plain:?}"
        );
        trial.change(&amina, |member| member.account.held_minor = 1);
        let held = quote(&trial);
        assert_eq!(held.said("aside_code"), "some");
        assert_eq!(["balance", "held"].map(|slot| held.said(slot)), ["KES 999.99", "KES 0.01"]);
    }

    #[test]
    fn what_a_budget_leaves_is_said_with_it() {
        let mut trial = Trial::new();
        let amina = trial.person(Id::of(101), "+254700000001", "Amina Wanjiru", 100_000);
        let week = BudgetRow {
            account_id: Id::of(101),
            version: 1,
            span: Some("week".into()),
            value_minor: 50_000,
            ..BudgetRow::empty(Id::of(101))
        };
        trial.change(&amina, |member| member.budget = Some(week));
        let plan = trial.ask(&SERVICE, trial.caller(&amina)).quote().planned();
        assert!(plan.flags.contains("budget"));
        assert_eq!(["room", "frees"].map(|slot| plan.said(slot)), ["KES 500", "30/11/26"]);
    }

    #[test]
    fn who_has_spent_more_than_a_budget_has_no_room_and_no_debt() {
        let mut trial = Trial::new();
        let amina = trial.person(Id::of(101), "+254700000001", "Amina Wanjiru", 100_000);
        let today = Day::of(trial.now, &trial.config.market.zone);
        let amount = Money::new(50_001, trial.config.market.currency);
        let spent = Meter { back: false, ..metering::returned(today, Id::of(101), amount) };
        let usage = spent.taken_from(Usage::default(), 0).unwrap();
        trial.change(&amina, |member| member.account.usage = usage);
        let mut room = |value_minor| {
            let span = Some("week".into());
            let row = BudgetRow {
                account_id: Id::of(101),
                version: 1,
                span,
                value_minor,
                ..BudgetRow::empty(Id::of(101))
            };
            trial.change(&amina, |member| member.budget = Some(row));
            trial.ask(&SERVICE, trial.caller(&amina)).quote().planned().said("room")
        };
        assert_eq!([50_002, 50_001, 50_000].map(&mut room), ["KES 0.01", "KES 0", "KES 0"]);
    }

    #[test]
    fn who_has_no_wallet_has_no_balance() {
        let trial = Trial::new();
        let stranger = trial.ask(&SERVICE, trial.stranger("+254700000009"));
        assert_eq!(stranger.quote().reason(), (Reason::NOT_JOINED, None));
    }
}
