//! Limits of a payment: what it counts for on both sides, and whether the payer's own limits allow it, asked before the
//! PIN. The book asks again, within the commit, and its word counts.

use super::desk::{Desk, Halt, House};
use crate::book::Meter;
use crate::calendar::Day;
use crate::limits::{Caps, Tier, Way};
use crate::money::Money;
use crate::store::people::PersonRow;
use crate::time::Timestamp;

/// What the payment of `amount` counts for: going out for the payer, coming in for the payee.
///
/// Only the payer's side is compared here. Whether the payee's account can take it is asked in the commit alone, behind
/// the PIN: before it, anybody could ask again and again with other amounts for nothing, until they know a stranger's
/// balance.
pub fn of_payment(desk: &mut Desk, payer: &PersonRow, payee: &PersonRow, amount: Money) -> Result<Vec<Meter>, Halt> {
    Ok(vec![spent(desk, payer, amount)?, received(desk, payee, amount)])
}

/// What the caller's payment of `amount` counts for on their own side; refused where their limits do not allow it.
pub fn spent(desk: &mut Desk, payer: &PersonRow, amount: Money) -> Result<Meter, Halt> {
    let out = out(desk, payer, amount, true)?;
    let account = desk.account(payer.account_id)?;
    let taken = out.taken_from(account.usage, account.balance_minor.saturating_sub(amount.minor));
    taken.map_err(|exceeded| out.refusal(&exceeded, amount.currency))?;
    Ok(out)
}

/// What it counts for on the side of who gets it, who is not the one that asks.
pub fn received(desk: &Desk, payee: &PersonRow, amount: Money) -> Meter {
    arrived(desk.house, desk.now, payee, amount)
}

/// The same for what comes by itself.
pub fn arrived(house: &House, now: Timestamp, payee: &PersonRow, amount: Money) -> Meter {
    meter(house, now, payee, Way::In, amount, false)
}

/// What somebody sent and nobody took counts no more.
pub fn returned(house: &House, sent: Timestamp, payer: i64, amount: Money) -> Meter {
    let (day, caps) = (Day::of(sent, &house.market.zone), Caps::default());
    Meter { account: payer, way: Way::Out, amount_minor: amount.minor, day, caps, own: true, back: true }
}

/// What cash counts for that somebody else hands out to its owner.
pub fn drawn(desk: &mut Desk, owner: &PersonRow, amount: Money) -> Result<Meter, Halt> {
    out(desk, owner, amount, false)
}

/// What goes out counts against what the tier allows, and against what its owner set themselves.
fn out(desk: &mut Desk, person: &PersonRow, amount: Money, own: bool) -> Result<Meter, Halt> {
    let mut out = meter(desk.house, desk.now, person, Way::Out, amount, own);
    let today = Day::of(desk.now, &desk.house.market.zone);
    out.caps.budget = desk.budget(person.account_id)?.and_then(|row| row.budgets().on(today));
    Ok(out)
}

fn meter(house: &House, now: Timestamp, person: &PersonRow, way: Way, amount: Money, own: bool) -> Meter {
    let caps = house.limits.get().caps(Tier::of_code(&person.tier), way);
    let day = Day::of(now, &house.market.zone);
    Meter { account: person.account_id, way, amount_minor: amount.minor, day, caps, own, back: false }
}
