//! A parcel at a till: the code that is redeemed is the secret of what somebody sent to this number. The cash comes out of
//! the drawer, and what was held into the float; the fee of sending has paid for both.

use super::super::desk::{Act, Desk, Halt};
use super::super::parcel::{self, KIND};
use super::super::send;
use super::serve::{self, Work};
use super::{cash_out, commission, customer, tell_staff};
use crate::ask::Verb;
use crate::book::{Change, HoldMove, Leg, Proof, SecretKind};
use crate::money::Money;
use crate::phone::Msisdn;
use crate::pin::Pin;
use crate::refusal::{Reason, Refusal};
use crate::store::agents::{self, CashCodeRow, OutletRow};
use crate::store::parcels;
use crate::store::people::{self, PersonRow};

/// What a sender told by voice: which of the number's parcels, and its code.
pub struct Secret {
    place: i64,
    code: Pin,
}

impl Secret {
    /// Seven digits: a code for cash has one less.
    pub fn parse(typed: &str) -> Option<Secret> {
        let typed = as_read_out(typed);
        let (place, code) = typed.split_at_checked(1)?;
        if code.len() != 6 {
            return None;
        }
        Some(Secret { place: place.parse().ok()?, code: Pin::parse(code).ok()? })
    }
}

/// What was typed, without the blanks and dashes that people make pauses with.
pub fn as_read_out(typed: &str) -> String {
    typed.chars().filter(|c| !c.is_whitespace() && *c != '-').collect()
}

/// Whose number the input `to` is: a customer's, or with the flag `unjoined` nobody's yet, where money may wait for it.
pub fn holder(desk: &mut Desk) -> Result<(Msisdn, Option<PersonRow>), Halt> {
    let to = desk.phone("to")?;
    let joined = people::by_msisdn(desk.conn.get()?, to.e164())?.is_some();
    // where sending to such numbers was switched off, what was sent before is still handed out
    let may_wait = parcel::offered(desk.house)
        || !parcels::waiting_for(desk.conn.get()?, to.e164(), desk.now.micros())?.is_empty();
    if joined || !may_wait {
        return Ok((to, Some(customer(desk)?)));
    }
    let outlet = &desk.till()?.outlet;
    super::working(desk, outlet)?;
    desk.plan.flags.insert("unjoined".into());
    desk.show("phone", to.local());
    desk.show("name", to.local());
    Ok((to, None))
}

/// Hands it out. Whether there is such a parcel is said only where a wrong secret costs a try.
pub fn redeem(desk: &mut Desk, outlet: &OutletRow, to: &Msisdn, amount: Money, secret: &Secret) -> Result<(), Halt> {
    if desk.verb != Verb::Do {
        return Ok(());
    }
    let waiting = parcels::waiting_for(desk.conn.get()?, to.e164(), desk.now.micros())?;
    let parcel = waiting.into_iter().find(|parcel| parcel.place == Some(secret.place)).ok_or(Reason::CodeGone)?;
    let payer = people::by_account(desk.conn.get()?, parcel.account_id)?.ok_or(Reason::CodeGone)?;
    // what a frozen account has sent waits with it
    send::active(desk, &payer, Reason::CodeGone.into())?;
    let theirs = agents::till_of(desk.conn.get()?, payer.account_id)?;
    if theirs.is_some_and(|till| till.outlet.float_account == outlet.float_account) {
        return Err(Refusal::of_field(Reason::AgentSelf, "to").into());
    }
    let joined = people::by_msisdn(desk.conn.get()?, to.e164())?;
    let proof = proof(desk, &parcel, &payer, secret, amount)?;
    let mut legs = vec![
        Leg { account: payer.account_id, amount_minor: parcel::total_minor(&parcel).saturating_neg() },
        Leg { account: outlet.float_account, amount_minor: parcel.amount_minor },
    ];
    legs.extend(parcel::credits(desk.house, &parcel));
    // it is cash that is handed out, for who sent it: in parts it earns no more
    let service = cash_out::SERVICE.name;
    let earned = commission::earn(desk, service, outlet, &payer, amount, &mut legs)?;
    let holds = vec![HoldMove::Settle { hold: parcel.hold, amount_minor: parcel::total_minor(&parcel) }];
    let ours = desk.shown(&["amount"]).into_iter().chain([("phone".into(), to.local().into())]).collect();
    let mut changes = vec![
        Change::CloseCode { code: parcel.id, state: "used" },
        parcel::tell_sender(desk.house, &parcel, &payer, "sms.parcel_taken", desk.now),
        parcel::tell_receiver(desk.house, &parcel, &payer, joined.as_ref(), "sms.parcel_got", desk.now),
    ];
    changes.extend(tell_staff(desk, outlet, "sms.parcel_out", "sms.parcel_out_shared", &ours)?);
    changes.extend(earned.once);
    let (customer, cash_minor, earned) = (payer.account_id, amount.minor.saturating_neg(), earned.parts);
    changes.extend(serve::record(desk, outlet, Work { service, customer, amount, cash_minor, earned })?);
    desk.plan.act = Some(Act { kind: KIND, legs, holds, proofs: vec![proof], changes, ..Act::default() });
    Ok(())
}

/// A wrong amount is a wrong secret: each costs the same try.
fn proof(
    desk: &mut Desk,
    parcel: &CashCodeRow,
    payer: &PersonRow,
    secret: &Secret,
    amount: Money,
) -> Result<Proof, Halt> {
    let row = people::pin(desk.conn.get()?, parcel.id)?.ok_or(Reason::CodeGone)?;
    let tag = desk.house.pin_keys.tag(row.key_version, parcel.id, &row.salt, &secret.code);
    let tag = tag.filter(|_| parcel.amount_minor == amount.minor).map_or(Vec::new(), Vec::from);
    let locked = vec![parcel::tell_sender(desk.house, parcel, payer, "sms.parcel_tried", desk.now)];
    let wrong = vec![Change::ChargePin { account: parcel.id }];
    Ok(Proof { secret: SecretKind::Code, account: parcel.id, salt: row.salt, tag, wrong, locked })
}
