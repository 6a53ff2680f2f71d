//! The price a person says yes to is the price they pay: a tariff that changes between the question
//! and the PIN does not change the payment, it stops it.

use super::world::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_tariff_that_changes_after_the_yes_stops_the_payment() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    amina.dial().await;
    let confirm = amina.go(&[Pick("send"), Type("0700000002"), Type("200")]).await;
    assert!(confirm.contains("Fee KES 7. Total KES 207."), "{confirm}");
    amina.yes().await;
    let dearer =
        include_str!("../../menus/markets/ke/tariff.toml").replace("fee = 7 }", "fee = 9 }");
    world.prices(dearer);
    let end = amina.press("7361").await;
    assert!(end.starts_with("The price has changed meanwhile."), "{end}");
    assert_eq!(world.balance(AMINA).await, 500_000);

    amina.dial().await;
    let confirm = amina.go(&[Pick("send"), Type("0700000002"), Type("200")]).await;
    assert!(confirm.contains("Fee KES 9. Total KES 209."), "{confirm}");
    let end = amina.go(&[Yes, Type("7361")]).await;
    assert!(end.contains("Confirmed. KES 200 sent to Baraka O. Fee KES 9."), "{end}");
    assert_eq!(world.balance(AMINA).await, 479_100);
    world.check();
}
