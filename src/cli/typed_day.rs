//! A day as the options of commands take it, and what is said of what is none.

use jiff::civil::Date;

/// Reads a day; or says how one is written.
pub fn day(typed: &str) -> Result<Date, String> {
    typed.parse().map_err(|_not| "a day is written as year, month and day: 2026-11-23".to_owned())
}
