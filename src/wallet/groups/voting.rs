//! A yes or a no to what is asked of a group, each on their own phone. Whoever said no may say yes
//! later, as long as it is not decided; each counts once. Where fewer are needed since, as another
//! rule was agreed on or somebody has left, whoever said yes says so once more, and it is done.

use super::super::arrangements::Role;
use super::super::context::Context;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, Replay, Service, Unrecorded};
use super::about::DECLINED;
use super::carrying::{self, Case, GROUP_SHORT};
use super::group::{Group, State};
use super::membership::{self, GROUP_GONE};
use super::proposal::{self, Event, GROUP_ASK_GONE, Proposal, Terms};
use super::proposing::{SHOWS, takes_part};
use super::tally::{Outcome, Roll};
use crate::book::Change;
use crate::id::{AccountId, ArrangementId};
use crate::reason::Reason;
use crate::request::Mode;
use crate::store::arrangement_rows::ArrangementRow;
use crate::store::wants::Want;
use crate::value::{Slots, Value};

/// Lists what waits for the caller's yes, of all their groups: `group`, `asker`, `what`.
pub const QUESTIONS: Service = Service {
    name: "group_questions",
    wants: &[memberships, of_each, those_named],
    decide: questions,
    shows: SHOWS,
    ..Service::PLAIN
};

/// Input `proposal`: agrees, and where that decides it, it is done. Shows `act`, how many have said
/// `yes`, how many are `needed`, and what comes of the `vote`.
pub const AGREE: Service = Service {
    name: "group_agree",
    authority: Authority::Customer,
    opens: 1,
    wants: &[chosen, group_and_members, standing],
    decide: agree,
    shows: SHOWS,
    refusals: &[GROUP_ASK_GONE, GROUP_GONE, GROUP_VOTED, GROUP_SHORT],
    messages: carrying::MESSAGES,
    replay: GIVEN,
    ..Service::PLAIN
};

/// Input `proposal`: does not agree.
pub const DECLINE: Service = Service {
    name: "group_decline",
    wants: &[chosen, group_and_members, standing],
    decide: decline,
    shows: SHOWS,
    refusals: &[GROUP_ASK_GONE, GROUP_GONE, GROUP_VOTED],
    messages: &[&DECLINED],
    replay: GIVEN,
    ..Service::PLAIN
};

/// How a vote is told again: that it counts, and what came of it if it is decided.
const GIVEN: Replay =
    Replay { wants: &[chosen], recorded: Some(given), unrecorded: Unrecorded::Nothing };

/// They have said so already.
pub const GROUP_VOTED: Reason = Reason::new("group_voted");

fn memberships(context: &Context) -> Vec<Want> {
    let own = context.person().map(|own| membership::of_person(own.account_id));
    own.map(Want::Arrangements).into_iter().collect()
}

/// The groups of the caller.
pub fn groups(context: &Context) -> Vec<ArrangementId> {
    let own = context.person().ok().map(|own| membership::of_person(own.account_id));
    let rows = own.and_then(|own| context.facts.arrangements(own).ok()).unwrap_or_default();
    rows.iter().rev().filter_map(|row| membership::group_of(row).ok()).collect()
}

/// What must be read to know what is asked of each of them.
pub fn of_each(context: &Context) -> Vec<Want> {
    let of_one = |group: ArrangementId| {
        [
            Want::Arrangement(group),
            Want::Arrangements(membership::of_group(group)),
            Want::Arrangements(proposal::of_group(group)),
        ]
    };
    groups(context).into_iter().flat_map(of_one).collect()
}

/// What waits for the yes of the caller in a group, the longest asked first.
pub fn waiting(context: &Context, group: ArrangementId) -> Result<Vec<Proposal>, PlanError> {
    let own = context.person()?.account_id;
    let Ok(of) = Group::found(context, group) else { return Ok(Vec::new()) };
    let members = membership::members(context, group)?;
    // whether somebody can agree now does not matter here
    let seat = |row: &ArrangementRow| super::tally::Seat { member: row.owner, able: true };
    let roll = Roll(members.iter().map(seat).collect());
    let mut waiting = Vec::new();
    for row in context.facts.arrangements(proposal::of_group(group))?.iter().rev() {
        let asked = Proposal::of(row)?;
        let mine = roll.able_voters(&asked.question()).contains(&own);
        let said = asked.terms.yes.contains(&own) && asked.outcome(&roll, &of) != Outcome::Carried;
        if mine && asked.waits(context) && !said {
            waiting.push(asked);
        }
    }
    Ok(waiting)
}

