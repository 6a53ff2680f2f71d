//! A deal as it is read, who is who in it, and how a step leaves it. What a step says, and what it
//! moves, is not known here.

use super::super::arrangements::Role;
use super::super::arrangements::kind;
use super::super::context::Context;
use super::super::party;
use super::super::plan::PlanError;
use super::super::service_config::ServiceConfig;
use super::deal_clock::Clock;
use super::shares::Shares;
use super::terms::{Side, Terms};
use super::{DEAL_GONE, Event, RULES, State};
use crate::book::{Change, Leg, Put};
use crate::calendar::Day;
use crate::id::{AccountId, ArrangementId};
use crate::phone::Msisdn;
use crate::reason::Reason;
use crate::short_code::ShortCode;
use crate::store::arrangement_rows::{ArrangementRow, Search, Side as Of};
use crate::store::book_rows::AccountState;
use crate::store::holders::AccountHolder;
use crate::store::people::PersonRow;
use crate::store::wants::Want;
use crate::value::{Slots, Value};

/// The caller has several that this could be meant of.
pub const DEAL_WHICH: Reason = Reason::new("deal_which");
/// One of the two accounts is stopped: nothing goes on for now.
pub const DEAL_STOPPED: Reason = Reason::new("deal_stopped");

/// How many of somebody's are looked at.
const LOOK: i64 = 100;

/// A deal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deal {
    /// As it is stored.
    pub row: ArrangementRow,
    /// Where it is.
    pub state: State,
    /// The rest of what was stored.
    pub terms: Terms,
}

impl Deal {
    /// What is stored, read.
    pub fn of(row: &ArrangementRow) -> Result<Deal, PlanError> {
        let state = row.state.parse().map_err(|_word| PlanError::Damaged("a deal"))?;
        Ok(Deal { row: row.clone(), state, terms: kind::body(row)? })
    }

    /// What people call it by.
    pub fn code(&self, context: &Context) -> Value {
        Value::Code(ShortCode::of(self.row.id, &context.config.reference_key).to_string())
    }

    /// The account of this side, once somebody is on it.
    pub fn party(&self, side: Side) -> Option<AccountId> {
        if side == self.terms.side { Some(self.row.owner) } else { self.row.other }
    }

    /// The side that somebody is on, once they have heard of it. Who has no wallet yet is known by
    /// their number.
    pub fn side_of(&self, person: &PersonRow) -> Option<Side> {
        let asked = self.is_asked(&person.msisdn);
        let side = if self.row.owner == person.account_id {
            Some(self.terms.side)
        } else if asked || self.row.other == Some(person.account_id) {
            Some(self.terms.side.other())
        } else {
            None
        };
        side.filter(|side| self.is_heard_of(*side))
    }

    /// Whether this side has heard of it: as long as it was not sent only its owner has.
    pub fn is_heard_of(&self, side: Side) -> bool {
        side == self.terms.side || !matches!(self.state, State::Drafted | State::Brokered)
    }

    /// The accounts of all who take part.
    fn accounts(&self) -> impl Iterator<Item = AccountId> {
        let platform = self.terms.platform.map(|platform| platform.account);
        [Some(self.row.owner), self.row.other, platform].into_iter().flatten()
    }

    /// The caller's side of it; it is none of anybody else's business. Who was asked by their
    /// number has one before they have joined.
    pub fn own_side(&self, context: &Context) -> Result<Side, PlanError> {
        let side = match &context.caller.person {
            Some(person) => self.side_of(person),
            None => Some(self.terms.side.other())
                .filter(|_| self.is_asked(context.caller.msisdn.e164()))
                .filter(|side| self.is_heard_of(*side)),
        };
        Ok(side.ok_or(DEAL_GONE)?)
    }

    /// Whether this number is asked, of which nobody has joined.
    fn is_asked(&self, number: &str) -> bool {
        self.row.other.is_none() && self.row.subject == number
    }

