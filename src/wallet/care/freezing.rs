//! Stopping a wallet, which one of the staff may do, and lifting that, which takes two. Each order
//! lies there by itself: what lifts one leaves the others.

use super::super::arrangements::Role;
use super::super::arrangements::kind;
use super::super::context::{Context, People};
use super::super::office::two_people::why;
use super::super::plan::{Act, Plan, PlanError};
use super::super::pots;
use super::super::service::{Authority, Service};
use super::super::vouchers::called_in::{self, CalledIn};
use super::super::vouchers::voucher_news;
use super::freeze::{
    self, Basis, Event, FREEZE_GONE, KIND, Lying, ORDERS_MAX, Order, State, Way, heeded, lying,
    strictest,
};
use super::{named, of_them, whose};
use crate::book::{Change, HoldMove, Put};
use crate::calendar::Day;
use crate::id::AccountId;
use crate::refusal::{Reason, Refusal};
use crate::staff::role::Right;
use crate::store::arrangement_rows::ArrangementRow;
use crate::store::book_rows::AccountState;
use crate::store::holders::AccountHolder;
use crate::store::wants::Want;
use crate::value::{Kind, Slot, Value};

/// There is no such way, or no such basis.
pub const FREEZE_FORM: Reason = Reason::new("freeze_form");
/// It ends on a day to come.
pub const FREEZE_UNTIL: Reason = Reason::new("freeze_until");
/// So many orders lie on it that there is room for no other one.
pub const FREEZE_FULL: Reason = Reason::new("freeze_full");
/// Several lie on it: it must be said which.
pub const FREEZE_WHICH: Reason = Reason::new("freeze_which");

/// Letters of the number of a letter.
const REFERENCE_MAX: usize = 60;

/// Inputs `phone`, `way`, `basis`, `why`; for the way `amount` an `amount`; perhaps `until`, the
/// last day on which it counts, and `reference`.
pub const FREEZE: Service = Service {
    name: "freeze_account",
    authority: Authority::Staff(Right::Protect),
    opens: 1,
    wants: &[named, |context| of_them(context, freeze::wants), called, called_contents],
    decide: freeze,
    shows: SHOWS,
    refusals: &[FREEZE_FORM, FREEZE_UNTIL, FREEZE_FULL],
    messages: &[&voucher_news::ENDED, &pots::CAME_BACK],
    ..Service::PLAIN
};

/// Inputs `phone`, `why`, and `which`, the number of an order, where several lie there.
pub const UNFREEZE: Service = Service {
    name: "unfreeze_account",
    authority: Authority::Staff(Right::Restore),
    needs: |_context, _plan| People::Two,
    wants: &[named, |context| of_them(context, freeze::wants)],
    decide: unfreeze,
    shows: SHOWS,
    refusals: &[FREEZE_GONE, FREEZE_WHICH],
    ..Service::PLAIN
};

const SHOWS: &[Slot] = &[
    Slot("name", Kind::Name),
    Slot("phone", Kind::Phone),
    Slot("order", Kind::Code),
    Slot("way", Kind::Text),
    Slot("basis", Kind::Text),
    Slot("letter", Kind::Text),
    Slot("ordered_by", Kind::Text),
    Slot("last_day", Kind::Day),
    Slot("held", Kind::Money),
    Slot("account_was", Kind::Text),
    Slot("account_is", Kind::Text),
    Slot("orders_left", Kind::Count),
];

/// What an order says, as people read it.
pub(super) fn shown(context: &Context, lying: &Lying) -> Vec<(&'static str, Value)> {
    let order = &lying.order;
    let mut said = vec![
        ("way", Value::from(<&str>::from(order.way).to_owned())),
        ("basis", <&str>::from(order.basis).to_owned().into()),
        ("letter", order.reference.clone().into()),
        ("ordered_by", order.by.clone().into()),
    ];
    // it counts until the day after its last one begins
    said.extend(lying.row.due_at.map(|due| {
        let ends = crate::time::Timestamp::from_micros(due);
        ("last_day", context.day_of(ends).day_before().into())
    }));
    if order.way == Way::Amount {
        said.push(("held", context.money(order.amount_minor).into()));
    }
    said
}

fn word(state: AccountState) -> String {
    <&str>::from(state).to_owned()
}

/// What an amount is taken from besides what is free,
fn called(context: &Context) -> Vec<Want> {
    let wants = |account| called_in::wants(account, context.now).to_vec();
    if is_amount(context) { of_them(context, wants) } else { Vec::new() }
}

/// and what lies in that.
fn called_contents(context: &Context) -> Vec<Want> {
    let wants = |account| called_in::contents(context, account);
    if is_amount(context) { of_them(context, wants) } else { Vec::new() }
}

fn is_amount(context: &Context) -> bool {
    context.chosen("way", FREEZE_FORM).is_ok_and(|way: Way| way == Way::Amount)
}

