//! Wrong sends as staff see them: those that the receiver objects to are decided here, and the reason is kept. What nobody
//! decides ends by itself, and the money stays with the receiver.

use super::super::desk::message;
use super::super::send;
use super::{QUOTA_OVER, UNDECIDED, back, rows};
use crate::ask::Slots;
use crate::book::{Change, HoldMove, Key, Posting};
use crate::money::Money;
use crate::reference::Reference;
use crate::refusal::{Reason, Refusal};
use crate::store::people::{self, PersonRow};
use crate::store::reversals::ReversalRow;
use crate::store::{Conn, StoreError};
use crate::time::Timestamp;
use crate::wallet::{House, Wallet};

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
        let house = self.house.clone();
        let since = house.clock.now().minus(QUOTA_OVER).micros();
        let read = move |conn: &mut Conn| {
            let mut cases = Vec::new();
            for row in rows::undecided(conn, LISTED_MAX)? {
                let (payer, payee) = both(conn, &row)?;
                let asked_before = rows::count_since(conn, row.payer, since)?;
                let code = Reference::of(row.payment, &house.reference_key).to_string();
                cases.push(Case { code, row, payer, payee, asked_before });
            }
            Ok(cases)
        };
        self.store.read(read).await
    }

    /// Decides what was asked back: gives it back (only where the receiver objects: until then they may still agree), or
    /// leaves it with who has it.
    pub async fn decide_reversal(&self, code: &str, give_back: bool, why: &str) -> Result<ReversalRow, Refusal> {
        let payment = Reference::parse(code).and_then(|code| code.posting_id(&self.house.reference_key));
        let payment = payment.ok_or(Reason::UndoNot)?;
        let read = move |conn: &mut Conn| match rows::by_payment(conn, payment)? {
            Some(row) => both(conn, &row).map(|both| Some((row, both))),
            None => Ok::<_, StoreError>(None),
        };
        let found = self.store.read(read).await.map_err(|error| {
            tracing::error!(%error, "a reversal could not be read");
            Refusal::from(Reason::Busy)
        })?;
        let (row, (payer, payee)) = found.ok_or(Reason::UndoNot)?;
        let now = self.house.clock.now();
        // a key for each decision: the second of two that differ finds that it is decided, and is not taken for the first
        let label = if give_back { "give back" } else { "release" };
        let key = Key::new(Timestamp::from_micros(row.asked_at), label, &payment.to_be_bytes());
        let posting = if give_back {
            let (legs, holds) = back(&row);
            let state = Change::MoveReversal { payment, from: &["disputed"], state: "given_back", why: why.to_owned() };
            let mut changes = vec![state];
            changes.push(tell(&self.house, &payer, "sms.undo_back", &row, &payee, Some(payer.account_id), now));
            changes.push(tell(&self.house, &payee, "sms.undo_gave", &row, &payer, Some(payee.account_id), now));
            Posting { kind: "reversal", legs, holds, corrects: Some(payment), ..self.note(key, changes) }
        } else {
            let state = Change::MoveReversal { payment, from: UNDECIDED, state: "released", why: why.to_owned() };
            let mut changes = vec![state];
            changes.extend(over(&self.house, &row, &payer, &payee, now));
            Posting { kind: "release", holds: vec![HoldMove::Release { hold: row.hold }], ..self.note(key, changes) }
        };
        self.book.post(posting).await.map(|_receipt| row)
    }
}

/// Who asks, and who was paid.
fn both(conn: &mut Conn, row: &ReversalRow) -> Result<(PersonRow, PersonRow), StoreError> {
    let mut person = |account| people::by_account(conn, account)?.ok_or(StoreError::Damaged("a reversal for nobody"));
    Ok((person(row.payer)?, person(row.payee)?))
}

/// The reversal behind a hold, with both sides.
pub(crate) fn behind(conn: &mut Conn, hold: i64) -> Result<Option<(ReversalRow, PersonRow, PersonRow)>, StoreError> {
    let Some(row) = rows::by_hold(conn, hold)? else { return Ok(None) };
    let (payer, payee) = both(conn, &row)?;
    Ok(Some((row, payer, payee)))
}

/// What comes with the end of a hold whose time is over: nobody has decided.
pub(crate) fn ended(
    house: &House,
    row: &ReversalRow,
    payer: &PersonRow,
    payee: &PersonRow,
    now: Timestamp,
) -> Vec<Change> {
    let state = Change::MoveReversal { payment: row.payment, from: UNDECIDED, state: "ended", why: String::new() };
    let mut changes = vec![state];
    changes.extend(over(house, row, payer, payee, now));
    changes
}

/// Both hear that the money stays where it is.
fn over(house: &House, row: &ReversalRow, payer: &PersonRow, payee: &PersonRow, now: Timestamp) -> [Change; 2] {
    [
        tell(house, payer, "sms.undo_stays", row, payee, None, now),
        tell(house, payee, "sms.undo_free", row, payer, None, now),
    ]
}

fn tell(
    house: &House,
    to: &PersonRow,
    template: &str,
    row: &ReversalRow,
    other: &PersonRow,
    account: Option<i64>,
    now: Timestamp,
) -> Change {
    Change::Tell(message(&to.msisdn, &to.language, template, &words(house, row, other), account, now))
}

/// What one side is told: how much is held, until when, and who the other is.
pub(super) fn words(house: &House, row: &ReversalRow, other: &PersonRow) -> Slots {
    let mut slots = send::party(other);
    slots.insert("amount".into(), Money::new(row.held_minor, house.market.currency).to_string().into());
    slots.insert("day".into(), Timestamp::from_micros(row.expires_at).date_text(&house.market.zone).into());
    slots.insert("dial".into(), house.dial.clone().into());
    slots
}
