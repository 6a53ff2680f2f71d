//! Nobody can be pestered: few requests of one asker wait at a time, fewer for the same person, and
//! who does not want any more of somebody blocks them. Whom somebody has paid of late has more room
//! with them, and places that those whom they never paid cannot fill.

use super::super::context::Context;
use super::super::plan::PlanError;
use super::payment_request::{self as request, Request};
use super::pending;
use crate::book::{Change, Key};
use crate::id::AccountId;
use crate::refusal::{Reason, Refusal};
use crate::store::arrangement_rows::Search;
use crate::store::book_rows::EntryRow;
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
/// How much room an asker has with one person.
struct Room {
    /// Requests of the asker that wait.
    open: usize,
    /// Those within a day, whatever became of them: declining must not make room for the next.
    daily: usize,
    /// Requests of everybody that wait, with which there is none.
    of_all: usize,
}
/// With who never paid them.
const STRANGE: Room = Room { open: 2, daily: 3, of_all: 5 };
/// With who has.
const KNOWN: Room = Room { open: 4, daily: 8, of_all: pending::WAITING_MAX };
/// How far back an asker was paid by who knows them, and among how many payments.
const KNOWN_FOR: Duration = Duration::from_secs(90 * 24 * 3_600);
const PAYMENTS_MAX: usize = 60;
/// How far back the quota looks; no asker makes more in a day than may be looked through.
const DAY: Duration = Duration::from_secs(24 * 3_600);
const DAY_MICROS: i64 = 24 * 3_600 * 1_000_000;
const DAILY_MAX: i64 = 60;

/// What must be read to know whether these people may be asked, and that there is room among what
/// waits for them.
pub fn wants(context: &Context, asker: AccountId, payers: &[AccountId]) -> Vec<Want> {
    let mut wants = vec![Want::Arrangements(of_today(context, asker))];
    wants.extend(payers.iter().map(|payer| Want::BlockedBy(*payer)));
    wants.extend(payers.iter().map(|payer| Want::Arrangements(request::asked_of(*payer))));
    wants.push(payments(context, asker));
    wants
}

/// What came to this asker of late.
pub fn payments(context: &Context, asker: AccountId) -> Want {
    let since = context.now.minus(KNOWN_FOR).micros();
    Want::History { account: asker, since, limit: PAYMENTS_MAX }
}

/// Whether this person has paid who asks of late: what strangers ask must not take the places of
/// those whom somebody knows. Needs `payments`.
pub fn is_known(context: &Context, asker: AccountId, payer: AccountId) -> Result<bool, PlanError> {
    let paid = |account, gets: bool| {
        move |leg: &EntryRow| leg.account_id == account && (leg.amount_minor > 0) == gets
    };
    let payments = context.facts.history(&payments(context, asker))?;
    Ok(payments.iter().any(|(_posting, legs)| {
        legs.iter().any(paid(payer, false)) && legs.iter().any(paid(asker, true))
    }))
}

/// How much room this asker has with this person.
fn room(context: &Context, asker: AccountId, payer: AccountId) -> Result<Room, PlanError> {
    Ok(if is_known(context, asker, payer)? { KNOWN } else { STRANGE })
}

/// Whether one more request of this asker may wait for this person beside what waits.
pub fn has_room(
    context: &Context,
    asker: AccountId,
    payer: AccountId,
    waiting: usize,
) -> Result<(), PlanError> {
    let full = waiting >= room(context, asker, payer)?.of_all;
    // how much waits for somebody is nobody else's business
    if full { Err(Refusal::of_field(REQUESTS_FULL, "to").into()) } else { Ok(()) }
}

/// What this asker has asked for within a day.
pub fn of_today(context: &Context, asker: AccountId) -> Search {
    request::made_by(asker, context.now.minus(DAY), DAILY_MAX)
}

/// Whether the asker may ask these people now; and the place that their requests take, which
/// another of the same moment cannot take too.
pub fn allowed(
    context: &Context,
    asker: &PersonRow,
    payers: &[&PersonRow],
) -> Result<Change, PlanError> {
    let of_today = context.facts.arrangements(of_today(context, asker.account_id))?;
    let of_today = request::read(of_today)?;
    let waits = |request: &&Request| request.waits(context.now);
    let waiting: BTreeSet<String> = of_today.iter().filter(waits).map(together).collect();
    let made = of_today.len().saturating_add(payers.len());
    if waiting.len() >= OPEN_MAX || i64::try_from(made).unwrap_or(i64::MAX) > DAILY_MAX {
        return Err(REQUESTS_FULL.into());
    }
    for payer in payers {
        if context.facts.accounts(&Want::BlockedBy(payer.account_id))?.contains(&asker.account_id) {
            return Err(Refusal::of_field(REQUEST_BLOCKED, "to").into());
        }
        let to_them = || of_today.iter().filter(|request| request.payer == payer.account_id);
        let room = room(context, asker.account_id, payer.account_id)?;
        if to_them().filter(waits).count() >= room.open || to_them().count() >= room.daily {
            return Err(Refusal::of_field(REQUESTS_FULL, "to").into());
        }
    }
    Ok(Change::Claim { key: place(asker.account_id, &of_today, context.now) })
}

/// The shares of one split bill wait together.
fn together(request: &Request) -> String {
    let subject = &request.row.subject;
    if subject.is_empty() { request.row.id.to_string() } else { subject.clone() }
}

/// The place behind the newest that was made, in the order of commits: whoever has counted the same
/// ones goes by it too, and who comes after finds another one the newest. Numbers of requests would
/// not do: they are taken before they are committed. Where there was none within a day, the place
/// is that of the day: it is taken once, as the next without one before it comes a day later.
fn place(asker: AccountId, of_today: &[Request], now: Timestamp) -> Key {
    let newest = of_today.iter().map(|request| request.row.begun_by).max();
    let day = if newest.is_none() { now.micros().div_euclid(DAY_MICROS) } else { 0 };
    let place =
        [asker.number(), day, newest.unwrap_or_default().number()].map(i64::to_be_bytes).concat();
    Key::new(Timestamp::from_micros(0), "requests", &place)
}
