//! Records that have a trail: each event compared with the one before, and each record with what
//! its last event says of it.

use super::findings::{Faults, PAGE};
use super::history::Walk;
use crate::book::trail;
use crate::store::trail_rows::TrailRow;
use crate::store::{Conn, StoreError, audit, records};
use std::collections::{BTreeMap, HashMap};

/// What the trails say.
pub struct Records {
    /// Where each record stands after its last event, by kind and number.
    kinds: BTreeMap<String, HashMap<i64, Traced>>,
    /// Events up to this posting are not read again.
    known: i64,
}

/// The last event of a record: as small as can be, of each there may be ten million.
struct Traced {
    version: i64,
    digest: [u8; 16],
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
            digest: event.digest.first_chunk().copied().unwrap_or_default(),
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
            let Some(last) = page.last() else { return Ok(()) };
            after = last.id.number();
            for row in page {
                let left = Left { version: row.version, posting: row.last_posting };
                self.compare(&row.kind, row.id.number(), left, &trail::of_arrangement(&row));
                self.report.arrangements = self.report.arrangements.saturating_add(1);
            }
        }
    }

    /// Compares each record with its last event.
    pub fn records(&mut self, conn: &mut Conn) -> Result<(), StoreError> {
        records::each(conn, PAGE, &mut |record| {
            let entry = record.entry();
            let left = Left { version: entry.version, posting: record.last_posting() };
            self.compare(entry.table.kind, entry.number, left, &trail::of_record(&entry));
        })?;
        for (kind, records) in &self.records.kinds {
            for id in records.keys() {
                self.faults.add(format!("the trail names {kind} {id}, which does not exist"));
            }
        }
        Ok(())
    }

    fn compare(&mut self, kind: &str, id: i64, left: Left, digest: &[u8]) {
        let same = match self.records.take(kind, id) {
            Some(traced) => {
                (left.version, left.posting) == (traced.version, traced.posting)
                    && digest == traced.digest
            }
            // nothing happened to it since the point
            None => (1..=self.point.posting).contains(&left.posting),
        };
        self.faults.require(same, || format!("{kind} {id} is not what its last event left"));
    }
}

/// What a row says of its last event.
struct Left {
    version: i64,
    posting: i64,
}
