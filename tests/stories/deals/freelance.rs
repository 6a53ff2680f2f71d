//! A platform brings a designer and a customer together, and keeps an eighth of what the designer
//! gets, to the coin.

use super::races::acts;
use super::*;
use kadogo::limits::Tier;

/// Nobody dials for the platform: its program asks.
pub async fn brings_together(world: &World, number: &str) {
    let of_market = [("seller", "0700000004"), ("amount", "50100"), ("goods", "logo")];
    let buyer = local(number);
    let terms = [("buyer", &buyer[..]), ("percent", "12.5"), ("release", "hand")];
    acts(world, ESTHER, "broker_deal", &[&of_market[..], &terms].concat()).await.unwrap();
}

async fn to_the_coin(number: &str, pin: &str) -> String {
    let world = World::new().await;
    let (buyer, seller) = (world.phone(number), world.phone(OTHER));
    let platform = world.phone(ESTHER);
    for phone in [&seller, &platform] {
        speaks_as(phone, number).await;
    }
    known_as(&world, ESTHER, Tier::Merchant).await;
    renamed(&world, ESTHER, "Kazi Market").await;
    let balances = async || {
        [world.balance(number).await, world.balance(OTHER).await, world.balance(ESTHER).await]
    };
    let before = balances().await;
    brings_together(&world, number).await;
    seller.messages().await;
    assert!(buyer.messages().await.is_empty(), "the seller is asked first");
    safe(&seller, &[Pick("mine"), Line("logo"), Pick("answer_platform"), Pick("next")]).await;
    seller.go(&[Pick("accept")]).await;
    seller.messages().await;
    buyer.messages().await;
    safe(&buyer, &[Pick("mine"), Line("logo"), Pick("answer_platform"), Pick("next")]).await;
    buyer.go(&[Pick("accept")]).await;
    buyer.messages().await;
    seller.messages().await;
    safe(&buyer, &[Pick("mine"), Line("logo"), Pick("pay"), Yes, Type(pin)]).await;
    for phone in [&buyer, &seller] {
        phone.messages().await;
    }
    for way in [&[Pick("part"), Type("333")][..], &[Pick("release")]] {
        safe(&buyer, &[Pick("mine"), Line("logo")]).await;
        buyer.go(way).await;
        buyer.go(&[Yes, Type(pin)]).await;
        for phone in [&buyer, &seller, &platform] {
            phone.messages().await;
        }
    }
    // an eighth of 501 is 62.625, and the buyer pays ten more
    let after = balances().await;
    let moved = [0, 1, 2].map(|side| after[side] - before[side]);
    assert_eq!(moved, [-51_100, 50_100 - 6_262, 6_262]);
    // of what goes back it has nothing
    brings_together(&world, number).await;
    let answer = words(number, "ACCEPT", "KUBALI", "ACCEPTER");
    seller.write(answer).await;
    buyer.write(answer).await;
    safe(&buyer, &[Pick("mine"), Line("logo"), Pick("pay"), Yes, Type(pin)]).await;
    for phone in [&buyer, &seller] {
        phone.messages().await;
    }
    safe(&seller, &[Pick("mine"), Line("logo"), Pick("refund"), Yes, Type(OTHER_PIN)]).await;
    for phone in [&buyer, &seller, &platform] {
        phone.messages().await;
    }
    assert_eq!(balances().await, after);
    world.check();
    let seen = both(&buyer, &seller, &[]);
    format!("{seen}\n\n=== the platform ===\n{}", platform.transcript())
}

/// Of a deal that somebody disputes after a part of it was paid.
#[tokio::test(flavor = "multi_thread")]
async fn the_staff_see_what_a_platform_keeps_and_what_it_has() {
    let world = World::real().await;
    world.hires("akoth", "care").await;
    known_as(&world, ESTHER, Tier::Merchant).await;
    let (buyer, seller) = (world.phone(AMINA), world.phone(OTHER));
    brings_together(&world, AMINA).await;
    seller.write("KUBALI").await;
    buyer.write("ACCEPT").await;
    safe(&buyer, &[Pick("mine"), Line("logo"), Pick("pay"), Yes, Type("7361")]).await;
    safe(&buyer, &[Pick("mine"), Line("logo"), Pick("part"), Type("333"), Yes]).await;
    buyer.go(&[Type("7361")]).await;
    let way = [Pick("mine"), Line("logo"), Pick("dispute"), Pick("not_it"), Type("wrong name")];
    safe(&buyer, &way).await;
    buyer.go(&[Yes]).await;
    let list = world.run_as("akoth", &["deal", "list"]).out;
    let code = list.split(' ').next().unwrap();
    let shown = world.run_as("akoth", &["deal", "show", code]).out;
    let keeps = "Esther Njeri 0700***005 keeps 12.5 % of what reaches the seller: KES 62.62 of \
                 all, KES 41.62 so far";
    assert!(shown.lines().any(|line| line == keeps), "{shown}");
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_platforms_percentage_to_the_coin_in_three_languages() {
    for (language, seen) in in_three_languages(to_the_coin).await {
        insta::assert_snapshot!(format!("platform_in_{language}"), seen);
    }
}
