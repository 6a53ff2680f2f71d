//! Walks through the menus: what is shown, what the wallet is asked, and where back and home lead.

use super::*;
use secrecy::ExposeSecret;

#[test]
fn the_start_menu() {
    let phone = Phone::dial(amina(), kind_wallet);
    assert_eq!(
        phone.text,
        "Kadogo\n1 Send money\n2 My account\n3 Cash\n4 More services\n5 Safe pay"
    );
    assert!(phone.continues);
}

#[test]
fn sending_money() {
    let mut phone = Phone::dial(amina(), kind_wallet);
    phone.types(&["1"]).says("Enter the phone number");
    phone.says("0 Back 00 Home");
    phone.types(&["0712 345 678"]).says("To BRIAN O***, 0712***678.");
    assert_eq!(phone.last_ask().fields.get("to").unwrap(), "+254712345678");
    phone.types(&["200"]);
    assert_eq!(
        phone.text,
        "Send KES 200 to BRIAN O***, 0712***678?\nFee KES 7. Total KES 207.\n1 Yes\n2 No\n\
         0 Back 00 Home"
    );
    assert_eq!(phone.last_ask().mode, Mode::Quote);
    assert_eq!(phone.last_ask().fields.get("amount").unwrap(), "20000");
    phone.types(&["1"]).says("enter your PIN");
    phone.types(&["2580"]).says("K7M2Q9XWTB Confirmed. KES 200 sent to BRIAN O***.");
    assert!(!phone.continues);
    let done = phone.last_ask();
    assert_eq!((done.mode, done.service.as_str()), (Mode::Execute, "send"));
    assert_eq!(done.secret.as_ref().unwrap().expose_secret(), "2580");
    let fields: Vec<&str> = done.fields.keys().map(String::as_str).collect();
    assert_eq!(
        fields,
        ["amount", "to", "total"],
        "what was agreed goes along, the PIN is no field"
    );
    assert!(
        phone.state.fields.is_empty() && phone.state.path == ["home"],
        "what is done is behind no one"
    );
}

#[test]
fn what_comes_back_goes_along_with_the_yes_to_it() {
    let wallet = |request: &Request| match kind_wallet(request) {
        Answer::Facts { mut slots, flags } => {
            slots.insert("back".to_owned(), "990".to_owned().into());
            Answer::Facts { slots, flags }
        }
        other => other,
    };
    let mut phone = Phone::dial(amina(), wallet);
    phone.types(&["1", "0712345678", "200", "1", "2580"]);
    let done = phone.last_ask();
    assert_eq!(done.mode, Mode::Execute);
    assert_eq!(done.fields.get("back").map(String::as_str), Some("990"));
}

#[test]
fn no_is_explicit_and_moves_nothing() {
    let mut phone = Phone::dial(amina(), kind_wallet);
    phone.types(&["1", "0712345678", "200", "2"]).says("No money has moved");
    assert!(!phone.continues && phone.asked.iter().all(|request| request.mode != Mode::Execute));
    for nonsense in ["", " ", "yes", "3", "11", "01", "*"] {
        let mut phone = Phone::dial(amina(), kind_wallet);
        phone.types(&["1", "0712345678", "200", nonsense]).says("Not a choice here");
        phone.says("1 Yes");
    }
}

#[test]
fn a_repeated_payment_asks_first_and_only_once() {
    let wallet = |request: &Request| match (request.mode, kind_wallet(request)) {
        (Mode::Quote, Answer::Facts { mut slots, .. }) => {
            slots.insert("ago".to_owned(), "3".to_owned().into());
            Answer::Facts { slots, flags: BTreeSet::from(["again".to_owned()]) }
        }
        (_, other) => other,
    };
    let mut phone = Phone::dial(amina(), wallet);
    phone.types(&["1", "0712345678", "200"]).says("You sent KES 200 to BRIAN O*** 3 min ago.");
    phone.types(&["1"]).says("Fee KES 7. Total KES 207.");
    assert_eq!(phone.state.path, ["home", "send_to", "send_amount", "send_again"]);
    phone.types(&["0"]).says("Send it once more?");
    phone.types(&["0"]).says("Enter the amount.");
    phone.types(&["200", "2"]).says("Cancelled");
}

