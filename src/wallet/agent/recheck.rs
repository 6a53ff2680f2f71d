//! Commission looked at again when a day is over: outlets of one head office that served the same customer, each with a
//! part of one payment, earned more together than one of them would have with the whole. What was earned too much can be
//! taken back, as a posting. No commission sinks below zero by it: what is not there stays owed, and is not paid out.

use super::super::Wallet;
use super::super::founding::FoundingError;
use crate::book::{COMMISSIONS, Change, Key, Leg, Posting, TAX, key};
use crate::calendar::Day;
use crate::money::Money;
use crate::refusal::Reason;
use crate::store::agents::{self, OutletRow};
use crate::store::working_day::{self, ClawbackRow, ServedRow};
use crate::store::{StoreError, book_rows};
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
    pub customer: i64,
    /// By which service.
    pub service: String,
    /// What was too much for each.
    pub excess: Commission,
    /// What of the outlet's own part was taken back so far, minor units.
    pub taken_minor: i64,
}

impl Find {
    /// Whether this row of its day is about it.
    fn is_in(&self, row: &ClawbackRow) -> bool {
        (row.outlet, row.customer) == (self.outlet.float_account, self.customer) && row.service == self.service
    }
}

/// One customer's business of a day with the outlets of one head office.
type Merged = BTreeMap<(i64, i64, String), Vec<ServedRow>>;

impl Wallet {
    /// What was earned too much on a day of the market's calendar.
    pub async fn recheck(&self, day: Date) -> Result<Vec<Find>, StoreError> {
        let (tariff, currency) = (self.house.tariff.get(), self.house.market.currency);
        let (from, before) = Timestamp::of_day(day, &self.house.market.zone);
        let number = Day::of(from, &self.house.market.zone).number();
        let due = move |service: &str, amount_minor: i64| match amount_minor {
            0 => Commission::default(),
            // beyond the last band nothing was earned and nothing is due
            minor => tariff.commission(service, Money::new(minor, currency), day).unwrap_or_default(),
        };
        let found = self.store.read(move |conn| {
            let mut merged = Merged::new();
            for row in working_day::served_between(conn, from.micros(), before.micros())? {
                merged.entry((row.team, row.customer, row.service.clone())).or_default().push(row);
            }
            let known = working_day::clawbacks_of(conn, i64::from(number))?;
            let mut finds = Vec::new();
            for rows in merged.into_values() {
                for (outlet, excess) in excesses(&rows, &due) {
                    let Some(first) = rows.first() else { continue };
                    let Some(outlet) = agents::outlet(conn, outlet)? else { continue };
                    let excess = if outlet.head_office.is_some() { excess } else { undivided(excess) };
                    let (customer, service) = (first.customer, first.service.clone());
                    let mut find = Find { outlet, customer, service, excess, taken_minor: 0 };
                    find.taken_minor = known.iter().find(|row| find.is_in(row)).map_or(0, |row| row.taken_minor);
                    finds.push(find);
                }
            }
            Ok::<_, StoreError>(finds)
        });
        found.await
    }

    /// Takes back what of a find is still owed and there; says how much it was, minor units.
    pub async fn claw_back(&self, day: Date, find: &Find) -> Result<i64, FoundingError> {
        let (from, _before) = Timestamp::of_day(day, &self.house.market.zone);
        let number = i64::from(Day::of(from, &self.house.market.zone).number());
        let (own, head) = (find.outlet.commission_account, self.head_of(&find.outlet).await?);
        // what was taken is read anew: the list may be an old one
        let now = self.store.read(move |conn| {
            Ok::<_, StoreError>((
                book_rows::accounts_of(conn, &[own, head, TAX])?,
                working_day::clawbacks_of(conn, number)?,
            ))
        });
        let (accounts, known) = now.await?;
        let there = |id: i64| accounts.iter().find(|account| account.id == id);
        let free_minor = |id: i64| there(id).map_or(0, |account| account.balance_minor.max(0));
        let known = known.into_iter().find(|row| find.is_in(row));
        let taken_minor = known.as_ref().map_or(0, |row| row.taken_minor);
        let owed_minor = find.excess.outlet_minor.saturating_sub(taken_minor);
        let own_minor = owed_minor.min(free_minor(own)).max(0);
        // the parts of others go back with the first of it, as far as they are there
        let first = known.is_none();
        let part = |minor: i64, account: i64, apart: bool| {
            if first && apart { minor.max(0).min(free_minor(account)) } else { 0 }
        };
        let head_minor = part(find.excess.head_office_minor, head, head != own);
        let tax_minor = part(find.excess.withheld_tax_minor, TAX, true);
        let row = ClawbackRow {
            day: number,
            outlet: find.outlet.float_account,
            customer: find.customer,
            service: find.service.clone(),
            found_minor: find.excess.outlet_minor,
            taken_minor: taken_minor.saturating_add(own_minor),
        };
        // whoever takes it at the same moment has the same key, and whoever comes later finds what was taken
        let newest = there(own).and_then(|account| account.last_posting);
        let name = [row.day, row.outlet, row.customer, newest.unwrap_or(0)].map(i64::to_be_bytes).concat();
        let name = key::digest(&[&name, row.service.as_bytes()]);
        let moved = [(own, own_minor), (head, head_minor), (TAX, tax_minor)];
        let mut legs: Vec<Leg> = moved
            .iter()
            .filter(|(_, minor)| *minor > 0)
            .map(|(account, minor)| Leg { account: *account, amount_minor: minor.saturating_neg() })
            .collect();
        let whole_minor = legs.iter().fold(0_i64, |sum, leg| sum.saturating_sub(leg.amount_minor));
        if whole_minor > 0 {
            legs.push(Leg { account: COMMISSIONS, amount_minor: whole_minor });
        }
        // what is owed is written down also where nothing is there to be taken
        let changes = vec![Change::AtPosting { account: own, posting: newest }, Change::ClawBack(row)];
        let note = self.note(Key::new(from, "clawback", &name), changes);
        match self.book.post(Posting { kind: "clawback", legs, ..note }).await {
            Ok(receipt) if receipt.repeated => Ok(0),
            Ok(_receipt) => Ok(own_minor),
            // the outlet earned or was paid in this moment: the next look takes what is there then
            Err(refusal) if refusal.reason == Reason::Stale => Ok(0),
            Err(refusal) => Err(FoundingError::Refused(refusal)),
        }
    }

    /// The account on which an outlet's head office earns; its own where it has none.
    async fn head_of(&self, outlet: &OutletRow) -> Result<i64, StoreError> {
        let own = outlet.commission_account;
        let Some(head) = outlet.head_office else { return Ok(own) };
        let found = self.store.read(move |conn| agents::outlet(conn, head)).await?;
        Ok(found.map_or(own, |head| head.commission_account))
    }
}

/// What each outlet earned beyond what its payments add to the commission of all before them, as if all had been one.
fn excesses(rows: &[ServedRow], due: &impl Fn(&str, i64) -> Commission) -> BTreeMap<i64, Commission> {
    let (mut excess, mut sum_minor): (BTreeMap<i64, Commission>, i64) = (BTreeMap::new(), 0);
    for row in rows {
        let before = due(&row.service, sum_minor);
        sum_minor = sum_minor.saturating_add(row.amount_minor);
        let after = due(&row.service, sum_minor);
        let beyond = |earned: i64, after: i64, before: i64| earned.saturating_sub(after.saturating_sub(before).max(0));
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
