//! What a code for cash and a voucher have in common: its digits, and the price that was agreed on
//! when it was made. It does not know what either is made for, or who hands it out.

use super::super::context::Context;
use super::super::plan::PlanError;
use super::super::pricing::Terms;
use super::super::service_config::ServiceConfig;
use crate::book::{Change, Credential, HoldMove, Key, Leg, SecretKind};
use crate::id::{AccountId, PinId};
use crate::money::Money;
use crate::pin::Pin;
use crate::reason::Reason;
use crate::store::agent_rows::CashCodeRow;
use crate::store::records::Record;
use crate::tariff::{Fee, FeeAccount, FeeLine};
use crate::time::Timestamp;

/// What is stored of one that still opens something.
pub const OPEN: &str = "open";
/// What is stored of one that was handed out, or has arrived,
pub const USED: &str = "used";
/// and of one whose money went back.
pub const CANCELLED: &str = "cancelled";

/// The code of a request: the same for each copy of it, and when its answer was lost.
pub fn digits(config: &ServiceConfig, key: &Key) -> String {
    config.pin_keys.current().code(key.bytes())
}

/// The row of a code that the caller makes.
pub fn row(context: &Context, owner: AccountId, terms: &Terms, expires: Timestamp) -> CashCodeRow {
    CashCodeRow {
        id: context.fresh_id,
        account_id: owner,
        hold: 0,
        amount_minor: terms.amount.minor,
        fee_minor: terms.fee.payer_minor,
        state: OPEN.to_owned(),
        expires_at: expires.micros(),
        tax_minor: terms.fee.credited_minor(FeeAccount::Tax),
        levy_minor: terms.fee.credited_minor(FeeAccount::Levy),
        msisdn: None,
        place: None,
    }
}

/// The hold behind it: what it takes, until its time is over.
pub fn hold(row: &CashCodeRow) -> HoldMove {
    let expires_at = Timestamp::from_micros(row.expires_at);
    HoldMove::Open { account: row.account_id, amount_minor: total_minor(row), expires_at }
}

/// What its tag is kept under.
pub fn pin(row: &CashCodeRow) -> PinId {
    PinId::of(row.id)
}

/// What makes these digits open it.
pub fn opened(context: &Context, row: CashCodeRow, digits: &str) -> Result<[Change; 2], PlanError> {
    let tag = context.config.tagged(pin(&row), &Pin::parse(digits)?, context.salt);
    Ok([Change::keep(Record::Pin(tag), "make_code"), Change::OpenCode(row)])
}

/// What the book compares with what was typed, and who hears of it when that was the last try. A
/// wrong amount is a wrong code: who may try amounts for nothing would soon know the right one.
pub fn proof(
    context: &Context,
    row: &CashCodeRow,
    typed: &Pin,
    amount: Money,
    locked: Change,
) -> Result<Credential, PlanError> {
    let kept = context.facts.pin(pin(row))?.ok_or(Reason::CODE_GONE)?;
    let tag = context.config.pin_keys.tag(kept.key_version, pin(row), &kept.salt, typed);
    let tag = tag.filter(|_| row.amount_minor == amount.minor).map_or(Vec::new(), Vec::from);
    let salt = kept.salt.clone();
    let wrong = vec![Change::ChargePin { pin: pin(row) }];
    Ok(Credential {
        secret: SecretKind::Code,
        pin: pin(row),
        salt,
        tag,
        wrong,
        locked: vec![locked],
    })
}

/// The fee that was agreed on when it was made, by where its lines go.
pub fn fee(row: &CashCodeRow) -> Fee {
    let own_minor = row.fee_minor.saturating_sub(row.tax_minor).saturating_sub(row.levy_minor);
    let lines = [
        (FeeAccount::Fees, own_minor),
        (FeeAccount::Tax, row.tax_minor),
        (FeeAccount::Levy, row.levy_minor),
    ];
    let line = |(place, minor): (FeeAccount, i64)| FeeLine {
        name: place.name().to_owned(),
        place,
        minor,
        payer_minor: minor,
        payee_minor: 0,
    };
    Fee { lines: lines.map(line).into(), payer_minor: row.fee_minor, payee_minor: 0 }
}

/// What it comes to, whatever the tariff says by now: what its maker agreed to is what they pay.
pub fn terms(config: &ServiceConfig, row: &CashCodeRow) -> Terms {
    let money = |minor| Money::new(minor, config.market.currency);
    Terms { amount: money(row.amount_minor), fee: fee(row), total: money(total_minor(row)) }
}

/// Who is credited with the fee.
pub fn credits(config: &ServiceConfig, row: &CashCodeRow) -> Vec<Leg> {
    terms(config, row).credits()
}

/// Amount and fee, minor units.
pub fn total_minor(row: &CashCodeRow) -> i64 {
    row.amount_minor.saturating_add(row.fee_minor)
}
