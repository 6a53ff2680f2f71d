//! Parcels: money sent to a number that has no wallet yet. It is held, with its fee, for a week: it comes by itself to whoever
//! joins with that number, or an agent hands it out for the secret that the sender tells by voice, or it goes back.
//!
//! A parcel is a code for cash that is made out to a number: the same tries, the same hold behind it. The secret is seven
//! digits: which of the number's parcels it opens, and a code of six. It is in no message: who reads the receiver's SMS
//! has nothing to show to an agent.

pub mod arrival;
pub mod mine;

use super::agent::{cash_out, code};
use super::desk::{Act, Desk, Halt, House, message};
use super::price::{self, Terms};
use super::{Service, Wallet, Whose, limits, send};
use crate::ask::Slots;
use crate::book::{Change, HoldMove, Key, Leg};
use crate::money::Money;
use crate::phone::Msisdn;
use crate::pin::Pin;
use crate::refusal::{Reason, Refusal};
use crate::store::agents::CashCodeRow;
use crate::store::people::{self, PersonRow};
use crate::store::{Conn, parcels};
use crate::tariff::Place;
use crate::time::Timestamp;
use std::time::Duration;

/// Inputs `to`, `amount`: sets the money aside and shows `secret`.
pub const SEND: Service =
    Service { name: "send_unjoined", pin: Whose::Caller, opens: 1, old: Some(plan), ..Service::PLAIN };
/// What the posting is called that hands one out.
pub const KIND: &str = "parcel";

/// How long a parcel waits.
const LIFE: Duration = Duration::from_secs(7 * 24 * 3_600);
/// Parcels of one sender that wait at a time, and those that are made in a day, whatever became of them: each writes to
/// somebody who never asked to hear from us.
const OPEN_MAX: usize = 10;
const DAILY_MAX: usize = 20;
/// Those of a day to the same number.
const DAILY_TO_ONE_MAX: usize = 3;
const DAY: Duration = Duration::from_secs(24 * 3_600);
/// More were not made in the life of one.
const MADE_MAX: i64 = 200;
/// Those that wait for one number: each has a digit of its own.
const PLACES: std::ops::RangeInclusive<i64> = 1..=9;

fn plan(desk: &mut Desk) -> Result<(), Halt> {
    let payer = desk.person()?;
    let account = send::active(desk, payer, Reason::AccountClosed.into())?;
    let to = desk.phone("to")?;
    if !offered(desk.house) {
        return Err(Reason::ServiceUnknown.into());
    }
    if people::by_msisdn(desk.conn.get()?, to.e164())?.is_some() {
        // they have joined meanwhile: sending is cheaper
        return Err(Reason::AlreadyJoined.into());
    }
    desk.show("phone", to.local());
    let place = place(desk, payer, &to)?;
    let amount = desk.amount("amount")?;
    let fee = price::fee(desk, SEND.name, payer, amount)?;
    let available = desk.money(account.balance_minor.saturating_sub(account.held_minor));
    let terms = price::decide(available, amount, fee)?;
    let meters = vec![limits::spent(desk, payer, amount)?];
    terms.show(desk);
    let expires = desk.now.plus(LIFE);
    desk.show("day", expires.date_text(&desk.house.market.zone));
    let Some(key) = desk.key else { return Ok(()) };
    let digits = code::digits(desk.house, &key);
    desk.show("secret", secret(place, &digits));
    let tag = desk.house.tagged(desk.fresh_id, &Pin::parse(&digits)?, desk.house.dice.bytes());
    let parcel = CashCodeRow {
        id: desk.fresh_id,
        account_id: payer.account_id,
        hold: 0,
        amount_minor: amount.minor,
        fee_minor: terms.fee.payer_minor,
        state: "open".into(),
        expires_at: expires.micros(),
        msisdn: Some(to.e164().to_owned()),
        place: Some(place),
        tax_minor: terms.fee.credited_minor(Place::Tax),
        levy_minor: terms.fee.credited_minor(Place::Levy),
    };
    let ours = desk.shown(&["amount", "fee", "phone", "day"]);
    let mut changes = Vec::from(turns(desk, payer, &to)?);
    changes.push(desk.tell(payer, "sms.parcel_sent", ours, None));
    changes.push(tell_receiver(desk.house, &parcel, payer, None, "sms.parcel", desk.now));
    changes.extend([Change::SetPin(tag), Change::OpenCode(parcel)]);
    let amount_minor = terms.total.minor;
    let holds = vec![HoldMove::Open { account: payer.account_id, amount_minor, expires_at: expires }];
    desk.plan.act = Some(Act { kind: SEND.name, holds, meters, changes, ..Act::default() });
    Ok(())
}

/// Whether the operator offers it: switched on, and with a price where cash has one. A tariff that never heard of it would
/// give cash away.
pub(super) fn offered(house: &House) -> bool {
    let tariff = house.tariff.get();
    house.rules.unjoined && (tariff.prices(SEND.name) || !tariff.prices(cash_out::SERVICE.name))
}

