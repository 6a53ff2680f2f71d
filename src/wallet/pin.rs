//! PINs: choosing, repeating, changing, and the check before anything that needs one.
//!
//! A PIN is in no state and no row. Between the two entries of a new PIN stands its token, a keyed tag like the one
//! that is stored in the end. A typed PIN goes to the book as a tag: the try is charged and compared in one commit.

use super::desk::{Act, Desk, Halt, House};
use super::{Caller, Service, Wallet, Whose, Wrong};
use crate::ask::{Secret, Slots};
use crate::book::{Change, Proof, SecretKind};
use crate::pin::Pin;
use crate::refusal::{Reason, Refusal};
use crate::seal::{from_hex, to_hex};
use crate::store::people::PinRow;
use secrecy::ExposeSecret;

/// Takes a new PIN as the secret; answers with slot `new_pin`, its token.
pub const CHOOSE: Service = Service { name: "choose_pin", pin: Whose::Nobody, opens: 0, plan: choose };
/// Takes the new PIN again and compares it with the token in `new_pin`.
pub const REPEAT: Service = Service { name: "repeat_pin", pin: Whose::Nobody, opens: 0, plan: repeat };
/// Sets the PIN of the token in `new_pin`; the secret is the PIN until now.
pub const CHANGE: Service = Service { name: "change_pin", pin: Whose::Caller, opens: 0, plan: change };

fn choose(desk: &mut Desk) -> Result<(), Halt> {
    let account = owner(desk);
    chosen(desk, account)
}

/// Whose PIN a caller chooses for their wallet: nobody's yet where they are joining.
fn owner(desk: &Desk) -> i64 {
    desk.caller.person.as_ref().map_or(0, |person| person.account_id)
}

/// A new PIN that is to be kept under this number: leaves its token in `new_pin`.
pub(super) fn chosen(desk: &mut Desk, account: i64) -> Result<(), Halt> {
    let pin = Pin::choose(entered(desk.secret.as_ref())?, &desk.caller.msisdn)
        .map_err(|r| Refusal::of_field(r, "new_pin"))?;
    let row = desk.house.tagged(account, &pin);
    desk.show("new_pin", token(&row));
    Ok(())
}

fn repeat(desk: &mut Desk) -> Result<(), Halt> {
    let account = desk.person()?.account_id;
    repeated(desk, account, account).map(|_row| ())
}

fn change(desk: &mut Desk) -> Result<(), Halt> {
    let person = desk.person()?;
    let row = changed(desk, person.account_id)?;
    let when = super::receipt::slots(desk.house, 0, desk.now, None);
    let news = desk.tell(person, "sms.pin_changed", when, None);
    desk.plan.act = Some(Act { kind: "change_pin", changes: vec![Change::SetPin(row), news], ..Act::default() });
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
    if matches(desk, &first, owner, &second) { Ok(desk.house.tagged(account, &second)) } else { Err(mismatch().into()) }
}

/// What cannot be a PIN at all costs no try: it is refused before one is charged.
pub(super) fn readable(service: &Service, secret: Option<&Secret>) -> Result<(), Refusal> {
    if service.pin == Whose::Nobody {
        return Ok(());
    }
    Pin::parse(entered(secret)?).map(|_pin| ()).map_err(|reason| Refusal::of_field(reason, "pin"))
}

fn entered(secret: Option<&Secret>) -> Result<&str, Refusal> {
    Ok(secret.ok_or_else(|| Refusal::of_field(Reason::FieldMissing, "pin"))?.expose_secret())
}

impl House {
    /// What is stored of a PIN, or of a code that is compared like one.
    pub fn tagged(&self, account: i64, pin: &Pin) -> PinRow {
        let salt: [u8; 16] = self.dice.bytes();
        let key = self.pin_keys.current();
        let tag = key.tag(account, &salt, pin).to_vec();
        PinRow { account_id: account, key_version: i64::from(key.version), salt: salt.to_vec(), tag, attempts: 0 }
    }
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
pub(super) fn read(desk: &mut Desk, whose: Whose) -> Result<(), Halt> {
    if let Some(account) = account(whose, desk.caller)? {
        desk.plan.pin = desk.pin(account)?;
    }
    Ok(())
}

/// A wrong PIN that was the last try reads as what it is, a lock; and a wrong code as one that is gone.
pub(super) fn last_try(refusal: Refusal) -> Refusal {
    let last = refusal.slots.get("left").is_some_and(|left| left == "0");
    if last && refusal.reason == Reason::PinWrong {
        return Reason::PinLocked.into();
    }
    if last && refusal.reason == Reason::CodeWrong { Reason::CodeGone.into() } else { refusal }
}

/// The proof of a secret besides the PIN: a wrong one leaves the same as a wrong PIN, and its own charge.
pub(super) fn also(proof: Proof, wrong: &Wrong) -> Proof {
    let wrong = match wrong {
        Wrong::Charged => Vec::new(),
        Wrong::Charge(along) => along.iter().cloned().chain(proof.wrong).collect(),
    };
    Proof { wrong, ..proof }
}

impl Wallet {
    /// What the book compares within the commit, and what a wrong PIN leaves. The owner hears of a lock by SMS: perhaps
    /// it was not them.
    pub(super) fn proof(
        &self,
        caller: &Caller,
        secret: Option<&Secret>,
        row: PinRow,
        wrong: Wrong,
    ) -> Result<Proof, Refusal> {
        let person = caller.person.as_ref().ok_or(Reason::NotJoined)?;
        let (account, pin) = (row.account_id, Pin::parse(entered(secret)?)?);
        // a tag whose key is not known any more equals nothing
        let tag = self.house.pin_keys.tag(row.key_version, account, &row.salt, &pin).map_or(Vec::new(), Vec::from);
        let now = self.house.clock.now();
        let news = super::desk::message(&person.msisdn, &person.language, "sms.pin_locked", &Slots::new(), None, now);
        let wrong = match wrong {
            Wrong::Charged => Vec::new(),
            Wrong::Charge(mut along) => {
                along.push(Change::ChargePin { account });
                along
            }
        };
        Ok(Proof { secret: SecretKind::Pin, account, salt: row.salt, tag, wrong, locked: vec![Change::Tell(news)] })
    }
}
