//! A deal is opened: by dialling, where what is usual is proposed and shown before the other side
//! hears of it; or by a text, which is read back first.
//!
//! Inputs `side` (buy or sell), `to`, `amount`, `goods`, and where they are not as usual `deliver`
//! (a day, or in how many), `look` (days), `release`, `fee_by` and `delivery`; of a deposit
//! `keep`, which stays where nobody comes.

use super::super::arrangements::{kind, place};
use super::super::context::Context;
use super::super::party;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{ByText, Message, Service};
use super::super::waiting::quota;
use super::deal::{self, Deal};
use super::deal_clock::Clock;
use super::offer_room::{DEALS_FULL, of_today, waiting};
use super::platform::{KEEPS, NO_SHARE, SHARE, SHARE_STUCK};
use super::shares::Price;
use super::terms::{self, DEAL_DAY, DEAL_DELIVERY, DEAL_KEEP, Side, Terms};
use super::{DEAL_GONE, Event, RULES, State, arbiters, deal_news, offer_quota, offer_room};
use crate::phone::Msisdn;
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::request::Fields;
use crate::store::arrangement_rows::{ArrangementRow, Side as Of};
use crate::store::holders::AccountHolder;
use crate::store::people::PersonRow;
use crate::store::wants::Want;
use crate::tariff::{Able, Percent, PriceCase};
use crate::value::{Kind, Slot, Value};

/// Asks the other side. What it costs is a table of the tariff under this name. What the clock of a
/// deal tells, and what the staff are refused with, is among what this one says.
pub const OPEN: Service = Service {
    name: "safe_pay",
    opens: 1,
    wants: &[both_and_places, other_side],
    decide: |context, plan| open(context, plan, State::Offered),
    shows: SHOWS,
    refusals: &[
        DEAL_DAY,
        DEAL_DELIVERY,
        DEAL_KEEP,
        DEALS_FULL,
        offer_quota::DEALS_TODAY,
        DEAL_BLOCKED,
        arbiters::DEAL_SAME_STAFF,
        arbiters::DEAL_NOT_SO,
    ],
    messages: &[
        &deal_news::WANTS_TO_BUY,
        &deal_news::WANTS_TO_SELL,
        &deal_news::STRANGER_MAY_BUY,
        &deal_news::STRANGER_MAY_SELL,
        &deal_news::SAYS,
        &deal_news::LEAVES_DEPOSIT,
        &deal_news::ASKS_DEPOSIT,
        &deal_news::DEPOSIT_SAYS,
        &deal_news::OFFERED,
        &deal_news::EXPIRED,
        &deal_news::REMINDER,
        &deal_news::LATER,
        &deal_news::STUCK,
        &deal_news::NOT_BROUGHT,
        &deal_news::RULED,
        &deal_news::DECIDED,
        &deal_news::REASON,
        &deal_news::PAID_OUT,
        &deal_news::LET_GO,
        &deal_news::BACK,
        &deal_news::GIVEN_BACK,
        &KEEPS,
        &SHARE,
        &NO_SHARE,
        &SHARE_STUCK,
    ],
    priced: Some(Able { tier: false, channels: &[], month: false, payee: false, stands_for: &[] }),
    ..Service::PLAIN
};

/// Inputs `amount`, `to`, `reference`: the caller wants to buy, and reads it back first.
pub const BUY_BY_TEXT: Service = Service {
    name: "buy_by_text",
    opens: 1,
    wants: &[
        |context| typed(context, Side::Buy, both_and_places),
        |context| typed(context, Side::Buy, other_side),
    ],
    decide: |context, plan| draft(context, plan, Side::Buy),
    shows: SHOWS,
    refusals: OPEN.refusals,
    messages: &[&deal_news::READ_BACK_BUY, &deal_news::READ_BACK_SELL],
    text: Some(ByText::Execute),
    ..Service::PLAIN
};