/// Whether money for the number that is checked for sending, which has no wallet, would wait there: then the menus ask
/// whether it is to be sent all the same.
pub(super) fn would_wait(desk: &mut Desk) -> Result<bool, Halt> {
    if !offered(desk.house) {
        return Ok(false);
    }
    let to = desk.phone("to")?;
    desk.plan.flags.insert("unjoined".into());
    desk.show("phone", to.local());
    Ok(true)
}

/// The same, for a context.
pub fn would_wait_for(
    context: &crate::wallet::context::Context,
    plan: &mut crate::wallet::plan::Plan,
) -> Result<bool, crate::wallet::plan::PlanError> {
    if !offered(context.house) {
        return Ok(false);
    }
    plan.flag("unjoined");
    plan.show("phone", crate::value::Value::whole(&context.phone("to")?));
    Ok(true)
}

/// The place that the next parcel takes among those for this number; refused where there are enough.
fn place(desk: &mut Desk, payer: &PersonRow, to: &Msisdn) -> Result<i64, Halt> {
    let now = desk.now;
    let made = parcels::sent_by(desk.conn.get()?, payer.account_id, now.micros(), MADE_MAX)?;
    let open = made.iter().filter(|parcel| parcel.state == "open").count();
    let today = || made.iter().filter(|parcel| sent_at(parcel) > now.minus(DAY));
    let to_them = today().filter(|parcel| parcel.msisdn.as_deref() == Some(to.e164())).count();
    if open >= OPEN_MAX || today().count() >= DAILY_MAX || to_them >= DAILY_TO_ONE_MAX {
        return Err(Reason::ParcelsFull.into());
    }
    let waiting = parcels::waiting_for(desk.conn.get()?, to.e164(), now.micros())?;
    let mut free = PLACES.filter(|place| waiting.iter().all(|parcel| parcel.place != Some(*place)));
    Ok(free.next().ok_or(Reason::ParcelsFull)?)
}

/// The turn of the sender and that of the number: of two parcels at the same moment the second one is planned anew. Turns
/// are counted, as numbers of rows may be committed in another order than they were given out.
fn turns(desk: &mut Desk, payer: &PersonRow, to: &Msisdn) -> Result<[Change; 2], Halt> {
    let sent = parcels::sent_count(desk.conn.get()?, payer.account_id)?;
    let meant = parcels::meant_count(desk.conn.get()?, to.e164())?;
    let turn = |label, whose: &[u8], count: i64| {
        let name = [whose, &count.to_be_bytes()].concat();
        Change::Take { key: Key::new(Timestamp::from_micros(0), label, &name) }
    };
    Ok([turn("parcels of", &payer.account_id.to_be_bytes(), sent), turn("parcels for", to.e164().as_bytes(), meant)])
}

/// When it was sent.
fn sent_at(parcel: &CashCodeRow) -> Timestamp {
    Timestamp::from_micros(parcel.expires_at).minus(LIFE)
}

/// What the sender tells by voice.
fn secret(place: i64, digits: &str) -> String {
    format!("{place}{digits}")
}

/// The number it is for.
fn to(parcel: &CashCodeRow) -> Option<Msisdn> {
    parcel.msisdn.as_deref().and_then(Msisdn::from_e164)
}

/// What the sender is told of it.
fn words(house: &House, parcel: &CashCodeRow) -> Slots {
    let zone = &house.market.zone;
    Slots::from([
        ("phone".into(), to(parcel).map(|to| to.local()).unwrap_or_default().into()),
        ("amount".into(), Money::new(parcel.amount_minor, house.market.currency).to_string().into()),
        ("day".into(), Timestamp::from_micros(parcel.expires_at).date_text(zone).into()),
    ])
}

/// A word to the number it is for. As long as they have not joined nobody knows their language.
pub(super) fn tell_receiver(
    house: &House,
    parcel: &CashCodeRow,
    payer: &PersonRow,
    joined: Option<&PersonRow>,
    template: &str,
    now: Timestamp,
) -> Change {
    let mut slots = words(house, parcel);
    slots.extend(send::party(payer));
    slots.insert("dial".into(), house.dial.clone().into());
    let to = parcel.msisdn.as_deref().unwrap_or_default();
    let language = joined.map_or(house.market.language.as_str(), |joined| &joined.language);
    Change::Tell(message(to, language, template, &slots, None, now))
}

/// A word to who sent it.
pub(super) fn tell_sender(
    house: &House,
    parcel: &CashCodeRow,
    payer: &PersonRow,
    template: &str,
    now: Timestamp,
) -> Change {
    Change::Tell(message(&payer.msisdn, &payer.language, template, &words(house, parcel), None, now))
}

/// Who is credited with the fee that was held: what the sender agreed to is what they pay.
pub(super) fn credits(house: &House, parcel: &CashCodeRow) -> Vec<Leg> {
    let amount = Money::new(parcel.amount_minor, house.market.currency);
    Terms { amount, fee: code::agreed(parcel), total: amount }.credits()
}

/// Amount and fee, minor units.
pub(super) fn total_minor(parcel: &CashCodeRow) -> i64 {
    parcel.amount_minor.saturating_add(parcel.fee_minor)
}
