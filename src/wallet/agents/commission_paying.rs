//! Commission that the staff pay to the float of an outlet, before its day comes: all that was
//! earned, but what it owes of that.

use super::super::context::{Context, People};
use super::super::office::two_people::why;
use super::super::party;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, Service};
use super::payout::{self, NOTHING_EARNED, PAID};
use super::suspending::{known, named};
use crate::book::{Change, Keep};
use crate::staff::role::Right;
use crate::store::records::Record;
use crate::store::wants::Want;
use crate::value::{Kind, Slot, Slots};

/// Inputs `agent`, `why`.
pub const PAY_OUTLET: Service = Service {
    name: "pay_outlet",
    authority: Authority::Staff(Right::Commission),
    needs: |_context, _plan| People::ByAmount,
    wants: &[outlet, earned],
    decide,
    shows: &[
        Slot("name", Kind::Name),
        Slot("agent", Kind::Phone),
        Slot("area", Kind::Text),
        Slot("amount", Kind::Money),
        Slot("owed", Kind::Money),
    ],
    refusals: &[NOTHING_EARNED],
    messages: &[&PAID],
    ..Service::PLAIN
};

fn outlet(context: &Context) -> Vec<Want> {
    let Some(float) = named(context, "agent") else { return Vec::new() };
    vec![Want::Outlet(float), Want::Account(float), Want::Roster(float)]
}

/// What is owed is read after what is there: who takes it back in between makes both less.
fn earned(context: &Context) -> Vec<Want> {
    let float = named(context, "agent").and_then(|float| context.facts.outlet(float).ok());
    let wants = |commission, float| vec![Want::Account(commission), Want::Owed(float)];
    float.flatten().map(|row| wants(row.commission_account, row.float_account)).unwrap_or_default()
}

fn decide(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let outlet = known(context, plan, "agent")?;
    party::working(context, outlet)?;
    let earned = party::account(context, outlet.commission_account)?;
    let owed_minor = context.facts.count(&Want::Owed(outlet.float_account))?;
    plan.show("owed", context.money(owed_minor));
    let amount_minor = payout::payable_minor(earned, owed_minor);
    if amount_minor <= 0 {
        return Err(NOTHING_EARNED.into());
    }
    let amount = context.money(amount_minor);
    plan.show("amount", amount);
    let note = why(context)?.to_owned();
    let kept = Keep { record: Record::Outlet(outlet.next()), event: PAY_OUTLET.name, note };
    let newest = earned.last_posting;
    // what is owed, and what is earned meanwhile, is another amount
    let once = Change::AtPosting { account: outlet.commission_account, posting: newest };
    let mut changes = vec![Change::Keep(kept), once];
    let mut slots = Slots::from([("amount".to_owned(), amount.into())]);
    slots.extend(party::outlet_sign(outlet));
    for person in &context.facts.roster(outlet.float_account)?.people {
        changes.push(context.tell(person, &PAID, slots.clone(), Some(outlet.float_account)));
    }
    let legs = payout::legs(outlet, amount_minor);
    plan.commit(Act { kind: payout::KIND, legs, changes, ..Act::default() });
    Ok(())
}
