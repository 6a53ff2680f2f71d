//! Whoever serves asks for a customer's yes.

use super::super::cash_ask::ASK;
use super::super::counter::AGENT_SELF;
use super::*;
use crate::id::{Id, PostingId};
use crate::refusal::Reason;
use crate::store::arrangement_rows::ArrangementRow;
use crate::wallet::arrangements::{kind, place};
use crate::wallet::trial::Request;
use crate::wallet::waiting::order::{self, Terms};
use crate::wallet::waiting::payment_request;

fn ask<'t>(shop: &'t Shop, amount: &str) -> Request<'t> {
    shop.trial.ask(&ASK, shop.trial.caller(&shop.njeri)).with("to", AMINA).with("amount", amount)
}

/// So many payments of a service wait for Amina already, as she wants them, as others ask for
/// them, or, to be paid out at a counter, as `outlet` does.
fn waiting(shop: &mut Shop, service: &str, outlet: AccountId, times: usize) {
    let asked = service == "request";
    let assistant = (service == "cash_out").then_some(77);
    let terms = Terms { service: service.to_owned(), amount_minor: 100, assistant, own: None };
    let (kind, owner, other) =
        if asked { ("request", 102, 101) } else { ("order", 101, outlet.number()) };
    let row = ArrangementRow {
        id: Id::of(55),
        kind: kind.to_owned(),
        version: 1,
        state: "waiting".into(),
        open: true,
        owner: Id::of(owner),
        other: Some(Id::of(other)),
        account: None,
        subject: String::new(),
        begun_at: 0,
        due_at: Some(i64::MAX),
        body: kind::written(&terms),
        begun_by: PostingId::NONE,
        last_posting: PostingId::NONE,
    };
    let rows = |there: bool| Found::Arrangements(vec![row.clone(); if there { times } else { 0 }]);
    let (wanted, others) = (rows(!asked), rows(asked));
    shop.trial.set(Want::Arrangements(place::open_of(&order::KIND, Id::of(101))), wanted);
    shop.trial.set(Want::Arrangements(payment_request::asked_of(Id::of(101))), others);
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
    let [Change::Put(put), Change::Claim { .. }, _] = act.changes.as_slice() else {
        panic!("{act:?}")
    };
    let row = &put.row;
    assert_eq!((row.id, row.kind.as_str(), row.owner), (Id::of(9_000), "order", Id::of(101)));
    assert_eq!((row.other, row.state.as_str()), (Some(Id::of(FLOAT.number())), "waiting"));
    let terms: Terms = kind::body(row).unwrap();
    let expected = Terms {
        service: "cash_out".into(),
        amount_minor: 20_000,
        assistant: Some(ASSISTANT.number()),
        own: None,
    };
    assert_eq!(terms, expected);
    assert_eq!(row.due_at.unwrap() - row.begun_at, 30 * 60 * 1_000_000);
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
    assert_eq!(ask(&shop, "900001").quote().reason(), (Reason::AMOUNT_ABOVE, Some("amount")));
}

#[test]
fn what_the_customer_has_or_what_waits_for_them_is_not_told() {
    let mut shop = shop();
    // more than she has
    assert!(ask(&shop, "10000000").quote().error.is_none());
    let elsewhere = Id::of(FLOAT.number() + 1);
    // neither what she wants herself nor what others request takes room
    for service in ["send", "request"] {
        waiting(&mut shop, service, elsewhere, 8);
        assert!(ask(&shop, "20000").quote().error.is_none(), "{service}");
    }
    // what other outlets ask for does, when it is much
    waiting(&mut shop, "cash_out", elsewhere, 3);
    assert!(ask(&shop, "20000").quote().error.is_none());
    waiting(&mut shop, "cash_out", elsewhere, 4);
    assert_eq!(ask(&shop, "20000").quote().reason(), (Reason::BUSY, None));
}

#[test]
fn an_outlet_asks_a_customer_for_one_thing_at_a_time() {
    let mut shop = shop();
    waiting(&mut shop, "cash_out", FLOAT, 1);
    assert_eq!(ask(&shop, "20000").quote().reason(), (order::ALREADY_ASKED, None));
    waiting(&mut shop, "cash_out", FLOAT, 0);
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
