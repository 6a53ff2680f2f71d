//! Who sent money to the wrong person asks for it back. What the receiver still has of it is held
//! at once.
//!
//! Input `receipt`; shows `name`, `phone`, `amount`, and `day` and `dial` once it is held; flag
//! `spent` where nothing of it is there any more.

use super::super::context::Context;
use super::super::party;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, Message, Replay, Service, Unrecorded};
use super::reversal::{self, WORDS};
use super::wrong_send::{self, WrongSend};
use crate::book::{Change, HoldMove};
use crate::id::AccountId;
use crate::reference::Reference;
use crate::refusal::{Reason, Refusal};
use crate::request::Mode;
use crate::store::people::PersonRow;
use crate::store::reversal_rows::ReversalRow;
use crate::store::wants::Want;
use crate::value::{Kind, Slot};
use std::time::Duration;

/// The service as menus know it.
pub const SERVICE: Service = Service {
    name: "undo",
    authority: Authority::Customer,
    wants: &[payment, payee, payee_stands],
    decide,
    shows: WORDS,
    refusals: &[Reason::UndoNot, Reason::UndoTwice, Reason::UndoQuota],
    messages: &[
        &SPENT,
        &HELD,
        &ASKED,
        &reversal::BACK,
        &reversal::GAVE,
        &reversal::STAYS,
        &reversal::FREE,
    ],
    replay: Replay {
        wants: &[opened, other_side],
        recorded: Some(held_again),
        unrecorded: Unrecorded::Told,
    },
    ..Service::PLAIN
};

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

/// The payment whose code was typed.
fn named(context: &Context) -> Result<i64, PlanError> {
    let code = Reference::parse(context.field("receipt")?);
    let payment = code.and_then(|code| code.posting_id(&context.config.reference_key));
    Ok(payment.ok_or_else(not_this)?)
}

fn not_this() -> Refusal {
    Refusal::of_field(Reason::UndoNot, "receipt")
}

fn quota(context: &Context, payer: &PersonRow) -> Want {
    let since = context.now.minus(QUOTA_OVER).micros();
    Want::ReversalsSince { payer: payer.account_id, since }
}

fn payment(context: &Context) -> Vec<Want> {
    let Some(payer) = &context.caller.person else { return Vec::new() };
    let mut wants = vec![Want::Owner(payer.account_id)];
    if let Ok(payment) = named(context) {
        wants.extend([Want::Posting(payment), Want::Reversal(payment), quota(context, payer)]);
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
        wants.extend(served.into_iter().map(Want::Account));
    }
    wants
}

fn served(want: &Want) -> Option<AccountId> {
    if let Want::Post(person) = want { Some(*person) } else { None }
}

fn decide(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let payer = context.person()?;
    party::active(context, payer, Reason::AccountClosed.into())?;
    let payment = named(context)?;
    let found = context.facts.posting(payment)?.ok_or_else(not_this)?;
    let sent = wrong_send::of(context, payer, found)?.ok_or_else(not_this)?;
    if context.facts.reversal(payment)?.is_some() {
        return Err(Refusal::of_field(Reason::UndoTwice, "receipt").into());
    }
    let times = context.config.rules.reversal_quota;
    if context.facts.count(&quota(context, payer))? >= times {
        return Err(Refusal::from(Reason::UndoQuota).with("times", times).into());
    }
    plan.show_all(party::sign(sent.payee));
    plan.show("amount", context.money(sent.amount_minor));
    if context.mode == Mode::Execute {
        let act = hold(context, plan, payer, &sent)?;
        plan.commit(act);
    }
    Ok(())
}

/// What is still there of a payment is set aside.
fn hold(
    context: &Context,
    plan: &mut Plan,
    payer: &PersonRow,
    sent: &WrongSend,
) -> Result<Act, PlanError> {
    let payee = sent.payee;
    let account = party::account(context, payee.account_id)?;
    let there_minor = sent.amount_minor.min(account.available_minor()).max(0);
    let held_minor = if account.state == party::OPEN { there_minor } else { 0 };
    let expires = context.now.plus(HELD_FOR);
    let row = ReversalRow {
        payment: sent.payment,
        payer: payer.account_id,
        payee: payee.account_id,
        hold: 0,
        amount_minor: sent.amount_minor,
        held_minor,
        state: reversal::ASKED.to_owned(),
        why: String::new(),
        asked_at: context.now.micros(),
        expires_at: expires.micros(),
    };
    if held_minor == 0 {
        // that nothing is there costs as much to learn as that something is: a place in the quota,
        // behind the PIN
        plan.flag("spent");
        let told = context.tell(payer, &SPENT, plan.shown(&["amount", "name", "phone"]), None);
        let row = ReversalRow { state: "spent".to_owned(), ..row };
        let changes = vec![told, Change::OpenReversal(row)];
        return Ok(Act { kind: SERVICE.name, changes, ..Act::default() });
    }
    plan.show("amount", context.money(held_minor));
    plan.show("day", context.day_of(expires));
    let changes = vec![
        context.tell(payer, &HELD, reversal::words(context.config, &row, payee), None),
        context.tell(payee, &ASKED, reversal::words(context.config, &row, payer), None),
        Change::OpenReversal(row),
    ];
    let holds = vec![HoldMove::Open {
        account: payee.account_id,
        amount_minor: held_minor,
        expires_at: expires,
    }];
    Ok(Act { kind: SERVICE.name, holds, changes, ..Act::default() })
}

fn opened(context: &Context) -> Vec<Want> {
    named(context).map(Want::Reversal).into_iter().collect()
}

fn other_side(context: &Context) -> Vec<Want> {
    let row =
        named(context).ok().and_then(|payment| context.facts.reversal(payment).ok().flatten());
    row.map(|row| Want::Person(row.payee)).into_iter().collect()
}

/// What is told of the hold that was opened, for who has lost the screen that said it.
fn held_again(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let row = context.facts.reversal(named(context)?)?;
    if let Some(row) = row.filter(|row| Some(row.hold) == context.posting) {
        let payee = context.facts.person(row.payee)?;
        let payee = payee.ok_or(PlanError::Damaged("a reversal for nobody"))?;
        plan.show_all(reversal::words(context.config, row, payee));
    }
    Ok(())
}
