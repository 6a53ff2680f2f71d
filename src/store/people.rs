//! People and their PIN tags.

use super::rows::{Column, Rows};
use super::schema::{people, pins};
use super::{Conn, StoreError, on};
use crate::id::{AccountId, PinId};
use diesel::prelude::*;
use std::collections::BTreeMap;

/// Somebody with a wallet.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = people)]
pub struct PersonRow {
    /// Their wallet.
    pub account_id: AccountId,
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

/// What a PIN is checked against.
#[derive(Clone, PartialEq, Eq, Queryable)]
pub struct PinRow {
    /// Whose.
    pub id: PinId,
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
        write!(f, "PinRow({})", self.id)
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
pub fn by_accounts(conn: &mut Conn, accounts: &[AccountId]) -> Result<Vec<PersonRow>, StoreError> {
    Ok(on!(conn, c => people::table.filter(people::account_id.eq_any(accounts)).load(c))?)
}

/// Which of these numbers have a wallet.
pub fn msisdns_among(conn: &mut Conn, msisdns: &[&str]) -> Result<Vec<String>, StoreError> {
    Ok(on!(conn, c =>
        people::table
            .filter(people::msisdn.eq_any(msisdns))
            .select(people::msisdn)
            .load(c)
    )?)
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

/// Adds people.
pub fn add<'a>(joined: &[&'a PersonRow]) -> Rows<'a> {
    let columns = vec![
        Column::ids(joined.iter().map(|p| p.account_id)),
        Column::Texts(joined.iter().map(|p| p.msisdn.as_str()).collect()),
        Column::Texts(joined.iter().map(|p| p.name.as_str()).collect()),
        Column::Texts(joined.iter().map(|p| p.language.as_str()).collect()),
        Column::Numbers(joined.iter().map(|p| p.joined_at).collect()),
        Column::Texts(joined.iter().map(|p| p.tier.as_str()).collect()),
    ];
    let head = "INSERT INTO people (account_id, msisdn, name, language, joined_at, tier)";
    Rows::insert(joined.len(), columns, head, "")
}

/// Changes the languages people are spoken to in, by account.
pub fn set_languages<'a>(languages: &BTreeMap<AccountId, &'a str>) -> Rows<'a> {
    let columns = vec![
        Column::ids(languages.keys().copied()),
        Column::Texts(languages.values().copied().collect()),
    ];
    Rows::update(languages.len(), columns, "people", "account_id", &["language"])
}

/// Writes how well people are known, by account.
pub fn set_tiers<'a>(tiers: &BTreeMap<AccountId, &'a str>) -> Rows<'a> {
    let columns =
        vec![Column::ids(tiers.keys().copied()), Column::Texts(tiers.values().copied().collect())];
    Rows::update(tiers.len(), columns, "people", "account_id", &["tier"])
}

/// Writes how well somebody is known.
pub fn set_tier(conn: &mut Conn, account: AccountId, tier: &str) -> Result<(), StoreError> {
    on!(conn, c =>
        diesel::update(people::table.find(account))
            .set(people::tier.eq(tier))
            .execute(c)
    )?;
    Ok(())
}

/// Takes a PIN away: it opens nothing any more.
pub fn forget_pin(conn: &mut Conn, id: PinId) -> Result<(), StoreError> {
    on!(conn, c => diesel::delete(pins::table.find(id)).execute(c))?;
    Ok(())
}

/// What a PIN or a code is checked against.
pub fn pin(conn: &mut Conn, id: PinId) -> Result<Option<PinRow>, StoreError> {
    Ok(on!(conn, c => pins::table.find(id).first(c).optional())?)
}

/// The same for several.
pub fn pins_of(conn: &mut Conn, ids: &[PinId]) -> Result<Vec<PinRow>, StoreError> {
    Ok(on!(conn, c => pins::table.filter(pins::account_id.eq_any(ids)).load(c))?)
}

/// Sets or replaces the PINs of accounts.
pub fn set_pins<'a>(pins: &[&'a PinRow]) -> Rows<'a> {
    let columns = vec![
        Column::ids(pins.iter().map(|p| p.id)),
        Column::Numbers(pins.iter().map(|p| p.key_version).collect()),
        Column::Bytes(pins.iter().map(|p| p.salt.as_slice()).collect()),
        Column::Bytes(pins.iter().map(|p| p.tag.as_slice()).collect()),
        Column::Numbers(pins.iter().map(|p| p.attempts).collect()),
    ];
    Rows::insert(
        pins.len(),
        columns,
        "INSERT INTO pins (account_id, key_version, salt, tag, attempts)",
        "ON CONFLICT (account_id) DO UPDATE SET key_version = excluded.key_version, salt = \
         excluded.salt, tag = excluded.tag, attempts = excluded.attempts",
    )
}

/// Writes how many tries were used.
pub fn set_attempts(attempts: &BTreeMap<PinId, i64>) -> Rows<'static> {
    let columns = vec![
        Column::ids(attempts.keys().copied()),
        Column::Numbers(attempts.values().copied().collect()),
    ];
    Rows::update(attempts.len(), columns, "pins", "account_id", &["attempts"])
}
