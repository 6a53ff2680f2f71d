//! What all that waits for somebody's yes has in common: how much may wait for one payer, what is
//! shown of how and until when it is answered, and what texts say of what it is for. Which kinds
//! there are is not known here.

use super::super::context::Context;
use super::super::plan::{Plan, PlanError};
use crate::reason::Reason;
use crate::time::Timestamp;
use crate::value::Value;
use std::time::Duration;

/// As many payments as may wait for one payer are waiting.
pub const ORDERS_FULL: Reason = Reason::new("orders_full");

/// Of each kind so many wait for one payer at most: what others request takes no room from what
/// they want themselves.
pub const WAITING_MAX: usize = 8;
/// Shown to one payer.
pub const SHOWN_MAX: i64 = 16;

/// Whether there is room for one more beside so many.
pub fn room(waiting: usize) -> Result<(), PlanError> {
    if waiting >= WAITING_MAX { Err(ORDERS_FULL.into()) } else { Ok(()) }
}

/// Until when something waits that is begun now; shows that, and how it is answered.
pub fn until(context: &Context, plan: &mut Plan, life: Duration) -> Timestamp {
    let expires = context.now.plus(life);
    plan.show("dial", context.config.dial.clone());
    plan.show("time", expires.time_of_day(&context.config.market.zone));
    expires
}

/// How texts say what something is for: behind a name, or not at all.
pub fn about(reference: &str) -> Value {
    Value::Text(if reference.is_empty() { String::new() } else { format!(": {reference}") })
}
