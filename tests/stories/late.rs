//! Answers that come too late for the screen, and services that die in the middle: the caller is
//! told that the result comes by SMS, and it does, once, and it is true.
//!
//! The committer is held still while the last hop is on its way, or it dies at a chosen point; then
//! a second service is started on the same database.

use super::aids::*;
use super::engine;
use super::world::*;
use kadogo::gateway::africastalking as at;
use std::time::Duration;

const TO_THE_PIN: [Step<'_>; 4] = [Pick("send"), Type("0700000002"), Type("200"), Yes];
const LATE: &str =
    "This takes a little longer. You will get the result by SMS. Please do not try again before.";

/// A service whose callers do not wait long, though long enough for a hop that nothing holds up.
async fn impatient() -> World {
    World::with(Twist { answer_within: Some(Duration::from_secs(1)), ..Twist::default() }).await
}

async fn until_told(world: &World, number: &str, messages: usize) {
    until("the messages are there", || async { world.inbox(number).await.len() == messages }).await;
}

/// Goes `way` and takes its `last` step while nothing can be written; then things go on, and
/// `messages` SMS come.
async fn held_up(
    number: &str,
    way: &[Step<'_>],
    last: Step<'_>,
    messages: usize,
) -> (World, String) {
    let world = impatient().await;
    let phone = world.phone(number);
    phone.dial().await;
    phone.go(way).await;
    let held = Held::the_book(&world).await;
    phone.go(&[last]).await;
    held.release().await;
    until_told(&world, number, messages).await;
    phone.messages().await;
    world.check();
    let from = phone.transcript().rfind("\n> ").unwrap();
    let seen = phone.transcript()[from..].trim().to_owned();
    (world, seen)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_payment_is_told_by_its_receipts() {
    let (world, seen) = held_up(AMINA, &TO_THE_PIN, Type("7361"), 1).await;
    insta::assert_snapshot!(seen);
    assert_eq!(world.balance(BARAKA).await, 270_000);
    assert_eq!(world.inbox(BARAKA).await.len(), 1);
    assert!(world.phone(AMINA).dial().await.starts_with("Kadogo\n"), "and is over");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_refusal_is_told_with_its_reason() {
    let (world, seen) = held_up(AMINA, &TO_THE_PIN, Type("1111"), 1).await;
    insta::assert_snapshot!(seen);
    assert_eq!(world.balance(BARAKA).await, 250_000);
    let again = world.phone(AMINA);
    assert!(again.dial().await.starts_with("Go on where you stopped: "), "and can be mended");
    assert!(again.go(&[Pick("continue"), Yes, Type("7361")]).await.contains("Confirmed."));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_refusal_speaks_the_callers_language() {
    let (_world, seen) = held_up(CLAIRE, &TO_THE_PIN, Type("1111"), 1).await;
    insta::assert_snapshot!(seen);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_joining_is_told_in_the_language_chosen() {
    let (world, seen) =
        held_up(STRANGER, &[Pick("sw"), Type("Neema Achieng"), Type("7361")], Type("7361"), 1)
            .await;
    insta::assert_snapshot!(seen);
    assert_eq!(world.balance(STRANGER).await, 0);
}

/// What sends no message when it is in time sends one when it is late.
#[tokio::test(flavor = "multi_thread")]
async fn a_late_change_of_language_is_told() {
    let (world, seen) = held_up(AMINA, &[Pick("account"), Pick("language")], Pick("sw"), 1).await;
    insta::assert_snapshot!(seen);
    assert!(world.phone(AMINA).dial().await.contains("Tuma pesa"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_in_time_needs_no_message() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    amina.dial().await;
    amina.go(&[Pick("account"), Pick("language"), Pick("sw")]).await;
    assert!(amina.messages().await.is_empty());
}

/// Copies of the late hop are answered like the first, and the payment is made once.
#[tokio::test(flavor = "multi_thread")]
async fn copies_of_a_late_hop_are_late_too_and_then_get_the_result() {
    let world = impatient().await;
    let phone = world.phone(AMINA);
    phone.dial().await;
    phone.go(&TO_THE_PIN).await;
    let held = Held::the_book(&world).await;
    assert_eq!(phone.press("7361").await, LATE);
    assert_eq!(phone.again().await, LATE);
    held.release().await;
    until("the answer is there", || async { phone.again().await.contains("Confirmed.") }).await;
    until_told(&world, AMINA, 1).await;
    assert_eq!((world.balance(BARAKA).await, world.inbox(BARAKA).await.len()), (270_000, 1));
    world.check();
}

/// Nothing can be looked up.
enum Unread {
    Readers(Held),
    Locked(engine::Hand),
}

impl Unread {
    /// On a file the readers stand still; on a server, where hops need none, a table is locked.
    async fn of(world: &World) -> Unread {
        if world.app.wallet.store.kind() != "postgres" {
            return Unread::Readers(Held::the_readers(world).await);
        }
        let mut hand = world.home.hand();
        hand.run("BEGIN; LOCK TABLE people IN ACCESS EXCLUSIVE MODE").unwrap();
        Unread::Locked(hand)
    }

    async fn release(self) {
        match self {
            Unread::Readers(held) => held.release().await,
            Unread::Locked(mut hand) => hand.run("ROLLBACK").unwrap(),
        }
    }
}

const NOT_NOW: &str = "We cannot do this just now. Please try again in a minute.";

/// On the way nothing is being done yet: no promise is made, and whoever dials again goes on.
#[tokio::test(flavor = "multi_thread")]
async fn on_the_way_a_late_answer_promises_nothing() {
    let world = impatient().await;
    let phone = world.phone(AMINA);
    phone.dial().await;
    phone.pick("send").await;
    let unread = Unread::of(&world).await;
    assert_eq!(phone.press("0700000002").await, NOT_NOW);
    unread.release().await;
    until("the hop has come to its end", || async {
        // on a busy machine a dial may come too late as well, or before the hop has ended, and then
        // the number is typed once more: nothing else is lost by it
        let again = world.phone(AMINA);
        let screen = again.dial().await;
        if screen.starts_with("Go on where you stopped: ") {
            return again.pick("continue").await.starts_with("To Baraka O");
        }
        screen.starts_with("Kadogo\n")
            && again.pick("send").await.starts_with("Send money\n")
            && again.press("0700000002").await.starts_with("To Baraka O")
    })
    .await;
    assert!(world.inbox(AMINA).await.is_empty());
}

/// Who was told that nothing was done is told the truth, also where the PIN was there already.
#[tokio::test(flavor = "multi_thread")]
async fn who_is_told_that_nothing_was_done_is_not_surprised_by_a_receipt() {
    let world = at_the_pin().await;
    let quick = Twist { answer_within: Some(Duration::from_secs(1)), ..Twist::default() };
    let world = world.restart_with(quick).await;
    let unread = Unread::of(&world).await;
    assert_eq!(world.hop("s", AMINA, WITH_PIN).await, format!("END {NOT_NOW}"));
    unread.release().await;
    // the gateway brings it again: by now there is time, and the first is over
    assert!(world.hop("s", AMINA, WITH_PIN).await.contains("Confirmed."));
    assert_eq!((world.balance(AMINA).await, world.balance(BARAKA).await), (479_300, 270_000));
    assert_eq!(world.inbox(AMINA).await.len(), 1);
    world.check();
}

/// A hop that goes on by itself, whatever becomes of the world it was sent to.
fn send(world: &World, session: &str, history: &str) -> tokio::task::JoinHandle<String> {
    let form =
        [("sessionId", session), ("phoneNumber", AMINA), ("serviceCode", CODE), ("text", history)];
    let mut form: Vec<(String, String)> =
        form.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    form.push(("networkCode".into(), at::SANDBOX_NETWORK.into()));
    let request =
        world.client.post(format!("{}/gateways/africastalking/ussd", world.url)).form(&form);
    tokio::spawn(async move { request.send().await.unwrap().text().await.unwrap() })
}

const AT_THE_PIN: &str = "1*0700000002*200*1";
const WITH_PIN: &str = "1*0700000002*200*1*7361";
const WITH_WRONG_PIN: &str = "1*0700000002*200*1*1111";

async fn at_the_pin() -> World {
    let world = World::new().await;
    world.hop("s", AMINA, "1*0700000002*200").await;
    assert!(world.hop("s", AMINA, AT_THE_PIN).await.contains("enter your PIN"));
    world
}

/// A wrong PIN is charged, which is durable; then the service dies with the answer.
async fn dies_after_charging() -> World {
    let world = at_the_pin().await;
    world.flush().await;
    assert!(world.hop("s", AMINA, WITH_WRONG_PIN).await.contains("Tries left: 4."));
    world.crash().await
}

/// The payment is durable; then the service dies, and all it knew of what the last screen said.
async fn dies_after_paying() -> (World, String) {
    let world = at_the_pin().await;
    world.flush().await;
    let screen = world.hop("s", AMINA, WITH_PIN).await;
    (world.crash().await, screen)
}

/// The caller is told to wait for an SMS; then the service dies, before or after it has paid.
async fn dies_after_promising(paid: bool) -> World {
    let world = impatient().await;
    world.hop("s", AMINA, "1*0700000002*200").await;
    assert!(world.hop("s", AMINA, AT_THE_PIN).await.contains("enter your PIN"));
    let held = Held::the_book(&world).await;
    assert_eq!(world.hop("s", AMINA, WITH_PIN).await, format!("END {LATE}"));
    world.flush().await;
    if paid {
        held.release().await;
        written(&world).await;
    } else {
        held.pull_the_plug().await;
    }
    world.crash().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_promise_that_a_crash_left_behind_is_settled_after_a_minute_and_told() {
    let world = dies_after_promising(false).await;
    assert_eq!(world.app.ussd.settle_stuck().await.unwrap(), 0, "not at once");
    assert_eq!(world.hop("s", AMINA, WITH_PIN).await, format!("END {LATE}"), "still to come");
    let other = world.hop("s", AMINA, &format!("{AT_THE_PIN}*8053")).await;
    assert_eq!(other, "END We cannot do this just now. Please try again in a minute.");
    minutes(&world, 2);
    assert_eq!(world.app.ussd.settle_stuck().await.unwrap(), 1);
    assert_eq!(world.app.ussd.settle_stuck().await.unwrap(), 0, "once");
    insta::assert_snapshot!(world.inbox(AMINA).await.join("\n"));
    let late_copy = world.hop("s", AMINA, WITH_PIN).await;
    assert_eq!(late_copy, "END Something has changed meanwhile. Please dial again.");
    assert_eq!((world.balance(AMINA).await, world.balance(BARAKA).await), (500_000, 250_000));
    assert_eq!(world.inbox(AMINA).await.len(), 1);
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_promise_that_was_kept_is_not_broken_afterwards() {
    let world = dies_after_promising(true).await;
    minutes(&world, 2);
    assert_eq!(world.app.ussd.settle_stuck().await.unwrap(), 1);
    assert!(world.phone(AMINA).dial().await.starts_with("Kadogo\n"), "nor is it offered");
    assert_eq!((world.balance(AMINA).await, world.balance(BARAKA).await), (479_300, 270_000));
    assert_eq!((world.inbox(AMINA).await.len(), world.inbox(BARAKA).await.len()), (1, 1));
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_pin_that_comes_again_after_a_crash_is_charged_once() {
    let world = dies_after_charging().await;
    for _copy in 0..2 {
        assert!(world.hop("s", AMINA, WITH_WRONG_PIN).await.contains("Tries left: 4."));
    }
    let right = format!("{WITH_WRONG_PIN}*7361");
    assert!(world.hop("s", AMINA, &right).await.contains("Confirmed."));
    assert!(world.hop("s", AMINA, &right).await.contains("Confirmed."));
    assert_eq!((world.balance(AMINA).await, world.balance(BARAKA).await), (479_300, 270_000));
    assert_eq!(world.inbox(AMINA).await.len(), 1);
    world.check();
}

/// A hop acts in one commit: a crash before that leaves nothing of it, and a copy is the first.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_crash_kept_from_being_written_is_done_by_the_copy() {
    let world = at_the_pin().await;
    world.flush().await;
    let held = Held::the_book(&world).await;
    let hop = send(&world, "s", WITH_PIN);
    until_waiting(&world, 1).await;
    held.pull_the_plug().await;
    // nobody can say what came of it
    assert_eq!(hop.await.unwrap(), format!("END {LATE}"));
    let world = world.crash().await;
    assert_eq!(world.balance(AMINA).await, 500_000);
    for _copy in 0..2 {
        assert!(world.hop("s", AMINA, WITH_PIN).await.contains("Confirmed."));
    }
    assert_eq!((world.balance(AMINA).await, world.balance(BARAKA).await), (479_300, 270_000));
    assert_eq!(world.inbox(AMINA).await.len(), 1);
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_that_was_made_before_the_crash_is_confirmed_and_not_made_again() {
    let (world, screen) = dies_after_paying().await;
    assert!(screen.contains("Confirmed."), "{screen}");
    let again = world.hop("s", AMINA, WITH_PIN).await;
    assert_eq!(again, screen, "the copy gets the same words from the book");
    minutes(&world, 2);
    assert_eq!(world.app.ussd.settle_stuck().await.unwrap(), 0);
    assert_eq!((world.balance(AMINA).await, world.balance(BARAKA).await), (479_300, 270_000));
    assert_eq!((world.inbox(AMINA).await.len(), world.inbox(BARAKA).await.len()), (1, 1));
    world.check();
}

/// Even where nothing is left of the conversation, the whole history finds its receipt, and never
/// a yes again.
#[tokio::test(flavor = "multi_thread")]
async fn a_payment_of_a_conversation_that_is_lost_is_confirmed_from_the_book() {
    let world = at_the_pin().await;
    let screen = world.hop("s", AMINA, WITH_PIN).await;
    let world = world.crash().await;
    let code = &screen[..14];
    let told = world.hop("s", AMINA, WITH_PIN).await;
    assert_eq!(told, format!("{code} Confirmed on 23/11/26 at 14:05. Its SMS tells you more."));
    // another conversation with the same words is asked for its own yes
    assert!(world.hop("t", AMINA, WITH_PIN).await.starts_with("CON You sent KES 200 to Baraka O"));
    assert_eq!((world.balance(AMINA).await, world.balance(BARAKA).await), (479_300, 270_000));
    assert_eq!(world.inbox(AMINA).await.len(), 1);
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_that_was_made_before_the_crash_is_not_offered_again() {
    let (world, _screen) = dies_after_paying().await;
    assert!(world.phone(AMINA).dial().await.starts_with("Kadogo\n"));
}

/// The first service is not dead, only very slow; meanwhile its caller has dialled anew, got
/// another one, and paid there.
#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_wakes_up_after_its_caller_has_acted_elsewhere_pays_nothing() {
    let world = at_the_pin().await;
    world.flush().await;
    // whoever writes to a file has all of it, and the other service could not go on; on a server
    // hops need no readers
    let on_server = world.app.wallet.store.kind() == "postgres";
    let asleep =
        if on_server { Held::the_book(&world).await } else { Held::the_readers(&world).await };
    let hop = send(&world, "s", WITH_PIN);
    tokio::time::sleep(Duration::from_millis(300)).await;
    let world = world.restart().await;
    let again = world.phone(AMINA);
    assert!(again.dial().await.starts_with("Go on where you stopped: "));
    let paid = if on_server {
        false
    } else {
        again.go(&[Pick("continue"), Yes, Type("7361")]).await.contains("Confirmed.")
    };
    asleep.release().await;
    let first = hop.await.unwrap();
    if paid {
        assert_eq!(first, "END Something has changed meanwhile. Please dial again.");
    } else {
        // the first to act has acted: the other one cannot any more
        assert!(first.contains("Confirmed."), "{first}");
        let second = again.go(&[Pick("continue"), Yes, Type("7361")]).await;
        assert!(!second.contains("Confirmed."), "{second}");
    }
    assert_eq!((world.balance(AMINA).await, world.balance(BARAKA).await), (479_300, 270_000));
    assert_eq!(world.inbox(AMINA).await.len(), 1);
    world.check();
}
