//! What moved on wallets, and on what people have set apart, over a time: each leg, in the order of
//! its postings. Whose they are is not known here.

use super::StoreError;
use super::ask::{self, Database};
use super::schema::postings;
use crate::id::PostingId;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel::{QueryableByName, sql_query};

/// Postings that are read in one go.
const PAGE: i64 = 20_000;

/// A leg.
#[derive(Debug, Clone, Copy, PartialEq, Eq, QueryableByName)]
pub struct WalletMove {
    /// The number of the posting.
    #[diesel(sql_type = BigInt)]
    pub posting: i64,
    /// The number of the account.
    #[diesel(sql_type = BigInt)]
    pub account: i64,
    /// What came in, or went out below zero; minor units.
    #[diesel(sql_type = BigInt)]
    pub minor: i64,
}

/// Those of the postings from this one on, before a time. It reads by number: postings have no
/// index by time.
pub async fn between(
    asked: Database<'_>,
    from: PostingId,
    before: i64,
) -> Result<Vec<WalletMove>, StoreError> {
    let mut found = Vec::new();
    let mut first = from.number();
    loop {
        let next = first.saturating_add(PAGE);
        let page = postings::table
            .filter(postings::id.ge(PostingId::of(first)))
            .filter(postings::id.lt(PostingId::of(next)))
            .filter(postings::at.lt(before));
        let last = page.order(postings::id.desc()).select(postings::id).limit(1);
        let Some(last) = ask::row::<PostingId, _>(asked, last).await? else { return Ok(found) };
        let sql = format!(
            "SELECT e.posting_id AS posting, e.account_id AS account, e.amount_minor AS minor FROM \
             entries e JOIN accounts a ON a.id = e.account_id WHERE e.posting_id >= {first} AND \
             e.posting_id <= {} AND a.kind IN ('wallet', 'arrangement') ORDER BY e.posting_id, \
             e.leg",
            last.number()
        );
        let legs: Vec<WalletMove> = ask::rows(asked, sql_query(sql)).await?;
        found.extend(legs);
        first = next;
    }
}
