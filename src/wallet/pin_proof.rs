//! The proof of a PIN: what the book compares within the commit, what a wrong one leaves, and what
//! a right one is kept as from then on.

use super::message::Message;
use super::{Caller, Service, Wallet, pin_token, start_pin};
use crate::book::{Change, Credential, Key, SecretKind};
use crate::pin::Pin;
use crate::refusal::{Reason, Refusal};
use crate::request::{Request, Secret};
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
    /// What the book compares within the commit: the PIN of this step, or the one that was typed on
    /// an earlier screen.
    pub(super) fn authorised(
        &self,
        service: &Service,
        caller: &Caller,
        request: &Request,
        row: PinRow,
        key: Key,
    ) -> Result<PinProof, Refusal> {
        start_pin::opens(&row, service.renews_pin, self.clock.now())?;
        if !service.pin_before {
            let secret = request.secret.as_ref();
            return self.pin_proof(caller, secret, row, service.renews_pin, key);
        }
        let token = request.fields.get(pin_token::PROOF);
        let typed = token.and_then(|token| pin_token::read(token, row.id));
        let typed = typed.ok_or_else(|| Refusal::of_field(Reason::FIELD_MISSING, "pin"))?;
        // one that was taken away meanwhile opens nothing
        let tag = if row.tag.is_empty() { Vec::new() } else { typed.tag };
        let credential = self.credential(caller, &PinRow { salt: typed.salt, ..row }, tag, key)?;
        Ok(PinProof { right: vec![Change::ClearPin { pin: credential.pin }], credential })
    }

    /// The same of the PIN of this step. A right one that was kept under an older secret is kept
    /// under the newest from then on, unless it `renews` itself. Where the secret is not known on
    /// this node, nothing is charged: it is no fault of theirs.
    fn pin_proof(
        &self,
        caller: &Caller,
        secret: Option<&Secret>,
        row: PinRow,
        renews: bool,
        key: Key,
    ) -> Result<PinProof, Refusal> {
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
        let credential = self.credential(caller, &row, tag, key)?;
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
        Ok(PinProof { credential, right })
    }

    /// What is compared, and what a wrong PIN leaves: one try for each key. The owner hears of a
    /// lock by SMS: perhaps it was not them.
    fn credential(
        &self,
        caller: &Caller,
        row: &PinRow,
        tag: Vec<u8>,
        key: Key,
    ) -> Result<Credential, Refusal> {
        let person = caller.person.as_ref().ok_or(Reason::NOT_JOINED)?;
        let (to, language) = (&person.msisdn, &person.language);
        let (none, now) = (Slots::new(), self.clock.now());
        let news = super::outgoing::message(to, language, PIN_LOCKED.template, &none, None, now);
        let credential = Credential {
            secret: SecretKind::Pin,
            pin: row.id,
            salt: row.salt.clone(),
            tag,
            wrong: vec![Change::ChargePin { pin: row.id }],
            locked: vec![Change::Tell(news)],
        };
        Ok(charged_once(credential, key))
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
