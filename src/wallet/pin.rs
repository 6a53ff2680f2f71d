//! PINs: choosing, repeating, changing, and the check before anything that needs one.
//!
//! A PIN is in no state and no row. Between the two entries of a new PIN stands its token, a keyed tag like the one
//! that is stored in the end. Tries are counted, durably, before a PIN is compared.

use super::desk::{Act, Desk, Halt};
use super::{Caller, Claim, Service, Turn, Wallet, unavailable};
use crate::ask::{Secret, Slots};
use crate::book::{Change, Key, PIN_ATTEMPTS_MAX};
use crate::pin::Pin;
use crate::refusal::{Reason, Refusal};
use crate::seal::{from_hex, to_hex};
use crate::store::people::{self, PinRow};
use crate::time::Timestamp;
use secrecy::ExposeSecret;

/// Within this time a lock is told once.
const LOCK_NEWS_EVERY_MICROS: i64 = 600_000_000;

/// Takes a new PIN as the secret; answers with slot `new_pin`, its token.
pub const CHOOSE: Service = Service { name: "choose_pin", pin: false, opens: false, plan: choose };
/// Takes the new PIN again and compares it with the token in `new_pin`.
pub const REPEAT: Service = Service { name: "repeat_pin", pin: false, opens: false, plan: repeat };
/// Sets the PIN of the token in `new_pin`; the secret is the PIN until now.
pub const CHANGE: Service = Service { name: "change_pin", pin: true, opens: false, plan: change };

fn choose(desk: &mut Desk) -> Result<(), Halt> {
    let pin = Pin::choose(entered(desk.secret.as_ref())?, &desk.caller.msisdn)
        .map_err(|r| Refusal::of_field(r, "new_pin"))?;
    let account = desk.caller.person.as_ref().map_or(0, |person| person.account_id);
    let row = tagged(desk, account, &pin);
    desk.show("new_pin", token(&row));
    Ok(())
}

fn repeat(desk: &mut Desk) -> Result<(), Halt> {
    let account = desk.person()?.account_id;
    repeated(desk, account).map(|_row| ())
}

fn change(desk: &mut Desk) -> Result<(), Halt> {
    let person = desk.person()?;
    let row = read_token(desk.field("new_pin")?, person.account_id).ok_or(Reason::Invalid)?;
    let old = Pin::parse(entered(desk.secret.as_ref())?)?;
    if matches(desk, &row, person.account_id, &old) {
        return Err(Refusal::of_field(Reason::PinSame, "new_pin").into());
    }
    let when = super::receipt::slots(desk.house, 0, desk.now, None);
    let news = desk.tell(person, "sms.pin_changed", when, None);
    desk.plan.act = Some(Act { kind: "change_pin", legs: Vec::new(), changes: vec![Change::SetPin(row), news] });
    Ok(())
}

/// The second entry of a new PIN: what to store for `account` when it equals the first.
pub fn repeated(desk: &mut Desk, account: i64) -> Result<PinRow, Halt> {
    let mismatch = || Refusal::of_field(Reason::PinMismatch, "new_pin");
    let owner = desk.caller.person.as_ref().map_or(0, |person| person.account_id);
    let first = read_token(desk.field("new_pin")?, owner).ok_or_else(mismatch)?;
    let second = Pin::parse(entered(desk.secret.as_ref())?).map_err(|_format| mismatch())?;
    if matches(desk, &first, owner, &second) { Ok(tagged(desk, account, &second)) } else { Err(mismatch().into()) }
}

/// What cannot be a PIN at all costs no try: it is refused before one is charged.
pub(super) fn readable(service: &Service, secret: Option<&Secret>) -> Result<(), Refusal> {
    if !service.pin {
        return Ok(());
    }
    Pin::parse(entered(secret)?).map(|_pin| ()).map_err(|reason| Refusal::of_field(reason, "pin"))
}

fn entered(secret: Option<&Secret>) -> Result<&str, Refusal> {
    Ok(secret.ok_or_else(|| Refusal::of_field(Reason::FieldMissing, "pin"))?.expose_secret())
}

fn tagged(desk: &Desk, account: i64, pin: &Pin) -> PinRow {
    let salt: [u8; 16] = desk.house.dice.bytes();
    let key = desk.house.pin_keys.current();
    let tag = key.tag(account, &salt, pin).to_vec();
    PinRow { account_id: account, key_version: i64::from(key.version), salt: salt.to_vec(), tag, attempts: 0 }
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

impl Wallet {
    /// Compares the PIN. Whoever comes here has been charged a try.
    pub(super) async fn authorise(&self, caller: &Caller, secret: Option<&Secret>, turn: &Turn) -> Result<(), Refusal> {
        let account = caller.person.as_ref().ok_or(Reason::NotJoined)?.account_id;
        let pin = Pin::parse(entered(secret)?)?;
        let row = self.store.read(move |conn| people::pin(conn, account)).await.map_err(|e| unavailable(&e))?;
        let row = row.ok_or(Reason::PinLocked)?;
        if self.house.pin_keys.matches(row.key_version, account, &row.salt, &pin, &row.tag) {
            return Ok(());
        }
        let left = PIN_ATTEMPTS_MAX.saturating_sub(row.attempts);
        if left > 0 {
            return Err(Refusal::of_field(Reason::PinWrong, "pin").with("left", left.to_string()));
        }
        self.tell_locked(caller, turn).await;
        Err(Reason::PinLocked.into())
    }

    /// The owner hears of the lock by SMS: perhaps it was not them. Tries at the same moment may all find the last one
    /// used up; the news is told once.
    async fn tell_locked(&self, caller: &Caller, turn: &Turn) {
        let Some(person) = caller.person.as_ref().filter(|_| matches!(turn.claim, Claim::Now(_))) else { return };
        let now = self.house.clock.now();
        let news = super::desk::message(&person.msisdn, &person.language, "sms.pin_locked", &Slots::new(), None, now);
        let name = [person.account_id, now.micros().div_euclid(LOCK_NEWS_EVERY_MICROS)].map(i64::to_be_bytes).concat();
        let once = Change::See { key: Key::new(Timestamp::from_micros(0), "pin_locked", &name) };
        match self.book.post(self.note(turn.key, vec![once, Change::Tell(news)])).await {
            Ok(_) | Err(Refusal { reason: Reason::Seen, .. }) => {}
            Err(refusal) => tracing::warn!(code = refusal.code(), "the news of a locked PIN was not stored"),
        }
    }

    pub(super) async fn clear_attempts(&self, caller: &Caller, key: Key) {
        let Some(account) = caller.person.as_ref().map(|p| p.account_id) else { return };
        if let Err(refusal) = self.book.post(self.note(key, vec![Change::ClearPin { account }])).await {
            tracing::warn!(code = refusal.code(), "a right PIN still counts as a try");
        }
    }
}
