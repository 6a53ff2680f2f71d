//! The close of a day. What it came to is read as of one link of the chain, the last before
//! midnight on the market's clocks: postings are never changed, so whatever comes later changes
//! nothing of it, and payments go on meanwhile. It is kept beside the book as a sheet; a second
//! person signs the same figures, and with that the day becomes a record of the book, sheet and
//! all.

pub mod at_cut;
pub mod classing;
pub mod closing_day;
pub mod day_equation;
pub mod mailing_day;
pub mod making;
pub mod sections;
pub mod signatures;
#[cfg(test)]
mod tests;
