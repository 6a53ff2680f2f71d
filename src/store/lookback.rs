//! The postings of an account from one of them back: each entry names the one before, so it costs
//! the same for an account with ten entries and one with a million. A server walks on its own side,
//! in one statement.

use super::StoreError;
use super::ask::{self, Database};
use super::book_rows::{self, PostingRow, Whole};
use super::facts::Facts;
use super::schema::accounts;
use crate::id::{AccountId, PostingId};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Binary, Nullable, Text};
use std::collections::VecDeque;

/// How far is looked back.
#[derive(Debug, Clone, Copy)]
pub struct Lookback {
    /// On whose postings.
    pub account: AccountId,
    /// The first that is older ends it, and is left out; microseconds UTC.
    pub since: i64,
    /// So many at most.
    pub limit: usize,
}

/// From the newest on. Nothing is asked where what is known says it all.
pub async fn newest(
    asked: Database<'_>,
    wanted: Lookback,
    facts: &Facts,
) -> Result<Vec<Whole>, StoreError> {
    let Some(account) = facts.account(wanted.account).ok().flatten() else {
        let found = some(asked, wanted, None).await?;
        let newest = found.front().map(|(posting, _)| posting.id);
        return walk(asked, wanted, newest, found).await;
    };
    let newest = account.last_posting;
    let known = facts.newest(wanted.account).filter(|(posting, _)| Some(posting.id) == newest);
    walk(asked, wanted, newest, known.cloned().into_iter().collect()).await
}

/// From this one on.
pub async fn back(
    asked: Database<'_>,
    wanted: Lookback,
    from: PostingId,
) -> Result<Vec<Whole>, StoreError> {
    walk(asked, wanted, Some(from), VecDeque::new()).await
}

/// Goes from each to the one before, through what was `found` first.
async fn walk(
    asked: Database<'_>,
    wanted: Lookback,
    mut next: Option<PostingId>,
    mut found: VecDeque<Whole>,
) -> Result<Vec<Whole>, StoreError> {
    let mut lines: Vec<Whole> = Vec::new();
    while let Some(id) = next
        && lines.len() < wanted.limit
    {
        if found.is_empty() {
            let limit = wanted.limit.saturating_sub(lines.len());
            found = some(asked, Lookback { limit, ..wanted }, next).await?;
        }
        let whole = found.pop_front().filter(|(posting, _)| posting.id == id);
        let (posting, legs) = whole.ok_or(StoreError::Damaged("an entry without its posting"))?;
        if posting.at < wanted.since {
            break;
        }
        let own = legs.iter().find(|leg| leg.account_id == wanted.account);
        next = own.ok_or(StoreError::Damaged("an account points at a posting of others"))?.previous;
        lines.push((posting, legs));
    }
    Ok(lines)
}

/// The posting `from` which it goes back, or the newest; from a server those before it as well.
async fn some(
    asked: Database<'_>,
    wanted: Lookback,
    from: Option<PostingId>,
) -> Result<VecDeque<Whole>, StoreError> {
    let Lookback { account, since, limit } = wanted;
    match (asked, from) {
        (Database::Sqlite(_), None) => {
            let newest = accounts::table.find(account).select(accounts::last_posting);
            match ask::row(asked, newest).await?.flatten() {
                Some(newest) => {
                    Ok(book_rows::posting_whole(asked, newest).await?.into_iter().collect())
                }
                None => Ok(VecDeque::new()),
            }
        }
        (Database::Sqlite(_), Some(from)) => {
            Ok(book_rows::posting_whole(asked, from).await?.into_iter().collect())
        }
        (Database::Postgres(conn), from) => {
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let rows: Vec<(PostingRow, Vec<u8>)> =
                ask::server(conn, Back { account, from, since, limit }).await?;
            rows.into_iter().map(book_rows::unpacked).collect()
        }
    }
}

/// The walk of a server. It also finds the first that is older: what ends before it is damaged.
struct Back {
    account: AccountId,
    from: Option<PostingId>,
    since: i64,
    limit: i64,
}

impl Query for Back {
    type SqlType = ((BigInt, Text, BigInt, Binary, Binary, Nullable<BigInt>), Binary);
}

impl QueryId for Back {
    type QueryId = Back;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl QueryFragment<Pg> for Back {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "WITH RECURSIVE back AS (SELECT postings.*, 1::bigint AS line FROM postings WHERE id = \
             coalesce(",
        );
        out.push_bind_param::<Nullable<BigInt>, _>(&self.from)?;
        out.push_sql(", (SELECT last_posting FROM accounts WHERE id = ");
        out.push_bind_param::<BigInt, _>(&self.account)?;
        out.push_sql(
            ")) UNION ALL SELECT postings.*, back.line + 1 FROM back CROSS JOIN LATERAL (SELECT \
             leg_number(back.legs, leg, 4) AS previous FROM generate_series(0, length(back.legs) / \
             40 - 1) AS leg WHERE leg_number(back.legs, leg, 0) = ",
        );
        out.push_bind_param::<BigInt, _>(&self.account)?;
        out.push_sql(
            " ORDER BY leg LIMIT 1) AS own JOIN postings ON postings.id = own.previous WHERE \
             back.at >= ",
        );
        out.push_bind_param::<BigInt, _>(&self.since)?;
        out.push_sql(" AND back.line < ");
        out.push_bind_param::<BigInt, _>(&self.limit)?;
        out.push_sql(") SELECT id, kind, at, key, request, corrects, legs FROM back ORDER BY line");
        Ok(())
    }
}
