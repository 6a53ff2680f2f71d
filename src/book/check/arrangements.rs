//! Arrangements: each compared with what its last event says of it.

use super::findings::PAGE;
use super::history::Walk;
use crate::book::trail;
use crate::store::{Conn, StoreError, audit};

impl Walk {
    /// Compares each arrangement with its last event.
    pub fn arrangements(&mut self, conn: &mut Conn) -> Result<(), StoreError> {
        let mut after = i64::MIN;
        loop {
            let page = audit::arrangements_after(conn, after, PAGE)?;
            let Some(last) = page.last() else { break };
            after = last.id.number();
            for row in page {
                let left = match self.records.take(&row.kind, row.id.number()) {
                    Some(traced) => {
                        (row.version, row.last_posting) == (traced.version, traced.posting)
                            && trail::of_arrangement(&row) == traced.digest
                    }
                    // nothing happened to it since the point
                    None => (1..=self.point.posting).contains(&row.last_posting),
                };
                self.faults.require(left, || {
                    format!("{} {} is not what its last event left", row.kind, row.id)
                });
                self.report.arrangements = self.report.arrangements.saturating_add(1);
            }
        }
        for (kind, id) in self.records.strangers() {
            self.faults.add(format!("the trail names {kind} {id}, which does not exist"));
        }
        Ok(())
    }
}
