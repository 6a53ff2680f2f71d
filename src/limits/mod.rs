//! Limits: how much people may move, by how well they are known. Pure rules over plain values:
//! `usage` is what was used, `meter` compares it with what is allowed, `tiers` reads from data who
//! is allowed what. It knows neither people nor where usage is kept.

pub mod meter;
pub mod own_limits;
pub mod tiers;
pub mod usage;

pub use meter::{Cap, Caps, Exceeded, Limit, Meter};
pub use own_limits::{Budget, Budgets};
pub use tiers::{Limits, Tier};
pub use usage::{Direction, Sum, Usage, Window};
