//! Deposit codes: who pays in at an agent shows by a code on their own phone that it is they who
//! stand there. A deposit for somebody else is a transfer in disguise and may cost what the tariff
//! says for `cash_in`; with the code it is free.
//!
//! A code follows from the wallet and the time alone: nothing is kept and no money is held. It
//! lives ten to twenty minutes, and all it opens is a price: there is one in a million, and a wrong
//! one costs a step of a conversation.

use super::super::ServiceConfig;
use super::super::context::Context;
use super::super::plan::{Plan, PlanError};
use super::super::service::Service;
use crate::id::AccountId;
use crate::refusal::{Reason, Refusal};
use crate::time::Timestamp;
use crate::typed_text;
use crate::value::{Kind, Slot, Value};
use std::time::Duration;

/// Shows `cash_code` and `until`.
pub const CODE: Service = Service {
    name: "deposit_code",
    decide,
    shows: &[Slot("cash_code", Kind::Code), Slot("until", Kind::Time)],
    ..Service::PLAIN
};

/// The deposit code is not the customer's, or its time is over.
pub const DEPOSIT_CODE: Reason = Reason::new("deposit_code");

/// A code is good within the span in which it was shown, and within the next one.
const SPAN: Duration = Duration::from_secs(10 * 60);

fn decide(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let account = context.person()?.account_id;
    let span = span(context.now);
    let end = Timestamp::from_micros(span.saturating_add(2).saturating_mul(span_micros()));
    plan.show("cash_code", Value::Code(digits(context.config, account, span)));
    plan.show("until", end.time_of_day(&context.config.market.zone));
    Ok(())
}

/// Whether the customer's code was typed; refused where another one was.
pub fn is_here(context: &Context, customer: AccountId) -> Result<bool, PlanError> {
    let Some(typed) = context.fields.get("deposit_code") else { return Ok(false) };
    let span = span(context.now);
    let typed = typed_text::code(typed);
    let mut good = [span, span.saturating_sub(1)].into_iter();
    if good.any(|span| digits(context.config, customer, span) == typed) {
        Ok(true)
    } else {
        Err(Refusal::of_field(DEPOSIT_CODE, "deposit_code").into())
    }
}

fn digits(config: &ServiceConfig, account: AccountId, span: i64) -> String {
    let name =
        [b"deposit\0".as_slice(), &account.number().to_be_bytes(), &span.to_be_bytes()].concat();
    config.pin_keys.current().code(&name)
}

fn span(now: Timestamp) -> i64 {
    now.micros().div_euclid(span_micros())
}

fn span_micros() -> i64 {
    i64::try_from(SPAN.as_micros()).unwrap_or(i64::MAX)
}
