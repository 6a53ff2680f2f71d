//! Who sent money to the wrong person asks for it back. What the receiver still has of it is held
//! at once.
//!
//! Input `receipt`; shows `name`, `phone`, `amount`, and `day` and `dial` once it is held; flag
//! `spent` where nothing of it is there any more, `beyond` where something of theirs is out of
//! reach.

use super::super::arrangements::kind;
use super::super::context::Context;
use super::super::party;
use super::super::plan::{Act, Plan, PlanError};
use super::super::pots;
use super::super::service::{Authority, Message, Replay, Service, Unrecorded};
use super::super::vouchers::{called_in, voucher_news};
use super::reversal::{self, Reversal, State, Terms, WORDS};
use super::wrong_send::{self, WrongSend};
use crate::book::{Change, HoldMove, Key};
use crate::id::{AccountId, PostingId};
use crate::refusal::{Reason, Refusal};
use crate::request::Mode;
use crate::store::arrangement_rows::{ArrangementRow, Search, Side};
use crate::store::book_rows::Account;
use crate::store::people::PersonRow;
use crate::store::wants::Want;
use crate::time::Timestamp;
use crate::value::{Kind, Slot};
use std::time::Duration;

/// The service as menus know it.
pub const SERVICE: Service = Service {
    name: "undo",
    authority: Authority::Customer,
    opens: 1,
    wants: &[payment, payee, payee_stands, payee_pots],
    decide,
    shows: WORDS,
    refusals: &[UNDO_NOT, UNDO_TWICE, UNDO_QUOTA],
    messages: &[
        &SPENT,
        &HELD,
        &ASKED,
        &reversal::BACK,
        &reversal::GAVE,
        &reversal::STAYS,
        &reversal::FREE,
        &voucher_news::ENDED,
        &pots::CAME_BACK,
    ],
    replay: Replay {
        wants: &[opened, other_side],
        recorded: Some(told_again),
        unrecorded: Unrecorded::Nothing,
    },
    ..Service::PLAIN
};

/// No payment that may be asked back.
pub const UNDO_NOT: Reason = Reason::new("undo_not");
/// As many payments were asked back as one may; slot `times`.
pub const UNDO_QUOTA: Reason = Reason::new("undo_quota");

/// A payment is asked back once.
pub const UNDO_TWICE: Reason = Reason::new("undo_twice");

/// Nothing is there any more.
const SPENT: Message = Message::plain(
    "sms.undo_spent",
    &[Slot("amount", Kind::Money), Slot("name", Kind::Name), Slot("phone", Kind::Phone)],
);
/// It is held: to who asks,
const HELD: Message = Message::plain("sms.undo_held", WORDS);
/// and to who has it.
const ASKED: Message = Message::plain("sms.undo_asked", WORDS);

/// How long the money is held.
const HELD_FOR: Duration = Duration::from_secs(7 * 24 * 3_600);
/// What the quota is counted over.
pub const QUOTA_OVER: Duration = Duration::from_secs(30 * 24 * 3_600);
/// No quota is larger.
const QUOTA_LOOK: i64 = 1_000;
/// What is open at who was paid, of which nobody has more.
const OPEN_LOOK: i64 = 100;

/// The payment whose code was typed.
fn named(context: &Context) -> Result<PostingId, PlanError> {
    context.receipt("receipt", not_this())
}

fn not_this() -> Refusal {
    Refusal::of_field(UNDO_NOT, "receipt")
}

/// What must be read to know how often somebody has asked of late.
pub fn quota(payer: AccountId, now: Timestamp) -> Search {
    let since = now.minus(QUOTA_OVER).micros();
    let side = Side::Owner(payer);
    Search { side, kind: reversal::KIND.name, open: false, since, limit: QUOTA_LOOK }
}

