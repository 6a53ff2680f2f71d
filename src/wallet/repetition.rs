//! The same again: whoever pays the same amount to the same party within minutes may have meant to
//! pay once. They are asked.

use super::context::Context;
use super::plan::{Plan, PlanError};
use crate::id::AccountId;
use crate::request::Mode;
use crate::store::facts::Whole;
use crate::store::wants::Want;
use crate::time::Timestamp;
use std::time::Duration;

/// Within this time the same payment again is more likely a mistake than a wish.
const AGAIN: Duration = Duration::from_secs(600);
/// How many of somebody's last postings are looked at for it.
const LOOKBACK: usize = 10;

/// What must be read to know what this account did a few minutes ago: nothing where nobody is about
/// to say yes, and nothing where its newest posting is known, and older.
pub fn wants(context: &Context, account: AccountId) -> Vec<Want> {
    let stands = context.facts.account(account).ok().flatten();
    let quiet = stands.is_some_and(|account| account.last_posting.is_none());
    let old = |newest: &Whole| {
        newest.0.at < since(context) && stands.is_some_and(|a| a.last_posting == Some(newest.0.id))
    };
    let known_old = context.facts.newest(account).is_some_and(old);
    if context.mode != Mode::Quote || quiet || known_old {
        Vec::new()
    } else {
        vec![history(context, account)]
    }
}

/// Says, where a quote is made, that the same was done a few minutes ago: flag `again` with `ago`,
/// minutes. The same is a posting of `one` in which `other` had this much.
pub fn warn(
    context: &Context,
    plan: &mut Plan,
    one: AccountId,
    other: AccountId,
    other_minor: i64,
) -> Result<(), PlanError> {
    let lines = match wants(context, one).first() {
        Some(want) => context.facts.history(want)?,
        None => &[],
    };
    for (posting, legs) in lines {
        let own = legs.iter().find(|leg| leg.account_id == one);
        let same =
            legs.iter().any(|leg| leg.account_id == other && leg.amount_minor == other_minor);
        // it went the same way: from the one to the other, or to the one from the other
        if same && own.is_some_and(|own| (own.amount_minor < 0) != (other_minor < 0)) {
            let ago = context
                .now
                .since(Timestamp::from_micros(posting.at))
                .as_secs()
                .div_euclid(60)
                .max(1);
            plan.flag("again");
            plan.show("ago", i64::try_from(ago).unwrap_or(i64::MAX));
            return Ok(());
        }
    }
    Ok(())
}

fn since(context: &Context) -> i64 {
    context.now.minus(AGAIN).micros()
}

fn history(context: &Context, account: AccountId) -> Want {
    Want::History { account, since: since(context), limit: LOOKBACK }
}
