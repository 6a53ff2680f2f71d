//! A column map as it was typed: understood, or refused with the key and the line that are wrong.

use super::super::context::Context;
use super::super::plan::PlanError;
use crate::bank::{ColumnMap, MapError, MapFault};
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::value::{Kind, Slot, Value};

/// A line of it is no TOML.
pub const MAP_LINE: Reason = Reason::new("map_line");
/// It has a key that nothing is known by.
pub const MAP_UNKNOWN: Reason = Reason::new("map_unknown");
/// A key is missing.
pub const MAP_MISSING: Reason = Reason::new("map_missing");
/// What stands at a key cannot be used.
pub const MAP_VALUE: Reason = Reason::new("map_value");

/// The key that is wrong,
pub const MAP_KEY: Slot = Slot("map_key", Kind::Text);
/// and its line.
pub const MAP_AT: Slot = Slot("map_at", Kind::Count);

/// How CSV files are read, as an input says it and as it was understood; empty where they have
/// another form.
pub fn understood(context: &Context) -> Result<String, PlanError> {
    let typed = context.fields.get("map").map(String::as_str).unwrap_or_default();
    if typed.trim().is_empty() {
        return Ok(String::new());
    }
    let map = ColumnMap::from_toml(typed).map_err(|wrong| refused(&wrong))?;
    Ok(map.to_toml().map_err(|wrong| refused(&wrong))?)
}

fn refused(wrong: &MapError) -> Refusal {
    let reason = match wrong.what {
        MapFault::Line(_) => MAP_LINE,
        MapFault::Unknown(_) => MAP_UNKNOWN,
        MapFault::Missing => MAP_MISSING,
        MapFault::Value(_)
        | MapFault::Sign { .. }
        | MapFault::DateFormat(_)
        | MapFault::ColumnZero
        | MapFault::NoHeader(_)
        | MapFault::Mark(_)
        | MapFault::NoMark(_) => MAP_VALUE,
    };
    let line = wrong.at_line.and_then(|line| i64::try_from(line).ok()).unwrap_or(0);
    let Slot(key, _) = MAP_KEY;
    let Slot(at, _) = MAP_AT;
    Refusal::of_field(reason, "map").with(key, wrong.key.clone()).with(at, Value::Count(line))
}

/// A map in one line, for whoever says yes.
pub fn in_line(map: &str) -> String {
    map.lines().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("; ")
}
