//! What was done under a key, for who has lost the answer: told again from what stands in the book.

use super::planning::{Given, Planned};
use super::service::{Service, Unrecorded};
use super::{Caller, Wallet, receipt, unavailable};
use crate::book::{Key, Receipt};
use crate::refusal::{Reason, Refusal};
use crate::request::{Answer, Request};
use crate::store::{StoreError, book_rows};
use crate::time::Timestamp;
use crate::value::Slots;
use std::collections::BTreeSet;

impl Wallet {
    /// The answer to something that was done under this key in a run whose own answer was lost.
    /// What was typed and quoted on the way is still known to the conversation; this adds what came
    /// of it.
    pub async fn replay(&self, caller: &Caller, request: &Request, key: Key) -> Answer {
        let Some(service) = super::service(&request.service) else {
            return Answer::Refused(Reason::SERVICE_UNKNOWN.into());
        };
        match self.committed(key).await {
            Ok(receipt) => self.told_again(service, caller, request, key, receipt).await,
            Err(refusal) => Answer::Refused(refusal),
        }
    }

    /// What a receipt says of what was recorded under this key; nothing where nothing was.
    pub async fn receipt_of(&self, key: Key) -> Result<Option<Slots>, StoreError> {
        let found = self.store.read(move |conn| book_rows::postings_with(conn, &[key.bytes()]));
        let posting = found.await?.pop();
        Ok(posting.map(|row| {
            receipt::slots(&self.config, Some(row.id), Timestamp::from_micros(row.at), None)
        }))
    }

    async fn told_again(
        &self,
        service: &'static Service,
        caller: &Caller,
        request: &Request,
        key: Key,
        receipt: Option<Receipt>,
    ) -> Answer {
        let replay = &service.replay;
        let given = Given {
            key: Some(key),
            fresh_id: 0,
            posting: receipt.as_ref().and_then(|receipt| receipt.posting),
        };
        let slots =
            receipt.as_ref().map(|receipt| self.receipt_slots(receipt, caller)).unwrap_or_default();
        let shows = match (receipt, replay.recorded, replay.unrecorded) {
            (Some(_), Some(decide), _) | (None, _, Unrecorded::Shows(decide)) => decide,
            (_, _, Unrecorded::Told) => return Answer::Late,
            (Some(_), None, _) | (None, _, Unrecorded::Nothing) => return facts(slots),
            (None, _, Unrecorded::Again) => {
                return answered(slots, self.plan(service, caller, request, given).await);
            }
        };
        answered(slots, self.planned_by(service, replay.wants, shows, caller, request, given).await)
    }

    async fn committed(&self, key: Key) -> Result<Option<Receipt>, Refusal> {
        let found = self.store.read(move |conn| {
            let Some(row) = book_rows::postings_with(conn, &[key.bytes()])?.pop() else {
                return Ok(None);
            };
            let legs = book_rows::entries_of(conn, row.id)?;
            Ok(Some(Receipt::again(&row, &legs)))
        });
        found.await.map_err(|e: StoreError| unavailable(&e))
    }
}

fn facts(slots: Slots) -> Answer {
    Answer::Facts { slots, flags: BTreeSet::new() }
}

fn answered(mut slots: Slots, planned: Planned) -> Answer {
    if let Some(refusal) = planned.refused {
        return Answer::Refused(refusal);
    }
    slots.extend(planned.plan.slots);
    Answer::Facts { slots, flags: planned.plan.flags }
}
