//! Servers that die and come back, and standbys that take over.

use super::cluster::{Cluster, psql, wait_until};
use super::judge::{Figures, Judge};
use super::payer::Payer;
use super::proxy::Proxy;
use super::{let_run, rounds};
use std::time::Instant;

#[test]
fn nodes_go_on_after_the_server_was_killed() {
    let Some(cluster) = Cluster::start_own("nodes go on after the server was killed") else {
        return;
    };
    let mut figures = Figures::default();
    let mut judge = Judge::new(&cluster.database());
    for _ in 0..rounds(3) {
        let first = judge.numbers();
        let second = judge.numbers();
        let both = [Payer::start(&judge.url, first), Payer::start(&judge.url, second)];
        let_run(50, 500);
        let since = Instant::now();
        cluster.kill_hard();
        figures.blows += 1;
        let_run(1, 1_500);
        cluster.start_again();
        let counts = both.each_ref().map(Payer::settled);
        wait_until("both go on", || {
            both.iter().zip(counts).all(|(payer, count)| payer.settled() > count + 100)
        });
        both.iter().for_each(|payer| figures.silence(payer.longest_silence(since)));
        let told = both.map(Payer::finish);
        judge.settle(&told, &mut figures);
    }
    figures.print("PostgreSQL killed and started again");
    // it was back within the time that nodes wait: nobody heard anything of it
    assert_eq!((figures.busy, figures.unclear, figures.left_open), (0, 0, 0), "{figures:?}");
}

#[test]
fn a_standby_takes_over_with_every_payment() {
    let mut figures = Figures::default();
    for round in 0..rounds(1) {
        let Some(primary) = Cluster::start_own("a standby takes over with every payment") else {
            return;
        };
        let mut judge = Judge::new(&primary.database());
        let standby = primary.standby("kisumu-2");
        primary.require_sync("kisumu-2");
        let there =
            judge.url.replace(&format!(":{}/", primary.port()), &format!(":{}/", standby.port()));
        let proxy = Proxy::before(primary.port());
        // one node is led over by whoever moves the address, the other knows both servers
        let first = judge.numbers();
        let second = judge.numbers();
        let database = judge.url.rsplit('/').next().unwrap();
        let hosts = format!("127.0.0.1:{},127.0.0.1:{}", primary.port(), standby.port());
        // which of them writes a node finds out by itself
        let asked = if round % 2 == 0 { "?target_session_attrs=read-write" } else { "" };
        let hosts = format!("postgres://postgres@{hosts}/{database}{asked}");
        let both = [Payer::start(&proxy.url(&judge.url), first), Payer::start(&hosts, second)];
        let_run(100, 800);
        let since = Instant::now();
        primary.kill_hard();
        figures.blows += 1;
        standby.promote();
        proxy.redirect(standby.port());
        let counts = both.each_ref().map(Payer::settled);
        wait_until("both go on", || {
            both.iter().zip(counts).all(|(payer, count)| payer.settled() > count + 100)
        });
        both.iter().for_each(|payer| figures.silence(payer.longest_silence(since)));
        assert_eq!(psql(&there, "SELECT pg_is_in_recovery()"), "f");
        let told = both.map(Payer::finish);
        judge.url = there;
        judge.settle(&told, &mut figures);
    }
    figures.print("failover to a synchronous standby");
    assert_eq!((figures.busy, figures.unclear, figures.left_open), (0, 0, 0), "{figures:?}");
}
