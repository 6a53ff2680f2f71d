//! What others still ask of PINs: those of assistants are chosen the same way.
//!
//! A PIN is in no state and no row. Between the two entries of a new PIN stands its token, a keyed tag like the one
//! that is stored in the end. A typed PIN goes to the book as a tag: the try is charged and compared in one commit.

use super::desk::{Desk, Halt};
use super::{Caller, Whose};
use crate::ask::Secret;
use crate::pin::Pin;
use crate::refusal::{Reason, Refusal};
use crate::seal::{from_hex, to_hex};
use crate::store::people::PinRow;
use secrecy::ExposeSecret;

/// A new PIN that is to be kept under this number: leaves its token in `new_pin`.
pub(super) fn chosen(desk: &mut Desk, account: i64) -> Result<(), Halt> {
    let pin = Pin::choose(entered(desk.secret.as_ref())?, &desk.caller.msisdn)
        .map_err(|r| Refusal::of_field(r, "new_pin"))?;
    let row = desk.house.tagged(account, &pin, desk.house.dice.bytes());
    desk.show("new_pin", token(&row));
    Ok(())
}

/// What to store under this number for the new PIN, which is not the one until now.
pub(super) fn changed(desk: &Desk, account: i64) -> Result<PinRow, Halt> {
    let row = read_token(desk.field("new_pin")?, account).ok_or(Reason::Invalid)?;
    let old = Pin::parse(entered(desk.secret.as_ref())?)?;
    if matches(desk, &row, account, &old) {
        return Err(Refusal::of_field(Reason::PinSame, "new_pin").into());
    }
    Ok(row)
}

/// The second entry of a PIN that `owner` has chosen: what to store for `account` when it equals the first.
pub fn repeated(desk: &mut Desk, owner: i64, account: i64) -> Result<PinRow, Halt> {
    let mismatch = || Refusal::of_field(Reason::PinMismatch, "new_pin");
    let first = read_token(desk.field("new_pin")?, owner).ok_or_else(mismatch)?;
    let second = Pin::parse(entered(desk.secret.as_ref())?).map_err(|_format| mismatch())?;
    if matches(desk, &first, owner, &second) {
        Ok(desk.house.tagged(account, &second, desk.house.dice.bytes()))
    } else {
        Err(mismatch().into())
    }
}

fn entered(secret: Option<&Secret>) -> Result<&str, Refusal> {
    Ok(secret.ok_or_else(|| Refusal::of_field(Reason::FieldMissing, "pin"))?.expose_secret())
}

fn matches(desk: &Desk, row: &PinRow, account: i64, pin: &Pin) -> bool {
    desk.house.pin_keys.matches(row.key_version, account, &row.salt, pin, &row.tag)
}

fn token(row: &PinRow) -> String {
    format!("{}.{}.{}", row.key_version, to_hex(&row.salt), to_hex(&row.tag))
}

fn read_token(token: &str, account: i64) -> Option<PinRow> {
    let mut parts = token.split('.');
    let key_version = parts.next()?.parse().ok()?;
    let salt = from_hex(parts.next()?)?;
    let tag = from_hex(parts.next()?)?;
    Some(PinRow { account_id: account, key_version, salt, tag, attempts: 0 })
}

/// The number under which the PIN is kept that this needs.
fn account(whose: Whose, caller: &Caller) -> Result<Option<i64>, Refusal> {
    match whose {
        Whose::Nobody => Ok(None),
        Whose::Caller => Ok(Some(caller.person.as_ref().ok_or(Reason::NotJoined)?.account_id)),
        Whose::Assistant => Ok(Some(caller.till.as_ref().ok_or(Reason::NotAgent)?.assistant.id)),
    }
}

/// Reads what the typed PIN is compared with.
pub(crate) fn read(desk: &mut Desk, whose: Whose) -> Result<(), Halt> {
    if let Some(account) = account(whose, desk.caller)? {
        desk.plan.pin = desk.pin(account)?;
    }
    Ok(())
}
