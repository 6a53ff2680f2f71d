//! Issuing: e-money comes into being only here, against one line of one statement, never more than
//! that, and by two people; into the float of an outlet, or somebody's wallet.

use super::super::context::{Context, People};
use super::super::office::two_people::why;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, Message, Service};
use super::bank_item::{Item, LINE_UNKNOWN, LINE_USED, LineName};
use super::deposit_notice::{self, NOTICE_DIFFERS, NOTICE_GONE};
use super::whose_money::{Whose, wants_whose, whose};
use crate::book::{Change, Leg};
use crate::money::Money;
use crate::refusal::Slots;
use crate::staff::role::Right;
use crate::value::{Kind, Slot};

/// What who gets it is told, where they have a phone.
pub const ISSUED: Message = Message::balance("sms.issued", &[Slot("amount", Kind::Money)]);

/// Inputs `line`, `amount`, `to` (an agent's number, or a phone), `why`; perhaps `notice`, the code
/// of the deposit that was announced.
pub const ISSUE: Service = Service {
    name: "issue",
    authority: Authority::Staff(Right::Issue),
    needs: |_context, _plan| People::Two,
    opens: 2,
    wants: &[
        |context| {
            let line = LineName::typed(context, "line").map(LineName::wants).unwrap_or_default();
            let whose = wants_whose(context, "to").into_iter();
            line.into_iter().chain(whose).chain(deposit_notice::wants_named(context)).collect()
        },
        |context| {
            let line = LineName::typed(context, "line");
            line.map(|line| line.wants_left(context)).unwrap_or_default()
        },
    ],
    decide: issue,
    shows: &[
        Slot("amount", Kind::Money),
        Slot("to", Kind::Text),
        Slot("line", Kind::Text),
        Slot("said", Kind::Text),
        Slot("line_is", Kind::Text),
        Slot("left", Kind::Money),
    ],
    refusals: &[LINE_UNKNOWN, LINE_USED, NOTICE_GONE, NOTICE_DIFFERS],
    messages: &[&ISSUED],
    ..Service::PLAIN
};

fn issue(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let item = Item::typed(context, "line")?;
    let amount = context.amount("amount")?;
    let whose = whose(context, "to")?;
    plan.concerns = Some(whose.account);
    plan.show("amount", amount);
    plan.show("to", whose.sign.clone());
    item.show(plan);
    let why = why(context)?;
    let (mut legs, mut changes) = item.draw(context, amount, context.fresh_id, why)?;
    plan.show("left", context.money(item.left_minor.saturating_sub(amount.minor)));
    legs.push(Leg { account: whose.account, amount_minor: amount.minor });
    changes.extend(deposit_notice::came(context, &whose, amount, why)?);
    changes.extend(told(context, &whose, amount));
    plan.commit(Act { kind: "issue", legs, changes, ..Act::default() });
    Ok(())
}

/// What who gets it is told, where they have a phone.
pub fn told(context: &Context, whose: &Whose, amount: Money) -> Option<Change> {
    let person = whose.person.as_ref()?;
    let slots = Slots::from([("amount".to_owned(), amount.into())]);
    Some(context.tell(person, &ISSUED, slots, Some(person.account_id)))
}