    /// As whom a side brings about an event, if it may.
    pub fn role(&self, event: Event, side: Side) -> Option<Role> {
        let trade = if side == Side::Buy { Role::Buyer } else { Role::Seller };
        let asked = if side == self.terms.side { Role::Owner } else { Role::Other };
        let may = |role: &Role| (RULES.apply)(self.state.into(), event.into(), *role).is_some();
        [asked, trade].into_iter().find(may)
    }

    /// The same, refused where it may not.
    pub fn role_of(&self, event: Event, side: Side) -> Result<Role, PlanError> {
        Ok(self.role(event, side).ok_or(DEAL_GONE)?)
    }

    /// How an event leaves it, with its terms as they are now.
    pub fn moved(
        &self,
        context: &Context,
        event: Event,
        role: Role,
        note: &str,
    ) -> Result<Change, PlanError> {
        let event = event.into();
        let row = RULES.after(&self.row, event, role)?;
        let due_at = self.terms.clock.due_at(context.now, &context.config.market.zone);
        let due_at = due_at.filter(|_| row.open);
        let row = ArrangementRow { due_at, body: kind::written(&self.terms), ..row };
        Ok(Change::Put(Put { row, event, note: note.to_owned() }))
    }

    /// Who is on this side.
    pub fn holder<'a>(
        &self,
        context: &Context<'a>,
        side: Side,
    ) -> Result<&'a AccountHolder, PlanError> {
        let account = self.party(side).ok_or(DEAL_GONE)?;
        context.facts.owner(account)?.ok_or(PlanError::Damaged("a deal of nobody"))
    }

    /// Who is on this side, if anybody has joined.
    pub fn person<'a>(
        &self,
        context: &Context<'a>,
        side: Side,
    ) -> Result<Option<&'a PersonRow>, PlanError> {
        let Some(account) = self.party(side) else { return Ok(None) };
        Ok(context.facts.owner(account)?.map(|holder| &holder.person))
    }

    /// Refuses where an account of it is stopped: then nothing goes on.
    pub fn goes_on(&self, context: &Context) -> Result<(), PlanError> {
        for side in [Side::Buy, Side::Sell] {
            self.holder(context, side)?;
        }
        if self.is_stopped(context)? { Err(DEAL_STOPPED.into()) } else { Ok(()) }
    }

    /// Whether an account of who takes part in it is stopped.
    pub fn is_stopped(&self, context: &Context) -> Result<bool, PlanError> {
        for account in self.accounts() {
            let holder = context.facts.owner(account)?;
            let state = holder.ok_or(PlanError::Damaged("a deal of nobody"))?.account.state;
            if !state.pays() || !state.receives() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether one of them is stopped that is not closed, which is for good.
    pub fn is_stopped_for_now(&self, context: &Context) -> Result<bool, PlanError> {
        for account in self.accounts() {
            let holder = context.facts.owner(account)?;
            let state = holder.ok_or(PlanError::Damaged("a deal of nobody"))?.account.state;
            if state.is_stopped() && state != AccountState::Closed {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether somebody who gets money by this cannot take it. Who gets none holds up nobody.
    pub fn is_out_of_reach(&self, context: &Context, shares: &Shares) -> Result<bool, PlanError> {
        let platform = self.terms.platform.map(|platform| platform.account);
        for (account, minor) in [
            (self.party(Side::Buy), shares.buyer_minor),
            (self.party(Side::Sell), shares.seller_minor),
            (platform, shares.earned.platform_minor),
        ] {
            let Some(account) = account.filter(|_| minor > 0) else { continue };
            let holder = context.facts.owner(account)?;
            let state = holder.ok_or(PlanError::Damaged("a deal of nobody"))?.account.state;
            if !state.receives() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Refuses where that is so.
    pub fn reaches(&self, context: &Context, shares: &Shares) -> Result<(), PlanError> {
        if self.is_out_of_reach(context, shares)? { Err(DEAL_STOPPED.into()) } else { Ok(()) }
    }

    /// For how long its accounts had been stopped before, but for one that is stopped now.
    pub fn stopped_before_us(&self, context: &Context) -> Result<i64, PlanError> {
        let mut sum = 0_i64;
        for account in self.accounts() {
            let said = context.facts.stopped(account)?;
            sum = sum.saturating_add(said.map_or(0, |said| said.stopped_us));
        }
        Ok(sum)
    }

    /// For how long its accounts have been stopped altogether, microseconds.
    pub fn stopped_us(&self, context: &Context) -> Result<i64, PlanError> {
        let mut sum = 0_i64;
        for account in self.accounts() {
            sum = sum.saturating_add(stopped_us(context, account)?);
        }
        Ok(sum)
    }

    /// A clock that runs for so many days from now.
    pub fn days(&self, context: &Context, days: i32) -> Result<Clock, PlanError> {
        let today = context.today().number();
        self.until(context, Day::new(today.saturating_add(days)))
    }

    /// A clock that runs until a day.
    pub fn until(&self, context: &Context, day: Day) -> Result<Clock, PlanError> {
        Ok(Clock::until(day, self.stopped_us(context)?))
    }

    /// What is divided when `more_minor` of the amount is let go; all the rest goes back with
    /// `last`.
    pub fn shares(&self, more_minor: i64, last: bool) -> Shares {
        let Terms { amount_minor, released_minor, .. } = self.terms;
        self.terms.price.shares(amount_minor, released_minor, more_minor, last)
    }

    /// The legs of that.
    pub fn legs(&self, shares: &Shares) -> Result<Vec<Leg>, PlanError> {
        let account = self.row.account.ok_or(PlanError::Damaged("a deal without an account"))?;
        let (buyer, seller) = (self.party(Side::Buy), self.party(Side::Sell));
        let (buyer, seller) = (buyer.ok_or(DEAL_GONE)?, seller.ok_or(DEAL_GONE)?);
        let platform = self.terms.platform.map(|platform| platform.account);
        Ok(shares.legs(account, [seller, buyer], platform))
    }

    /// What a side reads of it: `deal`, `goods`, `amount`, until when it waits as `day`, and of the
    /// other side `name` and `phone`.
    pub fn told(&self, context: &Context, side: Side) -> Result<Slots, PlanError> {
        let mut slots = self.sign(context, side.other())?;
        let day = self.terms.clock.until.unwrap_or_else(|| context.today());
        slots.extend([
            ("deal".into(), self.code(context)),
            ("goods".into(), Value::Name(self.terms.goods.clone())),
            ("price".into(), context.money(self.terms.amount_minor).into()),
            ("day".into(), day.into()),
            ("dial".into(), context.config.dial.clone().into()),
        ]);
        Ok(slots)
    }

    /// How the other side sees this one: `name` and `phone`. Who has not joined is called by their
    /// number, which was typed by who sees it.
    pub fn sign(&self, context: &Context, side: Side) -> Result<Slots, PlanError> {
        if let Some(person) = self.person(context, side)? {
            return Ok(party::sign(context.config, person));
        }
        Ok(Msisdn::from_e164(&self.row.subject)
            .map_or_else(Slots::new, |phone| unsigned(context.config, &phone)))
    }

    /// Both in one, `who`: of who has not joined, the number only once.
    pub fn who(&self, context: &Context, side: Side) -> Result<(String, Value), PlanError> {
        let sign = self.sign(context, side)?;
        let part = |name: &str| sign.get(name).map(Value::to_string).unwrap_or_default();
        let joined = self.person(context, side)?.is_some();
        let who = if joined { format!("{} {}", part("name"), part("phone")) } else { part("name") };
        Ok(("who".to_owned(), Value::Name(who)))
    }
}

/// How somebody is called who has not joined: by their number.
pub fn unsigned(config: &ServiceConfig, phone: &Msisdn) -> Slots {
    let number = Value::whole(phone, &config.market);
    let name = Value::Name(number.to_string());
    Slots::from([("name".into(), name), ("phone".into(), number)])
}

/// For how long an account has been stopped altogether, microseconds.
pub fn stopped_us(context: &Context, account: AccountId) -> Result<i64, PlanError> {
    Ok(context.facts.stopped(account)?.map_or(0, |said| said.stopped_by(context.now)))
}

/// What must be read to know all that the caller takes part in.
pub fn mine(context: &Context) -> Vec<Want> {
    searches(context).into_iter().map(Want::Arrangements).collect()
}

/// All that the caller takes part in, as far as they have heard of it, and that is not over, the
/// oldest first.
pub fn found(context: &Context) -> Result<Vec<Deal>, PlanError> {
    let mut deals = Vec::new();
    for search in searches(context) {
        for row in context.facts.arrangements(search)? {
            deals.push(Deal::of(row)?);
        }
    }
    deals.retain(|deal| deal.own_side(context).is_ok());
    deals.sort_by_key(|deal| deal.row.id);
    Ok(deals)
}

fn searches(context: &Context) -> Vec<Search> {
    searches_of(context.caller.msisdn.e164(), context.caller.person.as_ref())
}

pub(super) fn searches_of(number: &str, person: Option<&PersonRow>) -> Vec<Search> {
    let sides =
        person.into_iter().flat_map(|own| [Of::Owner(own.account_id), Of::Other(own.account_id)]);
    let sides = sides.chain([Of::Subject(number.to_owned())]);
    let search = |side| Search { side, kind: RULES.name, open: true, since: 0, limit: LOOK };
    sides.map(search).collect()
}

/// The first step of what must be read: the deal that is named, by its number or its code, or all
/// that could be meant.
pub fn named(context: &Context) -> Vec<Want> {
    let person = context.person().map(|person| Want::Owner(person.account_id));
    let deals = match number(context) {
        Ok(Some(id)) => vec![Want::Arrangement(id)],
        Ok(None) => mine(context),
        Err(_unreadable) => Vec::new(),
    };
    person.into_iter().chain(deals).collect()
}

/// Which deal was named; nothing where none was.
pub fn number(context: &Context) -> Result<Option<ArrangementId>, PlanError> {
    let Some(typed) = context.fields.get("deal") else { return Ok(None) };
    if let Ok(id) = typed.parse() {
        return Ok(Some(id));
    }
    let code = ShortCode::parse(typed).ok_or(DEAL_GONE)?;
    Ok(Some(code.arrangement_id(&context.config.reference_key).ok_or(DEAL_GONE)?))
}

/// The deal that was named, which must be the caller's; or where none was, the only one of theirs
/// in which they may bring about one of these, or that there is.
pub fn chosen(context: &Context, events: &[Event]) -> Result<Deal, PlanError> {
    if let Some(id) = number(context)? {
        let row = context.facts.arrangement(id)?.filter(|row| row.kind == RULES.name);
        let deal = Deal::of(row.ok_or(DEAL_GONE)?)?;
        deal.own_side(context)?;
        return Ok(deal);
    }
    let may = |deal: &Deal| {
        let side = deal.own_side(context);
        let any = |side| events.iter().any(|event| deal.role(*event, side).is_some());
        side.is_ok_and(|side| events.is_empty() || any(side))
    };
    let mut deals = found(context)?;
    deals.retain(may);
    match &deals[..] {
        [deal] => Ok(deal.clone()),
        [] => Err(DEAL_GONE.into()),
        [_, _, ..] => Err(DEAL_WHICH.into()),
    }
}

/// The second step: who the two sides are, and how their accounts stand.
pub fn sides(context: &Context, events: &[Event]) -> Vec<Want> {
    chosen(context, events).map(|deal| deal.wants()).unwrap_or_default()
}

impl Deal {
    /// Who takes part in it, how their accounts stand, and for how long they were stopped.
    pub fn wants(&self) -> Vec<Want> {
        let of_each = |account| [Want::Owner(account), Want::Stopped(account)];
        self.accounts().flat_map(of_each).collect()
    }
}
