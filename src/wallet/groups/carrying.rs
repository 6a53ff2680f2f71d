//! Carrying out what a group has agreed to, in the commit of the yes that decides it. Where it
//! cannot be done, as there is less in the group than is to be paid, that yes is refused and all
//! others stand: of two payouts for which there is money for one, one is paid, and the other waits
//! for more until its time is over.

use super::super::arrangements::{Role, kind};
use super::super::context::Context;
use super::super::message::Message;
use super::super::plan::{Act, PlanError};
use super::super::waiting::pending;
use super::super::{metering, party};
use super::about::{About, CARRIED};
use super::group::{self, Event, Group, Terms};
use super::invitation::Invitation;
use super::membership;
use super::proposal::{self, GROUP_ASK_GONE, Proposal};
use super::rota;
use crate::book::{Change, Leg};
use crate::calendar::Day;
use crate::id::AccountId;
use crate::money::Money;
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::store::arrangement_rows::ArrangementRow;
use crate::store::people::PersonRow;
use crate::value::{self, Slot, Slots};

/// There is less in it; slot `balance`.
pub const GROUP_SHORT: Reason = Reason::new("group_short");

/// As postings are called that pay out of a group.
const PAID_OUT: &str = "group_paid";
/// And what else comes of a yes.
const DECIDED: &str = "group_decided";

/// To who gets it.
pub const PAID: Message = Message::balance(
    "sms.group_paid",
    &[
        Slot("group", value::Kind::Name),
        Slot("amount", value::Kind::Money),
        Slot("about", value::Kind::Text),
    ],
);
/// To who is invited.
pub const INVITED: Message = Message::plain(
    "sms.group_invited",
    &[
        Slot("group", value::Kind::Name),
        Slot("name", value::Kind::Name),
        Slot("phone", value::Kind::Phone),
        Slot("amount", value::Kind::Money),
        Slot("every_code", value::Kind::Text),
        Slot("rule_code", value::Kind::Text),
        Slot("many", value::Kind::Count),
        Slot("dial", value::Kind::Text),
    ],
);
/// To who is no member any more.
pub const REMOVED: Message =
    Message::plain("sms.group_removed", &[Slot("group", value::Kind::Name)]);
/// The same, with their share: two who put a third one out must not have what the third put in.
pub const REMOVED_SHARE: Message = Message::balance(
    "sms.group_removed_share",
    &[Slot("group", value::Kind::Name), Slot("amount", value::Kind::Money)],
);
/// All that may come of it.
pub const MESSAGES: &[&Message] = &[&CARRIED, &PAID, &INVITED, &REMOVED, &REMOVED_SHARE];

/// A group, and who is in it, as a decision knows them.
#[derive(Debug, Clone)]
pub struct Case {
    /// The group.
    pub group: Group,
    /// Its members, in the order in which they joined.
    pub members: Vec<ArrangementRow>,
}

/// Plans what was agreed to, where it is asked by `asker` and what is asked about is this.
pub fn carry(
    context: &Context,
    case: &Case,
    asker: AccountId,
    concerned: Option<AccountId>,
    about: &About,
) -> Result<Act, PlanError> {
    match about {
        About::Pay { amount_minor, why } => {
            pay(context, case, whose(concerned)?, context.money(*amount_minor), why)
        }
        About::Turn { amount_minor, day, had } => {
            let to = whose(concerned)?;
            let mut act = pay(context, case, to, context.money(*amount_minor), "")?;
            act.changes.push(next_turn(context, case, to, *day, had));
            Ok(act)
        }
        About::Invite { phone } => invite(context, case, asker, phone),
        About::Remove => remove(context, case, whose(concerned)?),
        About::Rule { approvals } => rule(case, *approvals),
        About::Close => close(context, case),
    }
}

fn whose(concerned: Option<AccountId>) -> Result<AccountId, PlanError> {
    concerned.ok_or(PlanError::Damaged("a proposal about nobody"))
}

fn act(kind: &'static str, changes: Vec<Change>) -> Act {
    Act { kind, changes, ..Act::default() }
}

fn pay(
    context: &Context,
    case: &Case,
    to: AccountId,
    amount: Money,
    why: &str,
) -> Result<Act, PlanError> {
    let account = case.group.account(context)?;
    let holder = membership::holder(context, to)?;
    if !holder.account.state.receives() {
        return Err(Reason::PAYEE_CLOSED.into());
    }
    if !account.state.pays() {
        return Err(Reason::ACCOUNT_CLOSED.into());
    }
    let in_it = context.money(account.available_minor());
    if in_it.minor < amount.minor {
        return Err(Refusal::from(GROUP_SHORT).with("balance", in_it).into());
    }
    let legs = vec![
        Leg { account: account.id, amount_minor: amount.minor.saturating_neg() },
        Leg { account: to, amount_minor: amount.minor },
    ];
    let told = Slots::from([
        ("group".into(), case.group.name()),
        ("amount".into(), amount.into()),
        ("about".into(), pending::about(why)),
    ]);
    let changes = vec![context.tell(&holder.person, &PAID, told, Some(to))];
    let meters = vec![metering::received(context, &holder.person, amount)];
    Ok(Act { legs, meters, ..act(PAID_OUT, changes) })
}

