//! Two people where one of them has only a phone: who of the staff has this number sees what waits
//! for their yes, looks at it as it would be done now, and says yes or no with the PIN that they
//! have for it, which is not that of their wallet. What is allowed, and what is done, is as at the
//! console; above a band it is only there. A SIM that was changed lately shuts the door.

use super::super::Caller;
use super::super::care::sim_change::{self, SIM_CHANGED};
use super::super::context::Context;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, Service};
use super::alone;
use super::door::Door;
use super::two_people::{
    self, KIND, STAFF_ASKER_GONE, STAFF_BAND, STAFF_CHANGED_SINCE, STAFF_CONSOLE,
    STAFF_REQUEST_GONE, STAFF_SAME_PERSON, Wish,
};
use crate::book::{Change, Keep};
use crate::id::{PinId, StaffId};
use crate::pin::Pin;
use crate::refusal::{Reason, Refusal};
use crate::staff::role::{self, Right};
use crate::store::arrangement_rows::{Search, Side};
use crate::store::pins::PinRow;
use crate::store::records::Record;
use crate::store::staff_rows::{StaffRow, StaffState};
use crate::store::wants::Want;
use crate::text;
use crate::value::{Kind, Slot, Slots, Value};
use secrecy::ExposeSecret;

/// They have not chosen a PIN for their phone.
pub const STAFF_PIN_NONE: Reason = Reason::new("staff_pin_none");

/// Requests that are looked through, and those that are shown.
const LOOKED_AT: i64 = 200;
const SHOWN_MAX: usize = 20;
/// Septets of what would be done, of why, and of what was otherwise when it was asked for.
const DOING: usize = 40;
const WHY: usize = 20;

/// Lists what waits for the caller.
pub const INBOX: Service = Service {
    name: "staff_requests",
    wants: &[phone, |_context| vec![Want::Arrangements(open())], askers],
    decide: inbox,
    shows: &[Slot("wish_code", Kind::Text), Slot("asked_by", Kind::Text)],
    refusals: &[SIM_CHANGED],
    ..Service::PLAIN
};

/// Input `approval`, and `seen`, the digest of what was shown. Flag `changed` where it differs from
/// when it was asked for.
pub const APPROVE: Service = Service {
    name: "approve_by_phone",
    authority: Authority::StaffPhone,
    opens: 4,
    wants: &[both, pin_and_first, two_people::second, two_people::third],
    decide: approve,
    shows: SHOWS,
    refusals: &[
        STAFF_REQUEST_GONE,
        STAFF_SAME_PERSON,
        STAFF_CHANGED_SINCE,
        STAFF_ASKER_GONE,
        STAFF_BAND,
        STAFF_CONSOLE,
        STAFF_PIN_NONE,
        SIM_CHANGED,
    ],
    ..Service::PLAIN
};

/// Inputs `approval`, `why`.
pub const DECLINE: Service = Service {
    name: "decline_by_phone",
    authority: Authority::StaffPhone,
    wants: &[both, pin_and_first],
    decide: decline,
    shows: SHOWS,
    refusals: &[STAFF_REQUEST_GONE, STAFF_SAME_PERSON, STAFF_PIN_NONE, SIM_CHANGED],
    ..Service::PLAIN
};

/// Takes a PIN as the secret: the caller's own, for what they approve by phone.
pub const CHOOSE: Service = Service {
    name: "choose_staff_pin",
    authority: Authority::Staff(Right::Second),
    fresh_code: true,
    wants: &[|context| {
        context.staff().map(|staff| vec![Want::Pin(pin_of(staff))]).unwrap_or_default()
    }],
    decide: choose,
    ..Service::PLAIN
};

const SHOWS: &[Slot] = &[
    Slot("wish_code", Kind::Text),
    Slot("doing", Kind::Text),
    Slot("was", Kind::Text),
    Slot("asked_by", Kind::Text),
    Slot("asked_why", Kind::Text),
    Slot("seen", Kind::Text),
];

/// The PIN that one of the staff has for their phone.
pub fn pin_of(staff: &StaffRow) -> PinId {
    PinId::of(staff.id.number())
}

fn number<'a>(context: &Context<'a>) -> &'a str {
    context.caller.msisdn.e164()
}

/// Who of the staff calls. Where two have one number nobody knows which.
pub fn on_phone<'a>(context: &Context<'a>) -> Result<&'a StaffRow, PlanError> {
    match context.facts.staff_of(number(context))? {
        [only] if only.state == StaffState::Active => Ok(only),
        _ => Err(Reason::NOT_ALLOWED.into()),
    }
}

fn phone(context: &Context) -> Vec<Want> {
    let account = context.caller.person.as_ref().map(|person| person.account_id);
    let swapped = account.map(sim_change::want);
    [Want::StaffOf(number(context).to_owned())].into_iter().chain(swapped).collect()
}

/// The same, while their SIM is their own.
fn at_the_door<'a>(context: &Context<'a>) -> Result<&'a StaffRow, PlanError> {
    let staff = on_phone(context)?;
    sim_change::not_lately(context, context.person()?.account_id)?;
    Ok(staff)
}

/// Decides as who they are.
fn as_staff(
    context: &Context,
    decide: impl FnOnce(&Context) -> Result<(), PlanError>,
) -> Result<(), PlanError> {
    let staff = at_the_door(context)?;
    if context.facts.pin(pin_of(staff))?.is_none_or(|pin| pin.tag.is_empty()) {
        return Err(STAFF_PIN_NONE.into());
    }
    let caller = Caller { staff: Some(staff.clone()), ..context.caller.clone() };
    decide(&Context { caller: &caller, ..*context })
}

