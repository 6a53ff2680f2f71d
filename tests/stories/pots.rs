//! Savings pots: a goal, small amounts put aside by hand or by a standing order, progress by text,
//! and all of it comes back by itself, or before with a friend's yes.

use super::aids::*;
use super::world::*;
use kadogo::book::Key;
use kadogo::phone::Msisdn;
use kadogo::request::{Answer, Fields, Mode, Request};
use kadogo::wallet::Execution;
use kadogo::wallet::arrangements::Role;
use kadogo::wallet::pots::KIND;
use std::time::Duration;
use strum::VariantArray;

pub async fn savings(phone: &Phone<'_>, way: &[Step<'_>]) -> String {
    dial_afresh(phone).await;
    phone.go(&[Pick("account"), Pick("savings")]).await;
    phone.go(way).await
}

/// Begins a pot for school.
pub async fn begin(phone: &Phone<'_>, end: &str, pin: &str) {
    let way = [Pick("new"), Type("School"), Pick("none"), Type(end), Yes, Type(pin)];
    savings(phone, &way).await;
}

pub async fn put(phone: &Phone<'_>, amount: &str, pin: &str) -> String {
    savings(phone, &[Pick("mine"), Line("School"), Pick("put"), Type(amount), Yes, Type(pin)]).await
}

async fn until_a_day(number: &str, pin: &str) -> String {
    let world = World::new().await;
    let phone = world.phone(number);
    let before = world.balance(number).await;
    begin(&phone, "27/11/26", pin).await;
    phone.messages().await;
    put(&phone, "50", pin).await;
    phone.messages().await;
    savings(
        &phone,
        &[
            Pick("standing"),
            Line("School"),
            Type("20"),
            Pick("day"),
            Type("24/11/26"),
            Type("3"),
            Yes,
            Type(pin),
        ],
    )
    .await;
    phone.messages().await;
    for day in [24, 25, 26] {
        comes(&world, day, 8).await;
        phone.messages().await;
    }
    assert_eq!(world.balance(number).await, before - 5_000 - 3 * 2_000);
    let words = [(AMINA, "SAVINGS"), (BARAKA, "AKIBA"), (CLAIRE, "Mon épargne")];
    phone.write(words.iter().find(|(who, _)| *who == number).unwrap().1).await;
    phone.messages().await;
    comes(&world, 27, 7).await;
    assert_eq!(world.balance(number).await, before - 5_000 - 3 * 2_000);
    comes(&world, 27, 8).await;
    phone.messages().await;
    assert_eq!(world.balance(number).await, before);
    dial_afresh(&phone).await;
    phone.go(&[Pick("account"), Pick("statement")]).await;
    world.check();
    phone.transcript()
}

#[tokio::test(flavor = "multi_thread")]
async fn it_comes_back_on_its_day_in_three_languages() {
    for (language, seen) in in_three_languages(until_a_day).await {
        insta::assert_snapshot!(format!("day_in_{language}"), seen);
    }
}

