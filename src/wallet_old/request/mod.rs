//! Requests: somebody asks somebody else for money. What they ask for waits among the other's payments to approve; it is
//! paid with the payer's PIN, at the price of sending, or declined, or it expires, and the asker hears of each.
//!
//! Nobody can be pestered: few requests of one asker wait at a time, fewer for the same person, and who does not want
//! any more of somebody blocks them.

pub mod bill;
pub mod block;

use super::desk::{Act, Desk, Halt, House, message};
use super::join::sounds_official;
use super::{Service, Whose, item, orders, price, send};
use crate::book::{Change, Key};
use crate::money::Money;
use crate::refusal::{Reason, Refusal};
use crate::store::orders::{self as rows, OrderRow};
use crate::store::people::{self, PersonRow};
use crate::text;
use crate::time::Timestamp;
use std::collections::BTreeSet;
use std::time::Duration;

/// Inputs `to`, `amount`, and `reference` where there is one: asks.
pub const ASK: Service = Service {
    name: KIND,
    pin: Whose::Nobody,
    opens: 1,
    old: Some(ask),
    text: Some(crate::wallet::service::ByText::Execute),
    ..Service::PLAIN
};
/// Lists what the caller asked for in the last days: `sign`, `amount`, `name`, `about`.
pub const MINE: Service = Service { name: "requests", pin: Whose::Nobody, old: Some(mine), ..Service::PLAIN };
/// Input `request`: takes it back.
pub const CANCEL: Service = Service { name: "cancel_request", pin: Whose::Nobody, old: Some(cancel), ..Service::PLAIN };

/// What orders and postings call it.
pub const KIND: &str = "request";
/// How long a request waits.
pub const LIFE: Duration = Duration::from_secs(24 * 3_600);
/// Requests of one asker that wait at a time.
const OPEN_MAX: usize = 10;
/// Those for the same person.
const OPEN_TO_ONE_MAX: usize = 2;
/// Those for the same person within a day, whatever became of them: declining must not make room for the next.
const DAILY_TO_ONE_MAX: usize = 3;
/// How far back the quota looks; no asker makes more in a day than may be looked through.
const DAY: Duration = Duration::from_secs(24 * 3_600);
const DAILY_MAX: i64 = 60;
/// How far back the list of one's own requests goes, and how long it gets.
const MINE_WITHIN: Duration = Duration::from_secs(7 * 24 * 3_600);
const MINE_MAX: i64 = 20;

fn ask(desk: &mut Desk) -> Result<(), Halt> {
    let asker = desk.person()?;
    let payer = send::payee(desk)?;
    for (slot, value) in send::party(&payer) {
        desk.show(&slot, value);
    }
    let turn = allowed(desk, asker, std::slice::from_ref(&payer))?;
    let amount = desk.amount("amount")?;
    price::fee(desk, send::SERVICE.name, &payer, amount)?;
    desk.show("amount", amount.to_string());
    let reference = reference(desk)?;
    let order = open(desk, asker, &payer, amount, reference)?;
    desk.show("about", about(&order));
    let sent = desk.shown(&["amount", "name", "phone", "about"]);
    let mut changes = vec![turn, desk.tell(asker, "sms.request_sent", sent, None)];
    changes.push(told(desk, asker, &payer, amount, &order)?);
    changes.push(Change::OpenOrder(order));
    desk.plan.act = Some(Act { kind: "ask", changes, ..Act::default() });
    Ok(())
}

/// What a request is for: nothing where nothing was said, as by SMS.
fn reference(desk: &Desk) -> Result<String, Halt> {
    let Some(words) = desk.fields.get("reference") else { return Ok(String::new()) };
    let plain = text::reference(words).filter(|words| !sounds_official(desk, words));
    Ok(plain.ok_or_else(|| Refusal::of_field(Reason::TextFormat, "reference"))?)
}

/// Whether the asker may ask these people now; and the place that their requests take, which another of the same moment
/// cannot take too.
fn allowed(desk: &mut Desk, asker: &PersonRow, payers: &[PersonRow]) -> Result<Change, Halt> {
    // counted, as the numbers of orders are taken before they are committed: the newest may have a lower one. And counted
    // first: whoever asks between this look and the next takes the place that this one goes by
    let place = rows::requests_made(desk.conn.get()?, asker.account_id)?;
    let of_today = rows::requests_of(desk.conn.get()?, asker.account_id, desk.now.minus(DAY).micros(), DAILY_MAX)?;
    let now = desk.now.micros();
    let open = |order: &&OrderRow| order.state == "waiting" && order.expires_at > now;
    // the shares of one bill wait together
    let waiting: BTreeSet<i64> = of_today.iter().filter(open).map(|order| order.bill.unwrap_or(order.id)).collect();
    let made = of_today.len().saturating_add(payers.len());
    if waiting.len() >= OPEN_MAX || i64::try_from(made).unwrap_or(i64::MAX) > DAILY_MAX {
        return Err(Reason::RequestsFull.into());
    }
    for payer in payers {
        if rows::blocked_by(desk.conn.get()?, payer.account_id)?.contains(&asker.account_id) {
            return Err(Refusal::of_field(Reason::RequestBlocked, "to").into());
        }
        let to_them = || of_today.iter().filter(|order| order.payer == payer.account_id);
        if to_them().filter(open).count() >= OPEN_TO_ONE_MAX || to_them().count() >= DAILY_TO_ONE_MAX {
            return Err(Refusal::of_field(Reason::RequestsFull, "to").into());
        }
    }
    let place = [asker.account_id.to_be_bytes(), place.to_be_bytes()].concat();
    Ok(Change::Take { key: Key::new(Timestamp::from_micros(0), "requests", &place) })
}

