//! Facts about this database itself: whose world it holds, the key of its references.

use super::schema::settings;
use super::{Conn, StoreError, on};
use diesel::prelude::*;

/// The value under a name.
pub fn get(conn: &mut Conn, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
    Ok(on!(conn, c => settings::table.find(name).select(settings::value).first(c).optional())?)
}

/// Sets a value, whatever there was.
pub fn set(conn: &mut Conn, name: &str, value: &[u8]) -> Result<(), StoreError> {
    let row = (settings::name.eq(name), settings::value.eq(value));
    let insert = diesel::insert_into(settings::table).values(row);
    on!(conn, c =>
        insert.on_conflict(settings::name)
            .do_update()
            .set(settings::value.eq(value))
            .execute(c)
    )?;
    Ok(())
}

/// Sets a value unless there is one; returns what stands then. Of two nodes that set it at the same
/// moment, one wins and both hear of the same value.
pub fn set_once(conn: &mut Conn, name: &str, value: &[u8]) -> Result<Vec<u8>, StoreError> {
    let row = (settings::name.eq(name), settings::value.eq(value));
    let insert = diesel::insert_into(settings::table).values(row).on_conflict_do_nothing();
    on!(conn, c => insert.execute(c))?;
    get(conn, name)?.ok_or(StoreError::Damaged("a setting that was just made is not there"))
}

/// The values under all names that begin with `prefix`.
pub fn starting(conn: &mut Conn, prefix: &str) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
    let those = settings::table.filter(settings::name.like(format!("{prefix}%")));
    Ok(on!(conn, c => those.select((settings::name, settings::value)).load(c))?)
}

/// Takes a value away.
pub fn remove(conn: &mut Conn, name: &str) -> Result<(), StoreError> {
    on!(conn, c => diesel::delete(settings::table.find(name)).execute(c))?;
    Ok(())
}
