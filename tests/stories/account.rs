//! My account: balance, mini statement, PIN and language, as the screens of each language show
//! them.

use super::aids::*;
use super::world::*;

/// Dials and goes `way`; the transcript.
async fn walk(phone: &Phone<'_>, way: &[Step<'_>]) -> String {
    phone.dial().await;
    phone.go(way).await;
    phone.messages().await;
    phone.transcript()
}

async fn everything_shown(number: &str) -> String {
    let world = World::new().await;
    let payer = world.phone(DAUDI);
    let local = number.replace("+254", "0");
    payer.dial().await;
    payer.go(&[Pick("send"), Type(&local), Type("20.50"), Yes, Type("8053")]).await;
    let phone = world.phone(number);
    phone.messages().await;
    phone.dial().await;
    phone
        .go(&[
            Pick("account"),
            Pick("balance"),
            Back,
            Pick("statement"),
            Back,
            Pick("language"),
            Home,
        ])
        .await;
    phone.transcript()
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_shown_in_three_languages() {
    for (language, seen) in in_three_languages(|number, _pin| everything_shown(number)).await {
        insta::assert_snapshot!(format!("in_{language}"), seen);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_no_payments_reads_so() {
    let world = World::new().await;
    insta::assert_snapshot!(
        walk(&world.phone(ESTHER), &[Pick("account"), Pick("statement")]).await
    );
}

/// Twelve payments: the newest ten are shown, on pages, with a way on and a way back.
#[tokio::test(flavor = "multi_thread")]
async fn a_long_statement_comes_in_pages() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    for amount in 11..=22 {
        amina.dial().await;
        amina
            .go(&[Pick("send"), Type("0700000003"), Type(&amount.to_string()), Yes, Type("7361")])
            .await;
    }
    let phone = world.phone(AMINA);
    phone.dial().await;
    phone.go(&[Pick("account"), Pick("statement")]).await;
    let mut pages = 1;
    while phone.go(&[More]).await.contains("98 More") {
        pages += 1;
        assert!(pages < 10, "{}", phone.transcript());
    }
    phone.go(&[Back]).await;
    let transcript = phone.transcript();
    for amount in 13..=22 {
        assert!(transcript.contains(&format!("-KES {amount} Claire M")), "{amount}");
    }
    for amount in 11..=12 {
        assert!(!transcript.contains(&format!("-KES {amount} ")), "{amount} is too old");
    }
    insta::assert_snapshot!(transcript);
}

async fn change_pin(number: &str, old: &str) -> String {
    let world = World::new().await;
    let phone = world.phone(number);
    walk(&phone, &[Pick("account"), Pick("pin"), Type(old), Type("5208"), Type("5208")]).await;
    let transcript = phone.transcript();
    phone.dial().await;
    let with_old = phone.go(&[Pick("send"), Type("0700000004"), Type("50"), Yes, Type(old)]).await;
    let with_new = phone.press("5208").await;
    assert!(with_old.contains("PIN") && with_old.contains(": 4"), "{with_old}");
    assert!(with_new.contains("KES 50"), "{with_new}");
    assert_eq!(world.balance(DAUDI).await, 50_050);
    transcript
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pin_is_changed_in_three_languages() {
    for (language, seen) in in_three_languages(change_pin).await {
        insta::assert_snapshot!(format!("the_pin_is_changed_in_{language}"), seen);
    }
}

/// Amina tries to change her PIN, in one world; each time the old one still works afterwards.
#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_pin_that_is_refused_changes_nothing() {
    let ways: [(&str, &[Step<'_>]); 5] = [
        ("a wrong old PIN is told where it is typed and costs a try", &[Type("1111")]),
        ("the same PIN again is no change", &[Type("7361"), Type("7361")]),
        ("two new PINs that differ are chosen again", &[Type("7361"), Type("5208"), Type("5209")]),
        ("a weak new PIN is refused", &[Type("7361"), Type("1234")]),
        ("who does not know the old PIN chooses no new one", &[Type("1111"), Type("5208")]),
    ];
    let world = World::new().await;
    let amina = world.phone(AMINA);
    let mut seen = Vec::new();
    let mut paid = 45_050;
    for (name, way) in ways {
        dial_afresh(&amina).await;
        amina.go(&[Pick("account"), Pick("pin")]).await;
        amina.go(way).await;
        assert!(amina.messages().await.is_empty(), "{name}");
        seen.push((name, last(&amina)));
        dial_afresh(&amina).await;
        amina.go(&[Pick("send"), Type("0700000004"), Type("50"), Yes, Type("7361")]).await;
        paid += 5_000;
        assert_eq!(world.balance(DAUDI).await, paid, "{name}");
        amina.messages().await;
        // so that the next payment is not asked about
        minutes(&world, 11);
    }
    let (_, guessed) = seen.pop().unwrap();
    assert!(guessed.contains("Wrong PIN. Tries left: 3."), "{guessed}");
    insta::assert_snapshot!(titled(seen));
}

async fn speak(number: &str, choice: &str) -> String {
    let world = World::new().await;
    let phone = world.phone(number);
    walk(&phone, &[Pick("account"), Pick("language"), Pick(choice)]).await;
    phone.home().await;
    phone.dial().await;
    let payer = world.phone(DAUDI);
    payer.dial().await;
    payer
        .go(&[Pick("send"), Type(&number.replace("+254", "0")), Type("50"), Yes, Type("8053")])
        .await;
    phone.messages().await;
    phone.transcript()
}

#[tokio::test(flavor = "multi_thread")]
async fn another_language_is_chosen() {
    let stories = [
        ("english_to_swahili", speak(AMINA, "sw")),
        ("swahili_to_french", speak(BARAKA, "fr")),
        ("french_to_english", speak(CLAIRE, "en")),
    ];
    for (languages, seen) in side_by_side(stories).await {
        insta::assert_snapshot!(format!("from_{languages}"), seen);
    }
}
