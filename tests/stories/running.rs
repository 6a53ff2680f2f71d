//! The program as an operator runs it. Goal: it starts with one command, takes new menus without
//! throwing anybody out, and ends without losing what it took in hand. Method: the real binary,
//! real signals, a real socket.

use super::engine::{Hand, is_postgres, lines, only_sqlite};
use super::program::*;
use super::stub::*;
use super::world::{AMINA, BARAKA, STRANGER};
use serde_json::Value;

const SECRET: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
const OTHER_SECRET: &str = "ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
const TOKEN: &str = "a-long-and-random-token";

/// All that `serve` must be told.
fn serve_settings<'a>(url: &'a str, secret: &'a str) -> [(&'static str, &'a str); 6] {
    [
        ("KADOGO_SECRET", secret),
        ("KADOGO_CALLBACK_TOKEN", TOKEN),
        ("KADOGO_SERVICE_CODE", "*384*1234#"),
        ("KADOGO_AT_USERNAME", "kadogo-test"),
        ("KADOGO_AT_API_KEY", "atsk_very_secret"),
        ("KADOGO_AT_URL", url),
    ]
}

/// The messages of somebody's inbox at the demo.
async fn inbox(server: &Server, number: &str) -> Vec<Value> {
    let (status, body) = server.get(&format!("/demo/inbox/{number}")).await;
    assert_eq!(status, 200, "{body}");
    serde_json::from_str(&body).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_demo_needs_one_command_and_says_what_to_do() {
    let place = Place::new();
    let server = place.start(&["demo"], &[]).await;
    let address = server.url.trim_start_matches("http://");
    until("the welcome is complete", async || server.out().contains("Ctrl-C")).await;
    insta::assert_snapshot!(server.out().replace(address, "ADDRESS"));
    assert!(is_postgres() || place.path("kadogo.db").is_file());
    // the line to try, tried
    let welcome = server.out();
    let line = welcome.split("curl -d '").nth(1).unwrap().split('\'').next().unwrap().to_owned();
    let request =
        server.client.post(format!("{}/gateways/africastalking/ussd", server.url)).body(line);
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    assert!(request.send().await.unwrap().text().await.unwrap().starts_with("CON Kadogo"));
    let (status, page) = server.get("/phone").await;
    assert_eq!(status, 200);
    assert!(page.to_lowercase().contains("<!doctype html>"));
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_find_the_people_and_inboxes_of_a_demo() {
    let place = Place::new();
    let server = place.start(&["demo", "--bare"], &[]).await;
    let people: Vec<Value> = serde_json::from_str(&server.get("/demo/people").await.1).unwrap();
    assert_eq!(people.len(), 9);
    insta::assert_snapshot!(serde_json::to_string_pretty(&people[0]).unwrap());
    assert_eq!(inbox(&server, AMINA).await.len(), 0);
    assert!(
        server
            .talk("ATUid_1", AMINA, &["1", "0700000002", "200", "1", "7361"])
            .await
            .contains("Confirmed")
    );
    assert!(
        server
            .talk("ATUid_2", AMINA, &["1", "0700000002", "50", "1", "7361"])
            .await
            .contains("Confirmed")
    );
    until("both receipts arrived", async || inbox(&server, AMINA).await.len() == 2).await;
    let messages = inbox(&server, AMINA).await;
    for (message, amount) in messages.iter().zip(["KES 200 ", "KES 50 "]) {
        let fields: Vec<&String> = message.as_object().unwrap().keys().collect();
        assert_eq!(fields, ["at", "from", "id", "text"]);
        assert!(
            message["text"].as_str().unwrap().contains(amount),
            "the oldest first: {messages:?}"
        );
        assert_eq!(message["from"], "Kadogo");
        let at: jiff::Timestamp = message["at"].as_str().unwrap().parse().unwrap();
        assert!(at <= jiff::Timestamp::now());
    }
    for way in ["%2B254700000001", "0700000001", "254700000001"] {
        assert_eq!(inbox(&server, way).await.len(), 2, "{way}");
    }
    assert_eq!(server.get("/demo/inbox/nobody").await.0, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_real_thing_sends_through_the_gateway_and_has_no_demo_in_it() {
    let place = Place::new();
    let stub = Stub::start().await;
    let server = place.start(&["serve"], &serve_settings(&stub.url, SECRET)).await;
    let path = format!("/gateways/africastalking/ussd?token={TOKEN}");
    for history in ["", "1", "1*Zawadi Njoki", "1*Zawadi Njoki*739105"] {
        assert!(
            server.hop_at(&path, "ATUid_1", STRANGER, history).await.starts_with("CON "),
            "{history}"
        );
    }
    let last = server.hop_at(&path, "ATUid_1", STRANGER, "1*Zawadi Njoki*739105*739105").await;
    assert!(last.starts_with("END Welcome to Kadogo, Zawadi Njoki!"), "{last}");
    until("the message left", async || stub.texts_to(STRANGER).len() == 1).await;
    for page in ["/", "/phone", "/demo/people", "/demo/inbox/0700000001"] {
        assert_eq!(server.get(page).await.0, 404, "{page}");
    }
    let (status, _) = server.post("/gateways/africastalking/ussd", &[]).await;
    assert_eq!(status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_goes_by_other_files_than_the_service_does_nothing() {
    let place = Place::new();
    let stub = Stub::start().await;
    let server = place.start(&["serve"], &serve_settings(&stub.url, SECRET)).await;
    place.hires("asha", "agents", SECRET).await;
    let secret = ("KADOGO_SECRET", SECRET);
    let menus = place.menus();
    let folder = ("KADOGO_MENUS", menus.to_str().unwrap());
    let said = place.run_with(&["agent", "list"], &[secret, folder]);
    assert_eq!(said.code, Some(0), "the same files in another folder: {said:?}");
    let file = menus.join("markets/ke/limits.toml");
    let limits = std::fs::read_to_string(&file).unwrap();
    let other = limits.replace("low_float = 2_000", "low_float = 3_000");
    std::fs::write(&file, &other).unwrap();
    let open = ["agent", "open", "Duka", "--area", "Soko", "--why", "our first"];
    let said = place.run_with(&open, &[secret, folder]);
    assert_eq!((said.code, said.out.as_str()), (Some(1), ""), "{said:?}");
    for words in ["nothing was done", "in: limits.", "KADOGO_MENUS", "SIGHUP"] {
        assert!(said.err.contains(words), "{words}: {said:?}");
    }
    std::fs::write(&file, &limits).unwrap();
    assert_eq!(place.run_with(&open, &[secret, folder]).code, Some(0));
    drop(server);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_opens_an_outlet_and_lets_somebody_serve_there_while_the_service_runs() {
    let place = Place::new();
    let stub = Stub::start().await;
    let path = format!("/gateways/africastalking/ussd?token={TOKEN}");
    let secret = [("KADOGO_SECRET", SECRET)];
    let said = place.run_with(&["agent", "list"], &secret);
    assert_eq!(said.code, Some(1), "no service is made by asking: {said:?}");
    let server = place.start(&["serve"], &serve_settings(&stub.url, SECRET)).await;
    place.hires("asha", "agents", SECRET).await;
    let agent = |args: &[&str]| place.run_with(&[&["agent"], args].concat(), &secret);
    let opened = agent(&["open", "Mama Njeri Shop", "--area", "Kibera", "--why", "our first"]);
    assert_eq!((opened.code, opened.err.contains("rror")), (Some(0), false), "{opened:?}");
    let number = opened.out.split("agent: ").nth(1).unwrap().lines().next().unwrap().to_owned();
    let second = agent(&[
        "open",
        "Duka la Soko",
        "--area",
        "Gikomba",
        "--head-office",
        &number,
        "--why",
        "the second",
    ]);
    assert!(second.out.contains("Duka la Soko"), "{second:?}");
    let stranger = agent(&["employ", &number, STRANGER, "--why", "she serves"]);
    assert!(
        stranger.code == Some(1) && stranger.err.contains("has no Kadogo account"),
        "{stranger:?}"
    );
    for history in
        ["", "1", "1*Zawadi Njoki", "1*Zawadi Njoki*739105", "1*Zawadi Njoki*739105*739105"]
    {
        server.hop_at(&path, "ATUid_1", STRANGER, history).await;
    }
    let asked = agent(&["employ", &number, STRANGER, "--why", "she serves"]);
    assert!(asked.out.contains("serves: Zawadi Njoki"), "{asked:?}");
    let waits = asked.out.split("approval: ").nth(1).unwrap().split_whitespace().next().unwrap();
    // from here on it is the other one who is signed in
    place.hires("auma", "agents", SECRET).await;
    let shown = place.run_with(&["approve", "show", waits], &secret);
    let seen = shown.out.split("seen: ").nth(1).unwrap().split_whitespace().next().unwrap();
    let employed = place.run_with(&["approve", "yes", waits, "--seen", seen], &secret);
    assert_eq!(employed.code, Some(0), "{employed:?}");
    let again = agent(&["employ", &number, STRANGER, "--why", "she serves"]);
    assert!(again.err.contains("They serve at an outlet already."), "{again:?}");
    let slip = agent(&["employ", "12345", STRANGER, "--why", "she serves"]);
    assert!(slip.err.contains("That is not an agent number."), "{slip:?}");
    // their phone shows it at once, and the list too
    assert!(
        server
            .hop_at(&path, "ATUid_2", STRANGER, "")
            .await
            .contains("4 More services\n5 Safe pay\n6 Agent")
    );
    server.hop_at(&path, "ATUid_2", STRANGER, "6").await;
    let till = server.hop_at(&path, "ATUid_2", STRANGER, "6*6").await;
    assert!(till.contains(&format!("Mama Njeri Shop, agent {number}\nFloat KES 0")), "{till}");
    // also by a file, and after the secret was changed
    std::fs::write(place.path("secret"), SECRET).unwrap();
    assert_eq!(
        place.run_with(&["agent", "list"], &[("KADOGO_SECRET_FILE", "secret")]).code,
        Some(0)
    );
    let changed = [("KADOGO_SECRET", OTHER_SECRET), ("KADOGO_OLD_SECRETS", SECRET)];
    assert_eq!(place.run_with(&["agent", "list"], &changed).code, Some(0));
    // which has been taken up, while one that was never given opens nothing
    assert_eq!(place.run_with(&["agent", "list"], &changed[..1]).code, Some(0));
    let unknown = [("KADOGO_SECRET", "5".repeat(64))];
    let unknown = unknown.each_ref().map(|(name, value)| (*name, value.as_str()));
    assert_eq!(place.run_with(&["agent", "list"], &unknown).code, Some(1));
    let listed = agent(&["list"]).out;
    assert!(
        listed.contains("(Kibera, open): float KES 0") && listed.contains("Zawadi Njoki"),
        "{listed}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_secret_is_taken_when_the_old_one_is_named() {
    let place = Place::new();
    let stub = Stub::start().await;
    let path = format!("/gateways/africastalking/ussd?token={TOKEN}");
    let server = place.start(&["serve"], &serve_settings(&stub.url, SECRET)).await;
    for history in
        ["", "1", "1*Zawadi Njoki", "1*Zawadi Njoki*739105", "1*Zawadi Njoki*739105*739105"]
    {
        server.hop_at(&path, "ATUid_1", STRANGER, history).await;
    }
    drop(server);
    let mut settings = serve_settings(&stub.url, OTHER_SECRET).to_vec();
    settings.push(("KADOGO_OLD_SECRETS", SECRET));
    let server = place.start(&["serve"], &settings).await;
    // her PIN is still hers
    let mut screen = String::new();
    for history in ["", "2", "2*3", "2*3*739105", "2*3*739105*846135", "2*3*739105*846135*846135"] {
        screen = server.hop_at(&path, "ATUid_2", STRANGER, history).await;
    }
    assert_eq!(screen, "END Your PIN is changed. Never tell it to anybody.");
}

#[tokio::test(flavor = "multi_thread")]
async fn changed_menus_are_taken_over_and_bad_ones_are_not() {
    let place = Place::new();
    let menus = place.menus();
    let server = place.start(&["demo", "--bare"], &[]).await;
    assert!(server.hop("ATUid_1", AMINA, "").await.contains("1 Send money"));
    let english = menus.join("texts/en.toml");
    let text = std::fs::read_to_string(&english).unwrap();
    std::fs::write(&english, text.replace("send = \"Send money\"", "send = \"Pay somebody\""))
        .unwrap();
    server.signal("HUP");
    server.hears("the menus were reloaded").await;
    assert!(server.hop("ATUid_2", AMINA, "").await.contains("1 Pay somebody"));
    std::fs::write(&english, text.replace("send = \"Send money\"", "")).unwrap();
    server.signal("HUP");
    server.hears("the menus were not reloaded, the old ones stay").await;
    assert!(
        server.err().contains("text \"screen.home.send\" is missing; menus/customer.toml:"),
        "{}",
        server.err()
    );
    assert!(server.hop("ATUid_3", AMINA, "").await.contains("1 Pay somebody"));
    // texts are read and written by the new words too
    let grammar = menus.join("sms.toml");
    let words = std::fs::read_to_string(&grammar).unwrap();
    std::fs::write(
        &grammar,
        words.replace("\"balance\", \"bal\",", "\"balance\", \"bal\", \"kiasi\","),
    )
    .unwrap();
    std::fs::write(&english, text.replace("Your balance on", "You had on")).unwrap();
    server.signal("HUP");
    server.hears_times("the menus were reloaded", 2).await;
    let form = [
        ("date", "2026-11-23 11:05:00"),
        ("from", AMINA),
        ("id", "sms-1"),
        ("text", "KIASI"),
        ("to", "22384"),
    ];
    assert_eq!(server.post("/gateways/africastalking/sms", &form).await.0, 200);
    until("the answer arrived", async || inbox(&server, AMINA).await.len() == 1).await;
    assert!(inbox(&server, AMINA).await[0]["text"].as_str().unwrap().starts_with("You had on"));
}

#[tokio::test(flavor = "multi_thread")]
async fn people_in_the_middle_of_a_conversation_are_not_thrown_out() {
    let place = Place::new();
    let menus = place.menus();
    let server = place.start(&["demo", "--bare"], &[]).await;
    server.talk("ATUid_1", AMINA, &["1", "0700000002"]).await;
    server.talk("ATUid_2", BARAKA, &["2", "1"]).await;
    // Baraka stands on a screen that goes away; Amina's way changes its words
    let screens = std::fs::read_to_string(menus.join("customer.toml")).unwrap();
    let screens = screens.replace("goto = \"balance\"", "goto = \"statement\"");
    let (before, rest) = screens.split_once("[screen.balance]\n").unwrap();
    let screens = format!("{before}{}", &rest[rest.find("[screen.statement]").unwrap()..])
        .replace("\"mail\", \"budget\",", "\"mail\",");
    let screens = screens.replace("balance = {}\n", "");
    std::fs::write(menus.join("customer.toml"), screens).unwrap();
    for language in ["en", "sw", "fr"] {
        let file = menus.join(format!("texts/{language}.toml"));
        let text = std::fs::read_to_string(&file).unwrap();
        let (before, after) = text.split_once("[screen.balance]").unwrap();
        let (_, after) = after.split_once("[screen.statement]").unwrap();
        let text =
            format!("{before}[screen.statement]{after}").replace("Enter the amount.", "How much?");
        std::fs::write(&file, text).unwrap();
    }
    server.signal("HUP");
    server.hears("the menus were reloaded").await;
    assert!(
        server
            .hop("ATUid_1", AMINA, "1*0700000002*much")
            .await
            .ends_with("How much?\n0 Back 00 Home")
    );
    let rest = ["200", "1", "7361"];
    let mut screen = String::new();
    for steps in 1..=rest.len() {
        let history = format!("1*0700000002*much*{}", rest[..steps].join("*"));
        screen = server.hop("ATUid_1", AMINA, &history).await;
    }
    assert!(screen.contains("Confirmed. KES 200 sent to Baraka O"), "{screen}");
    let home = server.hop("ATUid_2", BARAKA, "2*1*0").await;
    assert!(home.starts_with("CON Akaunti yangu") || home.starts_with("CON Kadogo"), "{home}");
    assert!(server.hop("ATUid_2", BARAKA, "2*1*0*00").await.starts_with("CON Kadogo\n1 Tuma pesa"));
}

/// Holds the database so that nothing can be committed until it is dropped.
fn hold(place: &Place) -> Hand {
    let mut hand = place.home.hand();
    hand.hold();
    hand
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_in_hand_is_finished_and_answered_before_the_program_ends() {
    let place = Place::new();
    let mut server = place.start(&["demo", "--bare", "--answer-within-ms", "9000"], &[]).await;
    server.talk("ATUid_1", AMINA, &["1", "0700000002", "200", "1"]).await;
    let held = hold(&place);
    let (answer, ()) =
        tokio::join!(server.hop("ATUid_1", AMINA, "1*0700000002*200*1*7361"), async {
            // by the time it has answered these, it has the payment in hand
            for _look in 0..50 {
                server.get("/healthz").await;
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
            server.signal("TERM");
            server.hears("stopping: no new requests").await;
            drop(held);
        });
    assert!(answer.contains("Confirmed. KES 200 sent to Baraka O"), "{answer}");
    assert_eq!(server.ends().await.code(), Some(0), "{}", server.err());
    assert!(server.err().contains("stopped"));
    assert_eq!(place.run(&["book", "check"]).code, Some(0));
    drop(server);
    // the news that did not leave any more leave now
    let server = place.start(&["demo", "--bare"], &[]).await;
    until("both hear of it", async || {
        inbox(&server, AMINA).await.len() == 1 && inbox(&server, BARAKA).await.len() == 1
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_that_was_promised_by_sms_is_finished_before_the_program_ends() {
    let place = Place::new();
    let mut server = place.start(&["demo", "--bare", "--answer-within-ms", "300"], &[]).await;
    server.talk("ATUid_1", AMINA, &["1", "0700000002", "200", "1"]).await;
    let held = hold(&place);
    let answer = server.hop("ATUid_1", AMINA, "1*0700000002*200*1*7361").await;
    assert!(
        answer.starts_with("END This takes a little longer. You will get the result by SMS."),
        "{answer}"
    );
    server.signal("TERM");
    server.hears("stopping: no new requests").await;
    drop(held);
    assert_eq!(server.ends().await.code(), Some(0), "{}", server.err());
    drop(server);
    let server = place.start(&["demo", "--bare"], &[]).await;
    until("the promise is kept", async || inbox(&server, AMINA).await.len() == 1).await;
    assert!(
        inbox(&server, AMINA).await[0]["text"]
            .as_str()
            .unwrap()
            .contains("KES 200 sent to Baraka O")
    );
}

/// The files of a folder, but for the menus.
fn files(place: &Place) -> Vec<String> {
    let names = std::fs::read_dir(place.path("")).unwrap();
    let mut names: Vec<String> =
        names.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn however_often_it_is_stopped_its_files_alone_have_everything() {
    if only_sqlite("however often it is stopped, its files alone have everything") {
        return;
    }
    let place = Place::new();
    let both = ["kadogo.db", "kadogo.db-sessions"];
    for round in 1..=8 {
        let mut server = place.start(&["demo", "--bare"], &[]).await;
        let amount = format!("{}", 10 + round);
        let paid = ["1", "0700000002", &amount, "1", "7361"];
        let paid = server.talk(&format!("ATUid_a{round}"), AMINA, &paid).await;
        assert!(paid.contains("Confirmed"), "{paid}");
        // another one is in the middle of typing
        server.talk(&format!("ATUid_b{round}"), BARAKA, &["1", "0700000003"]).await;
        server.signal("TERM");
        assert_eq!(server.ends().await.code(), Some(0), "{}", server.err());
        assert_eq!(files(&place), both, "round {round}");
        let alone = Place::new();
        for file in both {
            std::fs::copy(place.path(file), alone.path(file)).unwrap();
        }
        let store = alone.home.open();
        let mut conn = store.reader().unwrap();
        let sends = "SELECT CAST(count(*) AS TEXT) AS text FROM postings WHERE kind = 'send'";
        assert_eq!(lines(&mut conn, sends), [round.to_string()]);
        let typing = "SELECT CAST(hops AS TEXT) AS text FROM sessions WHERE open = 1";
        assert!(!lines(&mut conn, typing).is_empty(), "round {round}");
        drop((conn, store));
        assert_eq!(alone.run(&["book", "check", "--full"]).code, Some(0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_start_makes_no_database_and_a_file_has_one_that_serves() {
    if only_sqlite("what cannot start makes no database: on a server its owner has made one") {
        return;
    }
    let place = Place::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for (flag, value, why) in [
        ("--listen", address.as_str(), "choose another address with --listen"),
        ("--menus", "nowhere", "the menus cannot be read"),
    ] {
        let said = place.run(&["demo", "--bare", flag, value]);
        assert!(said.code != Some(0) && said.err.contains(why), "{said:?}");
        assert!(files(&place).is_empty(), "{flag}: {:?}", files(&place));
    }
    let server = place.start(&["demo", "--bare"], &[]).await;
    let second = place.run(&["demo", "--bare", "--listen", "127.0.0.1:0"]);
    assert_ne!(second.code, Some(0), "{second:?}");
    assert!(second.err.contains("another Kadogo serves from kadogo.db"), "{second:?}");
    let paid = server.talk("ATUid_1", AMINA, &["1", "0700000002", "10", "1", "7361"]).await;
    assert!(paid.contains("Confirmed"), "{paid}");
    // the place is free as soon as it is gone, however it went
    drop(server);
    place.start(&["demo", "--bare"], &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_cut_off_is_whole_in_its_files_after_the_next_command() {
    if only_sqlite("what was cut off is whole in its files after the next command") {
        return;
    }
    let both = ["kadogo.db", "kadogo.db-sessions"];
    let elsewhere = Place::new();
    let copy = elsewhere.path("copy.db").display().to_string();
    let commands: [&[&str]; 4] = [
        &["book", "check"],
        &["messages", "dead"],
        &["messages", "again", "--all"],
        &["backup", "--to", &copy],
    ];
    for command in commands {
        let place = Place::new();
        let server = place.start(&["demo", "--bare"], &[]).await;
        let paid = server.talk("ATUid_1", AMINA, &["1", "0700000002", "10", "1", "7361"]).await;
        assert!(paid.contains("Confirmed"), "{paid}");
        // it is killed
        drop(server);
        assert_ne!(files(&place), both);
        let said = place.run(command);
        assert_eq!(said.code, Some(0), "{command:?}: {said:?}");
        assert_eq!(files(&place), both, "after {command:?}");
    }
}
