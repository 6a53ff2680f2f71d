//! How many postings moved money, by what they were and when; where accounts stood at an earlier
//! posting; what has a clock that strikes soon. For figures that are shown, never for what is
//! decided: what any of it means is not known here.

use super::schema::bank_statements;
use super::{Conn, StoreError, book_rows, on};
use crate::id::{AccountId, PostingId};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use diesel::{QueryableByName, sql_query};

/// Postings of one kind in one stretch of time.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct Moved {
    /// Of what kind.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// In which stretch, from 0.
    #[diesel(sql_type = BigInt)]
    pub stretch: i64,
    /// How many.
    #[diesel(sql_type = BigInt)]
    pub count: i64,
}

/// Those behind `after` up to `until` that moved money, in stretches of `width` microseconds from
/// `from` on. Whoever counts many asks piece by piece: readers are for others too.
pub fn moved(
    conn: &mut Conn,
    (after, until): (PostingId, PostingId),
    from: i64,
    width: i64,
) -> Result<Vec<Moved>, StoreError> {
    // an entry is a row on a file, and a part of its posting's row on a server
    let has_entries = match conn {
        Conn::Sqlite(_) => "EXISTS (SELECT 1 FROM entries e WHERE e.posting_id = p.id)",
        Conn::Postgres(_) => "octet_length(p.legs) > 0",
    };
    let sql = format!(
        "SELECT p.kind, (p.at - {from}) / {width} AS stretch, count(*) AS count FROM postings p \
         WHERE p.id > {after} AND p.id <= {until} AND p.at >= {from} AND {has_entries} GROUP BY \
         p.kind, (p.at - {from}) / {width} ORDER BY p.kind, stretch"
    );
    Ok(on!(conn, c => sql_query(sql).load(c))?)
}

/// Where an account stood after each of these postings, the newest posting first. What lies further
/// back than so many of its own postings is not known: `None`.
pub fn stood(
    conn: &mut Conn,
    account: AccountId,
    after: &[PostingId],
    steps_max: usize,
) -> Result<Vec<Option<i64>>, StoreError> {
    let Some(now) = book_rows::account(conn, account)? else {
        return Ok(vec![Some(0); after.len()]);
    };
    let (mut newest, mut balance) = (now.last_posting, Some(now.balance_minor));
    let (mut steps, mut found) = (0_usize, Vec::new());
    for until in after {
        // the last step taken is the newest one that is not behind it
        while let Some(posting) = newest.filter(|posting| posting > until) {
            if steps >= steps_max {
                balance = None;
                break;
            }
            steps = steps.saturating_add(1);
            let legs = book_rows::entries_of(conn, posting)?;
            let first = legs.iter().find(|leg| leg.account_id == account);
            let first = first.ok_or(StoreError::Damaged("a posting without an account of it"))?;
            newest = first.previous;
            balance = Some(first.balance_minor.saturating_sub(first.amount_minor));
        }
        found.push(balance);
    }
    Ok(found)
}

/// How statements ended: of which account, on which day, with what, the newest first.
pub type Closing = (AccountId, String, i64);

/// The last of them, so many at most.
pub fn closings(conn: &mut Conn, limit: i64) -> Result<Vec<Closing>, StoreError> {
    use bank_statements::{bank, closed_on, closing_minor, id};
    let those = bank_statements::table.select((bank, closed_on, closing_minor));
    let those = those.order((closed_on.desc(), id.desc())).limit(limit);
    Ok(on!(conn, c => those.load(c))?)
}

/// Arrangements of one kind in one state.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct Due {
    /// Which kind.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// How many.
    #[diesel(sql_type = BigInt)]
    pub count: i64,
    /// When the first clock strikes, microseconds UTC.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub first: Option<i64>,
}

/// What is looked for: of this kind, in these states; whenever its clock strikes, or soon.
pub type Clocked = (&'static str, &'static [&'static str], Strikes);

/// Which of them count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strikes {
    /// Those whose clock strikes soon.
    Soon,
    /// All: somebody waits for the staff.
    Whenever,
}

/// Those of these, where it matters those whose clock strikes before a time.
pub fn due(conn: &mut Conn, of: &[Clocked], before: i64) -> Result<Vec<Due>, StoreError> {
    let each = of.iter().map(|(kind, states, strikes)| {
        let states = states.iter().map(|state| format!("'{state}'")).collect::<Vec<_>>();
        let soon = match strikes {
            Strikes::Soon => format!(" AND due_at IS NOT NULL AND due_at < {before}"),
            Strikes::Whenever => String::new(),
        };
        format!("(kind = '{kind}' AND state IN ({}){soon})", states.join(", "))
    });
    let which = each.collect::<Vec<_>>().join(" OR ");
    let kinds = of.iter().map(|(kind, ..)| format!("'{kind}'")).collect::<Vec<_>>().join(", ");
    let sql = format!(
        "SELECT kind, count(*) AS count, min(due_at) AS first FROM arrangements WHERE kind IN \
         ({kinds}) AND open = TRUE AND ({which}) GROUP BY kind"
    );
    Ok(on!(conn, c => sql_query(sql).load(c))?)
}

/// An outlet with too little on its float.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct Low {
    /// The account of its float.
    #[diesel(sql_type = BigInt)]
    pub float_account: i64,
    /// As customers see it.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// What is left, minor units.
    #[diesel(sql_type = BigInt)]
    pub left_minor: i64,
}

/// The open outlets that have less than they say, or than `least_minor` where they say nothing;
/// those with the least first, so many at most.
pub fn low(conn: &mut Conn, least_minor: i64, limit: i64) -> Result<Vec<Low>, StoreError> {
    let sql = format!(
        "SELECT o.float_account, o.name, a.balance_minor - a.held_minor AS left_minor FROM \
         outlets o JOIN accounts a ON a.id = o.float_account WHERE o.state = 'open' AND \
         a.balance_minor - a.held_minor < COALESCE(o.low_float_minor, {least_minor}) ORDER BY \
         left_minor, o.float_account LIMIT {limit}"
    );
    Ok(on!(conn, c => sql_query(sql).load(c))?)
}
