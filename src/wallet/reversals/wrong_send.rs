//! Which payments can be asked back: those of the last day that went from one person to another.
//! What was paid to merchants and agents, or on request, was no slip.

use super::super::context::Context;
use super::super::people::send;
use super::super::plan::PlanError;
use crate::id::PostingId;
use crate::limits::Tier;
use crate::store::book_rows::EntryRow;
use crate::store::facts::Whole;
use crate::store::people::PersonRow;
use crate::store::wants::Want;
use crate::time::Timestamp;
use std::time::Duration;

/// How long after a payment it may be asked back.
pub const WITHIN: Duration = Duration::from_secs(24 * 3_600);

/// A payment that may be asked back.
#[derive(Debug, Clone, Copy)]
pub struct WrongSend<'a> {
    /// Its number.
    pub payment: PostingId,
    /// When it was made.
    pub at: Timestamp,
    /// Who was paid.
    pub payee: &'a PersonRow,
    /// What came to them, minor units.
    pub amount_minor: i64,
}

/// What must be read to know who was paid, and asked in the next step, whether they serve at an
/// outlet.
pub fn wants(context: &Context, payer: &PersonRow, payment: &Whole) -> Vec<Want> {
    if !is_send(context, payer, payment) {
        return Vec::new();
    }
    let (people, unread): (Vec<_>, Vec<_>) = credited(payment)
        .map(|leg| (leg.account_id, context.facts.person(leg.account_id)))
        .partition(|(_, found)| found.is_ok());
    let unread = unread.into_iter().map(|(account, _)| Want::Person(account));
    let known = people.into_iter().filter(|(_, found)| found.as_ref().is_ok_and(Option::is_some));
    unread.chain(known.map(|(account, _)| Want::Post(account))).collect()
}

/// The payment, if it is one that the caller sent to another person, and not long ago.
pub fn of<'a>(
    context: &Context<'a>,
    payer: &PersonRow,
    payment: &'a Whole,
) -> Result<Option<WrongSend<'a>>, PlanError> {
    if !is_send(context, payer, payment) {
        return Ok(None);
    }
    for leg in credited(payment) {
        let Some(payee) = context.facts.person(leg.account_id)? else { continue };
        let sells = [Tier::Merchant, Tier::Agent].map(Tier::code).contains(&payee.tier.as_str());
        // who serves at an outlet is paid for what they hand out
        if sells || context.facts.post(payee.account_id)?.is_some() {
            return Ok(None);
        }
        let (posting, _legs) = payment;
        let at = Timestamp::from_micros(posting.at);
        return Ok(Some(WrongSend {
            payment: posting.id,
            at,
            payee,
            amount_minor: leg.amount_minor,
        }));
    }
    Ok(None)
}

/// It was sent by them, and not long ago.
fn is_send(context: &Context, payer: &PersonRow, (posting, legs): &Whole) -> bool {
    let ours = legs.iter().any(|leg| leg.account_id == payer.account_id && leg.amount_minor < 0);
    posting.kind == send::SERVICE.name && ours && posting.at >= context.now.minus(WITHIN).micros()
}

fn credited((_, legs): &Whole) -> impl Iterator<Item = &EntryRow> {
    legs.iter().filter(|leg| leg.amount_minor > 0)
}
