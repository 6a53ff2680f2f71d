//! Codes for cash: a customer makes a code on their phone, and any outlet hands out the cash for
//! it. The money is held meanwhile. A code is six random digits, bound to its owner's number and
//! the amount; it lives half an hour, and takes five tries, which are charged like those of a PIN.
//! It is in no message: messages are kept.
//!
//! Input `amount`; shows `amount`, `fee`, `total`, `until`, and, once it is done, `cash_code`. A
//! code made before ends.

use super::super::agents::cash_out;
use super::super::arrangements::{Role, kind};
use super::super::context::Context;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, Message, Replay, Service, Unrecorded};
use super::super::{metering, party, pricing};
use super::cash_code::{self, CashCode, Event};
use super::code::{self, Agreed};
use crate::book::HoldMove;
use crate::reason::Reason;
use crate::store::wants::Want;
use crate::value::{Kind, Slot, Value};
use std::time::Duration;

/// The service as menus know it. It costs what cash costs.
pub const SERVICE: Service = Service {
    name: cash_code::KIND.name,
    authority: Authority::Customer,
    opens: 1,
    wants: &[own],
    decide,
    shows: &[
        Slot("amount", Kind::Money),
        Slot("fee", Kind::Money),
        Slot("total", Kind::Money),
        Slot("until", Kind::Time),
        Slot("cash_code", Kind::Code),
    ],
    messages: &[&MADE],
    replay: Replay { wants: &[], recorded: Some(code_again), unrecorded: Unrecorded::Nothing },
    ..Service::PLAIN
};

const MADE: Message = Message::plain(
    "sms.cash_code",
    &[Slot("amount", Kind::Money), Slot("fee", Kind::Money), Slot("until", Kind::Time)],
);

/// How long a code lives.
const LIFE: Duration = Duration::from_secs(30 * 60);

fn own(context: &Context) -> Vec<Want> {
    let Some(customer) = &context.caller.person else { return Vec::new() };
    let owner = customer.account_id;
    let codes = Want::Arrangements(cash_code::of_owner(owner));
    let codes = context.amount("amount").is_ok().then_some(codes);
    [Want::Owner(owner)].into_iter().chain(codes).collect()
}

fn decide(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let customer = context.person()?;
    let account = party::payer(context, customer, Reason::ACCOUNT_CLOSED.into())?;
    let amount = context.amount("amount")?;
    let fee = pricing::fee(context, cash_out::SERVICE.name, customer, amount)?;
    let old = cash_code::found(context, customer.account_id)?;
    // what the old ones hold is free again in the same commit
    let freed_minor =
        old.iter().fold(0_i64, |sum, code| sum.saturating_add(code.agreed.total_minor()));
    let available = context.money(account.available_minor().saturating_add(freed_minor));
    let terms = pricing::cover(available, amount, fee)?;
    // what a code may be for is what could be paid now; it counts when the cash is handed out
    metering::spent(context, customer, amount)?;
    terms.show(plan);
    let expires = context.now.plus(LIFE);
    plan.show("until", expires.time_of_day(&context.config.market.zone));
    let Some(key) = context.key else { return Ok(()) };
    let digits = code::digits(context.config, &key);
    plan.show("cash_code", Value::Code(digits.clone()));
    let new = CashCode::new(context, Agreed::of(&terms, expires))?;
    let mut holds = Vec::from_iter(old.iter().map(|code| HoldMove::Release { hold: code.hold() }));
    holds.push(new.agreed.hold(customer.account_id));
    let ended = old.iter().map(|code| code.moved(Event::Replace, Role::Owner));
    let mut changes = ended.collect::<Result<Vec<_>, _>>()?;
    changes.push(code::opened_by(context, new.row.id, &digits)?);
    changes.push(kind::begun(new.row));
    changes.push(context.tell(customer, &MADE, plan.shown(&["amount", "fee", "until"]), None));
    plan.commit(Act { kind: SERVICE.name, holds, changes, ..Act::default() });
    Ok(())
}

/// The code, for who has lost the screen that showed it.
fn code_again(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    if let Some(key) = context.key {
        plan.show("cash_code", Value::Code(code::digits(context.config, &key)));
    }
    Ok(())
}
