//! Arrangements and records: each compared with what its last event says of it.

use super::findings::PAGE;
use super::history::Walk;
use crate::book::trail;
use crate::id::PostingId;
use crate::store::book_rows::AccountState;
use crate::store::records::Record;
use crate::store::restrictions::RestrictionRow;
use crate::store::{Conn, StoreError, audit, records};

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
            self.report.records = self.report.records.saturating_add(1);
            if let Record::Restriction(said) = &record {
                self.restriction(said);
            }
        })?;
        for (id, state) in std::mem::take(&mut self.restricted) {
            self.faults.add(format!("account {id} is {}, and nobody said so", <&str>::from(state)));
        }
        for (kind, id) in self.trails.left() {
            self.faults.add(format!("the trail names {kind} {id}, which does not exist"));
        }
        Ok(())
    }

    /// Compares what was said of an account with what it says. One that was closed before the point
    /// was not looked at.
    fn restriction(&mut self, said: &RestrictionRow) {
        let id = said.account_id;
        let skipped = said.state == AccountState::Closed && said.last_posting <= self.point.posting;
        let stands = self.restricted.remove(&id);
        let stands = stands.unwrap_or(if skipped { said.state } else { AccountState::Open });
        self.faults.require(stands == said.state, || {
            let [stands, said] = [stands, said.state].map(<&str>::from);
            format!("account {id} is {stands}, not {said} as was said")
        });
    }

    fn compare(&mut self, kind: &str, id: i64, left: Left, digest: &[u8]) {
        let same = match self.trails.take(kind, id) {
            Some(traced) => {
                (left.version, left.posting) == (traced.version, traced.posting)
                    && digest == traced.digest
            }
            // nothing happened to it since the point
            None => (PostingId::NONE.next()..=self.point.posting).contains(&left.posting),
        };
        self.faults.require(same, || format!("{kind} {id} is not what its last event left"));
    }
}

/// What a row says of its last event.
struct Left {
    version: i64,
    posting: PostingId,
}
