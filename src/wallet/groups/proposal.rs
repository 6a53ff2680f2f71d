//! The kind of what is asked of a group: a payout, a turn of the rota, somebody new, a removal,
//! another rule, or the end. All are voted on in the same way, each member once, on their own
//! phone; see `tally`. It waits for five days.
//!
//! A turn waits for its day first. What is not agreed to then is asked again on the next one: whose
//! turn it is stays the same until they have had it.

use super::super::arrangements::kind::{self, Kind, Role};
use super::super::context::Context;
use super::super::plan::{Act, PlanError};
use super::about::{ASKED, About, EXPIRED, TURN};
use super::group::{self, Group, State as Stage};
use super::membership;
use super::rota;
use super::tally::{Outcome, Question, Roll};
use crate::book::{Change, Put};
use crate::calendar::Day;
use crate::id::{AccountId, ArrangementId};
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::store::arrangement_rows::{ArrangementRow, Search, Side};
use crate::store::people::PersonRow;
use crate::store::wants::Want;
use crate::time::Timestamp;
use crate::value::Slots;
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantNames};

/// What was asked is decided, or its time is over.
pub const GROUP_ASK_GONE: Reason = Reason::new("group_ask_gone");

/// How long it waits.
const LIFE_DAYS: i32 = 5;
/// Nobody asks more of one group at a time.
const LOOK: i64 = 100;

/// Where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum State {
    /// A turn waits for its day.
    Planned,
    /// The members are asked.
    Asked,
    /// So many have agreed that it is done.
    Carried,
    /// So many have not that it is not.
    Declined,
    /// Who has asked does not any more.
    TakenBack,
    /// Its time is over.
    Expired,
}

/// What happens to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Event {
    /// The day of a turn has come,
    Ask,
    /// and nothing can be paid yet.
    Wait,
    /// A member agrees,
    Agree,
    /// the last one that was needed.
    Carry,
    /// A member does not,
    Decline,
    /// and now it cannot be agreed to any more.
    Refuse,
    /// A turn is not agreed to on its day: it comes again on the next one.
    PutOff,
    /// Who has asked does not want it any more.
    TakeBack,
    /// Its time is over, or its group is.
    Expire,
}

fn apply(state: State, event: Event, role: Role) -> Option<State> {
    match (state, event, role) {
        (State::Planned, Event::Ask, Role::Service)
        | (State::Asked, Event::Agree | Event::Decline, Role::Member) => Some(State::Asked),
        (State::Planned, Event::Wait, Role::Service)
        | (State::Asked, Event::PutOff, Role::Member | Role::Service) => Some(State::Planned),
        (State::Asked, Event::Carry, Role::Member) => Some(State::Carried),
        (State::Asked, Event::Refuse, Role::Member) => Some(State::Declined),
        (State::Asked, Event::TakeBack, Role::Owner) => Some(State::TakenBack),
        (State::Planned | State::Asked, Event::Expire, Role::Service) => Some(State::Expired),
        (
            State::Planned
            | State::Asked
            | State::Carried
            | State::Declined
            | State::TakenBack
            | State::Expired,
            Event::Ask
            | Event::Wait
            | Event::Agree
            | Event::Carry
            | Event::Decline
            | Event::Refuse
            | Event::PutOff
            | Event::TakeBack
            | Event::Expire,
            _anybody,
        ) => None,
    }
}

/// What is asked of the members of a group.
pub const KIND: Kind = Kind {
    name: "group_proposal",
    states: State::VARIANTS,
    events: Event::VARIANTS,
    of_staff: false,
    begins: &["planned", "asked"],
    open: &["planned", "asked"],
    apply: |state, event, role| kind::in_words(state, event, role, apply),
    gone: GROUP_ASK_GONE,
    wants: &[|_context, row| whose(row), |context, row| standing(context, row)],
    wake,
};

/// What only proposals know of themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// What is asked.
    pub about: About,
    /// Who has agreed,
    pub yes: Vec<AccountId>,
    /// and who has not.
    pub no: Vec<AccountId>,
}

/// Something that is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// As it is stored.
    pub row: ArrangementRow,
    /// Where it is.
    pub state: State,
    /// The rest of what was stored.
    pub terms: Terms,
}

impl Proposal {
    /// What is stored, read.
    pub fn of(row: &ArrangementRow) -> Result<Proposal, PlanError> {
        let state = row.state.parse().map_err(|_word| PlanError::Damaged("a proposal"))?;
        Ok(Proposal { row: row.clone(), state, terms: kind::body(row)? })
    }

