//! Reminders of shares: who has not answered is reminded once by itself, never at night, and once
//! more when the asker wants it.

use super::super::service::Message;
use super::super::{ServiceConfig, Wallet, outgoing};
use super::payment_request;
use crate::book::{Change, Key};
use crate::calendar::Day;
use crate::id::AccountId;
use crate::store::order_rows::{self, OrderRow};
use crate::store::people::{self, PersonRow};
use crate::store::{Conn, StoreError};
use crate::time::Timestamp;
use crate::value::{Kind, Slot};
use jiff::tz::TimeZone;
use std::time::Duration;

/// To who has not answered.
pub const REMINDER: Message = Message::plain(
    "sms.request_reminder",
    &[
        Slot("amount", Kind::Money),
        Slot("name", Kind::Name),
        Slot("phone", Kind::Phone),
        Slot("about", Kind::Text),
        Slot("dial", Kind::Text),
        Slot("time", Kind::Time),
        Slot("date", Kind::Day),
    ],
);

/// When who has not answered is reminded by itself, unless that is at night: then in the morning,
/// when there is an hour left at least.
const AFTER: Duration = Duration::from_secs(12 * 3_600);
const MORNING: i8 = 8;
const EVENING: i8 = 21;
/// Between the request or a reminder and one that the asker wants.
const APART: Duration = Duration::from_secs(3_600);
/// Reminders in one go.
const BATCH: i64 = 100;

/// When those who were asked then are reminded by themselves.
pub fn by_itself(zone: &TimeZone, asked: Timestamp) -> Timestamp {
    let at = asked.plus(AFTER);
    let day = Day::of(at, zone);
    let morning = day.at_hour(MORNING, zone);
    let evening = day.at_hour(EVENING, zone);
    if at < morning {
        morning
    } else if at >= evening {
        day.next_day().at_hour(MORNING, zone)
    } else {
        at
    }
}

/// Whether who owes this share was asked or reminded within the hour, or is about to be.
pub fn is_near(zone: &TimeZone, share: &OrderRow, now: Timestamp) -> bool {
    let asked = Timestamp::from_micros(share.created_at);
    let by_itself = by_itself(zone, asked);
    now < asked.plus(APART) || (now > by_itself.minus(APART) && now < by_itself.plus(APART))
}

/// The asker's own reminder of a split bill, which there is one of.
pub fn turn(split: i64) -> Key {
    Key::new(Timestamp::from_micros(0), "bill reminded", &split.to_be_bytes())
}

/// What the payer of a share is told.
pub fn word(
    config: &ServiceConfig,
    order: &OrderRow,
    asker: &PersonRow,
    payer: &PersonRow,
    now: Timestamp,
) -> Change {
    let slots = payment_request::until(config, asker, order);
    let template = REMINDER.template;
    Change::Tell(outgoing::message(&payer.msisdn, &payer.language, template, &slots, None, now))
}

impl Wallet {
    /// Reminds who has not answered their share of a split bill; returns how many.
    pub async fn remind(&self) -> Result<usize, StoreError> {
        let now = self.clock.now();
        let due = self.store.read(move |conn: &mut Conn| {
            let due = order_rows::to_remind(conn, now.micros(), BATCH)?;
            let both: Vec<AccountId> =
                due.iter().flat_map(|order| [order.payer, order.payee]).collect();
            Ok::<_, StoreError>((due, people::by_accounts(conn, &both)?))
        });
        let (due, everybody) = due.await?;
        let mut reminded: usize = 0;
        for order in due {
            let person = |account| everybody.iter().find(|person| person.account_id == account);
            let (Some(asker), Some(payer)) = (person(order.payee), person(order.payer)) else {
                continue;
            };
            let key = Key::new(
                Timestamp::from_micros(order.created_at),
                "reminder",
                &order.id.to_be_bytes(),
            );
            let word = word(&self.config, &order, asker, payer, now);
            // another node may be faster, or the answer come in this moment
            let changes = vec![Change::Claim { key }, Change::Reminded { order: order.id }, word];
            reminded = reminded
                .saturating_add(usize::from(self.book.post(self.note(key, changes)).await.is_ok()));
        }
        Ok(reminded)
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::arithmetic_side_effects,
        reason = "tests stop where they fail"
    )]

    use super::*;

    #[test]
    fn nobody_is_reminded_at_night_or_when_less_than_an_hour_is_left() {
        let zone = jiff::tz::get!("Africa/Nairobi");
        for minute in 0..48 * 60 {
            let asked = Timestamp::from_micros(1_795_431_900_000_000 + minute * 60_000_000);
            let at = by_itself(&zone, asked);
            let hour: i8 = at.clock_text(&zone).get(..2).unwrap().parse().unwrap();
            assert!((MORNING..EVENING).contains(&hour), "{minute}: {hour}");
            assert!(
                at >= asked.plus(AFTER) && at.plus(APART) <= asked.plus(payment_request::LIFE),
                "{minute}"
            );
        }
    }
}
