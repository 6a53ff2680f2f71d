//! The PIN: five wrong tries lock it, and no way of asking, however parallel, gets more than five.

use super::aids::*;
use super::world::*;
use kadogo::book::Key;
use kadogo::phone::Msisdn;
use kadogo::refusal::Reason;
use kadogo::request::{Answer, Fields, Mode, Request, Secret};
use kadogo::store::book_rows::AccountState;
use kadogo::wallet::Execution;

async fn at_the_pin<'a>(world: &'a World, number: &str) -> Phone<'a> {
    let phone = world.phone(number);
    phone.dial().await;
    // who was refused is asked again whom to pay
    let first = if phone.offers("continue") { "continue" } else { "send" };
    phone.go(&[Pick(first), Type("0700000002"), Type("200"), Yes]).await;
    phone
}

async fn lock(world: &World, number: &str) {
    at_the_pin(world, number).await.press_all(&["1111", "2222", "3333", "4444", "5555"]).await;
}

async fn locked(number: &str) -> String {
    let world = World::new().await;
    let phone = world.phone(number);
    phone.dial().await;
    phone.go(&[Pick("send"), Type("0700000004"), Type("50"), Yes]).await;
    phone.press_all(&["1111", "2222", "3333", "4444", "5555"]).await;
    phone.messages().await;
    phone.transcript()
}

#[tokio::test(flavor = "multi_thread")]
async fn five_wrong_pins_lock_it_in_three_languages() {
    for (language, seen) in in_three_languages(|number, _pin| locked(number)).await {
        insta::assert_snapshot!(format!("five_wrong_pins_lock_it_in_{language}"), seen);
    }
}

