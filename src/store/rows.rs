//! Many rows with one text. PostgreSQL takes them as arrays in a single statement; SQLite, where a
//! statement costs no journey, takes them one by one with a statement that stays prepared. Diesel's
//! own batches would be prepared anew each time, which costs more than the writing.

use super::conn::Pg;
use super::{Conn, StoreError};
use crate::id::Id;
use diesel::pg::Pg as Postgres;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Binary, Bool, Nullable, Text};
use diesel::sqlite::Sqlite;
use diesel::{QueryResult, RunQueryDsl, SqliteConnection};
use diesel_async::AsyncConnectionCore;
use std::borrow::Cow;

/// A column of the rows to write, one value for each.
#[derive(Debug)]
pub enum Column<'a> {
    /// Numbers.
    Numbers(Vec<i64>),
    /// Numbers that may be absent.
    Optional(Vec<Option<i64>>),
    /// Texts.
    Texts(Vec<&'a str>),
    /// Texts that may be absent.
    OptionalTexts(Vec<Option<&'a str>>),
    /// Yes or no.
    Truths(Vec<bool>),
    /// Bytes.
    Bytes(Vec<&'a [u8]>),
    /// Bytes that were made for the statement.
    Packed(Vec<Vec<u8>>),
}

impl Column<'_> {
    /// The numbers of things.
    pub fn ids<Of>(ids: impl IntoIterator<Item = Id<Of>>) -> Self {
        Column::Numbers(ids.into_iter().map(|id| id.number()).collect())
    }

    /// The numbers of things that may be absent.
    pub fn optional_ids<Of>(ids: impl Iterator<Item = Option<Id<Of>>>) -> Self {
        Column::Optional(ids.map(|id| id.map(|id| id.number())).collect())
    }
}

/// A statement over many rows.
#[derive(Debug)]
pub struct Rows<'a> {
    verb: SqlVerb,
    columns: Vec<Column<'a>>,
    count: usize,
    /// Each row must be there: one that is not means that the book is damaged.
    all_there: bool,
    /// What else must be so of a row that is updated.
    also: Option<&'static str>,
}

#[derive(Debug)]
enum SqlVerb {
    /// What stands before the values, and behind them.
    Insert { head: Cow<'static, str>, tail: Cow<'static, str> },
    /// The first column is the key, `set` names the others.
    Update { table: &'static str, key: &'static str, set: &'static [&'static str] },
}

impl<'a> Rows<'a> {
    /// `INSERT` of `count` rows: `head` is everything before the values (`INSERT INTO t (a, b)`),
    /// `tail` what follows.
    pub fn insert(
        count: usize,
        columns: Vec<Column<'a>>,
        head: impl Into<Cow<'static, str>>,
        tail: impl Into<Cow<'static, str>>,
    ) -> Rows<'a> {
        let verb = SqlVerb::Insert { head: head.into(), tail: tail.into() };
        Rows { verb, columns, count, all_there: false, also: None }
    }

    /// `UPDATE` of the `count` rows whose `key`, the first column, is there: `set` names the other
    /// columns in order.
    pub fn update(
        count: usize,
        columns: Vec<Column<'a>>,
        table: &'static str,
        key: &'static str,
        set: &'static [&'static str],
    ) -> Rows<'a> {
        let verb = SqlVerb::Update { table, key, set };
        Rows { verb, columns, count, all_there: false, also: None }
    }

    /// The same, where only rows of which this is so are updated, in words that name the table.
    pub fn only_where(self, also: &'static str) -> Rows<'a> {
        Rows { also: Some(also), ..self }
    }

    /// The same, where a row that is not there is a fault.
    pub fn all_there(self) -> Rows<'a> {
        Rows { all_there: true, ..self }
    }

    fn and(&self) -> String {
        self.also.map(|also| format!(" AND {also}")).unwrap_or_default()
    }

    /// The words around the values of one row and the order of the values, for SQLite.
    fn one_by_one(&self) -> (Vec<String>, Vec<usize>, String) {
        let places = self.columns.len();
        match &self.verb {
            SqlVerb::Insert { head, tail } => {
                let words = (0..places)
                    .map(|n| if n == 0 { format!("{head} VALUES (") } else { ", ".to_owned() });
                (words.collect(), (0..places).collect(), format!(") {tail}"))
            }
            SqlVerb::Update { table, key, set } => {
                let first = |n: usize| {
                    if n == 0 { format!("UPDATE {table} SET ") } else { ", ".to_owned() }
                };
                let mut words: Vec<String> = set
                    .iter()
                    .enumerate()
                    .map(|(n, name)| format!("{}{name} = ", first(n)))
                    .collect();
                words.push(format!(" WHERE {key} = "));
                (words, (1..places).chain([0]).collect(), self.and())
            }
        }
    }

    /// What stands before the arrays and behind them, for PostgreSQL.
    fn at_once(&self) -> (String, String) {
        match &self.verb {
            SqlVerb::Insert { head, tail } => {
                (format!("{head} SELECT * FROM unnest("), format!(") {tail}"))
            }
            SqlVerb::Update { table, key, set } => {
                let names = [&[*key], *set].concat().join(", ");
                let set: Vec<String> =
                    set.iter().map(|name| format!("{name} = new.{name}")).collect();
                let and = self.and();
                let tail = format!(") AS new ({names}) WHERE {table}.{key} = new.{key}{and}");
                (format!("UPDATE {table} SET {} FROM unnest(", set.join(", ")), tail)
            }
        }
    }
}

