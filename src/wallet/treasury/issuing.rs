//! Issuing: e-money comes into being only here, against one line of one statement, never more than
//! that, and by two people; into the float of an outlet, or somebody's wallet.

use super::super::context::{Context, People};
use super::super::office::two_people::why;
use super::super::party;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, Message, Service};
use super::bank_item::{Item, LINE_UNKNOWN, LINE_USED, LineName};
use crate::agent_number::AgentNumber;
use crate::book::{Change, Leg};
use crate::id::AccountId;
use crate::reason::Reason;
use crate::refusal::{Refusal, Slots};
use crate::staff::role::Right;
use crate::store::wants::Want;
use crate::value::{Kind, Slot, Value};

/// What who gets it is told, where they have a phone.
pub const ISSUED: Message = Message::balance("sms.issued", &[Slot("amount", Kind::Money)]);

/// Inputs `line`, `amount`, `to` (an agent's number, or a phone), `why`.
pub const ISSUE: Service = Service {
    name: "issue",
    authority: Authority::Staff(Right::Issue),
    needs: |_context, _plan| People::Two,
    opens: 2,
    wants: &[
        |context| {
            let line = LineName::typed(context).map(LineName::wants).unwrap_or_default();
            line.into_iter().chain(wants_whose(context, "to")).collect()
        },
        |context| {
            LineName::typed(context).map(|line| line.wants_left(context)).unwrap_or_default()
        },
    ],
    decide: issue,
    shows: &[
        Slot("amount", Kind::Money),
        Slot("to", Kind::Text),
        Slot("line", Kind::Text),
        Slot("said", Kind::Text),
        Slot("left", Kind::Money),
    ],
    refusals: &[LINE_UNKNOWN, LINE_USED],
    messages: &[&ISSUED],
    ..Service::PLAIN
};

/// Whose money it becomes, or was.
pub struct Whose {
    /// The wallet, or the float.
    pub account: AccountId,
    /// For staff: a number and a name.
    pub sign: String,
    /// Who is told.
    pub person: Option<crate::store::people::PersonRow>,
}

fn phone(context: &Context, field: &'static str) -> Option<String> {
    context.phone(field).ok().map(|phone| phone.e164().to_owned())
}

/// What must be read of an outlet, or of somebody with a phone.
pub fn wants_whose(context: &Context, field: &'static str) -> Vec<Want> {
    let person = phone(context, field).map(Want::Number);
    party::wants_outlet(context, field).into_iter().chain(person).collect()
}

/// The outlet, or the person, that an input names.
pub fn whose(context: &Context, field: &'static str) -> Result<Whose, PlanError> {
    if let Some(number) = phone(context, field) {
        let holder = context.facts.number(&number)?;
        let holder = holder.ok_or_else(|| Refusal::of_field(Reason::PAYEE_UNKNOWN, field))?;
        let person = holder.person.clone();
        let sign = format!("{} {}", party::masked_name(&person.name), Value::masked(&number));
        return Ok(Whose { account: person.account_id, sign, person: Some(person) });
    }
    let typed = context.field(field)?;
    let number = AgentNumber::parse(typed).map_err(|reason| Refusal::of_field(reason, field))?;
    let unknown = || Refusal::of_field(Reason::AGENT_UNKNOWN, field).with("agent", number);
    let outlet = context.facts.outlet(number.outlet())?.ok_or_else(unknown)?;
    let sign = format!("{number} {}", outlet.name);
    Ok(Whose { account: outlet.float_account, sign, person: None })
}

fn issue(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let item = Item::typed(context)?;
    let amount = context.amount("amount")?;
    let whose = whose(context, "to")?;
    plan.concerns = Some(whose.account);
    plan.show("amount", amount);
    plan.show("to", whose.sign.clone());
    plan.show("line", context.field("line")?.to_owned());
    plan.show("said", item.line.said.clone());
    let why = why(context)?;
    let (mut legs, mut changes) = item.draw(context, amount, context.fresh_id, why)?;
    plan.show("left", context.money(item.left_minor.saturating_sub(amount.minor)));
    legs.push(Leg { account: whose.account, amount_minor: amount.minor });
    if let Some(person) = &whose.person {
        let told = Slots::from([("amount".to_owned(), amount.into())]);
        changes.push(told_person(context, person, told));
    }
    plan.commit(Act { kind: "issue", legs, changes, ..Act::default() });
    Ok(())
}

fn told_person(
    context: &Context,
    person: &crate::store::people::PersonRow,
    told: Slots,
) -> Change {
    context.tell(person, &ISSUED, told, Some(person.account_id))
}
