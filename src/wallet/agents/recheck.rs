//! Commission looked at again when a day is over: outlets of one head office that served the same
//! customer, each with a part of one payment, earned more together than one of them would have with
//! the whole. So they did with deposits into many wallets that were all sent on to one: nobody may
//! have paid in at all; see `tariff::circles`. What each payment had to earn is said by the tariff
//! that counted when it was made. What was earned too much can be taken back; see `taking_back`.

use super::super::context::Context;
use super::super::plan::{Plan, PlanError};
use super::super::service::{Authority, Service};
use super::owed::Taken;
use super::sinks::{self, AsOne};
use crate::agent_number::AgentNumber;
use crate::calendar::Day;
use crate::id::AccountId;
use crate::money::Money;
use crate::refusal::{Reason, Refusal};
use crate::staff::role::Right;
use crate::store::agent_rows::OutletRow;
use crate::store::clawbacks::ClawbackRow;
use crate::store::wallet_moves::WalletMove;
use crate::store::wants::Want;
use crate::store::working_day::AgentJournalRow;
use crate::tariff::{Commission, Tariff};
use crate::value::{Kind, Slot, Slots, Value};
use std::collections::BTreeSet;
use std::collections::btree_map::{BTreeMap, Entry};

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

fn journal(context: &Context, day: Day) -> Want {
    let begins = |day: Day| day.begins(&context.config.market.zone).micros();
    Want::Journal { from: begins(day), before: begins(day.next_day()) }
}

/// What moved on wallets since the first of these, before the day was over.
fn moved(context: &Context, day: Day, rows: &[AgentJournalRow]) -> Option<Want> {
    let from = rows.iter().map(|row| row.posting).min()?;
    let before = day.next_day().begins(&context.config.market.zone).micros();
    Some(Want::Moved(from, before))
}

/// What must be read to find what was earned too much: what was done,
pub fn of_day(context: &Context) -> Vec<Want> {
    let Ok(day) = day(context) else { return Vec::new() };
    vec![journal(context, day), Want::Clawbacks(day.number().into())]
}

fn rows<'a>(context: &Context<'a>, day: Day) -> Result<&'a [AgentJournalRow], PlanError> {
    Ok(context.facts.journal(&journal(context, day))?)
}

/// The outlets that served, and what they belonged to.
fn outlets(rows: &[AgentJournalRow]) -> Want {
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
    [outlets(rows)].into_iter().chain(tariffs).chain(moved(context, day, rows)).collect()
}

