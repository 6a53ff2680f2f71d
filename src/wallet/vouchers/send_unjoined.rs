//! Send money to a number that has no wallet: it waits there as a voucher.
//!
//! Inputs `to`, `amount`; shows `phone`, `amount`, `fee`, `total`, `day` (on which it goes back),
//! and, once it is done, `secret`.

use super::super::agents::cash_out;
use super::super::arrangements::kind;
use super::super::context::Context;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, Message, Replay, Service, Unrecorded};
use super::super::{metering, party, pricing};
use super::code::{self, Agreed};
use super::voucher::{self, Voucher};
use super::{turns, voucher_news};
use crate::phone::Msisdn;
use crate::reason::Reason;
use crate::store::wants::Want;
use crate::tariff::Able;
use crate::value::{Kind, Slot, Value};
use std::time::Duration;

/// The service as menus know it. What is agreed now and handed out later cannot have a price that
/// depends on what is paid in between.
pub const SERVICE: Service = Service {
    name: "send_unjoined",
    authority: Authority::Customer,
    opens: 1,
    wants: &[both, waiting],
    decide,
    shows: &[
        Slot("phone", Kind::Phone),
        Slot("amount", Kind::Money),
        Slot("fee", Kind::Money),
        Slot("total", Kind::Money),
        Slot("day", Kind::Day),
        Slot("secret", Kind::Code),
    ],
    refusals: &[Reason::ALREADY_JOINED, PARCELS_FULL],
    messages: &[
        &SENT,
        &voucher_news::WAITING,
        &voucher_news::NO_ROOM,
        &voucher_news::ARRIVED,
        &voucher_news::RETURNED,
        &voucher_news::ENDED,
    ],
    priced: Some(Able {
        tier: true,
        channels: &[],
        month: false,
        payee: false,
        stands_for: &[cash_out::SERVICE.name],
    }),
    replay: Replay {
        wants: &[behind],
        recorded: Some(secret_again),
        unrecorded: Unrecorded::Nothing,
    },
    ..Service::PLAIN
};

/// As many sends to numbers without a wallet as one may make, or as may wait for a number.
pub const PARCELS_FULL: Reason = Reason::new("parcels_full");

const SENT: Message = Message::receipt(
    "sms.parcel_sent",
    &[
        Slot("amount", Kind::Money),
        Slot("fee", Kind::Money),
        Slot("phone", Kind::Phone),
        Slot("day", Kind::Day),
    ],
);

/// Vouchers of one sender that wait at a time, and those that are made in a day, whatever became of
/// them: each writes to somebody who never asked to hear from us.
const OPEN_MAX: usize = 10;
const DAILY_MAX: usize = 20;
/// Those of a day to the same number.
const DAILY_TO_ONE_MAX: usize = 3;
/// Of how many a number hears in a day, whoever sends them: of more its senders can tell it
/// themselves.
const TOLD_DAILY_MAX: usize = 3;
const DAY: Duration = Duration::from_secs(24 * 3_600);
/// Those that wait for one number: each has a digit of its own.
const PLACES: std::ops::RangeInclusive<i64> = 1..=9;

fn both(context: &Context) -> Vec<Want> {
    party::wants_both(context, "to")
}

/// What was sent before, by the caller and to the number, if anything may be. The counts are the
/// turns that this one takes: they come first, so that what somebody sends while the lists are read
/// is missed in no list.
fn waiting(context: &Context) -> Vec<Want> {
    let (Ok(payer), Ok(to)) = (context.person(), context.phone("to")) else { return Vec::new() };
    let unjoined = context.facts.number(to.e164()).is_ok_and(|found| found.is_none());
    if !offered(context) || !unjoined {
        return Vec::new();
    }
    let mut wants = Vec::new();
    if context.key.is_some() {
        wants.extend([turns::wants_of(payer.account_id), turns::wants_for(&to)]);
    }
    let lists = [
        voucher::sent_by(payer.account_id, context.now),
        voucher::made_out_to(&to),
        voucher::made_out_since(&to, context.now.minus(DAY)),
    ];
    wants.extend(lists.map(Want::Arrangements));
    wants
}

