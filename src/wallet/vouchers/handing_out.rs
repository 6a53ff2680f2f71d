//! A voucher at an outlet: the code that is redeemed is the secret of what somebody sent to this
//! number. The cash comes out of the drawer, and what was held into the float; the fee of sending
//! has paid for both.

use super::super::agents::journal::{self, Work};
use super::super::agents::{cash_out, commission, counter};
use super::super::arrangements::Role;
use super::super::context::Context;
use super::super::message::Message;
use super::super::party;
use super::super::plan::{Act, Plan, PlanError};
use super::code;
use super::voucher::{self, Event, Voucher};
use super::voucher_news::{GOT, TAKEN, TRIED, WRONG};
use crate::book::{Change, HoldMove, Leg};
use crate::money::Money;
use crate::phone::Msisdn;
use crate::pin::Pin;
use crate::refusal::{Reason, Refusal};
use crate::request::Mode;
use crate::store::agent_rows::OutletRow;
use crate::store::people::PersonRow;
use crate::store::wants::Want;
use crate::typed_text;
use crate::value::{Kind, Slot, Value};

/// What the posting is called that hands one out.
pub const KIND: &str = "parcel";

/// To who serves alone,
pub const HAND_OUT: Message =
    Message::balance("sms.parcel_out", &[Slot("amount", Kind::Money), Slot("phone", Kind::Phone)]);
/// and to those who serve together: only one of them hands it out.
pub const HAND_OUT_SHARED: Message = Message { template: "sms.parcel_out_shared", ..HAND_OUT };

/// What a sender told by voice: which of the number's vouchers, and its code.
#[derive(Debug)]
pub struct Secret {
    place: i64,
    code: Pin,
}

impl Secret {
    /// Seven digits: a code for cash has one less.
    pub fn parse(typed: &str) -> Option<Secret> {
        let typed = typed_text::code(typed);
        let (place, code) = typed.split_at_checked(1)?;
        if code.len() != 6 {
            return None;
        }
        Some(Secret { place: place.parse().ok()?, code: Pin::parse(code).ok()? })
    }
}

/// What must be read to hand out the one that a secret is of, once what waits for the number was
/// read.
pub fn wants(context: &Context, outlet: &OutletRow, secret: &Secret) -> Vec<Want> {
    let Ok(voucher) = meant(context, secret) else { return Vec::new() };
    let payer = voucher.row.owner;
    let pin = code::pin(voucher.row.id);
    let mut wants = vec![Want::Owner(payer), Want::Pin(pin), Want::Post(payer)];
    wants.extend(commission::wants(context, outlet, payer));
    wants.extend(journal::wants(context, outlet.float_account));
    wants.extend(counter::wants_staff(context, outlet.float_account));
    wants
}

/// The voucher that a secret is of, if one waits there.
fn meant(context: &Context, secret: &Secret) -> Result<Voucher, PlanError> {
    let waiting = voucher::waiting_for(context, &context.phone("to")?)?;
    let mut those = waiting.into_iter().filter(|voucher| voucher.terms.place == secret.place);
    Ok(those.next().ok_or(Reason::CODE_GONE)?)
}

/// Hands it out. Whether there is such a voucher is said only where a wrong secret costs a try.
pub fn redeem(
    context: &Context,
    plan: &mut Plan,
    outlet: &OutletRow,
    amount: Money,
    secret: &Secret,
) -> Result<(), PlanError> {
    if context.mode != Mode::Execute {
        return Ok(());
    }
    let voucher = meant(context, secret)?;
    let payer = &context.facts.owner(voucher.row.owner)?.ok_or(Reason::CODE_GONE)?.person;
    // what a frozen account has sent waits with it
    party::payer(context, payer, Reason::CODE_GONE.into())?;
    let theirs = context.facts.post(payer.account_id)?;
    if theirs.is_some_and(|post| post.outlet.float_account == outlet.float_account) {
        return Err(Refusal::of_field(counter::AGENT_SELF, "to").into());
    }
    let agreed = &voucher.terms.agreed;
    let tried = [&WRONG, &TRIED]
        .map(|word| voucher.made_out.tell_tried(context.config, payer, outlet, word, context.now));
    let right_amount = agreed.amount_minor == amount.minor;
    let id = voucher.row.id;
    let credentials = vec![code::proof(context, id, &secret.code, right_amount, tried)?];
    let total_minor = agreed.total_minor();
    let mut legs = vec![
        Leg { account: payer.account_id, amount_minor: total_minor.saturating_neg() },
        Leg { account: outlet.float_account, amount_minor: agreed.amount_minor },
    ];
    legs.extend(agreed.credits(context.config));
    // it is cash that is handed out, for who sent it: in parts it earns no more
    let service = cash_out::SERVICE.name;
    let customer = payer.account_id;
    let earned = commission::earn(context, service, outlet, customer, amount, &mut legs)?;
    let holds = vec![HoldMove::Settle { hold: voucher.hold(), amount_minor: total_minor }];
    let mut changes = news(context, plan, &voucher, payer, outlet)?;
    changes.extend(earned.once);
    let cash_minor = amount.minor.saturating_neg();
    let earned = earned.parts;
    changes.extend(journal::record(
        context,
        plan,
        outlet,
        Work { service, customer, amount, cash_minor, earned },
    )?);
    plan.commit(Act { kind: KIND, legs, holds, credentials, changes, ..Act::default() });
    Ok(())
}

/// It waits no more, and all who take part hear of it; only when the outlet does is cash handed
/// over.
fn news(
    context: &Context,
    plan: &Plan,
    voucher: &Voucher,
    payer: &PersonRow,
    outlet: &OutletRow,
) -> Result<Vec<Change>, PlanError> {
    let to: Msisdn = context.phone("to")?;
    let joined = context.facts.number(to.e164())?.map(|member| &member.person);
    let mut ours = plan.shown(&["amount"]);
    ours.insert("phone".into(), Value::whole(&to, &context.config.market));
    let config = context.config;
    let now = context.now;
    let mut changes = vec![
        voucher.moved(Event::HandOut, Role::Assistant)?,
        voucher.made_out.tell_sender(config, payer, &TAKEN, now),
        voucher.made_out.tell_receiver(config, payer, joined, &GOT, now),
    ];
    changes.extend(counter::tell_staff(context, outlet, &HAND_OUT, &HAND_OUT_SHARED, &ours)?);
    Ok(changes)
}