/// Daudi keeps watch: he says no first, and yes the next day.
async fn with_a_friend(number: &str, pin: &str) -> String {
    let world = World::new().await;
    let phone = world.phone(number);
    let daudi = world.phone(DAUDI);
    let before = world.balance(number).await;
    let friend = [Pick("new"), Type("School"), Pick("one"), Type("0700000004")];
    savings(&phone, &friend).await;
    phone.go(&[Type("24/12/26"), Yes, Type(pin)]).await;
    put(&phone, "50", pin).await;
    phone.messages().await;
    let open = [Pick("mine"), Line("School"), Pick("open"), Yes, Yes, Type(pin)];
    savings(&phone, &open).await;
    daudi.messages().await;
    savings(&daudi, &[Pick("asked"), Line("School"), No]).await;
    phone.messages().await;
    savings(&phone, &open[..3]).await;
    world.clock.advance(Duration::from_secs(86_400));
    savings(&phone, &open).await;
    savings(&phone, &[Pick("mine"), Line("School"), Pick("withdraw"), Yes]).await;
    savings(&daudi, &[Pick("asked")]).await;
    world.clock.advance(Duration::from_secs(86_400));
    savings(&phone, &open).await;
    assert_eq!(world.balance(number).await, before - 5_000);
    daudi.messages().await;
    savings(&daudi, &[Pick("asked"), Line("School"), Yes, Type("8053")]).await;
    phone.messages().await;
    assert_eq!(world.balance(number).await, before);
    world.check();
    format!("{}\n\n{}", phone.transcript(), daudi.transcript())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_friend_keeps_watch_in_three_languages() {
    for (language, seen) in in_three_languages(with_a_friend).await {
        insta::assert_snapshot!(format!("friend_in_{language}"), seen);
    }
}

async fn alone(number: &str, pin: &str) -> String {
    let world = World::new().await;
    let phone = world.phone(number);
    let before = world.balance(number).await;
    begin(&phone, "24/12/26", pin).await;
    put(&phone, "50", pin).await;
    phone.messages().await;
    savings(&phone, &[Pick("mine"), Line("School"), Pick("open"), Yes, No]).await;
    assert_eq!(world.balance(number).await, before - 5_000, "it was asked twice");
    savings(&phone, &[Pick("mine"), Line("School"), Pick("open"), Yes, Yes, Type(pin)]).await;
    phone.messages().await;
    assert_eq!(world.balance(number).await, before);
    savings(&phone, &[Pick("mine")]).await;
    world.check();
    phone.transcript()
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_opened_early_after_two_questions_in_three_languages() {
    for (language, seen) in in_three_languages(alone).await {
        insta::assert_snapshot!(format!("early_in_{language}"), seen);
    }
}

/// Whoever makes up the sum has all of it back within one round of the worker.
#[tokio::test(flavor = "multi_thread")]
async fn with_its_sum_it_comes_back_at_once_and_takes_no_more() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    let before = world.balance(AMINA).await;
    begin(&amina, "100", "7361").await;
    put(&amina, "99.99", "7361").await;
    settle(&world).await;
    assert_eq!(world.balance(AMINA).await, before - 9_999);
    amina.messages().await;
    put(&amina, "0.01", "7361").await;
    let way = [Pick("mine"), Line("School"), Pick("put"), Type("1")];
    let more = savings(&amina, &way).await;
    assert!(more.contains("open already, or it is full"), "{more}");
    settle(&world).await;
    assert_eq!(world.balance(AMINA).await, before);
    let heard = amina.messages().await;
    assert!(heard[0].contains("In it now: KES 100 of KES 100"), "{heard:#?}");
    assert!(heard[1].contains("KES 100 saved for School is back"), "{heard:#?}");
    world.check();
}

/// Where the wallet takes nothing it waits, and comes back on a day when it does.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_stopped_wallet_cannot_take_comes_a_day_later() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    let before = world.balance(AMINA).await;
    begin(&amina, "27/11/26", "7361").await;
    put(&amina, "50", "7361").await;
    let stopped = kadogo::store::book_rows::AccountState::StopCredit;
    restrict(&world, AMINA, stopped).await;
    comes(&world, 27, 8).await;
    assert_eq!(world.balance(AMINA).await, before - 5_000);
    restrict(&world, AMINA, kadogo::store::book_rows::AccountState::Open).await;
    comes(&world, 27, 20).await;
    assert_eq!(world.balance(AMINA).await, before - 5_000);
    comes(&world, 28, 8).await;
    assert_eq!(world.balance(AMINA).await, before);
    world.check();
}

/// Twenty put something aside at one moment, while it is opened: what got in is given back with the
/// rest, and nothing is left behind. Where no sum is to be reached and nobody opens it, all get in.
#[tokio::test(flavor = "multi_thread")]
async fn whatever_comes_at_one_moment_nothing_is_left_behind() {
    for (end, opens) in [("24/12/26", false), ("24/12/26", true), ("50", false)] {
        let world = World::new().await;
        let amina = world.phone(AMINA);
        let before = world.balance(AMINA).await;
        begin(&amina, end, "7361").await;
        let caller = world.app.wallet.caller(Msisdn::from_e164(AMINA).unwrap()).await.unwrap();
        let ask = |mode, service: &str, fields: Fields| {
            let secret = Some("7361".to_owned().into());
            Request { mode, service: service.into(), fields, secret }
        };
        let list = world.app.wallet.answer(&caller, ask(Mode::List, "pots", Fields::new())).await;
        let Answer::Items(items) = list else { panic!("{list:?}") };
        let fields = Fields::from([
            ("pot".to_owned(), items[0].id.clone()),
            ("amount".to_owned(), "1000".to_owned()),
        ]);
        let act = |number: u32| {
            let service = if opens && number == 10 { "open_pot" } else { "put_aside" };
            let key = Key::new(world.clock.now(), "race", &number.to_be_bytes());
            let execution = Execution { key, side_effects: Vec::new() };
            world.app.wallet.act(&caller, ask(Mode::Execute, service, fields.clone()), execution)
        };
        let done = all((0..20).map(act)).await;
        let got_in = |answer: &Answer| matches!(answer, Answer::Facts { .. });
        let got_in = done.iter().filter(|executed| got_in(&executed.answer)).count();
        if end != "50" && !opens {
            assert_eq!(got_in, 20);
        }
        assert!(got_in > 0);
        // two years later, where the sum was not reached
        comes(&world, 760, 8).await;
        assert_eq!(world.balance(AMINA).await, before);
        world.check();
    }
}

