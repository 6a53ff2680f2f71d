//! What is written down of somebody who lives in the demo, before they are brought into its world.

/// Somebody to be.
pub(super) struct Seed {
    pub(super) phone: &'static str,
    pub(super) name: &'static str,
    pub(super) pin: &'static str,
    pub(super) language: &'static str,
    pub(super) balance_minor: i64,
}

/// A market for second-hand goods. It is not seeded: it joins, and is made known, as anybody is;
/// this is what it joins with.
pub(super) const MARKET: Seed = Seed {
    phone: "+254700000021",
    name: "Soko Mkononi",
    pin: "3946",
    language: "en",
    balance_minor: 0,
};
