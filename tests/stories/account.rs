//! My account: balance, mini statement, PIN and language, as the screens of each language show them.

use super::world::*;

/// Dials and goes `way`; the transcript.
async fn walk(phone: &Phone<'_>, way: &[&str]) -> String {
    phone.dial().await;
    phone.press_all(way).await;
    phone.messages().await;
    phone.transcript()
}

async fn everything_shown(number: &str) -> String {
    let world = World::new().await;
    let payer = world.phone(DAUDI);
    let local = number.replace("+254", "0");
    payer.dial().await;
    payer.press_all(&["1", &local, "20.50", "1", "8053"]).await;
    let phone = world.phone(number);
    phone.messages().await;
    phone.dial().await;
    phone.press_all(&["2", "1", "0", "2", "0", "4", "00"]).await;
    phone.transcript()
}

#[tokio::test(flavor = "multi_thread")]
async fn in_english() {
    insta::assert_snapshot!(everything_shown(AMINA).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn in_swahili() {
    insta::assert_snapshot!(everything_shown(BARAKA).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn in_french() {
    insta::assert_snapshot!(everything_shown(CLAIRE).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_no_payments_reads_so() {
    let world = World::new().await;
    insta::assert_snapshot!(walk(&world.phone(ESTHER), &["2", "2"]).await);
}

/// Twelve payments: the newest ten are shown, on pages, with a way on and a way back.
#[tokio::test(flavor = "multi_thread")]
async fn a_long_statement_comes_in_pages() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    for amount in 11..=22 {
        amina.dial().await;
        amina.press_all(&["1", "0700000003", &amount.to_string(), "1", "7361"]).await;
    }
    let phone = world.phone(AMINA);
    phone.dial().await;
    phone.press_all(&["2", "2"]).await;
    let mut pages = 1;
    while phone.press("98").await.contains("98 More") {
        pages += 1;
        assert!(pages < 10, "{}", phone.transcript());
    }
    phone.press("0").await;
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
    walk(&phone, &["2", "3", "5208", "5208", old]).await;
    let transcript = phone.transcript();
    phone.dial().await;
    let with_old = phone.press_all(&["1", "0700000004", "50", "1", old]).await;
    let with_new = phone.press("5208").await;
    assert!(with_old.contains("PIN") && with_old.contains(": 4"), "{with_old}");
    assert!(with_new.contains("KES 50"), "{with_new}");
    assert_eq!(world.balance(DAUDI).await, 50_050);
    transcript
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pin_is_changed_in_english() {
    insta::assert_snapshot!(change_pin(AMINA, "7361").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pin_is_changed_in_swahili() {
    insta::assert_snapshot!(change_pin(BARAKA, "4826").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pin_is_changed_in_french() {
    insta::assert_snapshot!(change_pin(CLAIRE, "9274").await);
}

/// Amina tries to change her PIN; afterwards the old one still works.
async fn unchanged(way: &[&str]) -> String {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    amina.dial().await;
    amina.press_all(&["2", "3"]).await;
    amina.press_all(way).await;
    assert!(amina.messages().await.is_empty());
    let shown = super::aids::last(&amina);
    amina.dial().await;
    amina.press_all(&["1", "0700000004", "50", "1", "7361"]).await;
    assert_eq!(world.balance(DAUDI).await, 50_050);
    shown
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_old_pin_changes_nothing_and_costs_a_try() {
    insta::assert_snapshot!(unchanged(&["5208", "5208", "1111"]).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_pin_again_is_no_change() {
    insta::assert_snapshot!(unchanged(&["7361", "7361", "7361"]).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_new_pins_that_differ_are_chosen_again() {
    insta::assert_snapshot!(unchanged(&["5208", "5209"]).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_weak_new_pin_is_refused() {
    insta::assert_snapshot!(unchanged(&["1234"]).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_does_not_know_the_old_pin_learns_nothing_by_guessing_the_new_one() {
    let screen = unchanged(&["7361", "7361", "1111"]).await;
    assert!(screen.contains("Wrong PIN. Tries left: 4."), "{screen}");
}

async fn speak(number: &str, choice: &str) -> String {
    let world = World::new().await;
    let phone = world.phone(number);
    walk(&phone, &["2", "4", choice]).await;
    phone.press("00").await;
    phone.dial().await;
    let payer = world.phone(DAUDI);
    payer.dial().await;
    payer.press_all(&["1", &number.replace("+254", "0"), "50", "1", "8053"]).await;
    phone.messages().await;
    phone.transcript()
}

#[tokio::test(flavor = "multi_thread")]
async fn from_english_to_swahili() {
    insta::assert_snapshot!(speak(AMINA, "2").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn from_swahili_to_french() {
    insta::assert_snapshot!(speak(BARAKA, "3").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn from_french_to_english() {
    insta::assert_snapshot!(speak(CLAIRE, "1").await);
}
