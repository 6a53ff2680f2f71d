//! Cash out: a customer names an outlet, pays into its float and gets cash for it.
//!
//! Inputs `agent`, `amount`; shows `name`, `phone` (the agent number), `amount`, `fee`, `total`;
//! flag `again` (with `ago`, minutes). Where whoever serves has asked for it, it is paid as an
//! order.

use super::super::context::{Channel, Context};
use super::super::party::{self, Party};
use super::super::plan::{Act, Plan, PlanError};
use super::super::pricing::{self, Terms};
use super::super::service::{Authority, Message, Service, Settle};
use super::super::{metering, repetition};
use super::commission;
use super::counter::{AGENT_SELF, tell_staff, wants_staff};
use super::journal::{self, Work};
use crate::agent_number::AgentNumber;
use crate::book::{Change, Leg};
use crate::id::AccountId;
use crate::money::Money;
use crate::refusal::{Reason, Refusal};
use crate::request::Mode;
use crate::store::agent_rows::OutletRow;
use crate::store::people::PersonRow;
use crate::store::wants::Want;
use crate::tariff::Able;
use crate::value::{Kind, Slot};

/// The service as menus know it. An outlet gives the whole amount in cash: who pays a part of the
/// price of that is a matter of its commission.
pub const SERVICE: Service = Service {
    name: "cash_out",
    authority: Authority::Customer,
    wants: &[around, around],
    decide,
    shows: &[
        Slot("name", Kind::Name),
        Slot("phone", Kind::Phone),
        Slot("amount", Kind::Money),
        Slot("fee", Kind::Money),
        Slot("total", Kind::Money),
        Slot("ago", Kind::Count),
    ],
    refusals: &[AGENT_SELF],
    messages: &[&HANDED_OUT, &HAND_OUT, &HAND_OUT_SHARED],
    priced: Some(Able {
        tier: true,
        channels: &["ussd", "agent"],
        month: false,
        payee: false,
        stands_for: &[],
    }),
    settles: Some(Settle { channel: Channel::Agent, wants: to_settle, pay: settle }),
    ..Service::PLAIN
};

/// To the customer.
pub const HANDED_OUT: Message = Message::balance(
    "sms.cash_out",
    &[
        Slot("amount", Kind::Money),
        Slot("fee", Kind::Money),
        Slot("name", Kind::Name),
        Slot("phone", Kind::Phone),
    ],
);
/// To who serves alone,
pub const HAND_OUT: Message = Message::balance(
    "sms.cash_out_agent",
    &[Slot("amount", Kind::Money), Slot("name", Kind::Name), Slot("phone", Kind::Phone)],
);
/// and to those who serve together: only one of them hands it out.
pub const HAND_OUT_SHARED: Message = Message { template: "sms.cash_out_shared", ..HAND_OUT };

fn around(context: &Context) -> Vec<Want> {
    let number = context.field("agent").ok().and_then(|typed| AgentNumber::parse(typed).ok());
    number.map(|number| to_settle(context, number.outlet())).unwrap_or_default()
}

/// What must be read to pay into this float, asked twice: where both sides stand, then what the
/// outlet earns and who hears of it.
fn to_settle(context: &Context, float: AccountId) -> Vec<Want> {
    let Some(customer) = context.caller.person.as_ref() else { return Vec::new() };
    match context.facts.outlet(float) {
        Err(_not_yet) => {
            vec![Want::Owner(customer.account_id), Want::Account(float), Want::Outlet(float)]
        }
        Ok(None) => Vec::new(),
        Ok(Some(outlet)) => {
            let mut wants = repetition::wants(context, customer.account_id);
            wants.extend(wants_handed_out(context, outlet, customer.account_id));
            wants
        }
    }
}

/// What must be read where cash is handed out, besides how both accounts stand.
pub fn wants_handed_out(context: &Context, outlet: &OutletRow, customer: AccountId) -> Vec<Want> {
    let mut wants = commission::wants(context, outlet, customer);
    wants.extend(journal::wants(context, outlet.float_account));
    wants.extend(wants_staff(context, outlet.float_account));
    wants
}