/// A text leaves it to the phone and the PIN: twice sent it waits twice, and what nobody answers
/// ends.
async fn by_text(number: &str, pin: &str) -> String {
    let world = World::new().await;
    let phone = world.phone(number);
    let before = world.balance(number).await;
    let words = [
        (AMINA, ["SAVE 50", "save 20 for sch", "SAVE 20 goat"]),
        (BARAKA, ["WEKA 50", "Weka 20 kwa sch", "WEKA 20 goat"]),
        (CLAIRE, ["EPARGNER 50", "Épargner 20 pour sch", "EPARGNER 20 goat"]),
    ];
    let [save, named, other] = words.iter().find(|(who, _)| *who == number).unwrap().1;
    phone.write(save).await;
    phone.messages().await;
    begin(&phone, "24/12/26", pin).await;
    phone.messages().await;
    for text in [save, named, other] {
        phone.write(text).await;
        phone.messages().await;
    }
    assert_eq!(world.balance(number).await, before, "a text moves nothing");
    dial_afresh(&phone).await;
    phone.go(&[Pick("orders"), Line("KES 50"), Yes, Type(pin)]).await;
    phone.messages().await;
    assert_eq!(world.balance(number).await, before - 5_000);
    dial_afresh(&phone).await;
    phone.go(&[Pick("orders"), Line("KES 20"), No]).await;
    phone.write(save).await;
    phone.messages().await;
    world.clock.advance(Duration::from_secs(31 * 60));
    settle(&world).await;
    phone.messages().await;
    assert_eq!(world.balance(number).await, before - 5_000);
    world.check();
    phone.transcript()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_leaves_it_to_the_pin_in_three_languages() {
    for (language, seen) in in_three_languages(by_text).await {
        insta::assert_snapshot!(format!("text_in_{language}"), seen);
    }
}

/// Two years are the longest, a sum is above zero, and a goal is a few plain words.
#[tokio::test(flavor = "multi_thread")]
async fn an_end_is_a_day_within_two_years_or_a_sum() {
    let world = World::new().await;
    let caller = world.app.wallet.caller(Msisdn::from_e164(AMINA).unwrap()).await.unwrap();
    let begins = async |goal: &str, end: &str| {
        let fields = [("goal", goal), ("end", end)].map(|(name, to)| (name.into(), to.into()));
        let request = Request {
            service: "start_pot".into(),
            fields: Fields::from(fields),
            mode: Mode::Quote,
            secret: None,
        };
        match world.app.wallet.answer(&caller, request).await {
            Answer::Refused(refusal) => refusal.code().to_owned(),
            _good => String::new(),
        }
    };
    for good in ["24/11/26", "22/11/28", "24-12-26", "1", "0.01"] {
        assert_eq!(begins("School", good).await, "", "{good}");
    }
    for bad in ["23/11/26", "23/11/28", "31/2/27", "0", "-5", "soon", ""] {
        assert_eq!(begins("School", bad).await, "pot_end", "{bad}");
    }
    for bad in ["1234", "Kadogo", "a goal that is much too long"] {
        assert_eq!(begins(bad, "5000").await, "text_format", "{bad}");
    }
}

#[test]
fn each_cell_of_its_table_is_as_it_is_said_here() {
    let mut cells = vec![
        ("saving", "open", Role::Owner, "opened"),
        ("guarded", "ask", Role::Owner, "asked"),
        ("asked", "withdraw", Role::Owner, "guarded"),
        ("asked", "agree", Role::Other, "opened"),
        ("asked", "decline", Role::Other, "guarded"),
    ];
    for state in ["saving", "guarded", "asked"] {
        cells.push((state, "reach", Role::Owner, "full"));
    }
    for state in ["saving", "guarded", "asked", "full"] {
        cells.push((state, "come_back", Role::Service, "came_back"));
        cells.push((state, "wait", Role::Service, state));
        cells.push((state, "end", Role::Service, "ended"));
    }
    for (state, event) in
        KIND.states.iter().flat_map(|state| KIND.events.iter().map(move |event| (state, event)))
    {
        for role in Role::VARIANTS {
            let cell = cells.iter().find(|c| (c.0, c.1, c.2) == (*state, *event, *role));
            let after = (KIND.apply)(state, event, *role);
            assert_eq!(after, cell.map(|cell| cell.3), "{state} + {event} by {role:?}");
        }
    }
}
