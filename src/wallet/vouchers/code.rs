//! What a code for cash and a voucher have in common: its digits, and the price that was agreed on
//! when it was made. It does not know what either is made for, or who hands it out.

use super::super::context::Context;
use super::super::plan::PlanError;
use super::super::pricing::Terms;
use super::super::service_config::ServiceConfig;
use crate::book::{Change, Credential, HoldMove, Key, Leg, PIN_ATTEMPTS_MAX, SecretKind};
use crate::id::{AccountId, ArrangementId, PinId};
use crate::money::Money;
use crate::pin::Pin;
use crate::reason::Reason;
use crate::store::records::Record;
use crate::tariff::{Fee, FeeAccount, FeeLine};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// What its maker said yes to, as it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreed {
    /// The cash, or what is to arrive, minor units.
    pub amount_minor: i64,
    /// What handing it out, or sending it, costs its maker, minor units.
    pub fee_minor: i64,
    /// What of the fee is collected for the tax office, minor units.
    pub tax_minor: i64,
    /// What of it is a levy, minor units; the rest is the operator's own.
    pub levy_minor: i64,
    /// Until when, microseconds UTC.
    pub expires_at: i64,
}

impl Agreed {
    /// At this price, until then.
    pub fn of(terms: &Terms, expires: Timestamp) -> Agreed {
        Agreed {
            amount_minor: terms.amount.minor,
            fee_minor: terms.fee.payer_minor,
            tax_minor: terms.fee.credited_minor(FeeAccount::Tax),
            levy_minor: terms.fee.credited_minor(FeeAccount::Levy),
            expires_at: expires.micros(),
        }
    }

    /// Amount and fee, minor units.
    pub fn total_minor(&self) -> i64 {
        self.amount_minor.saturating_add(self.fee_minor)
    }

    /// Whether its time is over.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.expires_at <= now.micros()
    }

    /// The hold behind it: what it takes, until it ends.
    pub fn hold(&self, owner: AccountId) -> HoldMove {
        HoldMove::Open { account: owner, amount_minor: self.total_minor() }
    }

    /// The amount, as people read it.
    pub fn amount(&self, config: &ServiceConfig) -> Money {
        Money::new(self.amount_minor, config.market.currency)
    }

    /// What it comes to, whatever the tariff says by now: what its maker agreed to is what they
    /// pay.
    pub fn terms(&self, config: &ServiceConfig) -> Terms {
        let total = Money::new(self.total_minor(), config.market.currency);
        Terms { amount: self.amount(config), fee: self.fee(), total }
    }

    /// Who is credited with the fee.
    pub fn credits(&self, config: &ServiceConfig) -> Vec<Leg> {
        self.terms(config).credits()
    }

    /// The fee that was agreed on when it was made, by where its lines go.
    fn fee(&self) -> Fee {
        let own_minor = self.fee_minor.saturating_sub(self.tax_minor);
        let lines = [
            (FeeAccount::Fees, own_minor.saturating_sub(self.levy_minor)),
            (FeeAccount::Tax, self.tax_minor),
            (FeeAccount::Levy, self.levy_minor),
        ];
        let line = |(place, minor): (FeeAccount, i64)| FeeLine {
            name: place.name().to_owned(),
            place,
            minor,
            payer_minor: minor,
            payee_minor: 0,
        };
        Fee { lines: lines.map(line).into(), payer_minor: self.fee_minor, payee_minor: 0 }
    }
}

/// So many digits a code for cash has.
pub const DIGITS: usize = 6;

/// The code of a request: the same for each copy of it, and when its answer was lost.
pub fn digits(config: &ServiceConfig, key: &Key) -> String {
    config.pin_keys.current().code(key.bytes())
}

/// What its tag is kept under.
pub fn pin(id: ArrangementId) -> PinId {
    PinId::of(id.number())
}

/// What makes these digits open it.
pub fn opened_by(context: &Context, id: ArrangementId, digits: &str) -> Result<Change, PlanError> {
    let tag = context.config.tagged(pin(id), &Pin::parse(digits)?, context.salt);
    Ok(Change::keep(Record::Pin(tag), "make_code"))
}

/// What the book compares with what was typed, and what its owner hears of a wrong try, and of the
/// last one. A wrong amount is a wrong code: who may try amounts for nothing would soon know the
/// right one.
pub fn proof(
    context: &Context,
    id: ArrangementId,
    typed: &Pin,
    right_amount: bool,
    [wrong, locked]: [Change; 2],
) -> Result<Credential, PlanError> {
    let pin = pin(id);
    let kept = context.facts.pin(pin)?.ok_or(Reason::CODE_GONE)?;
    // under a secret that this node was not given: no fault of theirs
    let tag = match context.config.pin_keys.tag(kept.key_version, pin, &kept.salt, typed) {
        Some(tag) if right_amount => tag.to_vec(),
        None if !kept.tag.is_empty() => return Err(Reason::BUSY.into()),
        Some(_) | None => Vec::new(),
    };
    let salt = kept.salt.clone();
    // of the last try one word is enough
    let is_last = kept.attempts.saturating_add(1) >= PIN_ATTEMPTS_MAX;
    let told = (!is_last).then_some(wrong);
    let wrong = [Change::ChargePin { pin }].into_iter().chain(told).collect();
    Ok(Credential { secret: SecretKind::Code, pin, salt, tag, wrong, locked: vec![locked] })
}
