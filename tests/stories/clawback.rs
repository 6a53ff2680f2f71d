//! What agents earn: paid to their float once, and taken back where a deposit was split to earn
//! more, from whoever was paid too much, now or out of what they earn next.

use super::aids::*;
use super::market::{MARIAM, NJERI, OTIENO, ZUHURA, float};
use super::outlets::{account, query, serve};
use super::world::*;
use kadogo::actor::Actor;
use kadogo::book::{COMMISSIONS, TAX};
use kadogo::wallet::agents::owed::Taken;
use std::time::Duration;

/// Whoever pays it.
const BY: Actor = Actor::Service;

#[tokio::test(flavor = "multi_thread")]
async fn commission_is_paid_to_the_float_once_whoever_asks() {
    let world = World::new().await;
    let njeri = world.phone(NJERI);
    let otieno = world.phone(OTIENO);
    assert!(
        serve(&njeri, &[Pick("work"), Pick("pay")])
            .await
            .starts_with("No commission to pay out yet.")
    );
    serve(&njeri, &[Pick("in"), Type("0700000005"), Type("1000"), Yes, Type("8417")]).await;
    let before = float(&world, NJERI).await;
    serve(&njeri, &[Pick("work"), Pick("pay"), Yes]).await;
    serve(&otieno, &[Pick("work"), Pick("pay"), Yes]).await;
    all([njeri.press("8417"), otieno.press("2905")]).await;
    assert_eq!(float(&world, NJERI).await, before + 684);
    assert!(
        serve(&otieno, &[Pick("work"), Pick("pay")]).await.starts_with("Bado hakuna kamisheni")
    );
    // by schedule: the super-agent's part, and what is earned later; nothing twice
    let wallet = &world.app.wallet;
    let paid = wallet.pay_commissions(&BY).await.unwrap();
    assert_eq!(paid.iter().map(|(_, minor)| *minor).collect::<Vec<_>>(), [171]);
    serve(&njeri, &[Pick("in"), Type("0700000001"), Type("1000"), Yes, Type("8417")]).await;
    let (one, other) = tokio::join!(wallet.pay_commissions(&BY), wallet.pay_commissions(&BY));
    assert_eq!(one.unwrap().len().max(other.unwrap().len()), 2);
    assert_eq!(float(&world, NJERI).await, before + 684 - 100_000 + 684);
    assert!(wallet.pay_commissions(&BY).await.unwrap().is_empty());
    njeri.messages().await;
    assert!(
        njeri.transcript().contains("Commission KES 6.84 paid to Mama Njeri Shop"),
        "{}",
        njeri.transcript()
    );
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_splits_a_deposit_over_sister_outlets_to_earn_more() {
    let world = World::new().await;
    let njeri = world.phone(NJERI);
    let mariam = world.phone(MARIAM);
    serve(&njeri, &[Pick("in"), Type("0700000005"), Type("500"), Yes, Type("8417")]).await;
    serve(&mariam, &[Pick("in"), Type("0700000005"), Type("500"), Yes, Type("6734")]).await;
    assert_eq!(account(&world, COMMISSIONS.number()).await, -1_600);
    let wallet = &world.app.wallet;
    let day = jiff::civil::date(2026, 11, 23);
    let finds = wallet.recheck(day).await.unwrap();
    assert_eq!(finds.len(), 1);
    let find = &finds[0];
    let excess = finds[0].excess;
    assert_eq!(find.outlet.name, "Duka la Soko");
    assert_eq!(
        (excess.outlet_minor, excess.head_office_minor, excess.withheld_tax_minor),
        (532, 133, 35)
    );
    assert_eq!(
        wallet.claw_back(&BY, day, find).await.unwrap(),
        Taken { own_minor: 532, head_minor: 133 }
    );
    // 9 for a thousand, as one deposit would have earned
    assert_eq!(
        (account(&world, COMMISSIONS.number()).await, account(&world, TAX.number()).await),
        (-900, 45)
    );
    assert_eq!(account(&world, find.outlet.commission_account.number()).await, 608 - 532);
    // the same find again takes nothing, also out of a list that was made before
    assert_eq!(wallet.claw_back(&BY, day, find).await.unwrap(), Taken::default());
    let known = wallet.recheck(day).await.unwrap();
    assert_eq!((known.len(), known[0].taken), (1, Taken { own_minor: 532, head_minor: 133 }));
    assert_eq!(wallet.claw_back(&BY, day, &known[0]).await.unwrap(), Taken::default());
    assert_eq!(account(&world, COMMISSIONS.number()).await, -900);
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_paid_out_already_stays_owed_and_is_held_back() {
    let world = World::new().await;
    let njeri = world.phone(NJERI);
    let mariam = world.phone(MARIAM);
    serve(&njeri, &[Pick("in"), Type("0700000005"), Type("500"), Yes, Type("8417")]).await;
    serve(&mariam, &[Pick("in"), Type("0700000005"), Type("500"), Yes, Type("6734")]).await;
    serve(&mariam, &[Pick("work"), Pick("pay"), Yes, Type("6734")]).await;
    let wallet = &world.app.wallet;
    let day = jiff::civil::date(2026, 11, 23);
    let finds = wallet.recheck(day).await.unwrap();
    assert_eq!(
        wallet.claw_back(&BY, day, &finds[0]).await.unwrap(),
        Taken { own_minor: 0, head_minor: 133 }
    );
    assert_eq!(account(&world, finds[0].outlet.commission_account.number()).await, 0);
    world.clock.advance(Duration::from_secs(24 * 3_600));
    // 6.08 more are earned the next day, of which 5.32 are owed
    serve(&mariam, &[Pick("in"), Type("0700000005"), Type("500"), Yes, Type("6734")]).await;
    serve(&mariam, &[Pick("work"), Pick("pay")]).await;
    assert!(last(&mariam).contains("KES 0.76"), "{}", mariam.transcript());
    mariam.go(&[Yes, Type("6734")]).await;
    let known = wallet.recheck(day).await.unwrap();
    assert_eq!((known.len(), known[0].taken.own_minor), (1, 0));
    assert_eq!(
        wallet.claw_back(&BY, day, &known[0]).await.unwrap(),
        Taken { own_minor: 532, head_minor: 0 }
    );
    assert_eq!(account(&world, known[0].outlet.commission_account.number()).await, 0);
    world.check();
}

/// A head office that pays itself out in time keeps nothing: its part stays owed, and is taken from
/// what it earns next.
#[tokio::test(flavor = "multi_thread")]
async fn a_head_office_is_paid_out_before_the_claw_back_and_gives_back_what_it_earns_later() {
    let world = World::new().await;
    let njeri = world.phone(NJERI);
    let mariam = world.phone(MARIAM);
    let zuhura = world.phone(ZUHURA);
    serve(&njeri, &[Pick("in"), Type("0700000005"), Type("500"), Yes, Type("8417")]).await;
    serve(&mariam, &[Pick("in"), Type("0700000005"), Type("500"), Yes, Type("6734")]).await;
    serve(&zuhura, &[Pick("work"), Pick("pay"), Yes, Type("5263")]).await;
    let wallet = &world.app.wallet;
    let day = jiff::civil::date(2026, 11, 23);
    let head = float(&world, ZUHURA).await;
    let finds = wallet.recheck(day).await.unwrap();
    assert_eq!(
        wallet.claw_back(&BY, day, &finds[0]).await.unwrap(),
        Taken { own_minor: 532, head_minor: 0 }
    );
    let owes =
        "SELECT CAST(sum(head_found_minor - head_taken_minor) AS TEXT) AS text FROM clawbacks";
    assert_eq!(query(&world, owes).await, ["133"]);
    // nothing is there: nobody sinks below zero, and looking again changes nothing
    assert_eq!(wallet.collect_owed(&BY).await.unwrap(), 0);
    world.clock.advance(Duration::from_secs(24 * 3_600));
    serve(&mariam, &[Pick("in"), Type("0700000005"), Type("500"), Yes, Type("6734")]).await;
    // 1.52 more for the head office, of which 1.33 are owed: she is offered the rest, and the next
    // payout takes what is owed
    assert!(
        serve(&zuhura, &[Pick("work"), Pick("pay")]).await.contains("KES 0.19"),
        "{}",
        zuhura.transcript()
    );
    let (one, other) = tokio::join!(wallet.collect_owed(&BY), wallet.collect_owed(&BY));
    assert_eq!([one.unwrap(), other.unwrap()].iter().sum::<i64>(), 133);
    let paid = wallet.pay_commissions(&BY).await.unwrap();
    assert!(
        paid.iter()
            .any(|(outlet, minor)| (outlet.name.as_str(), *minor) == ("Ziwa Float Centre", 19)),
        "{paid:?}"
    );
    assert_eq!(float(&world, ZUHURA).await, head + 19);
    assert_eq!(query(&world, owes).await, ["0"]);
    assert_eq!(
        wallet.recheck(day).await.unwrap()[0].taken,
        Taken { own_minor: 532, head_minor: 133 }
    );
    // 9 for the thousand of the one day, 8 for the five hundred of the other
    assert_eq!(account(&world, COMMISSIONS.number()).await, -1_700);
    world.check();
}
