//! A spending budget that people set themselves: it holds whatever is tried, less counts at once,
//! more from tomorrow.

use super::aids::*;
use super::world::*;
use kadogo::book::Key;
use kadogo::phone::Msisdn;
use kadogo::request::{Answer, Fields, Mode, Request};
use kadogo::wallet::Execution;
use std::time::Duration;

async fn walk(phone: &Phone<'_>, way: &[Step<'_>]) -> String {
    dial_afresh(phone).await;
    phone.go(way).await
}

async fn whole(number: &str, pin: &str) -> String {
    let world = World::new().await;
    let phone = world.phone(number);
    walk(
        &phone,
        &[Pick("account"), Pick("budget"), Pick("set"), Pick("week"), Type("500"), Yes, Type(pin)],
    )
    .await;
    phone.messages().await;
    walk(&phone, &[Pick("send"), Type("0700000004"), Type("200"), Yes, Type(pin)]).await;
    walk(&phone, &[Pick("account"), Pick("balance")]).await;
    phone.home().await;
    // less counts at once
    phone
        .go(&[
            Pick("account"),
            Pick("budget"),
            Pick("set"),
            Pick("week"),
            Type("300"),
            Yes,
            Type(pin),
        ])
        .await;
    walk(&phone, &[Pick("send"), Type("0700000004"), Type("150")]).await;
    phone.home().await;
    // more counts from tomorrow
    phone
        .go(&[
            Pick("account"),
            Pick("budget"),
            Pick("set"),
            Pick("month"),
            Type("900"),
            Yes,
            Type(pin),
        ])
        .await;
    walk(&phone, &[Pick("send"), Type("0700000004"), Type("150")]).await;
    phone.home().await;
    phone.messages().await;
    world.clock.advance(Duration::from_secs(86_400));
    walk(&phone, &[Pick("send"), Type("0700000004"), Type("150"), Yes, Type(pin)]).await;
    walk(&phone, &[Pick("account"), Pick("balance")]).await;
    phone.home().await;
    phone.go(&[Pick("account"), Pick("budget"), Pick("remove"), Yes, Type(pin)]).await;
    phone.messages().await;
    phone.transcript()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_budget_is_set_lowered_raised_and_removed_in_three_languages() {
    for (language, seen) in in_three_languages(whole).await {
        insta::assert_snapshot!(format!("in_{language}"), seen);
    }
}

/// Removing it is the largest raise: until tomorrow it holds.
#[tokio::test(flavor = "multi_thread")]
async fn a_budget_that_was_removed_holds_until_midnight() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    let none = walk(&amina, &[Pick("account"), Pick("budget"), Pick("remove")]).await;
    assert!(none.contains("You have no budget"), "{none}");
    walk(
        &amina,
        &[
            Pick("account"),
            Pick("budget"),
            Pick("set"),
            Pick("week"),
            Type("100"),
            Yes,
            Type("7361"),
        ],
    )
    .await;
    walk(&amina, &[Pick("account"), Pick("budget"), Pick("remove"), Yes, Type("1111")]).await;
    assert!(
        walk(&amina, &[Pick("send"), Type("0700000004"), Type("101")])
            .await
            .contains("budget has KES 100 left this week")
    );
    amina.home().await;
    amina.go(&[Pick("account"), Pick("budget"), Pick("remove"), Yes, Type("7361")]).await;
    assert!(
        walk(&amina, &[Pick("send"), Type("0700000004"), Type("101")])
            .await
            .contains("budget has KES 100 left this week")
    );
    amina.home().await;
    world.clock.advance(Duration::from_secs(10 * 3_600));
    let sent =
        walk(&amina, &[Pick("send"), Type("0700000004"), Type("101"), Yes, Type("7361")]).await;
    assert!(sent.contains("Confirmed"), "{sent}");
}

/// Many payments at the same moment, each of which alone would be within the budget: together they
/// never exceed it.
#[tokio::test(flavor = "multi_thread")]
async fn payments_side_by_side_never_exceed_a_budget() {
    let world = World::new().await;
    let phone = world.phone(AMINA);
    walk(
        &phone,
        &[
            Pick("account"),
            Pick("budget"),
            Pick("set"),
            Pick("week"),
            Type("500"),
            Yes,
            Type("7361"),
        ],
    )
    .await;
    let caller = world.app.wallet.caller(Msisdn::from_e164(AMINA).unwrap()).await.unwrap();
    let send = |number: u32| {
        let fields = Fields::from([
            ("to".to_owned(), BARAKA.to_owned()),
            ("amount".to_owned(), "9000".to_owned()),
        ]);
        let secret = Some("7361".to_owned().into());
        let ask = Request { mode: Mode::Execute, service: "send".into(), fields, secret };
        let key = Key::new(world.clock.now(), "race", &number.to_be_bytes());
        let execution = Execution { key, side_effects: Vec::new() };
        world.app.wallet.act(&caller, ask, execution)
    };
    let executed = all((0..30).map(send)).await;
    let refused: Vec<&str> = executed
        .iter()
        .filter_map(|executed| match &executed.answer {
            Answer::Refused(refusal) => Some(refusal.code()),
            _ => None,
        })
        .collect();
    assert_eq!(refused.len(), 25, "{refused:?}");
    assert!(refused.iter().all(|code| ["budget_week", "stale"].contains(code)), "{refused:?}");
    assert_eq!(world.balance(BARAKA).await, 250_000 + 5 * 9_000);
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_is_not_told_to_try_less_where_the_budget_of_the_customer_is_used_up() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    let njeri = world.phone("+254700000012");
    amina.dial().await;
    amina
        .go(&[
            Pick("account"),
            Pick("budget"),
            Pick("set"),
            Pick("week"),
            Type("300"),
            Yes,
            Type("7361"),
        ])
        .await;
    amina.dial().await;
    let screen = amina.go(&[Pick("cash"), Pick("code"), Type("300"), Yes, Type("7361")]).await;
    let code =
        screen.split(|sign: char| !sign.is_ascii_digit()).find(|word| word.len() == 6).unwrap();
    amina.dial().await;
    amina.go(&[Pick("send"), Type("0700000002"), Type("100"), Yes, Type("7361")]).await;
    njeri.dial().await;
    let screen = njeri
        .go(&[
            Pick("agent"),
            Pick("code"),
            Type("0700000001"),
            Type("300"),
            Type(code),
            Yes,
            Type("8417"),
        ])
        .await;
    assert!(
        screen.starts_with("This customer cannot take out so much now. Nothing was paid."),
        "{screen}"
    );
    world.check();
}
