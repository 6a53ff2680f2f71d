//! What lies in pots is within reach: money that came by mistake is called in from there, and it
//! counts for what one may hold. And a copy of what was done there is known as one.

use super::aids::*;
use super::pots::{begin, put, savings};
use super::world::*;
use kadogo::book::Key;
use kadogo::limits::Tier;
use kadogo::phone::Msisdn;
use kadogo::request::{Answer, Fields, Mode, Request};
use kadogo::wallet::Execution;

/// What came by mistake is hidden in no pot: as much as is asked back is held, and the rest stays.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_back_is_called_in_from_pots_too() {
    let world = World::new().await;
    let [amina, baraka] = [AMINA, BARAKA].map(|number| world.phone(number));
    let before = world.balance(BARAKA).await;
    pays(&world, (AMINA, "7361"), BARAKA, 20_000).await;
    begin(&baraka, "24/12/26", "4826").await;
    let all = (before + 20_000) / 100;
    put(&baraka, &all.to_string(), "4826").await;
    assert_eq!(world.balance(BARAKA).await, 0);
    baraka.messages().await;
    dial_afresh(&amina).await;
    let undo = [Pick("people"), Pick("undo"), Pick("sent"), Line("KES 200"), Yes, Type("7361")];
    amina.go(&undo).await;
    assert_eq!(world.balance(BARAKA).await, 20_000);
    let heard = baraka.messages().await;
    assert!(heard.iter().any(|text| text.contains("School") && text.contains("KES 200")));
    dial_afresh(&baraka).await;
    baraka.go(&[Pick("people"), Pick("undo"), Pick("asked"), First, Yes, Type("4826")]).await;
    assert_eq!(world.balance(AMINA).await, 500_000 - 700);
    assert_eq!(world.balance(BARAKA).await, 0);
    comes(&world, 54, 8).await;
    assert_eq!(world.balance(BARAKA).await, before);
    world.check();
}

/// What somebody may hold is what they have, wherever of their own it lies.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_put_aside_counts_for_what_one_may_hold() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    world.give(AMINA, 9_000_000).await;
    world.give(BARAKA, 1_000_000).await;
    known_as(&world, AMINA, Tier::Sim).await;
    begin(&amina, "24/12/26", "7361").await;
    put(&amina, "90000", "7361").await;
    assert_eq!(world.balance(AMINA).await, 500_000);
    // 95,000 are hers, and 100,000 may be
    let baraka = world.phone(BARAKA);
    let pay = async |amount: &str| {
        dial_afresh(&baraka).await;
        baraka.go(&[Pick("send"), Type("0700000001"), Type(amount), Yes, Type("4826")]).await;
        world.balance(AMINA).await
    };
    assert_eq!(pay("6000").await, 500_000);
    assert_eq!(pay("4000").await, 900_000);
    savings(&amina, &[Pick("mine"), Line("School"), Pick("open"), Yes, Yes, Type("7361")]).await;
    assert_eq!(world.balance(AMINA).await, 9_900_000, "what comes back is theirs");
    assert_eq!(pay("2000").await, 9_900_000);
    assert_eq!(pay("900").await, 9_990_000);
    world.check();
}

/// Of a copy of what was done nobody is told that it cannot be: another node has just done it.
#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_comes_too_late_is_known_by_its_key() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    begin(&amina, "24/12/26", "7361").await;
    put(&amina, "50", "7361").await;
    let caller = world.app.wallet.caller(Msisdn::from_e164(AMINA).unwrap()).await.unwrap();
    let ask = |mode, service: &str, fields: Fields| {
        let secret = Some("7361".to_owned().into());
        Request { mode, service: service.into(), fields, secret }
    };
    let list = world.app.wallet.answer(&caller, ask(Mode::List, "pots", Fields::new())).await;
    let Answer::Items(items) = list else { panic!("{list:?}") };
    let opens = async |name: &str| {
        let key = Key::new(world.clock.now(), "copy", name.as_bytes());
        let execution = Execution { key, side_effects: Vec::new() };
        let fields = Fields::from([("pot".to_owned(), items[0].id.clone())]);
        let request = ask(Mode::Execute, "open_pot", fields);
        match world.app.wallet.act(&caller, request, execution).await.answer {
            Answer::Refused(refusal) => refusal.code().to_owned(),
            _done => "done".to_owned(),
        }
    };
    assert_eq!(opens("one").await, "done");
    assert_eq!(opens("one").await, "seen");
    assert_eq!(opens("other").await, "pot_gone");
    world.check();
}
