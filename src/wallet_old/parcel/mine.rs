//! What somebody has sent to numbers without a wallet and nobody has taken: they see it, read its secret again, and take it
//! back. What nobody takes goes back by itself. It is whole again then, fee and limits too, and both sides hear of it.

use super::super::desk::{Act, Desk, Halt, House};
use super::super::{Service, Whose, item, limits};
use super::{code, parcels, secret, sent_at, tell_receiver, tell_sender, words};
use crate::book::{Change, HoldMove, Key, Meter, PIN_ATTEMPTS_MAX};
use crate::money::Money;
use crate::pin::Pin;
use crate::reason::Reason;
use crate::store::agents::CashCodeRow;
use crate::store::book_rows;
use crate::store::people::{self, PersonRow};
use crate::store::{Conn, StoreError};
use crate::time::Timestamp;

/// Lists what waits: `amount`, `phone`.
pub const LIST: Service = Service { name: "parcels", pin: Whose::Nobody, old: Some(list), ..Service::PLAIN };
/// Input `parcel`: takes it back.
pub const CANCEL: Service = Service { name: "cancel_parcel", pin: Whose::Nobody, old: Some(cancel), ..Service::PLAIN };
/// Input `parcel`: shows `secret`.
pub const SECRET: Service =
    Service { name: "parcel_secret", pin: Whose::Caller, old: Some(show_secret), ..Service::PLAIN };

fn list(desk: &mut Desk) -> Result<(), Halt> {
    for parcel in waiting(desk)? {
        let mut words = words(desk.house, &parcel);
        let mut slot = |name: &'static str| (name, words.remove(name).unwrap_or_default().to_string());
        let slots = [slot("amount"), slot("phone")];
        desk.plan.items.push(item(parcel.id, &slots));
    }
    Ok(())
}

/// The caller's own that wait.
fn waiting(desk: &mut Desk) -> Result<Vec<CashCodeRow>, Halt> {
    let payer = desk.person()?;
    let mut made = parcels::sent_by(desk.conn.get()?, payer.account_id, desk.now.micros(), super::MADE_MAX)?;
    made.retain(|parcel| parcel.state == "open");
    Ok(made)
}

/// The one that the input names, which must be the caller's own, and wait.
fn wanted(desk: &mut Desk) -> Result<CashCodeRow, Halt> {
    let id: i64 = desk.field("parcel")?.parse().map_err(|_text| Reason::ParcelGone)?;
    let parcel = waiting(desk)?.into_iter().find(|parcel| parcel.id == id).ok_or(Reason::ParcelGone)?;
    let words = words(desk.house, &parcel);
    desk.plan.slots.extend(words);
    Ok(parcel)
}

fn cancel(desk: &mut Desk) -> Result<(), Halt> {
    let parcel = wanted(desk)?;
    let holds = vec![HoldMove::Release { hold: parcel.hold }];
    let sent = Sent { payer: desk.person()?.clone(), joined: joined(desk.conn.get()?, &parcel)?, parcel };
    let (changes, meters) = over(desk.house, &sent, "sms.parcel_cancelled", desk.now);
    desk.plan.act = Some(Act { kind: "cancel", holds, meters, changes, ..Act::default() });
    Ok(())
}

fn show_secret(desk: &mut Desk) -> Result<(), Halt> {
    let parcel = wanted(desk)?;
    if desk.key.is_none() {
        return Ok(());
    }
    // the digits are kept nowhere: they follow from the request that made them, as long as its key is in use
    let posting =
        book_rows::posting(desk.conn.get()?, parcel.hold)?.ok_or(StoreError::Damaged("a parcel without its hold"))?;
    let key = Key::from_bytes(&posting.key).ok_or(StoreError::Damaged("a posting's key"))?;
    let digits = code::digits(desk.house, &key);
    let row = people::pin(desk.conn.get()?, parcel.id)?.ok_or(Reason::ParcelGone)?;
    let keys = &desk.house.pin_keys;
    if !keys.matches(row.key_version, parcel.id, &row.salt, &Pin::parse(&digits)?, &row.tag) {
        return Err(Reason::ParcelGone.into());
    }
    if row.attempts >= PIN_ATTEMPTS_MAX {
        // after so many wrong ones it opens nothing any more
        return Err(Reason::ParcelLocked.into());
    }
    desk.show("secret", secret(parcel.place.unwrap_or_default(), &digits));
    desk.plan.act = Some(Act { kind: "secret", ..Act::default() });
    Ok(())
}

/// A parcel that nobody took, who sent it, and who has its number by now.
pub struct Sent {
    parcel: CashCodeRow,
    payer: PersonRow,
    joined: Option<PersonRow>,
}

fn joined(conn: &mut Conn, parcel: &CashCodeRow) -> Result<Option<PersonRow>, StoreError> {
    people::by_msisdn(conn, parcel.msisdn.as_deref().unwrap_or_default())
}

/// The parcel behind a hold, if nobody has taken it.
pub fn behind(conn: &mut Conn, hold: i64) -> Result<Option<Sent>, StoreError> {
    let Some(parcel) = parcels::behind(conn, hold)?.filter(|parcel| parcel.state == "open") else { return Ok(None) };
    let payer = people::by_account(conn, parcel.account_id)?.ok_or(StoreError::Damaged("a parcel of nobody"))?;
    Ok(Some(Sent { joined: joined(conn, &parcel)?, parcel, payer }))
}

/// What comes with the end of a parcel that nobody took.
pub fn over(
    house: &House,
    Sent { parcel, payer, joined }: &Sent,
    template: &str,
    now: Timestamp,
) -> (Vec<Change>, Vec<Meter>) {
    let changes = vec![
        Change::CloseCode { code: parcel.id, state: "cancelled" },
        tell_sender(house, parcel, payer, template, now),
        tell_receiver(house, parcel, payer, joined.as_ref(), "sms.parcel_ended", now),
    ];
    let amount = Money::new(parcel.amount_minor, house.market.currency);
    (changes, vec![limits::returned(house, sent_at(parcel), payer.account_id, amount)])
}
