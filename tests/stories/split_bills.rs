//! Split bills that several share. Goal: each is asked for an equal share and no coin is lost; who
//! asks sees who has paid, and can remind or take back, and nobody is asked, reminded or charged
//! once too often. Method: whole conversations as people see them, and answers at the same moment.

use super::aids::*;
use super::world::*;
use kadogo::book::Key;
use kadogo::phone::Msisdn;
use kadogo::request::{Answer, Fields, Mode, Request};
use kadogo::wallet::Execution;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3_600);
/// Where a split bill is split.
const BILL: [Step<'_>; 2] = [Pick("people"), Pick("bill")];
const EVERYBODY: [&str; 8] = [
    "0700000002",
    "0700000003",
    "0700000004",
    "0700000005",
    "0700000011",
    "0700000012",
    "0700000013",
    "0700000014",
];

/// Splits a bill on USSD; the last screen.
async fn split(phone: &Phone<'_>, amount: &str, about: &str, among: &[&str]) -> String {
    dial_afresh(phone).await;
    phone.go(&BILL).await;
    phone.go(&[Pick("new"), Type(amount), Type(about)]).await;
    phone.press_all(among).await;
    if among.len() < EVERYBODY.len() {
        phone.press("1").await;
    }
    phone.yes().await
}

/// Pays or declines the newest request.
async fn answer(phone: &Phone<'_>, answers: &[Step<'_>]) -> String {
    dial_afresh(phone).await;
    phone.go(&[Pick("orders"), First]).await;
    phone.go(answers).await
}

