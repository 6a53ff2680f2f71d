//! The purpose of a look: why somebody looks at people. It is typed once and goes with them in the
//! address, sealed for their session: what they look at next is recorded with the same words, going
//! back and loading again work, and in the hands of another one the link asks them why. It knows no
//! page.

use super::desk::Desk;
use crate::refusal::{Reason, Refusal};
use crate::seal::{from_hex, to_hex};
use crate::time::Timestamp;
use std::time::Duration;

/// How long one lasts: who calls then is another one.
const LASTS: Duration = Duration::from_secs(3_600);
/// Letters of a reason.
const LETTERS: std::ops::RangeInclusive<usize> = 3..=200;

/// These words, for the address.
pub fn sealed(desk: &Desk, why: &str) -> Result<String, Refusal> {
    let why = why.trim();
    if !LETTERS.contains(&why.chars().count()) {
        return Err(Refusal::of_field(Reason::TEXT_FORMAT, "why"));
    }
    let label = label(&desk.on_duty()?.session.digest);
    let nonce = desk.console.wallet.randomness.bytes();
    let plain = [&desk.now().micros().to_be_bytes(), why.as_bytes()].concat();
    Ok(to_hex(&desk.console.key.seal(nonce, &label, &plain)))
}

/// The words that the address names, if they are of this session.
pub fn opened(desk: &Desk) -> Option<String> {
    let label = label(&desk.on_duty().ok()?.session.digest);
    let plain = desk.console.key.open(&label, &from_hex(desk.visit.asked("for"))?)?;
    let (at, why) = plain.split_first_chunk()?;
    let begun = Timestamp::from_micros(i64::from_be_bytes(*at));
    let lasts = desk.now() < begun.plus(LASTS);
    String::from_utf8(why.to_vec()).ok().filter(|_| lasts)
}

fn label(session: &[u8]) -> Vec<u8> {
    [b"purpose\0", session].concat()
}
