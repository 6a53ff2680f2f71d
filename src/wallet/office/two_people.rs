//! What takes two of the staff: one asks, and what would be done waits for another one, who sees
//! it as it would be done now, and approves or declines it. It is planned again then: nothing is
//! done on facts of yesterday. Who asked never approves. It runs out after three days.
//!
//! Which acts there are is not known here: one is found by its name.

use super::super::arrangements::Role;
use super::super::arrangements::kind::{self, Kind, in_words};
use super::super::context::{Context, ForTwo};
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, Service, Wants};
use super::alone;
use super::door::Door;
use super::sign_in::{CODE_WANTED, SESSION_OVER, SIGN_IN_WRONG};
use crate::id::{AccountId, ArrangementId, StaffId};
use crate::refusal::{Reason, Refusal, Slots};
use crate::request::Fields;
use crate::staff::role::{self, Right};
use crate::store::arrangement_rows::ArrangementRow;
use crate::store::staff_rows::StaffRow;
use crate::store::wants::Want;
use crate::value::{Kind as Of, Slot};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use strum::{EnumString, IntoStaticStr, VariantNames};

/// It was decided, ran out, or never was.
pub const STAFF_REQUEST_GONE: Reason = Reason::new("staff_request_gone");
/// Who asks does not approve, and who did not ask does not take back.
pub const STAFF_SAME_PERSON: Reason = Reason::new("staff_same_person");
/// For such an amount it takes another role.
pub const STAFF_BAND: Reason = Reason::new("staff_band");
/// For such an amount it is approved at the console.
pub const STAFF_CONSOLE: Reason = Reason::new("staff_console");
/// What would be done is not what was looked at any more.
pub const STAFF_CHANGED_SINCE: Reason = Reason::new("staff_changed_since");
/// Who asked works here no more, or not as one who may ask that.
pub const STAFF_ASKER_GONE: Reason = Reason::new("staff_asker_gone");

/// How long one waits, microseconds.
const LASTS: i64 = 3 * 24 * 3_600 * 1_000_000;

/// Where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum State {
    /// It waits for another one.
    Asked,
    /// It was done.
    Approved,
    /// It was not.
    Declined,
    /// Who asked took it back.
    TakenBack,
    /// Nobody said anything in time.
    Expired,
}

/// What happens to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Event {
    /// Another one says yes: it is done in the same moment.
    Approve,
    /// Another one says no, and why.
    Decline,
    /// Who asked does not want it any more.
    TakeBack,
    /// Its time is over.
    Expire,
}

fn apply(state: State, event: Event, role: Role) -> Option<State> {
    match (state, event, role) {
        (State::Asked, Event::Approve, Role::Staff) => Some(State::Approved),
        (State::Asked, Event::Decline, Role::Staff) => Some(State::Declined),
        (State::Asked, Event::TakeBack, Role::Owner) => Some(State::TakenBack),
        (State::Asked, Event::Expire, Role::Service) => Some(State::Expired),
        _ => None,
    }
}

/// The kind of what waits for a second person.
pub const KIND: Kind = Kind {
    name: "staff_request",
    states: State::VARIANTS,
    events: Event::VARIANTS,
    apply: |state, event, role| in_words(state, event, role, apply),
    of_staff: true,
    begins: &["asked"],
    open: &["asked"],
    gone: STAFF_REQUEST_GONE,
    wants: &[],
    wake: |_context, row, _refused| {
        let over = KIND.moved(row, Event::Expire.into(), Role::Service, "")?;
        Ok(Act { kind: "expire", changes: vec![over], ..Act::default() })
    },
};

/// What is asked for, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    /// The name of the service.
    pub service: String,
    /// Its inputs, in canonical form.
    pub inputs: Fields,
    /// Who asked.
    pub by: String,
    /// Why.
    pub why: String,
    /// What would have been done when it was asked for.
    pub shown: Slots,
}

impl Wish {
    /// What is stored of one.
    pub fn of(row: &ArrangementRow) -> Result<Wish, PlanError> {
        kind::body(row)
    }

    fn act(&self, context: &Context) -> Result<ForTwo, PlanError> {
        let act = context.peers.for_two.get(self.service.as_str()).copied();
        act.ok_or_else(|| Reason::SERVICE_UNKNOWN.into())
    }

    fn wants(&self, context: &Context, step: usize) -> Vec<Want> {
        let act = self.act(context).ok();
        let wants = act.and_then(|act| act.wants.get(step).copied());
        wants.map(|wants| wants(&self.context(context))).unwrap_or_default()
    }

    fn context<'a>(&'a self, context: &Context<'a>) -> Context<'a> {
        Context { fields: &self.inputs, ..*context }
    }

    /// Whether one, of an act that takes this right, is for somebody of the staff to see: their
    /// own, of what they may ask for or decide, or all for who reads everything.
    pub fn is_for(staff: &StaffRow, row: &ArrangementRow, right: Option<Right>) -> bool {
        let roles = role::parse(&staff.roles).unwrap_or_default();
        let may = |right: Right| right.may_ask(&roles) || right.may_approve(&roles);
        let is_own = staff.id.number() == row.owner.number();
        is_own || Right::Audit.may_ask(&roles) || right.is_some_and(may)
    }

