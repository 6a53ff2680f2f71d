//! A request in a few words: how much, whom it concerns, and what it is about, of all that its act
//! shows. In which words is not known here.

use crate::value::{Slot, Slots, Value};

/// Values that are told in a list.
const TOLD: usize = 4;
/// What is too long for a line, and what only a program reads.
const NOT_TOLD: [&str; 9] =
    ["said", "other_said", "left", "map", "map_before", "map_changes", "chain", "seen", "admins"];

/// The first of what an act shows, in its own order.
pub fn in_short<'a>(shows: &[Slot], shown: &'a Slots) -> Vec<(&'a str, &'a Value)> {
    let told = shows.iter().map(|Slot(name, _)| *name).filter(|name| !NOT_TOLD.contains(name));
    let some = told.filter_map(|name| shown.get_key_value(name));
    let some = some.filter(|(_, value)| !value.to_string().is_empty());
    some.map(|(name, value)| (name.as_str(), value)).take(TOLD).collect()
}
