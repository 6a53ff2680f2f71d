//! Agents: outlets, and who works there.

use super::ask::{self, Database};
use super::assistants::AssistantRow;
use super::people::PersonRow;
use super::record::{self, Cell, Entry, Occupant, RecordKey, Table};
use super::schema::{assistants, outlets, people, shifts};
use super::{Conn, StoreError, on};
use crate::id::{AccountId, AssistantId, PostingId, ShiftId};
use crate::reason::Reason;
use diesel::prelude::*;

/// What one is called in the trail.
pub const KIND: &str = "outlet";

const TABLE: Table = Table { name: "outlets", kind: KIND, key: &["float_account"], apart: &[] };

/// Whether an outlet works. It is stored under these names.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr, strum::Display,
)]
#[strum(serialize_all = "snake_case")]
pub enum OutletState {
    /// It takes and hands out money.
    Open,
    /// It does nothing any more.
    Suspended,
}

impl TryFrom<String> for OutletState {
    type Error = StoreError;

    fn try_from(word: String) -> Result<OutletState, StoreError> {
        word.parse().map_err(|_unknown| StoreError::Damaged("the state of an outlet"))
    }
}

/// A place that turns cash into money and back.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct OutletRow {
    /// The account of its float, which names it: `AgentNumber::of` this is what customers type.
    pub float_account: AccountId,
    /// One more with each change, from 1.
    pub version: i64,
    /// The posting that changed it last; given by the book.
    pub last_posting: PostingId,
    /// The account on which its commission gathers.
    pub commission_account: AccountId,
    /// The float account of its head office or super-agent.
    pub head_office: Option<AccountId>,
    /// As customers see it.
    pub name: String,
    /// Where it is: what people look for.
    pub area: String,
    /// Whether it works.
    #[diesel(deserialize_as = String)]
    pub state: OutletState,
    /// Microseconds UTC.
    pub opened_at: i64,
    /// Below this, minor units, its float counts as low; the limits' file says it where nothing is
    /// given.
    pub low_float_minor: Option<i64>,
}

impl OutletRow {
    /// The same one version later, to be changed.
    pub fn next(&self) -> OutletRow {
        OutletRow { version: self.version.saturating_add(1), ..self.clone() }
    }

    /// What it says of itself.
    pub fn entry(&self) -> Entry<'_> {
        Entry {
            table: &TABLE,
            key: RecordKey::Outlet(self.float_account),
            number: self.float_account.number(),
            version: self.version,
            refusal: Reason::STALE,
            vacant: Vec::new(),
            takes: Vec::new(),
            columns: vec![
                ("float_account", Cell::Number(self.float_account.number())),
                ("version", Cell::Number(self.version)),
                ("last_posting", Cell::Number(self.last_posting.number())),
                ("commission_account", Cell::Number(self.commission_account.number())),
                ("head_office", Cell::Optional(self.head_office.map(|head| head.number()))),
                ("name", Cell::Text(&self.name)),
                ("area", Cell::Text(&self.area)),
                ("state", Cell::Text(self.state.into())),
                ("opened_at", Cell::Number(self.opened_at)),
                ("low_float_minor", Cell::Optional(self.low_float_minor)),
            ],
        }
    }
}

/// Somebody at their place of work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentPost {
    /// Who serves.
    pub assistant: AssistantRow,
    /// Where.
    pub outlet: OutletRow,
}

/// Where the owner of this wallet works.
pub async fn post_of(
    asked: Database<'_>,
    person: AccountId,
) -> Result<Option<AgentPost>, StoreError> {
    let theirs = assistants::table
        .inner_join(outlets::table.on(outlets::float_account.eq(assistants::outlet)));
    let theirs = theirs.filter(assistants::person.eq(person)).filter(assistants::left_at.is_null());
    let theirs = theirs.select((assistants::all_columns, outlets::all_columns));
    let found: Option<(AssistantRow, OutletRow)> = ask::row(asked, theirs).await?;
    Ok(found.map(|(assistant, outlet)| AgentPost { assistant, outlet }))
}

