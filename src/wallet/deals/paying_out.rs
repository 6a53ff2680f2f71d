//! Money leaves a deal: to the seller, back to the buyer, or to both; with the part of the price
//! that is earned by it, what it counts for against limits, and what both hear of it. Why it leaves
//! is not known here.

use super::super::arrangements::Role;
use super::super::context::Context;
use super::super::metering;
use super::super::plan::{Act, PlanError};
use super::deal::Deal;
use super::deal_clock::Clock;
use super::deal_news::{BACK, GIVEN_BACK, LET_GO, PAID_OUT};
use super::platform::{NO_SHARE, SHARE};
use super::terms::Side;
use super::{DEAL_GONE, Event};
use crate::book::{Change, Meter};
use crate::limits::Caps;
use crate::money::Money;
use crate::value::{Slots, Value};

/// What is paid out, and how it leaves the deal.
#[derive(Debug, Clone, Copy)]
pub struct Payout<'a> {
    /// What happens.
    pub event: Event,
    /// Who brings it about.
    pub role: Role,
    /// What of the amount is let go to the seller, minor units.
    pub more_minor: i64,
    /// Whether all the rest goes back to the buyer, and it is over.
    pub last: bool,
    /// Why, in words; empty where nobody was asked.
    pub note: &'a str,
}

/// As postings are called that pay the seller, and that give back.
pub const OUT: &str = "deal_out";
/// The same where all of it goes back.
pub const RETURNED: &str = "deal_back";

/// What of a price makes the difference to what was agreed on: `fee`, and words for it.
pub fn less(context: &Context, fee_minor: i64) -> Slots {
    let code = if fee_minor > 0 { "some" } else { "none" };
    Slots::from([
        ("fee".into(), context.money(fee_minor).into()),
        ("less_code".into(), code.into()),
        ("plus_code".into(), code.into()),
    ])
}

fn said(paid: Money, mut less: Slots) -> Slots {
    less.insert("paid".into(), paid.into());
    less
}

/// Which limits of the seller's may hold it up. Not so where a code was told and the goods have
/// changed hands: anybody could fill the seller's day with small payments until the time is over,
/// and the buyer would have both. What the account may hold counts still, as only its owner makes
/// room there; but when the goods went back, the buyer's money does not wait for that either.
fn heeded(event: Event, caps: Caps) -> Caps {
    if event == Event::Return {
        Caps::default()
    } else if event == Event::Collect {
        Caps { balance_minor: caps.balance_minor, ..Caps::default() }
    } else {
        caps
    }
}

impl Deal {
    /// What moves for a side, where all goes well, minor units: what the buyer pays in, or what
    /// reaches the seller.
    pub fn moves_minor(&self, side: Side) -> i64 {
        match side {
            Side::Buy => {
                self.terms.amount_minor.saturating_add(self.terms.price.buyer.total_minor())
            }
            Side::Sell => self.reaches_minor(self.terms.due_minor()),
        }
    }

    /// What of so much of the amount reaches the seller, minor units: less what they pay for it.
    pub fn reaches_minor(&self, more_minor: i64) -> i64 {
        self.shares(more_minor, false).seller_minor
    }

    /// Pays out. What lies in it follows from the terms, which the book holds against the version
    /// that was read: an account that was read a moment later may be another's doing already.
    pub fn pays(&self, context: &Context, payout: &Payout) -> Result<Act, PlanError> {
        let shares = self.shares(payout.more_minor, payout.last);
        let mut after = self.clone();
        let released = after.terms.released_minor.saturating_add(payout.more_minor);
        after.terms.released_minor = released;
        if payout.last {
            after.terms.clock = Clock::STILL;
        } else {
            // it was of what was left then
            after.terms.offset = None;
        }
        let moved = after.moved(context, payout.event, payout.role, payout.note)?;
        let mut changes = vec![moved];
        let (seller, buyer) =
            (context.money(shares.seller_minor), context.money(shares.buyer_minor));
        let back = self.terms.left_minor().saturating_sub(payout.more_minor);
        let parts = [payout.more_minor, back].map(|minor| context.money(minor));
        let less = less(context, shares.kept_minor);
        changes.extend(if self.terms.is_in_parts() && !payout.last {
            let [let_go, rest] = parts;
            self.part_news(context, [seller, let_go, rest], &less)?
        } else {
            let mut changes = Vec::new();
            if seller.minor > 0 {
                changes.push(self.tell(context, Side::Sell, &PAID_OUT, said(seller, less))?);
            }
            changes.extend(self.news(context, parts, seller, buyer)?);
            changes
        });
        let share_minor = shares.earned.platform_minor;
        if share_minor > 0 {
            changes.extend(self.tell_platform(context, &SHARE, share_minor)?);
        } else if payout.last {
            changes.extend(self.tell_platform(context, &NO_SHARE, 0)?);
        }
        let mut meters = self.meters(context, payout, seller.minor > 0)?;
        if let Some(platform) = self.platform(context)?.filter(|_| share_minor > 0) {
            meters.push(metering::received(context, platform, context.money(share_minor)));
        }
        let kind = if payout.more_minor == 0 { RETURNED } else { OUT };
        Ok(Act { kind, legs: self.legs(&shares)?, meters, changes, ..Act::default() })
    }

    /// The buyer hears of what came to them, and each of what the other got as parts of the price.
    fn news(
        &self,
        context: &Context,
        [let_go, given_back]: [Money; 2],
        seller: Money,
        buyer: Money,
    ) -> Result<Vec<Change>, PlanError> {
        let paid = |money: Money| [("paid".to_owned(), Value::from(money))];
        let mut changes = Vec::new();
        if seller.minor > 0 && buyer.minor == 0 {
            changes.push(self.tell(context, Side::Buy, &LET_GO, paid(let_go))?);
        }
        if buyer.minor > 0 {
            let fee = buyer.minor.saturating_sub(given_back.minor);
            changes.push(self.tell(context, Side::Buy, &BACK, said(buyer, less(context, fee)))?);
            if seller.minor == 0 {
                changes.push(self.tell(context, Side::Sell, &GIVEN_BACK, paid(given_back))?);
            }
        }
        Ok(changes)
    }

    /// What comes to the seller counts for them; what goes back counts no more for the buyer.
    fn meters(
        &self,
        context: &Context,
        payout: &Payout,
        arrives: bool,
    ) -> Result<Vec<Meter>, PlanError> {
        let mut meters = Vec::new();
        // the book counts only for who is moved
        if arrives {
            let seller = &self.holder(context, Side::Sell)?.person;
            let meter = metering::received(context, seller, context.money(payout.more_minor));
            let own = context.caller.person.as_ref();
            let own = own.is_some_and(|own| own.account_id == seller.account_id);
            // what is paid in parts is one movement
            let part = self.terms.released_minor > 0;
            let caps = heeded(payout.event, meter.caps);
            meters.push(Meter { own, part, caps, ..meter });
        }
        let back = self.terms.left_minor().saturating_sub(payout.more_minor);
        if payout.last && back > 0 {
            let buyer = self.party(Side::Buy).ok_or(DEAL_GONE)?;
            let day = self.terms.funded.ok_or(PlanError::Damaged("a deal without money"))?;
            let returned = if back == self.terms.amount_minor {
                metering::returned
            } else {
                metering::returned_part
            };
            meters.push(returned(day, buyer, context.money(back)));
        }
        Ok(meters)
    }
}
