//! The codes of a deal: the one that lets the money go, at the door or out of the parcel, and the
//! one for what was brought back. Six digits, bound to the deal, compared in the commit, with few
//! tries. Nobody keeps them: they follow from the deal and a key that is not in the database.

use super::super::context::Context;
use super::super::plan::PlanError;
use super::deal::Deal;
use super::deal_news::TRIED;
use super::terms::{Release, Side};
use crate::book::{Change, Credential, SecretKind};
use crate::id::PinId;
use crate::pin::Pin;
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::store::records::Record;
use crate::typed_text;
use crate::value::Value;
use std::fmt::Write;

/// What the code is kept under that lets the money go.
pub fn release(deal: &Deal) -> PinId {
    PinId::of(deal.row.id.number())
}

/// What the one is kept under for what was brought back: no other thing has this number.
pub fn brought_back(deal: &Deal) -> Result<PinId, PlanError> {
    let account = deal.row.account.ok_or(PlanError::Damaged("a deal without an account"))?;
    Ok(PinId::of(account.number()))
}

/// Who reads the code that lets the money go.
pub fn reader(release: Release) -> Option<Side> {
    match release {
        Release::Door => Some(Side::Buy),
        Release::Parcel => Some(Side::Sell),
        Release::Hand => None,
    }
}

/// A new code: what it follows from, and what it will be compared with.
pub fn made(context: &Context, pin: PinId) -> Result<(String, Change), PlanError> {
    let mut seed = String::new();
    for byte in context.salt {
        // writing to a text cannot fail
        let _ = write!(seed, "{byte:02x}");
    }
    let tag = context.config.tagged(pin, &Pin::parse(&digits(context, &seed))?, context.salt);
    Ok((seed, Change::keep(Record::Pin(tag), "make_code")))
}

fn digits(context: &Context, seed: &str) -> String {
    context.config.pin_keys.current().code(seed.as_bytes())
}

/// As its reader sees it when it was just made.
pub fn new(context: &Context, seed: &str) -> Value {
    Value::Code(digits(context, seed))
}

/// As its reader sees it later: by the key that it was made with, which may not be the newest any
/// more.
pub fn shown(context: &Context, pin: PinId, seed: &str) -> Result<Value, PlanError> {
    let kept = context.facts.pin(pin)?.ok_or(Reason::CODE_GONE)?;
    let digits = context.config.pin_keys.code(kept.key_version, seed.as_bytes());
    Ok(Value::Code(digits.ok_or(Reason::CODE_GONE)?))
}

/// The digits that were typed, with or without blanks.
pub fn typed(context: &Context) -> Result<Pin, PlanError> {
    let digits = typed_text::code(context.field("code")?);
    let six = digits.len() == 6;
    let pin = Pin::parse(&digits).ok().filter(|_| six);
    Ok(pin.ok_or_else(|| Refusal::of_field(Reason::TEXT_FORMAT, "code"))?)
}

/// What the book compares with what was typed; both hear of it when that was the last try.
pub fn proof(
    context: &Context,
    deal: &Deal,
    pin: PinId,
    typed: &Pin,
) -> Result<Credential, PlanError> {
    let kept = context.facts.pin(pin)?.ok_or(Reason::CODE_GONE)?;
    // under a secret that this node was not given: no fault of theirs
    let tag = match context.config.pin_keys.tag(kept.key_version, pin, &kept.salt, typed) {
        Some(tag) => tag.to_vec(),
        None if !kept.tag.is_empty() => return Err(Reason::BUSY.into()),
        None => Vec::new(),
    };
    let wrong = vec![Change::ChargePin { pin }];
    let locked = deal.tell_both(context, &TRIED, &Default::default())?.into();
    Ok(Credential { secret: SecretKind::Code, pin, salt: kept.salt.clone(), tag, wrong, locked })
}
