//! A wallet as the staff see it: how it stands, the orders that lie on it, and what waits for
//! another one of them to approve.

use super::super::context::Context;
use super::super::office::two_people::{self, Wish};
use super::super::plan::{Plan, PlanError};
use super::super::service::{Authority, Service};
use super::freezing::shown;
use super::{freeze, named, of_them, sim_change, whose};
use crate::id::AccountId;
use crate::staff::role::Right;
use crate::store::arrangement_rows::{Search, Side};
use crate::store::wants::Want;
use crate::time::Timestamp;
use crate::value::{Kind, Slot, Slots, Value};

/// Input `phone`; a line for each order that lies on it, and for each request that waits.
pub const SEE: Service = Service {
    name: "see_account",
    authority: Authority::Staff(Right::Look),
    wants: &[named, |context| of_them(context, all)],
    decide: see,
    shows: &[
        Slot("name", Kind::Name),
        Slot("phone", Kind::Phone),
        Slot("account_is", Kind::Text),
        Slot("tier_is", Kind::Text),
        Slot("balance", Kind::Money),
        Slot("set_aside", Kind::Money),
        Slot("sim_changed_until", Kind::Day),
        Slot("order", Kind::Code),
        Slot("way", Kind::Text),
        Slot("basis", Kind::Text),
        Slot("letter", Kind::Text),
        Slot("ordered_by", Kind::Text),
        Slot("ordered_on", Kind::Day),
        Slot("last_day", Kind::Day),
        Slot("held", Kind::Money),
        Slot("approval", Kind::Text),
        Slot("asked_for", Kind::Text),
        Slot("asked_by", Kind::Text),
        Slot("reason", Kind::Text),
    ],
    ..Service::PLAIN
};

/// Requests that are shown.
const REQUESTS_MAX: i64 = 16;

fn requests(account: AccountId) -> Search {
    let (side, kind) = (Side::Other(account), two_people::KIND.name);
    Search { side, kind, open: true, since: 0, limit: REQUESTS_MAX }
}

fn all(account: AccountId) -> Vec<Want> {
    let more = [sim_change::want(account), Want::Arrangements(requests(account))];
    freeze::wants(account).into_iter().chain(more).collect()
}

fn see(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let holder = whose(context, plan)?;
    let account = &holder.account;
    plan.show("account_is", <&str>::from(account.state).to_owned());
    plan.show("tier_is", holder.person.tier.clone());
    plan.show("balance", context.money(account.balance_minor));
    plan.show("set_aside", context.money(account.held_minor));
    if let Some(until) = sim_change::counts_until(context, account.id)? {
        plan.show("sim_changed_until", context.day_of(Timestamp::from_micros(until)));
    }
    for lying in freeze::lying(context, account.id)? {
        let since = context.day_of(Timestamp::from_micros(lying.row.begun_at));
        let mut line: Slots = shown(context, &lying)
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        line.insert("order".to_owned(), Value::Code(lying.row.id.to_string()));
        line.insert("ordered_on".to_owned(), since.into());
        line.insert("reason".to_owned(), lying.order.why.clone().into());
        plan.line(lying.row.id, line);
    }
    for row in context.facts.arrangements(requests(account.id))? {
        let wish = Wish::of(row)?;
        let line = [
            ("approval", row.id.to_string()),
            ("asked_for", wish.service),
            ("asked_by", wish.by),
            ("reason", wish.why),
        ];
        plan.line(row.id, line.map(|(name, said)| (name.to_owned(), Value::from(said))).into());
    }
    Ok(())
}
