//! Commission looked at again when a day is over: outlets of one head office that served the same
//! customer, each with a part of one payment, earned more together than one of them would have with
//! the whole. So they did with deposits into many wallets that were all sent on to one: nobody may
//! have paid in at all; see `tariff::circles`. They are followed for some days, as nobody waits for
//! midnight to send them on; each is a find of the day on which it was made. What each payment had
//! to earn is said by the tariff that counted when it was made. What was earned too much can be
//! taken back; see `taking_back`.

use super::super::context::Context;
use super::super::plan::{Plan, PlanError};
use super::super::service::{Authority, Service};
use super::excess::{excesses, undivided};
use super::owed::Taken;
use super::sinks::{self, AsOne};
use crate::agent_number::AgentNumber;
use crate::calendar::Day;
use crate::id::{AccountId, PostingId};
use crate::money::Money;
use crate::refusal::{Reason, Refusal};
use crate::staff::role::Right;
use crate::store::agent_rows::OutletRow;
use crate::store::clawbacks::ClawbackRow;
use crate::store::wants::Want;
use crate::store::working_day::AgentJournalRow;
use crate::tariff::{Commission, Tariff};
use crate::value::{Kind, Slot, Slots, Value};
use std::collections::BTreeSet;
use std::collections::btree_map::{BTreeMap, Entry};

/// Days behind its own on which a deposit is followed.
const FOLLOWED_DAYS: i32 = 7;

/// The tariff by which something was earned is not kept any more.
pub const TARIFF_UNKNOWN: Reason = Reason::new("tariff_unknown");

/// Input `day`; a line for each find.
pub const RECHECK: Service = Service {
    name: "recheck_commission",
    authority: Authority::Staff(Right::Commission),
    wants: &[of_day, of_those],
    decide: recheck,
    shows: &[
        Slot("day", Kind::Day),
        Slot("finds", Kind::Count),
        Slot("name", Kind::Name),
        Slot("agent", Kind::Phone),
        Slot("earned_by", Kind::Text),
        Slot("customer", Kind::Text),
        Slot("too_much", Kind::Money),
        Slot("taken", Kind::Money),
        Slot("owed", Kind::Money),
        Slot("head_too_much", Kind::Money),
        Slot("head_taken", Kind::Money),
        Slot("head_owed", Kind::Money),
    ],
    refusals: &[TARIFF_UNKNOWN],
    ..Service::PLAIN
};

/// What an outlet earned too much with a customer on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Find {
    /// The outlet.
    pub outlet: OutletRow,
    /// The head office that earned with it, where it had one.
    pub head: Option<OutletRow>,
    /// The wallet that was served, or in which the deposits of several ended.
    pub customer: AccountId,
    /// By which service.
    pub service: String,
    /// What was too much for each.
    pub excess: Commission,
    /// What is known of it by now.
    pub known: Option<ClawbackRow>,
}

impl Find {
    /// What was taken back so far.
    pub fn taken(&self) -> Taken {
        self.known.as_ref().map(Taken::of).unwrap_or_default()
    }
}

/// The day that was typed, which must be over.
pub fn day(context: &Context) -> Result<Day, PlanError> {
    let day = Day::read(context.field("day")?);
    let day = day.ok_or_else(|| Refusal::of_field(Reason::DATE_FORMAT, "day"))?;
    if day < context.today() {
        return Ok(day);
    }
    Err(Refusal::of_field(Reason::DAY_NOT_OVER, "day").into())
}

fn begins(context: &Context, day: Day) -> i64 {
    day.begins(&context.config.market.zone).micros()
}

/// The first moment at which deposits of a day are followed no more.
fn followed_until(context: &Context, day: Day) -> i64 {
    begins(context, Day::new(day.next_day().number().saturating_add(FOLLOWED_DAYS)))
}

/// What was done on a day, and as long as its deposits are followed.
fn journal(context: &Context, day: Day) -> Want {
    Want::Journal { from: begins(context, day), before: followed_until(context, day) }
}

/// What moved on wallets since the first of these, as long as they are followed.
fn moved(context: &Context, day: Day, rows: &[&AgentJournalRow]) -> Option<Want> {
    let from = rows.iter().map(|row| row.posting).min()?;
    Some(Want::Moved(from, followed_until(context, day)))
}

/// What must be read to find what was earned too much: what was done,
pub fn of_day(context: &Context) -> Vec<Want> {
    let Ok(day) = day(context) else { return Vec::new() };
    vec![journal(context, day), Want::Clawbacks(day.number().into())]
}

/// All that was done as long as they are followed,
fn all_rows<'a>(context: &Context<'a>, day: Day) -> Result<&'a [AgentJournalRow], PlanError> {
    Ok(context.facts.journal(&journal(context, day))?)
}

