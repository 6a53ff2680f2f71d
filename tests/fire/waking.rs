//! Programs that are killed while they wake what is due: the real ones, with all their workers.
//! Whoever is started next goes on, and each clock has its effect exactly once.

use super::clocks::{Clocks, EACH};
use super::cluster::wait_until;
use super::running_node::Node;
use super::{chance, cluster_or_say, rounds};
use std::time::{Duration, Instant};

/// Rounds on one book; then a new one begins, so that the check does not become what takes the
/// time.
const ROUNDS_PER_BOOK: usize = 20;

/// What happened, for the report.
#[derive(Debug, Default)]
struct Figures {
    rounds: usize,
    kills: usize,
    woken: i64,
    /// Kills after which a part of what was due was done, and a part was not.
    in_the_middle: usize,
    /// Kills of who went on, after which something was left again.
    again: usize,
}

/// Programs on one database.
struct Service {
    url: String,
    folder: tempfile::TempDir,
    nodes: Vec<Node>,
    size: usize,
    clocks: Clocks,
}

impl Service {
    fn start(url: &str, size: usize) -> Service {
        let folder = tempfile::tempdir().unwrap();
        let url = url.to_owned();
        let nodes = vec![Node::start(&url, folder.path())];
        let clocks = Clocks::on(&url);
        let mut service = Service { url, folder, nodes, size, clocks };
        service.start_again();
        service
    }

    fn start_again(&mut self) {
        while self.nodes.len() < self.size {
            self.nodes.push(Node::start(&self.url, self.folder.path()));
        }
    }

    fn round(&mut self, figures: &mut Figures) {
        self.clocks.fall_due();
        if chance(4) > 0 {
            // when they have begun, and a moment later
            let given_up = Instant::now() + Duration::from_secs(60);
            while self.clocks.waiting() == EACH * 4 {
                assert!(Instant::now() < given_up, "nothing is woken");
            }
            std::thread::sleep(Duration::from_micros(chance(60_000)));
        } else {
            std::thread::sleep(Duration::from_millis(chance(1_300)));
        }
        // one is left at times, where there are two
        let left = usize::try_from(chance(u64::try_from(self.size).unwrap())).unwrap();
        figures.kills += self.size - left;
        self.nodes.drain(left..).for_each(drop);
        let waiting = self.clocks.waiting();
        figures.in_the_middle += usize::from(waiting > 0 && waiting < EACH * 4);
        if chance(2) == 0 {
            // whoever goes on with what is left is killed too
            let next = Node::start(&self.url, self.folder.path());
            std::thread::sleep(Duration::from_millis(chance(60)));
            drop(next);
            figures.kills += 1;
            figures.again += usize::from(self.clocks.waiting() > 0);
        }
        self.start_again();
        wait_until("all are woken", || self.clocks.waiting() == 0);
        self.clocks.judge();
        figures.woken += EACH * 4;
        figures.rounds += 1;
    }
}

impl Figures {
    fn print(&self, what: &str) {
        println!("{what}: {self:?}");
        assert!(
            self.rounds < 20 || self.in_the_middle > self.rounds / 4,
            "killed too late: {self:?}"
        );
    }
}

#[test]
fn each_clock_strikes_once_whenever_a_program_on_sqlite_is_killed() {
    let mut figures = Figures::default();
    let rounds = rounds(3);
    while figures.rounds < rounds {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("book.db").display());
        let mut service = Service::start(&url, 1);
        for _ in 0..ROUNDS_PER_BOOK.min(rounds - figures.rounds) {
            service.round(&mut figures);
        }
    }
    figures.print("a program on SQLite killed while it wakes");
}

#[test]
fn each_clock_strikes_once_whenever_programs_on_postgresql_are_killed() {
    let story = "each clock strikes once whenever programs are killed";
    let Some(cluster) = cluster_or_say(story) else { return };
    let mut figures = Figures::default();
    let rounds = rounds(3);
    while figures.rounds < rounds {
        let mut service = Service::start(&cluster.database(), 2);
        for _ in 0..ROUNDS_PER_BOOK.min(rounds - figures.rounds) {
            service.round(&mut figures);
        }
    }
    figures.print("programs on PostgreSQL killed while they wake");
}
