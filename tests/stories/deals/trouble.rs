//! Deals that do not go well: silence at each clock, a split that both agree on, a decision by two
//! of the staff, goods that go back, an appeal.

use super::*;
use crate::colleagues::judges;
use kadogo::limits::{Cap, Caps, Limits};
use kadogo::wallet::deals::arbiters::{Cause, Verdict};

/// Nobody answers; nobody pays in; nothing is delivered: what was paid in goes back by itself.
async fn silence(number: &str, pin: &str) -> String {
    let world = World::new().await;
    let (buyer, seller) = (world.phone(number), world.phone(OTHER));
    let before = (world.balance(number).await, world.balance(OTHER).await);
    speaks_as(&seller, number).await;
    safe(&buyer, &ASKS_TO_SELL).await;
    for hour in [18, 42, 44] {
        comes(&world, 24, hour).await;
    }
    seller.messages().await;
    buyer.messages().await;
    safe(&buyer, &ASKS_TO_SELL).await;
    seller.write(words(number, "ACCEPT", "KUBALI", "ACCEPTER")).await;
    comes(&world, 26, 9).await;
    comes(&world, 26, 20).await;
    buyer.messages().await;
    let code = digits(&paid_in(&buyer, &seller, number, pin).await);
    buyer.messages().await;
    seller.messages().await;
    for (day, hour) in [(28, 18), (29, 3), (29, 19), (29, 20)] {
        comes(&world, day, hour).await;
    }
    buyer.messages().await;
    seller.messages().await;
    let after = (world.balance(number).await, world.balance(OTHER).await);
    assert_eq!(after, before, "all of it went back, and the fee");
    world.check();
    both(&buyer, &seller, &[&code])
}

#[tokio::test(flavor = "multi_thread")]
async fn silence_before_it_is_delivered_in_three_languages() {
    for (language, seen) in in_three_languages(silence).await {
        insta::assert_snapshot!(format!("silence_in_{language}"), seen);
    }
}

/// The seller says that it is there, the buyer says nothing: the seller is paid.
async fn looked_at(number: &str, pin: &str) -> String {
    let world = World::new().await;
    let (buyer, seller) = (world.phone(number), world.phone(OTHER));
    let before = (world.balance(number).await, world.balance(OTHER).await);
    speaks_as(&seller, number).await;
    by_hand(&buyer, &seller, number, pin).await;
    seller.write(words(number, "DELIVERED", "IMEFIKA", "LIVRE")).await;
    seller.messages().await;
    buyer.messages().await;
    for (day, hour) in [(24, 18), (25, 19), (25, 20)] {
        comes(&world, day, hour).await;
        buyer.messages().await;
    }
    seller.messages().await;
    let after = (world.balance(number).await, world.balance(OTHER).await);
    assert_eq!(after, (before.0 - 101_000, before.1 + 100_000));
    world.check();
    both(&buyer, &seller, &[])
}

#[tokio::test(flavor = "multi_thread")]
async fn silence_after_it_is_delivered_in_three_languages() {
    for (language, seen) in in_three_languages(looked_at).await {
        insta::assert_snapshot!(format!("looked_in_{language}"), seen);
    }
}

/// Let go by hand: agreed on and paid in.
async fn by_hand(buyer: &Phone<'_>, seller: &Phone<'_>, number: &str, pin: &str) {
    let terms = [Pick("two"), Pick("hand"), Pick("buyer"), Pick("none"), Pick("ask")];
    safe(buyer, &ASKS_TO_SELL[..4]).await;
    buyer.go(&[Pick("change"), Type("3")]).await;
    buyer.go(&terms).await;
    seller.write(words(number, "ACCEPT", "KUBALI", "ACCEPTER")).await;
    deal(buyer, &[Pick("pay"), Yes, Type(pin)]).await;
    buyer.messages().await;
    seller.messages().await;
}

