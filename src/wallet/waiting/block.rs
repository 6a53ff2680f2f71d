//! Who takes no requests from whom: set by who was asked, and never told to who asks before they
//! try again.

use super::super::context::Context;
use super::super::deals;
use super::super::party;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::Service;
use super::payment_request;
use crate::book::Change;
use crate::id::{AccountId, PostingId};
use crate::refusal::Reason;
use crate::store::arrangement_rows::{Search, Side};
use crate::store::blocks::BlockRow;
use crate::store::records::Record;
use crate::store::wants::Want;
use crate::value::{Kind, Slot};
use std::collections::BTreeSet;
use std::time::Duration;

/// Lists who has asked the caller for money or a deal of late and is not blocked: `name`, `phone`.
pub const ASKERS: Service = Service {
    name: "askers",
    wants: &[askers_and_blocked, those_who_may_be],
    decide: askers,
    shows: WHO,
    ..Service::PLAIN
};
/// Input `asker`: no requests of theirs any more.
pub const BLOCK: Service = Service {
    name: "block",
    wants: &[askers_and_blocked, chosen_and_known],
    decide: block,
    shows: WHO,
    ..Service::PLAIN
};
/// Lists whom the caller has blocked: `name`, `phone`.
pub const BLOCKED: Service = Service {
    name: "blocked",
    wants: &[already, those_who_are],
    decide: blocked,
    shows: WHO,
    ..Service::PLAIN
};
/// Input `asker`: they may ask again.
pub const UNBLOCK: Service = Service {
    name: "unblock",
    wants: &[already, chosen_and_known],
    decide: unblock,
    shows: WHO,
    ..Service::PLAIN
};

const WHO: &[Slot] = &[Slot("name", Kind::Name), Slot("phone", Kind::Phone)];

/// How far back askers are listed, how many, and how many requests are looked through for them.
const WITHIN: Duration = Duration::from_secs(30 * 24 * 3_600);
const LISTED_MAX: usize = 40;
const REQUESTS_MAX: i64 = 400;

fn made_to(context: &Context, payer: AccountId) -> Search {
    payment_request::made_to(payer, context.now.minus(WITHIN), REQUESTS_MAX)
}

/// Deals that were offered to them.
fn offered_to(context: &Context, asked: AccountId) -> Search {
    let since = context.now.minus(WITHIN).micros();
    let side = Side::Other(asked);
    Search { side, kind: deals::RULES.name, open: false, since, limit: REQUESTS_MAX }
}

/// Who has asked the caller of late, for money or for a deal.
fn have_asked(context: &Context) -> Result<Vec<AccountId>, PlanError> {
    let own = context.person()?.account_id;
    let made = context.facts.arrangements(made_to(context, own))?.iter();
    let offered = context.facts.arrangements(offered_to(context, own))?.iter();
    let offered = offered.filter(|row| deals::is_heard_of(row));
    let askers: BTreeSet<AccountId> = made.chain(offered).map(|asked| asked.owner).collect();
    Ok(askers.into_iter().take(LISTED_MAX).collect())
}

fn already(context: &Context) -> Vec<Want> {
    context.person().map(|own| Want::BlockedBy(own.account_id)).into_iter().collect()
}

fn askers_and_blocked(context: &Context) -> Vec<Want> {
    let Ok(own) = context.person() else { return Vec::new() };
    let asked = [made_to(context, own.account_id), offered_to(context, own.account_id)];
    asked.map(Want::Arrangements).into_iter().chain(already(context)).collect()
}

fn are_blocked<'a>(context: &Context<'a>) -> Result<&'a [AccountId], PlanError> {
    Ok(context.facts.accounts(&Want::BlockedBy(context.person()?.account_id))?)
}

fn may_be_blocked(context: &Context) -> Result<Vec<AccountId>, PlanError> {
    let blocked = are_blocked(context)?;
    let asked = have_asked(context)?.into_iter();
    Ok(asked.filter(|asker| !blocked.contains(asker)).collect())
}

fn those_who_may_be(context: &Context) -> Vec<Want> {
    may_be_blocked(context).unwrap_or_default().into_iter().map(Want::Person).collect()
}

fn those_who_are(context: &Context) -> Vec<Want> {
    are_blocked(context).unwrap_or_default().iter().copied().map(Want::Person).collect()
}

fn chosen_and_known(context: &Context) -> Vec<Want> {
    let other = context.chosen("asker", Reason::STALE);
    let (Ok(own), Ok(other)) = (context.person(), other) else { return Vec::new() };
    vec![Want::Person(other), Want::BlockVersion(own.account_id, other)]
}

fn askers(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    list(context, plan, &may_be_blocked(context)?)
}

fn blocked(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    list(context, plan, are_blocked(context)?)
}

fn list(context: &Context, plan: &mut Plan, accounts: &[AccountId]) -> Result<(), PlanError> {
    for account in accounts {
        if let Some(person) = context.facts.person(*account)? {
            plan.line(account, party::sign(context.config, person));
        }
    }
    Ok(())
}

fn block(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    set(context, plan, &may_be_blocked(context)?, true)
}

fn unblock(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    set(context, plan, are_blocked(context)?, false)
}

/// Only of those who were listed: the names behind other accounts are nobody's business.
fn set(
    context: &Context,
    plan: &mut Plan,
    among: &[AccountId],
    blocked: bool,
) -> Result<(), PlanError> {
    let account = context.person()?.account_id;
    let other: AccountId = context.chosen("asker", Reason::STALE)?;
    let listed = if among.contains(&other) { context.facts.person(other)? } else { None };
    plan.show_all(party::sign(context.config, listed.ok_or(Reason::STALE)?));
    let known = context.facts.count(&Want::BlockVersion(account, other))?;
    let row = BlockRow {
        account,
        other,
        version: known.saturating_add(1),
        last_posting: PostingId::NONE,
        blocked: i64::from(blocked),
    };
    let event = if blocked { BLOCK.name } else { UNBLOCK.name };
    let changes = vec![Change::keep(Record::Block(row), event)];
    plan.commit(Act { kind: BLOCK.name, changes, ..Act::default() });
    Ok(())
}
