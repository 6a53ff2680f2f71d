//! Bills: one person paid for several, and asks each of them for an equal share. Each share is a request like any other; what
//! cannot be divided is the asker's own. Who has not answered is reminded once by itself, never at night, and once more
//! when the asker wants it.
//!
//! Among what one asker may have waiting a bill counts once, or one dinner would be all they may ask for. For each person
//! who is asked, and for the requests of a day, every share counts: nobody is asked more often by splitting.

use super::super::desk::{Act, Desk, Halt, House};
use super::super::{Service, Wallet, Whose, item, send};
use super::{DAY, about, allowed, news, open, reference, sign, told};
use crate::book::{Change, Key};
use crate::calendar::Day;
use crate::money::Money;
use crate::refusal::{Reason, Refusal};
use crate::store::orders::{self as rows, OrderRow};
use crate::store::people::{self, PersonRow};
use crate::store::{Conn, StoreError, sessions};
use crate::time::Timestamp;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;
use std::time::Duration;

/// Inputs `amount` (all of it), `reference`, and `to1` to `to8`, of which one behind the first may be `1`: that is all. Shows
/// `share`, `own` and `count`; flag `all` when no more numbers are wanted.
pub const SPLIT: Service = Service { name: "bill", pin: Whose::Nobody, opens: 8, old: Some(split), ..Service::PLAIN };
/// Lists the caller's bills: `paid`, `amount`, `about`.
pub const MINE: Service = Service { name: "bills", pin: Whose::Nobody, old: Some(mine), ..Service::PLAIN };
/// Input `bill`: lists who has paid: `sign`, `amount`, `name`.
pub const SHARES: Service = Service { name: "shares", pin: Whose::Nobody, old: Some(shares), ..Service::PLAIN };
/// Input `bill`: reminds who has not answered; shows `count`.
pub const REMIND: Service = Service { name: "remind_bill", pin: Whose::Nobody, old: Some(remind), ..Service::PLAIN };
/// Input `bill`: takes back what is not paid; shows `count`, `share`.
pub const CANCEL: Service = Service { name: "cancel_bill", pin: Whose::Nobody, old: Some(cancel), ..Service::PLAIN };

/// The inputs with those who share: as many as `SPLIT` opens requests.
const PLACES: [&str; 8] = ["to1", "to2", "to3", "to4", "to5", "to6", "to7", "to8"];
/// What is typed in place of a number when there are no more.
const ALL: &str = "1";
/// When who has not answered is reminded by itself, unless that is at night: then in the morning, when there is an hour left
/// at least.
const REMIND_AFTER: Duration = Duration::from_secs(12 * 3_600);
const MORNING: i8 = 8;
const EVENING: i8 = 21;
/// Between the request or a reminder and one that the asker wants.
const APART: Duration = Duration::from_secs(3_600);
/// Reminders in one go.
const REMIND_BATCH: i64 = 100;
/// Bills are listed of so many days back, and so many shares are looked through for them.
const MINE_DAYS: u32 = 7;
const SHARES_MAX: i64 = 420;

fn split(desk: &mut Desk) -> Result<(), Halt> {
    let asker = desk.person()?;
    let total = desk.amount("amount")?;
    desk.show("amount", total.to_string());
    let reference = reference(desk)?;
    let (payers, turn) = payers(desk, asker)?;
    let count = i64::try_from(payers.len()).unwrap_or(i64::MAX);
    let share_minor = total.minor.div_euclid(count.saturating_add(1));
    if share_minor <= 0 {
        return Err(Refusal::of_field(Reason::AmountTooSmall, "amount").into());
    }
    let share = desk.money(share_minor);
    let own = desk.money(total.minor.saturating_sub(share_minor.saturating_mul(count)));
    desk.show("share", share.to_string());
    desk.show("own", own.to_string());
    desk.show("count", count.to_string());
    let (bill, remind_at) = (desk.fresh_id, reminded_at(desk.house, desk.now).micros());
    let mut changes = vec![turn];
    for ((payer, place), id) in payers.iter().zip(PLACES).zip(bill..) {
        let order = open(desk, asker, payer, share, reference.clone()).map_err(|halt| at(place, halt))?;
        let order = OrderRow { id, bill: Some(bill), remind_at: Some(remind_at), ..order };
        changes.push(told(desk, asker, payer, share, &order)?);
        desk.show("about", about(&order));
        changes.push(Change::OpenOrder(order));
    }
    let ours = desk.shown(&["amount", "about", "share", "own", "count"]);
    changes.push(desk.tell(asker, "sms.bill_sent", ours, None));
    desk.plan.act = Some(Act { kind: "bill", changes, ..Act::default() });
    Ok(())
}

