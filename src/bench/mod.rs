//! Measuring: how many payments and how many hops a second this machine clears, and how long each
//! waits. An operator's tool and ours. Every payment is durable and really written, and the book is
//! verified afterwards.

pub mod book_run;
mod connection;
mod crowd;
mod drive;
mod load;
mod newcomers;
mod office;
pub mod people_run;
pub mod pgbench;
pub mod report;
mod server;
pub mod summary;
pub mod ussd_run;

/// Hears what is being done, while it is being done.
pub type BenchProgress = fn(&str);
