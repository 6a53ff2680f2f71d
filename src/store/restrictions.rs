//! What may be done with accounts, as it was said: one row for each account of which something else
//! than `open` was ever said. What stands with the account itself follows from it, in the same
//! commit. How long it was stopped is kept with it, for clocks that stand still meanwhile; which
//! those are is not known here.

use super::account_types::AccountState;
use super::ask::{self, Database};
use super::record::{self, Cell, Entry, Occupant, RecordKey, Table};
use super::rows::{Column, Rows};
use super::schema::restrictions;
use super::{Conn, StoreError, on};
use crate::id::{AccountId, PostingId};
use crate::reason::Reason;
use crate::time::Timestamp;
use diesel::prelude::*;

const TABLE: Table =
    Table { name: "restrictions", kind: "restriction", key: &["account_id"], apart: &[] };

/// What may be done with an account. In the trail it has the number of the account.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct RestrictionRow {
    /// Which.
    pub account_id: AccountId,
    /// One more with each change, from 1.
    pub version: i64,
    /// The posting that changed it last; given by the book.
    pub last_posting: PostingId,
    /// What may be done with it.
    #[diesel(deserialize_as = String)]
    pub state: AccountState,
    /// Since when it does not pay or does not receive, microseconds UTC; nothing while it does
    /// both.
    pub stopped_since: Option<i64>,
    /// How long that was so before, all together, microseconds.
    pub stopped_us: i64,
}

impl RestrictionRow {
    /// Nothing was ever said of it.
    pub fn none(account_id: AccountId) -> RestrictionRow {
        RestrictionRow {
            account_id,
            version: 0,
            last_posting: PostingId::NONE,
            state: AccountState::Open,
            stopped_since: None,
            stopped_us: 0,
        }
    }

    /// The row that says this from now on, one version after this one.
    pub fn with(&self, state: AccountState, now: Timestamp) -> RestrictionRow {
        let version = self.version.saturating_add(1);
        let (stopped_since, stopped_us) = if state.is_stopped() {
            (self.stopped_since.or(Some(now.micros())), self.stopped_us)
        } else {
            (None, self.stopped_by(now))
        };
        RestrictionRow { state, version, stopped_since, stopped_us, ..self.clone() }
    }

    /// How long it was stopped up to now, all together, microseconds: never less than before.
    pub fn stopped_by(&self, now: Timestamp) -> i64 {
        let lasts = |since: i64| now.micros().saturating_sub(since).max(0);
        self.stopped_us.saturating_add(self.stopped_since.map_or(0, lasts))
    }

    /// What it says of itself.
    pub fn entry(&self) -> Entry<'_> {
        let number = self.account_id.number();
        Entry {
            table: &TABLE,
            key: RecordKey::Restriction(self.account_id),
            number,
            version: self.version,
            refusal: Reason::STALE,
            vacant: Vec::new(),
            takes: Vec::new(),
            columns: vec![
                ("account_id", Cell::Number(number)),
                ("version", Cell::Number(self.version)),
                ("last_posting", Cell::Number(self.last_posting.number())),
                ("state", Cell::Text(self.state.into())),
                ("stopped_since", Cell::Optional(self.stopped_since)),
                ("stopped_us", Cell::Number(self.stopped_us)),
            ],
        }
    }
}

/// What was said of an account; version 0 where nothing was.
pub fn of(conn: &mut Conn, account_id: AccountId) -> Result<RestrictionRow, StoreError> {
    let found = restrictions::table.find(account_id);
    let found: Option<RestrictionRow> = on!(conn, c => found.first(c).optional())?;
    Ok(found.unwrap_or_else(|| RestrictionRow::none(account_id)))
}

/// What was said of an account, if anything was.
pub async fn said_of(
    asked: Database<'_>,
    account_id: AccountId,
) -> Result<Option<RestrictionRow>, StoreError> {
    ask::row(asked, restrictions::table.find(account_id)).await
}

