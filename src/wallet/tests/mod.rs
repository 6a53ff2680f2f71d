//! What the pure tests of the wallet share: a small world of facts, and what came of a request in
//! it.

mod nothing;
mod outcome;
pub mod trial;
