//! Standing payments: somebody agrees once, with a quote, a yes and the PIN, to what is paid to somebody else each day, week
//! or month until a clear end. `work` carries them out.

pub mod work;

use super::desk::{Act, Desk, Halt};
use super::{Service, Whose, item, price, send};
use crate::ask::Slots;
use crate::book::Change;
use crate::calendar::Day;
use crate::money::Money;
use crate::refusal::{Reason, Refusal};
use crate::standing::{Every, Schedule, Stage};
use crate::store::papers::Paper;
use crate::store::people::{self, PersonRow};
use crate::store::standing::{self, StandingRow};
use crate::time::Timestamp;

/// Inputs `to`, `amount`, `every`, `first_day` and `end`, which is a day or how many times; shows `fee`, `total`, `times`,
/// `first_day`, `last_day`; flags `weekly`, `monthly`.
pub const SET_UP: Service =
    Service { name: "standing", pin: Whose::Caller, opens: 1, old: Some(set_up), ..Service::PLAIN };
/// Lists what is open: `amount`, `name`, `date`.
pub const LIST: Service = Service { name: "standing_list", pin: Whose::Nobody, old: Some(list), ..Service::PLAIN };
/// Input `standing`: ends it. It needs no PIN, as it moves nothing.
pub const CANCEL: Service =
    Service { name: "standing_cancel", pin: Whose::Nobody, old: Some(cancel), ..Service::PLAIN };

/// Standing payments of one payer.
const OPEN_MAX: i64 = 8;

fn set_up(desk: &mut Desk) -> Result<(), Halt> {
    let payer = desk.person()?;
    let payee = send::payee(desk)?;
    desk.plan.slots.extend(send::party(&payee));
    let amount = desk.amount("amount")?;
    // whether the money is there is asked when it is due
    let total = total(desk, payer, amount)?;
    let every = Every::parse(desk.field("every")?).ok_or_else(|| Refusal::of_field(Reason::TextFormat, "every"))?;
    let schedule = schedule(desk, every)?;
    match every {
        Every::Day => {}
        Every::Week => drop(desk.plan.flags.insert("weekly".into())),
        Every::Month => drop(desk.plan.flags.insert("monthly".into())),
    }
    desk.show("times", schedule.times.to_string());
    desk.show("first_day", schedule.first.text());
    desk.show("last_day", schedule.last().text());
    if standing::open_of(desk.conn.get()?, payer.account_id, OPEN_MAX)?.len() >= usize::try_from(OPEN_MAX).unwrap_or(0)
    {
        return Err(Reason::StandingFull.into());
    }
    let row = StandingRow {
        id: desk.fresh_id,
        version: 1,
        payer: payer.account_id,
        payee: payee.account_id,
        amount_minor: amount.minor,
        total_minor: total.minor,
        every: every.code().to_owned(),
        first_day: i64::from(schedule.first.number()),
        times: schedule.times,
        done: 0,
        failed: 0,
        stage: String::new(),
        wake_at: 0,
        state: "open".into(),
    };
    // what was just agreed on needs no notice on the same day
    let row = waits(row, &schedule, schedule.begins_with(0), desk);
    let told = told(desk, &row, &payee);
    let changes = vec![Change::Keep(Paper::Standing(row)), desk.tell(payer, "sms.standing_set", told, None)];
    desk.plan.act = Some(Act { kind: "standing", changes, ..Act::default() });
    Ok(())
}

/// Its days, as they were typed: it begins tomorrow at the earliest, so that there is time to think again.
fn schedule(desk: &Desk, every: Every) -> Result<Schedule, Halt> {
    let today = Day::of(desk.now, &desk.house.market.zone);
    let read = |field| Day::read(field);
    let first = read(desk.field("first_day")?).ok_or_else(|| Refusal::of_field(Reason::DateFormat, "first_day"))?;
    if first <= today || first.number().saturating_sub(today.number()) > 366 {
        return Err(Refusal::of_field(Reason::DateTooSoon, "first_day").into());
    }
    let typed = desk.field("end")?.trim();
    let schedule = if typed.len() <= 3 && typed.bytes().all(|byte| byte.is_ascii_digit()) {
        Schedule::counted(every, first, typed.parse().unwrap_or(0))
    } else {
        let end = read(typed).ok_or_else(|| Refusal::of_field(Reason::DateFormat, "end"))?;
        Schedule::until(every, first, end)
    };
    Ok(schedule.ok_or_else(|| Refusal::of_field(Reason::StandingEnd, "end"))?)
}

