//! Group money where somebody is silent, gone, stopped, a stranger or not there yet: nothing gets
//! stuck, nobody counts who does not count, and each gets their own.

use super::aids::*;
use super::groups::*;
use super::groups_at_once::{acts, open_proposals};
use super::world::*;
use kadogo::store::book_rows::AccountState;
use std::time::Duration;

/// What so many do not answer is over after five days, with a word to all.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_agreed_to_in_time_is_over() {
    let world = World::new().await;
    umoja(&world, "free", "50", 5).await;
    let amina = world.phone(AMINA);
    ask(&amina, AMINA, "100", "7361").await;
    agree(&world.phone(BARAKA), "4826").await;
    comes(&world, 28, 19).await;
    let waits = groups(&world.phone(CLAIRE), &[Pick("asked")]).await;
    assert!(waits.contains("KES 100"), "{waits}");
    comes(&world, 28, 20).await;
    for (who, _, _) in PEOPLE {
        let told = world.inbox(who).await.pop().unwrap();
        assert!(told.contains("hospital"), "{told}");
    }
    let over = groups(&world.phone(CLAIRE), &[Pick("asked")]).await;
    assert!(!over.contains("KES 100"), "{over}");
    world.check();
}

/// Who agrees counts once, who asks not at all, and whoever is no member is nobody.
#[tokio::test(flavor = "multi_thread")]
async fn each_counts_once_and_strangers_not_at_all() {
    let world = World::new().await;
    umoja(&world, "free", "50", 4).await;
    let amina = world.phone(AMINA);
    let baraka = world.phone(BARAKA);
    let esther = world.phone(ESTHER);
    let before = world.balance(AMINA).await;
    ask(&amina, AMINA, "100", "7361").await;
    let own = groups(&amina, &[Pick("asked")]).await;
    assert!(own.contains("Nobody asks you"), "{own}");
    groups(&baraka, &[Pick("asked"), Line("Umoja")]).await;
    let session = (baraka.session(), baraka.history());
    baraka.go(&[Yes, Type("4826")]).await;
    // the last hop comes again, and they dial again
    let again = world.hop(&session.0, BARAKA, &format!("{}*1*4826", session.1)).await;
    // where the first answer is not stored yet, it is told again in fewer words
    assert!(again.starts_with("END Asante. "), "{again}");
    let nothing = groups(&baraka, &[Pick("asked")]).await;
    assert!(nothing.contains("Hakuna anayekuuliza"), "{nothing}");
    // somebody outside sees nothing, whatever number they name
    let nothing = groups(&esther, &[Pick("asked")]).await;
    assert!(nothing.contains("Nobody asks you"), "{nothing}");
    let proposal = open_proposals(&world).await;
    for service in ["group_agree", "group_decline"] {
        let answer = acts(&world, (ESTHER, "6195"), service, &[("proposal", &proposal[0])]).await;
        assert_eq!(answer, "group_ask_gone");
    }
    // who is invited, and has not joined, neither
    invite(&amina, ESTHER, "7361").await;
    for (who, pin) in [(BARAKA, "4826"), (CLAIRE, "9274"), (DAUDI, "8053")] {
        let phone = world.phone(who);
        let line = groups(&phone, &[Pick("asked")]).await;
        assert!(line.contains("Umoja"), "{line}");
        phone.go(&[First, Yes, Type(pin)]).await;
    }
    let answer = acts(&world, (ESTHER, "6195"), "group_agree", &[("proposal", &proposal[0])]).await;
    assert_eq!(answer, "group_ask_gone");
    assert!(world.balance(AMINA).await <= before + 10_000);
    world.check();
}

