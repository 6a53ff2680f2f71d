//! The times that a database has in hand besides the clock of whoever asks.

use super::schema::postings;
use super::{Conn, StoreError};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

/// What a server's own clock shows, in the middle of a transaction too.
const SERVER: &str = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint";

/// When the newest posting was made, and what the clock of the server shows; a file has the clock
/// of the machine that reads it.
pub fn read(conn: &mut Conn) -> Result<(Option<i64>, Option<i64>), StoreError> {
    let newest = postings::table.order(postings::id.desc()).select(postings::at);
    Ok(match conn {
        Conn::Sqlite(conn) => (newest.first(conn).optional()?, None),
        Conn::Postgres(pg) => {
            let posted = newest.first(&mut pg.inner).optional()?;
            let server = diesel::select(sql::<BigInt>(SERVER)).get_result(&mut pg.inner)?;
            (posted, Some(server))
        }
    })
}
