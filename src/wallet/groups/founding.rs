//! Founding a group, and saying that it begins: from then on nothing in it is decided by one
//! person. Money comes in only then, when each knows who the others are.

use super::super::arrangements::{Role, kind, place};
use super::super::context::Context;
use super::super::official::sounds_official;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, Message, Service};
use super::group::{
    self, BEGINS_WITHIN, ENDED, Event, Group, KIND, LAPSED, SHARED, SLEPT, State, Terms,
};
use super::inviting::{GROUP_FOUNDER, GROUPS_FULL};
use super::membership::{self, GROUP_GONE};
use super::proposal::Proposal;
use super::proposing::{self, GROUP_RULE};
use super::rota;
use crate::id::{AccountId, ArrangementId};
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::schedule::Every;
use crate::store::arrangement_rows::ArrangementRow;
use crate::store::wants::Want;
use crate::text;
use crate::value::{Kind, Slot};

/// Inputs `group_name`, `approvals`, `amount`, `every`, `rota`: founds one. Shows what was chosen.
pub const FOUND: Service = Service {
    name: "found_group",
    authority: Authority::Customer,
    opens: 3,
    wants: &[places],
    decide: found,
    shows: AGREED,
    refusals: &[GROUP_RULE, GROUPS_FULL],
    messages: &[&FOUNDED, &LAPSED],
    ..Service::PLAIN
};

/// Input `group`: it begins, with those who have joined. Shows how many `members` there are.
pub const BEGIN: Service = Service {
    name: "begin_group",
    authority: Authority::Customer,
    opens: 1,
    wants: &[proposing::named, proposing::standing],
    decide: begin,
    shows: AGREED,
    refusals: &[GROUP_GONE, GROUP_FOUNDER, GROUP_BEGUN, GROUP_FEW],
    messages: &[&BEGUN, &SHARED, &ENDED, &SLEPT],
    ..Service::PLAIN
};

/// It has begun already.
pub const GROUP_BEGUN: Reason = Reason::new("group_begun");
/// There are not enough who could agree to anything.
pub const GROUP_FEW: Reason = Reason::new("group_few");

/// Fewer do not make a group: one who asks, and two who agree.
const LEAST: usize = 3;
/// Groups that one founds at a time.
const OPEN_MAX: usize = 3;

/// What was agreed on.
pub const AGREED: &[Slot] = &[
    Slot("group", Kind::Name),
    Slot("amount", Kind::Money),
    Slot("every", Kind::Text),
    Slot("every_code", Kind::Text),
    Slot("rule", Kind::Text),
    Slot("rule_code", Kind::Text),
    Slot("many", Kind::Count),
    Slot("rota", Kind::Text),
    Slot("rota_code", Kind::Text),
    Slot("members", Kind::Count),
];
const FOUNDED: Message =
    Message::plain("sms.group_founded", &[Slot("group", Kind::Name), Slot("dial", Kind::Text)]);
const BEGUN: Message = Message::plain(
    "sms.group_begun",
    &[
        Slot("group", Kind::Name),
        Slot("amount", Kind::Money),
        Slot("every_code", Kind::Text),
        Slot("rule_code", Kind::Text),
        Slot("many", Kind::Count),
        Slot("rota_code", Kind::Text),
        Slot("members", Kind::Count),
        Slot("dial", Kind::Text),
    ],
);

fn places(context: &Context) -> Vec<Want> {
    let Ok(own) = context.person() else { return Vec::new() };
    let kinds = [&KIND, &membership::KIND];
    kinds.into_iter().flat_map(|kind| place::wants(context, kind, own.account_id)).collect()
}

fn found(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let own = context.person()?;
    let id = own.account_id;
    let places = [
        place::take(context, &KIND, id, OPEN_MAX, GROUPS_FULL)?,
        place::take(context, &membership::KIND, id, membership::OPEN_MAX, GROUPS_FULL)?,
    ];
    let terms = chosen(context)?;
    let row = KIND.row(context, State::Forming.into(), id, None);
    let due_at = Some(context.now.plus(BEGINS_WITHIN).micros());
    let account = AccountId::of(context.fresh_id.saturating_add(1));
    let row = ArrangementRow { due_at, body: kind::written(&terms), ..row };
    let group = Group { row, state: State::Forming, account, terms };
    let seat = ArrangementId::of(context.fresh_id.saturating_add(2));
    let first = membership::new(context, seat, group.row.id, id);
    show(context, plan, &group);
    let mut told = plan.shown(&["group"]);
    told.insert("dial".into(), context.config.dial.clone().into());
    let mut changes = places.to_vec();
    changes.extend(kind::begun_with_account(context, group.row, account));
    changes.push(kind::begun(first));
    changes.push(context.tell(own, &FOUNDED, told, None));
    plan.commit(Act { kind: FOUND.name, changes, ..Act::default() });
    Ok(())
}

/// What was chosen, in the order in which it is asked for.
fn chosen(context: &Context) -> Result<Terms, PlanError> {
    let plain = text::reference(context.field("group_name")?);
    let name = plain.filter(|words| !sounds_official(context.config, words));
    let name = name.ok_or_else(|| Refusal::of_field(Reason::TEXT_FORMAT, "group_name"))?;
    let approvals = proposing::approvals(context)?;
    let amount_minor = context.amount("amount")?.minor;
    let every = Every::parse(context.field("every")?);
    let every = every.ok_or_else(|| Refusal::of_field(Reason::TEXT_FORMAT, "every"))?;
    let rota = match context.field("rota")? {
        "turns" => true,
        "free" => false,
        _other => return Err(Refusal::of_field(Reason::TEXT_FORMAT, "rota").into()),
    };
    Ok(Terms { name, approvals, amount_minor, every, rota })
}

fn show(context: &Context, plan: &mut Plan, group: &Group) {
    plan.show_all(group.told(context));
    plan.show("rota_code", if group.terms.rota { "turns" } else { "free" });
}

fn begin(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let own = context.person()?.account_id;
    let case = proposing::own(context)?;
    show(context, plan, &case.group);
    let members = i64::try_from(case.members.len()).unwrap_or(i64::MAX);
    plan.show("members", members);
    if case.group.state != State::Forming {
        return Err(GROUP_BEGUN.into());
    }
    if case.group.row.owner != own {
        return Err(GROUP_FOUNDER.into());
    }
    if case.members.len() < LEAST {
        return Err(GROUP_FEW.into());
    }
    let again = Some(group::looked_at(context.now));
    let mut changes = vec![
        case.group.moved(Event::Start, Role::Owner, again)?,
        proposing::takes_part(&case, own)?,
    ];
    changes.extend(first_turn(context, &case).map(|turn| kind::begun(turn.row)));
    let mut told = plan.slots.clone();
    told.insert("dial".into(), context.config.dial.clone().into());
    changes.extend(membership::tell_all(context, &case.members, &[], &BEGUN, &told)?);
    plan.commit(Act { kind: BEGIN.name, changes, ..Act::default() });
    Ok(())
}

/// Where there are turns, the first comes when each has had a week, or a month, to put money in.
fn first_turn(context: &Context, case: &super::carrying::Case) -> Option<Proposal> {
    let first = case.members.first().filter(|_| case.group.terms.rota)?;
    let today = context.today();
    let day = rota::day_after(case.group.terms.every, today, today);
    Some(Proposal::planned(context, case.group.row.id, first.owner, day, Vec::new()))
}
