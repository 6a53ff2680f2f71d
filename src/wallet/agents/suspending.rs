//! Suspending an outlet, which one of the staff may do, at once: it serves nobody, and neither its
//! float moves nor what is under way. Letting it work again takes two.

use super::super::care::freeze;
use super::super::context::{Context, People};
use super::super::office::two_people::why;
use super::super::party;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, Message, Service};
use crate::agent_number::AgentNumber;
use crate::book::{Change, Keep};
use crate::id::AccountId;
use crate::refusal::{Reason, Refusal};
use crate::staff::role::Right;
use crate::store::agent_rows::{OutletRow, OutletState};
use crate::store::book_rows::AccountState;
use crate::store::records::Record;
use crate::store::wants::Want;
use crate::value::{Kind, Slot, Slots};

/// It is so already.
pub const OUTLET_SAME: Reason = Reason::new("outlet_same");

/// Inputs `agent`, `why`.
pub const SUSPEND: Service = Service {
    name: "suspend_outlet",
    authority: Authority::Staff(Right::Protect),
    wants: &[outlet_and_staff],
    decide: |context, plan| turned(context, plan, OutletState::Suspended),
    shows: SHOWS,
    refusals: &[OUTLET_SAME],
    messages: &[&SUSPENDED],
    ..Service::PLAIN
};

/// Inputs `agent`, `why`.
pub const RESUME: Service = Service {
    name: "resume_outlet",
    authority: Authority::Staff(Right::Restore),
    needs: |_context, _plan| People::Two,
    wants: &[outlet_and_staff],
    decide: |context, plan| turned(context, plan, OutletState::Open),
    shows: SHOWS,
    refusals: &[OUTLET_SAME],
    messages: &[&RESUMED],
    ..Service::PLAIN
};

const SHOWS: &[Slot] = &[
    Slot("name", Kind::Name),
    Slot("agent", Kind::Phone),
    Slot("area", Kind::Text),
    Slot("outlet_was", Kind::Text),
    Slot("outlet_is", Kind::Text),
    Slot("float_balance", Kind::Money),
];

const SUSPENDED: Message = Message::plain("sms.outlet_suspended", TOLD);
const RESUMED: Message = Message::plain("sms.outlet_resumed", TOLD);
const TOLD: &[Slot] = &[Slot("name", Kind::Name), Slot("phone", Kind::Phone)];

/// The float account that a number names.
pub fn named(context: &Context, field: &'static str) -> Option<AccountId> {
    let typed = context.field(field).ok()?;
    AgentNumber::parse(typed).ok().map(AgentNumber::outlet)
}

/// The outlet whose number was typed, whether it works or not; shown as `name`, `agent`, `area`.
pub fn known<'a>(
    context: &Context<'a>,
    plan: &mut Plan,
    field: &'static str,
) -> Result<&'a OutletRow, PlanError> {
    let typed = context.field(field)?;
    let number = AgentNumber::parse(typed).map_err(|reason| Refusal::of_field(reason, field))?;
    let unknown = || Refusal::of_field(Reason::AGENT_UNKNOWN, field).with("agent", number);
    let outlet = context.facts.outlet(number.outlet())?.ok_or_else(unknown)?;
    plan.show_all(Slots::from([
        ("name".to_owned(), crate::value::Value::Name(outlet.name.clone())),
        ("agent".to_owned(), number.into()),
        ("area".to_owned(), outlet.area.clone().into()),
    ]));
    plan.concerns = Some(outlet.float_account);
    Ok(outlet)
}

fn outlet_and_staff(context: &Context) -> Vec<Want> {
    let Some(float) = named(context, "agent") else { return Vec::new() };
    vec![Want::Outlet(float), Want::Account(float), Want::Stopped(float), Want::Roster(float)]
}

fn word(state: OutletState) -> String {
    <&str>::from(state).to_owned()
}

fn turned(context: &Context, plan: &mut Plan, state: OutletState) -> Result<(), PlanError> {
    let outlet = known(context, plan, "agent")?;
    plan.show("outlet_was", word(outlet.state));
    plan.show("outlet_is", word(state));
    let float = party::account(context, outlet.float_account)?;
    plan.show("float_balance", context.money(float.balance_minor));
    if outlet.state == state {
        return Err(Refusal::of_field(OUTLET_SAME, "agent").into());
    }
    let why = why(context)?;
    let (kind, message, account) = match state {
        OutletState::Open => ("resume_outlet", RESUMED, AccountState::Open),
        OutletState::Suspended => ("suspend_outlet", SUSPENDED, AccountState::Frozen),
    };
    let row = OutletRow { state, ..outlet.next() };
    let kept = Keep { record: Record::Outlet(row), event: state.into(), note: why.to_owned() };
    // the book heeds it in the commit: what is under way there is refused
    let heeded = freeze::heeded(context, outlet.float_account, account, why)?;
    let mut changes = vec![Change::Keep(kept), heeded];
    let sign = party::outlet_sign(outlet);
    for person in &context.facts.roster(outlet.float_account)?.people {
        changes.push(context.tell(person, &message, sign.clone(), None));
    }
    plan.commit(Act { kind, changes, ..Act::default() });
    Ok(())
}
