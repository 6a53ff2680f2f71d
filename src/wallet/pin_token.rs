//! A PIN as a conversation carries it on between two screens: the tag that it is compared by, never
//! its digits. Of a new one it is what will be stored, of the one until now what is compared with
//! it once more in the commit. Which service it is for is not known here.

use super::context::Context;
use crate::id::{PinId, PostingId};
use crate::seal::{from_hex, to_hex};
use crate::store::pins::PinRow;

/// The input with the PIN that was typed on an earlier screen, and was right.
pub const PROOF: &str = "pin_proof";

/// What a conversation remembers of it.
pub fn written(row: &PinRow) -> String {
    format!("{}.{}.{}", row.key_version, to_hex(&row.salt), to_hex(&row.tag))
}

/// The PIN with this number that a conversation remembers.
pub fn read(token: &str, id: PinId) -> Option<PinRow> {
    let mut parts = token.split('.');
    let key_version = parts.next()?.parse().ok()?;
    let salt = from_hex(parts.next()?)?;
    let tag = from_hex(parts.next()?)?;
    Some(PinRow {
        id,
        version: 1,
        last_posting: PostingId::NONE,
        key_version,
        salt,
        tag,
        start_until: None,
        attempts: 0,
    })
}

/// The PIN with this number that was typed on an earlier screen.
pub fn proof(context: &Context, id: PinId) -> Option<PinRow> {
    context.fields.get(PROOF).and_then(|token| read(token, id))
}
