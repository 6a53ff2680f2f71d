//! Who works here: they are invited with a link that is good once and goes by SMS to their own
//! number alone, get other roles, and leave. Each takes two, but for the first ones: who is alone
//! cannot ask another one. Whatever goes on at one moment, one stays who says who works here.

use super::super::care::sim_change::{self, SIM_CHANGED};
use super::super::context::{Context, People};
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, Message, Service};
use super::join_link;
use super::sign_in::digest;
use super::two_people::why;
use crate::book::{Change, Keep};
use crate::id::{PinId, PostingId, StaffId};
use crate::phone::Msisdn;
use crate::refusal::{Reason, Refusal};
use crate::staff::role::{self, Right, Role};
use crate::store::holders::AccountHolder;
use crate::store::record::RecordKey;
use crate::store::records::Record;
use crate::store::staff_rows::{STAFF_NAME_TAKEN, StaffRow, StaffState};
use crate::store::wants::Want;
use crate::value::{Kind, Slot, Value};

/// Nobody of the staff has that name.
pub const STAFF_UNKNOWN: Reason = Reason::new("staff_unknown");
/// Somebody of the staff has that number already; slot `staff`, by which name.
pub const STAFF_PHONE: Reason = Reason::new("staff_phone");
/// There are no such roles.
pub const ROLES_FORMAT: Reason = Reason::new("roles_format");
/// Somebody has to be left who says who works here.
pub const LAST_ADMIN: Reason = Reason::new("last_admin");

/// Somebody who said who works here left so lately that who is alone now does not say it alone: one
/// of two could send the other home, and be two.
pub const ADMIN_LEFT_LATELY: Reason = Reason::new("admin_left_lately");

/// For how long that counts, microseconds.
const LATELY: i64 = 3 * 24 * 3_600 * 1_000_000;
/// How long a link is good, microseconds.
const LINK_LASTS: i64 = 3 * 24 * 3_600 * 1_000_000;
/// Letters of a name.
const NAME_MAX: usize = 24;

/// Inputs `name`, `phone`, `roles`, `why`: they are sent a link. For a name that is there it is a
/// new one: for who has lost their password or was away for long.
pub const INVITE: Service = Service {
    name: "invite_staff",
    authority: Authority::Staff(Right::Staff),
    needs: two_where_there_are,
    opens: 1,
    wants: &[|context| all(context).into_iter().chain(their_wallet(context)).collect(), of_invited],
    decide: invite,
    shows: SHOWS,
    refusals: &[
        ROLES_FORMAT,
        STAFF_NAME_TAKEN,
        STAFF_PHONE,
        LAST_ADMIN,
        ADMIN_LEFT_LATELY,
        SIM_CHANGED,
    ],
    messages: &[&INVITED],
    ..Service::PLAIN
};

/// Inputs `name`, `roles`, `why`: from now on they work as that.
pub const ROLES: Service = Service {
    name: "change_staff_roles",
    authority: Authority::Staff(Right::Staff),
    needs: two_where_there_are,
    wants: &[all],
    decide: change_roles,
    shows: SHOWS,
    refusals: &[STAFF_UNKNOWN, ROLES_FORMAT, LAST_ADMIN, ADMIN_LEFT_LATELY],
    ..Service::PLAIN
};

/// Inputs `name`, `why`: they do not work here any more, from this moment. One person suffices.
pub const LEAVE: Service = Service {
    name: "dismiss_staff",
    authority: Authority::Staff(Right::Staff),
    wants: &[all, pin],
    decide: leave,
    shows: SHOWS,
    refusals: &[STAFF_UNKNOWN, LAST_ADMIN],
    ..Service::PLAIN
};

/// Inputs `name`, `why`: wherever they are at work, they are not any more, from this moment; they
/// may sign in again. One person suffices.
pub const END_SESSIONS: Service = Service {
    name: "end_staff_sessions",
    authority: Authority::Staff(Right::Staff),
    wants: &[all],
    decide: end_sessions,
    shows: SHOWS,
    refusals: &[STAFF_UNKNOWN],
    ..Service::PLAIN
};

const SHOWS: &[Slot] = &[
    Slot("staff", Kind::Text),
    Slot("roles", Kind::Text),
    Slot("roles_before", Kind::Text),
    Slot("link_to", Kind::Phone),
    Slot("phone_before", Kind::Phone),
    Slot("admins", Kind::Count),
];

/// It is the same link whoever reads it: nobody else is told.
pub const INVITED: Message = Message::plain(
    "sms.staff_invited",
    &[Slot("staff", Kind::Text), join_link::SLOT, join_link::WAY, join_link::PAGES],
);

fn all(_context: &Context) -> Vec<Want> {
    vec![Want::AllStaff]
}

