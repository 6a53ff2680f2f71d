//! The kind of a group: what was agreed on when it was founded, what moves it, and what its clock
//! does. One that never begins lapses; one that nobody uses for a year ends by itself; and one that
//! ends gives each member an equal share of what is left. The cents that cannot be divided go to
//! those who joined first.
//!
//! Who cannot be paid now waits for their share, and nobody waits for them: what is left belongs to
//! those who are left, in equal parts, so that the shares come out the same however late they are.

use super::super::arrangements::kind::{self, Kind, Role};
use super::super::context::Context;
use super::super::message::Message;
use super::super::metering;
use super::super::plan::{Act, PlanError};
use super::membership::{self, GROUP_GONE};
use crate::book::{Change, Leg, Put};
use crate::calendar::Day;
use crate::id::{AccountId, ArrangementId};
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::schedule::Every;
use crate::store::arrangement_rows::ArrangementRow;
use crate::store::book_rows::Account;
use crate::store::holders::AccountHolder;
use crate::store::wants::Want;
use crate::time::Timestamp;
use crate::value::{self, Slot, Slots, Value};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use strum::{EnumString, IntoStaticStr, VariantNames};

/// One that has not begun by then lapses.
pub const BEGINS_WITHIN: Duration = Duration::from_secs(30 * 24 * 3_600);
/// One in which no money has moved for so long ends by itself: whatever became of its members,
/// nobody's money is stuck.
const ASLEEP_AFTER: Duration = Duration::from_secs(365 * 24 * 3_600);
/// Where a share cannot be paid, it is tried again after so long.
const AGAIN_AFTER: Duration = Duration::from_secs(24 * 3_600);
/// As postings are called that give back what is left.
pub const SHARE: &str = "group_share";

/// Where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum State {
    /// Who founded it invites the first members.
    Forming,
    /// Its members put money together.
    Running,
    /// It has ended, and what is left goes back.
    Closing,
    /// All went back.
    Closed,
    /// It never began.
    Lapsed,
}

/// What happens to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Event {
    /// Who founded it says that all are there.
    Start,
    /// Its members agree on another rule,
    Amend,
    /// or on its end.
    Close,
    /// Money has moved within the year.
    Look,
    /// None has.
    Sleep,
    /// Some get their shares,
    Share,
    /// or nobody can yet,
    Wait,
    /// or all have.
    End,
    /// It does not begin.
    Lapse,
}

fn apply(state: State, event: Event, role: Role) -> Option<State> {
    match (state, event, role) {
        (State::Forming, Event::Start, Role::Owner)
        | (State::Running, Event::Amend, Role::Member)
        | (State::Running, Event::Look, Role::Service) => Some(State::Running),
        (State::Running, Event::Close, Role::Member)
        | (State::Running, Event::Sleep, Role::Service)
        | (State::Closing, Event::Share | Event::Wait, Role::Service) => Some(State::Closing),
        (State::Closing, Event::End, Role::Service) => Some(State::Closed),
        (State::Forming, Event::Lapse, Role::Service) => Some(State::Lapsed),
        (
            State::Forming | State::Running | State::Closing | State::Closed | State::Lapsed,
            Event::Start
            | Event::Amend
            | Event::Close
            | Event::Look
            | Event::Sleep
            | Event::Share
            | Event::Wait
            | Event::End
            | Event::Lapse,
            _anybody,
        ) => None,
    }
}

/// Some people who put money together.
pub const KIND: Kind = Kind {
    name: "group",
    states: State::VARIANTS,
    events: Event::VARIANTS,
    of_staff: false,
    begins: &["forming"],
    open: &["forming", "running", "closing"],
    apply: |state, event, role| kind::in_words(state, event, role, apply),
    gone: GROUP_GONE,
    wants: &[members_and_account, holders_and_last],
    wake,
};

/// The state in which money comes and goes.
pub const RUNS: &[&str] = &["running"];
/// The state in which who founded it invites alone.
pub const FORMS: &[&str] = &["forming"];

/// A share has come back.
pub const SHARED: Message = Message::balance(
    "sms.group_shared",
    &[Slot("group", value::Kind::Name), Slot("amount", value::Kind::Money)],
);
/// It has ended, and there was nothing to share.
pub const ENDED: Message = Message::plain("sms.group_ended", &[Slot("group", value::Kind::Name)]);
/// It has not begun.
pub const LAPSED: Message = Message::plain("sms.group_lapsed", &[Slot("group", value::Kind::Name)]);
/// Nobody has used it for a year.
pub const SLEPT: Message = Message::plain("sms.group_slept", &[Slot("group", value::Kind::Name)]);

/// What was agreed on. What is in it is the balance of its account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// What its members call it.
    pub name: String,
    /// How many must agree to a payout; more than half of all where nothing was chosen.
    pub approvals: Option<usize>,
    /// What each puts in, minor units,
    pub amount_minor: i64,
    /// and how often.
    pub every: Every,
    /// Whether what is in it goes to one after the other.
    pub rota: bool,
}

