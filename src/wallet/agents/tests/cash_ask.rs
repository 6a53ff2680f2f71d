//! Whoever serves asks for a customer's yes.

use super::super::cash_ask::ASK;
use super::super::counter::AGENT_SELF;
use super::*;
use crate::id::Id;
use crate::refusal::Reason;
use crate::store::order_rows::OrderRow;
use crate::wallet::trial::Request;

fn ask<'t>(shop: &'t Shop, amount: &str) -> Request<'t> {
    shop.trial.ask(&ASK, shop.trial.caller(&shop.njeri)).with("to", AMINA).with("amount", amount)
}

/// So many payments of a kind wait for Amina already.
fn waiting(shop: &mut Shop, kind: &str, times: usize) {
    let order = OrderRow {
        id: 55,
        kind: kind.to_owned(),
        payer: Id::of(101),
        payee: Id::of(102),
        amount_minor: 100,
        state: "waiting".into(),
        created_at: 0,
        expires_at: i64::MAX,
        reference: String::new(),
        split: None,
        remind_at: None,
    };
    let want = Want::OrdersWaiting { payer: Id::of(101), now: shop.trial.now.micros(), limit: 16 };
    shop.trial.set(want, Found::Orders(vec![order; times]));
}

#[test]
fn an_order_waits_for_the_customers_yes() {
    let shop = shop();
    let quote = ask(&shop, "20000").quote().planned();
    assert_eq!(
        ["name", "phone", "amount", "fee", "dial", "time"].map(|slot| quote.said(slot)),
        ["Amina W", "0700***001", "KES 200", "KES 29", "*384*1234#", "11:35"]
    );
    let plan = ask(&shop, "20000").execute().planned();
    assert_eq!(plan.slots, quote.slots);
    let act = plan.act.as_ref().unwrap();
    assert!(act.legs.is_empty() && act.kind == "cash_ask");
    let [Change::InitiatedBy { order, assistant }, Change::OpenOrder(row), _] =
        act.changes.as_slice()
    else {
        panic!("{act:?}")
    };
    assert_eq!((*order, *assistant), (9_000, ASSISTANT));
    assert_eq!(
        (row.id, row.kind.as_str(), row.payer, row.payee),
        (9_000, "cash_out", Id::of(101), Id::of(FLOAT.number()))
    );
    assert_eq!((row.amount_minor, row.state.as_str()), (20_000, "waiting"));
    assert_eq!(row.expires_at - row.created_at, 30 * 60 * 1_000_000);
    let told = format!(
        "amount=KES 200 dial=*384*1234# fee=KES 29 name=Duka Moja phone={} time=11:35",
        number(FLOAT)
    );
    assert_eq!(plan.messages(), [("sms.cash_ask".to_owned(), told)]);
    assert_eq!(told_to(&plan, "sms.cash_ask"), [AMINA]);
}

#[test]
fn its_price_is_that_of_the_counter() {
    let shop = shop();
    let trial = shop.trial.tariff(
        "currency = 'KES'\nchannels = ['agent']\n[[cash_out]]\n\
         bands = [{ from = 1, to = 9_000, fee = 5 }]\n\
         [[cash_out]]\nchannel = 'agent'\nbands = [{ from = 1, to = 9_000, fee = 3 }]\n",
    );
    let shop = Shop { trial, ..shop };
    assert_eq!(ask(&shop, "20000").quote().planned().said("fee"), "KES 3");
    assert_eq!(ask(&shop, "900001").quote().reason(), (Reason::AMOUNT_TOO_LARGE, Some("amount")));
}

#[test]
fn what_the_customer_has_or_what_waits_for_them_is_not_told() {
    let mut shop = shop();
    // more than she has
    assert!(ask(&shop, "10000000").quote().error.is_none());
    waiting(&mut shop, "send", 7);
    assert!(ask(&shop, "20000").quote().error.is_none());
    waiting(&mut shop, "send", 8);
    assert_eq!(ask(&shop, "20000").quote().reason(), (Reason::BUSY, None));
    waiting(&mut shop, "cash_out", 8);
    assert_eq!(ask(&shop, "20000").quote().reason(), (Reason::BUSY, None));
    // what others request takes no room
    waiting(&mut shop, "request", 8);
    assert!(ask(&shop, "20000").quote().error.is_none());
}

#[test]
fn each_refusal_names_the_input_that_mends_it() {
    let mut shop = shop();
    let to = |shop: &Shop, number: &str| {
        shop.trial
            .ask(&ASK, shop.trial.caller(&shop.njeri))
            .with("to", number)
            .with("amount", "20000")
            .quote()
            .reason()
    };
    assert_eq!(to(&shop, NJERI), (Reason::PAYEE_SELF, Some("to")));
    assert_eq!(to(&shop, STRANGER), (Reason::PAYEE_UNKNOWN, Some("to")));
    assert_eq!(ask(&shop, "0").quote().reason(), (Reason::AMOUNT_ZERO, Some("amount")));
    let post = shop.trial.caller(&shop.njeri).post;
    shop.trial.set(Want::Post(Id::of(101)), Found::Post(Box::new(post)));
    assert_eq!(to(&shop, AMINA), (AGENT_SELF, Some("to")));
    let amina = shop.trial.ask(&ASK, shop.trial.stranger(STRANGER)).with("to", AMINA);
    assert_eq!(amina.check().reason(), (Reason::NOT_AGENT, None));
}
