//! Money for numbers without a wallet. Goal: it waits, and comes to whoever joins with that number,
//! or is handed out once for the sender's secret, or goes back whole; the secret is nowhere but on
//! the sender's screen. Method: whole conversations, an agent's outlet, wrong secrets, everybody at
//! the same moment, and the database searched byte by byte.

use super::aids::*;
use super::engine::lines;
use super::market::{MARIAM, NJERI, float};
use super::world::*;
use kadogo::book::COMMISSIONS;
use kadogo::limits::{Cap, Caps, Limits};
use kadogo::money::{Currency, Money};
use kadogo::store::book_rows;
use kadogo::store::book_rows::AccountState;
use kadogo::tariff::{PriceCase, Tariff};
use kadogo::wallet::vouchers::voucher::LOOK_EVERY;
use std::time::Duration;

pub const TO: &str = "0711222333";
pub const DAY: Duration = Duration::from_secs(24 * 3_600);
/// What sending 300 costs with its fee, in cents.
pub const COST: i64 = 33_600;

pub async fn market() -> World {
    World::with(Twist { unjoined: true, ..Twist::default() }).await
}

/// The seven digits that a screen shows.
pub fn secret_on(screen: &str) -> String {
    let mut words = screen.split(|sign: char| !sign.is_ascii_digit());
    words
        .find(|word| word.len() == 7)
        .unwrap_or_else(|| panic!("no secret on\n{screen}"))
        .to_owned()
}

/// Somebody sends to a number without a wallet; the secret.
pub async fn sends_to(phone: &Phone<'_>, to: &str, amount: &str, pin: &str) -> String {
    dial_afresh(phone).await;
    secret_on(&phone.go(&[Pick("send"), Type(to), Yes, Type(amount), Yes, Type(pin)]).await)
}

pub async fn sends(phone: &Phone<'_>, amount: &str, pin: &str) -> String {
    sends_to(phone, TO, amount, pin).await
}

/// At Mariam's outlet, in French.
pub async fn hands_out(mariam: &Phone<'_>, amount: &str, secret: &str) -> String {
    dial_afresh(mariam).await;
    mariam
        .go(&[Pick("agent"), Pick("code"), Type(TO), Type(amount), Type(secret), Yes, Type("6734")])
        .await
}

pub async fn joins(world: &World) {
    let neema = world.phone(STRANGER);
    neema.dial().await;
    neema.go(&[Pick("en"), Type("Neema Achieng"), Type("739105"), Type("739105")]).await;
}

pub fn wrong(secret: &str) -> String {
    let digits = if secret.ends_with("111111") { "222222" } else { "111111" };
    format!("{}{digits}", &secret[..1])
}

pub async fn commissions(world: &World) -> i64 {
    let read = world.app.wallet.store.read(|conn| book_rows::account(conn, COMMISSIONS));
    -read.await.unwrap().unwrap().balance_minor
}

/// Where all vouchers are, the oldest first.
pub async fn states(world: &World) -> Vec<String> {
    let states = "SELECT state AS text FROM arrangements WHERE kind = 'voucher' ORDER BY id";
    let store = &world.app.wallet.store;
    store.read(move |conn| Ok::<_, kadogo::store::StoreError>(lines(conn, states))).await.unwrap()
}

/// Does what is due; how many vouchers come to this state by it.
async fn wakes(world: &World, state: &str) -> usize {
    let there = |states: Vec<String>| states.iter().filter(|there| *there == state).count();
    let before = there(states(world).await);
    world.app.wallet.wake_all().await.unwrap();
    there(states(world).await) - before
}

