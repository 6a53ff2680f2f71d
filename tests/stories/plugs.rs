//! The throw-away clusters themselves: what the other stories about servers that die rely on.

use super::cluster::machine::{alive, family};
use super::cluster::{Cluster, psql, wait_until};

fn notes(url: &str) -> String {
    psql(url, "SELECT string_agg(id::text, ' ' ORDER BY id) FROM note")
}

fn note(url: &str, id: u32) {
    psql(url, &format!("INSERT INTO note VALUES ({id})"));
}

fn noted(cluster: &Cluster) -> String {
    let url = cluster.database();
    psql(&url, "CREATE TABLE note (id BIGINT PRIMARY KEY)");
    note(&url, 1);
    url
}

#[test]
fn every_database_is_its_own() {
    let Some(cluster) = Cluster::or_say("every database is its own") else { return };
    std::thread::scope(|scope| {
        let made: Vec<_> = (0..4).map(|_| scope.spawn(|| noted(cluster))).collect();
        for url in made.into_iter().map(|thread| thread.join().unwrap()) {
            assert_eq!(notes(&url), "1");
        }
    });
}

#[test]
fn a_power_cut_keeps_what_was_committed() {
    let Some(cluster) = Cluster::start_own("a power cut keeps what was committed") else { return };
    let url = noted(&cluster);
    for id in 2..4 {
        let family = family(cluster.pid());
        assert!(family.len() > 3, "{family:?}");
        cluster.kill_hard();
        assert!(!family.into_iter().any(alive));
        cluster.start_again();
        note(&url, id);
    }
    cluster.stop_fast();
    cluster.start_again();
    assert_eq!(notes(&url), "1 2 3");
    assert!(cluster.log().contains("automatic recovery in progress"));
}

#[test]
fn a_standby_has_what_its_primary_committed() {
    let Some(primary) = Cluster::start_own("a standby has what its primary committed") else {
        return;
    };
    let url = noted(&primary);
    let standby = primary.standby("kisumu-2");
    primary.require_sync("kisumu-2");
    note(&url, 2);
    let there = url.replace(&primary.port().to_string(), &standby.port().to_string());
    primary.kill_hard();
    standby.promote();
    note(&there, 3);
    assert_eq!(notes(&there), "1 2 3");
}

#[test]
fn nothing_outlives_a_killed_test() {
    let Some(mut cluster) = Cluster::start_own("nothing outlives a killed test") else { return };
    let folder = cluster.lose_its_test();
    wait_until("its folder is gone", || !folder.exists());
}
