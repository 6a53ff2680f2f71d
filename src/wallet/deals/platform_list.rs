//! What a platform has opened for others and is not over: a line for each deal, with where it is
//! and what it keeps. Programs ask for it, so that where it is stands there as its own word.

use super::super::context::Context;
use super::super::plan::{Plan, PlanError};
use super::super::service::Service;
use super::deal::Deal;
use super::{RULES, platform};
use crate::id::AccountId;
use crate::store::arrangement_rows::{Search, Side as Of};
use crate::store::wants::Want;
use crate::value::{Kind, Slot, Slots, Value};

/// Lists them, the newest first: `deal`, `goods`, `price`, `share`, and `stands`, which is the name
/// of a state.
pub const LIST: Service = Service {
    name: "brokered_deals",
    wants: &[wants],
    decide: list,
    shows: &[
        Slot("deal", Kind::Code),
        Slot("goods", Kind::Name),
        Slot("price", Kind::Money),
        Slot("share", Kind::Money),
        Slot("stands", Kind::Text),
    ],
    ..Service::PLAIN
};

/// So many at most.
const LOOK: i64 = 200;

/// The open ones that are sold at a platform, so many at most.
pub fn of(platform: AccountId, limit: i64) -> Search {
    let side = Of::Subject(platform::subject(platform));
    Search { side, kind: RULES.name, open: true, since: 0, limit }
}

fn search(context: &Context) -> Result<Search, PlanError> {
    Ok(of(context.person()?.account_id, LOOK))
}

fn wants(context: &Context) -> Vec<Want> {
    search(context).map(Want::Arrangements).into_iter().collect()
}

fn list(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    for row in context.facts.arrangements(search(context)?)? {
        let deal = Deal::of(row)?;
        let share = deal.terms.price.seller.platform_minor;
        let slots = Slots::from([
            ("deal".into(), deal.code(context)),
            ("goods".into(), Value::Name(deal.terms.goods.clone())),
            ("price".into(), context.money(deal.terms.amount_minor).into()),
            ("share".into(), context.money(share).into()),
            ("stands".into(), deal.row.state.clone().into()),
        ]);
        plan.line(deal.row.id, slots);
    }
    Ok(())
}
