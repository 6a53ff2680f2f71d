//! Which rows that cannot be woken were reported. Such a row is met at every look, by every node:
//! it is a line of the log once for each of its versions, and the metrics count the rest.

use crate::id::ArrangementId;
use crate::store::arrangement_rows::ArrangementRow;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

/// More are not kept in mind: those with the lowest numbers are reported again then.
const KEPT_MAX: usize = 10_000;

/// What this node has reported. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Reported(Arc<Mutex<BTreeSet<(ArrangementId, i64)>>>);

impl Reported {
    /// Whether a row as it is now has not been reported yet. From now on it has.
    pub fn is_news(&self, row: &ArrangementRow) -> bool {
        // whoever panicked with it in hand has left it whole
        let mut kept = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let is_news = kept.insert((row.id, row.version));
        if kept.len() > KEPT_MAX {
            kept.pop_first();
        }
        is_news
    }
}
