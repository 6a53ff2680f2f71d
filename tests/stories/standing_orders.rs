//! Standing orders: agreed on once, announced, paid on their day, once, however many nodes look;
//! refused they cost nothing, and they end.

use super::aids::*;
use kadogo::store::book_rows::AccountState;

use super::world::*;
use kadogo::book::Key;
use kadogo::id::Id;
use kadogo::phone::Msisdn;
use kadogo::request::{Answer, Fields, Mode, Request, Secret};
use kadogo::store::arrangement_rows;
use kadogo::time::Timestamp;
use kadogo::wallet::Execution;
use std::time::Duration;

/// It becomes this hour of this day, counted from 1 November 2026 in Nairobi; the worker does what
/// is due.
async fn comes(world: &World, day: i64, hour: i64) {
    let noon = 23 * 86_400 + 14 * 3_600 + 5 * 60;
    let wanted = NOON + (day * 86_400 + hour * 3_600 - noon) * 1_000_000;
    let now = world.clock.now().micros();
    assert!(wanted >= now, "time does not go back");
    world.clock.advance(Duration::from_micros(u64::try_from(wanted - now).unwrap()));
    settle(world).await;
}

async fn set_up(phone: &Phone<'_>, way: &[Step<'_>]) -> String {
    dial_afresh(phone).await;
    phone.go(&[Pick("account"), Pick("standing"), Pick("new")]).await;
    phone.go(way).await
}

async fn whole(number: &str, pin: &str) -> String {
    let world = World::new().await;
    let phone = world.phone(number);
    set_up(
        &phone,
        &[
            Type("0700000004"),
            Type("150"),
            Pick("week"),
            Type("30/11/26"),
            Type("2"),
            Yes,
            Type(pin),
        ],
    )
    .await;
    phone.messages().await;
    for (day, hour) in [(29, 9), (29, 10), (30, 8), (36, 10), (37, 8), (44, 8)] {
        comes(&world, day, hour).await;
        phone.messages().await;
    }
    set_up(
        &phone,
        &[
            Type("0700000004"),
            Type("500"),
            Pick("month"),
            Type("31/12/26"),
            Type("12"),
            Yes,
            Type(pin),
        ],
    )
    .await;
    phone.messages().await;
    phone.dial().await;
    phone.go(&[Pick("account"), Pick("standing"), Pick("list"), Line("Daudi"), No]).await;
    phone.messages().await;
    world.check();
    phone.transcript()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_standing_payment_is_agreed_paid_and_stopped_in_three_languages() {
    for (language, seen) in in_three_languages(whole).await {
        insta::assert_snapshot!(format!("in_{language}"), seen);
    }
}

/// The payer has nothing: three times in a row it is tried, in the morning and in the afternoon,
/// and then it is over.
#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_paid_costs_nothing_and_ends_after_three_times() {
    let world = World::new().await;
    let esther = world.phone(ESTHER);
    set_up(
        &esther,
        &[
            Type("0700000004"),
            Type("150"),
            Pick("day"),
            Type("24/11/26"),
            Type("9"),
            Yes,
            Type("6195"),
        ],
    )
    .await;
    esther.messages().await;
    comes(&world, 24, 8).await;
    world.give(ESTHER, 15_699).await;
    comes(&world, 24, 17).await;
    assert_eq!(world.balance(ESTHER).await, 15_699, "a cent is missing");
    // whoever gets money in between is paid for in the afternoon
    comes(&world, 25, 8).await;
    world.clock.advance(Duration::from_secs(60));
    world.give(ESTHER, 1).await;
    comes(&world, 25, 17).await;
    assert_eq!((world.balance(ESTHER).await, world.balance(DAUDI).await), (0, 45_050 + 15_000));
    for day in [26, 27, 28, 29] {
        comes(&world, day, 8).await;
        comes(&world, day, 17).await;
    }
    esther.messages().await;
    insta::assert_snapshot!(esther.transcript());
    esther.dial().await;
    assert!(
        esther
            .go(&[Pick("account"), Pick("standing"), Pick("list")])
            .await
            .contains("You have no standing payments")
    );
    world.check();
}

/// Many nodes look at the same moment, and again after it: each day is paid once, each word is said
/// once.
#[tokio::test(flavor = "multi_thread")]
async fn however_many_nodes_look_each_day_is_paid_once() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    set_up(
        &amina,
        &[
            Type("0700000004"),
            Type("100"),
            Pick("day"),
            Type("24/11/26"),
            Type("3"),
            Yes,
            Type("7361"),
        ],
    )
    .await;
    amina.messages().await;
    for (day, hour) in [(24, 8), (25, 8), (25, 10), (26, 8)] {
        let now = NOON + ((day - 23) * 86_400 + hour * 3_600 - 14 * 3_600 - 300) * 1_000_000;
        let ahead = u64::try_from(now - world.clock.now().micros()).unwrap();
        world.clock.advance(Duration::from_micros(ahead));
        for woken in all((0..8).map(|_node| world.app.wallet.wake_all())).await {
            assert_eq!(woken.unwrap().failed, 0);
        }
        settle(&world).await;
    }
    assert_eq!(world.balance(DAUDI).await, 45_050 + 30_000);
    let heard = amina.messages().await;
    assert_eq!(
        heard.iter().filter(|text| text.contains("Confirmed. KES 100 sent")).count(),
        3,
        "{heard:#?}"
    );
    assert_eq!(
        heard.iter().filter(|text| text.contains("goes to")).count(),
        1,
        "only the last is announced: {heard:#?}"
    );
    assert_eq!(heard.len(), 5, "{heard:#?}");
    world.check();
}

