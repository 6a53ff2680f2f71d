//! The committer's fold on several nodes of one database, in memory, with everything going wrong
//! that can: commits are rolled back, or their answers are lost whether or not they were made;
//! nodes die, before a commit and after it; callers who hear nothing bring their postings again, on
//! other nodes, in another order, twice; the database refuses rows; operators freeze accounts and
//! old conversations are forgotten under the nodes' feet. The database is changed only by what the
//! fold says, and each node remembers what it is allowed to. Then:
//!   every answer is what a model says at that place of the one order of commits, and was committed
//!   before it is given; each key pays at most once, and whoever had a receipt gets the same one
//!   ever after; all money adds up to zero, what is held is what the open holds say, nobody is
//!   below their floor; postings are numbered without gaps; tries at PINs are counted exactly, and
//!   a locked PIN allows nothing; an order is answered once, and its trail leads back to how it
//!   began.
//! What a commit touched is compared at once, everything from the rows on every some hundred turns.
//!
//! The writer and its reading and writing are played here, after `writer.rs`, `reading.rs` and
//! `writing.rs`; the fold with its guards is the real one.
//!
//! All follows from the seed. Each world takes some ten thousand postings, the next one comes with
//! the next seed; a failure prints the seed of its world. The long form, or another seed:
//!   KADOGO_SIM_POSTINGS=5000000 KADOGO_SIM_SEED=7 cargo test --release --test stories faults::

mod oracle;
mod run;
mod truth;
mod wishes;

pub use wishes::Luck;

use kadogo::refusal::Reason;
use run::Run;
use std::collections::BTreeMap;

const SEED: u64 = 20_261_125;
const POSTINGS: u64 = 100_000;
/// Postings that one world takes.
const WORLD: u64 = 50_000;
const CHECK_EVERY: u64 = 1_500;

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |value| value.parse().unwrap())
}

/// Says how to see a failure again.
struct Place {
    seed: u64,
    turn: u64,
}

impl Drop for Place {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let Place { seed, turn } = self;
            eprintln!("failed in turn {turn} of seed {seed}; once more:");
            eprintln!(
                "  KADOGO_SIM_SEED={seed} KADOGO_SIM_POSTINGS={WORLD} cargo test --test stories \
                 faults::"
            );
        }
    }
}

#[test]
fn nodes_that_fail_in_every_way_keep_one_book() {
    let first = setting("KADOGO_SIM_SEED", SEED);
    let postings = setting("KADOGO_SIM_POSTINGS", POSTINGS);
    let began = std::time::Instant::now();
    let mut met = BTreeMap::new();
    let mut decided = 0;
    for seed in (0..postings.div_ceil(WORLD)).map(|world| first.wrapping_add(world)) {
        let mut place = Place { seed, turn: 0 };
        let mut run = Run::new(seed);
        while run.decided < WORLD {
            place.turn += 1;
            run.turn();
            if place.turn.is_multiple_of(CHECK_EVERY) {
                run.truth.check(&run.oracle);
            }
        }
        run.truth.check(&run.oracle);
        decided += run.decided;
        run.met.iter().for_each(|(what, times)| *met.entry(*what).or_insert(0_u64) += times);
    }
    println!("{decided} postings decided in {:?}: {met:?}", began.elapsed());
    // a story in which nothing happens would be easy to tell
    for what in EVENTS.iter().chain(&REASONS.map(Reason::code)) {
        assert!(
            met.get(what).is_some_and(|times| *times > decided / 20_000),
            "hardly ever: {what} in {met:?}"
        );
    }
}

const EVENTS: [&str; 14] = [
    "paid",
    "repeated",
    "remembered",
    "forgotten",
    "rolled back",
    "made, not answered",
    "not made, not answered",
    "found made",
    "found not made",
    "given up unclear",
    "died before",
    "died after",
    "split",
    "operator",
];

const REASONS: [Reason; 13] = [
    Reason::INVALID,
    Reason::NOT_ENOUGH,
    Reason::ACCOUNT_CLOSED,
    Reason::HOLD_GONE,
    Reason::HOLD_EXCEEDED,
    Reason::KEY_REUSED,
    Reason::STALE,
    Reason::SEEN,
    Reason::ALREADY_JOINED,
    Reason::MOVED,
    Reason::PIN_WRONG,
    Reason::PIN_LOCKED,
    Reason::BUSY,
];
