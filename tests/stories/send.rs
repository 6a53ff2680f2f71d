//! Sending money over USSD: what people see, and what moves.

use super::world::*;

#[tokio::test(flavor = "multi_thread")]
async fn money_moves_once_and_both_sides_hear_of_it() {
    let world = World::new().await;
    let (amina, baraka) = (world.phone(AMINA), world.phone(BARAKA));
    amina.dial().await;
    amina.press_all(&["1", "0700 000 002", "200", "1", "7361"]).await;
    amina.messages().await;
    baraka.messages().await;
    insta::assert_snapshot!(format!("{}\n== Baraka ==\n{}", amina.transcript(), baraka.transcript()));
    assert_eq!((world.balance(AMINA).await, world.balance(BARAKA).await), (479_300, 270_000));
    world.check();
}
