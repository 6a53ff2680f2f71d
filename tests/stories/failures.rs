//! What is known to go wrong with mobile money wherever it runs, told as it happens to people, and
//! that it does not end badly here. One story for each, named after the failure; the finer points
//! are in the stories of their rooms. What goes wrong at agents is in `market`.

use super::aids::*;
use super::world::*;
use std::time::Duration;

const BALANCES: (i64, i64) = (500_000, 250_000);
/// What both have after Amina sent Baraka 200 once; the fee is 7.
const PAID_ONCE: (i64, i64) = (500_000 - 20_700, 250_000 + 20_000);
const PATH: [Step<'_>; 5] = [Pick("send"), Type("0700000002"), Type("200"), Yes, Type("7361")];

async fn balances(world: &World) -> (i64, i64) {
    (world.balance(AMINA).await, world.balance(BARAKA).await)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_session_dies_and_a_slow_typist_has_to_type_it_all_again() {
    let world = World::new().await;
    for cut_after in 2..PATH.len() {
        let before = world.phone(CLAIRE);
        let phone = world.phone(CLAIRE);
        before.dial().await;
        before.go(&[Pick("send"), Type("0700000002"), Type("50"), Yes][..cut_after]).await;
        world.clock.advance(Duration::from_secs(170));
        let offer = phone.dial().await;
        assert!(offer.starts_with("Continuer où vous étiez : Envoyer"), "{offer}");
        phone.pick("continue").await;
        // nothing that was typed before is asked for again, except the yes
        let rest = match cut_after {
            2 => vec![Type("50"), Yes, Type("9274")],
            _ => vec![Yes, Type("9274")],
        };
        let end = phone.go(&rest).await;
        assert!(end.contains("50 envoyé"), "{end}");
        world.clock.advance(Duration::from_secs(3_600));
    }
    assert_eq!(world.balance(BARAKA).await, BALANCES.1 + 3 * 5_000);
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_screen_is_lost_and_the_payment_is_made_again() {
    let world = World::new().await;
    let lost = world.phone(AMINA);
    let again = world.phone(AMINA);
    lost.dial().await;
    lost.go(&PATH).await;
    // what she would have read came by SMS all the same; she has not looked, and begins anew
    again.dial().await;
    let asked = again.go(&PATH[..3]).await;
    assert!(
        asked.starts_with("You sent KES 200 to Baraka O 1 min ago. Send it once more?"),
        "{asked}"
    );
    again.no().await;
    assert_eq!(balances(&world).await, PAID_ONCE);
    assert!(
        again.messages().await[0].contains("Confirmed. KES 200 sent to Baraka O"),
        "{}",
        again.transcript()
    );
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_carrier_delivers_a_text_again_after_minutes() {
    let world = World::new().await;
    for _delivery in 0..4 {
        assert_eq!(world.text(AMINA, "sms-1", "SEND 200 0700000002").await, 200);
        world.clock.advance(Duration::from_secs(7 * 60));
    }
    assert_eq!(world.inbox(AMINA).await.len(), 1, "one answer for one text");
    let amina = world.phone(AMINA);
    amina.dial().await;
    amina.go(&[Pick("orders"), Line("Baraka"), Yes, Type("7361")]).await;
    // the order is paid, and its text comes once more
    assert_eq!(world.text(AMINA, "sms-1", "SEND 200 0700000002").await, 200);
    assert_eq!((balances(&world).await, world.orders_waiting(AMINA).await), (PAID_ONCE, 0));
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_number_is_a_wrong_one() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    amina.dial().await;
    // she meant 0700000002 and typed a digit too few, then one that is somebody else's
    assert!(
        amina.go(&[Pick("send"), Type("070000002")]).await.contains("0712345678"),
        "{}",
        amina.transcript()
    );
    let shown = amina.press("0700000003").await;
    assert!(shown.starts_with("To Claire"), "who it is stands there before any amount: {shown}");
    amina.go(&[Back, Type("0700000002"), Type("200")]).await;
    let confirm = last(&amina);
    assert!(confirm.contains("Send KES 200 to Baraka O, 0700***002?"), "{confirm}");
    amina.no().await;
    assert_eq!(balances(&world).await, BALANCES);
}

#[tokio::test(flavor = "multi_thread")]
async fn silence_a_slip_or_hanging_up_is_taken_for_a_yes() {
    let world = World::new().await;
    for answer in ["", "0", "00", "2", "3", "11", "yes", "ok", "#"] {
        let amina = world.phone(AMINA);
        amina.dial_along("1*0700000002*200").await;
        let screen = amina.press(answer).await;
        assert!(!screen.contains("PIN"), "{answer:?} was taken for a yes: {screen}");
    }
    let amina = world.phone(AMINA);
    amina.dial_along("1*0700000002*200").await;
    amina.yes().await;
    // at the question for the PIN she hangs up
    world.clock.advance(Duration::from_secs(24 * 3_600));
    assert_eq!(balances(&world).await, BALANCES);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sim_is_in_a_thiefs_phone() {
    let world = World::new().await;
    let thief = world.phone(AMINA);
    for body in ["RESET PIN", "PIN", "FORGOT PIN", "JOIN", "SEND 4000 0700000003"] {
        thief.write(body).await;
    }
    // no text gives a new PIN, and joining again is no way to choose one
    let home = thief.dial().await;
    assert!(!home.contains("language"), "{home}");
    for pin in ["1234", "0000", "1985", "2580", "1111"] {
        thief.dial_along("1*0700000003*4000").await;
        thief.yes().await;
        thief.press(pin).await;
    }
    // the right one would come too late, and is not even asked for
    let screen = thief.dial_along("1*0700000003*4000").await;
    assert!(screen.starts_with("Your PIN is locked."), "{}", thief.transcript());
    assert_eq!(world.balance(AMINA).await, BALANCES.0);
    let told = world.inbox(AMINA).await;
    assert!(told.iter().any(|message| message.contains("PIN is locked")), "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_is_asked_for_their_pin_out_of_the_blue() {
    let world = World::new().await;
    // an agent asks for cash in Baraka's name: no message asks for the PIN, and who dials is told
    // first what it is for
    let mariam = world.phone("+254700000014");
    let baraka = world.phone(BARAKA);
    mariam.dial().await;
    mariam
        .go(&[Pick("agent"), Pick("ask"), Type("0700000002"), Type("500"), Yes, Type("6734")])
        .await;
    let message = baraka.messages().await.pop().unwrap();
    assert!(message.contains("KES 500") && message.contains("Duka la Soko"), "{message}");
    assert!(!message.contains("PIN") || message.contains(CODE), "{message}");
    baraka.dial().await;
    let confirm = baraka.go(&[Pick("orders"), Line("KES 500")]).await;
    assert!(
        confirm.contains("KES 500") && confirm.contains("Duka la Soko") && confirm.contains("529"),
        "{confirm}"
    );
    baraka.no().await;
    assert_eq!(world.balance(BARAKA).await, BALANCES.1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_hijacked() {
    let world = World::new().await;
    let hops = ["", "1", "1*0700000002", "1*0700000002*200", "1*0700000002*200*1"];
    for hop in hops {
        world.hop("s", AMINA, hop).await;
    }
    // another number goes on in her conversation, with her PIN: it has one of its own, and is asked
    // for its own yes. And a copy skips a question
    let asked = world.hop("s", CLAIRE, "1*0700000002*200*1*7361").await;
    assert!(asked.starts_with("CON Envoyer KES 200"), "{asked}");
    world.hop("s2", AMINA, "1*0700000002*200*1*7361").await;
    assert_eq!(balances(&world).await, BALANCES);
    // she dials again: what was open elsewhere is over
    world.phone(AMINA).dial().await;
    let late = world.hop("s", AMINA, "1*0700000002*200*1*7361").await;
    assert!(!late.contains("Confirmed"), "{late}");
    assert_eq!(balances(&world).await, BALANCES);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pin_stays_in_the_phone_that_texted_it() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    amina.write("SEND 200 0700000002 7361").await;
    let answer = amina.messages().await.pop().unwrap();
    assert!(answer.contains("Never") && answer.contains("change"), "{answer}");
    assert_eq!((balances(&world).await, world.orders_waiting(AMINA).await), (BALANCES, 0));
    assert!(!holds(&world.stored_bytes(), "7361"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pin_is_one_that_everybody_guesses() {
    let world = World::new().await;
    let joining = world.phone(STRANGER);
    joining.dial().await;
    joining.go(&[Pick("en"), Type("Faraja Wanjiru")]).await;
    for weak in ["1234", "0000", "1212", "1998", "2512", "2333"] {
        let screen = joining.press(weak).await;
        assert!(screen.contains("easy to guess"), "{weak}: {screen}");
    }
    let again = joining.press("8264").await;
    assert!(again.contains("once more"), "{again}");
}
