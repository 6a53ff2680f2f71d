//! What the operator says by the files that a service runs on: which tariff, limits and menus
//! count. Each is recorded in the order of everything else.

use super::Wallet;
use super::bootstrap::BootstrapError;
use crate::book::{Change, Key, Posting};
use crate::refusal::Reason;
use crate::store::records::Record;
use crate::store::rules::{self, RuleRow};
use crate::store::{Conn, StoreError, tariff_texts};

/// Which tariff, limits, bands or menus, by the digest of what the files say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// `tariff`, `limits`, `approvals` or `menus`.
    pub name: &'static str,
    /// Of the whole text.
    pub digest: Vec<u8>,
}

impl Wallet {
    /// Says what counts from now on: that which is new. Another node that
    /// says the same at the same moment says it once.
    pub async fn keep_rules(&self, in_use: &[Rule]) -> Result<(), BootstrapError> {
        let policy = self.policy.get();
        let keep = move |conn: &mut Conn| {
            let tariff = &policy.tariff;
            tariff_texts::keep(conn, tariff.number(), tariff.source_text())
        };
        self.book.write(keep).await?;
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

    /// Those of these that are not what was recorded last; none where nothing was.
    pub async fn differing_rules(&self, own: &[Rule]) -> Result<Vec<&'static str>, StoreError> {
        let mut differing = Vec::new();
        for rule in own {
            let name = rule.name;
            let kept = self.store.read(move |conn| rules::named(conn, name)).await?;
            if kept.version > 0 && kept.digest != rule.digest {
                differing.push(name);
            }
        }
        Ok(differing)
    }
}