/// A payment is asked back once, however many ask at one moment; once more where nothing of it was
/// there the last time.
fn once(payment: PostingId, before: Option<&Reversal>) -> Key {
    let before = before.map_or(0, |before| before.row.id.number());
    let name = [payment.number(), before].map(i64::to_be_bytes).concat();
    Key::new(Timestamp::from_micros(0), "asked back", &name)
}

fn payment(context: &Context) -> Vec<Want> {
    let Some(payer) = &context.caller.person else { return Vec::new() };
    let mut wants = vec![Want::Owner(payer.account_id)];
    if let Ok(payment) = named(context) {
        let before = [reversal::of_payment(payment), quota(payer.account_id, context.now)];
        wants.push(Want::Posting(payment));
        wants.extend(before.map(Want::Arrangements));
    }
    wants
}

fn payee(context: &Context) -> Vec<Want> {
    let (Some(payer), Ok(payment)) = (&context.caller.person, named(context)) else {
        return Vec::new();
    };
    let found = context.facts.posting(payment).ok().flatten();
    found.map(|payment| wrong_send::wants(context, payer, payment)).unwrap_or_default()
}

/// What the receiver has is nobody's business before there is a PIN, and a place in the quota, to
/// pay for it.
fn payee_stands(context: &Context) -> Vec<Want> {
    let mut wants = payee(context);
    if context.mode == Mode::Execute {
        let served: Vec<AccountId> = wants.iter().filter_map(served).collect();
        let own = served.iter().flat_map(|person| called_in::wants(*person, context.now));
        wants.extend(own.collect::<Vec<_>>());
        wants.extend(served.iter().map(|person| Want::OpenAt(*person, OPEN_LOOK)));
        wants.extend(served.into_iter().map(Want::Account));
    }
    wants
}

fn payee_pots(context: &Context) -> Vec<Want> {
    if context.mode != Mode::Execute {
        return Vec::new();
    }
    let served = payee(context).into_iter().filter_map(|want| served(&want));
    served.flat_map(|person| called_in::contents(context, person)).collect()
}

fn served(want: &Want) -> Option<AccountId> {
    if let Want::Post(person) = want { Some(*person) } else { None }
}

fn decide(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let payer = context.person()?;
    party::receiver(context, payer, Reason::ACCOUNT_CLOSED.into())?;
    let payment = named(context)?;
    let found = context.facts.posting(payment)?.ok_or_else(not_this)?;
    let sent = wrong_send::of(context, payer, found)?.ok_or_else(not_this)?;
    let before = reversal::found(context, payment)?;
    if before.as_ref().is_some_and(|before| before.state != State::Spent) {
        return Err(Refusal::of_field(UNDO_TWICE, "receipt").into());
    }
    let times = context.config.rules.reversal_quota;
    if asked(context, payer.account_id)? >= times {
        return Err(Refusal::from(UNDO_QUOTA).with("times", times).into());
    }
    plan.show_all(party::sign(context.config, sent.payee));
    plan.show("amount", context.money(sent.amount_minor));
    if context.mode == Mode::Execute {
        let act = hold(context, plan, payer, &sent, before.as_ref())?;
        plan.commit(act);
    }
    Ok(())
}

/// How often they have asked of late. Where something of who was paid lay beyond reach, it does not
/// count that nothing was there.
fn asked(context: &Context, payer: AccountId) -> Result<i64, PlanError> {
    let mut times: i64 = 0;
    for row in context.facts.arrangements(quota(payer, context.now))? {
        times = times.saturating_add(i64::from(!Reversal::of(row)?.terms.beyond));
    }
    Ok(times)
}

/// Whether something of who was paid lies where it cannot be called in: it is held for something
/// else, or gathers behind something of theirs that goes on.
fn lies_beyond(context: &Context, account: &Account) -> Result<bool, PlanError> {
    let open = context.facts.open_at(account.id, OPEN_LOOK)?.iter();
    let mut own = open.filter(|row| row.owner == account.id && row.account.is_some());
    let called = |row: &ArrangementRow| row.kind == pots::KIND.name && account.state.receives();
    Ok(account.held_minor > 0 || own.any(|row| !called(row)))
}

