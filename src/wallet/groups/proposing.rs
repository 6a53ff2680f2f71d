//! Asking a group for something: a payout, a removal, another rule, or the end. Whoever may agree
//! hears of it, and answers on their own phone. Nothing is done by asking alone, but where nobody
//! else is left who could agree.

use super::super::arrangements::{kind, place};
use super::super::context::Context;
use super::super::party;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, Service};
use super::about::{ASKED, About, DECLINED, EXPIRED, TURN};
use super::carrying::{self, Case, GROUP_SHORT};
use super::group::{Group, State};
use super::membership::{self, GROUP_GONE};
use super::proposal::{self, Proposal};
use crate::book::Change;
use crate::id::{AccountId, ArrangementId};
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::store::people::PersonRow;
use crate::store::wants::Want;
use crate::text;
use crate::value::{Kind, Slot};

/// Inputs `group`, `to`, `amount`, `reference`: asks for money out of it. Shows `act`, and how
/// many are `needed`.
pub const PAYOUT: Service = Service {
    name: "group_payout",
    wants: &[|context| with_number(context, "to"), standing],
    decide: payout,
    refusals: &[
        GROUP_GONE,
        GROUP_FORMING,
        GROUP_ALONE,
        GROUP_ASKS_FULL,
        GROUP_ASKS_TODAY,
        GROUP_SHORT,
    ],
    ..ASK
};

/// Inputs `group`, `member`: asks to remove them.
pub const REMOVE: Service = Service {
    name: "group_remove",
    wants: &[named, standing],
    decide: remove,
    refusals: &[GROUP_GONE, GROUP_FORMING, GROUP_ALONE, GROUP_ASKS_FULL, GROUP_ASKS_TODAY],
    ..ASK
};

/// Inputs `group`, `approvals`: asks that so many must agree to a payout, or, by `most`, more than
/// half of all.
pub const RULE: Service = Service {
    name: "group_rule",
    wants: &[named, standing],
    decide: rule,
    refusals: &[
        GROUP_GONE,
        GROUP_FORMING,
        GROUP_ALONE,
        GROUP_ASKS_FULL,
        GROUP_ASKS_TODAY,
        GROUP_RULE,
    ],
    ..ASK
};

/// Input `group`: asks that it ends, and each gets an equal share of what is left.
pub const CLOSE: Service = Service {
    name: "group_close",
    wants: &[named, standing],
    decide: close,
    refusals: &[GROUP_GONE, GROUP_FORMING, GROUP_ASKS_FULL, GROUP_ASKS_TODAY],
    ..ASK
};

/// It has not begun.
pub const GROUP_FORMING: Reason = Reason::new("group_forming");
/// Nobody else could agree to it.
pub const GROUP_ALONE: Reason = Reason::new("group_alone");
/// As much is asked by one member as may be.
pub const GROUP_ASKS_FULL: Reason = Reason::new("group_asks_full");
/// One member has asked as often today as may be.
pub const GROUP_ASKS_TODAY: Reason = Reason::new("group_asks_today");
/// Not a number of people who must agree.
pub const GROUP_RULE: Reason = Reason::new("group_rule");

const ASK: Service = Service {
    authority: Authority::Customer,
    opens: 1,
    shows: SHOWS,
    messages: &[
        &ASKED,
        &TURN,
        &EXPIRED,
        &DECLINED,
        &carrying::PAID,
        &carrying::INVITED,
        &carrying::REMOVED,
        &carrying::REMOVED_SHARE,
        &super::about::CARRIED,
    ],
    ..Service::PLAIN
};
/// What is shown of what is asked.
pub const SHOWS: &[Slot] = &[
    Slot("group", Kind::Name),
    Slot("asker", Kind::Name),
    Slot("act", Kind::Text),
    Slot("act_code", Kind::Text),
    Slot("amount", Kind::Money),
    Slot("name", Kind::Name),
    Slot("phone", Kind::Phone),
    Slot("about", Kind::Text),
    Slot("many", Kind::Count),
    Slot("day", Kind::Day),
    Slot("dial", Kind::Text),
    Slot("needed", Kind::Count),
    Slot("what", Kind::Text),
    Slot("what_code", Kind::Text),
    Slot("yes", Kind::Count),
    Slot("vote", Kind::Text),
    Slot("vote_code", Kind::Text),
];

