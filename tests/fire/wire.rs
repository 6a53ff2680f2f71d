//! Wires that are cut when it hurts most.

use super::cluster::{Cluster, wait_until};
use super::judge::{Figures, Judge};
use super::payer::Payer;
use super::proxy::{Moment, Proxy};
use super::{chance, rounds};
use std::time::Instant;

/// Cuts before the answers are counted.
const CUTS_PER_ROUND: usize = 12;

#[test]
fn answers_are_right_whenever_the_wire_is_cut() {
    let Some(cluster) = Cluster::or_say("answers are right whenever the wire is cut") else { return };
    let mut figures = Figures::default();
    let mut judge = Judge::new(&cluster.database());
    for _ in 0..rounds(2) {
        let proxy = Proxy::before(cluster.port());
        let first = judge.numbers();
        let payer = Payer::start(&proxy.url(&judge.url), first);
        for cut in 0..CUTS_PER_ROUND {
            let moment = if cut % 3 == 0 { Moment::BeforeCommit } else { Moment::CommitSent };
            let since = Instant::now();
            // the next COMMIT after a cut is the one that finds out what became of it: that one is cut too at times
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
