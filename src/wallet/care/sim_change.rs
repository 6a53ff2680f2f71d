//! That a SIM was changed: who has the number since then may be a thief. For three days codes are
//! not shown again to that number, nobody unlocks its PIN, and what it was sent to begin with, a
//! PIN or the link of who is to work here, opens nothing any more. There is no feed of the telcos
//! yet: one of the staff says it, because somebody called, or a shop did.

use super::super::arrangements::Role;
use super::super::arrangements::kind::{Kind, in_words};
use super::super::context::Context;
use super::super::office::two_people::why;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, Service};
use super::super::start_pin;
use super::{named, of_them, whose};
use crate::book::{Change, Keep, Put};
use crate::id::AccountId;
use crate::reason::Reason;
use crate::staff::role::Right;
use crate::store::arrangement_rows::{ArrangementRow, Search, Side};
use crate::store::holders::AccountHolder;
use crate::store::records::Record;
use crate::store::staff_rows::{StaffRow, StaffState};
use crate::store::wants::Want;
use crate::value::{Kind as Of, Slot};
use strum::{EnumString, IntoStaticStr, VariantNames};

/// The SIM was changed so lately that whoever has it may not be the owner.
pub const SIM_CHANGED: Reason = Reason::new("sim_changed");

/// For how long, microseconds.
const LASTS: i64 = 72 * 3_600 * 1_000_000;

/// Where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum State {
    /// It was so lately.
    Recent,
    /// It was long enough ago.
    Settled,
}

/// What happens to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Event {
    /// Its three days are over.
    Settle,
}

fn apply(state: State, event: Event, role: Role) -> Option<State> {
    match (state, event, role) {
        (State::Recent, Event::Settle, Role::Service) => Some(State::Settled),
        (State::Recent | State::Settled, Event::Settle, _anybody) => None,
    }
}

/// The kind of a changed SIM.
pub const KIND: Kind = Kind {
    name: "sim_change",
    states: State::VARIANTS,
    events: Event::VARIANTS,
    apply: |state, event, role| in_words(state, event, role, apply),
    of_staff: true,
    begins: &["recent"],
    open: &["recent"],
    gone: Reason::MOVED,
    wants: &[],
    wake: |_context, row, _refused| {
        let over = KIND.moved(row, Event::Settle.into(), Role::Service, "")?;
        Ok(Act { kind: "sim_settled", changes: vec![over], ..Act::default() })
    },
};

/// Inputs `phone`, `why`: its SIM was changed just now.
pub const SAY: Service = Service {
    name: "sim_changed",
    authority: Authority::Staff(Right::Protect),
    opens: 1,
    wants: &[with_staff, serving, pin_for_work],
    decide: say,
    shows: &[Slot("name", Of::Name), Slot("phone", Of::Phone), Slot("last_day", Of::Day)],
    ..Service::PLAIN
};

fn search(account: AccountId) -> Search {
    Search { side: Side::Other(account), kind: KIND.name, open: true, since: 0, limit: 1 }
}

/// What is read to know whether somebody's SIM was changed lately.
pub fn want(account: AccountId) -> Want {
    Want::Arrangements(search(account))
}

/// Until when its change counts, where it was changed lately.
pub fn counts_until(context: &Context, account: AccountId) -> Result<Option<i64>, PlanError> {
    let newest = context.facts.arrangements(search(account))?.first();
    Ok(newest.filter(|row| KIND.waits(row, context.now)).and_then(|row| row.due_at))
}

/// Refused as `sim_changed` where it was.
pub fn not_lately(context: &Context, account: AccountId) -> Result<(), PlanError> {
    match counts_until(context, account)? {
        Some(_until) => Err(SIM_CHANGED.into()),
        None => Ok(()),
    }
}

fn with_staff(context: &Context) -> Vec<Want> {
    named(context).into_iter().chain([Want::AllStaff]).collect()
}

fn serving(context: &Context) -> Vec<Want> {
    of_them(context, |them| vec![Want::Post(them)])
}

/// The PIN that they have for their work.
fn pin_for_work(context: &Context) -> Vec<Want> {
    let number = context.phone("phone").ok();
    let holder = number.and_then(|number| context.facts.number(number.e164()).ok().flatten());
    let post = holder.and_then(|holder| context.facts.post(holder.account.id).ok().flatten());
    post.map(|post| Want::Pin(post.assistant.id.into())).into_iter().collect()
}

/// What was sent to the number to begin with, and was not used yet, is void.
fn void(context: &Context, holder: &AccountHolder, why: &str) -> Result<Vec<Change>, PlanError> {
    let post = context.facts.post(holder.account.id)?;
    let at_work = post.map(|post| context.facts.pin(post.assistant.id.into())).transpose()?;
    let pins = [holder.pin.as_ref(), at_work.flatten()];
    let pins = pins.into_iter().flatten().filter_map(|pin| start_pin::voided(pin, context.now));
    let number = &holder.person.msisdn;
    let invited = |row: &&StaffRow| row.state == StaffState::Invited && row.msisdn == *number;
    let links =
        context.facts.all_staff()?.iter().filter(invited).filter(|row| !row.link.is_empty());
    let links = links.map(|row| StaffRow { link: Vec::new(), link_until: None, ..row.next() });
    let links = links.map(|row| Record::Staff(Box::new(row)));
    let keep = |record| Change::Keep(Keep { record, event: SAY.name, note: why.to_owned() });
    Ok(pins.map(Record::Pin).chain(links).map(keep).collect())
}

fn say(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let holder = whose(context, plan)?;
    let account = holder.account.id;
    let until = context.now.micros().saturating_add(LASTS);
    plan.show("last_day", context.day_of(crate::time::Timestamp::from_micros(until)));
    let owner = AccountId::of(context.staff()?.id.number());
    let row = KIND.row(context, State::Recent.into(), owner, Some(account));
    let row = ArrangementRow { due_at: Some(until), body: "{}".to_owned(), ..row };
    let note = why(context)?.to_owned();
    let mut changes = void(context, holder, &note)?;
    changes.insert(0, Change::Put(Put { row, event: "begin", note }));
    plan.commit(Act { kind: "sim_changed", changes, ..Act::default() });
    Ok(())
}
