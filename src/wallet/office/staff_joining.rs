//! Beginning to work here: the very first person, by whoever runs the program; everybody else with
//! the link they were given, for which they choose a password and set up their second factor.

use super::super::{Wallet, unavailable};
use super::sign_in::digest;
use super::staff_list::invited;
use crate::actor::Actor;
use crate::book::{Change, Key, Posting};
use crate::id::StaffId;
use crate::phone::Msisdn;
use crate::refusal::{Reason, Refusal};
use crate::seal::to_hex;
use crate::staff::role::{self, Role};
use crate::staff::second_factor::SECRET_BYTES;
use crate::staff::{password, second_factor};
use crate::store::records::Record;
use crate::store::staff_rows::{self, StaffRow, StaffState};
use crate::time::Timestamp;
use secrecy::SecretString;

/// The secret that an app is given, until it has shown a code.
pub type FactorSecret = [u8; SECRET_BYTES];

impl Wallet {
    /// Whether anybody ever worked here.
    pub async fn has_staff(&self) -> Result<bool, Refusal> {
        let all = self.store.read(staff_rows::all).await.map_err(|error| unavailable(&error))?;
        Ok(!all.is_empty())
    }

    /// The first one, who may say who else works here: their link. Only where nobody ever did:
    /// otherwise `not_allowed`.
    pub async fn found_staff(&self, name: &str, phone: &Msisdn) -> Result<String, Refusal> {
        if self.has_staff().await? {
            return Err(Reason::NOT_ALLOWED.into());
        }
        let id = StaffId::of(self.book.fresh_id().await.map_err(|error| unavailable(&error))?);
        let link = to_hex(&self.randomness.bytes::<16>());
        let roles = role::written(&[Role::Admin]);
        let now = self.clock.now().micros();
        let row = invited(None, (id, name, phone.e164()), &roles, &link, now);
        // there is one such key for ever: of two at one moment one is the first
        let key = Key::new(Timestamp::from_micros(0), "first of the staff", &[]);
        let change = Change::keep(Record::Staff(Box::new(row)), "invite");
        let posting = Posting { kind: "found_staff", ..self.note(key, vec![change]) };
        let receipt = self.book.post(Posting { actor: Actor::Service, ..posting }).await?;
        if receipt.repeated { Err(Reason::NOT_ALLOWED.into()) } else { Ok(link) }
    }

    /// Whose link this is, while it is good: `code_gone` otherwise.
    pub async fn invited_by(&self, link: &str) -> Result<StaffRow, Refusal> {
        // as it came, whole or its end alone
        let kept = digest(link.rsplit('/').next().unwrap_or(link));
        let now = self.clock.now().micros();
        let all = self.store.read(staff_rows::all).await.map_err(|error| unavailable(&error))?;
        let is_good = |row: &StaffRow| {
            row.state == StaffState::Invited
                && row.link == kept
                && row.link_until.is_some_and(|until| until > now)
        };
        all.into_iter().find(is_good).ok_or_else(|| Reason::CODE_GONE.into())
    }

    /// A secret for the second factor, to be put into an app.
    pub fn factor_secret(&self) -> FactorSecret {
        self.randomness.bytes()
    }

    /// Begins to work here: with this password, and an app that shows codes of this secret, which
    /// one code proves: `code_wrong`. The link is used up.
    pub async fn join_staff(
        &self,
        link: &str,
        chosen: SecretString,
        secret: &FactorSecret,
        code: &str,
    ) -> Result<StaffRow, Refusal> {
        let row = self.invited_by(link).await?;
        let now = self.clock.now();
        if password::check(&chosen, &row.name, &self.config.brand).is_err() {
            return Err(Refusal::of_field(Reason::TEXT_FORMAT, "password"));
        }
        let step = second_factor::step_of(secret, code, 0, now).ok_or(Reason::CODE_WRONG)?;
        let salt = self.randomness.bytes();
        let hash = self.hashing(move || password::hashed(&chosen, salt)).await?;
        let key = self.config.factor_keys.first().ok_or(Reason::INVALID)?;
        let joined = StaffRow {
            state: StaffState::Active,
            password: hash.ok_or(Reason::BUSY)?,
            factor: second_factor::sealed(key, self.randomness.bytes(), secret),
            factor_step: step,
            link: Vec::new(),
            link_until: None,
            seen_at: now.micros(),
            ..row.next()
        };
        let actor = Actor::Staff(row.name.clone());
        self.keep_staff(joined.clone(), "begin_work", actor).await?;
        Ok(joined)
    }
}
