//! What outlets earned beyond what their payments would have earned as one. Which payments count as
//! one, and what a tariff says, is not known here.

use crate::id::AccountId;
use crate::store::working_day::AgentJournalRow;
use crate::tariff::Commission;
use std::collections::btree_map::BTreeMap;

/// What each outlet earned beyond what its payments add to the commission of all before them, as if
/// all had been one.
pub fn excesses(
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
pub fn undivided(excess: Commission) -> Commission {
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
