//! Requests for money. Goal: who asks gets an answer and moves nothing; who is asked pays only with
//! the PIN, can say no, and cannot be pestered. Method: whole conversations as people see them, and
//! crowds of texts at once.

use super::aids::*;
use super::world::*;
use kadogo::book::Key;
use kadogo::phone::Msisdn;
use kadogo::request::{Answer, Fields, Mode, Request};
use kadogo::store::book_rows::AccountState;
use kadogo::wallet::Execution;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3_600);

/// Asks for money on USSD.
async fn ask(phone: &Phone<'_>, to: &str, amount: &str, reference: &str) -> String {
    dial_afresh(phone).await;
    phone
        .go(&[
            Pick("people"),
            Pick("requests"),
            Pick("ask"),
            Type(to),
            Type(amount),
            Type(reference),
            Yes,
        ])
        .await
}

/// Asked for on one phone, paid on the other.
async fn asked_and_paid(asker: &str, payer: &str, to: &str, pin: &str) -> String {
    let world = World::new().await;
    let (asker, payer) = (world.phone(asker), world.phone(payer));
    ask(&asker, to, "300", "Rent Nov").await;
    asker.messages().await;
    payer.messages().await;
    payer.dial().await;
    payer.go(&[Pick("orders"), Line("KES 300"), Yes, Type(pin)]).await;
    payer.messages().await;
    asker.messages().await;
    asker.dial().await;
    asker.go(&[Pick("people"), Pick("requests"), Pick("mine")]).await;
    world.check();
    format!("{}\n== who pays ==\n{}", asker.transcript(), payer.transcript())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_paid_with_the_pin_of_who_was_asked_in_three_languages() {
    let stories = [
        ("english_and_swahili", asked_and_paid(AMINA, BARAKA, "0700000002", "4826")),
        ("swahili_and_french", asked_and_paid(BARAKA, CLAIRE, "0700000003", "9274")),
        ("french_and_english", asked_and_paid(CLAIRE, AMINA, "0700000001", "7361")),
    ];
    for (languages, seen) in side_by_side(stories).await {
        insta::assert_snapshot!(
            format!("a_request_is_paid_with_the_pin_of_who_was_asked_in_{languages}"),
            seen
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_by_text_moves_nothing_and_is_declined_or_expires_with_a_word_to_who_asked() {
    let world = World::new().await;
    let people = [
        (AMINA, "ASK 200 0700000004 rent", "ASK YES"),
        (BARAKA, "Omba 200 kwa 0700000004 ya kodi", "omba ndiyo"),
        (CLAIRE, "Demander 200 à 0700000004", "Demander oui"),
    ];
    for (asker, text, _) in people {
        world.phone(asker).write(text).await;
    }
    // it is read back first, and nobody else hears of it
    assert_eq!((world.orders_waiting(DAUDI).await, world.inbox(DAUDI).await.len()), (0, 0));
    for (asker, _, yes) in people {
        world.phone(asker).write(yes).await;
    }
    assert_eq!((world.balance(DAUDI).await, world.orders_waiting(DAUDI).await), (45_050, 3));
    let daudi = world.phone(DAUDI);
    daudi.messages().await;
    daudi.dial().await;
    daudi.go(&[Pick("orders"), Line("Amina"), No]).await;
    world.clock.advance(24 * HOUR - Duration::from_secs(1));
    assert_eq!(world.app.wallet.wake_all().await.unwrap().done, 0);
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(world.app.wallet.wake_all().await.unwrap().done, 2);
    assert_eq!(world.app.wallet.wake_all().await.unwrap().done, 0, "it ends once");
    let mut told = daudi.transcript();
    for (asker, _, _) in people {
        told.push_str(&format!("\n== to who asked ==\n{}\n", world.inbox(asker).await.join("\n")));
    }
    insta::assert_snapshot!(told);
    assert_eq!((world.balance(DAUDI).await, world.orders_waiting(DAUDI).await), (45_050, 0));
    // one message more would be one too many: who was asked and did nothing hears nothing
    assert_eq!(world.inbox(DAUDI).await.len(), 3);
}

/// What was misread, or sent by a slip, reaches nobody: only the last that was read back is asked,
/// once, and only within the hour.
#[tokio::test(flavor = "multi_thread")]
async fn a_request_by_text_that_is_not_meant_reaches_nobody() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    for body in [
        "ASK YES",
        "ASK 254 0700000003 rent",
        "ASK 500 0700000003 rent",
        "ASK 50 0700000003 rent",
        "ASK NO",
        "ASK YES",
        "Please ask 0700000003 for 300 for rent",
        "ASK 200 0700000002 rent",
        "ask yes",
        "ask yes",
        "ASK 100 0700000002 tea",
    ] {
        amina.write(body).await;
        assert_eq!(amina.messages().await.len(), 1, "{}", amina.transcript());
    }
    world.clock.advance(HOUR + Duration::from_secs(1));
    world.app.wallet.wake_all().await.unwrap();
    amina.write("ASK YES").await;
    amina.messages().await;
    assert_eq!((world.orders_waiting(BARAKA).await, world.orders_waiting(CLAIRE).await), (1, 0));
    assert_eq!((world.inbox(BARAKA).await.len(), world.inbox(CLAIRE).await.len()), (1, 0));
    insta::assert_snapshot!(amina.transcript());
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_was_taken_back_cannot_be_paid() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    let baraka = world.phone(BARAKA);
    ask(&amina, "0700000002", "300", "lunch").await;
    baraka.dial().await;
    baraka.go(&[Pick("orders"), Line("Amina"), Yes]).await;
    dial_afresh(&amina).await;
    amina.go(&[Pick("people"), Pick("requests"), Pick("mine"), First, Yes]).await;
    let refused = baraka.press("4826").await;
    assert!(refused.contains("hayasubiri tena"), "{refused}");
    baraka.messages().await;
    // and not once more
    dial_afresh(&amina).await;
    amina.go(&[Pick("people"), Pick("requests"), Pick("mine"), First]).await;
    insta::assert_snapshot!(format!(
        "{}\n== who was asked ==\n{}",
        amina.transcript(),
        baraka.transcript()
    ));
    assert_eq!((world.balance(BARAKA).await, world.orders_waiting(BARAKA).await), (250_000, 0));
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_pesters_is_stopped_after_two_requests_and_after_three_a_day() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    let esther = world.phone(ESTHER);
    assert!(ask(&esther, "0700000001", "50", "tea").await.contains("was asked"));
    assert!(ask(&esther, "0700000001", "50", "tea").await.contains("was asked"));
    dial_afresh(&esther).await;
    let screen =
        esther.go(&[Pick("people"), Pick("requests"), Pick("ask"), Type("0700000001")]).await;
    assert!(screen.starts_with("Too many requests."), "{screen}");
    // a no makes room for one more, and for no other today
    amina.dial().await;
    amina.go(&[Pick("orders"), First, No]).await;
    assert!(ask(&esther, "0700000001", "50", "tea").await.contains("was asked"));
    dial_afresh(&amina).await;
    amina.go(&[Pick("orders"), First, No]).await;
    dial_afresh(&esther).await;
    let screen =
        esther.go(&[Pick("people"), Pick("requests"), Pick("ask"), Type("0700000001")]).await;
    assert!(screen.starts_with("Too many requests."), "{screen}");
    // others may be asked
    assert!(ask(&esther, "0700000002", "50", "tea").await.contains("was asked"));
    world.clock.advance(24 * HOUR + Duration::from_secs(1));
    assert!(ask(&esther, "0700000001", "50", "tea").await.contains("was asked"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_of_texts_at_once_gets_no_further_than_the_quota() {
    let world = World::new().await;
    let ids: Vec<(String, String)> =
        (0..12).map(|n| (format!("burst-{n}"), format!("ASK {} 0700000002 tea", 50 + n))).collect();
    let answers = all(ids.iter().map(|(id, body)| world.text(ESTHER, id, body))).await;
    // what met too many others is brought again by its gateway
    assert!(answers.iter().all(|status| [200, 503].contains(status)), "{answers:?}");
    assert_eq!(world.orders_waiting(BARAKA).await, 0);
    let yes: Vec<String> = (0..12).map(|n| format!("yes-{n}")).collect();
    let answers = all(yes.iter().map(|id| world.text(ESTHER, id, "ASK YES"))).await;
    assert!(answers.iter().all(|status| *status == 200), "{answers:?}");
    let waiting = world.orders_waiting(BARAKA).await;
    assert!((1..=2).contains(&waiting), "{waiting} wait");
    assert_eq!(world.inbox(BARAKA).await.len(), waiting);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_text_that_comes_again_asks_once() {
    let world = World::new().await;
    for _copy in 0..3 {
        assert_eq!(world.text(ESTHER, "one", "ASK 50 0700000002 tea").await, 200);
    }
    for _copy in 0..3 {
        assert_eq!(world.text(ESTHER, "two", "ASK YES").await, 200);
    }
    assert_eq!((world.orders_waiting(BARAKA).await, world.inbox(ESTHER).await.len()), (1, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_request_takes_no_room_from_ones_own_payments() {
    let world = World::new().await;
    let askers = ["+254700000011", "+254700000012", "+254700000013", "+254700000014"];
    for (n, asker) in askers.iter().enumerate() {
        for copy in 0..2 {
            for body in ["ASK 50 0700000001 tea", "ASK YES"] {
                assert_eq!(
                    world.text(asker, &format!("{n}-{copy}-{}", body.len()), body).await,
                    200
                );
            }
        }
    }
    // whom she never paid has five places of eight
    assert_eq!(world.orders_waiting(AMINA).await, 5);
    // the next is refused to who asks, and does not tell why
    let baraka = world.phone(BARAKA);
    baraka.write("OMBA 50 0700000001").await;
    baraka.messages().await;
    baraka.write("OMBA NDIYO").await;
    assert_eq!(baraka.messages().await, ["Maombi ni mengi mno. Subiri mengine yajibiwe."]);
    let amina = world.phone(AMINA);
    amina.write("SEND 200 0700000002").await;
    assert_eq!(world.orders_waiting(AMINA).await, 6);
    amina.dial().await;
    assert!(
        amina
            .go(&[Pick("orders"), Line("Baraka"), Yes, Type("7361")])
            .await
            .contains("KES 200 sent to Baraka O")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_blocked_asks_in_vain_until_they_are_let_in_again() {
    let world = World::new().await;
    let claire = world.phone(CLAIRE);
    let daudi = world.phone(DAUDI);
    ask(&daudi, "0700000003", "100", "kodi").await;
    claire.dial().await;
    claire.go(&[Pick("orders"), Line("Daudi"), No]).await;
    dial_afresh(&claire).await;
    claire.go(&[Pick("people"), Pick("requests"), Pick("block"), First, Yes]).await;
    dial_afresh(&daudi).await;
    let screen =
        daudi.go(&[Pick("people"), Pick("requests"), Pick("ask"), Type("0700000003")]).await;
    assert!(screen.starts_with("Mtu huyo hapokei maombi"), "{screen}");
    daudi.write("OMBA 100 0700000003 kodi").await;
    daudi.messages().await;
    // nobody is listed twice
    dial_afresh(&claire).await;
    claire.go(&[Pick("people"), Pick("requests"), Pick("block")]).await;
    dial_afresh(&claire).await;
    claire.go(&[Pick("people"), Pick("requests"), Pick("unblock"), First, Yes]).await;
    assert!(ask(&daudi, "0700000003", "100", "kodi").await.contains("ameombwa"));
    insta::assert_snapshot!(format!(
        "{}\n== who asks ==\n{}",
        claire.transcript(),
        daudi.transcript()
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pin_or_a_number_in_what_it_is_for_is_not_passed_on() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    for words in
        ["739104", "call 0712345678", "rent 2026", "KADOGO prize", "confirmed", "seventeen letters"]
    {
        dial_afresh(&amina).await;
        let screen = amina
            .go(&[
                Pick("people"),
                Pick("requests"),
                Pick("ask"),
                Type("0700000002"),
                Type("50"),
                Type(words),
            ])
            .await;
        assert!(screen.starts_with("Please use plain letters"), "{words}: {screen}");
    }
    amina.write("ASK 50 0700000002 rent 739104").await;
    assert!(
        amina.messages().await[0].starts_with("Never send a PIN by SMS."),
        "{}",
        amina.transcript()
    );
    amina.write("ASK 50 0700000002 kadogo prize").await;
    assert!(
        amina.messages().await[0].starts_with("Please use plain letters"),
        "{}",
        amina.transcript()
    );
    assert_eq!((world.orders_waiting(BARAKA).await, world.inbox(BARAKA).await.len()), (0, 0));
    assert!(!holds(&world.stored_bytes(), "739104"));
}

/// Asks the wallet directly, as no menu would.
async fn act(
    world: &World,
    number: &str,
    service: &str,
    field: (&str, String),
    key: &str,
) -> Answer {
    let caller = world.app.wallet.caller(Msisdn::from_e164(number).unwrap()).await.unwrap();
    let fields = Fields::from([(field.0.to_owned(), field.1)]);
    let ask = Request { mode: Mode::Execute, service: service.into(), fields, secret: None };
    let key = Key::new(world.clock.now(), "test", key.as_bytes());
    world.app.wallet.act(&caller, ask, Execution { key, side_effects: Vec::new() }).await.answer
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_elses_request_is_not_taken_back_and_nobody_is_looked_up_by_number() {
    let world = World::new().await;
    ask(&world.phone(AMINA), "0700000002", "300", "lunch").await;
    let caller = world.app.wallet.caller(Msisdn::from_e164(AMINA).unwrap()).await.unwrap();
    let list = Request {
        mode: Mode::List,
        service: "requests".into(),
        fields: Fields::new(),
        secret: None,
    };
    let Answer::Items(items) = world.app.wallet.answer(&caller, list).await else {
        panic!("a list")
    };
    let request = items[0].id.clone();
    for number in [BARAKA, CLAIRE] {
        let answer =
            act(&world, number, "cancel_request", ("request", request.clone()), number).await;
        assert!(
            matches!(&answer, Answer::Refused(refusal) if refusal.code() == "request_gone"),
            "{answer:?}"
        );
    }
    let amina = caller.person.unwrap().account_id;
    // Claire was asked nothing by Amina
    for service in ["block", "unblock"] {
        let answer = act(&world, CLAIRE, service, ("asker", amina.to_string()), service).await;
        assert!(
            matches!(&answer, Answer::Refused(refusal) if refusal.code() == "stale"),
            "{answer:?}"
        );
    }
    assert_eq!(world.orders_waiting(BARAKA).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_account_neither_asks_nor_is_asked_and_does_not_pay() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    let baraka = world.phone(BARAKA);
    ask(&amina, "0700000002", "300", "lunch").await;
    restrict(&world, AMINA, AccountState::Frozen).await;
    baraka.dial().await;
    let screen = baraka.go(&[Pick("orders"), Line("Amina")]).await;
    assert!(screen.contains("haitumiki"), "{screen}");
    dial_afresh(&amina).await;
    let screen =
        amina.go(&[Pick("people"), Pick("requests"), Pick("ask"), Type("0700000003")]).await;
    assert!(screen.contains("not active"), "{screen}");
    assert_eq!(world.balance(BARAKA).await, 250_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn yes_and_taking_back_at_the_same_moment_agree_on_what_happened() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    let baraka = world.phone(BARAKA);
    ask(&amina, "0700000002", "300", "lunch").await;
    baraka.dial().await;
    baraka.go(&[Pick("orders"), Line("Amina"), Yes]).await;
    dial_afresh(&amina).await;
    amina.go(&[Pick("people"), Pick("requests"), Pick("mine"), First]).await;
    let (paid, back) = tokio::join!(baraka.press("4826"), amina.yes());
    let paid = paid.contains("Imethibitishwa");
    assert_eq!(paid, !back.contains("taken back"), "{back}");
    assert_eq!(world.balance(AMINA).await, if paid { 530_000 } else { 500_000 });
    world.check();
}

/// The number of an order is taken before the order is committed, and another node, or another hop,
/// may be faster with a higher one.
#[tokio::test(flavor = "multi_thread")]
async fn who_asks_is_not_stuck_behind_a_request_with_a_higher_number_than_those_after_it() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    assert!(ask(&amina, "0700000002", "50", "tea").await.contains("was asked"));
    sql(&world, "UPDATE arrangements SET id = id + 1000".to_owned()).await;
    for to in ["0700000003", "0700000004", "0700000005"] {
        assert!(ask(&amina, to, "50", "tea").await.contains("was asked"), "{}", amina.transcript());
    }
}
