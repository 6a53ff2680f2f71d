//! Commission that was found to be earned too much, and what of it was taken back.

use super::ask::{self, Database};
use super::record::{self, Cell, Entry, Occupant, RecordKey, Table};
use super::schema::clawbacks;
use super::{Conn, StoreError, on};
use crate::id::{AccountId, PostingId};
use crate::reason::Reason;
use diesel::prelude::*;
use futures_util::future;

const TABLE: Table = Table {
    name: "clawbacks",
    kind: "clawback",
    key: &["day", "outlet", "customer", "service"],
    apart: &[],
};

/// Day, outlet, customer and service of a find.
pub type Find<'a> = (i64, AccountId, AccountId, &'a str);

/// Commission that was earned too much by an outlet with a customer on a day, and what of it was
/// taken back. In the trail it has a number that is made of its key.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct ClawbackRow {
    /// Days since 1970, in the market's calendar.
    pub day: i64,
    /// The float account.
    pub outlet: AccountId,
    /// The wallet.
    pub customer: AccountId,
    /// The service.
    pub service: String,
    /// One more with each change, from 1; 0 while it is not written down.
    pub version: i64,
    /// The posting that changed it last; given by the book.
    pub last_posting: PostingId,
    /// The outlet's own part, minor units.
    pub found_minor: i64,
    /// What of it was taken back so far, minor units.
    pub taken_minor: i64,
    /// The head office that earned too much with it, by its float account.
    pub head: Option<AccountId>,
    /// The head office's part, minor units.
    pub head_found_minor: i64,
    /// What of that was taken back so far, minor units.
    pub head_taken_minor: i64,
}

impl ClawbackRow {
    /// What the outlet still owes of it, minor units.
    pub fn owed_minor(&self) -> i64 {
        self.found_minor.saturating_sub(self.taken_minor).max(0)
    }

    /// What its head office still owes of it, minor units.
    pub fn head_owed_minor(&self) -> i64 {
        self.head_found_minor.saturating_sub(self.head_taken_minor).max(0)
    }

    fn key(&self) -> RecordKey {
        RecordKey::Clawback(self.day, self.outlet, self.customer, self.service.clone())
    }

    /// What it says of itself.
    pub fn entry(&self) -> Entry<'_> {
        let parts = [self.day, self.outlet.number(), self.customer.number()];
        Entry {
            table: &TABLE,
            key: self.key(),
            number: record::number_of(&parts, &self.service),
            version: self.version,
            refusal: Reason::STALE,
            vacant: Vec::new(),
            takes: Vec::new(),
            columns: vec![
                ("day", Cell::Number(self.day)),
                ("outlet", Cell::Number(self.outlet.number())),
                ("customer", Cell::Number(self.customer.number())),
                ("service", Cell::Text(&self.service)),
                ("version", Cell::Number(self.version)),
                ("last_posting", Cell::Number(self.last_posting.number())),
                ("found_minor", Cell::Number(self.found_minor)),
                ("taken_minor", Cell::Number(self.taken_minor)),
                ("head", Cell::Optional(self.head.map(|head| head.number()))),
                ("head_found_minor", Cell::Number(self.head_found_minor)),
                ("head_taken_minor", Cell::Number(self.head_taken_minor)),
            ],
        }
    }
}

/// The same, asked with others.
pub async fn found_on(asked: Database<'_>, day: i64) -> Result<Vec<ClawbackRow>, StoreError> {
    ask::rows(asked, clawbacks::table.filter(clawbacks::day.eq(day))).await
}

/// What was found of a day.
fn of_day(conn: &mut Conn, day: i64) -> Result<Vec<ClawbackRow>, StoreError> {
    Ok(on!(conn, c => clawbacks::table.filter(clawbacks::day.eq(day)).load(c))?)
}

/// What is known of this find by now.
pub fn by_key(conn: &mut Conn, find: Find) -> Result<Option<ClawbackRow>, StoreError> {
    Ok(on!(conn, c => clawbacks::table.find(find).first(c).optional())?)
}

/// What an outlet still has to give back, of its own part and as a head office, minor units.
pub async fn owed_minor(asked: Database<'_>, outlet: AccountId) -> Result<i64, StoreError> {
    let own = clawbacks::table.filter(clawbacks::outlet.eq(outlet));
    let own = own.filter(clawbacks::taken_minor.lt(clawbacks::found_minor));
    let as_head = clawbacks::table.filter(clawbacks::head.eq(outlet));
    let as_head = as_head.filter(clawbacks::head_taken_minor.lt(clawbacks::head_found_minor));
    let both = future::try_join(ask::rows(asked, own), ask::rows(asked, as_head));
    let (own, as_head): (Vec<ClawbackRow>, Vec<ClawbackRow>) = both.await?;
    let owed = own
        .iter()
        .map(ClawbackRow::owed_minor)
        .chain(as_head.iter().map(ClawbackRow::head_owed_minor));
    Ok(owed.fold(0, i64::saturating_add))
}

/// What is still owed by anybody, the oldest first.
pub fn owed(conn: &mut Conn) -> Result<Vec<ClawbackRow>, StoreError> {
    let own = clawbacks::taken_minor.lt(clawbacks::found_minor);
    let owed = clawbacks::table
        .filter(own.or(clawbacks::head_taken_minor.lt(clawbacks::head_found_minor)));
    let order = (clawbacks::day, clawbacks::outlet, clawbacks::customer, clawbacks::service);
    Ok(on!(conn, c => owed.order(order).load(c))?)
}

/// Those behind one of them: days are short, one is read as a whole.
pub fn page_after(
    conn: &mut Conn,
    after: Option<&ClawbackRow>,
    _limit: i64,
) -> Result<Vec<ClawbackRow>, StoreError> {
    let after = after.map_or(i64::MIN, |row| row.day);
    let next = clawbacks::table.filter(clawbacks::day.gt(after));
    let next = next.order(clawbacks::day).select(clawbacks::day);
    let day: Option<i64> = on!(conn, c => next.first(c).optional())?;
    day.map_or(Ok(Vec::new()), |day| of_day(conn, day))
}

/// Those of these that are there.
pub fn occupants(
    conn: &mut Conn,
    finds: &[Find],
) -> Result<Vec<(RecordKey, Occupant)>, StoreError> {
    let mut found = Vec::new();
    for find in finds {
        let row = by_key(conn, *find)?;
        found.extend(row.map(|row| record::own(row.key(), row.version, row.last_posting)));
    }
    Ok(found)
}
