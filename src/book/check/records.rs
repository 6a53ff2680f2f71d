//! Records that have a trail: each event compared with the one before, and each record with what
//! its last event says of it.

use super::findings::{Faults, PAGE};
use super::history::Walk;
use crate::book::trail;
use crate::store::trail_rows::TrailRow;
use crate::store::{Conn, StoreError, audit};
use std::collections::{BTreeMap, HashMap};

/// What the trails say.
pub struct Records {
    /// Where each record stands after its last event, by kind and number.
    kinds: BTreeMap<String, HashMap<i64, Traced>>,
    /// Events up to this posting are not read again.
    known: i64,
}

/// The last event of a record.
struct Traced {
    version: i64,
    digest: Vec<u8>,
    posting: i64,
}

impl Records {
    /// Records whose events are read from behind a posting.
    pub fn after(posting: i64) -> Records {
        Records { kinds: BTreeMap::new(), known: posting }
    }

    /// Takes an event in.
    pub fn step(&mut self, event: &TrailRow, faults: &mut Faults) {
        let known = self.known;
        let kind = match self.kinds.get_mut(&event.kind) {
            Some(kind) => kind,
            None => self.kinds.entry(event.kind.clone()).or_default(),
        };
        let traced = Traced {
            version: event.version,
            digest: event.digest.clone(),
            posting: event.posting_id,
        };
        let follows = match kind.insert(event.record_id, traced) {
            Some(before) => {
                event.previous == Some(before.posting)
                    && Some(event.version) == before.version.checked_add(1)
            }
            // the first that is met of it: it began with this, or before the point
            None => match event.previous {
                None => event.version == 1,
                Some(previous) => event.version > 1 && previous <= known,
            },
        };
        faults.require(follows, || {
            format!(
                "posting {}: what happened to {} {} does not follow from what happened before",
                event.posting_id, event.kind, event.record_id
            )
        });
    }

    /// The last event of a record; not asked for again.
    fn take(&mut self, kind: &str, id: i64) -> Option<Traced> {
        self.kinds.get_mut(kind).and_then(|kind| kind.remove(&id))
    }
}

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
        for (kind, records) in &self.records.kinds {
            for id in records.keys() {
                self.faults.add(format!("the trail names {kind} {id}, which does not exist"));
            }
        }
        Ok(())
    }
}
