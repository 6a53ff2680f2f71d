//! Trials of reversals.

mod asking;
mod deciding;
mod tables;

use super::super::arrangements::kind;
use super::super::trial::{NOW, Trial, posting};
use super::reversal::{KIND, Terms};
use crate::book::Change;
use crate::id::{ArrangementId, Id};
use crate::store::arrangement_rows::ArrangementRow;
use crate::store::facts::{Found, Whole};
use crate::store::people::PersonRow;
use crate::store::wants::Want;

const AMINA: &str = "+254700000001";
const BARAKA: &str = "+254700000002";
const PAYMENT: i64 = 500;
const REVERSAL: ArrangementId = Id::of(9_000);

/// Amina sent 200 to Baraka, three minutes ago; he has 1,000.
fn two() -> (Trial, PersonRow, PersonRow) {
    let mut trial = Trial::new();
    let amina = trial.person(Id::of(101), AMINA, "Amina Wanjiru", 50_000);
    let baraka = trial.person(Id::of(102), BARAKA, "Baraka Otieno", 100_000);
    trial.set(Want::Posting(Id::of(PAYMENT)), Found::Posting(Some(sent(PAYMENT, 3))));
    (trial, amina, baraka)
}

fn sent(id: i64, minutes_ago: u64) -> Whole {
    posting(id, "send", minutes_ago, &[(101, -20_700), (102, 20_000), (2, 700)])
}

/// It is asked back, and 150 of it are held until the last of the month.
fn asked(state: &str) -> ArrangementRow {
    let terms = Terms {
        payment: Id::of(PAYMENT),
        amount_minor: 20_000,
        held_minor: 15_000,
        expires_at: NOW.plus(std::time::Duration::from_secs(7 * 24 * 3_600)).micros(),
        beyond: false,
    };
    let open = KIND.open.contains(&state);
    ArrangementRow {
        id: REVERSAL,
        kind: "reversal".into(),
        version: 1,
        state: state.into(),
        open,
        owner: Id::of(101),
        other: Some(Id::of(102)),
        account: None,
        subject: PAYMENT.to_string(),
        begun_at: NOW.micros(),
        due_at: open.then_some(terms.expires_at),
        body: kind::written(&terms),
        begun_by: Id::of(77),
        last_posting: Id::of(77),
    }
}

fn moved(changes: &[Change]) -> Vec<(&'static str, String, String)> {
    let moved = |change: &Change| match change {
        Change::Put(put) if put.row.id == REVERSAL && put.row.version == 2 => {
            Some((put.event, put.row.state.clone(), put.note.clone()))
        }
        _ => None,
    };
    changes.iter().filter_map(moved).collect()
}

/// What the change says that happened, and what came of it.
fn event(event: &'static str, state: &str, note: &str) -> (&'static str, String, String) {
    (event, state.to_owned(), note.to_owned())
}
