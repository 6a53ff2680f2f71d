//! Orders that begin to wait for their payer's yes: how many may wait, and until when.

use super::context::Context;
use super::plan::{Plan, PlanError};
use crate::money::Money;
use crate::refusal::Reason;
use crate::store::orders::OrderRow;
use crate::store::wants::Want;
use std::time::Duration;

/// What an order is called by which somebody asks for money.
pub const REQUESTED: &str = "request";
/// How long an order waits, unless it is a request.
pub const LIFE: Duration = Duration::from_secs(30 * 60);
/// Orders of each sort that wait for one payer at most: what others request takes no room from what they want themselves.
const WAITING_MAX: usize = 8;
/// Orders that are looked at for it.
const LOOKED_AT_MAX: i64 = 16;

/// What is to wait.
#[derive(Debug)]
pub struct Wait {
    /// Which service pays it.
    pub kind: &'static str,
    /// How long.
    pub life: Duration,
    /// Who has to say yes.
    pub payer: i64,
    /// The account that is paid.
    pub payee: i64,
    /// How much.
    pub amount: Money,
}

/// What must be read to know whether there is room.
pub fn wants(context: &Context, payer: i64) -> Want {
    Want::OrdersWaiting { payer, now: context.now.micros(), limit: LOOKED_AT_MAX }
}

/// An order that waits for its payer, to whom it is shown how (`dial`) and until when (`time`) it is answered.
pub fn waiting_for(context: &Context, plan: &mut Plan, wait: &Wait) -> Result<OrderRow, PlanError> {
    let waiting = context.facts.orders(&wants(context, wait.payer))?;
    let is_requested = |kind: &str| kind == REQUESTED;
    let alike = waiting.iter().filter(|order| is_requested(&order.kind) == is_requested(wait.kind));
    if alike.count() >= WAITING_MAX {
        return Err(Reason::OrdersFull.into());
    }
    let expires = context.now.plus(wait.life);
    plan.show("dial", context.house.dial.as_str());
    plan.show("time", expires.time_of_day(&context.house.market.zone));
    Ok(OrderRow {
        id: context.fresh_id,
        kind: wait.kind.to_owned(),
        payer: wait.payer,
        payee: wait.payee,
        amount_minor: wait.amount.minor,
        state: "waiting".into(),
        created_at: context.now.micros(),
        expires_at: expires.micros(),
        reference: String::new(),
        bill: None,
        remind_at: None,
    })
}
