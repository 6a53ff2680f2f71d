//! What people at an outlet set for themselves.

use super::super::settings::{CHANGE, CHOOSE, LOW, PROVE};
use super::*;
use crate::book::Keep;
use crate::pin::Pin;
use crate::refusal::Reason;
use crate::store::records::Record;
use crate::wallet::people::pin_change::{PIN_MISMATCH, PIN_SAME};
use crate::wallet::trial::PIN;

const NEW: &str = "5208";

#[test]
fn the_mark_of_a_low_float_is_kept() {
    let shop = shop();
    let low = |amount| {
        shop.trial.ask(&LOW, shop.trial.caller(&shop.njeri)).with("amount", amount).execute()
    };
    let plan = low("150000").planned();
    assert_eq!(plan.said("amount"), "KES 1,500");
    let [Change::Keep(Keep { record: Record::Outlet(row), event: "set_low_float", .. })] =
        plan.act.as_ref().unwrap().changes.as_slice()
    else {
        panic!("{plan:?}")
    };
    assert_eq!((row.float_account, row.low_float_minor, row.version), (FLOAT, Some(150_000), 2));
    assert_eq!(low("0").reason(), (Reason::AMOUNT_ZERO, Some("amount")));
}

#[test]
fn the_pin_for_work_is_changed_and_is_that_of_work_alone() {
    let shop = shop();
    let ask = |service| shop.trial.ask(service, shop.trial.caller(&shop.njeri));
    let token = |pin| ask(&CHOOSE).secret(pin).check().planned().said("new_pin");
    let chosen = token(NEW);
    let proof = ask(&PROVE).secret(PIN).execute().planned().said("pin_proof");
    let change = |new: &str, again| {
        ask(&CHANGE).with("pin_proof", &proof).with("new_pin", new).secret(again).execute()
    };
    let mismatch = change(&chosen, "5209").reason();
    assert_eq!(mismatch, (PIN_MISMATCH, Some("new_pin")));
    let plan = change(&chosen, NEW).planned();
    let [
        Change::Keep(Keep { record: Record::Pin(row), event: "change_agent_pin", .. }),
        Change::Tell(_),
    ] = plan.act.as_ref().unwrap().changes.as_slice()
    else {
        panic!("{plan:?}")
    };
    assert_eq!(row.version, 2);
    let pin = Pin::parse(NEW).unwrap();
    assert_eq!(row.id, ASSISTANT.into());
    assert!(shop.trial.config.pin_keys.matches(
        row.key_version,
        Id::of(ASSISTANT.number()),
        &row.salt,
        &pin,
        &row.tag
    ));
    assert_eq!(
        plan.messages(),
        [("sms.agent_pin_changed".to_owned(), "date=23/11/26 time=11:05".to_owned())]
    );
    let same = change(&token(PIN), PIN).reason();
    assert_eq!(same, (PIN_SAME, Some("new_pin")));
}

#[test]
fn who_serves_nowhere_has_nothing_to_set() {
    let shop = shop();
    let ask =
        |service| shop.trial.ask(service, shop.trial.caller(&shop.amina)).with("amount", "100");
    let none = (Reason::NOT_AGENT, None);
    assert_eq!(ask(&LOW).execute().reason(), none);
    assert_eq!(ask(&CHOOSE).secret(NEW).check().reason(), none);
    assert_eq!(ask(&PROVE).secret(PIN).execute().reason(), none);
    assert_eq!(ask(&CHANGE).execute().reason(), none);
}
