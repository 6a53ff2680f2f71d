//! Everything goes back to those who gave it, in pieces, the last gift first. How far that is is
//! kept with the collection: a piece is committed together with it, so that each gift goes back
//! once, whenever a node stops. Whose wallet takes nothing is set aside and tried again on other
//! days, and holds up nobody, however many there are: only once all others have theirs.

use super::super::arrangements::Role;
use super::super::context::Context;
use super::super::line::Line;
use super::super::plan::{Act, PlanError};
use super::super::service::Message;
use super::collection::{Collection, HandingBack, Terms};
use super::{BACK, Event, lineage};
use crate::book::{Change, Leg};
use crate::calendar::Day;
use crate::id::{AccountId, PostingId};
use crate::reference::Reference;
use crate::refusal::Refusal;
use crate::store::facts::Whole;
use crate::store::wants::Want;
use crate::time::Timestamp;
use crate::value::{Kind, Slot, Slots, Value};
use std::collections::BTreeMap;

/// To who gave it, and why.
pub const GIFT_BACK: Message = Message::balance(
    "sms.gift_back",
    &[
        Slot("gift", Kind::Code),
        Slot("title", Kind::Name),
        Slot("ended_code", Kind::Text),
        Slot("amount", Kind::Money),
    ],
);
/// To the organiser: it is done.
pub const ALL_BACK: Message = Message::plain("sms.collection_back", &[Slot("title", Kind::Name)]);

/// Gifts that go back in one piece.
pub const PIECE: usize = 300;
/// Days between the rounds in which they are tried: more after each.
const PAUSES: [i32; 6] = [1, 2, 4, 8, 16, 30];

/// Its terms with giving back begun. Where it was called off, which gift was the last one is only
/// known now that it takes none.
fn begun(context: &Context, collection: &Collection) -> Result<(Terms, HandingBack), PlanError> {
    let mut terms = collection.terms.clone();
    let back = match terms.back.take() {
        Some(back) => back,
        None => {
            terms.last_gift = collection.account(context)?.last_posting;
            HandingBack { next: terms.last_gift, ..HandingBack::default() }
        }
    };
    Ok((terms, back))
}

impl HandingBack {
    /// Those of a piece that were set aside, and were not tried in this round.
    fn tries(&self) -> impl Iterator<Item = PostingId> {
        let left = self.aside.len().saturating_sub(self.tried);
        self.aside.iter().copied().take(left.min(PIECE))
    }

    /// Whether what was left of a gift is back with who gave it.
    pub fn is_back(&self, gift: PostingId) -> bool {
        self.next.is_none_or(|next| gift > next) && !self.aside.contains(&gift)
    }
}

fn page(account: AccountId, from: PostingId) -> Want {
    Want::Back { account, from, limit: PIECE }
}

/// What must be read to know what goes back next.
pub fn gifts(context: &Context, collection: &Collection) -> Result<Vec<Want>, PlanError> {
    let (_, back) = begun(context, collection)?;
    let mut wants: Vec<Want> = match back.next {
        Some(from) => vec![page(collection.account_id, from)],
        None => back.tries().map(Want::Posting).collect(),
    };
    wants.extend(back.spent.map(Want::Posting));
    Ok(wants)
}

/// And to whom.
pub fn givers(context: &Context, collection: &Collection) -> Result<Vec<Want>, PlanError> {
    let (_, back) = begun(context, collection)?;
    let givers = found(context, collection, &back)?.into_iter().filter_map(giver);
    Ok(givers.flat_map(|giver| [Want::Person(giver), Want::Account(giver)]).collect())
}

/// The gifts of a piece.
fn found<'a>(
    context: &Context<'a>,
    collection: &Collection,
    back: &HandingBack,
) -> Result<Vec<&'a Whole>, PlanError> {
    if let Some(from) = back.next {
        return Ok(context.facts.history(&page(collection.account_id, from))?.iter().collect());
    }
    let gift =
        |id| context.facts.posting(id)?.ok_or(PlanError::Damaged("a gift that is not there"));
    back.tries().map(gift).collect()
}

/// Who gave it.
pub fn giver((_, legs): &Whole) -> Option<AccountId> {
    legs.iter().find(|leg| leg.amount_minor < 0).map(|leg| leg.account_id)
}

/// What is done in one piece.
#[derive(Default)]
struct Piece {
    to: BTreeMap<AccountId, i64>,
    news: Vec<Change>,
}

