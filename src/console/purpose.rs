//! The purpose of a look: why somebody looks at people. It is typed once and goes with them in the
//! address, sealed for their session: what they look at next is recorded with the same words, going
//! back and loading again work, and in the hands of another one the link asks them why. It knows no
//! page.

use super::desk::Desk;
use crate::id::AccountId;
use crate::refusal::{Reason, Refusal};
use crate::seal::{from_hex, to_hex};
use crate::store::{Conn, looks, trail_rows};
use crate::time::Timestamp;
use std::time::Duration;

/// How long one lasts: who calls then is another one.
const LASTS: Duration = Duration::from_secs(3_600);
/// For how long one that was given for a record counts for the same record.
const LATELY: Duration = Duration::from_secs(600);
/// Looks at a record among which one's own is looked for.
const LOOKS_MAX: i64 = 20;
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

/// The words that whoever looks has given for a record a few minutes ago, as the book has them:
/// nobody is asked twice for the same.
pub async fn lately(desk: &Desk<'_>, account: AccountId) -> Option<String> {
    let (own, now) = (desk.on_duty().ok()?.staff.id, desk.now());
    let read = move |conn: &mut Conn| {
        let looks = looks::at_account(conn, account, LOOKS_MAX)?;
        let own = looks.into_iter().find(|look| look.staff == own);
        let Some(look) = own.filter(|look| now < Timestamp::from_micros(look.at).plus(LATELY))
        else {
            return Ok(None);
        };
        let (id, posting) = (look.id.number(), look.last_posting);
        let trail = trail_rows::of_record(conn, looks::KIND, id, posting, 1)?;
        Ok(trail.into_iter().next().map(|event| event.note))
    };
    desk.read(read).await.ok().flatten()
}

fn label(session: &[u8]) -> Vec<u8> {
    [b"purpose\0", session].concat()
}
