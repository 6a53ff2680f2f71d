//! Commission: what an outlet earns by serving a customer, accrued in the same posting.
//!
//! Bands are concave: two small payments would earn more than one of the same sum. So the
//! commission of a day is that of all that an outlet took in from a customer, or handed out to
//! them, as if it had been one; each payment earns what it adds to that. Who splits a deposit earns
//! nothing by it.

use super::super::context::Context;
use super::super::party;
use super::super::plan::PlanError;
use crate::book::{COMMISSIONS, Change, Leg, TAX};
use crate::id::AccountId;
use crate::money::Money;
use crate::request::Mode;
use crate::store::agent_rows::OutletRow;
use crate::store::wants::Want;
use crate::tariff::Commission;
use crate::time::Timestamp;

/// Payments of a customer that are looked through for those at this outlet today.
const LOOKBACK: usize = 50;

/// What serving a customer earns.
#[derive(Debug, Default)]
pub struct Earned {
    /// Who gets how much.
    pub parts: Commission,
    /// What must still be so when it is committed.
    pub once: Option<Change>,
}

/// What must be read to know what serving the owner of this wallet earns, besides how it stands:
/// nothing where nothing is done yet, as nobody is shown it before.
pub fn wants(context: &Context, outlet: &OutletRow, customer: AccountId) -> Vec<Want> {
    if context.mode != Mode::Execute {
        return Vec::new();
    }
    let head = outlet.head_office.map(Want::Outlet);
    head.into_iter().chain([today(context, customer)]).collect()
}

/// Adds the legs of what serving `customer` with `amount` earns; returns what must still be so when
/// they are committed, as two counters that serve the same customer at the same moment would else
/// earn twice.
pub fn earn(
    context: &Context,
    service: &str,
    outlet: &OutletRow,
    customer: AccountId,
    amount: Money,
    legs: &mut Vec<Leg>,
) -> Result<Earned, PlanError> {
    if context.mode != Mode::Execute {
        return Ok(Earned::default());
    }
    let newest = party::account(context, customer)?.last_posting;
    let before_minor = served_today(context, service, outlet, customer)?;
    let parts = before_minor.and_then(|before| added(context, service, before, amount.minor));
    // what a payment earns must not stand in its way: beyond the last band, and beyond counting, it
    // earns nothing
    let Some(parts) = parts else { return Ok(Earned::default()) };
    let head = match outlet.head_office {
        Some(head) => context.facts.outlet(head)?.map(|head| head.commission_account),
        None => None,
    };
    credit(legs, COMMISSIONS, parts.whole_minor().saturating_neg());
    credit(legs, outlet.commission_account, parts.outlet_minor);
    // an outlet without a head office is its own
    credit(legs, head.unwrap_or(outlet.commission_account), parts.head_office_minor);
    credit(legs, TAX, parts.withheld_tax_minor);
    let once = Some(Change::AtPosting { account: customer, posting: newest });
    Ok(Earned { parts, once })
}

/// What an amount adds to the commission of what was served before on the same day.
fn added(
    context: &Context,
    service: &str,
    before_minor: i64,
    amount_minor: i64,
) -> Option<Commission> {
    let before = of(context, service, before_minor)?;
    let after = of(context, service, before_minor.saturating_add(amount_minor))?;
    let tax_minor = after.withheld_tax_minor.saturating_sub(before.withheld_tax_minor).max(0);
    let head_minor = after.head_office_minor.saturating_sub(before.head_office_minor).max(0);
    let whole_minor = after.whole_minor().saturating_sub(before.whole_minor());
    let own_minor = whole_minor.saturating_sub(tax_minor).saturating_sub(head_minor);
    let parts = Commission {
        outlet_minor: own_minor,
        head_office_minor: head_minor,
        withheld_tax_minor: tax_minor,
    };
    Some(parts).filter(|_| whole_minor > 0 && own_minor >= 0)
}

/// What a service earns for an amount in one payment, if there is a band for it.
fn of(context: &Context, service: &str, amount_minor: i64) -> Option<Commission> {
    if amount_minor == 0 {
        return Some(Commission::default());
    }
    let date = context.now.day(&context.config.market.zone);
    context.policy.tariff.commission(service, context.money(amount_minor), date).ok()
}

/// One leg an account: what comes to one that has a leg already is added to it.
fn credit(legs: &mut Vec<Leg>, account: AccountId, amount_minor: i64) {
    match legs.iter_mut().find(|leg| leg.account == account) {
        Some(leg) => leg.amount_minor = leg.amount_minor.saturating_add(amount_minor),
        None if amount_minor != 0 => legs.push(Leg { account, amount_minor }),
        None => {}
    }
}

/// What the outlet has moved for this customer by this service today, minor units; nothing when
/// they have made so many payments today that it cannot be told.
fn served_today(
    context: &Context,
    service: &str,
    outlet: &OutletRow,
    customer: AccountId,
) -> Result<Option<i64>, PlanError> {
    let lines = context.facts.history(&today(context, customer))?;
    let mut sum_minor = 0_i64;
    let mut count = 0_usize;
    for (posting, legs) in lines {
        if context.day_of(Timestamp::from_micros(posting.at)) != context.today() {
            break;
        }
        count = count.saturating_add(1);
        let float = legs.iter().find(|leg| leg.account_id == outlet.float_account);
        if let Some(float) = float.filter(|_| counts(context, service, &posting.kind)) {
            sum_minor = sum_minor.saturating_add(float.amount_minor.saturating_abs());
        }
    }
    Ok(Some(sum_minor).filter(|_| count < LOOKBACK))
}

/// Whether a posting of this kind counts as one of this service.
fn counts(context: &Context, service: &str, kind: &str) -> bool {
    let mut as_well = context.peers.counts_as.iter();
    kind == service || as_well.any(|other| other.service == service && other.kind == kind)
}

/// The payments of the customer since the market's day began.
fn today(context: &Context, customer: AccountId) -> Want {
    let since = context.today().begins(&context.config.market.zone).micros();
    Want::History { account: customer, since, limit: LOOKBACK }
}
