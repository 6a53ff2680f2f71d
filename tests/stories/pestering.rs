//! What others do uses up nothing of somebody else's. Goal: a number without a wallet says one word
//! and hears no more of what others send it; who tries another's code is named to them; strangers
//! cannot fill the places of friends, nor read names by sharing bills; texts come to an end.
//! Method: whole conversations and texts, as who pesters and who is pestered.

use super::aids::*;
use super::market::{MARIAM, make_code, redeem};
use super::vouchers::{hands_out, market, sends, sends_to, wrong};
use super::world::*;
use kadogo::wallet::service;
use std::time::Duration;

/// Writes the service, and reads what comes back.
async fn ask(phone: &Phone<'_>, body: &str) -> String {
    phone.write(body).await;
    phone.messages().await.join("\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_no_wallet_says_stop_and_hears_no_more_of_what_others_send() {
    let world = market().await;
    let [amina, baraka, neema] = [AMINA, BARAKA, STRANGER].map(|number| world.phone(number));
    sends(&amina, "300", "7361").await;
    insta::assert_snapshot!(neema.messages().await.join("\n"), @"Kadogo: Amina W 0700***001 sent you KES 300. Join: *384*1234#. Or ask for the secret and go to an agent by 30/11/26. No texts? STOP");
    insta::assert_snapshot!(ask(&neema, "Stop please").await, @"You get no more texts from Kadogo about what others send you. To get them again: START. To open an account dial *384*1234#.");
    insta::assert_snapshot!(ask(&neema, "Stop Kadogo").await, @"You get no more texts from Kadogo about what others send you. To get them again: START. To open an account dial *384*1234#.");
    // neither the end of what it heard of, nor another one, nor a deal
    dial_afresh(&amina).await;
    amina.go(&[Pick("people"), Pick("parcels"), Line("KES 300"), Pick("cancel"), Yes]).await;
    let other = sends_to(&baraka, "0711222333", "100", "4826").await;
    ask(&amina, "SELL 500 0711222333 a chair").await;
    assert!(ask(&amina, "SAFE YES").await.contains("a chair"));
    assert_eq!(neema.messages().await, Vec::<String>::new());
    // what is sent waits all the same, and whoever hands it out says so
    let mariam = world.phone(MARIAM);
    hands_out(&mariam, "100", &other).await;
    assert!(neema.messages().await.join("\n").contains("KES 100"));
    insta::assert_snapshot!(ask(&neema, "START").await, @"You get texts from Kadogo again. To open an account dial *384*1234#. To stop them: STOP");
    sends(&amina, "200", "7361").await;
    assert_eq!(neema.messages().await.len(), 1);
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn each_language_has_its_word_and_who_has_a_wallet_is_told_how_it_is_there() {
    let world = market().await;
    let phones = [AMINA, BARAKA, CLAIRE].map(|number| world.phone(number));
    let mut said = Vec::new();
    for (phone, word) in phones.iter().zip(["Unsubscribe", "Sitaki sms", "ARRÊT"]) {
        said.push(ask(phone, word).await);
    }
    let neema = world.phone(STRANGER);
    for word in ["sitaki ujumbe", "ANZA", "Arrêtez svp", "reprendre"] {
        said.push(ask(&neema, word).await);
    }
    insta::assert_snapshot!(said.join("\n"), @r"
    These texts are about your own account. To stop who asks you for money: dial *384*1234#, More services, Requests for money.
    SMS hizi ni za akaunti yako. Kuzuia anayekuomba pesa: piga *384*1234#, Huduma zaidi, Maombi ya pesa.
    Ces SMS concernent votre compte. Pour bloquer qui vous demande de l'argent : *384*1234#, Autres services, Demandes d'argent.
    Hutapata tena SMS za Kadogo kuhusu wanachokutumia wengine. Ukizitaka tena: ANZA. Kufungua akaunti piga *384*1234#.
    Utapata tena SMS za Kadogo. Kufungua akaunti piga *384*1234#. Kuzizuia: ACHA
    Vous ne recevez plus de SMS de Kadogo sur ce que d'autres vous envoient. Pour les ravoir : START. Ouvrir un compte : *384*1234#.
    Vous recevez de nouveau les SMS de Kadogo. Ouvrir un compte : *384*1234#. Pour ne plus les avoir : STOP
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_makes_a_code_hears_at_which_outlet_another_one_was_tried() {
    let world = market().await;
    let [amina, claire, mariam] = [AMINA, CLAIRE, MARIAM].map(|number| world.phone(number));
    let secret = sends(&amina, "300", "7361").await;
    amina.messages().await;
    hands_out(&mariam, "300", &wrong(&secret)).await;
    let told = amina.messages().await.join("\n");
    assert!(told.starts_with("At Duka la Soko ") && told.contains("wrong secret"), "{told}");
    for _try in 0..9 {
        hands_out(&mariam, "300", &wrong(&secret)).await;
    }
    let told = amina.messages().await;
    assert_eq!(told.len(), 4, "three more, and that it is over: {told:?}");
    let code = make_code(&claire, "400", "9274").await;
    claire.messages().await;
    dial_afresh(&mariam).await;
    redeem(&mariam, "400", if code == "111111" { "222222" } else { "111111" }).await;
    let told = claire.messages().await.join("\n");
    assert!(told.starts_with("Chez Duka la Soko ") && told.contains("KES 400"), "{told}");
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_fill_no_place_that_is_a_friends() {
    let world = World::new().await;
    let (amina, baraka) = (world.phone(AMINA), world.phone(BARAKA));
    pays(&world, (AMINA, "7361"), BARAKA, 1_000).await;
    for number in 0..7 {
        let number = format!("+25471100000{number}");
        let other = world.phone(&number);
        other.dial().await;
        other.go(&[Pick("en"), Type("Some Body"), Type("739105"), Type("739105")]).await;
        ask(&other, "ASK 100 0700000001").await;
        ask(&other, "ASK YES").await;
    }
    amina.messages().await;
    baraka.messages().await;
    ask(&baraka, "OMBA 100 0700000001").await;
    ask(&baraka, "OMBA NDIYO").await;
    let told = amina.messages().await;
    assert!(told.len() == 1 && told[0].contains("Baraka"), "{told:?}");
    world.check();
}

/// A text shows a name too, and what it asks leads to no payment yet.
#[tokio::test(flavor = "multi_thread")]
async fn texts_on_and_on_are_no_way_to_read_names() {
    let world = World::new().await;
    let claire = world.phone(CLAIRE);
    for place in 0..25 {
        claire.write(&format!("DEMANDER 50 07110000{place:02}")).await;
    }
    let told = claire.messages().await;
    let enough = told.iter().filter(|text| text.contains("beaucoup de num")).count();
    assert_eq!(enough, 5, "twenty an hour: {told:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn bills_and_looks_on_and_on_are_no_way_to_read_names() {
    let world = World::new().await;
    let claire = world.phone(CLAIRE);
    let caller = world.app.wallet.caller(kadogo::phone::Msisdn::from_e164(CLAIRE).unwrap());
    let caller = caller.await.unwrap();
    let mut seen = 0;
    for bill in 0..5 {
        let to = |place: usize| (format!("to{place}"), format!("+2547110{bill:02}0{place:02}"));
        let mut fields: kadogo::request::Fields = (1..9).map(to).collect();
        fields.insert("amount".into(), "90000".into());
        fields.insert("reference".into(), "dinner".into());
        let request = kadogo::request::Request {
            mode: kadogo::request::Mode::Check,
            service: service("bill").unwrap().name.to_owned(),
            fields,
            secret: None,
        };
        let kadogo::request::Answer::Refused(refusal) =
            world.app.wallet.answer(&caller, request).await
        else {
            panic!("nobody has these numbers")
        };
        seen += usize::from(refusal.code() != "looked_up_enough");
    }
    assert_eq!(seen, 2, "eight in each, and twenty an hour");
    world.clock.advance(Duration::from_secs(3_600));
    let mut looked = 0;
    for _look in 0..200 {
        dial_afresh(&claire).await;
        let screen = claire.go(&[Pick("send"), Type("0700000001")]).await;
        looked += usize::from(screen.contains("Amina"));
    }
    assert!((25..=100).contains(&looked), "{looked}");
}

#[tokio::test(flavor = "multi_thread")]
async fn thirty_texts_an_hour_are_heeded_and_the_last_of_them_says_so() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    for _text in 0..29 {
        assert!(!ask(&amina, "LANGUAGE EN").await.is_empty());
    }
    insta::assert_snapshot!(ask(&amina, "SEND 100 0700000002").await, @"That is many texts for one hour. We answer no more of them until the next. Please dial *384*1234#.");
    for body in ["SEND 100 0700000002", "BALANCE", "LANGUAGE FR", "what"] {
        assert_eq!(ask(&amina, body).await, "", "{body}");
    }
    assert_eq!(world.orders_waiting(AMINA).await, 0, "what nobody hears of does not wait");
    world.clock.advance(Duration::from_secs(3_600));
    assert!(ask(&amina, "SEND 100 0700000002").await.contains("Baraka"));
    world.check();
}
