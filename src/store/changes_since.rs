//! What others made since a posting: whoever read the book before they held its head asks for that
//! when they have it.

use super::ask;
use super::head::{self, Head};
use super::schema::{entries, hold_entries, postings};
use super::{Conn, StoreError, legs};
use crate::id::{AccountId, PostingId};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Binary};
use futures_util::future;
use std::collections::HashSet;

/// Rows that are looked through. Where there are more, it is cheaper to read everything again.
const ROWS_MAX: i64 = 8_000;

/// What others touched.
#[derive(Debug, Default)]
pub struct Invalidated {
    /// The keys of their postings.
    pub keys: HashSet<Vec<u8>>,
    /// The accounts of their legs, and those on which they set something aside or gave it back.
    pub accounts: HashSet<AccountId>,
}

/// Takes the head, as `head::take` does, and says what was made since a posting: nothing where that
/// is too much to say.
///
/// A server gets both in one go and answers the second as soon as the head is there: everybody else
/// waits meanwhile.
pub fn take(
    conn: &mut Conn,
    posting: PostingId,
) -> Result<(Head, Option<Invalidated>), StoreError> {
    let pg = match conn {
        Conn::Sqlite(_) => {
            let head = head::take(conn)?;
            // the transaction has the whole file already
            return Ok((head, Some(of_file(conn, posting)?)));
        }
        Conn::Postgres(pg) => pg,
    };
    let taken = head::one().for_update();
    let made = Made { since: posting };
    let (taken, made): (Vec<Head>, Vec<MadeRow>) =
        pg.pipeline(|c| future::try_join(ask::server(c, taken), ask::server(c, made)))?;
    let head = taken.into_iter().next().ok_or(diesel::result::Error::NotFound)?;
    // it looks at one moment, and nothing here promises that the head was there by then. Numbers of
    // postings have no gaps: who finds the newest one saw them all
    let newest = made.iter().map(|row| row.0).max().unwrap_or(posting);
    let whole =
        newest == head.last_posting && i64::try_from(made.len()).is_ok_and(|rows| rows < ROWS_MAX);
    let invalidated = if whole { Some(Invalidated::of(made)?) } else { None };
    Ok((head, invalidated))
}

fn of_file(conn: &mut Conn, posting: PostingId) -> Result<Invalidated, StoreError> {
    let keys = postings::table.filter(postings::id.gt(posting)).select(postings::key);
    let moved = entries::table.filter(entries::posting_id.gt(posting)).select(entries::account_id);
    let held = hold_entries::table
        .filter(hold_entries::posting_id.gt(posting))
        .select(hold_entries::account_id);
    let keys: Vec<Vec<u8>> = super::on!(conn, c => keys.load(c))?;
    let moved: Vec<AccountId> = super::on!(conn, c => moved.load(c))?;
    let held: Vec<AccountId> = super::on!(conn, c => held.load(c))?;
    Ok(Invalidated {
        keys: keys.into_iter().collect(),
        accounts: moved.into_iter().chain(held).collect(),
    })
}

/// The number of a posting, its key and its legs; or its number and an account whose holds it
/// moved.
type MadeRow = (PostingId, Vec<u8>, Vec<u8>, AccountId);

impl Invalidated {
    fn of(made: Vec<MadeRow>) -> Result<Invalidated, StoreError> {
        let mut invalidated = Invalidated::default();
        for (id, key, packed, account) in made {
            if key.is_empty() {
                invalidated.accounts.insert(account);
            } else {
                invalidated.keys.insert(key);
                invalidated
                    .accounts
                    .extend(legs::unpack(id, &packed)?.into_iter().map(|leg| leg.account_id));
            }
        }
        Ok(invalidated)
    }
}

/// Postings after one, and their moves of holds: in one statement, which sees both as of one
/// moment.
struct Made {
    since: PostingId,
}

impl Query for Made {
    type SqlType = (BigInt, Binary, Binary, BigInt);
}

impl QueryId for Made {
    type QueryId = Made;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl QueryFragment<Pg> for Made {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT id, key, legs, 0::bigint FROM postings WHERE id > ");
        out.push_bind_param::<BigInt, _>(&self.since)?;
        out.push_sql(
            " UNION ALL SELECT posting_id, ''::bytea, ''::bytea, account_id FROM hold_entries \
             WHERE posting_id > ",
        );
        out.push_bind_param::<BigInt, _>(&self.since)?;
        out.push_sql(" LIMIT ");
        out.push_bind_param::<BigInt, _>(&ROWS_MAX)
    }
}