    /// What would be done now.
    pub fn planned(&self, context: &Context) -> Result<Plan, PlanError> {
        let mut plan = Plan::default();
        (self.act(context)?.decide)(&self.context(context), &mut plan)?;
        Ok(plan)
    }
}

/// What is only known, and told, when it is done: never stored, and not compared.
const ONCE: [&str; 1] = ["bank_code"];

/// What somebody says yes to: the values that they saw.
pub fn seen(slots: &Slots) -> String {
    let slots: Slots = lasting(slots);
    let text = serde_json::to_string(&slots).unwrap_or_default();
    let digest: [u8; 32] = Sha256::digest(text.as_bytes()).into();
    crate::seal::to_hex(digest.get(..8).unwrap_or_default())
}

/// What of it may be kept and shown again.
pub(super) fn lasting(slots: &Slots) -> Slots {
    let lasting = slots.iter().filter(|(name, _)| !ONCE.contains(&name.as_str()));
    lasting.map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// What is committed where an act takes two: nothing of it, but that it was asked for. `number` is
/// one never used before. What it concerns is shown on that account's record.
pub fn asked(
    context: &Context,
    service: &Service,
    plan: &Plan,
    number: i64,
) -> Result<Act, PlanError> {
    let staff = context.staff()?;
    let wish = Wish {
        service: service.name.to_owned(),
        inputs: context.fields.clone(),
        by: staff.name.clone(),
        why: why(context)?.to_owned(),
        shown: lasting(&plan.slots),
    };
    let owner = AccountId::of(staff.id.number());
    let row = KIND.row(context, State::Asked.into(), owner, plan.concerns);
    let row = ArrangementRow {
        id: ArrangementId::of(number),
        due_at: Some(context.now.micros().saturating_add(LASTS)),
        body: kind::written(&wish),
        ..row
    };
    Ok(Act { kind: "ask_approval", changes: vec![kind::begun(row)], ..Act::default() })
}

/// Why something is done: every act of the staff says so.
pub fn why<'a>(context: &Context<'a>) -> Result<&'a str, PlanError> {
    let why = context.field("why")?.trim();
    if (3..=200).contains(&why.chars().count()) {
        return Ok(why);
    }
    Err(Refusal::of_field(Reason::TEXT_FORMAT, "why").into())
}

/// Input `approval`, and `seen`, the digest of what the caller was shown: does it.
pub const APPROVE: Service = Service {
    name: "approve_staff_request",
    authority: Authority::Staff(Right::Second),
    fresh_code: true,
    opens: 4,
    wants: WANTS,
    decide: approve,
    shows: SHOWS,
    refusals: &[
        STAFF_REQUEST_GONE,
        STAFF_SAME_PERSON,
        STAFF_CHANGED_SINCE,
        STAFF_BAND,
        STAFF_CONSOLE,
        STAFF_ASKER_GONE,
        SIGN_IN_WRONG,
        SESSION_OVER,
        CODE_WANTED,
    ],
    ..Service::PLAIN
};

/// Inputs `approval` and `why`: it is not done.
pub const DECLINE: Service = Service {
    name: "decline_staff_request",
    authority: Authority::Staff(Right::Second),
    wants: WANTS,
    decide: decline,
    shows: SHOWS,
    refusals: &[STAFF_REQUEST_GONE, STAFF_SAME_PERSON],
    ..Service::PLAIN
};

/// Inputs `approval` and `why`: who asked takes it back.
pub const TAKE_BACK: Service = Service {
    name: "take_back_staff_request",
    authority: Authority::Staff(Right::Second),
    wants: &[named],
    decide: take_back,
    shows: SHOWS,
    refusals: &[STAFF_REQUEST_GONE, STAFF_SAME_PERSON],
    ..Service::PLAIN
};

const SHOWS: &[Slot] = &[Slot("approval", Of::Text), Slot("asked_by", Of::Text), alone::SLOT];
const WANTS: &[Wants] = &[named, first, second, third];

/// What must be read first: the request that is named.
pub fn named(context: &Context) -> Vec<Want> {
    let id = context.chosen("approval", STAFF_REQUEST_GONE).map(Want::Arrangement);
    id.into_iter().collect()
}

fn of_act(context: &Context, step: usize) -> Vec<Want> {
    waiting(context).map(|(_, wish)| wish.wants(context, step)).unwrap_or_default()
}

/// Who asked, and what its act wants first,
pub fn first(context: &Context) -> Vec<Want> {
    let owner = waiting(context).map(|(row, _)| StaffId::of(row.owner.number()));
    let of_owner = owner.map(|owner| [Want::Staff(owner), alone::want(context, owner)]);
    of_owner.into_iter().flatten().chain(of_act(context, 0)).collect()
}

/// then,
pub fn second(context: &Context) -> Vec<Want> {
    of_act(context, 1)
}

