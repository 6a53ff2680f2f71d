//! Wrong sends. Goal: what went to the wrong person can come back, if it is still there and the
//! receiver or staff agree; nobody is overdrawn, nothing is decided by silence, and who sells or
//! serves is not robbed of what they were paid. Method: whole conversations as both sides see them,
//! staff's own command of the wallet, and races.

use super::aids::*;
use super::world::*;
use kadogo::limits::Tier;
use kadogo::refusal::Refusal;
use kadogo::store::book_rows;
use kadogo::store::book_rows::AccountState::{Frozen, StopDebit};
use kadogo::wallet::reversals::reversal::UNDO_GONE;
use kadogo::wallet::reversals::staff;
use kadogo::wallet::reversals::undo::UNDO_NOT;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(24 * 3_600);

/// Amina sends to Baraka; the code of the receipt.
async fn sends(amina: &Phone<'_>, to: &str, amount: &str) -> String {
    dial_afresh(amina).await;
    let screen = amina.go(&[Pick("send"), Type(to), Type(amount), Yes, Type("7361")]).await;
    assert!(screen.contains("Confirmed."), "{screen}");
    screen[..10].to_owned()
}

/// Asks for a payment back by its code, up to the PIN and with it.
async fn asks_back(amina: &Phone<'_>, code: &str) -> String {
    dial_afresh(amina).await;
    let screen = amina.go(&[Pick("people"), Pick("undo"), Pick("code"), Type(code)]).await;
    if screen.contains("1 Yes") { amina.go(&[Yes, Type("7361")]).await } else { screen }
}

/// The receiver looks at what is asked of them, and says yes or no.
async fn answers(phone: &Phone<'_>, yes: bool, pin: &str) -> String {
    dial_afresh(phone).await;
    phone.go(&[Pick("people"), Pick("undo"), Pick("asked"), First]).await;
    if yes { phone.go(&[Yes, Type(pin)]).await } else { phone.no().await }
}

/// Balance and what is held of it.
async fn stands(world: &World, number: &str) -> (i64, i64) {
    let number = number.to_owned();
    let read = world.app.wallet.store.read(move |conn| {
        let person = kadogo::store::people::by_msisdn(conn, &number)?.unwrap();
        book_rows::account(conn, person.account_id)
    });
    let account = read.await.unwrap().unwrap();
    (account.balance_minor, account.held_minor)
}

async fn agreed(receiver: &str, to: &str, pin: &str) -> String {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    let other = world.phone(receiver);
    let before = world.balance(receiver).await;
    sends(&amina, to, "200").await;
    // not by code this time, but from the list
    dial_afresh(&amina).await;
    amina
        .go(&[Pick("people"), Pick("undo"), Pick("sent"), Line("KES 200"), Yes, Type("7361")])
        .await;
    assert_eq!(stands(&world, receiver).await, (before + 20_000, 20_000));
    amina.messages().await;
    other.messages().await;
    answers(&other, true, pin).await;
    amina.messages().await;
    other.messages().await;
    assert_eq!(stands(&world, receiver).await, (before, 0));
    // the fee stays paid
    assert_eq!(stands(&world, AMINA).await, (500_000 - 700, 0));
    world.check();
    format!("{}\n== the receiver ==\n{}", amina.transcript(), other.transcript())
}