/// What is still there of a payment is set aside, also what its receiver has put into pots and
/// codes of their own or sent to who has not come for it.
fn hold(
    context: &Context,
    plan: &mut Plan,
    payer: &PersonRow,
    sent: &WrongSend,
    before: Option<&Reversal>,
) -> Result<Act, PlanError> {
    let payee = sent.payee;
    let account = party::account(context, payee.account_id)?;
    // also where the receiver is stopped: it moves nothing
    let there_minor = account.available_minor();
    let short_minor = sent.amount_minor.saturating_sub(there_minor);
    let called = called_in::call_in(context, payee, short_minor)?;
    let held_minor = sent.amount_minor.min(there_minor.saturating_add(called.freed_minor)).max(0);
    let expires = context.now.plus(HELD_FOR);
    let terms = Terms {
        payment: sent.payment,
        amount_minor: sent.amount_minor,
        held_minor,
        expires_at: expires.micros(),
        beyond: held_minor == 0 && lies_beyond(context, account)?,
    };
    let reversal = Reversal::new(context, payee.account_id, terms)?;
    let begun =
        [Change::Claim { key: once(sent.payment, before) }, kind::begun(reversal.row.clone())];
    if held_minor == 0 {
        // that nothing is there costs as much to learn as that something is: a place in the quota,
        // behind the PIN; but for who asks while something of theirs lies beyond reach
        show_spent(plan, reversal.terms.beyond);
        let told = context.tell(payer, &SPENT, plan.shown(&["amount", "name", "phone"]), None);
        let changes = begun.into_iter().chain([told]).collect();
        return Ok(Act { kind: SERVICE.name, changes, ..Act::default() });
    }
    plan.show("amount", context.money(held_minor));
    plan.show("day", context.day_of(expires));
    let config = context.config;
    let told = [
        context.tell(payer, &HELD, reversal::words(config, &reversal, payee), None),
        context.tell(payee, &ASKED, reversal::words(config, &reversal, payer), None),
    ];
    let mut holds = called.holds;
    holds.push(HoldMove::Open { account: payee.account_id, amount_minor: held_minor });
    let changes = begun.into_iter().chain(called.changes).chain(told).collect();
    let (legs, meters) = (called.legs, called.meters);
    let kind = if legs.is_empty() { SERVICE.name } else { pots::BACK };
    Ok(Act { kind, legs, holds, meters, changes, ..Act::default() })
}

/// Nothing is there; where something lies beyond reach, it did not count.
fn show_spent(plan: &mut Plan, beyond: bool) {
    plan.flag("spent");
    if beyond {
        plan.flag("beyond");
    }
}

fn opened(context: &Context) -> Vec<Want> {
    let payment = named(context).map(|payment| Want::Arrangements(reversal::of_payment(payment)));
    payment.into_iter().collect()
}

fn other_side(context: &Context) -> Vec<Want> {
    let reversal = named(context).and_then(|payment| reversal::found(context, payment));
    reversal.ok().flatten().map(|reversal| Want::Person(reversal.payee)).into_iter().collect()
}

/// What was found, for who has lost the screen that said it.
fn told_again(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let reversal = reversal::found(context, named(context)?)?;
    let Some(reversal) = reversal.filter(|there| Some(there.row.begun_by) == context.posting)
    else {
        return Ok(());
    };
    let payee = context.facts.person(reversal.payee)?;
    let payee = payee.ok_or(PlanError::Damaged("a reversal for nobody"))?;
    if reversal.state == State::Spent {
        show_spent(plan, reversal.terms.beyond);
        plan.show_all(party::sign(context.config, payee));
        plan.show("amount", context.money(reversal.terms.amount_minor));
    } else {
        plan.show_all(reversal::words(context.config, &reversal, payee));
    }
    Ok(())
}
