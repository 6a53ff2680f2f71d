//! Givers hear how their gifts were spent: one text for each gift that is a part of a payment, in
//! pieces, and by day. It goes from the newest payment and the last gift back, side by side; how
//! far it is is kept with the collection.

use super::super::arrangements::Role;
use super::super::context::Context;
use super::super::line::Line;
use super::super::plan::{Act, PlanError};
use super::super::service::Message;
use super::collection::{Collection, Ended, Telling, by_day, morning_after};
use super::{Event, RULES, State, handing_back, lineage, steering};
use crate::book::Change;
use crate::id::AccountId;
use crate::reference::Reference;
use crate::refusal::Refusal;
use crate::store::facts::Whole;
use crate::store::wants::Want;
use crate::time::Timestamp;
use crate::value::{Kind, Slot, Slots, Value};
use std::cmp::Ordering;

/// A part of a gift was paid to somebody for something,
pub const GIFT_SPENT: Message = Message::plain(
    "sms.gift_spent",
    &[
        Slot("gift", Kind::Code),
        Slot("title", Kind::Name),
        Slot("amount", Kind::Money),
        Slot("day", Kind::Day),
        Slot("name", Kind::Name),
        Slot("words", Kind::Name),
    ],
);
/// or all of them were paid out.
pub const GIFT_PAID_OUT: Message = Message { template: "sms.gift_paid_out", ..GIFT_SPENT };
/// To its organiser: what they have not spent goes back.
pub const LAPSED: Message = Message::plain(
    "sms.collection_lapsed",
    &[Slot("title", Kind::Name), Slot("gathered", Kind::Money), Slot("target", Kind::Money)],
);

/// Gifts that are looked at in one piece,
const GIFTS: usize = 300;
/// and payments.
const PAYMENTS: usize = 50;

/// Where telling is, or where it begins; nothing where there is nothing to tell.
fn telling(context: &Context, collection: &Collection) -> Result<Option<Telling>, PlanError> {
    if collection.terms.telling.is_some() || !collection.is_untold(context)? {
        return Ok(collection.terms.telling);
    }
    let newest = collection.account(context)?.last_posting;
    let number = collection.terms.paid.len().saturating_sub(1);
    let (Some(upto), Some(gift)) = (newest, collection.terms.last_gift) else {
        return Err(PlanError::Damaged("a collection that was paid from without a gift"));
    };
    Ok(Some(Telling { upto, payment: upto, number, gift }))
}

fn payments_back(account: AccountId, at: &Telling) -> Want {
    Want::Back { account, from: at.payment, limit: PAYMENTS }
}

fn gifts_back(account: AccountId, at: &Telling) -> Want {
    Want::Back { account, from: at.gift, limit: GIFTS }
}

/// What must be read to know what there is to tell.
pub fn flows(context: &Context, collection: &Collection) -> Result<Vec<Want>, PlanError> {
    let at = telling(context, collection)?;
    let account = collection.account_id;
    Ok(at.map(|at| vec![payments_back(account, &at), gifts_back(account, &at)]).unwrap_or_default())
}

/// And to whom.
pub fn givers(context: &Context, collection: &Collection) -> Result<Vec<Want>, PlanError> {
    let Some(at) = telling(context, collection)? else { return Ok(Vec::new()) };
    let gifts = context.facts.history(&gifts_back(collection.account_id, &at))?;
    Ok(gifts.iter().filter_map(handing_back::giver).map(Want::Person).collect())
}

/// Tells the next piece; where there is nothing to tell, it is over, or what nobody has spent for
/// long goes back.
pub fn turn(
    context: &Context,
    collection: &Collection,
    refused: Option<&Refusal>,
) -> Result<Act, PlanError> {
    if let Some(refusal) = refused {
        return Err(refusal.clone().into());
    }
    let Some(at) = telling(context, collection)? else { return nothing(context, collection) };
    let day = by_day(context);
    if day > context.now {
        return collection.later(context, day);
    }
    let (next, mut news) = piece(context, collection, at)?;
    let mut terms = collection.terms.clone();
    terms.telling = next;
    if next.is_none() {
        terms.told = Some(at.upto);
    }
    let all = next.is_none() && collection.account(context)?.last_posting == Some(at.upto);
    let (event, due) = match (collection.state, all) {
        (State::Telling, true) => (Event::Finish, context.now),
        (_, true) => (Event::Tell, spend_by(context, collection)),
        (_, false) => (Event::Tell, context.now),
    };
    news.insert(0, collection.put(event, Role::Service, &terms, due)?);
    Ok(Act { kind: RULES.name, changes: news, ..Act::default() })
}