/// A request that waits for `payer`.
fn open(
    desk: &mut Desk,
    asker: &PersonRow,
    payer: &PersonRow,
    amount: Money,
    reference: String,
) -> Result<OrderRow, Halt> {
    let row = orders::waiting_for(desk, KIND, payer, asker.account_id, amount).map_err(|halt| match halt {
        // how much waits for somebody is nobody else's business
        Halt::Refused(Refusal { reason: Reason::OrdersFull, .. }) => {
            Refusal::of_field(Reason::RequestsFull, "to").into()
        }
        Halt::Refused(_) | Halt::Broken(_) | Halt::Unread => halt,
    })?;
    Ok(OrderRow { reference, ..row })
}

/// Who is asked hears who asks, for what, and what paying would cost.
fn told(
    desk: &mut Desk,
    asker: &PersonRow,
    payer: &PersonRow,
    amount: Money,
    order: &OrderRow,
) -> Result<Change, Halt> {
    let fee = price::fee(desk, send::SERVICE.name, payer, amount)?;
    let mut slots = send::party(asker);
    let expires = Timestamp::from_micros(order.expires_at);
    let zone = &desk.house.market.zone;
    slots.extend([
        ("amount".into(), amount.to_string().into()),
        ("about".into(), about(order).into()),
        ("fee".into(), desk.money(fee.payer_minor).to_string().into()),
        ("dial".into(), desk.house.dial.clone().into()),
        ("time".into(), expires.clock_text(zone).into()),
        ("date".into(), expires.date_text(zone).into()),
    ]);
    Ok(desk.tell(payer, "sms.request", slots, None))
}

/// How texts say what an order is for: behind a name, or not at all.
pub fn about(order: &OrderRow) -> String {
    if order.reference.is_empty() { String::new() } else { format!(": {}", order.reference) }
}

/// A word to one side of a request about what the other has done.
pub(super) fn news(
    house: &House,
    to: &PersonRow,
    template: &str,
    other: &PersonRow,
    order: &OrderRow,
    now: Timestamp,
) -> Change {
    let mut slots = send::party(other);
    slots.insert("amount".into(), Money::new(order.amount_minor, house.market.currency).to_string().into());
    slots.insert("about".into(), about(order).into());
    Change::Tell(message(&to.msisdn, &to.language, template, &slots, None, now))
}

fn mine(desk: &mut Desk) -> Result<(), Halt> {
    let asker = desk.person()?;
    let since = desk.now.minus(MINE_WITHIN).micros();
    let requests = rows::requests_of(desk.conn.get()?, asker.account_id, since, MINE_MAX)?;
    let payers = people::by_accounts(desk.conn.get()?, &Vec::from_iter(requests.iter().map(|order| order.payer)))?;
    for order in requests {
        let payer = payers.iter().find(|payer| payer.account_id == order.payer);
        let slots = [
            ("sign", sign(&order, desk.now).to_owned()),
            ("amount", desk.money(order.amount_minor).to_string()),
            ("name", payer.and_then(|payer| send::party(payer).remove("name")).unwrap_or_default().to_string()),
            ("about", about(&order)),
        ];
        desk.plan.items.push(item(order.id, &slots));
    }
    Ok(())
}

/// What became of a request, in one sign: paid, waiting, or neither.
fn sign(order: &OrderRow, now: Timestamp) -> &'static str {
    match order.state.as_str() {
        "approved" => "+",
        "waiting" if order.expires_at > now.micros() => "?",
        _closed => "-",
    }
}

/// The request of the caller's that the input names, if it waits, and who was asked.
fn own(desk: &mut Desk) -> Result<(OrderRow, PersonRow), Halt> {
    let asker = desk.person()?;
    let id = desk.field("request")?.parse().map_err(|_text| Reason::RequestGone)?;
    let order = rows::by_id(desk.conn.get()?, id)?.ok_or(Reason::RequestGone)?;
    let open = order.state == "waiting" && order.expires_at > desk.now.micros();
    if !open || order.payee != asker.account_id || order.kind != KIND {
        return Err(Reason::RequestGone.into());
    }
    let payer = people::by_account(desk.conn.get()?, order.payer)?.ok_or(Reason::RequestGone)?;
    for (slot, value) in send::party(&payer) {
        desk.show(&slot, value);
    }
    desk.show("amount", desk.money(order.amount_minor).to_string());
    desk.show("about", about(&order));
    Ok((order, payer))
}

fn cancel(desk: &mut Desk) -> Result<(), Halt> {
    let (order, payer) = own(desk)?;
    let news = news(desk.house, &payer, "sms.request_cancelled", desk.person()?, &order, desk.now);
    let changes = vec![Change::CloseOrder { order: order.id, state: "cancelled" }, news];
    desk.plan.act = Some(Act { kind: "cancel", changes, ..Act::default() });
    Ok(())
}
