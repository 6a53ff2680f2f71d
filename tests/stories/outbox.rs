//! Messages on their way out. Goal: a message is never lost, and given up only when it is
//! pointless, whatever the gateway does. Method: the real sender against a stub with the gateway's
//! real answers, time moved by hand, the outbox read as it is stored.

use super::stub::*;
use super::world::*;
use diesel::prelude::*;
use kadogo::on;
use kadogo::store::StoreError;
use kadogo::store::outbox::Channel;
use kadogo::store::outbox::MessageRow;
use kadogo::store::schema::outbox;
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
    let html = || Say::Http(201, "<html>Gateway</html>".into());
    let cases = [
        (accepted(100, "ATXid_a"), "sent", None),
        (accepted(102, "ATXid_b"), "sent", None),
        (Say::Http(200, body(accepted(101, "ATXid_c"))), "sent", None),
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
        (recipient(101, "Success", "None"), "queued", Some("accepted without a message id")),
        (nobody("InvalidSenderId"), "queued", Some("402 InvalidSenderId")),
        (nobody("InvalidPhoneNumber"), "failed", Some("403 InvalidPhoneNumber")),
        (nobody(""), "queued", Some("no recipient and no reason given")),
        (nobody("Failed for +254700000001"), "queued", Some("Failed for +2547********")),
        (Say::Http(400, "Bad Request".into()), "failed", Some("HTTP 400")),
        (
            Say::Http(401, "The supplied authentication is invalid".into()),
            "queued",
            Some("credentials not accepted: check the gateway's user name and API key"),
        ),
        (Say::Http(500, "oops".into()), "queued", Some("HTTP 500")),
        (Say::Http(503, String::new()), "queued", Some("HTTP 503")),
        (html(), "queued", Some("HTTP 201 with an unreadable answer")),
        (Say::Http(201, "{}".into()), "queued", Some("HTTP 201 with an unreadable answer")),
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
        Say::Wait | Say::HangUp => String::new(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn waits_grow_and_the_last_try_is_after_two_days() {
    let stub = Stub::start().await;
    let world = world_with(&stub).await;
    stub.will(vec![Say::Http(503, String::new()); 40]);
    world.text(AMINA, "sms-1", "HELP").await;
    let mut waits = Vec::new();
    loop {
        assert_eq!(world.app.notify.send_due(Channel::Text).await.unwrap(), 1);
        let row = last(&world).await;
        if row.state != "queued" {
            assert_eq!(
                (row.state.as_str(), row.reason.as_deref(), row.attempts),
                ("failed", Some("HTTP 503"), 30)
            );
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
        waits.push(wait.as_secs());
    }
    assert_eq!(waits[..12], [5, 10, 20, 40, 80, 160, 320, 640, 1_280, 2_560, 5_120, 7_200]);
    assert!(waits[12..].iter().all(|wait| *wait == 7_200));
    let hours = waits.iter().sum::<u64>() / 3_600;
    assert!((36..=48).contains(&hours), "{hours} hours");
    world.clock.advance(Duration::from_secs(100 * 3_600));
    assert_eq!(world.app.notify.send_due(Channel::Text).await.unwrap(), 0, "given up is given up");
    assert_eq!(stub.asked().len(), 30);
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
    world.clock.advance(Duration::from_secs(5));
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
    assert_eq!(stub.texts_to(AMINA).len(), 1, "whoever took it may still be at it");
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
    world.clock.advance(Duration::from_secs(5));
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