/// One member has so much open at a time,
const OPEN_MAX: usize = 3;
/// and asks so often in a day.
const TODAY_MAX: usize = 6;

/// The group that the input names.
fn chosen(context: &Context) -> Result<ArrangementId, PlanError> {
    context.chosen("group", GROUP_GONE)
}

/// What must be read first to ask something of the group that is named.
pub fn named(context: &Context) -> Vec<Want> {
    let Ok(group) = chosen(context) else { return Vec::new() };
    let mut wants = vec![Want::Arrangement(group), Want::Arrangements(membership::of_group(group))];
    if let Ok(own) = context.person() {
        wants.push(Want::Owner(own.account_id));
        wants.extend(place::wants(context, &proposal::KIND, own.account_id));
    }
    wants
}

/// The same, and whose number was typed.
pub fn with_number(context: &Context, field: &'static str) -> Vec<Want> {
    let number = context.phone(field).ok().map(|phone| Want::Number(phone.e164().to_owned()));
    named(context).into_iter().chain(number).collect()
}

/// And then how its members stand, and what is in it.
pub fn standing(context: &Context) -> Vec<Want> {
    let Ok(group) = chosen(context) else { return Vec::new() };
    let account = Group::found(context, group).map(|group| Want::Account(group.account));
    membership::holders(context, group).into_iter().chain(account).collect()
}

/// The group that is named, of which the caller is a member.
pub fn own(context: &Context) -> Result<Case, PlanError> {
    let own = context.person()?.account_id;
    let group = Group::found(context, chosen(context)?)?;
    let members = membership::members(context, group.row.id)?;
    let inside = members.iter().any(|member| member.owner == own);
    if inside { Ok(Case { group, members }) } else { Err(GROUP_GONE.into()) }
}

/// The same, which must have begun and not ended.
pub fn running(context: &Context, plan: &mut Plan) -> Result<Case, PlanError> {
    let case = own(context)?;
    plan.show("group", case.group.name());
    match case.group.state {
        State::Running => Ok(case),
        State::Forming => Err(GROUP_FORMING.into()),
        State::Closing | State::Closed | State::Lapsed => Err(GROUP_GONE.into()),
    }
}

fn payout(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let case = running(context, plan)?;
    let to = context.phone("to")?;
    let unknown = || {
        let refusal = Refusal::of_field(Reason::PAYEE_UNKNOWN, "to");
        refusal.with("phone", crate::value::Value::whole(&to, &context.config.market))
    };
    let to = context.facts.number(to.e164())?.ok_or_else(unknown)?;
    if !to.account.state.receives() {
        return Err(Refusal::of_field(Reason::PAYEE_CLOSED, "to").into());
    }
    plan.show_all(party::sign(context.config, &to.person));
    let amount = context.amount("amount")?;
    let in_it = context.money(case.group.account(context)?.available_minor());
    if in_it.minor < amount.minor {
        return Err(Refusal::of_field(GROUP_SHORT, "amount").with("balance", in_it).into());
    }
    let why = text::reference(context.field("reference")?);
    let why = why.ok_or_else(|| Refusal::of_field(Reason::TEXT_FORMAT, "reference"))?;
    let about = About::Pay { amount_minor: amount.minor, why };
    ask(context, plan, &case, Some(&to.person), about)
}

fn remove(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let case = running(context, plan)?;
    let who: ArrangementId = context.chosen("member", GROUP_GONE)?;
    let row = case.members.iter().find(|member| member.id == who).ok_or(GROUP_GONE)?;
    if row.owner == context.person()?.account_id {
        return Err(Refusal::of_field(Reason::PAYEE_SELF, "member").into());
    }
    let person = proposal::person(context, row.owner)?;
    ask(context, plan, &case, Some(person), About::Remove)
}

/// How many must agree to a payout, as it was typed; more than half where it is `most`.
pub fn approvals(context: &Context) -> Result<Option<usize>, PlanError> {
    let wrong = || PlanError::from(Refusal::of_field(GROUP_RULE, "approvals"));
    if context.field("approvals")? == "most" {
        return Ok(None);
    }
    let number: usize = context.field("approvals")?.trim().parse().map_err(|_text| wrong())?;
    let possible = (2..membership::MEMBERS_MAX).contains(&number);
    if possible { Ok(Some(number)) } else { Err(wrong()) }
}

