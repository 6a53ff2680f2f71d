//! Sending money over USSD: what people see, and what moves.
//!
//! Each story dials like a phone. What can go wrong is shown as the one exchange where it does; what moved is read from
//! the balances, and the book is checked.

use super::aids::*;
use super::world::*;
use kadogo::ask::{Answer, Ask, Fields, Verb};
use kadogo::book::Key;
use kadogo::phone::Msisdn;
use kadogo::wallet::{Turn, Wrong};

const BARAKA_TYPED: &str = "0700000002";

#[tokio::test(flavor = "multi_thread")]
async fn money_moves_once_and_both_sides_hear_of_it() {
    let world = World::new().await;
    let (amina, baraka) = (world.phone(AMINA), world.phone(BARAKA));
    amina.dial().await;
    amina.press_all(&["1", "0700 000 002", "200", "1", "7361"]).await;
    amina.messages().await;
    baraka.messages().await;
    insta::assert_snapshot!(format!("{}\n== Baraka ==\n{}", amina.transcript(), baraka.transcript()));
    assert_eq!((world.balance(AMINA).await, world.balance(BARAKA).await), (479_300, 270_000));
    world.check();
}

/// Amina types `way`; what the last answer brings, when nothing has moved and nobody was told anything.
async fn refused(way: &[&str]) -> String {
    refused_to(AMINA, way).await
}

async fn refused_to(number: &str, way: &[&str]) -> String {
    let world = World::new().await;
    let before = world.balance(number).await;
    let phone = world.phone(number);
    phone.dial().await;
    phone.press_all(way).await;
    assert_eq!(world.balance(number).await, before);
    assert!(phone.messages().await.is_empty());
    world.check();
    last(&phone)
}