    /// A new one that is asked now.
    pub fn new(
        context: &Context,
        group: &Group,
        asker: AccountId,
        concerned: Option<AccountId>,
        about: About,
    ) -> Proposal {
        let due_at = Some(group::evening_in(context, LIFE_DAYS));
        Proposal::begun(context, (group.row.id, asker, concerned), State::Asked, due_at, about)
    }

    /// A turn that waits for its day.
    pub fn planned(
        context: &Context,
        group: ArrangementId,
        whose: AccountId,
        day: Day,
        had: Vec<AccountId>,
    ) -> Proposal {
        let about = About::Turn { amount_minor: 0, day, had };
        let due_at = Some(group::morning_of(context, day));
        Proposal::begun(context, (group, whose, Some(whose)), State::Planned, due_at, about)
    }

    fn begun(
        context: &Context,
        (group, owner, other): (ArrangementId, AccountId, Option<AccountId>),
        state: State,
        due_at: Option<Timestamp>,
        about: About,
    ) -> Proposal {
        let terms = Terms { about, yes: Vec::new(), no: Vec::new() };
        let row = KIND.row(context, state.into(), owner, other);
        let subject = group.to_string();
        let due_at = due_at.map(Timestamp::micros);
        let row = ArrangementRow { subject, due_at, body: kind::written(&terms), ..row };
        Proposal { row, state, terms }
    }

    /// Of which group it is.
    pub fn group(&self) -> Result<ArrangementId, PlanError> {
        self.row.subject.parse().map_err(|_words| PlanError::Damaged("a proposal to no group"))
    }

    /// What is asked, as far as it matters who may vote on it. A turn is nobody's request.
    pub fn question(&self) -> Question {
        let (by_member, matter) = self.terms.about.matter();
        let asker = by_member.then_some(self.row.owner);
        Question { asker, concerned: self.row.other, matter }
    }

    /// Whether its members are asked, and its time is not over.
    pub fn waits(&self, context: &Context) -> bool {
        self.state == State::Asked && KIND.waits(&self.row, context.now)
    }

    /// The number that is to be invited, where it is about somebody new.
    pub fn invited(&self) -> Option<String> {
        match &self.terms.about {
            About::Invite { phone } => Some(phone.clone()),
            About::Pay { .. }
            | About::Turn { .. }
            | About::Remove
            | About::Rule { .. }
            | About::Close => None,
        }
    }

    /// What came of it so far.
    pub fn outcome(&self, roll: &Roll, group: &Group) -> Outcome {
        let chosen = group.terms.approvals;
        roll.outcome(&self.question(), chosen, &self.terms.yes, &self.terms.no)
    }

    /// The same after an event, with what was voted; it is looked at again at this time, or when it
    /// would have been.
    pub fn moved(
        &self,
        event: Event,
        role: Role,
        again: Option<Timestamp>,
    ) -> Result<Change, PlanError> {
        let event = event.into();
        let row = KIND.after(&self.row, event, role)?;
        let due_at = again.map(Timestamp::micros).filter(|_| row.open).or(row.due_at);
        let row = ArrangementRow { due_at, body: kind::written(&self.terms), ..row };
        Ok(Change::Put(Put { row, event, note: String::new() }))
    }

    /// A turn that is not agreed to on its day comes again on the next one, and all are asked anew.
    pub fn put_off(&self, context: &Context, group: &Group) -> Option<(Proposal, Timestamp)> {
        let About::Turn { day, had, .. } = &self.terms.about else { return None };
        let day = rota::day_after(group.terms.every, *day, context.today());
        let about = About::Turn { amount_minor: 0, day, had: had.clone() };
        let terms = Terms { about, yes: Vec::new(), no: Vec::new() };
        Some((Proposal { terms, ..self.clone() }, group::morning_of(context, day)))
    }

    /// What texts and screens say of it, and until which `day` it waits.
    pub fn told(
        &self,
        context: &Context,
        group: &Group,
        asker: &PersonRow,
        concerned: Option<&PersonRow>,
    ) -> Slots {
        let mut slots = self.terms.about.told(context, asker, concerned);
        slots.insert("group".into(), group.name());
        slots.insert("day".into(), self.until(context).into());
        slots
    }

    fn until(&self, context: &Context) -> Day {
        let due_at = self.row.due_at.unwrap_or(context.now.micros());
        context.day_of(Timestamp::from_micros(due_at))
    }
}

/// All that is asked of a group, or will be.
pub fn of_group(group: ArrangementId) -> Search {
    let side = Side::Subject(group.to_string());
    Search { side, kind: KIND.name, open: true, since: 0, limit: LOOK }
}

/// What must be read of one first: its group and the members.
pub fn whose(row: &ArrangementRow) -> Vec<Want> {
    let group = Proposal::of(row).and_then(|proposal| proposal.group());
    let wants = group.map(|group| {
        vec![Want::Arrangement(group), Want::Arrangements(membership::of_group(group))]
    });
    wants.unwrap_or_default()
}