/// Runs statements of which none depends on another. PostgreSQL gets them in one go and answers
/// them all: one journey.
pub fn run(conn: &mut Conn, statements: &[Rows]) -> Result<(), StoreError> {
    let statements = statements.iter().filter(|rows| rows.count > 0);
    match conn {
        Conn::Sqlite(conn) => {
            for rows in statements {
                let (words, order, tail) = rows.one_by_one();
                let mut written: usize = 0;
                for row in 0..rows.count {
                    let one = One {
                        words: &words,
                        order: &order,
                        tail: &tail,
                        columns: &rows.columns,
                        row,
                    };
                    written = written.saturating_add(one.execute(conn)?);
                }
                rows.judge(written)?;
            }
        }
        Conn::Postgres(pg) => {
            let statements: Vec<&Rows> = statements.collect();
            for (rows, written) in statements.iter().zip(all_at_once(pg, &statements)?) {
                rows.judge(written)?;
            }
        }
    }
    Ok(())
}

impl Rows<'_> {
    fn judge(&self, written: usize) -> Result<(), StoreError> {
        let missing = self.all_there && written != self.count;
        if missing { Err(StoreError::Damaged("a row that must be there is not")) } else { Ok(()) }
    }
}

fn all_at_once(pg: &mut Pg, statements: &[&Rows]) -> Result<Vec<usize>, StoreError> {
    let texts: Vec<(String, String)> = statements.iter().map(|rows| rows.at_once()).collect();
    let queries = statements.iter().zip(&texts);
    let queries = queries.map(|(rows, (head, tail))| All { head, columns: &rows.columns, tail });
    Ok(pg.pipeline(|conn| {
        let sent: Vec<_> = queries
            .map(|query| AsyncConnectionCore::execute_returning_count(&mut &*conn, query))
            .collect();
        futures_util::future::try_join_all(sent)
    })?)
}

/// One row of the rows, on SQLite: words and values in turn.
struct One<'a> {
    words: &'a [String],
    order: &'a [usize],
    tail: &'a str,
    columns: &'a [Column<'a>],
    row: usize,
}

impl QueryId for One<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl QueryFragment<Sqlite> for One<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        for (words, place) in self.words.iter().zip(self.order) {
            out.push_sql(words);
            let column = self.columns.get(*place).ok_or_else(short)?;
            match column {
                Column::Numbers(all) => {
                    out.push_bind_param::<BigInt, _>(all.get(self.row).ok_or_else(short)?)?
                }
                Column::Optional(all) => {
                    out.push_bind_param::<Nullable<BigInt>, _>(
                        all.get(self.row).ok_or_else(short)?,
                    )?;
                }
                Column::Texts(all) => {
                    out.push_bind_param::<Text, _>(all.get(self.row).ok_or_else(short)?)?
                }
                Column::OptionalTexts(all) => {
                    out.push_bind_param::<Nullable<Text>, _>(all.get(self.row).ok_or_else(short)?)?;
                }
                Column::Truths(all) => {
                    out.push_bind_param::<Bool, _>(all.get(self.row).ok_or_else(short)?)?
                }
                Column::Bytes(all) => {
                    out.push_bind_param::<Binary, _>(all.get(self.row).ok_or_else(short)?)?
                }
                Column::Packed(all) => {
                    out.push_bind_param::<Binary, _>(all.get(self.row).ok_or_else(short)?)?
                }
            }
        }
        out.push_sql(self.tail);
        Ok(())
    }
}

fn short() -> diesel::result::Error {
    diesel::result::Error::QueryBuilderError("a column is shorter than the others".into())
}

impl RunQueryDsl<SqliteConnection> for One<'_> {}

/// All rows, on PostgreSQL.
struct All<'a> {
    head: &'a str,
    columns: &'a [Column<'a>],
    tail: &'a str,
}

impl QueryId for All<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl QueryFragment<Postgres> for All<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Postgres>) -> QueryResult<()> {
        out.push_sql(self.head);
        for (number, column) in self.columns.iter().enumerate() {
            if number > 0 {
                out.push_sql(", ");
            }
            match column {
                Column::Numbers(values) => out.push_bind_param::<Array<BigInt>, _>(values)?,
                Column::Optional(values) => {
                    out.push_bind_param::<Array<Nullable<BigInt>>, _>(values)?
                }
                Column::Texts(values) => out.push_bind_param::<Array<Text>, _>(values)?,
                Column::OptionalTexts(values) => {
                    out.push_bind_param::<Array<Nullable<Text>>, _>(values)?
                }
                Column::Truths(values) => out.push_bind_param::<Array<Bool>, _>(values)?,
                Column::Bytes(values) => out.push_bind_param::<Array<Binary>, _>(values)?,
                Column::Packed(values) => out.push_bind_param::<Array<Binary>, _>(values)?,
            }
        }
        out.push_sql(self.tail);
        Ok(())
    }
}
