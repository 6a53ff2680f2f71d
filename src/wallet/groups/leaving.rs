//! Leaving a group. What somebody has put in stays in it: it was put together with that of the
//! others, and only all of them share it out. The last one does not leave it, but ends it.

use super::super::arrangements::Role;
use super::super::context::Context;
use super::super::party;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, Message, Service};
use super::group::State;
use super::membership::{self, Event, GROUP_GONE};
use super::proposing::{self, takes_part};
use crate::reason::Reason;
use crate::value::{Kind, Slot};

/// Input `group`: leaves it. Shows what is in it, `saved`.
pub const LEAVE: Service = Service {
    name: "leave_group",
    authority: Authority::Customer,
    wants: &[proposing::named, proposing::standing],
    decide: leave,
    shows: &[Slot("group", Kind::Name), Slot("saved", Kind::Money)],
    refusals: &[GROUP_GONE, GROUP_LAST],
    messages: &[&LEFT],
    ..Service::PLAIN
};

/// The last member ends it and does not leave it.
pub const GROUP_LAST: Reason = Reason::new("group_last");

const LEFT: Message = Message::plain(
    "sms.group_left",
    &[Slot("group", Kind::Name), Slot("name", Kind::Name), Slot("phone", Kind::Phone)],
);

fn leave(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let own = context.person()?;
    let case = proposing::own(context)?;
    plan.show("group", case.group.name());
    plan.show("saved", context.money(case.group.account(context)?.balance_minor));
    let id = own.account_id;
    let other = case.members.iter().find(|member| member.owner != id);
    match (case.group.state, other) {
        (State::Running, None) => return Err(GROUP_LAST.into()),
        (State::Forming, _) | (State::Running, Some(_)) => {}
        (State::Closing | State::Closed | State::Lapsed, _) => return Err(GROUP_GONE.into()),
    }
    let row = case.members.iter().find(|member| member.owner == id).ok_or(GROUP_GONE)?;
    let mut told = party::sign(context.config, own);
    told.insert("group".into(), case.group.name());
    let mut changes = vec![membership::KIND.moved(row, Event::Leave.into(), Role::Owner, "")?];
    // of the last two who leave at one moment, one is the last one
    changes.extend(other.map(|other| takes_part(&case, other.owner)).transpose()?);
    changes.extend(membership::tell_all(context, &case.members, &[id], &LEFT, &told)?);
    plan.commit(Act { kind: LEAVE.name, changes, ..Act::default() });
    Ok(())
}
