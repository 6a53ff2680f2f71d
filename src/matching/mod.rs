//! Matching lines of bank statements with what is expected: by rules that are data, in their
//! order, never with tolerance on an amount. Pure: plain values come in, proposals go out. It knows
//! neither the book nor its wallets, and it decides nothing: what a rule says is shown to people,
//! with the name of the rule.
//!
//! `rules_file` reads the rules, `bank_code` writes and finds our codes in texts, `fitting` says
//! what fits.

pub mod bank_code;
mod fitting;
mod rules_file;

pub use fitting::{Earlier, Found, Known, Proposal, Seen, Waiting, What};
pub use rules_file::{Against, Due, Rule, Rules, Same, Says};
