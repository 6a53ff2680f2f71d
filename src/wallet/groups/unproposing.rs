//! Who has asked a group for something sees it, and takes it back as long as it is not decided: all
//! others hear of it. Whose turn it is has asked for nothing.

use super::super::arrangements::Role;
use super::super::context::Context;
use super::super::message::Message;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::Service;
use super::about::TOLD;
use super::group::Group;
use super::membership::{self, GROUP_GONE};
use super::proposal::{self, Event, GROUP_ASK_GONE, Proposal};
use super::proposing::SHOWS;
use super::voting::{self, words};
use crate::id::ArrangementId;
use crate::store::wants::Want;

/// Input `group`: lists what the caller has asked it for and is not decided: `what`.
pub const WISHES: Service = Service {
    name: "group_wishes",
    wants: &[of_group, those_named],
    decide: wishes,
    shows: SHOWS,
    ..Service::PLAIN
};

/// Input `proposal`: takes it back. Shows `act`.
pub const TAKE_BACK: Service = Service {
    name: "group_take_back",
    wants: &[voting::chosen, voting::group_and_members, voting::standing],
    decide: take_back,
    shows: SHOWS,
    refusals: &[GROUP_ASK_GONE, GROUP_GONE],
    messages: &[&TAKEN_BACK],
    ..Service::PLAIN
};

/// To all others: it is not asked any more.
const TAKEN_BACK: Message = Message::plain("sms.group_ask_taken_back", TOLD);

fn named(context: &Context) -> Result<ArrangementId, PlanError> {
    context.chosen("group", GROUP_GONE)
}

fn of_group(context: &Context) -> Vec<Want> {
    let wants = |group| [Want::Arrangement(group), Want::Arrangements(proposal::of_group(group))];
    named(context).map(wants).into_iter().flatten().collect()
}

/// What the caller has asked for in it, the longest ago first.
fn own(context: &Context, group: ArrangementId) -> Result<Vec<Proposal>, PlanError> {
    let asked = context.facts.arrangements(proposal::of_group(group))?.iter().rev();
    let mut own: Vec<Proposal> = asked.map(Proposal::of).collect::<Result<_, _>>()?;
    let caller = context.person()?.account_id;
    own.retain(|asked| asked.row.owner == caller && is_wish(context, asked));
    Ok(own)
}

/// Whether a member asks for it still.
fn is_wish(context: &Context, asked: &Proposal) -> bool {
    let (by_member, _matter) = asked.terms.about.matter();
    by_member && asked.waits(context)
}

fn those_named(context: &Context) -> Vec<Want> {
    let own = named(context).and_then(|group| own(context, group)).unwrap_or_default();
    let sides = |asked: Proposal| [Some(asked.row.owner), asked.row.other];
    own.into_iter().flat_map(sides).flatten().map(Want::Owner).collect()
}

fn wishes(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let group = Group::found(context, named(context)?)?;
    for asked in own(context, group.row.id)? {
        let mut slots = words(context, &group, &asked)?;
        let what = slots.get("act_code").cloned();
        slots.extend(what.map(|what| ("what_code".to_owned(), what)));
        plan.line(asked.row.id, slots);
    }
    Ok(())
}

fn take_back(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let caller = context.person()?.account_id;
    let asked = Proposal::of(voting::row(context)?)?;
    if asked.row.owner != caller || !is_wish(context, &asked) {
        return Err(GROUP_ASK_GONE.into());
    }
    let group = Group::found(context, asked.group()?)?;
    let told = words(context, &group, &asked)?;
    plan.show_all(told.clone());
    let members = membership::members(context, group.row.id)?;
    let mut changes = vec![asked.moved(Event::TakeBack, Role::Owner, None)?];
    changes.extend(membership::tell_all(context, &members, &[caller], &TAKEN_BACK, &told)?);
    plan.commit(Act { kind: TAKE_BACK.name, changes, ..Act::default() });
    Ok(())
}