/// How much stays: what was ordered, or all of what is there where that is less; also of what they
/// have put into pots and codes of their own, which is called in for it.
fn stays(context: &Context, holder: &AccountHolder) -> Result<(i64, CalledIn), PlanError> {
    let ordered_minor = context.amount("amount")?.minor;
    let free_minor = holder.account.available_minor().max(0);
    let short_minor = ordered_minor.saturating_sub(free_minor);
    let called = called_in::call_in(context, &holder.person, short_minor)?;
    let there_minor = free_minor.saturating_add(called.freed_minor);
    if there_minor == 0 {
        return Err(Refusal::of_field(Reason::NOT_ENOUGH, "amount").into());
    }
    Ok((ordered_minor.min(there_minor), called))
}

fn freeze(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let holder = whose(context, plan)?;
    let account = &holder.account;
    let way: Way = context.chosen("way", FREEZE_FORM)?;
    let basis: Basis = context.chosen("basis", FREEZE_FORM)?;
    let due_at = until(context)?;
    let reference = reference(context)?;
    if account.state == AccountState::Closed {
        return Err(Reason::ACCOUNT_CLOSED.into());
    }
    let (amount_minor, called) =
        if way == Way::Amount { stays(context, holder)? } else { (0, CalledIn::default()) };
    let others = lying(context, account.id)?;
    if i64::try_from(others.len()).unwrap_or(i64::MAX) >= ORDERS_MAX {
        return Err(FREEZE_FULL.into());
    }
    let state = strictest(others.iter().map(|lying| lying.order.way).chain([way]));
    let staff = context.staff()?;
    let by = staff.name.clone();
    let owner = AccountId::of(staff.id.number());
    let row = KIND.row(context, State::InForce.into(), owner, Some(account.id));
    let row = ArrangementRow { due_at, ..row };
    let order = Order { way, basis, reference, by, why: String::new(), amount_minor };
    let mut lying = Lying { row, order };
    plan.show_all(shown(context, &lying).into_iter().map(|(k, v)| (k.to_owned(), v)).collect());
    plan.show("account_was", word(account.state));
    plan.show("account_is", word(state));
    let why = why(context)?;
    lying.order.why = why.to_owned();
    let row = ArrangementRow { body: kind::written(&lying.order), ..lying.row };
    // only who commits it has a number
    if context.fresh_id != 0 {
        plan.show("order", Value::Code(row.id.to_string()));
    }
    let hold = HoldMove::Open { account: account.id, amount_minor };
    let holds = called.holds.into_iter().chain((way == Way::Amount).then_some(hold)).collect();
    let begun = Change::Put(Put { row, event: "begin", note: why.to_owned() });
    let mut changes = vec![begun, heeded(context, account.id, state, why)?];
    changes.extend(called.changes);
    let (legs, meters) = (called.legs, called.meters);
    let kind = if legs.is_empty() { "freeze" } else { pots::BACK };
    plan.commit(Act { kind, legs, holds, meters, changes, ..Act::default() });
    Ok(())
}

/// When it ends by itself, where it does.
fn until(context: &Context) -> Result<Option<i64>, PlanError> {
    let Some(typed) = context.fields.get("until") else { return Ok(None) };
    let day = Day::read(typed).ok_or_else(|| Refusal::of_field(Reason::DATE_FORMAT, "until"))?;
    if day < context.today() || day > context.today().months_later(120) {
        return Err(Refusal::of_field(FREEZE_UNTIL, "until").into());
    }
    Ok(Some(day.next_day().begins(&context.config.market.zone).micros()))
}

fn reference(context: &Context) -> Result<String, PlanError> {
    let typed = context.fields.get("reference").map(|typed| typed.trim()).unwrap_or_default();
    if typed.chars().count() > REFERENCE_MAX {
        return Err(Refusal::of_field(Reason::TEXT_FORMAT, "reference").into());
    }
    Ok(typed.to_owned())
}

/// The order that is meant, and those that lie beside it.
fn meant(context: &Context, account: AccountId) -> Result<(Lying, Vec<Lying>), PlanError> {
    let all = lying(context, account)?;
    let id = match (context.fields.get("which"), all.as_slice()) {
        (Some(_typed), _) => context.chosen("which", FREEZE_GONE)?,
        (None, [only]) => only.row.id,
        (None, []) => return Err(FREEZE_GONE.into()),
        (None, _several) => return Err(FREEZE_WHICH.into()),
    };
    let (meant, others): (Vec<Lying>, Vec<Lying>) =
        all.into_iter().partition(|lying| lying.row.id == id);
    let meant = meant.into_iter().next().ok_or(FREEZE_GONE)?;
    Ok((meant, others))
}

fn unfreeze(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let account = &whose(context, plan)?.account;
    let (lying, others) = meant(context, account.id)?;
    plan.show("order", Value::Code(lying.row.id.to_string()));
    plan.show_all(shown(context, &lying).into_iter().map(|(k, v)| (k.to_owned(), v)).collect());
    plan.show("account_was", word(account.state));
    plan.show("account_is", word(strictest(others.iter().map(|lying| lying.order.way))));
    plan.show("orders_left", i64::try_from(others.len()).unwrap_or(i64::MAX));
    let why = why(context)?;
    let over = KIND.moved(&lying.row, Event::Lift.into(), Role::Staff, why)?;
    plan.commit(freeze::ended(context, &lying.row, over, why)?);
    Ok(())
}
