//! Trails: each event compared with the one before of the same record.

use super::findings::Faults;
use crate::id::PostingId;
use crate::store::trail_rows::TrailRow;
use std::collections::{BTreeMap, HashMap};

/// What the trails say.
pub struct Trails {
    /// Where each record stands after its last event, by kind and number.
    kinds: BTreeMap<String, HashMap<i64, Traced>>,
    /// Events up to this posting are not read again.
    known: PostingId,
}

/// The last event of a record: as small as can be, of each there may be ten million.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Traced {
    /// The version that it left.
    pub version: i64,
    /// What it left.
    pub digest: [u8; 16],
    /// The posting that it came with.
    pub posting: PostingId,
}

impl Trails {
    /// Records whose events are read from behind a posting.
    pub fn after(posting: PostingId) -> Trails {
        Trails { kinds: BTreeMap::new(), known: posting }
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
    pub fn take(&mut self, kind: &str, id: i64) -> Option<Traced> {
        self.kinds.get_mut(kind).and_then(|kind| kind.remove(&id))
    }

    /// Those that were not asked for, by kind and number.
    pub fn left(&self) -> impl Iterator<Item = (&str, i64)> {
        let all = self.kinds.iter();
        all.flat_map(|(kind, of_kind)| of_kind.keys().map(move |id| (kind.as_str(), *id)))
    }
}
