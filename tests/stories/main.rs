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
mod gateway;
mod grammar;
mod guards;
mod holds;
mod ledger;
mod send;
mod sender;
mod terminal;
mod world;