/// and what of that was done on the day.
fn rows<'a>(context: &Context<'a>, day: Day) -> Result<Vec<&'a AgentJournalRow>, PlanError> {
    let over = begins(context, day.next_day());
    Ok(all_rows(context, day)?.iter().filter(|row| row.at < over).collect())
}

/// The outlets that served, and what they belonged to.
fn outlets(rows: &[&AgentJournalRow]) -> Want {
    let all: BTreeSet<AccountId> = rows.iter().flat_map(|row| [row.outlet, row.team]).collect();
    Want::OutletsOf(all.into_iter().collect())
}

/// and where, by which tariffs, and where it went from there.
pub fn of_those(context: &Context) -> Vec<Want> {
    let Ok(day) = day(context) else { return Vec::new() };
    let Ok(rows) = rows(context, day) else { return Vec::new() };
    let numbers: BTreeSet<i64> = rows.iter().map(|row| row.tariff).collect();
    let before = numbers.into_iter().filter(|number| *number != context.policy.tariff.number());
    let tariffs = before.map(Want::TariffText);
    [outlets(&rows)].into_iter().chain(tariffs).chain(moved(context, day, &rows)).collect()
}

/// What was earned too much on a day, in the order of those who were served.
pub fn finds(context: &Context, day: Day) -> Result<Vec<Find>, PlanError> {
    let rows = rows(context, day)?;
    let outlets = context.facts.outlets(&outlets(&rows))?;
    let outlet = |id: AccountId| outlets.iter().find(|row| row.float_account == id).cloned();
    let known = context.facts.clawbacks(day.number().into())?;
    let mut tariffs = BTreeMap::new();
    for row in rows.iter().filter(|row| row.tariff != context.policy.tariff.number()) {
        if let Entry::Vacant(place) = tariffs.entry(row.tariff) {
            let text = context.facts.tariff_text(row.tariff)?;
            place.insert(text.and_then(Tariff::again).ok_or(TARIFF_UNKNOWN)?);
        }
    }
    let date = day.begins(&context.config.market.zone).day(&context.config.market.zone);
    let due = |row: &AgentJournalRow, amount_minor: i64| match amount_minor {
        0 => Commission::default(),
        // beyond the last band nothing was earned and nothing is due
        minor => {
            let tariff = tariffs.get(&row.tariff).unwrap_or(&context.policy.tariff);
            let amount = Money::new(minor, context.config.market.currency);
            tariff.commission(&row.service, amount, date).unwrap_or_default()
        }
    };
    let legs = match moved(context, day, &rows) {
        Some(want) => context.facts.wallet_moves(&want)?,
        None => &[],
    };
    let mut finds = Vec::new();
    let served = all_rows(context, day)?.iter().map(|row| row.posting).collect();
    let ends = sinks::of_deposits(legs, &served);
    for ((team, customer, service), rows) in as_one(&rows, &ends) {
        for (id, excess) in excesses(&rows, &due) {
            let Some(earner) = outlet(id) else { continue };
            let head = if team == id { None } else { outlet(team) };
            let excess = if head.is_some() { excess } else { undivided(excess) };
            let is_it = |row: &&ClawbackRow| {
                (row.outlet, row.customer, row.service.as_str()) == (id, customer, service)
            };
            let known = known.iter().find(is_it).cloned();
            let service = service.to_owned();
            finds.push(Find { outlet: earner, head, customer, service, excess, known });
        }
    }
    less_known(&mut finds, known);
    Ok(finds)
}

/// What was found when less was known of where their money went, of wallets that count as another
/// one by now, is not found once more.
fn less_known(finds: &mut Vec<Find>, known: &[ClawbackRow]) {
    let is_own = |row: &&ClawbackRow| finds.iter().any(|find| find.known.as_ref() == Some(row));
    let strays: Vec<&ClawbackRow> = known.iter().filter(|row| !is_own(row)).collect();
    for row in strays {
        let (mut own_minor, mut head_minor) = (row.found_minor, row.head_found_minor);
        for find in finds.iter_mut() {
            if (find.outlet.float_account, &find.service) != (row.outlet, &row.service) {
                continue;
            }
            let excess = &mut find.excess;
            let own = less(&mut excess.outlet_minor, &mut own_minor);
            let head = less(&mut excess.head_office_minor, &mut head_minor);
            // the tax on it went back with the first of it
            excess.withheld_tax_minor = if own || head { 0 } else { excess.withheld_tax_minor };
        }
    }
    finds.retain(|find| find.excess.outlet_minor > 0 || find.known.is_some());
}

/// Takes as much of one from the other as is there; whether that is anything.
fn less(from_minor: &mut i64, minor: &mut i64) -> bool {
    let part_minor = (*from_minor).min(*minor).max(0);
    *from_minor = from_minor.saturating_sub(part_minor);
    *minor = minor.saturating_sub(part_minor);
    part_minor > 0
}