/// The PIN that who is named has for their phone.
fn pin(context: &Context) -> Vec<Want> {
    let known = named(context).ok().flatten();
    known.map(|row| Want::Pin(PinId::of(row.id.number()))).into_iter().collect()
}

/// Who has the number that is typed: it may be somebody with a wallet.
fn their_wallet(context: &Context) -> Option<Want> {
    context.phone("phone").ok().map(|phone| Want::Number(phone.e164().to_owned()))
}

fn holder<'a>(context: &Context<'a>) -> Result<Option<&'a AccountHolder>, PlanError> {
    Ok(context.facts.number(context.phone("phone")?.e164())?)
}

/// The same, and whether the SIM of the number is its owner's.
fn of_invited(context: &Context) -> Vec<Want> {
    let holder = holder(context).ok().flatten();
    let swapped = holder.map(|holder| sim_change::want(holder.account.id));
    pin(context).into_iter().chain(swapped).collect()
}

/// It opens nothing any more: what they had is void.
fn without_pin(context: &Context, row: &StaffRow, mut act: Act) -> Result<Act, PlanError> {
    let pin = context.facts.pin(PinId::of(row.id.number()))?.filter(|pin| !pin.tag.is_empty());
    let taken = pin.map(|pin| Change::keep(Record::Pin(pin.clone().taken_away()), "staff_pin"));
    act.changes.extend(taken);
    Ok(act)
}

fn is_admin(row: &StaffRow) -> bool {
    let roles = role::parse(&row.roles).unwrap_or_default();
    row.state == StaffState::Active && roles.contains(&Role::Admin)
}

/// Two, as soon as there are two who could.
fn two_where_there_are(_context: &Context, plan: &Plan) -> People {
    let admins = plan.slots.get("admins").and_then(Value::count);
    if admins.is_some_and(|admins| admins >= 2) { People::Two } else { People::One }
}

/// Whoever is left alone waits: the other one, and who reads the audit, see what was done.
fn not_alone_since_lately(context: &Context, admins: usize) -> Result<(), PlanError> {
    let since = context.now.micros().saturating_sub(LATELY);
    let left_lately = |row: &StaffRow| {
        let was_admin = role::parse(&row.roles).unwrap_or_default().contains(&Role::Admin);
        row.state == StaffState::Left && was_admin && row.seen_at > since
    };
    if admins < 2 && context.facts.all_staff()?.iter().any(left_lately) {
        return Err(ADMIN_LEFT_LATELY.into());
    }
    Ok(())
}

fn admins(context: &Context, plan: &mut Plan) -> Result<usize, PlanError> {
    let count = context.facts.all_staff()?.iter().filter(|row| is_admin(row)).count();
    plan.show("admins", i64::try_from(count).unwrap_or(i64::MAX));
    Ok(count)
}

/// What is committed with an act after which somebody is no admin, where they are one: another one
/// still is, as they were read. Of several at one moment each names one who stays, and whoever is
/// named by one act is not left behind by another: so the last of them is refused.
fn one_stays(context: &Context, goes: &StaffRow) -> Result<Option<Change>, PlanError> {
    if !is_admin(goes) {
        return Ok(None);
    }
    let mut others = context.facts.all_staff()?.iter().filter(|row| row.id != goes.id);
    let stays = others.find(|row| is_admin(row)).ok_or(LAST_ADMIN)?;
    Ok(Some(Change::AtRecord { record: RecordKey::Staff(stays.id), version: stays.version }))
}

fn named<'a>(context: &Context<'a>) -> Result<Option<&'a StaffRow>, PlanError> {
    let name = context.field("name")?.trim().to_lowercase();
    Ok(context.facts.all_staff()?.iter().find(|row| row.name == name))
}

fn roles(context: &Context) -> Result<String, PlanError> {
    let roles = role::parse(context.field("roles")?);
    let roles = roles.ok_or_else(|| Refusal::of_field(ROLES_FORMAT, "roles"))?;
    Ok(role::written(&roles))
}

/// A name that is written the same wherever it is typed.
fn new_name(context: &Context) -> Result<String, PlanError> {
    let name = context.field("name")?.trim().to_lowercase();
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-');
    let good = (2..=NAME_MAX).contains(&name.len())
        && name.chars().all(plain)
        && name.starts_with(|c: char| c.is_ascii_lowercase());
    if good { Ok(name) } else { Err(Refusal::of_field(Reason::NAME_FORMAT, "name").into()) }
}

