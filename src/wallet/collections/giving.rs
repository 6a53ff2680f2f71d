//! A gift: somebody gives to the collection whose number they typed, by dialling, by a standing
//! order, or by a text, which leaves it to their PIN.

use super::super::context::Context;
use super::super::plan::{Act, Plan, PlanError};
use super::super::pricing;
use super::super::service::{Authority, ByText, Message, Service};
use super::super::waiting::stored_request::StoredRequest;
use super::super::waiting::{order, pending};
use super::super::{metering, party};
use super::collection::{self, Collection};
use super::{COLLECTION_UNKNOWN, GIFT};
use crate::book::{Change, Leg};
use crate::reason::Reason;
use crate::store::people::PersonRow;
use crate::store::wants::Want;
use crate::tariff::Able;
use crate::value::{Kind, Slot};

/// Inputs `code`, which is the number of the collection, and `amount`: gives so much. What it is
/// for is its `name`, who has begun it `organiser`.
pub const GIVE: Service = Service {
    name: GIFT,
    authority: Authority::Customer,
    wants: &[payer_and_collection, organiser],
    decide: give,
    shows: &[
        Slot("name", Kind::Name),
        Slot("organiser", Kind::Name),
        Slot("amount", Kind::Money),
        Slot("fee", Kind::Money),
        Slot("total", Kind::Money),
    ],
    refusals: &[COLLECTION_UNKNOWN, COLLECTION_OVER, COLLECTION_OWN],
    messages: &[&GIVEN],
    priced: Some(Able {
        tier: true,
        channels: &["ussd"],
        month: true,
        payee: false,
        stands_for: &[],
    }),
    by_standing_order: true,
    ..Service::PLAIN
};

/// The same: leaves an order to give it.
pub const BY_TEXT: Service = Service {
    name: "give_by_text",
    opens: 1,
    wants: &[orders, |context| asks(context, 1)],
    decide: by_text,
    shows: order::SHOWS,
    refusals: &[COLLECTION_UNKNOWN, COLLECTION_OVER, COLLECTION_OWN, pending::ORDERS_FULL],
    text: Some(ByText::Execute),
    ..Service::PLAIN
};

/// It takes no more gifts.
pub const COLLECTION_OVER: Reason = Reason::new("collection_over");
/// It is their own, or for them: others are to reach its target. Whoever could give the last gift
/// themselves would have those of the others at once, and their own back by calling it off.
pub const COLLECTION_OWN: Reason = Reason::new("collection_own");

const GIVEN: Message = Message::balance(
    "sms.given",
    &[Slot("amount", Kind::Money), Slot("fee", Kind::Money), Slot("title", Kind::Name)],
);

/// The states in which it takes gifts.
const TAKES: &[&str] = &["gathering", "pooling"];

fn payer_and_collection(context: &Context) -> Vec<Want> {
    let payer = context.person().map(|payer| Want::Owner(payer.account_id));
    payer.into_iter().chain(collection::typed(context).map(Want::Arrangements)).collect()
}

fn organiser(context: &Context) -> Vec<Want> {
    Collection::typed(context).map(|found| Want::Person(found.row.owner)).into_iter().collect()
}

fn give(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let payer = context.person()?;
    let collection = Collection::typed(context)?;
    plan.show("name", collection.title());
    plan.show("organiser", collection.organiser(context)?);
    if !collection.takes(context) {
        return Err(COLLECTION_OVER.into());
    }
    if collection.is_of(payer) {
        return Err(COLLECTION_OWN.into());
    }
    let amount = context.amount("amount")?;
    let account = party::payer(context, payer, Reason::ACCOUNT_CLOSED.into())?;
    let terms = pricing::terms(amount, pricing::fee(context, GIVE.name, payer, amount)?)?;
    terms.show(plan);
    terms.covered_by(context.money(account.available_minor()))?;
    let spent = metering::spent(context, payer, amount)?;
    let mut legs = vec![
        Leg { account: payer.account_id, amount_minor: terms.total.minor.saturating_neg() },
        Leg { account: collection.account_id, amount_minor: terms.arrives_minor() },
    ];
    legs.extend(terms.credits());
    let mut changes = vec![Change::While { arrangement: collection.row.id, states: TAKES }];
    changes.push(receipt(context, plan, payer));
    changes.extend(pricing::agreed(context, GIVE.name, payer)?);
    let meters = vec![spent, collection.meter(context, terms.arrives_minor())];
    plan.commit(Act { kind: GIFT, legs, meters, changes, ..Act::default() });
    Ok(())
}

/// Who gives gets the code by which they follow it.
fn receipt(context: &Context, plan: &Plan, payer: &PersonRow) -> Change {
    let mut told = plan.shown(&["amount", "fee"]);
    told.extend(plan.slots.get("name").map(|title| ("title".to_owned(), title.clone())));
    context.tell(payer, &GIVEN, told, Some(payer.account_id))
}

fn orders(context: &Context) -> Vec<Want> {
    let owner = context.person().map(|owner| owner.account_id).into_iter();
    asks(context, 0).into_iter().chain(owner.flat_map(|own| order::wants(context, own))).collect()
}

fn asks(context: &Context, step: usize) -> Vec<Want> {
    request(context).map(|request| request.wants(context, step)).unwrap_or_default()
}

fn by_text(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    plan.act = Some(order::leave(context, plan, request(context)?)?);
    Ok(())
}

/// What a text asks for.
fn request(context: &Context) -> Result<StoredRequest, PlanError> {
    let own = [("code", context.field("code")?), ("amount", context.field("amount")?)];
    let inputs = own.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    Ok(StoredRequest { service: GIVE.name.to_owned(), inputs })
}