/// What waits for the caller, and who asks for what for whom.
fn those_named(context: &Context) -> Vec<Want> {
    let groups = groups(context).into_iter();
    let all = groups.flat_map(|group| waiting(context, group).unwrap_or_default());
    let sides = |asked: Proposal| [Some(asked.row.owner), asked.row.other];
    all.flat_map(sides).flatten().map(Want::Owner).collect()
}

fn questions(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    context.person()?;
    for id in groups(context) {
        let Ok(group) = Group::found(context, id) else { continue };
        for asked in waiting(context, id)? {
            let mut slots = words(context, &group, &asked)?;
            let what = slots.get("act_code").cloned();
            slots.extend(what.map(|what| ("what_code".to_owned(), what)));
            plan.line(asked.row.id, slots);
        }
    }
    Ok(())
}

/// What texts and screens say of what is asked.
pub fn words(context: &Context, group: &Group, asked: &Proposal) -> Result<Slots, PlanError> {
    let asker = proposal::person(context, asked.row.owner)?;
    let concerned = asked.row.other.map(|other| proposal::person(context, other)).transpose()?;
    Ok(asked.told(context, group, asker, concerned))
}

fn named(context: &Context) -> Result<ArrangementId, PlanError> {
    context.chosen("proposal", GROUP_ASK_GONE)
}

/// What must be read of what is named.
pub fn chosen(context: &Context) -> Vec<Want> {
    named(context).map(Want::Arrangement).into_iter().collect()
}

/// As it is stored.
pub fn row<'a>(context: &Context<'a>) -> Result<&'a ArrangementRow, PlanError> {
    let row = context.facts.arrangement(named(context)?)?;
    Ok(row.filter(|row| row.kind == proposal::KIND.name).ok_or(GROUP_ASK_GONE)?)
}

fn given(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let code = match Proposal::of(row(context)?)?.state {
        proposal::State::Carried => "done",
        proposal::State::Declined => "lost",
        proposal::State::Planned
        | proposal::State::Asked
        | proposal::State::TakenBack
        | proposal::State::Expired => "given",
    };
    plan.show("vote_code", code);
    Ok(())
}

/// And then of its group,
pub fn group_and_members(context: &Context) -> Vec<Want> {
    row(context).map(proposal::whose).unwrap_or_default()
}

/// and how all stand whom it is about.
pub fn standing(context: &Context) -> Vec<Want> {
    let Ok(row) = row(context) else { return Vec::new() };
    let invited = Proposal::of(row).ok().and_then(|asked| asked.invited());
    proposal::standing(context, row).into_iter().chain(invited.map(Want::Number)).collect()
}

/// A vote that may be given.
struct Ballot {
    case: Case,
    asked: Proposal,
    roll: Roll,
    voter: AccountId,
    told: Slots,
}

fn ballot(context: &Context, plan: &mut Plan) -> Result<Ballot, PlanError> {
    let voter = context.person()?.account_id;
    let asked = Proposal::of(row(context)?)?;
    let group = Group::found(context, asked.group()?)?;
    let members = membership::members(context, group.row.id)?;
    let roll = membership::roll(context, &members)?;
    let question = asked.question();
    // whoever is asked nothing learns nothing
    if !roll.voters(&question).iter().any(|seat| seat.member == voter) {
        return Err(GROUP_ASK_GONE.into());
    }
    if !asked.waits(context) || group.state != State::Running {
        return Err(GROUP_ASK_GONE.into());
    }
    if !roll.able_voters(&question).contains(&voter) {
        return Err(Reason::ACCOUNT_CLOSED.into());
    }
    let told = words(context, &group, &asked)?;
    plan.show_all(told.clone());
    let ballot = Ballot { case: Case { group, members }, asked, roll, voter, told };
    ballot.show(plan);
    Ok(ballot)
}

