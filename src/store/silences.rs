//! Numbers without a wallet that want no texts which they did not ask for. Whether there is such a
//! text is not known here.

use super::ask::{self, Database};
use super::record::{self, Cell, Entry, Occupant, RecordKey, Table};
use super::schema::silences;
use super::{Conn, StoreError, on};
use crate::id::PostingId;
use crate::reason::Reason;
use diesel::prelude::*;

const TABLE: Table = Table { name: "silences", kind: "silence", key: &["msisdn"], apart: &[] };

/// Whether a number wants no such texts. In the trail it has a number that is made of its own.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct SilenceRow {
    /// The number, as `+254...`.
    pub msisdn: String,
    /// One more with each change, from 1.
    pub version: i64,
    /// The posting that changed it last; given by the book.
    pub last_posting: PostingId,
    /// 1: it wants none.
    pub silent: i64,
}

impl SilenceRow {
    /// What it says of itself: while it is silent it takes the place that says so.
    pub fn entry(&self) -> Entry<'_> {
        Entry {
            table: &TABLE,
            key: RecordKey::Silence(self.msisdn.clone()),
            number: record::number_of(&[], &self.msisdn),
            version: self.version,
            refusal: Reason::STALE,
            vacant: Vec::new(),
            takes: vec![(RecordKey::Silent(self.msisdn.clone()), self.silent)],
            columns: vec![
                ("msisdn", Cell::Text(&self.msisdn)),
                ("version", Cell::Number(self.version)),
                ("last_posting", Cell::Number(self.last_posting.number())),
                ("silent", Cell::Number(self.silent)),
            ],
        }
    }
}

/// What a number has said last.
pub async fn of(asked: Database<'_>, msisdn: &str) -> Result<Option<SilenceRow>, StoreError> {
    ask::row(asked, silences::table.find(msisdn)).await
}

/// Those behind one of them.
pub fn page_after(
    conn: &mut Conn,
    after: Option<&SilenceRow>,
    limit: i64,
) -> Result<Vec<SilenceRow>, StoreError> {
    let after = after.map_or("", |row| &row.msisdn);
    let page = silences::table.filter(silences::msisdn.gt(after));
    let page = page.order(silences::msisdn).limit(limit);
    Ok(on!(conn, c => page.load(c))?)
}

/// Those of these that are there, and who of these is silent.
pub fn occupants(
    conn: &mut Conn,
    own: &[&str],
    silent: &[&str],
) -> Result<Vec<(RecordKey, Occupant)>, StoreError> {
    if own.is_empty() && silent.is_empty() {
        return Ok(Vec::new());
    }
    let numbers: Vec<&str> = own.iter().chain(silent).copied().collect();
    let those = silences::table.filter(silences::msisdn.eq_any(&numbers));
    let rows: Vec<SilenceRow> = on!(conn, c => those.load(c))?;
    let mut found = Vec::new();
    for SilenceRow { msisdn, version, last_posting, silent } in rows {
        let key = RecordKey::Silence(msisdn.clone());
        found.push(record::own(key, version, last_posting));
        if silent != 0 {
            found.push(record::taken(RecordKey::Silent(msisdn), silent));
        }
    }
    Ok(found)
}
