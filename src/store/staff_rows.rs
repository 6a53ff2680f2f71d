//! Who works for the operator. What their roles allow, and how they prove who they are, is not
//! known here.

use super::ask::{self, Database};
use super::record::{self, Cell, Entry, Occupant, RecordKey, Table};
use super::schema::staff;
use super::{Conn, StoreError, on};
use crate::id::{PostingId, StaffId};
use crate::reason::Reason;
use diesel::prelude::*;

const TABLE: Table = Table { name: "staff", kind: "staff", key: &["id"], apart: &[] };

/// Somebody else of the staff signs with that name.
pub const STAFF_NAME_TAKEN: Reason = Reason::new("staff_name_taken");

/// Where somebody of the staff stands. It is stored under these names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum StaffState {
    /// They were sent a link, and have no password.
    Invited,
    /// They work here.
    Active,
    /// They did: their name stays taken, for what they did stays theirs.
    Left,
}

impl TryFrom<String> for StaffState {
    type Error = StoreError;

    fn try_from(word: String) -> Result<StaffState, StoreError> {
        word.parse().map_err(|_unknown| StoreError::Damaged("the state of one of the staff"))
    }
}

/// Somebody of the staff.
#[derive(Clone, PartialEq, Eq, Queryable)]
pub struct StaffRow {
    /// Their number.
    pub id: StaffId,
    /// One more with each change, from 1.
    pub version: i64,
    /// The posting that changed it last; given by the book.
    pub last_posting: PostingId,
    /// What they sign with: small letters.
    pub name: String,
    /// Where they are told what is done in their name.
    pub msisdn: String,
    /// Two letters.
    pub language: String,
    /// Words, with a space between.
    pub roles: String,
    /// Where they stand.
    #[diesel(deserialize_as = String)]
    pub state: StaffState,
    /// A slow hash; empty until they have chosen one.
    pub password: String,
    /// The secret of the second factor, sealed; empty until they have one.
    pub factor: Vec<u8>,
    /// The half minute whose code was used last.
    pub factor_step: i64,
    /// The digest of the link with which they begin; empty when it was used.
    pub link: Vec<u8>,
    /// Until when it is good, microseconds UTC.
    pub link_until: Option<i64>,
    /// Until when nobody gets in by this name after too many wrong tries, microseconds UTC.
    pub locked_until: Option<i64>,
    /// Wrong tries in a row.
    pub misses: i64,
    /// When they came in last, or were invited, microseconds UTC.
    pub seen_at: i64,
    /// Whatever session of theirs began until then is over, microseconds UTC.
    pub out_until: i64,
}

/// Neither hash nor secret is shown.
impl std::fmt::Debug for StaffRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let StaffRow { id, version, name, roles, state, .. } = self;
        write!(f, "StaffRow({id} {name} v{version}: {roles}, {state:?})")
    }
}

impl StaffRow {
    /// The same one version later, to be changed.
    pub fn next(&self) -> StaffRow {
        StaffRow { version: self.version.saturating_add(1), ..self.clone() }
    }

    /// Whether they have begun to work here, and have not left.
    pub fn works(&self) -> bool {
        self.state == StaffState::Active
    }

    /// What it says of itself: one person for a name, for good.
    pub fn entry(&self) -> Entry<'_> {
        let number = self.id.number();
        let name = || RecordKey::StaffName(self.name.clone());
        Entry {
            table: &TABLE,
            key: RecordKey::Staff(self.id),
            number,
            version: self.version,
            refusal: Reason::STALE,
            vacant: record::first(self.version, vec![(name(), STAFF_NAME_TAKEN)]),
            takes: record::first(self.version, vec![(name(), number)]),
            columns: vec![
                ("id", Cell::Number(number)),
                ("version", Cell::Number(self.version)),
                ("last_posting", Cell::Number(self.last_posting.number())),
                ("name", Cell::Text(&self.name)),
                ("msisdn", Cell::Text(&self.msisdn)),
                ("language", Cell::Text(&self.language)),
                ("roles", Cell::Text(&self.roles)),
                ("state", Cell::Text(self.state.into())),
                ("password", Cell::Text(&self.password)),
                ("factor", Cell::Bytes(&self.factor)),
                ("factor_step", Cell::Number(self.factor_step)),
                ("link", Cell::Bytes(&self.link)),
                ("link_until", Cell::Optional(self.link_until)),
                ("locked_until", Cell::Optional(self.locked_until)),
                ("misses", Cell::Number(self.misses)),
                ("seen_at", Cell::Number(self.seen_at)),
                ("out_until", Cell::Number(self.out_until)),
            ],
        }
    }
}

/// Who signs with this name.
pub fn by_name(conn: &mut Conn, name: &str) -> Result<Option<StaffRow>, StoreError> {
    Ok(on!(conn, c => staff::table.filter(staff::name.eq(name)).first(c).optional())?)
}

/// Those who work here and have this number (E.164).
pub async fn working_with(asked: Database<'_>, msisdn: &str) -> Result<Vec<StaffRow>, StoreError> {
    let works = staff::state.eq(<&str>::from(StaffState::Active));
    ask::rows(asked, staff::table.filter(staff::msisdn.eq(msisdn)).filter(works)).await
}

/// Who has this number.
pub fn by_id(conn: &mut Conn, id: StaffId) -> Result<Option<StaffRow>, StoreError> {
    Ok(on!(conn, c => staff::table.find(id).first(c).optional())?)
}

/// All of them, also those who have left, in the order of their names.
pub fn all(conn: &mut Conn) -> Result<Vec<StaffRow>, StoreError> {
    Ok(on!(conn, c => staff::table.order(staff::name).load(c))?)
}

/// Those behind one of them.
pub fn page_after(
    conn: &mut Conn,
    after: Option<&StaffRow>,
    limit: i64,
) -> Result<Vec<StaffRow>, StoreError> {
    let after = after.map_or(StaffId::of(i64::MIN), |row| row.id);
    let page = staff::table.filter(staff::id.gt(after)).order(staff::id);
    Ok(on!(conn, c => page.limit(limit).load(c))?)
}

/// Who has these numbers, and these names.
pub fn occupants(
    conn: &mut Conn,
    ids: &[StaffId],
    names: &[&str],
) -> Result<Vec<(RecordKey, Occupant)>, StoreError> {
    if ids.is_empty() && names.is_empty() {
        return Ok(Vec::new());
    }
    let either = staff::id.eq_any(ids).or(staff::name.eq_any(names));
    let rows: Vec<StaffRow> = on!(conn, c => staff::table.filter(either).load(c))?;
    let both = |row: StaffRow| {
        let number = row.id.number();
        [
            record::own(RecordKey::Staff(row.id), row.version, row.last_posting),
            record::taken(RecordKey::StaffName(row.name), number),
        ]
    };
    Ok(rows.into_iter().flat_map(both).collect())
}
