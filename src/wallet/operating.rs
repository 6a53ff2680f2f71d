//! What the operator says, beside the services that people ask for: how well somebody is known,
//! what may be done with an account, which tariff and limits count. Each is recorded in the order
//! of everything else, with who said it and why.

use super::Wallet;
use super::bootstrap::BootstrapError;
use crate::actor::Actor;
use crate::book::{Change, Keep, Key, Posting};
use crate::id::AccountId;
use crate::limits::Tier;
use crate::refusal::Reason;
use crate::store::book_rows::AccountState;
use crate::store::people::{self, PersonRow};
use crate::store::records::Record;
use crate::store::restrictions;
use crate::store::rules::{self, RuleRow};
use crate::time::Timestamp;

/// How the operator's staff sign while they have no names of their own.
const OPERATOR: &str = "operator";

/// Which tariff, or which limits, by the digest of what the file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// `tariff` or `limits`.
    pub name: &'static str,
    /// Of the whole text.
    pub digest: Vec<u8>,
}

impl Wallet {
    /// Says how well somebody is known.
    pub async fn set_tier(&self, account: AccountId, tier: Tier) -> Result<(), BootstrapError> {
        let person = self.store.read(move |conn| people::by_account(conn, account)).await?;
        let Some(person) = person else { return Ok(()) };
        let key = keyed(self.clock.now(), tier.code(), account.number(), person.version);
        let known = PersonRow { tier: tier.code().to_owned(), ..person.next() };
        let change = Change::keep(Record::Person(known), "set_tier");
        self.staff_act("set_tier", key, vec![change]).await
    }

    /// Says what may be done with an account from now on, and why. What was said before is said
    /// once. A closed one stays closed, and only an empty one is closed: `account_closed`,
    /// `invalid`.
    pub async fn restrict(
        &self,
        account: AccountId,
        state: AccountState,
        why: &str,
    ) -> Result<(), BootstrapError> {
        let said = self.store.read(move |conn| restrictions::of(conn, account)).await?;
        if said.state == state {
            return Ok(());
        }
        let now = self.clock.now();
        let key = keyed(now, state.into(), account.number(), said.version);
        let record = Record::Restriction(said.with(state, now));
        let keep = Keep { record, event: state.into(), note: why.to_owned() };
        self.staff_act("restrict", key, vec![Change::Keep(keep)]).await
    }

    /// Says which tariff and which limits count from now on: those that are new. Another node that
    /// says the same at the same moment says it once.
    pub async fn keep_rules(&self, in_use: &[Rule]) -> Result<(), BootstrapError> {
        for rule in in_use {
            let name = rule.name;
            let kept = self.store.read(move |conn| rules::named(conn, name)).await?;
            if kept.digest == rule.digest {
                continue;
            }
            let version = kept.version.saturating_add(1);
            let row = RuleRow { version, digest: rule.digest.clone(), ..kept };
            let named = [&row.digest[..], &version.to_be_bytes()].concat();
            let key = Key::new(self.clock.now(), name, &named);
            let change = Change::keep(Record::Rule(row), "in_use");
            let posting = Posting { kind: "rule", ..self.note(key, vec![change]) };
            match self.book.post(posting).await {
                Err(refusal) if refusal.reason != Reason::STALE => {
                    return Err(BootstrapError::Refused(refusal));
                }
                Ok(_) | Err(_) => {}
            }
        }
        Ok(())
    }

    /// What the operator does, in the order of everything else that is recorded.
    pub(super) async fn staff_act(
        &self,
        kind: &'static str,
        key: Key,
        changes: Vec<Change>,
    ) -> Result<(), BootstrapError> {
        let actor = Actor::Staff(OPERATOR.to_owned());
        let posting = Posting { kind, actor, ..self.note(key, changes) };
        self.book.post(posting).await.map(|_receipt| ()).map_err(BootstrapError::Refused)
    }
}

/// The key of an act on a record as it stands. Two that differ must not have the same: the second
/// would be taken for the first.
pub(super) fn keyed(now: Timestamp, act: &str, id: i64, version: i64) -> Key {
    Key::new(now, act, &[id.to_be_bytes(), version.to_be_bytes()].concat())
}
