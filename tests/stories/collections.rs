//! Collections: gifts for one thing, with a target and a day. Reached, all of it goes to whom it is
//! for, or its organiser pays from it and each giver follows their own gift; missed, everything
//! goes back by itself.

use super::aids::*;
use super::world::*;
use kadogo::store::book_rows::AccountState;
use std::time::Duration;

/// It becomes this hour of this day, counted from 1 November 2026 in Nairobi; the worker does what
/// is due.
pub async fn comes(world: &World, day: i64, hour: i64) {
    let noon = 23 * 86_400 + 14 * 3_600 + 5 * 60;
    let wanted = NOON + (day * 86_400 + hour * 3_600 - noon) * 1_000_000;
    let now = world.clock.now().micros();
    world.clock.advance(Duration::from_micros(u64::try_from(wanted - now).unwrap()));
    settle(world).await;
}

/// The worker comes round until nothing is due.
pub async fn settle(world: &World) {
    for _round in 0..100 {
        let woken = world.app.wallet.wake_all().await.unwrap();
        assert_eq!(woken.failed, 0);
        if woken.done + woken.others == 0 {
            return;
        }
    }
    panic!("something stays due");
}

pub async fn collections(phone: &Phone<'_>, way: &[Step<'_>]) -> String {
    dial_afresh(phone).await;
    phone.go(&[Pick("people"), Pick("collections")]).await;
    phone.go(way).await
}

/// Begins one for KES 500 until Friday; its number, which an SMS tells.
pub async fn begin(phone: &Phone<'_>, pays: &[Step<'_>], pin: &str) -> String {
    let way = [Pick("new"), Type("School roof"), Type("500"), Type("27/11/26")];
    collections(phone, &way).await;
    phone.go(pays).await;
    phone.go(&[Yes, Type(pin)]).await;
    let heard = phone.messages().await.concat();
    let digits = heard.split(|sign: char| !sign.is_ascii_digit());
    digits.into_iter().find(|digits| digits.len() >= 5).unwrap().to_owned()
}

/// Gives, and reads the code of the gift, which the SMS begins with.
pub async fn give(phone: &Phone<'_>, number: &str, amount: &str, pin: &str) -> String {
    collections(phone, &[Pick("give"), Type(number), Type(amount), Yes, Type(pin)]).await;
    phone.messages().await.concat().split(' ').next().unwrap().to_owned()
}

/// What is written in the language of whoever has this number: to see how far one is, to give, and
/// to follow a gift.
fn words(number: &str) -> [&'static str; 3] {
    match number {
        AMINA => ["TALLY", "GIVE", "GIFT"],
        BARAKA => ["MCHANGO", "CHANGIA", "ZAWADI"],
        _claire => ["COLLECTE", "DONNER", "DON"],
    }
}

/// Somebody else, and their PIN: nobody gives to their own.
fn friend_of(number: &str) -> (&'static str, &'static str) {
    match number {
        AMINA => (BARAKA, "4826"),
        BARAKA => (CLAIRE, "9274"),
        _claire => (AMINA, "7361"),
    }
}

/// They speak what whoever has this number speaks.
async fn speaks_as(friend: &Phone<'_>, number: &str) {
    let language = match number {
        AMINA => "ENGLISH",
        BARAKA => "KISWAHILI",
        _claire => "FRENCH",
    };
    friend.write(&format!("LANGUAGE {language}")).await;
    friend.messages().await;
}

