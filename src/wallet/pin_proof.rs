//! The proof of a PIN: what the book compares within the commit, what a wrong one leaves, and what
//! a right one is kept as from then on.

use super::message::Message;
use super::{Caller, Wallet};
use crate::book::{Change, Credential, Key, SecretKind};
use crate::pin::Pin;
use crate::refusal::{Reason, Refusal};
use crate::request::Secret;
use crate::store::pins::PinRow;
use crate::store::records::Record;
use crate::value::Slots;
use secrecy::ExposeSecret;

/// What the wallet says of itself, whatever the service.
pub const MESSAGES: &[&Message] = &[&PIN_LOCKED];

/// What a locked PIN is told with.
const PIN_LOCKED: Message = Message::plain("sms.pin_locked", &[]);

/// A PIN to be compared, and what changes when it is right.
pub(super) struct PinProof {
    pub(super) credential: Credential,
    pub(super) right: Vec<Change>,
}

impl Wallet {
    /// What the book compares within the commit, and what a wrong PIN leaves: one try for each key.
    /// The owner hears of a lock by SMS: perhaps it was not them. A right one that was kept under
    /// an older secret is kept under the newest from then on, unless it `renews` itself. Where the
    /// secret is not known on this node, nothing is charged: it is no fault of theirs.
    pub(super) fn pin_proof(
        &self,
        caller: &Caller,
        secret: Option<&Secret>,
        row: PinRow,
        renews: bool,
        key: Key,
    ) -> Result<PinProof, Refusal> {
        let person = caller.person.as_ref().ok_or(Reason::NOT_JOINED)?;
        let id = row.id;
        let pin = Pin::parse(entered(secret)?)?;
        // one that was taken away has no tag, and opens nothing
        let tag = if row.tag.is_empty() {
            Vec::new()
        } else {
            let keys = &self.config.pin_keys;
            let Some(tag) = keys.tag(row.key_version, id, &row.salt, &pin) else {
                tracing::error!(
                    pin = %id,
                    "a PIN is kept under a secret that this node was not given"
                );
                return Err(Reason::BUSY.into());
            };
            tag.to_vec()
        };
        let now = self.clock.now();
        let news = super::outgoing::message(
            &person.msisdn,
            &person.language,
            PIN_LOCKED.template,
            &Slots::new(),
            None,
            now,
        );
        let mut right = vec![Change::ClearPin { pin: id }];
        if !renews && row.key_version != i64::from(self.config.pin_keys.current().version) {
            let kept = PinRow {
                version: row.version.saturating_add(1),
                start_until: row.start_until,
                attempts: row.attempts,
                ..self.config.tagged(id, &pin, self.randomness.bytes())
            };
            right.push(Change::keep(Record::Pin(kept), "retag"));
        }
        let credential = Credential {
            secret: SecretKind::Pin,
            pin: id,
            salt: row.salt,
            tag,
            wrong: vec![Change::ChargePin { pin: id }],
            locked: vec![Change::Tell(news)],
        };
        Ok(PinProof { credential: charged_once(credential, key), right })
    }
}

/// A wrong secret costs a try, and that once for this key.
pub(super) fn charged_once(credential: Credential, key: Key) -> Credential {
    let once = Change::Dedup { key: key.within("try") };
    Credential { wrong: [once].into_iter().chain(credential.wrong).collect(), ..credential }
}

/// What was typed.
pub(super) fn entered(secret: Option<&Secret>) -> Result<&str, Refusal> {
    Ok(secret.ok_or_else(|| Refusal::of_field(Reason::FIELD_MISSING, "pin"))?.expose_secret())
}