/// What one payment costs today, shown with its fee.
fn total(desk: &mut Desk, payer: &PersonRow, amount: Money) -> Result<Money, Halt> {
    let fee = price::fee(desk, send::SERVICE.name, payer, amount)?;
    let on_top = desk.money(fee.payer_minor);
    let total = amount.checked_add(on_top).ok_or_else(|| Refusal::of_field(Reason::AmountTooLarge, "amount"))?;
    desk.show("amount", amount.to_string());
    desk.show("fee", on_top.to_string());
    desk.show("total", total.to_string());
    Ok(total)
}

fn list(desk: &mut Desk) -> Result<(), Halt> {
    let payer = desk.person()?;
    let open = standing::open_of(desk.conn.get()?, payer.account_id, OPEN_MAX)?;
    let payees = super::account::names(desk.conn.get()?, &open.iter().map(|row| row.payee).collect::<Vec<_>>())?;
    for row in open {
        let name = payees.get(&row.payee).cloned().unwrap_or_default();
        let date = next_day(&row).text();
        let amount = desk.money(row.amount_minor).to_string();
        desk.plan.items.push(item(row.id, &[("amount", amount), ("name", name), ("date", date)]));
    }
    Ok(())
}

fn cancel(desk: &mut Desk) -> Result<(), Halt> {
    let payer = desk.person()?;
    let id = desk.field("standing")?.parse().map_err(|_text| Reason::StandingGone)?;
    let row = standing::by_id(desk.conn.get()?, id)?.filter(|row| row.state == "open" && row.payer == payer.account_id);
    let row = row.ok_or(Reason::StandingGone)?;
    let payee = people::by_account(desk.conn.get()?, row.payee)?.ok_or(Reason::StandingGone)?;
    let told = told(desk, &row, &payee);
    desk.plan.slots.extend(told.clone());
    desk.show("first_day", next_day(&row).text());
    let version = row.version.saturating_add(1);
    let row = StandingRow { version, state: "cancelled".into(), ..row };
    let changes = vec![Change::Keep(Paper::Standing(row)), desk.tell(payer, "sms.standing_cancelled", told, None)];
    desk.plan.act = Some(Act { kind: "standing", changes, ..Act::default() });
    Ok(())
}

/// The schedule of a row.
fn schedule_of(row: &StandingRow) -> Schedule {
    // the database lets no other word in
    let every = Every::parse(&row.every).unwrap_or(Every::Month);
    Schedule { every, first: Day::new(i32::try_from(row.first_day).unwrap_or(i32::MAX)), times: row.times }
}

/// The day on which the next one is due.
fn next_day(row: &StandingRow) -> Day {
    schedule_of(row).due(row.done)
}

/// The row with what is to be done next. A notice whose time is over is none: then it is paid.
fn waits(row: StandingRow, schedule: &Schedule, stage: Stage, desk: &Desk) -> StandingRow {
    let zone = &desk.house.market.zone;
    let at = |stage: Stage| schedule.day_of(row.done, stage).at_hour(stage.hour(), zone);
    let stage = if stage == Stage::Notice && at(stage) <= desk.now { Stage::Pay } else { stage };
    let wake_at: Timestamp = at(stage);
    StandingRow { stage: stage.code().to_owned(), wake_at: wake_at.micros(), ..row }
}

/// What a message says of a standing payment.
fn told(desk: &Desk, row: &StandingRow, payee: &PersonRow) -> Slots {
    let schedule = schedule_of(row);
    let mut slots = send::party(payee);
    slots.insert("amount".into(), desk.money(row.amount_minor).to_string().into());
    slots.insert("fee".into(), desk.money(row.total_minor.saturating_sub(row.amount_minor)).to_string().into());
    slots.insert("times".into(), row.times.saturating_sub(row.done).to_string().into());
    slots.insert("first_day".into(), schedule.due(row.done).text().into());
    slots.insert("last_day".into(), schedule.last().text().into());
    slots.insert("dial".into(), desk.house.dial.clone().into());
    slots
}