fn open() -> Search {
    Search { side: Side::Anybody, kind: KIND.name, open: true, since: 0, limit: LOOKED_AT }
}

fn both(context: &Context) -> Vec<Want> {
    phone(context).into_iter().chain(two_people::named(context)).collect()
}

fn pin_and_first(context: &Context) -> Vec<Want> {
    let pin = on_phone(context).ok().map(|staff| Want::Pin(pin_of(staff)));
    pin.into_iter().chain(two_people::first(context)).collect()
}

/// What those who ask did alone of late.
fn askers(context: &Context) -> Vec<Want> {
    let rows = context.facts.arrangements(open()).unwrap_or_default();
    rows.iter().map(|row| alone::want(context, StaffId::of(row.owner.number()))).collect()
}

fn inbox(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let staff = at_the_door(context)?;
    let own = context.person()?.account_id;
    let roles = role::parse(&staff.roles).unwrap_or_default();
    for row in context.facts.arrangements(open())? {
        let wish = Wish::of(row)?;
        let Some(act) = context.peers.for_two.get(wish.service.as_str()) else { continue };
        let shown = Plan { slots: wish.shown, ..Plan::default() };
        let asker = StaffId::of(row.owner.number());
        let band = alone::band(context, asker, act.right, &shown)?;
        let theirs = row.owner.number() != staff.id.number()
            && row.other != Some(own)
            && KIND.waits(row, context.now)
            && act.right.may_approve(&roles)
            && band.approver.is_none_or(|role| roles.contains(&role));
        if theirs && !band.console && plan.items.len() < SHOWN_MAX {
            let said: [(&str, Value); 2] =
                [("wish_code", wish.service.into()), ("asked_by", wish.by.into())];
            plan.line(row.id, said.map(|(name, value)| (name.to_owned(), value)).into());
        }
    }
    Ok(())
}

/// What is no part of an act, but of how it is decided.
const ABOUT: [&str; 5] = ["approval", "asked_by", "why", "seen", alone::SLOT.0];

/// Whose money it is and who gets it stand before everything that may be cut off.
const WHO: [&str; 7] = ["to", "recipient", "from", "name", "staff", "phone", "serves"];
/// What the approver need not weigh.
const UNSAID: [&str; 3] = ["said", "left", "line"];

/// Values alone, as many as fit: whose names stand there needs no more words.
fn in_short(slots: &Slots, wanted: impl Fn(&str) -> bool) -> String {
    let said_at_all = |name: &str| !ABOUT.contains(&name) && !UNSAID.contains(&name);
    let own = slots.iter().filter(|(name, _)| said_at_all(name.as_str()) && wanted(name));
    let mut own: Vec<_> = own.collect();
    // the amount first, and then whose it is
    own.sort_by_key(|(name, value)| match WHO.iter().position(|who| who == name) {
        _ if value.money().is_some() => 0,
        Some(place) => place.saturating_add(1),
        None => WHO.len().saturating_add(1),
    });
    let all = own.into_iter().map(|(_, value)| value.to_string());
    let said: Vec<String> = all.filter(|value| !value.is_empty()).collect();
    text::clip(&text::to_gsm(&said.join(", ")), DOING)
}

fn approve(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    as_staff(context, |context| {
        let (_, wish) = two_people::waiting(context)?;
        let mut whole = Plan::default();
        two_people::approved(context, &mut whole, Door::Phone)?;
        let differs = |name: &str| whole.slots.get(name) != wish.shown.get(name);
        plan.show("wish_code", wish.service.clone());
        plan.show("doing", in_short(&whole.slots, |_name| true));
        plan.show("asked_by", wish.by.clone());
        plan.show("asked_why", text::clip(&text::to_gsm(&wish.why), WHY));
        plan.show_all(whole.shown(&["seen"]));
        if wish.shown.keys().any(|name| differs(name)) {
            plan.flag("changed");
            plan.show("was", in_short(&wish.shown, differs));
        }
        (plan.act, plan.concerns) = (whole.act, whole.concerns);
        Ok(())
    })
}

fn decline(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    as_staff(context, |context| {
        let (_, wish) = two_people::waiting(context)?;
        plan.show("wish_code", wish.service);
        plan.show("asked_by", wish.by);
        let mut whole = Plan::default();
        two_people::declined(context, &mut whole, Door::Phone)?;
        plan.act = whole.act;
        Ok(())
    })
}

fn choose(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let staff = context.staff()?;
    let id = pin_of(staff);
    let typed = context.secret.ok_or_else(|| Refusal::of_field(Reason::FIELD_MISSING, "pin"))?;
    let pin = Pin::choose(typed.expose_secret(), &context.caller.msisdn)
        .map_err(|reason| Refusal::of_field(reason, "pin"))?;
    let version = context.facts.pin(id)?.map_or(0, |pin| pin.version).saturating_add(1);
    let row = PinRow { version, ..context.config.tagged(id, &pin, context.salt) };
    let note = "for what is approved by phone".to_owned();
    let kept = Change::Keep(Keep { record: Record::Pin(row), event: "staff_pin", note });
    let changes = vec![kept, Change::ClearPin { pin: id }];
    plan.commit(Act { kind: "staff_pin", changes, ..Act::default() });
    Ok(())
}
