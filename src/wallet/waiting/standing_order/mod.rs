//! Standing orders: somebody agrees once, with a quote, a yes and the PIN, to what is paid to
//! somebody else each day, week or month until a clear end. `worker` carries them out.

mod agreed;
pub mod worker;

use super::super::context::Context;
use super::super::party;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, Service};
use crate::book::Change;
use crate::calendar::Day;
use crate::id::AccountId;
use crate::refusal::{Reason, Refusal};
use crate::request::Mode;
use crate::schedule::{Every, Schedule};
use crate::store::standing_order_rows::StandingOrderRow;
use crate::store::wants::Want;
use crate::value::{Kind, Slot, Slots, Value};
use agreed::{CANCELLED, SET, schedule_of, told, total, waits};

/// Inputs `to`, `amount`, `every`, `first_day` and `end`, which is a day or how many times; shows
/// `fee`, `total`, `times`, `first_day`, `last_day`; flags `weekly`, `monthly`.
pub const SET_UP: Service = Service {
    name: "standing",
    authority: Authority::Customer,
    opens: 1,
    wants: &[both],
    decide: set_up,
    shows: &[
        Slot("name", Kind::Name),
        Slot("phone", Kind::Phone),
        Slot("amount", Kind::Money),
        Slot("fee", Kind::Money),
        Slot("total", Kind::Money),
        Slot("times", Kind::Count),
        Slot("first_day", Kind::Day),
        Slot("last_day", Kind::Day),
    ],
    refusals: &[STANDING_FULL, STANDING_END, DATE_TOO_SOON],
    messages: agreed::MESSAGES,
    ..Service::PLAIN
};

/// Lists what is open: `amount`, `name`, `date`.
pub const LIST: Service = Service {
    name: "standing_list",
    wants: &[all, payees],
    decide: list,
    shows: &[Slot("amount", Kind::Money), Slot("name", Kind::Name), Slot("date", Kind::Day)],
    ..Service::PLAIN
};

/// Input `standing`: ends it. It needs no PIN, as it moves nothing.
pub const CANCEL: Service = Service {
    name: "standing_cancel",
    wants: &[named, payee],
    decide: cancel,
    shows: agreed::TOLD,
    refusals: &[STANDING_GONE],
    messages: &[&CANCELLED],
    ..Service::PLAIN
};

/// A standing order without an end, or with one too far away.
pub const STANDING_END: Reason = Reason::new("standing_end");
/// As many standing orders as one may have.
pub const STANDING_FULL: Reason = Reason::new("standing_full");
/// No such standing order, or not any more.
pub const STANDING_GONE: Reason = Reason::new("standing_gone");
/// Not a day to begin on: it has come, or is more than a year away.
pub const DATE_TOO_SOON: Reason = Reason::new("date_too_soon");

/// Standing orders of one payer.
const OPEN_MAX: i64 = 8;
/// Days from today within which the first one must lie.
const FIRST_DAYS_MAX: i32 = 366;
/// Digits of how many times: what is longer is a day.
const TIMES_DIGITS_MAX: usize = 3;

fn both(context: &Context) -> Vec<Want> {
    let mut wants = party::wants_both(context, "to");
    // whether there is room is asked last: whoever is still typing need not wait for that
    if context.mode != Mode::Check || context.fields.contains_key("end") {
        wants.extend(all(context));
    }
    wants
}

fn all(context: &Context) -> Vec<Want> {
    context
        .person()
        .map(|payer| Want::StandingOrders(payer.account_id, OPEN_MAX))
        .into_iter()
        .collect()
}

