//! Codes for cash: any agent hands it out for one, once, for its amount; wrong ones cost tries, old
//! ones end, and what is not used goes back.

use super::aids::*;
use super::market::{MARIAM, NJERI, OTIENO, ZUHURA, code_on, float, make_code, redeem};
use super::world::*;
use std::time::Duration;

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_code_costs_a_try_and_the_sixth_is_not_looked_at() {
    let world = World::new().await;
    let claire = world.phone(CLAIRE);
    let mariam = world.phone(MARIAM);
    let code = make_code(&claire, "400", "9274").await;
    let wrong = if code == "111111" { "222222" } else { "111111" };
    // the last try ends the code
    for left in
        ["restants : 4.", "restants : 3.", "restants : 2.", "restants : 1.", "Ce code n'existe pas"]
    {
        dial_afresh(&mariam).await;
        redeem(&mariam, "400", wrong).await;
        assert!(last(&mariam).contains(left), "{}", mariam.transcript());
    }
    dial_afresh(&mariam).await;
    redeem(&mariam, "400", &code).await;
    assert!(last(&mariam).contains("Ce code n'existe pas"), "{}", mariam.transcript());
    assert_eq!((world.balance(CLAIRE).await, float(&world, MARIAM).await), (120_000, 800_000));
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_paid_out_once_and_only_for_its_amount() {
    let world = World::new().await;
    let claire = world.phone(CLAIRE);
    let mariam = world.phone(MARIAM);
    let code = make_code(&claire, "400", "9274").await;
    for (amount, good) in [("500", false), ("400", true), ("400", false)] {
        dial_afresh(&mariam).await;
        let screen = redeem(&mariam, amount, &code).await;
        assert_eq!(screen.contains("Confirmé"), good, "{}", mariam.transcript());
    }
    assert_eq!(
        (world.balance(CLAIRE).await, float(&world, MARIAM).await),
        (120_000 - 42_900, 840_000)
    );
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_code_ends_the_old_one_and_one_that_is_not_used_gives_the_money_back() {
    let world = World::new().await;
    let claire = world.phone(CLAIRE);
    let mariam = world.phone(MARIAM);
    let old = make_code(&claire, "400", "9274").await;
    // all she has: only because the old code gives back what it held
    let new = make_code(&claire, "1100", "9274").await;
    dial_afresh(&mariam).await;
    redeem(&mariam, "400", &old).await;
    assert!(
        last(&mariam).contains("Code incorrect. Essais restants : 4."),
        "{}",
        mariam.transcript()
    );
    world.clock.advance(Duration::from_secs(30 * 60));
    // before anybody has come round to ending it, and after two nodes have at one moment
    for ended in [false, true] {
        dial_afresh(&mariam).await;
        redeem(&mariam, "1100", &new).await;
        assert!(last(&mariam).contains("Ce code n'existe pas"), "{}", mariam.transcript());
        if !ended {
            let (one, other) =
                tokio::join!(world.app.wallet.wake_all(), world.app.wallet.wake_all());
            assert_eq!(one.unwrap().done + other.unwrap().done, 1, "it ends once");
        }
    }
    dial_afresh(&claire).await;
    assert!(
        claire.go(&[Pick("account"), Pick("balance")]).await.contains("KES 1,200"),
        "{}",
        claire.transcript()
    );
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn every_copy_of_the_last_step_shows_the_same_code_and_it_works() {
    let world = World::new().await;
    let claire = world.phone(CLAIRE);
    claire.dial().await;
    claire.go(&[Pick("cash"), Pick("code"), Type("400"), Yes]).await;
    let session = claire.session();
    let history = format!("{}*9274", claire.history());
    let copies = all((0..4).map(|_| world.hop(&session, CLAIRE, &history))).await;
    assert!(copies.windows(2).all(|pair| pair[0] == pair[1]), "{copies:#?}");
    let code = code_on(&copies[0]);
    let mariam = world.phone(MARIAM);
    mariam.dial().await;
    redeem(&mariam, "400", &code).await;
    assert!(last(&mariam).contains("Confirmé"), "{}", mariam.transcript());
    let told = world.inbox(CLAIRE).await.concat();
    assert!(!told.contains(&code), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_amount_costs_a_try_like_a_wrong_code_and_the_owner_hears_of_the_last() {
    let world = World::new().await;
    let claire = world.phone(CLAIRE);
    let mariam = world.phone(MARIAM);
    let code = make_code(&claire, "400", "9274").await;
    for left in
        ["restants : 4.", "restants : 3.", "restants : 2.", "restants : 1.", "Ce code n'existe pas"]
    {
        dial_afresh(&mariam).await;
        redeem(&mariam, "500", &code).await;
        assert!(last(&mariam).contains(left), "{}", mariam.transcript());
    }
    let told = world.inbox(CLAIRE).await;
    let told = told.last().unwrap();
    assert!(told.starts_with("Votre code de KES 400 a été trop essayé, enfin chez Duka"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_agents_at_once_pay_a_code_out_once() {
    let world = World::new().await;
    let claire = world.phone(CLAIRE);
    let code = make_code(&claire, "400", "9274").await;
    let outlets = [(NJERI, "8417"), (OTIENO, "2905"), (MARIAM, "6734"), (ZUHURA, "5263")];
    let paid = all(outlets.map(|(number, pin)| {
        let world = &world;
        let code = code.clone();
        async move {
            let phone = world.phone(number);
            phone.dial().await;
            let screen = phone
                .go(&[
                    Pick("agent"),
                    Pick("code"),
                    Type("0700000003"),
                    Type("400"),
                    Type(&code),
                    Yes,
                    Type(pin),
                ])
                .await;
            ["Confirm", "Imethibitishwa"].iter().any(|word| screen.contains(word))
        }
    }))
    .await;
    assert_eq!(paid.into_iter().filter(|paid| *paid).count(), 1);
    assert_eq!(world.balance(CLAIRE).await, 120_000 - 42_900);
    world.check();
}