/// The next turn waits for its day.
fn next_turn(
    context: &Context,
    case: &Case,
    paid: AccountId,
    day: Day,
    had: &[AccountId],
) -> Change {
    let had: Vec<AccountId> = had.iter().copied().chain([paid]).collect();
    let all: Vec<AccountId> = case.members.iter().map(|member| member.owner).collect();
    let day = rota::day_after(case.group.terms.every, day, context.today());
    let (whose, had) = rota::next(&all, |_who| true, &had).unwrap_or((paid, had));
    kind::begun(Proposal::planned(context, case.group.row.id, whose, day, had).row)
}

/// Somebody is invited by a member: they hear of it, whether they have a wallet or not.
pub fn invite(
    context: &Context,
    case: &Case,
    inviter: AccountId,
    to: &str,
) -> Result<Act, PlanError> {
    let by = proposal::person(context, inviter)?;
    let invitation = Invitation::new(context, &case.group, inviter, to);
    let joined = context.facts.number(to)?.map(|holder| holder.person.clone());
    let mut told = case.group.told(context);
    told.extend(party::sign(context.config, by));
    told.insert("dial".into(), context.config.dial.clone().into());
    let language =
        joined.as_ref().map_or(by.language.as_str(), |known: &PersonRow| &known.language);
    let text = context.message(to, language, &INVITED, &told, None);
    let told = if joined.is_some() { Change::Tell(text) } else { Change::TellStranger(text) };
    let changes = vec![kind::begun(invitation.row), told];
    Ok(act(DECIDED, changes))
}

/// Who is put out has their share at once, as at the end.
fn remove(context: &Context, case: &Case, who: AccountId) -> Result<Act, PlanError> {
    let row = case.members.iter().find(|member| member.owner == who);
    let row = row.ok_or(GROUP_ASK_GONE)?;
    let event = membership::Event::Remove.into();
    let removed = membership::KIND.moved(row, event, Role::Member, "")?;
    let mut told = Slots::from([("group".into(), case.group.name())]);
    let account = case.group.account(context)?;
    // what cannot be divided stays with the others
    let parts = group::equal_parts(account.available_minor(), case.members.len());
    let share = context.money(parts.last().copied().unwrap_or(0));
    if share.minor <= 0 {
        let news = context.tell(proposal::person(context, who)?, &REMOVED, told, None);
        return Ok(act(DECIDED, vec![removed, news]));
    }
    let holder = membership::holder(context, who)?;
    if !group::takes(context, holder, share.minor) {
        return Err(Reason::PAYEE_CLOSED.into());
    }
    if !account.state.pays() {
        return Err(Reason::ACCOUNT_CLOSED.into());
    }
    told.insert("amount".into(), share.into());
    let legs = vec![
        Leg { account: account.id, amount_minor: share.minor.saturating_neg() },
        Leg { account: who, amount_minor: share.minor },
    ];
    let news = context.tell(&holder.person, &REMOVED_SHARE, told, Some(who));
    let meters = vec![metering::received(context, &holder.person, share)];
    Ok(Act { legs, meters, ..act(group::SHARE, vec![removed, news]) })
}

fn rule(case: &Case, approvals: Option<usize>) -> Result<Act, PlanError> {
    let terms = Terms { approvals, ..case.group.terms.clone() };
    let group = Group { terms, ..case.group.clone() };
    let at = case.group.row.due_at.map(crate::time::Timestamp::from_micros);
    Ok(act(DECIDED, vec![group.moved(Event::Amend, Role::Member, at)?]))
}

/// It ends: its clock gives each their share at once.
fn close(context: &Context, case: &Case) -> Result<Act, PlanError> {
    let changes = vec![case.group.moved(Event::Close, Role::Member, Some(context.now))?];
    Ok(act(DECIDED, changes))
}

/// What all others hear of what was agreed to. Who gets the money, or has to go, hears it in other
/// words; of the end each hears with their share.
pub fn news(
    context: &Context,
    case: &Case,
    about: &About,
    told: &Slots,
    concerned: Option<AccountId>,
) -> Result<Vec<Change>, PlanError> {
    if *about == About::Close {
        return Ok(Vec::new());
    }
    let but: Vec<AccountId> = concerned.into_iter().collect();
    membership::tell_all(context, &case.members, &but, &CARRIED, told)
}

/// Whether what is done changes the group itself, and so guards it.
pub fn moves_group(about: &About) -> bool {
    match about {
        About::Rule { .. } | About::Close => true,
        About::Pay { .. } | About::Turn { .. } | About::Invite { .. } | About::Remove => false,
    }
}