fn decide(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let payer = context.person()?;
    let account = party::payer(context, payer, Reason::ACCOUNT_CLOSED.into())?;
    let to = context.phone("to")?;
    if !offered(context) {
        return Err(Reason::SERVICE_UNKNOWN.into());
    }
    if context.facts.number(to.e164())?.is_some() {
        // they have joined meanwhile: sending is cheaper
        return Err(Reason::ALREADY_JOINED.into());
    }
    plan.show("phone", Value::whole(&to, &context.config.market));
    let place = place(context, &to)?;
    let amount = context.amount("amount")?;
    let fee = pricing::fee(context, SERVICE.name, payer, amount)?;
    let terms = pricing::cover(context.money(account.available_minor()), amount, fee)?;
    let meters = vec![metering::spent(context, payer, amount)?];
    terms.show(plan);
    let expires = context.now.plus(voucher::LIFE);
    plan.show("day", context.day_of(expires));
    let Some(key) = context.key else { return Ok(()) };
    let digits = code::digits(context.config, &key);
    plan.show("secret", voucher::secret(place, &digits));
    let quiet = is_told_enough(context, &to)?;
    let new = Voucher::new(context, &to, Agreed::of(&terms, expires), place, quiet)?;
    let mut changes =
        vec![turns::turn_of(context, payer.account_id)?, turns::turn_for(context, &to)?];
    changes.push(context.tell(payer, &SENT, plan.shown(&["amount", "fee", "phone", "day"]), None));
    if !quiet {
        let waiting = &voucher_news::WAITING;
        changes.push(new.made_out.tell_receiver(context.config, payer, None, waiting, context.now));
    }
    let holds = vec![new.terms.agreed.hold(payer.account_id)];
    changes.push(code::opened_by(context, new.row.id, &digits)?);
    changes.push(kind::begun(new.row));
    plan.commit(Act { kind: SERVICE.name, holds, meters, changes, ..Act::default() });
    Ok(())
}

/// Whether a number has heard of enough today: it never asked to hear from us.
fn is_told_enough(context: &Context, to: &Msisdn) -> Result<bool, PlanError> {
    let lately = voucher::made_out_since(to, context.now.minus(DAY));
    let lately = context.facts.arrangements(lately)?;
    let lately = lately.iter().map(Voucher::of).collect::<Result<Vec<_>, _>>()?;
    Ok(lately.iter().filter(|voucher| !voucher.terms.quiet).count() >= TOLD_DAILY_MAX)
}

/// Whether the operator offers it: switched on, and with a price where cash has one. A tariff that
/// never heard of it would give cash away.
pub fn offered(context: &Context) -> bool {
    let priced = |service: &Service| context.policy.tariff.prices(service.name);
    context.config.rules.unjoined && (priced(&SERVICE) || !priced(&cash_out::SERVICE))
}

/// The place that the next voucher takes among those for this number; refused where there are
/// enough.
fn place(context: &Context, to: &Msisdn) -> Result<i64, PlanError> {
    let made = voucher::sent(context)?;
    let open = made.iter().filter(|sent| sent.row.open).count();
    let today = || made.iter().filter(|sent| sent.sent_at() > context.now.minus(DAY));
    let to_them = today().filter(|sent| sent.made_out.to == to.e164()).count();
    if open >= OPEN_MAX || today().count() >= DAILY_MAX || to_them >= DAILY_TO_ONE_MAX {
        return Err(PARCELS_FULL.into());
    }
    let waiting = voucher::waiting_for(context, to)?;
    let mut free = PLACES.filter(|place| waiting.iter().all(|other| other.terms.place != *place));
    Ok(free.next().ok_or(PARCELS_FULL)?)
}

/// What the caller has sent: the voucher that is told of again is among it.
fn behind(context: &Context) -> Vec<Want> {
    let payer = context.caller.person.as_ref().filter(|_| context.posting.is_some());
    let sent = payer.map(|payer| voucher::sent_by(payer.account_id, context.now));
    sent.map(Want::Arrangements).into_iter().collect()
}

/// The secret, for who has lost the screen that showed it.
fn secret_again(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let Some(key) = context.key else { return Ok(()) };
    let sent = voucher::sent(context)?;
    if let Some(again) = sent.iter().find(|sent| Some(sent.row.begun_by) == context.posting) {
        let digits = code::digits(context.config, &key);
        plan.show("secret", voucher::secret(again.terms.place, &digits));
    }
    Ok(())
}