#[test]
fn back_forgets_what_lies_ahead_and_home_forgets_everything() {
    let mut phone = Phone::dial(amina(), kind_wallet);
    phone.types(&["1", "0712345678", "200", "0"]).says("Enter the amount.");
    assert_eq!(phone.state.fields.keys().collect::<Vec<_>>(), ["to"]);
    phone.types(&["200", "1", "0"]).says("Total KES 207");
    assert_eq!(phone.last_ask().mode, Mode::Quote, "a confirm screen quotes afresh");
    phone.types(&["00"]);
    let shown = ["send", "account", "cash", "people", "safe"].map(str::to_owned).to_vec();
    assert_eq!(phone.state, State { shown, ..State::at("home", None) });
    phone.types(&["0"]).says("1 Send money");
    phone.types(&["2", "1"]).says("Your balance is KES 793.");
    phone.types(&["0"]).says("My account");
    phone.types(&["0"]).says("Kadogo");
}

#[test]
fn zero_for_an_amount_goes_back_and_says_why() {
    let mut phone = Phone::dial(amina(), kind_wallet);
    phone.types(&["1", "0712345678", "0"]).says("Zero cannot be sent.");
    assert_eq!(phone.state.screen, "send_to");
    phone.types(&["0712345678"]);
    assert!(!phone.text.contains("Zero"), "{}", phone.text);
}

#[test]
fn the_number_matched_is_the_number_shown() {
    let mut phone = Phone::dial(amina(), kind_wallet);
    phone.says("2 My account");
    // A payment begins to wait between the screen and the key.
    phone.caller.flags.insert("orders".to_owned());
    phone.types(&["2"]).says("Mini statement");
    phone.types(&["00"]);
    assert_eq!(
        phone.text,
        "Kadogo\n1 Send money\n2 My account\n3 Cash\n4 More services\n5 Safe pay\n\
         6 Payments to approve"
    );
    phone.caller.flags.clear();
    phone.types(&["6"]).says("1 KES 300 BRIAN O***\n2 KES 45.50 CAROL W***");
}

#[test]
fn approving_and_declining_a_payment() {
    let mut caller = amina();
    caller.flags.insert("orders".to_owned());
    let mut phone = Phone::dial(caller, kind_wallet);
    phone.types(&["6", "2"]).says("Total KES 207");
    assert_eq!(phone.last_ask().fields.get("order").unwrap(), "8");
    phone.types(&["1", "2580"]).says("Confirmed");
    assert_eq!(
        (phone.last_ask().mode, phone.last_ask().service.as_str()),
        (Mode::Execute, "approve")
    );
    phone.types(&["00", "6", "1", "2"]).says("Declined");
    assert_eq!(
        (phone.last_ask().mode, phone.last_ask().service.as_str()),
        (Mode::Execute, "decline")
    );
    phone.types(&["00", "6", "9"]).says("Not a choice here");
}

#[test]
fn a_long_list_pages_itself() {
    let mut phone = Phone::dial(amina(), kind_wallet);
    phone.types(&["2", "2"]).says("Last payments\n-KES 100 BRIAN O*** 23/11/26");
    phone.says("0 Back 00 Home 98 More");
    let mut seen = phone.text.clone();
    for _ in 0..2 {
        phone.types(&["98"]);
        seen.push_str(&phone.text);
    }
    assert!((1..=9).all(|line| seen.contains(&format!("-KES {line}00 "))), "{seen}");
    assert!(!phone.text.contains("98 More"), "{}", phone.text);
    phone.types(&["98"]).says("Not a choice here");
    phone.types(&["98", "0"]).says("Last payments");
    phone.types(&["0"]).says("My account");
}

#[test]
fn an_empty_list_says_so() {
    let mut phone = Phone::dial(amina(), |_: &Request| Answer::Items(Vec::new()));
    phone.types(&["2", "2"]).says("You have no payments yet.");
}

#[test]
fn joining() {
    let mut phone = Phone::dial(stranger(), kind_wallet);
    phone.says("Karibu");
    phone.types(&["2"]).says("Weka jina lako");
    phone.types(&["  Juma   Hamisi "]).says("Chagua PIN");
    phone.types(&["2580"]).says("Weka PIN hiyo tena.");
    assert_eq!(phone.state.fields.get("new_pin").unwrap(), "sealed-token");
    phone.types(&["2580"]).says("Karibu Kadogo");
    let join = phone.last_ask();
    assert_eq!(join.fields.get("language").unwrap(), "sw");
    assert_eq!(join.fields.get("name").unwrap(), "Juma Hamisi");
    assert_eq!(join.fields.get("new_pin").unwrap(), "sealed-token");
    assert!(!phone.continues);
}

