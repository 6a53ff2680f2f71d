//! Joining: a number becomes a person with a wallet, in each language, and what is refused on the
//! way.

use super::aids::*;
use super::world::*;

async fn join(language: &str) -> String {
    let world = World::new().await;
    let phone = world.phone(STRANGER);
    phone.dial().await;
    phone.go(&[Pick(language), Type("Neema Achieng"), Type("7361"), Type("7361")]).await;
    phone.messages().await;
    phone.dial().await;
    assert_eq!(world.balance(STRANGER).await, 0);
    world.check();
    phone.transcript()
}

#[tokio::test(flavor = "multi_thread")]
async fn people_join_in_three_languages() {
    for (language, seen) in
        side_by_side([("english", join("en")), ("swahili", join("sw")), ("french", join("fr"))])
            .await
    {
        insta::assert_snapshot!(format!("in_{language}"), seen);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_on_the_way_opens_no_account() {
    let world = World::new().await;
    let ways: [(&str, &[Step<'_>]); 8] = [
        ("a birthday", &[Pick("en"), Type("Neema Achieng"), Type("2512")]),
        ("a year", &[Pick("en"), Type("Neema Achieng"), Type("1987")]),
        ("a run", &[Pick("sw"), Type("Neema Achieng"), Type("1234")]),
        ("a repeat", &[Pick("fr"), Type("Neema Achieng"), Type("7777")]),
        ("their own number", &[Pick("en"), Type("Neema Achieng"), Type("2333")]),
        ("a PIN has four to six digits", &[Pick("en"), Type("Neema Achieng"), Type("736")]),
        (
            "two different PINs are chosen again",
            &[Pick("en"), Type("Neema Achieng"), Type("7361"), Type("7362")],
        ),
        ("a name is made of letters", &[Pick("en"), Type("1234")]),
    ];
    insta::assert_snapshot!(titled(refusals(&world, STRANGER, &[], &ways).await));
    let named = [Pick("en"), Type("Neema Achieng")];
    for pin in ["7361842", "73a1", "seven", "", "73 61", "7*36"] {
        let screen = refusals(&world, STRANGER, &named, &[(pin, &[Type(pin)])]).await.remove(0).1;
        assert!(screen.contains("A PIN has 4 to 6 digits."), "{pin}: {screen}");
    }
    for name in ["", "N", "Neema2", "<b>", "Neema\u{1f600}", "..."] {
        let screen =
            refusals(&world, STRANGER, &named[..1], &[(name, &[Type(name)])]).await.remove(0).1;
        assert!(
            screen.contains("Enter your name in letters, like Amina Otieno."),
            "{name}: {screen}"
        );
    }
    let much = "Neema ".repeat(20);
    let long: [(&str, &[Step<'_>]); 1] = [(&much, &[Type(&much)])];
    let screen = refusals(&world, STRANGER, &named[..1], &long).await.remove(0).1;
    assert!(screen.contains("That name is too long. Enter at most 50 letters."), "{screen}");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_mismatch_the_first_pin_is_forgotten() {
    let world = World::new().await;
    let phone = world.phone(STRANGER);
    phone.dial().await;
    let screen = phone
        .go(&[
            Pick("en"),
            Type("Neema Achieng"),
            Type("7361"),
            Type("7362"),
            Type("8053"),
            Type("7361"),
        ])
        .await;
    assert!(screen.starts_with("The two PINs differ."), "{screen}");
    let screen = phone.press_all(&["8053", "8053"]).await;
    assert!(screen.starts_with("Welcome to Kadogo, Neema Achieng!"), "{screen}");
}

#[tokio::test(flavor = "multi_thread")]
async fn names_of_many_people_are_taken() {
    let world = World::new().await;
    let names = [
        "N'Golo Kante",
        "Marie-Claire Uwase",
        "  Ali   Hassan ",
        "Zoé Ndayizeye",
        "J. Mwangi",
        "Ng'ang'a Ole",
    ];
    for (name, number) in names.into_iter().zip(333_u32..) {
        let phone = world.phone(&format!("+254711222{number}"));
        phone.dial().await;
        let screen = phone.go(&[Pick("en"), Type(name), Type("7361"), Type("7361")]).await;
        let tidy = name.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(screen.starts_with(&format!("Welcome to Kadogo, {tidy}!")), "{screen}");
        phone.messages().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_joined_receives_and_sends() {
    let world = World::new().await;
    let neema = world.phone(STRANGER);
    let amina = world.phone(AMINA);
    neema.dial().await;
    neema.go(&[Pick("en"), Type("Neema Achieng"), Type("7361"), Type("7361")]).await;
    amina.dial().await;
    amina.go(&[Pick("send"), Type("0711222333"), Type("500"), Yes, Type("7361")]).await;
    neema.dial().await;
    neema.go(&[Pick("send"), Type("0700000005"), Type("100"), Yes, Type("7361")]).await;
    neema.messages().await;
    insta::assert_snapshot!(neema.transcript());
    assert_eq!((world.balance(STRANGER).await, world.balance(ESTHER).await), (40_000, 10_000));
    world.check();
}

/// Two conversations of the same stranger are begun in the same moment, so that neither ends the
/// other.
#[tokio::test(flavor = "multi_thread")]
async fn a_number_joins_once() {
    let world = World::new().await;
    tokio::join!(world.hop("one", STRANGER, "1"), world.hop("two", STRANGER, "1"));
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
    phone.go(&[Pick("en"), Type("Neema Achieng"), Type("739164")]).await;
    world.flush().await;
    let bytes = world.stored_bytes();
    assert!(holds(&bytes, "Amina Wanjiru"), "the search sees what is stored");
    for secret in ["Neema", "739164", STRANGER] {
        assert!(!holds(&bytes, secret), "{secret}");
    }
}
