//! Payments asked for by text. Goal: a text alone never moves money; its sender approves it with
//! the PIN on the phone, once, in time, or nothing happens and they hear of it. Method: whole
//! conversations over both channels as people see them, and the wallet asked directly for what no
//! menu would offer.

use super::aids::side_by_side;
use super::world::*;
use kadogo::book::Key;
use kadogo::phone::Msisdn;
use kadogo::request::{Answer, Fields, Mode, Request, Secret};
use kadogo::wallet::Execution;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

/// From the text to both receipts, in the payer's language.
async fn approved(payer: &str, pin: &str, text: &str, payee: &str) -> String {
    let world = World::new().await;
    let (payer, payee) = (world.phone(payer), world.phone(payee));
    payer.dial().await;
    payer.write(text).await;
    payer.messages().await;
    payer.dial().await;
    payer.go(&[Pick("orders"), First, Yes, Type(pin)]).await;
    payer.messages().await;
    payee.messages().await;
    payer.dial().await;
    world.check();
    format!("{}\n== the other ==\n{}", payer.transcript(), payee.transcript())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_waits_until_it_is_approved_in_three_languages() {
    for (language, seen) in side_by_side([
        ("english", approved(AMINA, "7361", "SEND 200 0700000002", BARAKA)),
        ("swahili", approved(BARAKA, "4826", "Tuma shilingi 1,500 kwa 0700 000 003", CLAIRE)),
        ("french", approved(CLAIRE, "9274", "Envoyer 99.50 à 0700000001", AMINA)),
    ])
    .await
    {
        insta::assert_snapshot!(format!("an_order_waits_until_it_is_approved_in_{language}"), seen);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn money_moves_only_with_the_pin() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    amina.write("SEND 200 0700000002").await;
    assert_eq!(world.balance(AMINA).await, 500_000, "the text moved nothing");
    amina.dial().await;
    amina.go(&[Pick("orders"), Line("Baraka"), Yes]).await;
    assert_eq!(world.balance(AMINA).await, 500_000, "neither did the yes");
    assert!(amina.press("739104").await.contains("Wrong PIN. Tries left: 4."));
    assert_eq!(world.balance(AMINA).await, 500_000, "nor a wrong PIN");
    amina.press("7361").await;
    assert_eq!((world.balance(AMINA).await, world.balance(BARAKA).await), (479_300, 270_000));
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_declined_order_is_gone() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    amina.write("SEND 200 0700000002").await;
    amina.dial().await;
    amina.go(&[Pick("orders"), Line("Baraka"), No]).await;
    amina.dial().await;
    amina.messages().await;
    insta::assert_snapshot!(amina.transcript());
    assert_eq!((world.balance(AMINA).await, world.orders_waiting(AMINA).await), (500_000, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_expires_after_thirty_minutes_with_a_word_to_its_sender() {
    let world = World::new().await;
    let people = [
        (AMINA, "SEND 200 0700000002"),
        (BARAKA, "TUMA 200 0700000003"),
        (CLAIRE, "ENVOYER 200 0700000001"),
    ];
    for (number, text) in people {
        world.phone(number).write(text).await;
    }
    world.clock.advance(30 * MINUTE - Duration::from_secs(1));
    assert_eq!(world.app.wallet.wake_all().await.unwrap().done, 0);
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(world.app.wallet.wake_all().await.unwrap().done, 3);
    assert_eq!(world.app.wallet.wake_all().await.unwrap().done, 0, "it ends once");
    let mut told = Vec::new();
    for (number, _) in people {
        told.extend(world.inbox(number).await.pop());
        assert_eq!((world.inbox(number).await.len(), world.orders_waiting(number).await), (2, 0));
    }
    insta::assert_snapshot!(told.join("\n"), @r"
    Not approved in time. KES 200 to Baraka O 0700***002 has not been sent.
    Muda wa kuidhinisha umepita. KES 200 kwa Claire M 0700***003 haijatumwa.
    Pas approuvé à temps. KES 200 à Amina W 0700***001 n'a pas été envoyé.
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_can_be_approved_in_its_last_second() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    amina.write("SEND 200 0700000002").await;
    world.clock.advance(30 * MINUTE - Duration::from_secs(1));
    amina.dial().await;
    assert!(
        amina.go(&[Pick("orders"), Line("Baraka"), Yes, Type("7361")]).await.contains("Confirmed")
    );
    world.clock.advance(MINUTE);
    assert_eq!(
        world.app.wallet.wake_all().await.unwrap().done,
        0,
        "what was approved does not expire"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_expires_under_the_fingers_is_not_paid() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    amina.write("SEND 200 0700000002").await;
    world.clock.advance(29 * MINUTE);
    amina.dial().await;
    amina.go(&[Pick("orders"), Line("Baraka"), Yes]).await;
    world.clock.advance(MINUTE);
    insta::assert_snapshot!(amina.press("7361").await, @r"
    That payment is no longer waiting. To send it, choose Send money.
    Nothing has been done.
    ");
    assert_eq!(world.balance(AMINA).await, 500_000);
    assert!(!amina.dial().await.contains("Payments to approve"));
    // the PIN was right: it counts as no wrong try
    amina.go(&[Pick("send"), Type("0700000002"), Type("200"), Yes]).await;
    assert!(amina.press("739104").await.contains("Tries left: 4."));
}

/// Asks the wallet to approve an order by its number, as no menu would.
async fn approve(world: &World, number: &str, pin: &str, order: i64, key: &str) -> Answer {
    let caller = world.app.wallet.caller(Msisdn::from_e164(number).unwrap()).await.unwrap();
    let fields = Fields::from([("order".to_owned(), order.to_string())]);
    let secret = Some(Secret::from(pin.to_owned()));
    let ask = Request { mode: Mode::Execute, service: "approve".into(), fields, secret };
    let key = Key::new(world.clock.now(), "test", key.as_bytes());
    world.app.wallet.act(&caller, ask, Execution { key, side_effects: Vec::new() }).await.answer
}

/// The number of the order that waits for somebody.
async fn only_order(world: &World, number: &str) -> i64 {
    let caller = world.app.wallet.caller(Msisdn::from_e164(number).unwrap()).await.unwrap();
    let ask =
        Request { mode: Mode::List, service: "orders".into(), fields: Fields::new(), secret: None };
    let Answer::Items(items) = world.app.wallet.answer(&caller, ask).await else {
        panic!("a list")
    };
    let [item] = &items[..] else { panic!("one order: {items:?}") };
    item.id.parse().unwrap()
}

fn code(answer: &Answer) -> &'static str {
    match answer {
        Answer::Refused(refusal) => refusal.code(),
        Answer::Facts { .. } => "done",
        Answer::Items(_) => "a list",
        Answer::Late => "late",
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_elses_order_cannot_be_approved() {
    let world = World::new().await;
    world.phone(AMINA).write("SEND 200 0700000002").await;
    let order = only_order(&world, AMINA).await;
    assert_eq!(code(&approve(&world, BARAKA, "4826", order, "a").await), "order_gone");
    assert_eq!(code(&approve(&world, AMINA, "7361", order + 1, "b").await), "order_gone");
    assert_eq!((world.balance(AMINA).await, world.orders_waiting(AMINA).await), (500_000, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_paid_once_however_many_say_yes_at_once() {
    let world = World::new().await;
    world.phone(AMINA).write("SEND 200 0700000002").await;
    let order = only_order(&world, AMINA).await;
    let keys: Vec<String> = (0..4).map(|n| format!("key-{n}")).collect();
    let answers = all(keys.iter().map(|key| approve(&world, AMINA, "7361", order, key))).await;
    let mut codes: Vec<&str> = answers.iter().map(code).collect();
    codes.sort_unstable();
    assert_eq!(codes, ["done", "order_gone", "order_gone", "order_gone"]);
    assert_eq!(code(&approve(&world, AMINA, "7361", order, "later").await), "order_gone");
    assert_eq!(world.balance(AMINA).await, 479_300);
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_orders_each_is_answered_by_itself() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    amina.write("SEND 200 0700000002").await;
    amina.write("SEND 75.50 0700000003").await;
    amina.messages().await;
    amina.dial().await;
    amina.go(&[Pick("orders"), Line("Baraka"), Yes, Type("7361")]).await;
    amina.dial().await;
    amina.go(&[Pick("orders"), Line("Claire"), No]).await;
    amina.messages().await;
    insta::assert_snapshot!(amina.transcript());
    assert_eq!((world.balance(AMINA).await, world.orders_waiting(AMINA).await), (479_300, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn more_orders_than_may_wait_are_refused_in_words() {
    let world = World::new().await;
    let people = [(AMINA, "SEND 1"), (BARAKA, "TUMA 1"), (CLAIRE, "ENVOYER 1")];
    let mut told = Vec::new();
    for (number, text) in people {
        for n in 1..=9 {
            let id = format!("{number}-{n}");
            assert_eq!(
                world.text(number, &id, &format!("{text}{n} 0700000004")).await,
                200,
                "order {n}"
            );
        }
        assert_eq!(world.orders_waiting(number).await, 8);
        told.extend(world.inbox(number).await.pop());
    }
    insta::assert_snapshot!(told.join("\n"), @r"
    Too many payments wait for your PIN. Dial *384*1234# to answer them.
    Malipo mengi yanasubiri PIN yako. Piga *384*1234# uyaidhinishe au uyakatae.
    Trop de paiements attendent votre PIN. Composez le *384*1234# pour y répondre.
    ");
    // an answer makes room
    let amina = world.phone(AMINA);
    amina.dial().await;
    amina.go(&[Pick("orders"), Line("KES 18"), No]).await;
    amina.write("SEND 20 0700000004").await;
    assert_eq!(world.orders_waiting(AMINA).await, 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn money_that_is_gone_by_the_time_of_the_yes_is_not_sent() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    amina.write("SEND 4000 0700000002").await;
    amina.dial().await;
    amina.go(&[Pick("send"), Type("0700000003"), Type("3000"), Yes, Type("7361")]).await;
    amina.dial().await;
    amina.go(&[Pick("orders"), Line("Baraka")]).await;
    insta::assert_snapshot!(amina.transcript());
    assert_eq!(world.orders_waiting(AMINA).await, 1, "money may come in before it expires");
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_repeats_a_payment_of_minutes_ago_asks_first() {
    let world = World::new().await;
    let people = [(AMINA, "7361", "0700000002", "SEND"), (BARAKA, "4826", "0700000003", "TUMA")];
    let mut told = Vec::new();
    for (number, pin, to, mode) in people {
        let phone = world.phone(number);
        phone.write(&format!("{mode} 300 {to}")).await;
        phone.dial().await;
        phone.go(&[Pick("send"), Type(to), Type("300"), Yes, Type(pin)]).await;
        world.clock.advance(3 * MINUTE);
        phone.dial().await;
        phone.go(&[Pick("orders"), Line("KES 300"), Yes, Yes, Type(pin)]).await;
        told.push(phone.transcript());
    }
    insta::assert_snapshot!(told.join("\n== Baraka ==\n"));
    assert_eq!(world.balance(AMINA).await, 500_000 - 2 * 30_700);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_want_to_repeat_a_payment_declines_the_order() {
    let world = World::new().await;
    let claire = world.phone(CLAIRE);
    claire.write("ENVOYER 300 0700000002").await;
    claire.dial().await;
    claire.go(&[Pick("send"), Type("0700000002"), Type("300"), Yes, Type("9274")]).await;
    world.clock.advance(3 * MINUTE);
    claire.dial().await;
    claire.go(&[Pick("orders"), Line("Baraka"), No]).await;
    insta::assert_snapshot!(claire.transcript());
    assert_eq!(
        (world.balance(CLAIRE).await, world.orders_waiting(CLAIRE).await),
        (120_000 - 30_700, 0)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_minutes_later_an_order_is_no_repetition() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    amina.write("SEND 300 0700000002").await;
    amina.dial().await;
    amina.go(&[Pick("send"), Type("0700000002"), Type("300"), Yes, Type("7361")]).await;
    world.clock.advance(10 * MINUTE + Duration::from_secs(1));
    amina.dial().await;
    assert!(
        amina.go(&[Pick("orders"), Line("Baraka")]).await.starts_with("Pay KES 300 to Baraka O")
    );
}
