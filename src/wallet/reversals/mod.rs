//! Reversals, of wrong sends: who sent money to the wrong person asks for it back by the code of
//! the receipt. What the receiver still has of it is held at once; then it is for the receiver to
//! give it back or to object, and for staff to decide where they do. Silence decides nothing: after
//! some days the hold ends, and the money stays where it is.
//!
//! Nobody is overdrawn for it: what was spent is not asked back. Only what one person sent to
//! another can be: what was paid to merchants and agents, or on request, was no slip. What goes
//! back is a posting of its own that corrects the payment. The fee is not given back: the payment
//! was carried out, and giving back is free.

pub mod agree;
pub mod asked;
pub mod dispute;
pub mod reversal;
pub mod staff;
#[cfg(test)]
mod tests;
pub mod undo;
pub mod undo_sent;
pub mod wrong_send;
