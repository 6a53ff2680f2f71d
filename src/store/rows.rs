//! Many rows with one text. PostgreSQL takes them as arrays in a single statement; SQLite, where a statement costs no
//! journey, takes them one by one with a statement that stays prepared. Diesel's own batches would be prepared anew
//! each time, which costs more than the writing.

use super::conn::PgConn;
use super::{Conn, StoreError};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Binary, Nullable, Text};
use diesel::sqlite::Sqlite;
use diesel::{QueryResult, RunQueryDsl, SqliteConnection};

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
    /// Bytes.
    Bytes(Vec<&'a [u8]>),
}

/// A statement over many rows. `{}` stands for a row's values on SQLite, and for all rows at once on PostgreSQL.
#[derive(Debug)]
pub struct Rows<'a> {
    /// The columns, all of the same length.
    pub columns: Vec<Column<'a>>,
    /// How many rows.
    pub count: usize,
}

impl Rows<'_> {
    /// `INSERT` of the rows: `head` is everything before the values (`INSERT INTO t (a, b)`), `tail` everything behind.
    pub fn insert(&self, conn: &mut Conn, head: &str, tail: &str) -> Result<usize, StoreError> {
        match conn {
            Conn::Sqlite(conn) => {
                let mut words = vec![", ".to_owned(); self.columns.len()];
                if let Some(first) = words.first_mut() {
                    *first = format!("{head} VALUES (");
                }
                self.each(conn, &words, &(0..self.columns.len()).collect::<Vec<_>>(), &format!(") {tail}"))
            }
            Conn::Postgres(conn) => self.all(conn, &format!("{head} SELECT * FROM unnest("), &format!(") {tail}")),
        }
    }

    /// `UPDATE` of the rows whose `key`, the first column, is there: `set` names the other columns in order.
    pub fn update(&self, conn: &mut Conn, table: &str, key: &str, set: &[&str]) -> Result<usize, StoreError> {
        match conn {
            Conn::Sqlite(conn) => {
                let mut words: Vec<String> = set.iter().map(|name| format!(", {name} = ")).collect();
                if let (Some(first), Some(name)) = (words.first_mut(), set.first()) {
                    *first = format!("UPDATE {table} SET {name} = ");
                }
                words.push(format!(" WHERE {key} = "));
                let order: Vec<usize> = (1..self.columns.len()).chain([0]).collect();
                self.each(conn, &words, &order, "")
            }
            Conn::Postgres(conn) => {
                let names = [&[key], set].concat().join(", ");
                let set: Vec<String> = set.iter().map(|name| format!("{name} = new.{name}")).collect();
                let head = format!("UPDATE {table} SET {} FROM unnest(", set.join(", "));
                self.all(conn, &head, &format!(") AS new ({names}) WHERE {table}.{key} = new.{key}"))
            }
        }
    }

    fn each(
        &self,
        conn: &mut SqliteConnection,
        words: &[String],
        order: &[usize],
        tail: &str,
    ) -> Result<usize, StoreError> {
        let mut written: usize = 0;
        for row in 0..self.count {
            let one = One { words, order, tail, columns: &self.columns, row };
            written = written.saturating_add(one.execute(conn)?);
        }
        Ok(written)
    }

    fn all(&self, conn: &mut PgConn, head: &str, tail: &str) -> Result<usize, StoreError> {
        if self.count == 0 {
            return Ok(0);
        }
        Ok(All { head, columns: &self.columns, tail }.execute(conn)?)
    }
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
                Column::Numbers(all) => out.push_bind_param::<BigInt, _>(all.get(self.row).ok_or_else(short)?)?,
                Column::Optional(all) => {
                    out.push_bind_param::<Nullable<BigInt>, _>(all.get(self.row).ok_or_else(short)?)?;
                }
                Column::Texts(all) => out.push_bind_param::<Text, _>(all.get(self.row).ok_or_else(short)?)?,
                Column::OptionalTexts(all) => {
                    out.push_bind_param::<Nullable<Text>, _>(all.get(self.row).ok_or_else(short)?)?;
                }
                Column::Bytes(all) => out.push_bind_param::<Binary, _>(all.get(self.row).ok_or_else(short)?)?,
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

impl QueryFragment<Pg> for All<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(self.head);
        for (number, column) in self.columns.iter().enumerate() {
            if number > 0 {
                out.push_sql(", ");
            }
            match column {
                Column::Numbers(values) => out.push_bind_param::<Array<BigInt>, _>(values)?,
                Column::Optional(values) => out.push_bind_param::<Array<Nullable<BigInt>>, _>(values)?,
                Column::Texts(values) => out.push_bind_param::<Array<Text>, _>(values)?,
                Column::OptionalTexts(values) => out.push_bind_param::<Array<Nullable<Text>>, _>(values)?,
                Column::Bytes(values) => out.push_bind_param::<Array<Binary>, _>(values)?,
            }
        }
        out.push_sql(self.tail);
        Ok(())
    }
}

impl RunQueryDsl<PgConn> for All<'_> {}