/// Who shares, as far as they were entered, and the turn that their requests take.
fn payers(desk: &mut Desk, asker: &PersonRow) -> Result<(Vec<PersonRow>, Change), Halt> {
    let (mut payers, mut turn): (Vec<PersonRow>, _) = (Vec::new(), None);
    for place in PLACES {
        let Some(typed) = desk.fields.get(place) else { break };
        if typed.trim() == ALL && !payers.is_empty() {
            desk.plan.flags.insert("all".into());
            break;
        }
        let payer = send::payee_in(desk, place)?;
        if payers.iter().any(|other| other.account_id == payer.account_id) {
            return Err(Refusal::of_field(Reason::BillTwice, place).into());
        }
        for (slot, value) in send::party(&payer) {
            desk.show(&slot, value);
        }
        payers.push(payer);
        // whoever was named last is the one too many
        turn = Some(allowed(desk, asker, &payers).map_err(|halt| at(place, halt))?);
    }
    let turn = turn.ok_or_else(|| Refusal::of_field(Reason::FieldMissing, "to1"))?;
    Ok((payers, turn))
}

/// A refusal that is about the number at this place.
fn at(place: &'static str, halt: Halt) -> Halt {
    match halt {
        Halt::Refused(refusal) if refusal.field.is_none_or(|field| field == "to") => {
            Halt::Refused(Refusal { field: Some(place), ..refusal })
        }
        Halt::Refused(_) | Halt::Broken(_) | Halt::Unread => halt,
    }
}

fn mine(desk: &mut Desk) -> Result<(), Halt> {
    let asker = desk.person()?;
    let since = desk.now.minus(DAY.saturating_mul(MINE_DAYS)).micros();
    let requests = rows::requests_of(desk.conn.get()?, asker.account_id, since, SHARES_MAX)?;
    let mut bills: BTreeMap<i64, (i64, i64, String)> = BTreeMap::new();
    for order in requests {
        let Some(bill) = order.bill else { continue };
        let (paid, all, words) = bills.entry(bill).or_default();
        *all = all.saturating_add(order.amount_minor);
        if order.state == "approved" {
            *paid = paid.saturating_add(order.amount_minor);
        }
        *words = about(&order);
    }
    for (bill, (paid, all, words)) in bills.into_iter().rev() {
        let (paid, all) = (desk.money(paid).to_string(), desk.money(all).to_string());
        desk.plan.items.push(item(bill, &[("paid", paid), ("amount", all), ("about", words)]));
    }
    Ok(())
}

/// The shares of the caller's bill that the input names, and who pays them.
fn of_bill(desk: &mut Desk) -> Result<Vec<(OrderRow, PersonRow)>, Halt> {
    let asker = desk.person()?;
    let bill = desk.field("bill")?.parse().map_err(|_text| Reason::RequestGone)?;
    let shares = rows::of_bill(desk.conn.get()?, bill, asker.account_id)?;
    let payers = people::by_accounts(desk.conn.get()?, &Vec::from_iter(shares.iter().map(|order| order.payer)))?;
    let payer = |order: OrderRow| {
        let payer = payers.iter().find(|payer| payer.account_id == order.payer)?;
        Some((order, payer.clone()))
    };
    Ok(shares.into_iter().filter_map(payer).collect())
}

/// Those of them that wait; shows how many, and how much each is.
fn waiting(desk: &mut Desk) -> Result<Vec<(OrderRow, PersonRow)>, Halt> {
    let now = desk.now.micros();
    let mut shares = of_bill(desk)?;
    shares.retain(|(order, _)| order.state == "waiting" && order.expires_at > now);
    let (first, _) = shares.first().ok_or(Reason::RequestGone)?;
    let share = desk.money(first.amount_minor);
    desk.show("share", share.to_string());
    desk.show("count", shares.len().to_string());
    Ok(shares)
}

fn shares(desk: &mut Desk) -> Result<(), Halt> {
    for (order, payer) in of_bill(desk)? {
        let slots = [
            ("sign", sign(&order, desk.now).to_owned()),
            ("amount", desk.money(order.amount_minor).to_string()),
            ("name", send::party(&payer).remove("name").unwrap_or_default().to_string()),
        ];
        desk.plan.items.push(item(order.id, &slots));
    }
    Ok(())
}

