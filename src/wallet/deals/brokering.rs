//! A platform, such as a market for work, opens a deal for its two sides, and keeps a share of what
//! reaches the seller. The seller is asked first, then the buyer; from there it is a deal like any
//! other. It has no menu: programs ask for it.
//!
//! Inputs `seller` and `buyer` (their numbers), `amount`, `goods`, `percent` (what the platform
//! keeps of the amount), and where they are not as usual those of any deal.

use super::super::arrangements::{kind, place};
use super::super::context::Context;
use super::super::party;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::Service;
use super::deal::Deal;
use super::deal_clock::Clock;
use super::offer_room::{self, DEALS_FULL};
use super::offering::{self, DEAL_BLOCKED};
use super::platform::{self, BROKERED, KEEPS, NO_SHARE};
use super::terms::{DEAL_DAY, DEAL_DELIVERY, Platform, Side, Terms};
use super::{RULES, State, deal_news};
use crate::calendar::Day;
use crate::limits::Tier;
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::request::Fields;
use crate::store::arrangement_rows::{ArrangementRow, Side as Of};
use crate::store::holders::AccountHolder;
use crate::store::people::PersonRow;
use crate::store::wants::Want;
use crate::tariff::Percent;
use crate::value::{Kind, Slot, Value};

/// Opens one, and asks the seller.
pub const BROKER: Service = Service {
    name: "broker_deal",
    opens: 1,
    wants: &[platform_and_numbers, both_sides],
    decide: |context, plan| as_seller(context, |context| broker(context, plan)),
    shows: &[
        Slot("seller", Kind::Name),
        Slot("buyer", Kind::Name),
        Slot("goods", Kind::Name),
        Slot("price", Kind::Money),
        Slot("platform", Kind::Name),
        Slot("share", Kind::Money),
        Slot("fee", Kind::Money),
        Slot("day", Kind::Day),
        Slot("deal", Kind::Code),
    ],
    refusals: &[DEAL_DAY, DEAL_DELIVERY, DEALS_FULL, DEAL_BLOCKED, DEAL_PLATFORM, DEAL_SHARE],
    messages: &[&BROKERED, &deal_news::SAYS, &KEEPS, &NO_SHARE],
    ..Service::PLAIN
};

/// Only who sells by trade opens deals for others.
pub const DEAL_PLATFORM: Reason = Reason::new("deal_platform");
/// No percentage that a platform may keep.
pub const DEAL_SHARE: Reason = Reason::new("deal_share");

/// What it may keep at most, in percent. Markets keep some 5 to 20; what is far above is a slip of
/// a finger that its two sides would pay for.
const SHARE_MAX: &str = "30";
/// Deals that one may have open, and of them those that platforms ask them for.
const OPEN_MAX: usize = 20;
const ASKED_MAX: usize = 3;
/// Days in which the seller is to answer.
const ANSWER_DAYS: i32 = 2;

/// A platform has nothing to say to a deal but what the seller would.
fn as_seller<T>(context: &Context, then: impl FnOnce(&Context) -> T) -> T {
    let mut fields: Fields = context.fields.clone();
    fields.insert("side".to_owned(), <&str>::from(Side::Sell).to_owned());
    then(&Context { fields: &fields, ..*context })
}

fn platform_and_numbers(context: &Context) -> Vec<Want> {
    let numbers = ["seller", "buyer"].into_iter().filter_map(|field| context.phone(field).ok());
    let mut wants: Vec<Want> =
        numbers.map(|number| Want::Number(number.e164().to_owned())).collect();
    if let Ok(platform) = context.person() {
        let id = platform.account_id;
        wants.extend([Want::Owner(id), Want::Account(id), Want::Stopped(id)]);
    }
    wants
}

fn both_sides(context: &Context) -> Vec<Want> {
    let (Ok(seller), Ok(buyer)) = (found(context, "seller"), found(context, "buyer")) else {
        return Vec::new();
    };
    let (seller, buyer) = (seller.person.account_id, buyer.person.account_id);
    let of_each = |id| [Want::Owner(id), Want::Stopped(id), Want::BlockedBy(id)];
    let waiting = Want::Arrangements(offer_room::waiting(Of::Other(buyer)));
    let places = place::wants(context, &RULES, seller);
    [seller, buyer].into_iter().flat_map(of_each).chain([waiting]).chain(places).collect()
}

/// Who has a number, who must have joined.
fn found<'a>(context: &Context<'a>, field: &'static str) -> Result<&'a AccountHolder, PlanError> {
    let number = context.phone(field)?;
    let unknown = || {
        let unknown = Refusal::of_field(Reason::PAYEE_UNKNOWN, field);
        unknown.with("phone", Value::whole(&number, &context.config.market))
    };
    Ok(context.facts.number(number.e164())?.ok_or_else(unknown)?)
}

