//! Places: a cap on how many of a kind somebody may have open at a time. Each takes the place that
//! it goes by: of two begun at one moment, which have counted the same, one is planned anew.

use super::super::context::Context;
use super::super::plan::PlanError;
use super::kind::Kind;
use crate::book::{Change, Key};
use crate::id::AccountId;
use crate::refusal::Reason;
use crate::store::arrangement_rows::{ArrangementRow, Search, Side};
use crate::store::wants::Want;
use crate::time::Timestamp;

/// Nobody has more of them open, or begins more on one day.
const LOOK: i64 = 1_000;

/// All that is open of an owner.
pub fn open_of(kind: &Kind, owner: AccountId) -> Search {
    Search { side: Side::Owner(owner), kind: kind.name, open: true, since: 0, limit: LOOK }
}

/// All that they began today, whatever became of it.
pub fn of_today(context: &Context, kind: &Kind, owner: AccountId) -> Search {
    let since = context.today().at_hour(0, &context.config.market.zone).micros();
    Search { open: false, since, ..open_of(kind, owner) }
}

/// What must be read to take a place, in this order: whoever begins one between the first look and
/// the second takes the place that this one goes by.
pub fn wants(context: &Context, kind: &Kind, owner: AccountId) -> Vec<Want> {
    [of_today(context, kind, owner), open_of(kind, owner)].map(Want::Arrangements).to_vec()
}

/// What shares a cap: all of a kind that somebody has open, or a part of it.
#[derive(Clone, Copy)]
pub struct Share<'a> {
    /// Whose part it is; nobody's where it is all. One account has one part.
    pub of: Option<AccountId>,
    /// What belongs to it.
    pub holds: &'a dyn Fn(&ArrangementRow) -> bool,
}

/// The place that a new one takes, of so many; refused as `full` where there is none.
pub fn take(
    context: &Context,
    kind: &Kind,
    owner: AccountId,
    places: usize,
    full: Reason,
) -> Result<Change, PlanError> {
    if context.facts.arrangements(open_of(kind, owner))?.len() >= places {
        return Err(full.into());
    }
    take_of(context, kind, owner, Share { of: None, holds: &|_any| true })
}

/// The place that a new one takes in its share, however many are open.
pub fn take_of(
    context: &Context,
    kind: &Kind,
    owner: AccountId,
    share: Share<'_>,
) -> Result<Change, PlanError> {
    let today = context.facts.arrangements(of_today(context, kind, owner))?;
    let today = today.iter().filter(|row| (share.holds)(row)).count();
    let day = i64::from(context.today().number());
    let number = i64::try_from(today).unwrap_or(i64::MAX);
    let whose = share.of.as_ref().map(AccountId::number);
    let numbers = [owner.number(), day, number].into_iter().chain(whose);
    let numbers: Vec<u8> = numbers.flat_map(i64::to_be_bytes).collect();
    let name = [kind.name.as_bytes(), &numbers].concat();
    Ok(Change::Claim { key: Key::new(Timestamp::from_micros(0), "place", &name) })
}