/// It is broken: they agree on who gets what.
async fn split(number: &str, pin: &str) -> String {
    let world = World::new().await;
    let (buyer, seller) = (world.phone(number), world.phone(OTHER));
    let before = (world.balance(number).await, world.balance(OTHER).await);
    speaks_as(&seller, number).await;
    by_hand(&buyer, &seller, number, pin).await;
    seller.write(words(number, "DELIVERED", "IMEFIKA", "LIVRE")).await;
    let way = [Pick("dispute"), Pick("broken"), Type("the glass is cracked"), Yes];
    deal(&buyer, &way).await;
    buyer.messages().await;
    seller.messages().await;
    let code = deal_code(&seller);
    let answer = words(number, "PROBLEM", "TATIZO", "PROBLEME");
    seller.write(&format!("{answer} {code} it was whole when I sent it")).await;
    seller.messages().await;
    buyer.messages().await;
    comes(&world, 28, 20).await;
    let split = words(number, "SPLIT 300", "GAWA", "PARTAGER");
    let split = if number == AMINA { split.to_owned() } else { format!("{split} {code} 300") };
    seller.write(&split).await;
    seller.messages().await;
    buyer.messages().await;
    deal(&buyer, &[Pick("agree"), Yes, Type(pin)]).await;
    buyer.messages().await;
    seller.messages().await;
    // three tenths went back, with three tenths of the fee
    let after = (world.balance(number).await, world.balance(OTHER).await);
    assert_eq!(after, (before.0 - 70_700, before.1 + 70_000));
    world.check();
    both(&buyer, &seller, &[])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_split_in_three_languages() {
    for (language, seen) in in_three_languages(split).await {
        insta::assert_snapshot!(format!("split_in_{language}"), seen);
    }
}

/// The code of the only deal that a phone was told of.
fn deal_code(phone: &Phone<'_>) -> String {
    let transcript = phone.transcript();
    let six =
        |word: &&str| word.len() == 6 && word.bytes().all(|b| b"BCDFGHJKMNPQRSTVWXYZ".contains(&b));
    transcript.split(|sign: char| !sign.is_ascii_alphabetic()).find(six).unwrap().to_owned()
}

async fn says(world: &World, code: &str, staff: &str, verdict: Verdict) -> Result<(), String> {
    let seen = world.app.wallet.deal(code).await.unwrap().deal.row.version;
    let said = judges(world, code, seen, staff, verdict).await;
    said.map_err(|refusal| refusal.code().to_owned())
}

fn proposal(back_minor: i64) -> Verdict {
    let words = "the photos show a crack".to_owned();
    Verdict::Propose { back_minor, cause: Cause::Damaged, words }
}

/// Two of the staff decide, one of the two appeals, two others decide for good.
async fn decided(number: &str, pin: &str) -> String {
    let world = World::new().await;
    let (buyer, seller) = (world.phone(number), world.phone(OTHER));
    let before = (world.balance(number).await, world.balance(OTHER).await);
    speaks_as(&seller, number).await;
    by_hand(&buyer, &seller, number, pin).await;
    let way = [Pick("dispute"), Pick("not_it"), Type("the box was empty"), Yes];
    deal(&buyer, &way).await;
    seller.messages().await;
    buyer.messages().await;
    let code = deal_code(&seller);
    says(&world, &code, "wanjiku", proposal(100_000)).await.unwrap();
    assert_eq!(
        says(&world, &code, "wanjiku", Verdict::Confirm).await.unwrap_err(),
        "deal_same_staff"
    );
    says(&world, &code, "otieno", Verdict::Confirm).await.unwrap();
    seller.messages().await;
    buyer.messages().await;
    let why = words(number, "APPEAL", "RUFAA", "APPEL");
    seller.write(&format!("{why} {code} I have the receipt of the bus")).await;
    seller.messages().await;
    buyer.messages().await;
    assert_eq!(says(&world, &code, "otieno", proposal(0)).await.unwrap_err(), "deal_same_staff");
    says(&world, &code, "achieng", proposal(50_000)).await.unwrap();
    says(&world, &code, "kamau", Verdict::Confirm).await.unwrap();
    seller.messages().await;
    buyer.messages().await;
    let after = (world.balance(number).await, world.balance(OTHER).await);
    assert_eq!(after, (before.0 - 50_500, before.1 + 50_000));
    world.check();
    both(&buyer, &seller, &[])
}

#[tokio::test(flavor = "multi_thread")]
async fn two_of_the_staff_decide_and_two_more_in_three_languages() {
    for (language, seen) in in_three_languages(decided).await {
        insta::assert_snapshot!(format!("decided_in_{language}"), seen);
    }
}

/// Where nobody appeals, it is done once the time for that is over.
#[tokio::test(flavor = "multi_thread")]
async fn a_decision_that_nobody_appeals_is_carried_out() {
    let world = World::new().await;
    let (buyer, seller) = (world.phone(AMINA), world.phone(OTHER));
    let before = world.balance(AMINA).await;
    speaks_as(&seller, AMINA).await;
    by_hand(&buyer, &seller, AMINA, "7361").await;
    deal(&buyer, &[Pick("dispute"), Pick("not_here"), Type("nothing came"), Yes]).await;
    let code = deal_code(&seller);
    says(&world, &code, "wanjiku", proposal(100_000)).await.unwrap();
    says(&world, &code, "otieno", Verdict::Reject { why: "look again".into() }).await.unwrap();
    says(&world, &code, "wanjiku", proposal(100_000)).await.unwrap();
    says(&world, &code, "otieno", Verdict::Confirm).await.unwrap();
    for (day, hour) in [(25, 18), (26, 19)] {
        comes(&world, day, hour).await;
    }
    assert_eq!(world.balance(AMINA).await, before - 101_000);
    comes(&world, 26, 20).await;
    assert_eq!(world.balance(AMINA).await, before);
    let trail = world.app.wallet.deal(&code).await.unwrap().trail;
    let said: Vec<String> =
        trail.iter().map(|row| format!("{} {} {}", row.event, row.actor, row.note)).collect();
    insta::assert_snapshot!(said.join("\n"));
    world.check();
}

/// The seller takes it back: for the code that they give for it, the buyer has the money.
async fn taken_back(number: &str, pin: &str) -> String {
    let world = World::new().await;
    let (buyer, seller) = (world.phone(number), world.phone(OTHER));
    let before = (world.balance(number).await, world.balance(OTHER).await);
    speaks_as(&seller, number).await;
    by_hand(&buyer, &seller, number, pin).await;
    seller.write(words(number, "DELIVERED", "IMEFIKA", "LIVRE")).await;
    let way = [Pick("dispute"), Pick("broken"), Type("it does not start"), Yes];
    deal(&buyer, &way).await;
    deal(&seller, &[Pick("take_back"), Yes]).await;
    seller.messages().await;
    buyer.messages().await;
    let code = digits(&deal(&seller, &[Pick("read_code"), Type(OTHER_PIN)]).await);
    deal(&buyer, &[Pick("return"), Type(&code), Yes, Type(pin)]).await;
    buyer.messages().await;
    seller.messages().await;
    let after = (world.balance(number).await, world.balance(OTHER).await);
    assert_eq!(after, before);
    world.check();
    both(&buyer, &seller, &[&code])
}

#[tokio::test(flavor = "multi_thread")]
async fn goods_that_go_back_in_three_languages() {
    for (language, seen) in in_three_languages(taken_back).await {
        insta::assert_snapshot!(format!("back_in_{language}"), seen);
    }
}

/// Whoever fills the seller's limits keeps neither the seller from what the code is told for, nor
/// the buyer from what goods that went back were paid with.
#[tokio::test(flavor = "multi_thread")]
async fn limits_that_others_fill_do_not_undo_a_code() {
    let nothing = Cap { value_minor: Some(0), count: Some(0) };
    let day_is_full = Caps { day: nothing, ..Caps::default() };
    let all_is_full = Caps { balance_minor: Some(0), ..day_is_full };
    for goes_back in [false, true] {
        let world = World::new().await;
        let (buyer, seller) = (world.phone(AMINA), world.phone(OTHER));
        let before = (world.balance(AMINA).await, world.balance(OTHER).await);
        let code = digits(&paid_in(&buyer, &seller, AMINA, "7361").await);
        let into = if goes_back { all_is_full } else { day_is_full };
        world.app.change_policy(|policy| policy.limits = Limits::alike(Caps::default(), into));
        let after = if goes_back {
            deal(&buyer, &[Pick("dispute"), Pick("broken"), Type("it does not start"), Yes]).await;
            deal(&seller, &[Pick("take_back"), Yes]).await;
            let code = digits(&deal(&seller, &[Pick("read_code"), Type(OTHER_PIN)]).await);
            deal(&buyer, &[Pick("return"), Type(&code), Yes, Type("7361")]).await;
            before
        } else {
            deal(&seller, &[Pick("collect"), Type(&code), Yes, Type(OTHER_PIN)]).await;
            (before.0 - 101_000, before.1 + 100_000)
        };
        let stands = (world.balance(AMINA).await, world.balance(OTHER).await);
        assert_eq!(stands, after, "{}", seller.transcript());
        world.check();
    }
}

/// Of a deal that was only asked for nobody can mean it; of two that are paid in, either.
#[tokio::test(flavor = "multi_thread")]
async fn a_problem_without_a_code_is_about_the_only_deal_that_can_be_meant() {
    let world = World::new().await;
    let (buyer, seller) = (world.phone(AMINA), world.phone(OTHER));
    let asks = |goods| [Pick("buy"), Type("0700000004"), Type("200"), Type(goods), Pick("ask")];
    safe(&buyer, &asks("radio")).await;
    buyer.write("PROBLEM the box was empty").await;
    let told = buyer.messages().await;
    assert!(told.last().unwrap().contains("cannot be done"), "{told:#?}");
    seller.write("KUBALI").await;
    paid_in(&buyer, &seller, AMINA, "7361").await;
    buyer.messages().await;
    seller.messages().await;
    buyer.write("PROBLEM the box was empty").await;
    let told = seller.messages().await.concat();
    assert!(told.contains("the box was empty"), "{told}");
    let list = safe(&buyer, &[Pick("mine")]).await;
    let wrong = list.lines().find(|line| line.contains("Something is wrong")).unwrap();
    assert!(wrong.contains("phone"), "{list}");
    // what is said of it later is about the same one
    seller.write("TATIZO ilikuwa imejaa").await;
    let told = buyer.messages().await.concat();
    assert!(told.contains("ilikuwa imejaa"), "{told}");
    safe(&buyer, &[Pick("mine"), Line("radio"), Pick("pay"), Yes, Type("7361")]).await;
    buyer.messages().await;
    seller.messages().await;
    buyer.write("PROBLEM it is broken").await;
    let told = buyer.messages().await.concat();
    assert!(told.contains("code"), "{told}");
    assert!(seller.messages().await.is_empty());
    world.check();
}
