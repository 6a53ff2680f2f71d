//! Proof under fire: real processes pay on a real database while nodes are killed and stopped,
//! servers die, wires break at the worst moment, disks fill up and standbys take over. After each
//! round every answer is held against the book: what was acknowledged is there exactly once, what
//! was refused moved nothing, what was never answered resolves by asking again with the same key,
//! the sum is zero and the chain verifies. What falls due while programs are killed has its effect
//! exactly once.
//!
//! `cargo test --test fire` runs a few rounds of each kind. For a report, as many rounds of each as
//! you like:
//!
//! ```text
//! KADOGO_FIRE_ROUNDS=200 cargo test --test fire -- --nocapture            # everything: some hours
//! KADOGO_FIRE_ROUNDS=200 cargo test --test fire killed -- --nocapture     # one kind
//! KADOGO_GIVERS=20000 cargo test --test fire missed -- --nocapture        # a collection goes back
//! ```
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    reason = "a test that cannot go on should stop"
)]

mod clerk;
mod clocks;
mod dealer;
mod deals;
mod disk;
mod judge;
mod missed;
mod money_steps;
mod nodes;
mod payer;
mod rows;
mod running_node;
mod server;
mod stepper;
mod texts;
mod texts_gateway;
mod treasury;
mod waking;
mod wire;

/// The throw-away servers, the breaking wire and the many givers of the stories.
#[path = "../stories"]
#[allow(dead_code, unused_imports, reason = "the stories use more of them")]
mod stories {
    pub mod cluster;
    pub mod many_givers;
    pub mod memory;
    pub mod proxy;
}

use stories::{cluster, many_givers, proxy};

use cluster::Cluster;
use kadogo::seal::Randomness;
use std::sync::OnceLock;
use std::time::Duration;

/// The server of the stories in which only nodes and wires fail. Nobody else uses it, and its disk
/// is a real one.
fn cluster_or_say(story: &str) -> Option<&'static Cluster> {
    static SHARED: OnceLock<Option<Cluster>> = OnceLock::new();
    SHARED.get_or_init(|| Cluster::start_own(story)).as_ref()
}

/// How many rounds to run where the short form has so many.
fn rounds(short: usize) -> usize {
    std::env::var("KADOGO_FIRE_ROUNDS").map_or(short, |text| text.parse().unwrap())
}

/// A number below `limit`, another one each time.
fn chance(limit: u64) -> u64 {
    u64::from_be_bytes(Randomness::os().unwrap().bytes()) % limit
}

/// Lets the load run for some time between these.
fn let_run(least_ms: u64, most_ms: u64) {
    std::thread::sleep(Duration::from_millis(least_ms + chance(most_ms - least_ms)));
}
