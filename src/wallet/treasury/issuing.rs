//! Issuing: e-money comes into being only here, against one line of one statement, never more than
//! that, and by two people; into the float of an outlet, or somebody's wallet.

use super::super::context::{Context, People};
use super::super::office::two_people::why;
use super::super::party;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, Message, Service};
use super::bank_item::{Item, LINE_UNKNOWN, LINE_USED, LineName};
use crate::agent_number::AgentNumber;
use crate::book::Leg;
use crate::id::AccountId;
use crate::reason::Reason;
use crate::refusal::{Refusal, Slots};
use crate::staff::role::Right;
use crate::store::people::PersonRow;
use crate::store::wants::Want;
use crate::value::{Kind, Slot};

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
        |context| LineName::typed(context).map(|line| line.wants_left(context)).unwrap_or_default(),
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
    pub person: Option<PersonRow>,
}

/// What must be read of an outlet, or of somebody with a phone.
pub fn wants_whose(context: &Context, field: &'static str) -> Vec<Want> {
    let phone = context.phone(field).ok();
    let person = phone.map(|phone| Want::Number(phone.e164().to_owned()));
    party::wants_outlet(context, field).into_iter().chain(person).collect()
}

/// The outlet, or the person, that an input names.
pub fn whose(context: &Context, field: &'static str) -> Result<Whose, PlanError> {
    if let Ok(phone) = context.phone(field) {
        let holder = context.facts.number(phone.e164())?;
        let holder = holder.ok_or_else(|| Refusal::of_field(Reason::PAYEE_UNKNOWN, field))?;
        let person = holder.person.clone();
        let sign = format!("{} {phone}", party::masked_name(&person.name));
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
        changes.push(context.tell(person, &ISSUED, told, Some(person.account_id)));
    }
    plan.commit(Act { kind: "issue", legs, changes, ..Act::default() });
    Ok(())
}
