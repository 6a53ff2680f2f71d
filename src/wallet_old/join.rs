//! What others still ask of joining.

use super::desk::{Desk, Halt};
use crate::refusal::{Reason, Refusal};
use crate::text;
pub use crate::wallet::people::join::empty_wallet;
use crate::wallet::people::join::name;

/// The name that somebody joins with.
pub(super) fn new_name(desk: &Desk) -> Result<String, Halt> {
    let name = name(desk.field("name")?)?;
    if sounds_official(desk, &name) {
        return Err(Refusal::of_field(Reason::NameFormat, "name").into());
    }
    Ok(name)
}

/// Words that would make a message say something else: the service's own, or a currency.
pub(super) fn sounds_official(desk: &Desk, name: &str) -> bool {
    let taken = [desk.house.brand.as_str(), desk.house.market.currency.as_str(), "confirmed", "imethibitishwa"];
    // as people read it: neither an accent nor a dash makes another word of one
    let plain: String = name.chars().flat_map(char::to_lowercase).map(text::fold).collect();
    plain
        .split(|sign: char| !sign.is_alphabetic())
        .any(|word| taken.iter().any(|taken| word.eq_ignore_ascii_case(taken)))
}