impl Ballot {
    /// Shows how it stands.
    fn show(&self, plan: &mut Plan) {
        let question = self.asked.question();
        let count = |number: usize| Value::Count(i64::try_from(number).unwrap_or(i64::MAX));
        let needed = self.roll.needed(&question, self.case.group.terms.approvals);
        plan.show("yes", count(self.roll.agreed(&question, &self.asked.terms.yes)));
        plan.show("needed", count(needed));
    }

    /// The same with the vote given.
    fn voted(self, yes: bool) -> Result<Ballot, PlanError> {
        let voter = self.voter;
        if yes && self.asked.terms.yes.contains(&voter) && self.outcome() == Outcome::Carried {
            return Ok(self);
        }
        let Terms { about, yes: mut agreed, no: mut declined } = self.asked.terms.clone();
        let (into, out_of) =
            if yes { (&mut agreed, &mut declined) } else { (&mut declined, &mut agreed) };
        if into.contains(&voter) || (!yes && out_of.contains(&voter)) {
            return Err(GROUP_VOTED.into());
        }
        into.push(voter);
        out_of.retain(|other| *other != voter);
        let terms = Terms { about, yes: agreed, no: declined };
        Ok(Ballot { asked: Proposal { terms, ..self.asked }, ..self })
    }

    fn outcome(&self) -> Outcome {
        self.asked.outcome(&self.roll, &self.case.group)
    }

    /// What must still be so, whatever the vote: that who gives it is a member, of a group that has
    /// not ended.
    fn guards(&self, runs: bool) -> Result<Vec<Change>, PlanError> {
        let runs = runs.then(|| self.case.group.runs());
        Ok([takes_part(&self.case, self.voter)?].into_iter().chain(runs).collect())
    }
}

fn agree(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let ballot = ballot(context, plan)?.voted(true)?;
    let asked = &ballot.asked;
    let about = &asked.terms.about;
    if context.mode != Mode::Execute {
        // whether there is enough in it is said when it is done: until then they may still say no
        return Ok(());
    }
    let (mut act, event) = match ballot.outcome() {
        Outcome::Carried => {
            ballot.show(plan);
            plan.show("vote_code", "done");
            let whom = asked.row.other;
            let mut act = carrying::carry(context, &ballot.case, asked.row.owner, whom, about)?;
            let news = carrying::news(context, &ballot.case, about, &ballot.told, whom)?;
            act.changes.extend(news);
            (act, Event::Carry)
        }
        Outcome::Open | Outcome::Lost => {
            ballot.show(plan);
            plan.show("vote_code", "waits");
            (Act { kind: "group_agree", ..Act::default() }, Event::Agree)
        }
    };
    let runs = event == Event::Agree || !carrying::moves_group(about);
    act.changes.push(asked.moved(event, Role::Member, None)?);
    act.changes.extend(ballot.guards(runs)?);
    plan.commit(act);
    Ok(())
}

fn decline(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let ballot = ballot(context, plan)?.voted(false)?;
    ballot.show(plan);
    let asked = &ballot.asked;
    let mut changes = ballot.guards(true)?;
    match ballot.outcome() {
        Outcome::Open | Outcome::Carried => {
            plan.show("vote_code", "waits");
            changes.push(asked.moved(Event::Decline, Role::Member, None)?);
        }
        Outcome::Lost => {
            plan.show("vote_code", "lost");
            changes.push(match asked.put_off(context, &ballot.case.group) {
                Some((again, at)) => again.moved(Event::PutOff, Role::Member, Some(at))?,
                None => asked.moved(Event::Refuse, Role::Member, None)?,
            });
            let members = &ballot.case.members;
            let told = &ballot.told;
            changes.extend(membership::tell_all(context, members, &[], &DECLINED, told)?);
        }
    }
    plan.commit(Act { kind: "group_decline", changes, ..Act::default() });
    Ok(())
}
