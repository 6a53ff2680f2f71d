//! Cash for a customer who names the outlet.

use super::super::cash_out::SERVICE;
use super::super::counter::AGENT_SELF;
use super::*;
use crate::id::Id;
use crate::refusal::Reason;
use crate::store::book_rows::AccountState;
use crate::wallet::context::{Channel, Context};
use crate::wallet::party::Party;
use crate::wallet::plan::PlanError;
use crate::wallet::service::Service;
use crate::wallet::trial::{Outcome, Request, posting};

fn ask<'t>(shop: &'t Shop, agent: &str, amount: &str) -> Request<'t> {
    let ask = shop.trial.ask(&SERVICE, shop.trial.caller(&shop.amina));
    ask.with("agent", agent).with("amount", amount)
}

fn executed(shop: &Shop) -> Plan {
    ask(shop, &number(FLOAT), "20000").execute().planned()
}

#[test]
fn it_is_quoted_with_its_fee_and_committed_as_quoted() {
    let shop = shop();
    let quote = ask(&shop, &number(FLOAT), "20000").quote().planned();
    assert_eq!(
        ["name", "phone", "amount", "fee", "total"].map(|slot| quote.said(slot)),
        ["Duka Moja", &number(FLOAT), "KES 200", "KES 29", "KES 229"]
    );
    let plan = executed(&shop);
    assert_eq!(plan.slots, quote.slots);
    assert_eq!(plan.act.as_ref().unwrap().kind, "cash_out");
    assert_eq!(
        (moved(&plan, Id::of(101)), moved(&plan, FLOAT), moved(&plan, Id::of(2))),
        (-22_900, 20_000, 2_900)
    );
    balanced(&plan);
    assert_eq!(plan.act.as_ref().unwrap().meters.len(), 1);
    let phone = number(FLOAT);
    assert_eq!(
        plan.messages(),
        [
            (
                "sms.cash_out".to_owned(),
                format!("amount=KES 200 fee=KES 29 name=Duka Moja phone={phone}")
            ),
            (
                "sms.cash_out_agent".to_owned(),
                "amount=KES 200 name=Amina W phone=0700***001".to_owned()
            ),
        ]
    );
    assert_eq!(told_to(&plan, "sms.cash_out_agent"), [NJERI]);
    let row = journal_of(&plan);
    assert_eq!(
        (row.service.as_str(), row.customer, row.amount_minor, row.cash_minor),
        ("cash_out", Id::of(101), 20_000, -20_000)
    );
}

#[test]
fn where_several_serve_only_one_of_them_hands_it_out() {
    let mut shop = shop();
    let otieno = shop.trial.person(Id::of(105), "+254700000005", "Otieno Ouma", 0);
    let njeri = shop.njeri.clone();
    shop.staff(&[&njeri, &otieno], &[ASSISTANT, Id::of(303)], &[]);
    let plan = executed(&shop);
    assert_eq!(told_to(&plan, "sms.cash_out_shared"), [NJERI, "+254700000005"]);
    assert!(told_to(&plan, "sms.cash_out_agent").is_empty());
}

#[test]
fn each_refusal_names_the_input_that_mends_it() {
    let mut shop = shop();
    let reason = |shop: &Shop, agent: &str, amount: &str| ask(shop, agent, amount).quote().reason();
    let open = number(FLOAT);
    assert_eq!(reason(&shop, &mistyped(FLOAT), "20000"), (Reason::AGENT_FORMAT, Some("agent")));
    assert_eq!(
        reason(&shop, &number(Id::of(999)), "20000"),
        (Reason::AGENT_UNKNOWN, Some("agent"))
    );
    assert_eq!(reason(&shop, &open, "0"), (Reason::AMOUNT_ZERO, Some("amount")));
    assert_eq!(reason(&shop, &open, "x"), (Reason::AMOUNT_FORMAT, Some("amount")));
    assert_eq!(reason(&shop, &open, "4999"), (Reason::AMOUNT_BELOW, Some("amount")));
    assert_eq!(reason(&shop, &open, "97101"), (Reason::NOT_ENOUGH, Some("amount")));
    assert!(ask(&shop, &open, "97100").quote().error.is_none());
    shop.trial.change(&shop.amina.clone(), |member| member.account.state = AccountState::Frozen);
    assert_eq!(reason(&shop, &open, "20000"), (Reason::ACCOUNT_CLOSED, None));
    let stranger = shop.trial.ask(&SERVICE, shop.trial.stranger(STRANGER)).with("agent", &open);
    assert_eq!(stranger.check().reason(), (Reason::NOT_JOINED, None));
    let missing = shop.trial.ask(&SERVICE, shop.trial.caller(&shop.amina)).check().reason();
    assert_eq!(missing, (Reason::FIELD_MISSING, Some("agent")));
}

