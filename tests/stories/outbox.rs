//! Messages on their way out. Goal: a message is never lost, and given up only when it is
//! pointless, whatever the gateway does. Method: the real sender against a stub with the gateway's
//! real answers, time moved by hand, the outbox read as it is stored.

use super::engine::{either, is_postgres};
use super::stub::*;
use super::world::*;
use diesel::prelude::*;
use kadogo::on;
use kadogo::store::outbox::{Channel, MessageRow, NewMessage};
use kadogo::store::schema::outbox;
use kadogo::store::{Conn, StoreError};
use kadogo::value::Slots;
use kadogo::wallet::outgoing::message;
use std::time::Duration;

async fn world_with(stub: &Stub) -> World {
    World::with(Twist { gateway: Some(stub.account()), ..Twist::default() }).await
}

/// The outbox as stored, the oldest first.
async fn rows(world: &World) -> Vec<MessageRow> {
    let read =
        world.app.wallet.store.read(|conn| {
            Ok::<_, StoreError>(on!(conn, c => outbox::table.order(outbox::id).load(c))?)
        });
    read.await.unwrap()
}

async fn last(world: &World) -> MessageRow {
    rows(world).await.pop().unwrap()
}

async fn report(world: &World, form: &[(&str, &str)]) -> u16 {
    world.post("/gateways/africastalking/delivery", form).await.0
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_handed_over_as_the_gateway_wants_it() {
    let stub = Stub::start().await;
    let world = world_with(&stub).await;
    stub.will([accepted(101, "ATXid_2222")]);
    world.text(BARAKA, "sms-1", "SALIO").await;
    assert_eq!(world.app.notify.send_due(Channel::Text).await.unwrap(), 1);
    let [asked] = &stub.asked()[..] else { panic!("one request") };
    let head = asked.head.to_lowercase();
    assert!(head.starts_with("post /version1/messaging http/1.1"), "{head}");
    for line in [
        "apikey: atsk_very_secret",
        "accept: application/json",
        "content-type: application/x-www-form-urlencoded",
    ] {
        assert!(head.lines().any(|header| header == line), "{line} is not in {head}");
    }
    let fields: Vec<(&str, &str)> =
        asked.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(
        fields,
        [
            ("username", "kadogo-test"),
            ("to", "+254700000002"),
            ("message", "Salio lako 23/11/26 saa 14:05 ni KES 2,500."),
            ("enqueue", "1"),
            ("from", "KADOGO"),
        ]
    );
    let row = last(&world).await;
    assert_eq!(
        (row.state.as_str(), row.attempts, row.provider_id.as_deref()),
        ("sent", 1, Some("ATXid_2222"))
    );
    assert_eq!(row.sent_at, Some(NOON));
    assert_eq!(world.app.notify.send_due(Channel::Text).await.unwrap(), 0, "it is sent once");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_answer_of_the_gateway_is_understood() {
    let stub = Stub::start().await;
    let world = world_with(&stub).await;
    let html = |status| Say::Http(status, "<html>Gateway</html>".into());
    let mend = "check the gateway's address and what messages come from";
    let mend = format!("HTTP 400: {mend}");
    let cases = [
        (accepted(100, "ATXid_a"), "sent", None),
        (accepted(102, "ATXid_b"), "sent", None),
        (Say::Http(200, body(accepted(101, "ATXid_c"))), "sent", None),
        // what it has is not sent again because its answer is odd
        (recipient(101, "Success", "None"), "sent", None),
        (recipient(777, "Teleported", "ATXid_d"), "sent", None),
        (html(201), "sent", None),
        (Say::Http(201, "{}".into()), "sent", None),
        (Say::CutShort(201), "sent", None),
        (recipient(403, "InvalidPhoneNumber", "None"), "failed", Some("403 InvalidPhoneNumber")),
        (
            recipient(404, "UnsupportedNumberType", "None"),
            "failed",
            Some("404 UnsupportedNumberType"),
        ),
        (recipient(406, "UserInBlacklist", "None"), "failed", Some("406 UserInBlacklist")),
        (recipient(401, "RiskHold", "None"), "queued", Some("401 RiskHold")),
        (recipient(402, "InvalidSenderId", "None"), "queued", Some("402 InvalidSenderId")),
        (recipient(405, "InsufficientBalance", "None"), "queued", Some("405 InsufficientBalance")),
        (recipient(407, "CouldNotRoute", "None"), "queued", Some("407 CouldNotRoute")),
        (recipient(500, "InternalServerError", "None"), "queued", Some("500 InternalServerError")),
        (recipient(502, "RejectedByGateway", "None"), "queued", Some("502 RejectedByGateway")),
        (nobody("InvalidSenderId"), "queued", Some("402 InvalidSenderId")),
        (nobody("InvalidPhoneNumber"), "failed", Some("403 InvalidPhoneNumber")),
        (nobody(""), "queued", Some("no recipient and no reason given")),
        (nobody("Failed for +254700000001"), "queued", Some("Failed for +2547********")),
        (Say::Http(400, "Bad Request".into()), "queued", Some(mend.as_str())),
        (
            Say::Http(401, "The supplied authentication is invalid".into()),
            "queued",
            Some("credentials not accepted: check the gateway's user name and API key"),
        ),
        (Say::Http(500, "oops".into()), "queued", Some("HTTP 500")),
        (Say::Http(503, String::new()), "queued", Some("HTTP 503")),
        (html(200), "queued", Some("HTTP 200 with an unreadable answer")),
        (Say::HangUp, "queued", Some("the connection to the gateway broke")),
    ];
    for (n, (say, state, reason)) in cases.into_iter().enumerate() {
        // each to a number of its own: nobody's message waits for somebody else's
        let number = format!("+2547112220{n:02}");
        stub.will([say]);
        world.text(&number, &format!("sms-{n}"), "HELP").await;
        assert_eq!(world.app.notify.send_due(Channel::Text).await.unwrap(), 1);
        let row = last(&world).await;
        assert_eq!(
            (row.state.as_str(), row.reason.as_deref(), row.attempts),
            (state, reason, 1),
            "case {n}"
        );
    }
}

fn body(say: Say) -> String {
    match say {
        Say::Http(_, body) => body,
        Say::Wait | Say::HangUp | Say::CutShort(_) => String::new(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn waits_grow_and_the_last_try_is_after_two_days() {
    let stub = Stub::start().await;
    let world = world_with(&stub).await;
    stub.will(vec![recipient(407, "CouldNotRoute", "None"); 60]);
    world.text(AMINA, "sms-1", "HELP").await;
    let mut waits = Vec::new();
    loop {
        assert_eq!(world.app.notify.send_due(Channel::Text).await.unwrap(), 1);
        let row = last(&world).await;
        if row.state != "queued" {
            let why = (row.state.as_str(), row.reason.as_deref());
            assert_eq!(why, ("failed", Some("407 CouldNotRoute")));
            break;
        }
        let wait =
            Duration::from_micros(u64::try_from(row.due_at - world.clock.now().micros()).unwrap());
        world.clock.advance(wait - Duration::from_micros(1));
        assert_eq!(
            world.app.notify.send_due(Channel::Text).await.unwrap(),
            0,
            "not before its time"
        );
        world.clock.advance(Duration::from_micros(1));
        waits.push(wait.as_millis());
    }
    let doubled = [5, 10, 20, 40, 80, 160, 320, 640, 1_280, 2_560, 5_120, 7_200, 7_200, 7_200];
    for (wait, seconds) in waits.iter().zip(doubled) {
        // chance takes or adds a quarter, so that what failed together does not come back together
        assert!((seconds * 750..=seconds * 1_250).contains(wait), "{wait} ms for {seconds} s");
    }
    let hours = waits.iter().sum::<u128>() / 3_600_000;
    assert!((48..=51).contains(&hours), "{hours} hours");
    world.clock.advance(Duration::from_secs(100 * 3_600));
    assert_eq!(world.app.notify.send_due(Channel::Text).await.unwrap(), 0, "given up is given up");
    assert_eq!(stub.asked().len(), waits.len() + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_is_away_for_an_hour_loses_nothing() {
    let stub = Stub::start().await;
    let world = world_with(&stub).await;
    stub.will(vec![Say::HangUp; 10]);
    let amina = world.phone(AMINA);
    amina.dial().await;
    amina.go(&[Pick("send"), Type("0700000002"), Type("200"), Yes, Type("7361")]).await;
    let later = world.clock.now().plus(Duration::from_secs(3_600));
    while world.clock.now() < later {
        world.app.notify.send_due(Channel::Text).await.unwrap();
        world.clock.advance(Duration::from_secs(5));
    }
    world.clock.advance(Duration::from_secs(7_200));
    world.deliver().await;
    assert!(rows(&world).await.iter().all(|row| row.state == "sent"), "{:?}", rows(&world).await);
    assert!(stub.texts_to(AMINA).last().unwrap().contains("Confirmed. KES 200 sent to Baraka O"));
    assert!(stub.texts_to(BARAKA).last().unwrap().contains("Umepokea KES 200"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_survives_a_pulled_plug() {
    let stub = Stub::start().await;
    let world = world_with(&stub).await;
    stub.will([Say::Http(500, String::new())]);
    world.text(AMINA, "sms-1", "HELP").await;
    world.text(BARAKA, "sms-2", "SALIO").await;
    stub.will([Say::Http(500, String::new())]);
    world.app.notify.send_due(Channel::Text).await.unwrap();
    let world =
        world.restart_with(Twist { gateway: Some(stub.account()), ..Twist::default() }).await;
    assert_eq!(
        rows(&world).await.iter().filter(|row| row.state == "queued" && row.attempts == 1).count(),
        2
    );
    world.clock.advance(Duration::from_secs(7));
    world.deliver().await;
    assert!(rows(&world).await.iter().all(|row| row.state == "sent" && row.attempts == 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_in_hand_when_the_plug_is_pulled_goes_out_again() {
    let stub = Stub::start().await;
    let world = world_with(&stub).await;
    stub.will([Say::Wait]);
    world.text(AMINA, "sms-1", "HELP").await;
    let notify = world.app.notify.clone();
    let sending =
        tokio::spawn(async move { notify.send_due(Channel::Text).await.map(|_tried| ()) });
    until("the gateway has the message", async || stub.asked().len() == 1).await;
    sending.abort();
    let world =
        world.restart_with(Twist { gateway: Some(stub.account()), ..Twist::default() }).await;
    world.deliver().await;
    // of a server another node may have taken it, and may still be at it
    assert_eq!(stub.texts_to(AMINA).len(), either(2, 1));
    world.clock.advance(Duration::from_secs(30));
    world.deliver().await;
    assert_eq!(stub.texts_to(AMINA).len(), 2, "twice is better than never");
    assert_eq!(last(&world).await.state, "sent");
}

/// How the messages handed over for a number begin, in order.
fn beginnings(stub: &Stub, number: &str) -> Vec<String> {
    stub.texts_to(number).iter().map(|text| text.chars().take(12).collect()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_person_hears_in_order_and_nobody_waits_for_somebody_else() {
    let stub = Stub::start().await;
    let world = world_with(&stub).await;
    stub.will_to(AMINA, Say::Wait);
    for (number, text) in [(AMINA, "HELP"), (AMINA, "BALANCE"), (AMINA, "JOIN"), (BARAKA, "SALIO")]
    {
        world.text(number, &format!("sms-{text}"), text).await;
    }
    let notify = world.app.notify.clone();
    let sending = tokio::spawn(async move { notify.send_due(Channel::Text).await });
    until("Baraka's is sent", async || last(&world).await.state == "sent").await;
    assert_eq!(
        beginnings(&stub, AMINA),
        ["Text BALANCE"],
        "the next waits for the answer to the first"
    );
    stub.let_go();
    assert_eq!(sending.await.unwrap().unwrap(), 4);
    assert_eq!(beginnings(&stub, AMINA), ["Text BALANCE", "Your balance", "This number "]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_to_wait_for_one_message_gets_the_next_after_it() {
    let stub = Stub::start().await;
    let world = world_with(&stub).await;
    stub.will([Say::Http(500, String::new())]);
    for (id, text) in [("sms-1", "HELP"), ("sms-2", "BALANCE"), ("sms-3", "JOIN")] {
        world.text(AMINA, id, text).await;
    }
    world.deliver().await;
    assert_eq!(stub.asked().len(), 1, "the later ones were not tried");
    world.clock.advance(Duration::from_secs(7));
    world.deliver().await;
    assert_eq!(
        beginnings(&stub, AMINA),
        ["Text BALANCE", "Text BALANCE", "Your balance", "This number "]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_answer_does_not_hold_up_the_others_reports() {
    let stub = Stub::start().await;
    let world = world_with(&stub).await;
    world.text(AMINA, "sms-1", "HELP").await;
    world.text(BARAKA, "sms-2", "SALIO").await;
    stub.will([Say::Wait]);
    let notify = world.app.notify.clone();
    let sending = tokio::spawn(async move { notify.send_due(Channel::Text).await });
    until("one is sent while the other waits", async || {
        rows(&world).await.iter().any(|row| row.state == "sent")
    })
    .await;
    let sent = rows(&world).await.into_iter().find(|row| row.state == "sent").unwrap();
    let id = sent.provider_id.clone().unwrap();
    assert_eq!(report(&world, &[("id", &id), ("status", "Success")]).await, 200);
    assert_eq!(rows(&world).await.iter().find(|row| row.id == sent.id).unwrap().state, "delivered");
    stub.let_go();
    assert_eq!(sending.await.unwrap().unwrap(), 2);
    let mut states: Vec<String> = rows(&world).await.into_iter().map(|row| row.state).collect();
    states.sort();
    assert_eq!(states, ["delivered", "sent"]);
}

/// Writes so many messages for somebody past all services.
async fn many(world: &World, number: &str, count: usize) {
    let now = world.clock.now();
    let one = || message(number, "en", "sms.pin_in_sms", &Slots::new(), None, now);
    let all: Vec<NewMessage> = (0..count).map(|_| one()).collect();
    let tell = move |conn: &mut Conn| kadogo::store::outbox::tell(conn, &all);
    world.app.wallet.book.write(tell).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn however_many_wait_for_one_receiver_nobody_else_waits_for_them() {
    let stub = Stub::start().await;
    let world = world_with(&stub).await;
    stub.will_to(AMINA, Say::Wait);
    // more than are looked at in one go
    many(&world, AMINA, 2_500).await;
    world.text(BARAKA, "sms-1", "SALIO").await;
    let notify = world.app.notify.clone();
    let begun = notify.begin_due(Channel::Text).await.unwrap();
    assert_eq!((begun.asked, begun.messages), (2, 2), "one place for each");
    until("Baraka's is sent", async || last(&world).await.state == "sent").await;
    assert_eq!(stub.texts_to(AMINA).len(), 1);
    // what is written meanwhile is found behind them
    world.text(CLAIRE, "sms-2", "SOLDE").await;
    assert_eq!(notify.begin_due(Channel::Text).await.unwrap().messages, 1);
    until("Claire's is sent", async || last(&world).await.state == "sent").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_takes_nothing_is_asked_with_one_message_at_a_time() {
    let stub = Stub::start().await;
    let world = world_with(&stub).await;
    let numbers: Vec<String> = (0..300).map(|n| format!("+254711222{n:03}")).collect();
    for number in &numbers {
        many(&world, number, 1).await;
    }
    world.app.notify.measure().await.unwrap();
    stub.will(vec![Say::HangUp; 140]);
    world.deliver().await;
    let first = stub.asked().len();
    assert!(first < 140, "{first} tries before it was noticed");
    let metrics = world.app.wallet.metrics.render();
    assert!(metrics.contains("kadogo_outbox_depth 300\n"), "{metrics}");
    let mut probes = 0;
    while probes + first < 140 {
        world.clock.advance(Duration::from_secs(40));
        world.deliver().await;
        let asked = stub.asked().len() - first;
        assert_eq!(asked, probes + 1, "one at a time");
        probes = asked;
    }
    world.clock.advance(Duration::from_secs(90));
    let failed = stub.asked().len();
    world.deliver().await;
    assert!(rows(&world).await.iter().all(|row| row.state == "sent"), "all that waited has left");
    assert_eq!(stub.asked().len() - failed, 300, "each once");
    assert!(world.app.wallet.metrics.render().contains("kadogo_outbox_depth 0\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_may_come_before_the_answer() {
    let stub = Stub::start().await;
    let world = world_with(&stub).await;
    stub.will([Say::Wait]);
    world.text(AMINA, "sms-1", "HELP").await;
    let notify = world.app.notify.clone();
    let sending = tokio::spawn(async move { notify.send_due(Channel::Text).await });
    until("the gateway has the message", async || stub.asked().len() == 1).await;
    assert_eq!(report(&world, &[("id", "ATXid_1"), ("status", "Success")]).await, 200);
    assert_eq!(last(&world).await.state, "queued");
    stub.let_go();
    assert_eq!(sending.await.unwrap().unwrap(), 1);
    assert_eq!(last(&world).await.state, "delivered");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_that_was_written_at_the_moment_of_the_answer_is_found() {
    let stub = Stub::start().await;
    let world = world_with(&stub).await;
    world.text(AMINA, "sms-1", "HELP").await;
    world.deliver().await;
    // as it is where two nodes write at one moment
    let at = world.clock.now().micros();
    let early = format!("INSERT INTO early_reports VALUES ('ATXid_1', 'failed', 'expired', {at})");
    world.home.hand().run(&early).unwrap();
    world.app.notify.match_reports().await.unwrap();
    let row = last(&world).await;
    assert_eq!((row.state.as_str(), row.reason.as_deref()), ("failed", Some("expired")));
    let left = world.home.hand().lines("SELECT provider_id AS text FROM early_reports");
    assert_eq!(left, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_node_has_in_hand_no_other_sends_nor_what_is_behind_it() {
    if !is_postgres() {
        // a file has one node
        return;
    }
    let stub = Stub::start().await;
    let world = world_with(&stub).await;
    let other = world.beside(Twist { gateway: Some(stub.account()), ..Twist::default() }).await;
    stub.will([Say::Wait]);
    world.text(AMINA, "sms-1", "HELP").await;
    world.app.notify.begin_due(Channel::Text).await.unwrap();
    until("the gateway has the message", async || stub.asked().len() == 1).await;
    world.text(AMINA, "sms-2", "BALANCE").await;
    world.text(BARAKA, "sms-3", "SALIO").await;
    assert_eq!(other.app.notify.send_due(Channel::Text).await.unwrap(), 1, "only Baraka's");
    // for as long as it takes: the lease is renewed
    for _turn in 0..5 {
        world.clock.advance(Duration::from_secs(15));
        world.app.notify.begin_due(Channel::Text).await.unwrap();
        assert_eq!(other.app.notify.send_due(Channel::Text).await.unwrap(), 0);
    }
    stub.let_go();
    until("the first is written down", async || rows(&world).await[0].state == "sent").await;
    world.clock.advance(Duration::from_secs(30));
    other.deliver().await;
    world.deliver().await;
    assert_eq!(beginnings(&stub, AMINA), ["Text BALANCE", "Your balance"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_cannot_be_read_holds_up_no_other() {
    let stub = Stub::start().await;
    let world = world_with(&stub).await;
    world.text(AMINA, "sms-1", "HELP").await;
    world.text(BARAKA, "sms-2", "SALIO").await;
    let damage = format!("UPDATE outbox SET slots = 'damaged' WHERE address = '{AMINA}'");
    world.home.hand().run(&damage).unwrap();
    world.deliver().await;
    let states: Vec<String> = rows(&world).await.into_iter().map(|row| row.state).collect();
    assert_eq!(states, ["failed", "sent"]);
}
