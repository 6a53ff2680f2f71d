//! People and their PIN tags.

use super::schema::{people, pins};
use super::{Conn, StoreError};
use diesel::prelude::*;

/// Somebody with a wallet.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = people)]
pub struct PersonRow {
    /// Their wallet.
    pub account_id: i64,
    /// Their number, as `+254...`.
    pub msisdn: String,
    /// As they gave it.
    pub name: String,
    /// Two letters.
    pub language: String,
    /// Microseconds UTC.
    pub joined_at: i64,
}

/// What a PIN is checked against.
#[derive(Clone, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = pins)]
pub struct PinRow {
    /// Whose.
    pub account_id: i64,
    /// Which key made the tag.
    pub key_version: i64,
    /// Random, per PIN.
    pub salt: Vec<u8>,
    /// The keyed digest.
    pub tag: Vec<u8>,
    /// Wrong tries in a row.
    pub attempts: i64,
}

impl std::fmt::Debug for PinRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PinRow(account {})", self.account_id)
    }
}

/// The person with this number.
pub fn by_msisdn(conn: &mut Conn, msisdn: &str) -> Result<Option<PersonRow>, StoreError> {
    Ok(people::table.filter(people::msisdn.eq(msisdn)).first(conn).optional()?)
}

/// The person with this wallet.
pub fn by_account(conn: &mut Conn, account: i64) -> Result<Option<PersonRow>, StoreError> {
    Ok(people::table.find(account).first(conn).optional()?)
}

/// The people with these wallets.
pub fn by_accounts(conn: &mut Conn, accounts: &[i64]) -> Result<Vec<PersonRow>, StoreError> {
    Ok(people::table.filter(people::account_id.eq_any(accounts)).load(conn)?)
}

/// Which of these numbers have a wallet.
pub fn msisdns_among(conn: &mut Conn, msisdns: &[String]) -> Result<Vec<String>, StoreError> {
    Ok(people::table.filter(people::msisdn.eq_any(msisdns)).select(people::msisdn).load(conn)?)
}

/// Everybody, in the order they joined, a page at a time.
pub fn page(conn: &mut Conn, after_account: i64, limit: i64) -> Result<Vec<PersonRow>, StoreError> {
    let page = people::table.filter(people::account_id.gt(after_account));
    Ok(page.order(people::account_id).limit(limit).load(conn)?)
}

/// Adds a person.
pub fn add(conn: &mut Conn, person: &PersonRow) -> Result<(), StoreError> {
    diesel::insert_into(people::table).values(person).execute(conn)?;
    Ok(())
}

/// Changes the language a person is spoken to in.
pub fn set_language(conn: &mut Conn, account: i64, language: &str) -> Result<(), StoreError> {
    diesel::update(people::table.find(account)).set(people::language.eq(language)).execute(conn)?;
    Ok(())
}

/// What the PIN of this account is checked against.
pub fn pin(conn: &mut Conn, account: i64) -> Result<Option<PinRow>, StoreError> {
    Ok(pins::table.find(account).first(conn).optional()?)
}

/// The same for several.
pub fn pins_of(conn: &mut Conn, accounts: &[i64]) -> Result<Vec<PinRow>, StoreError> {
    Ok(pins::table.filter(pins::account_id.eq_any(accounts)).load(conn)?)
}

/// Sets or replaces the PIN of an account.
pub fn set_pin(conn: &mut Conn, row: &PinRow) -> Result<(), StoreError> {
    diesel::replace_into(pins::table).values(row).execute(conn)?;
    Ok(())
}

/// Writes how many tries were used.
pub fn set_attempts(conn: &mut Conn, account: i64, attempts: i64) -> Result<(), StoreError> {
    diesel::update(pins::table.find(account)).set(pins::attempts.eq(attempts)).execute(conn)?;
    Ok(())
}
