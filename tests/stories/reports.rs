//! Delivery reports and the numbers about the outbox. Goal: whatever the gateway reports, in
//! whatever order, the outbox knows the truth and the gateway is never made to repeat itself.
//! Method: reports posted in the gateway's own form.

use super::stub::*;
use super::world::*;
use diesel::prelude::*;
use kadogo::on;
use kadogo::store::StoreError;
use kadogo::store::outbox::MessageRow;
use kadogo::store::schema::outbox;
use std::time::Duration;

/// A world in which one message was handed over under the name `ATXid_1`.
async fn sent_one() -> World {
    let stub = Stub::start().await;
    let world = World::with(Twist { gateway: Some(stub.account()), ..Twist::default() }).await;
    world.text(AMINA, "sms-1", "HELP").await;
    world.deliver().await;
    world
}

async fn report(world: &World, id: &str, status: &str, reason: &str) -> (String, Option<String>) {
    let mut form = vec![
        ("id", id),
        ("status", status),
        ("phoneNumber", "+254700000001"),
        ("networkCode", "63902"),
        ("retryCount", "0"),
    ];
    if !reason.is_empty() {
        form.push(("failureReason", reason));
    }
    let (http, body) = world.post("/gateways/africastalking/delivery", &form).await;
    assert_eq!((http, body.as_str()), (200, "ok"), "{status}");
    let read = world
        .app
        .wallet
        .store
        .read(|conn| Ok::<_, StoreError>(on!(conn, c => outbox::table.load(c))?));
    let [row]: [MessageRow; 1] = read.await.unwrap().try_into().unwrap();
    (row.state, row.reason)
}

fn plain(state: &str) -> (String, Option<String>) {
    (state.to_owned(), None)
}

fn because(state: &str, reason: &str) -> (String, Option<String>) {
    (state.to_owned(), Some(reason.to_owned()))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_followed_to_the_handset() {
    let world = sent_one().await;
    for status in ["Sent", "Submitted", "Buffered"] {
        assert_eq!(
            report(&world, "ATXid_1", status, "").await,
            plain("sent"),
            "{status} is on its way"
        );
    }
    assert_eq!(report(&world, "ATXid_1", "Success", "").await, plain("delivered"));
}

#[tokio::test(flavor = "multi_thread")]
async fn reports_may_come_twice_and_in_any_order() {
    let world = sent_one().await;
    assert_eq!(report(&world, "ATXid_1", "Success", "").await, plain("delivered"));
    for late in ["Success", "Submitted", "Sent", "Buffered", "Failed"] {
        let told = report(&world, "ATXid_1", late, "DeliveryFailure").await;
        assert_eq!(told, plain("delivered"), "{late} after the final word");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_delivered_says_why() {
    let cases = [
        ("Rejected", "InsufficientCredit", "insufficientcredit"),
        ("Failed", "UserInBlackList", "userinblacklist"),
        ("failed", "", "failed"),
        ("AbsentSubscriber", "", "absentsubscriber"),
        ("Expired", "", "expired"),
    ];
    for (status, reason, kept) in cases {
        let world = sent_one().await;
        assert_eq!(report(&world, "ATXid_1", status, reason).await, because("failed", kept));
        assert_eq!(
            report(&world, "ATXid_1", "Success", "").await,
            because("failed", kept),
            "the first final word counts"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_messages_and_words_are_no_errors_and_change_nothing() {
    let world = sent_one().await;
    assert_eq!(report(&world, "ATXid_unheard_of", "Success", "").await, plain("sent"));
    assert_eq!(report(&world, "ATXid_1", "Teleported", "").await, plain("sent"));
    assert_eq!(report(&world, "None", "Rejected", "InvalidLinkId").await, plain("sent"));
    let metrics = world.app.wallet.metrics.render();
    assert!(metrics.contains("kadogo_sms_sent_total{outcome=\"unknown_report\"} 2\n"), "{metrics}");
}

/// The value of a line at `/metrics`, as whoever reads it there sees it.
async fn number(world: &World, name: &str) -> Option<i64> {
    world.app.notify.measure().await.unwrap();
    let page = world
        .client
        .get(format!("{}/metrics", world.url))
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    page.lines().find_map(|line| line.strip_prefix(&format!("{name} "))?.parse().ok())
}

#[tokio::test(flavor = "multi_thread")]
async fn depth_and_age_of_the_outbox_can_be_watched() {
    let stub = Stub::start().await;
    let world = World::with(Twist { gateway: Some(stub.account()), ..Twist::default() }).await;
    let depth = "kadogo_outbox_depth";
    let age = "kadogo_outbox_age_seconds";
    assert_eq!((number(&world, depth).await, number(&world, age).await), (Some(0), Some(0)));
    stub.will([Say::HangUp]);
    world.text(AMINA, "sms-1", "HELP").await;
    world.deliver().await;
    world.clock.advance(Duration::from_secs(4));
    world.text(BARAKA, "sms-2", "SALIO").await;
    assert_eq!((number(&world, depth).await, number(&world, age).await), (Some(2), Some(4)));
    world.clock.advance(Duration::from_secs(60));
    assert_eq!(number(&world, age).await, Some(64), "the age is that of the oldest");
    world.deliver().await;
    assert_eq!((number(&world, depth).await, number(&world, age).await), (Some(0), Some(0)));
    assert_eq!(number(&world, "kadogo_sms_sent_total{outcome=\"sent\"}").await, Some(2));
    assert_eq!(number(&world, "kadogo_sms_sent_total{outcome=\"later\"}").await, Some(1));
}