/// Somebody who is to begin: as they are stored, with what is kept of their link.
pub(super) fn invited(
    known: Option<&StaffRow>,
    (id, name, msisdn): (StaffId, &str, &str),
    roles: &str,
    link: &str,
    now: i64,
) -> StaffRow {
    let version = known.map_or(1, |row| row.version.saturating_add(1));
    StaffRow {
        id,
        version,
        last_posting: PostingId::NONE,
        name: name.to_owned(),
        msisdn: msisdn.to_owned(),
        language: "en".to_owned(),
        roles: roles.to_owned(),
        state: StaffState::Invited,
        password: String::new(),
        factor: Vec::new(),
        factor_step: 0,
        link: digest(link),
        link_until: Some(now.saturating_add(LINK_LASTS)),
        locked_until: None,
        misses: 0,
        seen_at: now,
        // whoever is invited anew has nothing left of what they showed before
        out_until: known.map_or(0, |_before| now),
    }
}

fn invite(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let name = new_name(context)?;
    let phone = context.phone("phone")?;
    let roles = roles(context)?;
    let known = named(context)?;
    let id = known.map_or(StaffId::of(context.fresh_id), |row| row.id);
    let works_by_it = |row: &&StaffRow| {
        row.id != id && row.msisdn == phone.e164() && row.state != StaffState::Left
    };
    if let Some(other) = context.facts.all_staff()?.iter().find(works_by_it) {
        // two names of one person would be two people
        return Err(Refusal::of_field(STAFF_PHONE, "phone")
            .with("staff", other.name.clone())
            .into());
    }
    let left = admins(context, plan)?;
    let stays = known.map(|row| one_stays(context, row)).transpose()?.flatten();
    not_alone_since_lately(context, left)?;
    plan.show("staff", name.clone());
    plan.show("roles", roles.clone());
    plan.show("roles_before", known.map(|row| row.roles.clone()).unwrap_or_default());
    plan.show("link_to", Value::whole(&phone, &context.config.market));
    let before = known.and_then(|row| Msisdn::from_e164(&row.msisdn));
    if let Some(before) = before.filter(|before| before.e164() != phone.e164()) {
        plan.show("phone_before", Value::whole(&before, &context.config.market));
    }
    let holder = holder(context)?;
    if let Some(holder) = holder {
        // whoever has the number since then would get the link
        sim_change::not_lately(context, holder.account.id)?;
    }
    let why = why(context)?;
    let drawn = join_link::drawn(context.config, id, context.salt);
    let (link, seed) = drawn.ok_or(PlanError::Damaged("no link could be drawn"))?;
    let language = holder.map_or("en", |holder| holder.person.language.as_str());
    let row = invited(known, (id, &name, phone.e164()), &roles, &link, context.now.micros());
    let row = StaffRow { language: language.to_owned(), ..row };
    let told = [("staff".to_owned(), name.into()), (join_link::SLOT.0.to_owned(), seed)].into();
    let told = context.message(phone.e164(), language, &INVITED, &told, None);
    let mut act = kept(row, "invite", why);
    act.changes.extend(stays);
    act.changes.push(Change::Tell(told));
    plan.commit(match known {
        Some(known) => without_pin(context, known, act)?,
        None => act,
    });
    Ok(())
}

fn change_roles(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let row = named(context)?.ok_or(STAFF_UNKNOWN)?;
    let roles = roles(context)?;
    let next = StaffRow { roles: roles.clone(), ..row.next() };
    let left = admins(context, plan)?;
    let stays = if is_admin(&next) { None } else { one_stays(context, row)? };
    not_alone_since_lately(context, left)?;
    plan.show("staff", row.name.clone());
    plan.show("roles", roles);
    plan.show("roles_before", row.roles.clone());
    let mut act = kept(next, "roles", why(context)?);
    act.changes.extend(stays);
    plan.commit(act);
    Ok(())
}

fn leave(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let row = named(context)?.filter(|row| row.state != StaffState::Left).ok_or(STAFF_UNKNOWN)?;
    admins(context, plan)?;
    let stays = one_stays(context, row)?;
    plan.show("staff", row.name.clone());
    plan.show("roles_before", row.roles.clone());
    let left = StaffRow {
        state: StaffState::Left,
        password: String::new(),
        factor: Vec::new(),
        link: Vec::new(),
        link_until: None,
        // from now on they are not here
        seen_at: context.now.micros(),
        ..row.next()
    };
    let mut act = kept(left, "left", why(context)?);
    act.changes.extend(stays);
    plan.commit(without_pin(context, row, act)?);
    Ok(())
}

fn end_sessions(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let row = named(context)?.filter(|row| row.state == StaffState::Active).ok_or(STAFF_UNKNOWN)?;
    plan.show("staff", row.name.clone());
    plan.show("roles", row.roles.clone());
    let out = StaffRow { out_until: context.now.micros(), ..row.next() };
    plan.commit(kept(out, "sessions_ended", why(context)?));
    Ok(())
}

fn kept(row: StaffRow, event: &'static str, why: &str) -> Act {
    let record = Record::Staff(Box::new(row));
    let keep = Keep { record, event, note: why.to_owned() };
    Act { kind: event, changes: vec![Change::Keep(keep)], ..Act::default() }
}
