//! Deposit codes: who pays in at an agent shows by a code on their own phone that it is they who stand there. A deposit
//! for somebody else is a transfer in disguise and may cost what the tariff says for `cash_in`; with the code it is free.
//!
//! A code follows from the wallet and the time alone: nothing is kept and no money is held. It lives ten to twenty
//! minutes, and all it opens is a price: there is one in a million, and a wrong one costs a step of a conversation.

use super::super::desk::{Desk, Halt, House};
use super::super::{Service, Whose};
use crate::refusal::{Reason, Refusal};
use crate::time::Timestamp;
use std::time::Duration;

/// Shows `cash_code` and `until`.
pub const CODE: Service = Service { name: "deposit_code", pin: Whose::Nobody, old: Some(code), ..Service::PLAIN };

/// A code is good within the span in which it was shown, and within the next one.
const SPAN: Duration = Duration::from_secs(10 * 60);

fn code(desk: &mut Desk) -> Result<(), Halt> {
    let account = desk.person()?.account_id;
    let span = span(desk.now);
    let end = Timestamp::from_micros(span.saturating_add(2).saturating_mul(span_micros()));
    desk.show("cash_code", digits(desk.house, account, span));
    desk.show("until", end.clock_text(&desk.house.market.zone));
    Ok(())
}

/// Whether the customer's code was typed; refused where another one was.
pub(super) fn is_here(desk: &Desk, customer: i64) -> Result<bool, Halt> {
    let Some(typed) = desk.fields.get("deposit_code") else { return Ok(false) };
    let span = span(desk.now);
    let good =
        [span, span.saturating_sub(1)].into_iter().any(|span| digits(desk.house, customer, span) == typed.trim());
    if good { Ok(true) } else { Err(Refusal::of_field(Reason::DepositCode, "deposit_code").into()) }
}

fn digits(house: &House, account: i64, span: i64) -> String {
    let name = [b"deposit\0".as_slice(), &account.to_be_bytes(), &span.to_be_bytes()].concat();
    house.pin_keys.current().code(&name)
}

fn span(now: Timestamp) -> i64 {
    now.micros().div_euclid(span_micros())
}

fn span_micros() -> i64 {
    i64::try_from(SPAN.as_micros()).unwrap_or(i64::MAX)
}
