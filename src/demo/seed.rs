//! What is written down of somebody who lives in the demo, before they are brought into its world.

/// Somebody to be.
pub(super) struct Seed {
    pub(super) phone: &'static str,
    pub(super) name: &'static str,
    pub(super) pin: &'static str,
    pub(super) language: &'static str,
    pub(super) balance_minor: i64,
}
