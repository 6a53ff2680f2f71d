//! Writes that are no part of the book: how messages fared, what is forgotten. They never cut a
//! batch, nor hold its head. On a server they have a connection of their own. A file has one writer
//! only: there they ride with the next batch, and fail without it.

use crate::store::{self, Conn, StoreError};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::oneshot;

/// One that rides with a batch, in its transaction.
pub(super) struct Rider {
    /// Does it, and keeps what came of it until that is committed. It may be done again.
    ride: Box<dyn FnMut(&mut Conn) + Send>,
    /// Tells whoever asked: what came of it, or that it was not committed.
    tell: Box<dyn FnOnce(bool) + Send>,
}

impl Rider {
    /// One that does `f`, and where its answer comes.
    pub(super) fn of<T: Send + 'static>(
        f: impl Fn(&mut Conn) -> Result<T, StoreError> + Send + 'static,
    ) -> (Rider, oneshot::Receiver<Result<T, StoreError>>) {
        let (answer, wait) = oneshot::channel();
        let came = Arc::new(Mutex::new(None));
        let keep = came.clone();
        let ride = move |conn: &mut Conn| {
            let done = store::within(conn, &f);
            *keep.lock().unwrap_or_else(PoisonError::into_inner) = Some(done);
        };
        let tell = move |is_made: bool| {
            let done = came.lock().unwrap_or_else(PoisonError::into_inner).take();
            let done = done.filter(|done| is_made || done.is_err());
            // whoever asked may have gone: then nobody reads the result
            let _ = answer.send(done.unwrap_or(Err(StoreError::NotTaken)));
        };
        (Rider { ride: Box::new(ride), tell: Box::new(tell) }, wait)
    }
}

/// Those that wait for a batch.
#[derive(Default)]
pub(super) struct Riders(Vec<Rider>);

impl Riders {
    /// One more.
    pub(super) fn take_up(&mut self, rider: Rider) {
        self.0.push(rider);
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Does it all in the transaction that is open.
    pub(super) fn ride(&mut self, conn: &mut Conn) {
        self.0.iter_mut().for_each(|rider| (rider.ride)(conn));
    }

    /// Tells all who asked whether it was committed; then nobody waits any more.
    pub(super) fn tell(&mut self, is_made: bool) {
        self.0.drain(..).for_each(|rider| (rider.tell)(is_made));
    }
}
