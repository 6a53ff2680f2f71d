//! Tariffs that counted, whole, each by its number.

use super::ask::{self, Database};
use super::schema::tariff_texts;
use super::{Conn, StoreError, on};
use diesel::prelude::*;

/// Keeps one; again changes nothing.
pub fn keep(conn: &mut Conn, number: i64, text: &str) -> Result<(), StoreError> {
    let row = (tariff_texts::number.eq(number), tariff_texts::text.eq(text));
    let insert = diesel::insert_into(tariff_texts::table).values(row).on_conflict_do_nothing();
    on!(conn, c => insert.execute(c))?;
    Ok(())
}

/// What the one with this number says.
pub async fn text(asked: Database<'_>, number: i64) -> Result<Option<String>, StoreError> {
    let found = tariff_texts::table.find(number).select(tariff_texts::text);
    ask::row(asked, found).await
}