/// and at last.
pub fn third(context: &Context) -> Vec<Want> {
    of_act(context, 2)
}

/// The request that is named, which waits.
pub fn waiting<'a>(context: &Context<'a>) -> Result<(&'a ArrangementRow, Wish), PlanError> {
    let row = context.facts.arrangement(context.chosen("approval", STAFF_REQUEST_GONE)?)?;
    let row = row.filter(|row| KIND.waits(row, context.now)).ok_or(STAFF_REQUEST_GONE)?;
    Ok((row, Wish::of(row)?))
}

/// Whether the caller may decide what somebody else asked for, and as what.
fn may_decide(context: &Context, wish: &Wish, row: &ArrangementRow) -> Result<Right, PlanError> {
    let staff = context.staff()?;
    let asker = context.facts.staff_member(StaffId::of(row.owner.number()))?;
    let same_phone = asker.is_some_and(|asker| asker.msisdn == staff.msisdn);
    if staff.id.number() == row.owner.number() || same_phone {
        return Err(STAFF_SAME_PERSON.into());
    }
    let roles = role::parse(&staff.roles).unwrap_or_default();
    let right = wish.act(context)?.right;
    if right.may_approve(&roles) { Ok(right) } else { Err(Reason::NOT_ALLOWED.into()) }
}

/// What of an act is only for some of those who may approve it, by its amount and what whoever
/// asked did alone of late.
fn within_band(
    context: &Context,
    (right, asker): (Right, StaffId),
    now: &Plan,
    from: Door,
) -> Result<(), PlanError> {
    let band = alone::band(context, asker, right, now)?;
    let roles = role::parse(&context.staff()?.roles).unwrap_or_default();
    if band.approver.is_some_and(|role| !roles.contains(&role)) {
        return Err(STAFF_BAND.into());
    }
    match from {
        Door::Phone if band.console => Err(STAFF_CONSOLE.into()),
        Door::Phone | Door::Desk => Ok(()),
    }
}

/// Whether who asked still may: with somebody who left, their wishes are over too.
fn may_still_ask(context: &Context, wish: &Wish, row: &ArrangementRow) -> Result<(), PlanError> {
    let asker = context.facts.staff_member(StaffId::of(row.owner.number()))?;
    let roles = asker.filter(|asker| asker.works()).and_then(|asker| role::parse(&asker.roles));
    let right = wish.act(context)?.right;
    match roles {
        Some(roles) if right.may_ask(&roles) => Ok(()),
        Some(_) | None => Err(STAFF_ASKER_GONE.into()),
    }
}

fn approve(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    approved(context, plan, Door::Desk)
}

/// It is done as it would be done now, if that is what the caller saw.
pub fn approved(context: &Context, plan: &mut Plan, from: Door) -> Result<(), PlanError> {
    let (row, wish) = waiting(context)?;
    let right = may_decide(context, &wish, row)?;
    may_still_ask(context, &wish, row)?;
    let now = wish.planned(context)?;
    plan.show_all(now.slots.clone());
    plan.show("approval", row.id.to_string());
    plan.show("asked_by", wish.by.clone());
    plan.show("why", wish.why.clone());
    plan.show("seen", seen(&now.slots));
    let asker = StaffId::of(row.owner.number());
    plan.concerns = now.concerns;
    alone::show(context, asker, right, plan)?;
    within_band(context, (right, asker), &now, from)?;
    let Some(mut act) = now.act else { return Err(PlanError::Damaged("an act of nothing")) };
    if context.fields.get("seen").is_some_and(|typed| *typed != seen(&now.slots)) {
        return Err(STAFF_CHANGED_SINCE.into());
    }
    let note = format!("{}asked by {}: {}", from.noted(), wish.by, wish.why);
    act.changes.push(KIND.moved(row, Event::Approve.into(), Role::Staff, &note)?);
    plan.commit(act);
    Ok(())
}

fn decline(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    declined(context, plan, Door::Desk)
}

/// It is not done, and the caller says why.
pub fn declined(context: &Context, plan: &mut Plan, from: Door) -> Result<(), PlanError> {
    let (row, wish) = waiting(context)?;
    may_decide(context, &wish, row)?;
    plan.show("approval", row.id.to_string());
    plan.show("asked_by", wish.by.clone());
    let note = format!("{}{}", from.noted(), why(context)?);
    let over = KIND.moved(row, Event::Decline.into(), Role::Staff, &note)?;
    plan.commit(Act { kind: "decline_approval", changes: vec![over], ..Act::default() });
    Ok(())
}

fn take_back(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let (row, wish) = waiting(context)?;
    let staff: &StaffRow = context.staff()?;
    if staff.id.number() != row.owner.number() {
        return Err(STAFF_SAME_PERSON.into());
    }
    plan.show("approval", row.id.to_string());
    plan.show("asked_by", wish.by.clone());
    let over = KIND.moved(row, Event::TakeBack.into(), Role::Owner, why(context)?)?;
    plan.commit(Act { kind: "unask", changes: vec![over], ..Act::default() });
    Ok(())
}