/// The newest split bill of somebody, in the menu of what can be done about it.
async fn my_bill(phone: &Phone<'_>, what: &str) -> String {
    dial_afresh(phone).await;
    phone.go(&BILL).await;
    phone.go(&[Pick("mine"), First, Pick(what)]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn each_pays_a_share_and_who_asked_sees_who_has_paid() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    let baraka = world.phone(BARAKA);
    let claire = world.phone(CLAIRE);
    let daudi = world.phone(DAUDI);
    split(&amina, "1000", "dinner", &["0700000002", "0700000003", "0700000004"]).await;
    for phone in [&amina, &baraka, &claire, &daudi] {
        phone.messages().await;
    }
    answer(&baraka, &[Yes, Type("4826")]).await;
    answer(&claire, &[No]).await;
    amina.messages().await;
    my_bill(&amina, "who").await;
    let told = [
        ("", &amina),
        ("\n== Baraka ==\n", &baraka),
        ("\n== Claire ==\n", &claire),
        ("\n== Daudi ==\n", &daudi),
    ];
    let told: String =
        told.iter().map(|(title, phone)| format!("{title}{}", phone.transcript())).collect();
    insta::assert_snapshot!(told);
    assert_eq!(
        (world.balance(AMINA).await, world.balance(BARAKA).await),
        (525_000, 250_000 - 25_700)
    );
    world.check();
}

/// In Swahili and French: a split bill that leaves a remainder, a reminder, and what is unpaid
/// taken back.
async fn a_whole_bill(asker: &str, payers: [(&str, &str, &str); 2]) -> String {
    let world = World::new().await;
    let asker = world.phone(asker);
    let first = world.phone(payers[0].0);
    let second = world.phone(payers[1].0);
    // two thirds are asked for, and the third coin is the asker's
    split(&asker, "1000", "cena", &[payers[0].1, payers[1].1]).await;
    answer(&first, &[Yes, Type(payers[0].2)]).await;
    world.clock.advance(2 * HOUR);
    my_bill(&asker, "remind").await;
    asker.yes().await;
    my_bill(&asker, "cancel").await;
    asker.yes().await;
    for phone in [&asker, &first, &second] {
        phone.messages().await;
    }
    my_bill(&asker, "who").await;
    world.check();
    format!(
        "{}\n== who paid ==\n{}\n== who did not ==\n{}",
        asker.transcript(),
        first.transcript(),
        second.transcript()
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bill_is_paid_in_part_and_taken_back_in_swahili_and_french() {
    let stories = [
        (
            "swahili",
            a_whole_bill(BARAKA, [(AMINA, "0700000001", "7361"), (CLAIRE, "0700000003", "9274")]),
        ),
        (
            "french",
            a_whole_bill(CLAIRE, [(AMINA, "0700000001", "7361"), (BARAKA, "0700000002", "4826")]),
        ),
    ];
    for (languages, seen) in side_by_side(stories).await {
        insta::assert_snapshot!(format!("in_{languages}"), seen);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_not_answered_is_reminded_once_and_not_at_night() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    let baraka = world.phone(BARAKA);
    split(&amina, "400", "dinner", &["0700000002", "0700000003", "0700000004"]).await;
    answer(&baraka, &[Yes, Type("4826")]).await;
    answer(&world.phone(CLAIRE), &[No]).await;
    let told = async || [BARAKA, CLAIRE, DAUDI].map(|number| world.inbox(number));
    let count = async || {
        let mut count = Vec::new();
        for inbox in told().await {
            count.push(inbox.await.len());
        }
        count
    };
    let before = count().await;
    // asked at 14:05: twelve hours later it is night, so it waits until 8:00
    world.clock.advance(17 * HOUR + Duration::from_secs(54 * 60));
    assert_eq!(world.app.wallet.wake_all().await.unwrap().done, 0);
    world.clock.advance(Duration::from_secs(60));
    let (one, other) = tokio::join!(world.app.wallet.wake_all(), world.app.wallet.wake_all());
    assert_eq!(one.unwrap().done + other.unwrap().done, 1, "of two nodes one reminds");
    assert_eq!(world.app.wallet.wake_all().await.unwrap().done, 0, "once");
    assert_eq!(count().await, [before[0], before[1], before[2] + 1]);
    insta::assert_snapshot!(world.inbox(DAUDI).await.pop().unwrap());
    assert!(answer(&world.phone(DAUDI), &[Yes, Type("8053")]).await.contains("Imethibitishwa"));
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_asker_reminds_once_more_and_not_within_the_hour() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    split(&amina, "400", "dinner", &["0700000002", "0700000003"]).await;
    let refused = my_bill(&amina, "remind").await;
    assert!(refused.starts_with("They were asked or reminded a short time ago."), "{refused}");
    world.clock.advance(2 * HOUR);
    let asked = my_bill(&amina, "remind").await;
    assert!(asked.starts_with("Remind those who have not answered (2)?"), "{asked}");
    let session = amina.session();
    let history = format!("{}*1", amina.history());
    let copies = all((0..3).map(|_| world.hop(&session, AMINA, &history))).await;
    assert!(copies.iter().all(|copy| copy.contains("Reminded by SMS: 2.")), "{copies:?}");
    assert_eq!((world.inbox(BARAKA).await.len(), world.inbox(CLAIRE).await.len()), (2, 2));
    world.clock.advance(3 * HOUR);
    let refused = my_bill(&amina, "remind").await;
    assert!(refused.starts_with("They were asked or reminded a short time ago."), "{refused}");
    // the one by itself comes all the same
    world.clock.advance(13 * HOUR);
    assert_eq!(world.app.wallet.wake_all().await.unwrap().done, 2);
    // when it is over there is nobody to remind, and nothing to take back
    world.clock.advance(6 * HOUR);
    assert_eq!(world.app.wallet.wake_all().await.unwrap().done, 2);
    for what in ["remind", "cancel"] {
        let gone = my_bill(&amina, what).await;
        assert!(gone.starts_with("That request is no longer open."), "{gone}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_share_that_is_paid_while_the_rest_is_taken_back_stays_paid() {
    for _round in 0..3 {
        let world = World::new().await;
        let amina = world.phone(AMINA);
        let baraka = world.phone(BARAKA);
        split(&amina, "600", "dinner", &["0700000002", "0700000003"]).await;
        dial_afresh(&baraka).await;
        baraka.go(&[Pick("orders"), Line("Amina"), Yes]).await;
        my_bill(&amina, "cancel").await;
        let (paid, back) = tokio::join!(baraka.press("4826"), amina.yes());
        let paid = paid.contains("Imethibitishwa");
        assert!(back.starts_with("Taken back."), "{back}");
        assert_eq!(world.balance(AMINA).await, if paid { 520_000 } else { 500_000 });
        assert_eq!(
            (world.orders_waiting(BARAKA).await, world.orders_waiting(CLAIRE).await),
            (0, 0)
        );
        let told =
            world.inbox(BARAKA).await.iter().filter(|told| told.contains("hakuombi tena")).count();
        assert_eq!(told, usize::from(!paid));
        world.check();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_share_at_most_and_none_of_them_twice() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    amina.dial().await;
    amina.go(&BILL).await;
    amina.go(&[Pick("new"), Type("900"), Type("dinner")]).await;
    // one must share; not oneself, nobody twice, and only who is there
    let mistakes =
        ["1", "0700000001", "0711222333", "0700000002", "0700000002", "0700000001", "banana"];
    amina.press_all(&mistakes).await;
    // back leads to the number before, and forgets it
    amina.go(&[Back, Type("0700000003"), Type("0700000002"), Type("1")]).await;
    amina.no().await;
    let done = split(&amina, "900", "dinner", &EVERYBODY).await;
    assert!(done.starts_with("Asked 8 for KES 100 each."), "{done}");
    insta::assert_snapshot!(amina.transcript());
    // less than a coin each
    dial_afresh(&amina).await;
    amina.go(&BILL).await;
    let screen = amina.go(&[Pick("new"), Type("0.01"), Type("dinner"), Type("0700000002")]).await;
    assert!(screen.contains("too little"), "{screen}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bill_counts_once_for_who_asks_and_each_share_for_who_is_asked() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    for _bill in 0..2 {
        assert!(
            split(&amina, "900", "dinner", &EVERYBODY).await.starts_with("Asked 8 for"),
            "{}",
            amina.transcript()
        );
    }
    // two wait for each of them: that is enough for one person, and says at which number
    dial_afresh(&amina).await;
    amina.go(&BILL).await;
    let screen = amina.go(&[Pick("new"), Type("900"), Type("dinner"), Type("0700000002")]).await;
    assert!(screen.starts_with("Too many requests."), "{screen}");
    assert!(screen.contains("Enter the first number"), "{screen}");
}

/// Asks the wallet directly, as no menu would.
async fn act(world: &World, number: &str, service: &str, bill: &str) -> Answer {
    let caller = world.app.wallet.caller(Msisdn::from_e164(number).unwrap()).await.unwrap();
    let fields = Fields::from([("bill".to_owned(), bill.to_owned())]);
    let mode = if service == "shares" { Mode::List } else { Mode::Execute };
    let ask = Request { mode, service: service.into(), fields, secret: None };
    if mode == Mode::List {
        return world.app.wallet.answer(&caller, ask).await;
    }
    let key = Key::new(world.clock.now(), "test", format!("{number}{service}").as_bytes());
    world.app.wallet.act(&caller, ask, Execution { key, side_effects: Vec::new() }).await.answer
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bill_of_somebody_else_is_nobodys_business() {
    let world = World::new().await;
    split(&world.phone(AMINA), "900", "dinner", &["0700000002", "0700000003"]).await;
    world.clock.advance(2 * HOUR);
    let caller = world.app.wallet.caller(Msisdn::from_e164(AMINA).unwrap()).await.unwrap();
    let list =
        Request { mode: Mode::List, service: "bills".into(), fields: Fields::new(), secret: None };
    let Answer::Items(bills) = world.app.wallet.answer(&caller, list).await else {
        panic!("a list")
    };
    for number in [BARAKA, DAUDI] {
        assert!(matches!(
            act(&world, number, "shares", &bills[0].id).await,
            Answer::Items(items) if items.is_empty()
        ));
        for service in ["remind_bill", "cancel_bill"] {
            let answer = act(&world, number, service, &bills[0].id).await;
            assert!(
                matches!(&answer, Answer::Refused(refusal) if refusal.code() == "request_gone"),
                "{answer:?}"
            );
        }
    }
    assert_eq!((world.orders_waiting(BARAKA).await, world.orders_waiting(CLAIRE).await), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_copy_of_the_yes_asks_each_once() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    amina.dial().await;
    amina.go(&BILL).await;
    amina
        .go(&[
            Pick("new"),
            Type("900"),
            Type("dinner"),
            Type("0700000002"),
            Type("0700000003"),
            Type("1"),
        ])
        .await;
    let session = amina.session();
    let history = format!("{}*1", amina.history());
    let copies = all((0..4).map(|_| world.hop(&session, AMINA, &history))).await;
    assert!(copies.windows(2).all(|pair| pair[0] == pair[1]), "{copies:#?}");
    for number in [BARAKA, CLAIRE] {
        assert_eq!((world.orders_waiting(number).await, world.inbox(number).await.len()), (1, 1));
    }
}
