//! Wires that are cut when it hurts most.

use super::cluster::wait_until;
use super::judge::{Figures, Judge};
use super::payer::Payer;
use super::proxy::{Moment, Proxy};
use super::{chance, cluster_or_say, rounds};
use kadogo::store::Store;
use std::time::{Duration, Instant};

/// Cuts before the answers are counted.
const CUTS_PER_ROUND: usize = 12;

#[test]
fn answers_are_right_whenever_the_wire_is_cut() {
    let Some(cluster) = cluster_or_say("answers are right whenever the wire is cut") else {
        return;
    };
    let mut figures = Figures::default();
    let mut judge = Judge::new(&cluster.database());
    for _ in 0..rounds(2) {
        let proxy = Proxy::before(cluster.port());
        let first = judge.numbers();
        let payer = Payer::start(&proxy.url(&judge.url), first);
        for cut in 0..CUTS_PER_ROUND {
            let moment = if cut % 3 == 0 { Moment::BeforeCommit } else { Moment::CommitSent };
            let since = Instant::now();
            // the next COMMIT after a cut is the one that finds out what became of it: that one is
            // cut too at times
            proxy.cut_at(moment, 1 + usize::try_from(chance(3)).unwrap());
            wait_until("a cut", || proxy.cuts() > cut);
            if chance(2) == 0 {
                continue;
            }
            let count = payer.settled();
            wait_until("it goes on", || payer.settled() > count + 20);
            figures.silence(payer.longest_silence(since));
        }
        figures.blows += proxy.cuts();
        let told = payer.finish();
        judge.settle(&[told], &mut figures);
    }
    figures.print("the wire cut at a commit");
    assert_eq!((figures.busy, figures.unclear, figures.left_open), (0, 0, 0), "{figures:?}");
}

/// Waiting is all that this does. The short form waits for a greeting only, which may take a
/// quarter of a minute; the long one for the answers to what is asked on connections that stand
/// already, too: half a minute.
#[test]
fn a_wire_on_which_nothing_passes_is_given_up() {
    let Some(cluster) = cluster_or_say("a wire on which nothing passes is given up") else {
        return;
    };
    let proxy = Proxy::before(cluster.port());
    let url = proxy.url(&cluster.database());
    let store = Store::open(&url).unwrap();
    let mut writer = store.writer().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    writer.run("SELECT 1").unwrap();
    proxy.stall();
    let since = Instant::now();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            assert!(Store::open(&url).is_err());
            let greeting = since.elapsed();
            assert!(
                greeting > Duration::from_secs(10) && greeting < Duration::from_secs(25),
                "{greeting:?}"
            );
        });
        if rounds(0) > 0 {
            scope.spawn(|| assert!(writer.run("SELECT 1").is_err() && writer.is_broken()));
            assert!(runtime.block_on(store.read(|conn| conn.run("SELECT 1"))).is_err());
            assert!(
                since.elapsed() > Duration::from_secs(25)
                    && since.elapsed() < Duration::from_secs(60)
            );
        }
    });
    println!("a wire on which nothing passes: given up after {:?}", since.elapsed());
    proxy.go_on();
    runtime.block_on(store.read(|conn| conn.run("SELECT 1"))).unwrap();
    store.writer().unwrap().run("SELECT 1").unwrap();
}
