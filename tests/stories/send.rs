//! Sending money over USSD: what people see, and what moves.
//!
//! Each story dials like a phone. What can go wrong is shown as the one exchange where it does;
//! what moved is read from the balances, and the book is checked.

use super::aids::*;
use super::world::*;
use kadogo::book::Key;
use kadogo::phone::Msisdn;
use kadogo::request::{Answer, Fields, Mode, Request};
use kadogo::store::book_rows::AccountState;
use kadogo::wallet::Execution;

const BARAKA_TYPED: &str = "0700000002";
const TO_BARAKA: [Step<'_>; 2] = [Pick("send"), Type(BARAKA_TYPED)];

#[tokio::test(flavor = "multi_thread")]
async fn money_moves_once_and_both_sides_hear_of_it() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    let baraka = world.phone(BARAKA);
    amina.dial().await;
    amina.go(&[Pick("send"), Type("0700 000 002"), Type("200"), Yes, Type("7361")]).await;
    amina.messages().await;
    baraka.messages().await;
    insta::assert_snapshot!(format!(
        "{}\n== Baraka ==\n{}",
        amina.transcript(),
        baraka.transcript()
    ));
    assert_eq!((world.balance(AMINA).await, world.balance(BARAKA).await), (479_300, 270_000));
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn all_you_have_goes_when_the_fee_fits() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    amina.dial().await;
    amina.go(&[Pick("send"), Type(BARAKA_TYPED), Type("4943"), Yes, Type("7361")]).await;
    assert_eq!((world.balance(AMINA).await, world.balance(BARAKA).await), (0, 744_300));
    world.check();
}