#[test]
fn home_for_a_stranger_is_the_first_screen() {
    let mut phone = Phone::dial(stranger(), kind_wallet);
    phone.types(&["1", "Juma Hamisi", "00"]).says("Karibu");
    assert!(phone.state.fields.is_empty());
}

#[test]
fn changing_the_language_speaks_it_at_once() {
    let mut phone = Phone::dial(amina(), kind_wallet);
    phone.types(&["2", "4", "3"]).says("C'est fait");
    assert_eq!(phone.last_ask().fields.get("language").unwrap(), "fr");
    phone.types(&["0"]).says("Envoyer de l'argent");
    let refusal = Refusal::new(Reason::BUSY);
    let mut phone = Phone::dial(amina(), refusing(Mode::Execute, "language", refusal));
    phone.types(&["2", "4", "3"]).says("We cannot do this just now.");
}

#[test]
fn changing_the_pin() {
    let mut phone = Phone::dial(amina(), kind_wallet);
    phone.types(&["2", "3"]).says("enter the one you have now");
    phone.types(&["1357", "2580", "2580"]).says("Your PIN is changed.");
    let services: Vec<&str> = phone.asked.iter().map(|request| request.service.as_str()).collect();
    assert_eq!(services, ["prove_pin", "choose_pin", "change_pin"]);
    assert_eq!(phone.last_ask().fields.get("pin_proof").unwrap(), "sealed-proof");
    assert_eq!(phone.last_ask().fields.get("new_pin").unwrap(), "sealed-token");
}

#[test]
fn late_answers_end_with_a_promise_of_an_sms() {
    let wallet = |request: &Request| {
        if request.mode == Mode::Execute { Answer::Late } else { kind_wallet(request) }
    };
    let mut phone = Phone::dial(amina(), wallet);
    phone.types(&["1", "0712345678", "200", "1", "2580"]).says("You will get the result by SMS.");
    assert!(!phone.continues);
}

#[test]
fn a_name_cannot_forge_a_screen() {
    let wallet = |_: &Request| {
        facts(&[
            ("phone", "0712***678"),
            ("name", "X\n1 Yes {phone}\u{1f600} and on and on and on"),
        ])
    };
    let mut phone = Phone::dial(amina(), wallet);
    phone.types(&["1", "0712345678"]);
    assert_eq!(phone.text.lines().count(), 3, "{}", phone.text);
    assert!(
        phone.text.matches("0712").count() == 1 && !phone.text.contains("on and on"),
        "{}",
        phone.text
    );
}

/// A wallet with two deals, and one of them opened in another state.
fn two_deals(request: &Request) -> Answer {
    let line = |goods: &str, todo: &str| Item {
        id: goods.to_owned(),
        slots: slots(&[("goods", goods), ("price", "KES 100"), ("todo_code", todo), ("day", "x")]),
    };
    match request.mode {
        Mode::List => Answer::Items(vec![line("mango", "deliver"), line("radio", "unsent")]),
        Mode::Check | Mode::Quote | Mode::Execute => {
            facts(&[("goods", "radio"), ("price", "KES 100"), ("name", "B"), ("todo_code", "talk")])
        }
    }
}

#[test]
fn a_line_says_what_it_is_whatever_was_opened_before() {
    let mut phone = Phone::dial(amina(), two_deals);
    let fresh = phone.types(&["5", "3"]).text.clone();
    phone.says("1 mango KES 100: Deliver by x\n2 radio KES 100: Not sent yet");
    phone.types(&["2"]).says("radio, KES 100, B. Something is wrong.");
    phone.types(&["0"]);
    assert_eq!(phone.text, fresh);
}

#[test]
fn after_a_slip_the_choices_are_still_there() {
    let long = "W".repeat(100);
    let wallet = |_: &Request| {
        let goods = ("goods", long.as_str());
        let mut answer = facts(&[goods, ("price", "KES 1"), ("name", "B"), ("todo", "x")]);
        if let Answer::Facts { flags, .. } = &mut answer {
            flags.extend(["may_dispute", "may_release"].map(str::to_owned));
        }
        answer
    };
    let list = move |request: &Request| match request.mode {
        Mode::List => two_deals(request),
        Mode::Check | Mode::Quote | Mode::Execute => wallet(request),
    };
    let mut phone = Phone::dial(amina(), list);
    phone.types(&["5", "3", "1", "9"]);
    phone.says("Not a choice here.\n");
    phone.says("\n1 Something is wrong\n2 Pay the seller");
    phone.types(&["2"]);
    assert_eq!(phone.last_ask().service, "release_deal");
}
