//! The buyer pays in, with the PIN: the money moves to an account of the deal's own, which both
//! see and nobody spends from. From here on the seller is to deliver.
//!
//! Input `deal`; shows `amount`, `fee`, `total`, `name`, `phone`, `goods`, `day`, and, once it is
//! done and it is let go at the door, `door_code`.

use super::super::arrangements::kind;
use super::super::context::Context;
use super::super::metering;
use super::super::party;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, Replay, Service, Unrecorded};
use super::deal::{self, DEAL_STOPPED, DEAL_WHICH, Deal};
use super::terms::{Release, Side};
use super::{DEAL_GONE, Event, deal_code, deal_news};
use crate::book::Leg;
use crate::calendar::Day;
use crate::id::AccountId;
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::store::wants::Want;
use crate::value::{Kind, Slot};

/// The service as menus know it.
pub const FUND: Service = Service {
    name: "fund_deal",
    authority: Authority::Customer,
    opens: 1,
    wants: &[deal::named, wants],
    decide: fund,
    shows: &[
        Slot("name", Kind::Name),
        Slot("phone", Kind::Phone),
        Slot("deal", Kind::Code),
        Slot("goods", Kind::Name),
        Slot("price", Kind::Money),
        Slot("day", Kind::Day),
        Slot("dial", Kind::Text),
        Slot("fee", Kind::Money),
        Slot("total", Kind::Money),
        Slot("door_code", Kind::Code),
    ],
    refusals: &[DEAL_GONE, DEAL_WHICH, DEAL_STOPPED, Reason::CODE_GONE],
    messages: &[&deal_news::PAID_IN, &deal_news::FUNDED],
    replay: Replay {
        wants: &[deal::named, wants_kept],
        recorded: Some(code_again),
        unrecorded: Unrecorded::Nothing,
    },
    ..Service::PLAIN
};

fn wants(context: &Context) -> Vec<Want> {
    deal::sides(context, &[Event::Fund])
}

fn fund(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let mut deal = deal::chosen(context, &[Event::Fund])?;
    let side = deal.own_side(context)?;
    plan.show_all(deal.told(context, side)?);
    let role = deal.role_of(Event::Fund, side)?;
    deal.goes_on(context)?;
    let buyer = context.person()?;
    let amount = context.money(deal.terms.amount_minor);
    let fee = context.money(deal.terms.price.buyer.total_minor());
    let total = context.money(amount.minor.saturating_add(fee.minor));
    plan.show("fee", fee);
    plan.show("total", total);
    let wallet = party::payer(context, buyer, Reason::ACCOUNT_CLOSED.into())?;
    let available = context.money(wallet.available_minor());
    if available.minor < total.minor {
        let refusal = Refusal::from(Reason::NOT_ENOUGH);
        return Err(refusal.with("balance", available).with("total", total).into());
    }
    let meters = vec![metering::spent(context, buyer, amount)?];
    let account = AccountId::of(context.fresh_id);
    deal.row.account = Some(account);
    deal.terms.funded = Some(context.today());
    let tomorrow = context.today().next_day();
    let day: Day = deal.terms.deliver_by.max(tomorrow);
    deal.terms.clock = deal.until(context, day)?;
    let code = if deal.terms.release == Release::Hand {
        None
    } else {
        let (seed, code) = deal_code::made(context, deal_code::release(&deal))?;
        deal.terms.code = Some(seed);
        Some(code)
    };
    plan.show("day", day);
    let moved = deal.moved(context, Event::Fund, role, "")?;
    let mut changes = vec![kind::opened_account(context, account), moved];
    // behind what says whether somebody was faster
    changes.extend(code);
    let release: &'static str = deal.terms.release.into();
    let held = [("paid".into(), total.into()), ("hint_code".into(), release.into())];
    changes.push(deal.tell(context, Side::Buy, &deal_news::PAID_IN, held)?);
    changes.push(deal.tell(context, Side::Sell, &deal_news::FUNDED, [])?);
    show_code(context, plan, &deal);
    let legs = vec![
        Leg { account: wallet.id, amount_minor: total.minor.saturating_neg() },
        Leg { account, amount_minor: total.minor },
    ];
    plan.commit(Act { kind: "deal_in", legs, meters, changes, ..Act::default() });
    Ok(())
}

/// What the code follows from, where who pays in reads it at once: for the door.
fn at_door(deal: &Deal) -> Option<&str> {
    deal.terms.code.as_deref().filter(|_| deal.terms.release == Release::Door)
}

fn show_code(context: &Context, plan: &mut Plan, deal: &Deal) {
    if let (Some(seed), Some(_doing)) = (at_door(deal), context.key) {
        plan.flag("door");
        plan.show("door_code", deal_code::new(context, seed));
    }
}

fn wants_kept(context: &Context) -> Vec<Want> {
    let deal = deal::chosen(context, &[]).ok();
    deal.map(|deal| Want::Pin(deal_code::release(&deal))).into_iter().collect()
}

/// The code, for who has lost the screen that showed it.
fn code_again(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let deal = deal::chosen(context, &[])?;
    if let Some(seed) = at_door(&deal) {
        plan.flag("door");
        plan.show("door_code", deal_code::shown(context, deal_code::release(&deal), seed)?);
    }
    Ok(())
}
