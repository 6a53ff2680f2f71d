//! Cash that becomes money.

use super::super::cash_in::SERVICE;
use super::super::counter::{AGENT_SELF, FLOAT_LOW};
use super::super::deposit_code::{self, DEPOSIT_CODE};
use super::*;
use crate::id::Id;
use crate::refusal::Reason;
use crate::store::book_rows::AccountState;
use crate::wallet::trial::{Request, posting};

const DEAR: &str = "currency = 'KES'\nchannels = ['agent']\n\
                    [[cash_in]]\nbands = [{ from = 1, to = 250_000, fee = 99 }]\n\
                    [[cash_in]]\nchannel = 'agent'\n\
                    bands = [{ from = 1, to = 250_000, fee = 10 }]\n";

fn ask<'t>(shop: &'t Shop, to: &str, amount: &str) -> Request<'t> {
    let ask = shop.trial.ask(&SERVICE, shop.trial.caller(&shop.njeri));
    ask.with("to", to).with("amount", amount)
}

fn dear() -> Shop {
    let shop = shop();
    Shop { trial: shop.trial.tariff(DEAR), ..shop }
}

#[test]
fn what_is_counted_on_the_table_arrives_and_both_sides_hear_of_it() {
    let shop = shop();
    let quote = ask(&shop, AMINA, "20000").quote().planned();
    assert_eq!(
        ["name", "phone", "amount", "fee", "total"].map(|slot| quote.said(slot)),
        ["Amina W", "0700***001", "KES 200", "KES 0", "KES 200"]
    );
    assert!(quote.flags.is_empty());
    let plan = ask(&shop, AMINA, "20000").execute().planned();
    assert_eq!(plan.slots, quote.slots);
    assert_eq!(plan.act.as_ref().unwrap().kind, "cash_in");
    assert_eq!((moved(&plan, FLOAT), moved(&plan, Id::of(101))), (-20_000, 20_000));
    balanced(&plan);
    assert_eq!(plan.act.as_ref().unwrap().meters.len(), 1);
    let phone = number(FLOAT);
    assert_eq!(
        plan.messages(),
        [
            (
                "sms.cash_in".to_owned(),
                format!("amount=KES 200 fee=KES 0 name=Duka Moja phone={phone}")
            ),
            ("sms.float_low".to_owned(), format!("name=Duka Moja phone={phone}")),
            (
                "sms.cash_in_agent".to_owned(),
                "amount=KES 200 name=Amina W phone=0700***001".to_owned()
            ),
        ]
    );
    let row = journal_of(&plan);
    assert_eq!(
        (row.service.as_str(), row.amount_minor, row.cash_minor, row.customer),
        ("cash_in", 20_000, 20_000, Id::of(101))
    );
    assert!(row.own_minor > 0);
}

#[test]
fn what_it_costs_comes_out_of_the_cash_unless_the_customer_shows_a_code() {
    let shop = dear();
    let plan = ask(&shop, AMINA, "20000").execute().planned();
    assert!(plan.flags.contains("priced"));
    assert_eq!(
        ["amount", "fee", "total"].map(|slot| plan.said(slot)),
        ["KES 200", "KES 10", "KES 190"]
    );
    assert_eq!(
        (moved(&plan, FLOAT), moved(&plan, Id::of(101)), moved(&plan, Id::of(2))),
        (-20_000, 19_000, 1_000)
    );
    balanced(&plan);
    let code =
        shop.trial.ask(&deposit_code::CODE, shop.trial.caller(&shop.amina)).quote().planned();
    let code = code.said("cash_code");
    let free =
        ask(&shop, AMINA, "20000").with("deposit_code", &format!(" {code} ")).quote().planned();
    assert!(!free.flags.contains("priced"));
    assert_eq!(["fee", "total"].map(|slot| free.said(slot)), ["KES 0", "KES 200"]);
    let wrong = ask(&shop, AMINA, "20000").with("deposit_code", "000000").quote();
    assert_eq!(wrong.reason(), (DEPOSIT_CODE, Some("deposit_code")));
}