fn remind(desk: &mut Desk) -> Result<(), Halt> {
    let asker = desk.person()?;
    let shares = waiting(desk)?;
    let (first, _) = shares.first().ok_or(Reason::RequestGone)?;
    let asked = Timestamp::from_micros(first.created_at);
    let by_itself = reminded_at(desk.house, asked);
    // asked or reminded within the hour, or about to be
    let near = desk.now < asked.plus(APART) || (desk.now > by_itself.minus(APART) && desk.now < by_itself.plus(APART));
    let key = Key::new(Timestamp::from_micros(0), "bill reminded", &first.bill.unwrap_or(first.id).to_be_bytes());
    if near || !sessions::seen_among(desk.conn.get()?, &[key.bytes()])?.is_empty() {
        return Err(Reason::BillReminded.into());
    }
    let mut changes = vec![Change::Take { key }];
    changes.extend(shares.iter().map(|(order, payer)| reminder(desk.house, order, asker, payer, desk.now)));
    desk.plan.act = Some(Act { kind: "remind", changes, ..Act::default() });
    Ok(())
}

/// When those who were asked then are reminded by themselves.
fn reminded_at(house: &House, asked: Timestamp) -> Timestamp {
    reminded_in(&house.market.zone, asked)
}

fn reminded_in(zone: &TimeZone, asked: Timestamp) -> Timestamp {
    let at = asked.plus(REMIND_AFTER);
    let day = Day::of(at, zone);
    let (morning, evening) = (day.at_hour(MORNING, zone), day.at_hour(EVENING, zone));
    if at < morning {
        morning
    } else if at >= evening {
        day.next_day().at_hour(MORNING, zone)
    } else {
        at
    }
}

fn reminder(house: &House, order: &OrderRow, asker: &PersonRow, payer: &PersonRow, now: Timestamp) -> Change {
    let zone = &house.market.zone;
    let (mut slots, expires) = (send::party(asker), Timestamp::from_micros(order.expires_at));
    slots.extend([
        ("amount".into(), Money::new(order.amount_minor, house.market.currency).to_string().into()),
        ("about".into(), about(order).into()),
        ("dial".into(), house.dial.clone().into()),
        ("time".into(), expires.clock_text(zone).into()),
        ("date".into(), expires.date_text(zone).into()),
    ]);
    let template = "sms.request_reminder";
    Change::Tell(super::message(&payer.msisdn, &payer.language, template, &slots, None, now))
}

fn cancel(desk: &mut Desk) -> Result<(), Halt> {
    let asker = desk.person()?;
    let mut changes = Vec::new();
    for (order, payer) in waiting(desk)? {
        changes.push(Change::CloseOrder { order: order.id, state: "cancelled" });
        changes.push(news(desk.house, &payer, "sms.request_cancelled", asker, &order, desk.now));
    }
    desk.plan.act = Some(Act { kind: "cancel", changes, ..Act::default() });
    Ok(())
}

impl Wallet {
    /// Reminds who has not answered their share of a bill; returns how many.
    pub async fn remind(&self) -> Result<usize, StoreError> {
        let now = self.house.clock.now();
        let due = self.store.read(move |conn: &mut Conn| {
            let due = rows::to_remind(conn, now.micros(), REMIND_BATCH)?;
            let both: Vec<i64> = due.iter().flat_map(|order| [order.payer, order.payee]).collect();
            Ok::<_, StoreError>((due, people::by_accounts(conn, &both)?))
        });
        let (due, everybody) = due.await?;
        let mut reminded: usize = 0;
        for order in due {
            let person = |account| everybody.iter().find(|person| person.account_id == account);
            let (Some(asker), Some(payer)) = (person(order.payee), person(order.payer)) else { continue };
            let key = Key::new(Timestamp::from_micros(order.created_at), "reminder", &order.id.to_be_bytes());
            let word = reminder(&self.house, &order, asker, payer, now);
            // another node may be faster, or the answer come in this moment
            let changes = vec![Change::Take { key }, Change::Reminded { order: order.id }, word];
            reminded = reminded.saturating_add(usize::from(self.book.post(self.note(key, changes)).await.is_ok()));
        }
        Ok(reminded)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, reason = "tests stop where they fail")]

    use super::super::LIFE;
    use super::*;

    #[test]
    fn nobody_is_reminded_at_night_or_when_less_than_an_hour_is_left() {
        let zone = jiff::tz::get!("Africa/Nairobi");
        for minute in 0..48 * 60 {
            let asked = Timestamp::from_micros(1_795_431_900_000_000 + minute * 60_000_000);
            let at = reminded_in(&zone, asked);
            let hour: i8 = at.clock_text(&zone).get(..2).unwrap().parse().unwrap();
            assert!((MORNING..EVENING).contains(&hour), "{minute}: {hour}");
            assert!(at >= asked.plus(REMIND_AFTER) && at.plus(APART) <= asked.plus(LIFE), "{minute}");
        }
    }
}
