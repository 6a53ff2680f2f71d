//! The code that came of a request, for the text of a bank transfer: who asked writes the transfer,
//! and finds it with the request as often as they look.

use super::asked_for::Asked;
use super::desk::Desk;
use crate::matching::bank_code;
use crate::refusal::Refusal;
use crate::store::{Conn, trail_rows};
use crate::wallet::office::two_people::State;
use crate::wallet::treasury::redemption;

/// The code, where a payment at the bank came of it.
pub async fn of(desk: &Desk<'_>, asked: &Asked) -> Result<Option<String>, Refusal> {
    if asked.row.state != <&str>::from(State::Approved) {
        return Ok(None);
    }
    // it was done in the moment in which it was approved
    let posting = asked.row.last_posting;
    let events = desk.read(move |conn: &mut Conn| trail_rows::of_posting(conn, posting)).await?;
    let begun = |kind: &str, event: &str| kind == redemption::KIND.name && event == "begin";
    let found = events.iter().find(|event| begun(&event.kind, &event.event));
    Ok(found.map(|event| bank_code::written(event.record_id)))
}
