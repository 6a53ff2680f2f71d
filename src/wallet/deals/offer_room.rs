//! How much may wait for somebody: not too much of one who asks, and of strangers less than of
//! those whom they have paid. Which deals those are is not known here.

use super::super::context::Context;
use super::super::plan::PlanError;
use super::super::waiting::quota;
use super::{RULES, State, offer_quota};
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::store::arrangement_rows::{ArrangementRow, Search, Side as Of};
use crate::store::people::PersonRow;

/// As many deals as one may have open, or as may wait for one number.
pub const DEALS_FULL: Reason = Reason::new("deals_full");

/// As many of one are looked through for those that wait.
const LOOK: i64 = 400;
/// Those of one that wait for the same number,
const TO_ONE_MAX: usize = 3;
/// and of all that wait for one.
pub const WAITING_MAX: usize = 30;
/// With so many there is no room for those whom they never paid.
const OF_STRANGERS_MAX: usize = 15;
/// Those of a day to a number without a wallet, whoever asks.
const STRANGER_DAILY_MAX: usize = 3;

/// What a number was asked within a day, whatever became of it.
pub fn of_today(context: &Context, side: Of) -> Search {
    let since = context.now.minus(offer_quota::DAY).micros().saturating_add(1);
    Search { open: false, since, ..waiting(side) }
}

/// What waits for somebody, or for a number.
pub fn waiting(side: Of) -> Search {
    Search { side, kind: RULES.name, open: true, since: 0, limit: LOOK }
}

/// Those of them that wait for an answer: what was not sent yet, and what goes on, does not.
pub fn asked(waiting: &[ArrangementRow]) -> impl Iterator<Item = &ArrangementRow> {
    waiting.iter().filter(|row| row.state == <&str>::from(State::Offered))
}

/// Neither of all nor of this one does too much wait for them.
pub fn has_room(context: &Context, owner: &PersonRow, waits: Search) -> Result<(), PlanError> {
    if matches!(waits.side, Of::Subject(_)) {
        let today = context.facts.arrangements(of_today(context, waits.side.clone()))?;
        let told = |row: &&ArrangementRow| row.state != <&str>::from(State::Drafted);
        if today.iter().filter(told).count() >= STRANGER_DAILY_MAX {
            return Err(Refusal::of_field(DEALS_FULL, "to").into());
        }
    }
    let is_known = match &waits.side {
        Of::Other(id) => quota::is_known(context, owner.account_id, *id)?,
        Of::Subject(_) | Of::Owner(_) | Of::Anybody => false,
    };
    let max = if is_known { WAITING_MAX } else { OF_STRANGERS_MAX };
    let waiting = context.facts.arrangements(waits)?;
    let own = |row: &&ArrangementRow| row.owner == owner.account_id;
    let (all, own) = (asked(waiting).count(), asked(waiting).filter(own).count());
    if all >= max || own >= TO_ONE_MAX {
        return Err(Refusal::of_field(DEALS_FULL, "to").into());
    }
    Ok(())
}
