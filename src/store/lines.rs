//! The lines of callers: how often each has done something in a conversation. Whoever acts compares
//! the version with the one that stood when the conversation began, so of two conversations of one
//! caller one can act. A row is written by acts alone, never by who only looks round.

use super::StoreError;
use super::ask::{self, Database};
use super::rows::{Column, Rows};
use super::schema::lines;
use diesel::prelude::*;
use std::collections::HashMap;

/// The versions of lines; none where nothing was ever done.
pub async fn versions(
    asked: Database<'_>,
    keys: &[&[u8]],
) -> Result<HashMap<Vec<u8>, i64>, StoreError> {
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let those = lines::table.filter(lines::line.eq_any(keys));
    let rows: Vec<(Vec<u8>, i64)> =
        ask::rows(asked, those.select((lines::line, lines::version))).await?;
    Ok(rows.into_iter().collect())
}

/// Stores versions; the book has compared those before.
pub fn set<'a>(lines: &HashMap<&'a [u8], i64>) -> Rows<'a> {
    let columns = vec![
        Column::Bytes(lines.keys().copied().collect()),
        Column::Numbers(lines.values().copied().collect()),
    ];
    Rows::insert(
        lines.len(),
        columns,
        "INSERT INTO lines (line, version)",
        "ON CONFLICT (line) DO UPDATE SET version = excluded.version",
    )
}
