//! What the staff bring about with something that waits: its kind decides, on the same facts as
//! when its time has come, and it is recorded under the name of who did it.

use super::super::Wallet;
use super::super::context::Context;
use super::super::plan::{Act, PlanError};
use super::kind::Kind;
use crate::actor::Actor;
use crate::book::{Key, Posting};
use crate::id::ArrangementId;
use crate::refusal::{Reason, Refusal};
use crate::store::arrangement_rows::{self as rows, ArrangementRow};
use crate::store::{Conn, StoreError};

/// What is made of a row, on the facts of its kind.
pub type Decide =
    Box<dyn Fn(&Context, &ArrangementRow) -> Result<Act, PlanError> + Send + Sync + 'static>;

impl Wallet {
    /// Does what `decide` makes of a row; refused as `gone` by its kind where there is none.
    pub(crate) async fn decide_row(
        &self,
        kind: &'static Kind,
        id: ArrangementId,
        actor: Actor,
        key: Key,
        decide: Decide,
    ) -> Result<(), Refusal> {
        let wallet = self.clone();
        let read = move |conn: &mut Conn| {
            let row = rows::by_id(conn, id)?.filter(|row| row.kind == kind.name);
            let Some(row) = row else { return Ok::<_, StoreError>(None) };
            let now = wallet.clock.now();
            let facts = wallet.facts_of(conn, kind, std::slice::from_ref(&row), now)?;
            Ok(Some(wallet.about(&row, &facts, now, |context| decide(context, &row))))
        };
        let decided = self.store.read(read).await.map_err(|error| {
            tracing::error!(%error, kind = kind.name, "could not be read");
            Refusal::from(Reason::BUSY)
        })?;
        let act = decided.ok_or(kind.gone)?.and_then(|act| act).map_err(PlanError::refusal)?;
        let posting = Posting { actor, ..self.planned(key, act) };
        self.book.post(posting).await.map(|_receipt| ())
    }
}
