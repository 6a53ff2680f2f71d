//! Payday. Goal: commission comes to the floats by itself on the day the operator chose, in the
//! market's time zone, once however many nodes look, and nothing of it twice. Method: a clock that
//! is moved over midnight, and nodes side by side.

use super::aids::*;
use super::market::{MARIAM, NJERI, ZUHURA, float, someone};
use super::world::*;
use kadogo::agent_number::AgentNumber;
use kadogo::schedule::Every;
use kadogo::store::book_rows::AccountState;

const HOUR: u64 = 60;

async fn with(payout: Option<Every>) -> World {
    World::with(Twist { payout, ..Twist::default() }).await
}

/// Njeri takes in a thousand from somebody who paid in nothing that day: 6.84 for her, 1.71 for the
/// head office.
async fn earns(world: &World, customer: &str) {
    let njeri = world.phone(NJERI);
    dial_afresh(&njeri).await;
    njeri.go(&[Pick("agent"), Pick("in"), Type(customer), Type("1000"), Yes, Type("8417")]).await;
}

async fn due(world: &World) -> usize {
    world.app.wallet.pay_by_schedule().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn commission_of_a_day_is_paid_once_when_the_markets_midnight_has_passed() {
    let world = with(Some(Every::Day)).await;
    assert_eq!(due(&world).await, 0, "the day that runs is not over");
    earns(&world, "0700000005").await;
    let before = (float(&world, NJERI).await, float(&world, ZUHURA).await);
    // 23:59 in Nairobi
    minutes(&world, 9 * HOUR + 54);
    assert_eq!(due(&world).await, 0);
    // 00:01, which is 21:01 UTC: two nodes look at the same moment, and one more a minute later
    minutes(&world, 2);
    let node = world.beside(Twist { payout: Some(Every::Day), ..Twist::default() }).await;
    let (one, other) =
        tokio::join!(world.app.wallet.pay_by_schedule(), node.app.wallet.pay_by_schedule());
    assert_eq!(one.unwrap() + other.unwrap(), 2);
    assert_eq!(due(&node).await, 0);
    drop(node);
    assert_eq!(due(&world).await, 0);
    assert_eq!(
        (float(&world, NJERI).await, float(&world, ZUHURA).await),
        (before.0 + 684, before.1 + 171)
    );
    let told = world.inbox(NJERI).await;
    let told: Vec<&String> = told.iter().filter(|text| text.contains("Commission")).collect();
    assert_eq!(told.len(), 1, "{told:#?}");
    assert!(
        told[0].contains("Commission KES 6.84 paid to Mama Njeri Shop")
            && told[0].contains("24/11/26 at 00:01"),
        "{told:?}"
    );
    // what is earned in the new day waits for its end; UTC's midnight is none
    earns(&world, "0700000004").await;
    minutes(&world, 4 * HOUR);
    assert_eq!(due(&world).await, 0);
    // the program ends and starts: the day is not paid again, and the next one is
    let world = world.restart_with(Twist { payout: Some(Every::Day), ..Twist::default() }).await;
    assert_eq!(due(&world).await, 0);
    minutes(&world, 24 * HOUR);
    assert_eq!(due(&world).await, 2);
    assert_eq!(float(&world, NJERI).await, before.0 + 684 - 100_000 + 684);
    // after days in which nobody looked, and nothing was earned, there is nothing to do
    minutes(&world, 5 * 24 * HOUR);
    assert_eq!((due(&world).await, due(&world).await), (0, 0));
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_agent_asks_for_at_midnight_is_not_paid_twice() {
    for _round in 0..3 {
        let world = with(Some(Every::Day)).await;
        due(&world).await;
        earns(&world, "0700000005").await;
        minutes(&world, 10 * HOUR);
        let before = float(&world, NJERI).await;
        let njeri = world.phone(NJERI);
        dial_afresh(&njeri).await;
        njeri.go(&[Pick("agent"), Pick("work"), Pick("pay"), Yes]).await;
        let (screen, paid) = tokio::join!(njeri.press("8417"), world.app.wallet.pay_by_schedule());
        due(&world).await;
        assert_eq!(float(&world, NJERI).await, before + 684, "{screen} {paid:?}");
        assert_eq!(
            world
                .inbox(NJERI)
                .await
                .iter()
                .filter(|text| text.contains("Commission KES 6.84"))
                .count(),
            1
        );
        world.check();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn by_the_week_it_is_monday_and_by_the_month_the_first_and_never_is_never() {
    // it is Monday, 23 November
    for (payout, days) in [(Some(Every::Week), 7), (Some(Every::Month), 8), (None, 0)] {
        let world = with(payout).await;
        due(&world).await;
        earns(&world, "0700000005").await;
        let mut paid_on = 0;
        for day in 1..=9 {
            minutes(&world, 24 * HOUR);
            if due(&world).await > 0 {
                assert_eq!(paid_on, 0, "paid twice");
                paid_on = day;
            }
        }
        assert_eq!(paid_on, days, "{payout:?}");
        world.check();
    }
}

/// A float that is frozen takes nothing, and holds up nobody.
#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_float_is_paid_the_next_time_and_the_others_now() {
    let world = with(Some(Every::Day)).await;
    due(&world).await;
    earns(&world, "0700000005").await;
    let mariam = world.phone(MARIAM);
    dial_afresh(&mariam).await;
    mariam
        .go(&[Pick("agent"), Pick("in"), Type("0700000001"), Type("1000"), Yes, Type("6734")])
        .await;
    let soko = someone(&world, NJERI).await.agent.unwrap().number;
    let soko = AgentNumber::parse(&soko).unwrap().outlet();
    said_of(&world, soko, AccountState::Frozen, "its licence ran out").await;
    minutes(&world, 10 * HOUR);
    assert_eq!((due(&world).await, due(&world).await), (2, 0));
    said_of(&world, soko, AccountState::Open, "it was renewed").await;
    minutes(&world, 24 * HOUR);
    assert_eq!((due(&world).await, due(&world).await), (1, 0));
    world.check();
}

/// The service itself does it, when it is told to: an operator sets one word.
#[tokio::test(flavor = "multi_thread")]
async fn the_workers_of_the_service_pay_by_themselves() {
    let world = with(Some(Every::Day)).await;
    due(&world).await;
    earns(&world, "0700000005").await;
    minutes(&world, 10 * HOUR);
    let before = float(&world, NJERI).await;
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let workers = world.app.start_workers(&stopped);
    until("it is paid", async || float(&world, NJERI).await == before + 684).await;
    stop.send(true).unwrap();
    for worker in workers {
        worker.await.unwrap();
    }
    world.check();
}