/// Once it has begun it is never fewer than more than half.
fn rule(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let case = running(context, plan)?;
    let approvals = approvals(context)?;
    let half = membership::roll(context, &case.members)?.majority();
    if approvals.is_some_and(|count| count < half || count >= case.members.len()) {
        return Err(Refusal::of_field(GROUP_RULE, "approvals").into());
    }
    ask(context, plan, &case, None, About::Rule { approvals })
}

fn close(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let case = running(context, plan)?;
    ask(context, plan, &case, None, About::Close)
}

/// Asks all who may agree; where nobody else can, and it may be so, it is done.
pub fn ask(
    context: &Context,
    plan: &mut Plan,
    case: &Case,
    concerned: Option<&PersonRow>,
    about: About,
) -> Result<(), PlanError> {
    let asker = context.person()?;
    let whom = concerned.map(|person| person.account_id);
    let asked = Proposal::new(context, &case.group, asker.account_id, whom, about);
    let roll = membership::roll(context, &case.members)?;
    let question = asked.question();
    let told = asked.told(context, &case.group, asker, concerned);
    plan.show_all(told.clone());
    let needed = roll.needed(&question, case.group.terms.approvals);
    plan.show("needed", i64::try_from(needed).unwrap_or(i64::MAX));
    plan.show("vote_code", if needed == 0 { "done" } else { "asked" });
    if !roll.may_ask(&question) {
        return Err(GROUP_ALONE.into());
    }
    let owner = asker.account_id;
    let place = room(context, owner)?;
    let mut act = if needed == 0 {
        carrying::carry(context, case, owner, whom, &asked.terms.about)?
    } else {
        asked_of(context, case, &asked, &roll.able_voters(&question), &told)?
    };
    act.changes.push(place);
    act.changes.push(takes_part(case, owner)?);
    if needed > 0 || !carrying::moves_group(&asked.terms.about) {
        act.changes.push(case.group.runs());
    }
    plan.commit(act);
    Ok(())
}

/// The place of what somebody asks. Turns are nobody's request, and take no room.
fn room(context: &Context, asker: AccountId) -> Result<Change, PlanError> {
    let mut open: usize = 0;
    for row in context.facts.arrangements(place::open_of(&proposal::KIND, asker))? {
        let (by_member, _matter) = Proposal::of(row)?.terms.about.matter();
        open = open.saturating_add(usize::from(by_member));
    }
    if open >= OPEN_MAX {
        return Err(GROUP_ASKS_FULL.into());
    }
    // each is told to all: whoever takes back what they asked does not ask without end
    let mut today: usize = 0;
    for row in context.facts.arrangements(place::of_today(context, &proposal::KIND, asker))? {
        let (by_member, _matter) = Proposal::of(row)?.terms.about.matter();
        today = today.saturating_add(usize::from(by_member));
    }
    if today >= TODAY_MAX {
        return Err(GROUP_ASKS_TODAY.into());
    }
    place::take(context, &proposal::KIND, asker, usize::MAX, GROUP_ASKS_FULL)
}

fn asked_of(
    context: &Context,
    case: &Case,
    asked: &Proposal,
    voters: &[AccountId],
    told: &crate::value::Slots,
) -> Result<Act, PlanError> {
    let mut changes = vec![kind::begun(asked.row.clone())];
    for row in case.members.iter().filter(|row| voters.contains(&row.owner)) {
        let voter = proposal::person(context, row.owner)?;
        changes.push(context.tell(voter, &ASKED, told.clone(), None));
    }
    Ok(Act { kind: "group_ask", changes, ..Act::default() })
}

/// What must still be so: that somebody is a member.
pub fn takes_part(case: &Case, who: AccountId) -> Result<Change, PlanError> {
    let own = case.members.iter().find(|member| member.owner == who).ok_or(GROUP_GONE)?;
    Ok(Change::While { arrangement: own.id, states: membership::TAKES_PART })
}