/// A group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// As it is stored.
    pub row: ArrangementRow,
    /// Where it is.
    pub state: State,
    /// Where the money lies.
    pub account: AccountId,
    /// The rest of what was stored.
    pub terms: Terms,
}

impl Group {
    /// What is stored, read.
    pub fn of(row: &ArrangementRow) -> Result<Group, PlanError> {
        let state = row.state.parse().map_err(|_word| PlanError::Damaged("a group"))?;
        let account = row.account.ok_or(PlanError::Damaged("a group without an account"))?;
        Ok(Group { row: row.clone(), state, account, terms: kind::body(row)? })
    }

    /// The one with this number, if it is not over.
    pub fn found(context: &Context, id: ArrangementId) -> Result<Group, PlanError> {
        let row = context.facts.arrangement(id)?;
        Group::of(row.filter(|row| row.kind == KIND.name && row.open).ok_or(GROUP_GONE)?)
    }

    /// What its members call it.
    pub fn name(&self) -> Value {
        Value::Name(self.terms.name.clone())
    }

    /// The account where its money lies.
    pub fn account<'a>(&self, context: &Context<'a>) -> Result<&'a Account, PlanError> {
        let account = context.facts.account(self.account)?;
        account.ok_or(PlanError::Damaged("a group without an account"))
    }

    /// What must still be so: that money comes and goes.
    pub fn runs(&self) -> Change {
        Change::While { arrangement: self.row.id, states: RUNS }
    }

    /// What was agreed on, for texts: `group`, `amount` and `every` of what each puts in, and
    /// `rule`, how many must agree to a payout, which is `count` where it was chosen.
    pub fn told(&self, context: &Context) -> Slots {
        let rule = if self.terms.approvals.is_some() { "some" } else { "most" };
        let count = self.terms.approvals.and_then(|count| i64::try_from(count).ok());
        Slots::from([
            ("group".into(), self.name()),
            ("amount".into(), context.money(self.terms.amount_minor).into()),
            ("every_code".into(), self.terms.every.code().into()),
            ("rule_code".into(), rule.into()),
            ("many".into(), count.unwrap_or(0).into()),
        ])
    }

    /// The same after an event, with what is to be done next at this time.
    pub fn moved(
        &self,
        event: Event,
        role: Role,
        due_at: Option<Timestamp>,
    ) -> Result<Change, PlanError> {
        let event = event.into();
        let row = KIND.after(&self.row, event, role)?;
        let due_at = due_at.filter(|_| row.open).map(Timestamp::micros);
        let row = ArrangementRow { due_at, body: kind::written(&self.terms), ..row };
        Ok(Change::Put(Put { row, event, note: String::new() }))
    }
}

/// When a group that is used now is looked at again.
pub fn looked_at(now: Timestamp) -> Timestamp {
    now.plus(ASLEEP_AFTER)
}

/// The hour of a day from which people are told of what it brings.
pub fn morning_of(context: &Context, day: Day) -> Timestamp {
    day.at_hour(8, &context.config.market.zone)
}

/// Until when something waits that waits for so many days: nobody is told at night that it is over.
pub fn evening_in(context: &Context, days: i32) -> Timestamp {
    let day = Day::new(context.today().number().saturating_add(days));
    day.at_hour(20, &context.config.market.zone)
}

fn members_and_account(_context: &Context, row: &ArrangementRow) -> Vec<Want> {
    let account = Group::of(row).map(|group| Want::Account(group.account));
    account.into_iter().chain([Want::Arrangements(membership::of_group(row.id))]).collect()
}

fn holders_and_last(context: &Context, row: &ArrangementRow) -> Vec<Want> {
    let account = Group::of(row).ok().and_then(|group| group.account(context).ok());
    let last = account.and_then(|account| account.last_posting).map(Want::Posting);
    membership::holders(context, row.id).into_iter().chain(last).collect()
}

/// Its time has come.
fn wake(
    context: &Context,
    row: &ArrangementRow,
    refused: Option<&Refusal>,
) -> Result<Act, PlanError> {
    let group = Group::of(row)?;
    match refused {
        // a mistake of ours: it is reported, and looked at again
        Some(refusal) if refusal.reason == Reason::INVALID => return Err(refusal.clone().into()),
        Some(_cannot_yet) => return waits(context, &group),
        None => {}
    }
    match group.state {
        State::Forming => lapses(context, &group),
        State::Running => looks(context, &group),
        State::Closing => shares(context, &group),
        State::Closed | State::Lapsed => Err(GROUP_GONE.into()),
    }
}

