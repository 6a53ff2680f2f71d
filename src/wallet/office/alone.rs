//! What one of the staff did alone of late: amounts below a band add up, so that nobody moves in
//! parts what takes two. Each such act leaves a row of its own, and takes the place behind the
//! newest that was counted: of two at one moment the second one is planned anew, and counts the
//! first. Which acts there are is not known here.

use super::super::arrangements::kind::{self, Kind};
use super::super::context::Context;
use super::super::plan::{Plan, PlanError};
use crate::book::{Change, Key};
use crate::id::{AccountId, ArrangementId, StaffId};
use crate::money::Money;
use crate::reason::Reason;
use crate::staff::bands::Band;
use crate::staff::role::Right;
use crate::store::arrangement_rows::{ArrangementRow, Search, Side};
use crate::store::wants::Want;
use crate::time::Timestamp;
use crate::value::{Kind as Of, Slot};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// For how long an act counts.
const DAY: Duration = Duration::from_secs(24 * 3_600);
const DAY_MICROS: i64 = 24 * 3_600 * 1_000_000;
/// Acts that are looked through: whoever did more of them alone does nothing more alone.
const LOOK: i64 = 400;

/// The slot of what was moved alone.
pub const SLOT: Slot = Slot("moved_alone", Of::Money);

/// The kind of what was done alone: it is over when it begins.
pub const KIND: Kind = Kind {
    name: "done_alone",
    states: &["done"],
    events: &[],
    apply: |_state, _event, _role| None,
    of_staff: true,
    begins: &["done"],
    open: &[],
    gone: Reason::MOVED,
    wants: &[],
    wake: |_context, _row, _refused| Err(PlanError::Damaged("what is over was woken")),
};

/// What is stored of one.
#[derive(Debug, Serialize, Deserialize)]
struct Done {
    right: String,
    amount_minor: i64,
}

/// What is looked for: what somebody did alone within a day.
pub fn of_late(now: Timestamp, staff: StaffId) -> Search {
    let side = Side::Owner(AccountId::of(staff.number()));
    let since = now.minus(DAY).micros();
    Search { side, kind: KIND.name, open: false, since, limit: LOOK }
}

/// What must be read to know what somebody did alone.
pub fn want(context: &Context, staff: StaffId) -> Want {
    Want::Arrangements(of_late(context.now, staff))
}

/// What somebody moved alone under a right within a day, minor units.
fn moved_minor(context: &Context, staff: StaffId, right: Right) -> Result<i64, PlanError> {
    sum_minor(context.facts.arrangements(of_late(context.now, staff))?, right)
}

/// The same of what was found.
pub fn sum_minor(rows: &[ArrangementRow], right: Right) -> Result<i64, PlanError> {
    if i64::try_from(rows.len()).unwrap_or(i64::MAX) >= LOOK {
        return Ok(i64::MAX);
    }
    let named: &str = right.into();
    let mut sum = 0_i64;
    for row in rows {
        let done: Done = kind::body(row)?;
        if done.right == named {
            sum = sum.saturating_add(done.amount_minor);
        }
    }
    Ok(sum)
}

/// What the operator says of an act of this right that one of the staff asks for, by the `amount`
/// that it shows and what they moved alone before.
pub fn band(
    context: &Context,
    staff: StaffId,
    right: Right,
    plan: &Plan,
) -> Result<Band, PlanError> {
    let said = context.policy.bands.has(right);
    let before_minor = if said { moved_minor(context, staff, right)? } else { 0 };
    Ok(context.band(right, plan, before_minor))
}

/// Shows what whoever asks for what takes two moved alone before: it may be why.
pub fn show(
    context: &Context,
    staff: StaffId,
    right: Right,
    plan: &mut Plan,
) -> Result<(), PlanError> {
    if context.policy.bands.has(right) {
        let before_minor = moved_minor(context, staff, right)?;
        if before_minor > 0 {
            plan.show(SLOT.0, context.money(before_minor.min(Money::MINOR_MAX)));
        }
    }
    Ok(())
}

/// What is committed with an act that one of the staff does alone, so that it counts. `number` is
/// one never used before.
pub fn counted(
    context: &Context,
    right: Right,
    plan: &Plan,
    number: i64,
) -> Result<[Change; 2], PlanError> {
    let staff = context.staff()?.id;
    let rows = context.facts.arrangements(of_late(context.now, staff))?;
    let place = Change::Claim { key: place(staff, rows, context.now) };
    let right: &str = right.into();
    let done = Done { right: right.to_owned(), amount_minor: plan.amount_minor() };
    let row = KIND.row(context, "done", AccountId::of(staff.number()), None);
    let body = kind::written(&done);
    let row = ArrangementRow { id: ArrangementId::of(number), body, ..row };
    Ok([place, kind::begun(row)])
}

/// The place behind the newest, in the order of commits. Where there was none within a day, it is
/// that of the day: the next without one before it comes a day later.
fn place(staff: StaffId, rows: &[ArrangementRow], now: Timestamp) -> Key {
    let newest = rows.iter().map(|row| row.begun_by).max();
    let day = if newest.is_none() { now.micros().div_euclid(DAY_MICROS) } else { 0 };
    let place =
        [staff.number(), day, newest.unwrap_or_default().number()].map(i64::to_be_bytes).concat();
    Key::new(Timestamp::from_micros(0), "alone", &place)
}
