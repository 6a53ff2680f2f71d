//! Asking: one question for both databases. A file answers at once; to a server several questions
//! are on their way together, in the order in which they were asked, and what waits for an answer
//! holds up nobody else.

use super::{Conn, StoreError};
use diesel::query_dsl::methods::LoadQuery;
use diesel::{QueryResult, SqliteConnection};
use diesel_async::AsyncPgConnection;
use diesel_async::methods::LoadQuery as AsyncLoadQuery;
use futures_util::FutureExt;
use std::cell::RefCell;

/// A database that is asked.
#[derive(Clone, Copy)]
pub enum Database<'c> {
    /// A file.
    Sqlite(&'c RefCell<&'c mut SqliteConnection>),
    /// A server.
    Postgres(&'c AsyncPgConnection),
}

impl Conn {
    /// Waits for the answers to what is asked in `ask`.
    pub fn wait<T>(
        &mut self,
        ask: impl AsyncFnOnce(Database<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        match self {
            Conn::Sqlite(conn) => {
                let conn = RefCell::new(conn);
                let answer = ask(Database::Sqlite(&conn)).now_or_never();
                answer.unwrap_or(Err(StoreError::Unsupported("a file lets nobody wait")))
            }
            Conn::Postgres(pg) => pg.pipeline(|conn| ask(Database::Postgres(conn))),
        }
    }
}

/// The rows that a query finds.
pub async fn rows<'q, T, Q>(asked: Database<'_>, query: Q) -> Result<Vec<T>, StoreError>
where
    T: Send + 'q,
    Q: LoadQuery<'q, SqliteConnection, T>,
    Q: for<'c> AsyncLoadQuery<'q, &'c AsyncPgConnection, T> + Send + 'q,
{
    Ok(match asked {
        Database::Sqlite(conn) => query.load(*conn.borrow_mut())?,
        Database::Postgres(conn) => server(conn, query).await?,
    })
}

/// The one row that it finds, if there is one.
pub async fn row<'q, T, Q>(asked: Database<'_>, query: Q) -> Result<Option<T>, StoreError>
where
    T: Send + 'q,
    Q: LoadQuery<'q, SqliteConnection, T>,
    Q: for<'c> AsyncLoadQuery<'q, &'c AsyncPgConnection, T> + Send + 'q,
{
    Ok(rows(asked, query).await?.into_iter().next())
}

/// The rows that a query of a server finds.
pub async fn server<'q, T, Q>(mut conn: &AsyncPgConnection, query: Q) -> QueryResult<Vec<T>>
where
    T: Send + 'q,
    Q: for<'c> AsyncLoadQuery<'q, &'c AsyncPgConnection, T> + Send + 'q,
{
    diesel_async::RunQueryDsl::load(query, &mut conn).await
}
