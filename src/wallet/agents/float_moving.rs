//! Float that the staff move from one outlet to another of the same head office, or to and from
//! that: an outlet that is given up, or that was sent too much. Whoever serves at either hears of
//! it.

use super::super::context::{Context, People};
use super::super::office::two_people::why;
use super::super::party;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, Message, Service};
use super::counter;
use crate::agent_number::AgentNumber;
use crate::book::{Change, Keep, Leg};
use crate::refusal::{Reason, Refusal};
use crate::staff::role::Right;
use crate::store::agent_rows::OutletRow;
use crate::store::records::Record;
use crate::store::wants::Want;
use crate::value::{Kind, Slot, Slots};

/// They have no head office in common.
pub const OUTLETS_APART: Reason = Reason::new("outlets_apart");

/// Inputs `from`, `to` (agents' numbers), `amount`, `why`.
pub const MOVE: Service = Service {
    name: "move_float",
    authority: Authority::Staff(Right::Outlets),
    needs: |_context, _plan| People::ByAmount,
    wants: &[both],
    decide,
    shows: &[Slot("from", Kind::Text), Slot("to", Kind::Text), Slot("amount", Kind::Money)],
    refusals: &[counter::AGENT_SELF, counter::FLOAT_LOW, OUTLETS_APART],
    messages: &[&TAKEN, &BROUGHT],
    ..Service::PLAIN
};

/// What the posting is called.
const KIND: &str = "float";

const TOLD: &[Slot] =
    &[Slot("amount", Kind::Money), Slot("name", Kind::Name), Slot("phone", Kind::Phone)];
const TAKEN: Message = Message::balance("sms.float_taken", TOLD);
const BROUGHT: Message = Message::balance("sms.float_brought", TOLD);

fn both(context: &Context) -> Vec<Want> {
    let outlets = ["from", "to"].into_iter().flat_map(|field| party::wants_outlet(context, field));
    let staff = ["from", "to"]
        .into_iter()
        .filter_map(|field| super::suspending::named(context, field).map(Want::Roster));
    outlets.chain(staff).collect()
}

fn sign(outlet: &OutletRow) -> String {
    format!("{} {}", AgentNumber::of(outlet.float_account), outlet.name)
}

/// Whether one is the other's head office, or both have the same.
fn belong_together(one: &OutletRow, other: &OutletRow) -> bool {
    let head = |outlet: &OutletRow| outlet.head_office.unwrap_or(outlet.float_account);
    head(one) == head(other)
}

fn decide(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let (from, to) = (party::outlet(context, "from")?, party::outlet(context, "to")?);
    plan.show("from", sign(from));
    plan.show("to", sign(to));
    if from.float_account == to.float_account {
        return Err(Refusal::of_field(counter::AGENT_SELF, "to").into());
    }
    if !belong_together(from, to) {
        return Err(Refusal::of_field(OUTLETS_APART, "to").into());
    }
    let amount = context.amount("amount")?;
    counter::float_for(context, from.float_account, amount)?;
    // what is left is another sum each minute: it is no part of what somebody says yes to
    plan.show("amount", amount);
    plan.concerns = Some(from.float_account);
    // money has no words of its own: who did it, and why, is told of the outlet
    let note = why(context)?.to_owned();
    let kept = Keep { record: Record::Outlet(from.next()), event: MOVE.name, note };
    let legs = vec![
        Leg { account: from.float_account, amount_minor: amount.minor.saturating_neg() },
        Leg { account: to.float_account, amount_minor: amount.minor },
    ];
    let mut changes = vec![Change::Keep(kept)];
    for (outlet, other, message) in [(from, to, &TAKEN), (to, from, &BROUGHT)] {
        let mut slots = Slots::from([("amount".to_owned(), amount.into())]);
        slots.extend(party::outlet_sign(other));
        for person in &context.facts.roster(outlet.float_account)?.people {
            changes.push(context.tell(person, message, slots.clone(), Some(outlet.float_account)));
        }
    }
    plan.commit(Act { kind: KIND, legs, changes, ..Act::default() });
    Ok(())
}