/// When what was not spent by then goes back.
fn spend_by(context: &Context, collection: &Collection) -> Timestamp {
    morning_after(context, collection.terms.spend_by.unwrap_or(context.today()))
}

fn nothing(context: &Context, collection: &Collection) -> Result<Act, PlanError> {
    let due = spend_by(context, collection);
    if collection.state == State::Telling {
        let put = collection.put(Event::Finish, Role::Service, &collection.terms, context.now)?;
        return Ok(Act { kind: RULES.name, changes: vec![put], ..Act::default() });
    }
    if due > context.now {
        return collection.later(context, due);
    }
    let terms = steering::given_up(context, collection, Ended::Lapsed)?;
    let told = collection.told(context, &["gathered", "target"])?;
    let changes = vec![
        collection.unmoved(context)?,
        collection.put(Event::Lapse, Role::Service, &terms, context.now)?,
        context.tell(context.person()?, &LAPSED, told, None),
    ];
    Ok(Act { kind: RULES.name, changes, ..Act::default() })
}

/// What a piece tells, and where the next one begins.
fn piece(
    context: &Context,
    collection: &Collection,
    mut at: Telling,
) -> Result<(Option<Telling>, Vec<Change>), PlanError> {
    let account = collection.account_id;
    let gathered_minor = collection.gathered(context)?.0;
    let end = collection.heard();
    let mut payments = context.facts.history(&payments_back(account, &at))?.iter();
    let mut gifts = context.facts.history(&gifts_back(account, &at))?.iter();
    let (mut payment, mut gift) = (payments.next(), gifts.next());
    let mut news = Vec::new();
    while let (Some(paid), Some(given)) = (payment, gift) {
        let (paid, given) = (line(paid, account)?, line(given, account)?);
        if Some(paid.posting.id) == end {
            return Ok((None, news));
        }
        let spent = lineage::of_payment(gathered_minor, paid.own);
        let came = lineage::of_gift(given.own);
        let shared_minor = came.shared_minor(spent);
        if shared_minor > 0 {
            news.extend(text(context, collection, &at, &paid, &given, shared_minor)?);
        }
        // whichever begins later is done with
        match came.from_minor.cmp(&spent.from_minor) {
            Ordering::Less => {
                payment = payments.next();
                at.number = at.number.saturating_sub(1);
                match paid.own.previous {
                    Some(previous) => at.payment = previous,
                    None => return Ok((None, news)),
                }
            }
            Ordering::Equal | Ordering::Greater => {
                gift = gifts.next();
                match given.own.previous {
                    Some(previous) => at.gift = previous,
                    None => return Ok((None, news)),
                }
            }
        }
    }
    Ok((Some(at), news))
}

fn line(whole: &Whole, account: AccountId) -> Result<Line<'_>, PlanError> {
    Line::of(whole, account).ok_or(PlanError::Damaged("an entry of others"))
}

/// What who gave this hears of a payment.
fn text(
    context: &Context,
    collection: &Collection,
    at: &Telling,
    paid: &Line,
    given: &Line,
    minor: i64,
) -> Result<Option<Change>, PlanError> {
    let Some(payer) = given.legs.iter().find(|leg| leg.amount_minor < 0) else { return Ok(None) };
    let Some(person) = context.facts.person(payer.account_id)? else { return Ok(None) };
    let Some(about) = collection.terms.paid.get(at.number) else { return Ok(None) };
    let code = Reference::of(given.posting.id, &context.config.reference_key).to_string();
    let slots = Slots::from([
        ("gift".into(), Value::Code(code)),
        ("title".into(), collection.title()),
        ("amount".into(), context.money(minor).into()),
        ("day".into(), context.day_of(Timestamp::from_micros(paid.posting.at)).into()),
        ("name".into(), Value::Name(about.to.clone())),
        ("words".into(), Value::Name(about.words.clone())),
    ]);
    let message = if about.words.is_empty() { &GIFT_PAID_OUT } else { &GIFT_SPENT };
    Ok(Some(context.tell(person, message, slots, None)))
}
