//! Float: outlets buy it from one another and from their super-agent, who is an outlet too. How it
//! is paid for, in cash or at the bank, is between the two.
//!
//! Inputs `agent`, `amount`; the PIN is that of who serves at the outlet that sells.

use super::super::context::Context;
use super::super::party;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, Message, Service};
use super::counter::{self, tell_staff};
use super::journal::{self, Work};
use crate::book::Leg;
use crate::refusal::{Reason, Refusal};
use crate::store::wants::Want;
use crate::tariff::Commission;
use crate::value::{Kind, Slot};

/// The service as menus know it.
pub const SELL: Service = Service {
    name: "sell_float",
    authority: Authority::Assistant,
    wants: &[both],
    decide,
    shows: &[
        Slot("name", Kind::Name),
        Slot("phone", Kind::Phone),
        Slot("amount", Kind::Money),
        Slot("total", Kind::Money),
    ],
    refusals: &[counter::AGENT_SELF, counter::FLOAT_LOW],
    messages: &[&SOLD, &BOUGHT, &journal::FLOAT_LOW],
    ..Service::PLAIN
};

/// What the posting is called.
const KIND: &str = "float";

const SOLD: Message = Message::balance(
    "sms.float_sold",
    &[Slot("amount", Kind::Money), Slot("name", Kind::Name), Slot("phone", Kind::Phone)],
);
const BOUGHT: Message = Message { template: "sms.float_bought", ..SOLD };

fn both(context: &Context) -> Vec<Want> {
    let buyer = party::wants_outlet(context, "agent");
    let float = buyer
        .iter()
        .find_map(|want| if let Want::Outlet(float) = want { Some(*float) } else { None });
    let mut wants: Vec<Want> = Vec::new();
    wants.extend(context.caller.person.as_ref().map(|seller| Want::Owner(seller.account_id)));
    wants.extend(buyer);
    if let Ok(post) = context.post() {
        let own = post.outlet.float_account;
        wants.push(Want::Account(own));
        wants.extend(
            [own].into_iter().chain(float).flat_map(|outlet| counter::wants_staff(context, outlet)),
        );
        wants.extend(journal::wants(context, own));
        wants.extend(journal::wants_watch(context, &post.outlet));
    }
    wants
}

fn decide(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let own = &context.post()?.outlet;
    let seller = context.person()?;
    party::payer(context, seller, Reason::ACCOUNT_CLOSED.into())?;
    party::working(context, own)?;
    let buyer = party::outlet(context, "agent")?;
    if buyer.float_account == own.float_account {
        return Err(Refusal::of_field(counter::AGENT_SELF, "agent").into());
    }
    plan.show_all(party::outlet_sign(buyer));
    let amount = context.amount("amount")?;
    counter::float_for(context, own.float_account, amount)?;
    plan.show("amount", amount);
    plan.show("total", amount);
    let legs = vec![
        Leg { account: own.float_account, amount_minor: amount.minor.saturating_neg() },
        Leg { account: buyer.float_account, amount_minor: amount.minor },
    ];
    let sold = plan.shown(&["amount", "name", "phone"]);
    let mut bought = plan.shown(&["amount"]);
    bought.extend(party::outlet_sign(own));
    let mut changes = tell_staff(context, own, &SOLD, &SOLD, &sold)?;
    changes.extend(tell_staff(context, buyer, &BOUGHT, &BOUGHT, &bought)?);
    changes.extend(journal::watch(context, own)?);
    // how it is paid for is between the two: what is in the drawer does not follow from it
    let customer = buyer.float_account;
    let earned = Commission::default();
    let work = Work { service: SELL.name, customer, amount, cash_minor: 0, earned };
    changes.extend(journal::record(context, plan, own, work)?);
    plan.commit(Act { kind: KIND, legs, changes, ..Act::default() });
    Ok(())
}
