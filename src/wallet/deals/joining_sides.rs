//! Who joins hears what waits for their number: they were asked before they had a wallet, and may
//! have joined only for that.

use super::super::context::Context;
use super::super::plan::PlanError;
use super::deal::{self, Deal};
use super::{State, deal_news};
use crate::book::Change;
use crate::store::people::PersonRow;
use crate::store::wants::Want;

/// Deals that somebody hears of at once: the rest stands under *My deals*.
const TOLD_MAX: usize = 3;

/// What must be read to know what waits for the number of the caller, where they join now.
pub fn wants(context: &Context) -> Vec<Want> {
    if context.key.is_some() { deal::mine(context) } else { Vec::new() }
}

/// Who asks in each of them.
pub fn wants_sides(context: &Context) -> Vec<Want> {
    let waiting = waiting(context).unwrap_or_default();
    waiting.iter().map(|deal| Want::Owner(deal.row.owner)).collect()
}

fn waiting(context: &Context) -> Result<Vec<Deal>, PlanError> {
    if context.key.is_none() {
        return Ok(Vec::new());
    }
    let mut waiting = deal::found(context)?;
    waiting.retain(|deal| deal.state == State::Offered);
    waiting.truncate(TOLD_MAX);
    Ok(waiting)
}

/// What they are told with joining, in their own language.
pub fn changes(context: &Context, joined: &PersonRow) -> Result<Vec<Change>, PlanError> {
    let mut changes = Vec::new();
    for deal in waiting(context)? {
        let told = deal.told(context, deal.terms.side.other())?;
        changes.push(context.tell(joined, &deal_news::WAITS, told, None));
    }
    Ok(changes)
}
