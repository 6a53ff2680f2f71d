//! Inviting somebody into a group, and their answer. Until it begins, who founded it invites alone;
//! from then on its members decide on everybody who comes. Who has no wallet gets the text, joins,
//! and finds the invitation there.

use super::super::arrangements::{Role, kind, place};
use super::super::context::Context;
use super::super::party;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, ByText, Message, Service};
use super::super::waiting::quota;
use super::about::About;
use super::carrying::{self, Case, INVITED};
use super::group::{FORMS, Group, State};
use super::invitation::{self, EXPIRED, Event, GROUP_INVITE_GONE, Invitation};
use super::membership::{self, GROUP_GONE, MEMBERS_MAX};
use super::proposing::{self, GROUP_ALONE, GROUP_ASKS_FULL, SHOWS, takes_part};
use crate::book::Change;
use crate::id::ArrangementId;
use crate::phone::Msisdn;
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::store::people::PersonRow;
use crate::store::wants::Want;
use crate::value::{Kind, Slot, Value};
use std::time::Duration;

/// Inputs `group`, `to`: invites them, or, once it has begun, asks the members whether to.
pub const INVITE: Service = Service {
    name: "group_invite",
    authority: Authority::Customer,
    opens: 1,
    wants: &[group_and_invited, standing_and_blocked],
    decide: invite,
    shows: SHOWS,
    refusals: &[
        GROUP_GONE,
        GROUP_FOUNDER,
        GROUP_MEMBER,
        GROUP_INVITED,
        GROUP_INVITES_FULL,
        GROUP_FULL,
        GROUP_ALONE,
        GROUP_ASKS_FULL,
        quota::REQUEST_BLOCKED,
    ],
    messages: &[&INVITED, &super::about::ASKED, &EXPIRED],
    ..Service::PLAIN
};

/// Lists what the caller is invited into: `group`, `name` of who invites.
pub const INVITATIONS: Service = Service {
    name: "group_invitations",
    wants: &[own, groups_and_inviters],
    decide: invitations,
    shows: OFFER,
    ..Service::PLAIN
};

/// Input `invitation`, or by text `reference`, the first letters of the group's name where there
/// are several: joins it. Shows what was agreed on in it.
pub const ACCEPT: Service = Service {
    name: "group_accept",
    opens: 1,
    wants: &[own_and_places, groups_and_inviters, seats],
    decide: accept,
    shows: OFFER,
    refusals: &[GROUP_INVITE_GONE, GROUP_WHICH, GROUP_MEMBER, GROUP_FULL, GROUPS_FULL],
    messages: &[&JOINED, &ACCEPTED],
    text: Some(ByText::Execute),
    ..Service::PLAIN
};

/// Input `invitation`: does not join.
pub const REFUSE: Service = Service {
    name: "group_refuse",
    wants: &[own, groups_and_inviters],
    decide: refuse,
    shows: OFFER,
    refusals: &[GROUP_INVITE_GONE, GROUP_WHICH],
    ..Service::PLAIN
};

/// Until it begins only who founded it invites.
pub const GROUP_FOUNDER: Reason = Reason::new("group_founder");
/// They are a member already.
pub const GROUP_MEMBER: Reason = Reason::new("group_member");
/// They are invited already.
pub const GROUP_INVITED: Reason = Reason::new("group_invited");
/// As many invitations wait for them as may, whoever invites.
pub const GROUP_INVITES_FULL: Reason = Reason::new("group_invites_full");
/// It has as many members as a group may have.
pub const GROUP_FULL: Reason = Reason::new("group_full");
/// As many groups as one may be in.
pub const GROUPS_FULL: Reason = Reason::new("groups_full");
/// A text fits none, or several.
pub const GROUP_WHICH: Reason = Reason::new("group_which");

const OFFER: &[Slot] = &[
    Slot("group", Kind::Name),
    Slot("name", Kind::Name),
    Slot("phone", Kind::Phone),
    Slot("amount", Kind::Money),
    Slot("every", Kind::Text),
    Slot("every_code", Kind::Text),
    Slot("rule", Kind::Text),
    Slot("rule_code", Kind::Text),
    Slot("many", Kind::Count),
];
const JOINED: Message =
    Message::plain("sms.group_joined", &[Slot("group", Kind::Name), Slot("dial", Kind::Text)]);
const ACCEPTED: Message = Message::plain(
    "sms.group_accepted",
    &[Slot("group", Kind::Name), Slot("name", Kind::Name), Slot("phone", Kind::Phone)],
);

