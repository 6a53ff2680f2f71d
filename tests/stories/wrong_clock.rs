//! A node whose clock is wrong. Goal: nothing expires, nobody's limits change, no posting carries a
//! wrong time, and operators read why; nodes whose clock is right go on, and so does this one once
//! it is. Method: two nodes on one database, each with a clock of its own. A server has a clock to
//! compare with; of a file, only its newest posting tells, so that there a clock can be found
//! behind, but not ahead.

use super::aids::{dial_afresh, pays, sql, until};
use super::engine::either;
use super::program::Place;
use super::world::*;
use kadogo::id::Id;
use kadogo::limits::Usage;
use kadogo::phone::Msisdn;
use kadogo::store::{arrangement_rows, book_rows, times};
use kadogo::time::{Clock, Timestamp};
use std::time::Duration;
use tokio::sync::watch;

const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(24 * 3_600);
/// Several turns of the workers that come round most often, and the first one of all.
const SOME_TURNS: Duration = Duration::from_millis(900);
/// Half past two on a day of 2031.
const IN_2031: i64 = 1_930_000_000_000_000;
const BUSY: &str = "END We cannot do this just now. Please try again in a minute.";

/// A service that goes by the machine's time, as a server does that it is compared with.
async fn now() -> World {
    let world = World::real().await;
    world.clock.advance(2 * DAY);
    world.app.look_at_clock().await.unwrap();
    assert_eq!(ready(&world).await, (200, "ready".to_owned()));
    world
}

fn real() -> Twist {
    Twist { real: true, ..Twist::default() }
}