/// It never began: nobody has put anything in.
fn lapses(context: &Context, group: &Group) -> Result<Act, PlanError> {
    let members = membership::members(context, group.row.id)?;
    let slots = Slots::from([("group".into(), group.name())]);
    let mut changes = vec![group.moved(Event::Lapse, Role::Service, None)?];
    for member in &members {
        changes.push(ended(member)?);
    }
    changes.extend(membership::tell_all(context, &members, &[], &LAPSED, &slots)?);
    Ok(Act { kind: KIND.name, changes, ..Act::default() })
}

fn ended(member: &ArrangementRow) -> Result<Change, PlanError> {
    membership::KIND.moved(member, membership::Event::End.into(), Role::Service, "")
}

/// Whether money has moved within the year.
fn looks(context: &Context, group: &Group) -> Result<Act, PlanError> {
    let account = group.account(context)?;
    let last = match account.last_posting {
        Some(last) => context.facts.posting(last)?.map(|(posting, _legs)| posting.at),
        None => None,
    };
    let again = last.map(|at| looked_at(Timestamp::from_micros(at)));
    let at = Change::AtPosting { account: account.id, posting: account.last_posting };
    if let Some(again) = again.filter(|again| *again > context.now) {
        let changes = vec![group.moved(Event::Look, Role::Service, Some(again))?];
        return Ok(Act { kind: KIND.name, changes, ..Act::default() });
    }
    let members = membership::members(context, group.row.id)?;
    let slots = Slots::from([("group".into(), group.name())]);
    let mut changes = vec![at, group.moved(Event::Sleep, Role::Service, Some(context.now))?];
    changes.extend(membership::tell_all(context, &members, &[], &SLEPT, &slots)?);
    Ok(Act { kind: KIND.name, changes, ..Act::default() })
}

/// What is left, in equal parts: the first get what cannot be divided.
pub fn equal_parts(all_minor: i64, parts: usize) -> Vec<i64> {
    let count = i64::try_from(parts).unwrap_or(i64::MAX).max(1);
    let (each, over) = (all_minor.div_euclid(count), all_minor.rem_euclid(count));
    (0..).take(parts).map(|at: i64| each.saturating_add(i64::from(at < over))).collect()
}

/// Whether somebody's wallet takes their share now.
pub fn takes(context: &Context, holder: &AccountHolder, minor: i64) -> bool {
    let account = &holder.account;
    let meter = metering::received(context, &holder.person, context.money(minor));
    let after = account.balance_minor.saturating_add(minor);
    minor == 0 || (account.state.receives() && meter.taken_from(account.usage, after).is_ok())
}

/// Everybody who can be paid gets their share, and is no member any more.
fn shares(context: &Context, group: &Group) -> Result<Act, PlanError> {
    let account = group.account(context)?;
    let members = membership::members(context, group.row.id)?;
    let parts = equal_parts(account.balance_minor, members.len());
    let mut act = Act { kind: SHARE, ..Act::default() };
    let mut left = members.len();
    let mut sum: i64 = 0;
    for (member, minor) in members.iter().zip(parts) {
        let holder = membership::holder(context, member.owner)?;
        if !takes(context, holder, minor) || (minor > 0 && !account.state.pays()) {
            continue;
        }
        left = left.saturating_sub(1);
        act.changes.push(ended(member)?);
        act.changes.push(told_share(context, group, holder, minor));
        if minor > 0 {
            sum = sum.saturating_add(minor);
            act.legs.push(Leg { account: member.owner, amount_minor: minor });
            let amount = context.money(minor);
            act.meters.push(metering::received(context, &holder.person, amount));
        }
    }
    let again = Some(context.now.plus(AGAIN_AFTER));
    let event = match left {
        0 => Event::End,
        left if left == members.len() => Event::Wait,
        _some => Event::Share,
    };
    if sum > 0 {
        act.legs.insert(0, Leg { account: account.id, amount_minor: sum.saturating_neg() });
    }
    let at = Change::AtPosting { account: account.id, posting: account.last_posting };
    act.changes.splice(0..0, [at, group.moved(event, Role::Service, again)?]);
    Ok(act)
}

fn told_share(context: &Context, group: &Group, holder: &AccountHolder, minor: i64) -> Change {
    let person = &holder.person;
    let mut slots = Slots::from([("group".into(), group.name())]);
    if minor == 0 {
        return context.tell(person, &ENDED, slots, None);
    }
    slots.insert("amount".into(), context.money(minor).into());
    context.tell(person, &SHARED, slots, Some(person.account_id))
}

/// It cannot be paid out now: it is tried again.
fn waits(context: &Context, group: &Group) -> Result<Act, PlanError> {
    let again = Some(context.now.plus(AGAIN_AFTER));
    let event = if group.state == State::Closing { Event::Wait } else { Event::Look };
    let changes = vec![group.moved(event, Role::Service, again)?];
    Ok(Act { kind: KIND.name, changes, ..Act::default() })
}
