//! What was earned too much on a day is taken back, by two of the staff: of each find as much as is
//! there, from the outlet and from its head office, each their own part. No commission sinks below
//! zero by it: what is not there stays owed; see `owed`.

use super::super::context::{Context, People};
use super::super::office::two_people::why;
use super::super::party;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, Service};
use super::owed::{Claim, KIND, Taken};
use super::recheck::{self, Find, TARIFF_UNKNOWN};
use super::suspending::named;
use crate::book::{Change, Leg, TAX};
use crate::calendar::Day;
use crate::id::{AccountId, PostingId};
use crate::reason::Reason;
use crate::staff::role::Right;
use crate::store::book_rows::Account;
use crate::store::clawbacks::ClawbackRow;
use crate::store::wants::Want;
use crate::value::{Kind, Slot};
use std::collections::BTreeSet;

/// Nothing of it is to be taken back.
pub const NOTHING_TO_TAKE: Reason = Reason::new("nothing_to_take");

/// Finds that are taken back at once: what is left is asked for again.
const FINDS_MAX: usize = 100;

/// Inputs `day`, `why`, and perhaps `agent`, whose finds alone are meant.
pub const TAKE_BACK: Service = Service {
    name: "take_back_commission",
    authority: Authority::Staff(Right::Commission),
    needs: |_context, _plan| People::Two,
    wants: &[recheck::of_day, recheck::of_those, accounts],
    decide,
    shows: &[
        Slot("day", Kind::Day),
        Slot("finds", Kind::Count),
        Slot("amount", Kind::Money),
        Slot("owed", Kind::Money),
    ],
    refusals: &[TARIFF_UNKNOWN, NOTHING_TO_TAKE],
    ..Service::PLAIN
};

/// What of a day is to be taken back.
fn meant(context: &Context, day: Day) -> Result<Vec<Find>, PlanError> {
    let only = named(context, "agent");
    let is_meant = |find: &Find| only.is_none_or(|only| find.outlet.float_account == only);
    let is_open = |find: &Find| {
        let taken = find.taken();
        taken.own_minor < find.excess.outlet_minor
            || taken.head_minor < find.excess.head_office_minor
    };
    let mut finds = recheck::finds(context, day)?;
    finds.retain(|find| is_meant(find) && is_open(find));
    finds.truncate(FINDS_MAX);
    Ok(finds)
}

fn accounts_of(finds: &[Find]) -> BTreeSet<AccountId> {
    let of = |find: &Find| {
        let head = find.head.as_ref().map(|head| head.commission_account);
        [Some(find.outlet.commission_account), head]
    };
    finds.iter().flat_map(of).flatten().chain([TAX]).collect()
}

fn accounts(context: &Context) -> Vec<Want> {
    let finds = recheck::day(context).and_then(|day| meant(context, day)).unwrap_or_default();
    accounts_of(&finds).into_iter().map(Want::Account).collect()
}

/// What is known of a find, as it stands when it is taken back.
fn row(find: &Find, day: Day) -> ClawbackRow {
    let (found_minor, head_found_minor) =
        (find.excess.outlet_minor, find.excess.head_office_minor.max(0));
    match &find.known {
        Some(known) => ClawbackRow { found_minor, head_found_minor, ..known.clone() },
        None => ClawbackRow {
            day: day.number().into(),
            outlet: find.outlet.float_account,
            customer: find.customer,
            service: find.service.clone(),
            version: 0,
            last_posting: PostingId::NONE,
            found_minor,
            taken_minor: 0,
            head: find.head.as_ref().map(|head| head.float_account),
            head_found_minor,
            head_taken_minor: 0,
        },
    }
}

/// What is moved so far, and what is left on the accounts.
struct Sum {
    accounts: Vec<Account>,
    legs: Vec<Leg>,
    changes: Vec<Change>,
    taken_minor: i64,
    owed_minor: i64,
}

impl Sum {
    fn add(&mut self, find: &Find, day: Day, why: &str) {
        let claim = Claim {
            row: row(find, day),
            own: find.outlet.commission_account,
            head: find.head.as_ref().map(|head| head.commission_account),
            accounts: self.accounts.clone(),
            // the tax that was withheld goes back with the first of it, as far as it is there
            tax_minor: if find.known.is_none() { find.excess.withheld_tax_minor } else { 0 },
        };
        let (taken, act) = claim.decide(why);
        let Taken { own_minor, head_minor } = taken;
        let both = own_minor.saturating_add(head_minor);
        self.taken_minor = self.taken_minor.saturating_add(both);
        let open = claim.row.owed_minor().saturating_add(claim.row.head_owed_minor());
        self.owed_minor = self.owed_minor.saturating_add(open.saturating_sub(both));
        for leg in act.legs {
            let there = self.accounts.iter_mut().find(|account| account.id == leg.account);
            if let Some(account) = there {
                account.balance_minor = account.balance_minor.saturating_add(leg.amount_minor);
            }
            match self.legs.iter_mut().find(|known| known.account == leg.account) {
                Some(known) => {
                    known.amount_minor = known.amount_minor.saturating_add(leg.amount_minor)
                }
                None => self.legs.push(leg),
            }
        }
        let kept = |change: &Change| matches!(change, Change::Keep(_));
        self.changes.extend(act.changes.into_iter().filter(kept));
    }
}

fn decide(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let day = recheck::day(context)?;
    plan.show("day", day);
    let finds = meant(context, day)?;
    plan.show("finds", i64::try_from(finds.len()).unwrap_or(i64::MAX));
    if finds.is_empty() {
        return Err(NOTHING_TO_TAKE.into());
    }
    let why = why(context)?;
    let mut accounts = Vec::new();
    let mut changes = Vec::new();
    for id in accounts_of(&finds) {
        let account = party::account(context, id)?;
        // whoever earned or was paid in this moment has another amount there
        if id != TAX {
            changes.push(Change::AtPosting { account: id, posting: account.last_posting });
        }
        accounts.push(account.clone());
    }
    let mut sum = Sum { accounts, legs: Vec::new(), changes, taken_minor: 0, owed_minor: 0 };
    for find in &finds {
        sum.add(find, day, why);
    }
    plan.show("amount", context.money(sum.taken_minor));
    plan.show("owed", context.money(sum.owed_minor));
    let only = finds.first().map(|find| find.outlet.float_account);
    plan.concerns = only.filter(|_| named(context, "agent").is_some());
    plan.commit(Act { kind: KIND, legs: sum.legs, changes: sum.changes, ..Act::default() });
    Ok(())
}
