//! Payment orders: a payment that the payer asked for by SMS, an agent at a till, or somebody who requests money, waits
//! until the payer approves it on USSD with the PIN, or it expires.

use super::agent::cash_out;
use super::desk::{Act, Desk, Halt};
use super::{Service, Wallet, Whose, item, price, request, send};
use crate::ask::Slots;
use crate::book::{Change, Key};
use crate::money::Money;
use crate::reason::Reason;
use crate::store::agents::{self, OutletRow};
use crate::store::orders::{self, OrderRow};
use crate::store::people::{self, PersonRow};
use crate::store::{Conn, StoreError};
use crate::time::Timestamp;
use std::collections::BTreeMap;
use std::time::Duration;

/// Inputs `to`, `amount`: leaves an order that waits for its payer.
pub const ORDER: Service = Service {
    name: "order",
    pin: Whose::Nobody,
    opens: 1,
    old: Some(order),
    text: Some(crate::wallet::service::ByText::Execute),
    ..Service::PLAIN
};
/// Lists what waits for the caller: `amount`, `name`, `about`.
pub const LIST: Service = Service { name: "orders", pin: Whose::Nobody, old: Some(list), ..Service::PLAIN };
/// Input `order`: pays it.
pub const APPROVE: Service = Service { name: "approve", pin: Whose::Caller, old: Some(approve), ..Service::PLAIN };
/// Input `order`: refuses it.
pub const DECLINE: Service = Service { name: "decline", pin: Whose::Nobody, old: Some(decline), ..Service::PLAIN };

/// How long an order waits, unless it is a request.
pub const LIFE: Duration = Duration::from_secs(30 * 60);
/// Orders of each sort that wait for one payer at most: what others request takes no room from what they want themselves.
const WAITING_MAX: usize = 8;
/// Orders shown to one payer.
const SHOWN_MAX: i64 = 16;
/// Orders that expire in one go.
pub(super) const EXPIRE_BATCH: i64 = 100;

fn order(desk: &mut Desk) -> Result<(), Halt> {
    let payer = desk.person()?;
    let payee = send::payee(desk)?;
    let amount = desk.amount("amount")?;
    desk.channel = price::SMS;
    // the same code that will pay it says whether it could be paid now, and what it costs
    send::payment(desk, &payee, amount)?;
    let row = waiting_for(desk, "send", payer, payee.account_id, amount)?;
    let news = desk.tell(payer, "sms.order", desk.plan.slots.clone(), None);
    desk.plan.act = Some(Act { kind: "order", changes: vec![Change::OpenOrder(row), news], ..Act::default() });
    Ok(())
}

/// An order that waits for `payer`, to whom it is shown how and until when it is answered.
pub(super) fn waiting_for(
    desk: &mut Desk,
    kind: &str,
    payer: &PersonRow,
    payee: i64,
    amount: Money,
) -> Result<OrderRow, Halt> {
    let waiting = orders::waiting(desk.conn.get()?, payer.account_id, desk.now.micros(), SHOWN_MAX)?;
    let requested = kind == request::KIND;
    if waiting.iter().filter(|order| (order.kind == request::KIND) == requested).count() >= WAITING_MAX {
        return Err(Reason::OrdersFull.into());
    }
    let expires = desk.now.plus(if requested { request::LIFE } else { LIFE });
    desk.show("dial", desk.house.dial.clone());
    desk.show("time", expires.clock_text(&desk.house.market.zone));
    Ok(OrderRow {
        id: desk.fresh_id,
        kind: kind.to_owned(),
        payer: payer.account_id,
        payee,
        amount_minor: amount.minor,
        state: "waiting".into(),
        created_at: desk.now.micros(),
        expires_at: expires.micros(),
        reference: String::new(),
        bill: None,
        remind_at: None,
    })
}

fn list(desk: &mut Desk) -> Result<(), Halt> {
    let payer = desk.person()?;
    let waiting = orders::waiting(desk.conn.get()?, payer.account_id, desk.now.micros(), SHOWN_MAX)?;
    let payees = payees(desk.conn.get()?, &waiting)?;
    for order in waiting {
        let name = payees.get(&order.payee).and_then(|payee| payee.sign().remove("name"));
        let amount = desk.money(order.amount_minor).to_string();
        let slots =
            [("amount", amount), ("name", name.unwrap_or_default().to_string()), ("about", request::about(&order))];
        desk.plan.items.push(item(order.id, &slots));
    }
    Ok(())
}

fn approve(desk: &mut Desk) -> Result<(), Halt> {
    let (order, payee) = waiting_order(desk)?;
    let amount = desk.money(order.amount_minor);
    // the price is that of where it was asked for: it was told there
    desk.channel = match order.kind.as_str() {
        "send" => price::SMS,
        "cash_out" => price::AGENT,
        _request => price::USSD,
    };
    let mut act = match &payee {
        Payee::Person(payee) => send::payment(desk, payee, amount)?,
        Payee::Outlet(outlet) => {
            desk.plan.flags.insert("cash".into());
            cash_out::payment(desk, outlet, amount)?
        }
    };
    if order.kind == request::KIND {
        act.kind = request::KIND;
    }
    act.changes.push(Change::CloseOrder { order: order.id, state: "approved" });
    desk.plan.act = Some(act);
    Ok(())
}

