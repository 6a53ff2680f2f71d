//! Cash in: somebody at an outlet takes cash and gives money out of the float.
//!
//! Inputs `to`, `amount`, and `deposit_code` where the customer has one; flag `priced` where it
//! costs something without. `total` is what arrives. The PIN is that of who serves.

use super::super::context::{Channel, Context};
use super::super::plan::{Act, Plan, PlanError};
use super::super::pricing::{self, Terms};
use super::super::service::{Authority, Message, Service};
use super::super::{metering, party, repetition};
use super::counter::{self, tell_staff};
use super::journal::{self, Work};
use super::{commission, deposit_code};
use crate::book::Leg;
use crate::money::Money;
use crate::refusal::{Reason, Refusal};
use crate::request::Mode;
use crate::store::people::PersonRow;
use crate::store::wants::Want;
use crate::tariff::{Able, Fee};
use crate::value::{Kind, Slot};

/// The service as menus know it.
pub const SERVICE: Service = Service {
    name: "cash_in",
    authority: Authority::Assistant,
    wants: &[counter::wants_customer, served],
    decide,
    shows: &[
        Slot("name", Kind::Name),
        Slot("phone", Kind::Phone),
        Slot("amount", Kind::Money),
        Slot("fee", Kind::Money),
        Slot("total", Kind::Money),
        Slot("ago", Kind::Count),
    ],
    refusals: &[counter::AGENT_SELF, counter::FLOAT_LOW, deposit_code::DEPOSIT_CODE],
    messages: &[&GOT, &GAVE, &journal::FLOAT_LOW],
    priced: Some(Able {
        tier: true,
        channels: &["agent"],
        month: false,
        payee: false,
        stands_for: &[],
    }),
    ..Service::PLAIN
};

const GOT: Message = Message::balance(
    "sms.cash_in",
    &[
        Slot("amount", Kind::Money),
        Slot("fee", Kind::Money),
        Slot("name", Kind::Name),
        Slot("phone", Kind::Phone),
    ],
);
const GAVE: Message = Message::balance(
    "sms.cash_in_agent",
    &[Slot("amount", Kind::Money), Slot("name", Kind::Name), Slot("phone", Kind::Phone)],
);

fn served(context: &Context) -> Vec<Want> {
    let mut wants = counter::wants_colleague(context);
    if let (Ok(post), Some(customer)) = (context.post(), counter::typed(context)) {
        let outlet = &post.outlet;
        wants.extend(repetition::wants(context, customer.account_id));
        wants.extend(commission::wants(context, outlet, customer.account_id));
        wants.extend(journal::wants(context, outlet.float_account));
        wants.extend(journal::wants_watch(context, outlet));
        wants.extend(counter::wants_staff(context, outlet.float_account));
    }
    wants
}

fn decide(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let outlet = &context.post()?.outlet;
    let customer = counter::customer(context, plan)?;
    let amount = context.amount("amount")?;
    counter::float_for(context, outlet.float_account, amount)?;
    let terms = terms(context, customer, amount)?;
    if terms.fee.total_minor() > 0 {
        plan.flag("priced");
    }
    plan.show("amount", amount);
    plan.show("fee", context.money(terms.fee.total_minor()));
    // what arrives is what is said yes to: another price is another answer
    plan.show("total", terms.total);
    let payee = customer.account_id;
    let float = outlet.float_account;
    repetition::warn(context, plan, payee, float, amount.minor.saturating_neg())?;
    let mut legs = vec![
        Leg { account: float, amount_minor: amount.minor.saturating_neg() },
        Leg { account: payee, amount_minor: terms.total.minor },
    ];
    legs.extend(terms.credits());
    let earned = commission::earn(context, SERVICE.name, outlet, payee, amount, &mut legs)?;
    let meters = vec![metering::received(context, customer, amount)];
    let mut theirs = plan.shown(&["amount", "fee"]);
    theirs.extend(party::outlet_sign(outlet));
    let ours = plan.shown(&["amount", "name", "phone"]);
    let mut changes = vec![context.tell(customer, &GOT, theirs, Some(payee))];
    changes.extend(earned.once);
    changes.extend(journal::watch(context, outlet)?);
    let cash_minor = amount.minor;
    let earned = earned.parts;
    let work = Work { service: SERVICE.name, customer: payee, amount, cash_minor, earned };
    changes.extend(journal::record(context, plan, outlet, work)?);
    changes.extend(tell_staff(context, outlet, &GAVE, &GAVE, &ours)?);
    plan.commit(Act { kind: SERVICE.name, legs, meters, changes, ..Act::default() });
    Ok(())
}

/// What it costs comes out of the cash: the customer brings no more than they count on the table.
/// Where that leaves nothing, they may still show a code.
fn terms(context: &Context, customer: &PersonRow, amount: Money) -> Result<Terms, PlanError> {
    let fee = if deposit_code::is_here(context, customer.account_id)? {
        Fee::default()
    } else {
        pricing::fee(&context.on(Channel::Agent), SERVICE.name, customer, amount)?
    };
    let still_free = context.mode == Mode::Check && !context.fields.contains_key("deposit_code");
    let least_minor = if still_free { i64::MIN } else { 1 };
    let given_minor = amount.minor.checked_sub(fee.total_minor());
    let given_minor = given_minor.filter(|given| *given >= least_minor);
    let given_minor =
        given_minor.ok_or_else(|| Refusal::of_field(Reason::AMOUNT_TOO_SMALL, "amount"))?;
    Ok(Terms { amount, fee, total: context.money(given_minor) })
}
