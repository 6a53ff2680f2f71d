//! Balance and last payments behind the PIN, where the operator wants it so: whoever holds the
//! phone but not the PIN learns neither, by dialling or by text. Where nothing is said, both are
//! shown as they were.

use super::aids::*;
use super::world::*;

const HOW: &str = "To see that, dial *384*1234#, My account, and enter your PIN there. Never write \
                   your PIN in an SMS.";

async fn world() -> World {
    World::with(Twist { balance_pin: true, ..Twist::default() }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn they_are_shown_to_who_knows_the_pin() {
    let world = world().await;
    let amina = world.phone(AMINA);
    amina.dial().await;
    let asked = amina.go(&[Pick("account"), Pick("balance")]).await;
    assert!(asked.starts_with("To see your balance, enter your PIN."), "{asked}");
    assert!(amina.press("1111").await.starts_with("Wrong PIN. Tries left: 4."));
    assert!(amina.press("7361").await.starts_with("Your balance is KES 5,000."));
    // what was typed for one look is not kept for another one
    amina.home().await;
    let asked = amina.go(&[Pick("account"), Pick("statement")]).await;
    assert!(asked.starts_with("To see your last payments, enter your PIN."), "{asked}");
    assert!(amina.press("7361").await.contains("+KES 5,000 Kadogo"), "{}", amina.transcript());
    amina.home().await;
    let paid = amina.go(&[Pick("send"), Type("0700000002"), Type("200"), Yes, Type("7361")]).await;
    assert!(paid.contains("Confirmed"), "{paid}");
    dial_afresh(&amina).await;
    let lines = amina.go(&[Pick("account"), Pick("statement"), Type("7361")]).await;
    assert!(lines.contains("-KES 200 (fee KES 7) Baraka O"), "{lines}");
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_is_told_how_to_see_them() {
    let world = world().await;
    let amina = world.phone(AMINA);
    for text in ["BAL", "MINI", "STATEMENT"] {
        amina.write(text).await;
        assert_eq!(amina.messages().await.pop().unwrap(), HOW, "{text}");
    }
    let baraka = world.phone(BARAKA);
    baraka.write("SALIO").await;
    let told = baraka.messages().await.pop().unwrap();
    assert!(told.starts_with("Kuona hilo, piga *384*1234#"), "{told}");
}

/// Not even by asking for too much.
#[tokio::test(flavor = "multi_thread")]
async fn what_there_is_too_little_for_says_no_more() {
    let world = world().await;
    let amina = world.phone(AMINA);
    amina.dial().await;
    let much = amina.go(&[Pick("send"), Type("0700000002"), Type("5000")]).await;
    assert!(much.starts_with("You do not have enough. This needs KES 5,0"), "{much}");
    amina.write("SEND 5000 0700000002").await;
    let told = amina.messages().await.pop().unwrap();
    assert!(told.starts_with("You do not have enough.") && !told.contains("5,000."), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_pin_shows_nothing() {
    let world = world().await;
    let amina = world.phone(AMINA);
    amina.dial().await;
    amina.go(&[Pick("account"), Pick("balance")]).await;
    let screen = amina.press_all(&["1111", "2222", "3333", "4444", "5555"]).await;
    assert!(screen.starts_with("Your PIN is locked"), "{screen}");
    dial_afresh(&amina).await;
    let screen = amina.go(&[Pick("account"), Pick("balance"), Type("7361")]).await;
    assert!(screen.starts_with("Your PIN is locked"), "{screen}");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_is_said_nobody_is_asked() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    amina.dial().await;
    let screen = amina.go(&[Pick("account"), Pick("balance")]).await;
    assert!(screen.starts_with("Your balance is KES 5,000."), "{screen}");
    dial_afresh(&amina).await;
    let screen = amina.go(&[Pick("account"), Pick("statement")]).await;
    assert!(screen.contains("+KES 5,000 Kadogo"), "{screen}");
    amina.write("BAL").await;
    assert!(amina.messages().await.pop().unwrap().contains("is KES 5,000."));
    dial_afresh(&amina).await;
    let much = amina.go(&[Pick("send"), Type("0700000002"), Type("5000")]).await;
    assert!(much.starts_with("You have KES 5,000."), "{much}");
}