/// What was earned too much on a day, in the order of those who were served.
pub fn finds(context: &Context, day: Day) -> Result<Vec<Find>, PlanError> {
    let rows = rows(context, day)?;
    let outlets = context.facts.outlets(&outlets(rows))?;
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
    let legs = match moved(context, day, rows) {
        Some(want) => context.facts.wallet_moves(&want)?,
        None => &[],
    };
    let mut finds = Vec::new();
    for ((team, customer, service), rows) in as_one(rows, legs) {
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
    Ok(finds)
}

/// What counts as one payment, by team, wallet and service: what was done for one customer, and
/// deposits that end in one wallet. Where these are of several customers, it is that wallet.
fn as_one<'a>(
    rows: &'a [AgentJournalRow],
    legs: &[WalletMove],
) -> BTreeMap<(AccountId, AccountId, &'a str), Vec<&'a AgentJournalRow>> {
    let served = rows.iter().map(|row| row.posting).collect();
    let ends = sinks::of_deposits(legs, &served);
    let mut teams: BTreeMap<AccountId, AsOne> = BTreeMap::new();
    for row in rows {
        if let Some(sink) = ends.get(&row.posting) {
            teams.entry(row.team).or_default().join(row.customer, *sink);
        }
    }
    let mut merged: BTreeMap<_, Vec<&AgentJournalRow>> = BTreeMap::new();
    for row in rows {
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

/// What each outlet earned beyond what its payments add to the commission of all before them, as if
/// all had been one.
fn excesses(
    rows: &[&AgentJournalRow],
    due: &impl Fn(&AgentJournalRow, i64) -> Commission,
) -> BTreeMap<AccountId, Commission> {
    let mut excess: BTreeMap<AccountId, Commission> = BTreeMap::new();
    let mut sum_minor: i64 = 0;
    for row in rows {
        let before = due(row, sum_minor);
        sum_minor = sum_minor.saturating_add(row.amount_minor);
        let after = due(row, sum_minor);
        let beyond = |earned: i64, after: i64, before: i64| {
            earned.saturating_sub(after.saturating_sub(before).max(0))
        };
        let own_minor = beyond(row.own_minor, after.outlet_minor, before.outlet_minor);
        let head_minor = beyond(row.head_minor, after.head_office_minor, before.head_office_minor);
        let tax_minor = beyond(row.tax_minor, after.withheld_tax_minor, before.withheld_tax_minor);
        let sum = excess.entry(row.outlet).or_default();
        sum.outlet_minor = sum.outlet_minor.saturating_add(own_minor);
        sum.head_office_minor = sum.head_office_minor.saturating_add(head_minor);
        sum.withheld_tax_minor = sum.withheld_tax_minor.saturating_add(tax_minor);
    }
    excess.retain(|_, excess| excess.whole_minor() > 0 && excess.outlet_minor > 0);
    excess
}

/// An outlet without a head office has earned that part too.
fn undivided(excess: Commission) -> Commission {
    let outlet_minor = excess.outlet_minor.saturating_add(excess.head_office_minor);
    Commission { outlet_minor, head_office_minor: 0, ..excess }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{Id, PostingId};

    /// What an amount earns: a tenth, but of no more than KES 100; a tenth of that is tax, and a
    /// fifth the head office's. By tariff 2 it is twice as much.
    fn due(row: &AgentJournalRow, amount_minor: i64) -> Commission {
        let whole = amount_minor.min(10_000) / 10 * row.tariff;
        let tax = whole / 10;
        let head = whole / 5;
        Commission {
            outlet_minor: whole - tax - head,
            head_office_minor: head,
            withheld_tax_minor: tax,
        }
    }

    fn served_by(tariff: i64, outlet: AccountId, amount_minor: i64) -> AgentJournalRow {
        let row = AgentJournalRow {
            posting: PostingId::NONE,
            outlet,
            team: Id::of(400),
            assistant: None,
            shift: None,
            customer: Id::of(101),
            service: "cash_in".into(),
            amount_minor,
            cash_minor: amount_minor,
            own_minor: 0,
            head_minor: 0,
            tax_minor: 0,
            tariff,
            at: 0,
        };
        let earned = due(&row, amount_minor);
        AgentJournalRow {
            own_minor: earned.outlet_minor,
            head_minor: earned.head_office_minor,
            tax_minor: earned.withheld_tax_minor,
            ..row
        }
    }

    fn served(outlet: AccountId, amount_minor: i64) -> AgentJournalRow {
        served_by(1, outlet, amount_minor)
    }

    fn found(rows: &[AgentJournalRow]) -> Vec<(AccountId, [i64; 3])> {
        let parts = |c: Commission| [c.outlet_minor, c.head_office_minor, c.withheld_tax_minor];
        let rows: Vec<&AgentJournalRow> = rows.iter().collect();
        excesses(&rows, &due).into_iter().map(|(outlet, excess)| (outlet, parts(excess))).collect()
    }

    #[test]
    fn what_one_outlet_would_not_have_earned_with_the_whole_is_too_much() {
        // together KES 120, of which only 100 earn: the second earned 2 shillings too much
        let split = [served(Id::of(300), 7_000), served(Id::of(310), 5_000)];
        assert_eq!(found(&split), [(Id::of(310), [140, 40, 20])]);
        // all of what comes after
        let more =
            [served(Id::of(300), 10_000), served(Id::of(310), 5_000), served(Id::of(320), 1_000)];
        assert_eq!(found(&more), [(Id::of(310), [350, 100, 50]), (Id::of(320), [70, 20, 10])]);
    }

    #[test]
    fn what_is_earned_as_by_one_is_not() {
        assert!(found(&[served(Id::of(300), 7_000), served(Id::of(310), 3_000)]).is_empty());
        assert!(found(&[]).is_empty());
        // less than what was due is no find either
        let mut less = served(Id::of(310), 3_000);
        less.own_minor = 0;
        assert!(found(&[served(Id::of(300), 7_000), less]).is_empty());
    }

    #[test]
    fn each_payment_is_measured_by_the_tariff_it_was_made_under() {
        // the tariff was doubled between two payments that one outlet could have taken alike
        let raised = [served(Id::of(300), 4_000), served_by(2, Id::of(310), 5_000)];
        assert!(found(&raised).is_empty());
        let split = [served(Id::of(300), 7_000), served_by(2, Id::of(310), 5_000)];
        assert_eq!(found(&split), [(Id::of(310), [280, 80, 40])]);
    }

    #[test]
    fn an_outlet_without_a_head_office_has_earned_that_part_too() {
        let excess = Commission { outlet_minor: 7, head_office_minor: 2, withheld_tax_minor: 1 };
        let whole = Commission { outlet_minor: 9, head_office_minor: 0, withheld_tax_minor: 1 };
        assert_eq!((undivided(excess), excess.whole_minor()), (whole, whole.whole_minor()));
    }
}
