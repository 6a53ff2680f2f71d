//! Codes for cash at an outlet.

use super::super::redeem::SERVICE;
use super::*;
use crate::book::{Credential, HoldMove, Leg, SecretKind};
use crate::id::Id;
use crate::pin::Pin;
use crate::reason::Reason;
use crate::store::book_rows::AccountState;
use crate::wallet::trial::Request;

const MARIAM: &str = "+254700000003";
const CODE: &str = "404142";

/// Mariam serves at an outlet, and Amina has made a code for 300.
fn outlet() -> (Trial, PersonRow, PersonRow) {
    let (mut trial, amina) = amina();
    let mariam = trial.person(Id::of(103), MARIAM, "Mariam Said", 0);
    trial.outlet(Id::of(201), "Mama Mboga", 500_000, &mariam);
    has_made(&mut trial, vec![code(20)]);
    let tag = trial.config.tagged(Id::of(20), &Pin::parse(CODE).unwrap(), [4; 16]);
    trial.set(Want::Pin(Id::of(20)), Found::Pin(Some(tag)));
    (trial, amina, mariam)
}

fn ask<'t>(trial: &'t Trial, mariam: &PersonRow, amount: &str, code: &str) -> Request<'t> {
    let ask = trial.ask(&SERVICE, trial.caller(mariam)).with("to", AMINA);
    ask.with("amount", amount).with("code", code)
}

#[test]
fn the_cash_is_handed_out_at_the_price_that_was_agreed_on() {
    let (trial, _, mariam) = outlet();
    let quote = ask(&trial, &mariam, "30000", CODE).quote().planned();
    assert_eq!(
        ["name", "phone", "amount", "total", "fee"].map(|slot| quote.said(slot)),
        ["Amina W", "0700***001", "KES 300", "KES 300", ""]
    );
    assert!(quote.act.is_none(), "whether there is such a code is not said yet");
    let plan = ask(&trial, &mariam, "30000", CODE).execute().planned();
    assert_eq!(plan.said("fee"), "KES 36");
    let templates = plan.messages().into_iter().map(|(template, _)| template);
    assert_eq!(templates.collect::<Vec<_>>(), ["sms.cash_out", "sms.cash_out_agent"]);
    let act = plan.act.unwrap();
    assert_eq!(act.kind, "cash_out");
    assert_eq!(act.legs[0], Leg { account: Id::of(101), amount_minor: -33_600 });
    assert_eq!(act.legs[1], Leg { account: Id::of(201), amount_minor: 30_000 });
    assert_eq!(act.legs.iter().map(|leg| leg.amount_minor).sum::<i64>(), 0);
    assert_eq!(act.holds, [HoldMove::Settle { hold: Id::of(21), amount_minor: 33_600 }]);
    assert_eq!(
        (moved(&act), act.meters.len(), act.meters[0].own),
        (vec![(20, "redeem", "used")], 1, false)
    );
    assert!(
        act.changes
            .iter()
            .any(|change| matches!(change, Change::Journal(row) if row.cash_minor == -30_000))
    );
}

#[test]
fn who_serves_hears_that_the_wallet_of_a_code_is_stopped() {
    let (mut trial, amina, mariam) = outlet();
    trial.change(&amina, |member| member.account.state = AccountState::StopDebit);
    let outcome = ask(&trial, &mariam, "30000", CODE).execute();
    assert_eq!(outcome.reason(), (Reason::PAYEE_CLOSED, Some("to")));
}

#[test]
fn a_wrong_code_and_a_wrong_amount_cost_the_same_try() {
    let (trial, _, mariam) = outlet();
    let credential = |amount: &str, code: &str| -> Credential {
        let act = ask(&trial, &mariam, amount, code).execute().planned().act.unwrap();
        let [credential] = act.credentials.as_slice() else { panic!("{:?}", act.credentials) };
        credential.clone()
    };
    let keys = &trial.config.pin_keys;
    let right = credential("30000", "404-142");
    let tag = keys.tag(
        i64::from(keys.current().version),
        Id::of(20),
        &[4; 16],
        &Pin::parse(CODE).unwrap(),
    );
    assert_eq!(
        (right.secret, right.pin, &right.tag),
        (SecretKind::Code, Id::of(20), &tag.unwrap().to_vec())
    );
    let [Change::ChargePin { pin }, Change::Tell(told)] = right.wrong.as_slice() else { panic!() };
    assert_eq!((*pin, told.template.as_str()), (Id::of(20), "sms.code_wrong"));
    assert!(
        matches!(right.locked.as_slice(), [Change::Tell(told)] if told.template == "sms.code_tried")
    );
    assert_ne!(credential("30000", "404143").tag, right.tag);
    assert!(credential("29999", CODE).tag.is_empty());
    assert!(credential("30001", CODE).tag.is_empty());
}

