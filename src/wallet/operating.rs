//! What the operator says, beside the services that people ask for: which tariff and limits count,
//! and what else is no service. Each is recorded in the order of everything else, with who said
//! it.

use super::Wallet;
use super::bootstrap::BootstrapError;
use crate::actor::Actor;
use crate::book::{Change, Keep, Key, Posting};
use crate::refusal::Reason;
use crate::store::records::Record;
use crate::store::rules::{self, RuleRow};
use crate::time::Timestamp;

/// Which tariff, or which limits, by the digest of what the file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// `tariff` or `limits`.
    pub name: &'static str,
    /// Of the whole text.
    pub digest: Vec<u8>,
}

/// Who does something on the operator's behalf, and why.
#[derive(Debug, Clone)]
pub struct Behalf {
    /// Who.
    pub actor: Actor,
    /// Why: it is kept with what changes.
    pub why: String,
}

impl Behalf {
    /// The service itself, as it begins.
    pub fn of_service() -> Behalf {
        Behalf { actor: Actor::Service, why: String::new() }
    }

    /// The change that stores a record, with why.
    pub(super) fn keeps(&self, record: Record, event: &'static str) -> Change {
        Change::Keep(Keep { record, event, note: self.why.clone() })
    }
}

impl Wallet {
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

    /// What somebody does on the operator's behalf, in the order of everything else that is
    /// recorded.
    pub(super) async fn recorded(
        &self,
        by: &Behalf,
        kind: &'static str,
        key: Key,
        changes: Vec<Change>,
    ) -> Result<(), BootstrapError> {
        let actor = by.actor.clone();
        let posting = Posting { kind, actor, ..self.note(key, changes) };
        self.book.post(posting).await.map(|_receipt| ()).map_err(BootstrapError::Refused)
    }
}

/// The key of an act on a record as it stands. Two that differ must not have the same: the second
/// would be taken for the first.
pub(super) fn keyed(now: Timestamp, act: &str, id: i64, version: i64) -> Key {
    Key::new(now, act, &[id.to_be_bytes(), version.to_be_bytes()].concat())
}
