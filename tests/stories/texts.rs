//! Texts to the service. Goal: whoever writes gets one short, helpful text in their own language,
//! once, however often the gateway brings the message, and what looks like a PIN is kept nowhere.
//! Method: texts posted in the gateway's own form, answers read as people read them; the database
//! is searched byte by byte.

use super::aids::side_by_side;
use super::world::*;
use kadogo::limits::{Caps, Limits};
use kadogo::sms::grammar::Grammar;
use kadogo::source::Source;
use std::time::Duration;

/// Writes the service, and reads what comes back.
async fn ask(phone: &Phone<'_>, body: &str) -> Vec<String> {
    phone.write(body).await;
    phone.messages().await
}

async fn talk(number: &str, bodies: &[&str]) -> String {
    let world = World::new().await;
    let phone = world.phone(number);
    for body in bodies {
        assert_eq!(
            ask(&phone, body).await.len(),
            1,
            "{body:?} has one answer:\n{}",
            phone.transcript()
        );
    }
    world.check();
    phone.transcript()
}

#[tokio::test(flavor = "multi_thread")]
async fn people_ask_in_three_languages() {
    for (language, seen) in side_by_side([
        (
            "english",
            talk(
                AMINA,
                &[
                    "BALANCE",
                    "mini statement",
                    "Help!",
                    "language",
                    "lang klingon",
                    "JOIN",
                    "what is this",
                ],
            ),
        ),
        (
            "swahili",
            talk(
                BARAKA,
                &[
                    "Salio",
                    "TAARIFA",
                    "msaada",
                    "LUGHA",
                    "LUGHA GANI HII",
                    "jiunge",
                    "habari gani mama",
                ],
            ),
        ),
        (
            "french",
            talk(
                CLAIRE,
                &[
                    "Solde",
                    "RELEVÉ",
                    "aide",
                    "LANGUE",
                    "langue klingon",
                    "Inscription",
                    "c'est quoi ?",
                ],
            ),
        ),
    ])
    .await
    {
        insta::assert_snapshot!(format!("people_ask_in_{language}"), seen);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_is_led_to_joining() {
    let told = talk(
        STRANGER,
        &["JOIN", "Jiunge", "INSCRIPTION", "SALIO", "SEND 200 0700000001", "SEND 0 JUMA", "hm?"],
    );
    insta::assert_snapshot!(told.await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_that_cannot_be_is_explained_in_english() {
    let told = talk(
        AMINA,
        &[
            "SEND 0 0700000002",
            "SEND -5 0700000002",
            "SEND some 0700000002",
            "SEND 1.000,50 0700000002",
            "SEND 0.001 0700000002",
            "SEND 99999999999999 0700000002",
            "SEND 400000 0700000002",
            "SEND 4999 0700000002",
            "SEND 200 0700000001",
            "SEND 200 0799999999",
            "SEND 200 12345678",
            "SEND 200 BARAKA",
        ],
    );
    insta::assert_snapshot!(told.await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_that_cannot_be_is_explained_in_swahili_and_french() {
    let swahili =
        talk(BARAKA, &["TUMA 0 KWA 0700000001", "TUMA 2500 0700000001", "TUMA 200 0700000002"])
            .await;
    let french =
        talk(CLAIRE, &["ENVOYER 0 A 0700000001", "ENVOYER 1200 0700000001", "ENVOYER 200 à JUMA"])
            .await;
    insta::assert_snapshot!(format!("{swahili}\n== Claire ==\n{french}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mini_statement_is_one_message_and_newest_first() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    let baraka = world.phone(BARAKA);
    for amount in ["1234.55", "50", "2222.22"] {
        amina.dial().await;
        amina.go(&[Pick("send"), Type("0700000002"), Type(amount), Yes, Type("7361")]).await;
        world.clock.advance(Duration::from_secs(24 * 3_600));
    }
    baraka.messages().await;
    let [statement] = &ask(&baraka, "taarifa").await[..] else { panic!("one answer") };
    insta::assert_snapshot!(statement, @r"
    +KES 2,222.22 Amina W 25/11/26
    +KES 50 Amina W 24/11/26
    +KES 1,234.55 Amina W 23/11/26
    Salio KES 6,006.77.
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_longest_names_and_amounts_still_make_one_message() {
    let world = World::new().await;
    let name = "Wolfeschlegelsteinhausenbergerdorff Ngat";
    let numbers = ["+254711222331", "+254711222332", "+254711222333"];
    for (language, number) in ["en", "sw", "fr"].iter().zip(numbers) {
        let newcomer = world.phone(number);
        newcomer.dial().await;
        newcomer.go(&[Pick(language), Type(name), Type("739105"), Type("739105")]).await;
        // `messages` insists on one SMS each
        assert_eq!(newcomer.messages().await.len(), 1);
    }
    let amina = world.phone(AMINA);
    for number in numbers {
        amina.write(&format!("SEND 1234.56 {number}")).await;
        amina.dial().await;
        amina.go(&[Pick("orders"), Line("KES 1,234.56"), Yes, Type("7361")]).await;
    }
    amina.write("mini").await;
    assert_eq!(amina.messages().await.len(), 7, "{}", amina.transcript());
    let newcomer = world.phone(numbers[2]);
    newcomer.messages().await;
    newcomer.dial().await;
    newcomer.go(&[Pick("send"), Type("0711222331"), Type("1,000.55"), Yes, Type("739105")]).await;
    newcomer.write("RELEVE").await;
    newcomer.messages().await;
    insta::assert_snapshot!(format!(
        "{}\n== the other ==\n{}",
        amina.transcript(),
        newcomer.transcript()
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_has_a_line_less_rather_than_two_messages() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    let newcomer = world.phone(STRANGER);
    world.give(AMINA, 100_000_000_000_000).await;
    // the longest amounts come from people without limits
    world
        .app
        .change_policy(|policy| policy.limits = Limits::alike(Caps::default(), Caps::default()));
    newcomer.dial().await;
    newcomer
        .go(&[
            Pick("en"),
            Type("Wolfeschlegelsteinhausenbergerdorff Ngat"),
            Type("739105"),
            Type("739105"),
        ])
        .await;
    for cents in ["11", "12", "13"] {
        amina.dial().await;
        amina
            .go(&[
                Pick("send"),
                Type("0711222333"),
                Type(&format!("249,999.{cents}")),
                Yes,
                Type("7361"),
            ])
            .await;
    }
    amina.messages().await;
    let [statement] = &ask(&amina, "mini").await[..] else { panic!("one answer") };
    insta::assert_snapshot!(statement, @r"
    -KES 249,999.13 (fee KES 108) Wolfeschlegelst. N 23/11/26
    -KES 249,999.12 (fee KES 108) Wolfeschlegelst. N 23/11/26
    Balance KES 999,999,254,678.64.
    ");
}

/// Whatever the words of a grammar lead to: what needs a PIN, or is nothing to be asked for by
/// text, is not done.
#[tokio::test(flavor = "multi_thread")]
async fn words_that_lead_to_a_payment_pay_nothing() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    for service in ["send", "orders", "no_such_service"] {
        let words = include_str!("../../menus/sms.toml");
        let words = words.replace("service = \"order\"", &format!("service = \"{service}\""));
        world.app.change_grammar(
            Grammar::parse(&Source::new("sms.toml", words), &super::countries::kenya()).unwrap(),
        );
        let told = ask(&amina, "SEND 200 0700000002").await;
        assert_eq!(told, ["That service is not available here."], "{service}");
        let stranger = ask(&world.phone(STRANGER), "SEND 200 0700000002").await;
        assert!(stranger[0].contains("*384*1234#"), "{service}: {stranger:?}");
    }
    assert_eq!((world.balance(AMINA).await, world.balance(BARAKA).await), (500_000, 250_000));
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_language_holds_for_texts_and_screens() {
    let world = World::new().await;
    let baraka = world.phone(BARAKA);
    let [answer] = &ask(&baraka, "LUGHA KIFARANSA").await[..] else { panic!("one answer") };
    insta::assert_snapshot!(answer, @"C'est fait : Kadogo vous écrit maintenant dans votre langue.");
    assert!(ask(&baraka, "salio").await[0].starts_with("Votre solde"), "{}", baraka.transcript());
    assert!(baraka.dial().await.contains("Envoyer de l'argent"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_with_a_pin_is_kept_nowhere_and_its_writer_told_to_change_the_pin() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    let baraka = world.phone(BARAKA);
    let claire = world.phone(CLAIRE);
    let stranger = world.phone(STRANGER);
    let answers = [
        ask(&amina, "SEND 200 0700000002 739104").await,
        ask(&amina, "my pin is 739104 zebra").await,
        ask(&baraka, "namba ya siri ni 739104 punda").await,
        ask(&claire, "code secret 739104 zebre").await,
        ask(&stranger, "739104").await,
    ];
    // an address that is a PIN in disguise is one: typed after dialling it is no text that anybody
    // keeps
    let [answer] = &ask(&amina, "EMAIL 7391@okapi.org").await[..] else { panic!("one answer") };
    assert!(answer.contains("change"), "{answer}");
    assert!(answers.iter().all(|answer| answer.len() == 1), "each gets one answer");
    let told =
        [amina.transcript(), baraka.transcript(), claire.transcript(), stranger.transcript()];
    insta::assert_snapshot!(told.join("\n"));
    assert_eq!(
        (world.balance(AMINA).await, world.balance(BARAKA).await),
        (500_000, 250_000),
        "nothing moved"
    );
    let kept = world.stored_bytes();
    // the search sees what is stored: the numbers that wrote, and which text answers them
    assert!(holds(&kept, "+254711222333") && holds(&kept, "sms.pin_in_sms"));
    for secret in ["739104", "zebra", "punda", "zebre", "okapi"] {
        assert!(!holds(&kept, secret), "{secret} is in the database");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_write_is_not_kept() {
    let world = World::new().await;
    assert_eq!(world.text(AMINA, "sms-1", "rafiki yangu wa zamani").await, 200);
    assert_eq!(world.inbox(AMINA).await.len(), 1);
    assert!(!holds(&world.stored_bytes(), "rafiki"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redelivered_text_runs_once_and_is_answered_once() {
    let world = World::new().await;
    for body in [
        "SEND 200 0700000002",
        "BALANCE",
        "SEND 0 0700000002",
        "LANGUAGE SW",
        "PIN 739104",
        "zebra",
    ] {
        let before = world.inbox(AMINA).await.len();
        for _delivery in 0..3 {
            assert_eq!(
                world.text(AMINA, &format!("sms-{body}").replace(' ', "-"), body).await,
                200
            );
        }
        assert_eq!(world.inbox(AMINA).await.len(), before + 1, "{body}");
    }
    assert_eq!(world.orders_waiting(AMINA).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_copies_of_a_text_at_once_run_once() {
    let world = World::new().await;
    for (id, body) in [("sms-a", "SEND 200 0700000002"), ("sms-b", "BALANCE")] {
        let copies = (0..20).map(|_copy| world.text(AMINA, id, body));
        let answers = all(copies).await;
        assert!(answers.iter().all(|status| *status == 200), "{answers:?}");
    }
    assert_eq!(world.orders_waiting(AMINA).await, 1);
    assert_eq!(world.inbox(AMINA).await.len(), 2);
    let metrics = world.app.wallet.metrics.render();
    assert!(metrics.contains("kadogo_sms_received_total{outcome=\"repeated\"} 38\n"), "{metrics}");
}

/// Whoever was faster than whom: each is answered as if they had come one after the other. What
/// comes back from a busy service is brought again, as gateways do.
#[tokio::test(flavor = "multi_thread")]
async fn texts_of_one_person_that_come_together_are_not_lost() {
    for round in 0..3 {
        let world = World::new().await;
        let payees = [BARAKA, CLAIRE, DAUDI, ESTHER, "+254700000011", "+254700000012"];
        let texts: Vec<String> = payees.iter().map(|payee| format!("SEND 300 {payee}")).collect();
        let texts = texts
            .into_iter()
            .chain(["EMAIL one@example.org".into(), "EMAIL two@example.org".into()]);
        let mut waiting: Vec<(String, String)> =
            texts.enumerate().map(|(number, body)| (format!("{round}-{number}"), body)).collect();
        for _delivery in 0..4 {
            let came = all(waiting.iter().map(|(id, body)| world.text(AMINA, id, body))).await;
            let mut came = came.into_iter();
            waiting.retain(|_text| came.next() != Some(200));
        }
        let told = world.inbox(AMINA).await;
        assert!(waiting.is_empty() && told.len() == 8, "{waiting:?} {told:#?}");
        assert!(!told.iter().any(|text| text.contains("changed meanwhile")), "{told:#?}");
        assert_eq!(world.orders_waiting(AMINA).await, payees.len());
        world.check();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_was_used_for_one_text_is_not_used_for_another() {
    let world = World::new().await;
    assert_eq!(world.text(AMINA, "sms-1", "BALANCE").await, 200);
    assert_eq!(world.text(AMINA, "sms-1", "SEND 200 0700000002").await, 200);
    assert_eq!((world.inbox(AMINA).await.len(), world.orders_waiting(AMINA).await), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn nonsense_gets_one_short_answer_and_changes_nothing() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    let long = "blah ".repeat(800);
    let bodies = [
        "",
        "   ",
        "🙂🙂🙂",
        "\u{0}\u{7}\u{1b}[2J",
        "مرحبا",
        "{name} {balance}",
        "%00%ff",
        "' OR 1=1 --",
        &long,
    ];
    for body in bodies {
        world.clock.advance(Duration::from_secs(3_600));
        let answer = ask(&amina, body).await;
        assert_eq!(
            answer,
            ["Sorry, we did not understand. Text HELP to see what you can ask, or dial \
              *384*1234#."]
        );
    }
    assert_eq!(world.orders_waiting(AMINA).await, 0);
    world.check();
}

/// Two services that answer one another come to an end, and what is not answered is still handled.
#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_understands_is_answered_a_few_times_an_hour() {
    let world = World::new().await;
    for who in [AMINA, STRANGER] {
        let phone = world.phone(who);
        for _text in 0..30 {
            phone.write("Sorry, the format of your input is invalid. Please re-enter.").await;
        }
        assert_eq!(phone.messages().await.len(), 3, "{who}");
    }
    let amina = world.phone(AMINA);
    // what is understood is answered, and done
    amina.write("SEND 200 0700000002").await;
    assert_eq!((amina.messages().await.len(), world.orders_waiting(AMINA).await), (4, 1));
    world.clock.advance(Duration::from_secs(3_600));
    assert_eq!(ask(&amina, "zebra").await.len(), 1);
    let metrics = world.app.wallet.metrics.render();
    assert!(
        metrics.contains("kadogo_sms_received_total{outcome=\"unanswered\"} 54\n"),
        "{metrics}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_word_that_is_missing_is_asked_for_in_ones_own_language() {
    let english = talk(AMINA, &["SEND", "send 200", "please send to 0700000002", "ASK 200"]).await;
    let swahili = talk(BARAKA, &["TUMA", "tuma mia mbili", "TUMA KWA 0700000001"]).await;
    let french = talk(CLAIRE, &["ENVOYER", "Envoyer 200", "ENVOYER A 0700000001"]).await;
    insta::assert_snapshot!(format!("{english}\n== Baraka ==\n{swahili}\n== Claire ==\n{french}"));
}