#[tokio::test(flavor = "multi_thread")]
async fn to_yourself() {
    insta::assert_snapshot!(refused(&["1", "0700000001"]).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn to_nobody() {
    insta::assert_snapshot!(refused(&["1", "0712345678"]).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn to_a_number_with_letters() {
    insta::assert_snapshot!(refused(&["1", "O7OO000002"]).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn to_a_number_that_is_too_short() {
    insta::assert_snapshot!(refused(&["1", "070000000"]).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn to_a_number_of_another_country() {
    insta::assert_snapshot!(refused(&["1", "+256712345678"]).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn zero() {
    insta::assert_snapshot!(refused(&["1", BARAKA_TYPED, "0.00"]).await);
}

/// 0 is the way back on every screen, but whoever types it for an amount may have meant zero.
#[tokio::test(flavor = "multi_thread")]
async fn a_single_zero_goes_back_and_says_why() {
    insta::assert_snapshot!(refused(&["1", BARAKA_TYPED, "0"]).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn less_than_nothing() {
    insta::assert_snapshot!(refused(&["1", BARAKA_TYPED, "-200"]).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_amount_in_words() {
    insta::assert_snapshot!(refused(&["1", BARAKA_TYPED, "two hundred"]).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fraction_of_a_cent() {
    insta::assert_snapshot!(refused(&["1", BARAKA_TYPED, "0.105"]).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_amount_with_a_comma_where_others_write_a_dot() {
    insta::assert_snapshot!(refused(&["1", BARAKA_TYPED, "1.000,50"]).await);
    assert!(refused(&["1", BARAKA_TYPED, "1,5"]).await.contains("two ways"));
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_you_have() {
    insta::assert_snapshot!(refused(&["1", BARAKA_TYPED, "6000"]).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn all_you_have_when_the_fee_comes_on_top() {
    insta::assert_snapshot!(refused(&["1", BARAKA_TYPED, "5000"]).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn with_an_empty_wallet() {
    insta::assert_snapshot!(refused_to(ESTHER, &["1", BARAKA_TYPED, "1"]).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_the_tariff_moves_at_once() {
    insta::assert_snapshot!(refused(&["1", BARAKA_TYPED, "250,001"]).await);
    assert!(refused(&["1", BARAKA_TYPED, "99999999999999999999"]).await.contains("Enter less."));
}

#[tokio::test(flavor = "multi_thread")]
async fn all_you_have_goes_when_the_fee_fits() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    amina.dial().await;
    amina.press_all(&["1", BARAKA_TYPED, "4943", "1", "7361"]).await;
    assert_eq!((world.balance(AMINA).await, world.balance(BARAKA).await), (0, 744_300));
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_no_is_a_no() {
    insta::assert_snapshot!(refused(&["1", BARAKA_TYPED, "200", "2"]).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn anything_but_one_is_not_a_yes() {
    for answer in ["yes", "3", "", "11", "01", "7361", "1 1"] {
        let screen = refused(&["1", BARAKA_TYPED, "200", answer]).await;
        assert!(screen.contains("Please answer with one of the numbers shown."), "{answer:?}: {screen}");
        assert!(screen.contains("Send KES 200 to Baraka O"), "{answer:?}: {screen}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_pin_nothing_moves() {
    for way in [&["7362"][..], &["1"], &[""], &["73610"], &["7361x"], &["0"], &["00"], &["1", "1", "1"]] {
        let world = World::new().await;
        let amina = world.phone(AMINA);
        amina.dial().await;
        amina.press_all(&["1", BARAKA_TYPED, "200", "1"]).await;
        amina.press_all(way).await;
        assert_eq!((world.balance(AMINA).await, world.balance(BARAKA).await), (500_000, 250_000), "{way:?}");
        assert!(world.inbox(BARAKA).await.is_empty(), "{way:?}");
        world.check();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_mistake_one_goes_on_where_one_was() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    amina.dial().await;
    amina.press_all(&["1", "0700000001", BARAKA_TYPED, "9000", "1,5", "200", "1", "1111", "7361"]).await;
    insta::assert_snapshot!(amina.transcript());
    assert_eq!(world.balance(BARAKA).await, 270_000);
}

async fn pay(phone: &Phone<'_>, amount: &str) -> String {
    phone.dial().await;
    phone.press_all(&["1", BARAKA_TYPED, amount]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_payment_within_ten_minutes_is_asked_about_first() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    pay(&amina, "200").await;
    amina.press_all(&["1", "7361"]).await;
    minutes(&world, 9);
    let again = world.phone(AMINA);
    pay(&again, "200").await;
    again.press("1").await;
    again.press("1").await;
    again.press("7361").await;
    insta::assert_snapshot!(again.transcript());
    assert_eq!((world.balance(AMINA).await, world.balance(BARAKA).await), (458_600, 290_000));
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_did_not_mean_it_twice_says_no() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    pay(&amina, "200").await;
    amina.press_all(&["1", "7361"]).await;
    pay(&amina, "200").await;
    let screen = amina.press("2").await;
    assert_eq!(screen, "Cancelled. No money has moved.");
    assert_eq!(world.balance(BARAKA).await, 270_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_eleven_minutes_or_with_another_amount_or_person_nobody_asks() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    pay(&amina, "200").await;
    amina.press_all(&["1", "7361"]).await;
    assert!(pay(&amina, "201").await.starts_with("Send KES 201 to Baraka O"));
    amina.press("00").await;
    assert!(amina.press_all(&["1", "0700000003", "200"]).await.starts_with("Send KES 200 to Claire M"));
    amina.press("00").await;
    assert!(amina.press_all(&["1", BARAKA_TYPED, "200"]).await.starts_with("You sent KES 200 to Baraka O 1 min ago."));
    amina.press("2").await;
    minutes(&world, 11);
    assert!(pay(&amina, "200").await.starts_with("Send KES 200 to Baraka O"));
}

#[tokio::test(flavor = "multi_thread")]
async fn money_that_came_is_not_taken_for_money_that_went() {
    let world = World::new().await;
    let (amina, baraka) = (world.phone(AMINA), world.phone(BARAKA));
    baraka.dial().await;
    baraka.press_all(&["1", "0700000001", "200", "1", "4826"]).await;
    assert!(pay(&amina, "200").await.starts_with("Send KES 200 to Baraka O"));
}

#[tokio::test(flavor = "multi_thread")]
async fn from_a_frozen_account_nothing_goes() {
    let world = World::new().await;
    set_account_state(&world, AMINA, "frozen").await;
    let amina = world.phone(AMINA);
    amina.dial().await;
    amina.press_all(&["1", BARAKA_TYPED]).await;
    insta::assert_snapshot!(last(&amina));
}

#[tokio::test(flavor = "multi_thread")]
async fn to_a_frozen_account_nothing_goes() {
    let world = World::new().await;
    set_account_state(&world, BARAKA, "frozen").await;
    let amina = world.phone(AMINA);
    amina.dial().await;
    amina.press_all(&["1", BARAKA_TYPED]).await;
    insta::assert_snapshot!(last(&amina));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_frozen_while_the_pin_is_typed_moves_nothing() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    pay(&amina, "200").await;
    amina.press("1").await;
    set_account_state(&world, AMINA, "frozen").await;
    amina.press("7361").await;
    insta::assert_snapshot!(last(&amina));
    assert_eq!((world.balance(AMINA).await, world.balance(BARAKA).await), (500_000, 250_000));
    world.check();
}

/// Two payments at the wallet's own door, with money for one of them: the book decides, and says it with figures.
#[tokio::test(flavor = "multi_thread")]
async fn of_two_payments_at_the_same_moment_the_one_that_is_not_covered_is_refused() {
    let world = World::new().await;
    let wallet = &world.app.wallet;
    let caller = wallet.caller(Msisdn::from_e164(DAUDI).unwrap()).await.unwrap();
    let pay = async |number: u8| {
        let fields = Fields::from([("to".into(), BARAKA.into()), ("amount".into(), "40000".into())]);
        let ask = Ask { verb: Verb::Do, service: "send".into(), fields, secret: Some("8053".to_owned().into()) };
        let key = Key::new(world.clock.now(), "test", &[number]);
        wallet.act(&caller, ask, Turn { key, along: Vec::new(), wrong: Wrong::Charge(Vec::new()) }).await.answer
    };
    let (one, two) = tokio::join!(pay(1), pay(2));
    let lost = if matches!(one, Answer::Facts { .. }) { two } else { one };
    let Answer::Refused(refusal) = lost else { panic!("both were paid") };
    assert_eq!(refusal.code(), "not_enough");
    assert_eq!(refusal.slots.get("total").map(String::as_str), Some("KES 407"));
    assert!(refusal.slots.contains_key("balance"), "{refusal:?}");
    assert_eq!(world.balance(DAUDI).await, 4_350);
    world.check();
}