/// Nobody in the group is waited for whom the operator has stopped; who is removed has their share,
/// who leaves gets nothing, and the last one ends it.
#[tokio::test(flavor = "multi_thread")]
async fn a_group_is_never_stuck() {
    let world = World::new().await;
    umoja(&world, "free", "50", 3).await;
    let amina = world.phone(AMINA);
    let baraka = world.phone(BARAKA);
    let before = world.balance(AMINA).await;
    restrict(&world, CLAIRE, AccountState::Frozen).await;
    ask(&amina, AMINA, "30", "7361").await;
    let done = agree(&baraka, "4826").await;
    assert_eq!(world.balance(AMINA).await, before + 3_000, "{done}");
    restrict(&world, CLAIRE, AccountState::Open).await;
    let had = world.balance(CLAIRE).await;
    let more = [Pick("mine"), Line("Umoja"), Pick("more")];
    groups(&amina, &more).await;
    amina.go(&[Pick("remove"), Line("Claire"), Yes, Type("7361")]).await;
    agree(&baraka, "4826").await;
    // 120 are left, for three
    let claire = world.inbox(CLAIRE).await.pop().unwrap();
    assert!(claire.contains("que vous quittez Umoja. Votre part, KES 40,"), "{claire}");
    assert_eq!(world.balance(CLAIRE).await, had + 4_000);
    groups(&baraka, &more).await;
    let left = baraka.go(&[Pick("leave"), Yes, Type("4826")]).await;
    assert!(left.contains("Umejitoa Umoja"), "{left}");
    groups(&amina, &more).await;
    let last = amina.go(&[Pick("leave")]).await;
    assert!(last.contains("You are the last one"), "{last}");
    let before = world.balance(AMINA).await;
    groups(&amina, &more).await;
    amina.go(&[Pick("close"), Yes, Type("7361")]).await;
    settle(&world).await;
    assert_eq!(world.balance(AMINA).await, before + 8_000);
    world.check();
}

/// Who cannot be paid gets the same share later, and nobody waits for them.
#[tokio::test(flavor = "multi_thread")]
async fn a_share_waits_for_a_wallet_that_is_stopped() {
    let world = World::new().await;
    umoja(&world, "free", "33.34", 3).await;
    let before = [world.balance(AMINA).await, world.balance(BARAKA).await];
    restrict(&world, BARAKA, AccountState::Frozen).await;
    let amina = world.phone(AMINA);
    groups(&amina, &[Pick("mine"), Line("Umoja"), Pick("more"), Pick("close"), Yes]).await;
    amina.press("7361").await;
    agree(&world.phone(CLAIRE), "9274").await;
    settle(&world).await;
    let after = [world.balance(AMINA).await, world.balance(BARAKA).await];
    assert_eq!(after, [before[0] + 3_334, before[1]]);
    restrict(&world, BARAKA, AccountState::Open).await;
    world.clock.advance(Duration::from_secs(86_400));
    settle(&world).await;
    assert_eq!(world.balance(BARAKA).await, before[1] + 3_334);
    world.check();
}

/// A number without a wallet gets the text, joins, and finds the invitation there. One that is from
/// before the group began is worth nothing once it has.
#[tokio::test(flavor = "multi_thread")]
async fn who_has_no_wallet_joins_and_finds_the_invitation() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    found(&amina, "free", "7361").await;
    invite(&amina, STRANGER, "7361").await;
    invite(&amina, BARAKA, "7361").await;
    invite(&amina, ESTHER, "7361").await;
    let neema = world.phone(STRANGER);
    let told = neema.messages().await;
    assert!(told[0].contains("Amina W 0700***001 invites you into Umoja"), "{told:?}");
    neema.dial().await;
    neema.go(&[Pick("en"), Type("Neema Achieng"), Type("739105"), Type("739105")]).await;
    accept(&neema).await;
    assert!(neema.messages().await.pop().unwrap().contains("You have joined Umoja"));
    world.phone(BARAKA).write("KUBALI KIKUNDI umoja").await;
    let begun = begin(&amina, "7361").await;
    assert!(begun.contains("Umoja has begun"), "{begun}");
    let esther = world.phone(ESTHER);
    let none = groups(&esther, &[Pick("invitations")]).await;
    assert!(none.contains("Nobody invites you"), "{none}");
    esther.write("ACCEPT GROUP").await;
    let told = esther.messages().await.pop().unwrap();
    assert!(told.contains("Which group?"), "{told}");
    // from then on they decide on her together
    invite(&amina, ESTHER, "7361").await;
    agree(&world.phone(BARAKA), "4826").await;
    agree(&neema, "739105").await;
    esther.write("ACCEPT GROUP").await;
    let told = esther.messages().await.pop().unwrap();
    assert!(told.contains("You have joined Umoja"), "{told}");
    world.check();
}

