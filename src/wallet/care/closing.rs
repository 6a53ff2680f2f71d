//! A wallet is closed, for good: it must be empty, no order may lie on it, and nothing of theirs
//! may be open from which money comes back, is to be paid, or is shared with others. It takes two.

use super::super::collections::gift;
use super::super::context::{Context, People};
use super::super::office::two_people::why;
use super::super::plan::{Act, Plan, PlanError};
use super::super::reversals::reversal;
use super::super::service::{Authority, Service};
use super::super::treasury::redemption;
use super::super::vouchers::{cash_code, voucher};
use super::super::waiting::standing_order;
use super::super::{collections, deals, groups, pots};
use super::{freeze, named, of_them, whose};
use crate::id::AccountId;
use crate::refusal::{Reason, Refusal};
use crate::staff::role::Right;
use crate::store::arrangement_rows::ArrangementRow;
use crate::store::book_rows::AccountState;
use crate::store::wants::Want;
use crate::value::{Kind, Slot};

/// There is something in it.
pub const ACCOUNT_NOT_EMPTY: Reason = Reason::new("account_not_empty");
/// An order lies on it, which is lifted first.
pub const FREEZE_LIES: Reason = Reason::new("freeze_lies");

/// Something of theirs is open; slots say how many of each.
pub const WALLET_IN_USE: Reason = Reason::new("wallet_in_use");

/// What is open at a wallet, of which nobody has more.
const OPEN_MAX: i64 = 1_000;
/// What stands in the way, by the slot that counts it. What others only ask of somebody, a request
/// or an invitation, does not: or anybody could keep a wallet from being closed.
const STANDS: [(&str, &str); 7] = [
    ("open_pots", pots::KIND.name),
    ("open_deals", deals::waking_deals::KIND.name),
    ("open_collections", collections::turn::KIND.name),
    ("open_groups", groups::membership::KIND.name),
    ("open_codes", cash_code::KIND.name),
    ("open_parcels", voucher::KIND.name),
    ("open_orders", standing_order::KIND.name),
];
/// The same of all else that may move money yet.
const OTHERS: [&str; 2] = [reversal::KIND.name, redemption::KIND.name];

/// Inputs `phone`, `why`.
pub const CLOSE: Service = Service {
    name: "close_account",
    authority: Authority::Staff(Right::Restore),
    needs: |_context, _plan| People::Two,
    wants: &[
        named,
        |context| of_them(context, wants),
        |context| of_them(context, |account| gift::given_wants(context, account)),
    ],
    decide: close,
    shows: &[
        Slot("name", Kind::Name),
        Slot("phone", Kind::Phone),
        Slot("balance", Kind::Money),
        Slot("open_pots", Kind::Count),
        Slot("open_deals", Kind::Count),
        Slot("open_collections", Kind::Count),
        Slot("open_groups", Kind::Count),
        Slot("open_codes", Kind::Count),
        Slot("open_parcels", Kind::Count),
        Slot("open_orders", Kind::Count),
        Slot("open_others", Kind::Count),
    ],
    refusals: &[ACCOUNT_NOT_EMPTY, FREEZE_LIES, WALLET_IN_USE],
    ..Service::PLAIN
};

fn wants(account: AccountId) -> Vec<Want> {
    let sold_there = Want::Arrangements(deals::platform_list::of(account, 1));
    let own = [Want::OpenAt(account, OPEN_MAX), sold_there, gift::newest(account)];
    freeze::wants(account).into_iter().chain(own).collect()
}

/// A deal that somebody else has offered, and nobody has answered.
fn only_offered(row: &ArrangementRow, account: AccountId) -> bool {
    let kind = deals::waking_deals::KIND;
    row.kind == kind.name && row.owner != account && kind.begins.contains(&row.state.as_str())
}

/// Savings of somebody else, who named them as a friend without asking.
fn only_a_friend(row: &ArrangementRow, account: AccountId) -> bool {
    row.kind == pots::KIND.name && row.owner != account
}

/// Refuses where something of theirs is open.
fn nothing_stands(context: &Context, account: AccountId) -> Result<(), PlanError> {
    let open = context.facts.open_at(account, OPEN_MAX)?;
    let count = |kinds: &[&str]| {
        let those = open.iter().filter(|row| kinds.contains(&row.kind.as_str()));
        let those =
            those.filter(|row| !only_offered(row, account) && !only_a_friend(row, account)).count();
        i64::try_from(those).unwrap_or(i64::MAX)
    };
    let others = count(&OTHERS);
    let mut stands = others > 0;
    let mut refusal = Refusal::new(WALLET_IN_USE).with("open_others", others);
    // what they gave to others comes back where a collection comes to nothing
    let given = i64::try_from(gift::may_come_back(context, account)?).unwrap_or(i64::MAX);
    // what others sell there waits for what the platform keeps of it
    let sold_there = context.facts.arrangements(deals::platform_list::of(account, 1))?.len();
    let sold_there = i64::try_from(sold_there).unwrap_or(i64::MAX);
    for (slot, kind) in STANDS {
        let besides = match slot {
            "open_collections" => given,
            "open_deals" => sold_there,
            _ => 0,
        };
        let number = count(&[kind]).saturating_add(besides);
        stands |= number > 0;
        refusal = refusal.with(slot, number);
    }
    if stands { Err(refusal.into()) } else { Ok(()) }
}

fn close(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let account = &whose(context, plan)?.account;
    plan.show("balance", context.money(account.balance_minor));
    if account.state == AccountState::Closed {
        return Err(Reason::ACCOUNT_CLOSED.into());
    }
    if (account.balance_minor, account.held_minor) != (0, 0) {
        return Err(ACCOUNT_NOT_EMPTY.into());
    }
    if !freeze::lying(context, account.id)?.is_empty() {
        return Err(FREEZE_LIES.into());
    }
    nothing_stands(context, account.id)?;
    let closed = freeze::heeded(context, account.id, AccountState::Closed, why(context)?)?;
    plan.commit(Act { kind: "close_account", changes: vec![closed], ..Act::default() });
    Ok(())
}
