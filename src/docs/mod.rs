//! Chapters for the people who build and run Kadogo. They stand beside the code, so that they are
//! those of the version that runs; `cargo doc --open` shows them.

/// How a new service is added.
#[doc = include_str!("adding_a_service.md")]
pub mod adding_a_service {}

/// Safe pay: how a deal goes.
#[doc = include_str!("safe_pay.md")]
pub mod safe_pay {}