/// The same for who wants to sell.
pub const SELL_BY_TEXT: Service = Service {
    name: "sell_by_text",
    wants: &[
        |context| typed(context, Side::Sell, both_and_places),
        |context| typed(context, Side::Sell, other_side),
    ],
    decide: |context, plan| draft(context, plan, Side::Sell),
    ..BUY_BY_TEXT
};

/// Input `deal`, or none where only one was written: it is as it should be, and the other side
/// hears of it.
pub const SEND: Service = Service {
    name: "send_deal",
    wants: &[deal::named, wants_sent],
    decide: send,
    shows: &[Slot("deal", Kind::Code), Slot("goods", Kind::Name), Slot("name", Kind::Name)],
    refusals: &[DEAL_GONE, deal::DEAL_WHICH, DEALS_FULL, offer_quota::DEALS_TODAY, DEAL_BLOCKED],
    messages: OPEN.messages,
    text: Some(ByText::Execute),
    ..Service::PLAIN
};

/// The other side does not want to be asked for anything by the caller.
pub const DEAL_BLOCKED: Reason = Reason::new("deal_blocked");

const SHOWS: &[Slot] = &[
    Slot("name", Kind::Name),
    Slot("phone", Kind::Phone),
    Slot("with", Kind::Text),
    Slot("with_code", Kind::Text),
    Slot("goods", Kind::Name),
    Slot("price", Kind::Money),
    Slot("deliver", Kind::Day),
    Slot("look", Kind::Count),
    Slot("release", Kind::Text),
    Slot("release_code", Kind::Text),
    Slot("fee_by", Kind::Text),
    Slot("fee_by_code", Kind::Text),
    Slot("fee", Kind::Money),
    Slot("bring", Kind::Text),
    Slot("bring_code", Kind::Text),
    Slot("delivery", Kind::Money),
    Slot("keep", Kind::Money),
    Slot("parts", Kind::Count),
    Slot("deal", Kind::Code),
];

/// Deals that one may have open.
const OPEN_MAX: usize = 20;
/// Days in which the other side is to answer.
const ANSWER_DAYS: i32 = 2;
/// Texts of one that were not sent yet.
const DRAFTS_MAX: usize = 3;

fn both_and_places(context: &Context) -> Vec<Want> {
    let mut wants = party::wants_both(context, "to");
    if let Ok(owner) = context.person() {
        wants.extend(place::wants(context, &RULES, owner.account_id));
        wants.push(Want::Stopped(owner.account_id));
        wants.push(offer_quota::wants(context.now, owner.account_id));
        wants.push(quota::payments(context, owner.account_id));
    }
    if let Ok(to) = context.phone("to") {
        let side = Of::Subject(to.e164().to_owned());
        wants.extend([of_today(context, side.clone()), waiting(side)].map(Want::Arrangements));
    }
    wants
}

fn other_side(context: &Context) -> Vec<Want> {
    let Ok(Some(other)) = joined(context) else { return Vec::new() };
    let id = other.person.account_id;
    let waiting = Want::Arrangements(waiting(Of::Other(id)));
    vec![Want::Owner(id), Want::Stopped(id), Want::BlockedBy(id), waiting]
}

/// Who is asked, where they have joined.
fn joined<'a>(context: &Context<'a>) -> Result<Option<&'a AccountHolder>, PlanError> {
    Ok(context.facts.number(context.phone("to")?.e164())?)
}

