//! Commission that becomes float.

use super::super::payout::{NOTHING_EARNED, PAY, place};
use super::*;
use crate::id::Id;
use crate::refusal::Reason;
use crate::wallet::trial::Outcome;

/// So much was earned, and so much of it is owed, minor units.
fn earned(earned_minor: i64, owed_minor: i64) -> Shop {
    let mut shop = shop();
    shop.trial.set(
        Want::Account(COMMISSION),
        Found::Account(Some(account(COMMISSION.number(), earned_minor))),
    );
    shop.trial.set(Want::Owed(FLOAT), Found::Count(owed_minor));
    shop
}

fn pay(shop: &Shop) -> Outcome {
    shop.trial.ask(&PAY, shop.trial.caller(&shop.njeri)).execute()
}

#[test]
fn what_was_earned_and_is_not_owed_goes_into_the_float() {
    let plan = pay(&earned(76_000, 6_000)).planned();
    assert_eq!(plan.said("amount"), "KES 700");
    assert_eq!((moved(&plan, COMMISSION), moved(&plan, FLOAT)), (-70_000, 70_000));
    assert_eq!((balanced(&plan).len(), plan.act.as_ref().unwrap().kind), (2, "commission"));
    let told = format!("amount=KES 700 name=Duka Moja phone={}", number(FLOAT));
    assert_eq!(plan.messages(), [("sms.commission_paid".to_owned(), told)]);
    let row = journal_of(&plan);
    assert_eq!(
        (row.service.as_str(), row.customer, row.amount_minor),
        ("pay_commission", COMMISSION, 70_000)
    );
    assert_eq!((row.cash_minor, row.own_minor), (0, 0));
}

#[test]
fn where_nothing_is_left_nothing_is_paid() {
    let nothing = (NOTHING_EARNED, None);
    assert_eq!(pay(&earned(0, 0)).reason(), nothing);
    assert_eq!(pay(&earned(6_000, 6_000)).reason(), nothing);
    assert_eq!(pay(&earned(6_000, 7_000)).reason(), nothing);
    assert_eq!(pay(&earned(6_001, 6_000)).planned().said("amount"), "KES 0.01");
    let mut shop = earned(6_000, 0);
    shop.freeze(COMMISSION.number(), 6_000);
    assert_eq!(pay(&shop).reason(), nothing);
}

#[test]
fn an_outlet_that_does_not_work_is_not_paid() {
    let mut shop = earned(6_000, 0);
    shop.freeze(FLOAT.number(), 500_000);
    assert_eq!(pay(&shop).reason(), (Reason::AGENT_UNKNOWN, Some("agent")));
    shop.change(|outlet| outlet.state = OutletState::Suspended);
    assert_eq!(pay(&shop).reason(), (Reason::NOT_AGENT, None));
}

#[test]
fn each_outlet_is_paid_once_for_each_time() {
    let [monday, tuesday] = ["23/11/26", "24/11/26"].map(|day| Day::read(day).unwrap());
    let one = shop().outlet;
    let other = OutletRow { commission_account: Id::of(COMMISSION.number() + 10), ..one.clone() };
    assert_ne!(place(&one, monday), place(&other, monday));
    assert_ne!(place(&one, monday), place(&one, tuesday));
    assert_eq!(place(&one, monday), place(&one, monday));
}
