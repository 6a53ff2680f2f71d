//! Orders that begin to wait for their payer's yes: how many may wait, and until when.

use super::context::Context;
use super::plan::{Plan, PlanError};
use crate::money::Money;
use crate::refusal::Reason;
use crate::store::orders::OrderRow;
use crate::store::people::PersonRow;
use crate::store::wants::Want;
use std::time::Duration;

/// What others ask for takes no room from what somebody wants themselves, nor the other way round.
const REQUESTED: &str = "request";
/// Orders of each sort that wait for one payer at most.
const WAITING_MAX: usize = 8;
/// Orders that are looked at for it.
const SHOWN_MAX: i64 = 16;

/// A sort of order.
#[derive(Debug, Clone, Copy)]
pub struct Sort {
    /// The service that pays it.
    pub kind: &'static str,
    /// How long it waits.
    pub life: Duration,
    /// What else waits and takes room from it.
    pub alike: fn(&OrderRow) -> bool,
}

/// What the payer wants themselves: here, where cash is handed out.
pub const OWN: Sort = Sort { kind: "", life: Duration::from_secs(30 * 60), alike: |order| order.kind != REQUESTED };

/// What must be read to know what waits for a payer.
pub fn wants(context: &Context, payer: i64) -> Want {
    Want::OrdersWaiting { payer, now: context.now.micros(), limit: SHOWN_MAX }
}

/// An order that waits for `payer`, to whom it is shown how and until when it is answered.
pub fn open(
    context: &Context,
    plan: &mut Plan,
    sort: Sort,
    payer: &PersonRow,
    payee: i64,
    amount: Money,
) -> Result<OrderRow, PlanError> {
    let waiting = context.facts.orders(&wants(context, payer.account_id))?;
    if waiting.iter().filter(|order| (sort.alike)(order)).count() >= WAITING_MAX {
        return Err(Reason::OrdersFull.into());
    }
    let expires = context.now.plus(sort.life);
    plan.show("dial", context.house.dial.clone());
    plan.show("time", expires.time_of_day(&context.house.market.zone));
    Ok(OrderRow {
        id: context.fresh_id,
        kind: sort.kind.to_owned(),
        payer: payer.account_id,
        payee,
        amount_minor: amount.minor,
        state: "waiting".into(),
        created_at: context.now.micros(),
        expires_at: expires.micros(),
        reference: String::new(),
        bill: None,
        remind_at: None,
    })
}
