//! The kind of an invitation into a group: found by the number that is invited, whether it has a
//! wallet yet or not, so that who has none joins first and finds it then. It waits for a week.

use super::super::arrangements::kind::{self, Kind, Role};
use super::super::context::Context;
use super::super::message::Message;
use super::super::plan::{Act, PlanError};
use super::group::{self, FORMS, Group, RUNS, State as Stage};
use crate::id::{AccountId, ArrangementId};
use crate::phone::Msisdn;
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::store::arrangement_rows::{ArrangementRow, Search, Side};
use crate::store::wants::Want;
use crate::time::Timestamp;
use crate::value::{self, Slot, Slots, Value};
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantNames};

/// The invitation was answered, its time is over, or its group has begun without.
pub const GROUP_INVITE_GONE: Reason = Reason::new("group_invite_gone");

/// How long it waits.
const LIFE_DAYS: i32 = 7;
/// Nobody is invited more often at a time.
const LOOK: i64 = 50;

/// Where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum State {
    /// Somebody is invited.
    Invited,
    /// They have joined the group,
    Accepted,
    /// or do not want to,
    Refused,
    /// or said nothing.
    Expired,
}

/// What happens to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Event {
    /// Who is invited joins the group,
    Accept,
    /// or does not want to.
    Refuse,
    /// Its time is over.
    Expire,
}

fn apply(state: State, event: Event, role: Role) -> Option<State> {
    match (state, event, role) {
        (State::Invited, Event::Accept, Role::Other) => Some(State::Accepted),
        (State::Invited, Event::Refuse, Role::Other) => Some(State::Refused),
        (State::Invited, Event::Expire, Role::Service) => Some(State::Expired),
        (
            State::Invited | State::Accepted | State::Refused | State::Expired,
            Event::Accept | Event::Refuse | Event::Expire,
            _anybody,
        ) => None,
    }
}

/// What waits for the yes of who is invited.
pub const KIND: Kind = Kind {
    name: "group_invitation",
    states: State::VARIANTS,
    events: Event::VARIANTS,
    of_staff: false,
    begins: &["invited"],
    open: &["invited"],
    apply: |state, event, role| kind::in_words(state, event, role, apply),
    gone: GROUP_INVITE_GONE,
    wants: &[],
    wake,
};

/// To who has invited somebody who said nothing.
pub const EXPIRED: Message = Message::plain(
    "sms.group_invite_expired",
    &[Slot("group", value::Kind::Name), Slot("phone", value::Kind::Phone)],
);

/// What only invitations know of themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// The number of the group.
    pub group: ArrangementId,
    /// What it is called.
    pub name: String,
    /// Whether its members have agreed. Where they have not, it is from before the group began,
    /// and worth nothing any more once it has: who comes later, all must know.
    pub agreed: bool,
}

/// An invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// As it is stored.
    pub row: ArrangementRow,
    /// The rest of what was stored.
    pub terms: Terms,
}

impl Invitation {
    /// What is stored, read.
    pub fn of(row: &ArrangementRow) -> Result<Invitation, PlanError> {
        Ok(Invitation { row: row.clone(), terms: kind::body(row)? })
    }

    /// A new one into a group, by a member.
    pub fn new(context: &Context, group: &Group, inviter: AccountId, to: &str) -> Invitation {
        let agreed = group.state != Stage::Forming;
        let terms = Terms { group: group.row.id, name: group.terms.name.clone(), agreed };
        let row = KIND.row(context, State::Invited.into(), inviter, None);
        let due_at = Some(group::evening_in(context, LIFE_DAYS).micros());
        let subject = to.to_owned();
        let row = ArrangementRow { due_at, subject, body: kind::written(&terms), ..row };
        Invitation { row, terms }
    }

    /// The states in which its group still takes whom it invites.
    pub fn takes(&self) -> &'static [&'static str] {
        if self.terms.agreed { RUNS } else { FORMS }
    }

    /// Whether it can still be answered, as its group stands.
    pub fn stands(&self, context: &Context, group: &Group) -> bool {
        KIND.waits(&self.row, context.now) && self.takes().contains(&group.row.state.as_str())
    }
}

/// All that wait for a number.
pub fn of_number(number: &str) -> Search {
    let side = Side::Subject(number.to_owned());
    Search { side, kind: KIND.name, open: true, since: 0, limit: LOOK }
}

/// All that a number was invited into since then, whatever became of it.
pub fn of_number_since(number: &str, since: Timestamp) -> Search {
    Search { open: false, since: since.micros().saturating_add(1), ..of_number(number) }
}

/// What must be read to know those of the caller.
pub fn wants_own(context: &Context) -> Want {
    Want::Arrangements(of_number(context.caller.msisdn.e164()))
}

/// Those of the caller.
pub fn own(context: &Context) -> Result<Vec<Invitation>, PlanError> {
    let found = context.facts.arrangements(of_number(context.caller.msisdn.e164()))?;
    found.iter().map(Invitation::of).collect()
}

fn wake(
    context: &Context,
    row: &ArrangementRow,
    refused: Option<&Refusal>,
) -> Result<Act, PlanError> {
    if let Some(refusal) = refused {
        return Err(refusal.clone().into());
    }
    let invitation = Invitation::of(row)?;
    let phone = Msisdn::from_e164(&row.subject).ok_or(PlanError::Damaged("a number"))?;
    let slots = Slots::from([
        ("group".into(), Value::Name(invitation.terms.name)),
        ("phone".into(), Value::masked(&phone, &context.config.market)),
    ]);
    let changes = vec![
        KIND.moved(row, Event::Expire.into(), Role::Service, "")?,
        context.tell(context.person()?, &EXPIRED, slots, None),
    ];
    Ok(Act { kind: KIND.name, changes, ..Act::default() })
}
