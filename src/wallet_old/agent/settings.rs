//! What people at an outlet set for themselves: from when on its float counts as low, and the PIN for their work.

use super::super::desk::{Act, Desk, Halt};
use super::super::{Service, Whose, pin, receipt};
use crate::book::Change;

/// Input `amount`: below that, the float counts as low.
pub const LOW: Service = Service { name: "low_float", pin: Whose::Assistant, old: Some(low), ..Service::PLAIN };
/// Takes a new PIN as the secret; answers with slot `new_pin`, its token.
pub const CHOOSE: Service =
    Service { name: "choose_agent_pin", pin: Whose::Nobody, old: Some(choose), ..Service::PLAIN };
/// Takes the new PIN again and compares it with the token in `new_pin`.
pub const REPEAT: Service =
    Service { name: "repeat_agent_pin", pin: Whose::Nobody, old: Some(repeat), ..Service::PLAIN };
/// Sets the PIN of the token in `new_pin`; the secret is the PIN until now.
pub const CHANGE: Service =
    Service { name: "change_agent_pin", pin: Whose::Assistant, old: Some(change), ..Service::PLAIN };

fn low(desk: &mut Desk) -> Result<(), Halt> {
    let outlet = desk.till()?.outlet.float_account;
    let amount = desk.amount("amount")?;
    desk.show("amount", amount.to_string());
    let changes = vec![Change::SetLowFloat { outlet, low_minor: amount.minor }];
    desk.plan.act = Some(Act { kind: "low_float", changes, ..Act::default() });
    Ok(())
}

fn choose(desk: &mut Desk) -> Result<(), Halt> {
    let assistant = desk.till()?.assistant.id;
    pin::chosen(desk, assistant)
}

fn repeat(desk: &mut Desk) -> Result<(), Halt> {
    let assistant = desk.till()?.assistant.id;
    pin::repeated(desk, assistant, assistant).map(|_row| ())
}

fn change(desk: &mut Desk) -> Result<(), Halt> {
    let assistant = desk.till()?.assistant.id;
    let row = pin::changed(desk, assistant)?;
    let when = receipt::slots(desk.house, 0, desk.now, None);
    let news = desk.tell(desk.person()?, "sms.agent_pin_changed", when, None);
    let changes = vec![Change::SetPin(row), news];
    desk.plan.act = Some(Act { kind: "change_agent_pin", changes, ..Act::default() });
    Ok(())
}
