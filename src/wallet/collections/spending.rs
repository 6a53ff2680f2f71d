//! Its organiser pays from a collection that was reached: whom, how much and what for, until
//! nothing is left. Givers hear of it by the clock.

use super::super::arrangements::Role;
use super::super::context::Context;
use super::super::people::send;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, Message, Service};
use super::super::{metering, party};
use super::collection::{Collection, Paid, by_day};
use super::starting::plain;
use super::{COLLECTION_GONE, Event, PAID_ON, State, steering};
use crate::book::Leg;
use crate::money::Money;
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::store::wants::Want;
use crate::tariff::PriceCase;
use crate::value::{Kind, Slot, Value};

/// Inputs `collection`, `to`, `amount`, `words`: pays so much from it. Shows of whom it pays `name`
/// and `phone`, and as `saved` what is there before.
pub const PAY: Service = Service {
    name: "pay_from_collection",
    authority: Authority::Customer,
    wants: &[named, steering::contents],
    decide: pay,
    shows: &[
        Slot("title", Kind::Name),
        Slot("saved", Kind::Money),
        Slot("name", Kind::Name),
        Slot("phone", Kind::Phone),
        Slot("amount", Kind::Money),
        Slot("words", Kind::Name),
    ],
    refusals: &[COLLECTION_GONE, COLLECTION_NOT_YET, COLLECTION_LAST],
    messages: &[&PAID, &RECEIVED],
    ..Service::PLAIN
};

/// It is not paid from: it is not reached, or it is paid out at once.
pub const COLLECTION_NOT_YET: Reason = Reason::new("collection_not_yet");
/// It is the last payment that there can be: it must be for all that is left.
pub const COLLECTION_LAST: Reason = Reason::new("collection_last");

/// To its organiser. The balance is what is left of it.
const PAID: Message = Message::balance(
    "sms.collection_paid",
    &[
        Slot("amount", Kind::Money),
        Slot("title", Kind::Name),
        Slot("name", Kind::Name),
        Slot("phone", Kind::Phone),
        Slot("words", Kind::Name),
    ],
);
/// To who is paid.
pub const RECEIVED: Message = Message::balance(
    "sms.collection_received",
    &[
        Slot("amount", Kind::Money),
        Slot("title", Kind::Name),
        Slot("name", Kind::Name),
        Slot("words", Kind::Name),
    ],
);

/// So many payments at most: who follows a gift reads all of them.
pub const PAYMENTS_MAX: usize = 100;

fn named(context: &Context) -> Vec<Want> {
    let mut wants = steering::named(context);
    wants.extend(context.phone("to").ok().map(|phone| Want::Number(phone.e164().to_owned())));
    wants
}

fn pay(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let organiser = context.person()?;
    let collection = Collection::own(context)?;
    let account = collection.account(context)?;
    let left = context.money(account.balance_minor);
    plan.show("title", collection.title());
    plan.show("saved", left);
    if collection.state != State::Spending {
        return Err(COLLECTION_NOT_YET.into());
    }
    if !account.state.pays() {
        return Err(Reason::ACCOUNT_CLOSED.into());
    }
    let payee = party::payee(context, "to")?;
    plan.show_all(party::sign(context.config, payee));
    let amount = context.amount("amount")?;
    plan.show("amount", amount);
    if amount.minor > left.minor {
        let refusal = Refusal::of_field(Reason::NOT_ENOUGH, "amount");
        return Err(refusal.with("balance", left).with("total", amount).into());
    }
    let mut terms = collection.terms.clone();
    let last = amount.minor == left.minor;
    if !last && is_too_little(context, amount) {
        return Err(Refusal::of_field(Reason::AMOUNT_TOO_SMALL, "amount").into());
    }
    if !last && terms.paid.len().saturating_add(1) >= PAYMENTS_MAX {
        return Err(Refusal::of_field(COLLECTION_LAST, "amount").with("balance", left).into());
    }
    let words = plain(context, "words")?;
    plan.show("words", Value::Name(words.clone()));
    terms.paid.push(Paid { to: party::masked_name(&payee.name), words });
    let event = if last { Event::PayLast } else { Event::Pay };
    let due = by_day(context);
    let told = plan.shown(&["amount", "title", "name", "phone", "words"]);
    let mut received = plan.shown(&["amount", "title", "words"]);
    received.insert("name".into(), party::name(organiser));
    plan.commit(Act {
        kind: PAID_ON,
        legs: vec![
            Leg { account: account.id, amount_minor: amount.minor.saturating_neg() },
            Leg { account: payee.account_id, amount_minor: amount.minor },
        ],
        meters: vec![metering::received(context, payee, amount)],
        changes: vec![
            collection.put(event, Role::Owner, &terms, due)?,
            context.tell(organiser, &PAID, told, Some(account.id)),
            context.tell(payee, &RECEIVED, received, Some(payee.account_id)),
        ],
        ..Act::default()
    });
    Ok(())
}

/// Less than anybody sends by hand: whoever is paid coin by coin is paid nothing else that day.
fn is_too_little(context: &Context, amount: Money) -> bool {
    let date = context.now.day(&context.config.market.zone);
    let service = send::SERVICE.name;
    let case = PriceCase { service, amount, tier: None, channel: None, date, month_minor: 0 };
    context.policy.tariff.quote(&case) == Err(Reason::AMOUNT_TOO_SMALL)
}