#[test]
fn an_outlet_that_does_not_work_counts_as_none_and_says_its_number() {
    let mut shop = shop();
    let unknown = |outcome: Outcome| {
        let refusal = outcome.refused();
        (refusal.reason, refusal.field, refusal.slots["agent"].to_string())
    };
    let expected = (Reason::AGENT_UNKNOWN, Some("agent"), number(FLOAT));
    shop.change(|outlet| outlet.state = OutletState::Suspended);
    assert_eq!(unknown(ask(&shop, &number(FLOAT), "20000").check()), expected);
    shop.change(|outlet| outlet.state = OutletState::Open);
    assert!(ask(&shop, &number(FLOAT), "20000").check().error.is_none());
    shop.freeze(FLOAT.number(), 500_000);
    assert_eq!(unknown(ask(&shop, &number(FLOAT), "20000").check()), expected);
}

#[test]
fn nobody_serves_themselves() {
    let shop = shop();
    let own =
        shop.trial.ask(&SERVICE, shop.trial.caller(&shop.njeri)).with("agent", &number(FLOAT));
    assert_eq!(own.with("amount", "5000").quote().reason(), (AGENT_SELF, None));
}

#[test]
fn what_is_held_or_beyond_a_limit_is_not_paid_out() {
    let mut shop = shop();
    let amina = shop.amina.clone();
    shop.trial.change(&amina, |member| member.account.held_minor = 77_101);
    let refusal = ask(&shop, &number(FLOAT), "20000").quote().refused();
    assert_eq!(
        (refusal.reason, refusal.slots["balance"].to_string()),
        (Reason::NOT_ENOUGH, "KES 228.99".to_owned())
    );
    shop.trial.change(&amina, |member| {
        member.account.held_minor = 0;
        member.account.balance_minor = 5_000_000;
        member.person.tier = "sim".into();
    });
    let mut caller = shop.trial.caller(&amina);
    caller.person.as_mut().unwrap().tier = "sim".into();
    let ask = |amount| {
        let ask = shop.trial.ask(&SERVICE, caller.clone()).with("agent", &number(FLOAT));
        ask.with("amount", amount).quote()
    };
    assert!(ask("2000000").error.is_none());
    assert_eq!(ask("2000001").reason(), (Reason::LIMIT_ONCE, Some("amount")));
}

#[test]
fn the_same_again_within_ten_minutes_is_asked_about() {
    let mut shop = shop();
    let amina = shop.amina.clone();
    shop.trial.change(&amina, |member| member.account.last_posting = Some(Id::of(50)));
    let since = shop.trial.now.minus(std::time::Duration::from_secs(600)).micros();
    let mut quote = |minor: i64| {
        let line = posting(
            50,
            "cash_out",
            3,
            &[(101, -minor - 2_900), (FLOAT.number(), minor), (2, 2_900)],
        );
        let history = Want::History { account: Id::of(101), since, limit: 10 };
        shop.trial.set(history, Found::History(vec![line]));
        ask(&shop, &number(FLOAT), "20000").quote().planned()
    };
    let warned = quote(20_000);
    assert!(warned.flags.contains("again"));
    assert_eq!(warned.said("ago"), "3");
    assert!(!quote(20_100).flags.contains("again"));
}

#[test]
fn an_order_for_cash_is_paid_to_the_outlet_that_asked() {
    let shop = shop();
    let order =
        |service| shop.trial.ask(service, shop.trial.caller(&shop.amina)).with("order", "55");
    let plan = order(&APPROVED).execute().planned();
    assert_eq!((moved(&plan, Id::of(101)), moved(&plan, FLOAT)), (-22_900, 20_000));
    balanced(&plan);
    assert_eq!(plan.said("total"), "KES 229");
    assert_eq!(order(&APPROVED).quote().planned().slots, plan.slots);
    assert_eq!(SERVICE.settles.unwrap().channel, Channel::Agent);
    let damaged = order(&PAID_TO_AMINA).execute().error;
    assert!(matches!(damaged, Some(PlanError::Damaged(_))), "{damaged:?}");
}

/// An order for cash that is no outlet's.
const PAID_TO_AMINA: Service = Service { decide: pay_amina, ..APPROVED };

fn pay_amina(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let amina = Party::Person(context.person()?.clone());
    (SERVICE.settles.unwrap().pay)(context, plan, &amina, context.money(20_000))
        .map(|act| plan.commit(act))
}

#[test]
fn the_customer_hears_of_their_own_balance_and_the_outlet_of_its_float() {
    let shop = shop();
    let plan = ask(&shop, &number(FLOAT), "20000").execute().planned();
    assert_eq!(
        plan.hearers(),
        [("sms.cash_out", AMINA, Some(101)), ("sms.cash_out_agent", NJERI, Some(FLOAT.number()))]
    );
}
