//! Trials of what waits: people, and orders of theirs as they lie in the table.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    reason = "tests stop where they fail"
)]

mod answers;
mod blocks;
mod expiries;
mod orders;
mod requests;
mod splits;
mod standing;
mod standing_work;

use super::super::plan::Plan;
use super::super::trial::{NOW, Trial};
use crate::book::Change;
use crate::id::Id;
use crate::store::order_rows::OrderRow;
use crate::store::people::PersonRow;
use std::time::Duration;

pub const AMINA: &str = "+254700000001";
pub const BARAKA: &str = "+254700000002";
pub const CLAIRE: &str = "+254700000003";
/// Sending costs KES 7 by dialling and KES 9 by a text.
pub const BY_CHANNEL: &str = "
    currency = 'KES'
    channels = ['ussd', 'sms']
    [[send]]
    bands = [{ from = 1, to = 1_000, fee = 7 }]
    [[send]]
    channel = 'sms'
    bands = [{ from = 1, to = 1_000, fee = 9 }]
";
pub const MINUTE: Duration = Duration::from_secs(60);
pub const HOUR: Duration = Duration::from_secs(3_600);

/// Amina (101) with KES 1,000, Baraka (102) with 50 and Claire (103) with 500.
pub fn three() -> (Trial, [PersonRow; 3]) {
    let mut trial = Trial::new();
    let amina = trial.person(Id::of(101), AMINA, "Amina Wanjiru", 100_000);
    let baraka = trial.person(Id::of(102), BARAKA, "Baraka Otieno", 5_000);
    let claire = trial.person(Id::of(103), CLAIRE, "Claire Mwangi", 50_000);
    (trial, [amina, baraka, claire])
}

/// An order that waits for ten minutes yet, and was made just now.
pub fn order(id: i64, kind: &str, payer: i64, payee: i64, amount_minor: i64) -> OrderRow {
    OrderRow {
        id,
        kind: kind.to_owned(),
        payer: Id::of(payer),
        payee: Id::of(payee),
        amount_minor,
        state: "waiting".into(),
        created_at: NOW.micros(),
        expires_at: NOW.plus(10 * MINUTE).micros(),
        reference: String::new(),
        split: None,
        remind_at: None,
    }
}

/// So many of them, with numbers from this one on.
pub fn orders(ids: std::ops::Range<i64>, one: &OrderRow) -> Vec<OrderRow> {
    ids.map(|id| OrderRow { id, ..one.clone() }).collect()
}

/// The orders that a plan opens.
pub fn opened(plan: &Plan) -> Vec<&OrderRow> {
    let changes = plan.act.iter().flat_map(|act| &act.changes);
    changes
        .filter_map(|change| if let Change::OpenOrder(row) = change { Some(row) } else { None })
        .collect()
}

/// The states that a plan gives to orders.
pub fn closed(plan: &Plan) -> Vec<(i64, &'static str)> {
    let changes = plan.act.iter().flat_map(|act| &act.changes);
    let closed = |change: &Change| {
        if let Change::CloseOrder { order, state } = change { Some((*order, *state)) } else { None }
    };
    changes.filter_map(closed).collect()
}

/// What lines of a list say, slot by slot.
pub fn lines(plan: &Plan, slots: &[&str]) -> Vec<String> {
    let line = |item: &crate::request::Item| {
        let said: Vec<String> = slots.iter().map(|slot| item.slots[*slot].to_string()).collect();
        format!("{} {}", item.id, said.join(" "))
    };
    plan.items.iter().map(line).collect()
}
