//! Memberships of groups: a row for each member, whose owner is the member and whose subject is the
//! number of the group. So somebody's groups are found, and who is in a group, in the order in
//! which they joined.

use super::super::arrangements::kind::{self, Kind, Role};
use super::super::arrangements::place;
use super::super::context::Context;
use super::super::message::Message;
use super::super::plan::{Act, PlanError};
use super::tally::{Roll, Seat};
use crate::book::{Change, Key};
use crate::id::{AccountId, ArrangementId};
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::store::arrangement_rows::{ArrangementRow, Search, Side};
use crate::store::book_rows::AccountState;
use crate::store::holders::AccountHolder;
use crate::store::people::PersonRow;
use crate::store::wants::Want;
use crate::time::Timestamp;
use crate::value::Slots;
use strum::{EnumString, IntoStaticStr, VariantNames};

/// No such group of the caller's, or not any more.
pub const GROUP_GONE: Reason = Reason::new("group_gone");

/// Members of one group.
pub const MEMBERS_MAX: usize = 30;
/// Groups of one member.
pub const OPEN_MAX: usize = 8;
/// Nobody has more in one group.
const LOOK: i64 = 100;

/// Where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum State {
    /// Somebody is a member.
    Member,
    /// They have left.
    Left,
    /// The others have removed them.
    Removed,
    /// The group has ended.
    Ended,
}

/// What happens to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Event {
    /// Its owner leaves.
    Leave,
    /// The others remove them.
    Remove,
    /// The group ends.
    End,
}

fn apply(state: State, event: Event, role: Role) -> Option<State> {
    match (state, event, role) {
        (State::Member, Event::Leave, Role::Owner) => Some(State::Left),
        (State::Member, Event::Remove, Role::Member) => Some(State::Removed),
        (State::Member, Event::End, Role::Service) => Some(State::Ended),
        (
            State::Member | State::Left | State::Removed | State::Ended,
            Event::Leave | Event::Remove | Event::End,
            _anybody,
        ) => None,
    }
}

/// Who takes part in a group.
pub const KIND: Kind = Kind {
    name: "membership",
    states: State::VARIANTS,
    events: Event::VARIANTS,
    of_staff: false,
    begins: &["member"],
    open: &["member"],
    apply: |state, event, role| kind::in_words(state, event, role, apply),
    gone: GROUP_GONE,
    wants: &[],
    wake,
};

/// The states in which somebody takes part.
pub const TAKES_PART: &[&str] = &["member"];

/// A new one, with this number.
pub fn new(
    context: &Context,
    id: ArrangementId,
    group: ArrangementId,
    member: AccountId,
) -> ArrangementRow {
    let row = KIND.row(context, State::Member.into(), member, None);
    ArrangementRow { id, subject: group.to_string(), ..row }
}

/// What must be read to know which seat of a group is the next, before it is read who is in it.
pub fn wants_seat(group: ArrangementId) -> Want {
    Want::HowMany(KIND.name, Side::Subject(group.to_string()))
}

/// The next seat of a group, which only one takes: of two who join at one moment, and have counted
/// the same, one is planned anew.
pub fn seat(context: &Context, group: ArrangementId) -> Result<Change, PlanError> {
    let taken = context.facts.count(&wants_seat(group))?;
    let numbers = [group.number(), taken].map(i64::to_be_bytes).concat();
    let name = [KIND.name.as_bytes(), &numbers].concat();
    Ok(Change::Claim { key: Key::new(Timestamp::from_micros(0), "place", &name) })
}

/// Of which group one is.
pub fn group_of(row: &ArrangementRow) -> Result<ArrangementId, PlanError> {
    row.subject.parse().map_err(|_words| PlanError::Damaged("a membership of no group"))
}

/// All of somebody.
pub fn of_person(member: AccountId) -> Search {
    place::open_of(&KIND, member)
}

/// Everybody in a group.
pub fn of_group(group: ArrangementId) -> Search {
    let side = Side::Subject(group.to_string());
    Search { side, kind: KIND.name, open: true, since: 0, limit: LOOK }
}

/// The same, in the order in which they joined.
pub fn members(context: &Context, group: ArrangementId) -> Result<Vec<ArrangementRow>, PlanError> {
    Ok(context.facts.arrangements(of_group(group))?.iter().rev().cloned().collect())
}

/// What must be read to know how each of them stands.
pub fn holders(context: &Context, group: ArrangementId) -> Vec<Want> {
    let members = members(context, group).unwrap_or_default();
    members.iter().map(|member| Want::Owner(member.owner)).collect()
}

/// How somebody stands who is one of them.
pub fn holder<'a>(context: &Context<'a>, who: AccountId) -> Result<&'a AccountHolder, PlanError> {
    context.facts.owner(who)?.ok_or(PlanError::Damaged("a member who is nobody"))
}

/// Who they are, as far as it matters for a vote.
pub fn roll(context: &Context, members: &[ArrangementRow]) -> Result<Roll, PlanError> {
    let seat = |row: &ArrangementRow| {
        let able = holder(context, row.owner)?.account.state == AccountState::Open;
        Ok(Seat { member: row.owner, able })
    };
    Ok(Roll(members.iter().map(seat).collect::<Result<_, PlanError>>()?))
}

/// The same message to each of these; nobody hears twice of what they did or get themselves.
pub fn tell_all(
    context: &Context,
    members: &[ArrangementRow],
    but: &[AccountId],
    message: &Message,
    slots: &Slots,
) -> Result<Vec<Change>, PlanError> {
    let others = members.iter().filter(|row| !but.contains(&row.owner));
    let person = |row: &ArrangementRow| -> Result<&PersonRow, PlanError> {
        Ok(&holder(context, row.owner)?.person)
    };
    others.map(|row| Ok(context.tell(person(row)?, message, slots.clone(), None))).collect()
}

/// It has no clock: the group has.
fn wake(
    _context: &Context,
    _row: &ArrangementRow,
    _refused: Option<&Refusal>,
) -> Result<Act, PlanError> {
    Err(PlanError::Damaged("a membership with a clock"))
}
