//! What a receipt adds to a text: code, date, time and new balance, in the layout people and programs rely on.

use super::House;
use crate::ask::Slots;
use crate::money::Money;
use crate::reference::Reference;
use crate::time::Timestamp;

/// Slots `code` (only where money moved), `date`, `time` and, where known, `balance`.
pub fn slots(house: &House, posting: i64, at: Timestamp, balance_minor: Option<i64>) -> Slots {
    let zone = &house.market.zone;
    let mut slots =
        Slots::from([("date".into(), at.date_text(zone).into()), ("time".into(), at.clock_text(zone).into())]);
    if posting > 0 {
        slots.insert("code".into(), Reference::of(posting, &house.reference_key).to_string().into());
    }
    if let Some(minor) = balance_minor {
        slots.insert("balance".into(), Money::new(minor, house.market.currency).to_string().into());
    }
    slots
}
