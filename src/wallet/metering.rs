//! Limits of a payment: what it counts for on both sides, and whether the payer's own limits allow
//! it, asked before the PIN. The book asks again, within the commit, and its word counts.

use super::context::Context;
use super::party;
use super::plan::PlanError;
use crate::book::Meter;
use crate::calendar::Day;
use crate::id::AccountId;
use crate::limits::{Budget, Caps, Direction, Limits, Tier};
use crate::money::Money;
use crate::store::people::PersonRow;

/// What the payment of `amount` counts for: going out for the payer, coming in for the payee.
///
/// Only the payer's side is compared here. Whether the payee's account can take it is asked in the
/// commit alone, behind the PIN: before it, anybody could ask again and again with other amounts
/// for nothing, until they know a stranger's balance.
pub fn of_payment(
    context: &Context,
    payer: &PersonRow,
    payee: &PersonRow,
    amount: Money,
) -> Result<Vec<Meter>, PlanError> {
    Ok(vec![spent(context, payer, amount)?, received(context, payee, amount)])
}

/// What the caller's payment of `amount` counts for on their own side; refused where their limits
/// do not allow it.
pub fn spent(context: &Context, payer: &PersonRow, amount: Money) -> Result<Meter, PlanError> {
    let out = out(context, payer, amount, true)?;
    let account = party::account(context, payer.account_id)?;
    let taken = out.taken_from(account.usage, account.balance_minor.saturating_sub(amount.minor));
    taken.map_err(|exceeded| out.refusal(&exceeded, amount.currency))?;
    Ok(out)
}

/// What it counts for on the side of who gets it, who is not the one that asks. Of very little only
/// the value counts: it must not use up how often somebody may be paid.
pub fn received(context: &Context, payee: &PersonRow, amount: Money) -> Meter {
    let limits = &context.policy.limits;
    let meter = meter(limits, context.today(), payee, Direction::In, amount, false);
    Meter { part: limits.is_dust(amount.minor), ..meter }
}

/// What somebody sent on this day, and nobody took, counts no more.
pub fn returned(day: Day, payer: AccountId, amount: Money) -> Meter {
    let caps = Caps::default();
    Meter {
        account: payer,
        way: Direction::Out,
        amount_minor: amount.minor,
        day,
        caps,
        own: true,
        back: true,
        part: false,
    }
}

/// The same of what is only a part of it: that it was sent counts all the same.
pub fn returned_part(day: Day, payer: AccountId, amount: Money) -> Meter {
    Meter { part: true, ..returned(day, payer, amount) }
}

/// What somebody puts aside, or has back of it, stays theirs: it counts for what they may hold, and
/// against no other limit.
pub fn aside(context: &Context, owner: AccountId, amount_minor: i64, back: bool) -> Meter {
    let amount = context.money(amount_minor);
    Meter { way: Direction::Aside, back, ..returned(context.today(), owner, amount) }
}

/// What cash counts for that somebody else hands out to its owner.
pub fn drawn(context: &Context, owner: &PersonRow, amount: Money) -> Result<Meter, PlanError> {
    out(context, owner, amount, false)
}

/// What somebody has set themselves for today.
pub fn budget(context: &Context, account: AccountId) -> Result<Option<Budget>, PlanError> {
    Ok(context.facts.budget(account)?.and_then(|row| row.budgets().on(context.today())))
}

/// What goes out counts against what the tier allows, and against what its owner set themselves.
fn out(
    context: &Context,
    person: &PersonRow,
    amount: Money,
    own: bool,
) -> Result<Meter, PlanError> {
    let mut out =
        meter(&context.policy.limits, context.today(), person, Direction::Out, amount, own);
    out.caps.budget = budget(context, person.account_id)?;
    Ok(out)
}

fn meter(
    limits: &Limits,
    day: Day,
    person: &PersonRow,
    way: Direction,
    amount: Money,
    own: bool,
) -> Meter {
    let caps = limits.caps(Tier::of_code(&person.tier), way);
    Meter {
        account: person.account_id,
        way,
        amount_minor: amount.minor,
        day,
        caps,
        own,
        back: false,
        part: false,
    }
}
