//! A way out as all who use it share it: whose turn it is, and who waits for a place to be free. A
//! place is given back whatever happens to who had it.

use super::lane::Lane;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify as Signal;

/// A way out.
#[derive(Debug)]
pub struct Way {
    lane: Mutex<Lane>,
    freed: Signal,
}

/// The place of a receiver whose message is in hand, until this is dropped.
#[derive(Debug)]
pub struct Place {
    way: Arc<Way>,
    receiver: i64,
    /// Whether there may be more for the same one.
    more: bool,
}

impl Way {
    /// One on which so many are handed over side by side.
    pub fn new(places: usize) -> Way {
        Way { lane: Mutex::new(Lane::new(places)), freed: Signal::new() }
    }

    /// Whose turn it is. Not to be held while something is waited for.
    pub fn lane(&self) -> MutexGuard<'_, Lane> {
        self.lane.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until a place was freed since somebody waited last.
    pub async fn freed(&self) {
        self.freed.notified().await;
    }

    /// The place that a receiver has.
    pub fn place(self: &Arc<Self>, receiver: i64) -> Place {
        Place { way: self.clone(), receiver, more: false }
    }
}

impl Place {
    /// Gives it back, to come again where there may be more for the same receiver.
    pub fn done(mut self, more: bool) {
        self.more = more;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.way.lane().done(self.receiver, self.more);
        self.way.freed.notify_one();
    }
}