#[test]
fn something_must_arrive() {
    let shop = dear();
    assert_eq!(
        ask(&shop, AMINA, "1000").quote().reason(),
        (Reason::AMOUNT_TOO_SMALL, Some("amount"))
    );
    assert_eq!(ask(&shop, AMINA, "1001").quote().planned().said("total"), "KES 0.01");
    // who is asked for their code next pays nothing
    assert!(ask(&shop, AMINA, "1000").check().planned().flags.contains("priced"));
    let code = shop.trial.ask(&deposit_code::CODE, shop.trial.caller(&shop.amina)).quote();
    let code = code.planned().said("cash_code");
    let free = ask(&shop, AMINA, "1000").with("deposit_code", &code);
    assert_eq!(free.quote().planned().said("total"), "KES 10");
}

#[test]
fn each_refusal_names_the_input_that_mends_it() {
    let mut shop = shop();
    let reason = |shop: &Shop, to: &str, amount: &str| ask(shop, to, amount).quote().reason();
    assert_eq!(reason(&shop, "0700", "20000"), (Reason::PHONE_FORMAT, Some("to")));
    assert_eq!(reason(&shop, STRANGER, "20000"), (Reason::PAYEE_UNKNOWN, Some("to")));
    assert_eq!(reason(&shop, NJERI, "20000"), (Reason::PAYEE_SELF, Some("to")));
    assert_eq!(reason(&shop, AMINA, "0"), (Reason::AMOUNT_ZERO, Some("amount")));
    assert!(ask(&shop, AMINA, "500000").quote().error.is_none());
    let low = ask(&shop, AMINA, "500001").quote().refused();
    assert_eq!((low.reason, low.field), (FLOAT_LOW, Some("amount")));
    assert_eq!(low.slots["balance"].to_string(), "KES 5,000");
    let amina = shop.amina.clone();
    shop.trial.change(&amina, |member| member.account.state = AccountState::Frozen);
    assert_eq!(reason(&shop, AMINA, "20000"), (Reason::PAYEE_CLOSED, Some("to")));
    let njeri = shop.njeri.clone();
    shop.trial.change(&njeri, |member| member.account.state = AccountState::Frozen);
    assert_eq!(reason(&shop, AMINA, "20000"), (Reason::ACCOUNT_CLOSED, None));
    shop.freeze(FLOAT.number(), 500_000);
    assert_eq!(reason(&shop, AMINA, "20000"), (Reason::NOT_AGENT, None));
    shop.change(|outlet| outlet.state = OutletState::Suspended);
    assert_eq!(reason(&shop, AMINA, "20000"), (Reason::NOT_AGENT, None));
    let nobody = shop.trial.ask(&SERVICE, shop.trial.caller(&amina)).with("to", AMINA);
    assert_eq!(nobody.check().reason(), (Reason::NOT_AGENT, None));
}

#[test]
fn nobody_serves_a_colleague_and_somebody_elses_staff_is_a_customer_like_any() {
    let mut shop = shop();
    let amina = shop.amina.clone();
    let there = |float| {
        let mut outlet = shop.outlet.clone();
        outlet.float_account = float;
        let assistant = shop.trial.caller(&shop.njeri).post.unwrap().assistant;
        Found::Post(Box::new(Some(AgentPost { assistant, outlet })))
    };
    let here = there(FLOAT);
    let elsewhere = there(HEAD);
    shop.trial.set(Want::Post(amina.account_id), elsewhere);
    assert!(ask(&shop, AMINA, "20000").quote().error.is_none());
    shop.trial.set(Want::Post(amina.account_id), here);
    assert_eq!(ask(&shop, AMINA, "20000").quote().reason(), (AGENT_SELF, Some("to")));
}

#[test]
fn the_same_cash_again_within_ten_minutes_is_asked_about() {
    let mut shop = shop();
    let amina = shop.amina.clone();
    shop.trial.change(&amina, |member| member.account.last_posting = Some(Id::of(50)));
    let since = shop.trial.now.minus(std::time::Duration::from_secs(600)).micros();
    let mut quote = |minor: i64| {
        let line = posting(50, "cash_in", 4, &[(101, minor), (FLOAT.number(), -minor)]);
        shop.trial.set(
            Want::History { account: Id::of(101), since, limit: 10 },
            Found::History(vec![line]),
        );
        ask(&shop, AMINA, "20000").quote().planned()
    };
    assert_eq!(quote(20_000).said("ago"), "4");
    assert!(!quote(20_100).flags.contains("again"));
    // it went the other way
    assert!(!quote(-20_000).flags.contains("again"));
}
