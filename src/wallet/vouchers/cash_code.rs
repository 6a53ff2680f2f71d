//! A code for cash as it waits: it is used once, ends when its owner makes another one, or by
//! itself. What it costs, and who hands out the cash, is not known here.

use super::super::arrangements::kind::{self, Kind, Role};
use super::super::context::Context;
use super::super::plan::{Act, PlanError};
use super::code::Agreed;
use crate::book::{Change, HoldMove};
use crate::id::{AccountId, HoldId};
use crate::refusal::{Reason, Refusal};
use crate::store::arrangement_rows::{ArrangementRow, Search, Side};
use strum::VariantNames;

/// Where it is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr, strum::VariantNames,
)]
#[strum(serialize_all = "snake_case")]
pub enum State {
    /// It opens something.
    Open,
    /// Cash was handed out for it,
    Used,
    /// its owner made another one,
    Replaced,
    /// or its time was over.
    Ended,
}

/// What happens to it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr, strum::VariantNames,
)]
#[strum(serialize_all = "snake_case")]
pub enum Event {
    /// Cash is handed out for it.
    Redeem,
    /// Its owner makes another one.
    Replace,
    /// Its time is over.
    End,
}

fn apply(state: State, event: Event, role: Role) -> Option<State> {
    match (state, event, role) {
        (State::Open, Event::Redeem, Role::Assistant) => Some(State::Used),
        (State::Open, Event::Replace, Role::Owner) => Some(State::Replaced),
        (State::Open, Event::End, Role::Service) => Some(State::Ended),
        (
            State::Open | State::Used | State::Replaced | State::Ended,
            Event::Redeem | Event::Replace | Event::End,
            _anybody,
        ) => None,
    }
}

/// A code for cash, as long as it waits for its owner at an outlet.
pub const KIND: Kind = Kind {
    name: "cash_code",
    states: State::VARIANTS,
    events: Event::VARIANTS,
    of_staff: false,
    begins: &["open"],
    open: &["open"],
    apply: |state, event, role| kind::in_words(state, event, role, apply),
    gone: Reason::CODE_GONE,
    wants: &[],
    wake,
};

/// More are not looked at: who makes one ends those before.
const LOOK: i64 = 40;

/// A code for cash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CashCode {
    /// As it is stored.
    pub row: ArrangementRow,
    /// What its owner said yes to.
    pub agreed: Agreed,
}

impl CashCode {
    /// What is stored, read.
    pub fn of(row: &ArrangementRow) -> Result<CashCode, PlanError> {
        Ok(CashCode { row: row.clone(), agreed: kind::body(row)? })
    }

    /// A new one of the caller's.
    pub fn new(context: &Context, agreed: Agreed) -> Result<CashCode, PlanError> {
        let owner = context.person()?.account_id;
        let row = KIND.row(context, State::Open.into(), owner, None);
        let due_at = Some(agreed.expires_at);
        Ok(CashCode { row: ArrangementRow { due_at, body: kind::written(&agreed), ..row }, agreed })
    }

    /// The change that an event makes of it.
    pub fn moved(&self, event: Event, role: Role) -> Result<Change, PlanError> {
        KIND.moved(&self.row, event.into(), role, "")
    }

    /// The hold behind it.
    pub fn hold(&self) -> HoldId {
        self.row.begun_by.into()
    }
}

/// What must be read to know the codes of somebody that have not ended.
pub fn of_owner(owner: AccountId) -> Search {
    let side = Side::Owner(owner);
    Search { side, kind: KIND.name, open: true, since: 0, limit: LOOK }
}

/// Those, the oldest first; also those whose time is over and that nobody has ended yet.
pub fn found(context: &Context, owner: AccountId) -> Result<Vec<CashCode>, PlanError> {
    let rows = context.facts.arrangements(of_owner(owner))?;
    rows.iter().rev().map(CashCode::of).collect()
}

/// Its time is over: what it held is free again.
fn wake(
    _context: &Context,
    row: &ArrangementRow,
    refused: Option<&Refusal>,
) -> Result<Act, PlanError> {
    if let Some(refusal) = refused {
        return Err(refusal.clone().into());
    }
    let code = CashCode::of(row)?;
    let holds = vec![HoldMove::Release { hold: code.hold() }];
    let changes = vec![code.moved(Event::End, Role::Service)?];
    Ok(Act { kind: "expire", holds, changes, ..Act::default() })
}
