//! Who sent money to a number without a wallet reads its secret again, behind the PIN. It is kept
//! nowhere: it follows from the request that made it, as long as the key that it was made with is
//! in use.
//!
//! Input `parcel`; shows `phone`, `amount`, `day`, and, once it is done, `secret`.

use super::super::care::sim_change::{self, SIM_CHANGED};
use super::super::context::Context;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, Replay, Service, Unrecorded};
use super::voucher::{self, PARCEL_GONE};
use super::{code, sent};
use crate::book::{Key, PIN_ATTEMPTS_MAX};
use crate::pin::Pin;
use crate::reason::Reason;
use crate::store::wants::Want;
use crate::value::{Kind, Slot};

/// The service as menus know it.
pub const SERVICE: Service = Service {
    name: "parcel_secret",
    authority: Authority::Customer,
    wants: &[sent::wants, kept],
    decide,
    shows: &[
        Slot("phone", Kind::Phone),
        Slot("amount", Kind::Money),
        Slot("day", Kind::Day),
        Slot("secret", Kind::Code),
    ],
    refusals: &[PARCEL_GONE, PARCEL_LOCKED, SIM_CHANGED],
    replay: Replay { unrecorded: Unrecorded::Again, ..Replay::RECEIPT },
    ..Service::PLAIN
};

/// What was sent to a number without a wallet, and was tried to be had with a wrong secret too
/// often.
pub const PARCEL_LOCKED: Reason = Reason::new("parcel_locked");

/// Whether who asks may be a thief; what it follows from, and what it is compared with.
fn kept(context: &Context) -> Vec<Want> {
    let payer = context.person().ok().map(|payer| sim_change::want(payer.account_id));
    let made = match sent::chosen(context) {
        Ok(voucher) if context.key.is_some() => {
            vec![Want::Posting(voucher.row.begun_by), Want::Pin(code::pin(voucher.row.id))]
        }
        Ok(_) | Err(_) => Vec::new(),
    };
    made.into_iter().chain(payer).collect()
}

fn decide(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let voucher = sent::chosen(context)?;
    plan.show_all(voucher.made_out.words(context.config));
    sim_change::not_lately(context, context.person()?.account_id)?;
    if context.key.is_none() {
        return Ok(());
    }
    let made = context.facts.posting(voucher.row.begun_by)?;
    let (made, _legs) = made.ok_or(PlanError::Damaged("a voucher without its hold"))?;
    let key = Key::from_bytes(&made.key).ok_or(PlanError::Damaged("a posting's key"))?;
    let digits = code::digits(context.config, &key);
    let pin = code::pin(voucher.row.id);
    let row = context.facts.pin(pin)?.ok_or(PARCEL_GONE)?;
    let keys = &context.config.pin_keys;
    let typed = Pin::parse(&digits)?;
    if !keys.matches(row.key_version, pin, &row.salt, &typed, &row.tag) {
        return Err(PARCEL_GONE.into());
    }
    if row.attempts >= PIN_ATTEMPTS_MAX {
        // after so many wrong ones it opens nothing any more
        return Err(PARCEL_LOCKED.into());
    }
    plan.show("secret", voucher::secret(voucher.terms.place, &digits));
    plan.commit(Act { kind: "secret", ..Act::default() });
    Ok(())
}
