//! Trials of what the staff do about Amina's wallet.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests stop where they fail"
)]

mod locked_pins;
mod stacked;
mod whoever_may;

use super::super::Caller;
use super::super::plan::Act;
use super::super::tests::trial::{NOW, Trial};
use super::freeze::{self, Basis, KIND, Order, Way};
use super::sim_change;
use crate::book::{Change, Keep};
use crate::id::{Id, PostingId};
use crate::store::arrangement_rows::ArrangementRow;
use crate::store::book_rows::AccountState;
use crate::store::facts::Found;
use crate::store::people::PersonRow;
use crate::store::records::Record;
use crate::store::restrictions::RestrictionRow;
use crate::store::staff_rows::{StaffRow, StaffState};
use crate::store::wants::Want;

const PHONE: &str = "0700000001";
const AMINA: i64 = 101;

fn world() -> (Trial, PersonRow) {
    let mut trial = Trial::new();
    let amina = trial.person(Id::of(AMINA), "+254700000001", "Amina Wanjiru", 100_000);
    (trial, amina)
}

/// Somebody of the staff with these roles.
fn staff(roles: &str) -> Caller {
    let row = StaffRow {
        id: Id::of(7),
        version: 1,
        last_posting: PostingId::NONE,
        name: "asha".to_owned(),
        msisdn: "+254722000001".to_owned(),
        language: "en".to_owned(),
        roles: roles.to_owned(),
        state: StaffState::Active,
        password: String::new(),
        factor: Vec::new(),
        factor_step: 0,
        link: Vec::new(),
        link_until: None,
        locked_until: None,
        misses: 0,
        seen_at: 0,
        out_until: 0,
    };
    Caller::of_staff(row).unwrap()
}

/// An order that lies on her account.
fn order(id: i64, way: Way, due_at: Option<i64>) -> ArrangementRow {
    let amount_minor = if way == Way::Amount { 20_000 } else { 0 };
    let order = Order {
        way,
        basis: Basis::Court,
        reference: "HC 12/26".to_owned(),
        by: "otis".to_owned(),
        why: "an order of the court".to_owned(),
        amount_minor,
    };
    ArrangementRow {
        id: Id::of(id),
        kind: KIND.name.to_owned(),
        version: 1,
        state: "in_force".to_owned(),
        open: true,
        owner: Id::of(8),
        other: Some(Id::of(AMINA)),
        account: None,
        subject: String::new(),
        begun_at: NOW.micros(),
        due_at,
        body: serde_json::to_string(&order).unwrap(),
        begun_by: Id::of(id + 1_000),
        last_posting: PostingId::NONE,
    }
}

/// These lie on it, and the book heeds what comes of them.
fn lie(trial: &mut Trial, amina: &PersonRow, rows: &[ArrangementRow], state: AccountState) {
    trial.set(
        Want::Arrangements(freeze::search(amina.account_id)),
        Found::Arrangements(rows.to_vec()),
    );
    let said = RestrictionRow::none(amina.account_id).with(state, NOW);
    trial.set(Want::Stopped(amina.account_id), Found::Restriction(Some(said)));
    trial.change(amina, |holder| holder.account.state = state);
}

/// Her SIM was changed, which counts until then.
fn swapped(trial: &mut Trial, amina: &PersonRow, until: i64) {
    let row = ArrangementRow {
        kind: sim_change::KIND.name.to_owned(),
        state: "recent".to_owned(),
        ..order(900, Way::Out, Some(until))
    };
    trial.set(sim_change::want(amina.account_id), Found::Arrangements(vec![row]));
}

/// What the book is to heed from now on, at which version.
fn heeded(act: &Act) -> Option<(AccountState, i64)> {
    act.changes.iter().find_map(|change| match change {
        Change::Keep(Keep { record: Record::Restriction(row), .. }) => {
            Some((row.state, row.version))
        }
        _ => None,
    })
}