fn open(context: &Context, plan: &mut Plan, state: State) -> Result<(), PlanError> {
    let owner = context.person()?;
    let to = context.phone("to")?;
    let other = joined(context)?;
    match other {
        Some(other) => plan.show_all(party::sign(context.config, &other.person)),
        None => {
            plan.flag("unjoined");
            plan.show_all(deal::unsigned(context.config, &to));
        }
    }
    plan.show("with_code", if other.is_some() { "joined" } else { "unjoined" });
    let room = allowed(context, owner, &to, other)?;
    if state == State::Drafted {
        few_drafts(context, owner)?;
    }
    let amount = context.amount("amount")?;
    plan.show("price", amount);
    let price = price(context, None)?;
    let answer_by = crate::calendar::Day::new(context.today().number().saturating_add(ANSWER_DAYS));
    let terms = Terms::typed(context, price, Clock::until(answer_by, stopped_us(context, other)?))?;
    plan.show_all(terms.told(context));
    let other = other.map(|other| other.person.account_id);
    let subject = if other.is_none() { to.e164().to_owned() } else { String::new() };
    let row = RULES.row(context, state.into(), owner.account_id, other);
    let due_at = terms.clock.due_at(context.now, &context.config.market.zone);
    let row = ArrangementRow { subject, due_at, body: kind::written(&terms), ..row };
    let deal = Deal::of(&row)?;
    plan.show("deal", deal.code(context));
    let mut changes = vec![room, kind::begun(row)];
    changes.extend(if state == State::Drafted {
        let read_back = match terms.side {
            Side::Buy => &deal_news::READ_BACK_BUY,
            Side::Sell => &deal_news::READ_BACK_SELL,
        };
        let who = deal.who(context, terms.side.other())?;
        vec![deal.tell(context, terms.side, read_back, [who])?]
    } else {
        told(context, &deal)?
    });
    plan.commit(Act { kind: OPEN.name, changes, ..Act::default() });
    Ok(())
}

fn stopped_us(context: &Context, other: Option<&AccountHolder>) -> Result<i64, PlanError> {
    let own = deal::stopped_us(context, context.person()?.account_id)?;
    let Some(other) = other else { return Ok(own) };
    let theirs = deal::stopped_us(context, other.person.account_id)?;
    Ok(own.saturating_add(theirs))
}

/// What it costs, whoever pays it, and what a platform keeps.
pub fn price(context: &Context, keeps: Option<Percent>) -> Result<Price, PlanError> {
    let amount = context.amount("amount")?;
    let date = context.now.day(&context.config.market.zone);
    let service = OPEN.name;
    let case = PriceCase { service, amount, tier: None, channel: None, date, month_minor: 0 };
    let fee = context.policy.tariff.quote(&case);
    let fee = fee.map_err(|reason| Refusal::of_field(reason, "amount"))?;
    let price = Price::of(&fee, terms::fee_by(context)?);
    let price = keeps.map_or(price, |keeps| price.shared(keeps, amount.minor));
    if price.seller.total_minor() >= amount.minor {
        // nothing would arrive
        return Err(Refusal::of_field(Reason::AMOUNT_TOO_SMALL, "amount").into());
    }
    Ok(price)
}

/// Whether the caller may ask this number, and the place that this deal takes.
fn allowed(
    context: &Context,
    owner: &PersonRow,
    to: &Msisdn,
    other: Option<&AccountHolder>,
) -> Result<crate::book::Change, PlanError> {
    party::payer(context, owner, Reason::ACCOUNT_CLOSED.into())?;
    if owner.msisdn == to.e164() {
        return Err(Refusal::of_field(Reason::PAYEE_SELF, "to").into());
    }
    let waits = match other {
        None if !context.config.rules.unjoined => {
            let unknown = Refusal::of_field(Reason::PAYEE_UNKNOWN, "to");
            return Err(unknown.with("phone", Value::whole(to, &context.config.market)).into());
        }
        None => waiting(Of::Subject(to.e164().to_owned())),
        Some(other) => {
            let id = other.person.account_id;
            if context.facts.accounts(&Want::BlockedBy(id))?.contains(&owner.account_id) {
                return Err(Refusal::of_field(DEAL_BLOCKED, "to").into());
            }
            if !other.account.state.pays() || !other.account.state.receives() {
                return Err(Refusal::of_field(Reason::PAYEE_CLOSED, "to").into());
            }
            waiting(Of::Other(id))
        }
    };
    offer_quota::allowed(context, owner.account_id, &waits.side, None)?;
    offer_room::has_room(context, owner, waits)?;
    place::take(context, &RULES, owner.account_id, OPEN_MAX, DEALS_FULL)
}