/// Brings accounts to what these rows say of them.
pub fn impose(said: &[&RestrictionRow]) -> Rows<'static> {
    let columns = vec![
        Column::ids(said.iter().map(|row| row.account_id)),
        Column::Texts(said.iter().map(|row| row.state.into()).collect()),
    ];
    Rows::update(said.len(), columns, "accounts", "id", &["state"]).all_there()
}

/// Those behind one of them.
pub fn page_after(
    conn: &mut Conn,
    after: Option<&RestrictionRow>,
    limit: i64,
) -> Result<Vec<RestrictionRow>, StoreError> {
    let after = after.map_or(AccountId::of(i64::MIN), |row| row.account_id);
    let page = restrictions::table.filter(restrictions::account_id.gt(after));
    Ok(on!(conn, c => page.order(restrictions::account_id).limit(limit).load(c))?)
}

/// Those of these that are there.
pub fn occupants(
    conn: &mut Conn,
    accounts: &[AccountId],
) -> Result<Vec<(RecordKey, Occupant)>, StoreError> {
    if accounts.is_empty() {
        return Ok(Vec::new());
    }
    let rows = restrictions::table.filter(restrictions::account_id.eq_any(accounts));
    let rows: Vec<RestrictionRow> = on!(conn, c => rows.load(c))?;
    let own = |row: RestrictionRow| {
        record::own(RecordKey::Restriction(row.account_id), row.version, row.last_posting)
    };
    Ok(rows.into_iter().map(own).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Id;

    fn at(micros: i64) -> Timestamp {
        Timestamp::from_micros(micros)
    }

    fn new() -> RestrictionRow {
        RestrictionRow::none(Id::of(7))
    }

    fn stands(row: &RestrictionRow) -> (Option<i64>, i64) {
        (row.stopped_since, row.stopped_us)
    }

    #[test]
    fn time_goes_by_stopped_only_while_it_is() {
        let stops = [AccountState::StopDebit, AccountState::StopCredit, AccountState::Frozen];
        for state in stops.into_iter().chain([AccountState::Closed]) {
            assert_eq!(new().stopped_by(at(100)), 0);
            let stopped = new().with(state, at(100));
            assert_eq!((stopped.version, stopped.state), (1, state));
            assert_eq!(stands(&stopped), (Some(100), 0), "{state:?}");
            assert_eq!([100, 101, 350].map(|now| stopped.stopped_by(at(now))), [0, 1, 250]);
            let open = stopped.with(AccountState::Open, at(350));
            assert_eq!((open.version, open.state), (2, AccountState::Open));
            assert_eq!(stands(&open), (None, 250), "{state:?}");
            assert_eq!([350, 900].map(|now| open.stopped_by(at(now))), [250, 250]);
            let again = open.with(state, at(1_000));
            assert_eq!(stands(&again), (Some(1_000), 250), "{state:?}");
            assert_eq!(again.stopped_by(at(1_004)), 254);
            assert_eq!(stands(&again.with(AccountState::Open, at(1_004))), (None, 254));
        }
    }

    #[test]
    fn one_stop_after_another_is_one_time() {
        let stopped = new().with(AccountState::StopDebit, at(100));
        let frozen = stopped.with(AccountState::Frozen, at(300));
        assert_eq!((frozen.version, stands(&frozen)), (2, (Some(100), 0)));
        assert_eq!(frozen.stopped_by(at(301)), 201);
        assert_eq!(stands(&new().with(AccountState::Open, at(5))), (None, 0));
    }

    #[test]
    fn a_clock_that_was_set_back_takes_nothing_away() {
        let stopped = new().with(AccountState::Frozen, at(100));
        assert_eq!(stopped.stopped_by(at(40)), 0);
        let open = RestrictionRow { stopped_us: 9, ..stopped }.with(AccountState::Open, at(40));
        assert_eq!(stands(&open), (None, 9));
        let long = RestrictionRow { stopped_us: i64::MAX, ..new() };
        assert_eq!(long.with(AccountState::Frozen, at(1)).stopped_by(at(9)), i64::MAX);
    }
}