/// Pays who was asked for it at the counter.
fn settle(
    context: &Context,
    plan: &mut Plan,
    payee: &Party,
    amount: Money,
) -> Result<Act, PlanError> {
    match payee {
        Party::Outlet(outlet) => payment(context, plan, outlet, amount),
        Party::Person(_) => Err(PlanError::Damaged("cash from somebody who is no outlet")),
    }
}

fn decide(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    context.person()?;
    let outlet = party::outlet(context, "agent")?;
    plan.show_all(party::outlet_sign(outlet));
    let amount = context.amount("amount")?;
    let act = payment(context, plan, outlet, amount)?;
    plan.commit(act);
    Ok(())
}

/// Plans that the caller gets `amount` in cash at `outlet`: shows it, and says what to commit.
fn payment(
    context: &Context,
    plan: &mut Plan,
    outlet: &OutletRow,
    amount: Money,
) -> Result<Act, PlanError> {
    let customer = context.person()?;
    let account = party::payer(context, customer, Reason::ACCOUNT_CLOSED.into())?;
    party::working(context, outlet)?;
    // nobody serves themselves
    let post = context.caller.post.as_ref();
    if post.is_some_and(|post| post.outlet.float_account == outlet.float_account) {
        return Err(AGENT_SELF.into());
    }
    if context.mode == Mode::Execute
        && context.facts.roster(outlet.float_account)?.people.is_empty()
    {
        // nobody would hear of it, and hand out the cash
        let number = AgentNumber::of(outlet.float_account);
        return Err(Refusal::of_field(Reason::AGENT_UNKNOWN, "agent").with("agent", number).into());
    }
    let fee = pricing::fee(context, SERVICE.name, customer, amount)?;
    let terms = pricing::cover(context.money(account.available_minor()), amount, fee)?;
    let meters = vec![metering::spent(context, customer, amount)?];
    terms.show(plan);
    plan.show_all(party::outlet_sign(outlet));
    let float = outlet.float_account;
    repetition::warn(context, plan, customer.account_id, float, amount.minor)?;
    let (legs, work) = legs(context, plan, customer, outlet, &terms)?;
    let mut changes = news(context, plan, customer, outlet)?;
    changes.extend(work);
    Ok(Act { kind: SERVICE.name, legs, meters, changes, ..Act::default() })
}

/// What moves when cash is handed out, what must still be so then, and what is written down of it.
pub fn legs(
    context: &Context,
    plan: &mut Plan,
    customer: &PersonRow,
    outlet: &OutletRow,
    terms: &Terms,
) -> Result<(Vec<Leg>, Vec<Change>), PlanError> {
    let customer = customer.account_id;
    let amount = terms.amount;
    let mut legs = vec![
        Leg { account: customer, amount_minor: terms.total.minor.saturating_neg() },
        Leg { account: outlet.float_account, amount_minor: amount.minor },
    ];
    legs.extend(terms.credits());
    let earned = commission::earn(context, SERVICE.name, outlet, customer, amount, &mut legs)?;
    let mut changes = Vec::from_iter(earned.once);
    let cash_minor = amount.minor.saturating_neg();
    let work = Work { service: SERVICE.name, customer, amount, cash_minor, earned: earned.parts };
    changes.extend(journal::record(context, plan, outlet, work)?);
    Ok((legs, changes))
}

/// Both sides hear of it; only when the outlet does is cash handed over.
pub fn news(
    context: &Context,
    plan: &Plan,
    customer: &PersonRow,
    outlet: &OutletRow,
) -> Result<Vec<Change>, PlanError> {
    let mut theirs = plan.shown(&["amount", "fee"]);
    theirs.extend(party::outlet_sign(outlet));
    let mut ours = plan.shown(&["amount"]);
    ours.extend(party::sign(context.config, customer));
    let mut changes = vec![context.tell(customer, &HANDED_OUT, theirs, Some(customer.account_id))];
    changes.extend(tell_staff(context, outlet, &HAND_OUT, &HAND_OUT_SHARED, &ours)?);
    Ok(changes)
}
