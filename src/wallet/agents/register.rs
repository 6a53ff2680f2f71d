//! Joining at an outlet: whoever serves there sees an ID and opens a wallet for a number that has
//! none, or lets somebody who joined on their own phone move more. One ID number has one wallet. Of
//! the number only a keyed digest is kept, and who it belongs to is told to nobody. The PIN is
//! chosen by the owner on their own phone: see `claim`.

use super::super::context::Context;
use super::super::id_number;
use super::super::people::join;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, Message, Service};
use super::super::{party, receipt};
use super::counter;
use crate::book::Change;
use crate::id::{AccountId, AssistantId, PostingId};
use crate::limits::Tier;
use crate::refusal::{Reason, Refusal};
use crate::request::Mode;
use crate::store::identities::IdentityRow;
use crate::store::people::PersonRow;
use crate::store::records::Record;
use crate::store::wants::Want;
use crate::value::{Kind, Slot, Value};

/// Inputs `to`, `name`, `id_number`: opens a wallet. Flag `known` where the number has one: that is
/// for `LIFT`.
pub const REGISTER: Service = Service {
    name: "register",
    authority: Authority::Assistant,
    opens: 1,
    wants: &[counter::wants_customer, known],
    decide: register,
    shows: &[Slot("phone", Kind::Phone), Slot("name", Kind::Name), Slot("id_number", Kind::Code)],
    refusals: &[
        join::NAME_OFFICIAL,
        counter::AGENT_SELF,
        Reason::ALREADY_JOINED,
        ID_FORMAT,
        Reason::ID_TAKEN,
        Reason::ID_CHECKED,
    ],
    messages: &[&REGISTERED],
    ..Service::PLAIN
};
/// Inputs `to`, `id_number`: somebody who was known only by their number is known by their ID.
pub const LIFT: Service = Service {
    name: "lift",
    authority: Authority::Assistant,
    wants: &[counter::wants_customer, known],
    decide: lift,
    shows: &[Slot("phone", Kind::Phone), Slot("name", Kind::Name), Slot("id_number", Kind::Code)],
    refusals: &[counter::AGENT_SELF, ID_FORMAT, Reason::ID_TAKEN, Reason::ID_CHECKED],
    messages: &[&LIFTED],
    ..Service::PLAIN
};

/// Not an ID number.
pub const ID_FORMAT: Reason = Reason::new("id_format");

const REGISTERED: Message = Message::plain(
    "sms.registered",
    &[Slot("name", Kind::Name), Slot("phone", Kind::Phone), Slot("dial", Kind::Text)],
);
const LIFTED: Message = Message::plain(
    "sms.lifted",
    &[
        Slot("name", Kind::Name),
        Slot("phone", Kind::Phone),
        Slot("date", Kind::Day),
        Slot("time", Kind::Time),
    ],
);

fn known(context: &Context) -> Vec<Want> {
    let seen = counter::typed(context).map(|customer| Want::Identified(customer.account_id));
    counter::wants_colleague(context).into_iter().chain(seen).collect()
}

fn register(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let post = context.post()?;
    let to = context.phone("to")?;
    if context.facts.number(to.e164())?.is_some() {
        if context.mode != Mode::Check {
            return Err(Reason::ALREADY_JOINED.into());
        }
        // the same question again, about somebody who is here already
        plan.flag("known");
        return customer(context, plan).map(|_customer| ());
    }
    plan.show("phone", Value::masked(&to, &context.config.market));
    let name = join::new_name(context)?;
    plan.show("name", Value::Name(name.clone()));
    let id_number = id_number(context, plan)?;
    let person = PersonRow {
        account_id: AccountId::of(context.fresh_id),
        version: 1,
        last_posting: PostingId::NONE,
        msisdn: to.e164().to_owned(),
        name,
        // until they choose one, that of who registers them is the best guess
        language: context.person()?.language.clone(),
        joined_at: context.now.micros(),
        tier: Tier::Id.code().to_owned(),
    };
    let mut slots = party::outlet_sign(&post.outlet);
    slots.insert("dial".into(), context.config.dial.clone().into());
    let news = context.tell(&person, &REGISTERED, slots, None);
    let account = join::empty_wallet(person.account_id, context.config.market.currency.as_str());
    let seen = identity(context, person.account_id, post.assistant.id, &id_number);
    let changes = vec![
        Change::keep(Record::Person(person), REGISTER.name),
        Change::OpenAccount(account),
        seen,
        news,
    ];
    plan.commit(Act { kind: REGISTER.name, changes, ..Act::default() });
    Ok(())
}

fn lift(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let post = context.post()?;
    let customer = customer(context, plan)?;
    let id_number = id_number(context, plan)?;
    let mut slots = receipt::when(context.config, context.now);
    slots.extend(party::outlet_sign(&post.outlet));
    let seen = identity(context, customer.account_id, post.assistant.id, &id_number);
    let lifted = PersonRow { tier: Tier::Id.code().to_owned(), ..customer.next() };
    let changes = vec![
        seen,
        Change::keep(Record::Person(lifted), LIFT.name),
        context.tell(customer, &LIFTED, slots, None),
    ];
    plan.commit(Act { kind: LIFT.name, changes, ..Act::default() });
    Ok(())
}

/// The customer, whose ID nobody has seen yet.
fn customer<'a>(context: &Context<'a>, plan: &mut Plan) -> Result<&'a PersonRow, PlanError> {
    let customer = counter::customer(context, plan)?;
    let seen = context.facts.truth(&Want::Identified(customer.account_id))?;
    if Tier::of_code(&customer.tier) != Tier::Sim || seen {
        let refusal = Refusal::of_field(Reason::ID_CHECKED, "to");
        return Err(refusal.with("name", party::name(customer)).into());
    }
    Ok(customer)
}

/// An ID number in its one form: capitals and digits.
fn id_number(context: &Context, plan: &mut Plan) -> Result<String, PlanError> {
    let typed = context.field("id_number")?;
    let number = id_number::plain(typed, &context.config.market)
        .ok_or_else(|| Refusal::of_field(ID_FORMAT, "id_number"))?;
    plan.show("id_number", Value::Code(number.clone()));
    Ok(number)
}

/// Whether the number has a wallet is asked in the commit, behind the PIN: nobody can try numbers
/// for nothing.
fn identity(
    context: &Context,
    account_id: AccountId,
    assistant: AssistantId,
    id_number: &str,
) -> Change {
    let row = IdentityRow {
        account_id,
        version: 1,
        last_posting: PostingId::NONE,
        digest: context.config.id_key.digest(id_number),
        assistant,
        at: context.now.micros(),
    };
    Change::keep(Record::Identity(row), "see_id")
}
