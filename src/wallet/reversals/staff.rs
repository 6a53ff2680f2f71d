//! Wrong sends as staff see them: those that the receiver objects to are decided here, and the
//! reason is kept. What nobody decides ends by itself, and the money stays with the receiver.

use super::super::Wallet;
use super::super::arrangements::Role;
use super::super::plan::Act;
use super::super::plan::PlanError;
use super::super::service_config::ServiceConfig;
use super::agree;
use super::reversal::UNDO_GONE;
use super::reversal::{self, Event, KIND, Reversal, State};
use super::undo;
use super::undo::UNDO_NOT;
use crate::actor::Actor;
use crate::book::{HoldMove, Key, Posting};
use crate::reference::Reference;
use crate::refusal::{Reason, Refusal};
use crate::store::arrangement_rows::{self as rows, Search, Side};
use crate::store::people::{self, PersonRow};
use crate::store::{Conn, StoreError, book_rows};
use crate::time::Timestamp;

/// Reversals that are listed.
const LISTED_MAX: i64 = 1_000;

/// A reversal that is not decided.
#[derive(Debug)]
pub struct Case {
    /// The code of the payment.
    pub code: String,
    /// As it is stored.
    pub reversal: Reversal,
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
        let now = self.clock.now();
        let side = Side::Anybody;
        let open = Search { side, kind: KIND.name, open: true, since: 0, limit: LISTED_MAX };
        let read = move |conn: &mut Conn| {
            let mut cases = Vec::new();
            for row in conn.wait(async |asked| rows::find(asked, &open).await)?.iter().rev() {
                let reversal = stored(row)?;
                let (payer, payee) = both(conn, &reversal)?;
                let quota = undo::quota(reversal.payer, now);
                let asked = conn.wait(async |asked| rows::find(asked, &quota).await)?.len();
                let asked_before = i64::try_from(asked).unwrap_or(i64::MAX);
                let code = Reference::of(reversal.terms.payment, &config.reference_key).to_string();
                cases.push(Case { code, reversal, payer, payee, asked_before });
            }
            Ok(cases)
        };
        self.store.read(read).await
    }

    /// One of the staff decides what was asked back: gives it back (only where the receiver objects
    /// or is stopped: until then they may still agree), or leaves it with who has it.
    pub async fn decide_reversal(
        &self,
        by: &str,
        code: &str,
        give_back: bool,
        why: &str,
    ) -> Result<Reversal, Refusal> {
        let payment =
            Reference::parse(code).and_then(|code| code.posting_id(&self.config.reference_key));
        let payment = payment.ok_or(UNDO_NOT)?;
        let read = move |conn: &mut Conn| match conn
            .wait(async |asked| rows::find(asked, &reversal::of_payment(payment)).await)?
            .pop()
        {
            Some(row) => {
                let reversal = stored(&row)?;
                let account = book_rows::account(conn, reversal.payee)?;
                let may_agree = account.is_some_and(|account| account.state.pays());
                both(conn, &reversal).map(|both| Some((reversal, both, may_agree)))
            }
            None => Ok::<_, StoreError>(None),
        };
        let found = self.store.read(read).await.map_err(|error| {
            tracing::error!(%error, "a reversal could not be read");
            Refusal::from(Reason::BUSY)
        })?;
        let (reversal, (payer, payee), may_agree) = found.ok_or(UNDO_NOT)?;
        // the same word again finds it done
        let done = if give_back { State::GivenBack } else { State::Released };
        if reversal.state == done {
            return Ok(reversal);
        }
        let now = self.clock.now();
        let both = (&payer, &payee);
        let decided = decided(&self.config, &reversal, both, may_agree, give_back, why, now);
        let act = decided.map_err(PlanError::refusal)?;
        let posting = self.planned(key(&reversal, give_back), act);
        let posting = Posting { actor: Actor::Staff(by.to_owned()), ..posting };
        match self.book.post(posting).await {
            Ok(_receipt) => Ok(reversal),
            Err(Refusal { reason: Reason::MOVED, .. }) => Err(UNDO_GONE.into()),
            Err(refusal) => Err(refusal),
        }
    }
}

fn stored(row: &rows::ArrangementRow) -> Result<Reversal, StoreError> {
    Reversal::of(row).map_err(|_unreadable| StoreError::Damaged("a reversal"))
}

/// Who asks, and who was paid.
fn both(conn: &mut Conn, reversal: &Reversal) -> Result<(PersonRow, PersonRow), StoreError> {
    let mut person = |account| {
        let found = people::by_account(conn, account)?;
        found.ok_or(StoreError::Damaged("a reversal for nobody"))
    };
    Ok((person(reversal.payer)?, person(reversal.payee)?))
}

/// A key for each decision: the second of two that differ finds that it is decided, and is not
/// taken for the first.
pub(super) fn key(reversal: &Reversal, give_back: bool) -> Key {
    let label = if give_back { "give back" } else { "release" };
    let begun_at = Timestamp::from_micros(reversal.row.begun_at);
    Key::new(begun_at, label, &reversal.terms.payment.number().to_be_bytes())
}

/// What comes of a decision. As long as who was paid may still agree themselves, staff give back
/// only what they objected to.
pub fn decided(
    config: &ServiceConfig,
    reversal: &Reversal,
    (payer, payee): (&PersonRow, &PersonRow),
    may_agree: bool,
    give_back: bool,
    why: &str,
    now: Timestamp,
) -> Result<Act, PlanError> {
    if give_back && may_agree && reversal.state == State::Asked {
        return Err(UNDO_GONE.into());
    }
    if give_back {
        let moved = reversal.moved(Event::GiveBack, Role::Staff, why)?;
        let (legs, holds) = reversal::back(reversal);
        let told = reversal::gone_back(config, reversal, payer, payee, now);
        let changes = [moved].into_iter().chain(told).collect();
        let corrects = Some(reversal.terms.payment);
        return Ok(Act { kind: agree::KIND, legs, holds, changes, corrects, ..Act::default() });
    }
    let moved = reversal.moved(Event::Release, Role::Staff, why)?;
    let told = reversal::stays(config, reversal, payer, payee, now);
    let holds = vec![HoldMove::Release { hold: reversal.hold() }];
    let changes = [moved].into_iter().chain(told).collect();
    Ok(Act { kind: "release", holds, changes, ..Act::default() })
}
