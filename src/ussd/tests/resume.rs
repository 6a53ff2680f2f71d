//! Coming back after a cut, and menus that change under a conversation.

use super::super::{accepts_dialled, offer, resumable};
use super::*;
use std::sync::Arc;

/// Dials again after having typed `inputs` and been cut off.
fn redial(caller: CallerView, inputs: &[&str]) -> Option<Phone<'static>> {
    let mut phone = Phone::dial(caller, kind_wallet);
    phone.types(inputs);
    let old = resumable(&phone.menus, &phone.state)?;
    let step = offer(&phone.menus, &phone.caller, old);
    phone.follow(step);
    Some(phone)
}

#[test]
fn cut_off_at_the_pin_one_comes_back_to_the_question() {
    let mut phone = redial(amina(), &["1", "0712345678", "200", "1"]).unwrap();
    assert_eq!(phone.text, "Go on where you stopped: Send money?\n1 Continue\n2 Start again");
    let asks = phone.asked.len();
    phone.types(&["1"]).says("Total KES 207");
    assert_eq!(phone.asked.get(asks).unwrap().mode, Mode::Quote, "it is quoted afresh");
    phone.types(&["1", "2580"]).says("Confirmed");
    let mut phone = redial(amina(), &["1", "0712345678"]).unwrap();
    phone.types(&["1"]).says("Enter the amount.");
    let mut phone = redial(amina(), &["1", "0712345678"]).unwrap();
    phone.types(&["2"]).says("1 Send money");
    assert!(phone.state.fields.is_empty());
}

#[test]
fn nonsense_back_and_home_on_the_offer() {
    let mut phone = redial(amina(), &["1", "0712345678"]).unwrap();
    phone.types(&["7"]).says("Not a choice here");
    phone.types(&["1"]).says("Enter the amount.");
    for key in ["0", "00"] {
        let mut phone = redial(amina(), &["1", "0712345678"]).unwrap();
        phone.types(&[key]).says("1 Send money");
    }
}

#[test]
fn cut_off_at_the_offer_itself_one_is_offered_the_same() {
    let phone = redial(amina(), &["1", "0712345678"]).unwrap();
    let again = resumable(&phone.menus, &phone.state).unwrap();
    assert_eq!((again.screen.as_str(), again.kept), ("send_amount", None));
}

#[test]
fn nothing_to_resume() {
    for inputs in [
        &[][..],
        &["2"],
        &["2", "1"],
        &["2", "2"],
        &["2", "3"],
        &["2", "3", "2580"],
        &["2", "4", "1"],
        &["1", "0712345678", "200", "2"],
        &["1", "0712345678", "200", "1", "2580"],
    ] {
        assert!(redial(amina(), inputs).is_none(), "{inputs:?}");
    }
}

#[test]
fn a_stranger_whose_name_would_be_asked_again_begins_anew() {
    assert!(redial(stranger(), &["2", "Juma Hamisi", "2580"]).is_none());
}

#[test]
fn who_only_looked_at_menus_has_lost_nothing() {
    for inputs in [&["1"][..], &["2", "3"]] {
        assert!(redial(amina(), inputs).is_none(), "{inputs:?}");
    }
}

#[test]
fn who_is_somebody_else_by_now_begins_as_that() {
    let mut phone = Phone::dial(amina(), kind_wallet);
    phone.types(&["1", "0712345678"]);
    let old = resumable(&phone.menus, &phone.state).unwrap();
    phone.caller.known = false;
    let step = offer(&phone.menus, &phone.caller, old);
    phone.follow(step);
    assert!(phone.text.starts_with("Welcome"), "{}", phone.text);
    phone.caller.known = true;
    let step = offer(&phone.menus, &phone.caller, State::at("welcome", None));
    phone.follow(step);
    phone.says("1 Send money");
}

#[test]
fn a_warning_is_given_again_after_a_cut() {
    let mut phone = redial(amina(), &["1", "0712345678", "200"]).unwrap();
    let kept = phone.state.kept.as_mut().unwrap();
    kept.path.push("send_again".to_owned());
    let kept = resumable(&phone.menus, kept).unwrap();
    assert_eq!(kept.path, ["home", "send_to", "send_amount"]);
}

#[test]
fn only_harmless_screens_take_dialled_codes() {
    let dialled = |inputs: &[&str]| {
        let mut phone = Phone::dial(amina(), kind_wallet);
        phone.types(inputs);
        accepts_dialled(&phone.menus, &phone.state)
    };
    assert!(dialled(&[]) && dialled(&["1"]) && dialled(&["1", "0712345678"]));
    assert!(!dialled(&["1", "0712345678", "200"]), "a yes is not dialled");
    assert!(!dialled(&["1", "0712345678", "200", "1"]), "a PIN is not dialled");
    assert!(!dialled(&["1", "0712345678", "200", "1", "2580"]));
}

#[test]
fn a_conversation_survives_a_change_of_the_menus() {
    let mut phone = Phone::dial(amina(), kind_wallet);
    phone.types(&["1", "0712345678", "200"]);
    let menus = Arc::make_mut(&mut phone.menus);
    menus.customer.screens.remove("send_confirm");
    phone.types(&["1"]).says("Enter the amount.");
    let menus = Arc::make_mut(&mut phone.menus);
    menus.customer.screens.remove("send_amount");
    menus.customer.screens.remove("send_to");
    phone.types(&["200"]).says("1 Send money");
}

#[test]
fn a_state_goes_through_the_store_unchanged() {
    let mut phone = redial(amina(), &["1", "0712345678", "200", "1"]).unwrap();
    let stored = serde_json::to_string(&phone.state).unwrap();
    assert_eq!(serde_json::from_str::<State>(&stored).unwrap(), phone.state);
    phone.types(&["1"]);
    let older: State = serde_json::from_str(r#"{"screen":"home"}"#).unwrap();
    assert_eq!(older, State::at("home", None));
}
