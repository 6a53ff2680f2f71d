//! What was done under a key, for who has lost the answer: told again from what stands in the book.

use super::{Caller, Plan, Wallet, agent, budget, claim, join, mailbox, parcel, reversal, unavailable};
use crate::ask::{Answer, Ask};
use crate::book::{Key, Receipt};
use crate::refusal::Refusal;
use crate::store::{StoreError, book_rows};
use std::collections::BTreeSet;

/// What leaves no posting, and whose screen says more than was asked for: the count of a drawer, that nothing is there to
/// be held, an address, from when on a budget counts. Each comes by SMS too.
const TOLD: [&str; 5] =
    [agent::shift::CLOSE.name, reversal::UNDO.name, mailbox::PROVE.name, budget::SET.name, budget::REMOVE.name];

impl Wallet {
    /// The answer to something that was done under this key in a run whose own answer was lost. What was typed and
    /// quoted on the way is still known to the conversation; this adds what came of it.
    pub async fn recall(&self, caller: &Caller, ask: &Ask, key: Key) -> Answer {
        let service = ask.service.as_str();
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
            // the screen would say what only that run knew: it is told by SMS
            Ok(None) if TOLD.contains(&service) => Answer::Late,
            // only read, behind a PIN that was right
            Ok(None) if service == parcel::mine::SECRET.name => {
                match self.plan(&parcel::mine::SECRET, caller, ask, Some(key), 0).await {
                    (plan, None) => Answer::Facts { slots: plan.slots, flags: plan.flags },
                    (_plan, Some(refusal)) => Answer::Refused(refusal),
                }
            }
            Ok(None) => {
                let joined =
                    caller.person.as_ref().filter(|_| [join::SERVICE.name, claim::SERVICE.name].contains(&service));
                Answer::Facts { slots: joined.map(join::greeting).unwrap_or_default(), flags: BTreeSet::new() }
            }
            Err(refusal) => Answer::Refused(refusal),
        }
    }

    /// A plan whose key was used before, with what was done then.
    pub(super) async fn repeated(&self, mut plan: Plan, caller: &Caller, ask: &Ask, key: Key) -> Result<Plan, Refusal> {
        match self.recall(caller, ask, key).await {
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
