//! Ways to have one intention paid twice that were found by trying to: each of them must stay shut.

use super::bank_desk;
use super::world::*;
use kadogo::wallet::treasury::bank_opening::BANK_TAKEN;
use std::time::Duration;

const WALK: [&str; 5] = ["", "1", "1*0700000002", "1*0700000002*300", "1*0700000002*300*1"];
const PAY: &str = "1*0700000002*300*1*7361";

#[tokio::test(flavor = "multi_thread")]
async fn of_two_conversations_begun_at_the_same_moment_only_one_can_pay() {
    for round in 0..10 {
        let world = World::new().await;
        let one = format!("one-{round}");
        let two = format!("two-{round}");
        for history in WALK.into_iter().chain([PAY]) {
            tokio::join!(world.hop(&one, AMINA, history), world.hop(&two, AMINA, history));
        }
        let left = world.balance(AMINA).await;
        assert!(left == 500_000 - 30_700 || left == 500_000, "round {round}: {left}");
        assert_eq!(world.inbox(BARAKA).await.len(), usize::from(left != 500_000));
        world.check();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pin_that_comes_when_every_gateway_has_given_up_pays_nothing() {
    let world = World::new().await;
    for history in WALK {
        world.hop("slow", AMINA, history).await;
    }
    world.clock.advance(Duration::from_secs(6 * 60));
    let end = world.hop("slow", AMINA, PAY).await;
    assert!(end.starts_with("END Something has changed meanwhile."), "{end}");
    assert_eq!(world.balance(AMINA).await, 500_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_conversation_cannot_pay_again_after_a_new_one_has() {
    let world = World::new().await;
    for history in WALK {
        world.hop("old", AMINA, history).await;
    }
    world.clock.advance(Duration::from_secs(16 * 60));
    for history in WALK.into_iter().chain([PAY]) {
        world.hop("new", AMINA, history).await;
    }
    world.hop("old", AMINA, PAY).await;
    assert_eq!(world.balance(AMINA).await, 500_000 - 30_700);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_phone_has_one_name_however_its_number_is_written() {
    let world = World::new().await;
    let form = [
        ("sessionId", "s"),
        ("serviceCode", CODE),
        ("phoneNumber", "+2540700000001"),
        ("networkCode", "63902"),
        ("text", ""),
    ];
    let (status, screen) = world.post("/gateways/africastalking/ussd", &form).await;
    assert_eq!(status, 200);
    assert!(screen.contains("1 Send money"), "{screen}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_joins_under_a_name_that_makes_receipts_lie() {
    let world = World::new().await;
    for name in [
        "Kadogo",
        "Confirmed Kes",
        "Amina KES",
        "李小龍",
        "Kádogo",
        "Kadogo-Refunds",
        "Kàdogo. Team",
        "Imethíbitishwa",
    ] {
        let stranger = world.phone(STRANGER);
        stranger.dial().await;
        // who was cut off goes on in English, where the last name was asked for again
        let first = if stranger.offers("continue") { "continue" } else { "en" };
        let screen = stranger.go(&[Pick(first), Type(name), Type("7361"), Type("7361")]).await;
        let said = ["Enter your name in letters", "That name is not for people"];
        assert!(said.iter().any(|said| screen.starts_with(said)), "{name}: {screen}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_phone_can_type_is_not_cut_into_something_else() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    amina.dial().await;
    amina.go(&[Pick("send"), Type("0700000002")]).await;
    let screen = amina.press(&format!("5{}00", " ".repeat(200))).await;
    assert!(screen.starts_with("Not a choice here."), "{screen}");
}

/// Each of its lines would count twice, and e-money be issued twice against it.
#[tokio::test(flavor = "multi_thread")]
async fn one_account_of_the_bank_has_one_name_however_its_number_is_written() {
    let world = World::new().await;
    let asks = world.hires("fatma", "finance").await;
    let says_yes = world.hires("otis", "finance_lead").await;
    bank_desk::opened(&world, [&asks, &says_yes], "kcb", "KE01 0110-2345 678").await;
    for number in ["ke0101102345678", "KE01 0110 2345  678", "KE01/0110-2345.678", "- -"] {
        let typed = [("name", "other"), ("number", number), ("why", "money is kept there")];
        let refused = world.staff_asks(&asks, "open_bank_account", &typed).await.unwrap_err();
        let code = if number == "- -" { "text_format" } else { BANK_TAKEN.code() };
        assert_eq!(refused.code(), code, "{number}");
    }
    bank_desk::opened(&world, [&asks, &says_yes], "coop", "KE01 0110 2345 679").await;
    world.check();
}
