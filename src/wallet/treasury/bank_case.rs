//! Who looks into something that lies between the bank and the book, and what they found out so
//! far: an item without an owner is what auditors list first. It is closed by the act that explains
//! the item.

use super::super::arrangements::Role;
use super::super::arrangements::kind::{self, Kind, in_words};
use super::super::context::Context;
use super::super::plan::PlanError;
use crate::book::Change;
use crate::reason::Reason;
use crate::store::arrangement_rows::{ArrangementRow, Search, Side};
use crate::store::wants::Want;
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantNames};

/// There is no such item, or it is explained.
pub const ITEM_GONE: Reason = Reason::new("item_gone");

/// Where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum State {
    /// Somebody looks into it.
    Open,
    /// It is explained.
    Resolved,
}

/// What happens to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Event {
    /// Somebody else looks into it, or something more is known.
    Assign,
    /// Its item was explained.
    Resolve,
}

fn apply(state: State, event: Event, role: Role) -> Option<State> {
    match (state, event, role) {
        (State::Open, Event::Assign, Role::Staff) => Some(State::Open),
        (State::Open, Event::Resolve, Role::Staff) => Some(State::Resolved),
        _ => None,
    }
}

/// The kind.
pub const KIND: Kind = Kind {
    name: "bank_case",
    states: State::VARIANTS,
    events: Event::VARIANTS,
    apply: |state, event, role| in_words(state, event, role, apply),
    of_staff: true,
    begins: &["open"],
    open: &["open"],
    gone: ITEM_GONE,
    wants: &[],
    // it waits as long as its item
    wake: |_context, _row, _refused| Err(PlanError::Damaged("a case with a clock")),
};

/// What is known of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// Who looks into it.
    pub owner: String,
    /// What they say.
    pub note: String,
}

impl Case {
    /// What is stored of one.
    pub fn of(row: &ArrangementRow) -> Result<Case, PlanError> {
        kind::body(row)
    }
}

/// The case of an item.
pub fn of_item(item: &str) -> Search {
    let side = Side::Subject(item.to_owned());
    Search { side, kind: KIND.name, open: true, since: 1, limit: 1 }
}

/// What must be read of the case of an item.
pub fn wants(item: &str) -> Want {
    Want::Arrangements(of_item(item))
}

/// That its item was explained, where there is one.
pub fn resolved(context: &Context, item: &str, note: &str) -> Result<Option<Change>, PlanError> {
    let row = context.facts.arrangements(of_item(item))?.first();
    row.map(|row| KIND.moved(row, Event::Resolve.into(), Role::Staff, note)).transpose()
}
