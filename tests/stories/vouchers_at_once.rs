//! Money for numbers without a wallet, where many act at one moment: who joins, the outlet, the
//! sender and the end of the week; several agents, several senders, every copy of a hop. Goal: one
//! of them gets it, once. Method: races and crowds.

use super::aids::*;
use super::market::{MARIAM, NJERI, OTIENO, ZUHURA, float};
use super::vouchers::{
    COST, DAY, TO, commissions, hands_out, joins, market, secret_on, sends, sends_to, states, wrong,
};
use super::world::*;

#[tokio::test(flavor = "multi_thread")]
async fn who_joins_the_outlet_the_sender_and_the_end_at_the_same_moment_agree_on_one() {
    for round in 0..4 {
        let world = market().await;
        let amina = world.phone(AMINA);
        let mariam = world.phone(MARIAM);
        let secret = sends(&amina, "300", "7361").await;
        mariam.dial().await;
        mariam.go(&[Pick("agent"), Pick("code"), Type(TO), Type("300"), Type(&secret), Yes]).await;
        dial_afresh(&amina).await;
        amina.go(&[Pick("people"), Pick("parcels"), Line("KES 300"), Pick("cancel")]).await;
        joins(&world).await;
        if round % 2 == 1 {
            world.clock.advance(7 * DAY);
        }
        let wallet = &world.app.wallet;
        let (paid, back, _, _) =
            tokio::join!(mariam.press("6734"), amina.yes(), wallet.wake_all(), wallet.wake_all());
        wallet.wake_all().await.unwrap();
        let ended = world.inbox(AMINA).await.iter().any(|told| told.contains("Nobody took"));
        let paid = paid.contains("Confirmé");
        let back = back.starts_with("Taken back");
        let come = world.balance(STRANGER).await == 30_000;
        let fates = [paid, back, come, ended];
        assert_eq!(fates.iter().filter(|done| **done).count(), 1, "{fates:?}");
        assert_eq!(
            world.balance(AMINA).await,
            if back || ended { 500_000 } else { 500_000 - COST }
        );
        assert_eq!(float(&world, MARIAM).await, if paid { 830_000 } else { 800_000 });
        world.check();
    }
}

