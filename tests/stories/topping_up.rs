//! An organiser who wants what others gave: their own gift would reach the target, be the last to
//! be spent, and come back once the rest was paid to a friend. It is refused, however it is given,
//! and nothing that was paid goes unheard.

use super::collections::{begin, collections, comes, give, settle};
use super::world::*;

/// By dialling, by a text, ahead, and by who is to get it.
#[tokio::test(flavor = "multi_thread")]
async fn who_gathers_does_not_reach_the_target_with_money_of_their_own() {
    let world = World::new().await;
    let (amina, baraka) = (world.phone(AMINA), world.phone(BARAKA));
    let before = [world.balance(AMINA).await, world.balance(BARAKA).await];
    let code = begin(&amina, &[Pick("spend")], "7361").await;
    give(&baraka, &code, "400", "4826").await;
    let own = "It is yours or for you: ask others to give.";
    let way = [Pick("give"), Type(&code), Type("100")];
    let dialled = collections(&amina, &way[..2]).await;
    assert!(dialled.contains(own), "{dialled}");
    let ahead = collections(&amina, &[Pick("standing"), Type(&code), Type("100")]).await;
    assert!(ahead.contains(own), "{ahead}");
    amina.write(&format!("GIVE 100 {code}")).await;
    let told = amina.messages().await.concat();
    assert!(told.contains(own), "{told}");
    assert_eq!(world.orders_waiting(AMINA).await, 0);
    // it is missed, and nothing is gone
    comes(&world, 28, 8).await;
    assert_eq!([world.balance(AMINA).await, world.balance(BARAKA).await], before);
    let heard = baraka.messages().await.concat();
    assert!(heard.contains("School roof haukufikia lengo"), "{heard}");
    // nor does whom it is for
    let daudi = world.phone(DAUDI);
    let way = [Pick("new"), Type("School bus"), Type("500"), Type("30/11/26")];
    collections(&amina, &way).await;
    amina.go(&[Pick("other"), Type("0700000004"), Yes, Type("7361")]).await;
    let heard = amina.messages().await.concat();
    let mut digits = heard.split(|sign: char| !sign.is_ascii_digit());
    let code = digits.rfind(|digits| digits.len() >= 5).unwrap().to_owned();
    let refused = collections(&daudi, &[Pick("give"), Type(&code)]).await;
    assert!(refused.contains("Mchango huu ni wako: waombe wengine wachange."), "{refused}");
    world.check();
}

/// Reached by others, paid to a friend late in the evening, and called off: those whose gifts are
/// gone hear to whom they went, before the others have theirs back.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_called_off_before_all_have_heard_what_was_paid() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    let (baraka, claire) = (world.phone(BARAKA), world.phone(CLAIRE));
    let before = world.balance(CLAIRE).await;
    let code = begin(&amina, &[Pick("spend")], "7361").await;
    give(&baraka, &code, "400", "4826").await;
    give(&claire, &code, "100", "9274").await;
    comes(&world, 28, 22).await;
    let way = [Pick("mine"), First, Pick("pay"), Type("0700000005"), Type("400"), Type("tiles")];
    collections(&amina, &way).await;
    amina.go(&[Yes, Type("7361")]).await;
    settle(&world).await;
    let refused = collections(&amina, &[Pick("mine"), First, Pick("call_off")]).await;
    assert!(refused.contains("Givers first hear of your payment, from 8:00."), "{refused}");
    assert!(baraka.messages().await.is_empty(), "it is night");
    comes(&world, 29, 8).await;
    let heard = baraka.messages().await.concat();
    assert!(heard.contains("Esther N") && heard.contains("tiles"), "{heard}");
    collections(&amina, &[Pick("mine"), First, Pick("call_off"), Yes, Type("7361")]).await;
    settle(&world).await;
    assert_eq!(world.balance(CLAIRE).await, before);
    let heard = claire.messages().await.concat();
    assert!(heard.contains("School roof est annulée"), "{heard}");
    world.check();
}
