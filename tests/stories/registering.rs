//! Joining at an agent: the agent sees an ID, the customer chooses the PIN on their own phone. One
//! person has one wallet, and nobody learns from the service whose ID a number is.

use super::aids::*;
use super::market::{MARIAM, NJERI, OTIENO};
use super::world::*;
use std::time::Duration;

const NEEMA: &str = STRANGER;
const HALIMA: &str = "+254711222444";

/// Somebody at an outlet registers a customer; the last screen.
async fn register(agent: &Phone<'_>, to: &str, name: &str, id: &str, pin: &str) -> String {
    dial_afresh(agent).await;
    agent
        .go(&[Pick("agent"), Pick("register"), Type(to), Type(name), Type(id), Yes, Type(pin)])
        .await
}

async fn tier(world: &World, number: &str) -> String {
    let caller =
        world.app.wallet.caller(kadogo::phone::Msisdn::from_e164(number).unwrap()).await.unwrap();
    caller.person.unwrap().tier
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_registers_and_the_customer_chooses_the_pin_alone() {
    let world = World::new().await;
    let njeri = world.phone(NJERI);
    let neema = world.phone(NEEMA);
    register(&njeri, "0711222333", "Neema Achieng", "2345-6789", "8417").await;
    neema.messages().await;
    // until she has a PIN the wallet receives, and pays nothing
    njeri.dial().await;
    njeri
        .go(&[Pick("agent"), Pick("in"), Type("0711222333"), Type("1000"), Yes, Type("8417")])
        .await;
    assert_eq!(world.balance(NEEMA).await, 100_000);
    neema.messages().await;
    neema.dial().await;
    neema.go(&[Pick("sw"), Yes, Type("7361"), Type("7361")]).await;
    neema.messages().await;
    neema.dial().await;
    neema.go(&[Pick("send"), Type("0700000002"), Type("200"), Yes, Type("7361")]).await;
    neema.messages().await;
    assert_eq!(
        (world.balance(NEEMA).await, tier(&world, NEEMA).await.as_str()),
        (100_000 - 20_700, "id")
    );
    insta::assert_snapshot!(format!(
        "== Njeri ==\n{}\n== Neema ==\n{}",
        njeri.transcript(),
        neema.transcript()
    ));
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn before_the_pin_is_chosen_nobody_pays_from_the_wallet() {
    let world = World::new().await;
    let njeri = world.phone(NJERI);
    let neema = world.phone(NEEMA);
    register(&njeri, "0711222333", "Neema Achieng", "23456789", "8417").await;
    njeri.dial().await;
    njeri
        .go(&[Pick("agent"), Pick("in"), Type("0711222333"), Type("1000"), Yes, Type("8417")])
        .await;
    // an agent's request for cash waits, and a text asks in vain: both end where the PIN is chosen
    njeri.dial().await;
    njeri
        .go(&[Pick("agent"), Pick("ask"), Type("0711222333"), Type("500"), Yes, Type("8417")])
        .await;
    neema.write("SEND 100 0700000002").await;
    assert!(neema.dial().await.starts_with("Welcome - Karibu"), "{}", neema.transcript());
    // it is not she: nothing is opened
    assert!(neema.go(&[Pick("en"), No]).await.contains("go to an agent"), "{}", neema.transcript());
    assert_eq!(world.balance(NEEMA).await, 100_000);
    // and a PIN that is easy to guess is none
    neema.dial().await;
    dial_afresh(&neema).await;
    assert!(
        neema.go(&[Pick("en"), Yes, Type("1234")]).await.starts_with("That PIN is easy to guess")
    );
    world.check();
}

/// Whoever has her phone, or her number by mistake, asks for nothing in her name before she has
/// taken the wallet over.
#[tokio::test(flavor = "multi_thread")]
async fn before_the_pin_is_chosen_nothing_is_asked_for_by_text() {
    let world = World::new().await;
    let njeri = world.phone(NJERI);
    let neema = world.phone(NEEMA);
    register(&njeri, "0711222333", "Neema Achieng", "23456789", "8417").await;
    neema.messages().await;
    for body in ["REQUEST 300 0700000002", "EMAIL neema@example.org", "SEND 100 0700000002"] {
        neema.write(body).await;
        let told = neema.messages().await;
        assert_eq!(
            told,
            [format!("Your account has no PIN yet. Dial {CODE} and choose one.")],
            "{body}"
        );
    }
    assert_eq!((world.orders_waiting(BARAKA).await, world.orders_waiting(NEEMA).await), (0, 0));
    assert!(
        world.inbox(BARAKA).await.is_empty()
            && world.app.notify.letters().await.unwrap().is_empty()
    );
    // how she is spoken to, and what there is, may be asked
    neema.write("LUGHA KISWAHILI").await;
    assert!(neema.messages().await[0].contains("Kiswahili"), "{}", neema.transcript());
    neema.write("SALIO").await;
    assert!(neema.messages().await[0].contains("KES 0"), "{}", neema.transcript());
    dial_afresh(&neema).await;
    neema.go(&[Pick("sw"), Yes, Type("7361"), Type("7361")]).await;
    neema.messages().await;
    neema.write("OMBA 300 0700000002").await;
    neema.messages().await;
    neema.write("OMBA NDIYO").await;
    assert_eq!((neema.messages().await.len(), world.orders_waiting(BARAKA).await), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_wallet_with_the_same_id_is_refused_and_nobody_is_named() {
    let world = World::new().await;
    let njeri = world.phone(NJERI);
    let mariam = world.phone(MARIAM);
    register(&njeri, "0711222333", "Neema Achieng", "2345 6789", "8417").await;
    // before the agent's PIN nothing is said of the ID
    dial_afresh(&mariam).await;
    let asked = mariam
        .go(&[
            Pick("agent"),
            Pick("register"),
            Type("0711222444"),
            Type("Halima Ali"),
            Type("ID 002345.6789"),
        ])
        .await;
    assert!(asked.starts_with("Avez-vous vu la carte"), "{asked}");
    let refused = mariam.go(&[Yes, Type("6734")]).await;
    assert_eq!(refused, "Une personne, un compte : cette carte en a déjà un.\nRien n'a été fait.");
    assert!(!refused.contains("Neema") && world.inbox(HALIMA).await.is_empty());
    // and who is registered already is not registered again
    dial_afresh(&mariam).await;
    let again = mariam.go(&[Pick("agent"), Pick("register"), Type("0711222333")]).await;
    assert!(again.starts_with("La carte de cette personne a déjà été vue."), "{again}");
    assert!(
        !world.stored_bytes().windows(8).any(|bytes| bytes == b"23456789"),
        "the ID number is stored"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_agents_with_one_id_at_the_same_moment_one_is_refused() {
    let world = World::new().await;
    let outlets = [(NJERI, "8417", "0711222333"), (MARIAM, "6734", "0711222444")];
    let outlets = outlets.map(|(number, pin, to)| (world.phone(number), pin, to));
    for (phone, _, to) in &outlets {
        phone.dial().await;
        phone
            .go(&[
                Pick("agent"),
                Pick("register"),
                Type(to),
                Type("Neema Achieng"),
                Type("23456789"),
                Yes,
            ])
            .await;
    }
    let screens = all(outlets.iter().map(|(phone, pin, _)| phone.press(pin))).await;
    let done = screens
        .iter()
        .filter(|screen| screen.contains("is registered") || screen.contains("est inscrit"));
    assert_eq!(done.count(), 1, "{screens:#?}");
    // and two agents with one number
    let outlets = [(NJERI, "8417", "11112222"), (MARIAM, "6734", "33334444")];
    let outlets = outlets.map(|(number, pin, id)| (world.phone(number), pin, id));
    for (phone, _, id) in &outlets {
        phone.dial().await;
        phone
            .go(&[
                Pick("agent"),
                Pick("register"),
                Type("0711222555"),
                Type("Zawadi Noor"),
                Type(id),
                Yes,
            ])
            .await;
    }
    let screens = all(outlets.iter().map(|(phone, pin, _)| phone.press(pin))).await;
    let done = screens
        .iter()
        .filter(|screen| screen.contains("is registered") || screen.contains("est inscrit"));
    assert_eq!(done.count(), 1, "{screens:#?}");
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_joined_alone_may_move_more_once_an_agent_has_seen_the_id() {
    let world = World::new().await;
    let neema = world.phone(NEEMA);
    let otieno = world.phone(OTIENO);
    neema.dial().await;
    neema.go(&[Pick("en"), Type("Neema Achieng"), Type("7361"), Type("7361")]).await;
    neema.messages().await;
    assert_eq!(tier(&world, NEEMA).await, "sim");
    otieno.dial().await;
    otieno
        .go(&[
            Pick("agent"),
            Pick("register"),
            Type("0711222333"),
            Type("23456789"),
            Yes,
            Type("2905"),
        ])
        .await;
    assert_eq!(tier(&world, NEEMA).await, "id");
    neema.messages().await;
    otieno.dial().await;
    otieno.go(&[Pick("agent"), Pick("register"), Type("0711222333")]).await;
    insta::assert_snapshot!(format!(
        "== Otieno ==\n{}\n== Neema ==\n{}",
        otieno.transcript(),
        neema.transcript()
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_id_or_no_name_or_the_wrong_pin_registers_nobody() {
    let world = World::new().await;
    let njeri = world.phone(NJERI);
    njeri.dial().await;
    njeri
        .go(&[Pick("agent"), Pick("register"), Type("0711222333"), Type("Kadogo Confirmed")])
        .await;
    assert!(last(&njeri).contains("not for people"), "{}", njeri.transcript());
    njeri.press_all(&["Neema Achieng", "12"]).await;
    assert!(last(&njeri).contains("Not an ID number here"), "{}", njeri.transcript());
    njeri.go(&[Type("23456789"), Yes, Type("9046")]).await;
    assert!(last(&njeri).contains("Wrong PIN"), "{}", njeri.transcript());
    assert!(
        world
            .app
            .wallet
            .caller(kadogo::phone::Msisdn::from_e164(NEEMA).unwrap())
            .await
            .unwrap()
            .person
            .is_none()
    );
    // a colleague cannot be lifted, nor oneself
    for own in ["0700000012", "0700000013"] {
        dial_afresh(&njeri).await;
        njeri.go(&[Pick("agent"), Pick("register"), Type(own)]).await;
        assert!(!last(&njeri).contains("has an account"), "{}", njeri.transcript());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_copy_of_the_step_that_sets_the_first_pin_sets_one() {
    let world = World::new().await;
    let njeri = world.phone(NJERI);
    let neema = world.phone(NEEMA);
    register(&njeri, "0711222333", "Neema Achieng", "23456789", "8417").await;
    neema.dial().await;
    neema.go(&[Pick("en"), Yes, Type("7361")]).await;
    let session = neema.session();
    let history = format!("{}*7361", neema.history());
    let copies = all((0..4).map(|_| world.hop(&session, NEEMA, &history))).await;
    assert!(
        copies.iter().all(|copy| copy.contains("Welcome to Kadogo, Neema Achieng!")),
        "{copies:#?}"
    );
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(
        world.inbox(NEEMA).await.iter().filter(|told| told.contains("account is open")).count(),
        1
    );
}

/// One card opens one wallet, whatever is written before, behind or between its digits; what is
/// no number of an ID is told where it is typed.
#[tokio::test(flavor = "multi_thread")]
async fn one_id_opens_one_wallet_however_it_is_written() {
    let world = World::new().await;
    let njeri = world.phone(NJERI);
    let done = register(&njeri, "0799123000", "Fatuma Ali", "12345678", "8417").await;
    assert!(done.contains("Fatuma Ali is registered"), "{done}");
    let alike = [
        "ID-NO 12345678",
        "NATIONALID12345678",
        "0012345678",
        "12 345 678",
        "1234 5678",
        "National ID no. 12345678",
    ];
    let none = ["N12345678", "12345678X", "ID/12345678/1", "12345678-1", "A12345678", "X 12345678"];
    for (place, id) in alike.into_iter().chain(none).enumerate() {
        let to = format!("07991231{place:02}");
        dial_afresh(&njeri).await;
        let way = [Pick("agent"), Pick("register"), Type(&to), Type("Fatuma Ali"), Type(id)];
        let screen = njeri.go(&way).await;
        if alike.contains(&id) {
            njeri.go(&[Yes, Type("8417")]).await;
            assert!(last(&njeri).contains("This ID has one already"), "{id}: {}", last(&njeri));
        } else {
            let why = "Not an ID number here. Enter it like 23456789.";
            assert!(screen.starts_with(why), "{id}: {screen}");
        }
        let number = format!("+254{}", &to[1..]);
        let number = kadogo::phone::Msisdn::from_e164(&number).unwrap();
        assert_eq!(world.app.wallet.caller(number).await.unwrap().person, None, "{id}");
    }
    world.check();
}