/// Invitations of all groups that wait for one number at a time.
const WAITING_MAX: usize = 10;
/// With so many there is no room for who was never paid by them.
const OF_STRANGERS_MAX: usize = 5;
/// Those of a day to a number without a wallet, whoever invites.
const STRANGER_DAILY_MAX: usize = 3;
const DAY: Duration = Duration::from_secs(24 * 3_600);
/// Invitations of one member that wait at a time.
const OPEN_MAX: usize = MEMBERS_MAX;

fn group_and_invited(context: &Context) -> Vec<Want> {
    let mut wants = proposing::with_number(context, "to");
    if let Ok(own) = context.person() {
        wants.extend(place::wants(context, &invitation::KIND, own.account_id));
        wants.push(quota::payments(context, own.account_id));
    }
    let to = context.phone("to").ok();
    let searches = to.map(|to| {
        let today = invitation::of_number_since(to.e164(), context.now.minus(DAY));
        [invitation::of_number(to.e164()), today]
    });
    wants.extend(searches.into_iter().flatten().map(Want::Arrangements));
    wants
}

fn standing_and_blocked(context: &Context) -> Vec<Want> {
    let mut wants = proposing::standing(context);
    wants.extend(known(context).map(|known| Want::BlockedBy(known.account_id)));
    wants
}

/// Who is invited, where they have a wallet.
fn known<'a>(context: &Context<'a>) -> Option<&'a PersonRow> {
    let to = context.phone("to").ok()?;
    context.facts.number(to.e164()).ok().flatten().map(|holder| &holder.person)
}

fn invite(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let own = context.person()?;
    let case = proposing::own(context)?;
    plan.show("group", case.group.name());
    let forming = match case.group.state {
        State::Forming => true,
        State::Running => false,
        State::Closing | State::Closed | State::Lapsed => return Err(GROUP_GONE.into()),
    };
    if forming && case.group.row.owner != own.account_id {
        return Err(GROUP_FOUNDER.into());
    }
    let to = context.phone("to")?;
    may_come(context, &case, &to)?;
    if !forming {
        let about = About::Invite { phone: to.e164().to_owned() };
        return proposing::ask(context, plan, &case, known(context), about);
    }
    show_invited(context, plan, &to);
    plan.show("vote_code", "sent");
    let mut act = carrying::invite(context, &case, own.account_id, to.e164())?;
    let id = own.account_id;
    act.changes.push(place::take(context, &invitation::KIND, id, OPEN_MAX, GROUP_ASKS_FULL)?);
    act.changes.push(Change::While { arrangement: case.group.row.id, states: FORMS });
    act.changes.push(takes_part(&case, id)?);
    plan.commit(act);
    Ok(())
}

/// Whether somebody may be invited: nobody twice.
fn may_come(context: &Context, case: &Case, to: &Msisdn) -> Result<(), PlanError> {
    let no = |reason| Err(Refusal::of_field(reason, "to").into());
    let own = context.person()?.account_id;
    let known = known(context).map(|known| known.account_id);
    if known == Some(own) {
        return no(Reason::PAYEE_SELF);
    }
    if let Some(known) = known
        && context.facts.accounts(&Want::BlockedBy(known))?.contains(&own)
    {
        return no(quota::REQUEST_BLOCKED);
    }
    if case.members.iter().any(|member| Some(member.owner) == known) {
        return no(GROUP_MEMBER);
    }
    let waiting = context.facts.arrangements(invitation::of_number(to.e164()))?;
    for row in waiting {
        let other = Invitation::of(row)?;
        if other.terms.group == case.group.row.id && other.stands(context, &case.group) {
            return no(GROUP_INVITED);
        }
    }
    let waiting = waiting.iter().filter(|row| invitation::KIND.waits(row, context.now)).count();
    // who has no wallet can refuse none of them
    let today = invitation::of_number_since(to.e164(), context.now.minus(DAY));
    let today = context.facts.arrangements(today)?.len();
    let is_known = match known {
        Some(known) => quota::is_known(context, own, known)?,
        None => false,
    };
    let max = if is_known || known.is_none() { WAITING_MAX } else { OF_STRANGERS_MAX };
    if waiting >= max || known.is_none() && today >= STRANGER_DAILY_MAX {
        return no(GROUP_INVITES_FULL);
    }
    if case.members.len() >= MEMBERS_MAX { no(GROUP_FULL) } else { Ok(()) }
}

/// Who is invited: as others may see them, or the number as it was typed.
fn show_invited(context: &Context, plan: &mut Plan, to: &Msisdn) {
    match known(context) {
        Some(known) => {
            plan.show("act_code", "invite");
            plan.show_all(party::sign(context.config, known));
        }
        None => {
            plan.show("act_code", "invite_new");
            plan.show("name", Value::Name(String::new()));
            plan.show("phone", Value::whole(to, &context.config.market));
        }
    }
}

