//! Nobody can be pestered: few requests of one asker wait at a time, fewer for the same person, and
//! who does not want any more of somebody blocks them.

use super::super::context::Context;
use super::super::plan::PlanError;
use super::pending;
use crate::book::{Change, Key};
use crate::id::AccountId;
use crate::refusal::{Reason, Refusal};
use crate::store::people::PersonRow;
use crate::store::wants::Want;
use crate::time::Timestamp;
use std::collections::BTreeSet;
use std::time::Duration;

/// Who is asked takes no requests from the caller.
pub const REQUEST_BLOCKED: Reason = Reason::new("request_blocked");
/// As many requests as one may make at a time, or of the same person, were made.
pub const REQUESTS_FULL: Reason = Reason::new("requests_full");

/// Requests of one asker that wait at a time.
const OPEN_MAX: usize = 10;
/// Those for the same person.
const OPEN_TO_ONE_MAX: usize = 2;
/// Those for the same person within a day, whatever became of them: declining must not make room
/// for the next.
const DAILY_TO_ONE_MAX: usize = 3;
/// How far back the quota looks; no asker makes more in a day than may be looked through.
const DAY: Duration = Duration::from_secs(24 * 3_600);
const DAILY_MAX: i64 = 60;

/// What must be read to know whether these people may be asked, and that there is room among what
/// waits for them.
pub fn wants(
    context: &Context,
    kind: &'static str,
    asker: AccountId,
    payers: &[AccountId],
) -> Vec<Want> {
    // counted, as the numbers of orders are taken before they are committed: the newest may have a
    // lower one. And counted first: whoever asks between this look and the next takes the place
    // that this one goes by
    let mut wants = vec![Want::RequestsMade(kind, asker), of_today(context, kind, asker)];
    wants.extend(payers.iter().map(|payer| Want::BlockedBy(*payer)));
    wants.extend(payers.iter().map(|payer| pending::wants(context, *payer)));
    wants
}

fn of_today(context: &Context, kind: &'static str, asker: AccountId) -> Want {
    Want::RequestsOf { kind, asker, since: context.now.minus(DAY).micros(), limit: DAILY_MAX }
}

/// Whether the asker may ask these people now; and the place that their requests take, which
/// another of the same moment cannot take too.
pub fn allowed(
    context: &Context,
    kind: &'static str,
    asker: &PersonRow,
    payers: &[&PersonRow],
) -> Result<Change, PlanError> {
    let place = context.facts.count(&Want::RequestsMade(kind, asker.account_id))?;
    let of_today = context.facts.orders(&of_today(context, kind, asker.account_id))?;
    let waits = |order: &&_| pending::is_open(order, context.now);
    // the shares of one split bill wait together
    let waiting: BTreeSet<i64> =
        of_today.iter().filter(waits).map(|order| order.split.unwrap_or(order.id)).collect();
    let made = of_today.len().saturating_add(payers.len());
    if waiting.len() >= OPEN_MAX || i64::try_from(made).unwrap_or(i64::MAX) > DAILY_MAX {
        return Err(REQUESTS_FULL.into());
    }
    for payer in payers {
        if context.facts.accounts(&Want::BlockedBy(payer.account_id))?.contains(&asker.account_id) {
            return Err(Refusal::of_field(REQUEST_BLOCKED, "to").into());
        }
        let to_them = || of_today.iter().filter(|order| order.payer == payer.account_id);
        if to_them().filter(waits).count() >= OPEN_TO_ONE_MAX
            || to_them().count() >= DAILY_TO_ONE_MAX
        {
            return Err(Refusal::of_field(REQUESTS_FULL, "to").into());
        }
    }
    let place = [asker.account_id.number().to_be_bytes(), place.to_be_bytes()].concat();
    Ok(Change::Claim { key: Key::new(Timestamp::from_micros(0), "requests", &place) })
}
