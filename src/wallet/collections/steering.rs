//! What its organiser may do with a collection besides paying from it: close it before its day once
//! it is reached, or call it off, so that what is there goes back to those who gave it.

use super::super::arrangements::Role;
use super::super::context::Context;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, Service};
use super::collection::{Collection, Ended, HandingBack, Terms};
use super::{COLLECTION_GONE, Event, State};
use crate::reason::Reason;
use crate::store::wants::Want;
use crate::value::{Kind, Slot};

/// Input `collection`: takes no more gifts, as it is reached. Shows `title`, `gathered`, `target`.
pub const CLOSE: Service = Service {
    name: "close_collection",
    authority: Authority::Customer,
    wants: &[named, contents],
    decide: close,
    shows: SHOWS,
    refusals: &[COLLECTION_GONE, COLLECTION_SHORT],
    ..Service::PLAIN
};

/// Input `collection`: gives back what is there, once all givers have heard what was paid from it.
/// Shows the same, and `saved`, which is what is there.
pub const CALL_OFF: Service = Service {
    name: "call_off_collection",
    authority: Authority::Customer,
    wants: &[named, contents],
    decide: call_off,
    shows: SHOWS,
    refusals: &[COLLECTION_GONE, COLLECTION_UNTOLD],
    ..Service::PLAIN
};

/// It has not reached its target.
pub const COLLECTION_SHORT: Reason = Reason::new("collection_short");
/// Its givers have not heard yet whom it was paid to: that comes first, by day.
pub const COLLECTION_UNTOLD: Reason = Reason::new("collection_untold");

const SHOWS: &[Slot] = &[
    Slot("title", Kind::Name),
    Slot("gathered", Kind::Money),
    Slot("target", Kind::Money),
    Slot("saved", Kind::Money),
];

/// What must be read of the caller's collection that was chosen.
pub fn named(context: &Context) -> Vec<Want> {
    let owner = context.person().map(|owner| Want::Owner(owner.account_id));
    let chosen = context.chosen("collection", COLLECTION_GONE).map(Want::Arrangement);
    owner.into_iter().chain(chosen).collect()
}

/// And of what is in it.
pub fn contents(context: &Context) -> Vec<Want> {
    Collection::own(context).map(|own| own.wants()).into_iter().collect()
}

fn chosen(context: &Context, plan: &mut Plan) -> Result<Collection, PlanError> {
    let collection = Collection::own(context)?;
    plan.show("title", collection.title());
    plan.show("gathered", context.money(collection.gathered(context)?.0));
    plan.show("target", context.money(collection.terms.target_minor));
    plan.show("saved", context.money(collection.account(context)?.balance_minor));
    Ok(collection)
}

/// What was there before can only have become more: gifts are taken until this is committed.
fn close(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let collection = chosen(context, plan)?;
    if !collection.takes(context) {
        return Err(COLLECTION_GONE.into());
    }
    if collection.account(context)?.balance_minor < collection.terms.target_minor {
        return Err(COLLECTION_SHORT.into());
    }
    let put = collection.put(Event::Close, Role::Owner, &collection.terms, context.now)?;
    plan.commit(Act { kind: CLOSE.name, changes: vec![put], ..Act::default() });
    Ok(())
}

fn call_off(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let collection = chosen(context, plan)?;
    if collection.state == State::Spending && collection.is_untold(context)? {
        return Err(COLLECTION_UNTOLD.into());
    }
    let terms = given_up(context, &collection, Ended::CalledOff)?;
    let put = collection.put(Event::CallOff, Role::Owner, &terms, context.now)?;
    plan.commit(Act { kind: CALL_OFF.name, changes: vec![put], ..Act::default() });
    Ok(())
}

/// Its terms where what is there goes back. Where gifts may come until this is committed, which is
/// the last one is looked up by the clock; where it is paid from, all of them are known, and have
/// heard of all payments.
pub fn given_up(
    context: &Context,
    collection: &Collection,
    ended: Ended,
) -> Result<Terms, PlanError> {
    let mut terms = collection.terms.clone();
    terms.ended = Some(ended);
    if collection.state == State::Spending {
        let spent = collection.account(context)?.last_posting;
        let spent = spent.filter(|posting| Some(*posting) != terms.last_gift);
        terms.back = Some(HandingBack { spent, next: terms.last_gift, ..HandingBack::default() });
    }
    Ok(terms)
}
