//! An operator's policy: what services cost, what people may move, who approves what and how bank
//! statements are matched. One value, so that nothing is done half by that of before. It knows
//! nothing of the files they stand in.

use crate::limits::Limits;
use crate::matching::Rules;
use crate::staff::bands::Bands;
use crate::tariff::Tariff;

/// What counts for everybody.
#[derive(Debug, Clone)]
pub struct Policy {
    /// What services cost.
    pub tariff: Tariff,
    /// What people may move.
    pub limits: Limits,
    /// How many of the staff an act takes.
    pub bands: Bands,
    /// How lines of bank statements are matched.
    pub matching: Rules,
}