/// For Esther: closed as soon as it is reached.
async fn paid_out(number: &str, pin: &str) -> String {
    let world = World::new().await;
    let phone = world.phone(number);
    let daudi = world.phone(DAUDI);
    let (whose, secret) = friend_of(number);
    let friend = world.phone(whose);
    speaks_as(&friend, number).await;
    let esther = world.phone(ESTHER);
    speaks_as(&esther, number).await;
    let code = begin(&phone, &[Pick("other"), Type("0700000005")], pin).await;
    let [tally, give_to, follow] = words(number);
    let gift = give(&friend, &code, "300", secret).await;
    let own = collections(&phone, &[Pick("mine"), Line("300")]).await;
    assert!(!own.contains("2 "), "it is not reached, and cannot be closed: {own}");
    give(&daudi, &code, "200", "8053").await;
    // what is missing is for others to give
    collections(&phone, &[Pick("give"), Type(&code)]).await;
    phone.write(&format!("{give_to} 1 {code}")).await;
    phone.messages().await;
    phone.write(&format!("{tally} {code}")).await;
    phone.messages().await;
    collections(&phone, &[Pick("tally"), Type(&code)]).await;
    collections(&phone, &[Pick("mine"), Line("500"), Pick("close"), Yes, Type(pin)]).await;
    settle(&world).await;
    phone.messages().await;
    daudi.messages().await;
    esther.messages().await;
    assert_eq!(world.balance(ESTHER).await, 50_000);
    friend.write(&format!("{follow} {gift}")).await;
    friend.messages().await;
    collections(&friend, &[Pick("give"), Type(&code)]).await;
    assert!(collections(&phone, &[Pick("mine")]).await.lines().count() < 5, "it is over");
    world.check();
    [&phone, &friend, &daudi, &esther].map(Phone::transcript).join("\n\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn reached_it_is_paid_out_in_three_languages() {
    for (language, seen) in in_three_languages(paid_out).await {
        insta::assert_snapshot!(format!("paid_out_in_{language}"), seen);
    }
}

/// Its day comes, and its organiser pays from it, by day and by night.
async fn spent(number: &str, pin: &str) -> String {
    let world = World::new().await;
    let phone = world.phone(number);
    let daudi = world.phone(DAUDI);
    let (whose, secret) = friend_of(number);
    let friend = world.phone(whose);
    speaks_as(&friend, number).await;
    let code = begin(&phone, &[Pick("spend")], pin).await;
    give(&daudi, &code, "200", "8053").await;
    let [_, _, follow] = words(number);
    let gift = give(&friend, &code, "400", secret).await;
    comes(&world, 28, 8).await;
    phone.messages().await;
    let pay = async |amount: &str, what: &str| {
        let way = [Pick("mine"), Line("600"), Pick("pay"), Type("0700000005"), Type(amount)];
        collections(&phone, &way).await;
        phone.go(&[Type(what), Yes, Type(pin)]).await
    };
    pay("350", "iron sheets").await;
    settle(&world).await;
    for who in [&phone, &friend, &daudi] {
        who.messages().await;
    }
    friend.write(&format!("{follow} {gift}")).await;
    friend.messages().await;
    // late in the evening: givers hear of it in the morning
    comes(&world, 28, 22).await;
    pay("250", "nails").await;
    settle(&world).await;
    phone.messages().await;
    assert!(friend.messages().await.is_empty(), "it is night");
    comes(&world, 29, 8).await;
    assert_eq!(friend.messages().await.len(), 1);
    assert!(daudi.messages().await.is_empty(), "all of his was spent before");
    collections(&friend, &[Pick("gifts"), First]).await;
    assert_eq!(world.balance(ESTHER).await, 60_000);
    let foreign = collections(&daudi, &[Pick("give"), Type(&code)]).await;
    assert!(foreign.contains("haupokei tena"), "{foreign}");
    world.check();
    format!("{}\n\n{}\n\n{}", phone.transcript(), friend.transcript(), daudi.transcript())
}

#[tokio::test(flavor = "multi_thread")]
async fn reached_it_is_spent_and_each_follows_their_gift_in_three_languages() {
    for (language, seen) in in_three_languages(spent).await {
        insta::assert_snapshot!(format!("spent_in_{language}"), seen);
    }
}

/// A text leaves it to the phone and the PIN; on its day it is short of its target.
async fn missed(number: &str, pin: &str) -> String {
    let world = World::new().await;
    let phone = world.phone(number);
    let daudi = world.phone(DAUDI);
    let (whose, secret) = friend_of(number);
    let friend = world.phone(whose);
    speaks_as(&friend, number).await;
    let balances = async || [world.balance(whose).await, world.balance(DAUDI).await];
    let before = balances().await;
    let code = begin(&phone, &[Pick("me")], pin).await;
    let [_, text, follow] = words(number);
    friend.write(&format!("{text} 300 {code}")).await;
    friend.messages().await;
    assert_eq!(balances().await, before, "a text moves nothing");
    dial_afresh(&friend).await;
    friend.go(&[Pick("orders"), First, Yes, Type(secret)]).await;
    let gift = friend.messages().await.concat().split(' ').next().unwrap().to_owned();
    give(&daudi, &code, "199.99", "8053").await;
    let way = [
        Pick("standing"),
        Type(&code),
        Type("10"),
        Pick("week"),
        Type("30/11/26"),
        Type("2"),
        Yes,
        Type(secret),
    ];
    collections(&friend, &way).await;
    friend.messages().await;
    comes(&world, 28, 7).await;
    assert_eq!(balances().await, [before[0] - 30_000, before[1] - 19_999]);
    comes(&world, 28, 8).await;
    for who in [&phone, &friend, &daudi] {
        who.messages().await;
    }
    assert_eq!(balances().await, before);
    friend.write(&format!("{follow} {gift}")).await;
    friend.messages().await;
    // what was agreed on ahead comes too late
    comes(&world, 30, 18).await;
    friend.messages().await;
    dial_afresh(&friend).await;
    friend.go(&[Pick("account"), Pick("statement")]).await;
    world.check();
    format!("{}\n\n{}\n\n{}", phone.transcript(), friend.transcript(), daudi.transcript())
}

#[tokio::test(flavor = "multi_thread")]
async fn missed_everything_goes_back_in_three_languages() {
    for (language, seen) in in_three_languages(missed).await {
        insta::assert_snapshot!(format!("missed_in_{language}"), seen);
    }
}

/// Whoever has the list finds their gift in it, and can add it up; it names nobody.
#[tokio::test(flavor = "multi_thread")]
async fn the_list_of_digests_has_each_gift_and_no_name() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    let daudi = world.phone(DAUDI);
    let baraka = world.phone(BARAKA);
    let code = begin(&amina, &[Pick("spend")], "7361").await;
    let gift = give(&baraka, &code, "300", "4826").await;
    give(&daudi, &code, "250.50", "8053").await;
    let printed = || async {
        let list = world.app.wallet.digest_list(&code).await.unwrap().unwrap();
        let lines = list.leaves.iter().map(|leaf| (leaf.short(), leaf.interval.minor()));
        (lines.collect::<Vec<_>>(), list.root.unwrap())
    };
    let (lines, root) = printed().await;
    assert_eq!(root.sum_minor, 55_050);
    assert_eq!(lines.iter().map(|line| line.1).collect::<Vec<_>>(), [30_000, 25_050]);
    baraka.write(&format!("ZAWADI {gift}")).await;
    let told = baraka.messages().await.concat();
    assert!(told.contains(&lines[0].0), "{told} {lines:?}");
    // how far it is may be known by anybody, also without a wallet; a gift by who gave it alone
    let stranger = world.phone(STRANGER);
    stranger.write(&format!("tally {code}")).await;
    let tally = stranger.messages().await.concat();
    assert!(tally.contains("KES 550.50 of KES 500, 2 gifts"), "{tally}");
    assert!(!tally.contains("Daudi"), "{tally}");
    stranger.write("tally 12345").await;
    assert!(stranger.messages().await.concat().contains("No collection has that number"));
    stranger.write(&format!("gift {gift}")).await;
    assert!(!stranger.messages().await.concat().contains("300"));
    daudi.write(&format!("GIFT {gift}")).await;
    assert!(!daudi.messages().await.concat().contains("300"));
    assert!(!told.contains(&lines[1].0));
    // what is paid from it changes nothing of what was given
    comes(&world, 28, 8).await;
    let way = [Pick("mine"), First, Pick("pay"), Type("0700000005"), Type("100"), Type("tiles")];
    collections(&amina, &way).await;
    amina.go(&[Yes, Type("7361")]).await;
    assert_eq!(printed().await, (lines, root));
    assert!(world.app.wallet.digest_list("12345").await.unwrap().is_none());
    world.check();
}

