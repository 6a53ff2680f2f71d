//! Standing orders: somebody agrees once, with a quote, a yes and the PIN, to what is done for them
//! each day, week or month until a clear end, by any service that allows it. `carrying_out` does
//! it.

mod agreed;
mod carrying_out;

pub use agreed::Terms;
pub use carrying_out::{KIND, STANDING_GONE, StandingOrder};

use super::super::arrangements::{kind, place};
use super::super::context::Context;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, Service};
use super::stored_request::{Asked, StoredRequest};
use crate::calendar::Day;
use crate::money::Money;
use crate::refusal::{Reason, Refusal};
use crate::request::Mode;
use crate::schedule::{Every, Schedule};
use crate::store::people::PersonRow;
use crate::store::wants::Want;
use crate::value::{Kind, Slot};
use agreed::{CANCELLED, SET};

/// Inputs `service` and what that one needs, `every`, `first_day` and `end`, which is a day or how
/// many times; shows what the service says, `times`, `first_day`, `last_day`; flags `weekly`,
/// `monthly`.
pub const SET_UP: Service = Service {
    name: "standing",
    authority: Authority::Customer,
    opens: 1,
    wants: &[first_and_places, second, third],
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
    wants: &[all],
    decide: list,
    shows: &[Slot("amount", Kind::Money), Slot("name", Kind::Name), Slot("date", Kind::Day)],
    ..Service::PLAIN
};

/// Input `standing`: ends it. It needs no PIN, as it moves nothing.
pub const CANCEL: Service = Service {
    name: "standing_cancel",
    wants: &[named],
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
/// Not a day to begin on: it has come, or is more than a year away.
pub const DATE_TOO_SOON: Reason = Reason::new("date_too_soon");

/// Standing orders of one payer.
const OPEN_MAX: usize = 8;
/// Inputs that say when, and what a menu adds: all others are the service's own.
const NOT_ITS_OWN: [&str; 5] = ["service", "every", "first_day", "end", "total"];
/// What the service shows that is shown.
const SHOWN: &[&str] = &["name", "phone", "amount", "fee", "total"];
/// Days from today within which the first one must lie.
const FIRST_DAYS_MAX: i32 = 366;
/// Digits of how many times: what is longer is a day.
const TIMES_DIGITS_MAX: usize = 3;

/// What is to be done, as it was typed so far.
fn request(context: &Context) -> Result<StoredRequest, PlanError> {
    let service = context.field("service")?.to_owned();
    let own = context.fields.iter().filter(|(name, _)| !NOT_ITS_OWN.contains(&name.as_str()));
    let inputs = own.map(|(name, value)| (name.clone(), value.clone())).collect();
    Ok(StoredRequest { service, inputs })
}

/// It is only asked whether that could be done: it is not being done today.
fn only_asked<'a>(context: &Context<'a>) -> Context<'a> {
    Context { mode: Mode::Check, ..*context }
}

fn step(context: &Context, step: usize) -> Vec<Want> {
    request(context).map(|request| request.wants(&only_asked(context), step)).unwrap_or_default()
}

fn first_and_places(context: &Context) -> Vec<Want> {
    let mut wants = step(context, 0);
    // whether there is room is asked last: whoever is still typing need not wait for that
    if context.mode != Mode::Check || context.fields.contains_key("end") {
        let payer = context.person().map(|payer| payer.account_id);
        wants.extend(payer.into_iter().flat_map(|payer| place::wants(context, &KIND, payer)));
    }
    wants
}

fn second(context: &Context) -> Vec<Want> {
    step(context, 1)
}

fn third(context: &Context) -> Vec<Want> {
    step(context, 2)
}

fn all(context: &Context) -> Vec<Want> {
    let open = |payer: &PersonRow| Want::Arrangements(place::open_of(&KIND, payer.account_id));
    context.person().map(open).into_iter().collect()
}

fn set_up(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let payer = context.person()?;
    let request = request(context)?;
    let asked = request.asked(&only_asked(context))?;
    plan.show_all(asked.plan.shown(SHOWN));
    let total = total(&asked)?;
    plan.show_all(agreed::what(&asked.plan.shown(agreed::SAID), total));
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
    let place = place::take(context, &KIND, payer.account_id, OPEN_MAX, STANDING_FULL)?;
    // what was just agreed on needs no notice on the same day
    let stage = schedule.begins_with(0);
    let said = asked.plan.shown(agreed::SAID);
    let terms = Terms { request, said, total, schedule, done: 0, failed: 0, stage };
    let order = StandingOrder::new(context, terms.waiting(context, stage))?;
    let told = context.tell(payer, &SET, order.terms.told(context), None);
    let changes = vec![place, kind::begun(order.row), told];
    plan.commit(Act { kind: SET_UP.name, changes, ..Act::default() });
    Ok(())
}

/// What each time costs. Whether that is there is asked when it is due.
fn total(asked: &Asked) -> Result<Money, PlanError> {
    match (asked.total(), &asked.refused) {
        (Some(total), _) => Ok(total),
        (None, Some(refusal)) => Err(refusal.clone().into()),
        (None, None) => Err(PlanError::Damaged("a service without a total")),
    }
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

fn list(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let payer = context.person()?;
    // the oldest first
    for row in context.facts.arrangements(place::open_of(&KIND, payer.account_id))?.iter().rev() {
        let terms = StandingOrder::of(row)?.terms;
        let mut slots = agreed::what(&terms.said, terms.total);
        slots.remove("fee");
        slots.insert("date".into(), terms.day().into());
        plan.line(row.id, slots);
    }
    Ok(())
}

fn named(context: &Context) -> Vec<Want> {
    context.chosen("standing", STANDING_GONE).map(Want::Arrangement).into_iter().collect()
}

/// The one that the input names, if it is the caller's and open.
fn own(context: &Context) -> Result<StandingOrder, PlanError> {
    let payer = context.person()?.account_id;
    let row = context.facts.arrangement(context.chosen("standing", STANDING_GONE)?)?;
    let own = row.filter(|row| row.kind == KIND.name && row.open && row.owner == payer);
    StandingOrder::of(own.ok_or(STANDING_GONE)?)
}

fn cancel(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let payer = context.person()?;
    let order = own(context)?;
    let told = order.terms.told(context);
    plan.show_all(told.clone());
    let changes = vec![order.cancelled()?, context.tell(payer, &CANCELLED, told, None)];
    plan.commit(Act { kind: SET_UP.name, changes, ..Act::default() });
    Ok(())
}
