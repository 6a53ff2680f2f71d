//! Nodes that die, stop and race one another.

use super::cluster::wait_until;
use super::judge::{Figures, Judge};
use super::payer::Payer;
use super::{chance, cluster_or_say, let_run, rounds};
use std::time::{Duration, Instant};

/// Rounds on one book; then a new one begins, so that the check does not become what takes the
/// time.
const ROUNDS_PER_BOOK: usize = 20;

#[test]
fn a_node_on_sqlite_is_killed_under_load() {
    let mut figures = Figures::default();
    let rounds = rounds(4);
    while figures.rounds < rounds {
        let folder = tempfile::tempdir().unwrap();
        let mut judge =
            Judge::new(&format!("sqlite://{}", folder.path().join("book.db").display()));
        for _ in 0..ROUNDS_PER_BOOK.min(rounds - figures.rounds) {
            let first = judge.numbers();
            let payer = Payer::start(&judge.url, first);
            let_run(50, 600);
            let told = payer.kill();
            figures.blows += 1;
            judge.settle(&[told], &mut figures);
        }
    }
    figures.print("a node on SQLite killed");
    assert!(figures.acknowledged > rounds && figures.left_open > 0, "{figures:?}");
}

#[test]
fn nodes_on_postgresql_are_killed_under_load() {
    let Some(cluster) = cluster_or_say("nodes are killed under load") else { return };
    let mut figures = Figures::default();
    let rounds = rounds(4);
    while figures.rounds < rounds {
        let mut judge = Judge::new(&cluster.database());
        for _ in 0..ROUNDS_PER_BOOK.min(rounds - figures.rounds) {
            let first = judge.numbers();
            let second = judge.numbers();
            let both = [Payer::start(&judge.url, first), Payer::start(&judge.url, second)];
            let_run(50, 600);
            let [one, other] = both;
            let killed = one.kill();
            figures.blows += 1;
            let told = if figures.rounds % 2 == 0 {
                figures.blows += 1;
                other.kill()
            } else {
                // the one that is left goes on, and gets all its answers
                let since = Instant::now();
                let count = other.settled();
                wait_until("the other node goes on", || other.settled() > count + 100);
                figures.silence(other.longest_silence(since));
                other.finish()
            };
            judge.settle(&[killed, told], &mut figures);
        }
    }
    figures.print("nodes on PostgreSQL killed");
    assert!(figures.acknowledged > rounds && figures.left_open > 0, "{figures:?}");
}

#[test]
fn a_stopped_node_does_not_hold_up_another_one() {
    let Some(cluster) = cluster_or_say("a stopped node does not hold up another one") else {
        return;
    };
    let mut figures = Figures::default();
    let mut judge = Judge::new(&cluster.database());
    for _ in 0..rounds(1) {
        let first = judge.numbers();
        let second = judge.numbers();
        let stopped = Payer::start(&judge.url, first);
        let other = Payer::start(&judge.url, second);
        for _ in 0..3 {
            let_run(20, 300);
            let since = Instant::now();
            let count = other.settled();
            stopped.signal("STOP");
            figures.blows += 1;
            // longer than the server waits for somebody who has begun and does not go on
            std::thread::sleep(Duration::from_millis(6_500 + chance(500)));
            assert!(other.settled() > count + 100, "the other node stood still");
            figures.silence(other.longest_silence(since));
            let silent = stopped.settled();
            stopped.signal("CONT");
            wait_until("the stopped node goes on", || stopped.settled() > silent + 100);
        }
        let told = [stopped.finish(), other.finish()];
        judge.settle(&told, &mut figures);
    }
    figures.print("a node stopped and resumed");
    assert!(figures.longest_silence_ms < 6_500, "{figures:?}");
    assert_eq!((figures.busy, figures.unclear, figures.left_open), (0, 0, 0), "{figures:?}");
}

#[test]
fn two_nodes_race_for_the_same_payments() {
    let Some(cluster) = cluster_or_say("two nodes race for the same payments") else { return };
    let mut figures = Figures::default();
    let mut judge = Judge::new(&cluster.database());
    for _ in 0..rounds(2) {
        let first = judge.numbers();
        let both = [Payer::spawn(&judge.url, first), Payer::spawn(&judge.url, first)];
        wait_until("both pay", || both.iter().all(|payer| payer.count() > 0));
        let_run(500, 1_500);
        let told = both.map(Payer::finish);
        judge.settle(&told, &mut figures);
    }
    figures.print("two nodes raced for the same keys");
    assert_eq!((figures.busy, figures.unclear, figures.left_open), (0, 0, 0), "{figures:?}");
}
