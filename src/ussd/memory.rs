//! What a node remembers of the conversations it has in hand, so that a hop need not read what the
//! hop before it wrote.
//!
//! It may be wrong at any time: another node may have taken a hop, the caller may have dialled
//! anew. Nothing depends on it, since every hop is stored with a compare-and-set on the version it
//! began from; who finds that lost forgets and reads. So it is dropped whenever it grows too large.

use super::session::Session;
use crate::wallet::Caller;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Conversations remembered at most; a hundred bytes to two thousand each.
const REMEMBERED_MAX: usize = 20_000;

/// A conversation as its last hop left it.
#[derive(Debug, Clone)]
pub struct Remembered {
    /// Its version in the database.
    pub version: i64,
    /// When it was stored, microseconds UTC.
    pub updated_at: i64,
    /// The conversation.
    pub session: Session,
    /// Its caller, as they were when it began.
    pub caller: Caller,
}

/// The memory of one node. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Memory(Arc<Mutex<HashMap<Vec<u8>, Remembered>>>);

impl Memory {
    /// Takes a conversation out: whoever has it in hand stores it again.
    pub fn take(&self, key: &[u8]) -> Option<Remembered> {
        self.lock().remove(key)
    }

    /// Remembers a conversation after it was stored.
    pub fn keep(&self, key: Vec<u8>, conversation: Remembered) {
        let mut all = self.lock();
        if all.len() >= REMEMBERED_MAX {
            all.clear();
        }
        all.insert(key, conversation);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Vec<u8>, Remembered>> {
        // held for a moment only, and never across an await
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