/// Sent, and the stranger joins.
async fn sent_and_joined(sender: &str, pin: &str) -> String {
    let world = market().await;
    let number = sender;
    let sender = world.phone(sender);
    let neema = world.phone(STRANGER);
    let before = world.balance(number).await;
    let secret = sends(&sender, "300", pin).await;
    sender.messages().await;
    neema.messages().await;
    neema.dial().await;
    neema.go(&[Pick("en"), Type("Neema Achieng"), Type("739105"), Type("739105")]).await;
    assert_eq!(wakes(&world, "arrived").await, 1);
    assert_eq!(wakes(&world, "arrived").await, 0, "it comes once");
    assert_eq!(
        (world.balance(STRANGER).await, world.balance(number).await),
        (30_000, before - COST)
    );
    sender.messages().await;
    neema.messages().await;
    world.check();
    format!("{}\n== who joins ==\n{}", sender.transcript(), neema.transcript())
        .replace(&secret, "#######")
}

#[tokio::test(flavor = "multi_thread")]
async fn it_comes_by_itself_to_who_joins_in_three_languages() {
    for (language, seen) in in_three_languages(sent_and_joined).await {
        insta::assert_snapshot!(format!("it_comes_by_itself_to_who_joins_in_{language}"), seen);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_hands_it_out_once_and_the_secret_is_in_no_message_and_nowhere_stored() {
    let world = market().await;
    let amina = world.phone(AMINA);
    let mariam = world.phone(MARIAM);
    let neema = world.phone(STRANGER);
    let secret = sends(&amina, "300", "7361").await;
    neema.messages().await;
    let stored = world.stored_bytes();
    assert!(!holds(&stored, &secret) && !holds(&stored, &secret[1..]));
    hands_out(&mariam, "300", &secret).await;
    assert!(hands_out(&mariam, "300", &secret).await.contains("Ce code n'existe pas"));
    for phone in [&amina, &mariam, &neema] {
        phone.messages().await;
    }
    // 8 is what an agent earns with 300 in cash
    assert_eq!(
        (world.balance(AMINA).await, float(&world, MARIAM).await),
        (500_000 - COST, 830_000)
    );
    assert_eq!(commissions(&world).await, 800);
    let told = [world.inbox(AMINA).await, world.inbox(STRANGER).await, world.inbox(MARIAM).await]
        .concat()
        .concat();
    assert!(!told.contains(&secret[1..]), "{told}");
    dial_afresh(&amina).await;
    amina.go(&[Pick("account"), Pick("statement")]).await;
    let seen =
        [("", &amina), ("\n== at the till ==\n", &mariam), ("\n== the receiver ==\n", &neema)];
    let seen: String =
        seen.iter().map(|(title, phone)| format!("{title}{}", phone.transcript())).collect();
    insta::assert_snapshot!(seen.replace(&secret, "#######"));
    // who joins later gets nothing twice
    joins(&world).await;
    assert_eq!(wakes(&world, "arrived").await, 0);
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_secret_or_amount_costs_a_try_and_the_sixth_is_not_looked_at() {
    let world = market().await;
    let amina = world.phone(AMINA);
    let mariam = world.phone(MARIAM);
    let secret = sends(&amina, "300", "7361").await;
    let wrong = wrong(&secret);
    for (amount, typed, left) in
        [("300", &wrong, 4), ("400", &secret, 3), ("300", &wrong, 2), ("300", &wrong, 1)]
    {
        let screen = hands_out(&mariam, amount, typed).await;
        assert!(screen.contains(&format!("Code incorrect. Essais restants : {left}.")), "{screen}");
    }
    hands_out(&mariam, "300", &wrong).await;
    let screen = hands_out(&mariam, "300", &secret).await;
    assert!(screen.contains("Ce code n'existe pas"), "{screen}");
    let told = world.inbox(AMINA).await.pop().unwrap();
    let said = "The secret of KES 300 for 0711222333 was tried too often, last at Duka la Soko ";
    assert!(told.starts_with(said), "{told}");
    assert_eq!((world.balance(AMINA).await, float(&world, MARIAM).await), (500_000, 800_000));
    // who joins still gets it
    joins(&world).await;
    assert_eq!(wakes(&world, "arrived").await, 1);
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_takes_goes_back_with_its_fee_after_a_week_and_both_hear() {
    let world = market().await;
    let claire = world.phone(CLAIRE);
    let mariam = world.phone(MARIAM);
    let secret = sends(&claire, "300", "9274").await;
    world.clock.advance(7 * DAY - Duration::from_secs(1));
    assert_eq!(wakes(&world, "returned").await, 0);
    world.clock.advance(Duration::from_secs(1));
    // too late for the outlet and for who joins, before anybody has come round to ending it
    assert!(hands_out(&mariam, "300", &secret).await.contains("Ce code n'existe pas"));
    joins(&world).await;
    assert_eq!(wakes(&world, "returned").await, 1);
    assert_eq!(wakes(&world, "returned").await, 0, "it goes back once");
    assert_eq!((states(&world).await, world.balance(STRANGER).await), (vec!["returned".into()], 0));
    let told =
        [world.inbox(CLAIRE).await.pop().unwrap(), world.inbox(STRANGER).await.pop().unwrap()];
    insta::assert_snapshot!(told.join("\n"), @r"
    RS25C64BMR Personne n'a retiré KES 300 envoyés à 0711222333. Ils sont à vous, les frais aussi.
    KES 300 from Claire M 0700***003 is no longer waiting for you.
    ");
    // all of it can be spent again
    dial_afresh(&claire).await;
    assert!(
        claire
            .go(&[Pick("send"), Type("0700000001"), Type("1177"), Yes, Type("9274")])
            .await
            .contains("Confirmé")
    );
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sender_reads_the_secret_again_behind_the_pin_and_takes_it_back_before_it_is_taken() {
    let world = market().await;
    let amina = world.phone(AMINA);
    let baraka = world.phone(BARAKA);
    let mariam = world.phone(MARIAM);
    let secret = sends(&amina, "300", "7361").await;
    // nobody else sees it
    dial_afresh(&baraka).await;
    assert!(
        baraka.go(&[Pick("people"), Pick("parcels")]).await.contains("Hakuna pesa zako"),
        "{}",
        baraka.transcript()
    );
    dial_afresh(&amina).await;
    amina
        .go(&[Pick("people"), Pick("parcels"), Line("KES 300"), Pick("secret"), Type("739104")])
        .await;
    assert_eq!(secret_on(&amina.press("7361").await), secret);
    dial_afresh(&amina).await;
    amina.go(&[Pick("people"), Pick("parcels"), Line("KES 300"), Pick("cancel"), Yes]).await;
    amina.messages().await;
    assert!(hands_out(&mariam, "300", &secret).await.contains("Ce code n'existe pas"));
    let second = sends(&amina, "200", "7361").await;
    dial_afresh(&amina).await;
    amina.go(&[Pick("people"), Pick("parcels"), Line("KES 200"), Pick("cancel")]).await;
    assert!(
        hands_out(&mariam, "200", &second).await.contains("Confirmé"),
        "{}",
        mariam.transcript()
    );
    let late = amina.yes().await;
    assert!(late.starts_with("That is no longer waiting."), "{late}");
    insta::assert_snapshot!(
        amina.transcript().replace(&secret, "#######").replace(&second, "#######")
    );
    assert_eq!(
        (world.balance(AMINA).await, float(&world, MARIAM).await),
        (500_000 - 23_600, 820_000)
    );
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_fit_into_the_limits_of_who_joins_waits_and_they_hear_it_once() {
    let world = market().await;
    let amina = world.phone(AMINA);
    let baraka = world.phone(BARAKA);
    let neema = world.phone(STRANGER);
    let large = sends(&amina, "300", "7361").await;
    sends(&baraka, "200", "4826").await;
    let caps = Caps { balance_minor: Some(25_000), ..Caps::default() };
    world.app.change_policy(|policy| policy.limits = Limits::alike(Caps::default(), caps));
    joins(&world).await;
    neema.messages().await;
    assert_eq!(wakes(&world, "arrived").await, 1, "what fits comes");
    assert_eq!(wakes(&world, "arrived").await, 0);
    assert_eq!(world.balance(STRANGER).await, 20_000);
    insta::assert_snapshot!(neema.messages().await.join("\n"), @r"
    KES 300 from Amina W 0700***001 does not fit into your account now. It comes once it does, or goes back on 30/11/26.
    B583KRM15Y Confirmed. KES 200 received from Baraka O 0700***002 on 23/11/26 at 14:05. New balance KES 200.
    ");
    // an agent may hand it out to who has a wallet, too
    let mariam = world.phone(MARIAM);
    assert!(
        hands_out(&mariam, "300", &large).await.contains("Remettez KES 300 à Neema A"),
        "{}",
        mariam.transcript()
    );
    assert_eq!(
        (world.balance(AMINA).await, world.balance(BARAKA).await),
        (500_000 - COST, 250_000 - 23_600)
    );
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn once_there_is_room_it_comes_and_until_then_they_hear_again_some_days_later() {
    let world = market().await;
    sends(&world.phone(AMINA), "300", "7361").await;
    let caps = Caps { balance_minor: Some(25_000), ..Caps::default() };
    world.app.change_policy(|policy| policy.limits = Limits::alike(Caps::default(), caps));
    joins(&world).await;
    for (days, told) in [(0, 1), (2, 1), (1, 2)] {
        world.clock.advance(days * DAY);
        assert_eq!(wakes(&world, "arrived").await, 0);
        let texts = world.inbox(STRANGER).await;
        assert_eq!(texts.iter().filter(|text| text.contains("does not fit")).count(), told);
    }
    world
        .app
        .change_policy(|policy| policy.limits = Limits::alike(Caps::default(), Caps::default()));
    assert_eq!(wakes(&world, "arrived").await, 0, "nobody knows of the room yet");
    world.clock.advance(LOOK_EVERY);
    assert_eq!((wakes(&world, "arrived").await, world.balance(STRANGER).await), (1, 30_000));
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn it_counts_as_sending_and_no_more_once_it_goes_back() {
    let world = market().await;
    let day = Cap { value_minor: Some(50_000), count: Some(2) };
    let week = Cap { value_minor: Some(70_000), count: None };
    world.app.change_policy(|policy| {
        policy.limits = Limits::alike(Caps { day, week, ..Caps::default() }, Caps::default())
    });
    let amina = world.phone(AMINA);
    sends(&amina, "300", "7361").await;
    dial_afresh(&amina).await;
    let screen = amina.go(&[Pick("send"), Type(TO), Yes, Type("201")]).await;
    assert!(screen.contains("can still send KES 200 today"), "{screen}");
    dial_afresh(&amina).await;
    amina.go(&[Pick("people"), Pick("parcels"), Line("KES 300"), Pick("cancel"), Yes]).await;
    // both the sum and the count are free again
    sends(&amina, "400", "7361").await;
    world.clock.advance(DAY);
    // of the week 300 are left; what went back another day is free in its week
    dial_afresh(&amina).await;
    assert!(
        amina
            .go(&[Pick("send"), Type("0700000002"), Type("301")])
            .await
            .contains("can still send KES 300 this week")
    );
    dial_afresh(&amina).await;
    amina.go(&[Pick("people"), Pick("parcels"), Line("KES 400"), Pick("cancel"), Yes]).await;
    dial_afresh(&amina).await;
    assert!(
        amina
            .go(&[Pick("send"), Type("0700000002"), Type("500"), Yes, Type("7361")])
            .await
            .contains("Confirmed")
    );
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_sender_sends_nothing_and_what_waits_stays_until_it_goes_back() {
    let world = market().await;
    let amina = world.phone(AMINA);
    let mariam = world.phone(MARIAM);
    let secret = sends(&amina, "300", "7361").await;
    restrict(&world, AMINA, AccountState::Frozen).await;
    dial_afresh(&amina).await;
    let screen = amina.go(&[Pick("send"), Type(TO)]).await;
    assert!(screen.contains("not active"), "{screen}");
    assert!(
        hands_out(&mariam, "300", &secret).await.contains("Ce code n'existe pas"),
        "{}",
        mariam.transcript()
    );
    joins(&world).await;
    assert_eq!(wakes(&world, "arrived").await, 0);
    assert_eq!((world.balance(AMINA).await, world.balance(STRANGER).await), (500_000, 0));
    world.clock.advance(7 * DAY);
    assert_eq!(wakes(&world, "returned").await, 1);
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn where_it_is_switched_off_a_number_without_a_wallet_is_refused_and_what_waits_is_handed_out()
 {
    let world = market().await;
    let secret = sends(&world.phone(AMINA), "300", "7361").await;
    let world = world.restart().await;
    let amina = world.phone(AMINA);
    let mariam = world.phone(MARIAM);
    amina.dial().await;
    assert!(
        amina.go(&[Pick("send"), Type(TO)]).await.starts_with("0711222333 has no Kadogo account.")
    );
    assert!(
        hands_out(&mariam, "300", &secret).await.contains("Confirmé"),
        "{}",
        mariam.transcript()
    );
    mariam.dial().await;
    assert!(
        mariam.go(&[Pick("agent"), Pick("code"), Type(TO)]).await.starts_with("0711222333 n'a pas"),
        "{}",
        mariam.transcript()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_it_is_open_for_ever() {
    let world = market().await;
    let secret = sends(&world.phone(AMINA), "300", "7361").await;
    hands_out(&world.phone(MARIAM), "300", &secret).await;
    sends(&world.phone(AMINA), "300", "7361").await;
    world.clock.advance(7 * DAY);
    world.app.wallet.wake_all().await.unwrap();
    assert_eq!(states(&world).await, ["handed_out", "returned"]);
}

/// What comes with Kadogo: a voucher is no cheap way to cash, and the agent never earns more than
/// it costs.
#[test]
fn a_voucher_costs_what_sending_and_cash_cost_and_more_than_its_commission() {
    let text = include_str!("../../menus/markets/ke/tariff.toml").to_owned();
    let tariff =
        Tariff::parse(&kadogo::source::Source::new("tariff.toml", text), &kadogo::wallet::priced())
            .unwrap();
    let date = jiff::civil::date(2026, 11, 23);
    let fee = |service, amount| {
        let case = PriceCase { service, amount, tier: None, channel: None, date, month_minor: 0 };
        tariff.quote(&case).unwrap().payer_minor
    };
    for shillings in (50..=250_000)
        .step_by(25)
        .chain([101, 501, 1_001, 1_501, 2_501, 3_501, 5_001, 7_501, 20_001])
    {
        let amount = Money::new(shillings * 100, Currency::parse("KES").unwrap());
        let cost = fee("send_unjoined", amount);
        assert!(cost >= fee("send", amount) + fee("cash_out", amount), "{shillings}");
        assert!(
            cost >= tariff.commission("cash_out", amount, date).unwrap().whole_minor(),
            "{shillings}"
        );
    }
}

/// An agent could otherwise push what a stranger was sent into a wallet that nobody owns.
#[tokio::test(flavor = "multi_thread")]
async fn what_waits_does_not_come_to_a_wallet_that_an_agent_opened_before_its_owner_takes_it() {
    let world = market().await;
    let amina = world.phone(AMINA);
    let njeri = world.phone(NJERI);
    let neema = world.phone(STRANGER);
    let secret = sends(&amina, "300", "7361").await;
    njeri.dial().await;
    njeri
        .go(&[
            Pick("agent"),
            Pick("register"),
            Type(TO),
            Type("Neema Achieng"),
            Type("23456789"),
            Yes,
            Type("8417"),
        ])
        .await;
    assert_eq!(wakes(&world, "arrived").await, 0);
    // the secret opens it still, also as people read it out
    let read_out = format!("{} {}-{}", &secret[..1], &secret[1..4], &secret[4..]);
    assert!(hands_out(&world.phone(MARIAM), "200", &read_out).await.contains("Code incorrect"));
    dial_afresh(&amina).await;
    amina.go(&[Pick("people"), Pick("parcels"), Line("KES 300"), Pick("secret")]).await;
    assert_eq!(secret_on(&amina.press("7361").await), secret);
    dial_afresh(&neema).await;
    neema.go(&[Pick("sw"), Yes, Type("7391"), Type("7391")]).await;
    assert_eq!(wakes(&world, "arrived").await, 1, "{}", neema.transcript());
    assert_eq!(world.balance(STRANGER).await, 30_000);
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_was_tried_too_often_is_not_told_again_as_if_it_opened_anything() {
    let world = market().await;
    let amina = world.phone(AMINA);
    let mariam = world.phone(MARIAM);
    let secret = sends(&amina, "300", "7361").await;
    for _ in 0..5 {
        hands_out(&mariam, "300", &wrong(&secret)).await;
    }
    dial_afresh(&amina).await;
    let screen = amina
        .go(&[Pick("people"), Pick("parcels"), Line("KES 300"), Pick("secret"), Type("7361")])
        .await;
    assert!(screen.contains("take the money back and send it again"), "{screen}");
}

/// A tariff from before this service would give cash away: there it is not offered. One that prices
/// it below cash is refused.
#[tokio::test(flavor = "multi_thread")]
async fn where_cash_has_a_price_this_has_one_too_and_not_a_lower_one() {
    let read = |text: &str| {
        kadogo::menu_folder::tariff(
            &kadogo::source::Source::new("tariff.toml", text.to_owned()),
            super::countries::kenya().currency,
        )
    };
    let cash = "currency = 'KES'\n[cash_out]\nminimum = 50\n\
                bands = [{ from = 50, to = 5_000, fee = 29 }]\n";
    let cheap = "[send_unjoined]\nminimum = 50\nbands = [{ from = 50, to = 5_000, fee = 28 }]\n";
    let refused = read(&format!("{cash}{cheap}")).unwrap_err();
    let refused: Vec<String> = refused.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(refused.join("\n"), @"tariff.toml:5: send_unjoined: KES 50 cost KES 28, but KES 29 as cash_out, which it can stand for");
    assert!(read(&format!("{cash}{}", cheap.replace("28", "29"))).is_ok());
    let world = market().await;
    world.app.change_policy(|policy| policy.tariff = read(cash).unwrap());
    let amina = world.phone(AMINA);
    amina.dial().await;
    assert!(
        amina.go(&[Pick("send"), Type(TO)]).await.starts_with("0711222333 has no Kadogo account.")
    );
}

/// What was over for long is moved out, and whoever sends again has a place that nobody took.
#[tokio::test(flavor = "multi_thread")]
async fn who_sent_long_ago_sends_again() {
    let world = market().await;
    let amina = world.phone(AMINA);
    let sends = async |amount: &'static str| {
        dial_afresh(&amina).await;
        let steps = [Pick("send"), Type(STRANGER), Yes, Type(amount), Yes, Type("7361")];
        let screen = amina.go(&steps).await;
        assert!(screen.contains("waits for 0711222333"), "{screen}");
    };
    sends("300").await;
    sends("200").await;
    world.clock.advance(61 * DAY);
    assert_eq!(world.app.wallet.wake_all().await.unwrap().done, 2, "both go back");
    assert_eq!(kadogo::forgetting::move_out(&world.app).await.unwrap(), 0, "only now");
    sends("150").await;
    world.clock.advance(61 * DAY);
    assert_eq!(kadogo::forgetting::move_out(&world.app).await.unwrap(), 2);
    sends("100").await;
    sends("50").await;
    world.check();
}
