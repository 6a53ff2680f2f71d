//! What is in a pot goes back to its owner: all of it where the pot is over, or as much as is
//! called in where money that came to them is asked back or is to stay. When that is, and who asks,
//! is not known here.

use super::super::arrangements::{Role, place};
use super::super::context::Context;
use super::super::metering;
use super::super::party;
use super::super::plan::{Act, PlanError};
use super::{BACK, CAME_BACK, EMPTY, Event, KIND, Pot};
use crate::book::{Change, Leg, Meter, Put};
use crate::id::AccountId;
use crate::store::arrangement_rows::ArrangementRow;
use crate::store::people::PersonRow;
use crate::store::wants::Want;
use crate::value::Slots;
use std::time::Duration;

/// Where it cannot come back, it is tried again after so long.
pub const AGAIN_AFTER: Duration = Duration::from_secs(24 * 3_600);

/// What was called in.
#[derive(Debug, Default)]
pub struct Emptied {
    /// What moves from pots to the wallet of their owner.
    pub legs: Vec<Leg>,
    /// What must still be so, and what their owner hears.
    pub changes: Vec<Change>,
    /// What counts as put aside no more.
    pub meters: Vec<Meter>,
    /// What is free by that, minor units.
    pub freed_minor: i64,
}

/// What must be read to call something in: the pots,
pub fn wants(owner: AccountId) -> Want {
    Want::Arrangements(place::open_of(&KIND, owner))
}

/// and what is in them.
pub fn contents_of(context: &Context, owner: AccountId) -> Vec<Want> {
    open_of(context, owner).unwrap_or_default().iter().map(Pot::wants).collect()
}

/// The open ones, the oldest first.
fn open_of(context: &Context, owner: AccountId) -> Result<Vec<Pot>, PlanError> {
    let found = context.facts.arrangements(place::open_of(&KIND, owner))?;
    found.iter().rev().map(Pot::of).collect()
}

/// As much as is there, until so much is free, minor units: the oldest first, also of those that a
/// friend keeps watch over. They stay open. A wallet that takes nothing gets nothing.
pub fn call_in(
    context: &Context,
    owner: &PersonRow,
    short_minor: i64,
) -> Result<Emptied, PlanError> {
    let mut called = Emptied::default();
    let wallet = party::account(context, owner.account_id)?;
    if short_minor <= 0 || !wallet.state.receives() {
        return Ok(called);
    }
    for pot in open_of(context, owner.account_id)? {
        let account = pot.account(context)?;
        let short_minor = short_minor.saturating_sub(called.freed_minor);
        let amount_minor = account.available_minor().min(short_minor);
        if amount_minor <= 0 || !account.state.pays() {
            continue;
        }
        called.legs.push(Leg { account: account.id, amount_minor: amount_minor.saturating_neg() });
        called.changes.extend([
            Change::AtPosting { account: account.id, posting: account.last_posting },
            Change::While { arrangement: pot.row.id, states: KIND.open },
            pot.told_back(context, owner, amount_minor),
        ]);
        called.freed_minor = called.freed_minor.saturating_add(amount_minor);
    }
    if called.freed_minor > 0 {
        let (account, amount_minor) = (owner.account_id, called.freed_minor);
        called.legs.push(Leg { account, amount_minor });
        called.meters.push(metering::aside(context, account, amount_minor, true));
    }
    Ok(called)
}

impl Pot {
    /// All that is in it goes back to its owner, and it is over. Whatever is put aside at the same
    /// moment comes first or not at all: nothing is left behind.
    pub fn emptied(&self, context: &Context, event: Event, role: Role) -> Result<Act, PlanError> {
        let account = self.account(context)?;
        let amount_minor = account.balance_minor;
        let owner = Leg { account: self.row.owner, amount_minor };
        let pot = Leg { account: account.id, amount_minor: amount_minor.saturating_neg() };
        let legs = if amount_minor == 0 { Vec::new() } else { vec![pot, owner] };
        let counted = || metering::aside(context, self.row.owner, amount_minor, true);
        let meters = (amount_minor > 0).then(counted).into_iter().collect();
        let at = Change::AtPosting { account: account.id, posting: account.last_posting };
        let moved = KIND.moved(&self.row, event.into(), role, "")?;
        Ok(Act { kind: BACK, legs, meters, changes: vec![at, moved], ..Act::default() })
    }

    /// What its owner hears of what came back.
    pub fn news(&self, context: &Context, owner: &PersonRow) -> Result<Change, PlanError> {
        let amount_minor = self.account(context)?.balance_minor;
        Ok(self.told_back(context, owner, amount_minor))
    }

    fn told_back(&self, context: &Context, owner: &PersonRow, amount_minor: i64) -> Change {
        let amount = context.money(amount_minor);
        let mut slots = Slots::from([("goal".into(), self.goal())]);
        if amount.minor == 0 {
            return context.tell(owner, &EMPTY, slots, None);
        }
        slots.insert("amount".into(), amount.into());
        context.tell(owner, &CAME_BACK, slots, Some(owner.account_id))
    }

    /// It cannot come back now: it is tried again.
    pub fn waits(&self, context: &Context) -> Result<Act, PlanError> {
        let event = Event::Wait.into();
        let row = KIND.after(&self.row, event, Role::Service)?;
        let due_at = Some(context.now.plus(AGAIN_AFTER).micros());
        let put = Put { row: ArrangementRow { due_at, ..row }, event, note: String::new() };
        Ok(Act { kind: KIND.name, changes: vec![Change::Put(put)], ..Act::default() })
    }
}
