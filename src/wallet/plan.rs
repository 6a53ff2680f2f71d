//! A plan: what a service says to a request. Values for a screen, lines of a list, and what the
//! book is to do. A quote shows the plan; doing it commits the same plan.

use crate::book::posting::is_recorded;
use crate::book::{Change, Credential, HoldMove, Leg, Meter};
use crate::id::{AccountId, PostingId};
use crate::refusal::{Reason, Refusal};
use crate::request::{Item, Slots};
use crate::store::facts::NotWanted;
use crate::value::Value;
use std::collections::BTreeSet;

/// What would happen.
#[derive(Debug, Default)]
pub struct Plan {
    /// Values for texts.
    pub slots: Slots,
    /// Conditions that menus can branch on.
    pub flags: BTreeSet<String>,
    /// Lines, when a list was asked for.
    pub items: Vec<Item>,
    /// What to commit, when there is something to do.
    pub act: Option<Act>,
    /// Whose account it concerns, where one of the staff does it: it is shown there while it waits.
    pub concerns: Option<AccountId>,
}

/// What to commit.
#[derive(Debug, Default)]
pub struct Act {
    /// Which business act.
    pub kind: &'static str,
    /// Money that moves.
    pub legs: Vec<Leg>,
    /// Money that is set aside, or that was.
    pub holds: Vec<HoldMove>,
    /// Secrets it needs besides the PIN.
    pub credentials: Vec<Credential>,
    /// What it counts for against limits.
    pub meters: Vec<Meter>,
    /// Rows that change with it.
    pub changes: Vec<Change>,
    /// The posting that it puts right.
    pub corrects: Option<PostingId>,
}

impl Act {
    /// Whether the book records it, or only changes rows around itself.
    pub fn is_recorded(&self) -> bool {
        is_recorded(&self.legs, &self.holds, &self.changes)
    }
}

/// Why a plan ends early.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlanError {
    /// The answer is no.
    Refused(Refusal),
    /// The service asked for a fact that it did not want: a mistake of ours.
    NotWanted(NotWanted),
    /// What is stored makes no sense.
    Damaged(&'static str),
}

impl From<Refusal> for PlanError {
    fn from(refusal: Refusal) -> Self {
        PlanError::Refused(refusal)
    }
}

impl From<Reason> for PlanError {
    fn from(reason: Reason) -> Self {
        PlanError::Refused(reason.into())
    }
}

impl From<NotWanted> for PlanError {
    fn from(fact: NotWanted) -> Self {
        PlanError::NotWanted(fact)
    }
}

impl PlanError {
    /// What is answered: a mistake of ours, or in what is stored, is logged and not explained.
    pub fn refusal(self) -> Refusal {
        match self {
            PlanError::Refused(refusal) => refusal,
            PlanError::NotWanted(_) | PlanError::Damaged(_) => {
                tracing::error!(error = ?self, "could not be decided");
                Reason::INVALID.into()
            }
        }
    }

    /// The same, with another refusal where it is one.
    pub fn refused_as(self, change: impl FnOnce(Refusal) -> Refusal) -> PlanError {
        match self {
            PlanError::Refused(refusal) => PlanError::Refused(change(refusal)),
            PlanError::NotWanted(_) | PlanError::Damaged(_) => self,
        }
    }
}

impl Plan {
    /// Sets a value for the texts.
    pub fn show(&mut self, slot: &str, value: impl Into<Value>) {
        self.slots.insert(slot.to_owned(), value.into());
    }

    /// Sets several.
    pub fn show_all(&mut self, slots: Slots) {
        self.slots.extend(slots);
    }

    /// Raises a flag.
    pub fn flag(&mut self, flag: &str) {
        self.flags.insert(flag.to_owned());
    }

    /// Adds a line to a list: what choosing it stores, and values for its text.
    pub fn line(&mut self, id: impl ToString, slots: Slots) {
        self.items.push(Item { id: id.to_string(), slots });
    }

    /// The values shown so far under these names.
    pub fn shown(&self, names: &[&str]) -> Slots {
        let all = self.slots.iter().filter(|(name, _)| names.contains(&name.as_str()));
        all.map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    /// The `amount` that it shows, minor units; none where it shows none.
    pub fn amount_minor(&self) -> i64 {
        self.slots.get("amount").and_then(Value::money).map_or(0, |amount| amount.minor)
    }

    /// What is to be done.
    pub fn commit(&mut self, act: Act) {
        self.act = Some(act);
    }
}