/// All in one world: whatever is typed, nothing moves and nobody is told anything.
#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_sent_is_refused_in_words() {
    let world = World::new().await;
    let to: [(&str, &[Step<'_>]); 5] = [
        ("to yourself", &[Type("0700000001")]),
        ("to nobody", &[Type("0712345678")]),
        ("to a number with letters", &[Type("O7OO000002")]),
        ("to a number that is too short", &[Type("070000000")]),
        ("to a number of another country", &[Type("+256712345678")]),
    ];
    let mut seen = refusals(&world, AMINA, &[Pick("send")], &to).await;
    // 0 is the way back on every screen, but whoever types it for an amount may have meant zero
    let amounts: [(&str, &[Step<'_>]); 10] = [
        ("zero", &[Type("0.00")]),
        ("a single zero goes back and says why", &[Back]),
        ("less than nothing", &[Type("-200")]),
        ("an amount in words", &[Type("two hundred")]),
        ("a fraction of a cent", &[Type("0.105")]),
        ("an amount with a comma where others write a dot", &[Type("1.000,50")]),
        ("more than you have", &[Type("6000")]),
        ("all you have when the fee comes on top", &[Type("5000")]),
        ("more than the tariff moves at once", &[Type("250,001")]),
        ("a no is a no", &[Type("200"), No]),
    ];
    seen.extend(refusals(&world, AMINA, &TO_BARAKA, &amounts).await);
    seen.extend(
        refusals(&world, ESTHER, &TO_BARAKA, &[("with an empty wallet", &[Type("1")])]).await,
    );
    insta::assert_snapshot!(titled(seen));
    let more: [(&str, &[Step<'_>]); 2] =
        [("two ways", &[Type("1,5")]), ("Enter less.", &[Type("99999999999999999999")])];
    for (words, screen) in refusals(&world, AMINA, &TO_BARAKA, &more).await {
        assert!(screen.contains(words), "{screen}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn anything_but_one_is_not_a_yes() {
    let world = World::new().await;
    for answer in ["yes", "3", "", "11", "01", "7361", "1 1"] {
        let way = [Type("200"), Type(answer)];
        let screen = refusals(&world, AMINA, &TO_BARAKA, &[(answer, &way)]).await.remove(0).1;
        assert!(screen.contains("Not a choice here."), "{answer:?}: {screen}");
        assert!(screen.contains("Send KES 200 to Baraka O"), "{answer:?}: {screen}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_pin_nothing_moves() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    for way in
        [&["7362"][..], &["1"], &[""], &["73610"], &["7361x"], &["0"], &["00"], &["1", "1", "1"]]
    {
        dial_afresh(&amina).await;
        amina.go(&TO_BARAKA).await;
        amina.go(&[Type("200"), Yes]).await;
        amina.press_all(way).await;
        assert_eq!(
            (world.balance(AMINA).await, world.balance(BARAKA).await),
            (500_000, 250_000),
            "{way:?}"
        );
        assert!(world.inbox(BARAKA).await.is_empty(), "{way:?}");
    }
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_mistake_one_goes_on_where_one_was() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    amina.dial().await;
    amina.go(&[Pick("send"), Type("0700000001"), Type(BARAKA_TYPED), Type("9000")]).await;
    amina.go(&[Type("1,5"), Type("200"), Yes, Type("1111"), Type("7361")]).await;
    insta::assert_snapshot!(amina.transcript());
    assert_eq!(world.balance(BARAKA).await, 270_000);
}

async fn pay(phone: &Phone<'_>, amount: &str) -> String {
    phone.dial().await;
    phone.go(&[Pick("send"), Type(BARAKA_TYPED), Type(amount)]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_payment_within_ten_minutes_is_asked_about_first() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    pay(&amina, "200").await;
    amina.go(&[Yes, Type("7361")]).await;
    minutes(&world, 9);
    let again = world.phone(AMINA);
    pay(&again, "200").await;
    again.yes().await;
    again.yes().await;
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
    amina.go(&[Yes, Type("7361")]).await;
    pay(&amina, "200").await;
    let screen = amina.no().await;
    assert_eq!(screen, "Cancelled. No money has moved.");
    assert_eq!(world.balance(BARAKA).await, 270_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_eleven_minutes_or_with_another_amount_or_person_nobody_asks() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    pay(&amina, "200").await;
    amina.go(&[Yes, Type("7361")]).await;
    assert!(pay(&amina, "201").await.starts_with("Send KES 201 to Baraka O"));
    amina.home().await;
    assert!(
        amina
            .go(&[Pick("send"), Type("0700000003"), Type("200")])
            .await
            .starts_with("Send KES 200 to Claire M")
    );
    amina.home().await;
    assert!(
        amina
            .go(&[Pick("send"), Type(BARAKA_TYPED), Type("200")])
            .await
            .starts_with("You sent KES 200 to Baraka O 1 min ago.")
    );
    amina.no().await;
    minutes(&world, 11);
    assert!(pay(&amina, "200").await.starts_with("Send KES 200 to Baraka O"));
}

#[tokio::test(flavor = "multi_thread")]
async fn money_that_came_is_not_taken_for_money_that_went() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    let baraka = world.phone(BARAKA);
    baraka.dial().await;
    baraka.go(&[Pick("send"), Type("0700000001"), Type("200"), Yes, Type("4826")]).await;
    assert!(pay(&amina, "200").await.starts_with("Send KES 200 to Baraka O"));
}

#[tokio::test(flavor = "multi_thread")]
async fn from_or_to_a_frozen_account_nothing_goes() {
    let world = World::new().await;
    let mut seen = Vec::new();
    for (name, number) in [("from a frozen account", AMINA), ("to a frozen account", BARAKA)] {
        restrict(&world, number, AccountState::Frozen).await;
        seen.extend(
            refusals(&world, AMINA, &[Pick("send")], &[(name, &[Type(BARAKA_TYPED)])]).await,
        );
        restrict(&world, number, AccountState::Open).await;
    }
    insta::assert_snapshot!(titled(seen));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_frozen_while_the_pin_is_typed_moves_nothing() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    pay(&amina, "200").await;
    amina.yes().await;
    restrict(&world, AMINA, AccountState::Frozen).await;
    amina.press("7361").await;
    insta::assert_snapshot!(last(&amina));
    assert_eq!((world.balance(AMINA).await, world.balance(BARAKA).await), (500_000, 250_000));
    world.check();
}

/// Two payments at the wallet's own door, with money for one of them: the book decides, and says it
/// with figures.
#[tokio::test(flavor = "multi_thread")]
async fn of_two_payments_at_the_same_moment_the_one_that_is_not_covered_is_refused() {
    let world = World::new().await;
    let wallet = &world.app.wallet;
    let caller = wallet.caller(Msisdn::from_e164(DAUDI).unwrap()).await.unwrap();
    let pay = async |number: u8| {
        let fields =
            Fields::from([("to".into(), BARAKA.into()), ("amount".into(), "40000".into())]);
        let ask = Request {
            mode: Mode::Execute,
            service: "send".into(),
            fields,
            secret: Some("8053".to_owned().into()),
        };
        let key = Key::new(world.clock.now(), "test", &[number]);
        wallet.act(&caller, ask, Execution { key, side_effects: Vec::new() }).await.answer
    };
    let (one, two) = tokio::join!(pay(1), pay(2));
    let lost = if matches!(one, Answer::Facts { .. }) { two } else { one };
    let Answer::Refused(refusal) = lost else { panic!("both were paid") };
    assert_eq!(refusal.code(), "not_enough");
    assert_eq!(refusal.slots.get("total").map(ToString::to_string).as_deref(), Some("KES 407"));
    assert!(refusal.slots.contains_key("balance"), "{refusal:?}");
    assert_eq!(world.balance(DAUDI).await, 4_350);
    world.check();
}