#[test]
fn its_owner_hears_at_which_outlet_another_code_was_tried_and_of_the_last_try_in_one_word() {
    let (mut trial, _, mariam) = outlet();
    let wrong = |trial: &Trial| {
        let act = ask(trial, &mariam, "29999", "404143").execute().planned().act.unwrap();
        act.credentials[0].wrong.clone()
    };
    let said = wrong(&trial);
    let [_, Change::Tell(told)] = said.as_slice() else { panic!("{said:?}") };
    assert_eq!((told.address.as_str(), told.template.as_str()), (AMINA, "sms.code_wrong"));
    assert!(told.slots.contains("Mama Mboga") && told.slots.contains("300"), "{}", told.slots);
    let tag = trial.config.tagged(Id::of(20), &Pin::parse(CODE).unwrap(), [4; 16]);
    let tried = crate::store::pins::PinRow { attempts: 4, ..tag };
    trial.set(Want::Pin(Id::of(20)), Found::Pin(Some(tried)));
    assert_eq!(wrong(&trial).len(), 1);
}

#[test]
fn what_cannot_be_a_code_is_no_try() {
    let (trial, _, mariam) = outlet();
    for typed in ["12", "40414x", "", "40414200"] {
        let refused = ask(&trial, &mariam, "30000", typed).execute().reason();
        assert_eq!(refused, (Reason::TEXT_FORMAT, Some("code")), "{typed}");
    }
}

#[test]
fn each_refusal_names_the_input_that_mends_it() {
    let (mut trial, amina, mariam) = outlet();
    let done = |trial: &Trial| ask(trial, &mariam, "30000", CODE).execute();
    let customer = trial.ask(&SERVICE, trial.caller(&amina)).with("to", MARIAM);
    assert_eq!(customer.check().reason(), (Reason::NOT_AGENT, None));
    let own = trial.ask(&SERVICE, trial.caller(&mariam)).with("to", MARIAM);
    assert_eq!(own.check().reason(), (Reason::PAYEE_SELF, Some("to")));
    let missing = trial.ask(&SERVICE, trial.caller(&mariam)).with("to", AMINA);
    assert_eq!(missing.check().reason(), (Reason::FIELD_MISSING, Some("amount")));
    let missing =
        trial.ask(&SERVICE, trial.caller(&mariam)).with("to", AMINA).with("amount", "30000");
    assert_eq!(missing.check().reason(), (Reason::FIELD_MISSING, Some("code")));
    trial.set(Want::Pin(Id::of(20)), Found::Pin(None));
    assert_eq!(done(&trial).reason(), (Reason::CODE_GONE, None));
    has_made(&mut trial, Vec::new());
    assert_eq!(done(&trial).reason(), (Reason::CODE_GONE, None));
    trial.change(&amina, |member| member.account.state = AccountState::Frozen);
    assert_eq!(done(&trial).reason(), (Reason::PAYEE_CLOSED, Some("to")));
}

#[test]
fn its_owner_hears_of_the_last_try_and_it_is_compared_with_what_was_read() {
    let (trial, _, mariam) = outlet();
    let act = ask(&trial, &mariam, "30000", "404143").execute().planned().act.unwrap();
    assert_eq!(act.credentials[0].salt, [4; 16], "another code meanwhile has another one");
    let [Change::Tell(told)] = act.credentials[0].locked.as_slice() else { panic!("{act:?}") };
    assert_eq!((told.address.as_str(), told.account_id), (AMINA, None));
}

#[test]
fn once_its_time_is_over_it_opens_nothing_before_anybody_has_come_round_to_ending_it() {
    let (mut trial, _, mariam) = outlet();
    let until = |at: Timestamp| ArrangementRow { body: kind::written(&agreed(at)), ..code(20) };
    has_made(&mut trial, vec![until(NOW)]);
    let late = ask(&trial, &mariam, "30000", CODE).execute();
    assert_eq!(late.reason(), (Reason::CODE_GONE, None));
    has_made(&mut trial, vec![until(NOW.plus(Duration::from_micros(1)))]);
    ask(&trial, &mariam, "30000", CODE).execute().planned();
}