fn own(context: &Context) -> Vec<Want> {
    vec![invitation::wants_own(context)]
}

fn own_and_places(context: &Context) -> Vec<Want> {
    let places = context
        .person()
        .map(|own| place::wants(context, &membership::KIND, own.account_id))
        .unwrap_or_default();
    own(context).into_iter().chain(places).collect()
}

fn groups_and_inviters(context: &Context) -> Vec<Want> {
    let all = invitation::own(context).unwrap_or_default();
    let of_one =
        |one: Invitation| [Want::Arrangement(one.terms.group), Want::Person(one.row.owner)];
    all.into_iter().flat_map(of_one).collect()
}

fn seats(context: &Context) -> Vec<Want> {
    let Ok((_, group)) = chosen(context) else { return Vec::new() };
    let members = Want::Arrangements(membership::of_group(group.row.id));
    vec![membership::wants_seat(group.row.id), members]
}

/// Those that can still be answered, with their groups.
fn open(context: &Context) -> Result<Vec<(Invitation, Group)>, PlanError> {
    let mut open = Vec::new();
    for one in invitation::own(context)? {
        match Group::found(context, one.terms.group) {
            Ok(group) if one.stands(context, &group) => open.push((one, group)),
            Ok(_) | Err(PlanError::Refused(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(open)
}

fn invitations(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    context.person()?;
    for (one, group) in open(context)? {
        let mut slots = group.told(context);
        let inviter = context.facts.person(one.row.owner)?;
        slots.extend(inviter.map(|person| party::sign(context.config, person)).unwrap_or_default());
        plan.line(one.row.id, slots);
    }
    Ok(())
}

/// The one that is answered.
fn chosen(context: &Context) -> Result<(Invitation, Group), PlanError> {
    let mut open = open(context)?;
    let gone = if context.fields.contains_key("invitation") {
        let id: ArrangementId = context.chosen("invitation", GROUP_INVITE_GONE)?;
        open.retain(|(one, _)| one.row.id == id);
        GROUP_INVITE_GONE
    } else {
        let words = context.fields.get("reference").map_or("", String::as_str).to_lowercase();
        open.retain(|(_, group)| group.terms.name.to_lowercase().starts_with(&words));
        GROUP_WHICH
    };
    let several = open.len() > 1;
    Ok(open.pop().filter(|_| !several).ok_or(gone)?)
}

fn show_offer(
    context: &Context,
    plan: &mut Plan,
    one: &Invitation,
    group: &Group,
) -> Result<(), PlanError> {
    plan.show_all(group.told(context));
    let inviter = context.facts.person(one.row.owner)?;
    plan.show_all(inviter.map(|person| party::sign(context.config, person)).unwrap_or_default());
    Ok(())
}

fn accept(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let own = context.person()?;
    let (one, group) = chosen(context)?;
    show_offer(context, plan, &one, &group)?;
    let members = membership::members(context, group.row.id)?;
    if members.iter().any(|member| member.owner == own.account_id) {
        return Err(GROUP_MEMBER.into());
    }
    if members.len() >= MEMBERS_MAX {
        return Err(GROUP_FULL.into());
    }
    let id = own.account_id;
    let place = place::take(context, &membership::KIND, id, membership::OPEN_MAX, GROUPS_FULL)?;
    let joined = membership::new(context, ArrangementId::of(context.fresh_id), group.row.id, id);
    let mut told = plan.shown(&["group"]);
    told.insert("dial".into(), context.config.dial.clone().into());
    let mut changes = vec![
        place,
        membership::seat(context, group.row.id)?,
        Change::While { arrangement: group.row.id, states: one.takes() },
        invitation::KIND.moved(&one.row, Event::Accept.into(), Role::Other, "")?,
        kind::begun(joined),
        context.tell(own, &JOINED, told, None),
    ];
    if let Some(inviter) = context.facts.person(one.row.owner)? {
        let mut told = party::sign(context.config, own);
        told.insert("group".into(), group.name());
        changes.push(context.tell(inviter, &ACCEPTED, told, None));
    }
    plan.commit(Act { kind: ACCEPT.name, changes, ..Act::default() });
    Ok(())
}

fn refuse(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    context.person()?;
    let (one, group) = chosen(context)?;
    show_offer(context, plan, &one, &group)?;
    let changes = vec![invitation::KIND.moved(&one.row, Event::Refuse.into(), Role::Other, "")?];
    plan.commit(Act { kind: REFUSE.name, changes, ..Act::default() });
    Ok(())
}
