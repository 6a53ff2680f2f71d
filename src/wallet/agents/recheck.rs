//! Commission looked at again when a day is over: outlets of one head office that served the same
//! customer, each with a part of one payment, earned more together than one of them would have with
//! the whole. What was earned too much can be taken back, as a posting. No commission sinks below
//! zero by it: what is not there stays owed; see `owed`.

use super::super::Wallet;
use super::super::bootstrap::BootstrapError;
use super::owed::Taken;
use crate::actor::Actor;
use crate::calendar::Day;
use crate::id::{AccountId, PostingId};
use crate::money::Money;
use crate::store::StoreError;
use crate::store::agent_rows::{self, OutletRow};
use crate::store::clawbacks::{self, ClawbackRow};
use crate::store::working_day::{self, AgentJournalRow};
use crate::tariff::Commission;
use crate::time::Timestamp;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// What an outlet earned too much with a customer on a day.
#[derive(Debug, Clone)]
pub struct Find {
    /// The outlet.
    pub outlet: OutletRow,
    /// The wallet that was served.
    pub customer: AccountId,
    /// By which service.
    pub service: String,
    /// What was too much for each.
    pub excess: Commission,
    /// What was taken back so far.
    pub taken: Taken,
}

impl Find {
    /// Whether this row of its day is about it.
    fn is_in(&self, row: &ClawbackRow) -> bool {
        (row.outlet, row.customer) == (self.outlet.float_account, self.customer)
            && row.service == self.service
    }
}

/// One customer's business of a day with the outlets of one head office.
type Merged = BTreeMap<(AccountId, AccountId, String), Vec<AgentJournalRow>>;

impl Wallet {
    /// What was earned too much on a day of the market's calendar.
    pub async fn recheck(&self, day: Date) -> Result<Vec<Find>, StoreError> {
        let tariff = self.tariff.get();
        let currency = self.config.market.currency;
        let (from, before) = Timestamp::of_day(day, &self.config.market.zone);
        let number = Day::of(from, &self.config.market.zone).number();
        let due = move |service: &str, amount_minor: i64| match amount_minor {
            0 => Commission::default(),
            // beyond the last band nothing was earned and nothing is due
            minor => {
                tariff.commission(service, Money::new(minor, currency), day).unwrap_or_default()
            }
        };
        let found = self.store.read(move |conn| {
            let mut merged = Merged::new();
            for row in working_day::journal_between(conn, from.micros(), before.micros())? {
                merged.entry((row.team, row.customer, row.service.clone())).or_default().push(row);
            }
            let known = clawbacks::of_day(conn, i64::from(number))?;
            let mut finds = Vec::new();
            for rows in merged.into_values() {
                for (outlet, excess) in excesses(&rows, &due) {
                    let Some(first) = rows.first() else { continue };
                    let Some(outlet) = agent_rows::outlet(conn, outlet)? else { continue };
                    let excess =
                        if outlet.head_office.is_some() { excess } else { undivided(excess) };
                    let customer = first.customer;
                    let service = first.service.clone();
                    let mut find =
                        Find { outlet, customer, service, excess, taken: Taken::default() };
                    find.taken =
                        known.iter().find(|row| find.is_in(row)).map(Taken::of).unwrap_or_default();
                    finds.push(find);
                }
            }
            Ok::<_, StoreError>(finds)
        });
        found.await
    }

    /// Takes back what of a find is still owed and there. What is not there stays owed.
    pub async fn claw_back(
        &self,
        by: &Actor,
        day: Date,
        find: &Find,
    ) -> Result<Taken, BootstrapError> {
        let (from, _before) = Timestamp::of_day(day, &self.config.market.zone);
        let number = i64::from(Day::of(from, &self.config.market.zone).number());
        let row = ClawbackRow {
            day: number,
            outlet: find.outlet.float_account,
            customer: find.customer,
            service: find.service.clone(),
            version: 0,
            last_posting: PostingId::NONE,
            found_minor: find.excess.outlet_minor,
            taken_minor: 0,
            head: find.outlet.head_office,
            head_found_minor: find.excess.head_office_minor.max(0),
            head_taken_minor: 0,
        };
        // the tax that was withheld goes back with the first of it, as far as it is there
        self.take_back(by, row, find.excess.withheld_tax_minor).await
    }
}

/// What each outlet earned beyond what its payments add to the commission of all before them, as if
/// all had been one.
fn excesses(
    rows: &[AgentJournalRow],
    due: &impl Fn(&str, i64) -> Commission,
) -> BTreeMap<AccountId, Commission> {
    let mut excess: BTreeMap<AccountId, Commission> = BTreeMap::new();
    let mut sum_minor: i64 = 0;
    for row in rows {
        let before = due(&row.service, sum_minor);
        sum_minor = sum_minor.saturating_add(row.amount_minor);
        let after = due(&row.service, sum_minor);
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
    use crate::id::Id;

    /// What an amount earns: a tenth, but of no more than KES 100; a tenth of that is tax, and a
    /// fifth the head office's.
    fn due(_service: &str, amount_minor: i64) -> Commission {
        let whole = amount_minor.min(10_000) / 10;
        let tax = whole / 10;
        let head = whole / 5;
        Commission {
            outlet_minor: whole - tax - head,
            head_office_minor: head,
            withheld_tax_minor: tax,
        }
    }

    fn served(outlet: AccountId, amount_minor: i64) -> AgentJournalRow {
        let earned = due("cash_in", amount_minor);
        AgentJournalRow {
            posting: PostingId::NONE,
            outlet,
            team: Id::of(400),
            assistant: None,
            shift: None,
            customer: Id::of(101),
            service: "cash_in".into(),
            amount_minor,
            cash_minor: amount_minor,
            own_minor: earned.outlet_minor,
            head_minor: earned.head_office_minor,
            tax_minor: earned.withheld_tax_minor,
            at: 0,
        }
    }

    fn found(rows: &[AgentJournalRow]) -> Vec<(AccountId, [i64; 3])> {
        let parts = |c: Commission| [c.outlet_minor, c.head_office_minor, c.withheld_tax_minor];
        excesses(rows, &due).into_iter().map(|(outlet, excess)| (outlet, parts(excess))).collect()
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
    fn an_outlet_without_a_head_office_has_earned_that_part_too() {
        let excess = Commission { outlet_minor: 7, head_office_minor: 2, withheld_tax_minor: 1 };
        let whole = Commission { outlet_minor: 9, head_office_minor: 0, withheld_tax_minor: 1 };
        assert_eq!((undivided(excess), excess.whole_minor()), (whole, whole.whole_minor()));
    }
}
