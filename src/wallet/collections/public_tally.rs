//! What anybody may know of a collection: whose it is, what for, how much it has come to, and of
//! how much and until when. Who gave is nobody's business.

use super::super::arrangements::{Role, place};
use super::super::context::Context;
use super::super::plan::{Plan, PlanError};
use super::super::service::{ByText, Message, Service};
use super::collection::{self, Collection};
use super::{COLLECTION_GONE, COLLECTION_UNKNOWN, Event, RULES, State, steering};
use crate::store::wants::Want;
use crate::value::{Kind, Slot};

/// Input `code`, which is its number: shows its tally.
pub const TALLY: Service = Service {
    name: "tally",
    wants: &[named, contents],
    decide: show,
    shows: SHOWS,
    refusals: &[COLLECTION_UNKNOWN],
    text: Some(ByText::QuoteToAnybody(&ANSWER)),
    ..Service::PLAIN
};

/// Input `collection`: the same of one of the caller's, and as `saved` what is there; flags
/// `payable`, `closable` and `stoppable` say what its organiser may do now.
pub const OWN: Service = Service {
    name: "own_collection",
    wants: &[steering::named, steering::contents],
    decide: own,
    shows: SHOWS,
    refusals: &[COLLECTION_GONE],
    ..Service::PLAIN
};

/// Lists the collections of the caller that are not over, the oldest first.
pub const MINE: Service = Service {
    name: "collections",
    wants: &[mine, all_contents],
    decide: list,
    shows: SHOWS,
    ..Service::PLAIN
};

/// What is shown of one; `name` is who has begun it.
const SHOWS: &[Slot] = &[
    Slot("title", Kind::Name),
    Slot("collection", Kind::Code),
    Slot("name", Kind::Name),
    Slot("target", Kind::Money),
    Slot("gathered", Kind::Money),
    Slot("saved", Kind::Money),
    Slot("gifts", Kind::Count),
    Slot("day", Kind::Day),
    Slot("fate", Kind::Text),
    Slot("fate_code", Kind::Text),
];
const ANSWER: Message = Message::plain(
    "sms.tally",
    &[
        Slot("title", Kind::Name),
        Slot("collection", Kind::Code),
        Slot("name", Kind::Name),
        Slot("target", Kind::Money),
        Slot("gathered", Kind::Money),
        Slot("gifts", Kind::Count),
        Slot("day", Kind::Day),
        Slot("fate", Kind::Text),
        Slot("fate_code", Kind::Text),
    ],
);

fn named(context: &Context) -> Vec<Want> {
    collection::typed(context).map(Want::Arrangements).into_iter().collect()
}

fn contents(context: &Context) -> Vec<Want> {
    let found = Collection::typed(context);
    found.map(|found| vec![found.wants(), Want::Person(found.row.owner)]).unwrap_or_default()
}

fn show(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let collection = Collection::typed(context)?;
    plan.show_all(collection.tally(context)?);
    plan.show("name", collection.organiser(context)?);
    Ok(())
}

fn own(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let collection = Collection::own(context)?;
    let saved_minor = collection.account(context)?.balance_minor;
    plan.show_all(collection.tally(context)?);
    plan.show("saved", context.money(saved_minor));
    let reached = saved_minor >= collection.terms.target_minor;
    let may = [
        ("payable", collection.state == State::Spending),
        ("closable", collection.takes(context) && reached),
        ("stoppable", RULES.after(&collection.row, Event::CallOff.into(), Role::Owner).is_ok()),
    ];
    may.iter().filter(|(_, may)| *may).for_each(|(flag, _)| plan.flag(flag));
    Ok(())
}

fn mine(context: &Context) -> Vec<Want> {
    let owner = context.person().map(|owner| place::open_of(&RULES, owner.account_id));
    owner.map(Want::Arrangements).into_iter().collect()
}

fn found(context: &Context) -> Result<Vec<Collection>, PlanError> {
    let search = place::open_of(&RULES, context.person()?.account_id);
    context.facts.arrangements(search)?.iter().rev().map(Collection::of).collect()
}

fn all_contents(context: &Context) -> Vec<Want> {
    found(context).unwrap_or_default().iter().map(Collection::wants).collect()
}

fn list(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    for collection in found(context)? {
        plan.line(collection.row.id, collection.tally(context)?);
    }
    Ok(())
}