/// And then: how the members stand, what is in it, and who else it is about.
pub fn standing(context: &Context, row: &ArrangementRow) -> Vec<Want> {
    let Ok(group) = Proposal::of(row).and_then(|proposal| proposal.group()) else {
        return Vec::new();
    };
    let account = Group::found(context, group).map(|group| Want::Account(group.account));
    let sides = [Some(row.owner), row.other].into_iter().flatten().map(Want::Owner);
    membership::holders(context, group).into_iter().chain(account).chain(sides).collect()
}

/// Who somebody is who is named in a row.
pub fn person<'a>(context: &Context<'a>, who: AccountId) -> Result<&'a PersonRow, PlanError> {
    Ok(&membership::holder(context, who)?.person)
}

/// Its time has come.
fn wake(
    context: &Context,
    row: &ArrangementRow,
    refused: Option<&Refusal>,
) -> Result<Act, PlanError> {
    if let Some(refusal) = refused {
        return Err(refusal.clone().into());
    }
    let proposal = Proposal::of(row)?;
    let group = match Group::found(context, proposal.group()?) {
        Ok(group) if group.state == Stage::Running => group,
        Ok(_) | Err(PlanError::Refused(_)) => {
            let changes = vec![proposal.moved(Event::Expire, Role::Service, None)?];
            return Ok(Act { kind: KIND.name, changes, ..Act::default() });
        }
        Err(error) => return Err(error),
    };
    let changes = match proposal.state {
        State::Planned => turn_comes(context, &group, &proposal)?,
        State::Asked => time_is_over(context, &group, &proposal)?,
        State::Carried | State::Declined | State::TakenBack | State::Expired => {
            return Err(GROUP_ASK_GONE.into());
        }
    };
    Ok(Act { kind: KIND.name, changes, ..Act::default() })
}

/// The day of a turn: the others are asked for what is in it. Where there is nothing, or nobody who
/// can get it or agree, it is looked at again the next day.
fn turn_comes(
    context: &Context,
    group: &Group,
    proposal: &Proposal,
) -> Result<Vec<Change>, PlanError> {
    let members = membership::members(context, group.row.id)?;
    let roll = membership::roll(context, &members)?;
    let tomorrow = Day::new(context.today().number().saturating_add(1));
    let waits = || {
        let again = Some(group::morning_of(context, tomorrow));
        Ok(vec![proposal.moved(Event::Wait, Role::Service, again)?])
    };
    let About::Turn { day, had, .. } = &proposal.terms.about else { return waits() };
    let amount_minor = group.account(context)?.balance_minor;
    let all: Vec<AccountId> = members.iter().map(|member| member.owner).collect();
    let can =
        |who| membership::holder(context, who).is_ok_and(|holder| holder.account.state.receives());
    let Some((whose, had)) = rota::next(&all, can, had) else { return waits() };
    let about = About::Turn { amount_minor, day: *day, had };
    let terms = Terms { about, yes: Vec::new(), no: Vec::new() };
    let ends = group::evening_in(context, LIFE_DAYS);
    let row =
        ArrangementRow { other: Some(whose), due_at: Some(ends.micros()), ..proposal.row.clone() };
    let asked = Proposal { row, terms, ..proposal.clone() };
    if amount_minor == 0 || !roll.may_ask(&asked.question()) {
        return waits();
    }
    let receiver = person(context, whose)?;
    let told = asked.told(context, group, receiver, Some(receiver));
    let mut changes = vec![asked.moved(Event::Ask, Role::Service, Some(ends))?];
    changes.push(context.tell(receiver, &TURN, told.clone(), None));
    for voter in roll.able_voters(&asked.question()).into_iter().filter(|one| *one != whose) {
        changes.push(context.tell(person(context, voter)?, &ASKED, told.clone(), None));
    }
    Ok(changes)
}

/// So many have not agreed in time: all hear of it.
fn time_is_over(
    context: &Context,
    group: &Group,
    proposal: &Proposal,
) -> Result<Vec<Change>, PlanError> {
    let members = membership::members(context, group.row.id)?;
    let asker = person(context, proposal.row.owner)?;
    let concerned = proposal.row.other.map(|other| person(context, other)).transpose()?;
    let told = proposal.told(context, group, asker, concerned);
    let change = match proposal.put_off(context, group) {
        Some((again, at)) => again.moved(Event::PutOff, Role::Service, Some(at))?,
        None => proposal.moved(Event::Expire, Role::Service, None)?,
    };
    let news = membership::tell_all(context, &members, &[], &EXPIRED, &told)?;
    Ok([change].into_iter().chain(news).collect())
}
