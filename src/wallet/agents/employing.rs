//! Who serves at an outlet: they begin with a start PIN that comes to their own phone and that no
//! member of the staff sees; and when they leave, their PIN opens nothing any more, not even what
//! is under way.

use super::super::care::sim_change::{self, SIM_CHANGED};
use super::super::context::{Context, People};
use super::super::office::two_people::why;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, Message, Service};
use super::super::{party, start_pin};
use super::suspending::known;
use crate::book::{Change, Keep};
use crate::id::AssistantId;
use crate::refusal::{Reason, Refusal};
use crate::staff::role::Right;
use crate::store::assistants::{AssistantRow, SERVES_ALREADY};
use crate::store::people::PersonRow;
use crate::store::records::Record;
use crate::store::wants::Want;
use crate::value::{Kind, Slot, Value};

/// They serve nowhere.
pub const SERVES_NOWHERE: Reason = Reason::new("serves_nowhere");

/// Inputs `agent`, `phone`, `why`.
pub const EMPLOY: Service = Service {
    name: "employ_assistant",
    authority: Authority::Staff(Right::Outlets),
    opens: 1,
    // whoever serves there may move what lies there, and what comes there later
    needs: |_context, _plan| People::Two,
    wants: &[both, at_work],
    decide: employ,
    shows: SHOWS,
    refusals: &[SERVES_ALREADY, SIM_CHANGED],
    messages: &[&EMPLOYED],
    ..Service::PLAIN
};

/// Inputs `phone`, `why`.
pub const DISMISS: Service = Service {
    name: "dismiss_assistant",
    authority: Authority::Staff(Right::Outlets),
    wants: &[both, at_work, pin],
    decide: dismiss,
    shows: SHOWS,
    refusals: &[SERVES_NOWHERE],
    messages: &[&DISMISSED],
    ..Service::PLAIN
};

const SHOWS: &[Slot] = &[
    Slot("name", Kind::Name),
    Slot("agent", Kind::Phone),
    Slot("area", Kind::Text),
    Slot("serves", Kind::Name),
    Slot("phone", Kind::Phone),
];

const EMPLOYED: Message = Message::plain(
    "sms.employed",
    &[Slot("name", Kind::Name), Slot("phone", Kind::Phone), start_pin::SLOT],
);
const DISMISSED: Message =
    Message::plain("sms.dismissed", &[Slot("name", Kind::Name), Slot("phone", Kind::Phone)]);

fn both(context: &Context) -> Vec<Want> {
    let phone = context.phone("phone").ok();
    let person = phone.map(|phone| Want::Number(phone.e164().to_owned()));
    party::wants_outlet(context, "agent").into_iter().chain(person).collect()
}

fn typed<'a>(context: &Context<'a>) -> Option<&'a PersonRow> {
    let phone = context.phone("phone").ok()?;
    context.facts.number(phone.e164()).ok().flatten().map(|holder| &holder.person)
}

fn at_work(context: &Context) -> Vec<Want> {
    let wants = |person: &PersonRow| {
        let account = person.account_id;
        vec![Want::Post(account), sim_change::want(account)]
    };
    typed(context).map(wants).unwrap_or_default()
}

fn pin(context: &Context) -> Vec<Want> {
    let post = typed(context).and_then(|person| context.facts.post(person.account_id).ok());
    let pin = post.flatten().map(|post| Want::Pin(post.assistant.id.into()));
    pin.into_iter().collect()
}

/// Whose number was typed, who must have a wallet.
fn person<'a>(context: &Context<'a>, plan: &mut Plan) -> Result<&'a PersonRow, PlanError> {
    let phone = context.phone("phone")?;
    let person = context.facts.number(phone.e164())?.map(|holder| &holder.person);
    let nobody = || {
        Refusal::of_field(Reason::PAYEE_UNKNOWN, "phone")
            .with("phone", Value::whole(&phone, &context.config.market))
    };
    let person = person.ok_or_else(nobody)?;
    plan.show("serves", Value::Name(person.name.clone()));
    plan.show("phone", Value::whole(&phone, &context.config.market));
    Ok(person)
}

fn employ(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let outlet = known(context, plan, "agent")?;
    party::working(context, outlet)?;
    let person = person(context, plan)?;
    if context.facts.post(person.account_id)?.is_some() {
        return Err(Refusal::of_field(SERVES_ALREADY, "phone").into());
    }
    // whoever has the number since then would get the PIN
    sim_change::not_lately(context, person.account_id)?;
    let note = why(context)?.to_owned();
    let id = AssistantId::of(context.fresh_id);
    let now = context.now.micros();
    let row = AssistantRow::begins(id, person.account_id, outlet.float_account, now);
    let (pin, seed) = start_pin::drawn(context, id.into(), &person.msisdn, 1)?;
    let mut told = party::outlet_sign(outlet);
    told.insert(start_pin::SLOT.0.to_owned(), seed);
    let changes = vec![
        Change::Keep(Keep { record: Record::Assistant(row), event: "employ", note }),
        Change::keep(Record::Pin(pin), "start_pin"),
        context.tell(person, &EMPLOYED, told, None),
    ];
    plan.commit(Act { kind: "employ", changes, ..Act::default() });
    Ok(())
}

fn dismiss(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let person = person(context, plan)?;
    let post = context.facts.post(person.account_id)?;
    let post = post.ok_or_else(|| Refusal::of_field(SERVES_NOWHERE, "phone"))?;
    plan.show("name", Value::Name(post.outlet.name.clone()));
    plan.show("agent", crate::agent_number::AgentNumber::of(post.outlet.float_account));
    plan.show("area", post.outlet.area.clone());
    plan.concerns = Some(post.outlet.float_account);
    let note = why(context)?.to_owned();
    let left = Record::Assistant(post.assistant.leaves(context.now.micros()));
    let mut changes = vec![Change::Keep(Keep { record: left, event: "dismiss", note })];
    // the book compares it within each commit
    let pin = context.facts.pin(post.assistant.id.into())?.filter(|pin| !pin.tag.is_empty());
    changes.extend(pin.map(|pin| Change::keep(Record::Pin(pin.clone().taken_away()), "dismiss")));
    changes.push(context.tell(person, &DISMISSED, party::outlet_sign(&post.outlet), None));
    plan.commit(Act { kind: "dismiss", changes, ..Act::default() });
    Ok(())
}
