//! Wrong sends as staff see them: those that the receiver objects to are decided here, and the
//! reason is kept. What nobody decides ends by itself, and the money stays with the receiver.

use super::super::Wallet;
use super::super::plan::Act;
use super::super::service_config::ServiceConfig;
use super::agree::KIND;
use super::reversal::{self, DISPUTED, UNDECIDED, both};
use super::undo::{QUOTA_OVER, UNDO_NOT};
use crate::book::{Change, HoldMove, Key};
use crate::reference::Reference;
use crate::refusal::{Reason, Refusal};
use crate::store::people::PersonRow;
use crate::store::reversal_rows::{self as rows, ReversalRow};
use crate::store::{Conn, StoreError};
use crate::time::Timestamp;

/// Reversals that are listed.
const LISTED_MAX: i64 = 1_000;

/// A reversal that is not decided.
#[derive(Debug)]
pub struct Case {
    /// The code of the payment.
    pub code: String,
    /// As it is stored.
    pub row: ReversalRow,
    /// Who asks.
    pub payer: PersonRow,
    /// Who was paid.
    pub payee: PersonRow,
    /// How often who asks has asked within thirty days.
    pub asked_before: i64,
}

impl Wallet {
    /// What is not decided, the oldest first.
    pub async fn reversals(&self) -> Result<Vec<Case>, StoreError> {
        let config = self.config.clone();
        let since = self.clock.now().minus(QUOTA_OVER).micros();
        let read = move |conn: &mut Conn| {
            let mut cases = Vec::new();
            for row in rows::undecided(conn, LISTED_MAX)? {
                let (payer, payee) = both(conn, &row)?;
                let asked_before = rows::count_since(conn, row.payer, since)?;
                let code = Reference::of(row.payment, &config.reference_key).to_string();
                cases.push(Case { code, row, payer, payee, asked_before });
            }
            Ok(cases)
        };
        self.store.read(read).await
    }

    /// Decides what was asked back: gives it back (only where the receiver objects: until then they
    /// may still agree), or leaves it with who has it.
    pub async fn decide_reversal(
        &self,
        code: &str,
        give_back: bool,
        why: &str,
    ) -> Result<ReversalRow, Refusal> {
        let payment =
            Reference::parse(code).and_then(|code| code.posting_id(&self.config.reference_key));
        let payment = payment.ok_or(UNDO_NOT)?;
        let read = move |conn: &mut Conn| match rows::by_payment(conn, payment)? {
            Some(row) => both(conn, &row).map(|both| Some((row, both))),
            None => Ok::<_, StoreError>(None),
        };
        let found = self.store.read(read).await.map_err(|error| {
            tracing::error!(%error, "a reversal could not be read");
            Refusal::from(Reason::BUSY)
        })?;
        let (row, (payer, payee)) = found.ok_or(UNDO_NOT)?;
        let act = decided(&self.config, &row, (&payer, &payee), give_back, why, self.clock.now());
        self.book.post(self.planned(key(&row, give_back), act)).await.map(|_receipt| row)
    }
}

/// A key for each decision: the second of two that differ finds that it is decided, and is not
/// taken for the first.
pub(super) fn key(row: &ReversalRow, give_back: bool) -> Key {
    let label = if give_back { "give back" } else { "release" };
    Key::new(Timestamp::from_micros(row.asked_at), label, &row.payment.to_be_bytes())
}

/// What comes of a decision.
pub fn decided(
    config: &ServiceConfig,
    row: &ReversalRow,
    (payer, payee): (&PersonRow, &PersonRow),
    give_back: bool,
    why: &str,
    now: Timestamp,
) -> Act {
    let payment = row.payment;
    let why = why.to_owned();
    if give_back {
        let (legs, holds) = reversal::back(row);
        let state = Change::MoveReversal { payment, from: &[DISPUTED], state: "given_back", why };
        let told = reversal::gone_back(config, row, payer, payee, now);
        let changes = [state].into_iter().chain(told).collect();
        return Act { kind: KIND, legs, holds, changes, corrects: Some(payment), ..Act::default() };
    }
    let state = Change::MoveReversal { payment, from: UNDECIDED, state: "released", why };
    let told = reversal::stays(config, row, payer, payee, now);
    let holds = vec![HoldMove::Release { hold: row.hold }];
    let changes = [state].into_iter().chain(told).collect();
    Act { kind: "release", holds, changes, ..Act::default() }
}
