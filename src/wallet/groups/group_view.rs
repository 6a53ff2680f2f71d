//! What every member may see of a group: what is in it, whose turn it is and when, what waits for
//! their yes, what was agreed on, and who the others are.

use super::super::context::Context;
use super::super::party;
use super::super::plan::{Plan, PlanError};
use super::super::service::{ByText, Message, Service};
use super::about::About;
use super::group::{Group, State as Stage};
use super::membership::{self, GROUP_GONE};
use super::proposal::{self, Proposal, State};
use super::proposing;
use super::voting::{groups, of_each, waiting};
use crate::id::ArrangementId;
use crate::store::wants::Want;
use crate::value::{Kind, Slot, Slots};

/// Lists the groups of the caller: `group`, `saved`, the `turn` and what `waits` for their yes.
pub const MINE: Service = Service {
    name: "groups",
    wants: &[memberships, of_each, contents],
    decide: list,
    shows: STANDS,
    text: Some(ByText::List { line: &LINE, whole: &WHOLE, none: &NONE }),
    ..Service::PLAIN
};

/// Input `group`: shows how it stands, and what was agreed on; with the flag `forming` before it
/// has begun.
pub const INFO: Service = Service {
    name: "group_info",
    wants: &[named, contents_of_named],
    decide: info,
    shows: STANDS,
    refusals: &[GROUP_GONE],
    ..Service::PLAIN
};

/// Input `group`: lists its members, in the order in which they joined: `name`, `phone`.
pub const MEMBERS: Service = Service {
    name: "group_members",
    wants: &[proposing::named, proposing::standing],
    decide: members,
    shows: &[Slot("name", Kind::Name), Slot("phone", Kind::Phone)],
    refusals: &[GROUP_GONE],
    ..Service::PLAIN
};

const STANDS: &[Slot] = &[
    Slot("group", Kind::Name),
    Slot("saved", Kind::Money),
    Slot("turn", Kind::Text),
    Slot("turn_code", Kind::Text),
    Slot("name", Kind::Name),
    Slot("day", Kind::Day),
    Slot("waits", Kind::Text),
    Slot("waits_code", Kind::Text),
    Slot("asks", Kind::Count),
    Slot("amount", Kind::Money),
    Slot("every", Kind::Text),
    Slot("every_code", Kind::Text),
    Slot("rule", Kind::Text),
    Slot("rule_code", Kind::Text),
    Slot("many", Kind::Count),
    Slot("members", Kind::Count),
];
const LINE: Message = Message::plain("sms.group_line", STANDS);
const WHOLE: Message = Message::plain(
    "sms.groups",
    &[Slot("lines", Kind::Text), Slot("dial", Kind::Text), Slot("brand", Kind::Text)],
);
const NONE: Message = Message { template: "sms.groups_empty", ..WHOLE };

fn memberships(context: &Context) -> Vec<Want> {
    let own = context.person().map(|own| membership::of_person(own.account_id));
    own.map(Want::Arrangements).into_iter().collect()
}

/// The turn that comes next, or is asked about.
fn turn(context: &Context, group: ArrangementId) -> Result<Option<Proposal>, PlanError> {
    for row in context.facts.arrangements(proposal::of_group(group))? {
        let asked = Proposal::of(row)?;
        if matches!(asked.terms.about, About::Turn { .. }) {
            return Ok(Some(asked));
        }
    }
    Ok(None)
}

fn contents_of(context: &Context, group: ArrangementId) -> Vec<Want> {
    let account = Group::found(context, group).map(|group| Want::Account(group.account));
    let turn = turn(context, group).ok().flatten().and_then(|turn| turn.row.other);
    account.into_iter().chain(turn.map(Want::Person)).collect()
}

fn contents(context: &Context) -> Vec<Want> {
    groups(context).into_iter().flat_map(|group| contents_of(context, group)).collect()
}

fn chosen(context: &Context) -> Result<ArrangementId, PlanError> {
    context.chosen("group", GROUP_GONE)
}

fn named(context: &Context) -> Vec<Want> {
    let Ok(group) = chosen(context) else { return Vec::new() };
    vec![
        Want::Arrangement(group),
        Want::Arrangements(membership::of_group(group)),
        Want::Arrangements(proposal::of_group(group)),
    ]
}

fn contents_of_named(context: &Context) -> Vec<Want> {
    chosen(context).map(|group| contents_of(context, group)).unwrap_or_default()
}

/// How a group stands, as one of its members sees it.
fn stands(context: &Context, group: &Group) -> Result<Slots, PlanError> {
    let id = group.row.id;
    let mut slots = group.told(context);
    slots.insert("saved".into(), context.money(group.account(context)?.balance_minor).into());
    let members = membership::members(context, id)?.len();
    slots.insert("members".into(), i64::try_from(members).unwrap_or(i64::MAX).into());
    let asks = waiting(context, id)?.len();
    slots.insert("waits_code".into(), if asks == 0 { "none" } else { "some" }.into());
    slots.insert("asks".into(), i64::try_from(asks).unwrap_or(i64::MAX).into());
    slots.extend(turn_of(context, id)?);
    Ok(slots)
}

/// Whose turn it is: `name`, and from which `day`.
fn turn_of(context: &Context, group: ArrangementId) -> Result<Slots, PlanError> {
    let nobody = Slots::from([
        ("turn_code".into(), "none".into()),
        ("name".into(), crate::value::Value::Name(String::new())),
        ("day".into(), context.today().into()),
    ]);
    let Some(turn) = turn(context, group)? else { return Ok(nobody) };
    let About::Turn { day, .. } = turn.terms.about else { return Ok(nobody) };
    let whose = match turn.row.other {
        Some(whose) => context.facts.person(whose)?,
        None => None,
    };
    let Some(whose) = whose else { return Ok(nobody) };
    let code = if turn.state == State::Asked { "now" } else { "next" };
    Ok(Slots::from([
        ("turn_code".into(), code.into()),
        ("name".into(), party::name(whose)),
        ("day".into(), day.into()),
    ]))
}

fn list(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    context.person()?;
    for id in groups(context) {
        let Ok(group) = Group::found(context, id) else { continue };
        plan.line(id, stands(context, &group)?);
    }
    Ok(())
}

fn info(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let case = proposing::own(context)?;
    plan.show_all(stands(context, &case.group)?);
    if case.group.state == Stage::Forming {
        plan.flag("forming");
    }
    Ok(())
}

fn members(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    for member in proposing::own(context)?.members {
        plan.line(member.id, party::sign(context.config, proposal::person(context, member.owner)?));
    }
    Ok(())
}