/// Gives back the next piece.
pub fn piece(
    context: &Context,
    collection: &Collection,
    refused: Option<&Refusal>,
) -> Result<Act, PlanError> {
    if !collection.account(context)?.state.pays() {
        return collection.later(context, in_days(context, 1));
    }
    let (mut terms, mut back) = begun(context, collection)?;
    let spent_minor = spent(context, collection, &back)?;
    let gifts = found(context, collection, &back)?;
    let walks = back.next.is_some();
    let mut piece = Piece::default();
    // the book does not say which of them it cannot do: the first one is set aside, so that each
    // look goes on
    let tried = if refused.is_some() { gifts.get(..1).unwrap_or_default() } else { &gifts[..] };
    if !walks {
        back.aside = back.aside.split_off(tried.len().min(back.aside.len()));
    }
    for whole in tried {
        let gift = gift(collection, whole)?;
        if walks {
            back.next = gift.own.previous;
        }
        let left_minor = lineage::of_gift(gift.own).behind(spent_minor).minor();
        if walks && left_minor == 0 {
            // what came before was spent as well
            back.next = None;
            break;
        }
        let done = refused.is_none() && piece.add(context, collection, &gift, left_minor)?;
        if !done {
            back.aside.push(gift.posting.id);
            back.tried = back.tried.saturating_add(usize::from(!walks));
        }
    }
    let due = due(context, &mut back, walks);
    let over = back.next.is_none() && back.aside.is_empty();
    let event = if over { Event::Finish } else { Event::Return };
    terms.back = Some(back);
    let mut changes =
        vec![collection.unmoved(context)?, collection.put(event, Role::Service, &terms, due)?];
    if over {
        let told = collection.told(context, &[])?;
        changes.push(context.tell(context.person()?, &ALL_BACK, told, None));
    }
    Ok(piece.act(collection, changes))
}

fn gift<'a>(collection: &Collection, whole: &'a Whole) -> Result<Line<'a>, PlanError> {
    let line = Line::of(whole, collection.account_id).filter(|line| !line.went());
    line.ok_or(PlanError::Damaged("what is no gift"))
}

/// How much was spent of all that came.
fn spent(context: &Context, collection: &Collection, back: &HandingBack) -> Result<i64, PlanError> {
    let Some(last) = back.spent else { return Ok(0) };
    let whole = context.facts.posting(last)?.ok_or(PlanError::Damaged("a lost payment"))?;
    let line = Line::of(whole, collection.account_id).ok_or(PlanError::Damaged("no payment"))?;
    let gathered_minor = collection.gathered(context)?.0;
    Ok(lineage::of_payment(gathered_minor, line.own).to_minor)
}

/// When it goes on: at once, or on another day where all were tried that are set aside.
fn due(context: &Context, back: &mut HandingBack, walks: bool) -> Timestamp {
    let all_tried = back.tried >= back.aside.len();
    let goes_on = if walks { back.next.is_some() } else { !all_tried };
    if !walks && all_tried {
        back.tried = 0;
    }
    if goes_on || back.aside.is_empty() {
        return context.now;
    }
    let round = usize::try_from(back.rounds).unwrap_or(usize::MAX);
    let pause = PAUSES.get(round).or(PAUSES.last()).copied().unwrap_or(1);
    back.rounds = back.rounds.saturating_add(1);
    in_days(context, pause)
}

/// In the morning of a later day.
fn in_days(context: &Context, days: i32) -> Timestamp {
    let before = Day::new(context.today().number().saturating_add(days).saturating_sub(1));
    super::collection::morning_after(context, before)
}

impl Piece {
    /// So much goes back to who gave this, and they hear of it, where their wallet takes it.
    fn add(
        &mut self,
        context: &Context,
        collection: &Collection,
        gift: &Line,
        minor: i64,
    ) -> Result<bool, PlanError> {
        let Some(payer) = gift.legs.iter().find(|leg| leg.amount_minor < 0) else {
            return Ok(false);
        };
        let giver = payer.account_id;
        let account = context.facts.account(giver)?;
        let takes = account.is_some_and(|account| account.state.receives());
        let Some(person) = context.facts.person(giver)?.filter(|_| takes) else {
            return Ok(false);
        };
        let sum = self.to.entry(giver).or_default();
        *sum = sum.saturating_add(minor);
        let code = Reference::of(gift.posting.id, &context.config.reference_key).to_string();
        let slots = Slots::from([
            ("gift".into(), Value::Code(code)),
            ("title".into(), collection.title()),
            ("ended_code".into(), collection.terms.ended.map_or("over", Into::into).into()),
            ("amount".into(), context.money(minor).into()),
        ]);
        self.news.push(context.tell(person, &GIFT_BACK, slots, Some(giver)));
        Ok(true)
    }

    fn act(self, collection: &Collection, mut changes: Vec<Change>) -> Act {
        let all_minor = self.to.values().fold(0_i64, |sum, minor| sum.saturating_add(*minor));
        let from = Leg { account: collection.account_id, amount_minor: all_minor.saturating_neg() };
        let to = self.to.into_iter().map(|(account, amount_minor)| Leg { account, amount_minor });
        let legs = if all_minor == 0 { Vec::new() } else { [from].into_iter().chain(to).collect() };
        changes.extend(self.news);
        Act { kind: BACK, legs, changes, ..Act::default() }
    }
}
