//! Measuring: how many payments and how many hops a second this machine clears, and how long each waits.
//! An operator's tool and ours. Every payment is durable and really written, and the book is verified afterwards.

pub mod book;
pub mod report;
pub mod ussd;
mod wire;
