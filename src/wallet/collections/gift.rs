//! A giver follows their own gift, by its code: that it is counted, on what it was spent, how much
//! of it is still there, or that it came back.

use super::super::context::Context;
use super::super::line::Line;
use super::super::plan::{Plan, PlanError};
use super::super::receipt;
use super::super::service::{ByText, Message, Service};
use super::collection::{self, Collection};
use super::lineage::{self, Interval};
use super::proof::Leaf;
use super::spending::PAYMENTS_MAX;
use super::{GIFT, State};
use crate::id::{AccountId, PostingId};
use crate::reason::Reason;
use crate::reference::Reference;
use crate::refusal::Refusal;
use crate::store::facts::Whole;
use crate::store::wants::Want;
use crate::time::Timestamp;
use crate::value::{Kind, Slot, Slots, Value};
use std::collections::BTreeSet;

/// Input `code`, which is that of its receipt: lists what came of it, as `trace` with its parts.
pub const FOLLOW: Service = Service {
    name: "follow_gift",
    wants: &[posting, whole_collection, payments],
    decide: follow,
    shows: TRACE,
    refusals: &[GIFT_UNKNOWN],
    text: Some(ByText::List { line: &LINE, whole: &WHOLE, none: &NONE }),
    ..Service::PLAIN
};

/// Lists the newest gifts of the caller: `amount`, `date`, `time`, `gift`.
pub const MINE: Service = Service {
    name: "own_gifts",
    wants: &[lately],
    decide: list,
    shows: &[
        Slot("amount", Kind::Money),
        Slot("date", Kind::Day),
        Slot("time", Kind::Time),
        Slot("gift", Kind::Code),
    ],
    ..Service::PLAIN
};

/// It is not the code of a gift of theirs.
pub const GIFT_UNKNOWN: Reason = Reason::new("gift_unknown");

const TRACE: &[Slot] = &[
    Slot("trace", Kind::Text),
    Slot("trace_code", Kind::Text),
    Slot("amount", Kind::Money),
    Slot("title", Kind::Name),
    Slot("digest", Kind::Code),
    Slot("day", Kind::Day),
    Slot("name", Kind::Name),
    Slot("words", Kind::Name),
];
const LINE: Message = Message::plain("sms.gift_line", TRACE);
const WHOLE: Message = Message::plain(
    "sms.gift",
    &[Slot("lines", Kind::Text), Slot("dial", Kind::Text), Slot("brand", Kind::Text)],
);
const NONE: Message = Message { template: "sms.gift_empty", ..WHOLE };

/// Postings of the caller among which their gifts are looked for,
const LOOK: usize = 100;
/// and how many of those are shown.
const SHOWN: usize = 10;

fn unknown() -> Refusal {
    Refusal::of_field(GIFT_UNKNOWN, "code")
}

/// The posting whose code was typed.
fn named(context: &Context) -> Result<PostingId, PlanError> {
    context.receipt("code", unknown())
}

/// The same, where it is a gift of the caller's; and the account that it went to, which is that of
/// the second leg.
fn own<'a>(context: &Context<'a>) -> Result<(&'a Whole, AccountId), PlanError> {
    let giver = context.person()?.account_id;
    let whole = context.facts.posting(named(context)?)?.ok_or_else(unknown)?;
    let line = Line::of(whole, giver).filter(|line| line.went() && line.posting.kind == GIFT);
    let to = line.and_then(|line| line.legs.get(1)).ok_or_else(unknown)?;
    Ok((whole, to.account_id))
}

fn posting(context: &Context) -> Vec<Want> {
    named(context).map(Want::Posting).into_iter().collect()
}

fn whole_collection(context: &Context) -> Vec<Want> {
    let account = own(context).map(|(_, account)| account);
    let wants = |account| {
        let collection = Want::Arrangements(collection::numbered(collection::number(account)));
        [collection, Want::Account(account)]
    };
    account.into_iter().flat_map(wants).collect()
}

fn collection_of(context: &Context, account: AccountId) -> Result<Collection, PlanError> {
    let found = context.facts.arrangements(collection::numbered(collection::number(account)))?;
    Collection::of(found.first().ok_or(PlanError::Damaged("a gift to no collection"))?)
}

/// The payments from it, from the last one back to the last gift.
fn payments_back(context: &Context, collection: &Collection) -> Option<Want> {
    let last = match &collection.terms.back {
        Some(back) => back.spent,
        None if collection.terms.paid.is_empty() => None,
        None => collection.account(context).ok()?.last_posting,
    };
    // one more where one was paid since the row was read
    let limit = PAYMENTS_MAX.saturating_add(1);
    Some(Want::Back { account: collection.account_id, from: last?, limit })
}

fn payments(context: &Context) -> Vec<Want> {
    let collection = own(context).and_then(|(_, account)| collection_of(context, account));
    let collection = collection.ok();
    collection.and_then(|collection| payments_back(context, &collection)).into_iter().collect()
}

/// A gift of the caller's, and where it lies.
struct Gift<'a> {
    whole: &'a Whole,
    collection: Collection,
    interval: Interval,
    digest: String,
}