async fn get(url: &str, page: &str) -> (u16, String) {
    let answer = reqwest::get(format!("{url}{page}")).await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

async fn ready(world: &World) -> (u16, String) {
    get(&world.url, "/readyz").await
}

/// Sets a clock, forward or back.
fn set(world: &World, to: Timestamp) {
    let Clock::Manual(micros) = &world.clock else { panic!("a clock of the machine's") };
    micros.store(to.micros(), std::sync::atomic::Ordering::SeqCst);
}

/// Somebody's use of their limits, and when the newest posting was made.
async fn moved(world: &World, number: &str) -> (Usage, i64, Option<i64>) {
    let caller = world.app.wallet.caller(Msisdn::from_e164(number).unwrap()).await.unwrap();
    let id = caller.person.unwrap().account_id;
    let read = world.app.wallet.store.read(move |conn| {
        Ok::<_, kadogo::store::StoreError>((
            book_rows::account(conn, id)?.unwrap(),
            times::read(conn)?,
        ))
    });
    let (account, (newest, _server)) = read.await.unwrap();
    (account.usage, account.balance_minor, newest)
}

/// Nothing is done by this node, by whomever it is asked, and it says so; the order of Amina's that
/// waits stays.
async fn stands_still(node: &World, why: &str) {
    let before = moved(node, AMINA).await;
    let (status, body) = ready(node).await;
    assert_eq!(status, 503, "{body}");
    assert!(body.starts_with("not ready: the clock of this machine is "), "{body}");
    assert!(body.contains(why), "{body}");
    let (stop, stopped) = watch::channel(false);
    let workers = node.app.start_workers(&stopped);
    tokio::time::sleep(SOME_TURNS).await;
    assert_eq!(node.hop("ATUid_wrong", AMINA, "").await, BUSY);
    assert_eq!(node.hop("ATUid_wrong", STRANGER, "").await, BUSY);
    assert_eq!(node.text(AMINA, "wrong-1", "SEND 50 0700000003").await, 503, "it may come again");
    assert_eq!(moved(node, AMINA).await, before);
    stop.send(true).unwrap();
    for worker in workers {
        worker.await.unwrap();
    }
}

/// How many orders of Amina's wait, and how many texts to her, whatever time it is.
async fn waits(world: &World) -> (usize, i64) {
    let read = world.app.wallet.store.read(|conn| {
        Ok::<_, kadogo::store::StoreError>((
            arrangement_rows::due(conn, "order", i64::MAX, (0, Id::of(0)), 100)?.len(),
            kadogo::store::outbox_queue::depth(conn)?.0,
        ))
    });
    read.await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_two_nodes_starts_in_2031_and_nothing_expires() {
    let right = now().await;
    pays(&right, (AMINA, "7361"), "0700000002", 20_000).await;
    assert_eq!(right.text(AMINA, "order", "SEND 20 0700000003").await, 200);
    let waiting = waits(&right).await;
    assert!(waiting.0 == 1 && waiting.1 > 0, "{waiting:?}");
    // a file has nobody but its newest posting to tell the time: there it is long before
    let wrong_time = either(right.clock.now().minus(400 * DAY), Timestamp::from_micros(IN_2031));
    let wrong = right.beside_at(Clock::manual(wrong_time), real()).await;
    wrong.app.look_at_clock().await.unwrap();
    stands_still(&wrong, either("behind the newest posting", "ahead of the database's")).await;
    assert_eq!(waits(&right).await, waiting, "it ends, tells and sends nothing");
    let metrics = get(&wrong.url, "/metrics").await.1;
    assert!(metrics.lines().any(|line| line == "kadogo_clock_wrong 1"), "{metrics}");

    // the other goes on meanwhile
    right.clock.advance(Duration::from_secs(1));
    right.app.look_at_clock().await.unwrap();
    assert_eq!(ready(&right).await, (200, "ready".to_owned()));
    pays(&right, (AMINA, "7361"), "0700000002", 10_000).await;

    // and once the clock is set right, so does this one, with nothing started anew
    let (stop, stopped) = watch::channel(false);
    let workers = wrong.app.start_workers(&stopped);
    set(&wrong, right.clock.now().plus(Duration::from_secs(31 * 60)));
    tokio::time::sleep(SOME_TURNS).await;
    assert_eq!(waits(&right).await.0, 1, "nobody has looked at the clock yet");
    let watching = wrong.app.watch_clock(&stopped);
    until("the order expires", async || waits(&right).await.0 == 0).await;
    assert_eq!(ready(&wrong).await, (200, "ready".to_owned()));
    let metrics = get(&wrong.url, "/metrics").await.1;
    assert!(metrics.lines().any(|line| line == "kadogo_clock_wrong 0"), "{metrics}");
    pays(&wrong, (AMINA, "7361"), "0700000002", 5_000).await;
    let day = moved(&right, AMINA).await.0.day();
    let zone = &right.app.wallet.config.market.zone;
    assert_eq!(day, kadogo::calendar::Day::of(wrong.clock.now(), zone));
    stop.send(true).unwrap();
    for worker in workers.into_iter().chain([watching]) {
        worker.await.unwrap();
    }
    right.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_set_while_the_service_runs_stops_it_at_once() {
    let world = now().await;
    assert_eq!(world.text(AMINA, "order", "SEND 20 0700000003").await, 200);
    let waiting = waits(&world).await;
    let time = world.clock.now();
    let amina = world.phone(AMINA);
    dial_afresh(&amina).await;
    // nobody looks: the workers and the book notice by themselves
    for wrong in [Timestamp::from_micros(IN_2031), time.minus(3 * HOUR)] {
        set(&world, wrong);
        stands_still(&world, "it was set").await;
        assert_eq!(waits(&world).await, waiting);
    }
    set(&world, time);
    assert_eq!(ready(&world).await, (200, "ready".to_owned()));
    amina.go(&[Pick("send"), Type("0700000002"), Type("200"), Yes, Type("7361")]).await;
    assert_eq!(world.balance(AMINA).await, 479_300);
    world.check();
}

/// A hop was done by the right node, its screen was lost, and the gateway brings it to the other.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_done_before_is_told_again_and_not_done_again() {
    let right = now().await;
    let amina = right.phone(AMINA);
    amina.dial().await;
    amina.go(&[Pick("send"), Type("0700000002"), Type("200"), Yes]).await;
    let told = amina.press("7361").await;
    right.flush().await;
    let wrong_time = either(right.clock.now().minus(400 * DAY), Timestamp::from_micros(IN_2031));
    let wrong = right.beside_at(Clock::manual(wrong_time), real()).await;
    wrong.app.look_at_clock().await.unwrap();
    assert_eq!(ready(&wrong).await.0, 503);
    let before = moved(&right, AMINA).await;
    let copy = wrong.hop(&amina.session(), AMINA, &amina.history()).await;
    assert_eq!(copy, format!("END {told}"));
    assert_eq!(moved(&right, AMINA).await, before);
    assert_eq!(right.balance(AMINA).await, 479_300);
    right.check();
}

/// The machine's clock is a day behind what was posted: the program itself, from its start, and the
/// commands beside it.
#[tokio::test(flavor = "multi_thread")]
async fn the_program_starts_says_why_it_is_not_ready_and_its_commands_do_nothing() {
    let world = World::real().await;
    // two days and one
    world.clock.advance(3 * DAY);
    world.give(BARAKA, 100).await;
    let said = world.run(&["agent", "open", "Duka", "--area", "Soko", "--why", "a new one"]);
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.err.contains("nothing was done: the clock of this machine is "), "{}", said.err);
    assert!(said.err.contains("behind the newest posting"), "{}", said.err);
    let place = Place { home: world.home.copy() };
    let database = place.home.url().to_owned();
    let server = place
        .start(
            &["serve"],
            &[
                ("KADOGO_SECRET", &"07".repeat(32)),
                ("KADOGO_DATABASE_URL", &database),
                ("KADOGO_CALLBACK_TOKEN", "a-long-and-random-token"),
                ("KADOGO_SERVICE_CODE", CODE),
                ("KADOGO_AT_USERNAME", "kadogo-test"),
                ("KADOGO_AT_API_KEY", "atsk_very_secret"),
            ],
        )
        .await;
    let (status, body) = get(&server.url, "/readyz").await;
    assert_eq!(status, 503);
    assert!(body.contains("h ") && body.contains("behind the newest posting"), "{body}");
    assert_eq!(get(&server.url, "/healthz").await.0, 200);
    let log = server.err();
    assert_eq!(log.matches("behind the newest posting").count(), 1, "once: {log}");
    assert!(log.lines().any(|line| line.contains("ERROR") && line.contains("behind")), "{log}");
}

/// Each worker by itself: a voucher that belongs to nobody is met again and again, and stops
/// nothing else.
#[tokio::test(flavor = "multi_thread")]
async fn one_bad_row_holds_up_no_other_worker() {
    let world = World::with(Twist { unjoined: true, ..Twist::default() }).await;
    let amina = world.phone(AMINA);
    dial_afresh(&amina).await;
    amina.go(&[Pick("send"), Type(STRANGER), Yes, Type("300"), Yes, Type("7361")]).await;
    dial_afresh(&amina).await;
    amina.go(&[Pick("account"), Pick("standing"), Pick("new")]).await;
    let every_monday = [Type("0700000004"), Type("150"), Pick("week"), Type("30/11/26"), Type("2")];
    amina.go(&every_monday).await;
    amina.go(&[Yes, Type("7361")]).await;
    let bad = "UPDATE arrangements SET owner = 987654321, due_at = 1 WHERE kind = 'voucher'";
    sql(&world, bad.to_owned()).await;
    assert_eq!(world.app.wallet.wake_all().await.unwrap().failed, 1, "the bad row is met");
    let before = world.balance(DAUDI).await;
    let (stop, stopped) = watch::channel(false);
    // on Sunday at ten the payer is told, on Monday at eight it is paid
    world.clock.advance(5 * DAY + 20 * HOUR);
    while world.app.wallet.wake_all().await.unwrap().done > 0 {}
    world.clock.advance(22 * HOUR);
    let workers = world.app.start_workers(&stopped);
    until("the standing order is paid", async || world.balance(DAUDI).await > before).await;
    stop.send(true).unwrap();
    for worker in workers {
        worker.await.unwrap();
    }
    assert_eq!(
        world.app.wallet.wake_all().await.unwrap().failed,
        0,
        "it is left alone for a while"
    );
    world.clock.advance(HOUR);
    assert_eq!(world.app.wallet.wake_all().await.unwrap().failed, 1, "it is still there");
}
