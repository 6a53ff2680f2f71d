//! The stories that the service promises, told on the real parts.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::unused_async,
    missing_docs,
    reason = "a test that cannot go on should stop"
)]

mod book;
mod check;
mod committer;
mod fold;
mod gateway;
mod grammar;
mod guards;
mod holds;
mod ledger;
mod model;
mod schema;
mod send;
mod sender;
mod terminal;
mod world;
