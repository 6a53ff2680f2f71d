//! Orders for cash, until cash is handed out in the new way: what is opened and approved for it.

use super::agent::cash_out;
use super::desk::{Act, Desk, Halt};
use super::price;
use crate::book::Change;
use crate::money::Money;
use crate::reason::Reason;
use crate::store::agents;
use crate::store::orders::{self, OrderRow};
use crate::store::people::PersonRow;
use crate::wallet::waiting::order::OWN;
use crate::wallet::waiting::pending::SHOWN_MAX;

/// Orders of each sort that wait for one payer at most: what others request takes no room from what they want themselves.
const WAITING_MAX: usize = 8;

/// An order that waits for `payer`, to whom it is shown how and until when it is answered.
pub(super) fn waiting_for(
    desk: &mut Desk,
    kind: &str,
    payer: &PersonRow,
    payee: i64,
    amount: Money,
) -> Result<OrderRow, Halt> {
    let waiting = orders::waiting(desk.conn.get()?, payer.account_id, desk.now.micros(), SHOWN_MAX)?;
    if waiting.iter().filter(|order| (OWN.alike)(order)).count() >= WAITING_MAX {
        return Err(Reason::OrdersFull.into());
    }
    let expires = desk.now.plus(OWN.life);
    desk.show("dial", desk.house.dial.clone());
    desk.show("time", expires.time_of_day(&desk.house.market.zone));
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

/// Approves an order for cash that is the caller's to answer.
pub(crate) fn approve(desk: &mut Desk) -> Result<(), Halt> {
    let payer = desk.person()?;
    let id = desk.field("order")?.parse().map_err(|_text| Reason::OrderGone)?;
    let order = orders::by_id(desk.conn.get()?, id)?.ok_or(Reason::OrderGone)?;
    let open = order.state == "waiting" && order.expires_at > desk.now.micros();
    if !open || order.payer != payer.account_id {
        return Err(Reason::OrderGone.into());
    }
    let outlet = agents::outlets_of(desk.conn.get()?, &[order.payee])?.pop().ok_or(Reason::OrderGone)?;
    // the price is that of where it was asked for: it was told there
    desk.channel = price::AGENT;
    desk.plan.flags.insert("cash".into());
    let amount = desk.money(order.amount_minor);
    let mut act: Act = cash_out::payment(desk, &outlet, amount)?;
    act.changes.push(Change::CloseOrder { order: order.id, state: "approved" });
    desk.plan.act = Some(act);
    Ok(())
}
