//! What was done under a key, for who has lost the answer: told again from what stands in the book.

use super::{Caller, Plan, Service, Wallet, agent, claim, join, parcel, reversal, unavailable};
use crate::ask::Answer;
use crate::book::{Key, Receipt};
use crate::refusal::Refusal;
use crate::store::{StoreError, book_rows};
use std::collections::BTreeSet;

impl Wallet {
    /// The answer to something that was done under this key in a run whose own answer was lost. What was typed and
    /// quoted on the way is still known to the conversation; this adds what came of it.
    pub async fn recall(&self, caller: &Caller, service: &str, key: Key) -> Answer {
        match self.committed(key).await {
            Ok(Some(receipt)) => {
                let mut plan = self.with_receipt(Plan::default(), &receipt, caller);
                if service == agent::code::MAKE.name {
                    plan.slots.insert("cash_code".into(), agent::code::digits(&self.house, &key));
                }
                if service == parcel::SEND.name {
                    match self.secret_behind(receipt.posting, &key).await {
                        Ok(secret) => plan.slots.extend(secret),
                        Err(refusal) => return Answer::Refused(refusal),
                    }
                }
                if service == reversal::UNDO.name {
                    match self.held_behind(receipt.posting).await {
                        Ok(held) => plan.slots.extend(held),
                        Err(refusal) => return Answer::Refused(refusal),
                    }
                }
                Answer::Facts { slots: plan.slots, flags: plan.flags }
            }
            // the count of a drawer, and that nothing is there to be held, is told by SMS
            Ok(None) if [agent::shift::CLOSE.name, reversal::UNDO.name].contains(&service) => Answer::Late,
            Ok(None) => {
                let joined =
                    caller.person.as_ref().filter(|_| [join::SERVICE.name, claim::SERVICE.name].contains(&service));
                Answer::Facts { slots: joined.map(join::greeting).unwrap_or_default(), flags: BTreeSet::new() }
            }
            Err(refusal) => Answer::Refused(refusal),
        }
    }

    /// A plan whose key was used before, with what was done then.
    pub(super) async fn repeated(
        &self,
        mut plan: Plan,
        service: &Service,
        caller: &Caller,
        key: Key,
    ) -> Result<Plan, Refusal> {
        match self.recall(caller, service.name, key).await {
            Answer::Facts { slots, .. } => plan.slots.extend(slots),
            Answer::Refused(refusal) => return Err(refusal),
            Answer::Items(_) | Answer::Late => {}
        }
        Ok(plan)
    }

    async fn committed(&self, key: Key) -> Result<Option<Receipt>, Refusal> {
        let found = self.store.read(move |conn| {
            let Some(row) = book_rows::postings_with(conn, &[key.bytes()])?.pop() else { return Ok(None) };
            let legs = book_rows::entries_of(conn, row.id)?;
            let balances = legs.iter().map(|leg| (leg.account_id, leg.balance_minor)).collect();
            let at = crate::time::Timestamp::from_micros(row.at);
            Ok(Some(Receipt { posting: row.id, at, repeated: true, balances }))
        });
        found.await.map_err(|e: StoreError| unavailable(&e))
    }
}