/// A service that was away for days does not make up for them all at once.
#[tokio::test(flavor = "multi_thread")]
async fn days_on_which_the_service_was_away_are_not_paid_later() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    set_up(
        &amina,
        &[
            Type("0700000004"),
            Type("100"),
            Pick("day"),
            Type("24/11/26"),
            Type("5"),
            Yes,
            Type("7361"),
        ],
    )
    .await;
    amina.messages().await;
    comes(&world, 27, 12).await;
    assert_eq!(world.balance(DAUDI).await, 45_050 + 10_000, "today's, and none of the others");
    let heard = amina.messages().await;
    assert_eq!(
        heard.iter().filter(|text| text.contains("The service was away")).count(),
        3,
        "{heard:#?}"
    );
}

/// A new price is told in the morning and paid in the afternoon, unless the payer stops it.
#[tokio::test(flavor = "multi_thread")]
async fn a_price_that_nobody_was_told_is_not_paid() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    for stops in [false, true] {
        let before = world.balance(AMINA).await;
        let (day, fee) = if stops { (26, 22) } else { (24, 11) };
        set_up(
            &amina,
            &[
                Type("0700000004"),
                Type("200"),
                Pick("day"),
                Type(&format!("{day}/11/26")),
                Type("1"),
                Yes,
                Type("7361"),
            ],
        )
        .await;
        comes(&world, day - 1, 15).await;
        let text = format!(
            "currency = 'KES'\n[send]\nbands = [{{ from = 1, to = 250_000, fee = {fee} }}]\n"
        );
        world.prices(text);
        amina.messages().await;
        comes(&world, day, 8).await;
        let heard = amina.messages().await;
        assert!(heard[0].contains(&format!("costs KES {fee} now")), "{heard:#?}");
        assert_eq!(world.balance(AMINA).await, before);
        if stops {
            amina.dial().await;
            amina.go(&[Pick("account"), Pick("standing"), Pick("list"), Line("Daudi"), No]).await;
        }
        comes(&world, day, 17).await;
        let paid = if stops { 0 } else { 20_000 + 1_100 };
        assert_eq!(world.balance(AMINA).await, before - paid);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn frozen_accounts_limits_and_an_end_are_as_in_send() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    for (way, words) in [
        (&[Type("0700000004"), Type("100"), Pick("day"), Type("23/11/26")][..], "Begin tomorrow"),
        (
            &[Type("0700000004"), Type("100"), Pick("day"), Type("24/11/26"), Type("367")],
            "needs an end",
        ),
        (
            &[Type("0700000004"), Type("100"), Pick("day"), Type("24/11/26"), Type("23/11/26")],
            "needs an end",
        ),
        (&[Type("0700000001")], "your own number"),
    ] {
        let screen = set_up(&amina, way).await;
        assert!(screen.contains(words), "{screen}");
        amina.home().await;
    }
    set_up(
        &amina,
        &[
            Type("0700000004"),
            Type("100"),
            Pick("day"),
            Type("24/11/26"),
            Type("3"),
            Yes,
            Type("7361"),
        ],
    )
    .await;
    restrict(&world, DAUDI, AccountState::Frozen).await;
    amina.messages().await;
    comes(&world, 24, 8).await;
    restrict(&world, DAUDI, AccountState::Open).await;
    restrict(&world, AMINA, AccountState::Frozen).await;
    comes(&world, 24, 17).await;
    let heard = amina.messages().await;
    assert!(heard[0].contains("their account is not active"), "{heard:#?}");
    assert!(heard[1].contains("your account is not active"), "{heard:#?}");
    assert_eq!(world.balance(AMINA).await, 500_000);
}

