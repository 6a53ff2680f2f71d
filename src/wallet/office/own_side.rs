//! A side decides nothing: whoever of the staff has a wallet themselves, or serves at an outlet,
//! says neither alone nor as the second one what becomes of its money, of who may use it, or of a
//! payment between it and somebody else. It is asked of every act of theirs, by what the act
//! touches; which acts there are is not known here.

use super::super::context::Context;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::Authority;
use crate::book::{Change, HoldMove, Keep, Put};
use crate::id::AccountId;
use crate::staff::role::Right;
use crate::store::holders::CallerProfile;
use crate::store::records::Record;
use crate::store::wants::Want;

/// Whether what this takes is for a side to keep out of: who only reads decides nothing.
pub fn concerns(authority: Authority) -> bool {
    match authority {
        Authority::Staff(Right::Look | Right::Audit) => false,
        Authority::Staff(_) | Authority::StaffPhone => true,
        Authority::Nobody | Authority::Customer | Authority::Assistant => false,
    }
}

/// What must be read of it: what whoever acts has by their own number.
pub fn want(context: &Context) -> Want {
    Want::Caller(context.caller.msisdn.e164().to_owned(), context.now.micros())
}

/// Whether whoever acts is a side of what would be done.
pub fn is_one(context: &Context, plan: &Plan) -> Result<bool, PlanError> {
    let Some(act) = &plan.act else { return Ok(false) };
    let number = context.caller.msisdn.e164();
    let Some(profile) = context.facts.caller(number, context.now.micros())? else {
        return Ok(false);
    };
    let own = own(profile);
    Ok(sides(plan, act).iter().any(|side| own.contains(side)))
}

/// Their wallet, and what the outlet has at which they serve.
fn own(profile: &CallerProfile) -> Vec<AccountId> {
    let outlet = profile.post.iter().map(|post| &post.outlet);
    let outlet = outlet.flat_map(|outlet| [outlet.float_account, outlet.commission_account]);
    [profile.person.account_id].into_iter().chain(outlet).collect()
}

/// Every account that it moves money of, or says something about.
fn sides(plan: &Plan, act: &Act) -> Vec<AccountId> {
    let held = act.holds.iter().filter_map(|hold| match hold {
        HoldMove::Open { account, .. } => Some(*account),
        // what is held already is that of an arrangement, which moves with it
        HoldMove::Settle { .. } | HoldMove::Release { .. } => None,
    });
    let legs = act.legs.iter().map(|leg| leg.account);
    let changed = act.changes.iter().flat_map(changed);
    plan.concerns.into_iter().chain(legs).chain(held).chain(changed).collect()
}

fn changed(change: &Change) -> Vec<AccountId> {
    match change {
        Change::Put(Put { row, .. }) => {
            [Some(row.owner), row.other, row.account].into_iter().flatten().collect()
        }
        Change::Keep(Keep { record, .. }) => recorded(record),
        // whose PIN or tier it is, is what the plan concerns
        Change::OpenAccount(_)
        | Change::ChargePin { .. }
        | Change::ClearPin { .. }
        | Change::TakeLine { .. }
        | Change::AtPosting { .. }
        | Change::AtRecord { .. }
        | Change::While { .. }
        | Change::Claim { .. }
        | Change::Dedup { .. }
        | Change::Undone { .. }
        | Change::Journal(_)
        | Change::TellBelow { .. }
        | Change::TellStranger(_)
        | Change::Tell(_) => Vec::new(),
    }
}

/// Whose account a record is about.
fn recorded(record: &Record) -> Vec<AccountId> {
    match record {
        Record::Person(row) => vec![row.account_id],
        Record::Identity(row) => vec![row.account_id],
        Record::Mailbox(row) => vec![row.account_id],
        Record::Budget(row) => vec![row.account_id],
        Record::Restriction(row) => vec![row.account_id],
        Record::Block(row) => vec![row.account],
        Record::Outlet(row) => vec![row.float_account],
        Record::Assistant(row) => vec![row.person, row.outlet],
        Record::Shift(row) => vec![row.outlet],
        Record::Clawback(row) => vec![row.outlet, row.customer],
        // whose PIN it is, is what the plan concerns; the others are nobody's wallet
        Record::Pin(_)
        | Record::Silence(_)
        | Record::Rule(_)
        | Record::BankAccount(_)
        | Record::BankStatement(_)
        | Record::Day(_)
        | Record::Staff(_)
        | Record::Look(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::Leg;
    use crate::id::Id;

    fn touches(act: Act, concerns: Option<i64>) -> Vec<i64> {
        let plan = Plan { concerns: concerns.map(Id::of), ..Plan::default() };
        sides(&plan, &act).iter().map(|side| side.number()).collect()
    }

    #[test]
    fn whose_money_moves_and_whose_account_it_is_about_are_sides() {
        let leg = |account, amount_minor| Leg { account: Id::of(account), amount_minor };
        let legs = vec![leg(101, -5), leg(102, 5)];
        let hold = HoldMove::Open { account: Id::of(103), amount_minor: 5 };
        let act = Act { legs, holds: vec![hold], ..Act::default() };
        assert_eq!(touches(act, Some(104)), [104, 101, 102, 103]);
        assert_eq!(touches(Act::default(), None), [0_i64; 0]);
    }

    #[test]
    fn who_only_reads_decides_nothing() {
        for (right, decides) in [(Right::Look, false), (Right::Audit, false), (Right::Tier, true)] {
            assert_eq!(concerns(Authority::Staff(right)), decides, "{right:?}");
        }
        assert!(concerns(Authority::StaffPhone) && !concerns(Authority::Customer));
    }
}
