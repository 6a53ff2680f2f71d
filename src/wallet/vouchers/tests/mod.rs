//! Trials of vouchers and codes for cash.

mod arriving;
mod cash_codes;
mod chosen;
mod handed_out;
mod joining;
mod redeemed;
mod sending;
mod tables;

use super::super::arrangements::kind;
use super::super::trial::{NOW, Trial};
use super::cash_code;
use super::code::Agreed;
use super::voucher::{self, LIFE, Terms};
use crate::book::Change;
use crate::id::Id;
use crate::phone::Msisdn;
use crate::store::arrangement_rows::ArrangementRow;
use crate::store::facts::Found;
use crate::store::people::PersonRow;
use crate::store::wants::Want;
use crate::time::Timestamp;
use crate::wallet::plan::{Act, Plan};
use std::time::Duration;

const AMINA: &str = "+254700000001";
const TO: &str = "+254711222333";
const NEEMA: i64 = 109;

fn amina() -> (Trial, PersonRow) {
    let mut trial = Trial::new();
    let amina = trial.person(Id::of(101), AMINA, "Amina Wanjiru", 100_000);
    (trial, amina)
}

fn number() -> Msisdn {
    Msisdn::from_e164(TO).unwrap()
}

fn agreed(expires: Timestamp) -> Agreed {
    Agreed {
        amount_minor: 30_000,
        fee_minor: 3_600,
        tax_minor: 600,
        levy_minor: 100,
        expires_at: expires.micros(),
    }
}

/// A code for 300 in cash that Amina has just made.
fn code(id: i64) -> ArrangementRow {
    let agreed = agreed(NOW.plus(Duration::from_secs(29 * 60)));
    ArrangementRow {
        id: Id::of(id),
        kind: cash_code::KIND.name.into(),
        version: 1,
        state: "open".into(),
        open: true,
        owner: Id::of(101),
        other: None,
        account: None,
        subject: String::new(),
        begun_at: NOW.micros(),
        due_at: Some(agreed.expires_at),
        body: kind::written(&agreed),
        begun_by: Id::of(id + 1),
        last_posting: Id::of(id + 1),
    }
}

/// A voucher of 300 that Amina sent to `TO` so long ago.
fn voucher(id: i64, place: i64, ago: Duration) -> ArrangementRow {
    let sent = NOW.minus(ago);
    let agreed = agreed(sent.plus(LIFE));
    let terms = Terms { agreed, place, told_at: None, quiet: false };
    ArrangementRow {
        kind: voucher::KIND.name.into(),
        state: "waiting".into(),
        subject: TO.into(),
        begun_at: sent.micros(),
        due_at: Some(agreed.expires_at),
        body: kind::written(&terms),
        ..code(id)
    }
}

/// The same once it waits no more.
fn over(state: &str, row: ArrangementRow) -> ArrangementRow {
    assert!(!voucher::KIND.open.contains(&state));
    ArrangementRow { version: 2, state: state.into(), open: false, due_at: None, ..row }
}

/// Amina has sent these.
fn has_sent(trial: &mut Trial, mut vouchers: Vec<ArrangementRow>) {
    vouchers.reverse();
    let search = voucher::sent_by(Id::of(101), NOW);
    trial.set(Want::Arrangements(search), Found::Arrangements(vouchers));
}

/// These wait for `TO`.
fn wait(trial: &mut Trial, mut vouchers: Vec<ArrangementRow>) {
    vouchers.reverse();
    let search = voucher::made_out_to(&number());
    trial.set(Want::Arrangements(search), Found::Arrangements(vouchers));
}

/// Amina has made these codes.
fn has_made(trial: &mut Trial, mut codes: Vec<ArrangementRow>) {
    codes.reverse();
    let search = cash_code::of_owner(Id::of(101));
    trial.set(Want::Arrangements(search), Found::Arrangements(codes));
}

fn told(act: Act) -> Vec<(String, String)> {
    Plan { act: Some(act), ..Plan::default() }.messages()
}

/// What happened to arrangements with an act, and where that leaves each.
fn moved(act: &Act) -> Vec<(i64, &'static str, &str)> {
    let moved = act.changes.iter().filter_map(|change| match change {
        Change::Put(put) if put.row.version > 1 => {
            Some((put.row.id.number(), put.event, put.row.state.as_str()))
        }
        _ => None,
    });
    moved.collect()
}

/// The arrangement that an act begins.
fn begun(act: &Act) -> ArrangementRow {
    let begun = act.changes.iter().find_map(|change| match change {
        Change::Put(put) if put.row.version == 1 => Some(put.row.clone()),
        _ => None,
    });
    begun.unwrap()
}