/// Somebody else's standing order is nobody's to see or stop, whatever number is asked for.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_stops_what_is_not_theirs() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    set_up(
        &amina,
        &[
            Type("0700000004"),
            Type("100"),
            Pick("day"),
            Type("24/11/26"),
            Type("3"),
            Yes,
            Type("7361"),
        ],
    )
    .await;
    let open = world
        .app
        .wallet
        .store
        .read(|conn| {
            arrangement_rows::due(conn, "standing_order", i64::MAX, (i64::MIN, Id::of(0)), 9)
        })
        .await
        .unwrap();
    let [row] = open.as_slice() else { panic!("{open:?}") };
    let baraka = world.app.wallet.caller(Msisdn::from_e164(BARAKA).unwrap()).await.unwrap();
    for id in [row.id.to_string(), "0".into(), "x".into()] {
        let fields = Fields::from([("standing".to_owned(), id)]);
        let ask = Request {
            mode: Mode::Execute,
            service: "standing_cancel".into(),
            fields,
            secret: None,
        };
        let key = Key::new(Timestamp::from_micros(0), "thief", b"");
        let execution = Execution { key, side_effects: Vec::new() };
        let executed = world.app.wallet.act(&baraka, ask, execution).await;
        assert!(
            matches!(executed.answer, Answer::Refused(refusal) if refusal.code() == "standing_gone")
        );
    }
    comes(&world, 24, 8).await;
    assert_eq!(world.balance(DAUDI).await, 45_050 + 10_000);
}

/// Two take the same money, and it is there for one: both are planned on what is read before, and
/// the book refuses the second, whose payer hears that as if it had been known. However many nodes
/// look, it is refused once, and once done otherwise.
#[tokio::test(flavor = "multi_thread")]
async fn of_two_that_take_the_last_money_one_is_paid_and_one_is_told_of() {
    let world = World::new().await;
    let esther = world.phone(ESTHER);
    for amount in ["150", "160"] {
        let way = [Type("0700000004"), Type(amount), Pick("day"), Type("24/11/26"), Type("1")];
        set_up(&esther, &way).await;
        esther.go(&[Yes, Type("6195")]).await;
    }
    esther.messages().await;
    world.give(ESTHER, 20_000).await;
    esther.messages().await;
    world.clock.advance(Duration::from_secs(18 * 3_600));
    for woken in all((0..8).map(|_node| world.app.wallet.wake_all())).await {
        assert_eq!(woken.unwrap().failed, 0);
    }
    settle(&world).await;
    let heard = esther.messages().await;
    let said = |words: &str| heard.iter().filter(|text| text.contains(words)).count();
    // as it was the only one of its standing order, its payer hears that, too
    assert_eq!((said("sent to Daudi"), heard.len()), (1, 3), "{heard:#?}");
    assert_eq!(said("(not enough money)"), 1, "{heard:#?}");
    let left = world.balance(ESTHER).await;
    assert!([20_000 - 15_700, 20_000 - 16_700].contains(&left), "{left}");
    comes(&world, 24, 17).await;
    assert_eq!(world.balance(ESTHER).await, left);
    assert_eq!(esther.messages().await.len(), 1, "and in the afternoon that it was the last");
    world.check();
}

/// Agrees on one, by a request of its own.
async fn agree(world: &World, number: usize) -> Answer {
    let caller = world.app.wallet.caller(Msisdn::from_e164(AMINA).unwrap()).await.unwrap();
    let inputs = [
        ("service", "send"),
        ("to", DAUDI),
        ("amount", "10000"),
        ("every", "day"),
        ("first_day", "24/11/26"),
        ("end", "3"),
    ];
    let own = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    let ask = Request {
        mode: Mode::Execute,
        service: "standing".into(),
        fields: inputs.map(own).into_iter().collect(),
        secret: Some(Secret::from("7361".to_owned())),
    };
    let key = Key::new(Timestamp::from_micros(0), "agree", &number.to_be_bytes());
    let execution = Execution { key, side_effects: Vec::new() };
    world.app.wallet.act(&caller, ask, execution).await.answer
}

#[tokio::test(flavor = "multi_thread")]
async fn of_those_agreed_on_at_one_moment_eight_may_be_open_and_all_are_listed() {
    let world = World::new().await;
    let is_done = |answer: &Answer| matches!(answer, Answer::Facts { .. });
    for number in 0..5 {
        assert!(is_done(&agree(&world, number).await));
    }
    let two = all((5..7).map(|number| agree(&world, number))).await;
    assert!(two.iter().all(is_done), "there is room for both: {two:?}");
    let five = all((7..12).map(|number| agree(&world, number))).await;
    assert_eq!(five.iter().filter(|answer| is_done(answer)).count(), 1, "{five:?}");
    for answer in five.iter().filter(|answer| !is_done(answer)) {
        let why = if let Answer::Refused(refusal) = answer { refusal.code() } else { "" };
        assert!(["standing_full", "busy"].contains(&why), "{answer:?}");
    }
    let full = agree(&world, 12).await;
    assert!(matches!(full, Answer::Refused(refusal) if refusal.code() == "standing_full"));
    let caller = world.app.wallet.caller(Msisdn::from_e164(AMINA).unwrap()).await.unwrap();
    let (mode, fields) = (Mode::List, Fields::new());
    let list = Request { mode, service: "standing_list".into(), fields, secret: None };
    let listed = world.app.wallet.answer(&caller, list).await;
    assert!(matches!(listed, Answer::Items(items) if items.len() == 8));
    world.check();
}
