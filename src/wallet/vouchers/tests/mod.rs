//! Trials of vouchers and codes for cash.

mod arriving;
mod cash_codes;
mod chosen;
mod handed_out;
mod redeemed;
mod sending;

use super::super::trial::{NOW, Trial};
use super::voucher::LIFE;
use crate::book::Change;
use crate::id::Id;
use crate::store::agent_rows::CashCodeRow;
use crate::store::facts::Found;
use crate::store::people::PersonRow;
use crate::store::wants::Want;
use crate::wallet::plan::{Act, Plan};
use std::time::Duration;

const AMINA: &str = "+254700000001";
const TO: &str = "+254711222333";

fn amina() -> (Trial, PersonRow) {
    let mut trial = Trial::new();
    let amina = trial.person(Id::of(101), AMINA, "Amina Wanjiru", 100_000);
    (trial, amina)
}

/// A voucher of 300 that Amina sent to `TO` so long ago.
fn voucher(id: i64, place: i64, ago: Duration) -> CashCodeRow {
    CashCodeRow {
        id,
        account_id: Id::of(101),
        hold: id + 1,
        amount_minor: 30_000,
        fee_minor: 3_600,
        state: "open".into(),
        expires_at: NOW.minus(ago).plus(LIFE).micros(),
        tax_minor: 600,
        levy_minor: 100,
        msisdn: Some(TO.into()),
        place: Some(place),
    }
}

/// Amina has sent these.
fn has_sent(trial: &mut Trial, vouchers: Vec<CashCodeRow>) {
    let want = Want::SentUnjoined { payer: Id::of(101), after: NOW.micros(), limit: 200 };
    trial.set(want, Found::Codes(vouchers));
}

/// These wait for `TO`.
fn wait(trial: &mut Trial, vouchers: Vec<CashCodeRow>) {
    trial.set(Want::WaitingFor(TO.into(), NOW.micros()), Found::Codes(vouchers));
}

fn told(act: Act) -> Vec<(String, String)> {
    Plan { act: Some(act), ..Plan::default() }.messages()
}

fn closed(act: &Act) -> Vec<(i64, &'static str)> {
    let closed = |change: &Change| match change {
        Change::CloseCode { code, state } => Some((*code, *state)),
        _ => None,
    };
    act.changes.iter().filter_map(closed).collect()
}