/// Who begins a payment hears it where they would be asked for their yes, and not after their PIN.
async fn told_at_once(world: &World) {
    let phone = world.phone(AMINA);
    phone.dial().await;
    let screen = phone.go(&[Pick("send"), Type("0700000002"), Type("200")]).await;
    assert!(screen.starts_with("Your PIN is locked"), "{screen}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_pin_is_not_even_asked_for_nor_after_a_restart() {
    let world = World::new().await;
    lock(&world, AMINA).await;
    told_at_once(&world).await;
    let world = world.restart().await;
    told_at_once(&world).await;
    assert_eq!((world.balance(AMINA).await, world.balance(BARAKA).await), (500_000, 250_000));
    assert_eq!(world.inbox(AMINA).await.len(), 1, "the news of the lock comes once");
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_pin_still_receives_and_reads() {
    let world = World::new().await;
    lock(&world, AMINA).await;
    let baraka = world.phone(BARAKA);
    baraka.dial().await;
    baraka.go(&[Pick("send"), Type("0700000001"), Type("200"), Yes, Type("4826")]).await;
    let amina = world.phone(AMINA);
    amina.dial().await;
    assert!(
        amina
            .go(&[Pick("account"), Pick("balance")])
            .await
            .starts_with("Your balance is KES 5,200.")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_pin_cannot_be_changed() {
    let world = World::new().await;
    lock(&world, AMINA).await;
    let amina = world.phone(AMINA);
    amina.dial().await;
    let screen = amina.go(&[Pick("account"), Pick("pin"), Type("7361")]).await;
    assert!(screen.starts_with("Your PIN is locked"), "{screen}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_right_pin_forgives_the_wrong_ones_before_it() {
    let world = World::new().await;
    for _day in 0..3 {
        let amina = at_the_pin(&world, AMINA).await;
        let screen = amina.press_all(&["1111", "2222", "3333", "4444"]).await;
        assert!(screen.starts_with("Wrong PIN. Tries left: 1."), "{screen}");
        let screen = amina.press("7361").await;
        assert!(screen.contains("Confirmed."), "{screen}");
        minutes(&world, 11);
    }
    assert_eq!(world.balance(BARAKA).await, 310_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_tries_add_up_over_conversations_and_services() {
    let world = World::new().await;
    at_the_pin(&world, AMINA).await.press_all(&["1111", "2222"]).await;
    let amina = world.phone(AMINA);
    amina.dial().await;
    amina.go(&[Pick("restart"), Pick("account"), Home]).await;
    let screen = amina.go(&[Pick("account"), Pick("pin"), Type("3333")]).await;
    assert!(screen.starts_with("Wrong PIN. Tries left: 2."), "{screen}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_payment_with_the_right_pin_costs_no_try() {
    let world = World::new().await;
    for _time in 0..6 {
        let amina = at_the_pin(&world, AMINA).await;
        restrict(&world, BARAKA, AccountState::Frozen).await;
        let screen = amina.press("7361").await;
        assert!(screen.starts_with("That person's account is not active."), "{screen}");
        restrict(&world, BARAKA, AccountState::Open).await;
    }
    let screen = at_the_pin(&world, AMINA).await.press("7361").await;
    assert!(screen.contains("Confirmed."), "{screen}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_a_pin_costs_no_try() {
    let world = World::new().await;
    let amina = at_the_pin(&world, AMINA).await;
    for typed in ["", "736", "7361842", "73a1", "73 61", "7*3*6", "seven", "1", "2"] {
        let screen = amina.press(typed).await;
        assert!(screen.starts_with("A PIN has 4 to 6 digits."), "{typed}: {screen}");
    }
    let screen = amina.press("1111").await;
    assert!(screen.starts_with("Wrong PIN. Tries left: 4."), "{screen}");
}

/// Twenty conversations of one phone at the same moment, each up to its PIN. Beginning one ends the
/// others, so most of them never get there; what each shows in the end is returned.
async fn twenty_at_once(world: &World, pin: impl Fn(usize) -> String) -> Vec<String> {
    let talks: Vec<(String, String)> = (0..20).map(|n| (format!("race-{n}"), pin(n))).collect();
    let talk = |(session, pin): &(String, String)| {
        let session = session.clone();
        let pin = pin.clone();
        async move {
            let along = "1*0700000002*200";
            world.hop(&session, AMINA, along).await;
            world.hop(&session, AMINA, &format!("{along}*1")).await;
            world.hop(&session, AMINA, &format!("{along}*1*{pin}")).await
        }
    };
    all(talks.iter().map(talk)).await
}

async fn all<F: Future<Output = String>>(hops: impl Iterator<Item = F>) -> Vec<String> {
    let mut hops: Vec<std::pin::Pin<Box<F>>> = hops.map(Box::pin).collect();
    let mut screens: Vec<Option<String>> = hops.iter().map(|_hop| None).collect();
    std::future::poll_fn(|context| {
        for (hop, screen) in hops.iter_mut().zip(&mut screens) {
            if screen.is_none()
                && let std::task::Poll::Ready(seen) = hop.as_mut().poll(context)
            {
                *screen = Some(seen);
            }
        }
        if screens.iter().all(Option::is_some) {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    screens.into_iter().flatten().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_conversations_at_once_try_no_more_than_five_pins() {
    let world = World::new().await;
    let screens = twenty_at_once(&world, |n| format!("{}", 1_000 + n)).await;
    let compared = screens.iter().filter(|screen| screen.contains("Wrong PIN.")).count();
    assert!(compared <= 4, "{screens:?}");
    assert!(world.inbox(AMINA).await.len() <= 1, "the news of a lock comes once");
    world.check();
}

/// Five wrong tries, then the right PIN twenty times at once: the sixth try is no try.
#[tokio::test(flavor = "multi_thread")]
async fn the_right_pin_as_the_sixth_does_not_work() {
    let world = World::new().await;
    lock(&world, AMINA).await;
    let screens = twenty_at_once(&world, |_n| "7361".to_owned()).await;
    assert!(screens.iter().all(|screen| !screen.contains("Confirmed.")), "{screens:?}");
    assert_eq!(world.balance(BARAKA).await, 250_000);
}

/// The same without conversations, at the wallet's own door: all tries are in flight before any is
/// compared.
#[tokio::test(flavor = "multi_thread")]
async fn the_wallet_compares_no_more_than_five() {
    let world = World::new().await;
    let wallet = world.app.wallet.clone();
    let caller = wallet.caller(Msisdn::from_e164(AMINA).unwrap()).await.unwrap();
    let held = Held::the_book(&world).await;
    let mut tries = tokio::task::JoinSet::new();
    for n in 0..40_u32 {
        let wallet = wallet.clone();
        let caller = caller.clone();
        tries.spawn(async move {
            let fields =
                Fields::from([("to".into(), BARAKA.into()), ("amount".into(), "20000".into())]);
            let secret = Some(Secret::from((2_000 + n).to_string()));
            let ask = Request { mode: Mode::Execute, service: "send".into(), fields, secret };
            let key = Key::new(wallet.clock.now(), "test", &n.to_be_bytes());
            wallet.act(&caller, ask, Execution { key, side_effects: Vec::new() }).await.answer
        });
    }
    until_waiting(&world, 40).await;
    held.release().await;
    let wrong = |answer: &Answer| {
        let Answer::Refused(refusal) = answer else { return false };
        refusal.reason == Reason::PIN_WRONG
    };
    let compared = tries.join_all().await.into_iter().filter(wrong).count();
    assert_eq!(compared, 4, "only who is charged is compared, and the fifth is told of the lock");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_without_a_pin_is_refused_whatever_asks_for_it() {
    let world = World::new().await;
    let wallet = world.app.wallet.clone();
    let caller = wallet.caller(Msisdn::from_e164(AMINA).unwrap()).await.unwrap();
    let fields = Fields::from([("to".into(), BARAKA.into()), ("amount".into(), "20000".into())]);
    let key = Key::new(wallet.clock.now(), "test", b"no pin");
    let ask = Request { mode: Mode::Execute, service: "send".into(), fields, secret: None };
    let executed = wallet.act(&caller, ask, Execution { key, side_effects: Vec::new() }).await;
    assert!(matches!(
        executed.answer,
        Answer::Refused(refusal) if refusal.reason == Reason::FIELD_MISSING
    ));
    assert_eq!(world.balance(BARAKA).await, 250_000);
}
