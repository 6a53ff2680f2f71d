//! What must hold whatever is typed and whatever the wallet answers.

use super::super::page::cost;
use super::super::{SCREEN_SEPTETS, offer, resumable};
use super::*;
use proptest::prelude::*;

/// A secret that no other part of a conversation contains.
const SECRET: &str = "739184";

fn typed() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => "[1-4]",
        2 => Just("0712345678".to_owned()),
        2 => Just("200".to_owned()),
        2 => Just("Juma Hamisi".to_owned()),
        4 => Just(SECRET.to_owned()),
        1 => prop_oneof![Just("0"), Just("00"), Just("98"), Just("")].prop_map(str::to_owned),
        1 => any::<String>(),
        1 => ".{150,400}",
    ]
}

fn reply() -> impl Strategy<Value = Answer> {
    let words = || prop_oneof![Just("KES 200".to_owned()), any::<String>(), "[W€\n]{0,300}"];
    let slot =
        prop_oneof![Just("name"), Just("amount"), Just("balance"), Just("new_pin"), Just("left")];
    let slots = || {
        proptest::collection::btree_map(
            slot.clone().prop_map(str::to_owned),
            words().prop_map(crate::value::Value::from),
            0..5,
        )
    };
    let flags =
        proptest::collection::btree_set(prop_oneof![Just("again".to_owned()), "[a-z]{1,9}"], 0..3);
    let field = prop_oneof![
        Just(None),
        Just(Some("to")),
        Just(Some("amount")),
        Just(Some("pin")),
        Just(Some("new_pin")),
        Just(Some("order"))
    ];
    let reason = proptest::sample::select(crate::menu_folder::vocabulary().reasons);
    let items = proptest::collection::vec((words(), slots()), 0..45);
    prop_oneof![
        6 => (slots(), flags).prop_map(|(slots, flags)| Answer::Facts { slots, flags }),
        2 => items.prop_map(|items| Answer::Items(items.into_iter().map(|(
            id,
            slots
        )| Item { id, slots }).collect())),
        2 => (reason, field, slots())
            .prop_map(|(reason, field, slots)| Answer::Refused(Refusal { reason, field, slots })),
        1 => Just(Answer::Late),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn anything_typed_and_anything_answered_makes_a_screen(
        known in any::<bool>(),
        language in proptest::sample::select(vec!["en", "sw", "fr", "xx"]),
        hops in proptest::collection::vec((typed(), proptest::collection::vec(reply(), 2)), 1..40),
    ) {
        let mut caller = if known { amina() } else { stranger() };
        caller.language = Language::parse(language).unwrap();
        caller.flags.insert("orders".to_owned());
        let replies = std::cell::RefCell::new(Vec::new());
        let wallet = |_: &Request| replies.borrow_mut().pop().unwrap_or(Answer::Late);
        let mut phone = Phone::dial(caller, wallet);
        for (typed, answers) in hops {
            *replies.borrow_mut() = answers;
            phone.types(&[&typed]);
            prop_assert!(
                cost(&phone.text) <= SCREEN_SEPTETS && !phone.text.is_empty(),
                "{:?}",
                phone.text
            );
            prop_assert!(crate::text::septets(&phone.text).is_some(), "{:?}", phone.text);
            prop_assert!(phone.state.path.len() <= 32);
            prop_assert!(serde_json::to_string(&phone.state).unwrap().len() < 200_000);
            let mut unique = phone.state.path.clone();
            unique.sort();
            unique.dedup();
            prop_assert_eq!(unique.len(), phone.state.path.len(), "the path goes in circles");
            if let Some(old) = resumable(&phone.menus, &phone.state) {
                let screen = phone.menus.customer.screen(&old.screen).unwrap();
                prop_assert!(screen.resumes(), "{} is offered again", old.screen);
                let _ = offer(&phone.menus, &phone.caller, old);
            }
        }
    }

    /// The secret is typed on PIN screens only: what people type elsewhere is theirs to keep.
    #[test]
    fn a_secret_is_in_the_ask_and_nowhere_else(
        known in any::<bool>(),
        hops in proptest::collection::vec(("[1-4]|0|0712345678|200|Juma", reply()), 1..40),
    ) {
        let replies = std::cell::RefCell::new(None);
        let wallet =
            |request: &Request| replies.borrow_mut().take().unwrap_or_else(|| kind_wallet(request));
        let mut phone = Phone::dial(if known { amina() } else { stranger() }, wallet);
        for (typed, reply) in hops {
            let secret = phone
                .menus
                .customer
                .screen(&phone.state.screen)
                .is_some_and(|screen| screen.is_secret());
            let asks = phone.asked.len();
            if secret {
                *replies.borrow_mut() = Some(reply);
                phone.types(&[SECRET]);
                prop_assert!(
                    phone.asked.iter().skip(asks).take(1).all(|request| request.secret.is_some())
                );
            } else {
                phone.types(&[&typed]);
            }
            prop_assert!(!serde_json::to_string(&phone.state).unwrap().contains(SECRET));
            let logged = format!("{:?} {:?}", phone.asked, phone.state);
            prop_assert!(!logged.contains(SECRET));
            prop_assert!(!phone.text.contains(SECRET));
            prop_assert!(
                phone
                    .asked
                    .iter()
                    .all(|request| !request.fields.values().any(|value| value.contains(SECRET)))
            );
        }
    }
}

#[test]
fn every_secret_screen_hands_its_input_on_and_forgets_it() {
    let ways: &[(bool, &[&str])] = &[
        (true, &["1", "0712345678", "200", "1"]),
        (true, &["2", "3"]),
        (true, &["2", "3", "2580"]),
        (true, &["2", "3", "2580", "2580"]),
        (true, &["6", "1", "1"]),
        (false, &["1", "Juma Hamisi"]),
        (false, &["1", "Juma Hamisi", "2580"]),
    ];
    for (known, way) in ways {
        let mut caller = if *known { amina() } else { stranger() };
        caller.flags.insert("orders".to_owned());
        let mut phone = Phone::dial(caller, kind_wallet);
        phone.types(way);
        assert!(phone.menus.customer.screen(&phone.state.screen).unwrap().is_secret(), "{way:?}");
        phone.types(&[SECRET]);
        assert!(phone.last_ask().secret.is_some());
        assert!(!serde_json::to_string(&phone.state).unwrap().contains(SECRET), "{way:?}");
    }
}
