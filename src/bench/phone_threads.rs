//! The threads that play phones: apart from the service's, so that what they take of the processor
//! is known.

use super::processor_time::PHONES;
use tokio::runtime::{Builder, Handle, Runtime};

/// Threads for phones, until this is dropped.
#[derive(Debug)]
pub struct PhoneThreads(Option<Runtime>, Handle);

impl PhoneThreads {
    /// Starts as many as there are processors.
    pub fn start() -> std::io::Result<PhoneThreads> {
        let threads = Builder::new_multi_thread()
            .worker_threads(std::thread::available_parallelism().map_or(2, usize::from))
            .thread_name(PHONES)
            .enable_all()
            .build()?;
        let handle = threads.handle().clone();
        Ok(PhoneThreads(Some(threads), handle))
    }

    /// Where phones are played.
    pub fn handle(&self) -> &Handle {
        &self.1
    }
}

impl Drop for PhoneThreads {
    fn drop(&mut self) {
        // it is not for whoever drops them to wait for what they have in hand
        if let Some(threads) = self.0.take() {
            threads.shutdown_background();
        }
    }
}