/// An outlet.
pub fn outlet(conn: &mut Conn, float_account: AccountId) -> Result<Option<OutletRow>, StoreError> {
    Ok(on!(conn, c => outlets::table.find(float_account).first(c).optional())?)
}

/// The outlets whose float, or whose commission, is on one of these accounts.
pub async fn outlets_of(
    asked: Database<'_>,
    accounts: &[AccountId],
) -> Result<Vec<OutletRow>, StoreError> {
    let floats =
        outlets::float_account.eq_any(accounts).or(outlets::commission_account.eq_any(accounts));
    ask::rows(asked, outlets::table.filter(floats)).await
}

/// All outlets, in the order they were opened.
pub fn outlets(conn: &mut Conn, limit: i64) -> Result<Vec<OutletRow>, StoreError> {
    Ok(on!(conn, c => outlets::table.order(outlets::float_account).limit(limit).load(c))?)
}

/// Who works at an outlet.
pub fn staff(conn: &mut Conn, outlet: AccountId) -> Result<Vec<PersonRow>, StoreError> {
    let theirs =
        people::table.inner_join(assistants::table.on(assistants::person.eq(people::account_id)));
    let theirs = theirs
        .filter(assistants::outlet.eq(outlet))
        .filter(assistants::left_at.is_null())
        .order(assistants::id)
        .select(people::all_columns);
    Ok(on!(conn, c => theirs.load(c))?)
}

/// The outlets of an area that are open, by any of these spellings of its name, in the order they
/// were opened.
pub async fn outlets_in(
    asked: Database<'_>,
    area: &[String],
    limit: i64,
) -> Result<Vec<OutletRow>, StoreError> {
    let is_open = outlets::state.eq(<&str>::from(OutletState::Open));
    let there = outlets::table.filter(outlets::area.eq_any(area)).filter(is_open);
    ask::rows(asked, there.order(outlets::float_account).limit(limit)).await
}

/// Somebody who serves, the number under which they do, and the shift that they are in.
pub type OnRoster = (PersonRow, AssistantId, Option<ShiftId>);

/// Who serves at an outlet, who serves longest first.
pub async fn roster(asked: Database<'_>, outlet: AccountId) -> Result<Vec<OnRoster>, StoreError> {
    let in_shift = shifts::assistant.eq(assistants::id).and(shifts::closed_at.is_null());
    let theirs = assistants::table
        .inner_join(people::table.on(people::account_id.eq(assistants::person)))
        .left_join(shifts::table.on(in_shift))
        .filter(assistants::outlet.eq(outlet))
        .filter(assistants::left_at.is_null())
        .order(assistants::id)
        .select((people::all_columns, assistants::id, shifts::id.nullable()));
    ask::rows(asked, theirs).await
}

/// Those behind one of them.
pub fn page_after(
    conn: &mut Conn,
    after: Option<&OutletRow>,
    limit: i64,
) -> Result<Vec<OutletRow>, StoreError> {
    let after = after.map_or(AccountId::of(i64::MIN), |row| row.float_account);
    let page = outlets::table.filter(outlets::float_account.gt(after));
    Ok(on!(conn, c => page.order(outlets::float_account).limit(limit).load(c))?)
}

/// Those of these that are there.
pub fn occupants(
    conn: &mut Conn,
    accounts: &[AccountId],
) -> Result<Vec<(RecordKey, Occupant)>, StoreError> {
    if accounts.is_empty() {
        return Ok(Vec::new());
    }
    let rows = outlets::table.filter(outlets::float_account.eq_any(accounts));
    let rows: Vec<OutletRow> = on!(conn, c => rows.load(c))?;
    let own = |row: OutletRow| {
        record::own(RecordKey::Outlet(row.float_account), row.version, row.last_posting)
    };
    Ok(rows.into_iter().map(own).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whether_an_outlet_works_is_stored_by_name() {
        for (state, name) in [(OutletState::Open, "open"), (OutletState::Suspended, "suspended")] {
            assert_eq!(<&str>::from(state), name);
            assert_eq!(OutletState::try_from(name.to_owned()).ok(), Some(state));
        }
        let unknown = OutletState::try_from("sold".to_owned());
        assert!(matches!(unknown, Err(StoreError::Damaged(_))), "{unknown:?}");
    }
}