/// Whoever writes more and more texts sends or ends some first.
fn few_drafts(context: &Context, owner: &PersonRow) -> Result<(), PlanError> {
    let own = context.facts.arrangements(place::open_of(&RULES, owner.account_id))?;
    let drafted = |row: &&ArrangementRow| row.state == <&str>::from(State::Drafted);
    let few = own.iter().filter(drafted).count() < DRAFTS_MAX;
    if few { Ok(()) } else { Err(DEALS_FULL.into()) }
}

/// The other side is asked, and who asks hears that they are.
pub fn told(context: &Context, deal: &Deal) -> Result<Vec<crate::book::Change>, PlanError> {
    let side = deal.terms.side;
    let deposit = deal.terms.keep_minor.is_some();
    let joined = deal.party(side.other()).is_some();
    let asked: &Message = match side {
        Side::Buy if deposit => &deal_news::LEAVES_DEPOSIT,
        Side::Sell if deposit => &deal_news::ASKS_DEPOSIT,
        Side::Buy if joined => &deal_news::WANTS_TO_BUY,
        Side::Sell if joined => &deal_news::WANTS_TO_SELL,
        Side::Buy => &deal_news::STRANGER_MAY_SELL,
        Side::Sell => &deal_news::STRANGER_MAY_BUY,
    };
    // the sum that moves for who is asked: what they would pay, or what would reach them
    let paid = [("paid".to_owned(), context.money(deal.moves_minor(side.other())).into())];
    let mut changes = vec![deal.tell(context, side.other(), asked, paid)?];
    changes.extend(deal.tell_terms(context, side.other())?);
    let who = deal.who(context, side.other())?;
    changes.push(deal.tell(context, side, &deal_news::OFFERED, [who])?);
    Ok(changes)
}

/// The inputs of a text, as if they had been typed.
fn typed<T>(context: &Context, side: Side, then: impl FnOnce(&Context) -> T) -> T {
    let mut fields: Fields = context.fields.clone();
    if let Some(words) = fields.remove("reference") {
        fields.insert("goods".to_owned(), words);
    }
    fields.insert("side".to_owned(), <&str>::from(side).to_owned());
    then(&Context { fields: &fields, ..*context })
}

fn draft(context: &Context, plan: &mut Plan, side: Side) -> Result<(), PlanError> {
    typed(context, side, |context| open(context, plan, State::Drafted))
}

/// The two sides, and what waits for the other one, who may have blocked who asks by now.
fn wants_sent(context: &Context) -> Vec<Want> {
    let Ok(deal) = deal::chosen(context, &[Event::Offer]) else { return Vec::new() };
    let blocked = deal.row.other.map(Want::BlockedBy);
    let waits = [of_today(context, whom(&deal)), waiting(whom(&deal))].map(Want::Arrangements);
    let made = offer_quota::wants(context.now, deal.row.owner);
    let known = quota::payments(context, deal.row.owner);
    deal.wants().into_iter().chain(blocked).chain(waits).chain([made, known]).collect()
}

fn whom(deal: &Deal) -> Of {
    deal.row.other.map_or_else(|| Of::Subject(deal.row.subject.clone()), Of::Other)
}

fn send(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let mut deal = deal::chosen(context, &[Event::Offer])?;
    let side = deal.own_side(context)?;
    plan.show_all(deal.told(context, side)?);
    plan.slots.retain(|slot, _| ["deal", "goods", "name"].contains(&slot.as_str()));
    let role = deal.role_of(Event::Offer, side)?;
    let owner = context.person()?;
    if let Some(other) = deal.row.other
        && context.facts.accounts(&Want::BlockedBy(other))?.contains(&owner.account_id)
    {
        return Err(DEAL_BLOCKED.into());
    }
    let whom = whom(&deal);
    offer_quota::allowed(context, owner.account_id, &whom, Some(deal.row.id))?;
    offer_room::has_room(context, owner, waiting(whom))?;
    deal.terms.clock = deal.days(context, ANSWER_DAYS)?;
    let mut changes = vec![deal.moved(context, Event::Offer, role, "")?];
    changes.extend(told(context, &deal)?);
    plan.commit(Act { kind: SEND.name, changes, ..Act::default() });
    Ok(())
}
