//! Deals that go well: each of the three ways to let the money go, a part first, other terms.

use super::*;

/// The buyer dials, the seller texts; the code is told at the door.
async fn at_the_door(number: &str, pin: &str) -> String {
    let world = World::new().await;
    let (buyer, seller) = (world.phone(number), world.phone(OTHER));
    let before = (world.balance(number).await, world.balance(OTHER).await);
    speaks_as(&seller, number).await;
    safe(&buyer, &ASKS_TO_SELL).await;
    buyer.messages().await;
    seller.messages().await;
    seller.write(words(number, "ACCEPT", "KUBALI", "ACCEPTER")).await;
    seller.messages().await;
    buyer.messages().await;
    let code = digits(&deal(&buyer, &[Pick("pay"), Yes, Type(pin)]).await);
    assert_eq!(world.balance(number).await, before.0 - 101_000);
    buyer.messages().await;
    seller.messages().await;
    seller.write(words(number, "DEALS", "MIKATABA", "ACCORDS")).await;
    seller.messages().await;
    assert_eq!(digits(&deal(&buyer, &[Pick("read_code"), Type(pin)]).await), code);
    deal(&seller, &[Pick("collect"), Type(&code), Yes, Type(OTHER_PIN)]).await;
    seller.messages().await;
    buyer.messages().await;
    let after = (world.balance(number).await, world.balance(OTHER).await);
    assert_eq!(after, (before.0 - 101_000, before.1 + 100_000));
    safe(&buyer, &[Pick("mine")]).await;
    world.check();
    both(&buyer, &seller, &[&code])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_told_at_the_door_in_three_languages() {
    for (language, seen) in in_three_languages(at_the_door).await {
        insta::assert_snapshot!(format!("door_in_{language}"), seen);
    }
}
