//! Trials of what waits: people, and orders and requests of theirs as they lie in the table.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    reason = "tests stop where they fail"
)]

mod answers;
mod blocks;
mod expiries;
mod orders;
mod own_orders;
mod requests;
mod splits;
mod standing;
mod standing_work;
mod tables;

use super::super::arrangements::{kind, place};
use super::super::plan::Plan;
use super::super::trial::{NOW, Trial};
use super::{order as orders_kind, payment_request};
use crate::book::{Change, Put};
use crate::id::{Id, PostingId};
use crate::store::arrangement_rows::ArrangementRow;
use crate::store::facts::Found;
use crate::store::people::PersonRow;
use crate::store::wants::Want;
use crate::time::Timestamp;
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

/// A row of a kind that was made just now and waits.
fn row(id: i64, kind: &str, owner: i64, other: i64, due_at: i64, body: String) -> ArrangementRow {
    ArrangementRow {
        id: Id::of(id),
        kind: kind.to_owned(),
        version: 1,
        state: "waiting".into(),
        open: true,
        owner: Id::of(owner),
        other: Some(Id::of(other)),
        account: None,
        subject: String::new(),
        begun_at: NOW.micros(),
        due_at: Some(due_at),
        body,
        begun_by: PostingId::NONE,
        last_posting: PostingId::NONE,
    }
}

/// An order that waits for ten minutes yet, and was made just now.
pub fn order(id: i64, service: &str, payer: i64, payee: i64, amount_minor: i64) -> ArrangementRow {
    let terms = orders_kind::Terms {
        service: service.to_owned(),
        amount_minor,
        assistant: None,
        own: None,
    };
    row(id, "order", payer, payee, NOW.plus(10 * MINUTE).micros(), kind::written(&terms))
}

/// A request that waits for ten minutes yet, and was made just now.
pub fn request(id: i64, payer: i64, asker: i64, amount_minor: i64) -> ArrangementRow {
    request_until(id, payer, asker, amount_minor, "", NOW.plus(10 * MINUTE))
}

/// One that says what it is for.
pub fn request_for(
    id: i64,
    payer: i64,
    asker: i64,
    amount_minor: i64,
    reference: &str,
) -> ArrangementRow {
    request_until(id, payer, asker, amount_minor, reference, NOW.plus(10 * MINUTE))
}

/// One that waits until then.
pub fn request_until(
    id: i64,
    payer: i64,
    asker: i64,
    amount_minor: i64,
    reference: &str,
    expires: Timestamp,
) -> ArrangementRow {
    let expires_at = expires.micros();
    let terms =
        payment_request::Terms { amount_minor, reference: reference.to_owned(), expires_at };
    row(id, "request", asker, payer, expires_at, kind::written(&terms))
}

/// The same, as an answer has left it.
pub fn ended(row: &ArrangementRow, state: &str) -> ArrangementRow {
    let due_at = row.due_at.filter(|_| state == "waiting");
    ArrangementRow { state: state.into(), open: state == "waiting", due_at, ..row.clone() }
}

/// The same, as it ends at this moment.
pub fn until(row: &ArrangementRow, micros: i64) -> ArrangementRow {
    let body = match row.kind.as_str() {
        "request" => {
            let terms: payment_request::Terms = kind::body(row).unwrap();
            kind::written(&payment_request::Terms { expires_at: micros, ..terms })
        }
        _ => row.body.clone(),
    };
    ArrangementRow { due_at: Some(micros), body, ..row.clone() }
}

/// So many of them, with numbers from this one on.
pub fn several(ids: std::ops::Range<i64>, one: &ArrangementRow) -> Vec<ArrangementRow> {
    ids.map(|id| ArrangementRow { id: Id::of(id), ..one.clone() }).collect()
}

/// This is the row with the number 1, or there is none.
pub fn there_is(trial: &mut Trial, row: Option<ArrangementRow>) {
    trial.set(Want::Arrangement(Id::of(1)), Found::Arrangement(row));
}

fn puts(plan: &Plan) -> impl Iterator<Item = &Put> {
    let changes = plan.act.iter().flat_map(|act| &act.changes);
    changes.filter_map(|change| if let Change::Put(put) = change { Some(put) } else { None })
}

/// What a plan begins.
pub fn opened(plan: &Plan) -> Vec<&ArrangementRow> {
    let begun = puts(plan).filter(|put| put.event == "begin" && put.row.version == 1);
    begun.map(|put| &put.row).collect()
}

/// The states that a plan gives to what has begun before.
pub fn closed(plan: &Plan) -> Vec<(i64, &str)> {
    let moved = puts(plan).filter(|put| put.event != "begin" && put.row.version == 2);
    moved.map(|put| (put.row.id.number(), put.row.state.as_str())).collect()
}

/// What lines of a list say, slot by slot.
pub fn lines(plan: &Plan, slots: &[&str]) -> Vec<String> {
    let line = |item: &crate::request::Item| {
        let said: Vec<String> = slots.iter().map(|slot| item.slots[*slot].to_string()).collect();
        format!("{} {}", item.id, said.join(" "))
    };
    plan.items.iter().map(line).collect()
}
