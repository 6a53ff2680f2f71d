//! Measuring: how many payments and how many hops a second this machine clears, and how long each
//! waits. An operator's tool and ours. Every payment is durable and really written, and the book is
//! verified afterwards.

mod bare_server;
mod bench_node;
mod bench_people;
pub mod book_run;
mod connection;
mod country;
mod crowd;
mod day_caller;
mod day_outlets;
pub mod day_run;
mod day_shape;
pub mod day_sizing;
mod drive;
pub mod gateway_stub;
mod load;
pub mod message_carrying;
pub mod message_figures;
mod newcomers;
mod office;
pub mod people_run;
pub mod pgbench;
mod phone_threads;
pub mod processor_time;
mod receipts;
pub mod reckoning;
pub mod report;
mod server;
mod strangers;
mod stub_process;
pub mod summary;
pub mod ussd_run;

/// Hears what is being done, while it is being done.
pub type BenchProgress = fn(&str);