/// One that does not begin is over after a month, and one that nobody uses after a year.
#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_uses_ends_by_itself() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    found(&amina, "free", "7361").await;
    comes(&world, 23 + 31, 12).await;
    assert!(amina.messages().await.pop().unwrap().contains("did not begin"));
    let world = World::new().await;
    umoja(&world, "free", "50", 3).await;
    let before = world.balance(CLAIRE).await;
    comes(&world, 23 + 364, 12).await;
    assert_eq!(world.balance(CLAIRE).await, before);
    comes(&world, 23 + 366, 12).await;
    assert_eq!(world.balance(CLAIRE).await, before + 5_000);
    world.check();
}

/// Two of five have agreed where three must; then two leave, and two are enough.
#[tokio::test(flavor = "multi_thread")]
async fn what_has_enough_since_others_left_is_done_by_one_more_yes() {
    let world = World::new().await;
    umoja(&world, "free", "50", 5).await;
    let amina = world.phone(AMINA);
    let baraka = world.phone(BARAKA);
    let before = world.balance(AMINA).await;
    ask(&amina, AMINA, "100", "7361").await;
    agree(&baraka, "4826").await;
    agree(&world.phone(CLAIRE), "9274").await;
    let said = groups(&baraka, &[Pick("asked")]).await;
    assert!(said.contains("Hakuna anayekuuliza"), "{said}");
    for (who, pin) in [(DAUDI, "8053"), (ESTHER, "6195")] {
        let phone = world.phone(who);
        groups(&phone, &[Pick("mine"), Line("Umoja"), Pick("more"), Pick("leave"), Yes]).await;
        phone.press(pin).await;
    }
    assert_eq!(world.balance(AMINA).await, before);
    let done = agree(&baraka, "4826").await;
    assert_eq!(world.balance(AMINA).await, before + 10_000, "{done}");
    world.check();
}

/// Who has asked does not want it any more: nobody is asked, and all others hear of it.
#[tokio::test(flavor = "multi_thread")]
async fn who_asks_takes_it_back() {
    let world = World::new().await;
    umoja(&world, "free", "50", 3).await;
    let (amina, baraka) = (world.phone(AMINA), world.phone(BARAKA));
    let wishes = [Pick("mine"), Line("Umoja"), Pick("more"), Pick("wishes")];
    let none = groups(&amina, &wishes).await;
    assert!(none.contains("You ask for nothing now."), "{none}");
    ask(&amina, AMINA, "100", "7361").await;
    let own = groups(&amina, &wishes).await;
    assert!(own.contains("1 KES 100"), "{own}");
    let sure = amina.go(&[First]).await;
    assert!(sure.contains("Take back what you asked: to pay Amina W"), "{sure}");
    let done = amina.go(&[Yes]).await;
    assert!(done.contains("Taken back."), "{done}");
    let told = baraka.messages().await.pop().unwrap();
    assert!(told.contains("Amina W haombi tena kumlipa Amina W"), "{told}");
    let nothing = groups(&baraka, &[Pick("asked")]).await;
    assert!(nothing.contains("Hakuna anayekuuliza"), "{nothing}");
    let nothing = groups(&world.phone(BARAKA), &wishes).await;
    assert!(nothing.contains("Huombi kitu sasa."), "{nothing}");
    world.check();
}
