//! A writer's turn at the head of the book: taken in a transaction, for a batch that may still be
//! gathered, and let go with it. Knows how long it lasted, and nothing of batches.

use crate::store::head::{self, Head};
use crate::store::{self, Conn, StoreError};
use std::time::{Duration, Instant};

/// Whether the head is in hand, since when, and for how long it was.
pub struct HeadTurn {
    /// The head as it was taken for the batch that is being gathered, in a transaction that is
    /// open.
    acquired: Option<Head>,
    since: Instant,
    held: Duration,
}

impl Default for HeadTurn {
    fn default() -> HeadTurn {
        HeadTurn { acquired: None, since: Instant::now(), held: Duration::ZERO }
    }
}

impl HeadTurn {
    /// Takes the head for a batch that is still to be gathered. When it fails the batch finds out
    /// by itself.
    pub fn acquire(&mut self, conn: &mut Conn) {
        self.acquired = self.begin(conn, head::take).ok();
    }

    /// Whether the head was taken for a batch that has not been begun yet.
    pub fn is_acquired(&self) -> bool {
        self.acquired.is_some()
    }

    /// The head as it was taken for the batch that begins now.
    pub fn acquired(&mut self) -> Option<Head> {
        self.acquired.take()
    }

    /// Begins a transaction and takes the head in it.
    pub fn begin<T>(
        &mut self,
        conn: &mut Conn,
        take: impl FnOnce(&mut Conn) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        store::begin(conn)?;
        let taken = take(conn);
        self.since = Instant::now();
        if taken.is_err() { store::finish(conn, taken) } else { taken }
    }

    /// Ends the transaction: made or taken back, the head is another's to take.
    pub fn finish<T>(
        &mut self,
        conn: &mut Conn,
        written: Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let made = store::finish(conn, written);
        self.held = self.held.saturating_add(self.since.elapsed());
        made
    }

    /// How long the head was held since this was asked last.
    pub fn held(&mut self) -> Duration {
        std::mem::take(&mut self.held)
    }
}
