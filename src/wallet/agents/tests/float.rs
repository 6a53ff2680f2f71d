//! Float that is sold from one outlet to another.

use super::super::counter::{AGENT_SELF, FLOAT_LOW};
use super::super::float::SELL;
use super::*;
use crate::id::Id;
use crate::refusal::Reason;
use crate::store::book_rows::AccountState;
use crate::wallet::trial::Request;

fn two() -> Shop {
    let mut shop = shop();
    let wambui = shop.trial.person(Id::of(104), "+254700000004", "Wambui Njoroge", 0);
    shop.trial.outlet(HEAD, "Ofisi Kuu", 0, &wambui);
    shop
}

fn ask<'t>(shop: &'t Shop, agent: &str, amount: &str) -> Request<'t> {
    let ask = shop.trial.ask(&SELL, shop.trial.caller(&shop.njeri));
    ask.with("agent", agent).with("amount", amount)
}

#[test]
fn it_moves_from_float_to_float_and_both_staffs_hear_of_it() {
    let shop = two();
    let quote = ask(&shop, &number(HEAD), "20000").quote().planned();
    assert_eq!(
        ["name", "phone", "amount", "total"].map(|slot| quote.said(slot)),
        ["Ofisi Kuu", &number(HEAD), "KES 200", "KES 200"]
    );
    let plan = ask(&shop, &number(HEAD), "20000").execute().planned();
    assert_eq!(plan.slots, quote.slots);
    assert_eq!(plan.act.as_ref().unwrap().kind, "float");
    assert_eq!((moved(&plan, FLOAT), moved(&plan, HEAD)), (-20_000, 20_000));
    assert_eq!(balanced(&plan).len(), 2);
    let (own, other) = (number(FLOAT), number(HEAD));
    assert_eq!(
        plan.messages(),
        [
            ("sms.float_sold".to_owned(), format!("amount=KES 200 name=Ofisi Kuu phone={other}")),
            ("sms.float_bought".to_owned(), format!("amount=KES 200 name=Duka Moja phone={own}")),
            ("sms.float_low".to_owned(), format!("name=Duka Moja phone={own}")),
        ]
    );
    assert_eq!(
        (told_to(&plan, "sms.float_sold"), told_to(&plan, "sms.float_bought")),
        (vec![NJERI.to_owned()], vec!["+254700000004".to_owned()])
    );
    let row = journal_of(&plan);
    assert_eq!(
        (row.service.as_str(), row.customer, row.amount_minor, row.cash_minor),
        ("sell_float", HEAD, 20_000, 0)
    );
    assert_eq!((row.own_minor, row.head_minor, row.tax_minor), (0, 0, 0));
}

#[test]
fn each_refusal_names_the_input_that_mends_it() {
    let mut shop = two();
    let reason = |shop: &Shop, agent: &str, amount: &str| ask(shop, agent, amount).quote().reason();
    let other = number(HEAD);
    assert_eq!(reason(&shop, &mistyped(HEAD), "20000"), (Reason::AGENT_FORMAT, Some("agent")));
    assert_eq!(
        reason(&shop, &number(Id::of(999)), "20000"),
        (Reason::AGENT_UNKNOWN, Some("agent"))
    );
    assert_eq!(reason(&shop, &number(FLOAT), "20000"), (AGENT_SELF, Some("agent")));
    assert_eq!(reason(&shop, &other, "0"), (Reason::AMOUNT_ZERO, Some("amount")));
    assert!(ask(&shop, &other, "500000").quote().error.is_none());
    let low = ask(&shop, &other, "500001").quote().refused();
    assert_eq!(
        (low.reason, low.field, low.slots["balance"].to_string()),
        (FLOAT_LOW, Some("amount"), "KES 5,000".into())
    );
    shop.freeze(HEAD.number(), 0);
    assert_eq!(reason(&shop, &other, "20000"), (Reason::AGENT_UNKNOWN, Some("agent")));
    shop.freeze(FLOAT.number(), 500_000);
    let own = ask(&shop, &other, "20000").quote().refused();
    assert_eq!(
        (own.reason, own.slots["agent"].to_string()),
        (Reason::AGENT_UNKNOWN, number(FLOAT))
    );
    let njeri = shop.njeri.clone();
    shop.trial.change(&njeri, |member| member.account.state = AccountState::Frozen);
    assert_eq!(reason(&shop, &other, "20000"), (Reason::ACCOUNT_CLOSED, None));
    shop.change(|outlet| outlet.state = OutletState::Suspended);
    assert_eq!(reason(&shop, &other, "20000"), (Reason::NOT_AGENT, None));
}