/// The same, who may be asked by this platform.
fn asked<'a>(
    context: &Context<'a>,
    field: &'static str,
    platform: &PersonRow,
) -> Result<&'a AccountHolder, PlanError> {
    let holder = found(context, field)?;
    let id = holder.person.account_id;
    if id == platform.account_id {
        return Err(Refusal::of_field(Reason::PAYEE_SELF, field).into());
    }
    if !holder.account.state.pays() || !holder.account.state.receives() {
        return Err(Refusal::of_field(Reason::PAYEE_CLOSED, field).into());
    }
    Ok(holder)
}

fn broker(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let platform = context.person()?;
    if platform.tier != Tier::Merchant.code() {
        return Err(DEAL_PLATFORM.into());
    }
    party::payer(context, platform, Reason::ACCOUNT_CLOSED.into())?;
    let seller = asked(context, "seller", platform)?;
    plan.show_all(shown("seller", seller));
    let buyer = asked(context, "buyer", platform)?;
    plan.show_all(shown("buyer", buyer));
    may_ask(context, platform, seller, buyer)?;
    let amount = context.amount("amount")?;
    let keeps = share(context)?;
    let price = offering::price(context, Some(keeps))?;
    if context.fields.contains_key("keep") {
        // a deposit pays nobody where all goes well: there is nothing to share
        return Err(Refusal::of_field(Reason::INVALID, "keep").into());
    }
    let terms = Terms::typed(context, price, Clock::STILL)?;
    let platform = Platform { account: platform.account_id, keeps };
    let terms = Terms { platform: Some(platform), ..terms };
    plan.show("price", amount);
    plan.show("fee", context.money(price.total_minor()));
    let (owner, other) = (seller.person.account_id, buyer.person.account_id);
    let room = place::take(context, &RULES, owner, OPEN_MAX, DEALS_FULL)?;
    let row = RULES.row(context, State::Brokered.into(), owner, Some(other));
    let row = ArrangementRow { subject: platform::subject(platform.account), ..row };
    let mut deal = Deal::of(&ArrangementRow { body: kind::written(&terms), ..row })?;
    let today = context.today().number();
    deal.terms.clock = deal.until(context, Day::new(today.saturating_add(ANSWER_DAYS)))?;
    let due_at = deal.terms.clock.due_at(context.now, &context.config.market.zone);
    deal.row = ArrangementRow { due_at, body: kind::written(&deal.terms), ..deal.row };
    let keeps = deal.keeps(context)?;
    plan.show_all(keeps.clone());
    plan.show("goods", Value::Name(deal.terms.goods.clone()));
    plan.show("day", deal.terms.clock.until.unwrap_or(deal.terms.deliver_by));
    plan.show("deal", deal.code(context));
    let mut changes = vec![room, kind::begun(deal.row.clone())];
    changes.push(deal.tell(context, Side::Sell, &BROKERED, keeps)?);
    changes.extend(deal.tell_terms(context, Side::Sell)?);
    plan.commit(Act { kind: BROKER.name, changes, ..Act::default() });
    Ok(())
}

/// A side, by their name.
fn shown(side: &'static str, holder: &AccountHolder) -> crate::value::Slots {
    crate::value::Slots::from([(side.to_owned(), party::name(&holder.person))])
}

/// What the platform keeps.
fn share(context: &Context) -> Result<Percent, PlanError> {
    let most = Percent::parse(SHARE_MAX);
    let keeps = Percent::parse(context.field("percent")?).filter(|keeps| Some(*keeps) <= most);
    Ok(keeps.ok_or_else(|| Refusal::of_field(DEAL_SHARE, "percent"))?)
}

/// The two are not one, none of the three has blocked who asks them, and not too much waits for
/// them.
fn may_ask(
    context: &Context,
    platform: &PersonRow,
    seller: &AccountHolder,
    buyer: &AccountHolder,
) -> Result<(), PlanError> {
    let [by, seller, buyer] =
        [platform.account_id, seller.person.account_id, buyer.person.account_id];
    if seller == buyer {
        return Err(Refusal::of_field(Reason::PAYEE_SELF, "buyer").into());
    }
    for (field, asked, askers) in [("seller", seller, [by, buyer]), ("buyer", buyer, [by, seller])]
    {
        let blocked = context.facts.accounts(&Want::BlockedBy(asked))?;
        if askers.iter().any(|asker| blocked.contains(asker)) {
            return Err(Refusal::of_field(DEAL_BLOCKED, field).into());
        }
    }
    let of_seller = context.facts.arrangements(place::open_of(&RULES, seller))?;
    let brokered = |row: &&ArrangementRow| row.state == <&str>::from(State::Brokered);
    if of_seller.iter().filter(brokered).count() >= ASKED_MAX {
        return Err(Refusal::of_field(DEALS_FULL, "seller").into());
    }
    let of_buyer = context.facts.arrangements(offer_room::waiting(Of::Other(buyer)))?;
    if offer_room::asked(of_buyer).count() >= offer_room::WAITING_MAX {
        return Err(Refusal::of_field(DEALS_FULL, "buyer").into());
    }
    Ok(())
}
