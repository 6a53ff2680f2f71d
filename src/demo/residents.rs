//! The people of the demo, by the last digits of their numbers.

pub(super) const AMINA: u64 = 1;
pub(super) const BARAKA: u64 = 2;
pub(super) const CLAIRE: u64 = 3;
pub(super) const DAUDI: u64 = 4;
pub(super) const ESTHER: u64 = 5;
