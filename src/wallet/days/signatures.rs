//! Who signed a closed day, and what they said, as the book has it.

use super::super::office::two_people::{self, Wish};
use super::closing_day::digest;
use crate::calendar::Day;
use crate::closing::signed_files::Signatures;
use crate::id::ArrangementId;
use crate::store::day_rows::DayRow;
use crate::store::{Conn, StoreError, arrangement_rows, book_rows, trail_rows};
use crate::time::Timestamp;
use jiff::tz::TimeZone;

/// Reads it: the day was closed in the moment in which the second one said yes.
pub fn read(conn: &mut Conn, row: &DayRow, zone: &TimeZone) -> Result<Signatures, StoreError> {
    let at = |micros: i64| {
        let at = Timestamp::from_micros(micros);
        format!("{} {}", at.date_text(zone), at.clock_text(zone))
    };
    let events = trail_rows::of_posting(conn, row.last_posting)?;
    let by = events.first().map(|event| event.actor.trim_start_matches("staff ").to_owned());
    let closed_at = book_rows::posting(conn, row.last_posting)?.map_or(0, |posting| posting.at);
    let request = events.iter().find(|event| event.kind == two_people::KIND.name);
    let request = match request {
        Some(event) => arrangement_rows::by_id(conn, ArrangementId::of(event.record_id))?,
        None => None,
    };
    let wish = request.as_ref().and_then(|request| Wish::of(request).ok());
    let begun_at = request.as_ref().map_or(0, |request| request.begun_at);
    let day = i32::try_from(row.id).map(|number| Day::new(number).text());
    Ok(Signatures {
        day: day.unwrap_or_else(|_far| row.day.clone()),
        asked_by: wish
            .as_ref()
            .map(|wish| format!("{}, {}", wish.by, at(begun_at)))
            .unwrap_or_default(),
        why: wish.map(|wish| wish.why).unwrap_or_default(),
        excuse: row.excuse.clone(),
        approved_by: format!("{}, {}", by.unwrap_or_default(), at(closed_at)),
        digest: digest(&row.sheet, &row.pages),
    })
}