/// The command prints it, beside a running service.
#[tokio::test(flavor = "multi_thread")]
async fn the_command_prints_the_list() {
    let world = World::real().await;
    let amina = world.phone(AMINA);
    let day = kadogo::calendar::Day::of(world.clock.now(), &crate::countries::kenya().zone);
    let until = kadogo::calendar::Day::new(day.number() + 30).text();
    let way = [Pick("new"), Type("School roof"), Type("500"), Type(&until), Pick("me"), Yes];
    collections(&amina, &way).await;
    amina.go(&[Type("7361")]).await;
    let heard = amina.messages().await.concat();
    let mut digits = heard.split(|sign: char| !sign.is_ascii_digit());
    let code = digits.find(|digits| digits.len() >= 5).unwrap().to_owned();
    let baraka = world.phone(BARAKA);
    give(&baraka, &code, "300", "4826").await;
    give(&baraka, &code, "20", "4826").await;
    let said = world.run(&["collection", &code]);
    assert_eq!(said.code, Some(0), "{said:?}");
    let lines: Vec<&str> = said.out.lines().collect();
    assert_eq!(lines[0], format!("{code} School roof"));
    assert!(lines[1].starts_with("salt ") && lines[2].ends_with(" KES 300 0-30000"), "{lines:?}");
    assert!(lines[3].ends_with(" KES 20 30000-32000"), "{lines:?}");
    assert_eq!(lines[4], "2 gifts, total KES 320");
    assert!(lines[5].starts_with("root ") && lines[5].len() == 69, "{lines:?}");
    assert!(!said.out.contains("Baraka") && !said.out.contains("0700"));
    let said = world.run(&["collection", "12345"]);
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.err.contains("no collection has the number 12345"), "{said:?}");
}