/// What counts as one payment, by team, wallet and service: what was done for one customer, and
/// deposits that end in one wallet. Where these are of several customers, it is that wallet.
fn as_one<'a>(
    rows: &[&'a AgentJournalRow],
    ends: &BTreeMap<PostingId, AccountId>,
) -> BTreeMap<(AccountId, AccountId, &'a str), Vec<&'a AgentJournalRow>> {
    let mut teams: BTreeMap<AccountId, AsOne> = BTreeMap::new();
    for row in rows {
        if let Some(sink) = ends.get(&row.posting) {
            teams.entry(row.team).or_default().join(row.customer, *sink);
        }
    }
    let mut merged: BTreeMap<_, Vec<&AgentJournalRow>> = BTreeMap::new();
    for row in rows.iter().copied() {
        let together = teams.get(&row.team).filter(|_| ends.contains_key(&row.posting));
        let wallet = together.map_or(row.customer, |team| team.of(row.customer));
        merged.entry((row.team, wallet, row.service.as_str())).or_default().push(row);
    }
    let named = |((team, wallet, service), rows): (_, Vec<&'a AgentJournalRow>)| {
        let customers: BTreeSet<AccountId> = rows.iter().map(|row| row.customer).collect();
        let only = customers.first().filter(|_| customers.len() == 1);
        ((team, only.copied().unwrap_or(wallet), service), rows)
    };
    merged.into_iter().map(named).collect()
}

fn recheck(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let day = day(context)?;
    plan.show("day", day);
    let finds = finds(context, day)?;
    plan.show("finds", i64::try_from(finds.len()).unwrap_or(i64::MAX));
    for (place, find) in finds.iter().enumerate() {
        let slots = shown(context, find, find.taken());
        plan.line(place, slots);
    }
    Ok(())
}

/// A find as it stands once so much of it was taken back.
pub fn shown(context: &Context, find: &Find, taken: Taken) -> Slots {
    let owed = |found: i64, taken: i64| context.money(found.saturating_sub(taken).max(0)).into();
    let head_minor = find.excess.head_office_minor;
    let said: [(&str, Value); 10] = [
        ("name", Value::Name(find.outlet.name.clone())),
        ("agent", AgentNumber::of(find.outlet.float_account).into()),
        ("earned_by", find.service.clone().into()),
        ("customer", find.customer.to_string().into()),
        ("too_much", context.money(find.excess.outlet_minor).into()),
        ("taken", context.money(taken.own_minor).into()),
        ("owed", owed(find.excess.outlet_minor, taken.own_minor)),
        ("head_too_much", context.money(head_minor).into()),
        ("head_taken", context.money(taken.head_minor).into()),
        ("head_owed", owed(head_minor, taken.head_minor)),
    ];
    said.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Id;
    use crate::store::agent_rows::OutletState;

    #[test]
    fn what_was_found_of_one_who_counts_as_another_by_now_is_not_found_twice() {
        let outlet = |number| OutletRow {
            float_account: Id::of(number),
            version: 1,
            last_posting: PostingId::NONE,
            commission_account: Id::of(number + 1),
            head_office: None,
            name: "Duka".to_owned(),
            area: "Kibera".to_owned(),
            state: OutletState::Open,
            opened_at: 0,
            low_float_minor: None,
        };
        let find = |number| Find {
            outlet: outlet(number),
            head: None,
            customer: Id::of(500),
            service: "cash_in".to_owned(),
            excess: Commission { outlet_minor: 12, head_office_minor: 3, withheld_tax_minor: 1 },
            known: None,
        };
        let row = |customer, found_minor| ClawbackRow {
            day: 1,
            outlet: Id::of(300),
            customer: Id::of(customer),
            service: "cash_in".to_owned(),
            version: 1,
            last_posting: PostingId::NONE,
            found_minor,
            taken_minor: 0,
            head: None,
            head_found_minor: 1,
            head_taken_minor: 0,
        };
        let left = |known: &[ClawbackRow], mut finds: Vec<Find>| {
            less_known(&mut finds, known);
            let parts = finds.iter().map(|find| find.excess);
            parts.map(|c| [c.outlet_minor, c.head_office_minor]).collect::<Vec<_>>()
        };
        let both = || vec![find(300), find(310)];
        assert_eq!(left(&[row(101, 5)], both()), [[7, 2], [12, 3]]);
        assert_eq!(left(&[row(101, 5), row(102, 9)], both()), [[12, 3]], "all of it");
        let own = Find { known: Some(row(500, 5)), ..find(300) };
        assert_eq!(left(&[row(500, 5)], vec![own]), [[12, 3]], "how much of it is taken is known");
    }
}