/// Nobody looks at what was sent to a number before it had a wallet, unless joining has woken it:
/// what is sent while its receiver joins must not be forgotten until its end.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_while_its_receiver_joins_comes_or_is_not_sent() {
    for _round in 0..6 {
        let world = market().await;
        let amina = world.phone(AMINA);
        amina.dial().await;
        amina.go(&[Pick("send"), Type(TO), Yes, Type("300"), Yes]).await;
        let neema = world.phone(STRANGER);
        neema.dial().await;
        neema.go(&[Pick("en"), Type("Neema Achieng"), Type("739105")]).await;
        let (sent, joined) = tokio::join!(amina.press("7361"), neema.press("739105"));
        assert!(joined.contains("Neema Achieng"), "{joined}");
        world.app.wallet.wake_all().await.unwrap();
        let sent = sent.contains("waits for 0711222333");
        let fate = if sent { (500_000 - COST, 30_000) } else { (500_000, 0) };
        assert_eq!((world.balance(AMINA).await, world.balance(STRANGER).await), fate);
        let states = states(&world).await;
        assert_eq!(states, vec!["arrived".to_owned(); usize::from(sent)]);
        world.check();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_agents_at_once_hand_it_out_once() {
    let world = market().await;
    let secret = sends(&world.phone(AMINA), "300", "7361").await;
    let outlets = [(NJERI, "8417"), (OTIENO, "2905"), (MARIAM, "6734"), (ZUHURA, "5263")];
    let paid = all(outlets.map(|(number, pin)| {
        let world = &world;
        let secret = secret.clone();
        async move {
            let phone = world.phone(number);
            phone.dial().await;
            let screen = phone
                .go(&[
                    Pick("agent"),
                    Pick("code"),
                    Type(TO),
                    Type("300"),
                    Type(&secret),
                    Yes,
                    Type(pin),
                ])
                .await;
            ["Confirm", "Imethibitishwa"].iter().any(|word| screen.contains(word))
        }
    }))
    .await;
    assert_eq!(paid.into_iter().filter(|paid| *paid).count(), 1);
    assert_eq!((world.balance(AMINA).await, commissions(&world).await), (500_000 - COST, 800));
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn every_copy_of_the_last_step_shows_the_same_secret_and_sends_once() {
    let world = market().await;
    let amina = world.phone(AMINA);
    amina.dial().await;
    amina.go(&[Pick("send"), Type(TO), Yes, Type("300"), Yes]).await;
    let session = amina.session();
    let history = format!("{}*7361", amina.history());
    let copies = all((0..4).map(|_| world.hop(&session, AMINA, &history))).await;
    assert!(copies.windows(2).all(|pair| pair[0] == pair[1]), "{copies:#?}");
    assert_eq!(world.inbox(STRANGER).await.len(), 1);
    assert!(
        hands_out(&world.phone(MARIAM), "300", &secret_on(&copies[0])).await.contains("Confirmé")
    );
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_for_one_number_each_secret_opens_its_own() {
    let world = market().await;
    let amina = world.phone(AMINA);
    let baraka = world.phone(BARAKA);
    let mariam = world.phone(MARIAM);
    // at the same moment, and of the same amount
    for phone in [&amina, &baraka] {
        phone.dial().await;
        phone.go(&[Pick("send"), Type(TO), Yes, Type("300"), Yes]).await;
    }
    let (first, second) = tokio::join!(amina.press("7361"), baraka.press("4826"));
    let first = secret_on(&first);
    let second = secret_on(&second);
    assert_ne!(first[..1], second[..1]);
    // a wrong secret of the one costs the other nothing
    for _try in 0..5 {
        hands_out(&mariam, "300", &wrong(&first)).await;
    }
    assert!(
        hands_out(&mariam, "300", &second).await.contains("Confirmé"),
        "{}",
        mariam.transcript()
    );
    assert_eq!(
        (world.balance(AMINA).await, world.balance(BARAKA).await),
        (500_000, 250_000 - COST)
    );
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn in_parts_an_agent_earns_what_one_would_have_and_nobody_serves_what_a_colleague_sent() {
    let world = market().await;
    let amina = world.phone(AMINA);
    let njeri = world.phone(NJERI);
    let otieno = world.phone(OTIENO);
    let mariam = world.phone(MARIAM);
    for part in ["300", "700"] {
        let secret = sends(&amina, part, "7361").await;
        assert!(
            hands_out(&mariam, part, &secret).await.contains("Confirmé"),
            "{}",
            mariam.transcript()
        );
    }
    // 10 for a thousand, not 8 and 10
    assert_eq!(commissions(&world).await, 1_000);
    world.give(NJERI, 50_000).await;
    let secret = sends(&njeri, "300", "9046").await;
    dial_afresh(&otieno).await;
    let screen = otieno
        .go(&[Pick("agent"), Pick("code"), Type(TO), Type("300"), Type(&secret), Yes, Type("2905")])
        .await;
    assert!(screen.contains("Huwezi kujihudumia"), "{screen}");
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_flooded_with_messages_by_sending_and_taking_back() {
    let world = market().await;
    let amina = world.phone(AMINA);
    for _voucher in 0..3 {
        sends(&amina, "50", "7361").await;
        dial_afresh(&amina).await;
        amina.go(&[Pick("people"), Pick("parcels"), Line("KES 50"), Pick("cancel"), Yes]).await;
    }
    dial_afresh(&amina).await;
    let screen = amina.go(&[Pick("send"), Type(TO), Yes, Type("50")]).await;
    assert!(screen.starts_with("Too many of these wait."), "{screen}");
    assert_eq!(world.inbox(STRANGER).await.len(), 6);
    for other in 0..10 {
        sends_to(&amina, &format!("07112224{other:02}"), "50", "7361").await;
    }
    dial_afresh(&amina).await;
    let screen = amina.go(&[Pick("send"), Type("0711222500"), Yes, Type("50")]).await;
    assert!(screen.starts_with("Too many of these wait."), "{screen}");
    // a no sends nothing, and back goes back to the number
    dial_afresh(&amina).await;
    assert!(
        amina.go(&[Pick("send"), Type(TO), Back]).await.contains("Enter the phone number"),
        "{}",
        amina.transcript()
    );
    assert!(amina.go(&[Type(TO), No]).await.starts_with("Cancelled."), "{}", amina.transcript());
}

/// A gateway repeats a hop while its answer is on the way: no copy is a screen with holes.
#[tokio::test(flavor = "multi_thread")]
async fn every_copy_of_reading_the_secret_shows_it() {
    let world = market().await;
    let amina = world.phone(AMINA);
    let secret = sends(&amina, "300", "7361").await;
    for _ in 0..10 {
        dial_afresh(&amina).await;
        amina.go(&[Pick("people"), Pick("parcels"), Line("KES 300"), Pick("secret")]).await;
        let session = amina.session();
        let history = format!("{}*7361", amina.history());
        for copy in all((0..6).map(|_| world.hop(&session, AMINA, &history))).await {
            assert_eq!(secret_on(&copy), secret);
        }
    }
}
