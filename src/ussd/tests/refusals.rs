//! What a refusal does: it leads to the input that can mend it, or ends the conversation.

use super::*;
use crate::wallet::people::pin_change::PIN_MISMATCH;
use crate::wallet::waiting::order::ORDER_GONE;

#[test]
fn what_cannot_be_read_is_asked_again() {
    let cases: &[(&[&str], &str, &str)] = &[
        (&["1"], "o712345678", "Use the digits 0 to 9, like 0712345678."),
        (&["1"], "12", "That is not a mobile number"),
        (&["1"], "", "That is not a mobile number"),
        (&["1", "0712345678"], "lots", "That is not an amount."),
        (&["1", "0712345678"], "1.000,50", "two ways"),
        (&["1", "0712345678"], "0.00", "Zero cannot be sent."),
        (&["1", "0712345678"], "-5", "below zero"),
        (&["1", "0712345678"], "0.001", "less than a cent"),
        (&["1", "0712345678", "200", "1"], " ", "A PIN has 4 to 6 digits."),
    ];
    for (way, typed, words) in cases {
        let mut phone = Phone::dial(amina(), kind_wallet);
        phone.types(way);
        let screen = phone.state.screen.clone();
        let asks = phone.asked.len();
        phone.types(&[typed]).says(words);
        assert_eq!(phone.state.screen, screen);
        assert_eq!(phone.asked.len(), asks, "the wallet is not asked about {typed:?}");
    }
}

#[test]
fn the_wallet_may_refuse_a_value() {
    let refusal = Refusal::of_field(Reason::PAYEE_UNKNOWN, "to");
    let mut phone = Phone::dial(amina(), refusing(Mode::Check, "recipient", refusal));
    phone.types(&["1", "0799999999"]).says("has no Kadogo account.");
    assert_eq!(phone.state.screen, "send_to");
    assert!(phone.state.fields.is_empty() && phone.continues);
}

#[test]
fn a_refusal_with_a_field_goes_back_to_that_field() {
    let refusal = Refusal::of_field(Reason::NOT_ENOUGH, "amount")
        .with("balance", "KES 100")
        .with("total", "KES 207");
    for mode in [Mode::Quote, Mode::Execute] {
        let mut phone = Phone::dial(amina(), refusing(mode, "send", refusal.clone()));
        phone.types(&["1", "0712345678", "200", "1", "2580"]);
        if mode == Mode::Execute {
            phone.says("You have KES 100. This needs KES 207, fee included.\nTo BRIAN O***");
            assert_eq!(phone.state.path, ["home", "send_to"]);
            assert_eq!(phone.state.fields.keys().collect::<Vec<_>>(), ["to"]);
        }
        assert_eq!(phone.state.screen, "send_amount");
    }
}

#[test]
fn a_wrong_pin_asks_for_the_pin_again() {
    let mut phone = Phone::dial(amina(), refusing(Mode::Execute, "send", wrong_pin()));
    phone.types(&["1", "0712345678", "200", "1", "2581"]).says("Wrong PIN. Tries left: 4.");
    assert_eq!(phone.state.screen, "send_pin");
    assert_eq!(phone.state.fields.len(), 2, "payee and amount stay");
}

#[test]
fn what_no_input_can_mend_ends() {
    let mut phone =
        Phone::dial(amina(), refusing(Mode::Execute, "send", Refusal::new(Reason::PIN_LOCKED)));
    phone.types(&["1", "0712345678", "200", "1", "2581"]).says("Your PIN is locked");
    phone.says("Nothing has been done.");
    assert!(!phone.continues);
    let mut phone = Phone::dial(
        amina(),
        refusing(Mode::Quote, "balance", Refusal::new(Reason::ACCOUNT_CLOSED)),
    );
    phone.types(&["2", "1"]).says("not active");
    assert!(!phone.continues);
}

#[test]
fn a_check_without_a_field_stays() {
    let mut phone =
        Phone::dial(amina(), refusing(Mode::Check, "recipient", Refusal::new(Reason::BUSY)));
    phone.types(&["1", "0712345678"]).says("Please try again in a minute.");
    assert!(phone.continues && phone.state.screen == "send_to" && phone.state.fields.is_empty());
}

#[test]
fn a_mismatch_goes_back_to_the_first_pin() {
    let refusal = Refusal::of_field(PIN_MISMATCH, "new_pin");
    let mut phone = Phone::dial(stranger(), refusing(Mode::Execute, "join", refusal));
    phone.types(&["1", "Juma Hamisi", "2580", "2581"]).says("The two PINs differ.");
    assert_eq!(phone.state.screen, "join_pin");
    assert!(!phone.state.fields.contains_key("new_pin"), "the old token is gone");
}

#[test]
fn an_order_that_is_gone_leads_back_to_the_list() {
    let refusal = Refusal::of_field(ORDER_GONE, "order");
    let mut caller = amina();
    caller.flags.insert("orders".to_owned());
    let mut phone = Phone::dial(caller, refusing(Mode::Quote, "approve", refusal));
    phone
        .types(&["6", "1"])
        .says("That payment is no longer waiting. To send it, choose Send money.\nWhich payment?");
    assert_eq!(phone.state.path, ["home"]);
}

#[test]
fn a_list_that_refuses_its_own_field_does_not_ask_forever() {
    let refusal = Refusal::of_field(ORDER_GONE, "order");
    let mut caller = amina();
    caller.flags.insert("orders".to_owned());
    let mut phone = Phone::dial(caller, refusing(Mode::List, "orders", refusal));
    phone.types(&["6"]).says("no longer waiting");
    assert!(!phone.continues);
}
