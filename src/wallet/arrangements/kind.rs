//! What a kind of arrangement is: one value, in the file of the kind, that says in which states
//! one can be, what moves it from one to another and who may do that, and what happens when its
//! time comes. Rows are decoded into the kind's own words first, and encoded last; nothing here
//! knows any kind.

use super::super::context::Context;
use super::super::plan::{Act, PlanError};
use crate::book::{Change, Put};
use crate::id::{AccountId, ArrangementId, PostingId};
use crate::limits::Usage;
use crate::refusal::{Reason, Refusal};
use crate::store::arrangement_rows::ArrangementRow;
use crate::store::book_rows::{Account, AccountKind, AccountState};
use crate::store::wants::Want;
use crate::time::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;
use std::str::FromStr;
use strum::VariantArray;

/// Who moves an arrangement, as seen from it. A kind names those that move it: anybody else may do
/// nothing.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, strum::IntoStaticStr, strum::VariantArray,
)]
#[strum(serialize_all = "snake_case")]
pub enum Role {
    /// Who began it.
    Owner,
    /// The other side.
    Other,
    /// Who pays in a deal.
    Buyer,
    /// Who is paid in a deal.
    Seller,
    /// One of many who take part.
    Member,
    /// Who serves at an outlet.
    Assistant,
    /// The operator's staff.
    Staff,
    /// The service itself: its time has come.
    Service,
}

/// What wants to be read of a row whose time has come, given what was read before.
pub type WakeWants = fn(&Context, &ArrangementRow) -> Vec<Want>;
/// What is to be done when its time has come; or, where the book has refused that, what is to be
/// done instead. Pure, as what services decide.
pub type Wake = fn(&Context, &ArrangementRow, Option<&Refusal>) -> Result<Act, PlanError>;

/// One kind.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// What it is called in rows, trails and tables.
    pub name: &'static str,
    /// All its states.
    pub states: &'static [&'static str],
    /// All that can happen to it.
    pub events: &'static [&'static str],
    /// The state after an event, where that may happen then and by that side.
    pub apply: fn(&str, &str, Role) -> Option<&'static str>,
    /// Whether it is one of the staff who begins it, and not somebody with a wallet.
    pub of_staff: bool,
    /// The states in which one can begin.
    pub begins: &'static [&'static str],
    /// Those of which something may still come.
    pub open: &'static [&'static str],
    /// What it is refused with where something cannot happen any more.
    pub gone: Reason,
    /// What must be read when its time has come.
    pub wants: &'static [WakeWants],
    /// What is done then.
    pub wake: Wake,
}

impl Kind {
    /// A new one, with the first of the numbers that the service was given; without a clock, a
    /// subject, an account or a body. What the book gives is left open.
    pub fn row(
        &self,
        context: &Context,
        state: &'static str,
        owner: AccountId,
        other: Option<AccountId>,
    ) -> ArrangementRow {
        ArrangementRow {
            id: ArrangementId::of(context.fresh_id),
            kind: self.name.to_owned(),
            version: 1,
            state: state.to_owned(),
            open: self.open.contains(&state),
            owner,
            other,
            account: None,
            subject: String::new(),
            begun_at: context.now.micros(),
            due_at: None,
            body: String::new(),
            begun_by: PostingId::NONE,
            last_posting: PostingId::NONE,
        }
    }

    /// Whether something may still come of a row, and its time is not over.
    pub fn waits(&self, row: &ArrangementRow, now: Timestamp) -> bool {
        row.kind == self.name && row.open && row.due_at.is_none_or(|due| due > now.micros())
    }

    /// A row after an event: one version later, in the state that comes of it; refused where it
    /// cannot happen. What is over has no clock any more.
    pub fn after(
        &self,
        row: &ArrangementRow,
        event: &'static str,
        role: Role,
    ) -> Result<ArrangementRow, PlanError> {
        let state = (self.apply)(&row.state, event, role).ok_or(self.gone)?;
        let open = self.open.contains(&state);
        let version = row.version.saturating_add(1);
        let due_at = row.due_at.filter(|_| open);
        Ok(ArrangementRow { version, state: state.to_owned(), open, due_at, ..row.clone() })
    }

    /// The change that leaves it so.
    pub fn moved(
        &self,
        row: &ArrangementRow,
        event: &'static str,
        role: Role,
        note: &str,
    ) -> Result<Change, PlanError> {
        let row = self.after(row, event, role)?;
        Ok(Change::Put(Put { row, event, note: note.to_owned() }))
    }

    /// Its table, for people: for each event in each state who may bring it about, and what comes
    /// of it; a line for each thing that may come of it.
    pub fn table(&self) -> String {
        let mut lines = vec![format!("{}: begins as {}", self.name, self.begins.join(" or "))];
        for state in self.states {
            for event in self.events {
                let apply = |role: &Role| (self.apply)(state, event, *role);
                let comes: BTreeSet<&str> = Role::VARIANTS.iter().filter_map(apply).collect();
                for after in comes {
                    let roles = Role::VARIANTS.iter().filter(|role| apply(role) == Some(after));
                    let roles: Vec<&'static str> = roles.map(|role| (*role).into()).collect();
                    lines.push(format!("  {state} + {event} by {} = {after}", roles.join(", ")));
                }
            }
        }
        lines.join("\n")
    }
}

/// An account for money that waits behind an arrangement: empty, and never below zero.
pub fn opened_account(context: &Context, id: AccountId) -> Change {
    Change::OpenAccount(Account {
        id,
        kind: AccountKind::Arrangement,
        state: AccountState::Open,
        currency: context.config.market.currency.as_str().to_owned(),
        balance_minor: 0,
        held_minor: 0,
        floor_minor: Some(0),
        last_posting: None,
        usage: Usage::default(),
    })
}

/// The change that stores a new one.
pub fn begun(row: ArrangementRow) -> Change {
    Change::Put(Put { row, event: "begin", note: String::new() })
}

/// The changes that open an account for its money, and store a new one that names it.
pub fn begun_with_account(context: &Context, row: ArrangementRow, id: AccountId) -> [Change; 2] {
    [opened_account(context, id), begun(ArrangementRow { account: Some(id), ..row })]
}

/// What an event makes of a state, in the words of rows: decoded, applied, encoded.
pub fn in_words<S, E>(
    state: &str,
    event: &str,
    role: Role,
    apply: fn(S, E, Role) -> Option<S>,
) -> Option<&'static str>
where
    S: FromStr + Into<&'static str>,
    E: FromStr,
{
    let (state, event) = (state.parse().ok()?, event.parse().ok()?);
    apply(state, event, role).map(Into::into)
}

/// What only its kind can read of a row.
pub fn body<B: DeserializeOwned>(row: &ArrangementRow) -> Result<B, PlanError> {
    serde_json::from_str(&row.body).map_err(|_unreadable| PlanError::Damaged("an arrangement"))
}

/// The same as it is stored. A body of plain fields can always be written.
pub fn written<B: Serialize>(body: &B) -> String {
    serde_json::to_string(body).unwrap_or_default()
}
