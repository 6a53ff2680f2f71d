//! A payment that waits for its payer's yes: how it is opened, whether it still waits, and what
//! texts say of it. Which services leave something waiting is not known here.

use super::super::context::Context;
use super::super::plan::{Plan, PlanError};
use crate::id::AccountId;
use crate::money::Money;
use crate::refusal::Reason;
use crate::store::order_rows::OrderRow;
use crate::store::people::PersonRow;
use crate::store::wants::Want;
use crate::time::Timestamp;
use crate::value::Value;
use std::time::Duration;

/// As many payments as may wait for one payer are waiting.
pub const ORDERS_FULL: Reason = Reason::new("orders_full");

/// Orders of each sort that wait for one payer at most: what others request takes no room from what
/// they want themselves.
const WAITING_MAX: usize = 8;
/// Orders shown to one payer.
pub const SHOWN_MAX: i64 = 16;
/// What is stored of an order that is not answered.
const WAITING: &str = "waiting";

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

/// What must be read to know what waits for a payer.
pub fn wants(context: &Context, payer: AccountId) -> Want {
    Want::OrdersWaiting { payer, now: context.now.micros(), limit: SHOWN_MAX }
}

/// An order that waits for `payer`, to whom it is shown how and until when it is answered.
pub fn open(
    context: &Context,
    plan: &mut Plan,
    sort: Sort,
    payer: &PersonRow,
    payee: AccountId,
    amount: Money,
) -> Result<OrderRow, PlanError> {
    let waiting = context.facts.orders(&wants(context, payer.account_id))?;
    if waiting.iter().filter(|order| (sort.alike)(order)).count() >= WAITING_MAX {
        return Err(ORDERS_FULL.into());
    }
    let expires = context.now.plus(sort.life);
    plan.show("dial", context.config.dial.clone());
    plan.show("time", expires.time_of_day(&context.config.market.zone));
    Ok(OrderRow {
        id: context.fresh_id,
        kind: sort.kind.to_owned(),
        payer: payer.account_id,
        payee,
        amount_minor: amount.minor,
        state: WAITING.to_owned(),
        created_at: context.now.micros(),
        expires_at: expires.micros(),
        reference: String::new(),
        split: None,
        remind_at: None,
    })
}

/// Whether it still waits.
pub fn is_open(order: &OrderRow, now: Timestamp) -> bool {
    order.state == WAITING && order.expires_at > now.micros()
}

/// How texts say what an order is for: behind a name, or not at all.
pub fn about(order: &OrderRow) -> Value {
    let words =
        if order.reference.is_empty() { String::new() } else { format!(": {}", order.reference) };
    Value::Text(words)
}
