//! People: who has a wallet.

use super::ask::{self, Database};
use super::record::{self, Cell, Entry, Occupant, RecordKey, Table};
use super::schema::people;
use super::{Conn, StoreError, on};
use crate::id::{AccountId, PostingId};
use crate::reason::Reason;
use diesel::prelude::*;

const TABLE: Table = Table { name: "people", kind: "person", key: &["account_id"], apart: &[] };

/// Somebody with a wallet.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct PersonRow {
    /// Their wallet.
    pub account_id: AccountId,
    /// One more with each change, from 1.
    pub version: i64,
    /// The posting that changed it last; given by the book.
    pub last_posting: PostingId,
    /// Their number, as `+254...`.
    pub msisdn: String,
    /// As they gave it.
    pub name: String,
    /// Two letters.
    pub language: String,
    /// Microseconds UTC.
    pub joined_at: i64,
    /// How well they are known: `sim`, `id`, `full`, `merchant` or `agent`.
    pub tier: String,
}

impl PersonRow {
    /// The same one version later, to be changed.
    pub fn next(&self) -> PersonRow {
        PersonRow { version: self.version.saturating_add(1), ..self.clone() }
    }

    /// What it says of itself: one wallet for a number.
    pub fn entry(&self) -> Entry<'_> {
        let number = self.account_id.number();
        let msisdn = || RecordKey::Msisdn(self.msisdn.clone());
        let again = if self.version == 1 { Reason::ALREADY_JOINED } else { Reason::STALE };
        Entry {
            table: &TABLE,
            key: RecordKey::Person(self.account_id),
            number,
            version: self.version,
            refusal: again,
            vacant: record::first(self.version, vec![(msisdn(), Reason::ALREADY_JOINED)]),
            takes: record::first(self.version, vec![(msisdn(), number)]),
            columns: vec![
                ("account_id", Cell::Number(number)),
                ("version", Cell::Number(self.version)),
                ("last_posting", Cell::Number(self.last_posting.number())),
                ("msisdn", Cell::Text(&self.msisdn)),
                ("name", Cell::Text(&self.name)),
                ("language", Cell::Text(&self.language)),
                ("joined_at", Cell::Number(self.joined_at)),
                ("tier", Cell::Text(&self.tier)),
            ],
        }
    }
}

/// The person with this number.
pub fn by_msisdn(conn: &mut Conn, msisdn: &str) -> Result<Option<PersonRow>, StoreError> {
    Ok(on!(conn, c => people::table.filter(people::msisdn.eq(msisdn)).first(c).optional())?)
}

/// The person with this wallet.
pub fn by_account(conn: &mut Conn, account: AccountId) -> Result<Option<PersonRow>, StoreError> {
    Ok(on!(conn, c => people::table.find(account).first(c).optional())?)
}

/// The people with these wallets.
pub async fn by_accounts(
    asked: Database<'_>,
    accounts: &[AccountId],
) -> Result<Vec<PersonRow>, StoreError> {
    ask::rows(asked, people::table.filter(people::account_id.eq_any(accounts))).await
}

/// Everybody, in the order they joined, a page at a time.
pub fn page(
    conn: &mut Conn,
    after_account: AccountId,
    limit: i64,
) -> Result<Vec<PersonRow>, StoreError> {
    let page = people::table.filter(people::account_id.gt(after_account));
    Ok(on!(conn, c => page.order(people::account_id).limit(limit).load(c))?)
}

/// Everybody behind one of them, in the order of their wallets.
pub fn page_after(
    conn: &mut Conn,
    after: Option<&PersonRow>,
    limit: i64,
) -> Result<Vec<PersonRow>, StoreError> {
    page(conn, after.map_or(AccountId::of(i64::MIN), |row| row.account_id), limit)
}

/// Who has these wallets, and these numbers.
pub fn occupants(
    conn: &mut Conn,
    accounts: &[AccountId],
    msisdns: &[&str],
) -> Result<Vec<(RecordKey, Occupant)>, StoreError> {
    if accounts.is_empty() && msisdns.is_empty() {
        return Ok(Vec::new());
    }
    let either = people::account_id.eq_any(accounts).or(people::msisdn.eq_any(msisdns));
    let rows: Vec<PersonRow> = on!(conn, c => people::table.filter(either).load(c))?;
    let both = |row: PersonRow| {
        let number = row.account_id.number();
        let person = RecordKey::Person(row.account_id);
        [
            record::own(person, row.version, row.last_posting),
            record::taken(RecordKey::Msisdn(row.msisdn), number),
        ]
    };
    Ok(rows.into_iter().flat_map(both).collect())
}
