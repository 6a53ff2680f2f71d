//! Joining: a number becomes a person with a wallet, in each language, and what is refused on the way.

use super::aids::*;
use super::world::*;

async fn join(language: &str) -> String {
    let world = World::new().await;
    let phone = world.phone(STRANGER);
    phone.dial().await;
    phone.press_all(&[language, "Neema Achieng", "7361", "7361"]).await;
    phone.messages().await;
    phone.dial().await;
    assert_eq!(world.balance(STRANGER).await, 0);
    world.check();
    phone.transcript()
}

#[tokio::test(flavor = "multi_thread")]
async fn in_english() {
    insta::assert_snapshot!(join("1").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn in_swahili() {
    insta::assert_snapshot!(join("2").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn in_french() {
    insta::assert_snapshot!(join("3").await);
}

/// A stranger goes `way`; the last exchange, after which there is no account.
async fn refused(way: &[&str]) -> String {
    let world = World::new().await;
    let phone = world.phone(STRANGER);
    phone.dial().await;
    phone.press_all(way).await;
    let people = kadogo::demo::world::people(&world.app.wallet).await.unwrap();
    assert!(people.iter().all(|person| person.phone != STRANGER));
    assert!(phone.messages().await.is_empty());
    last(&phone)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pin_that_others_guess_is_refused() {
    let birthday = refused(&["1", "Neema Achieng", "2512"]).await;
    let year = refused(&["1", "Neema Achieng", "1987"]).await;
    let run = refused(&["2", "Neema Achieng", "1234"]).await;
    let repeat = refused(&["3", "Neema Achieng", "7777"]).await;
    let own_number = refused(&["1", "Neema Achieng", "2333"]).await;
    insta::assert_snapshot!([birthday, year, run, repeat, own_number].join("\n\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pin_has_four_to_six_digits() {
    let short = refused(&["1", "Neema Achieng", "736"]).await;
    for pin in ["7361842", "73a1", "seven", "", "73 61", "7*36"] {
        let screen = refused(&["1", "Neema Achieng", pin]).await;
        assert!(screen.contains("A PIN has 4 to 6 digits."), "{pin}: {screen}");
    }
    insta::assert_snapshot!(short);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_different_pins_are_chosen_again() {
    insta::assert_snapshot!(refused(&["1", "Neema Achieng", "7361", "7362"]).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_mismatch_the_first_pin_is_forgotten() {
    let world = World::new().await;
    let phone = world.phone(STRANGER);
    phone.dial().await;
    let screen = phone.press_all(&["1", "Neema Achieng", "7361", "7362", "8053", "7361"]).await;
    assert!(screen.starts_with("The two PINs differ."), "{screen}");
    let screen = phone.press_all(&["8053", "8053"]).await;
    assert!(screen.starts_with("Welcome to Kadogo, Neema Achieng!"), "{screen}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_made_of_letters() {
    let digits = refused(&["1", "1234"]).await;
    for name in ["", "N", "Neema2", "<b>", "Neema\u{1f600}", "...", &"Neema ".repeat(20)] {
        let screen = refused(&["1", name]).await;
        assert!(screen.contains("Enter your name in letters, like Amina Otieno."), "{name}: {screen}");
    }
    insta::assert_snapshot!(digits);
}

#[tokio::test(flavor = "multi_thread")]
async fn names_of_many_people_are_taken() {
    for name in ["N'Golo Kante", "Marie-Claire Uwase", "  Ali   Hassan ", "Zoé Ndayizeye", "J. Mwangi", "Ng'ang'a Ole"]
    {
        let world = World::new().await;
        let phone = world.phone(STRANGER);
        phone.dial().await;
        let screen = phone.press_all(&["1", name, "7361", "7361"]).await;
        let tidy = name.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(screen.starts_with(&format!("Welcome to Kadogo, {tidy}!")), "{screen}");
        phone.messages().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_joined_receives_and_sends() {
    let world = World::new().await;
    let (neema, amina) = (world.phone(STRANGER), world.phone(AMINA));
    neema.dial().await;
    neema.press_all(&["1", "Neema Achieng", "7361", "7361"]).await;
    amina.dial().await;
    amina.press_all(&["1", "0711222333", "500", "1", "7361"]).await;
    neema.dial().await;
    neema.press_all(&["1", "0700000005", "100", "1", "7361"]).await;
    neema.messages().await;
    insta::assert_snapshot!(neema.transcript());
    assert_eq!((world.balance(STRANGER).await, world.balance(ESTHER).await), (40_000, 10_000));
    world.check();
}

/// Two conversations of the same stranger are begun in the same moment, so that neither ends the other.
#[tokio::test(flavor = "multi_thread")]
async fn a_number_joins_once() {
    let world = World::new().await;
    let held = Held::the_book(&world).await;
    let release = async {
        until_waiting(&world, 2).await;
        held.release().await;
    };
    tokio::join!(world.hop("one", STRANGER, "1"), world.hop("two", STRANGER, "1"), release);
    for session in ["one", "two"] {
        world.hop(session, STRANGER, "1*Neema Achieng").await;
        world.hop(session, STRANGER, "1*Neema Achieng*7361").await;
    }
    let end = "1*Neema Achieng*7361*7361";
    let (one, two) = tokio::join!(world.hop("one", STRANGER, end), world.hop("two", STRANGER, end));
    let (first, second) = if one.contains("Welcome") { (one, two) } else { (two, one) };
    insta::assert_snapshot!(format!("{first}\n\n{second}"));
    assert_eq!(world.inbox(STRANGER).await.len(), 1);
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_name_nor_pin_is_in_the_database_before_the_end() {
    let world = World::new().await;
    let phone = world.phone(STRANGER);
    phone.dial().await;
    phone.press_all(&["1", "Neema Achieng", "739164"]).await;
    let bytes = world.stored_bytes();
    assert!(holds(&bytes, "Amina Wanjiru"), "the search sees what is stored");
    for secret in ["Neema", "739164", STRANGER] {
        assert!(!holds(&bytes, secret), "{secret}");
    }
}
