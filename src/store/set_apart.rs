//! Money that waits behind arrangements, on accounts of their own: added up, and compared with who
//! names those accounts, on the side of the database. What is wrong about it is not known here.

use super::{Conn, StoreError, on};
use crate::id::{AccountId, ArrangementId};
use diesel::sql_types::{BigInt, Text};
use diesel::{QueryableByName, RunQueryDsl, sql_query};

/// How much lies on accounts of one currency.
#[derive(Debug, QueryableByName)]
pub struct Lying {
    /// Three letters.
    #[diesel(sql_type = Text)]
    pub currency: String,
    /// How many they are.
    #[diesel(sql_type = BigInt)]
    pub number: i64,
    #[diesel(sql_type = BigInt)]
    parts: i64,
    #[diesel(sql_type = BigInt)]
    rests: i64,
}

/// An account for such money that nobody names, or several do; or that holds something for an
/// arrangement that is over.
#[derive(Debug, QueryableByName)]
pub struct Odd {
    /// Which.
    #[diesel(sql_type = BigInt)]
    pub account: AccountId,
    /// How many arrangements name it.
    #[diesel(sql_type = BigInt)]
    pub named: i64,
    /// What is on it, minor units.
    #[diesel(sql_type = BigInt)]
    pub balance_minor: i64,
}

/// An arrangement whose account is not one for such money.
#[derive(Debug, QueryableByName)]
pub struct Strayed {
    /// Which.
    #[diesel(sql_type = BigInt)]
    pub id: ArrangementId,
    /// Of which kind.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// The account.
    #[diesel(sql_type = BigInt)]
    pub account: AccountId,
}

/// A sum is made of two: balances that somebody wrote there may add up to more than a number holds.
const PART: i64 = 1_000_000_000;

impl Lying {
    /// What is on them, minor units.
    pub fn minor(&self) -> i128 {
        let parts = i128::from(self.parts).saturating_mul(i128::from(PART));
        parts.saturating_add(i128::from(self.rests))
    }
}

/// What is on all accounts for such money.
pub fn lying(conn: &mut Conn) -> Result<Vec<Lying>, StoreError> {
    sums(conn, "accounts WHERE accounts.kind = 'arrangement'")
}

/// What is on the accounts that open arrangements name: on one that two of them name, twice.
pub fn lying_for_open(conn: &mut Conn) -> Result<Vec<Lying>, StoreError> {
    sums(
        conn,
        "arrangements_ever JOIN accounts ON accounts.id = arrangements_ever.account WHERE \
         arrangements_ever.open",
    )
}

fn sums(conn: &mut Conn, of: &str) -> Result<Vec<Lying>, StoreError> {
    let query = format!(
        "SELECT currency, count(*) AS number, \
         CAST(sum(balance_minor / {PART}) AS BIGINT) AS parts, \
         CAST(sum(balance_minor % {PART}) AS BIGINT) AS rests FROM {of} GROUP BY currency"
    );
    Ok(on!(conn, c => sql_query(query).load(c))?)
}

/// Accounts after `id` that nobody names, or several do, or that are not empty though nothing may
/// come of who names them.
pub fn odd(conn: &mut Conn, id: AccountId, limit: i64) -> Result<Vec<Odd>, StoreError> {
    let query = sql_query(
        "SELECT accounts.id AS account, coalesce(names.number, 0) AS named, balance_minor \
         FROM accounts LEFT JOIN (SELECT account, count(*) AS number, \
         sum(CASE WHEN open THEN 1 ELSE 0 END) AS going_on FROM arrangements_ever \
         WHERE account IS NOT NULL GROUP BY account) AS names ON names.account = accounts.id \
         WHERE accounts.kind = 'arrangement' AND accounts.id > $1 AND (names.number IS NULL \
         OR names.number > 1 OR names.going_on = 0 AND balance_minor <> 0) \
         ORDER BY accounts.id LIMIT $2",
    );
    let query = query.bind::<BigInt, _>(id).bind::<BigInt, _>(limit);
    Ok(on!(conn, c => query.load(c))?)
}

/// Arrangements after `id` that name an account that is not there, or is for something else.
pub fn strayed(conn: &mut Conn, id: ArrangementId, limit: i64) -> Result<Vec<Strayed>, StoreError> {
    let query = sql_query(
        "SELECT id, kind, account FROM arrangements_ever AS named WHERE account IS NOT NULL \
         AND id > $1 AND NOT EXISTS (SELECT 1 FROM accounts WHERE accounts.id = named.account \
         AND accounts.kind = 'arrangement') ORDER BY id LIMIT $2",
    );
    let query = query.bind::<BigInt, _>(id).bind::<BigInt, _>(limit);
    Ok(on!(conn, c => query.load(c))?)
}