fn read<'a>(context: &Context<'a>) -> Result<Gift<'a>, PlanError> {
    let (whole, account) = own(context)?;
    let collection = collection_of(context, account)?;
    let line = Line::of(whole, account).ok_or(PlanError::Damaged("a gift to nobody"))?;
    let key = &context.config.reference_key;
    let leaf = Leaf::of(&collection.terms.salt, key, line.posting.id, line.own);
    Ok(Gift { whole, collection, interval: leaf.interval, digest: leaf.short() })
}

fn follow(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let gift = read(context)?;
    let counted = context.money(gift.interval.minor());
    let mut slots = Slots::from([
        ("title".into(), gift.collection.title()),
        ("digest".into(), Value::Code(gift.digest.clone())),
    ]);
    slots.insert("amount".into(), counted.into());
    plan.line(0, traced("counted", slots));
    let mut spent_minor = 0;
    for (number, (minor, slots)) in spent(context, &gift)?.into_iter().enumerate() {
        spent_minor = minor.saturating_add(spent_minor);
        plan.line(number.saturating_add(1), slots);
    }
    let left_minor = gift.interval.minor().saturating_sub(spent_minor);
    if left_minor > 0 {
        let amount = ("amount".into(), context.money(left_minor).into());
        plan.line("left", traced(fate(&gift), Slots::from([amount])));
    }
    Ok(())
}

/// What comes of what was not spent of it.
fn fate(gift: &Gift) -> &'static str {
    let terms = &gift.collection.terms;
    match gift.collection.state {
        State::Gathering | State::Pooling | State::Closing | State::PoolClosing => "waits",
        State::Spending | State::Telling | State::Spent => "left",
        State::Returned => "back",
        State::Returning => {
            let back = terms.back.as_ref().is_some_and(|back| back.is_back(gift.whole.0.id));
            if back { "back" } else { "returns" }
        }
    }
}

fn traced(code: &'static str, mut slots: Slots) -> Slots {
    slots.insert("trace_code".into(), code.into());
    slots
}

/// What of it was spent, the first payment first: how much, and in which words.
fn spent(context: &Context, gift: &Gift) -> Result<Vec<(i64, Slots)>, PlanError> {
    let Some(want) = payments_back(context, &gift.collection) else { return Ok(Vec::new()) };
    let account = gift.collection.account_id;
    let gathered_minor = gift.collection.gathered(context)?.0;
    let back = context.facts.history(&want)?.iter();
    let back = back.filter_map(|whole| Line::of(whole, account));
    // gifts come before all payments
    let payments: Vec<Line> = back.take_while(Line::went).collect();
    let mut parts = Vec::new();
    for (paid, about) in payments.iter().rev().zip(&gift.collection.terms.paid) {
        let minor = gift.interval.shared_minor(lineage::of_payment(gathered_minor, paid.own));
        if minor == 0 {
            continue;
        }
        let code = if about.words.is_empty() { "paid_out" } else { "spent" };
        let slots = Slots::from([
            ("amount".into(), context.money(minor).into()),
            ("day".into(), context.day_of(Timestamp::from_micros(paid.posting.at)).into()),
            ("name".into(), Value::Name(about.to.clone())),
            ("words".into(), Value::Name(about.words.clone())),
        ]);
        parts.push((minor, traced(code, slots)));
    }
    Ok(parts)
}

fn lately(context: &Context) -> Vec<Want> {
    context.person().map(|giver| newest(giver.account_id)).into_iter().collect()
}

/// What must be read to know of the newest gifts of somebody.
pub fn newest(account: AccountId) -> Want {
    Want::History { account, since: i64::MIN, limit: LOOK }
}

/// The accounts that the newest gifts of somebody went to, each once.
fn given_to(context: &Context, giver: AccountId) -> Result<BTreeSet<AccountId>, PlanError> {
    let found = context.facts.history(&newest(giver))?.iter();
    let lines = found.filter_map(|whole| Line::of(whole, giver));
    let gifts = lines.filter(|line| line.went() && line.posting.kind == GIFT);
    Ok(gifts.filter_map(|line| line.legs.get(1)).map(|leg| leg.account_id).collect())
}

/// The collections that they went to.
pub fn given_wants(context: &Context, giver: AccountId) -> Vec<Want> {
    let accounts = given_to(context, giver).unwrap_or_default().into_iter();
    accounts.map(|to| Want::Arrangements(collection::numbered(collection::number(to)))).collect()
}

/// In how many collections that are not over something of theirs lies, which may come back.
pub fn may_come_back(context: &Context, giver: AccountId) -> Result<usize, PlanError> {
    let mut open: usize = 0;
    for account in given_to(context, giver)? {
        let collection = collection_of(context, account)?;
        open = open.saturating_add(usize::from(collection.row.open));
    }
    Ok(open)
}

fn list(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let giver = context.person()?.account_id;
    let found = context.facts.history(&newest(giver))?.iter();
    let lines = found.filter_map(|whole| Line::of(whole, giver));
    for line in lines.filter(|line| line.went() && line.posting.kind == GIFT).take(SHOWN) {
        let at = Timestamp::from_micros(line.posting.at);
        let mut slots = receipt::when(context.config, at);
        let code = Reference::of(line.posting.id, &context.config.reference_key).to_string();
        let minor = line.legs.get(1).map_or(0, |leg| leg.amount_minor);
        slots.insert("gift".into(), Value::Code(code.clone()));
        slots.insert("amount".into(), context.money(minor).into());
        plan.line(code, slots);
    }
    Ok(())
}
