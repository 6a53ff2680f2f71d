//! Many phones at one moment: what they need is asked together, and each is told what is theirs;
//! also when a server has just ended the connection on which that is asked.

use super::aids::*;
use super::engine::is_postgres;
use super::world::*;

const PEOPLE: [&str; 5] = [AMINA, BARAKA, CLAIRE, DAUDI, ESTHER];

/// What each of them reads on the way to paying the next but one, up to the question before the
/// PIN.
async fn walk(phone: &Phone<'_>, to: &str) -> Vec<String> {
    let mut read = vec![phone.dial().await];
    for step in [Pick("send"), Type(to), Type("10")] {
        read.push(phone.go(&[step]).await);
    }
    read
}

/// Whom somebody pays.
fn payee(payer: usize) -> &'static str {
    PEOPLE[(payer + 2) % PEOPLE.len()]
}

#[tokio::test(flavor = "multi_thread")]
async fn phones_that_call_at_one_moment_each_read_what_is_theirs() {
    let world = World::new().await;
    let phones: Vec<Phone> = PEOPLE.iter().map(|number| world.phone(number)).collect();
    let mut alone = Vec::new();
    for (payer, phone) in phones.iter().enumerate() {
        alone.push(walk(phone, payee(payer)).await);
    }
    assert!(alone[0][3].contains("Claire M"), "{}", alone[0][3]);
    world.clock.advance(std::time::Duration::from_secs(3_600));
    for _round in 0..5 {
        let phones: Vec<Phone> = PEOPLE.iter().map(|number| world.phone(number)).collect();
        let at_once =
            all(phones.iter().enumerate().map(|(payer, phone)| walk(phone, payee(payer)))).await;
        assert_eq!(at_once, alone);
        world.clock.advance(std::time::Duration::from_secs(3_600));
    }
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_ends_the_connections_of_readers_leaves_nobody_without_an_answer() {
    let world = World::new().await;
    let others = "datname = current_database() AND pid <> pg_backend_pid()";
    for _round in 0..3 {
        // a file ends none, and is read like on other days
        if world.app.wallet.store.kind() == "postgres" {
            sql(
                &world,
                format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"),
            )
            .await;
        }
        let phones: Vec<Phone> = PEOPLE.iter().map(|number| world.phone(number)).collect();
        let read =
            all(phones.iter().enumerate().map(|(payer, phone)| walk(phone, payee(payer)))).await;
        assert!(read[0][0].contains("1 Send money"), "{}", read[0][0]);
        assert!(read[0][3].contains("Claire M"), "{}", read[0][3]);
        world.clock.advance(std::time::Duration::from_secs(3_600));
    }
    world.check();
}

/// A process that stands still until this is dropped.
struct Stopped<'a>(&'a str);

impl Stopped<'_> {
    fn new(pid: &str) -> Stopped<'_> {
        assert!(signal("-STOP", pid));
        Stopped(pid)
    }
}

impl Drop for Stopped<'_> {
    fn drop(&mut self) {
        assert!(signal("-CONT", self.0));
    }
}

fn signal(name: &str, pid: &str) -> bool {
    std::process::Command::new("kill").args([name, pid]).status().unwrap().success()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_for_all_that_is_stuck_holds_up_nobody() {
    if !is_postgres() {
        // a file has none
        return;
    }
    let world = World::new().await;
    let amina = world.phone(AMINA);
    assert!(amina.dial().await.contains("1 Send money"));
    let asker = "SELECT pid || '' AS text FROM pg_stat_activity WHERE datname = current_database() \
                 AND application_name = 'kadogo questions'";
    // the one of who prepared the database may still be going
    let mut pids = world.home.hand().lines(asker);
    for _look in 0..500 {
        if pids.len() == 1 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        pids = world.home.hand().lines(asker);
    }
    let [pid] = &pids[..] else { panic!("there is one: {pids:?}") };
    let stopped = Stopped::new(pid);
    world.clock.advance(std::time::Duration::from_secs(3_600));
    let began = std::time::Instant::now();
    let read = walk(&world.phone(BARAKA), CLAIRE).await;
    let took = began.elapsed();
    drop(stopped);
    assert!(read[3].contains("Claire M"), "{}", read[3]);
    assert!(took < std::time::Duration::from_secs(10), "{took:?}");
    world.check();
}