/// Whose gift may still come back keeps their wallet until then.
#[tokio::test(flavor = "multi_thread")]
async fn a_giver_is_not_closed_while_their_gift_may_come_back() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    let code = begin(&amina, &[Pick("me")], "7361").await;
    world.give(ESTHER, 20_000).await;
    give(&world.phone(ESTHER), &code, "200", "6195").await;
    assert_eq!(world.balance(ESTHER).await, 0);
    let wallet = &world.app.wallet;
    let asha = kadogo::demo::staff_on_show::colleague(wallet, "asha", "risk").await.unwrap();
    let inputs = [("phone", "0700000005"), ("why", "she asked for it")];
    let refused = world.staff_does(&asha, "close_account", &inputs).await.unwrap_err();
    assert_eq!(refused.code(), "wallet_in_use");
    assert_eq!(refused.slots["open_collections"].to_string(), "1");
}

/// What could not go back is said by the command, and by its flag whose it is.
#[tokio::test(flavor = "multi_thread")]
async fn the_staff_see_what_could_not_go_back() {
    let world = World::real().await;
    let amina = world.phone(AMINA);
    let day = kadogo::calendar::Day::of(world.clock.now(), &crate::countries::kenya().zone);
    let until = kadogo::calendar::Day::new(day.number() + 30).text();
    let way = [Pick("new"), Type("School roof"), Type("500"), Type(&until), Pick("spend"), Yes];
    collections(&amina, &way).await;
    amina.go(&[Type("7361")]).await;
    let heard = amina.messages().await.concat();
    let mut digits = heard.split(|sign: char| !sign.is_ascii_digit());
    let code = digits.find(|digits| digits.len() >= 5).unwrap().to_owned();
    world.give(ESTHER, 25_050).await;
    for (who, amount, pin) in [(BARAKA, "100", "4826"), (ESTHER, "250.50", "6195")] {
        give(&world.phone(who), &code, amount, pin).await;
    }
    give(&world.phone(DAUDI), &code, "300", "8053").await;
    world.hires("akoth", "care").await;
    let all = world.run_as("akoth", &["collection", &code, "--not-back"]);
    let nothing = format!("{code} School roof: nothing waits for a wallet that takes nothing\n");
    assert_eq!(all.out, nothing, "{all:?}");
    // a part of hers is spent, and the rest cannot go back: her wallet is closed for good
    collections(&amina, &[Pick("mine"), First, Pick("close"), Yes, Type("7361")]).await;
    settle(&world).await;
    let way = [Pick("mine"), First, Pick("pay"), Type("0700000004"), Type("120"), Type("tiles")];
    collections(&amina, &way).await;
    amina.go(&[Yes, Type("7361")]).await;
    restrict(&world, ESTHER, AccountState::Closed).await;
    let refused = collections(&amina, &[Pick("mine"), First, Pick("call_off")]).await;
    assert!(refused.contains("Givers first hear of your payment"), "{refused}");
    let zone = &crate::countries::kenya().zone;
    while !("09:00".."18:00").contains(&&world.clock.now().clock_text(zone)[..]) {
        world.clock.advance(Duration::from_secs(3_600));
    }
    settle(&world).await;
    let day = kadogo::calendar::Day::of(world.clock.now(), zone);
    collections(&amina, &[Pick("mine"), First, Pick("call_off"), Yes, Type("7361")]).await;
    settle(&world).await;
    let said = world.run(&["collection", &code]);
    let again = kadogo::calendar::Day::new(day.number() + 1).text();
    let last = format!("not back: 1 gift, KES 230.50; tried again on {again}");
    assert_eq!(said.out.lines().last(), Some(&last[..]), "{said:?}");
    let digest = said.out.lines().nth(3).unwrap().split(' ').next().unwrap().to_owned();
    let said = world.run_as("akoth", &["collection", &code, "--not-back"]);
    let named = format!("{code} School roof: {last}\n{digest} KES 230.50 {ESTHER} closed\n");
    assert_eq!(said.out, named, "{said:?}");
    world.check();
}
