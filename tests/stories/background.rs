//! What nobody asks for: work in the background, and what is forgotten. Goal: however much there is
//! of it, and whatever becomes of it, nobody at a phone notices. Method: readers that stand still
//! or panic while somebody dials; days that go by; the real program on the database of a service.

use super::program::run_on;
use super::stub::*;
use super::world::*;
use kadogo::forgetting::forget;
use kadogo::store::{Conn, StoreError};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(86_400);

async fn world_with(stub: &Stub) -> World {
    World::with(Twist { gateway: Some(stub.account()), ..Twist::default() }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn work_in_the_background_takes_no_reader_that_hops_need() {
    let world = World::new().await;
    let background = world.app.wallet.store.in_background();
    let mut gates = Vec::new();
    // more than there are readers of any kind
    let stuck: Vec<_> = (0..12)
        .map(|_| {
            let (gate, wait) = std::sync::mpsc::channel::<()>();
            gates.push(gate);
            let background = background.clone();
            tokio::spawn(async move {
                let stands_still = move |_conn: &mut Conn| {
                    let _released = wait.recv();
                    Ok::<_, StoreError>(())
                };
                background.read(stands_still).await
            })
        })
        .collect();
    assert!(world.phone(AMINA).dial().await.contains("1 Send money"));
    assert_eq!(
        world.client.get(format!("{}/readyz", world.url)).send().await.unwrap().status(),
        200
    );
    drop(gates);
    for each in stuck {
        each.await.unwrap().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn work_that_panics_ends_no_reader() {
    let world = World::new().await;
    let store = &world.app.wallet.store;
    for store in [store.clone(), store.in_background()] {
        for _each in 0..12 {
            let broken = |conn: &mut Conn| -> Result<(), StoreError> {
                // in the middle of something
                conn.run("SELECT 1")?;
                panic!("work that panics")
            };
            assert!(matches!(store.read(broken).await, Err(StoreError::Closed)));
        }
    }
    assert!(store.is_well());
    assert!(world.phone(AMINA).dial().await.contains("1 Send money"));
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_old_is_forgotten_and_what_waits_is_not() {
    let stub = Stub::start().await;
    let world = world_with(&stub).await;
    world.text(AMINA, "sms-1", "HELP").await;
    world.deliver().await;
    stub.will([recipient(403, "InvalidPhoneNumber", "None")]);
    world.text(BARAKA, "sms-2", "SALIO").await;
    world.deliver().await;
    stub.will([recipient(407, "CouldNotRoute", "None")]);
    world.text(CLAIRE, "sms-3", "SOLDE").await;
    world.deliver().await;
    let report = [("id", "ATXid_of_nobody"), ("status", "Success")];
    world.post("/gateways/africastalking/delivery", &report).await;
    let left = || {
        let count = |table: &str| format!("(SELECT count(*) FROM {table})");
        let tables = ["outbox", "dedup_keys", "early_reports"].map(count);
        let sql = format!("SELECT {} AS text", tables.join(" || ' ' || "));
        world.home.hand().lines(&sql).concat()
    };
    assert_eq!(left(), "3 3 1");
    forget(&world.app).await;
    assert_eq!(left(), "3 3 1", "nothing is old yet");
    world.clock.advance(DAY * 2);
    forget(&world.app).await;
    assert_eq!(left(), "3 3 0");
    world.clock.advance(DAY * 2);
    forget(&world.app).await;
    assert_eq!(left(), "3 0 0", "no retry comes back after three days");
    world.clock.advance(DAY * 87);
    world.text(DAUDI, "sms-4", "HELP").await;
    forget(&world.app).await;
    let rows = "SELECT address AS text FROM outbox ORDER BY id";
    assert_eq!(world.home.hand().lines(rows), [CLAIRE, DAUDI], "what waited that long is kept");
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_given_up_is_listed_and_sent_again_by_command() {
    let stub = Stub::start().await;
    let world = world_with(&stub).await;
    let runs = |args: &[&str]| {
        let said = run_on(&world.home, &[&["messages"][..], args].concat(), &[]);
        assert_eq!((said.code, said.err.as_str()), (Some(0), ""), "{args:?}: {said:?}");
        said.out
    };
    assert_eq!(runs(&["dead"]), "");
    stub.will([recipient(403, "InvalidPhoneNumber", "None")]);
    world.text(AMINA, "sms-1", "HELP").await;
    world.deliver().await;
    world.text(BARAKA, "sms-2", "SALIO").await;
    world.deliver().await;
    let report = [("id", "ATXid_2"), ("status", "AbsentSubscriber")];
    world.post("/gateways/africastalking/delivery", &report).await;
    let dead = runs(&["dead"]);
    let [amina, baraka] = &dead.lines().collect::<Vec<_>>()[..] else { panic!("{dead}") };
    assert!(
        amina.ends_with(" text +254***001 sms.help, 1 tries: 403 InvalidPhoneNumber"),
        "{dead}"
    );
    assert!(baraka.ends_with(": absentsubscriber"), "{dead}");
    assert!(!dead.contains("700000001"), "{dead}");
    assert_eq!(runs(&["dead", "--reason", "absent"]).lines().collect::<Vec<_>>(), [*baraka]);
    assert_eq!(runs(&["dead", "--channel", "mail"]), "");
    let number = amina.split(' ').next().unwrap();
    assert_eq!(runs(&["again", number]), "1 to be sent again\n");
    world.deliver().await;
    assert_eq!(stub.texts_to(AMINA).len(), 2);
    assert_eq!(runs(&["again", "--all"]), "1 to be sent again\n");
    assert_eq!(runs(&["dead"]), "");
    world.deliver().await;
    assert_eq!(stub.texts_to(BARAKA).len(), 2);
}
