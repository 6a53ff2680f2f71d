//! The dialects that are spoken: one file each, and one line here.

use super::dialect::Dialect;
use super::{africastalking, arkesel, hubtel};

/// All of them.
pub const DIALECTS: &[&Dialect] = &[&africastalking::DIALECT, &arkesel::DIALECT, &hubtel::DIALECT];

/// The one of this name.
pub fn dialect(name: &str) -> Option<&'static Dialect> {
    DIALECTS.iter().find(|dialect| dialect.name == name).copied()
}
