//! An order that stops a wallet, or a part of what is in it. Several may lie on one account: each
//! says on what it rests and who said it, and ends on its own, by being lifted or by its day. The
//! strictest of those that lie there counts: what the book heeds is computed from all of them, in
//! the commit in which one comes or goes.

use super::super::arrangements::Role;
use super::super::arrangements::kind::{self, Kind, in_words};
use super::super::context::Context;
use super::super::plan::{Act, PlanError};
use crate::book::{Change, HoldMove, Keep};
use crate::id::{AccountId, HoldId};
use crate::reason::Reason;
use crate::store::arrangement_rows::{ArrangementRow, Search, Side};
use crate::store::book_rows::AccountState;
use crate::store::records::Record;
use crate::store::restrictions::RestrictionRow;
use crate::store::wants::Want;
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantNames};

/// There is no such order on that account, or not any more.
pub const FREEZE_GONE: Reason = Reason::new("freeze_gone");

/// Orders that may lie on one account.
pub const ORDERS_MAX: i64 = 16;

/// Where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum State {
    /// It counts.
    InForce,
    /// It was lifted.
    Lifted,
    /// Its day has come.
    Ended,
}

/// What happens to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Event {
    /// Two of the staff lift it.
    Lift,
    /// Its day has come.
    End,
}

fn apply(state: State, event: Event, role: Role) -> Option<State> {
    match (state, event, role) {
        (State::InForce, Event::Lift, Role::Staff) => Some(State::Lifted),
        (State::InForce, Event::End, Role::Service) => Some(State::Ended),
        (State::InForce | State::Lifted | State::Ended, Event::Lift | Event::End, _anybody) => None,
    }
}

/// The kind of an order that stops a wallet.
pub const KIND: Kind = Kind {
    name: "freeze",
    states: State::VARIANTS,
    events: Event::VARIANTS,
    apply: |state, event, role| in_words(state, event, role, apply),
    of_staff: true,
    begins: &["in_force"],
    open: &["in_force"],
    gone: FREEZE_GONE,
    wants: &[|_context, row| row.other.map(wants).unwrap_or_default()],
    wake: |context, row, _refused| {
        let over = KIND.moved(row, Event::End.into(), Role::Service, "")?;
        ended(context, row, over, "")
    },
};

/// What may not be done while it is in force.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    EnumString,
    IntoStaticStr,
    VariantNames,
    Serialize,
    Deserialize,
)]
#[strum(serialize_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// Money does not go out.
    Out,
    /// Money does not come in.
    In,
    /// Neither.
    Both,
    /// An amount of what is there stays; all else moves.
    Amount,
}

impl Way {
    fn stops(self) -> (bool, bool) {
        match self {
            Way::Out => (true, false),
            Way::In => (false, true),
            Way::Both => (true, true),
            Way::Amount => (false, false),
        }
    }
}

/// On what it rests.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    EnumString,
    IntoStaticStr,
    VariantNames,
    Serialize,
    Deserialize,
)]
#[strum(serialize_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Its owner asked for it: a phone that was stolen.
    Customer,
    /// Who answers when somebody calls saw harm coming.
    Care,
    /// Somebody may be cheating.
    Risk,
    /// A court said so.
    Court,
    /// The office that looks for laundered money did.
    Fiu,
    /// Its owner has died.
    Death,
    /// Nobody used it for long.
    Dormancy,
}

/// What is stored of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// What may not be done.
    pub way: Way,
    /// On what it rests,
    pub basis: Basis,
    /// and the number of the letter that says so; empty where there is none.
    pub reference: String,
    /// Who of the staff said it,
    pub by: String,
    /// and why.
    pub why: String,
    /// What stays, minor units, where it is an amount.
    pub amount_minor: i64,
}

/// An order that lies on an account.
#[derive(Debug, Clone)]
pub struct Lying {
    /// As it is stored.
    pub row: ArrangementRow,
    /// What it says.
    pub order: Order,
}

/// Which orders lie on an account.
pub fn search(account: AccountId) -> Search {
    let limit = ORDERS_MAX.saturating_add(1);
    Search { side: Side::Other(account), kind: KIND.name, open: true, since: 0, limit }
}

/// What is read to say what counts, in this order: what the book heeds now, which is compared in
/// the commit, and then the orders. So of two that come or go at one moment neither is lost: what
/// comes between the two looks is among the orders, and refused for what was heeded before.
pub fn wants(account: AccountId) -> Vec<Want> {
    vec![Want::Stopped(account), Want::Arrangements(search(account)), Want::Owner(account)]
}

/// The orders that lie on an account, the newest first.
pub fn lying(context: &Context, account: AccountId) -> Result<Vec<Lying>, PlanError> {
    let rows = context.facts.arrangements(search(account))?;
    let read = |row: &ArrangementRow| Ok(Lying { row: row.clone(), order: kind::body(row)? });
    rows.iter().map(read).collect()
}

/// What counts where these lie.
pub fn strictest(ways: impl IntoIterator<Item = Way>) -> AccountState {
    let both = ways.into_iter().map(Way::stops).fold((false, false), |all, one| {
        let (out, into) = all;
        (out || one.0, into || one.1)
    });
    match both {
        (false, false) => AccountState::Open,
        (true, false) => AccountState::StopDebit,
        (false, true) => AccountState::StopCredit,
        (true, true) => AccountState::Frozen,
    }
}

/// The change that makes the book heed this from now on. It is made also where nothing differs:
/// whoever computed something else at the same moment is refused, and computes again.
pub fn heeded(
    context: &Context,
    account: AccountId,
    state: AccountState,
    why: &str,
) -> Result<Change, PlanError> {
    let said = context.facts.stopped(account)?.cloned();
    let said = said.unwrap_or_else(|| RestrictionRow::none(account));
    let record = Record::Restriction(said.with(state, context.now));
    Ok(Change::Keep(Keep { record, event: state.into(), note: why.to_owned() }))
}

/// What is done where one does not lie there any more; `over` ends it. On an account that was
/// closed meanwhile nothing counts any more.
pub fn ended(
    context: &Context,
    row: &ArrangementRow,
    over: Change,
    why: &str,
) -> Result<Act, PlanError> {
    let account = row.other.ok_or(PlanError::Damaged("an order on nothing"))?;
    let order: Order = kind::body(row)?;
    let holder = context.facts.owner(account)?.ok_or(PlanError::Damaged("an order on nobody"))?;
    let mut changes = vec![over];
    if holder.account.state != AccountState::Closed {
        let left = lying(context, account)?.into_iter().filter(|lying| lying.row.id != row.id);
        let state = strictest(left.map(|lying| lying.order.way));
        changes.push(heeded(context, account, state, why)?);
    }
    let held = order.way == Way::Amount;
    let holds = held.then(|| HoldMove::Release { hold: HoldId::from(row.begun_by) });
    Ok(Act { kind: "unfreeze", holds: holds.into_iter().collect(), changes, ..Act::default() })
}
