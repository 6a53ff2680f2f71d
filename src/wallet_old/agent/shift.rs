//! Shifts: whoever serves counts the cash in their drawer when they begin and when they end, and sees whether what is
//! there is what has to be there. The others who answer for the outlet hear of it: who serves longest there, and the
//! head office.
//!
//! The count is blind: what has to be there is shown only after the end, or a count would be made to fit.

use super::super::desk::{Act, Desk, Halt, masked_name};
use super::super::{Service, Whose};
use crate::agent::AgentNumber;
use crate::ask::Slots;
use crate::book::Change;
use crate::money::Money;
use crate::refusal::{Reason, Refusal};
use crate::store::agents;
use crate::store::people::PersonRow;
use crate::store::working_day::{self, ShiftRow};

/// Input `cash`: what is in the drawer.
pub const OPEN: Service =
    Service { name: "open_shift", pin: Whose::Assistant, opens: 1, old: Some(open), ..Service::PLAIN };
/// Input `cash`: what was counted. Shows `opened`, `came`, `went`, `expected`, `cash`, `difference`, `times`.
pub const CLOSE: Service = Service {
    name: "close_shift",
    pin: Whose::Assistant,
    old: Some(close),
    replay: crate::wallet::service::Replay::TOLD,
    ..Service::PLAIN
};

/// No drawer holds more, minor units: texts are measured for it.
const DRAWER_MAX_MINOR: i64 = 10_000_000_000;

fn open(desk: &mut Desk) -> Result<(), Halt> {
    let till = desk.till()?;
    if working_day::open_shift(desk.conn.get()?, till.assistant.id)?.is_some() {
        return Err(Reason::ShiftOpen.into());
    }
    let cash = cash(desk)?;
    desk.show("cash", plain(cash));
    let row = ShiftRow {
        id: desk.fresh_id,
        assistant: till.assistant.id,
        outlet: till.outlet.float_account,
        opened_at: desk.now.micros(),
        opening_minor: cash.minor,
        closed_at: None,
        expected_minor: None,
        counted_minor: None,
    };
    desk.plan.act = Some(Act { kind: "open_shift", changes: vec![Change::OpenShift(row)], ..Act::default() });
    Ok(())
}

fn close(desk: &mut Desk) -> Result<(), Halt> {
    let till = desk.till()?;
    let shift = working_day::open_shift(desk.conn.get()?, till.assistant.id)?.ok_or(Reason::ShiftNone)?;
    let cash = cash(desk)?;
    // whatever is done meanwhile moves the float: then the drawer is looked at anew
    let posting = desk.account(shift.outlet)?.last_posting;
    let drawer = working_day::drawer(desk.conn.get()?, shift.id)?;
    let expected_minor = shift.opening_minor.saturating_add(drawer.in_minor).saturating_sub(drawer.out_minor);
    let difference_minor = cash.minor.saturating_sub(expected_minor);
    let sums = [
        ("opened", shift.opening_minor),
        ("came", drawer.in_minor),
        ("went", drawer.out_minor),
        ("expected", expected_minor),
        ("cash", cash.minor),
    ];
    for (slot, minor) in sums {
        let sum = plain(desk.money(minor));
        desk.show(slot, sum);
    }
    let sign = if difference_minor > 0 { "+" } else { "" };
    desk.show("difference", format!("{sign}{}", plain(desk.money(difference_minor))));
    desk.show("times", drawer.times.to_string());
    let slots = report(desk, till.outlet.float_account)?;
    let row = ShiftRow {
        closed_at: Some(desk.now.micros()),
        expected_minor: Some(expected_minor),
        counted_minor: Some(cash.minor),
        ..shift
    };
    let mut changes = vec![Change::AtPosting { account: row.outlet, posting }, Change::CloseShift(row)];
    let concerned = concerned(desk)?;
    changes.extend(concerned.iter().map(|person| desk.tell(person, "sms.shift_closed", slots.clone(), None)));
    desk.plan.act = Some(Act { kind: "close_shift", changes, ..Act::default() });
    Ok(())
}

/// The values of the message about the end of a shift.
fn report(desk: &mut Desk, outlet: i64) -> Result<Slots, Halt> {
    let mut slots = desk.shown(&["expected", "cash", "difference", "times"]);
    slots.insert("name".into(), masked_name(&desk.person()?.name).into());
    slots.insert("agent".into(), AgentNumber::of(outlet).to_string().into());
    slots.insert("time".into(), desk.now.clock_text(&desk.house.market.zone).into());
    Ok(slots)
}

/// Who hears of the end of a shift: whose it was, who serves longest at the outlet, and its head office. Each once.
fn concerned(desk: &mut Desk) -> Result<Vec<PersonRow>, Halt> {
    let till = desk.till()?;
    let mut people = vec![desk.person()?.clone()];
    people.extend(agents::staff(desk.conn.get()?, till.outlet.float_account)?.into_iter().take(1));
    if let Some(head) = till.outlet.head_office {
        people.extend(agents::staff(desk.conn.get()?, head)?);
    }
    let mut once: Vec<PersonRow> = Vec::new();
    for person in people {
        if once.iter().all(|known| known.account_id != person.account_id) {
            once.push(person);
        }
    }
    Ok(once)
}

/// The cash that was counted: nothing is an amount too.
fn cash(desk: &Desk) -> Result<Money, Halt> {
    let counted = match Money::parse(desk.field("cash")?, desk.house.market.currency) {
        Err(Reason::AmountZero) => desk.money(0),
        counted => counted.map_err(|reason| Refusal::of_field(reason, "cash"))?,
    };
    if counted.minor > DRAWER_MAX_MINOR {
        return Err(Refusal::of_field(Reason::AmountTooLarge, "cash").into());
    }
    Ok(counted)
}

/// An amount without the name of its currency: a report has many.
fn plain(amount: Money) -> String {
    amount.to_string().replacen(amount.currency.as_str(), "", 1).replace(' ', "")
}
