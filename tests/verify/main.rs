//! Stories about `book check` going on from what was verified: what it finds then, what only a check from the first link
//! finds, and what it says. Each is told on SQLite and on PostgreSQL.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    missing_docs,
    reason = "a test that cannot go on should stop"
)]

mod behind;
mod going_on;
mod ledger;
mod long;
#[path = "../stories/cluster/machine.rs"]
#[allow(dead_code, reason = "the stories use more of it")]
mod machine;
mod said;
mod server;