fn set_up(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let payer = context.person()?;
    let payee = party::payee(context, "to")?;
    plan.show_all(party::sign(payee));
    let amount = context.amount("amount")?;
    // whether the money is there is asked when it is due
    let fee = total(context, payer, amount)?;
    fee.show(plan);
    let every = Every::parse(context.field("every")?);
    let every = every.ok_or_else(|| Refusal::of_field(Reason::TEXT_FORMAT, "every"))?;
    let schedule = schedule(context, every)?;
    match every {
        Every::Day => {}
        Every::Week => plan.flag("weekly"),
        Every::Month => plan.flag("monthly"),
    }
    plan.show("times", schedule.times);
    plan.show("first_day", schedule.first);
    plan.show("last_day", schedule.last());
    let open = context.facts.standing_orders(&Want::StandingOrders(payer.account_id, OPEN_MAX))?;
    if i64::try_from(open.len()).unwrap_or(i64::MAX) >= OPEN_MAX {
        return Err(STANDING_FULL.into());
    }
    let row = StandingOrderRow {
        id: context.fresh_id,
        version: 1,
        payer: payer.account_id,
        payee: payee.account_id,
        amount_minor: amount.minor,
        total_minor: fee.total.minor,
        every: every.code().to_owned(),
        first_day: i64::from(schedule.first.number()),
        times: schedule.times,
        done: 0,
        failed: 0,
        stage: String::new(),
        wake_at: 0,
        state: "open".into(),
    };
    // what was just agreed on needs no notice on the same day
    let row = waits(context, row, &schedule, schedule.begins_with(0));
    let told = told(context, &row, payee);
    let changes = vec![Change::KeepStandingOrder(row), context.tell(payer, &SET, told, None)];
    plan.commit(Act { kind: SET_UP.name, changes, ..Act::default() });
    Ok(())
}

/// Its days, as they were typed: it begins tomorrow at the earliest, so that there is time to think
/// again.
fn schedule(context: &Context, every: Every) -> Result<Schedule, PlanError> {
    let today = context.today();
    let first = Day::read(context.field("first_day")?);
    let first = first.ok_or_else(|| Refusal::of_field(Reason::DATE_FORMAT, "first_day"))?;
    if first <= today || first.number().saturating_sub(today.number()) > FIRST_DAYS_MAX {
        return Err(Refusal::of_field(DATE_TOO_SOON, "first_day").into());
    }
    let typed = context.field("end")?.trim();
    let schedule = if typed.len() <= TIMES_DIGITS_MAX
        && typed.bytes().all(|byte| byte.is_ascii_digit())
    {
        Schedule::counted(every, first, typed.parse().unwrap_or(0))
    } else {
        let end = Day::read(typed).ok_or_else(|| Refusal::of_field(Reason::DATE_FORMAT, "end"))?;
        Schedule::until(every, first, end)
    };
    Ok(schedule.ok_or_else(|| Refusal::of_field(STANDING_END, "end"))?)
}

fn open<'a>(context: &Context<'a>) -> Result<&'a [StandingOrderRow], PlanError> {
    let payer = context.person()?.account_id;
    Ok(context.facts.standing_orders(&Want::StandingOrders(payer, OPEN_MAX))?)
}

fn payees(context: &Context) -> Vec<Want> {
    let accounts: Vec<AccountId> =
        open(context).unwrap_or_default().iter().map(|row| row.payee).collect();
    if accounts.is_empty() { Vec::new() } else { party::wants_of(&accounts) }
}

fn list(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let open = open(context)?;
    let accounts: Vec<AccountId> = open.iter().map(|row| row.payee).collect();
    for row in open {
        let payee = party::of(context, &accounts, row.payee)?;
        let slots = Slots::from([
            ("amount".into(), context.money(row.amount_minor).into()),
            ("name".into(), payee.map_or(Value::Name(String::new()), |payee| payee.name())),
            ("date".into(), schedule_of(row).due(row.done).into()),
        ]);
        plan.line(row.id, slots);
    }
    Ok(())
}

fn named(context: &Context) -> Vec<Want> {
    context.chosen("standing", STANDING_GONE).map(Want::StandingOrder).into_iter().collect()
}

fn payee(context: &Context) -> Vec<Want> {
    own(context).map(|row| Want::Person(row.payee)).into_iter().collect()
}

/// The one that the input names, if it is the caller's and open.
fn own<'a>(context: &Context<'a>) -> Result<&'a StandingOrderRow, PlanError> {
    let payer = context.person()?;
    let row = context.facts.standing_order(context.chosen("standing", STANDING_GONE)?)?;
    let own = row.filter(|row| row.state == "open" && row.payer == payer.account_id);
    Ok(own.ok_or(STANDING_GONE)?)
}

fn cancel(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let payer = context.person()?;
    let row = own(context)?;
    let payee = context.facts.person(row.payee)?.ok_or(STANDING_GONE)?;
    let told = told(context, row, payee);
    plan.show_all(told.clone());
    let version = row.version.saturating_add(1);
    let row = StandingOrderRow { version, state: "cancelled".into(), ..row.clone() };
    let changes = vec![Change::KeepStandingOrder(row), context.tell(payer, &CANCELLED, told, None)];
    plan.commit(Act { kind: SET_UP.name, changes, ..Act::default() });
    Ok(())
}