fn decline(desk: &mut Desk) -> Result<(), Halt> {
    let (order, payee) = waiting_order(desk)?;
    for (slot, value) in payee.sign() {
        desk.show(&slot, value);
    }
    desk.show("amount", desk.money(order.amount_minor).to_string());
    let mut changes = vec![Change::CloseOrder { order: order.id, state: "declined" }];
    if let Payee::Person(asker) = &payee
        && order.kind == request::KIND
    {
        changes.push(request::news(desk.house, asker, "sms.request_declined", desk.person()?, &order, desk.now));
    }
    desk.plan.act = Some(Act { kind: "decline", changes, ..Act::default() });
    Ok(())
}

/// The order that the input names, if it is the caller's to answer.
fn waiting_order(desk: &mut Desk) -> Result<(OrderRow, Payee), Halt> {
    let payer = desk.person()?;
    let id = desk.field("order")?.parse().map_err(|_text| Reason::OrderGone)?;
    let order = orders::by_id(desk.conn.get()?, id)?.ok_or(Reason::OrderGone)?;
    let open = order.state == "waiting" && order.expires_at > desk.now.micros();
    if !open || order.payer != payer.account_id {
        return Err(Reason::OrderGone.into());
    }
    let payee = payees(desk.conn.get()?, std::slice::from_ref(&order))?.remove(&order.payee);
    Ok((order, payee.ok_or(StoreError::Damaged("an order to nobody"))?))
}

/// To whom an order pays.
enum Payee {
    /// Somebody.
    Person(PersonRow),
    /// An outlet, for cash.
    Outlet(OutletRow),
}

impl Payee {
    /// How the payer sees them.
    fn sign(&self) -> Slots {
        match self {
            Payee::Person(person) => send::party(person),
            Payee::Outlet(outlet) => super::agent::sign(outlet),
        }
    }
}

/// To whom these orders pay, by account.
fn payees(conn: &mut Conn, orders: &[OrderRow]) -> Result<BTreeMap<i64, Payee>, StoreError> {
    let accounts: Vec<i64> = orders.iter().map(|order| order.payee).collect();
    let people = people::by_accounts(conn, &accounts)?.into_iter().map(|p| (p.account_id, Payee::Person(p)));
    let outlets = agents::outlets_of(conn, &accounts)?.into_iter().map(|o| (o.float_account, Payee::Outlet(o)));
    Ok(people.chain(outlets).collect())
}

impl Wallet {
    /// How many orders wait for this account.
    pub async fn orders_waiting(&self, account: i64) -> Result<usize, StoreError> {
        let now = self.house.clock.now().micros();
        let read = move |conn: &mut crate::store::Conn| orders::waiting(conn, account, now, SHOWN_MAX);
        Ok(self.store.read(read).await?.len())
    }

    /// Ends what waited too long: orders, with a word to the payer, and holds. Returns how many ended.
    pub async fn expire(&self) -> Result<usize, StoreError> {
        let now = self.house.clock.now();
        let due = self.store.read(move |conn| {
            let orders = orders::expired(conn, now.micros(), EXPIRE_BATCH)?;
            let payers = people::by_accounts(conn, &Vec::from_iter(orders.iter().map(|o| o.payer)))?;
            let payees = payees(conn, &orders)?;
            Ok::<_, StoreError>((orders, payers, payees))
        });
        let (orders, payers, payees) = due.await?;
        let mut ended: usize = 0;
        for order in orders {
            let payer = payers.iter().find(|p| p.account_id == order.payer);
            let payee = payees.get(&order.payee);
            let posting = self.note(expiry_key(order.expires_at, order.id), self.expired(&order, payer, payee, now));
            // somebody may have answered the order in this moment: then there is nothing to expire
            ended = ended.saturating_add(usize::from(self.book.post(posting).await.is_ok()));
        }
        ended = ended.saturating_add(self.expire_holds(now).await?);
        Ok(ended)
    }

    fn expired(
        &self,
        order: &OrderRow,
        payer: Option<&PersonRow>,
        payee: Option<&Payee>,
        now: Timestamp,
    ) -> Vec<Change> {
        let mut changes = vec![Change::CloseOrder { order: order.id, state: "expired" }];
        if let (Some(payer), Some(Payee::Person(asker))) = (payer, payee)
            && order.kind == request::KIND
        {
            // whoever was asked has no need to hear that nothing came of it
            changes.push(request::news(&self.house, asker, "sms.request_expired", payer, order, now));
        } else if let (Some(payer), Some(payee)) = (payer, payee) {
            let amount = crate::money::Money::new(order.amount_minor, self.house.market.currency).to_string();
            let mut slots =
                Slots::from([("amount".into(), amount.into()), ("dial".into(), self.house.dial.clone().into())]);
            slots.extend(payee.sign());
            let news = super::desk::message(&payer.msisdn, &payer.language, "sms.order_expired", &slots, None, now);
            changes.push(Change::Tell(news));
        }
        changes
    }
}

pub(super) fn expiry_key(expires_at: i64, id: i64) -> Key {
    Key::new(Timestamp::from_micros(expires_at), "expiry", &id.to_be_bytes())
}