#[tokio::test(flavor = "multi_thread")]
async fn row_4_a_wrong_number_and_the_receiver_gives_it_back() {
    let stories = [
        ("english_and_swahili", agreed(BARAKA, "0700000002", "4826")),
        ("french", agreed(CLAIRE, "0700000003", "9274")),
    ];
    for (languages, seen) in side_by_side(stories).await {
        insta::assert_snapshot!(
            format!("row_4_a_wrong_number_and_the_receiver_gives_it_back_in_{languages}"),
            seen
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn row_7_a_buyer_cannot_take_back_what_a_trader_or_an_agent_was_paid_or_what_was_asked_for() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    let baraka = world.phone(BARAKA);
    known_as(&world, BARAKA, Tier::Merchant).await;
    let shop = sends(&amina, "0700000002", "200").await;
    baraka.write("OMBA 300 0700000001 viatu").await;
    baraka.write("OMBA NDIYO").await;
    amina.dial().await;
    let asked =
        amina.go(&[Pick("orders"), Line("Baraka"), Yes, Type("7361")]).await[..10].to_owned();
    let people = kadogo::demo::world::people(&world.app.wallet).await.unwrap();
    let agent = people.into_iter().find_map(|person| person.agent).unwrap().number;
    dial_afresh(&amina).await;
    let cash = amina
        .go(&[Pick("cash"), Pick("agent"), Type(&agent), Type("100"), Yes, Type("7361")])
        .await[..10]
        .to_owned();
    for code in [shop, asked, cash] {
        let screen = asks_back(&amina, &code).await;
        assert!(screen.starts_with("Only what you sent to a person"), "{screen}");
    }
    dial_afresh(&amina).await;
    let screen = amina.go(&[Pick("people"), Pick("undo"), Pick("sent")]).await;
    assert!(screen.contains("You have sent nothing"), "{screen}");
    assert_eq!(stands(&world, BARAKA).await.1, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn row_7_who_asks_back_again_and_again_is_stopped_and_staff_sees_how_often() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    for amount in ["101", "102", "103"] {
        let code = sends(&amina, "0700000002", amount).await;
        assert!(asks_back(&amina, &code).await.contains("is held"));
    }
    let code = sends(&amina, "0700000002", "104").await;
    let screen = asks_back(&amina, &code).await;
    assert!(screen.starts_with("You may ask back 3 payments in 30 days"), "{screen}");
    let cases = world.app.wallet.reversals().await.unwrap();
    assert_eq!(cases.iter().map(|case| case.asked_before).collect::<Vec<_>>(), [3, 3, 3]);
    world.clock.advance(30 * DAY + HOUR);
    let code = sends(&amina, "0700000002", "105").await;
    assert!(asks_back(&amina, &code).await.contains("is held"));
}

#[tokio::test(flavor = "multi_thread")]
async fn row_8_who_helped_and_paid_out_is_not_overdrawn_when_the_sender_asks_back() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    let esther = world.phone(ESTHER);
    let code = sends(&amina, "0700000005", "1000").await;
    // Esther passes nearly all of it on, then the rest
    esther.dial().await;
    esther.go(&[Pick("send"), Type("0700000003"), Type("900"), Yes, Type("6195")]).await;
    let other = sends(&amina, "0700000002", "50").await;
    let screen = asks_back(&amina, &code).await;
    assert!(screen.starts_with("KES 87 is held"), "{screen}");
    assert_eq!(stands(&world, ESTHER).await, (8_700, 8_700));
    answers(&esther, true, "6195").await;
    assert_eq!(stands(&world, ESTHER).await, (0, 0));
    // and where nothing is there, nothing is held
    let baraka = world.phone(BARAKA);
    baraka.dial().await;
    baraka.go(&[Pick("send"), Type("0700000003"), Type("2494"), Yes, Type("4826")]).await;
    let (left, _) = stands(&world, BARAKA).await;
    assert_eq!(left, 250_000 + 5_000 - 249_400 - 3_300);
    dial_afresh(&baraka).await;
    baraka.go(&[Pick("send"), Type("0700000003"), Type("23"), Yes, Type("4826")]).await;
    assert_eq!(stands(&world, BARAKA).await, (0, 0));
    let screen = asks_back(&amina, &other).await;
    insta::assert_snapshot!(screen, @"It has been spent, so nothing can be held. Talk to the receiver. This counts as one request.");
    world.check();
}

/// Who wants to know whether somebody has spent all their money pays for it like everybody who asks
/// back: with a try of the PIN, and with a place in the quota.
#[tokio::test(flavor = "multi_thread")]
async fn that_nothing_is_left_is_not_told_for_nothing() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    let esther = world.phone(ESTHER);
    let mut codes = Vec::new();
    for amount in ["49", "48", "47", "46"] {
        codes.push(sends(&amina, "0700000005", amount).await);
    }
    esther.dial().await;
    esther.go(&[Pick("send"), Type("0700000003"), Type("180"), Yes, Type("6195")]).await;
    esther.dial().await;
    esther.go(&[Pick("send"), Type("0700000003"), Type("3"), Yes, Type("6195")]).await;
    assert_eq!(stands(&world, ESTHER).await, (0, 0));
    amina.messages().await;
    esther.messages().await;
    // a wrong PIN says the same as everywhere, costs a try, and tells nothing
    dial_afresh(&amina).await;
    let wrong = amina
        .go(&[Pick("people"), Pick("undo"), Pick("code"), Type(&codes[0]), Yes, Type("1111")])
        .await;
    assert!(wrong.starts_with("Wrong PIN. Tries left: 4."), "{wrong}");
    for code in &codes[..3] {
        assert!(asks_back(&amina, code).await.starts_with("It has been spent"), "{}", last(&amina));
    }
    let told = amina.messages().await;
    assert_eq!(told.len(), 3, "{told:#?}");
    assert_eq!(
        told[0],
        "Nothing of the KES 49 you sent to Esther N 0700***005 is there any more, so nothing is \
         held. Talk to them."
    );
    assert!(esther.messages().await.is_empty());
    assert!(
        asks_back(&amina, &codes[3]).await.starts_with("You may ask back 3 payments in 30 days")
    );
    // where nothing was there one may ask once more, but the quota is used up
    world.give(ESTHER, 100_000).await;
    assert!(asks_back(&amina, &codes[0]).await.starts_with("You may ask back 3 payments"));
    assert_eq!(stands(&world, ESTHER).await, (100_000, 0));
    assert!(world.app.wallet.reversals().await.unwrap().is_empty(), "there is nothing to decide");
    world.check();
}

/// One of the staff decides what was asked back.
async fn decides(world: &World, code: &str, give_back: bool, why: &str) -> Result<(), Refusal> {
    let asha = kadogo::demo::staff_on_show::colleague(&world.app.wallet, "asha", "care").await?;
    let service = if give_back { staff::GIVE_BACK } else { staff::RELEASE };
    let inputs = [("receipt", code), ("why", why)];
    world.staff_does(&asha, service.name, &inputs).await.map(|_slots| ())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_objects_keeps_it_until_staff_decides_and_the_reason_is_kept() {
    for give_back in [true, false] {
        let world = World::new().await;
        let amina = world.phone(AMINA);
        let baraka = world.phone(BARAKA);
        let code = sends(&amina, "0700000002", "200").await;
        asks_back(&amina, &code).await;
        let wallet = &world.app.wallet;
        // before the receiver has spoken it is not for staff to give back
        assert_eq!(decides(&world, &code, true, "too early").await.unwrap_err().reason, UNDO_GONE);
        answers(&baraka, false, "").await;
        assert_eq!(stands(&world, BARAKA).await, (270_000, 20_000));
        assert_eq!(
            decides(&world, "K7M2Q9XWTB", give_back, "nothing").await.unwrap_err().reason,
            UNDO_NOT
        );
        decides(&world, &code, give_back, "phone records").await.unwrap();
        let moved = if give_back { 20_000 } else { 0 };
        assert_eq!(stands(&world, BARAKA).await, (270_000 - moved, 0));
        assert_eq!(stands(&world, AMINA).await, (500_000 - 20_700 + moved, 0));
        // decided is decided
        for again in [give_back, !give_back] {
            assert_eq!(
                decides(&world, &code, again, "second thoughts").await.unwrap_err().reason,
                UNDO_GONE
            );
        }
        assert_eq!(stands(&world, BARAKA).await, (270_000 - moved, 0));
        let why = wallet
            .store
            .read(|conn| {
                Ok(super::engine::lines(
                    conn,
                    "SELECT note AS text FROM trail WHERE note <> '' AND event <> 'refused'",
                ))
            })
            .await;
        assert_eq!(
            why.unwrap_or_else(|error: kadogo::store::StoreError| panic!("{error}")),
            ["phone records"]
        );
        assert!(wallet.reversals().await.unwrap().is_empty());
        if give_back {
            amina.messages().await;
            baraka.messages().await;
            insta::assert_snapshot!(format!(
                "{}\n== the receiver ==\n{}",
                amina.transcript(),
                baraka.transcript()
            ));
        }
        world.check();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn silence_leaves_the_money_where_it_is_and_both_hear_of_it() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    let claire = world.phone(CLAIRE);
    let code = sends(&amina, "0700000003", "200").await;
    asks_back(&amina, &code).await;
    world.clock.advance(7 * DAY - Duration::from_secs(1));
    assert_eq!(world.app.wallet.wake_all().await.unwrap().done, 0);
    world.clock.advance(Duration::from_secs(1));
    // too late to agree, even before anybody has come round to ending it
    dial_afresh(&claire).await;
    let screen = claire.go(&[Pick("people"), Pick("undo"), Pick("asked"), First]).await;
    assert!(screen.contains("déjà décidé"), "{screen}");
    assert_eq!(world.app.wallet.wake_all().await.unwrap().done, 1);
    assert_eq!(world.app.wallet.wake_all().await.unwrap().done, 0, "it ends once");
    assert_eq!(
        (stands(&world, CLAIRE).await, stands(&world, AMINA).await),
        ((140_000, 0), (479_300, 0))
    );
    let told = [world.inbox(AMINA).await.pop().unwrap(), world.inbox(CLAIRE).await.pop().unwrap()];
    insta::assert_snapshot!(told.join("\n"), @r"
    KES 200 stays with Claire M 0700***003: it is no longer held.
    KES 200 que Amina W 0700***001 redemandait ne sont plus bloqués : ils restent à vous.
    ");
    // and not once more
    let screen = asks_back(&amina, &code).await;
    assert!(screen.starts_with("Only what you sent"), "{screen}");
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_is_asked_back_once_ever_and_only_within_a_day_by_who_paid_it() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    let claire = world.phone(CLAIRE);
    let code = sends(&amina, "0700000002", "200").await;
    // the receiver, or somebody who saw the receipt, cannot
    dial_afresh(&claire).await;
    let screen = claire.go(&[Pick("people"), Pick("undo"), Pick("code"), Type(&code)]).await;
    assert!(screen.starts_with("Seul un envoi"), "{screen}");
    assert!(asks_back(&amina, &code.to_lowercase()).await.contains("is held"));
    let screen = asks_back(&amina, &code).await;
    assert!(screen.starts_with("That payment was asked back already."), "{screen}");
    // nor is what somebody was paid who serves at an agent, and may have handed out cash for it
    let paid = sends(&amina, "0700000014", "200").await;
    let screen = asks_back(&amina, &paid).await;
    assert!(screen.starts_with("Only what you sent"), "{screen}");
    let late = sends(&amina, "0700000002", "300").await;
    world.clock.advance(DAY + Duration::from_secs(1));
    let screen = asks_back(&amina, &late).await;
    assert!(screen.starts_with("Only what you sent"), "{screen}");
    assert_eq!(stands(&world, BARAKA).await.1, 20_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_copy_of_the_last_step_holds_once() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    let code = sends(&amina, "0700000002", "200").await;
    dial_afresh(&amina).await;
    amina.go(&[Pick("people"), Pick("undo"), Pick("code"), Type(&code), Yes]).await;
    let session = amina.session();
    let history = format!("{}*7361", amina.history());
    let copies = all((0..4).map(|_| world.hop(&session, AMINA, &history))).await;
    assert!(copies.windows(2).all(|pair| pair[0] == pair[1]), "{copies:#?}");
    assert_eq!(stands(&world, BARAKA).await, (270_000, 20_000));
    assert_eq!(world.inbox(BARAKA).await.len(), 2);
}

/// Whoever is faster: what was spent is not held, what is held is not spent, and nobody sinks below
/// zero.
#[tokio::test(flavor = "multi_thread")]
async fn the_receiver_spends_while_it_is_asked_back() {
    for _round in 0..4 {
        let world = World::new().await;
        let amina = world.phone(AMINA);
        let esther = world.phone(ESTHER);
        let code = sends(&amina, "0700000005", "1000").await;
        dial_afresh(&amina).await;
        amina.go(&[Pick("people"), Pick("undo"), Pick("code"), Type(&code), Yes]).await;
        esther.dial().await;
        esther.go(&[Pick("send"), Type("0700000003"), Type("900"), Yes]).await;
        let (asked, spent) = tokio::join!(amina.press("7361"), esther.press("6195"));
        let stands = stands(&world, ESTHER).await;
        let spent = spent.contains("Confirmed.");
        let expected = if spent { (8_700, 8_700) } else { (100_000, 100_000) };
        assert_eq!(stands, expected, "{asked}");
        assert!(asked.contains("is held"), "{asked}");
        world.check();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_receiver_and_staff_decide_at_the_same_moment() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    let baraka = world.phone(BARAKA);
    let code = sends(&amina, "0700000002", "200").await;
    asks_back(&amina, &code).await;
    answers(&baraka, false, "").await;
    dial_afresh(&baraka).await;
    baraka.go(&[Pick("people"), Pick("undo"), Pick("asked"), Line("Amina"), Yes]).await;
    let (screen, back, free) = tokio::join!(
        baraka.press("4826"),
        decides(&world, &code, true, "the one"),
        decides(&world, &code, false, "the other")
    );
    let done = [screen.contains("Imethibitishwa"), back.is_ok(), free.is_ok()];
    assert_eq!(done.iter().filter(|done| **done).count(), 1, "{screen} {back:?} {free:?}");
    let moved = if done[2] { 0 } else { 20_000 };
    assert_eq!(stands(&world, BARAKA).await, (270_000 - moved, 0));
    assert_eq!(stands(&world, AMINA).await, (500_000 - 20_700 + moved, 0));
    world.check();
}

/// Somebody who cheats is stopped, before or after it is asked back: they keep nothing, whatever
/// they say and however long it takes, and staff give it back.
#[tokio::test(flavor = "multi_thread")]
async fn who_is_stopped_keeps_nothing_that_is_asked_back() {
    for (stopped_first, stop) in [(true, Frozen), (false, Frozen), (false, StopDebit)] {
        let world = World::new().await;
        let amina = world.phone(AMINA);
        let before = (world.balance(AMINA).await, world.balance(BARAKA).await);
        let code = sends(&amina, "0700000002", "200").await;
        if stopped_first {
            restrict(&world, BARAKA, stop).await;
        }
        asks_back(&amina, &code).await;
        restrict(&world, BARAKA, stop).await;
        assert_eq!(stands(&world, BARAKA).await, (before.1 + 20_000, 20_000));
        // nobody decides for weeks
        for _week in 0..4 {
            world.clock.advance(8 * DAY);
            world.app.wallet.wake_all().await.unwrap();
        }
        assert_eq!(stands(&world, BARAKA).await, (before.1 + 20_000, 20_000));
        // they could not answer: it takes two
        let wallet = &world.app.wallet;
        let asha = kadogo::demo::staff_on_show::colleague(wallet, "asha", "care").await.unwrap();
        let otis = kadogo::demo::staff_on_show::colleague(wallet, "otis", "care_lead").await;
        let inputs = [("receipt", &*code), ("why", "the police report")];
        let waits = world.staff_requests(&asha, staff::GIVE_BACK.name, &inputs).await.unwrap();
        world.staff_approves(&otis.unwrap(), waits).await.unwrap();
        assert_eq!(stands(&world, BARAKA).await, (before.1, 0));
        assert_eq!(world.balance(AMINA).await, before.0 - 700);
        world.check();
    }
}
