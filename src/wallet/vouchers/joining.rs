//! Who takes a number over wakes what waits for it: from then on its vouchers come by themselves.
//! There are few at a time, so all of them are woken in the commit in which their receiver joins.
//! What is sent to the number at that very moment is not missed: sending and joining take the same
//! turn, and whoever comes second is planned anew.

use super::super::context::Context;
use super::super::plan::PlanError;
use super::turns;
use super::voucher::{self, State};
use crate::book::Change;
use crate::id::AccountId;
use crate::store::wants::Want;

/// What must be read to know what waits for the number of the caller, where they join now.
pub fn wants(context: &Context) -> Vec<Want> {
    if context.key.is_none() {
        return Vec::new();
    }
    let number = &context.caller.msisdn;
    vec![turns::wants_for(number), Want::Arrangements(voucher::made_out_to(number))]
}

/// What comes with joining: what waits for the caller's number is theirs from now on.
pub fn changes(context: &Context, receiver: AccountId) -> Result<Vec<Change>, PlanError> {
    if context.key.is_none() {
        return Ok(Vec::new());
    }
    let number = &context.caller.msisdn;
    let mut changes = vec![turns::turn_for(context, number)?];
    for waiting in voucher::waiting_for(context, number)? {
        if waiting.row.state == <&str>::from(State::Waiting) {
            changes.push(waiting.joined_by(receiver, context.now)?);
        }
    }
    Ok(changes)
}
