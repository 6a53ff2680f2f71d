//! Facts about this database itself: whose world it holds, the key of its references.

use super::schema::settings;
use super::{Conn, StoreError};
use diesel::prelude::*;

/// The value under a name.
pub fn get(conn: &mut Conn, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
    Ok(settings::table.find(name).select(settings::value).first(conn).optional()?)
}

/// Sets a value unless there is one; returns what stands then.
pub fn set_once(conn: &mut Conn, name: &str, value: &[u8]) -> Result<Vec<u8>, StoreError> {
    if let Some(standing) = get(conn, name)? {
        return Ok(standing);
    }
    diesel::insert_into(settings::table).values((settings::name.eq(name), settings::value.eq(value))).execute(conn)?;
    Ok(value.to_vec())
}
