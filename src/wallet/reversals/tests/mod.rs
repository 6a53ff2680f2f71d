//! Trials of reversals.

mod asking;
mod deciding;

use super::super::trial::{NOW, Trial, posting};
use crate::book::Change;
use crate::id::Id;
use crate::store::facts::{Found, Whole};
use crate::store::people::PersonRow;
use crate::store::reversal_rows::ReversalRow;
use crate::store::wants::Want;

const AMINA: &str = "+254700000001";
const BARAKA: &str = "+254700000002";
const PAYMENT: i64 = 500;

/// Amina sent 200 to Baraka, three minutes ago; he has 1,000.
fn two() -> (Trial, PersonRow, PersonRow) {
    let mut trial = Trial::new();
    let amina = trial.person(Id::of(101), AMINA, "Amina Wanjiru", 50_000);
    let baraka = trial.person(Id::of(102), BARAKA, "Baraka Otieno", 100_000);
    trial.set(Want::Posting(PAYMENT), Found::Posting(Some(sent(PAYMENT, 3))));
    (trial, amina, baraka)
}

fn sent(id: i64, minutes_ago: u64) -> Whole {
    posting(id, "send", minutes_ago, &[(101, -20_700), (102, 20_000), (2, 700)])
}

/// It is asked back, and 150 of it are held until the last of the month.
fn asked(state: &str) -> ReversalRow {
    ReversalRow {
        payment: PAYMENT,
        payer: Id::of(101),
        payee: Id::of(102),
        hold: 77,
        amount_minor: 20_000,
        held_minor: 15_000,
        state: state.into(),
        why: String::new(),
        asked_at: NOW.micros(),
        expires_at: NOW.plus(std::time::Duration::from_secs(7 * 24 * 3_600)).micros(),
    }
}

fn moved(changes: &[Change]) -> Vec<(&'static [&'static str], &'static str, String)> {
    let moved = |change: &Change| match change {
        Change::MoveReversal { payment: PAYMENT, from, state, why } => {
            Some((*from, *state, why.clone()))
        }
        _ => None,
    };
    changes.iter().filter_map(moved).collect()
}
