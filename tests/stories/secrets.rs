//! A secret is changed on one node after the other, under people who pay: nobody is charged a try
//! for it, conversations go from one node to the other, and in the end the old one is retired.

use super::aids::*;
use super::market::NJERI;
use super::world::*;
use kadogo::demo::staff_on_show::{self, PLAYED};
use kadogo::staff::second_factor;
use kadogo::store::pins;
use secrecy::SecretString;

const OLD: u8 = 7;
const NEW: u8 = 8;

fn with(secrets: &[u8]) -> Twist {
    Twist { secrets: secrets.to_vec(), ..Twist::default() }
}

/// How many PINs and codes are kept, under as many secrets.
async fn kept(world: &World) -> Vec<i64> {
    let counts = world.app.wallet.store.read(pins::counts).await.unwrap();
    counts.into_iter().map(|(_, count)| count).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_goes_on_at_a_node_with_another_secret() {
    let old = World::new().await;
    let new = old.beside(with(&[NEW, OLD])).await;
    old.hop("s", AMINA, "").await;
    old.hop("s", AMINA, "1").await;
    old.flush().await;
    assert!(new.hop("s", AMINA, "1*0700000002").await.starts_with("CON To Baraka O"));
    assert!(new.hop("s", AMINA, "1*0700000002*200").await.starts_with("CON Send KES 200"));
    new.flush().await;
    // the old one cannot open what the new one has sealed: its caller is asked again
    let asked = old.hop("t", AMINA, "1*0700000002*200*1").await;
    assert!(asked.starts_with("CON Send KES 200"), "{asked}");
    assert!(old.hop("t", AMINA, "1*0700000002*200*1*1").await.contains("enter your PIN"));
    assert!(old.hop("t", AMINA, "1*0700000002*200*1*1*7361").await.contains("Confirmed."));
    assert_eq!(old.balance(AMINA).await, 479_300);
    // and what was done by one secret is known by the other
    old.flush().await;
    let again = new.hop("t", AMINA, "1*0700000002*200*1*1*7361").await;
    assert!(again.contains("Confirmed"), "{again}");
    assert_eq!(old.balance(AMINA).await, 479_300);
    old.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pin_under_a_secret_that_a_node_does_not_know_costs_no_try() {
    let old = World::new().await;
    let new = old.beside(with(&[NEW, OLD])).await;
    // chosen where the new secret is known already
    let amina = new.phone(AMINA);
    amina.dial().await;
    amina.go(&[Pick("account"), Pick("pin"), Type("7361")]).await;
    amina.press_all(&["739164", "739164"]).await;
    assert!(last(&amina).contains("Your PIN is changed"), "{}", amina.transcript());
    for _try in 0..6 {
        let phone = old.phone(AMINA);
        phone.dial().await;
        if phone.offers("restart") {
            phone.pick("restart").await;
        }
        phone.go(&[Pick("send"), Type("0700000002"), Type("200"), Yes]).await;
        let said = phone.press("739164").await;
        assert!(said.contains("Please try again in a minute"), "{said}");
    }
    // no try is gone
    let phone = new.phone(AMINA);
    phone.dial().await;
    if phone.offers("restart") {
        phone.pick("restart").await;
    }
    phone.go(&[Pick("send"), Type("0700000002"), Type("200"), Yes]).await;
    assert!(phone.press("111111").await.contains("Tries left: 4."), "{}", phone.transcript());
    assert!(phone.press("739164").await.contains("Confirmed."));
    new.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn pins_move_to_the_new_secret_as_they_are_typed_and_the_old_one_is_retired() {
    let old = World::new().await;
    let before = kept(&old).await;
    let all = before.iter().sum::<i64>();
    assert_eq!(before.len(), 1);
    let new = old.restart_with(with(&[NEW, OLD])).await;
    let pay = |to: &'static str| [Pick("send"), Type(to), Type("200"), Yes, Type("7361")];
    let amina = new.phone(AMINA);
    amina.dial().await;
    assert!(amina.go(&pay("0700000002")).await.contains("Confirmed."));
    let mut moved = kept(&new).await;
    moved.sort_unstable();
    assert_eq!(moved, [1, all - 1], "hers has moved");
    // a wrong one does not
    let baraka = new.phone(BARAKA);
    baraka.dial().await;
    baraka.go(&[Pick("send"), Type("0700000001"), Type("50"), Yes, Type("1111")]).await;
    assert_eq!(kept(&new).await.iter().sum::<i64>(), all);
    assert_eq!(kept(&new).await.iter().min(), Some(&1));
    // the new secret alone serves those who have moved, and is busy for the others
    let alone = new.restart_with(with(&[NEW])).await;
    minutes(&alone, 11);
    let amina = alone.phone(AMINA);
    amina.dial().await;
    assert!(amina.go(&pay("0700000002")).await.contains("Confirmed."));
    kadogo::wallet::bootstrap::retire_secrets(
        &alone.app.wallet.book,
        &kadogo::seal::SealKey::new([NEW; 32]),
    )
    .await
    .unwrap();
    alone.check();
    for retired in [&[OLD][..], &[OLD, NEW]] {
        let refused = alone.starts_with_secrets(retired).await.unwrap_err();
        assert!(refused.contains("is not a secret of"), "{refused}");
    }
    alone.starts_with_secrets(&[NEW]).await.unwrap();
}

/// Whether one of the staff, by their place, comes in.
async fn comes_in(world: &World, who: usize) -> bool {
    // a code serves once
    minutes(world, 1);
    let who = PLAYED[who];
    let code = second_factor::code_at(who.secret, world.clock.now());
    let wallet = &world.app.wallet;
    wallet.sign_in(who.name, SecretString::from(who.password), &code).await.is_ok()
}

/// An outlet registers somebody; what it says in the end.
async fn registers(world: &World, to: &str, id: &str) -> String {
    let njeri = world.phone(NJERI);
    njeri.dial().await;
    let name = Type("Neema Achieng");
    njeri.go(&[Pick("agent"), Pick("register"), Type(to), name, Type(id), Yes, Type("8417")]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn second_factors_move_as_well_and_an_id_stays_one_id() {
    let old = World::new().await;
    staff_on_show::make(&old.app.wallet).await;
    let said = registers(&old, "0711222333", "2345-6789").await;
    assert!(said.contains("is registered"), "{said}");
    let new = old.restart_with(with(&[NEW, OLD])).await;
    assert!(comes_in(&new, 0).await);
    let said = registers(&new, "0711222444", "3345-6789").await;
    assert!(said.contains("is registered"), "{said}");
    let said = registers(&new, "0711222666", "2345 6789").await;
    assert!(said.contains("This ID"), "{said}");
    // the new secret alone knows who came in meanwhile, and every ID
    let alone = new.restart_with(with(&[NEW])).await;
    assert!(comes_in(&alone, 0).await);
    assert!(!comes_in(&alone, 1).await);
    let said = registers(&alone, "0711222555", "2345 6789").await;
    assert!(said.contains("This ID"), "{said}");
    alone.check();
}
