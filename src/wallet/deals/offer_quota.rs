//! How often somebody may ask others within a day for what nobody wanted: not often, and the same
//! one hardly at all. What became of it makes no room for the next; what was said yes to does not
//! count. It knows nothing of what waits now.

use super::super::context::Context;
use super::super::plan::PlanError;
use super::{RULES, State};
use crate::id::{AccountId, ArrangementId};
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::store::arrangement_rows::{ArrangementRow, Search, Side};
use crate::store::wants::Want;
use crate::time::Timestamp;
use std::time::Duration;

/// The caller has asked too often today.
pub const DEALS_TODAY: Reason = Reason::new("deals_today");

/// How far back it looks,
pub const DAY: Duration = Duration::from_secs(24 * 3_600);
/// and through how many.
const LOOK: i64 = 400;
/// So many that nobody has wanted, and of those so many to one.
const DAILY_MAX: usize = 30;
const DAILY_TO_ONE_MAX: usize = 3;

/// What somebody has begun within a day.
fn of_today(now: Timestamp, owner: AccountId) -> Search {
    let since = now.minus(DAY).micros();
    Search { side: Side::Owner(owner), kind: RULES.name, open: false, since, limit: LOOK }
}

/// What must be read for it.
pub fn wants(now: Timestamp, owner: AccountId) -> Want {
    Want::Arrangements(of_today(now, owner))
}

/// Refuses where this owner may ask nobody, or not this one, for one more, which is `this` where
/// it was written before.
pub fn allowed(
    context: &Context,
    owner: AccountId,
    whom: &Side,
    this: Option<ArrangementId>,
) -> Result<(), PlanError> {
    let made = context.facts.arrangements(of_today(context.now, owner))?;
    let unwanted = || made.iter().filter(|row| Some(row.id) != this && is_unwanted(row));
    let to_them = |row: &&ArrangementRow| match whom {
        Side::Other(account) => row.other == Some(*account),
        Side::Subject(number) => row.subject == *number,
        Side::Owner(_) | Side::Anybody => false,
    };
    let many = unwanted().count() >= DAILY_MAX;
    if many || unwanted().filter(to_them).count() >= DAILY_TO_ONE_MAX {
        return Err(Refusal::of_field(DEALS_TODAY, "to").into());
    }
    Ok(())
}

/// Nobody has said yes to it.
fn is_unwanted(row: &ArrangementRow) -> bool {
    let states =
        [State::Drafted, State::Offered, State::Declined, State::Withdrawn, State::Expired];
    states.into_iter().any(|state| row.state == <&str>::from(state))
}
