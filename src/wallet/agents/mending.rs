//! A deposit that went to the wrong number, because somebody at the counter mistyped it: two of the
//! staff bring it to the right one, once, as long as all of it is still there. Both hear of it.
//! What the outlet earned by it stays.

use super::super::context::{Context, People};
use super::super::office::two_people::why;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, Message, Service};
use super::super::{metering, party, receipt};
use super::cash_in;
use super::outlet_view::RECEIPT_UNKNOWN;
use crate::book::{Change, Key, Leg};
use crate::id::{AccountId, PostingId};
use crate::reference::Reference;
use crate::refusal::{Reason, Refusal};
use crate::staff::role::Right;
use crate::store::holders::AccountHolder;
use crate::store::wants::Want;
use crate::time::Timestamp;
use crate::value::{Kind, Slot, Slots, Value};

/// It was mended before, or is older than a month.
pub const MEND_OVER: Reason = Reason::new("mend_over");
/// It is not all there any more.
pub const MEND_SPENT: Reason = Reason::new("mend_spent");
/// It went to that number.
pub const MEND_SAME: Reason = Reason::new("mend_same");

/// Until when one is mended, microseconds.
const LASTS: i64 = 30 * 24 * 3_600 * 1_000_000;

/// Inputs `receipt` (the code of the deposit), `to` (the number that was meant), `why`.
pub const MEND: Service = Service {
    name: "mend_deposit",
    authority: Authority::Staff(Right::Outlets),
    needs: |_context, _plan| People::Two,
    wants: &[deposit, sides],
    decide,
    shows: &[
        Slot("amount", Kind::Money),
        Slot("code", Kind::Code),
        Slot("date", Kind::Day),
        Slot("time", Kind::Time),
        Slot("from", Kind::Text),
        Slot("to", Kind::Text),
    ],
    refusals: &[RECEIPT_UNKNOWN, MEND_OVER, MEND_SPENT, MEND_SAME],
    messages: &[&TAKEN, &BROUGHT],
    ..Service::PLAIN
};

const TAKEN: Message = Message::balance(
    "sms.deposit_mended_from",
    &[Slot("amount", Kind::Money), Slot("first", Kind::Code)],
);
const BROUGHT: Message = Message::balance(
    "sms.deposit_mended_to",
    &[Slot("amount", Kind::Money), Slot("first", Kind::Code)],
);

fn unknown() -> Refusal {
    Refusal::of_field(RECEIPT_UNKNOWN, "receipt")
}

/// The posting whose code was typed.
fn typed(context: &Context) -> Result<PostingId, PlanError> {
    context.receipt("receipt", unknown())
}

/// The place that its mending takes: it is mended once.
fn place(deposit: PostingId) -> Key {
    Key::new(Timestamp::from_micros(0), "mended", &deposit.number().to_be_bytes())
}

fn deposit(context: &Context) -> Vec<Want> {
    let to = context.phone("to").ok().map(|phone| Want::Number(phone.e164().to_owned()));
    let of = |id| vec![Want::Posting(id), Want::Claimed(place(id).bytes().to_vec())];
    typed(context).map(of).unwrap_or_default().into_iter().chain(to).collect()
}

/// The accounts that a deposit came to.
fn came_to(context: &Context) -> Result<Vec<(AccountId, i64)>, PlanError> {
    let (posting, legs) = context.facts.posting(typed(context)?)?.ok_or_else(unknown)?;
    if posting.kind != cash_in::SERVICE.name {
        return Err(unknown().into());
    }
    let came = legs.iter().filter(|leg| leg.amount_minor > 0);
    Ok(came.map(|leg| (leg.account_id, leg.amount_minor)).collect())
}

fn sides(context: &Context) -> Vec<Want> {
    let accounts = came_to(context).unwrap_or_default();
    accounts.into_iter().map(|(account, _)| Want::Owner(account)).collect()
}

fn sign(context: &Context, holder: &AccountHolder) -> String {
    let phone = party::sign(context.config, &holder.person).remove("phone");
    let phone = phone.map(|phone| phone.to_string()).unwrap_or_default();
    format!("{} {phone}", party::masked_name(&holder.person.name))
}

/// Who got it, and how much.
fn wrong<'a>(context: &Context<'a>) -> Result<(&'a AccountHolder, i64), PlanError> {
    for (account, amount_minor) in came_to(context)? {
        if let Some(holder) = context.facts.owner(account)? {
            return Ok((holder, amount_minor));
        }
    }
    Err(unknown().into())
}

fn decide(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let id = typed(context)?;
    let (wrong, amount_minor) = wrong(context)?;
    let at = context.facts.posting(id)?.map_or(0, |(posting, _)| posting.at);
    plan.show_all(receipt::slots(context.config, Some(id), Timestamp::from_micros(at), None));
    let amount = context.money(amount_minor);
    plan.show("amount", amount);
    plan.show("from", sign(context, wrong));
    let phone = context.phone("to")?;
    let nobody = || {
        Refusal::of_field(Reason::PAYEE_UNKNOWN, "to")
            .with("phone", Value::whole(&phone, &context.config.market))
    };
    let right = context.facts.number(phone.e164())?.ok_or_else(nobody)?;
    plan.show("to", party::sign_as_typed(context.config, &right.person.name, &phone));
    plan.concerns = Some(wrong.account.id);
    if right.account.id == wrong.account.id {
        return Err(Refusal::of_field(MEND_SAME, "to").into());
    }
    let mended = context.facts.truth(&Want::Claimed(place(id).bytes().to_vec()))?;
    if mended || at.saturating_add(LASTS) < context.now.micros() {
        return Err(Refusal::of_field(MEND_OVER, "receipt").into());
    }
    if !wrong.account.state.pays() {
        return Err(Reason::ACCOUNT_CLOSED.into());
    }
    if !right.account.state.receives() {
        return Err(Refusal::of_field(Reason::PAYEE_CLOSED, "to").into());
    }
    if wrong.account.available_minor() < amount_minor {
        return Err(Refusal::of_field(MEND_SPENT, "receipt").into());
    }
    why(context)?;
    let first = Value::Code(Reference::of(id, &context.config.reference_key).to_string());
    let told = Slots::from([("amount".to_owned(), amount.into()), ("first".to_owned(), first)]);
    let tell = |holder: &AccountHolder, message| {
        context.tell(&holder.person, message, told.clone(), Some(holder.account.id))
    };
    let changes =
        vec![Change::Claim { key: place(id) }, tell(wrong, &TAKEN), tell(right, &BROUGHT)];
    let legs = vec![
        Leg { account: wrong.account.id, amount_minor: amount_minor.saturating_neg() },
        Leg { account: right.account.id, amount_minor },
    ];
    let meters = vec![metering::received(context, &right.person, amount)];
    let corrects = Some(id);
    plan.commit(Act { kind: MEND.name, legs, meters, changes, corrects, ..Act::default() });
    Ok(())
}
