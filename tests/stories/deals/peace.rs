//! Deals that go well: each of the three ways to let the money go, a part first, other terms.

use super::*;

/// The buyer dials, the seller texts; the code is told at the door.
async fn at_the_door(number: &str, pin: &str) -> String {
    let world = World::new().await;
    let (buyer, seller) = (world.phone(number), world.phone(OTHER));
    let before = (world.balance(number).await, world.balance(OTHER).await);
    speaks_as(&seller, number).await;
    safe(&buyer, &ASKS_TO_SELL).await;
    buyer.messages().await;
    seller.messages().await;
    seller.write(words(number, "ACCEPT", "KUBALI", "ACCEPTER")).await;
    seller.messages().await;
    buyer.messages().await;
    let code = digits(&deal(&buyer, &[Pick("pay"), Yes, Type(pin)]).await);
    assert_eq!(world.balance(number).await, before.0 - 101_000);
    buyer.messages().await;
    seller.messages().await;
    seller.write(words(number, "DEALS", "MIKATABA", "ACCORDS")).await;
    seller.messages().await;
    assert_eq!(digits(&deal(&buyer, &[Pick("read_code"), Type(pin)]).await), code);
    deal(&seller, &[Pick("collect"), Type(&code), Yes, Type(OTHER_PIN)]).await;
    seller.messages().await;
    buyer.messages().await;
    let after = (world.balance(number).await, world.balance(OTHER).await);
    assert_eq!(after, (before.0 - 101_000, before.1 + 100_000));
    safe(&buyer, &[Pick("mine")]).await;
    world.check();
    both(&buyer, &seller, &[&code])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_told_at_the_door_in_three_languages() {
    for (language, seen) in in_three_languages(at_the_door).await {
        insta::assert_snapshot!(format!("door_in_{language}"), seen);
    }
}

/// Who sells begins it; the code travels in the parcel, and the seller pays the fee.
async fn in_the_parcel(number: &str, pin: &str) -> String {
    let world = World::new().await;
    let (buyer, seller) = (world.phone(number), world.phone(OTHER));
    let before = (world.balance(number).await, world.balance(OTHER).await);
    speaks_as(&seller, number).await;
    let to = local(number);
    let way = [Pick("sell"), Type(&to), Type("1000"), Type("phone"), Pick("change"), Type("5")];
    safe(&seller, &way).await;
    let terms = [Pick("three"), Pick("parcel"), Pick("seller"), Pick("some"), Type("100")];
    seller.go(&terms).await;
    seller.go(&[Pick("ask")]).await;
    buyer.messages().await;
    deal(&buyer, &[Pick("answer"), Pick("accept")]).await;
    buyer.messages().await;
    deal(&buyer, &[Pick("pay"), Yes, Type(pin)]).await;
    seller.messages().await;
    let code = digits(&deal(&seller, &[Pick("read_code"), Type(OTHER_PIN)]).await);
    seller.write(words(number, "DELIVERED", "IMEFIKA", "LIVRE")).await;
    seller.messages().await;
    buyer.messages().await;
    deal(&buyer, &[Pick("unpack"), Type(&code), Yes, Type(pin)]).await;
    buyer.messages().await;
    seller.messages().await;
    let after = (world.balance(number).await, world.balance(OTHER).await);
    assert_eq!(after, (before.0 - 100_000, before.1 + 99_000));
    world.check();
    both(&buyer, &seller, &[&code])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_in_the_parcel_in_three_languages() {
    for (language, seen) in in_three_languages(in_the_parcel).await {
        insta::assert_snapshot!(format!("parcel_in_{language}"), seen);
    }
}

/// A text begins it and is read back; the other proposes other terms; it is let go by hand, a part
/// first.
async fn by_hand(number: &str, pin: &str) -> String {
    let world = World::new().await;
    let (buyer, seller) = (world.phone(number), world.phone(OTHER));
    let before = (world.balance(number).await, world.balance(OTHER).await);
    speaks_as(&seller, number).await;
    buyer
        .write(words(
            number,
            "SAFE 800 0700000004 phone",
            "SALAMA 800 0700000004 phone",
            "SUR 800 0700000004 phone",
        ))
        .await;
    buyer.messages().await;
    assert!(seller.messages().await.is_empty(), "nobody else has heard of it");
    buyer.write(words(number, "SAFE YES", "SALAMA NDIYO", "SUR OUI")).await;
    buyer.messages().await;
    seller.messages().await;
    deal(&seller, &[Pick("counter"), Type("1000"), Type("2"), Yes]).await;
    buyer.messages().await;
    deal(&buyer, &[Pick("answer"), Pick("accept")]).await;
    let code = digits(&deal(&buyer, &[Pick("pay"), Yes, Type(pin)]).await);
    buyer.messages().await;
    seller.messages().await;
    deal(&buyer, &[Pick("part"), Type("400"), Yes, Type(pin)]).await;
    buyer.messages().await;
    seller.messages().await;
    assert_eq!(world.balance(OTHER).await, before.1 + 40_000);
    deal(&buyer, &[Pick("part"), Type("601")]).await;
    deal(&buyer, &[Pick("release"), Yes, Type(pin)]).await;
    buyer.messages().await;
    seller.messages().await;
    let after = (world.balance(number).await, world.balance(OTHER).await);
    assert_eq!(after, (before.0 - 101_000, before.1 + 100_000));
    dial_afresh(&buyer).await;
    buyer.go(&[Pick("account"), Pick("statement")]).await;
    world.check();
    both(&buyer, &seller, &[&code])
}

#[tokio::test(flavor = "multi_thread")]
async fn by_the_buyers_hand_in_parts_in_three_languages() {
    for (language, seen) in in_three_languages(by_hand).await {
        insta::assert_snapshot!(format!("hand_in_{language}"), seen);
    }
}

/// Who is asked says no; who has asked calls it off; who has agreed does too. No money moves.
async fn no_deal(number: &str, _pin: &str) -> String {
    let world = World::new().await;
    let (buyer, seller) = (world.phone(number), world.phone(OTHER));
    let before = world.balance(number).await;
    speaks_as(&seller, number).await;
    safe(&buyer, &ASKS_TO_SELL).await;
    seller.write(words(number, "DECLINE", "KATAA", "REFUSER")).await;
    seller.messages().await;
    safe(&buyer, &ASKS_TO_SELL).await;
    deal(&buyer, &[Pick("withdraw"), Yes]).await;
    seller.messages().await;
    safe(&buyer, &ASKS_TO_SELL).await;
    deal(&seller, &[Pick("answer"), Pick("accept")]).await;
    seller.write(words(number, "CALL OFF", "FUTA MKATABA", "ANNULER ACCORD")).await;
    seller.messages().await;
    buyer.messages().await;
    seller.write(words(number, "ACCEPT", "KUBALI", "ACCEPTER")).await;
    seller.messages().await;
    assert_eq!(world.balance(number).await, before);
    world.check();
    both(&buyer, &seller, &[])
}

#[tokio::test(flavor = "multi_thread")]
async fn no_deal_in_three_languages() {
    for (language, seen) in in_three_languages(no_deal).await {
        insta::assert_snapshot!(format!("none_in_{language}"), seen);
    }
}

/// The other side has no wallet: they get the text, join, and find the deal.
async fn without_a_wallet(number: &str, pin: &str) -> String {
    let world = World::with(Twist { unjoined: true, ..Twist::default() }).await;
    let (buyer, stranger) = (world.phone(number), world.phone(STRANGER));
    let to = local(STRANGER);
    let way = [Pick("buy"), Type(&to), Type("1000"), Type("phone"), Pick("ask")];
    safe(&buyer, &way).await;
    buyer.messages().await;
    stranger.messages().await;
    stranger.write(words(number, "ACCEPT", "KUBALI", "ACCEPTER")).await;
    stranger.messages().await;
    let language = words(number, "en", "sw", "fr");
    stranger.dial().await;
    let join = [Pick(language), Type("Neema Achieng"), Type("5382"), Type("5382")];
    stranger.go(&join).await;
    stranger.messages().await;
    deal(&stranger, &[Pick("answer"), Pick("accept")]).await;
    stranger.messages().await;
    buyer.messages().await;
    let code = digits(&deal(&buyer, &[Pick("pay"), Yes, Type(pin)]).await);
    deal(&stranger, &[Pick("collect"), Type(&code), Yes, Type("5382")]).await;
    assert_eq!(world.balance(STRANGER).await, 100_000);
    world.check();
    both(&buyer, &stranger, &[&code])
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_no_wallet_joins_into_the_deal_in_three_languages() {
    for (language, seen) in in_three_languages(without_a_wallet).await {
        insta::assert_snapshot!(format!("joins_in_{language}"), seen);
    }
}

/// Who has opened one of their deals reads of each what it is, as before.
#[tokio::test(flavor = "multi_thread")]
async fn each_line_keeps_its_own_state_whatever_was_opened() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    safe(&amina, &ASKS_TO_SELL).await;
    amina.write("SAFE 800 0700000004 mango").await;
    let fresh = safe(&amina, &[Pick("mine")]).await;
    assert!(fresh.contains("phone KES 1,000: They answer by"), "{fresh}");
    assert!(fresh.contains("mango KES 800: Not sent yet"), "{fresh}");
    for goods in ["phone", "mango"] {
        assert_eq!(amina.go(&[Line(goods), Back]).await, fresh);
    }
    world.check();
}

/// A number without a wallet says no by a text, and needs none for it.
async fn a_no_without_a_wallet(number: &str, _pin: &str) -> String {
    let world = World::with(Twist { unjoined: true, ..Twist::default() }).await;
    let (seller, stranger) = (world.phone(number), world.phone(STRANGER));
    let to = local(STRANGER);
    let way = [Pick("sell"), Type(&to), Type("1000"), Type("phone"), Pick("ask")];
    safe(&seller, &way).await;
    stranger.messages().await;
    stranger.write(words(number, "DECLINE", "KATAA", "REFUSER")).await;
    stranger.messages().await;
    seller.messages().await;
    stranger.write(words(number, "DECLINE", "KATAA", "REFUSER")).await;
    stranger.messages().await;
    safe(&seller, &[Pick("mine")]).await;
    world.check();
    both(&seller, &stranger, &[])
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_no_wallet_says_no_in_three_languages() {
    for (language, seen) in in_three_languages(a_no_without_a_wallet).await {
        insta::assert_snapshot!(format!("refuses_in_{language}"), seen);
    }
}

/// A deposit for a room: it waits until its day, and goes back by itself; or nobody came, and what
/// was agreed on stays.
async fn deposit(number: &str, pin: &str) -> String {
    let world = World::new().await;
    let (guest, host) = (world.phone(number), world.phone(OTHER));
    let before = (world.balance(number).await, world.balance(OTHER).await);
    speaks_as(&host, number).await;
    let way = [Pick("deposit"), Pick("buy"), Type("0700000004"), Type("500"), Type("phone room")];
    for comes_to_it in [true, false] {
        safe(&guest, &way).await;
        guest.go(&[Type("2"), Type("501"), Type("200"), Pick("ask")]).await;
        deal(&host, &[Pick("answer_deposit"), Pick("accept")]).await;
        deal(&guest, &[Pick("pay"), Yes, Type(pin)]).await;
        guest.messages().await;
        host.messages().await;
        let day = if comes_to_it { 25 } else { 29 };
        if !comes_to_it {
            comes(&world, 27, 9).await;
            guest.messages().await;
            host.messages().await;
            deal(&host, &[Pick("claim"), Yes]).await;
        }
        for (day, hour) in [(day - 1, 18), (day, 20)] {
            comes(&world, day, hour).await;
        }
        guest.messages().await;
        host.messages().await;
        let gone = if comes_to_it { 0 } else { 20_000 };
        let fee = gone * 2 / 100;
        let after = (world.balance(number).await, world.balance(OTHER).await);
        assert_eq!(after, (before.0 - gone - fee, before.1 + gone));
    }
    world.check();
    both(&guest, &host, &[])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deposit_goes_back_or_stays_in_three_languages() {
    for (language, seen) in in_three_languages(deposit).await {
        insta::assert_snapshot!(format!("deposit_in_{language}"), seen);
    }
}

/// Somebody else has the buyer's number in the middle of a deal, and the PIN too: they do not see
/// the code that lets the money go. Who has the number for three days is its owner.
#[tokio::test(flavor = "multi_thread")]
async fn who_has_swapped_the_sim_does_not_see_the_code_again() {
    let world = World::new().await;
    let asha = world.hires("asha", "care").await;
    let (buyer, seller) = (world.phone(AMINA), world.phone(OTHER));
    let code = digits(&paid_in(&buyer, &seller, AMINA, "7361").await);
    assert_eq!(digits(&deal(&buyer, &[Pick("read_code"), Type("7361")]).await), code);
    let swap = [("phone", AMINA), ("why", "the shop called")];
    world.staff_does(&asha, "sim_changed", &swap).await.unwrap();
    let screen = deal(&buyer, &[Pick("read_code"), Type("7361")]).await;
    assert!(screen.contains("The SIM was changed"), "{screen}");
    assert!(!screen.contains(&code), "{screen}");
    // three days later it is shown again
    world.clock.advance(Duration::from_secs(72 * 3_600));
    assert_eq!(digits(&deal(&buyer, &[Pick("read_code"), Type("7361")]).await), code);
    world.check();
}

/// A wall in two parts: both see which is next, and hear what is left.
async fn in_parts(number: &str, pin: &str) -> String {
    let world = World::new().await;
    let (buyer, seller) = (world.phone(number), world.phone(OTHER));
    let before = (world.balance(number).await, world.balance(OTHER).await);
    speaks_as(&seller, number).await;
    let way = [Pick("buy"), Type("0700000004"), Type("501"), Type("wall"), Pick("change")];
    safe(&buyer, &way).await;
    let terms = [Type("5"), Pick("two"), Pick("parts"), Pick("two"), Pick("buyer"), Pick("none")];
    buyer.go(&terms).await;
    buyer.go(&[Pick("ask")]).await;
    seller.messages().await;
    seller.write(words(number, "ACCEPT", "KUBALI", "ACCEPTER")).await;
    safe(&buyer, &[Pick("mine"), Line("wall"), Pick("pay"), Yes, Type(pin)]).await;
    for paid in [25_050, 50_100] {
        safe(&seller, &[Pick("mine"), Line("wall")]).await;
        safe(&buyer, &[Pick("mine"), Line("wall"), Pick("next_part"), Yes, Type(pin)]).await;
        buyer.messages().await;
        seller.messages().await;
        assert_eq!(world.balance(OTHER).await, before.1 + paid);
    }
    assert_eq!(world.balance(number).await, before.0 - 51_100);
    world.check();
    both(&buyer, &seller, &[])
}

#[tokio::test(flavor = "multi_thread")]
async fn one_part_after_the_other_in_three_languages() {
    for (language, seen) in in_three_languages(in_parts).await {
        insta::assert_snapshot!(format!("parts_in_{language}"), seen);
    }
}
