//! What the staff do to protect somebody's wallet. Goal: one of them may stop it, at once; several
//! orders lie there side by side; undoing takes two, and its owner hears what they should. Method:
//! people who dial, and staff at the wallet's own door.

use super::aids::*;
use super::world::*;
use kadogo::refusal::Reason;
use kadogo::request::Item;
use kadogo::wallet::care::account_view::SEE;
use kadogo::wallet::care::freeze::FREEZE_GONE;
use kadogo::wallet::care::freezing::{FREEZE, FREEZE_WHICH, UNFREEZE};
use kadogo::wallet::care::sim_change::{SAY, SIM_CHANGED};
use kadogo::wallet::care::unlocking::{PIN_NOT_LOCKED, UNLOCK};
use kadogo::wallet::office::two_people::STAFF_SAME_PERSON;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 3_600);

/// Whether money may go out and come in, as people see it.
async fn moves(world: &World) -> (bool, bool) {
    let (amina, baraka) = (world.phone(AMINA), world.phone(BARAKA));
    dial_afresh(&amina).await;
    let out = amina.go(&[Pick("send"), Type("0700000002")]).await;
    dial_afresh(&baraka).await;
    let into = baraka.go(&[Pick("send"), Type("0700000001")]).await;
    (!out.contains("not active"), !into.contains("haitumiki"))
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_lie_side_by_side_and_each_ends_on_its_own() {
    let world = World::new().await;
    let asha = world.hires("asha", "care risk").await;
    let otis = world.hires("otis", "care_lead").await;
    let order = |way, basis, more: &[(&'static str, &'static str)]| {
        let all = [("phone", AMINA), ("way", way), ("basis", basis), ("why", "a letter came")];
        [&all[..], more].concat()
    };
    assert_eq!(moves(&world).await, (true, true));
    let phone_stolen = order("out", "customer", &[]);
    let stolen = world.staff_does(&asha, FREEZE.name, &phone_stolen).await.unwrap();
    assert_eq!(moves(&world).await, (false, true));
    // it is the 23rd
    let court = order("both", "court", &[("until", "24/11/26"), ("reference", "HC 12/26")]);
    world.staff_does(&otis, FREEZE.name, &court).await.unwrap();
    assert_eq!(moves(&world).await, (false, false));
    let some = order("amount", "risk", &[("amount", "100000")]);
    world.staff_does(&asha, FREEZE.name, &some).await.unwrap();
    let look = [("phone", AMINA), ("why", "she calls")];
    let (slots, lines) = world.staff_looks(&otis, SEE.name, &look).await.unwrap();
    let orders = |lines: &[Item]| lines.iter().filter(|l| l.slots.contains_key("order")).count();
    assert_eq!((slots["set_aside"].to_string(), orders(&lines)), ("KES 1,000".to_owned(), 3));
    // the first one is lifted, by two, and leaves the others
    let number = stolen["order"].to_string();
    let lift = [("phone", AMINA), ("which", &*number), ("why", "she has it again")];
    let which = world.staff_asks(&asha, UNFREEZE.name, &[lift[0], lift[2]]).await.unwrap_err();
    assert_eq!(which.reason, FREEZE_WHICH);
    let waits = world.staff_requests(&asha, UNFREEZE.name, &lift).await.unwrap();
    assert_eq!(moves(&world).await, (false, false), "one alone lifts nothing");
    let own = world.staff_approves(&asha, waits).await.unwrap_err();
    assert_eq!(own.reason, STAFF_SAME_PERSON);
    let lifted = world.staff_approves(&otis, waits).await.unwrap();
    assert_eq!(lifted["account_is"].to_string(), "frozen");
    let again = world.staff_asks(&otis, UNFREEZE.name, &lift).await.unwrap_err();
    assert_eq!(again.reason, FREEZE_GONE);
    assert_eq!(moves(&world).await, (false, false));
    // the second one ends by itself when its last day is over
    world.clock.advance(Duration::from_secs(33 * 3_600));
    assert_eq!(world.app.wallet.wake_all().await.unwrap().done, 0);
    world.clock.advance(Duration::from_secs(3_600));
    assert_eq!(world.app.wallet.wake_all().await.unwrap().done, 1);
    assert_eq!(moves(&world).await, (true, true));
    let waits = world.staff_requests(&otis, UNFREEZE.name, &[lift[0], lift[2]]).await.unwrap();
    let own = world.staff_approves(&asha, waits).await.unwrap();
    assert_eq!(own["orders_left"].to_string(), "0");
    let (slots, lines) = world.staff_looks(&otis, SEE.name, &look).await.unwrap();
    assert_eq!((slots["set_aside"].to_string(), orders(&lines)), ("KES 0".to_owned(), 0));
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_pin_is_unlocked_by_two_and_its_owner_hears_of_it() {
    let world = World::new().await;
    let asha = world.hires("asha", "care").await;
    let otis = world.hires("otis", "care_lead").await;
    let amina = world.phone(AMINA);
    let unlock = [("phone", AMINA), ("why", "she came by with her ID")];
    let early = world.staff_asks(&asha, UNLOCK.name, &unlock).await.unwrap_err();
    assert_eq!(early.reason, PIN_NOT_LOCKED);
    amina.dial().await;
    amina.go(&[Pick("send"), Type("0700000002"), Type("200"), Yes]).await;
    amina.press_all(&["1111", "2222", "3333", "4444", "5555"]).await;
    let waits = world.staff_requests(&asha, UNLOCK.name, &unlock).await.unwrap();
    // in between somebody calls: her SIM was changed
    let swap = [("phone", AMINA), ("why", "the shop called")];
    world.staff_does(&asha, SAY.name, &swap).await.unwrap();
    let thief = world.staff_approves(&otis, waits).await.unwrap_err();
    assert_eq!(thief.reason, SIM_CHANGED);
    world.clock.advance(DAY * 3);
    let over = world.staff_approves(&otis, waits).await;
    assert!(over.is_err(), "what was asked for three days ago is asked for again");
    let waits = world.staff_requests(&asha, UNLOCK.name, &unlock).await.unwrap();
    world.staff_approves(&otis, waits).await.unwrap();
    let told = world.inbox(AMINA).await;
    assert!(told.iter().any(|text| text.starts_with("Your PIN is unlocked")), "{told:#?}");
    dial_afresh(&amina).await;
    let way = [Pick("send"), Type("0700000002"), Type("200"), Yes, Type("7361")];
    let screen = amina.go(&way).await;
    assert!(screen.contains("Confirmed."), "{screen}");
    let finance = world.hires("zawadi", "finance_lead").await;
    let other = world.staff_asks(&finance, UNLOCK.name, &unlock).await.unwrap_err();
    assert_eq!(other.reason, Reason::NOT_ALLOWED);
    world.check();
}
