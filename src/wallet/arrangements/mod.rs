//! What waits: what a kind of arrangement is, what kinds have in common, and the worker that wakes
//! what is due. Which kinds there are is not known here.

pub mod kind;
pub mod past;
pub mod place;
pub mod setback;
#[cfg(test)]
pub(super) mod tests;
mod waking;

pub use kind::{Kind, Role};
